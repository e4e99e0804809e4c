"""Acts as CloudEvents: in every mode of the HTTP binding, and line by line."""

import json
from typing import Any

import pytest
from cloudevents.core.bindings.http import to_binary, to_structured
from cloudevents.core.formats.json import JSONFormat
from cloudevents.core.v1.event import CloudEvent

from api.acts.bodies import MOST_OF_ONE
from consumers.acts import cloudevent, strict_json
from tests.api.knocking import CASE, DEVELOPER, SECRETARIAT, Door, developer, named_id, submission

ACTIONS = "/v1/actions"
STRUCTURED = {"Content-Type": "application/cloudevents+json"}
BATCH = {"Content-Type": "application/cloudevents-batch+json"}
LINES = {"Content-Type": "application/x-ndjson"}


def event(kind: str, /, data: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": named_id(kind, str(data)),
        "source": "urn:example:tool",
        "type": kind,
        "marking": "UNCLASSIFIED",
        "data": data,
    } | more


ENROL = event("participant.enrol.v1", {"participant": DEVELOPER, "name": "Acme", "kind": "developer"})
SUBMIT = event("case.submit.v1", submission())


def lines(*events: object) -> bytes:
    return b"".join(json.dumps(each).encode() + b"\n" for each in events)


def outcomes(content: bytes) -> list[dict[str, Any]]:
    return [json.loads(line) for line in content.splitlines()]


def test_one_structured_event_is_answered_like_the_act_that_it_asks_for(door: Door) -> None:
    answer = door.client.post(ACTIONS, json=ENROL, headers=developer() | STRUCTURED)
    assert (answer.status_code, answer.json()["command_id"]) == (201, ENROL["id"])
    by_route = door.client.post(
        f"{ACTIONS}/participant.enrol.v1",
        json={"id": ENROL["id"], "marking": ENROL["marking"], "data": ENROL["data"]},
        headers=developer(),
    )
    assert by_route.json() == answer.json() | {"repeated": True}


def test_what_the_reference_implementation_writes_is_read_in_both_modes(door: Door) -> None:
    attributes = {name: value for name, value in ENROL.items() if name != "data"}
    written = CloudEvent(attributes, ENROL["data"])
    structured = to_structured(written, JSONFormat())
    first = door.client.post(ACTIONS, content=structured.body, headers=developer() | structured.headers)
    assert (first.status_code, first.json()["repeated"]) == (201, False)
    binary = to_binary(written, JSONFormat())
    headers = developer() | {"Content-Type": "application/json"} | binary.headers
    again = door.client.post(ACTIONS, content=binary.body, headers=headers)
    assert (again.status_code, again.json()) == (200, first.json() | {"repeated": True})


def test_extensions_say_what_surrounds_the_act(door: Door) -> None:
    door.submitted()
    withdraw = event(
        "case.withdraw.v1",
        {"case_id": CASE},
        protectedmarking="CUI",
        time="2026-08-31T09:00:00-04:00",
        subject="believed by nobody",
    )
    answer = door.client.post(ACTIONS, json=withdraw, headers=developer() | STRUCTURED)
    assert answer.status_code == 201
    stored = json.loads(door.recorder.read(answer.json()["events"][0]["position"] - 1, 1)[0][2])
    assert stored["claimedtime"] == "2026-08-31T13:00:00.000000Z"
    assert stored["protectedmarking"] == "CUI"
    assert stored["subject"] == f"case-{CASE}"


@pytest.mark.parametrize(
    ("changed", "pointer"),
    [
        ({"specversion": "0.3"}, "/specversion"),
        ({"specversion": ...}, "/specversion"),
        ({"source": ...}, "/source"),
        ({"id": ...}, "/id"),
        ({"type": ...}, "/type"),
        ({"time": "yesterday"}, "/time"),
        ({"datacontenttype": "text/xml"}, "/datacontenttype"),
        ({"protectedmaking": "CUI"}, "/protectedmaking"),
        ({"claimed_at": "2026-01-01T00:00:00Z"}, ""),
        ({"data": ..., "data_base64": "e30="}, "/data"),
    ],
)
def test_an_event_that_is_not_one_is_pointed_at(open_door: Door, changed: dict[str, Any], pointer: str) -> None:
    said = {name: value for name, value in (ENROL | changed).items() if value is not ...}
    answer = open_door.client.post(ACTIONS, json=said, headers=developer() | STRUCTURED)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    assert pointer in {each["pointer"] for each in answer.json()["errors"]}


def test_if_match_and_ack_hold_for_one_event_and_are_refused_for_many(door: Door) -> None:
    door.submitted()
    accept = event("case.accept.v1", {"case_id": CASE})
    moved = door.client.post(ACTIONS, json=accept, headers=SECRETARIAT | STRUCTURED | {"If-Match": '"9"'})
    assert moved.status_code == 412
    many = door.client.post(ACTIONS, json=[accept], headers=SECRETARIAT | BATCH | {"If-Match": '"1"'})
    assert (many.status_code, many.json()["code"]) == (400, "parameter-wrong")


