"""Duties are read over HTTP: one, many, counted; now, and as they were."""

import json
from typing import Any

import pytest

from api.cli.taskings import run as print_them
from domain import wire
from domain.founding import taskings
from tests.api.knocking import DEVELOPER, NSA, SECRETARIAT, Door, developer, digest, office

TREASURY, OMB = office("treasury"), office("omb")
PLAIN = office("gao", clearance="clearance=UNCLASSIFIED")
CODE = "EO14409-2-D"


def assigned(door: Door, *codes: str) -> None:
    for duty in taskings():
        if duty.tasking in codes:
            said = {name: value for name, value in json.loads(wire.canonical(duty)).items() if name != "type"}
            answer = door.act("tasking.assign.v1", SECRETARIAT, said)
            assert answer.status_code == 201, answer.text


def claim(door: Door, code: str = CODE, by: Any = TREASURY) -> Any:
    proof = {"digest": digest("proof"), "holder": "Treasury", "marking": "CUI", "media_type": "text/plain"}
    data = {"tasking": code, "evidence": [proof], "statement": "It is formed."}
    return door.act("tasking.claim-completion.v1", by, data, protected_marking="CUI")


def test_a_duty_is_read_with_the_words_of_the_order_and_all_that_happened(door: Door) -> None:
    assigned(door, CODE)
    before = door.recorder.head()
    assert claim(door).status_code == 201
    told = door.read(f"/v1/taskings/{CODE}", NSA).json()
    (assignment,) = told["parts"]["assignments"]
    assert "AI cybersecurity clearinghouse" in assignment["protected"]["words"]
    assert told["now"]["due_at"] == "2026-07-03T04:00:00.000000Z"
    assert told["now"]["state"] == "claimed"
    assert told["parts"]["claims"][0]["protected"] == {"statement": "It is formed."}
    (hidden,) = door.read(f"/v1/taskings/{CODE}", PLAIN).json()["parts"]["claims"]
    assert (hidden["protected"], hidden["withheld"]) == ({}, ["statement"])
    assert door.read(f"/v1/taskings/{CODE}", NSA, as_of=before).json()["now"]["state"] == "open"
    assert door.read("/v1/taskings/NONE", NSA).status_code == 404


def test_only_another_office_verifies(door: Door) -> None:
    assigned(door, CODE)
    claim(door)
    own = door.act("tasking.verify-completion.v1", TREASURY, {"tasking": CODE})
    assert (own.status_code, own.json()["code"]) == (403, "verified-by-lead")
    assert door.act("tasking.verify-completion.v1", OMB, {"tasking": CODE}).status_code == 201
    now = door.read(f"/v1/taskings/{CODE}", NSA).json()["now"]
    assert (now["state"], now["verified_by"], now["late"]) == ("verified", "omb", True)


def test_duties_are_filtered_and_counted(door: Door) -> None:
    assigned(door, CODE, "EO14409-2-F", "EO14409-4", "EO14409-3-A")
    claim(door)

    def found(**query: Any) -> set[str]:
        return {each["tasking"] for each in door.read("/v1/taskings", NSA, **query).json()["items"]}

    assert found() == {CODE, "EO14409-2-F", "EO14409-4", "EO14409-3-A"}
    assert found(section="EO14409:2(f)") == {"EO14409-2-F"}
    assert found(lead="treasury") == {CODE, "EO14409-3-A"}
    assert found(state="claimed") == {CODE}
    assert found(overdue="true") == {"EO14409-2-F", "EO14409-3-A"}
    assert found(due_before="2026-07-04T00:00:00Z") == {CODE}
    rollup = door.client.get("/v1/taskings/rollup?by=office", headers=NSA).json()
    counted = {each["key"]: each for each in rollup["items"]}
    assert (counted["treasury"]["assigned"]["count"], counted["treasury"]["claimed"]["count"]) == (2, 1)
    (event,) = counted["treasury"]["claimed"]["events"]
    assert door.read(f"/v1/audit/events/{event}", NSA).json()["event"]["type"] == "tasking.completion-claimed.v1"
    assert {each["key"] for each in door.read("/v1/taskings/rollup", NSA).json()["items"]} >= {"EO14409:4"}
    for wrong in ("state=lost", "due_before=soon", "kind=none"):
        assert door.client.get(f"/v1/taskings?{wrong}", headers=NSA).status_code == 400
    assert door.client.get("/v1/taskings/rollup?by=colour", headers=NSA).status_code == 400


def test_a_developer_is_shown_no_duty(door: Door) -> None:
    door.enrolled()
    assigned(door, CODE)
    assert door.read("/v1/taskings", developer(DEVELOPER)).json()["items"] == []
    assert door.read("/v1/taskings/rollup", developer(DEVELOPER)).json()["items"] == []
    assert door.read(f"/v1/taskings/{CODE}", developer(DEVELOPER)).status_code == 404


def test_the_order_s_duties_are_printed_as_acts_that_take_effect_once(
    door: Door, capsys: pytest.CaptureFixture[str]
) -> None:
    print_them()
    lines = capsys.readouterr().out
    headers = SECRETARIAT | {"content-type": "application/x-ndjson"}
    for expected in ("recorded", "repeated"):
        answers = door.client.post("/v1/actions", content=lines, headers=headers).text.splitlines()
        assert [json.loads(each)["outcome"] for each in answers] == [expected] * len(taskings())
    assert len(door.read("/v1/taskings", NSA).json()["items"]) == len(taskings())
