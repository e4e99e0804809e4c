"""Whatever comes in that is no act gets a clear answer, leaves no event, and is repeated nowhere."""

import json
from typing import Any

import pytest

from api.acts.bodies import MOST_OF_ONE
from tests.api.knocking import CASE, DEVELOPER, SECRETARIAT, Door, developer, named_id, office, submission

ACCEPT = "/v1/actions/case.accept.v1"
JSON = {"Content-Type": "application/json"}


def body(**changed: Any) -> dict[str, Any]:
    said = {"id": named_id("x"), "marking": "UNCLASSIFIED", "data": {"case_id": CASE}} | changed
    return {name: value for name, value in said.items() if value is not ...}


@pytest.mark.parametrize(
    ("raw", "sentence"),
    [
        (b"", "not JSON"),
        (b"{", "not JSON"),
        (b'{"id": 1} trailing', "not JSON"),
        (b"\xff\xfe{}", "not UTF-8"),
        ('{"id": "ä"}'.encode("latin-1"), "not UTF-8"),
        ("{}".encode("utf-16"), "not UTF-8"),
        (b"\xef\xbb\xbf{}", "not JSON"),
        (b"[]", "no object"),
        (b"7", "no object"),
        (b'{"data": {"a": 1, "a": 2}}', "same name twice"),
        (b'{"data": "\\u0000"}', "U+0000"),
        (b'{"da\\u0000ta": 1}', "U+0000"),
        (b'{"data": "\\ud800"}', "surrogate"),
        (b'{"data": 1.0}', "not whole"),
        (b'{"data": 1e400}', "not whole"),
        (b'{"data": NaN}', "not whole"),
        (b'{"data": -Infinity}', "not whole"),
        (b'{"data": 9007199254740992}', "beyond"),
        (b'{"data": ' + b"9" * 500_000 + b"}", "beyond"),
        (b'{"data": ' + b"[" * 32 + b"]" * 32 + b"}", "nests deeper"),
        (b"[" * 400_000, "nests deeper"),
    ],
)
def test_a_body_that_is_not_strict_json_is_422_and_says_why(open_door: Door, raw: bytes, sentence: str) -> None:
    head = open_door.recorder.head()
    answer = open_door.client.post(ACCEPT, content=raw, headers=SECRETARIAT | JSON)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert sentence in answer.json()["detail"]
    assert open_door.recorder.head() == head


@pytest.mark.parametrize(
    ("changed", "pointer", "sentence"),
    [
        ({"id": ...}, "/id", "missing"),
        ({"id": "7"}, "/id", "form"),
        ({"id": named_id("x").upper()}, "/id", "form"),
        ({"id": 7}, "/id", "text"),
        ({"data": ...}, "/data", "missing"),
        ({"data": None}, "/data", "object"),
        ({"data": []}, "/data", "object"),
        ({"data": {}}, "/data/case_id", "missing"),
        ({"data": {"case_id": CASE, "why": "x"}}, "/data/why", "no such field"),
        ({"data": {"case_id": CASE, "type": "case.accept.v1"}}, "/data/type", "outside"),
        ({"data": {"case_id": True}}, "/data/case_id", "text"),
        ({"markng": "SECRET"}, "/markng", "no such field"),
        ({"marking": 5}, "/marking", "text"),
        ({"marking": "x" * 401}, "/marking", "more than 400"),
        ({"claimed_at": "2026-09-01T14:00:00"}, "/claimed_at", "zone"),
        ({"claimed_at": "2026-09-01"}, "/claimed_at", "zone"),
        ({"claimed_at": 1700000000}, "/claimed_at", "text"),
        ({"claimed_at": "1700000000"}, "/claimed_at", "RFC 3339"),
        ({"claimed_at": "9999-12-31T23:59:59-12:00"}, "/claimed_at", "RFC 3339"),
        ({"claimed_at": "2026-02-30T00:00:00Z"}, "/claimed_at", "not what it has to be"),
        ({"post": "The Director"}, "/post", "form"),
        ({"authority": "because"}, "/authority", "form"),
        ({"delegation": "mine"}, "/delegation", "form"),
    ],
)
def test_what_is_wrong_with_an_act_is_pointed_at(
    open_door: Door, changed: dict[str, Any], pointer: str, sentence: str
) -> None:
    answer = open_door.client.post(ACCEPT, json=body(**changed), headers=SECRETARIAT)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    wrong = {each["pointer"]: each["detail"] for each in answer.json()["errors"]}
    assert sentence in wrong[pointer]
    assert "pydantic" not in answer.text


def test_everything_that_is_wrong_is_said_at_once(open_door: Door) -> None:
    answer = open_door.client.post(ACCEPT, json={"id": 1, "data": {"other": 1}, "more": 1}, headers=SECRETARIAT)
    assert answer.json()["code"] == "marking-missing"
    pointers = {each["pointer"] for each in answer.json()["errors"]}
    assert pointers == {"/marking", "/id", "/more", "/data/case_id", "/data/other"}


@pytest.mark.parametrize("given", ["2026-09-01T00:00:00Z", "20260901", 1_788_220_800, True, "2026-13-01"])
def test_a_day_is_a_day(door: Door, given: object) -> None:
    door.enrolled()
    answer = door.act("case.submit.v1", developer(), submission(public_on=given))
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/data/public_on")


