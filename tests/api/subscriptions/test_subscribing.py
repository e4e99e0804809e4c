"""Subscriptions are their owner's: nobody else is told of them, or may touch them."""

from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.subscriptions.kept import MOST_OF_ACTOR
from api.subscriptions.signing import Safe
from consumers.topics.sealing import Keyring
from tests.api.knocking import CASE, NSA, SECRETARIAT, developer, named_id, office
from tests.api.subscriptions.conftest import Delivering, Opens
from tests.api.subscriptions.receiving import Receiver, receiver, status


def test_what_was_asked_for_is_told_again_and_its_secret_once(delivering: Delivering, to: Receiver) -> None:
    made = delivering.subscribe(
        NSA, to.url, types=["case.submitted.v1"], streams=[f"case-{CASE}"], cases=[CASE], offices=["nsa"]
    )
    assert made["secret"].startswith("whsec_")
    again = delivering.of(NSA, made["id"])
    assert {name: value for name, value in made.items() if name != "secret"} == again
    assert (again["types"], again["cases"], again["offices"]) == (["case.submitted.v1"], [CASE], ["nsa"])
    assert (again["state"], again["reason"], again["scheme"]) == ("active", None, "v1")
    assert again["position"] == delivering.door.recorder.head(), "from now on"
    assert delivering.door.client.get("/v1/subscriptions", headers=NSA).json() == {"items": [again]}
    components = delivering.door.client.get("/openapi.json").json()["components"]
    for value, name in ((again, "Subscription"), (made, "SubscriptionWithSecret")):
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        jsonschema_rs.validate(schema, value, validate_formats=True)


@pytest.mark.parametrize(
    "other",
    [
        SECRETARIAT,
        office("nsa", "Somebody else"),
        developer(),
    ],
)
def test_nobody_else_is_told_of_it_or_may_touch_it(delivering: Delivering, to: Receiver, other: dict[str, str]) -> None:
    id = delivering.subscribe(NSA, to.url)["id"]
    client = delivering.door.client
    missing = named_id("nothing")
    for at in (id, missing):
        answers = [
            client.get(f"/v1/subscriptions/{at}", headers=other),
            client.delete(f"/v1/subscriptions/{at}", headers=other),
            client.get(f"/v1/subscriptions/{at}/dead-letters", headers=other),
            delivering.does(other, at, "replay", after=0),
            *(delivering.does(other, at, what) for what in ("pause", "resume", "rotate", "test")),
        ]
        assert {(each.status_code, each.json()["code"]) for each in answers} == {(404, "not-found")}
    assert client.get("/v1/subscriptions", headers=other).json() == {"items": []}
    assert delivering.of(NSA, id)["state"] == "active"
    assert not to.sent


@pytest.mark.parametrize(
    ("asked", "code", "pointer"),
    [
        ({}, "malformed", "/url"),
        ({"url": 7}, "malformed", "/url"),
        ({"url": "https://user@hooks.example.gov/"}, "malformed", "/url"),
        ({"url": "file:///etc/passwd"}, "malformed", "/url"),
        ({"url": "https://elsewhere.example.gov/"}, "receiver-not-listed", None),
        ({"url": "http://169.254.169.254/latest"}, "receiver-not-listed", None),
        ({"url": "http://127.0.0.1:1/"}, "receiver-not-listed", None),
        ({"types": ["case.licensed.v1"]}, "malformed", "/types"),
        ({"types": "case.submitted.v1"}, "malformed", "/types"),
        ({"streams": ["x" * 201]}, "malformed", "/streams/0"),
        ({"cases": ["x"] * 101}, "malformed", "/cases"),
        ({"scheme": "v2"}, "malformed", "/scheme"),
        ({"more": 1}, "malformed", "/more"),
        ({"after": -1}, "malformed", "/after"),
        ({"after": 10**6}, "position-ahead", None),
    ],
)
def test_what_is_wrong_with_it_is_said(
    delivering: Delivering, to: Receiver, asked: dict[str, Any], code: str, pointer: str | None
) -> None:
    said = asked if not asked or "url" in asked else {"url": to.url, **asked}
    answer = delivering.door.client.post("/v1/subscriptions", json=said, headers=NSA)
    assert (answer.status_code, answer.json()["code"]) == (409 if code == "position-ahead" else 422, code), answer.text
    if pointer:
        assert answer.json()["errors"][0]["pointer"] == pointer
    assert not delivering.door.client.get("/v1/subscriptions", headers=NSA).json()["items"]


