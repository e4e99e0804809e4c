"""People see the record in their browser as it is now and as they may see it; their browser asks nobody but Docket."""

import json
import os
import re
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import expect

from api.identity.development import DEVELOPMENT_HEADER
from api.pages.lists import LISTS
from api.pages.showing import NAVIGATION, POLICY
from tests.api.knocking import Door, office
from tests.api.story.looking import SIZES, Looks, wrong

OVERSIGHT = office("gao", clearance='clearance="CUI//TLP:RED"; cui=all; audiences=all', roles="oversight")
NSA = office("nsa", clearance='clearance="CUI//TLP:RED"; cui=all; audiences=all')
TREASURY = office("treasury", clearance='clearance="UNCLASSIFIED"')
READERS = {"oversight": OVERSIGHT, "nsa": NSA, "treasury": TREASURY}
Scheme = Literal["light", "dark"]
LOOKS: dict[str, tuple[tuple[str, Scheme], ...]] = {
    "oversight": (("wide", "light"), ("wide", "dark"), ("narrow", "light"), ("narrow", "dark")),
    "nsa": (("wide", "light"), ("narrow", "dark")),
    "treasury": (("narrow", "light"), ("wide", "dark")),
}
"""How each looks; what everybody's pages have in common is looked at in every way."""
ON_LOOKS = ("color-contrast", "target-size", "scrollable-region-focusable", "link-in-text-block")
"""What axe finds that depends on size or colour."""
PICTURES = os.environ.get("DOCKET_PICTURES")
"""A folder that pictures of every page are put into, as PICTURED sees it, where somebody wants to look at them."""
PICTURED = ("oversight", "light")


def contested(door: Door) -> dict[str, Any]:
    """A case with a determination that somebody dissents from."""
    cases = door.read("/v1/cases", OVERSIGHT, limit=1000).json()["items"]
    return next(case for case in cases if any(each["dissents"] for each in case["now"]["determinations"]))


def first(door: Door, path: str, key: str) -> str:
    return door.read(path, OVERSIGHT, limit=1).json()["items"][0][key]


def addresses(door: Door) -> list[str]:
    """Every page: all lists, one thing of each kind, reports, times and orders; the last is of nothing."""
    return [
        *NAVIGATION,
        *(listing.path for listing in LISTS if listing.path not in NAVIGATION),
        f"/cases/{contested(door)['case_id']}",
        f"/clearinghouse/{first(door, '/v1/clearinghouse', 'vulnerability_id')}",
        f"/leases/{first(door, '/v1/leases', 'lease_id')}",
        f"/scans/{first(door, '/v1/scans', 'scan_id')}",
        f"/participants/{first(door, '/v1/participants', 'participant')}",
        f"/records/{first(door, '/v1/records', 'event_id')}",
        f"/oversight/{first(door, '/v1/oversight', 'inquiry_id')}",
        f"/oversight/notes/{first(door, '/v1/oversight/notes', 'inquiry_id')}",
        "/oversight/reads",
        "/taskings/EO14409-2-A",
        "/offices/dhs",
        "/standards/STANDARD-CYBER",
        "/thresholds/THRESHOLD-CYBER",
        "/frameworks/FRAMEWORK",
        "/criteria/EARLY-LOOK",
        "/policies/AUTHORITY",
        "/instruments/EO14409",
        "/reports/annual-summary?behind=cases.2.1",
        "/cases?sort=-developer&on=2026-08-01&limit=5",
        "/cases?office=nobody",
        "/audit?from_position=600&until_position=620",
        "/audit/607",
        "/self-check",
        "/calendars",
        "/sign-in",
        "/cases/x",
    ]


@pytest.mark.parametrize("reader", READERS)
def test_every_page_is_there_for_everybody(door: Door, looks: Looks, reader: str) -> None:
    # axe is put into the page as nobody else could: the page's own policy forbids it
    looking = looks(READERS[reader], bypass_csp=True, reduced_motion="reduce")
    for path in addresses(door):
        page = looking.goto(path)
        expect(page.locator("main h1")).to_be_visible()
        for number, (size, scheme) in enumerate(LOOKS[reader]):
            width, height = SIZES[size]
            page.set_viewport_size({"width": width, "height": height})
            page.emulate_media(color_scheme=scheme)
            # the rest of what axe looks for depends on neither size nor colour
            assert wrong(page, only=ON_LOOKS if number else None) == [], (path, size, scheme)
            beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
            assert beyond <= 0, (path, size, scheme, beyond)
            if PICTURES is not None and (reader, scheme) == PICTURED:
                name = re.sub("[^a-z0-9]+", "-", path.casefold()).strip("-") or "today"
                page.screenshot(path=Path(PICTURES) / f"{name}-{size}.jpeg", type="jpeg", quality=60, full_page=True)
    looking.complaints = [each for each in looking.complaints if "404 (Not Found)" not in each]
    assert looking.is_at_home(), (looking.asked, looking.complaints)


