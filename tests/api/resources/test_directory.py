"""Who holds which post, on what acts rest, and what was determined: now, and at any time before."""

from typing import Any

import pytest

from tests.api.knocking import (
    CASE,
    DEVELOPER,
    NSA,
    SECRETARIAT,
    Door,
    developer,
    digest,
    named_id,
    office,
)

DIRECTOR = office("nsa", "R. Example", person=named_id("director"))
PLAIN = office("treasury", clearance="clearance=UNCLASSIFIED")


def assume(door: Door, holder: str = named_id("director"), name: str = "R. Example") -> Any:
    data = {"office": "nsa", "post": "director", "holder": holder, "holder_name": name, "assumed_on": "2026-09-01"}
    return door.act("office.assume-post.v1", SECRETARIAT, data, protected_marking="CUI//PRVCY")


def reference(id: str) -> dict[str, Any]:
    return {"id": id, "version": 1, "digest": digest(id)}


def determine(door: Door, number: int = 1, **more: Any) -> Any:
    data = {
        "case_id": CASE,
        "determination_id": named_id("determination", number),
        "result": "warrants-additional-scrutiny",
        "standard": reference("STANDARD"),
        "threshold": reference("THRESHOLD"),
        "no_consultation_because": "It is a test.",
        "reasons": "What may be said.",
        "withheld_reasons": ["What may not."],
        **more,
    }
    return door.act("case.issue-determination.v1", DIRECTOR, data, protected_marking="CUI")


def test_offices_are_listed_with_who_holds_their_posts_and_a_name_for_those_who_may_see_it(door: Door) -> None:
    before = door.recorder.head()
    assert assume(door).status_code == 201
    nsa = door.read("/v1/offices/nsa", NSA).json()
    (assumption,) = nsa["parts"]["assumptions"]
    assert assumption["protected"] == {"holder_name": "R. Example"}
    posts = {post["post"]: post["holder"] for post in nsa["now"]["posts"]}
    assert posts["director"] == named_id("director")
    (hidden,) = door.read("/v1/offices/nsa", PLAIN).json()["parts"]["assumptions"]
    assert (hidden["protected"], hidden["withheld"]) == ({}, ["holder_name"])
    then = door.read("/v1/offices/nsa", NSA, as_of=before).json()
    assert then["parts"]["assumptions"] == []


def test_the_directory_is_found_by_what_its_entries_are(door: Door) -> None:
    door.enrolled()
    leads = door.read("/v1/offices", NSA, kind="lead").json()["items"]
    assert {"nsa", "dod", "dhs"} <= {each["office"] for each in leads}
    assert "oncd" not in {each["office"] for each in leads}
    assert [each["instrument"] for each in door.read("/v1/instruments", NSA).json()["items"]] == ["EO14409"]
    assert "AUTHORITY" in {each["policy"] for each in door.read("/v1/policies", NSA).json()["items"]}
    assert [each["now"]["name"] for each in door.read("/v1/participants", NSA).json()["items"]] == ["Acme"]
    assert door.read("/v1/participants", NSA, kind="operator").json()["items"] == []
    for path in ("/v1/offices?kind=king", "/v1/participants?takes_part=perhaps"):
        assert door.client.get(path, headers=NSA).status_code == 400


@pytest.mark.parametrize(
    "path", ["/v1/offices/nsa", "/v1/instruments/EO14409", "/v1/policies/AUTHORITY", f"/v1/participants/{DEVELOPER}"]
)
def test_one_entry_is_shown_with_its_parts_or_is_not_there(door: Door, path: str) -> None:
    door.enrolled()
    assert door.read(path, NSA).json()["parts"]
    absent = door.read(path.rpartition("/")[0] + "/none", NSA)
    assert (absent.status_code, absent.json()["code"]) == (404, "not-found")


def test_a_participant_finds_itself_alone(door: Door) -> None:
    door.enrolled()
    other = named_id("other developer")
    enrol = {"participant": other, "name": "Zenith", "kind": "developer"}
    assert door.act("participant.enrol.v1", developer(other), enrol).status_code == 201
    assert [each["now"]["name"] for each in door.read("/v1/participants", developer()).json()["items"]] == ["Acme"]
    assert door.read(f"/v1/participants/{other}", developer()).status_code == 404
    assert len(door.read("/v1/participants", NSA).json()["items"]) == 2


def test_entries_come_page_by_page(door: Door) -> None:
    found: list[str] = []
    path = "/v1/offices?limit=4"
    while path:
        page = door.client.get(path, headers=NSA)
        found += [each["office"] for each in page.json()["items"]]
        link = page.headers.get("link")
        path = link.partition(">")[0].removeprefix("<") if link else ""
    assert len(found) == len(set(found)) == len(door.read("/v1/offices", NSA, limit=1000).json()["items"])


def test_the_final_authority_is_told_with_what_stands_beside_it_now_and_as_it_was(door: Door) -> None:
    door.submitted()
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    assume(door)
    first = determine(door)
    assert first.status_code == 201, first.text
    door.clock.later(days=3)
    second = determine(
        door, 2, result="does-not-warrant", supersedes=named_id("determination", 1), ground="new-evidence"
    )
    assert second.status_code == 201, second.text
    now = door.read("/v1/final-authority", NSA).json()["items"]
    assert [(each["result"], each["in_force"]) for each in now] == [
        ("warrants-additional-scrutiny", False),
        ("does-not-warrant", True),
    ]
    assert now[0]["protected"] == {"withheld_reasons": ["What may not."]}
    for as_of in (str(first.json()["position"]), "2026-09-02T00:00:00Z"):
        (then,) = door.read("/v1/final-authority", NSA, as_of=as_of).json()["items"]
        assert (then["result"], then["in_force"]) == ("warrants-additional-scrutiny", True), as_of
    assert len(door.read("/v1/final-authority", NSA, in_force="true").json()["items"]) == 1
    plain = door.read("/v1/final-authority", PLAIN).json()["items"]
    assert [each["withheld"] for each in plain] == [["withheld_reasons"], ["withheld_reasons"]]
    assert "What may not." not in str(plain)
