"""Whoever reads gets what they may see, of the position that they ask for, and nothing that says more."""

from typing import Any

import pytest

from domain.message import protected_names
from domain.wire import EVENTS
from tests.api.knocking import (
    CASE,
    DEVELOPER,
    NSA,
    SECRETARIAT,
    START,
    Door,
    developer,
    digest,
    named_id,
    office,
    submission,
)

OTHER = named_id("other developer")
PLAIN = office("treasury", clearance="clearance=UNCLASSIFIED")
GAO = office("gao")
LISTS = ("/v1/cases", "/v1/audit/events", "/v1/refusals", "/v1/clocks")


def submitted(door: Door, number: int, **more: Any) -> str:
    """One more case of the developer, by its number; returns its stream."""
    answer = door.act("case.submit.v1", developer(), submission(digest(f"manifest {number}"), **more))
    stream: str = answer.json()["events"][0]["stream"]
    return stream


def test_nobody_reads_without_being_known_and_no_office_that_is_not_registered(open_door: Door) -> None:
    for path in LISTS:
        assert open_door.client.get(path).status_code == 401, path
        strange = open_door.client.get(path, headers=office("atlantis"))
        assert (strange.status_code, strange.json()["code"]) == (403, "office-unknown"), path


def test_a_case_is_shown_with_its_parts_and_what_follows_from_them(door: Door) -> None:
    door.submitted()
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    shown = door.read(f"/v1/cases/{CASE}", NSA)
    assert shown.status_code == 200
    said = shown.json()
    assert (said["case_id"], said["developer_name"], said["now"]["phase"]) == (CASE, "Acme", "accepted")
    (part,) = said["parts"]["submissions"]
    assert part["protected"] == {"summary": "An invented model."}
    assert part["withheld"] == []
    assert shown.headers["etag"].startswith('"2-')


def test_the_tag_of_a_case_holds_for_the_next_act_and_no_longer(door: Door) -> None:
    door.submitted()
    tag = door.read(f"/v1/cases/{CASE}", SECRETARIAT).headers["etag"]
    plan = {"case_id": CASE, "partners_on": None, "public_on": "2026-12-01"}
    assert door.act("case.revise-release-plan.v1", developer(), plan, headers={"If-Match": tag}).status_code == 201
    assert door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}, headers={"If-Match": tag}).status_code == 412


def test_what_a_reader_has_already_is_not_sent_again(door: Door) -> None:
    door.submitted()
    for path in (f"/v1/cases/{CASE}", "/v1/cases", "/v1/audit/events", "/v1/audit/events/1", "/v1/refusals"):
        first = door.read(path, NSA)
        again = door.client.get(path, headers=NSA | {"If-None-Match": first.headers["etag"]})
        assert (again.status_code, again.content) == (304, b""), path
        assert again.headers["etag"] == first.headers["etag"]
        assert "no-cache" in first.headers["cache-control"]


def test_absent_and_forbidden_are_answered_with_the_same_bytes(door: Door) -> None:
    door.enrolled()
    secret = door.act("case.submit.v1", developer(), submission(), marking="CUI").json()
    position = secret["position"]
    for theirs, nobodys in (
        (f"/v1/cases/{CASE}", f"/v1/cases/{named_id('none')}"),
        (f"/v1/cases/{CASE}/history", f"/v1/cases/{named_id('none')}/history"),
        (f"/v1/cases/{CASE}/options", f"/v1/cases/{named_id('none')}/options"),
        (f"/v1/audit/events/{position}", "/v1/audit/events/999999"),
        (f"/v1/audit/events/{secret['events'][0]['id']}", f"/v1/audit/events/{named_id('none')}"),
    ):
        for reader in (PLAIN, developer(OTHER)):
            forbidden, absent = door.read(theirs, reader), door.read(nobodys, reader)
            assert forbidden.status_code == absent.status_code == 404, theirs
            assert (forbidden.content, forbidden.headers.raw) == (absent.content, absent.headers.raw), theirs
    assert door.read(f"/v1/cases/{CASE}", NSA).status_code == 200


