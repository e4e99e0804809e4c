"""An auditor checks an export of a whole record, beside the hashing of its documents alone; and asks for single proofs.

python -m bench proofs
"""

import random
import tempfile
from collections.abc import Collection, Iterator
from contextlib import closing
from functools import partial
from hashlib import sha256
from pathlib import Path
from time import perf_counter

from api.contract import schema_of
from bench import lives
from bench.figures import Figure, Measured, Reach, spread, taken
from consumers.checkpoints.key import KeyFile, make_key
from domain import wire
from domain.act import Acted, Attestation
from domain.events.record import LedgerOpened
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import EVERYTHING
from domain.recorded import Recorded
from domain.values import CommandId, Digest, EventId, LedgerId, StreamId
from projections.exports.reading import opened
from projections.exports.verifying import verify
from projections.exports.writing import Asked, Source, write
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.log import LOG, LogReader
from projections.transparency.notes import Key, Kind, Note, signed
from projections.transparency.policy import Policy
from projections.transparency.tiles import unbundled
from projections.visible import Sight

ORIGIN = "docket.example/bench"
LOOKED = 2_000
_ALL = Sight(clearance=EVERYTHING, office=None, participant=None, oversight=False)


class Opened:
    """The record to measure with, behind the event that opens a ledger."""

    def __init__(self, recorder: SQLiteRecorder) -> None:
        self._recorder = recorder
        first = wire.load(recorder.read(0, 1)[0][2])
        ledger = first.ledger.removeprefix("urn:uuid:")
        event = LedgerOpened(ledger=LedgerId(ledger), format=1, ceiling="CUI")
        act = Acted(digest=Digest("sha256:" + "0" * 64), signature=None)
        recorded = Recorded(
            id=EventId(ledger), ledger=first.ledger, stream=StreamId(f"ledger-{ledger}"), version=1,
            recorded_at=first.recorded_at, taken_in_at=first.taken_in_at, command_id=CommandId(ledger),
            actor="docket/installation", actor_name="Docket", attestation=Attestation.NONE, marking="UNCLASSIFIED",
            protected_marking="UNCLASSIFIED", event=event, by=None, act=act,
        )  # fmt: skip
        self.ledger = LedgerId(ledger)
        self._first = wire.dump(recorded)

    def documents(self, positions: Collection[int]) -> dict[int, bytes]:
        found = self._recorder.documents([at - 1 for at in positions if at > 1])
        return {at + 1: document for at, document in found.items()} | ({1: self._first[0]} if 1 in positions else {})

    def disclosures(self, positions: Collection[int]) -> dict[int, tuple[bytes, ...]]:
        found = self._recorder.disclosures([at - 1 for at in positions if at > 1])
        return {at + 1: some for at, some in found.items()} | ({1: self._first[1]} if 1 in positions else {})

    def read_stream(self, stream: str, after: int = 0, upto: int | None = None) -> list[tuple[int, int, bytes]]:
        return []

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        rows = self._recorder.read(max(0, after - 1), limit if after else limit - 1)
        behind = [(position + 1, type, document) for position, type, document in rows]
        return behind if after else [(1, "ledger.opened.v1", self._first[0]), *behind]

    def head(self) -> int:
        return self._recorder.head() + 1

    def wait(self, after: int, timeout: float) -> bool:
        return self.head() > after


def figures(*, quick: bool) -> Iterator[Figure]:
    """How long a full audit takes, and one proof, of a million events."""
    rounds, many = (1, 50_000) if quick else (3, 1_000_000)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        with closing(lives.ledger(folder / "ledger.db", many, 2_000)) as recorder:
            record = Opened(recorder)
            with closing(SQLiteViews(folder / "views.db")) as store:
                Runner(record, store, [LOG]).catch_up()
                log = LogReader(store)
                archive, policy = _exported(folder, record, log)
                yield taken(
                    f"a full audit of {many + 1:,} events in an archive of {archive.stat().st_size / 1e9:.2f} GB",
                    {
                        "docket verify export": partial(_verified, archive, policy, jobs=2),
                        "docket verify export --jobs 1": partial(_verified, archive, policy, jobs=1),
                        "hashing alone": partial(_hashed, archive),
                    },
                    rounds=rounds,
                    peer="hashing alone",
                )
                yield taken(
                    f"a proof of one of {many + 1:,} events, {LOOKED:,} in turn",
                    {
                        "inclusion": partial(_proved, log),
                        "consistency": partial(_grown, log),
                        "the last root": partial(_rooted, log),
                    },
                    rounds=rounds,
                    peer="the last root",
                    reach=[Reach(column="p50 ms", value=1)],
                )


def _exported(folder: Path, record: Opened, log: LogReader) -> tuple[Path, Policy]:
    make_key(folder / "key")
    signer = KeyFile(folder / "key")
    key = Key(ORIGIN, Kind.LOG, signer.public)
    size = log.size()
    text = bytes(Checkpoint(origin=ORIGIN, size=size, root=log.root(size)))
    asked = Asked(ledger=record.ledger, note=Note(text, (signed(text, key, signer),)), reader="office/gao", sight=_ALL)
    path = folder / "export.zip"
    with path.open("wb") as file:
        for _ in write(file, asked, Source(documents=record, log=log, schema=schema_of)):
            pass
    return path, Policy.read(f"log {key}\nquorum none\n")


def _verified(archive: Path, policy: Policy, *, jobs: int) -> Measured:
    began = perf_counter()
    report = verify(archive, policy, complete=True, jobs=jobs)
    took = perf_counter() - began
    return {"events/s": report.events / took, "seconds": took}


def _hashed(path: Path) -> Measured:
    began, count = perf_counter(), 0
    with opened(path) as archive:
        for name in archive.names():
            if name.startswith("tile/entries/"):
                for entry in unbundled(archive.read(name) or b""):
                    sha256(b"\0" + entry).digest()
                    count += 1
    took = perf_counter() - began
    return {"events/s": count / took, "seconds": took}


def _proved(log: LogReader) -> Measured:
    chance, size, took = random.Random(1), log.size(), list[float]()
    for _ in range(LOOKED):
        index = chance.randrange(size)
        began = perf_counter()
        log.inclusion(index, size)
        took.append(perf_counter() - began)
    return spread(took)


def _grown(log: LogReader) -> Measured:
    chance, size, took = random.Random(1), log.size(), list[float]()
    for _ in range(LOOKED):
        old = chance.randrange(1, size)
        began = perf_counter()
        log.consistency(old, size)
        took.append(perf_counter() - began)
    return spread(took)


def _rooted(log: LogReader) -> Measured:
    size, took = log.size(), list[float]()
    for _ in range(LOOKED // 10):
        began = perf_counter()
        log.root(size)
        took.append(perf_counter() - began)
    return spread(took)
