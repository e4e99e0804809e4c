"""A consultation collects views. Silence is silence: listed, and counted neither as concurrence nor as objection."""

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from domain.commands.consultation import (
    AcknowledgeConsultation,
    AnswerConsultation,
    CloseConsultation,
    ConsultationCommand,
    DeclineConsultation,
    OpenConsultation,
    RecordConsultationDue,
)
from domain.errors import Refused
from domain.events import Event
from domain.events.case import CaseConsultationClosed, CaseConsultationOpened
from domain.events.consultation import (
    ConsultationAcknowledged,
    ConsultationAnswered,
    ConsultationClosed,
    ConsultationDeclined,
    ConsultationDuePassed,
    ConsultationEvent,
    ConsultationOpened,
    ConsultedOn,
    SubjectKind,
)
from domain.rules.asked import Asked
from domain.rules.case.guards import visible
from domain.rules.citing import Text, named, of_text
from domain.rules.consultation.state import DECLINED, INITIAL, Consultation, evolve
from domain.rules.due import due
from domain.rules.seen import Seen, of_case, of_consultation, of_office
from domain.rules.stream import Rules
from domain.values import Cited, OfficeCode, PolicyCode, StreamId, same, unchecked

__all__ = ["DECLINED", "INITIAL", "RULES", "Consultation", "decide", "evolve", "known_to", "may"]

TEXTS: Final = {
    SubjectKind.STANDARD: Text.STANDARD,
    SubjectKind.THRESHOLD: Text.THRESHOLD,
    SubjectKind.FRAMEWORK: Text.FRAMEWORK,
}
"""Subjects whose versions Docket may know."""


def known_to(state: Consultation, asked: Asked) -> bool:
    """Whether there is such a consultation, and the actor may see it: it stays among offices."""
    return state.known and asked.participant is None and asked.may_see(state.marking)


