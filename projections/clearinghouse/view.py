"""Every vulnerability stands here, one row each; who reported it is a pseudonym in it."""

from collections.abc import Iterator
from dataclasses import fields
from typing import Any, Final, get_args

from domain.act import ActorKind
from domain.events import Event
from domain.events.vulnerability import (
    ContactTimePassed,
    CoordinationAssigned,
    DuplicateMarked,
    EmbargoAccepted,
    EmbargoEnded,
    EmbargoProposed,
    EmbargoRejected,
    EquitiesReferred,
    ExploitationObserved,
    MergeNoted,
    OperatorMatched,
    OperatorNotified,
    PatchDistributed,
    RemediationAvailable,
    VendorContacted,
    VendorStatusReported,
    VulnerabilityAccepted,
    VulnerabilityAcknowledged,
    VulnerabilityBecamePublic,
    VulnerabilityClosed,
    VulnerabilityDeferred,
    VulnerabilityEvent,
    VulnerabilityMerged,
    VulnerabilityPrioritized,
    VulnerabilityPublished,
    VulnerabilityRejected,
    VulnerabilityReported,
    VulnerabilitySplit,
    VulnerabilityValidated,
)
from domain.recorded import Recorded
from domain.values import ParticipantId
from projections.clearinghouse import parts
from projections.clearinghouse.row import Vulnerability
from projections.known import ByStream, begun, code_of
from projections.view import Concerning, Key, Matter

_PARTICIPANT: Final = f"{ActorKind.PARTICIPANT}/"
_PARTS: Final[dict[type[Any], tuple[tuple[str, type[Concerning], bool], ...]]] = {
    VulnerabilityReported: (
        ("reports", parts.VulnerabilityReport, True),
        ("sources", parts.VulnerabilitySource, False),
    ),
    VulnerabilityAcknowledged: (("acknowledgements", parts.VulnerabilityAcknowledgement, True),),
    VulnerabilityValidated: (("validations", parts.VulnerabilityValidation, True),),
    VulnerabilityRejected: (("rejections", parts.VulnerabilityRejection, True),),
    DuplicateMarked: (
        ("duplicate_marks", parts.DuplicateMark, True),
        ("originals", parts.VulnerabilityOriginal, False),
    ),
    VulnerabilityAccepted: (("acceptances", parts.VulnerabilityAcceptance, True),),
    VulnerabilityDeferred: (("deferrals", parts.VulnerabilityDeferral, True),),
    VulnerabilityClosed: (("closings", parts.VulnerabilityClosing, True),),
    CoordinationAssigned: (("assignments", parts.VulnerabilityAssignment, False),),
    VulnerabilityMerged: (
        ("merges", parts.VulnerabilityMerge, True),
        ("survivors", parts.VulnerabilitySurvivor, False),
    ),
    MergeNoted: (("absorptions", parts.VulnerabilityAbsorption, False),),
    VulnerabilitySplit: (("splits", parts.VulnerabilitySplit, False),),
    VulnerabilityPrioritized: (("priorities", parts.VulnerabilityPriority, False),),
    VendorContacted: (("contacts", parts.VendorContact, False), ("contact_times", parts.ContactTime, True)),
    VendorStatusReported: (("answers", parts.VendorAnswer, False),),
    ContactTimePassed: (("contact_passings", parts.ContactPassing, False),),
    EmbargoProposed: (("embargo_proposals", parts.EmbargoProposal, True),),
    EmbargoAccepted: (("embargo_agreements", parts.EmbargoAgreement, True),),
    EmbargoRejected: (("embargo_rejections", parts.EmbargoRejection, True),),
    EmbargoEnded: (("embargo_endings", parts.EmbargoEnding, True),),
    ExploitationObserved: (("observations", parts.VulnerabilityObservation, False),),
    VulnerabilityBecamePublic: (("publicities", parts.VulnerabilityPublicity, True),),
    OperatorMatched: (("matches", parts.VulnerabilityMatch, False),),
    OperatorNotified: (("notices", parts.VulnerabilityNotice, False),),
    RemediationAvailable: (("remediations", parts.VulnerabilityRemediation, True),),
    PatchDistributed: (("distributions", parts.VulnerabilityDistribution, False),),
    EquitiesReferred: (("referrals", parts.VulnerabilityReferral, False),),
    VulnerabilityPublished: (("publications", parts.VulnerabilityPublication, True),),
}
"""Type of event → the lists that it adds to, the part that it adds, and whether every participant that it concerns is
shown that part; where not, only the one participant whom the part concerns itself."""
if missing := set(get_args(VulnerabilityEvent)) ^ set(_PARTS):
    raise AssertionError(f"nothing is made of {missing}")


