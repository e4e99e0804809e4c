"""A session lasts while somebody is active and no longer than it may, is ended for good, and acts for nobody else."""

import json
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import httpx2
import pytest
from fastapi.testclient import TestClient

from api.identity.sessions import Sessions
from consumers.apart import Apart
from consumers.apart.postgres import PostgresApart
from consumers.apart.sqlite import SQLiteApart
from tests.api.knocking import Hand, named_id
from tests.api.serving import served
from tests.api.sign_in.conftest import Entrance, Opens, member
from tests.api.sign_in.going import SESSION, SIGNING_IN, go, is_nobody, me, proved, signed_in
from tests.api.sign_in.test_logout_elsewhere import logout, told
from tests.services.postgres import Postgres, Server
from tests.services.provider import Provider

HERE = {"Sec-Fetch-Site": "same-origin"}
ELSEWHERE: tuple[dict[str, str], ...] = (
    {"Sec-Fetch-Site": "cross-site"},
    {"Sec-Fetch-Site": "same-site"},
    {"Sec-Fetch-Site": "none"},
    {"Origin": "https://elsewhere.example"},
    {},
)


RENAME = "office.rename.v1"
OFFICE = {"office": "treasury", "name": "Department of the Invented Treasury", "effective_on": "2026-10-01"}


def test_it_ends_when_nothing_was_done_for_long(entrance: Entrance) -> None:
    client, clock = entrance.client(), entrance.clock
    signed_in(client)
    for _ in range(3):
        clock.later(minutes=29)
        assert not is_nobody(client)
    clock.later(minutes=30)
    assert is_nobody(client)
    clock.later(minutes=-20)
    assert is_nobody(client), "what was ended is ended"


def test_it_ends_after_long_enough_whatever_is_done(entrance: Entrance) -> None:
    client, clock = entrance.client(), entrance.clock
    signed_in(client)
    for _ in range(35):
        clock.later(minutes=20)
        assert not is_nobody(client)
    clock.later(minutes=20)
    assert is_nobody(client)


def test_a_page_that_looks_again_by_itself_is_nobody_at_a_desk(entrance: Entrance) -> None:
    client, clock = entrance.client(), entrance.clock
    signed_in(client)
    for _ in range(29):
        clock.later(minutes=1)
        assert client.get("/", headers={"Sec-Fetch-Mode": "cors"}).status_code == 200
    clock.later(minutes=1)
    assert client.get("/").status_code == 401


def test_whoever_is_taken_off_the_roster_is_out_at_the_next_request(
    entrance: Entrance, write: Callable[..., None], idp: Provider
) -> None:
    client = entrance.client()
    signed_in(client)
    write(members=[member("tess", idp.issuer, "office/treasury", "T. Example")])
    assert is_nobody(client)
    write(members=[member("sam", idp.issuer, "office/dhs", "S. Example")])
    assert me(client).json()["actor"] == "office/dhs"
    write(issuers=[], members=[])
    assert is_nobody(client)
    assert client.get("/readyz").json()["wrong"]["sign-in"].startswith("the roster says nothing of the issuer")


def test_signing_in_makes_a_new_session_and_ends_the_one_before(entrance: Entrance) -> None:
    client = entrance.client()
    client.cookies.set(SESSION, "chosen-by-somebody-else", domain="docket.example.gov")
    assert is_nobody(client)
    signed_in(client)
    first = client.cookies.get(SESSION, domain="docket.example.gov", path="/")
    assert first not in {None, "chosen-by-somebody-else"}
    signed_in(client, "tess")
    assert me(client).json()["actor"] == "office/treasury"
    thief = entrance.client()
    for known in (str(first), "chosen-by-somebody-else"):
        thief.cookies.set(SESSION, known)
        assert is_nobody(thief)


def test_whoever_signs_out_is_out_and_what_they_had_is_worth_nothing(entrance: Entrance, idp: Provider) -> None:
    client, thief = entrance.client(), entrance.client()
    signed_in(client)
    thief.cookies.set(SESSION, str(client.cookies[SESSION]))
    assert "Sign out of Docket" in client.get("/sign-out").text
    for headers in ELSEWHERE:
        assert client.post("/sign-out", headers=headers).status_code == 403
    assert not is_nobody(thief)
    answer = client.post("/sign-out", headers=HERE)
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-out")
    assert answer.headers["set-cookie"] == f'{SESSION}=""; HttpOnly; Max-Age=0; Path=/; SameSite=lax; Secure'
    assert SESSION not in client.cookies
    assert is_nobody(thief)
    page = client.get("/sign-out").text
    back = "post_logout_redirect_uri=https%3A%2F%2Fdocket.example.gov%2Fsign-out"
    assert f"{idp.issuer}/end?client_id=docket&amp;{back}" in page
    assert client.post("/sign-out", headers=HERE).status_code == 303, "again is not an error"
    assert entrance.said() == ["signed-in", "signed-out", "signed-out"]


