"""What offices claimed to have done stands beside what somebody else verified: they are different facts."""

from typing import Final

from projections.parts import lists_of
from projections.reports.model import Cell, Definition, Line, Period, Table, columns
from projections.reports.source import Source
from projections.tasking.at import TaskingAt, tasking_at
from projections.tasking.rollup import By, Counted, rollup
from projections.tasking.views import TASKINGS, Duty

_COUNTS: Final = ("assigned", "claimed", "verified", "failed", "overdue", "waiting", "rescinded")
_TURNS: Final = lists_of(Duty, "id")


def _claimed(source: Source, period: Period) -> tuple[Table, ...]:
    duties: list[tuple[Duty, TaskingAt]] = []
    for row in source.duties():
        now = tasking_at(row, source.at)
        if now is not None and period.has(row.assignments[0].at):
            duties.append((row, now))
    positions = {turn.id: turn.position for row, _ in duties for turns in _TURNS(row) for turn in turns}

    def cell(counted: Counted) -> Cell:
        return Cell(value=counted.count, positions=tuple(sorted(positions[id] for id in counted.events)))

    return (
        Table(
            code="provisions",
            title="Duties claimed and verified, by provision",
            note="A joint duty is claimed when every lead claims it; its claims stand behind one number. Numbers "
            "overlap: what is verified was claimed. Failed: a claim did not hold and was not made anew.",
            heads=("Provision",),
            columns=columns(*_COUNTS),
            rows=tuple(
                Line(heads=(each.key,), cells=tuple(cell(getattr(each, name)) for name in _COUNTS))
                for each in rollup(duties, By.SECTION)
            ),
        ),
        Table(
            code="duties",
            title="Each duty",
            note="Claimed at: when the last claim was taken in, of those that stand. Late: its due date passed without "
            "a claim of every lead.",
            heads=("Duty", "Provision", "Title"),
            columns=columns("state", "due-at", "claimed-at", "verified-at", "verified-by", "late"),
            rows=tuple(_line(row, now) for row, now in duties),
        ),
    )


def _line(row: Duty, now: TaskingAt) -> Line:
    standing = [lead.claimed_at for lead in now.leads if lead.claimed_at is not None]
    claimed = now.completed_at or (max(standing) if len(standing) == len(now.leads) and standing else None)
    everything = tuple(sorted(turn.position for turns in _TURNS(row) for turn in turns))
    dates = (now.due_at, claimed, now.verified_at)
    values = (
        now.state.value,
        *(None if at is None else at.isoformat().replace("+00:00", "Z") for at in dates),
        now.verified_by,
        "yes" if now.late else "no",
    )
    return Line(
        heads=(row.tasking, now.provision, now.title),
        cells=tuple(Cell(value=value, positions=everything) for value in values),
    )


CLAIMED: Final = Definition(
    code="claimed-and-verified",
    version=1,
    title="Claimed against verified",
    says="Duties assigned in the period: what their leads claimed, and what somebody else found to hold.",
    views=(TASKINGS,),
    make=_claimed,
)
