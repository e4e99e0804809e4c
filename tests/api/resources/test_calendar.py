"""A calendar program shows each clock that its reader may know of, and strikes out what was stopped."""

import json
from datetime import UTC, datetime
from typing import Any

import feedparser
import vobject

from tests.api.knocking import CASE, NSA, SECRETARIAT, Door, developer, named_id, office

UNCLEARED = office("treasury", "U. Example", clearance='clearance="UNCLASSIFIED"')


def entries(door: Door, by: dict[str, str]) -> dict[str, Any]:
    answer = door.read("/v1/clocks.ics", by)
    assert (answer.status_code, answer.headers["content-type"].partition(";")[0]) == (200, "text/calendar")
    return {each.uid.value: each for each in getattr(vobject.readOne(answer.text), "vevent_list", [])}


def test_each_clock_has_one_entry_that_ends_cancelled_when_the_clock_was_stopped(door: Door) -> None:
    before = entries(door, NSA)
    door.submitted()
    running = entries(door, NSA)
    (uid,) = running.keys() - before.keys()
    entry = running[uid]
    (clock,) = [each for each in door.read("/v1/clocks", NSA).json()["items"] if each["case_id"] == CASE]
    assert entry.dtstart.value.astimezone(UTC) == datetime.fromisoformat(clock["ends_at"])
    assert "EDT in New York" in entry.description.value
    assert entry.status.value == "CONFIRMED"
    assert entry.summary.value == "(UNCLASSIFIED) Case review: acme-1 2026.09"
    assert f"About: {clock['about']}" in entry.description.value
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    stopped = entries(door, NSA)[uid]
    assert stopped.status.value == "CANCELLED"
    assert int(stopped.sequence.value) > int(entry.sequence.value)
    assert "Stopped: accepted" in stopped.description.value


def test_nobody_is_shown_a_clock_that_it_may_not_know_of(door: Door) -> None:
    before = entries(door, UNCLEARED).keys()
    door.submitted(marking="CUI")
    assert entries(door, UNCLEARED).keys() == before
    assert CASE not in door.read("/v1/clocks.ics", developer(named_id("other"))).text
    assert len(entries(door, NSA)) == len(before) + 1
    assert door.client.get("/v1/clocks.ics").status_code == 401


def test_a_calendar_that_did_not_change_is_not_sent_again(door: Door) -> None:
    door.submitted()
    first = door.read("/v1/clocks.ics", NSA)
    again = door.read("/v1/clocks.ics", NSA | {"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content) == (304, b"")


def test_what_is_published_is_followed_by_anybody_and_is_the_same_for_all(door: Door) -> None:
    door.submitted()
    for path in ("/feed.atom", "/feed.json"):
        answers = [door.client.get(path, headers=by) for by in ({}, NSA, developer(), {"Host": "127.0.0.1:1"})]
        assert {each.status_code for each in answers} == {200}
        assert len({each.content for each in answers}) == 1
        assert answers[0].headers["cache-control"] == "public, max-age=60"
        tag = answers[0].headers["etag"]
        assert door.client.get(path, headers={"If-None-Match": tag}).status_code == 304
    atom = feedparser.parse(door.client.get("/feed.atom").content)
    assert not atom.bozo
    assert atom.feed.id == f"urn:uuid:{door.ledger.opened.ledger}"
    said = json.loads(door.client.get("/feed.json").content)
    assert said["version"] == "https://jsonfeed.org/version/1.1"
    assert [each["id"] for each in said["items"]] == [each.id for each in atom.entries]
    assert said["items"], "the policies that a ledger begins with"
    trail = door.read("/v1/audit/events", NSA, limit=1000).json()["items"]
    ids = {f"urn:uuid:{each['event']}": each for each in trail}
    for each in said["items"]:
        assert ids[each["id"]]["marking"] == "UNCLASSIFIED"
        assert each["tags"] == [ids[each["id"]]["type"]]
    assert "acme-1" not in json.dumps(said)
    assert "case" not in {each["tags"][0].partition(".")[0] for each in said["items"]}


def test_whoever_keeps_no_tag_is_told_by_the_date_that_nothing_was_published_since(door: Door) -> None:
    door.clock.later(minutes=1)
    for path in ("/feed.atom", "/feed.json"):
        first = door.client.get(path)
        date = first.headers["last-modified"]
        assert date == "Tue, 01 Sep 2026 14:00:00 GMT"
        answers = {
            said: door.client.get(path, headers={"If-Modified-Since": said}).status_code
            for said in (date, "Tue, 01 Sep 2026 14:00:01 GMT", "Tue, 01 Sep 2026 13:59:59 GMT", "yesterday", "")
        }
        assert list(answers.values()) == [304, 304, 200, 200, 200]
        both = {"If-Modified-Since": date, "If-None-Match": '"another"'}
        assert door.client.get(path, headers=both).status_code == 200, "a tag says more than a date"
    assert "last-modified" not in door.read("/v1/clocks.ics", NSA).headers


def test_a_date_is_told_once_its_second_is_over(door: Door) -> None:
    assert "last-modified" not in door.client.get("/feed.atom").headers
