"""A determination is in force from the position of its event on, until that of the one that supersedes it."""

from collections.abc import Iterator
from datetime import datetime

from msgspec import Struct

from domain.events.case import Answer, Finding, Ground, Result
from domain.values import AssessmentId, CaseId, Cited, DeterminationId, OfficeCode, ParticipantId, Variant
from projections.authority_row import FinalAuthority
from projections.case.consultation_parts import Consulted, consulted
from projections.case.parts import Dissent


class Reconsidered(Struct, kw_only=True, frozen=True):
    """That the developer asked NSA to reconsider, and what NSA answered, if it did."""

    asked_at: datetime
    due_at: datetime
    answer: Answer | None
    answered_at: datetime | None
    late: bool
    reasons: str | None


class ReliedOn(Struct, kw_only=True, frozen=True):
    """An assessment that a determination names; only its id where a reader may not see more."""

    assessment_id: AssessmentId
    office: OfficeCode | None
    finding: Finding | None
    severity: str | None
    late: bool | None


class Determined(Struct, kw_only=True, frozen=True):
    """One determination, as one reader may see it."""

    case_id: CaseId
    developer: ParticipantId
    developer_name: str
    model: str
    model_version: str
    variant: Variant
    determination_id: DeterminationId
    position: int
    marking: str
    protected_marking: str
    result: Result
    in_force: bool
    in_force_from: datetime
    """When it was recorded; its position is the first from which on it is in force."""
    in_force_until: datetime | None
    until_position: int | None
    """Of the one that superseded it: from there on it is not in force."""
    superseded_by: DeterminationId | None
    ground: Ground | None
    """Why it was superseded."""
    supersedes: DeterminationId | None
    standard: Cited
    threshold: Cited
    consultation: Consulted | None
    """None where there was none, and where this reader may not see it; `no_consultation_because` tells them apart."""
    no_consultation_because: str | None
    """A determination without consultation is flagged by it."""
    others_consulted: tuple[Consulted, ...]
    """Other consultations about its case, by whoever opened them: it rests on none of these."""
    assessments: tuple[ReliedOn, ...]
    dissents: tuple[Dissent, ...]
    """About it, or filed before any determination."""
    reasons: str
    """The releasable ones."""
    withheld_reasons_count: int
    notice: str
    reconsideration: Reconsidered | None
    withheld: int
    """Parts of the record of this case that this reader may not see, as of today."""


def determined(row: FinalAuthority, at: datetime) -> Iterator[Determined]:
    """The determinations of a case at an instant, as far as this row shows them, in the order of their issue."""
    consultations = {each.consultation_id: each for each in consulted(row, at)}
    for one in row.determinations:
        id = one.determination_id
        successor = next((each for each in row.determinations if each.supersedes == id), None)
        yield Determined(
            case_id=row.case_id,
            developer=row.developer,
            developer_name=row.developer_name,
            model=row.model,
            model_version=row.model_version,
            variant=row.variant,
            determination_id=id,
            position=one.position,
            marking=one.marking,
            protected_marking=one.protected_marking,
            result=one.result,
            in_force=successor is None,
            in_force_from=one.at,
            in_force_until=None if successor is None else successor.at,
            until_position=None if successor is None else successor.position,
            superseded_by=None if successor is None else successor.determination_id,
            ground=None if successor is None else successor.ground,
            supersedes=one.supersedes,
            standard=one.standard,
            threshold=one.threshold,
            consultation=None if one.consultation is None else consultations.get(one.consultation),
            no_consultation_because=one.no_consultation_because,
            others_consulted=tuple(each for id, each in consultations.items() if id != one.consultation),
            assessments=tuple(_relied_on(row, assessment) for assessment in one.assessments),
            dissents=tuple(each for each in row.dissents if each.about in {None, id}),
            reasons=one.reasons,
            withheld_reasons_count=one.withheld_reasons_count,
            notice=one.notice,
            reconsideration=_reconsidered(row, id),
            withheld=row.withheld,
        )


def _relied_on(row: FinalAuthority, id: AssessmentId) -> ReliedOn:
    filed = next((each for each in row.filings if each.assessment_id == id), None)
    if filed is None:
        return ReliedOn(assessment_id=id, office=None, finding=None, severity=None, late=None)
    return ReliedOn(
        assessment_id=id, office=filed.office, finding=filed.finding, severity=filed.severity, late=filed.late
    )


def _reconsidered(row: FinalAuthority, id: DeterminationId) -> Reconsidered | None:
    wish = next((each for each in row.reconsideration_wishes if each.determination_id == id), None)
    reply = next((each for each in row.reconsideration_replies if each.determination_id == id), None)
    if wish is None:
        return None
    return Reconsidered(
        asked_at=wish.taken_in_at,
        due_at=wish.due_at,
        answer=None if reply is None else reply.answer,
        answered_at=None if reply is None else reply.taken_in_at,
        late=reply is not None and reply.late,
        reasons=None if reply is None else reply.reasons,
    )
