"""What it costs that a row is shown to somebody and to nobody else: all cases, as several readers get them.

The peer reads and decodes the same rows, and asks for nobody. It stands here alone: nothing of Docket can do so.
"""

import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

import msgspec

from api.resources.cases import told
from bench import lives
from bench.figures import Figure, Measured, taken
from bench.questions import FULL, NONE
from domain import wire
from domain.values import OfficeCode
from projections.case_status import CASE_STATUS, Wanted, cases
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from projections.visible import Sight

PEER: Final = "read and decoded, for nobody"
_AT: Final = datetime(2027, 1, 1, tzinfo=UTC)
_ROWS: Final = "SELECT key, position, body FROM {} t ORDER BY began LIMIT ?"


def figures(*, quick: bool) -> Iterator[Figure]:
    """Milliseconds a thousand rows, which are microseconds a row."""
    many, live, rounds = (10_000, 100, 3) if quick else (100_000, 1_000, 7)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(lives.ledger(Path(folder, "ledger.db"), many, live)) as recorder,
        closing(SQLiteViews(Path(folder, "views.db"))) as store,
    ):
        Runner(recorder, store, [CASE_STATUS]).catch_up()
        (table,) = store.tables()
        ((rows,),) = store.look(lambda ask: ask(f"SELECT count(*) FROM {table.name}", ()))  # noqa: S608 - our name
        sights = {
            "who may see everything": _sight("gao", FULL, oversight=True),
            "an office that is cleared for nothing": _sight("treasury", NONE, oversight=False),
        }
        yield taken(
            f"rows of {rows:,} cases of {many // rows} events, time of the processor",
            {
                **{name: partial(_timed, partial(_found, store, sight)) for name, sight in sights.items()},
                **{
                    f"a list of 100 after the other, {name}": partial(_timed, partial(_listed, store, sight))
                    for name, sight in sights.items()
                },
                PEER: partial(_timed, partial(_alone, store, table.name)),
            },
            rounds=rounds,
            peer=PEER,
        )


def _sight(office: str, clearance: Any, *, oversight: bool) -> Sight:
    return Sight(clearance=clearance, office=OfficeCode(office), participant=None, oversight=oversight)


def _timed(read: Callable[[], int]) -> Measured:
    began = time.process_time()
    rows = read()
    return {"1,000 rows ms": (time.process_time() - began) / rows * 1e6}


def _found(store: SQLiteViews, sight: Sight) -> int:
    return len(store.find(CASE_STATUS, sight, order="began", limit=1_000_000))


def _listed(store: SQLiteViews, sight: Sight) -> int:
    """As the route answers: what each row is, what follows from it, and the bytes."""
    rows, after = 0, 0
    while True:
        page = cases(store, sight, Wanted(), _AT, after=after, limit=100)
        wire.canonical({"items": [told(each) for each in page.cases]})
        rows += len(page.cases)
        if page.after is None:
            return rows
        after = page.after


def _alone(store: SQLiteViews, table: str) -> int:
    decode = msgspec.json.Decoder(CASE_STATUS.row).decode
    found: Sequence[Any] = store.look(lambda ask: ask(_ROWS.format(table), (1_000_000,)))
    return len([(key, position, decode(body)) for key, position, body in found])
