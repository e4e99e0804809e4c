"""Anybody reads the criteria, compares versions and walks through them; nobody is asked who they are."""

from typing import Any

import pytest

from tests.api.knocking import Door, office

PATH = "/v1/criteria/EARLY-LOOK"


@pytest.fixture
def door(told_door: Door) -> Door:
    return told_door


def read(door: Door, path: str, **query: Any) -> Any:
    answer = door.client.get(path, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def check(door: Door, **said: Any) -> Any:
    return door.client.post(f"{PATH}/self-check", json=said)


def test_criteria_are_read_by_somebody_of_whom_nothing_is_known(door: Door) -> None:
    (listed,) = read(door, "/v1/criteria")["items"]
    assert (listed["now"]["in_force"]["version"], listed["now"]["announced"]) == (2, [])
    assert listed["now"]["in_force"]["withheld_count"] == 1, "named as withheld"
    then = read(door, PATH, on="2026-10-01")["now"]
    assert (then["in_force"]["version"], then["announced"]) == (1, [2])
    assert read(door, PATH, on="2026-11-02")["now"]["in_force"]["version"] == 2, "from that day on"
    assert read(door, PATH, on="2026-11-01")["now"]["in_force"]["version"] == 1
    assert read(door, PATH, on="2026-06-01")["now"]["in_force"] is None
    assert door.client.get("/v1/criteria/NONE").status_code == 404
    assert door.client.get("/v1/cases").status_code == 401, "and nothing else is"


def test_two_versions_are_compared(door: Door) -> None:
    said = read(door, f"{PATH}/diff", **{"from": 1, "to": 2})
    (changed,) = said["changed"]
    assert (changed["before"]["question"], changed["after"]["question"]) == (
        "Does it act by itself for more than a day?",
        "Does it act by itself for more than an hour?",
    )
    assert (said["added"], said["removed"], said["process_before"]) == ([], [], None)
    assert (said["withheld_before"], said["withheld_after"]) == (2, 1)
    assert door.client.get(f"{PATH}/diff", params={"from": 1, "to": 3}).status_code == 404
    assert read(door, f"{PATH}/diff") == said, "the last change is what somebody asks for who names none"
    assert door.client.get(f"{PATH}/diff", params={"from": 0}).status_code == 400


def test_a_walk_says_where_it_leads_and_leaves_no_trace(door: Door) -> None:
    head, logged = door.recorder.head(), len(door.log.entries)
    answer = check(door, answers={"exploits": "no", "scale": "yes"})
    said = answer.json()
    assert [(each["factor"], each["answered"]) for each in said["path"]] == [
        ("exploits", "no"),
        ("scale", "yes"),
        ("agents", "unknown"),
    ]
    assert (said["pointer"], said["version"], said["withheld_count"]) == ("ask-the-offices", 2, 1)
    assert "no determination" in said["notice"]
    assert answer.headers["cache-control"] == "no-store"
    assert (door.recorder.head(), len(door.log.entries)) == (head, logged)
    assert check(door, version=1, answers={"exploits": "yes"}).json()["pointer"] == "likely-to-be-looked-at"


@pytest.mark.parametrize(
    ("said", "status"),
    [
        ({"answers": {"exploits": "perhaps"}}, 422),
        ({"answers": {"colour": "yes"}}, 422),
        ({"answers": ["yes"]}, 422),
        ({"name": "Somebody"}, 422),
        ({"version": 3}, 404),
        ({"version": "2"}, 422),
    ],
)
def test_what_cannot_be_walked_is_answered_clearly(door: Door, said: Any, status: int) -> None:
    answer = door.client.post(f"{PATH}/self-check", json=said)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "application/problem+json")


def test_a_body_that_is_no_json_or_too_long_is_turned_away(door: Door) -> None:
    assert (
        door.client.post(f"{PATH}/self-check", content=b"{", headers={"content-type": "text/plain"}).status_code == 415
    )
    assert check(door, answers={"x" * 70_000: "yes"}).status_code == 413


def test_oversight_sees_the_notice_of_a_change_run(door: Door) -> None:
    clocks = door.read(
        "/v1/clocks", office("gao"), as_of="2026-10-01T12:00:00Z", before="2026-12-01T00:00:00Z", limit=1000
    )
    (notice,) = [each for each in clocks.json()["items"] if each["what"] == "criteria-notice"]
    assert (notice["about"], notice["ends_at"], notice["state"]) == (
        "EARLY-LOOK",
        "2026-10-22T04:00:00.000000Z",
        "running",
    )
