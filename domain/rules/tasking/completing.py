"""A lead claims with evidence; somebody of another office looks at the claims of all, and they hold or do not."""

from collections.abc import Iterable
from typing import Final

from domain.commands.tasking import ClaimCompletion, FailVerification, VerifyCompletion
from domain.errors import Refused
from domain.events import Event
from domain.events.tasking import TaskingCompletionClaimed, TaskingCompletionVerified, TaskingVerificationFailed
from domain.rules.asked import Asked
from domain.rules.policy import separated
from domain.rules.seen import Seen
from domain.rules.tasking.assigning import next_status
from domain.rules.tasking.state import Claim, Tasking
from domain.values import OfficeCode, PersonId, PolicyCode

SEPARATION: Final = PolicyCode("SEPARATION")
CLAIM: Final = "tasking.claim-completion.v1"


def claim(state: Tasking, command: ClaimCompletion, office: OfficeCode, asked: Asked) -> Iterable[Event]:
    if (standing := state.claims.get(office)) is not None:
        if standing.evidence != command.evidence:
            raise Refused("exists", "The office has claimed completion, and its claim stands.")
        return
    yield TaskingCompletionClaimed(
        tasking=command.tasking,
        office=office,
        claimant=_person(asked),
        evidence=command.evidence,
        outstanding=tuple(lead for lead in state.outstanding() if lead != office),
        due_at=state.due_at,
        late=state.due_at is not None and asked.taken_in_at >= state.due_at,
        statement=command.statement,
    )


def verify(state: Tasking, command: VerifyCompletion, office: OfficeCode, asked: Asked, seen: Seen) -> Iterable[Event]:
    looked_at = claims(state, asked, seen, command.type)
    completed_at = max(claim.at for claim in looked_at)
    yield TaskingCompletionVerified(
        tasking=command.tasking,
        office=office,
        verifier=_person(asked),
        claims=tuple(claim.id for claim in looked_at),
        completed_at=completed_at,
        due_at=state.due_at,
        late=state.due_at is not None and completed_at >= state.due_at,
        note=command.note,
    )


def fail(state: Tasking, command: FailVerification, office: OfficeCode, asked: Asked, seen: Seen) -> Iterable[Event]:
    wanted = tuple(lead for lead in state.leads if lead in command.not_sustained) or state.leads
    if not set(command.not_sustained) <= set(state.leads):
        raise Refused("not-a-lead", "Only a claim of a lead can fail.")
    if state.failed == (office, wanted):
        return
    claims(state, asked, seen, command.type)
    yield TaskingVerificationFailed(
        tasking=command.tasking,
        office=office,
        verifier=_person(asked),
        claims=tuple(state.claims[lead].id for lead in wanted),
        not_sustained=wanted,
        next_status=next_status(state.due_at, asked, seen),
        reason=command.reason,
    )


def claims(state: Tasking, asked: Asked, seen: Seen, verifying: str) -> tuple[Claim, ...]:
    """The claims of every lead. Raises Refused where one is missing, or is of the person who looks at it."""
    if state.outstanding():
        raise Refused("not-claimed")
    found = tuple(state.claims[lead] for lead in state.leads)
    if separated(seen.policy(SEPARATION), CLAIM, verifying) and asked.person in {each.claimant for each in found}:
        raise Refused("separate-persons", "Somebody else than who claimed it looks at the evidence.")
    return found


def _person(asked: Asked) -> PersonId:
    if asked.person is None:
        raise Refused("not-your-act")
    return asked.person
