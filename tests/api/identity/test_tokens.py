"""A token is believed if its issuer signed it for this Docket, now, for somebody on the roster; none other is."""

import base64
import json
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import Any

import pytest
from fastapi.testclient import TestClient
from jwcrypto.jwk import JWK

from api.identity import Unavailable
from api.identity.keys import KeysAtAddress
from tests.api.identity.issuing import ISSUER, KINDS, Issuer

Knows = Callable[..., TestClient]


def me(client: TestClient, *tokens: str, **more: str) -> Any:
    headers = [("Authorization", f"Bearer {token}") for token in tokens] + list(more.items())
    return client.get("/v1/me", headers=headers)


def is_nobody(answer: Any) -> bool:
    assert answer.status_code in {200, 401}, answer.text
    if answer.status_code == 401:
        assert (answer.json()["code"], answer.headers["www-authenticate"]) == (
            "unauthenticated",
            'Bearer realm="docket"',
        )
    return bool(answer.status_code == 401)


@pytest.mark.parametrize("algorithm", KINDS)
def test_a_token_says_who_asks(algorithm: str, issuer: Issuer, knows: Knows) -> None:
    issuer.algorithm = algorithm
    issuer.turn()
    answer = me(knows(), issuer.token())
    assert answer.status_code == 200, answer.text
    said = answer.json()
    assert (said["actor"], said["person"]["name"], said["attestation"]) == ("office/nsa", "A. Example", "oidc")
    assert (said["clearance"]["classification"], said["roles"]) == ("SECRET", [])
    system = me(knows(), issuer.token("gao-audit")).json()
    assert (system["actor"], system["person"], system["roles"]) == ("office/gao", None, ["oversight"])


def test_nothing_else_is_believed(issuer: Issuer, knows: Knows) -> None:
    now, client = int(time.time()), knows()
    other = JWK.generate(kty="EC", crv="P-256", kid=issuer.keys[0].get("kid"))
    public = issuer.keys[0].export_to_pem()
    shared = JWK(kty="oct", k=base64.urlsafe_b64encode(public).decode().rstrip("="), kid=issuer.keys[0].get("kid"))
    good = issuer.token()
    head, body, signature = good.split(".")
    none = base64.urlsafe_b64encode(json.dumps({"alg": "none", "typ": "at+jwt"}).encode()).decode().rstrip("=")
    for token in (
        issuer.token("nobody"),
        issuer.token(iss="https://login.example.com"),
        issuer.token(iss=f"{ISSUER}/"),
        issuer.token(aud="another.example.gov"),
        issuer.token(aud=None),
        issuer.token(sub=None),
        issuer.token(exp=None),
        issuer.token(exp=now - 60),
        issuer.token(nbf=now + 600),
        issuer.token(iat=now + 600),
        issuer.token(header={"typ": "JWT"}),
        issuer.token(header={"typ": None}),
        issuer.token(header={"kid": None}),
        issuer.token(header={"kid": "another"}),
        issuer.token(key=other),
        issuer.token(key=shared, header={"alg": "HS256"}),
        f"{none}.{body}.",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-8]}AAAAAAAA",
        f"{head}.{body}",
        "x",
        "é",
        good + "." + "A" * 9000,
    ):
        assert is_nobody(client.get("/v1/me", headers={b"Authorization": f"Bearer {token}".encode()})), token
    assert not is_nobody(me(client, good))
    assert is_nobody(me(client))
    assert is_nobody(me(client, good, good))
    assert is_nobody(client.get("/v1/me", headers={"Authorization": f"Basic {good}"}))
    in_address = client.get("/v1/me", params={"access_token": good})
    assert (in_address.status_code, good in in_address.text) == (400, False)


