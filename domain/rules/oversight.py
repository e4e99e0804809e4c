"""Oversight asks, and an office produces or says what it withholds and why; nobody else may know of either."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, TypeAlias, assert_never

from domain.circle import between, office_of
from domain.commands.oversight import (
    CloseOversightRequest,
    NoteForOversight,
    OversightCommand,
    ProduceToOversight,
    RecordOversightDue,
    RequestForOversight,
    WithholdFromOversight,
)
from domain.errors import Refused
from domain.events.office import OfficeKind
from domain.events.oversight import (
    Ground,
    OversightClosed,
    OversightDuePassed,
    OversightEvent,
    OversightNoted,
    OversightProduced,
    OversightRequested,
    OversightWithheld,
    ProducedEvent,
)
from domain.markings import parse
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.seen import Seen, of_event, of_office
from domain.rules.stream import Rules
from domain.values import (
    Digest,
    Evidence,
    InquiryId,
    OfficeCode,
    ProductionId,
    StreamId,
    WithholdingId,
)

Produced: TypeAlias = tuple[tuple[ProducedEvent, ...], tuple[Evidence, ...], bool]
Withheld: TypeAlias = tuple[int, str, Ground, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """A request of oversight as it stands; or a note, which begins and stays as it is."""

    marking: str = ""
    requested_by: OfficeCode | None = None
    """Who asks; None for a note, and where there is nothing."""
    office: OfficeCode | None = None
    """Who is asked; of a note, who wrote it."""
    question: Digest | None = None
    due_at: datetime | None = None
    about: StreamId | None = None
    """Of a note."""
    productions: Mapping[ProductionId, Produced] = field(default_factory=dict)
    withholdings: Mapping[WithholdingId, Withheld] = field(default_factory=dict)
    spoke_in_time: bool = False
    """Whether the office produced or withheld anything before its time passed."""
    due_recorded: bool = False
    closed_at: datetime | None = None

    def late(self, at: datetime) -> bool:
        """Whether what is taken in then comes after the time that the request names."""
        return self.due_at is not None and at >= self.due_at


INITIAL: Final = Inquiry()


def evolve(state: Inquiry, recorded: Recorded[OversightEvent]) -> Inquiry:
    event = recorded.event
    match event:
        case OversightRequested():
            return Inquiry(
                marking=recorded.marking,
                requested_by=event.requested_by,
                office=event.office,
                question=event.question,
                due_at=event.due_at,
            )
        case OversightProduced():
            produced = (event.events, event.documents, event.complete)
            return _spoken(replace(state, productions={**state.productions, event.production_id: produced}), event)
        case OversightWithheld():
            withheld = (event.items, event.decided_by, event.ground, event.citation)
            return _spoken(replace(state, withholdings={**state.withholdings, event.withholding_id: withheld}), event)
        case OversightDuePassed():
            return replace(state, due_recorded=True)
        case OversightClosed():
            return replace(state, closed_at=recorded.taken_in_at)
        case OversightNoted():
            return Inquiry(marking=recorded.marking, office=event.office, about=event.about)
        case _:
            assert_never(event)


def _spoken(state: Inquiry, event: OversightProduced | OversightWithheld) -> Inquiry:
    return replace(state, spoke_in_time=state.spoke_in_time or not event.late)


def known_to(state: Inquiry, asked: Asked) -> bool:
    """Whether there is such a life, and the actor is one of the two that it is between, and may see it."""
    return (
        asked.office is not None and asked.office in {state.requested_by, state.office} and asked.may_see(state.marking)
    )


def may(state: Inquiry, command: type[OversightCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where the request, as it stands, does not allow such a command from this actor."""
    if command in {RequestForOversight, NoteForOversight}:
        return
    if state.requested_by is None:
        raise Refused("not-found")
    if command is RecordOversightDue:
        if not state.late(asked.taken_in_at):
            raise Refused("due-not-passed")
        if state.closed_at is not None and not state.late(state.closed_at):
            raise Refused("due-not-passed", "The request was closed before.")
        return
    if not known_to(state, asked):
        raise Refused("not-cleared", hidden=True)
    if asked.office != (state.requested_by if command is CloseOversightRequest else state.office):
        raise Refused("not-your-act")


