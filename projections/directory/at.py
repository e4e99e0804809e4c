"""What an instrument, a policy or a participant is at a position follows from the facts in its row."""

from bisect import bisect_right
from collections.abc import Mapping
from datetime import date, datetime

import msgspec

from domain.events.participant import ParticipantKind
from domain.rules.policy import cited
from domain.values import Citation, Cited, Digest
from projections.directory.rows import Instrument, Participant, Policy, Publication


class InstrumentAt(msgspec.Struct, kw_only=True, frozen=True):
    """An instrument as it stands: with its last amendment."""

    in_force: bool
    """Acts may rest on it: so it is until a revocation is recorded, whatever day that names."""
    text: Digest
    provisions: tuple[str, ...]
    revoked_on: date | None


class PolicyAt(msgspec.Struct, kw_only=True, frozen=True):
    """A policy as it stands: by its last version."""

    citation: Citation
    in_force: Publication


class ParticipantAt(msgspec.Struct, kw_only=True, frozen=True):
    """A participant as it stands."""

    name: str
    kind: ParticipantKind
    takes_part: bool
    left_at: datetime | None
    framework: Cited | None
    sectors: tuple[str, ...]
    budgets: Mapping[str, int]
    """Maintainer → reports in a month."""
    cases: int
    """How many cases this reader may know to have begun."""


def instrument_at(row: Instrument) -> InstrumentAt:
    """The instrument by all that its row shows."""
    said = row.amendments[-1] if row.amendments else row
    return InstrumentAt(
        in_force=not row.repeals,
        text=said.text,
        provisions=said.provisions,
        revoked_on=row.repeals[0].revoked_on if row.repeals else None,
    )


def policy_at(row: Policy) -> PolicyAt | None:
    """The policy by all that its row shows; None where that is no version."""
    if not row.versions:
        return None
    last = row.versions[-1]
    return PolicyAt(citation=cited(row.policy, last.policy_version), in_force=last)


def participant_at(row: Participant, position: int | None = None) -> ParticipantAt | None:
    """The participant by all that its row shows, with the cases noted up to a position; None where nothing is shown."""
    if not row.enrolments:
        return None
    enrolled = row.enrolments[-1]
    left = row.leavings[-1] if row.leavings and row.leavings[-1].position > enrolled.position else None
    return ParticipantAt(
        name=enrolled.name,
        kind=enrolled.kind,
        takes_part=left is None,
        left_at=None if left is None else left.at,
        framework=row.agreements[-1].framework if row.agreements else None,
        sectors=row.sectors[-1].sectors if row.sectors else (),
        budgets={each.maintainer: each.reports_per_month for each in row.budgets},
        cases=sum(
            len(notes.positions) if position is None else bisect_right(notes.positions, position) for notes in row.notes
        ),
    )