def may(state: Consultation, command: type[ConsultationCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the consultation, as it stands, does not allow such a command from this actor."""
    if command is OpenConsultation:
        return
    if not state.known:
        raise Refused("not-found")
    if not asked.may_see(state.marking):
        raise Refused("not-cleared", hidden=True)
    if command in {AcknowledgeConsultation, DeclineConsultation} and asked.office not in state.asked:
        raise Refused("not-asked")
    if command is DeclineConsultation and state.answers.get(OfficeCode(asked.by.id), DECLINED) != DECLINED:
        raise Refused("exists", "The office has answered.")
    if command is CloseConsultation and asked.office != state.opened_by:
        raise Refused("not-your-act")
    if command is RecordConsultationDue and not state.due_recorded:
        if not state.due_passed(asked.taken_in_at):
            raise Refused("due-not-passed")
        if state.closed_at is not None and not state.due_passed(state.closed_at):
            raise Refused("consultation-closed")


def offers(state: Consultation, command: type[ConsultationCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as things stand, or would add nothing."""
    if command is OpenConsultation and state.known:
        raise Refused("id-used")
    if command is CloseConsultation and state.closed_at is not None:
        raise Refused("consultation-closed")
    done: Mapping[type[ConsultationCommand], bool] = {
        AcknowledgeConsultation: asked.office in state.acknowledged or asked.office in state.answers,
        DeclineConsultation: asked.office is not None and state.answers.get(asked.office) == DECLINED,
        RecordConsultationDue: state.due_recorded,
    }
    if done.get(command, False):
        raise Refused("so-already")


def decide(state: Consultation, command: ConsultationCommand, asked: Asked, seen: Seen) -> list[Event]:
    may(state, type(command), asked, seen)
    if isinstance(command, RecordConsultationDue):
        return _record_due(state, command)
    office = asked.office
    if office is None:
        raise Refused("not-your-act")
    match command:
        case OpenConsultation():
            return _open(state, command, office, asked, seen)
        case AcknowledgeConsultation():
            if office in state.acknowledged or office in state.answers:
                return []
            return [
                ConsultationAcknowledged(
                    consultation_id=command.consultation_id, subject=_subject(state), office=office
                )
            ]
        case AnswerConsultation():
            if state.answers.get(office) == command.view:
                return []
            return [
                ConsultationAnswered(
                    consultation_id=command.consultation_id,
                    subject=_subject(state),
                    office=office,
                    view=command.view,
                    late=state.late(asked.taken_in_at),
                    unasked=office not in state.asked,
                    reasons=command.reasons,
                )
            ]
        case DeclineConsultation():
            if state.answers.get(office) == DECLINED:
                return []
            return [
                ConsultationDeclined(
                    consultation_id=command.consultation_id,
                    subject=_subject(state),
                    office=office,
                    reason=command.reason,
                )
            ]
        case CloseConsultation():
            return _close(state, command, asked)
        case _:
            assert_never(command)


def _open(state: Consultation, command: OpenConsultation, office: OfficeCode, asked: Asked, seen: Seen) -> list[Event]:
    about_case = command.kind is SubjectKind.CASE
    if (command.case_id is None) == about_case or (command.reference is None) != about_case:
        raise Refused("subject-unclear")
    wanted = tuple(dict.fromkeys(command.asked))
    if known_to(state, asked):
        said = (_about(state.subject), state.opened_by, state.asked, state.question)
        if said != (_about(command), office, wanted, command.question) or command.due_at not in {None, state.due_at}:
            raise Refused("id-used")
        return []
    if command.case_id is not None:
        visible(seen.case(command.case_id), asked)
    if not all(seen.office(each).known for each in wanted):
        raise Refused("office-unknown")
    due_at, policy = command.due_at, None
    if due_at is None:
        answers = due(PolicyCode("CONSULTATION"), asked, seen)
        due_at, policy = answers.at, answers.policy
    if due_at <= asked.taken_in_at:
        raise Refused("due-in-past")
    reference = _reference(command, asked, seen)
    if state.known:  # last: all else is answered as if the hidden one were not there
        raise Refused("not-cleared", hidden=True)
    opened = ConsultationOpened(
        consultation_id=command.consultation_id,
        subject=ConsultedOn(kind=command.kind, case_id=command.case_id, reference=reference),
        opened_by=office,
        asked=wanted,
        question=command.question,
        due_at=due_at,
        policy=policy,
        question_text=command.question_text,
    )
    if command.case_id is None:
        return [opened]
    noted = CaseConsultationOpened(
        case_id=command.case_id, consultation_id=command.consultation_id, asked=wanted, due_at=due_at
    )
    return [opened, noted]


def _reference(command: OpenConsultation, asked: Asked, seen: Seen) -> Cited | None:
    if command.reference is None:
        return None
    if (kind := TEXTS.get(command.kind)) is None:
        return unchecked(command.reference)
    return named(kind, command.reference, asked, seen)


def _about(subject: ConsultedOn | OpenConsultation | None) -> object:
    """What it is about, whatever Docket knew of that."""
    if subject is None:
        return None
    return subject.kind, subject.case_id, None if subject.reference is None else same(subject.reference)


def _record_due(state: Consultation, command: RecordConsultationDue) -> list[Event]:
    if state.due_recorded or state.due_at is None:
        return []
    return [
        ConsultationDuePassed(
            consultation_id=command.consultation_id,
            subject=_subject(state),
            due_at=state.due_at,
            silent=state.silent_when_due(),
        )
    ]


def _close(state: Consultation, command: CloseConsultation, asked: Asked) -> list[Event]:
    if state.closed_at is not None:
        return []
    unanswered = state.silent()
    subject = _subject(state)
    closed = ConsultationClosed(
        consultation_id=command.consultation_id,
        subject=subject,
        unanswered=unanswered,
        early=bool(unanswered) and not state.due_passed(asked.taken_in_at),
    )
    if subject.case_id is None:
        return [closed]
    noted = CaseConsultationClosed(
        case_id=subject.case_id, consultation_id=command.consultation_id, unanswered=unanswered
    )
    return [closed, noted]


def _subject(state: Consultation) -> ConsultedOn:
    if state.subject is None:
        raise Refused("not-found")
    return state.subject


def _reads(command: ConsultationCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    match command:
        case OpenConsultation():
            yield from map(of_office, command.asked)
            if command.case_id is not None:
                yield of_case(command.case_id)
            if (kind := TEXTS.get(command.kind)) is not None:
                yield from of_text(kind, command.reference)
        case CloseConsultation():
            if of_consultation(command.consultation_id) in seen:
                subject = seen.consultation(command.consultation_id).subject
                if subject is not None and subject.case_id is not None:
                    yield of_case(subject.case_id)
        case _:
            pass


RULES: Final = Rules(
    commands=ConsultationCommand,
    events=ConsultationEvent,
    id_field="consultation_id",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    decide=decide,
    known_to=known_to,
    reads=_reads,
    policies={"consultation.open.v1": PolicyCode("CONSULTATION")},
)