def test_a_page_obeys_its_own_policy_and_has_no_script_or_style_within(door: Door, looks: Looks) -> None:
    looking = looks(OVERSIGHT)
    for path in addresses(door)[:-1]:
        answer = door.client.get(path, headers=OVERSIGHT)
        assert (answer.status_code, answer.headers["content-security-policy"]) == (200, POLICY), path
        assert not re.search(r"<script(?![^>]*src=)|<style|\sstyle=|\son[a-z]+=", answer.text), path
        looking.goto(path)
    assert looking.is_at_home(), (looking.asked, looking.complaints)
    assert "unsafe" not in POLICY


def test_a_case_says_who_decided_on_what_authority_who_disagreed_who_is_silent_and_what_is_due(
    door: Door, looks: Looks
) -> None:
    case = contested(door)
    shown = looks(OVERSIGHT, java_script_enabled=False).goto(f"/cases/{case['case_id']}")
    expect(shown.locator("#decided")).to_contain_text("National Security Agency")
    expect(shown.locator("#decided")).to_contain_text("Warrants additional scrutiny")
    expect(shown.locator("#on-authority")).to_contain_text("EO14409:3(a)")
    expect(shown.locator("#disagreed")).to_have_text("commerce, treasury")
    expect(shown.locator("#silent")).to_have_text("Nobody was asked")
    expect(shown.locator("#due")).not_to_be_empty()
    expect(shown.locator(".docket-dissent")).to_have_count(2)
    history = door.read(f"/v1/cases/{case['case_id']}/history", OVERSIGHT, limit=1000).json()["items"]
    there = [row.get_attribute("data-key") for row in shown.locator(".docket-timeline li").all()]
    assert there == [str(each["position"]) for each in history]


def test_whoever_never_answered_is_named(door: Door, looks: Looks) -> None:
    cases = door.read("/v1/cases", OVERSIGHT, limit=1000).json()["items"]
    found = [
        (case["case_id"], each["office"])
        for case in cases
        for consultation in case["now"]["consultations"]
        for each in consultation["offices"]
        if each["word"] in {"silent", "awaited"}
    ]
    assert found
    page = looks(OVERSIGHT)
    for case_id, silent in found:
        expect(page.goto(f"/cases/{case_id}").locator("#silent")).to_contain_text(silent)


def test_each_sees_of_one_case_what_they_may(door: Door, looks: Looks) -> None:
    case = contested(door)["case_id"]
    reason = "An invented reason that is withheld from some readers."
    shown = {reader: looks(by).goto(f"/cases/{case}").content() for reader, by in READERS.items()}
    assert {reader: reason in text for reader, text in shown.items()} == {
        "oversight": True,
        "nsa": True,
        "treasury": False,
    }
    assert "Withheld from you: Withheld reasons" in shown["treasury"]


def test_the_lists_show_what_the_door_tells(door: Door, looks: Looks) -> None:
    looking = looks(OVERSIGHT)
    cases = door.read("/v1/cases", OVERSIGHT, limit=100).json()["items"]
    assert len(cases) == 40
    rows = looking.goto("/cases").locator("#cases tbody tr")
    assert [row.get_attribute("data-key") for row in rows.all()] == [each["case_id"] for each in cases]
    page = looking.goto("/cases")
    page.get_by_label("Determination").select_option("true")
    page.get_by_role("button", name="Show").click()
    decided = door.read("/v1/cases", OVERSIGHT, limit=100, determined="true").json()["items"]
    assert 0 < len(decided) < 40
    expect(page.locator("#cases tbody tr")).to_have_count(len(decided))
    assert "determined=true" in page.url
    for path in ("taskings", "leases", "clearinghouse"):
        told = door.read(f"/v1/{path}", OVERSIGHT, limit=100).json()["items"]
        expect(looking.goto(f"/{path}").locator("tbody tr[data-key]")).to_have_count(len(told))


def test_the_final_authority_is_shown_as_of_a_day(door: Door, looks: Looks) -> None:
    page = looks(OVERSIGHT).goto("/authority?on=2026-09-19")
    then = door.read("/v1/final-authority", OVERSIGHT, as_of="2026-09-20T04:00:00Z", limit=100).json()["items"]
    now = door.read("/v1/final-authority", OVERSIGHT, limit=100).json()["items"]
    assert 0 < len(then) < len(now)
    expect(page.locator("article[data-key]")).to_have_count(len(then))
    page.get_by_role("link", name="Now", exact=True).click()
    expect(page.locator("article[data-key]")).to_have_count(len(now))
    assert door.client.get("/authority?on=2026-02-30", headers=OVERSIGHT).status_code == 400