def test_a_list_leaves_out_what_may_not_be_seen_and_tells_oversight_alone_that_it_does(door: Door) -> None:
    door.enrolled()
    submitted(door, 1)
    door.act("case.submit.v1", developer(), submission(digest("hidden")), marking="CUI")
    plain = door.read("/v1/cases", PLAIN).json()
    assert (len(plain["items"]), "withheld" in plain) == (1, False)
    assert len(door.read("/v1/cases", NSA).json()["items"]) == 2
    auditor = office("gao", clearance="clearance=UNCLASSIFIED")
    assert door.read("/v1/cases", auditor).json()["withheld"] is True
    assert door.read("/v1/cases", GAO).json()["withheld"] is False


def test_a_developer_sees_its_own_cases_alone(door: Door) -> None:
    door.submitted()
    assert [each["case_id"] for each in door.read("/v1/cases", developer()).json()["items"]] == [CASE]
    assert door.read("/v1/cases", developer(OTHER)).json()["items"] == []
    assert door.read("/v1/refusals", developer(OTHER)).json()["items"] == []
    streams = {each["stream"] for each in door.read("/v1/audit/events", developer()).json()["items"]}
    assert f"case-{CASE}" in streams
    assert not [stream for stream in streams if stream.startswith("office-")]


def test_a_reader_without_the_clearance_gets_the_part_without_its_protected_values(door: Door) -> None:
    door.submitted(protected_marking="CUI")
    (part,) = door.read(f"/v1/cases/{CASE}", PLAIN).json()["parts"]["submissions"]
    assert (part["protected"], part["withheld"]) == ({}, ["summary"])
    position = part["position"]
    event = door.read(f"/v1/audit/events/{position}", PLAIN).json()
    assert "summary" in event["withheld"]
    assert not {"summary", "_sd"} & set(event["event"]["data"])
    assert "An invented model." not in door.read(f"/v1/audit/events/{position}", PLAIN, form="document").text
    full = door.read(f"/v1/audit/events/{position}", NSA).json()
    assert full["event"]["data"]["summary"] == "An invented model."
    assert full["event"]["by"]["name"] == "D. Example"


def test_an_event_can_be_had_as_the_bytes_that_are_proved(door: Door) -> None:
    door.submitted()
    position = door.recorder.head()
    said = door.read(f"/v1/audit/events/{position}", NSA, form="document").json()
    document, kept = door.recorder.documents([position])[position], door.recorder.disclosures([position])[position]
    assert said["document"].encode() == document
    assert [each.encode() for each in said["disclosures"]] == list(kept)
    assert said["withheld"] == []


def test_an_event_is_found_by_its_id_as_by_its_position(door: Door) -> None:
    (event, *_) = door.submitted(protected_marking="CUI").json()["events"]
    for reader in (NSA, PLAIN, developer()):
        for form in ("read", "document"):
            by_id = door.read(f"/v1/audit/events/{event['id']}", reader, form=form)
            by_position = door.read(f"/v1/audit/events/{event['position']}", reader, form=form)
            assert by_id.status_code == 200, (reader, form)
            assert (by_id.content, by_id.headers["etag"]) == (by_position.content, by_position.headers["etag"])
    assert door.read(f"/v1/audit/events/{event['id']}", NSA).json()["event"]["id"] == event["id"]


@pytest.mark.parametrize(
    "wrong", ["0", "-1", "01", "1.0", "x", "9" * 30, "0199AAAA-0000-7000-8000-000000000001", "%00"]
)
def test_what_is_neither_id_nor_position_of_an_event_is_no_event(open_door: Door, wrong: str) -> None:
    answer = open_door.read(f"/v1/audit/events/{wrong}", NSA)
    assert (answer.status_code, answer.json()["code"]) == (404, "not-found")


def test_pages_follow_each_other_by_position_and_the_last_has_no_next(door: Door) -> None:
    door.enrolled()
    streams = [submitted(door, number) for number in range(5)]
    found: list[str] = []
    path = "/v1/cases?limit=2"
    pages = 0
    while path:
        page = door.client.get(path, headers=NSA)
        found += [f"case-{each['case_id']}" for each in page.json()["items"]]
        link = page.headers.get("link")
        assert (link is None) is (page.json()["next"] is None)
        path = link.partition(">")[0].removeprefix("<") if link else ""
        pages += 1
    assert (found, pages) == (streams, 3)
    whole = door.read("/v1/audit/events", NSA, limit=1000).json()
    assert [each["position"] for each in whole["items"]] == list(range(1, door.recorder.head() + 1))
    assert whole["next"] is None
    some = door.client.get("/v1/audit/events?limit=7&type=office.registered.v1", headers=NSA)
    assert "type=office.registered.v1" in some.headers["link"]


