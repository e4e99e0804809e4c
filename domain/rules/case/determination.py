"""NSA's final authority: whether a model warrants additional scrutiny (EO14409:3(a)), and nothing about its release."""

from domain.commands.case import AnswerReconsideration, IssueDetermination, RequestReconsideration
from domain.errors import Refused
from domain.events import Event
from domain.events.case import (
    NOTICE,
    Answer,
    ClosedBecause,
    DeterminationIssued,
    Ground,
    ReconsiderationAnswered,
    ReconsiderationRequested,
    Result,
)
from domain.rules.asked import Asked
from domain.rules.case.evolve import openly
from domain.rules.case.state import Case, Determination, End
from domain.rules.case.submission import ending
from domain.rules.citing import Text, cited
from domain.rules.due import due
from domain.rules.seen import Seen
from domain.values import Cited, DeterminationId, PolicyCode, unchecked


def issue(state: Case, command: IssueDetermination, asked: Asked, seen: Seen) -> list[Event]:
    if (known := state.determinations.get(command.determination_id)) is not None:
        if known.said != openly(_issued(command, unchecked(command.standard), unchecked(command.threshold))):
            raise Refused("id-used")
        return []
    if (command.consultation is None) == (command.no_consultation_because is None):
        raise Refused("consultation-unclear")
    if command.consultation is not None and command.consultation not in state.consultations:
        raise Refused("reference-unknown", "This consultation is not about this case.")
    for assessment in command.assessments:
        if assessment not in state.assessments:
            raise Refused("reference-unknown", f"There is no assessment {assessment} in this case.")
        if not state.assessments[assessment].filed:
            raise Refused("assessment-not-filed")
    _must_succeed(state, command)
    standard = cited(Text.STANDARD, command.standard, asked, seen)
    issued = _issued(command, standard, cited(Text.THRESHOLD, command.threshold, asked, seen))
    if command.result is Result.WARRANTS:
        return [issued]
    end = End(at=asked.taken_in_at, cause=ClosedBecause.NOT_COVERED)
    return [issued, *ending(state, command.case_id, asked, end)]


def _issued(command: IssueDetermination, standard: Cited, threshold: Cited) -> DeterminationIssued:
    return DeterminationIssued(
        case_id=command.case_id,
        determination_id=command.determination_id,
        result=command.result,
        standard=standard,
        threshold=threshold,
        assessments=command.assessments,
        consultation=command.consultation,
        no_consultation_because=command.no_consultation_because,
        supersedes=command.supersedes,
        ground=command.ground,
        reasons=command.reasons,
        withheld_reasons_count=len(command.withheld_reasons),
        notice=NOTICE,
        withheld_reasons=command.withheld_reasons,
    )


def _must_succeed(state: Case, command: IssueDetermination) -> None:
    """At most one is in force: a further one names it, and why it is replaced."""
    if command.supersedes != state.in_force or (command.ground is None) != (state.in_force is None):
        raise Refused("supersedes-unclear")
    if command.ground is Ground.RECONSIDERATION and state.in_force is not None:
        _must_be_pending(state, state.in_force)


def request_reconsideration(state: Case, command: RequestReconsideration, asked: Asked, seen: Seen) -> list[Event]:
    known = state.determinations.get(command.determination_id)
    if known is None:
        raise Refused("reference-unknown")
    if known.reconsideration_due_at is not None:
        raise Refused("reconsidered-already")
    answer = due(PolicyCode("RECONSIDERATION"), asked, seen)
    return [
        ReconsiderationRequested(
            case_id=command.case_id,
            determination_id=command.determination_id,
            due_at=answer.at,
            policy=answer.policy,
            evidence=command.evidence,
            new_facts=command.new_facts,
        )
    ]


def answer_reconsideration(state: Case, command: AnswerReconsideration, asked: Asked) -> list[Event]:
    known = state.determinations.get(command.determination_id)
    if known is not None and known.reconsidered is not None:
        if known.reconsidered is command.answer:
            return []
        raise Refused("answer-unclear")
    due_at = _must_be_pending(state, command.determination_id).reconsideration_due_at
    superseded_by = state.determinations[command.determination_id].superseded_by
    if (command.answer is Answer.SUPERSEDED) != (superseded_by is not None):
        raise Refused("answer-unclear")
    return [
        ReconsiderationAnswered(
            case_id=command.case_id,
            determination_id=command.determination_id,
            answer=command.answer,
            superseded_by=superseded_by,
            late=due_at is not None and asked.taken_in_at >= due_at,
            reasons=command.reasons,
        )
    ]


def _must_be_pending(state: Case, determination: DeterminationId) -> Determination:
    known = state.determinations.get(determination)
    if known is None or known.reconsideration_due_at is None or known.reconsidered is not None:
        raise Refused("not-reconsidered")
    return known
