"""A condition as SQL over the columns `marking` and `scope`, and over the one in which a view has its matter."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias, assert_never

from projections.view import BETWEEN, Matter
from projections.visible.conditions import Among, Cleared, Condition, Every, Fact, IfAny, Some, cleared, settled

Sql: TypeAlias = tuple[str, tuple[object, ...]]
"""A condition, and the values for its `?`."""
_NO_ROW_HAS: Final = (Fact.ACTOR, Fact.DEVELOPER, Fact.SHOWN, Fact.CONCERNS, Fact.VALUE)


@dataclass(frozen=True, slots=True, kw_only=True)
class Columns:
    """Where the rows of a table have their facts."""

    markings: Sequence[str]
    """Those that occur in it; what is marked otherwise is found by nobody."""
    prefix: str = ""
    shared: str = ""
    """SQL with one `?`, a participant; empty where the view shares nothing."""
    matter: Matter | None = None
    """None: its rows are of none."""

    def settled(self) -> Iterator[tuple[Fact, str | None]]:
        """What is the same of every row."""
        yield from ((fact, None) for fact in _NO_ROW_HAS)
        if not self.shared:
            yield Fact.SHARED, None
        if self.matter is None:
            yield Fact.KIND, None
            yield Fact.MATTER, None
        elif self.matter.kind:
            yield Fact.KIND, self.matter.kind


def as_sql(condition: Condition, columns: Columns) -> Sql:
    """The rows of which it holds."""
    for fact, value in columns.settled():
        condition = settled(condition, fact, value)
    return _sql(condition, columns)


def _sql(condition: Condition, columns: Columns) -> Sql:
    match condition:
        case Cleared(Fact.MARKING, clearance):
            allowed = sorted(marking for marking in columns.markings if cleared(clearance, marking))
            return _among(f"{columns.prefix}marking", allowed)
        case Among(fact, values):
            return _has(fact, sorted(values), columns)
        case IfAny(Fact.CIRCLE as fact, values):
            scope = f"{columns.prefix}scope"
            has_none = f"{scope} IS NULL OR substr({scope}, 1, {len(BETWEEN)}) <> '{BETWEEN}'", ()
            return _joined(" OR ", [has_none, _has(fact, sorted(values), columns)] if values else [has_none])
        case IfAny(Fact.KIND as fact, values):
            return _has(fact, sorted(values), columns)  # each row of a view that has a matter is of one
        case Every(conditions):
            return _joined(" AND ", [_sql(each, columns) for each in conditions]) if conditions else ("1 = 1", ())
        case Some(conditions):
            return _joined(" OR ", [_sql(each, columns) for each in conditions]) if conditions else ("1 = 0", ())
        case Cleared(fact) | IfAny(fact):
            raise TypeError(f"rows are not told apart by their {fact}")
        case _:
            assert_never(condition)


def _has(fact: Fact, values: Sequence[str], columns: Columns) -> Sql:
    """The rows that have one of these as that fact."""
    scope, matter = f"{columns.prefix}scope", columns.matter
    match fact:
        case Fact.OWNER:
            return _among(scope, values)
        case Fact.CIRCLE:
            return _among(scope, [f"{BETWEEN}{each}" for each in values])
        case Fact.SHARED:
            return _joined(" OR ", [(columns.shared, (each,)) for each in values])
        case Fact.KIND if matter is not None:
            return _joined(" OR ", [(f"{columns.prefix}{matter.column} LIKE ?", (f"{each}-%",)) for each in values])
        case Fact.MATTER if matter is not None:
            kind = f"{matter.kind}-" if matter.kind else ""
            ids = [each.removeprefix(kind) for each in values if each.startswith(kind)]
            return _among(f"{columns.prefix}{matter.column}", ids)
        case _:
            raise TypeError(f"rows are not told apart by their {fact}")


def _among(column: str, values: Sequence[str]) -> Sql:
    return (f"{column} IN ({', '.join('?' * len(values))})", tuple(values)) if values else ("1 = 0", ())


def _joined(word: str, made: Iterable[Sql]) -> Sql:
    made = list(made)
    return f"({word.join(sql for sql, _ in made)})", tuple(value for _, values in made for value in values)
