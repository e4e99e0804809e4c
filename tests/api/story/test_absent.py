"""Who asks for what they may not know is answered by the same questions to the stores as for what does not exist.

So the time of an answer tells neither from the other, beyond what a database takes to find a row that it does not give.
`bench/absent.py` has that in figures.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import build_app
from api.identity.development import DEVELOPMENT_HEADER
from domain import wire
from domain.ledger.ledger import Ledger
from domain.ledger.sqlite import SQLiteRecorder
from projections.stores.sqlite import SQLiteViews
from tests.api.knocking import Docket, named_id
from tests.api.story.addresses import EVENTS, listed
from tests.api.story.planting import FULL, Told
from tests.api.story.test_forms import ENDLESS, KEYS
from tests.api.story.test_leaks import DEVELOPER

READERS = {
    "an office without clearance": 'office/treasury; name="L. Example"; clearance="UNCLASSIFIED"',
    "an office that needs to know of little": f'office/dhs; name="N. Example"; {FULL}; needs="tasking"',
    "a developer": f'participant/{DEVELOPER}; name="D. Example"; {FULL}',
}


@dataclass
class Asking:
    """A door of its own to the planted story, of which each question to a store is noted."""

    client: TestClient
    said: list[str] = field(default_factory=list)

    def asked(self, address: str, by: str) -> tuple[Any, list[str]]:
        self.said.clear()
        answer = self.client.get(address, headers={DEVELOPMENT_HEADER: by})
        return answer, [*self.said]


@pytest.fixture(scope="module")
def asking(story: Told) -> Iterator[Asking]:
    said: list[str] = []

    class Noting(sqlite3.Connection):
        def execute(self, sql: str, /, *values: Any) -> sqlite3.Cursor:
            said.append(sql)
            return super().execute(sql, *values)

    connect = sqlite3.connect
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(sqlite3, "connect", lambda *given, **more: connect(*given, factory=Noting, **more))
        folder = story.services.folder
        assert folder is not None
        with (
            closing(SQLiteRecorder(folder / "ledger.db", verify=wire.verify)) as recorder,
            closing(SQLiteViews(folder / "views.db")) as store,
        ):
            ledger = Ledger(recorder, clock=story.docket.clock, simulated=True)
            of: Any = story.docket
            docket = Docket(ledger, recorder, store, of.runner, of.apart, of.readings)
            client = TestClient(
                build_app(replace(story.services, docket=docket)),
                base_url="http://127.0.0.1",
                client=("127.0.0.1", 1),
            )
            with client:
                yield Asking(client, said)


def routes(story: Told) -> Iterator[tuple[str, str, str]]:
    """(what lists the ids, what stands behind one, its key) of each route that gives one thing."""
    for path, item in story.client.get("/openapi.json").json()["paths"].items():
        before, _, rest = path.partition("/{")
        after = rest.partition("}")[2]
        if "get" in item and rest and path != ENDLESS and (before in KEYS or before == EVENTS):
            yield before, after, KEYS.get(before, "event")


@pytest.mark.parametrize("who", READERS)
def test_what_is_hidden_is_asked_for_as_what_is_absent(story: Told, asking: Asking, who: str) -> None:
    by, compared = READERS[who], set()
    for before, after, key in routes(story):
        mine = {each[key] for each in story.get(before, by, limit=1000).json()["items"]}
        hidden = sorted({each[key] for each in listed(story, before)} - mine)
        absent = named_id("absent") if "-" in str(hidden[:1]) else "none-of-this-name"
        for id in (absent, *hidden[:3]):  # once before: what is read of whoever asks is kept
            asking.asked(f"{before}/{id}{after}", by)
        none, of_none = asking.asked(f"{before}/{absent}{after}", by)
        for id in hidden[:3]:
            answer, of_hidden = asking.asked(f"{before}/{id}{after}", by)
            assert (answer.status_code, answer.content) == (none.status_code, none.content) == (404, none.content)
            assert of_hidden == of_none, f"{before}/{id}{after}"
            compared.add(f"{before}{after}")
        assert of_none or not hidden, before
    assert {"/v1/cases", "/v1/cases/history", "/v1/leases", "/v1/clearinghouse", EVENTS} <= compared, compared
