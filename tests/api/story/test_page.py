"""People see the record in their browser as it is now, and their browser asks nobody but Docket."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page, expect

from tests.api.knocking import Door, office
from tests.api.serving import served

AS_THE_PAGE = office("gao", clearance='clearance="CUI//TLP:RED"; cui=all; audiences=all; roles="oversight"')
PATIENCE_MS = 20_000


@dataclass
class Looking:
    """A page, and all that the browser did for it."""

    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def told(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def is_at_home(self) -> bool:
        """It asked Docket alone, and had nothing to complain about."""
        elsewhere = [url for url in self.asked if urlsplit(url).scheme != "data" and not url.startswith(self.address)]
        return bool(self.asked) and (elsewhere, self.complaints) == ([], [])


@pytest.fixture
def looking(door: Door, browser: Browser) -> Iterator[Looking]:
    with served(door.app) as address:
        page = browser.new_page()
        page.set_default_timeout(PATIENCE_MS)
        made = Looking(page, address)
        page.on("request", lambda request: made.asked.append(request.url))
        page.on("console", made.told)
        page.on("pageerror", lambda error: made.complaints.append(str(error)))
        try:
            yield made
        finally:
            page.close()


def test_the_page_shows_the_cases_and_clocks_of_the_story(door: Door, looking: Looking) -> None:
    cases = door.read("/v1/cases", AS_THE_PAGE, limit=1000).json()["items"]
    clocks = door.read("/v1/clocks", AS_THE_PAGE, limit=50).json()["items"]
    assert len(cases) == 40
    assert clocks
    page = looking.page
    page.goto(looking.address)
    expect(page.locator("#cases tbody tr")).to_have_count(len(cases), timeout=PATIENCE_MS)
    expect(page.locator("#clocks tbody tr")).to_have_count(len(clocks), timeout=PATIENCE_MS)
    shown = {row.get_attribute("data-key") for row in page.locator("#cases tbody tr").all()}
    assert shown == {case["case_id"] for case in cases}
    expect(page.locator("#cases tbody tr").first).to_contain_text(cases[-1]["model"])
    expect(page.locator("#clocks tbody tr").first).to_contain_text(clocks[0]["stream"])
    assert looking.is_at_home(), (looking.asked, looking.complaints)


def test_an_act_appears_while_somebody_looks(door: Door, looking: Looking) -> None:
    page = looking.page
    page.goto(looking.address)
    expect(page.locator("#live")).to_have_text("Live", timeout=PATIENCE_MS)
    expect(page.locator("#cases tbody tr")).to_have_count(40, timeout=PATIENCE_MS)
    page.evaluate("window.stayed = true")
    assert door.submitted().status_code == 201
    expect(page.locator("#cases tbody tr")).to_have_count(41, timeout=PATIENCE_MS)
    expect(page.locator("#cases tbody tr").first).to_contain_text("acme-1 2026.09")
    expect(page.locator("#clocks tbody")).to_contain_text("secretariat")
    expect(page.locator("#events li", has_text="case.submitted.v1 · Acme").first).to_be_visible()
    assert page.evaluate("window.stayed") is True, "it was loaded again"
    assert looking.is_at_home(), (looking.asked, looking.complaints)


def test_the_contract_can_be_read_without_a_request_to_anywhere_else(looking: Looking) -> None:
    page = looking.page
    page.goto(f"{looking.address}/docs")
    expect(page.locator(".info .title")).to_contain_text("Docket", timeout=PATIENCE_MS)
    page.locator("#operations-tag-cases .expand-operation").click()
    expect(page.locator("#operations-cases-listClocks")).to_contain_text("/v1/clocks", timeout=PATIENCE_MS)
    assert looking.is_at_home(), (looking.asked, looking.complaints)
