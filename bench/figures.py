"""A figure is one question, put in the same run to ours and to its peers: medians over rounds, and what to reach."""

import json
import os
import statistics
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

Measured = Mapping[str, float]
"""Column → value. The first column is the figure; a column that ends in ` ms` is better where it is less."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """What a column of ours has to be: at least `value`, or below it where less is better."""

    column: str
    value: float
    subject: str | None = None
    """By default the first."""

    def met(self, found: float) -> bool:
        return found < self.value if _less(self.column) else found >= self.value

    def __str__(self) -> str:
        of = "" if self.subject is None else f"{self.subject}: "
        return f"{of}{self.column} {'<' if _less(self.column) else '≥'} {self.value:,.0f}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """What was measured: subject → one reading a round. The first subject is ours."""

    name: str
    rounds: Mapping[str, Sequence[Measured]]
    peer: str | None = None
    """The subject that ratios are of."""
    reach: Sequence[Reach] = ()
    load: float = 0
    """Of the machine when it began, as `uptime` tells it: who shares it makes every figure worse, ratios less so."""

    @property
    def medians(self) -> dict[str, dict[str, float]]:
        """Subject → column → median over the rounds."""
        return {
            subject: {column: statistics.median(each[column] for each in found) for column in found[0]}
            for subject, found in self.rounds.items()
        }

    def ratio(self, subject: str) -> float | None:
        """How many times as good as the peer a subject is."""
        medians = self.medians
        if self.peer not in medians:
            return None
        column = next(iter(medians[subject]))
        mine, theirs = medians[subject][column], medians[self.peer][column]
        return theirs / mine if _less(column) else mine / theirs

    def reached(self) -> list[tuple[Reach, float, bool]]:
        """What was to be reached, what was measured, and whether that is enough."""
        medians = self.medians
        found = [medians[reach.subject or next(iter(medians))][reach.column] for reach in self.reach]
        return [(reach, value, reach.met(value)) for reach, value in zip(self.reach, found, strict=True)]


def taken(
    name: str,
    subjects: Mapping[str, Callable[[], Measured]],
    *,
    rounds: int,
    peer: str | None = None,
    reach: Sequence[Reach] = (),
) -> Figure:
    """Measure all subjects in turn, so many times over, so that what disturbs the machine disturbs all of them."""
    load, found = os.getloadavg()[0], {subject: list[Measured]() for subject in subjects}
    for _ in range(rounds):
        for subject, measure in subjects.items():
            found[subject].append(measure())
    return Figure(name=name, rounds=found, peer=peer, reach=reach, load=load)


def spread(seconds: Sequence[float]) -> dict[str, float]:
    """Median, 95th and 99th percentile, in milliseconds."""
    ordered = sorted(seconds)
    at = {"p50 ms": 0.5, "p95 ms": 0.95, "p99 ms": 0.99}
    return {column: ordered[int(len(ordered) * share)] * 1e3 for column, share in at.items()}


def table(figure: Figure) -> str:
    """A figure to read."""
    medians = figure.medians
    columns = list(dict.fromkeys(column for each in medians.values() for column in each))
    width, wide = max(map(len, medians)), {column: max(9, len(column)) for column in columns[1:]}
    more = "".join(f" {column:>{w}}" for column, w in wide.items())
    lines = [
        f"{figure.name}   (load {figure.load:.1f})",
        f"  {'':{width}}  {columns[0]:>11} {'ratio':>6}{more}   each round",
    ]
    for subject, median in medians.items():
        ratio = figure.ratio(subject)
        told = "" if ratio is None else f"{ratio:.2f}"
        more = "".join(f" {_number(median.get(column)):>{w}}" for column, w in wide.items())
        each = " ".join(_number(one[columns[0]]) for one in figure.rounds[subject])
        lines.append(f"  {subject:{width}}  {_number(median.get(columns[0])):>11} {told:>6}{more}   {each}")
    for reach, found, met in figure.reached():
        lines.append(f"  to reach: {reach}: {'met' if met else 'NOT met'}, {_number(found)}")
    return "\n".join(lines)


def plain(figure: Figure) -> str:
    """A figure on one line of JSON."""
    return json.dumps(
        {
            "name": figure.name,
            "cores": os.cpu_count(),
            "load": figure.load,
            "medians": figure.medians,
            "ratios": {subject: figure.ratio(subject) for subject in figure.rounds},
            "peer": figure.peer,
            "to_reach": [
                {"figure": str(reach), "measured": found, "met": met} for reach, found, met in figure.reached()
            ],
            "rounds": {subject: list(map(dict, found)) for subject, found in figure.rounds.items()},
        }
    )


def _less(column: str) -> bool:
    return column.endswith(" ms")


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if value >= 100 else f"{value:.2f}"
