"""What stands in the way of a command on a case whatever its body says: a table of guards by command."""

from collections.abc import Callable, Mapping
from typing import Final, TypeAlias, get_args

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
from domain.rules.asked import Asked
from domain.rules.case.state import Case, Phase

Guard: TypeAlias = Callable[[Case, Asked], None]


def known_to(state: Case, asked: Asked) -> bool:
    """Whether there is such a case, and the actor may see it."""
    if state.phase is Phase.UNKNOWN or asked.participant not in {None, state.developer}:
        return False
    return asked.may_see(state.marking)


def visible(state: Case, asked: Asked) -> None:
    """A case that the actor may not see is answered like one that does not exist."""
    if state.phase is Phase.UNKNOWN:
        raise Refused("not-found")
    if not known_to(state, asked):
        raise Refused("not-cleared", hidden=True)


def by_developer(state: Case, asked: Asked) -> None:
    if asked.participant is None or asked.participant != state.developer:
        raise Refused("not-your-act")


def under_review(state: Case, asked: Asked) -> None:
    if state.phase is not Phase.UNDER_REVIEW:
        raise Refused("not-under-review")
    if state.review_lapsed(asked.taken_in_at):
        raise Refused("review-lapsed")


def review_lapsed(state: Case, asked: Asked) -> None:
    if state.phase is not Phase.UNDER_REVIEW or state.lapse_recorded:
        raise Refused("not-under-review")
    if not state.review_lapsed(asked.taken_in_at):
        raise Refused("review-not-lapsed")


def reviewed(state: Case, asked: Asked) -> None:
    """A submission that is being reviewed is accepted or returned; closing the case would be neither."""
    if state.phase is Phase.UNDER_REVIEW and not state.review_lapsed(asked.taken_in_at):
        raise Refused("not-accepted")


def standing(state: Case, asked: Asked) -> None:
    if state.phase is Phase.WITHDRAWN:
        raise Refused("case-withdrawn")


def accepted(state: Case, asked: Asked) -> None:
    standing(state, asked)
    if not state.accepted(asked.taken_in_at):
        raise Refused("not-accepted")


def not_closed(state: Case, asked: Asked) -> None:
    if state.closed:
        raise Refused("case-closed")


def terms_agreed(state: Case, asked: Asked) -> None:
    if asked.office not in state.terms:
        raise Refused("terms-missing")


def may_open(state: Case, asked: Asked) -> None:
    """Access may begin, or begin again inside the one window that a model version has."""
    if asked.office in state.open_for and not state.window_ended(asked.taken_in_at):
        raise Refused("access-already-open")
    if state.would_have_ended(asked.taken_in_at):
        raise Refused("window-ended")


def access_open(state: Case, asked: Asked) -> None:
    if not state.access_open(asked.taken_in_at):
        raise Refused("access-not-open")


def access_to_end(state: Case, asked: Asked) -> None:
    if not state.open_for or state.end_recorded:
        raise Refused("access-not-open")
    if not state.window_ended(asked.taken_in_at):
        raise Refused("window-not-ended")


def access_ended(state: Case, asked: Asked) -> None:
    if state.access_open(asked.taken_in_at):
        raise Refused("access-still-open")


def had_access(state: Case, asked: Asked) -> None:
    if asked.office not in state.had_access:
        raise Refused("never-had-access")


def terms_in_force(state: Case, asked: Asked) -> None:
    if not state.terms:
        raise Refused("terms-missing")


def by_nsa(state: Case, asked: Asked) -> None:
    if asked.office != "nsa":
        raise Refused("not-the-final-authority")


GUARDS: Final[Mapping[type[CaseCommand], tuple[Guard, ...]]] = {
    SubmitCase: (),
    ReturnCase: (not_closed, under_review),
    AcceptCase: (not_closed, under_review),
    RecordReviewLapse: (review_lapsed,),
    AgreeAccessTerms: (by_developer, not_closed, accepted),
    OpenAccess: (not_closed, accepted, terms_agreed, may_open),
    CloseAccess: (by_developer, access_open),
    RecordAccessEnd: (access_to_end,),
    ReturnCopies: (had_access,),
    ReportBreach: (terms_in_force,),
    ReviseReleasePlan: (by_developer,),
    ReportRelease: (by_developer,),
    WithdrawCase: (by_developer,),
    AssertPublicity: (),
    ConfirmPublicity: (),
    ProposeAssessment: (not_closed, accepted),
    FileAssessment: (not_closed, accepted),
    ShareAssessment: (),
    KeepAssessment: (),
    RequestInformation: (not_closed, accepted),
    ProvideInformation: (by_developer,),
    DeclineInformation: (by_developer,),
    ConveyConcern: (standing,),
    FileDissent: (),
    IssueDetermination: (by_nsa, accepted),
    RequestReconsideration: (by_developer,),
    AnswerReconsideration: (by_nsa,),
    ReportProgrammeParticipants: (by_developer,),
    ProposeTrustedPartner: (not_closed, accepted),
    SelectTrustedPartner: (not_closed, accepted),
    DisagreeTrustedPartner: (not_closed,),
    CloseCase: (reviewed, access_ended),
}
"""Withdrawal and a release report are guarded by nothing but whose they are: they are accepted in every state."""

if missing := set(get_args(CaseCommand)) - set(GUARDS):
    raise AssertionError(f"no guards for {missing}")
