"""Whoever looks is told what is owed, by them or by anybody, and what became of it; what is wrong is named."""

import re
from typing import Any

import pytest

from api.pages.values import label
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


def test_a_clock_of_a_consultation_says_on_what_and_of_whom_views_are_asked(door: Door) -> None:
    clock = next(
        each
        for each in door.read("/v1/clocks", GAO, owed="true", min_position=None).json()["items"]
        if each["what"] == "consultation"
    )
    (case,) = (each for each in cases(door) if each["case_id"] == clock["case_id"])
    assert clock["subject"] == f"case-{clock['case_id']}"
    waits = section(door.client.get("/", headers=office(clock["asked"][0])).text, "waits")
    row = next(each for each in waits.split("<tr") if f'data-key="{clock["stream"]}/' in each)
    assert f"{case['model']} {case['model_version']}" in row
    assert "asked of" in row
    assert all(f">{each}</a>" in row for each in clock["asked"])
    entries = door.client.get("/v1/clocks.ics", headers=GAO).text.replace("\r\n ", "")
    asked = "\\, ".join(clock["asked"])
    assert f"Consultation: {case['model']} {case['model_version']}\\, asked of {asked}" in entries


def test_what_ends_by_itself_is_counted_and_not_listed_as_if_somebody_owed_it(door: Door) -> None:
    clocks = door.read("/v1/clocks", GAO, owed="true", limit=1000, min_position=None).json()["items"]
    alone = [each for each in clocks if each["state"] == "running" and not each["waiting_for"]]
    assert alone
    shown = section(door.client.get("/", headers=GAO).text, "clocks")
    assert f'<p id="alone">{len(alone)} more end' in shown
    assert not any(f'data-key="{each["stream"]}/{each["what"]}/' in shown for each in alone)


def test_the_final_authority_record_says_what_was_asked_for_a_determination_and_what_of_its_case_beside(
    door: Door,
) -> None:
    issued = door.read("/v1/final-authority", GAO, min_position=None).json()["items"]
    shown = door.client.get("/authority", headers=GAO).text
    assert {each["no_consultation_because"] is None for each in issued} == {True, False}
    for each in issued:
        card = shown.partition(f'data-key="{each["determination_id"]}"')[2].partition("</article>")[0]
        assert ("It rests on none: " in card) is (each["no_consultation_because"] is not None)
        assert card.count("Its case was consulted on beside, by") == len(each["others_consulted"])


def test_a_report_on_clocks_counts_what_oversight_asked_for(door: Door) -> None:
    (table,) = door.read("/v1/reports/clocks", GAO, min_position=None).json()["tables"]
    asked = {row["heads"][1]: row["cells"] for row in table["rows"] if row["heads"][0] == "oversight"}
    requests = door.read("/v1/oversight", GAO, limit=1000, min_position=None).json()["items"]
    assert asked.keys() == {each["office"] for each in requests if each["due_at"]}
    missed = {each["office"] for each in requests if not each["now"]["productions"] + each["now"]["items_withheld"]}
    assert {office for office, cells in asked.items() if cells[1]["value"]} == missed


def test_names_that_somebody_wrote_are_shown_as_they_are_written() -> None:
    assert label("does-not-warrant", "Result") == "Does not warrant"
    assert label("mosaic-agents", "Model") == label("mosaic-agents", "Developer") == "mosaic-agents"
    assert label("ig-nsa", "Office") == "ig-nsa"