@pytest.mark.parametrize("path", ["/v1/cases", "/v1/audit/events", "/v1/refusals"])
def test_a_cursor_that_cannot_be_is_said_to_be_wrong(open_door: Door, path: str) -> None:
    for wrong in ("-1", "x", "1.5", str(2**60), "", "0x1"):
        answer = open_door.client.get(path, params={"after": wrong}, headers=NSA)
        assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong"), wrong
    for wrong in ("0", "1001", "many"):
        assert open_door.client.get(path, params={"limit": wrong}, headers=NSA).status_code == 400, wrong
    future = open_door.client.get(path, params={"after": open_door.recorder.head() + 1}, headers=NSA)
    assert (future.status_code, future.json()["code"]) == (409, "position-ahead")
    assert future.json()["position"] == open_door.recorder.head()


def test_a_read_waits_for_the_position_that_it_names_and_says_when_it_waited_in_vain(door: Door) -> None:
    position = door.submitted().json()["position"]
    assert door.client.get(f"/v1/cases?min_position={position}", headers=NSA).json()["position"] >= position
    late = door.client.get("/v1/cases?min_position=100000", headers=NSA | {"Prefer": "wait=0"})
    assert (late.status_code, late.json()["code"]) == (503, "view-behind")
    assert late.json()["position"] <= door.recorder.head()
    assert late.headers["retry-after"] == "1"


def test_a_case_is_shown_as_it_was_at_a_position_and_at_an_instant(door: Door) -> None:
    position = door.submitted().json()["position"]
    door.clock.later(hours=5)
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    for as_of in (str(position), "2026-09-01T14:30:00Z", "2026-09-01T10:30:00.5-04:00"):
        then = door.read(f"/v1/cases/{CASE}", NSA, as_of=as_of).json()
        assert then["now"]["phase"] == "under-review", as_of
        assert then["parts"]["acceptances"] == []
        assert len(door.read("/v1/cases", NSA, as_of=as_of).json()["items"]) == 1
    assert door.read(f"/v1/cases/{CASE}", NSA).json()["now"]["phase"] == "accepted"
    before = door.read(f"/v1/cases/{CASE}", NSA, as_of="2026-08-01T00:00:00Z")
    assert before.status_code == 404
    history = door.read(f"/v1/cases/{CASE}/history", NSA, as_of=str(position)).json()["items"]
    assert [each["event"]["type"] for each in history] == ["case.submitted.v1", "participant.case-noted.v1"]


def test_a_time_that_cannot_be_asked_of_is_said_to_be_wrong(open_door: Door) -> None:
    for wrong in ("yesterday", "2026-09-01", "2026-09-01T10:00:00", "0", "2026-02-30T00:00:00Z", "-5"):
        answer = open_door.client.get("/v1/cases", params={"as_of": wrong}, headers=NSA)
        assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong"), wrong
    future = open_door.client.get("/v1/cases?as_of=100000", headers=NSA)
    assert (future.status_code, future.json()["code"]) == (409, "position-ahead")


def test_cases_are_found_by_what_they_are(door: Door) -> None:
    door.submitted()
    submitted(door, 2)
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    accepted = door.read("/v1/cases", NSA, phase="accepted").json()["items"]
    assert [each["case_id"] for each in accepted] == [CASE]
    assert len(door.read("/v1/cases", NSA, developer=DEVELOPER).json()["items"]) == 2
    assert door.read("/v1/cases", NSA, developer=OTHER).json()["items"] == []
    assert door.read("/v1/cases", NSA, determined="true").json()["items"] == []
    assert door.client.get("/v1/cases?phase=licensed", headers=NSA).status_code == 400


