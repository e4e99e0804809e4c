"""A record in memory: every document, and the states that follow from what it does not protect.

States are folded from documents without their disclosures, and a decision gets the states that `rules.reads` names and
no others: exactly what the ledger does.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any

import pytest

from domain import rules, wire
from domain.act import Acted, Attestation, By
from domain.commands import Command
from domain.errors import Refused
from domain.events import Event
from domain.recorded import Recorded
from domain.rules import Asked, Seen, Standing
from domain.rules.record import EventFacts, facts_of
from domain.rules.seen import EVENT, read_by
from domain.values import (
    ActId,
    CommandId,
    Digest,
    LedgerId,
    StreamId,
    act_id,
    derived,
    event_id,
)
from tests.domain.cast import SECRETARIAT, Somebody

LEDGER = LedgerId("00000000-0000-7000-8000-000000000000")
FOUNDED = datetime(2026, 6, 2, 18, tzinfo=UTC)
NOON = datetime(2026, 7, 6, 16, tzinfo=UTC)
"""Noon of a Monday in New York, on no holiday: when what is tested is asked."""
BEFORE = NOON - timedelta(hours=2)
"""When what is given happened, unless the test says so."""
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
OPEN = "UNCLASSIFIED"


@dataclass(frozen=True, kw_only=True)
class Fact:
    """An event, and what surrounded it."""

    event: Event
    at: datetime = BEFORE
    by: Somebody = SECRETARIAT
    marking: str = OPEN


def on(at: datetime, event: Event, *, by: Somebody = SECRETARIAT, marking: str = OPEN) -> Fact:
    """An event that happened at another time than most, at somebody's word."""
    return Fact(event=event, at=at, by=by, marking=marking)


