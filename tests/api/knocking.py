"""Those who knock at the door in tests, and what they say."""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid5

from fastapi import FastAPI
from fastapi.testclient import TestClient
from structlog.testing import LogCapture

from api.identity.development import DEVELOPMENT_HEADER
from api.reading.parameters import UNKNOWN
from consumers.apart.sqlite import SQLiteApart
from domain.ledger.ledger import Ledger
from domain.ledger.readings import Readings
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import AUDIENCES, EVERY_CATEGORY, TLP, Classification, Clearance
from domain.values import Digest, LedgerId, ParticipantId, Variant, case_id
from projections.folding.runner import Runner
from projections.searching.index import Index
from projections.searching.postgres import PostgresSets
from projections.searching.sqlite import SQLiteSets
from projections.stores.postgres import PostgresViews
from projections.stores.sqlite import SQLiteViews

START = datetime(2026, 9, 1, 14, 0, tzinfo=UTC)
LEDGER = LedgerId("0199aaaa-0000-7000-8000-000000000001")
_IDS = UUID("0199aaaa-0000-7000-8000-00000000ffff")
EVERYTHING = Clearance(
    classification=Classification.TOP_SECRET, cui=EVERY_CATEGORY, controls=AUDIENCES, country="USA", tlp=TLP.RED
)
_FULL = 'clearance="SECRET//CUI//TLP:RED"; cui=all; audiences=all'


def named_id(*parts: object) -> str:
    """An id, the same in every run."""
    return str(uuid5(_IDS, "/".join(map(str, parts))))


def digest(said: str) -> Digest:
    return Digest("sha256:" + said.encode().hex().ljust(64, "0")[:64])


def office(code: str, name: str = "A. Example", clearance: str = _FULL, **more: str) -> dict[str, str]:
    """Headers of somebody who acts for an office."""
    said = "".join(f'; {key}="{value}"' for key, value in more.items())
    return {DEVELOPMENT_HEADER: f'office/{code}; name="{name}"; {clearance}{said}'}


DEVELOPER = ParticipantId(named_id("developer"))


def developer(id: str = DEVELOPER, clearance: str = 'clearance="CUI"; cui=all') -> dict[str, str]:
    return {DEVELOPMENT_HEADER: f'participant/{id}; name="D. Example"; {clearance}'}


SECRETARIAT = office("secretariat", "S. Example")
NSA = office("nsa", "N. Example")
MANIFEST = digest("manifest")
CASE = case_id(DEVELOPER, MANIFEST, Variant("release"))


@dataclass
class Hand:
    """A clock that moves when it is told to."""

    now: datetime = START
    simulated: bool = False

    def __call__(self) -> datetime:
        return self.now

    def taken_in(self, complete_at: datetime, claimed_at: datetime | None) -> datetime:
        return complete_at

    def later(self, **time: float) -> None:
        self.now += timedelta(**time)


def asked_as_known(client: TestClient, path: str, by: dict[str, str], asked: dict[str, Any]) -> Any:
    """Ask for so much, at this position or a later one, where a route knows of that; and for all else."""
    answer = client.get(path, headers=by, params=asked or None)
    if answer.status_code == 400 and answer.headers["content-type"] == "application/problem+json":
        wrong = answer.json().get("errors", ())
        unknown = {each["parameter"] for each in wrong if each["detail"] == UNKNOWN} & {"min_position", "limit"}
        if unknown:
            asked = {name: text for name, text in asked.items() if name not in unknown}
            answer = client.get(path, headers=by, params=asked or None)
    return answer


@dataclass
class Docket:
    """What a composition root holds open."""

    ledger: Ledger
    recorder: SQLiteRecorder
    store: SQLiteViews
    runner: Runner
    apart: SQLiteApart
    readings: Readings
    failed: BaseException | None = None
    index: Index = field(init=False)
    """Whoever asks for a position brings it there."""

    def __post_init__(self) -> None:
        store: Any = self.store
        kept = (
            PostgresSets(store._connections._dsn)
            if isinstance(store, PostgresViews)
            else SQLiteSets(store.path.with_name("index.db"))
        )
        self.index = Index(self.recorder, kept)
        self.index.catch_up()


@dataclass
class Door:
    """What a test knocks at."""

    app: FastAPI
    client: TestClient
    docket: Docket
    clock: Hand
    log: LogCapture
    folder: Path
    acts: int = 0

    @property
    def ledger(self) -> Ledger:
        return self.docket.ledger

    @property
    def recorder(self) -> SQLiteRecorder:
        return self.docket.recorder

    def stands(self) -> object:
        """What no question changes."""
        return self.recorder.head(), self.clock.now

    def read(self, path: str, by: dict[str, str], **query: Any) -> Any:
        """Knock to read what is so after the last act, where the route can wait for that."""
        asked = {"min_position": self.recorder.head()} | query
        return asked_as_known(self.client, path, by, {name: text for name, text in asked.items() if text is not None})

    def act(self, type: str, by: dict[str, str], data: dict[str, Any], **more: Any) -> Any:
        """Knock; ids count up unless one is given."""
        self.acts += 1
        headers = by | more.pop("headers", {})
        body = {"id": named_id("act", self.acts), "marking": "UNCLASSIFIED", **more, "data": data}
        return self.client.post(f"/v1/actions/{type}", json=body, headers=headers)

    def enrolled(self) -> None:
        self.act("participant.enrol.v1", developer(), {"participant": DEVELOPER, "name": "Acme", "kind": "developer"})

    def submitted(self, **more: Any) -> Any:
        self.enrolled()
        return self.act("case.submit.v1", developer(), submission(), **more)


def submission(manifest: str = MANIFEST, **more: Any) -> dict[str, Any]:
    return {
        "model": "acme-1",
        "model_version": "2026.09",
        "manifest": manifest,
        "variant": "release",
        "summary": "An invented model.",
        **more,
    }