def test_a_session_acts_by_forms_of_our_pages_alone(entrance: Entrance) -> None:
    client, recorder = entrance.client(), entrance.docket.recorder
    signed_in(client)
    head = recorder.head()
    around = {"id": named_id("act"), "marking": "UNCLASSIFIED"}
    body, form = {**around, "data": OFFICE}, {**around, **OFFICE}
    event = {"specversion": "1.0", "id": around["id"], "type": RENAME, "source": "x", "data": OFFICE}
    for headers in (*ELSEWHERE, HERE, {**HERE, "of_a_form": "true", "state": "of_a_form"}):
        answer = client.post(f"/v1/actions/{RENAME}", json=body, headers=headers)
        assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
        said = {**headers, "Content-Type": "application/cloudevents+json"}
        assert client.post("/v1/actions", content=json.dumps(event), headers=said).status_code == 401
    for headers in ELSEWHERE:
        assert client.post(f"/act/{RENAME}", data=form, headers=headers).status_code == 403
    assert recorder.head() == head
    answer = client.post(f"/act/{RENAME}", data=form, headers=HERE)
    assert (answer.status_code, "Recorded at position" in answer.text) == (200, True), answer.text
    assert recorder.head() > head


def test_a_token_that_is_sent_is_who_asks_whatever_the_browser_adds(entrance: Entrance) -> None:
    client = entrance.client()
    signed_in(client)
    assert client.get("/v1/me", headers={"Authorization": "Bearer x"}).status_code == 401
    assert client.get("/v1/me", headers={"Client-Cert": ":AAAA:"}).status_code == 401


def test_the_contract_says_that_a_session_is_for_reading(entrance: Entrance) -> None:
    said = entrance.client().get("/openapi.json").json()
    assert said["components"]["securitySchemes"]["session"]["name"] == SESSION
    assert {"session": []} in said["paths"]["/v1/me"]["get"]["security"]
    assert {"session": []} not in said["paths"]["/v1/actions"]["post"]["security"]


def test_a_stream_ends_with_its_session(opens: Opens, idp: Provider, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.streaming.stream.KNOWN_S", 0.05)
    entrance = opens()
    ways: list[Callable[[TestClient], object]] = [
        lambda _: entrance.clock.later(minutes=30),
        lambda client: client.post("/sign-out", headers=HERE),
        lambda _: told(entrance, logout(idp)),
    ]
    with served(entrance.app) as address:
        for end in ways:
            client = entrance.client()
            signed_in(client)
            cookie = {"Cookie": f"{SESSION}={client.cookies[SESSION]}", "Last-Event-ID": "0"}
            with httpx2.stream("GET", f"{address}/v1/stream", headers=cookie, timeout=20) as sent:
                assert sent.status_code == 200
                end(client)
                assert b"ledger.opened.v1" in b"".join(sent.iter_bytes())


def test_a_restart_keeps_it(opens: Opens, tmp_path: Path) -> None:
    with closing(SQLiteApart(tmp_path / "kept.db")) as store:
        client = opens(store=store).client()
        signed_in(client)
    with closing(SQLiteApart(tmp_path / "kept.db")) as store:
        again = opens(store=store).client()
        again.cookies.set(SESSION, str(client.cookies[SESSION]))
        assert not is_nobody(again)


def test_several_doors_share_it(opens: Opens, postgres: Postgres) -> None:
    dsn, clock = postgres.new_database(), Hand()
    with closing(PostgresApart(dsn)) as one, closing(PostgresApart(dsn)) as other:
        first, second = opens(store=one, clock=clock).client(), opens(store=other, clock=clock).client()
        back = proved(go(first))
        second.cookies.set(SIGNING_IN, str(first.cookies[SIGNING_IN]))
        assert second.get(back).status_code == 303, "begun at one door, ended at the other"
        first.cookies.set(SESSION, str(second.cookies[SESSION]))
        assert not is_nobody(first)
        assert second.post("/sign-out", headers=HERE).status_code == 303
        assert is_nobody(first)


def test_while_the_store_is_away_nobody_is_taken_for_signed_in_or_out(opens: Opens, own_server: Server) -> None:
    with closing(PostgresApart(own_server.new_database(), patience_s=2)) as store:
        entrance = opens(store=store)
        client, comes = entrance.client(), entrance.client()
        signed_in(client)
        back = proved(go(comes))
        own_server.kill()
        assert (me(client).status_code, me(client).json()["code"]) == (503, "identity-unavailable")
        assert client.get("/").status_code == 503
        assert client.post("/sign-out", headers=HERE).status_code == 503
        assert comes.get(back).status_code == 503
        assert SESSION in client.cookies
        own_server.start()
        assert not is_nobody(client)


def test_those_that_are_over_are_forgotten(apart: Apart) -> None:
    clock = Hand()
    sessions = Sessions(apart, clock, idle_s=60, longest_s=3600, secure=True)
    for number in range(5):
        sessions.begin("issuer", f"subject {number}")
        clock.later(seconds=30)
    assert apart.ask("SELECT subject FROM sessions ORDER BY began_at") == [("subject 3",), ("subject 4",)]


def test_a_session_cannot_be_meant_to_outlast_itself(apart: Apart) -> None:
    with pytest.raises(ValueError, match="ends idle"):
        Sessions(apart, Hand(), idle_s=61, longest_s=60, secure=True)
