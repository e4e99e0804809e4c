"""Whether the time of an answer tells that something is there which whoever asks may not know of.

The peer is what does not exist: whoever measures both, each over and over, should not be able to tell them apart. What
is left is what the database takes to find a row by its key and to look at how that is marked.
"""

import random
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Final

from bench import lives
from bench.figures import Figure, Measured, spread, taken
from bench.questions import FULL
from domain.needs import needs
from domain.values import CaseId, OfficeCode, derived
from projections.case_status import CASE_STATUS, case
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from projections.visible import Sight

NEEDED: Final = 50
"""Cases that whoever asks needs to know of."""
PEER: Final = "what does not exist"
_AT: Final = datetime(2027, 1, 1, tzinfo=UTC)


def figures(*, quick: bool) -> Iterator[Figure]:
    """How long it takes to be told that there is nothing."""
    many, live, rounds = (10_000, 100, 3) if quick else (100_000, 1_000, 7)
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(lives.ledger(Path(folder, "ledger.db"), many, live)) as recorder,
        closing(SQLiteViews(Path(folder, "views.db"))) as store,
    ):
        Runner(recorder, store, [CASE_STATUS]).catch_up()
        whole = Sight(clearance=FULL, office=OfficeCode("treasury"), participant=None, oversight=False)
        found = [CaseId(str(each.key)) for each in store.find(CASE_STATUS, whole, limit=many)]
        given, hidden = found[:NEEDED], found[NEEDED:]
        low = replace(whole, needs=needs(f"case-{id}" for id in given))
        absent = [CaseId(derived("absent", str(number))) for number in range(len(hidden))]
        yield taken(
            f"one of {len(hidden):,} cases by its id, by somebody who may not know of it",
            {
                "what is hidden": partial(_asked, store, low, hidden),
                PEER: partial(_asked, store, low, absent),
                "what it is given": partial(_asked, store, low, given),
            },
            rounds=rounds,
            peer=PEER,
        )


def _asked(store: SQLiteViews, sight: Sight, ids: Sequence[CaseId]) -> Measured:
    seconds: list[float] = []
    for id in random.Random(7).sample(ids, min(len(ids), 2_000)):
        began = time.perf_counter()
        case(store, sight, id, _AT)
        seconds.append(time.perf_counter() - began)
    return spread(seconds)
