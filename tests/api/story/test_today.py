"""Whoever looks is told what is owed, by them or by anybody, and what became of it; what is wrong is named."""

import re
from typing import Any

import pytest

from tests.api.knocking import Door, office

GAO = office("gao", clearance='clearance="CUI//TLP:RED"; cui=all; audiences=all', roles="oversight")
TREASURY = office("treasury", clearance='clearance="CUI//TLP:RED"; cui=all; audiences=all')


@pytest.fixture
def door(told_door: Door) -> Door:
    return told_door


def section(text: str, name: str) -> str:
    found = re.search(rf'<section aria-labelledby="{name}">.*?</section>', text, re.DOTALL)
    assert found is not None, name
    return found[0]


def fact(text: str, name: str) -> str:
    found = re.search(rf'<dd id="{name}">(.*?)</dd>|<dt>{name}</dt><dd>(.*?)</dd>', text, re.DOTALL)
    assert found is not None, name
    return re.sub("<[^>]+>", "", found[1] or found[2])


def cases(door: Door) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = door.read("/v1/cases", GAO, limit=1000, min_position=None).json()["items"]
    return items


def test_what_is_owed_stays_until_it_is_done_though_its_passing_is_recorded(door: Door) -> None:
    def clocks(**asked: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = door.client.get("/v1/clocks", headers=GAO, params=asked).json()["items"]
        return found

    owed = [each for each in clocks(owed="true") if each["state"] == "recorded"]
    assert {each["what"] for each in owed} >= {"oversight", "tasking"}
    assert all(each["waiting_for"] for each in owed)
    assert not any(each["state"] == "recorded" for each in clocks())
    (late,) = [each for each in owed if each["what"] == "oversight" and "treasury" in each["waiting_for"]]
    waits = section(door.client.get("/", headers=TREASURY).text, "waits")
    assert late["stream"].removeprefix("oversight-") in waits
    passed = section(door.client.get("/", headers=GAO).text, "passed")
    assert "Recorded" in passed or "recorded" in passed
    assert "<td>–</td>" not in passed, "nobody can act any more"


def test_a_case_says_that_access_was_opened_and_closed_before_its_time(door: Door) -> None:
    closed = [
        each["case_id"]
        for each in cases(door)
        if (access := each["now"]["access"]) and not access["open"] and not access["ended"]
    ]
    assert closed
    for each in closed:
        assert fact(door.client.get(f"/cases/{each}", headers=GAO).text, "Access").startswith("Closed; opened ")


def test_whoever_did_not_concur_disagreed(door: Door) -> None:
    against = {
        each["case_id"]: office["office"]
        for each in cases(door)
        for consultation in each["now"]["consultations"]
        for office in consultation["offices"]
        if office.get("view") == "non-concur"
    }
    assert against
    for case_id, who in against.items():
        assert who in fact(door.client.get(f"/cases/{case_id}", headers=GAO).text, "disagreed")


@pytest.mark.parametrize(
    ("clearance", "said"),
    [
        ('clearance="UNCLASSIFIED"', "cleared for UNCLASSIFIED, no CUI, TLP:CLEAR"),
        ('clearance="CUI"', "cleared for UNCLASSIFIED, CUI without a category, TLP:CLEAR"),
        ('clearance="CUI//SP-CTI"', "cleared for UNCLASSIFIED, CUI of 1 category, TLP:CLEAR"),
    ],
)
def test_what_somebody_is_cleared_for_is_said_as_it_is(door: Door, clearance: str, said: str) -> None:
    assert said in door.client.get("/", headers=office("treasury", clearance=clearance)).text


@pytest.mark.parametrize(("address", "parameter"), [("/audit?after=abc", "after"), ("/cases?phase=nothing", "phase")])
def test_a_page_that_cannot_be_names_what_is_wrong_in_its_address(door: Door, address: str, parameter: str) -> None:
    answer = door.client.get(address, headers=GAO)
    assert answer.status_code == 400
    assert f"<li>{parameter}: " in answer.text