def offers(state: Inquiry, command: type[OversightCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as the request stands, or would add nothing."""
    if command in {RequestForOversight, NoteForOversight}:
        if state != INITIAL:
            raise Refused("id-used") if known_to(state, asked) else Refused("not-cleared", hidden=True)
    elif (command is CloseOversightRequest and state.closed_at is not None) or (
        command is RecordOversightDue and state.due_recorded
    ):
        raise Refused("so-already")


def decide(state: Inquiry, command: OversightCommand, asked: Asked, seen: Seen) -> list[OversightEvent]:
    may(state, type(command), asked, seen)
    match command:
        case RequestForOversight():
            return _request(state, command, asked, seen)
        case ProduceToOversight():
            return _produce(state, command, asked, seen)
        case WithholdFromOversight():
            return _withhold(state, command, asked)
        case RecordOversightDue():
            return _record_due(state, command)
        case CloseOversightRequest():
            return _close(state, command)
        case NoteForOversight():
            return _note(state, command, asked)
        case _:
            assert_never(command)


def _request(state: Inquiry, command: RequestForOversight, asked: Asked, seen: Seen) -> list[OversightEvent]:
    by = _office(asked)
    office = office_of(command.inquiry_id)
    if known_to(state, asked):
        if (state.requested_by, state.question, state.due_at) != (by, command.question, command.due_at):
            raise Refused("id-used")
        return []
    if not seen.office(office).known:
        raise Refused("office-unknown")
    if seen.office(office).kind is OfficeKind.OVERSIGHT:
        raise Refused("not-audited")
    if command.due_at is not None and command.due_at <= asked.taken_in_at:
        raise Refused("due-in-past")
    if state != INITIAL:  # last: all else is answered as if the hidden one were not there
        raise Refused("not-cleared", hidden=True)
    return [
        OversightRequested(
            inquiry_id=command.inquiry_id,
            requested_by=by,
            office=office,
            question=command.question,
            due_at=command.due_at,
            question_text=command.question_text,
        )
    ]


def _produce(state: Inquiry, command: ProduceToOversight, asked: Asked, seen: Seen) -> list[OversightEvent]:
    if not command.events and not command.documents:
        raise Refused("nothing-produced")
    events = tuple(_produced(place.stream, place.version, asked, seen) for place in command.events)
    produced = (events, command.documents, command.complete)
    if (known := state.productions.get(command.production_id)) is not None:
        if known != produced:
            raise Refused("id-used")
        return []
    return [
        OversightProduced(
            inquiry_id=command.inquiry_id,
            requested_by=_asker(state),
            office=_office(asked),
            production_id=command.production_id,
            events=events,
            documents=command.documents,
            complete=command.complete,
            late=state.late(asked.taken_in_at),
            statement=command.statement,
        )
    ]


def _produced(stream: StreamId, version: int, asked: Asked, seen: Seen) -> ProducedEvent:
    """An event of the record that the office may see; what is said to oversight of another request is none."""
    event = seen.event(stream, version)
    if event is None or not asked.may_see(event.marking) or between(stream) not in {None, asked.office}:
        raise Refused("reference-unknown", f"There is no version {version} of {stream}.")
    if not parse(event.marking) <= parse(asked.marking):
        raise Refused("marking-too-low")
    return ProducedEvent(stream=stream, version=version, event_id=event.id)


def _withhold(state: Inquiry, command: WithholdFromOversight, asked: Asked) -> list[OversightEvent]:
    withheld = (command.items, command.decided_by, command.ground, command.citation)
    if (known := state.withholdings.get(command.withholding_id)) is not None:
        if known != withheld:
            raise Refused("id-used")
        return []
    return [
        OversightWithheld(
            inquiry_id=command.inquiry_id,
            requested_by=_asker(state),
            office=_office(asked),
            withholding_id=command.withholding_id,
            items=command.items,
            decided_by=command.decided_by,
            ground=command.ground,
            citation=command.citation,
            late=state.late(asked.taken_in_at),
            what=command.what,
        )
    ]


def _record_due(state: Inquiry, command: RecordOversightDue) -> list[OversightEvent]:
    if state.due_recorded or state.due_at is None or state.office is None:
        return []
    return [
        OversightDuePassed(
            inquiry_id=command.inquiry_id,
            requested_by=_asker(state),
            office=state.office,
            due_at=state.due_at,
            silent=not state.spoke_in_time,
        )
    ]


def _close(state: Inquiry, command: CloseOversightRequest) -> list[OversightEvent]:
    if state.closed_at is not None or state.office is None:
        return []
    return [
        OversightClosed(
            inquiry_id=command.inquiry_id,
            requested_by=_asker(state),
            office=state.office,
            productions=len(state.productions),
            items_withheld=sum(items for items, _, _, _ in state.withholdings.values()),
            statement=command.statement,
        )
    ]


def _note(state: Inquiry, command: NoteForOversight, asked: Asked) -> list[OversightEvent]:
    by = _office(asked)
    if office_of(command.inquiry_id) != by:
        raise Refused("note-not-yours")
    if known_to(state, asked):
        if state.requested_by is not None or state.about != command.about:
            raise Refused("id-used")
        return []
    if state != INITIAL:
        raise Refused("not-cleared", hidden=True)
    return [OversightNoted(inquiry_id=command.inquiry_id, office=by, about=command.about, note=command.note)]


def _office(asked: Asked) -> OfficeCode:
    if asked.office is None:
        raise Refused("not-your-act")
    return asked.office


def _asker(state: Inquiry) -> OfficeCode:
    if state.requested_by is None:
        raise Refused("not-found")
    return state.requested_by


def _reads(command: OversightCommand, asked: Asked, seen: Seen) -> Iterable[StreamId]:
    match command:
        case RequestForOversight():
            yield of_office(office_of(InquiryId(command.inquiry_id)))
        case ProduceToOversight():
            yield from (of_event(place.stream, place.version) for place in command.events)
        case _:
            pass


RULES: Final = Rules(
    commands=OversightCommand,
    events=OversightEvent,
    id_field="inquiry_id",
    initial=INITIAL,
    evolve=evolve,
    may=may,
    offers=offers,
    decide=decide,
    known_to=known_to,
    reads=_reads,
)
