"""What a case is at a point in time follows from the turns that a row shows, by the rules' own arithmetic."""

from collections.abc import Sequence
from functools import reduce
from itertools import chain
from typing import Final, Protocol

from domain.act import Attestation
from domain.events.case import (
    AccessClosed,
    AccessOpened,
    CaseAccepted,
    CaseClosed,
    CaseEvent,
    CaseReturned,
    CaseReviewLapsed,
    CaseSubmitted,
    CaseWithdrawn,
    DeterminationIssued,
    ReleasePlanRevised,
    ReleaseReported,
)
from domain.message import WITHHELD
from domain.recorded import Recorded
from domain.rules.case import INITIAL, Case, evolve
from domain.values import CaseId, Cited, CommandId, Digest, ParticipantId, StreamId, Variant
from projections.case.parts import (
    Acceptance,
    AccessEnd,
    CaseEnd,
    Lapse,
    Opening,
    Outcomes,
    PlanRevision,
    Release,
    Return,
    Submission,
    Withdrawal,
)
from projections.parts import Lists, Turn

LISTS: Final[Lists] = {
    CaseSubmitted: ("submissions", Submission),
    CaseReturned: ("returns", Return),
    CaseAccepted: ("acceptances", Acceptance),
    CaseReviewLapsed: ("lapses", Lapse),
    AccessOpened: ("openings", Opening),
    AccessClosed: ("access_ends", AccessEnd),
    ReleasePlanRevised: ("plan_revisions", PlanRevision),
    ReleaseReported: ("releases", Release),
    CaseWithdrawn: ("withdrawals", Withdrawal),
    DeterminationIssued: ("determinations", Outcomes),
    CaseClosed: ("case_ends", CaseEnd),
}
"""Where a row that knows the life of a case keeps its turns."""
_UNSAID: Final = Digest("sha256:" + "0" * 64)
_NOTHING: Final = Cited(id="-", version=1, digest=_UNSAID, checked=False)


class Living(Protocol):
    """A row that knows the life of a case."""

    @property
    def case_id(self) -> CaseId: ...
    @property
    def submissions(self) -> Sequence[Submission]: ...
    @property
    def returns(self) -> Sequence[Return]: ...
    @property
    def acceptances(self) -> Sequence[Acceptance]: ...
    @property
    def lapses(self) -> Sequence[Lapse]: ...
    @property
    def openings(self) -> Sequence[Opening]: ...
    @property
    def access_ends(self) -> Sequence[AccessEnd]: ...
    @property
    def plan_revisions(self) -> Sequence[PlanRevision]: ...
    @property
    def releases(self) -> Sequence[Release]: ...
    @property
    def withdrawals(self) -> Sequence[Withdrawal]: ...
    @property
    def determinations(self) -> Sequence[Outcomes]: ...
    @property
    def case_ends(self) -> Sequence[CaseEnd]: ...


def life(row: Living) -> Case:
    """The case that follows from the turns in this row: only its phase, its window and its clocks are to be read.

    For a reader who may not see a turn it is the case without it.
    """
    turns: list[Turn] = sorted(
        chain(
            row.submissions,
            row.returns,
            row.acceptances,
            row.lapses,
            row.openings,
            row.access_ends,
            row.plan_revisions,
            row.releases,
            row.withdrawals,
            row.determinations,
            row.case_ends,
        ),
        key=lambda turn: turn.position,
    )
    return reduce(lambda case, turn: evolve(case, _recorded(row.case_id, turn)), turns, INITIAL)


def _recorded(case_id: CaseId, turn: Turn) -> Recorded[CaseEvent]:
    return Recorded(
        id=turn.id,
        ledger="",
        stream=StreamId(f"case-{case_id}"),
        version=1,
        recorded_at=turn.at,
        taken_in_at=turn.taken_in_at,
        command_id=CommandId(""),
        actor="",
        actor_name="",
        attestation=Attestation.NONE,
        marking=turn.marking,
        protected_marking=turn.protected_marking,
        event=_event(case_id, turn),
    )


def _event(case_id: CaseId, turn: Turn) -> CaseEvent:
    """What happened, as far as a clock has to know: what no clock reads is left empty."""
    match turn:
        case Submission():
            return CaseSubmitted(
                case_id=case_id,
                developer=ParticipantId(""),
                developer_name="",
                model=turn.model,
                model_version=turn.model_version,
                manifest=_UNSAID,
                variant=Variant(""),
                partners_on=turn.partners_on,
                public_on=turn.public_on,
                replaces=turn.replaces,
                review_due_at=turn.review_due_at,
                review_policy=turn.review_policy,
                summary=WITHHELD,
            )
        case Return():
            return CaseReturned(
                case_id=case_id,
                omissions=turn.omissions,
                omissions_policy=turn.omissions_policy,
                note=WITHHELD,
            )
        case Acceptance():
            return CaseAccepted(case_id=case_id)
        case Lapse():
            return CaseReviewLapsed(case_id=case_id, due_at=turn.due_at, policy=turn.policy)
        case Opening():
            return AccessOpened(
                case_id=case_id,
                office=turn.office,
                basis=turn.basis,
                first_opened_at=turn.first_opened_at,
                ceiling_at=turn.ceiling_at,
                window_policy=turn.window_policy,
                roster_count=turn.roster_count,
                roster=WITHHELD,
            )
        case AccessEnd():
            return AccessClosed(case_id=case_id, cause=turn.cause, closed_at=turn.closed_at)
        case PlanRevision():
            return ReleasePlanRevised(
                case_id=case_id, partners_on=turn.partners_on, public_on=turn.public_on, reason=WITHHELD
            )
        case Release():
            return ReleaseReported(case_id=case_id, audience=turn.audience, released_at=turn.released_at)
        case Withdrawal():
            return CaseWithdrawn(case_id=case_id, reason=WITHHELD)
        case Outcomes():
            return DeterminationIssued(
                case_id=case_id,
                determination_id=turn.determination_id,
                result=turn.result,
                standard=_NOTHING,
                threshold=_NOTHING,
                assessments=(),
                consultation=None,
                no_consultation_because=None,
                supersedes=None,
                ground=None,
                reasons="",
                withheld_reasons_count=0,
                notice="",
                withheld_reasons=WITHHELD,
            )
        case CaseEnd():
            return CaseClosed(case_id=case_id, outcome=turn.outcome, determination=turn.determination)
        case _:
            raise TypeError(f"{type(turn).__name__} is no turn of a case")
