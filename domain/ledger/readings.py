"""What oversight reads stands in a ledger apart: of the form of the record, and written before anything is given."""

from datetime import datetime
from hashlib import sha256
from typing import Final
from uuid import uuid4

from domain import rules, wire
from domain.act import Act, Acted, By, Principal
from domain.commands.record import OpenLedger
from domain.events.reading import ReadingRecorded
from domain.ledger import StoredEvent, StoreError
from domain.ledger.ledger import Ledger
from domain.ledger.recorder import Attached, LedgerRecorder
from domain.recorded import Recorded
from domain.values import CommandId, Digest, LedgerId, act_id, event_id

SCHEMA: Final = "reads"
"""Of PostgreSQL, where several processes share it."""
_AS_MUCH: Final = 8192
"""Bytes that are written to find out whether there is room again: more than a reading needs."""


class Readings:
    """The ledger of reads. Threads may share it; so may processes share the store below it."""

    def __init__(self, ledger: Ledger, *, simulated: bool = False) -> None:
        self._ledger = ledger
        self._simulated = True if simulated else None
        self._failed = False

    @property
    def ledger(self) -> LedgerId:
        """Its id."""
        return self._ledger.opened.ledger

    @property
    def recorder(self) -> LedgerRecorder:
        """Its documents, in order of its own positions: they have nothing to do with those of the record."""
        return self._ledger.recorder

    def record(self, read: ReadingRecorded, *, by: Principal, begun_at: datetime, version: int = 1) -> None:
        """Returns once it is durable. `version`: how often this reading was recorded, this time included.

        Raises what the recorder raises: then nothing may be given.
        """
        try:
            self._append(read, by, begun_at, version)
        except BaseException:
            self._failed = True
            raise
        self._failed = False

    def wrong(self) -> str | None:
        """Why nothing that is marked would be given to oversight now; None where it would be."""
        try:
            self.recorder.head()
            if self._failed:  # nobody asks while it is so, so it has to find out by itself
                self.recorder.insert_events((), attached=Attached(act=str(uuid4()), nothing_new=bytes(_AS_MUCH)))
                self._failed = False
        except StoreError:
            return "cannot be recorded"
        return None

    def _append(self, read: ReadingRecorded, by: Principal, begun_at: datetime, version: int) -> None:
        ledger = self._ledger.opened.ledger
        command = CommandId(read.reading_id if version == 1 else str(uuid4()))
        act, stream = act_id(ledger, str(by.actor), command), rules.stream_of(read)
        recorded = Recorded(
            id=event_id(act, 0),
            ledger=f"urn:uuid:{ledger}",
            stream=stream,
            version=version,
            recorded_at=max(self._ledger.now(), begun_at),
            taken_in_at=begun_at,
            command_id=command,
            actor=str(by.actor),
            actor_name=by.actor.name,
            attestation=by.attestation,
            marking=read.highest,
            protected_marking=read.highest,
            simulated=self._simulated,
            event=read,
            by=None if by.person is None else By(person=by.person.id, name=by.person.name, post=None),
            act=Acted(digest=Digest("sha256:" + sha256(wire.canonical(read)).hexdigest()), signature=None),
        )
        document, disclosures = wire.dump(recorded)
        self.recorder.insert_events(
            [StoredEvent(stream, version, read.type, document)],
            attached=Attached(act=act, disclosures=(disclosures,), reads={stream: version - 1}),
        )


def opening(ledger: LedgerId, ceiling: str, id: CommandId) -> Act:
    """The act that opens an empty ledger of reads: it begins with no office and no policy, and nobody acts on it."""
    command = OpenLedger(ledger=ledger, ceiling=ceiling, offices=(), renamed=(), instruments=(), policies=())
    return Act(id=id, command=command, marking="UNCLASSIFIED")
