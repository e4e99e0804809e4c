"""Whom a vulnerability may concern is suggested to offices by what is known of operators, and is so when confirmed."""

from typing import Any

import pytest

from domain.events.vulnerability import Affected, MatchedBy
from domain.values import ParticipantId
from projections.clearinghouse.suggestions import concerns
from projections.clearinghouse.uses import Use
from tests.api.knocking import Door, developer, named_id, office

TREASURY = office("treasury", "T. Example")
NARROW = office("dhs", "N. Example", clearance='clearance="UNCLASSIFIED//TLP:GREEN"')
CLEARED = 'clearance="CUI//TLP:RED"; cui=all'
WATER, BANK = ParticipantId(named_id("water")), ParticipantId(named_id("bank"))
GREEN, AMBER = "UNCLASSIFIED//TLP:GREEN", "UNCLASSIFIED//TLP:AMBER"
REQUESTS = {"vendor": None, "product": "requests", "package": "pkg:pypi/requests", "cpe": None}


def enrolled(door: Door) -> None:
    for id, name, sector in ((WATER, "Prairie Water", "water"), (BANK, "Plains Bank", "finance")):
        by = developer(id, CLEARED)
        door.act("participant.enrol.v1", by, {"participant": id, "name": name, "kind": "operator"})
        door.act("participant.declare-sectors.v1", by, {"participant": id, "sectors": [sector]})


def report(door: Door, name: str, *, marking: str = GREEN, **more: Any) -> str:
    id = named_id(name)
    data = {"vulnerability_id": id, "reporter": named_id("me"), "title": f"Invented: {name}", **more}
    answer = door.act("vulnerability.report.v1", TREASURY, data, marking=marking)
    assert answer.status_code == 201, answer.text
    return id


def confirm(door: Door, id: str, operator: str, by: str, on: str, *, marking: str = GREEN) -> None:
    for verb in ("acknowledge", "validate", "accept"):
        door.act(f"vulnerability.{verb}.v1", TREASURY, {"vulnerability_id": id}, marking=marking)
    data = {"vulnerability_id": id, "operator": operator, "matched_by": by, "matched_on": on}
    answer = door.act("vulnerability.match-operator.v1", TREASURY, data, marking=marking)
    assert answer.status_code == 201, answer.text


def suggested(door: Door, id: str, by: dict[str, str] = TREASURY) -> list[tuple[str, str, str, bool]]:
    found = door.read(f"/v1/clearinghouse/{id}/suggestions", by)
    assert found.status_code == 200, found.text
    names = ("name", "matched_by", "matched_on", "confirmed")
    return [tuple(each[name] for name in names) for each in found.json()["operators"]]


def test_operators_of_the_sector_are_suggested_until_one_is_confirmed(door):
    enrolled(door)
    id = report(door, "first", sectors=["water"])
    assert suggested(door, id) == [("Prairie Water", "sector", "water", False)]
    confirm(door, id, WATER, "sector", "water")
    assert suggested(door, id) == [("Prairie Water", "sector", "water", True)]


def test_what_an_operator_was_confirmed_to_use_is_suggested_for_the_next(door):
    enrolled(door)
    first = report(door, "first")
    confirm(door, first, BANK, "package", "pkg:pypi/requests@2.30.0")
    second = report(door, "second", affected=[REQUESTS | {"versions": ["vers:pypi/>=2.3.0|<2.31.0"]}])
    later = report(door, "later", affected=[REQUESTS | {"versions": ["vers:pypi/>=2.31.0|<2.32.0"]}])
    assert suggested(door, second) == [("Plains Bank", "package", "pkg:pypi/requests@2.30.0", False)]
    assert suggested(door, later) == []


def test_a_match_that_a_reader_may_not_see_suggests_nothing_to_it(door):
    enrolled(door)
    first = report(door, "first", marking=AMBER)
    confirm(door, first, BANK, "package", "pkg:pypi/requests", marking=AMBER)
    second = report(door, "second", affected=[REQUESTS | {"versions": []}])
    assert suggested(door, second) == [("Plains Bank", "package", "pkg:pypi/requests", False)]
    assert suggested(door, second, NARROW) == []


def test_other_reports_of_the_same_name_are_suggested(door):
    first = report(door, "first", aliases=["CVE-2026-0001"])
    second = report(door, "second", aliases=["EWC-77", "cve-2026-0001"])
    found = door.read(f"/v1/clearinghouse/{second}/suggestions", TREASURY).json()["same_as"]
    assert found == [{"vulnerability_id": first, "alias": "cve-2026-0001"}]


def test_suggestions_are_for_offices(door):
    enrolled(door)
    id = named_id("own")
    data = {"vulnerability_id": id, "reporter": named_id("me"), "title": "Invented", "sectors": ["water"]}
    door.act("vulnerability.report.v1", developer(BANK, CLEARED), data, marking=GREEN)
    assert door.read(f"/v1/clearinghouse/{id}", developer(BANK, CLEARED)).status_code == 200
    assert door.read(f"/v1/clearinghouse/{id}/suggestions", developer(BANK, CLEARED)).status_code == 404


@pytest.mark.parametrize(
    ("affected", "by", "on", "so"),
    [
        ({"package": "pkg:pypi/Requests"}, "package", "pkg:pypi/requests", True),
        ({"package": "pkg:pypi/requests"}, "package", "pkg:npm/requests", False),
        ({"package": "no purl"}, "package", "no purl", True),
        ({"cpe": "cpe:2.3:o:fortinet:fortimanager:7.4.0:*:*:*:*:*:*:*"}, "cpe", "cpe:/o:fortinet:fortimanager", True),
        (
            {"cpe": "cpe:2.3:o:fortinet:fortimanager:7.4.0:*:*:*:*:*:*:*"},
            "cpe",
            "cpe:2.3:o:fortinet:fortimanager:7.6.0:*:*:*:*:*:*:*",
            False,
        ),
        ({"cpe": "cpe:/o:fortinet:fortios"}, "cpe", "cpe:/o:fortinet:fortimanager", False),
        ({"vendor": "Acme", "product": "Pump"}, "product", "acme pump", True),
        ({"vendor": "Acme", "product": "Pump"}, "product", "Pump", True),
        ({"vendor": "Acme", "product": "Pump"}, "product", "Valve", False),
        ({"vendor": "Acme", "product": "Pump"}, "sector", "water", False),
    ],
)
def test_a_use_is_compared_by_what_it_goes_by(affected, by, on, so):
    said = {"vendor": None, "product": None, "package": None, "cpe": None, "versions": ()} | affected
    assert concerns(Affected(**said), Use(matched_by=MatchedBy(by), matched_on=on)) is so
