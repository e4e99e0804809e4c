"""Where acts become facts: load, decide, append, or decide again when somebody was first."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from hashlib import sha256
from os import urandom
from typing import Any, Final

from eventsourcing.persistence import StoredEvent

from domain import rules, signing, wire
from domain.act import Act, Acted, By, Principal
from domain.commands import Command
from domain.commands.record import OpenLedger
from domain.errors import Refused, TurnedAway
from domain.events import Event
from domain.events.record import ActionRefused, LedgerOpened
from domain.ledger.receipt import Receipt, entry, refusal
from domain.ledger.recorder import ActKnown, ActRow, Attached, LedgerRecorder, StaleRead
from domain.ledger.screen import screened, signature_of
from domain.ledger.states import Known, States
from domain.markings import Clearance, Marking, join, parse, sees
from domain.matters import matter_of
from domain.message import WITHHELD
from domain.needs import ALL, Needs
from domain.recorded import Recorded
from domain.rules import Asked, Seen, Signed, Standing, authority
from domain.rules.seen import of_office
from domain.signing import Signature
from domain.values import ActId, Digest, LedgerId, OfficeCode, StreamId, act_id, event_id

Clock = Callable[[], datetime]

ATTEMPTS: Final = 20
"""How often an act is decided again before the ledger says that it is too busy."""
DISCLOSED: Final = 256 * 1024
"""Bytes of disclosures that an event may have at most: they travel in one header of one Kafka record."""


class Busy(Exception):
    """Others were first too often; nothing was recorded, and the act may be sent again."""


class NotOpen(Exception):
    """The ledger has no first event yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Taken:
    """An act on its way, with what does not change while it is decided."""

    id: ActId
    act: Act
    by: Principal
    at: datetime
    digest: Digest
    marking: Marking
    signature: Signature | None


