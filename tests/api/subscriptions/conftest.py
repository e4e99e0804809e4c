"""A door that delivers, and a receiver that it may send to."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
import structlog
from fastapi.testclient import TestClient
from structlog.testing import LogCapture

from api.app import Services, build_app
from api.identity import Unavailable
from api.identity.development import DevelopmentHeader
from api.subscriptions.places import Places
from consumers.acts.named import names_of
from domain.act import Principal
from tests.api.knocking import Docket, Door, Hand
from tests.api.subscriptions.receiving import Receiver, receiver


@pytest.fixture
def clock() -> Hand:
    """Now, because libraries that check signatures look at the machine's clock."""
    return Hand(datetime.now(UTC))


@pytest.fixture
def to() -> Iterator[Receiver]:
    with receiver() as receiving:
        yield receiving


class Roster(DevelopmentHeader):
    """Knows everybody, until told otherwise: what leads to whom may change."""

    def __init__(self, **given: Any) -> None:
        super().__init__(**given)
        self.changed: dict[str, str | Exception] = {}

    def again(self, known_by: str) -> Principal:
        match self.changed.get(known_by, known_by):
            case Exception() as error:
                raise error
            case text:
                return super().again(text)

    def now(self, header: dict[str, str], means: str | Exception) -> None:
        """What led to somebody leads to somebody else from now on, or to nobody."""
        self.changed[next(iter(header.values()))] = means


UNREADABLE = Unavailable("the roster cannot be read")


@dataclass
class Delivering:
    """A door and its courier."""

    door: Door
    roster: Roster
    places: Places
    _stop: Event = field(default_factory=Event)
    _thread: Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        self._thread = Thread(target=self.door.app.state.deliver, args=(self._stop,), name="courier")
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(30)
            assert not self._thread.is_alive(), "the courier did not stop"

    def subscribe(self, by: dict[str, str], url: str, **asked: Any) -> dict[str, Any]:
        answer = self.door.client.post("/v1/subscriptions", json={"url": url, **asked}, headers=by)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def of(self, by: dict[str, str], id: str) -> dict[str, Any]:
        answer = self.door.client.get(f"/v1/subscriptions/{id}", headers=by)
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    def does(self, by: dict[str, str], id: str, what: str, **said: Any) -> Any:
        asked: dict[str, Any] = {"json": said} if said else {}
        return self.door.client.post(f"/v1/subscriptions/{id}/{what}", headers=by, **asked)


Opens = Callable[..., Delivering]


@pytest.fixture
def opens(docket: Docket, clock: Hand, tmp_path: Path) -> Iterator[Opens]:
    """Opens a door to one docket that may send to some hosts, and starts its courier."""
    opened: list[Any] = []

    @contextmanager
    def door(*hosts: str, places: Places | None = None, **more: Any) -> Iterator[Delivering]:
        log = LogCapture()
        roster = Roster(bound_to="127.0.0.1", named=names_of(docket.ledger))
        where = places or Places(hosts)
        app = build_app(
            Services(
                docket=docket,
                clock=clock,
                authenticator=roster,
                folder=tmp_path,
                places=where,
                log=lambda: structlog.wrap_logger(None, processors=[log]),
                **more,
            )
        )
        with TestClient(app, base_url="http://127.0.0.1:8040", client=("127.0.0.1", 50000)) as client:
            delivering = Delivering(Door(app, client, docket, clock, log, tmp_path), roster, where)
            delivering.start()
            try:
                yield delivering
            finally:
                delivering.stop()

    def open_it(*hosts: str, **more: Any) -> Delivering:
        made = door(*hosts, **more)
        opened.append(made)
        return made.__enter__()

    yield open_it
    for each in reversed(opened):
        each.__exit__(None, None, None)


@pytest.fixture
def delivering(opens: Opens, to: Receiver) -> Delivering:
    return opens(to.host)
