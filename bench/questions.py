"""Questions to the record: every filter alone, and every two of them together, by readers of every kind.

The ledger has cases, persons and protected words; each question is answered as the route answers it: a page of
entries, and how many there are in all. The peer goes through the documents in SQL, as one would without an index.
"""

import random
import sqlite3
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, Final

from bench import lives
from bench.figures import Figure, Measured, Reach, spread, taken
from domain import wire
from domain.act import Attestation
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import AUDIENCES, EVERY_CATEGORY, TLP, Classification, Clearance
from domain.values import OfficeCode, ParticipantId
from projections.audit_trail import AUDIT_TRAIL, entries
from projections.folding.runner import Runner
from projections.searching.index import Index
from projections.searching.sqlite import SQLiteSets
from projections.searching.terms import Behind
from projections.searching.wanted import MOST, Time, Wanted, search
from projections.stores.sqlite import SQLiteViews
from projections.visible import Sight

VARIANTS: Final = 50
PAGE: Final = 100
PEERS: Final = 12
"""Questions that the peer is asked: each may take it seconds."""
FULL: Final = Clearance(
    classification=Classification.TOP_SECRET, cui=EVERY_CATEGORY, controls=AUDIENCES, country="USA", tlp=TLP.RED
)
NONE: Final = Clearance(
    classification=Classification.UNCLASSIFIED, cui=None, controls=frozenset(), country="USA", tlp=TLP.CLEAR
)
LIKE: Final = "SELECT position, document FROM events WHERE {} ORDER BY position LIMIT ?"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One question of one reader."""

    sight: Sight
    wanted: Wanted
    peer: tuple[str, ...]
    """Texts that stand in the documents which fit, as one would look for them with LIKE."""


Filter = Callable[[random.Random], tuple[Mapping[str, Any], str]]


def figures(*, quick: bool) -> Iterator[Figure]:
    """How long an answer takes, over all filters and every two together."""
    many, live, rounds = (50_000, 500, 1) if quick else (1_000_000, 2_000, 2)
    with tempfile.TemporaryDirectory() as folder:
        yield from measured(Path(folder), many, live, rounds, quick=quick)


def measured(folder: Path, many: int, live: int, rounds: int, *, quick: bool = False) -> Iterator[Figure]:
    """The same in a folder, where the ledger may be already."""
    path = folder / "ledger.db"
    with (
        closing(lives.ledger(path, many, live, VARIANTS)) as recorder,
        closing(SQLiteViews(folder / "views.db")) as store,
        closing(SQLiteSets(folder / "index.db")) as sets,
    ):
        began = time.perf_counter()
        index = Index(recorder, sets)
        index.catch_up()
        filled = time.perf_counter() - began
        Runner(recorder, store, [AUDIT_TRAIL]).catch_up()
        size = sets.path.stat().st_size / many
        asked = list(questions(recorder, many))
        yield Figure(
            name=f"an index of {many:,} events ({size:.0f} bytes each)",
            rounds={"filled": [{"events/s": many / filled}] if filled > 1 else [{"events/s": 0}]},
        )
        yield taken(
            f"{len(asked):,} questions to {many:,} events: every filter, and every two together; page and count",
            {
                "docket": partial(_answered, index, store, asked),
                "LIKE on the documents": partial(_scanned, path, asked[:: max(1, len(asked) // PEERS)]),
            },
            rounds=rounds,
            peer="LIKE on the documents",
            reach=[] if quick else [Reach(column="p99 ms", value=50), Reach(column="slowest ms", value=50)],
        )


def questions(recorder: SQLiteRecorder, many: int) -> Iterator[Asked]:
    """Every filter and every two of them, each asked by oversight, by an office cleared for nothing, by a developer."""
    chance = random.Random(14409)
    filters = _filters(recorder, many)
    readers = (
        Sight(clearance=FULL, office=OfficeCode("gao"), participant=None, oversight=True),
        Sight(clearance=NONE, office=OfficeCode("treasury"), participant=None, oversight=False),
        Sight(clearance=FULL, office=None, participant=_developer(recorder), oversight=False),
    )
    names = sorted(filters)
    for some in [(), *((name,) for name in names), *combinations(names, 2)]:
        for sight in readers:
            drawn = [filters[name](chance) for name in some]
            given = {name: value for fields, _ in drawn for name, value in fields.items()}
            yield Asked(sight=sight, wanted=Wanted(**given), peer=tuple(text for _, text in drawn if text))


def _filters(recorder: SQLiteRecorder, many: int) -> dict[str, Filter]:
    documents = [wire.load(document) for _, _, document in recorder.read(many // 2, 2_000)]
    types = sorted({each.event.type for each in documents})

    def of(name: str, read: Callable[[Any], Any], attribute: str) -> Filter:
        values = sorted({value for each in documents if (value := read(each)) is not None})

        def drawn(chance: random.Random) -> tuple[Mapping[str, Any], str]:
            value = chance.choice(values)
            return {name: value}, f'"{attribute}":"{value}"'

        return drawn

    def period(chance: random.Random) -> tuple[Mapping[str, Any], str]:
        first = chance.randrange(many)
        since = documents[0].recorded_at + timedelta(seconds=(first - many // 2) * 0.5)
        return {"recorded": Time(since=since, before=since + timedelta(hours=chance.randrange(1, 200)))}, ""

    def claimed(chance: random.Random) -> tuple[Mapping[str, Any], str]:
        return {"claimed": Time(since=datetime(2026, 7, 1, tzinfo=UTC) + timedelta(hours=chance.randrange(100)))}, ""

    return {
        "actor": of("actor", lambda each: each.actor, "actor"),
        "office": lambda chance: ({"office": chance.choice(["nsa", "dhs", "secretariat", "gao"])}, '"actor":"office/'),
        "person": lambda chance: ({"person": lives.person_id(chance.randrange(VARIANTS + 5))}, ""),
        "case": of("case_id", lambda each: getattr(each.event, "case_id", None), "case_id"),
        "stream": of("stream", lambda each: each.stream, "subject"),
        "authority": of("authority", lambda each: each.authority, "authority"),
        "type": lambda chance: ({"types": tuple(chance.sample(types, 2))}, ""),
        "kind": lambda chance: ({"types": (chance.choice(["case.*", "consultation.*", "scan.*"]),)}, ""),
        "marking": of("marking", lambda each: each.marking, "marking"),
        "attestation": lambda chance: ({"attestation": chance.choice(list(Attestation))}, ""),
        "late": lambda chance: ({"late": chance.random() < 0.5}, ""),
        "behind": lambda _: ({"behind": Behind.DAY}, ""),
        "command": of("command_id", lambda each: each.command_id, "commandid"),
        "simulated": lambda chance: ({"simulated": chance.random() < 0.5}, ""),
        "text": lambda chance: (
            {"text": chance.choice(["borealis", f"sentence {chance.randrange(60)}", "hospital"])},
            "",
        ),
        "recorded": period,
        "claimed": claimed,
    }


def _developer(recorder: SQLiteRecorder) -> ParticipantId:
    return ParticipantId(wire.load(recorder.read(0, 1)[0][2]).actor.partition("/")[2])


def _answered(index: Index, store: SQLiteViews, asked: Sequence[Asked]) -> Measured:
    seconds: list[float] = []
    for each in asked:
        began = time.perf_counter()
        found = search(index, each.sight, each.wanted, limit=PAGE, count=True)
        entries(store, each.sight, found.positions)
        seconds.append(time.perf_counter() - began)
    return {**_ordered(seconds), "slowest ms": max(seconds) * 1e3}


def _scanned(path: Path, asked: Sequence[Asked]) -> Measured:
    seconds: list[float] = []
    with closing(sqlite3.connect(path)) as connection:
        for each in asked:
            began = time.perf_counter()
            where = " AND ".join(["1", *("instr(document, CAST(? AS BLOB)) > 0" for _ in each.peer)])
            connection.execute(LIKE.format(where), (*each.peer, MOST)).fetchall()
            seconds.append(time.perf_counter() - began)
    return {**_ordered(seconds), "slowest ms": max(seconds) * 1e3}


def _ordered(seconds: Sequence[float]) -> dict[str, float]:
    """The 99th percentile first: it is the figure."""
    found = spread(seconds)
    return {"p99 ms": found["p99 ms"], "p50 ms": found["p50 ms"], "p95 ms": found["p95 ms"]}
