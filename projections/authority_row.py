"""A row holds the determinations of one case, and the consultations, assessments and dissents they are read with."""

from typing import Final

from msgspec import field

from domain.events.case import (
    AssessmentFiled,
    CaseSubmitted,
    DeterminationIssued,
    DissentFiled,
    ReconsiderationAnswered,
    ReconsiderationRequested,
)
from domain.values import CaseId, ParticipantId, Variant
from projections.case import consultation_parts
from projections.case.consultation_parts import Acknowledgement, Asking, ConsultationEnd, Decline, DuePassing, Reply
from projections.case.parts import Dissent, Filing, Issuance, ReconsiderationReply, ReconsiderationWish, Submission
from projections.parts import adds
from projections.view import Row


class FinalAuthority(Row, kw_only=True, omit_defaults=True):
    """What was determined of one case, and what it is read with."""

    case_id: CaseId
    developer: ParticipantId
    developer_name: str
    """As the first submission has it, like the model."""
    model: str
    model_version: str
    variant: Variant
    began: int
    """Position of the first submission."""
    submissions: list[Submission] = field(default_factory=list)
    determinations: list[Issuance] = field(default_factory=list)
    reconsideration_wishes: list[ReconsiderationWish] = field(default_factory=list)
    reconsideration_replies: list[ReconsiderationReply] = field(default_factory=list)
    filings: list[Filing] = field(default_factory=list)
    dissents: list[Dissent] = field(default_factory=list)
    consultations: list[Asking] = field(default_factory=list)
    acknowledgements: list[Acknowledgement] = field(default_factory=list)
    replies: list[Reply] = field(default_factory=list)
    declines: list[Decline] = field(default_factory=list)
    due_passings: list[DuePassing] = field(default_factory=list)
    consultation_ends: list[ConsultationEnd] = field(default_factory=list)


ADDS: Final = adds(
    {
        CaseSubmitted: ("submissions", Submission),
        DeterminationIssued: ("determinations", Issuance),
        ReconsiderationRequested: ("reconsideration_wishes", ReconsiderationWish),
        ReconsiderationAnswered: ("reconsideration_replies", ReconsiderationReply),
        AssessmentFiled: ("filings", Filing),
        DissentFiled: ("dissents", Dissent),
        **consultation_parts.LISTS,
    }
)
