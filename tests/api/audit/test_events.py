"""The record is asked over HTTP: filters together, in both directions, as a page or as a file, and what changed."""

import csv
import json
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest

from tests.api.conftest import opened, shared
from tests.api.knocking import (
    CASE,
    DEVELOPER,
    NSA,
    SECRETARIAT,
    START,
    Door,
    Hand,
    developer,
    digest,
    named_id,
    office,
    submission,
)

GAO = office("gao")
PLAIN = office("treasury", clearance="clearance=UNCLASSIFIED")
EVENTS = "/v1/audit/events"
PERSON = named_id("person")
COMMERCE = office("commerce", "C. Example", person=PERSON)


def told(door: Door, by: dict[str, str] = GAO, **query: Any) -> list[str]:
    answer = door.read(EVENTS, by, **query)
    assert answer.status_code == 200, answer.text
    return [each["type"] for each in answer.json()["items"]]


@pytest.fixture(scope="module")
def lived_once(founded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Door]:
    with opened(founded, tmp_path_factory.mktemp("lived") / "docket", Hand()) as door:
        yield live(door)


@pytest.fixture
def lived(lived_once: Door) -> Iterator[Door]:
    """The same for all who only ask."""
    with shared(lived_once) as door:
        yield door


def live(door: Door) -> Door:
    """A case with acts of several offices, one of them by a person who is known, and one that is refused."""
    door.submitted(protected_marking="CUI")
    door.clock.later(hours=3)
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    concern = {"case_id": CASE, "concern_id": named_id("concern"), "concern": "The borealis report worries us."}
    claimed = (door.clock.now - timedelta(days=9)).isoformat().replace("+00:00", "Z")
    assert (
        door.act("case.convey-concern.v1", COMMERCE, concern, protected_marking="CUI", claimed_at=claimed).status_code
        == 201
    )
    assert door.act("case.accept.v1", COMMERCE, {"case_id": CASE}).status_code == 403
    return door


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"case_id": CASE, "type": "case.*"}, ["case.submitted.v1", "case.accepted.v1", "case.concern-conveyed.v1"]),
        ({"type": ["case.accepted.v1", "action.*"]}, ["case.accepted.v1", "action.refused.v1"]),
        ({"office": "commerce"}, ["case.concern-conveyed.v1", "action.refused.v1"]),
        ({"participant": DEVELOPER, "type": "case.*"}, ["case.submitted.v1"]),
        ({"person": PERSON}, ["case.concern-conveyed.v1", "action.refused.v1"]),
        ({"person": PERSON, "text": "worries BOREALIS"}, ["case.concern-conveyed.v1"]),
        ({"behind": "P7D"}, ["case.concern-conveyed.v1"]),
        ({"behind": "P30D"}, []),
        ({"claimed_before": START.isoformat().replace("+00:00", "Z")}, ["case.concern-conveyed.v1"]),
        ({"command_id": named_id("act", 3)}, ["case.accepted.v1"]),
        ({"signed": "true"}, []),
        ({"case_id": CASE, "text": "acme-1"}, ["case.submitted.v1"]),
        (
            {
                "actor": "office/commerce",
                "simulated": "false",
                "late": "false",
                "text": "borealis",
                "marking": "UNCLASSIFIED",
            },
            ["case.concern-conveyed.v1"],
        ),
    ],
)
def test_filters_fit_together(lived: Door, asked: dict[str, Any], found: list[str]) -> None:
    assert told(lived, **asked) == found


def test_times_are_of_the_record_of_the_taking_in_and_of_what_was_claimed(lived: Door) -> None:
    later = (START + timedelta(hours=1)).isoformat().replace("+00:00", "Z")
    behind = ["case.accepted.v1", "case.concern-conveyed.v1", "action.refused.v1"]
    assert told(lived, recorded_from=later) == told(lived, taken_in_from=later) == behind
    assert told(lived, recorded_before=later, type="case.*") == ["case.submitted.v1"]
    assert told(lived, claimed_from=later) == []


@pytest.mark.parametrize(
    "asked",
    [
        {"actr": "office/nsa"},
        {"type": "case.unheard-of.v1"},
        {"type": "cas.*"},
        {"type": "*"},
        {"participant": "acme"},
        {"person": "somebody"},
        {"case_id": CASE.upper()},
        {"marking": "SECRET//"},
        {"attestation": "word of honour"},
        {"signed": "perhaps"},
        {"behind": "P2D"},
        {"claimed_from": "2026-09-01"},
        {"taken_in_before": "4"},
        {"text": "—"},
        {"text": ""},
        {"text": "x" * 401},
        {"order": "random"},
        {"format": "pdf"},
        {"count": "7"},
    ],
)
def test_what_has_no_form_or_no_meaning_is_a_400(open_door: Door, asked: dict[str, Any]) -> None:
    answer = open_door.read(EVENTS, GAO, **asked)
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong")


def test_a_match_in_what_is_withheld_is_no_match(lived: Door) -> None:
    for asked in ({"text": "borealis"}, {"person": PERSON}, {"text": "Example"}):
        answer = lived.read(EVENTS, PLAIN, case_id=CASE, type="case.concern-conveyed.v1", count=True, **asked)
        nothing = lived.read(EVENTS, PLAIN, case_id=CASE, type="case.concern-conveyed.v1", count=True, text="nowhere")
        assert answer.content == nothing.content
        assert answer.json()["count"] == {"events": 0, "more": False}
    assert told(lived, PLAIN, case_id=CASE, type="case.concern-conveyed.v1") == ["case.concern-conveyed.v1"]
    assert told(lived, developer(), text="borealis") == ["case.concern-conveyed.v1"], "a concern is conveyed to it"
    assert told(lived, developer(), person=PERSON) == [], "who conveyed it is not"
    assert told(lived, developer(named_id("other developer")), text="borealis") == []