def test_a_header_that_must_be_understood_and_is_not_makes_a_token_unbelievable(issuer: Issuer, knows: Knows) -> None:
    head, body, _ = issuer.token().split(".")
    said = json.loads(base64.urlsafe_b64decode(head + "=="))
    crit = {**said, "crit": ["once"], "once": True}
    signing = ".".join((base64.urlsafe_b64encode(json.dumps(crit).encode()).decode().rstrip("="), body))
    signature = issuer.keys[0].get_op_key("sign")
    from cryptography.hazmat.primitives.asymmetric.ec import ECDSA  # noqa: PLC0415 - of this test alone
    from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature  # noqa: PLC0415 - the same
    from cryptography.hazmat.primitives.hashes import SHA256  # noqa: PLC0415 - the same

    r, s = decode_dss_signature(signature.sign(signing.encode(), ECDSA(SHA256())))
    made = base64.urlsafe_b64encode(r.to_bytes(32) + s.to_bytes(32)).decode().rstrip("=")
    assert is_nobody(me(knows(), f"{signing}.{made}"))


def test_keys_turn_without_a_restart_and_an_old_one_is_believed_no_longer(issuer: Issuer, knows: Knows) -> None:
    client, old = knows(), issuer.token()
    assert not is_nobody(me(client, old))
    issuer.turn(keep=True)
    new = issuer.token()
    assert not is_nobody(me(client, old))
    assert not is_nobody(me(client, new))
    issuer.turn()
    assert is_nobody(me(client, old))
    assert is_nobody(me(client, new))
    assert not is_nobody(me(client, issuer.token()))


def test_a_shared_secret_among_the_keys_signs_nothing(issuer: Issuer, knows: Knows) -> None:
    secret = JWK.generate(kty="oct", size=256, kid="shared", alg="HS256")
    issuer.publish([json.loads(issuer.keys[0].export_public()), json.loads(secret.export())])
    assert is_nobody(me(knows(), issuer.token(key=secret, header={"alg": "HS256"})))
    assert not is_nobody(me(knows(), issuer.token()))


def test_what_is_no_key_among_the_keys_is_passed_over(issuer: Issuer, knows: Knows) -> None:
    good = json.loads(issuer.keys[0].export_public())
    issuer.file.write_text(json.dumps({"keys": ["a key", 1, None, {}, {"kid": 1}, {"kid": "x", "kty": "EC"}, good]}))
    assert not is_nobody(me(knows(), issuer.token()))


def test_without_keys_nobody_is_told_that_the_token_is_wrong(issuer: Issuer, knows: Knows) -> None:
    for text in ("{", '{"keys": 1}'):
        issuer.file.write_text(text)
        answer = me(knows(), issuer.token())
        assert (answer.status_code, answer.json()["code"]) == (503, "identity-unavailable")
    issuer.file.unlink()
    assert me(knows(), issuer.token()).status_code == 503


@contextmanager
def served(file: Path) -> Iterator[tuple[str, list[str]]]:
    """A file at an address on loopback, and what was asked of it."""
    asked: list[str] = []

    class Serves(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(file.read_bytes())

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serves)
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/keys", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The time that goes by while keys are kept, in seconds; a test moves it."""
    at = [1_000.0]
    monkeypatch.setattr("api.identity.keys.monotonic", lambda: at[0])
    return at


def test_keys_of_an_address_are_fetched_once_and_again_for_a_new_key_but_not_for_each_invented_one(
    issuer: Issuer, now: list[float]
) -> None:
    with served(issuer.file) as (address, asked):
        keys, first = KeysAtAddress(address, again_s=10.0), str(issuer.keys[0].get("kid"))
        assert keys.find(first) is not None
        for number in range(50):
            assert keys.find(f"invented-{number}") is None
        assert (keys.find(first) is not None, len(asked)) == (True, 1)
        issuer.turn()
        now[0] += 10.0
        assert keys.find(str(issuer.keys[0].get("kid"))) is not None
        assert (keys.find(first), len(asked)) == (None, 2)


def test_keys_of_an_address_that_is_away_are_believed_while_they_are_fresh_and_no_longer(
    issuer: Issuer, now: list[float]
) -> None:
    id = str(issuer.keys[0].get("kid"))
    with served(issuer.file) as (address, _):
        keys = KeysAtAddress(address, fresh_s=60.0, again_s=10.0)
        assert keys.find(id) is not None
    now[0] += 59.0
    assert keys.find(id) is not None
    now[0] += 1.0
    with pytest.raises(Unavailable):
        keys.find(id)