def test_the_history_of_a_case_is_its_events_as_the_reader_may_see_them(door: Door) -> None:
    door.submitted()
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    door.act("case.accept.v1", NSA, {"case_id": CASE})
    types = [each["event"]["type"] for each in door.read(f"/v1/cases/{CASE}/history", NSA).json()["items"]]
    assert types == ["case.submitted.v1", "participant.case-noted.v1", "case.accepted.v1", "action.refused.v1"]
    mine = [each["event"]["type"] for each in door.read(f"/v1/cases/{CASE}/history", developer()).json()["items"]]
    assert mine == ["case.submitted.v1", "participant.case-noted.v1", "case.accepted.v1"]


def test_options_say_what_could_be_done_now_on_what_and_why_not_the_rest(door: Door) -> None:
    door.submitted()
    options = {each["command"]: each for each in door.read(f"/v1/cases/{CASE}/options", SECRETARIAT).json()["options"]}
    assert options["case.accept.v1"]["may"] is True
    assert options["case.accept.v1"]["authority"] == "POLICY:AUTHORITY-1"
    assert (options["case.withdraw.v1"]["may"], options["case.withdraw.v1"]["code"]) == (False, "not-your-act")
    assert options["case.issue-determination.v1"]["code"] == "not-the-final-authority"
    assert options["case.submit.v1"]["may"] is False
    assert "case.record-access-end.v1" not in options
    assert door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}).status_code == 201
    mine = {each["command"]: each for each in door.read(f"/v1/cases/{CASE}/options", developer()).json()["options"]}
    assert mine["case.withdraw.v1"] == {
        "command": "case.withdraw.v1",
        "may": True,
        "authority": None,
        "post": None,
        "delegation": None,
        "signed": False,
    }


def test_clocks_are_listed_soonest_first_for_whoever_is_waited_for(door: Door) -> None:
    door.submitted()
    (clock,) = door.read("/v1/clocks", NSA).json()["items"]
    assert (clock["what"], clock["state"], clock["waiting_for"]) == ("case-review", "running", ["secretariat"])
    assert len(door.read("/v1/clocks", NSA, office="secretariat").json()["items"]) == 1
    assert door.read("/v1/clocks", NSA, office="nsa").json()["items"] == []
    assert door.read("/v1/clocks", NSA, before=START.isoformat()).json()["items"] == []
    assert door.client.get("/v1/clocks?before=soon", headers=NSA).status_code == 400


def test_clocks_are_listed_as_they_were_at_a_position_and_at_an_instant(door: Door) -> None:
    position = door.submitted().json()["position"]
    running = door.read("/v1/clocks", NSA).json()["items"]
    door.clock.later(hours=5)
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    assert door.read("/v1/clocks", NSA).json()["items"] == []
    for as_of in (str(position), "2026-09-01T14:30:00Z"):
        then = door.read("/v1/clocks", NSA, as_of=as_of).json()
        assert (then["items"], then["at"][:10]) == (running, "2026-09-01"), as_of
        assert door.read("/v1/clocks", NSA, as_of=as_of, office="nsa").json()["items"] == []
        assert door.read("/v1/clocks", developer(OTHER), as_of=as_of).json()["items"] == []
    assert door.read("/v1/clocks", NSA, as_of="2026-08-01T00:00:00Z").json()["items"] == []
    assert door.client.get("/v1/clocks?as_of=100000", headers=NSA).status_code == 409


def test_refusals_are_listed_for_those_who_may_see_them(door: Door) -> None:
    door.submitted()
    door.act("case.accept.v1", NSA, {"case_id": CASE})
    (refusal,) = door.read("/v1/refusals", GAO, code="not-your-act").json()["items"]
    assert (refusal["command"], refusal["actor"], refusal["addressed"]) == (
        "case.accept.v1",
        "office/nsa",
        f"case-{CASE}",
    )
    assert door.read("/v1/refusals", developer()).json()["items"] == []
    assert door.read("/v1/refusals", GAO, actor="office/dod").json()["items"] == []


def test_nothing_protected_is_in_a_list(door: Door) -> None:
    door.submitted()
    names = {name for cls in EVENTS.values() for name in protected_names(cls)}
    names -= {"reasons", "what", "asked"}  # a refusal's, a clock's and a consultation's are plain
    for path in LISTS:
        text = door.read(path, GAO).text
        assert "An invented model." not in text
        assert [name for name in names if f'"{name}":' in text] == [], path