def test_a_batch_is_no_transaction_and_each_item_has_its_outcome(door: Door) -> None:
    wrong = event("case.accept.v1", {"case_id": CASE})
    broken = event("case.submit.v1", {"model": 1})
    answer = door.client.post(ACTIONS, json=[ENROL, SUBMIT, wrong, broken, 7, SUBMIT], headers=developer() | BATCH)
    assert answer.status_code == 200
    became = answer.json()
    assert [(each["index"], each["outcome"], each["status"]) for each in became] == [
        (0, "recorded", 201),
        (1, "recorded", 201),
        (2, "refused", 403),
        (3, "turned-away", 422),
        (4, "turned-away", 422),
        (5, "repeated", 200),
    ]
    assert became[2]["problem"]["code"] == "not-your-act"
    assert became[1]["id"] == SUBMIT["id"] == became[1]["receipt"]["command_id"]


def test_ids_and_markings_of_a_batch_stand_in_for_those_that_items_leave_out(door: Door) -> None:
    items = [{name: value for name, value in each.items() if name not in {"id", "marking"}} for each in (ENROL, SUBMIT)]
    batch = {"Docket-Batch-Id": named_id("batch"), "Docket-Marking": "UNCLASSIFIED"}
    first = door.client.post(ACTIONS, json=items, headers=developer() | BATCH | batch)
    assert [each["outcome"] for each in first.json()] == ["recorded", "recorded"]
    assert len({each["id"] for each in first.json()}) == 2
    query = f"?batch_id={named_id('batch')}&marking=UNCLASSIFIED"
    again = door.client.post(ACTIONS + query, content=lines(*items), headers=developer() | LINES)
    assert [each["outcome"] for each in outcomes(again.content)] == ["repeated", "repeated"]
    assert [each["id"] for each in outcomes(again.content)] == [each["id"] for each in first.json()]
    without = door.client.post(ACTIONS, json=items, headers=developer() | BATCH)
    assert [each["problem"]["code"] for each in without.json()] == ["marking-missing", "marking-missing"]


def test_each_line_acts_and_is_answered_by_a_line(door: Door) -> None:
    answer = door.client.post(
        ACTIONS, content=lines(ENROL, SUBMIT) + b"\n{\n" + lines(SUBMIT), headers=developer() | LINES
    )
    assert (answer.status_code, answer.headers["content-type"]) == (200, "application/x-ndjson")
    became = outcomes(answer.content)
    assert [each["outcome"] for each in became] == ["recorded", "recorded", "turned-away", "repeated"]
    assert [each["index"] for each in became] == [0, 1, 2, 3]


def test_half_a_last_line_does_not_act(door: Door) -> None:
    head = door.recorder.head()
    whole = lines(ENROL, SUBMIT)
    answer = door.client.post(ACTIONS, content=whole[:-1], headers=developer() | LINES)
    became = outcomes(answer.content)
    assert [each["outcome"] for each in became] == ["recorded", "turned-away"]
    assert "no end" in became[1]["problem"]["detail"]
    assert door.recorder.head() == head + 1


def test_a_line_that_is_too_long_ends_the_reading_and_says_so(door: Door) -> None:
    long = b'{"data": "' + b"x" * (MOST_OF_ONE + 10)
    answer = door.client.post(ACTIONS, content=lines(ENROL) + long, headers=developer() | LINES)
    became = outcomes(answer.content)
    assert [each["outcome"] for each in became] == ["recorded", "turned-away"]
    assert "Nothing behind it was read" in became[1]["problem"]["detail"]


def test_a_batch_that_is_no_array_or_no_json_is_422(open_door: Door) -> None:
    for raw in (b"{}", b"[", b"\xff"):
        answer = open_door.client.post(ACTIONS, content=raw, headers=developer() | BATCH)
        assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_plain_json_without_the_headers_of_binary_mode_is_415(open_door: Door) -> None:
    answer = open_door.client.post(ACTIONS, json={}, headers=developer())
    assert (answer.status_code, answer.json()["code"]) == (415, "media-type-unknown")
    assert "application/cloudevents+json" in answer.headers["accept"]


def test_a_header_of_binary_mode_is_percent_encoded_and_stands_once(open_door: Door) -> None:
    headers = developer() | {"Content-Type": "application/json", "ce-specversion": "1.0", "ce-data": "{}"}
    answer = open_door.client.post(ACTIONS, content=b"{}", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")
    bad = {name: value for name, value in headers.items() if name != "ce-data"} | {"ce-source": "%ff"}
    assert open_door.client.post(ACTIONS, content=b"{}", headers=bad).status_code == 422


def test_what_an_event_stands_for_is_the_same_wherever_it_comes_in() -> None:
    act = cloudevent.asked(strict_json.read(json.dumps(SUBMIT).encode()))  # type: ignore[arg-type]
    assert (act.id, act.marking, act.command.type) == (SUBMIT["id"], "UNCLASSIFIED", "case.submit.v1")