class World:
    """A record in memory: every document, and the states that follow from them."""

    def __init__(self) -> None:
        self.log: list[Recorded[Event]] = []
        self.states: dict[StreamId, Any] = {}
        self.versions: Counter[StreamId] = Counter()

    def __copy__(self) -> "World":
        made = World()
        made.log, made.states, made.versions = [*self.log], {**self.states}, Counter(self.versions)
        return made

    def state(self, stream: str) -> Any:
        """A stream as it stands; as it begins, where nothing has happened in it."""
        if stream.startswith(EVENT):
            return self.event(StreamId(stream))
        known = rules.rules_of(StreamId(stream))
        return self.states.get(StreamId(stream), None if known is None else known.initial)

    def event(self, name: StreamId) -> EventFacts | None:
        """The one event that is read by such a name."""
        (stream, version), called = read_by(name)
        for each in self.log:
            is_it = each.version == version if called is None else each.version >= version
            if each.stream == stream and is_it and called in {None, each.event.type.rpartition(".")[0]}:
                return self.facts(each)
        return None

    def facts(self, recorded: Recorded[Event]) -> EventFacts:
        """What rules may know of an event."""
        act = recorded.actor, recorded.command_id
        return facts_of(recorded, [each for each in self.log if (each.actor, each.command_id) == act])

    def record(self, facts: Iterable[Event | Fact]) -> "World":
        """Let facts be so, whatever the rules would have said."""
        for each in facts:
            fact = each if isinstance(each, Fact) else Fact(event=each)
            self.append([fact.event], by=fact.by, taken_in_at=fact.at, recorded_at=fact.at, marking=fact.marking)
        return self

    def append(
        self,
        events: Iterable[Event],
        *,
        by: Somebody,
        taken_in_at: datetime,
        recorded_at: datetime,
        marking: str = OPEN,
        stands: Standing | None = None,
        called: str | None = None,
    ) -> list[Recorded[Event]]:
        """The events of one act; what it is called makes its id."""
        stands = stands or Standing()
        command = CommandId(derived("command", called or str(len(self.log))))
        act = ActId(act_id(LEDGER, str(by.actor), command))
        appended: list[Recorded[Event]] = []
        for number, event in enumerate(events):
            stream = rules.stream_of(event)
            self.versions[stream] += 1
            recorded = Recorded(
                id=event_id(act, number),
                ledger=f"urn:uuid:{LEDGER}",
                stream=stream,
                version=self.versions[stream],
                recorded_at=recorded_at,
                taken_in_at=taken_in_at,
                command_id=command,
                actor=str(by.actor),
                actor_name=by.actor.name,
                attestation=Attestation.NONE if by.person is None else by.attestation,
                authority=stands.authority,
                delegation=stands.delegation,
                marking=marking,
                protected_marking=marking,
                event=event,
                by=None if by.person is None else By(person=by.person, name="Somebody (invented)", post=stands.post),
                act=Acted(digest=Digest("sha256:" + sha256(act.encode()).hexdigest()), signature=None),
            )
            self.log.append(recorded)
            appended.append(recorded)
            if (known := rules.rules_of(stream)) is not None:
                shown = wire.load(wire.dump(recorded)[0])  # what a rule may know: nothing that is protected
                self.states[stream] = known.evolve(self.state(stream), shown)
        return appended

    def read(self, command: Command, asked: Asked) -> dict[StreamId, Any]:
        """The states that a decision on this command is given."""
        stream = rules.target(command, asked)
        states = {stream: self.state(stream)}
        while missing := set(rules.reads(command, asked, Seen(states))) - states.keys():
            states |= {name: self.state(name) for name in missing}
        return states

    def offered(self, command: type[Command], stream: StreamId, asked: Asked) -> Standing:
        """On what such a command would rest. Raises Refused where nobody would be offered it."""
        states = {stream: self.state(stream)}
        while missing := set(rules.reads_of_offer(command, stream, asked, Seen(states))) - states.keys():
            states |= {name: self.state(name) for name in missing}
        return rules.offered(command, stream, asked, states)

    def decide(self, command: Command, asked: Asked) -> tuple[list[Event], Standing]:
        """What follows. Raises Refused."""
        states = self.read(command, asked)
        events, stands = rules.decide(command, asked, states)
        if events and command.type != "ledger.open.v1":
            self.offered(type(command), rules.target(command, asked), asked)  # nothing is accepted that was not offered
        if command.type != "ledger.open.v1":
            unread = {rules.stream_of(event) for event in events} - states.keys()
            assert not unread, f"appends to streams whose version it has not read: {unread}"
        return events, stands

    def act(
        self,
        command: Command,
        *,
        by: Somebody,
        at: datetime = NOON,
        recorded_at: datetime | None = None,
        called: str | None = None,
    ) -> list[Recorded[Event]]:
        """Ask, and record what follows. Raises Refused."""
        question = asked(by, at, recorded_at=recorded_at)
        events, stands = self.decide(command, question)
        return self.append(
            events, by=by, taken_in_at=at, recorded_at=question.recorded_at, stands=stands, called=called
        )

    def asking(self, command: Command, *, by: Somebody, at: datetime = NOON, marking: str = OPEN) -> "When":
        return When(self, command, asked(by, at, marking=marking))


@dataclass(frozen=True)
class When:
    """A question to the rules."""

    world: World
    command: Command
    asked: Asked

    def events(self) -> list[Event]:
        """What follows. Raises Refused."""
        return self.world.decide(self.command, self.asked)[0]

    def standing(self) -> Standing:
        """On what it rests. Raises Refused."""
        return self.world.decide(self.command, self.asked)[1]

    def then(self, *expected: Event) -> None:
        assert self.events() == [*expected]

    def then_refused(self, code: str, *, told: str | None = None) -> None:
        """Refused for this reason; `told` is what the actor hears of it."""
        before = {**self.world.states}
        with pytest.raises(Refused) as refused:
            self.events()
        assert (refused.value.code, refused.value.told()[0]) == (code, told or code)
        assert self.world.states == before


def asked(by: Somebody, at: datetime, *, recorded_at: datetime | None = None, marking: str = OPEN) -> Asked:
    """What surrounds a command of somebody."""
    return Asked(
        taken_in_at=at,
        recorded_at=recorded_at or at,
        by=by.actor,
        person=by.person,
        clearance=by.clearance,
        needs=by.needs,
        marking=marking,
        authority=by.authority,
        post=by.post,
        delegation=by.delegation,
        attestation=by.attestation,
        signed=by.signed,
    )