class Ledger:
    """The record, and the only way into it. Threads may share it; so may processes share the store below it."""

    def __init__(self, recorder: LedgerRecorder, *, clock: Clock, simulated: bool = False) -> None:
        self.recorder = recorder
        self._clock = clock
        self._simulated = True if simulated else None
        self._states = States(recorder)
        self._opened: LedgerOpened | None = None

    @property
    def opened(self) -> LedgerOpened:
        """How this ledger was opened. Raises NotOpen."""
        if self._opened is None:
            first = self.recorder.read(0, 1)
            if not first or not isinstance(event := wire.load(first[0][2]).event, LedgerOpened):
                raise NotOpen("this ledger has no first event yet")
            self._opened = event
        return self._opened

    def act(
        self, act: Act, *, by: Principal, taken_in_at: datetime | None = None, if_version: int | None = None
    ) -> Receipt:
        """Record what the rules decide, also that they refuse; the receipt says which.

        `if_version`: the version that the act's stream has to have. Raises TurnedAway for what never becomes an act,
        Busy when others were first too often, and what the recorder raises when it cannot answer.
        """
        ledger = act.command.ledger if isinstance(act.command, OpenLedger) else self.opened.ledger
        taken = _Taken(
            id=act_id(ledger, str(by.actor), act.id),
            act=act,
            by=by,
            at=taken_in_at or self._clock(),
            digest=wire.act_digest(act),
            marking=screened(act, by, self._ceiling(act)),
            signature=signature_of(act, by),
        )
        if (row := self.recorder.act(taken.id)) is not None:
            return self._again(taken, row)
        for _ in range(ATTEMPTS):
            try:
                return self._decide(taken, ledger, if_version)
            except StaleRead as moved:
                self._states.refresh(map(StreamId, moved.moved))
            except ActKnown:
                if (row := self.recorder.act(taken.id)) is not None:
                    return self._again(taken, row)
        raise Busy("others were first too often; send the act again")

    def now(self) -> datetime:
        """What time it is here (UTC)."""
        return self._clock()

    def receipt(self, id: ActId, clearance: Clearance, needs: Needs = ALL) -> Receipt | None:
        """The answer that an act got, as whoever is cleared for this may see it; None where there is no such act."""
        row = self.recorder.act(id)
        return None if row is None else self._receipt(id, row, clearance, needs)

    def state(self, stream: StreamId) -> Known:
        """A stream as it was last read. It may be old: only an append proves that it is not."""
        return self._states.get(stream)

    def has_read(self, stream: StreamId) -> bool:
        """Whether the state of a stream is at hand, so that asking for it waits for nothing."""
        return self._states.has(stream)

    def load(self, stream: StreamId, more: Callable[[Seen], Iterable[StreamId]]) -> dict[StreamId, Known]:
        """The streams that a decision reads: one, and what it asks for once it has seen that."""
        known: dict[StreamId, Known] = {stream: self._states.get(stream)}
        while missing := set(more(Seen(_values(known)))) - known.keys():
            known |= {name: self._states.get(name) for name in missing}
        return known

    def _asked(self, taken: _Taken) -> Asked:
        act, by = taken.act, taken.by
        return Asked(
            taken_in_at=taken.at,
            recorded_at=max(self._clock(), taken.at),
            by=by.actor,
            person=None if by.person is None else by.person.id,
            clearance=by.clearance,
            needs=by.needs,
            marking=act.marking,
            authority=act.authority,
            post=act.post,
            delegation=act.delegation,
            attestation=by.attestation,
        )

    def _signed(self, taken: _Taken, ledger: LedgerId, known: dict[StreamId, Known]) -> Signed | None:
        """Who signed, by the keys of the office as they were read: the append proves that these are its keys still."""
        by, signature = taken.by, taken.signature
        office = known.get(of_office(OfficeCode(by.actor.id)))
        if signature is None or office is None:
            return None
        said = signing.statement(
            ledger=ledger,
            actor=str(by.actor),
            person=None if by.person is None else by.person.id,
            id=taken.act.id,
            digest=taken.digest,
        )
        key = office.state.keys.get(signature.key)
        return Signed(
            key=signature.key,
            algorithm=signing.ALGORITHMS[signature.algorithm],
            holds=key is not None and signing.holds(signature, said, key),
        )

    def _decide(self, taken: _Taken, ledger: LedgerId, if_version: int | None) -> Receipt:
        asked, command = self._asked(taken), taken.act.command
        known: dict[StreamId, Known] = {}
        try:
            target = rules.target(command, asked)
            known = self.load(target, lambda seen: rules.reads(command, asked, seen))
            asked, states = replace(asked, signed=self._signed(taken, ledger, known)), _values(known)
            if if_version not in {None, known[target].version} and _may_be_told(command, asked, states):
                raise TurnedAway("version-moved", f"The stream is at version {known[target].version}.")
            events, stands = rules.decide(command, asked, states)
            marking = taken.act.marking
        except Refused as refused:
            events = [self._refused(taken, refused, known)]
            stands = Standing(authority=taken.act.authority, delegation=taken.act.delegation)
            of_stream = rules.marked(command, asked, _values(known)) if known else None
            marking = str(taken.marking if of_stream is None else join(taken.marking, parse(of_stream)))
        return self._append(taken, ledger, events, asked, stands, known, marking)

    def _refused(self, taken: _Taken, refused: Refused, known: dict[StreamId, Known]) -> ActionRefused:
        code, sentence = refused.told()
        return ActionRefused(
            refused_act=taken.id,
            command=taken.act.command.type,
            addressed=next(iter(known), "none"),
            code=code,
            rule=refused.meaning.rule if not refused.hidden else None,
            sentence=sentence,
            ground=code if refused.hidden and _holds_more(taken.act, known) else refused.code,
            body=wire.command_bytes(taken.act.command).decode(),
        )

    def _append(  # noqa: PLR0917 - one step of one method, kept apart to be read
        self,
        taken: _Taken,
        ledger: LedgerId,
        events: list[Event],
        asked: Asked,
        stands: Standing,
        known: dict[StreamId, Known],
        marking: str,
    ) -> Receipt:
        act, by = taken.act, taken.by
        reads = {name: each.version for name, each in known.items()}
        versions = dict(reads)
        entries: list[Recorded[Event]] = []
        appended: dict[StreamId, list[Recorded[Event]]] = {}
        for number, event in enumerate(events):
            stream = rules.stream_of(event)
            begins = isinstance(event, ActionRefused) or isinstance(act.command, OpenLedger)
            if begins:
                versions.setdefault(stream, 0)
            versions[stream] += 1  # KeyError: the rules did not say that they read this stream
            marked = _marked(stream, parse(marking), known)
            recorded = Recorded(
                id=event_id(taken.id, number),
                ledger=f"urn:uuid:{ledger}",
                stream=stream,
                version=versions[stream],
                recorded_at=asked.recorded_at,
                taken_in_at=taken.at,
                command_id=act.id,
                causation=act.causation,
                actor=str(by.actor),
                actor_name=by.actor.name,
                attestation=by.attestation,
                authority=stands.authority,
                delegation=stands.delegation,
                claimed_at=act.claimed_at,
                marking=str(marked),
                protected_marking=str(join(marked, parse(act.protected_marking or act.marking))),
                signed=None if act.signature is None else True,
                simulated=self._simulated,
                event=event,
                by=None if by.person is None else By(person=by.person.id, name=by.person.name, post=stands.post),
                act=Acted(digest=taken.digest, signature=act.signature),
            )
            entries.append(recorded)
            appended.setdefault(stream, []).append(recorded)
        made = [wire.dump(recorded) for recorded in entries]
        for document, disclosures in made:
            if len(document) > wire.LIMIT or sum(map(len, disclosures)) > DISCLOSED:
                raise TurnedAway("document-too-large")
        stored = [
            StoredEvent(recorded.stream, recorded.version, recorded.event.type, document)
            for recorded, (document, _) in zip(entries, made, strict=True)
        ]
        attached = Attached(
            act=taken.id,
            disclosures=tuple(disclosures for _, disclosures in made),
            reads=reads,
            nothing_new=None if events else _salted(taken.digest),
        )
        positions = self.recorder.insert_events(stored, attached=attached)
        self._states.advance(appended)
        listed = tuple(
            entry(position, recorded, document)
            for position, recorded, (document, _) in zip(positions, entries, made, strict=True)
            if _is_told(recorded, entries[0], by.clearance, by.needs)
        )
        return Receipt(
            act=taken.id,
            command_id=taken.act.id,
            position=listed[-1].position if listed else self._head_of(taken),
            events=listed,
            refused=refusal(entries),
            recorded_at=asked.recorded_at if listed else None,
            repeated=False,
        )

    def _ceiling(self, act: Act) -> str:
        return act.command.ceiling if isinstance(act.command, OpenLedger) else self.opened.ceiling

    def _again(self, taken: _Taken, row: ActRow) -> Receipt:
        """The first answer to an act, once more. Raises TurnedAway where the act said something else then."""
        if row.first is None:
            same = row.digest is None or _is_salted(row.digest, taken.digest)
        else:
            document, disclosures = self._document(row.first)
            acted = wire.load(document, disclosures).act
            same = acted is WITHHELD or acted.digest == taken.digest  # what is destroyed confirms no guess
        if not same:
            raise TurnedAway("id-reused")
        return replace(self._receipt(taken.id, row, taken.by.clearance, taken.by.needs), command_id=taken.act.id)

    def _head_of(self, taken: _Taken) -> int:
        """Where the ledger stood as nothing new was recorded: others may have appended since."""
        row = self.recorder.act(taken.id)
        return self.recorder.head() if row is None else row.head

    def _document(self, position: int) -> tuple[bytes, tuple[bytes, ...]]:
        return self.recorder.documents([position])[position], self.recorder.disclosures([position]).get(position, ())

    def _receipt(self, id: ActId, row: ActRow, clearance: Clearance, needs: Needs) -> Receipt:
        positions = [] if row.first is None or row.last is None else range(row.first, row.last + 1)
        loaded = [(position, *self._document(position)) for position in positions]
        entries = [wire.load(document, disclosures) for _, document, disclosures in loaded]
        listed = tuple(
            entry(position, recorded, document)
            for (position, document, _), recorded in zip(loaded, entries, strict=True)
            if _is_told(recorded, entries[0], clearance, needs)
        )
        return Receipt(
            act=id,
            command_id=entries[0].command_id if entries else None,
            position=listed[-1].position if listed else row.head,
            events=listed,
            refused=refusal(entries),
            recorded_at=entries[0].recorded_at if entries else None,
            repeated=True,
        )


