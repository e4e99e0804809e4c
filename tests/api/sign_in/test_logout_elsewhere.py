"""Whoever signs out at the provider is out here too: it says so itself, by a token that is checked and heard once."""

import time
from contextlib import closing
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest
from fastapi.testclient import TestClient
from joserfc import jwk, jwt

from api.pages.sign_out_pages import BACK_CHANNEL
from consumers.apart.postgres import PostgresApart
from tests.api.sign_in.conftest import Entrance, Opens
from tests.api.sign_in.going import is_nobody, me, signed_in
from tests.services.postgres import Postgres
from tests.services.provider import CLIENT_ID, Provider, unsigned

LOGOUT = "http://schemas.openid.net/event/backchannel-logout"


def claims(idp: Provider, **changes: Any) -> dict[str, Any]:
    """Of a logout token; what is None is left out."""
    now = int(time.time())
    said = {"iss": idp.issuer, "aud": CLIENT_ID, "iat": now, "exp": now + 120, "jti": str(uuid4()), "sub": "sam"}
    return {name: value for name, value in {**said, "events": {LOGOUT: {}}, **changes}.items() if value is not None}


def logout(idp: Provider, *, typ: str = "logout+jwt", key: Any = None, **changes: Any) -> str:
    by = key or idp.keys[-1]
    return str(jwt.encode({"alg": "RS256", "kid": idp.keys[-1].kid, "typ": typ}, claims(idp, **changes), by))


def told(entrance: Entrance, token: str) -> Any:
    """What the provider is answered: it is no browser, and nobody is signed in where it asks from."""
    return entrance.client().post(BACK_CHANNEL, data={"logout_token": token})


def people(entrance: Entrance, idp: Provider) -> tuple[TestClient, TestClient, TestClient]:
    """Somebody in two browsers, which the provider tells apart, and somebody else."""
    first, second, other = (entrance.client() for _ in range(3))
    for client, subject, sid in ((first, "sam", "one"), (second, "sam", "two"), (other, "tess", "three")):
        idp.claims = {"sid": sid}
        signed_in(client, subject)
    idp.claims = {}
    return first, second, other


def out(*clients: TestClient) -> list[bool]:
    return [is_nobody(each) for each in clients]


@pytest.mark.parametrize(
    ("said", "who"),
    [
        ({"sub": "sam"}, [True, True, False]),
        ({"sub": None, "sid": "two"}, [False, True, False]),
        ({"sub": "sam", "sid": "one"}, [True, False, False]),
        ({"sub": "tess", "sid": "one"}, [False, False, False]),
        ({"sub": "nobody-here"}, [False, False, False]),
    ],
)
def test_what_the_provider_has_ended_is_ended_here(
    entrance: Entrance, idp: Provider, said: dict[str, Any], who: list[bool]
) -> None:
    clients = people(entrance, idp)
    answer = told(entrance, logout(idp, **said))
    assert (answer.status_code, answer.content, answer.headers["cache-control"]) == (200, b"", "no-store")
    assert out(*clients) == who
    assert entrance.said()[-1] == "signed-out-by-provider"


def test_a_token_is_heard_once(entrance: Entrance, idp: Provider) -> None:
    token = logout(idp)
    assert told(entrance, token).status_code == 200
    client = entrance.client()
    signed_in(client)
    again = told(entrance, token)
    assert (again.status_code, again.json()["code"]) == (400, "logout-not-believed")
    assert me(client).status_code == 200


@pytest.mark.parametrize(
    "lie",
    [
        {"iss": "https://elsewhere.example"},
        {"aud": "another-client"},
        {"iat": timedelta(hours=-1)},
        {"iat": timedelta(hours=1)},
        {"exp": timedelta(minutes=-2)},
        {"nonce": "of an ID token"},
        {"events": {}},
        {"events": {LOGOUT: None}},
        {"events": [LOGOUT]},
        {"sub": None},
        {"sub": 7},
        {"sid": ""},
        *({name: None} for name in ("iss", "aud", "iat", "exp", "jti", "events")),
    ],
    ids=str,
)
def test_nobody_is_signed_out_by_a_token_that_is_none(entrance: Entrance, idp: Provider, lie: dict[str, Any]) -> None:
    client = entrance.client()
    signed_in(client)
    now = time.time()  # when tests are found is another time in each worker
    lie = {name: int(now + of.total_seconds()) if isinstance(of, timedelta) else of for name, of in lie.items()}
    answer = told(entrance, logout(idp, **lie))
    assert (answer.status_code, answer.json()["code"]) == (400, "logout-not-believed")
    assert not is_nobody(client)
    assert entrance.said()[-1] == "logout-not-believed"


def test_nobody_is_signed_out_by_what_somebody_else_has_signed_or_nobody(entrance: Entrance, idp: Provider) -> None:
    client = entrance.client()
    signed_in(client)
    stranger = jwk.RSAKey.generate_key(2048, {"kid": idp.keys[-1].kid, "alg": "RS256", "use": "sig"})
    tokens = [logout(idp, key=stranger), unsigned(claims(idp)), logout(idp, typ="at+jwt"), "no token", "a.b.c"]
    tokens.append(idp.token({**claims(idp), "events": None, "nonce": "n"}))
    assert {told(entrance, each).status_code for each in tokens} == {400}
    asked = entrance.client()
    for body in (b"", b"logout_token=", b"other=1", b"logout_token=a&logout_token=b", b"\xff", b"a=1&" * 50):
        sent = asked.post(BACK_CHANNEL, content=body, headers={"content-type": "application/x-www-form-urlencoded"})
        assert (sent.status_code, sent.json()["code"]) == (400, "logout-not-believed"), body
    assert asked.post(BACK_CHANNEL, json={"logout_token": logout(idp)}).status_code == 415
    assert not is_nobody(client)
    tokens = [each for each in tokens if len(each) > 20]
    assert not any(token in repr(entrance.log.entries) for token in tokens)


def test_what_one_door_is_told_holds_at_every_door(opens: Opens, idp: Provider, postgres: Postgres) -> None:
    dsn = postgres.new_database()
    with closing(PostgresApart(dsn)) as one, closing(PostgresApart(dsn)) as other:
        first, second = opens(store=one), opens(store=other)
        client = first.client()
        signed_in(client)
        token = logout(idp)
        assert told(second, token).status_code == 200
        assert is_nobody(client)
        assert told(first, token).status_code == 400
