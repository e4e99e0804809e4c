"""Criteria stand here for everybody: every version, which holds when, and what changed from one to another."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec
from msgspec import field

from domain.events import Event
from domain.events.criteria import CriteriaPublished, Factor
from domain.recorded import Recorded
from domain.values import Citation, ConsultationId, ReferenceCode
from projections.known import ByStream, Entry, code_of
from projections.parts import Turn, add, adds
from projections.view import EVERYBODY, Key, Part


class CriteriaVersion(Part, kw_only=True, gc=False):
    """NSA published a version."""

    version: int
    title: str
    process: str
    factors: tuple[Factor, ...]
    withheld_count: int
    """Factors that are not published."""
    effective_on: date
    effective_at: datetime
    notice_ends_at: datetime | None
    """When oversight has had its notice of the change."""
    notice_policy: Citation | None
    consultation: ConsultationId | None
    no_consultation_because: str | None
    supersedes: int | None


class Notice(Turn, kw_only=True, gc=False):
    """Oversight has notice of a version: as much as a clock has to know."""

    code: ReferenceCode
    version: int
    notice_ends_at: datetime | None
    notice_policy: Citation | None


class Criteria(Entry, kw_only=True, omit_defaults=True):
    """Criteria with every version of them."""

    code: ReferenceCode
    publications: list[CriteriaVersion] = field(default_factory=list)


class CriteriaAt(msgspec.Struct, kw_only=True, frozen=True):
    """Criteria as they stand at a point in time."""

    in_force: CriteriaVersion | None
    """The version that holds then; None where none does yet."""
    announced: tuple[int, ...]
    """Versions that are published and do not hold yet."""


class Changed(msgspec.Struct, kw_only=True, frozen=True):
    """A factor in two versions."""

    before: Factor
    after: Factor


class Difference(msgspec.Struct, kw_only=True, frozen=True):
    """What changed from one version to another."""

    code: ReferenceCode
    from_version: int
    to_version: int
    added: tuple[Factor, ...]
    removed: tuple[Factor, ...]
    changed: tuple[Changed, ...]
    process_before: str | None
    """Where the words of the process are others."""
    process_after: str | None
    withheld_before: int
    withheld_after: int


LISTS: Final = {CriteriaPublished: ("notices", Notice)}
"""What clocks follow from."""
_ADDS: Final = adds({CriteriaPublished: ("publications", CriteriaVersion)})


class CriteriaView(ByStream[Criteria]):
    """All criteria, by their code. Everybody may know them: that is what they are for."""

    name = "criteria"
    version = 1
    row = Criteria

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in _ADDS else ()

    def evolve(self, row: Criteria | None, position: int, recorded: Recorded[Event]) -> Criteria:
        if row is None:
            code = ReferenceCode(code_of(recorded))
            row = Criteria(marking=recorded.marking, scope=EVERYBODY, began=position, code=code)
        add(_ADDS, row, position, recorded)
        return row


CRITERIA: Final = CriteriaView()


def criteria_at(row: Criteria, at: datetime) -> CriteriaAt:
    """Which version holds at an instant."""
    holding = [each for each in row.publications if each.effective_at <= at]
    announced = tuple(each.version for each in row.publications if each.effective_at > at)
    return CriteriaAt(in_force=holding[-1] if holding else None, announced=announced)


def difference(row: Criteria, before: CriteriaVersion, after: CriteriaVersion) -> Difference:
    """What changed from one version to another."""
    old, new = _by_code(before.factors), _by_code(after.factors)
    process_changed = before.process != after.process
    return Difference(
        code=row.code,
        from_version=before.version,
        to_version=after.version,
        added=tuple(factor for code, factor in new.items() if code not in old),
        removed=tuple(factor for code, factor in old.items() if code not in new),
        changed=tuple(
            Changed(before=old[code], after=factor) for code, factor in new.items() if old.get(code, factor) != factor
        ),
        process_before=before.process if process_changed else None,
        process_after=after.process if process_changed else None,
        withheld_before=before.withheld_count,
        withheld_after=after.withheld_count,
    )


def _by_code(factors: Sequence[Factor]) -> dict[str, Factor]:
    return {factor.code: factor for factor in factors}