def _is_told(recorded: Recorded[Event], first: Recorded[Event], clearance: Clearance, needs: Needs) -> bool:
    """Whether a receipt lists an event: all of the stream that was acted on, of any other what its actor may see."""
    if recorded.stream == first.stream:
        return True
    return sees(clearance, parse(recorded.marking)) and needs.cover(matter_of(recorded))


def _may_be_told(command: Command, asked: Asked, states: Mapping[StreamId, Any]) -> bool:
    """Whether an actor may learn that a stream is at another version: not of one that it may not know of."""
    try:
        authority.standing(command.type, asked, Seen(states))
    except Refused:
        return False  # refused whatever the stream is: the answer is the same where there is none
    try:
        rules.decide(command, asked, states)
    except Refused as refused:
        return refused.told()[0] != "not-found"
    return True


def _values(known: Mapping[StreamId, Known]) -> dict[StreamId, Any]:
    return {stream: each.state for stream, each in known.items()}


def _marked(stream: StreamId, marking: Marking, known: Mapping[StreamId, Known]) -> Marking:
    """How an event of an act is marked: as the act says in the stream that it is about; in any other at least as that.

    Whoever acts on a participant or a consultation says nothing of how the cases are marked in which something follows.
    """
    if stream not in known or stream == next(iter(known)):
        return marking
    own = getattr(known[stream].state, "marking", "")
    return join(marking, parse(own)) if own else marking


def _holds_more(act: Act, known: Mapping[StreamId, Known]) -> bool:
    """Whether something was read that is marked otherwise than the act protects: then nothing of it is written down."""
    protected = parse(act.protected_marking or act.marking)
    markings = (getattr(each.state, "marking", "") for each in known.values())
    return not all(parse(marking) <= protected for marking in markings if marking)


def _salted(digest: Digest) -> bytes:
    salt = urandom(16)
    return salt + sha256(salt + digest.encode()).digest()


def _is_salted(salted: bytes, digest: Digest) -> bool:
    return salted[16:] == sha256(salted[:16] + digest.encode()).digest()