def test_an_event_shows_what_is_withheld_and_the_bytes(door: Door, looks: Looks) -> None:
    position = next(
        each["position"]
        for each in door.read(f"/v1/cases/{contested(door)['case_id']}/history", OVERSIGHT, limit=1000).json()["items"]
        if each["event"]["type"] == "case.determination-issued.v1"
    )
    page = looks(TREASURY).goto(f"/audit/{position}")
    expect(page.locator("#withheld")).to_contain_text("withheld_reasons")
    told = door.read(f"/v1/audit/events/{position}", TREASURY, form="document").json()
    page.locator("summary", has_text="byte for byte").click()
    expect(page.locator(".docket-bytes").first).to_have_text(told["document"])
    assert json.loads(told["document"])["type"] == "case.determination-issued.v1"


def test_an_act_appears_while_somebody_looks_and_after_the_stream_was_cut(door: Door, looks: Looks) -> None:
    looking = looks(OVERSIGHT)
    page = looking.goto("/cases")
    expect(page.locator("#live")).to_have_text("Live")
    page.evaluate("window.stayed = true")
    assert door.submitted().status_code == 201
    expect(page.locator("#cases tbody tr")).to_have_count(41)
    expect(page.locator("#cases tbody tr").last).to_contain_text("acme-1 2026.09")
    looking.context.set_offline(True)
    door.app.state.end_streams()
    expect(page.locator("#live")).to_contain_text("Not live")
    assert page.evaluate("window.stayed") is True, "it was loaded again"


def test_somebody_who_writes_in_a_form_is_not_disturbed(door: Door, looks: Looks) -> None:
    page = looks(OVERSIGHT).goto("/cases")
    expect(page.locator("#live")).to_have_text("Live")
    field = page.get_by_label("Office that takes part")
    field.fill("ns")
    assert door.submitted().status_code == 201
    page.wait_for_timeout(1500)
    expect(field).to_have_value("ns")
    expect(field).to_be_focused()
    page.locator("h1").click()
    page.wait_for_timeout(1500)
    expect(field).to_have_value("ns")
    field.fill("")
    page.locator("h1").click()
    expect(page.locator("#cases tbody tr")).to_have_count(41)


def test_today_begins_where_somebody_has_looked(door: Door, looks: Looks) -> None:
    page = looks(NSA).goto("/")
    expect(page.locator("#happened")).to_have_text("What happened last")
    page.get_by_role("button", name=re.compile("I have seen all")).click()
    expect(page.locator("#happened")).to_have_text("What happened since you last looked")
    expect(page.locator("section[aria-labelledby=happened] .docket-empty")).to_be_visible()
    assert door.submitted().status_code == 201
    expect(page.locator("section[aria-labelledby=happened] tbody tr").first).to_be_visible()


def test_whoever_is_not_known_is_led_to_where_they_say_who_looks(door: Door, looks: Looks) -> None:
    looking = looks(None, bypass_csp=True)
    page = looking.goto("/")
    expect(page.locator("main h1")).to_have_text("Welcome to Docket")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert wrong(page) == []
    looking.goto("/cases")
    expect(page.locator("main h1")).to_have_text("Say who you are to see this page")
    page.locator("main").get_by_role("link", name="Look as somebody").click()
    page.get_by_label("Who is looking").fill(OVERSIGHT[DEVELOPMENT_HEADER])
    page.get_by_role("button", name="Look", exact=True).click()
    expect(page.locator("#you")).to_contain_text("Government Accountability Office")
    looking.goto("/sign-in").get_by_role("button", name="Look as nobody").click()
    expect(looking.goto("/cases").locator("main h1")).to_have_text("Say who you are to see this page")


@pytest.mark.parametrize("path", ["/seen", "/sign-in", "/sign-out"])
def test_a_page_of_somewhere_else_changes_nothing(door: Door, path: str) -> None:
    form = {"position": "1", "principal": "office/nsa"}
    for headers in (
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "none"},
        {"Origin": "http://elsewhere.example"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://127.0.0.1:8040"},
        {},
    ):
        answer = door.client.post(path, data=form, headers=headers, follow_redirects=False)
        assert (answer.status_code, "set-cookie" in answer.headers) == (403, False), headers
    for headers in ({"Sec-Fetch-Site": "same-origin"}, {"Origin": "http://127.0.0.1:8040"}):
        answer = door.client.post(path, data=form, headers=headers, follow_redirects=False)
        assert answer.status_code == 303
        assert "samesite=strict" in answer.headers["set-cookie"].lower()
        assert "httponly" in answer.headers["set-cookie"].lower()
