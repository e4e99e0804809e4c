"""A calendar program reads what its owner may see now, at an address that nobody can guess and that nothing tells."""

from typing import Any

import jsonschema_rs
import pytest

from api.calendars.kept import MOST
from api.identity import Unauthenticated
from domain import wire
from tests.api.knocking import NSA, SECRETARIAT, Door, office
from tests.api.subscriptions.conftest import UNREADABLE, Delivering, Opens

GAO = office("gao", "G. Example")
CUI = "CUI//SP-PROPIN"


@pytest.fixture
def open_door(opens: Opens) -> Delivering:
    return opens()


def make(door: Door, by: dict[str, str] = NSA, **asked: Any) -> dict[str, Any]:
    answer = door.client.post("/v1/calendars", json={"label": "A telephone", **asked}, headers=by)
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def own(door: Door, by: dict[str, str] = NSA) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = door.client.get("/v1/calendars", headers=by).json()["items"]
    return found


def clocked(door: Door, marking: str = "UNCLASSIFIED") -> None:
    """A case whose clock runs."""
    assert door.submitted(marking=marking).status_code == 201
    door.read("/v1/clocks", NSA)


def test_an_address_shows_what_its_owner_sees_and_is_told_once(open_door: Delivering) -> None:
    door = open_door.door
    clocked(door)
    made = make(door, days=30)
    (listed,) = own(door)
    assert {name: value for name, value in made.items() if name != "path"} == listed
    assert own(door, SECRETARIAT) == own(door, office("nsa", "Somebody Else")) == []
    answer = door.client.get(made["path"])
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/calendar; charset=utf-8")
    assert answer.content == door.client.get("/v1/clocks.ics", headers=NSA).content
    assert b"BEGIN:VEVENT" in answer.content
    assert answer.headers["cache-control"] == "private, no-cache"
    assert answer.headers["referrer-policy"] == "no-referrer"
    again = door.client.get(made["path"], headers={"If-None-Match": answer.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert (listed["used_at"], own(door)[0]["used_at"] is None) == (None, False)
    components = door.client.get("/openapi.json").json()["components"]
    for value, name in ((made, "CalendarWithPath"), (own(door)[0], "Calendar")):
        schema = {"$ref": f"#/components/schemas/{name}", "components": components}
        jsonschema_rs.validate(schema, value, validate_formats=True)


def test_it_shows_nothing_that_is_marked_whoever_its_owner_is(open_door: Delivering) -> None:
    door = open_door.door
    clocked(door, CUI)
    path = make(door)["path"]
    assert b"BEGIN:VEVENT" in door.client.get("/v1/clocks.ics", headers=NSA).content
    answer = door.client.get(path)
    assert (answer.status_code, b"BEGIN:VEVENT" in answer.content) == (200, False)


def test_it_shows_no_more_than_its_owner_may_see_when_it_is_read(open_door: Delivering) -> None:
    door = open_door.door
    clocked(door)
    path = make(door)["path"]
    assert b"BEGIN:VEVENT" in door.client.get(path).content
    open_door.roster.now(NSA, 'office/nsa; name="N. Example"; clearance="CUI"; needs="lease"')
    answer = door.client.get(path)
    assert (answer.status_code, b"BEGIN:VEVENT" in answer.content) == (200, False)


def test_it_is_no_address_once_its_owner_is_not_known_any_more_or_is_somebody_else(open_door: Delivering) -> None:
    door = open_door.door
    for means in (Unauthenticated("gone"), 'office/nsa; name="Another Example"; clearance="SECRET"'):
        path = make(door)["path"]
        open_door.roster.now(NSA, means)
        assert door.client.get(path).json()["code"] == "not-found"
        open_door.roster.changed.clear()
        assert (door.client.get(path).status_code, own(door)) == (404, []), "what has ended stays ended"


def test_nothing_is_told_and_nothing_ends_while_nobody_can_say_who_the_owner_is(open_door: Delivering) -> None:
    door = open_door.door
    path = make(door)["path"]
    open_door.roster.now(NSA, UNREADABLE)
    assert door.client.get(path).json()["code"] == "identity-unavailable"
    open_door.roster.changed.clear()
    assert door.client.get(path).status_code == 200


def test_its_owner_takes_it_back_and_it_ends_by_itself(open_door: Delivering) -> None:
    door = open_door.door
    first, second = make(door, days=1), make(door)
    assert door.client.delete(f"/v1/calendars/{first['id']}", headers=SECRETARIAT).status_code == 404
    door.clock.later(days=1)
    assert [door.client.get(each["path"]).status_code for each in (first, second)] == [404, 200]
    assert door.client.delete(f"/v1/calendars/{second['id']}", headers=NSA).status_code == 204
    assert door.client.delete(f"/v1/calendars/{second['id']}", headers=NSA).status_code == 404
    assert (door.client.get(second["path"]).status_code, own(door)) == (404, [])
    for _ in range(MOST):
        make(door)
    refused = door.client.post("/v1/calendars", json={}, headers=NSA)
    assert (refused.status_code, refused.json()["code"]) == (409, "calendars-too-many")


@pytest.mark.parametrize(
    "asked", [{"days": 0}, {"days": 367}, {"days": "1"}, {"label": ""}, {"label": "x" * 101}, {"x": 1}]
)
def test_what_is_asked_for_has_its_form(open_door: Delivering, asked: dict[str, Any]) -> None:
    answer = open_door.door.client.post("/v1/calendars", json=asked, headers=NSA)
    assert (answer.status_code, answer.json()["code"]) == (422, "malformed")


def test_no_log_no_figure_and_no_ledger_has_the_address(open_door: Delivering) -> None:
    """The ledger of what oversight reads is for good: it says which calendar was read, and not where."""
    door = open_door.door
    clocked(door, "UNCLASSIFIED//TLP:CLEAR")
    made = make(door, GAO)
    secret = made["path"].removeprefix("/calendar/").removesuffix(".ics")
    assert len(secret) >= 43
    assert door.client.get(made["path"]).status_code == 200
    missing = secret[::-1]
    assert door.client.get(f"/calendar/{missing}.ics").status_code == 404
    readings = door.docket.readings.recorder
    kept = [
        wire.load(document, readings.disclosures([position]).get(position, ()))
        for position, _, document in readings.read(0, readings.head())
    ]
    asked = [each.event.asked for each in kept if each.event.type == "reading.recorded.v1"]
    assert f"GET /calendar/{made['id']}" in asked
    everything = (asked, door.log.entries, door.client.get("/metrics").text, own(door, GAO))
    assert not any(word in repr(each) for word in (secret, missing) for each in everything)
    assert {each.get("why") for each in door.log.entries} >= {"no address of a calendar"}
    stored = b"".join(file.read_bytes() for file in door.folder.glob("apart.db*"))
    assert secret.encode() not in stored
    assert made["id"].encode() in stored
