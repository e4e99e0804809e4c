"""Which acts on a case nobody is offered, though no guard stands in their way: nothing is left that they could say."""

from collections.abc import Callable, Iterable, Mapping
from itertools import product
from typing import Any, Final, TypeAlias, TypeVar

from domain.commands.case import (
    AnswerReconsideration,
    CaseCommand,
    CloseCase,
    ConfirmPublicity,
    DeclineInformation,
    DisagreeTrustedPartner,
    FileAssessment,
    KeepAssessment,
    ProposeAssessment,
    ProvideInformation,
    RequestReconsideration,
    ReturnCopies,
    SelectTrustedPartner,
    ShareAssessment,
    SubmitCase,
    WithdrawCase,
)
from domain.errors import Refused
from domain.events.case import Extent, SharedWith, Side
from domain.rules.asked import Asked
from domain.rules.case.state import Assertion, Assessment, Case, Determination, Phase, Request, Selection
from domain.rules.policy import separated
from domain.rules.seen import Seen
from domain.rules.taking_part import must_be_developer

SEPARATE: Final = ("case.propose-assessment.v1", "case.file-assessment.v1")
"""Whoever has proposed an assessment does not file it, where the policy says so."""
Offer: TypeAlias = Callable[[Case, Asked, Seen], None]
_Marked = TypeVar("_Marked", Assertion, Determination, Request, Selection)
_KEPT: Final = frozenset((each.value, "none") for each in SharedWith)
_SHARED: Final = frozenset((each.value, extent.value) for each, extent in product(SharedWith, Extent))


def offers(state: Case, command: type[CaseCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as the case stands, or would add nothing."""
    if (offer := OFFERS.get(command)) is not None:
        offer(state, asked, seen)


def _submit(state: Case, asked: Asked, seen: Seen) -> None:
    if asked.participant is None:
        raise Refused("not-your-act")
    if asked.participant != (state.developer or asked.participant):
        raise Refused("not-cleared", hidden=True)
    if state.phase is not Phase.WITHDRAWN and state.closed:
        raise Refused("case-closed")
    if state.phase in {Phase.UNDER_REVIEW, Phase.ACCEPTED}:
        raise Refused("case-open")
    must_be_developer(seen.participant(asked.participant))


def _return_copies(state: Case, asked: Asked, seen: Seen) -> None:
    if asked.office in state.copies_returned:
        raise Refused("so-already")


def _withdraw(state: Case, asked: Asked, seen: Seen) -> None:
    if state.phase is Phase.WITHDRAWN:
        raise Refused("so-already")


def _confirm_publicity(state: Case, asked: Asked, seen: Seen) -> None:
    said = _told(state.public, asked)
    if not said:
        raise Refused("reference-unknown", "Nobody has said that anything of it is public.")
    _some_left(each for each in said if not each.confirmed)


def _propose_assessment(state: Case, asked: Asked, seen: Seen) -> None:
    if asked.person is None:
        raise Refused("not-your-act")


def _file_assessment(state: Case, asked: Asked, seen: Seen) -> None:
    own = [each for each in _own(state, asked) if not each.filed]
    _some_left(own)
    if separated(seen.policy("SEPARATION"), *SEPARATE) and all(each.author == asked.person for each in own):
        raise Refused("separate-persons", "Somebody else than its author files an assessment.")


def _share_assessment(state: Case, asked: Asked, seen: Seen) -> None:
    _some_left(each for each in _own_filed(state, asked) if not each.shared >= _SHARED)


def _keep_assessment(state: Case, asked: Asked, seen: Seen) -> None:
    _some_left(each for each in _own_filed(state, asked) if not each.shared >= _KEPT)


def _provide_information(state: Case, asked: Asked, seen: Seen) -> None:
    if not _told(state.requests, asked):
        raise Refused("reference-unknown", "No office has asked for information.")


def _decline_information(state: Case, asked: Asked, seen: Seen) -> None:
    _provide_information(state, asked, seen)
    if all(each.answered is not None for each in _told(state.requests, asked)):
        raise Refused("request-answered")


def _request_reconsideration(state: Case, asked: Asked, seen: Seen) -> None:
    known = _told(state.determinations, asked)
    if not known:
        raise Refused("reference-unknown", "No determination is recorded.")
    if all(each.reconsideration_due_at is not None for each in known):
        raise Refused("reconsidered-already")


def _answer_reconsideration(state: Case, asked: Asked, seen: Seen) -> None:
    known = _told(state.determinations, asked)
    if not any(each.reconsideration_due_at is not None and each.reconsidered is None for each in known):
        raise Refused("not-reconsidered")


def _answer_selection(state: Case, asked: Asked, seen: Seen) -> None:
    known = _told(state.selections, asked)
    if not known:
        raise Refused("reference-unknown", "No trusted partner is proposed.")
    side = Side.GOVERNMENT if asked.participant is None else Side.DEVELOPER
    others = [each for each in known if each.proposed_by is not side]
    if not others:
        raise Refused("own-proposal")
    if all(each.settled is not None for each in others):
        raise Refused("selection-settled")


def _close(state: Case, asked: Asked, seen: Seen) -> None:
    if state.closed:
        raise Refused("case-closed")


def _told(of: Mapping[Any, _Marked], asked: Asked) -> list[_Marked]:
    """Those alone that the actor may know of: what is hidden changes no offer."""
    return [each for each in of.values() if asked.may_see(each.marking)]


def _own(state: Case, asked: Asked) -> list[Assessment]:
    own = [each for each in state.assessments.values() if each.office == asked.office]
    if not own:
        raise Refused("reference-unknown", "The office has proposed no assessment.")
    return own


def _own_filed(state: Case, asked: Asked) -> list[Assessment]:
    filed = [each for each in _own(state, asked) if each.filed]
    if not filed:
        raise Refused("assessment-not-filed")
    return filed


def _some_left(left: Iterable[object]) -> None:
    if not any(True for _ in left):
        raise Refused("so-already")


OFFERS: Final[Mapping[type[CaseCommand], Offer]] = {
    SubmitCase: _submit,
    ReturnCopies: _return_copies,
    WithdrawCase: _withdraw,
    ConfirmPublicity: _confirm_publicity,
    ProposeAssessment: _propose_assessment,
    FileAssessment: _file_assessment,
    ShareAssessment: _share_assessment,
    KeepAssessment: _keep_assessment,
    ProvideInformation: _provide_information,
    DeclineInformation: _decline_information,
    RequestReconsideration: _request_reconsideration,
    AnswerReconsideration: _answer_reconsideration,
    SelectTrustedPartner: _answer_selection,
    DisagreeTrustedPartner: _answer_selection,
    CloseCase: _close,
}
"""What is not here has always something to say: an id of its own, or another date."""