@pytest.mark.parametrize("given", [True, "1", 0, 2**40])
def test_a_number_is_a_number_also_inside_of_a_part(open_door: Door, given: object) -> None:
    framework = {"id": "FRAMEWORK", "version": given, "digest": f"sha256:{'0' * 64}"}
    data = {"participant": DEVELOPER, "framework": framework}
    answer = open_door.act("participant.accept-terms.v1", developer(), data)
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/data/framework/version")


def test_an_unmarked_act_is_turned_away(open_door: Door) -> None:
    answer = open_door.client.post(ACCEPT, json=body(marking=...), headers=SECRETARIAT)
    assert (answer.status_code, answer.json()["code"]) == (422, "marking-missing")
    unknown = open_door.client.post(ACCEPT, json=body(marking="ULTRA"), headers=SECRETARIAT)
    assert (unknown.status_code, unknown.json()["code"]) == (422, "marking-unknown")


def test_of_what_is_marked_above_the_ceiling_nothing_is_kept_logged_counted_or_repeated(door: Door) -> None:
    door.enrolled()
    head = door.recorder.head()
    secret = "PURPLE HIPPOPOTAMUS"
    top = office("nsa", clearance='clearance="TOP SECRET//TLP:RED"; cui=all; audiences=all')
    data = {"case_id": CASE, "dissent_id": named_id("d"), "reasons": secret}
    answer = door.act("case.file-dissent.v1", top, data, marking="SECRET")
    assert (answer.status_code, answer.json()["code"]) == (403, "marking-above-ceiling")
    protected = door.act("case.file-dissent.v1", top, data, protected_marking="TOP SECRET")
    assert (protected.status_code, protected.json()["code"]) == (403, "marking-above-ceiling")
    broken = door.act("case.file-dissent.v1", top, data | {"reasons": 5, secret: secret}, marking="SECRET")
    assert broken.status_code == 422
    assert door.recorder.head() == head
    everywhere = [
        answer.text,
        protected.text,
        broken.text,
        json.dumps(door.log.entries),
        door.client.get("/metrics").text,
    ]
    assert [text for text in everywhere if "HIPPO" in text] == []
    kept = b"".join(path.read_bytes() for path in door.folder.glob("*"))
    assert b"HIPPO" not in kept


def test_what_is_turned_away_is_counted_and_logged_by_code_and_actor_alone(door: Door) -> None:
    door.client.post(ACCEPT, json=body(marking=...), headers=SECRETARIAT)
    assert door.log.entries == [
        {"event": "turned away", "code": "marking-missing", "actor": "office/secretariat", "log_level": "warning"}
    ]
    assert 'docket_turned_away_total{code="marking-missing"} 1.0' in door.client.get("/metrics").text


def test_nobody_marks_above_their_own_clearance(open_door: Door) -> None:
    plain = office("secretariat", clearance="clearance=UNCLASSIFIED")
    answer = open_door.act("case.accept.v1", plain, {"case_id": CASE}, marking="CUI")
    assert (answer.status_code, answer.json()["code"]) == (403, "marking-above-yours")


@pytest.mark.parametrize(
    "headers",
    [
        {"Content-Type": "text/plain"},
        {"Content-Type": "application/xml"},
        {"Content-Type": "application/json; charset=utf-16"},
        {"Content-Type": "application/cloudevents+json"},
        {},
    ],
)
def test_a_media_type_that_is_not_taken_in_is_415(open_door: Door, headers: dict[str, str]) -> None:
    answer = open_door.client.post(ACCEPT, content=json.dumps(body()), headers=SECRETARIAT | headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type-unknown")
    assert answer.headers["accept"] == "application/json"


def test_a_body_with_a_content_encoding_is_415(open_door: Door) -> None:
    answer = open_door.client.post(
        ACCEPT, content=b"\x1f\x8b", headers=SECRETARIAT | JSON | {"Content-Encoding": "gzip"}
    )
    assert (answer.status_code, answer.json()["code"]) == (415, "encoding-unknown")
    assert answer.headers["accept-encoding"] == "identity"


def test_a_body_that_says_it_is_too_long_is_413(open_door: Door) -> None:
    answer = open_door.client.post(ACCEPT, content=b" " * (MOST_OF_ONE + 1), headers=SECRETARIAT | JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_body_that_does_not_say_how_long_it_is_is_read_no_further_than_it_may_be_long(open_door: Door) -> None:
    sent = 0

    def endless() -> Any:
        nonlocal sent
        while sent < 64 * MOST_OF_ONE:
            sent += 65536
            yield b" " * 65536

    answer = open_door.client.post(ACCEPT, content=endless(), headers=SECRETARIAT | JSON)
    assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")


def test_a_document_that_would_be_too_long_is_413(open_door: Door) -> None:
    rows = [["x" * 500] * 20 for _ in range(20)]
    data = {
        "policy": "LONG",
        "policy_version": 1,
        "title": "Long",
        "kind": "list",
        "columns": [f"c{n}" for n in range(20)],
        "rows": rows,
    }
    answer = open_door.act("policy.publish.v1", SECRETARIAT, data)
    assert (answer.status_code, answer.json()["code"]) == (413, "document-too-large")


def test_a_path_or_a_method_that_does_not_exist_is_a_problem_too(open_door: Door) -> None:
    lost = open_door.client.get("/v2/cases")
    assert (lost.status_code, lost.json()["code"]) == (404, "route-unknown")
    odd = open_door.client.delete("/livez")
    assert (odd.status_code, odd.json()["code"], odd.headers["allow"]) == (405, "method-unknown", "GET, HEAD")
    slash = open_door.client.get("/livez/", follow_redirects=False)
    assert slash.status_code == 404
