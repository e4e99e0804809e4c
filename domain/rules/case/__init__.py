"""The life of one model version before its release: what may happen to a case, and what follows."""

from collections.abc import Iterable
from typing import Final, TypeVar, assert_never

from domain.commands.case import (
    AcceptCase,
    AgreeAccessTerms,
    AnswerReconsideration,
    AssertPublicity,
    CaseCommand,
    CloseAccess,
    CloseCase,
    ConfirmPublicity,
    ConveyConcern,
    DeclineInformation,
    DisagreeTrustedPartner,
    FileAssessment,
    FileDissent,
    IssueDetermination,
    KeepAssessment,
    OpenAccess,
    ProposeAssessment,
    ProposeTrustedPartner,
    ProvideInformation,
    RecordAccessEnd,
    RecordReviewLapse,
    ReportBreach,
    ReportProgrammeParticipants,
    ReportRelease,
    RequestInformation,
    RequestReconsideration,
    ReturnCase,
    ReturnCopies,
    ReviseReleasePlan,
    SelectTrustedPartner,
    ShareAssessment,
    SubmitCase,
    WithdrawCase,
)
from domain.errors import Refused
from domain.events import CaseEvent, Event
from domain.events.case import CaseAccepted, CaseReviewLapsed, Side
from domain.rules.asked import Asked
from domain.rules.case import access, assessment, determination, submission
from domain.rules.case.evolve import evolve
from domain.rules.case.guards import GUARDS, known_to, visible
from domain.rules.case.offers import SEPARATE, offers
from domain.rules.case.state import INITIAL, Case, Phase
from domain.rules.case.submission import withdrawal
from domain.rules.citing import Text, of_text
from domain.rules.policy import WINDOW, separated
from domain.rules.seen import Seen, of_office
from domain.rules.stream import Rules
from domain.values import PolicyCode, StreamId, case_id

__all__ = ["INITIAL", "RULES", "Case", "Phase", "decide", "evolve", "known_to", "may", "withdrawal"]

T = TypeVar("T")


def may(state: Case, command: type[CaseCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the case, as it stands, does not allow such a command from this actor."""
    if command is not SubmitCase:
        visible(state, asked)
    for guard in GUARDS[command]:
        guard(state, asked)


def decide(state: Case, command: CaseCommand, asked: Asked, seen: Seen) -> list[Event]:
    if not isinstance(command, SubmitCase):
        visible(state, asked)
    if _done(state, command, asked):
        return []
    may(state, type(command), asked, seen)
    match command:
        case SubmitCase():
            return submission.submit(state, command, asked, seen)
        case ReturnCase():
            return submission.give_back(command, seen.policy("OMISSIONS").latest)
        case AcceptCase():
            return [CaseAccepted(case_id=command.case_id)]
        case RecordReviewLapse():
            return [
                CaseReviewLapsed(
                    case_id=command.case_id,
                    due_at=_there(state.review_due_at),
                    policy=_there(state.review_policy),
                )
            ]
        case AgreeAccessTerms():
            return access.agree_terms(state, command, asked, seen)
        case OpenAccess():
            return access.open_access(state, command, _there(asked.office), asked, seen)
        case CloseAccess():
            return access.close_access(command, asked)
        case RecordAccessEnd():
            return submission.ending(state, command.case_id, asked)
        case ReturnCopies():
            return access.return_copies(state, command, _there(asked.office))
        case ReportBreach():
            return access.report_breach(state, command, asked)
        case ReviseReleasePlan():
            return submission.revise_plan(state, command)
        case ReportRelease():
            return submission.report_release(state, command, asked)
        case WithdrawCase():
            return submission.withdraw(state, command, asked)
        case AssertPublicity():
            return submission.assert_publicity(state, command, asked)
        case ConfirmPublicity():
            return submission.confirm_publicity(state, command)
        case ProposeAssessment():
            return assessment.propose(state, command, _there(asked.office), asked, seen)
        case FileAssessment():
            separate = separated(seen.policy("SEPARATION"), *SEPARATE)
            return assessment.file(state, command, _there(asked.office), asked, separate=separate)
        case ShareAssessment():
            return assessment.share(state, command, _there(asked.office))
        case KeepAssessment():
            return assessment.keep(state, command, _there(asked.office))
        case RequestInformation():
            return assessment.ask(state, command, _there(asked.office))
        case ProvideInformation() | DeclineInformation():
            return assessment.answer(state, command)
        case ConveyConcern():
            return assessment.convey(state, command, _there(asked.office))
        case FileDissent():
            return assessment.dissent(state, command, _there(asked.office))
        case IssueDetermination():
            return determination.issue(state, command, asked, seen)
        case RequestReconsideration():
            return determination.request_reconsideration(state, command, asked, seen)
        case AnswerReconsideration():
            return determination.answer_reconsideration(state, command, asked)
        case ReportProgrammeParticipants():
            return submission.report_programme(state, command)
        case ProposeTrustedPartner():
            return assessment.propose_partner(state, command, _side(asked))
        case SelectTrustedPartner():
            return assessment.select_partner(state, command, _side(asked), asked)
        case DisagreeTrustedPartner():
            return assessment.disagree_partner(state, command, _side(asked), asked)
        case CloseCase():
            return submission.close(state, command, asked)
        case _:
            assert_never(command)


def _done(state: Case, command: CaseCommand, asked: Asked) -> bool:
    """Whether what is asked has happened already, in a state that would now refuse it."""
    match command:
        case AcceptCase():
            return state.accepted(asked.taken_in_at)
        case ReturnCase():
            return state.phase is Phase.RETURNED and state.returned_for == command.omissions
        case RecordReviewLapse():
            return state.phase not in {Phase.UNKNOWN, Phase.UNDER_REVIEW} or state.lapse_recorded
        case CloseAccess():
            # also where the window ended first: the answer may not depend on whether its clock has said so
            return state.first_opened_at is not None and not state.access_open(asked.taken_in_at)
        case RecordAccessEnd():
            return state.first_opened_at is not None and (state.end_recorded or not state.open_for)
        case CloseCase():
            return state.closed
        case _:
            return False


def _side(asked: Asked) -> Side:
    return Side.GOVERNMENT if asked.participant is None else Side.DEVELOPER


def _there(value: T | None) -> T:
    """What the guards have made sure of."""
    if value is None:
        raise Refused("not-your-act")
    return value


def _id_of(command: CaseCommand, asked: Asked) -> str:
    if not isinstance(command, SubmitCase):
        return command.case_id
    if asked.participant is None:
        raise Refused("not-your-act")
    return case_id(asked.participant, command.manifest, command.variant)


def _reads(command: CaseCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    match command:
        case AgreeAccessTerms():
            yield of_office(command.office)
            yield from of_text(Text.FRAMEWORK, command.framework)
        case ProposeAssessment():
            yield from of_text(Text.STANDARD, command.standard)
        case IssueDetermination():
            yield from of_text(Text.STANDARD, command.standard)
            yield from of_text(Text.THRESHOLD, command.threshold)
        case _:
            pass


RULES: Final = Rules(
    commands=CaseCommand,
    events=CaseEvent,
    id_field="case_id",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    decide=decide,
    known_to=known_to,
    id_of=_id_of,
    reads=_reads,
    policies={
        "case.submit.v1": PolicyCode("CASE-REVIEW"),
        "case.return.v1": PolicyCode("OMISSIONS"),
        "case.open-access.v1": WINDOW,
        "case.file-assessment.v1": PolicyCode("SEPARATION"),
        "case.request-reconsideration.v1": PolicyCode("RECONSIDERATION"),
    },
)
