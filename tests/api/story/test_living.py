"""Pages live: they move with the record, say when they do not, go on where they stopped, and slide through time."""

import re
from typing import Any

from playwright.sync_api import expect

from tests.api.knocking import Door, developer, digest, office, submission
from tests.api.story.cutting import wire
from tests.api.story.looking import Looks

OVERSIGHT = office("gao", clearance='clearance="CUI//TLP:RED"; cui=all; audiences=all', roles="oversight")
HEARS = """
    window.heard = [];
    window.EventSource = class extends EventSource {
        addEventListener(kind, hears) {
            super.addEventListener(kind, (message) => {
                window.heard.push(Number(message.lastEventId));
                hears(message);
            });
        }
    };
"""
"""Put into a page before its own scripts: which messages it is given."""


def submits(door: Door, number: int) -> int:
    """A new case; the position of its submission."""
    answer: Any = door.act("case.submit.v1", developer(), submission(digest(f"manifest {number}")))
    assert answer.status_code == 201
    return next(each["position"] for each in answer.json()["events"] if each["type"] == "case.submitted.v1")


def test_a_stream_that_was_cut_goes_on_without_loss_or_doubling(door: Door, looks: Looks) -> None:
    door.enrolled()
    looking = looks(OVERSIGHT)
    with wire(looking.address) as (line, address):
        page = looking.page
        page.add_init_script(HEARS)
        page.goto(f"{address}/cases")
        expect(page.locator("#live")).to_have_text("Live")
        rows = page.locator("#cases tbody tr")
        before = rows.count()
        page.evaluate("window.stayed = true")
        positions = [submits(door, 1)]
        expect(rows).to_have_count(before + 1)
        line.cut()
        expect(page.locator("#live")).to_have_text(re.compile("Not live; live again in [0-9]+ s"))
        positions += [submits(door, 2), submits(door, 3)]
        line.mend()
        expect(page.locator("#live")).to_have_text("Live")
        expect(rows).to_have_count(before + 3)
        positions.append(submits(door, 4))
        expect(rows).to_have_count(before + 4)
        keys = [row.get_attribute("data-key") for row in rows.all()]
        assert len(set(keys)) == before + 4
        assert page.evaluate("window.heard") == positions
        assert page.evaluate("window.stayed") is True, "it was loaded again"


def test_the_final_authority_slides_through_the_days_and_its_address_says_where_it_stands(
    door: Door, looks: Looks
) -> None:
    looking = looks(OVERSIGHT)
    page = looking.goto("/authority")
    cards = page.locator("article[data-key]")
    now = cards.count()
    slider = page.get_by_role("slider")
    slider.focus()
    for key in ("Home", "ArrowRight"):
        page.keyboard.press(key)
    expect(cards).to_have_count(0)
    assert "on=2026-06-03" in page.url
    expect(page.locator("#on")).to_have_value("2026-06-03")
    expect(slider).to_be_focused()
    then = door.read("/v1/final-authority", OVERSIGHT, as_of="2026-09-20T04:00:00Z", limit=100).json()["items"]
    slider.fill("109")  # days after the second of June
    expect(cards).to_have_count(len(then))
    assert "on=2026-09-19" in page.url
    page.reload()
    expect(cards).to_have_count(len(then))
    expect(slider).to_have_value("109")
    page.keyboard.press("Tab")
    page.get_by_role("slider").press("End")
    expect(cards).to_have_count(now)
    assert looking.is_at_home(), (looking.asked, looking.complaints)


def test_a_chart_is_drawn_from_a_table_that_is_there_without_scripts(door: Door, looks: Looks) -> None:
    told = door.read("/v1/operations", OVERSIGHT, min_position=None).json()["days"]
    quiet = looks(OVERSIGHT, java_script_enabled=False).goto("/operations")
    rows = quiet.locator("#days-table tbody tr")
    assert [int(row.locator("td").last.text_content() or "") for row in rows.all()] == [day["events"] for day in told]
    expect(quiet.locator(".docket-chart")).to_be_empty()
    weeks = door.read("/v1/clearinghouse/weeks", OVERSIGHT, min_position=None).json()["items"]
    quiet.goto(quiet.url.replace("/operations", "/clearinghouse"))
    rows = quiet.locator("#weeks tbody tr")
    assert [row.locator("td").all_text_contents()[1:] for row in rows.all()] == [
        [str(week["reported"]), str(week["published"])] for week in weeks
    ]
    looking = looks(OVERSIGHT)
    for path in ("/operations", "/clearinghouse"):
        page = looking.goto(path)
        expect(page.locator(".docket-chart canvas")).to_be_visible()
        says = re.compile("the table below says the same")
        expect(page.locator(".docket-chart")).to_have_attribute("aria-label", says)
    assert looking.is_at_home(), (looking.asked, looking.complaints)


def test_a_form_that_is_sent_says_that_it_is_being_worked_on_and_goes_once(door: Door, looks: Looks) -> None:
    page = looks(OVERSIGHT).goto("/")
    asked: list[str] = []

    def slowly(route: Any) -> None:
        asked.append(route.request.url)
        page.wait_for_timeout(300)
        route.continue_()

    page.route("**/seen", slowly)
    found = "document.querySelector('form[action=\"/seen\"] button')"
    page.evaluate(f"(() => {{ const button = {found}; button.click(); button.click(); }})()")
    expect(page.locator("#happened")).to_have_text("What happened since you last looked")
    assert len(asked) == 1


def test_what_somebody_presses_is_not_replaced_until_they_let_it_go(door: Door, looks: Looks) -> None:
    door.enrolled()
    looking = looks(OVERSIGHT)
    looking.page.add_init_script(HEARS)
    page = looking.goto("/cases")
    expect(page.locator("#live")).to_have_text("Live")
    page.get_by_role("button", name="Show").hover()
    page.mouse.down()
    page.evaluate("window.pressed = document.querySelector('main :active')")
    heard = submits(door, 1)
    page.wait_for_function(f"window.heard.includes({heard})")
    page.wait_for_timeout(1500)
    assert page.evaluate("window.pressed.isConnected")
    page.mouse.move(1, 1)
    page.mouse.up()
    expect(page.locator("#cases tbody tr").last).to_contain_text("acme-1")
    assert not page.evaluate("window.pressed.isConnected")
