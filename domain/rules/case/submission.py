"""From the offer of a model to its release or withdrawal: what the developer and the secretariat do with a case."""

from domain.commands.case import (
    AssertPublicity,
    CloseCase,
    ConfirmPublicity,
    ReportProgrammeParticipants,
    ReportRelease,
    ReturnCase,
    ReviseReleasePlan,
    SubmitCase,
    WithdrawCase,
)
from domain.errors import Refused
from domain.events import Event
from domain.events.case import (
    AccessClosed,
    CaseBecamePublic,
    CaseClosed,
    CaseReturned,
    CaseSubmitted,
    CaseWithdrawn,
    ClosedBecause,
    Outcome,
    ProgrammeParticipantsReported,
    PublicityAsserted,
    ReleasePlanRevised,
    ReleaseReported,
)
from domain.events.participant import ParticipantCaseNoted
from domain.markings import parse
from domain.rules.asked import Asked
from domain.rules.case.state import Case, End, Phase
from domain.rules.due import due
from domain.rules.policy import Version
from domain.rules.seen import Seen
from domain.rules.taking_part import must_be_developer
from domain.values import CaseId, PolicyCode, case_id


def submit(state: Case, command: SubmitCase, asked: Asked, seen: Seen) -> list[Event]:
    if asked.participant is None:
        raise Refused("not-your-act")
    developer = seen.participant(asked.participant)
    must_be_developer(developer)
    offered = (command.model, command.model_version, command.partners_on, command.public_on, command.replaces)
    if state.phase in {Phase.UNDER_REVIEW, Phase.ACCEPTED}:
        if state.offered == offered:
            return []
        raise Refused("case-closed" if state.closed else "case-open")
    if state.closed and state.phase is not Phase.WITHDRAWN:
        raise Refused("case-closed")
    case = case_id(asked.participant, command.manifest, command.variant)
    if command.replaces is not None and (command.replaces == case or command.replaces not in developer.cases):
        raise Refused("replaced-unknown")
    review = due(PolicyCode("CASE-REVIEW"), asked, seen)
    submitted = CaseSubmitted(
        case_id=case,
        developer=asked.participant,
        developer_name=developer.name,
        model=command.model,
        model_version=command.model_version,
        manifest=command.manifest,
        variant=command.variant,
        partners_on=command.partners_on,
        public_on=command.public_on,
        replaces=command.replaces,
        review_due_at=review.at,
        review_policy=review.policy,
        summary=command.summary,
    )
    if case in developer.cases:
        return [submitted]
    return [submitted, ParticipantCaseNoted(participant=asked.participant, case_id=case)]


def give_back(command: ReturnCase, omissions: Version) -> list[Event]:
    known = omissions.table if isinstance(omissions.table, dict) else {}
    if unknown := [code for code in command.omissions if code not in known]:
        raise Refused("omission-unknown", f"{omissions.cited} does not list {', '.join(unknown)}.")
    return [
        CaseReturned(
            case_id=command.case_id,
            omissions=command.omissions,
            omissions_policy=omissions.cited,
            note=command.note,
        )
    ]


def revise_plan(state: Case, command: ReviseReleasePlan) -> list[Event]:
    if (state.plan.partners_on, state.plan.public_on) == (command.partners_on, command.public_on):
        return []
    return [
        ReleasePlanRevised(
            case_id=command.case_id,
            partners_on=command.partners_on,
            public_on=command.public_on,
            reason=command.reason,
        )
    ]


def report_release(state: Case, command: ReportRelease, asked: Asked) -> list[Event]:
    if (command.audience, command.released_at) in state.released:
        return []
    if command.released_at > asked.taken_in_at:
        raise Refused("released-in-future")
    reported = ReleaseReported(case_id=command.case_id, audience=command.audience, released_at=command.released_at)
    end = End(at=command.released_at, cause=ClosedBecause.RELEASED)
    return [reported, *ending(state, command.case_id, asked, end)]


def withdraw(state: Case, command: WithdrawCase, asked: Asked) -> list[Event]:
    if state.phase is Phase.WITHDRAWN:
        return []
    end = End(at=asked.taken_in_at, cause=ClosedBecause.WITHDRAWN)
    withdrawn = CaseWithdrawn(case_id=command.case_id, reason=command.reason)
    return [withdrawn, *ending(state, command.case_id, asked, end)]


def withdrawal(state: Case, case: CaseId, asked: Asked) -> list[Event]:
    """What withdraws a case whose developer leaves; nothing for a case that is withdrawn or closed already."""
    if state.closed:
        return []
    return withdraw(state, WithdrawCase(case_id=case), asked)


def assert_publicity(state: Case, command: AssertPublicity, asked: Asked) -> list[Event]:
    if (known := state.public.get(command.assertion_id)) is not None:
        if known.said != (str(asked.by), command.evidence):
            raise Refused("id-used")
        return []
    return [
        PublicityAsserted(
            case_id=command.case_id,
            assertion_id=command.assertion_id,
            evidence=command.evidence,
            part=command.part,
        )
    ]


def confirm_publicity(state: Case, command: ConfirmPublicity) -> list[Event]:
    if command.assertion_id not in state.public:
        raise Refused("reference-unknown")
    if state.public[command.assertion_id].confirmed:
        return []
    return [CaseBecamePublic(case_id=command.case_id, assertion_id=command.assertion_id)]


def report_programme(state: Case, command: ReportProgrammeParticipants) -> list[Event]:
    if (known := state.programme.get(command.report_id)) is not None:
        if known != len(command.organisations):
            raise Refused("id-used")
        return []
    return [
        ProgrammeParticipantsReported(
            case_id=command.case_id,
            report_id=command.report_id,
            organisations_count=len(command.organisations),
            organisations=command.organisations,
        )
    ]


def close(state: Case, command: CloseCase, asked: Asked) -> list[Event]:
    if state.in_force is not None and not parse(state.determinations[state.in_force].marking) <= parse(asked.marking):
        raise Refused("marking-too-low")  # the end of a case names the determination in force
    outcome = Outcome.NONE_RECORDED if state.in_force is None else Outcome.DETERMINED
    closed = CaseClosed(case_id=command.case_id, outcome=outcome, determination=state.in_force)
    return [*ending(state, command.case_id, asked), closed]


def ending(state: Case, case: CaseId, asked: Asked, *also: End) -> list[Event]:
    """The end of access, where access is open and its window is over by now, by the log or by what is decided here."""
    known = state.window_end()
    if not state.open_for or state.end_recorded or known is None:
        return []
    end = min((known, *also), key=lambda end: end.at)
    if end.at > asked.taken_in_at:
        return []
    return [AccessClosed(case_id=case, cause=end.cause, closed_at=end.at)]