class Clearinghouse(ByStream[Vulnerability]):
    """Every vulnerability, by its id."""

    name = "clearinghouse"
    version = 1
    row = Vulnerability
    matter = Matter("key", "vulnerability")
    columns = {"began": "INTEGER", "parties": "TEXT", "aliases": "TEXT"}  # noqa: RUF012 - a constant of the class
    # who reported it has it in `scope`; its vendors and who was notified stand in `parties`
    shared = "parties LIKE '%|' || ? || '|%'"

    def keys(self, recorded: Recorded[Event]) -> tuple[Key, ...]:
        return (code_of(recorded),) if type(recorded.event) in _PARTS else ()

    def evolve(self, row: Vulnerability | None, position: int, recorded: Recorded[Event]) -> Vulnerability:
        event = recorded.event
        if isinstance(event, VulnerabilityReported):
            row = _reported(position, recorded, event)
        made = begun(row, recorded)
        concerned = _concerned(made, recorded)
        for name, part, shown in _PARTS[type(event)]:
            getattr(made, name).append(_part(part, position, recorded, concerned, shown=shown))
        if isinstance(event, MergeNoted) and event.publishable_at is not None:
            made.contact_times.append(
                _part(parts.ContactTime, position, recorded, None, shown=True, policy=event.contact_policy)
            )
        for step in getattr(event, "steps", ()):
            made.steps.append(_part(parts.StepTaken, position, recorded, None, shown=True, step=step))
        return made

    def indexed(self, row: Vulnerability) -> tuple[object, ...]:
        return row.began, _between(set(_parties(row))), _between({each.casefold() for each in row.aliases})


CLEARINGHOUSE: Final = Clearinghouse()


def _reported(position: int, recorded: Recorded[Event], event: VulnerabilityReported) -> Vulnerability:
    return Vulnerability(
        marking=recorded.marking,
        scope=_actor(recorded),
        began=position,
        vulnerability_id=event.vulnerability_id,
        reporter=event.reporter,
        title=event.title,
        aliases=event.aliases,
        affected=event.affected,
        sectors=event.sectors,
        severities=event.severities,
        weaknesses=event.weaknesses,
        references=event.references,
        claims_public=event.claims_public,
        claims_exploited=event.claims_exploited,
        split_from=event.split_from,
    )


def _part(
    cls: type[Any],
    position: int,
    recorded: Recorded[Event],
    concerns: ParticipantId | None,
    *,
    shown: bool,
    **more: object,
) -> Any:  # noqa: ANN401 - a part of that class
    said = {field.name: getattr(recorded.event, field.name) for field in fields(recorded.event)}
    said |= {"taken_in_at": recorded.taken_in_at, **more}
    around = {
        "position": position,
        "marking": recorded.marking,
        "protected_marking": recorded.protected_marking,
        "shown": shown,
        "at": recorded.recorded_at,
        "concerns": concerns,
    }
    own = {name: said[name] for name in cls.__struct_fields__ if name not in around}
    return cls(**around, **own)


def _concerned(row: Vulnerability, recorded: Recorded[Event]) -> ParticipantId | None:
    """The one participant whom a fact concerns: whom it is about, or else who did it."""
    match recorded.event:
        case VendorContacted(participant=participant):
            return participant
        case VendorStatusReported(party_id=party):
            return dict(_vendors(row)).get(party)
        case OperatorNotified(operator=operator):
            return operator
        case _:
            return _actor(recorded)


def _actor(recorded: Recorded[Event]) -> ParticipantId | None:
    actor = recorded.actor
    return ParticipantId(actor.removeprefix(_PARTICIPANT)) if actor.startswith(_PARTICIPANT) else None


def _vendors(row: Vulnerability) -> Iterator[tuple[Any, ParticipantId | None]]:
    for absorbed in row.absorptions:
        yield from ((party.party_id, party.participant) for party in absorbed.parties)
    yield from ((contact.party_id, contact.participant) for contact in row.contacts)


def _parties(row: Vulnerability) -> Iterator[str]:
    yield from (participant for _, participant in _vendors(row) if participant is not None)
    yield from (notice.operator for notice in row.notices)


def _between(words: set[str]) -> str:
    return f"|{'|'.join(sorted(words))}|" if words else ""