def test_pages_go_in_both_directions_and_say_how_many_there_are(lived: Door) -> None:
    head = lived.recorder.head()
    everything = [each["position"] for each in lived.read(EVENTS, GAO, limit=1000).json()["items"]]
    assert everything == list(range(1, head + 1))
    for order, whole in (("oldest", everything), ("newest", everything[::-1])):
        found: list[int] = []
        path = f"{EVENTS}?order={order}&limit=40&count=true&min_position={head}"
        while path:
            answer = lived.client.get(path, headers=GAO)
            assert answer.json()["count"] == {"events": head, "more": False}
            found += [each["position"] for each in answer.json()["items"]]
            path = answer.links["next"]["url"] if "next" in answer.links else ""
        assert found == whole


def test_everything_goes_out_as_csv_in_which_nothing_begins_like_a_formula(door: Door) -> None:
    door.act(
        "participant.enrol.v1", developer(), {"participant": DEVELOPER, "name": "=HYPERLINK(1)", "kind": "developer"}
    )
    assert door.act("case.submit.v1", developer(), submission()).status_code == 201
    answer = door.read(EVENTS, GAO, format="csv", limit=1)
    assert answer.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(answer.text)))
    assert [int(each["position"]) for each in rows] == list(range(1, door.recorder.head() + 1))
    names = {each["actor_name"] for each in rows if each["type"] == "case.submitted.v1"}
    assert names == {"'=HYPERLINK(1)"}
    assert answer.text.count("\r\n") == len(rows) + 1
    assert rows[0]["recorded_at"] == "2026-09-01T14:00:00.000000Z"


def test_everything_goes_out_as_lines_of_json_as_a_page_has_it(lived: Door) -> None:
    answer = lived.read(EVENTS, GAO, format="ndjson", case_id=CASE, order="newest")
    assert answer.headers["content-type"].startswith("application/x-ndjson")
    items = lived.read(EVENTS, GAO, case_id=CASE, order="newest").json()["items"]
    assert [json.loads(line) for line in answer.text.splitlines()] == items != []
    assert lived.read(EVENTS, PLAIN, format="csv", marking="CUI").text.count("\r\n") == 1


def test_what_changed_between_two_positions(lived: Door) -> None:
    before = lived.recorder.head() - 3
    said = lived.read("/v1/audit/between", NSA, **{"from": before}).json()
    assert said["from"]["position"] == before
    assert said["until"]["position"] == lived.recorder.head()
    types = {each["name"]: each["count"] for each in said["happened"]["types"]}
    assert types == {"case.accepted.v1": 1, "case.concern-conveyed.v1": 1, "action.refused.v1": 1}
    actors = {each["name"]: each["count"] for each in said["happened"]["actors"]}
    assert actors == {"office/commerce": 2, "office/secretariat": 1}
    (change,) = said["cases"]
    assert (change["case_id"], change["before"]["phase"], change["after"]["phase"]) == (
        CASE,
        "under-review",
        "accepted",
    )
    assert [each["what"] for each in said["clocks"]["ended"]] == ["case-review"]
    assert said["clocks"]["started"] == said["determinations"]["issued"] == []


def test_what_changed_since_the_beginning_and_by_time_alone(door: Door) -> None:
    live(door)
    whole = door.read("/v1/audit/between", NSA, **{"from": 0}).json()
    assert whole["happened"]["count"] == door.recorder.head()
    (change,) = whole["cases"]
    assert change["before"] is None
    assert "case-review" in {each["what"] for each in whole["clocks"]["started"]}
    door.act("case.submit.v1", developer(), submission(digest("another")))
    now, later = (at.isoformat().replace("+00:00", "Z") for at in (door.clock.now, START + timedelta(days=60)))
    passed = door.read("/v1/audit/between", NSA, **{"from": now, "until": later}).json()
    assert passed["happened"]["count"] == 0
    assert "case-review" in {each["what"] for each in passed["clocks"]["ended"]}
    assert [each["before"]["phase"] for each in passed["cases"]] == ["under-review"]


def test_what_changed_is_told_as_far_as_it_may_be_seen(door: Door) -> None:
    door.enrolled()
    before = door.recorder.head()
    door.act("case.submit.v1", developer(), submission(), marking="CUI")
    hidden = door.read("/v1/audit/between", PLAIN, **{"from": before}).json()
    assert (hidden["happened"]["count"], hidden["cases"], hidden["clocks"]["started"]) == (0, [], [])
    assert "withheld" not in hidden
    auditor = office("gao", clearance="clearance=UNCLASSIFIED")
    assert door.read("/v1/audit/between", auditor, **{"from": before}).json()["withheld"] is True
    assert door.read("/v1/audit/between", NSA, **{"from": before}).json()["happened"]["count"] == 2


@pytest.mark.parametrize(
    ("asked", "status"),
    [
        ({}, 400),
        ({"from": "yesterday"}, 400),
        ({"from": 5, "until": 4}, 400),
        ({"from": 0, "until": 9_999}, 409),
        ({"from": 0, "since": 4}, 400),
    ],
)
def test_what_cannot_be_compared_is_said(open_door: Door, asked: dict[str, Any], status: int) -> None:
    assert open_door.read("/v1/audit/between", NSA, **asked).status_code == status