def test_an_office_that_is_not_registered_subscribes_to_nothing(delivering: Delivering, to: Receiver) -> None:
    answer = delivering.door.client.post("/v1/subscriptions", json={"url": to.url}, headers=office("nowhere"))
    assert (answer.status_code, answer.json()["code"]) == (403, "office-unknown")
    assert delivering.door.client.post("/v1/subscriptions", json={"url": to.url}).status_code == 401


def test_one_office_has_so_many_and_no_more(delivering: Delivering, to: Receiver) -> None:
    made = [delivering.subscribe(NSA, to.url)["id"] for _ in range(MOST_OF_ACTOR)]
    answer = delivering.door.client.post("/v1/subscriptions", json={"url": to.url}, headers=office("nsa", "Another"))
    assert (answer.status_code, answer.json()["code"]) == (409, "subscriptions-too-many")
    delivering.subscribe(SECRETARIAT, to.url)
    assert delivering.door.client.delete(f"/v1/subscriptions/{made[0]}", headers=NSA).status_code == 204
    delivering.subscribe(NSA, to.url)


def test_a_door_that_lists_nobody_lets_nobody_subscribe(opens: Opens, to: Receiver) -> None:
    closed = opens()
    answer = closed.door.client.post("/v1/subscriptions", json={"url": to.url}, headers=NSA)
    assert (answer.status_code, answer.json()["code"]) == (422, "receiver-not-listed")


def test_a_test_is_sent_at_once_signed_and_told_of(delivering: Delivering, to: Receiver) -> None:
    made = delivering.subscribe(NSA, to.url)
    answer = delivering.does(NSA, made["id"], "test").json()
    assert (answer["outcome"], answer["taken"]) == ("accepted", True)
    (sent,) = to.sent
    assert sent.id == answer["id"]
    assert sent.verified(made["secret"])["type"] == "subscription.tested.v1"
    to.answer = status(503)
    assert delivering.does(NSA, made["id"], "test").json()["outcome"] == "status-503"
    now = delivering.of(NSA, made["id"])
    assert (now["delivered"], now["attempts"]) == (0, 0), "a test is no delivery"


def test_with_ed25519_what_is_told_is_the_public_key(delivering: Delivering, to: Receiver) -> None:
    made = delivering.subscribe(NSA, to.url, scheme="v1a")
    assert made["secret"].startswith("whpk_")
    delivering.does(NSA, made["id"], "test")
    assert to.sent[0].headers["webhook-signature"].startswith("v1a,")


def test_a_secret_is_sealed_where_there_is_a_key_and_unreadable_without_it(
    opens: Opens, to: Receiver, tmp_path: Path
) -> None:
    sealing = opens(to.host, safe=Safe(Keyring.new("one")))
    made = sealing.subscribe(NSA, to.url)
    sealing.stop()
    kept = b"".join(path.read_bytes() for path in tmp_path.glob("apart.db*"))
    assert made["id"].encode() in kept
    assert made["secret"].partition("_")[2].encode() not in kept
    without = opens(to.host)
    answer = without.does(NSA, made["id"], "test")
    assert (answer.status_code, answer.json()["code"]) == (409, "secret-unreadable")
    assert without.does(NSA, made["id"], "rotate").json()["secret"] != made["secret"]


def test_a_receiver_that_is_not_listed_any_more_is_not_resumed(opens: Opens, to: Receiver) -> None:
    with receiver() as other:
        id = opens(to.host).subscribe(NSA, to.url)["id"]
        elsewhere = opens(other.host)
        answer = elsewhere.does(NSA, id, "resume")
        assert (answer.status_code, answer.json()["code"]) == (422, "receiver-not-listed")


def test_nothing_of_a_subscription_is_in_the_record_or_in_the_log(delivering: Delivering, to: Receiver) -> None:
    head = delivering.door.recorder.head()
    made = delivering.subscribe(NSA, to.url)
    delivering.does(NSA, made["id"], "pause")
    assert delivering.door.recorder.head() == head
    assert made["secret"] not in repr(delivering.door.log.entries)
