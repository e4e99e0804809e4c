"""Over HTTP: which text is in force, who signed it and who did not, and which cases stand under which version."""

from typing import Any

import pytest

from tests.api.knocking import DEVELOPER, Door, developer, office

OFFICE = office("gao")
UNCLEARED = office("omb", clearance="clearance=UNCLASSIFIED")
FIVE = ["dod", "commerce", "dhs", "treasury", "nsa"]


@pytest.fixture
def door(told_door: Door) -> Door:
    return told_door


def read(door: Door, path: str, by: dict[str, str] = OFFICE, **query: Any) -> Any:
    answer = door.read(path, by, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_a_standard_shows_every_text_of_it_and_who_signed_which(door: Door) -> None:
    standard = read(door, "/v1/standards/STANDARD-CYBER")
    first, second = standard["parts"]["texts"]
    assert (first["voided"], second["voided"]) == ([], ["dod", "commerce", "nsa"])
    assert standard["now"]["proposed"] is None
    assert (standard["now"]["in_force"]["digest"], standard["now"]["in_force"]["signed"]) == (second["digest"], FIVE)
    (withheld,) = standard["parts"]["withholdings"]
    assert (withheld["office"], [*withheld["protected"]]) == ("dhs", ["reasons"])
    (hidden,) = read(door, "/v1/standards/STANDARD-CYBER", UNCLEARED)["parts"]["withholdings"]
    assert (hidden["protected"], hidden["withheld"]) == ({}, ["reasons"])


def test_who_has_not_signed_yet_is_silent_as_of_then(door: Door) -> None:
    withheld = read(door, "/v1/standards/STANDARD-CYBER")["parts"]["withholdings"][0]["position"]
    then = read(door, "/v1/standards/STANDARD-CYBER", as_of=withheld)["now"]
    assert then["in_force"] is None
    signing = then["proposed"]
    assert (signing["signed"], signing["withheld"], signing["silent"]) == (
        ["dod", "commerce", "nsa"],
        ["dhs"],
        ["treasury"],
    )


def test_a_threshold_is_superseded_and_what_was_determined_under_it_stays(door: Door) -> None:
    first, second = read(door, "/v1/thresholds/THRESHOLD-CYBER")["now"]["versions"]
    assert (first["in_force"], first["superseded_by"], first["consultation_missing"]) == (False, 2, True)
    assert (second["in_force"], second["consultation_missing"]) == (True, False)
    under_the_first = read(door, "/v1/cases", threshold="THRESHOLD-CYBER@1", limit=1000)["items"]
    assert under_the_first, "they were determined before there was a second"


def test_open_cases_are_found_by_the_version_that_they_stand_under(door: Door) -> None:
    def cases(**query: Any) -> set[str]:
        return {case["case_id"] for case in read(door, "/v1/cases", limit=1000, **query)["items"]}

    first, second = (cases(threshold=f"THRESHOLD-CYBER@{version}") for version in (1, 2))
    assert first
    assert second
    assert cases(threshold="THRESHOLD-CYBER") == first | second
    assert cases(threshold="THRESHOLD-CYBER@1", open=True) == first & cases(open=True) < first
    assert cases(standard="STANDARD-CYBER@2") == cases(standard="ANOTHER") == set()
    assert door.read("/v1/cases", OFFICE, standard="STANDARD-CYBER@one").status_code == 400


def test_the_framework_is_everybodys_and_standards_and_thresholds_stay_among_offices(door: Door) -> None:
    somebody = developer(DEVELOPER)
    (framework,) = read(door, "/v1/frameworks", somebody)["items"]
    assert framework["now"]["in_force"]["version"] == 1
    assert read(door, "/v1/frameworks/FRAMEWORK", somebody)["parts"]["withholdings"] == []
    assert read(door, "/v1/standards", somebody)["items"] == read(door, "/v1/thresholds", somebody)["items"] == []
    assert door.read("/v1/standards/STANDARD-CYBER", somebody).status_code == 404
