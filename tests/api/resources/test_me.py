"""What somebody learns of themselves."""

from consumers.acts.intake import OFFERED
from tests.api.knocking import NSA, SECRETARIAT, Door, developer, named_id, office


def rights(door: Door, by: dict[str, str]) -> dict[str, dict[str, object]]:
    return {each["command"]: each for each in door.read("/v1/me", by).json()["rights"]}


def test_who_i_am_and_why_i_may_what(door: Door) -> None:
    said = door.read("/v1/me", NSA).json()
    assert (said["actor"], said["known"], said["posts"]) == ("office/nsa", True, [])
    mine = rights(door, NSA)
    assert set(mine) == set(OFFERED)
    assert mine["case.issue-determination.v1"]["code"] == "post-not-held"
    assert rights(door, office("gao", "G. Example"))["case.issue-determination.v1"]["code"] == "not-the-final-authority"
    assert mine["record.place-hold.v1"] == {
        "command": "record.place-hold.v1",
        "may": True,
        "authority": "POLICY:AUTHORITY-1",
        "post": None,
        "delegation": None,
        "signed": False,
    }


def test_a_post_that_i_hold_shows_with_what_belongs_to_it(door: Door) -> None:
    person = door.read("/v1/me", NSA).json()["person"]["id"]
    taken = {"office": "nsa", "post": "director", "holder": person, "holder_name": "N. Example"}
    assert door.act("office.assume-post.v1", SECRETARIAT, taken | {"assumed_on": "2026-06-02"}).status_code == 201
    assert door.read("/v1/me", NSA).json()["posts"] == ["director"]
    determines = rights(door, NSA)["case.issue-determination.v1"]
    assert (determines["may"], determines["post"], determines["authority"]) == (True, "director", "EO14409:3(a)")


def test_who_is_not_registered_or_enrolled_is_told_so(door: Door) -> None:
    stranger = door.read("/v1/me", developer(named_id("stranger"))).json()
    assert (stranger["known"], stranger["posts"]) == (False, [])
    unknown = door.read("/v1/me", office("astrology", "A. Example")).json()
    assert unknown["known"] is False
    assert {each["code"] for each in unknown["rights"]} == {"office-unknown"}
