"""Refusals are counted by the code of the rule and by the command that it refused."""

from collections import defaultdict
from typing import Final

from projections.refusals import REFUSALS
from projections.reports.model import Column, Definition, Line, Period, Table, count
from projections.reports.source import Source


def _refused(source: Source, period: Period) -> tuple[Table, ...]:
    placed: defaultdict[tuple[str, str], list[int]] = defaultdict(list)
    for each in source.refusals():
        if period.has(each.row.recorded_at):
            placed[each.row.code, each.row.command].append(each.position)
    everything = [position for positions in placed.values() for position in positions]
    return (
        Table(
            code="refusals",
            title="Refusals, by code and by command",
            note="The code is as the actor was told it. A refused command changes nothing but the refusals.",
            heads=("Code", "Command"),
            columns=(Column(code="count", title="Count"),),
            rows=(
                *(Line(heads=key, cells=(count(positions),)) for key, positions in sorted(placed.items())),
                Line(heads=("Total", ""), cells=(count(everything),)),
            ),
        ),
    )


REFUSED: Final = Definition(
    code="refusals",
    version=1,
    title="Refusals",
    says="Commands that a rule refused in the period, by the code of the rule and by command.",
    views=(REFUSALS,),
    make=_refused,
)
