"""What is said of an event afterwards: it stays as it was recorded, and no other rule reads what is said here."""

from collections.abc import Iterable
from typing import Final, assert_never

from domain.act import ActorKind
from domain.commands.record import (
    AnswerChallenge,
    ChallengeMarking,
    DestroyPayload,
    FileErratum,
    PlaceHold,
    ProposeDestruction,
    RecordCommand,
    ReleaseHold,
)
from domain.errors import Refused
from domain.events.office import OfficeKind
from domain.events.record import (
    ChallengeAnswered,
    ChallengeOutcome,
    ErratumFiled,
    HoldPlaced,
    HoldReleased,
    MarkingChallenged,
    RecordEvent,
)
from domain.markings import UnknownMarking, parse
from domain.rules.asked import Asked
from domain.rules.record import destroying
from domain.rules.record.state import INITIAL, EventFacts, Said, evolve, facts_of, known_to
from domain.rules.seen import Seen, of_event
from domain.rules.stream import Rules
from domain.values import RecordId, StreamId, record_id

__all__ = ["INITIAL", "RULES", "EventFacts", "Said", "decide", "evolve", "facts_of", "may"]


def may(state: Said, command: type[RecordCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where no body could make such a command acceptable: nothing can be said without the event."""
    if command is AnswerChallenge and not state.challenges:
        raise Refused("not-found")
    if command is ReleaseHold and not state.holds:
        raise Refused("not-found")
    if command is DestroyPayload and not state.proposals:
        raise Refused("not-found")


def offers(state: Said, command: type[RecordCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused by what was said, or would add nothing."""
    if command is AnswerChallenge and all(each.answered is not None for each in state.challenges.values()):
        raise Refused("challenge-settled")
    if command is ReleaseHold:
        own = [hold for hold in state.holds.values() if hold.by == str(asked.by)]
        if not own:
            raise Refused("not-your-act")
        if all(hold.released for hold in own):
            raise Refused("so-already")
    if command in {ProposeDestruction, DestroyPayload}:
        if state.destroyed is not None:
            raise Refused("payload-destroyed")
        if asked.person is None:
            raise Refused("separate-persons", "A person proposes, and another one destroys.")
    if command is DestroyPayload and all(each.person == asked.person for each in state.proposals.values()):
        raise Refused("separate-persons", "Another person than who proposed it destroys.")


def decide(state: Said, command: RecordCommand, asked: Asked, seen: Seen) -> list[RecordEvent]:
    event = seen.event(command.stream, command.version)
    if event is None:
        raise Refused("not-found")
    if not known_to(event, asked):
        raise Refused("not-cleared", hidden=True)
    if not parse(event.marking) <= parse(asked.marking):
        raise Refused("marking-too-low")
    may(state, type(command), asked, seen)
    match command:
        case FileErratum():
            return _file(state, command, event, asked, seen)
        case ChallengeMarking():
            return _challenge(state, command, event, asked)
        case AnswerChallenge():
            return _answer(state, command, event, asked, seen)
        case PlaceHold():
            return _hold(state, command, event, asked)
        case ReleaseHold():
            return _release(state, command, event, asked)
        case ProposeDestruction():
            _must_answer_for(event, asked, seen)
            return destroying.propose(state, command, event, asked, seen)
        case DestroyPayload():
            return destroying.destroy(state, command, event, asked, seen)
        case _:
            assert_never(command)


def _must_answer_for(event: EventFacts, asked: Asked, seen: Seen) -> None:
    """Whoever recorded an event answers for it; the secretariat for what no office recorded."""
    if event.actor == str(asked.by):
        return
    by_office = event.actor.startswith(f"{ActorKind.OFFICE}/")
    if by_office or asked.office is None or seen.office(asked.office).kind is not OfficeKind.SECRETARIAT:
        raise Refused("not-your-act")


def _file(state: Said, command: FileErratum, event: EventFacts, asked: Asked, seen: Seen) -> list[RecordEvent]:
    _must_answer_for(event, asked, seen)
    if command.erratum_id in state.errata:
        return []
    return [
        ErratumFiled(record_id=event.record, about=event.about, erratum_id=command.erratum_id, erratum=command.erratum)
    ]


def _challenge(state: Said, command: ChallengeMarking, event: EventFacts, asked: Asked) -> list[RecordEvent]:
    if _is_marked(command.proposed, event):
        raise Refused("marking-unfit")
    if (known := state.challenges.get(command.challenge_id)) is not None:
        if (known.by, known.proposed) != (str(asked.by), command.proposed):
            raise Refused("id-used")
        return []
    return [
        MarkingChallenged(
            record_id=event.record,
            about=event.about,
            challenge_id=command.challenge_id,
            proposed=command.proposed,
            reason=command.reason,
        )
    ]


def _answer(state: Said, command: AnswerChallenge, event: EventFacts, asked: Asked, seen: Seen) -> list[RecordEvent]:
    _must_answer_for(event, asked, seen)
    challenge = state.challenges.get(command.challenge_id)
    if challenge is None:
        raise Refused("reference-unknown", "There is no such challenge of this event.")
    if (command.outcome is ChallengeOutcome.KEPT) is not (command.handled_as is None):
        raise Refused("answer-unclear", "A marking is named if it is to change, and only then.")
    handled_as = event.marking if command.handled_as is None else command.handled_as
    if command.handled_as is not None and _is_marked(command.handled_as, event):
        raise Refused("marking-unfit")
    if challenge.answered is not None:
        if challenge.answered != (command.outcome, handled_as):
            raise Refused("challenge-settled")
        return []
    return [
        ChallengeAnswered(
            record_id=event.record,
            about=event.about,
            challenge_id=command.challenge_id,
            outcome=command.outcome,
            handled_as=handled_as,
            reason=command.reason,
        )
    ]


def _is_marked(text: str, event: EventFacts) -> bool:
    """Whether a marking that is proposed is the one that the event has. Raises Refused for what is no marking."""
    try:
        return parse(text) == parse(event.marking)
    except UnknownMarking as unknown:
        raise Refused("marking-unfit") from unknown


def _hold(state: Said, command: PlaceHold, event: EventFacts, asked: Asked) -> list[RecordEvent]:
    if (known := state.holds.get(command.hold_id)) is not None:
        if (known.by, known.basis, known.released) != (str(asked.by), command.basis, False):
            raise Refused("id-used")
        return []
    return [
        HoldPlaced(
            record_id=event.record,
            about=event.about,
            hold_id=command.hold_id,
            basis=command.basis,
            reason=command.reason,
        )
    ]


def _release(state: Said, command: ReleaseHold, event: EventFacts, asked: Asked) -> list[RecordEvent]:
    hold = state.holds.get(command.hold_id)
    if hold is None:
        raise Refused("reference-unknown", "There is no such hold of this event.")
    if hold.by != str(asked.by):
        raise Refused("not-your-act")
    return [] if hold.released else [HoldReleased(record_id=event.record, about=event.about, hold_id=command.hold_id)]


def _place(command: RecordCommand) -> StreamId:
    return of_event(command.stream, command.version)


def _id(command: RecordCommand, asked: Asked) -> RecordId:
    return record_id(command.stream, command.version)


def _reads(command: RecordCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    yield _place(command)
    if isinstance(command, ProposeDestruction | DestroyPayload):
        yield from destroying.reads(command, seen)


RULES: Final = Rules(
    commands=RecordCommand,
    events=RecordEvent,
    id_field="record_id",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    decide=decide,
    known_to=known_to,
    id_of=_id,
    about=_place,
    reads=_reads,
)
