"""A door that a roster watches."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from fastapi.testclient import TestClient

from api.app import Services, build_app
from api.identity.known import Known
from api.identity.roster import Roster
from consumers.acts.named import names_of
from tests.api.identity.issuing import AUDIENCE, ISSUER, Issuer
from tests.api.knocking import Docket, Hand, named_id

PROXY = "10.0.0.7"
CARD = "urn:uuid:f81d4fae-7dec-11d0-a765-00a0c91e6bf6"
Write = Callable[..., None]


@pytest.fixture
def issuer(tmp_path: Path) -> Issuer:
    return Issuer(tmp_path)


@pytest.fixture
def listed(issuer: Issuer) -> dict[str, Any]:
    """What the roster says at first."""
    return {
        "issuers": [{"issuer": ISSUER, "audience": AUDIENCE, "keys": str(issuer.file)}],
        "proxies": [PROXY],
        "members": [
            {
                "acts_for": "office/nsa",
                "person": {"id": named_id("person"), "name": "A. Example"},
                "clearance": "SECRET//NOFORN",
                "subjects": [{"issuer": ISSUER, "subject": "a"}],
                "cards": [CARD],
            },
            {
                "acts_for": "office/gao",
                "roles": ["oversight"],
                "subjects": [{"issuer": ISSUER, "subject": "gao-audit"}],
            },
        ],
    }


@pytest.fixture
def write(tmp_path: Path, listed: dict[str, Any]) -> Write:
    """Write the roster, with changes."""
    path = tmp_path / "roster.json"

    def write(text: str | None = None, **changes: Any) -> None:
        fresh = path.with_suffix(".new")
        fresh.write_text(json.dumps(listed | changes) if text is None else text)
        fresh.replace(path)

    write()
    return write


@pytest.fixture
def knows(write: Write, docket: Docket, tmp_path: Path) -> Callable[..., TestClient]:
    """Clients of a door that knows people by the roster, from an address."""
    roster = Roster(tmp_path / "roster.json", names_of(docket.ledger))
    app = build_app(Services(docket=docket, clock=Hand(), authenticator=Known(roster), checks={"roster": roster.wrong}))

    def knows(host: str = "192.0.2.1") -> TestClient:
        return TestClient(app, base_url="https://docket.example.gov", client=(host, 1), raise_server_exceptions=False)

    return knows
