"""Appends for tests: small ones by hand, and a program that writes until it is done or killed."""

import os
import random
import sys
from collections.abc import Mapping
from pathlib import Path
from threading import Thread
from uuid import UUID

from eventsourcing.persistence import StoredEvent

from domain.ledger.append import Append, Verify
from domain.ledger.postgres import PostgresRecorder
from domain.ledger.recorder import Attached, LedgerRecorder
from domain.ledger.sqlite import SQLiteRecorder

ROOT = Path(__file__).parents[3]


def accepts(document: bytes, disclosures: tuple[bytes, ...]) -> None:
    """A verifier that accepts anything."""


def opened(path: Path) -> SQLiteRecorder:
    return SQLiteRecorder(path, verify=accepts)


def opened_at(where: str, *, verify: Verify = accepts, patience_s: float = 10.0) -> LedgerRecorder:
    """A recorder over a file (file:…), or over what a connection string of PostgreSQL leads to."""
    if where.startswith("file:"):
        return SQLiteRecorder(Path(where.removeprefix("file:")), verify=verify, patience_s=patience_s)
    return PostgresRecorder(where, verify=verify, patience_s=patience_s)


def event(stream: str, version: int, document: bytes = b"{}", type: str = "case.submitted.v1") -> StoredEvent:
    return StoredEvent(stream, version, type, document)


def an_append(
    *events: tuple[str, int],
    act: str | None = None,
    reads: Mapping[str, int] | None = None,
    nothing_new: bytes | None = None,
) -> Append:
    """An append as the writer gets it, whatever is wrong with it."""
    rows = tuple((stream, version, "case.submitted.v1", b"{}") for stream, version in events)
    return Append(events=rows, disclosures=(), act=act, reads=tuple((reads or {}).items()), nothing_new=nothing_new)


def all_of(recorder: LedgerRecorder) -> list[tuple[int, str, bytes]]:
    return recorder.read(0, 10**9)


def write_acts(recorder: LedgerRecorder, name: str, many: int | None) -> None:
    """Acts of one to four events over two streams; says each on standard output once it is acknowledged."""
    chance = random.Random(name)
    versions = {f"case-{name}-a": 0, f"case-{name}-b": 0}
    number = 0
    while many is None or number < many:
        number += 1
        act = str(UUID(int=chance.getrandbits(128)))
        events: list[StoredEvent] = []
        for _ in range(chance.randint(1, 4)):
            stream = chance.choice(list(versions))
            versions[stream] += 1
            events.append(event(stream, versions[stream], f"{act} {len(events)}".encode() + b"." * 500))
        disclosures = tuple((f"W{act}".encode(),) if chance.random() < 0.5 else () for _ in events)
        got = recorder.insert_events(events, attached=Attached(act=act, disclosures=disclosures))
        os.write(1, f"{act} {got[0]} {got[-1]}\n".encode())  # one write, so no line is ever mixed with another's


def main() -> None:
    """`python -m tests.domain.ledger.some_appends WHERE NAME THREADS ACTS`; 0 acts: until it is killed."""
    where, name, threads, many = sys.argv[1:]
    recorder = opened_at(where)
    writers = [
        Thread(target=write_acts, args=(recorder, f"{name}-{n}", int(many) or None)) for n in range(int(threads))
    ]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()
    recorder.close()


if __name__ == "__main__":
    main()
