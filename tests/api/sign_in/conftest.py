"""A door that people sign in to, with a real provider beside it."""

import json
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import structlog
from fastapi import FastAPI
from fastapi.testclient import TestClient
from structlog.testing import LogCapture

from api.app import Services, build_app
from api.identity.client import Client as OurClient
from api.identity.known import Known
from api.identity.provider import Provider as OurProvider
from api.identity.roster import Roster
from api.identity.sessions import Sessions
from api.identity.tokens import Tokens
from api.pages.sign_in_pages import SignIn
from consumers.acts.named import names_of
from consumers.apart import Apart
from consumers.apart.sqlite import SQLiteApart
from tests.api.knocking import DEVELOPER, Docket, Hand, named_id
from tests.services.provider import CLIENT_ID, Client, Provider, provider

ADDRESS = "https://docket.example.gov"
FULL = {"clearance": "CUI//TLP:RED", "every_category": True, "every_audience": True}


@pytest.fixture(scope="session")
def one_provider() -> Iterator[Provider]:
    with provider() as made:
        yield made


@pytest.fixture
def idp(one_provider: Provider) -> Provider:
    """An honest provider, at which nobody is signed in."""
    one_provider.honest()
    one_provider.client = Client([f"{ADDRESS}/sign-in/back"])
    return one_provider


def member(subject: str, issuer: str, acts_for: str, name: str, **more: Any) -> dict[str, Any]:
    subjects = [{"issuer": issuer, "subject": subject}]
    return {"acts_for": acts_for, "person": {"id": named_id(name), "name": name}, "subjects": subjects, **more}


@pytest.fixture
def write(tmp_path: Path, idp: Provider) -> Callable[..., None]:
    """Write the roster, with changes."""
    path = tmp_path / "roster.json"
    listed = {
        "issuers": [{"issuer": idp.issuer, "keys": f"{idp.issuer}/keys"}],
        "members": [
            member("sam", idp.issuer, "office/secretariat", "S. Example", **FULL),
            member("tess", idp.issuer, "office/treasury", "T. Example", **FULL),
            member("dana", idp.issuer, f"participant/{DEVELOPER}", "D. Example", **FULL),
        ],
    }

    def write(**changes: Any) -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(listed | changes))
        fresh.replace(path)

    write()
    return write


@dataclass
class Entrance:
    """A door, and who may come in."""

    app: FastAPI
    docket: Docket
    clock: Hand
    log: LogCapture
    provider: OurProvider

    def client(self, address: str = ADDRESS) -> TestClient:
        """A browser without a window, scripts or memory of others."""
        return TestClient(
            self.app,
            base_url=address,
            client=("192.0.2.1", 1),
            raise_server_exceptions=False,
            follow_redirects=False,
            headers={"Sec-Fetch-Mode": "navigate"},
        )

    def said(self) -> list[str]:
        """How sign-ins ended, in order."""
        return [entry["outcome"] for entry in self.log.entries if entry["event"] == "sign-in"]


Opens = Callable[..., Entrance]


@pytest.fixture
def apart(tmp_path: Path) -> Iterator[Apart]:
    with closing(SQLiteApart(tmp_path / "apart.db")) as store:
        yield store


@pytest.fixture
def opens(write: Callable[..., None], docket: Docket, idp: Provider, tmp_path: Path, apart: Apart) -> Opens:
    """Opens a door on which people sign in; whatever is said of the client differs from what is usual."""

    def opens(
        address: str = ADDRESS, *, store: Apart | None = None, clock: Hand | None = None, **more: Any
    ) -> Entrance:
        roster = Roster(tmp_path / "roster.json", names_of(docket.ledger))
        tokens, clock, log, store = Tokens(roster), clock or Hand(), LogCapture(), store or apart
        idp.client.redirects = [f"{address}/sign-in/back"]
        client = OurClient(**{"issuer": idp.issuer, "id": CLIENT_ID, "address": address, **more})
        sessions = Sessions(store, clock, idle_s=1800, longest_s=43200, secure=client.is_secure)
        sign_in = SignIn(provider=OurProvider(client, tokens), sessions=sessions, roster=roster)
        app = build_app(
            Services(
                docket=docket,
                clock=clock,
                authenticator=Known(roster, tokens, sessions),
                sign_in=sign_in,
                checks={"sign-in": sign_in.wrong},
                log=lambda: structlog.wrap_logger(None, processors=[log]),
            )
        )
        return Entrance(app, docket, clock, log, sign_in.provider)

    return opens


@pytest.fixture
def entrance(opens: Opens) -> Entrance:
    return opens()
