"""People sign in with their own browsers, over TLS: each is who the roster says, and no other site acts for them."""

import re
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from tests.api.knocking import CASE, DEVELOPER, named_id, submission
from tests.api.serving import served
from tests.api.sign_in.conftest import Entrance, Opens
from tests.api.sign_in.going import SESSION, SIGNING_IN, signed_in
from tests.api.story.looking import PATIENCE_MS, wrong
from tests.services.certificates import Authority
from tests.services.provider import Provider


@dataclass
class House:
    """A door over TLS, and browsers in front of it."""

    entrance: Entrance
    address: str
    browser: Browser
    opened: list[BrowserContext] = field(default_factory=list)

    def person(self, **more: object) -> BrowserContext:
        """Somebody's own browser."""
        context = self.browser.new_context(ignore_https_errors=True, **more)  # type: ignore[arg-type]
        context.set_default_timeout(PATIENCE_MS)
        self.opened.append(context)
        return context


@pytest.fixture
def house(opens: Opens, browser: Browser, tmp_path: Path) -> Iterator[House]:
    expect.set_options(timeout=PATIENCE_MS)
    (tmp_path / "tls.pem").write_text("".join(Authority.new().issue("docket")))
    with free() as port:
        address = f"https://127.0.0.1:{port}"
    entrance = opens(address)
    with served(entrance.app, port=port, tls=tmp_path / "tls.pem"):
        made = House(entrance, address, browser)
        yield made
        for context in made.opened:
            context.close()


@contextmanager
def free() -> Iterator[int]:
    """A port that nobody has."""
    with socket.socket() as held:
        held.bind(("127.0.0.1", 0))
        yield held.getsockname()[1]


def signs_in(page: Page, subject: str) -> None:
    """From a page of ours on which one may sign in, by the provider, and back."""
    page.get_by_role("link", name="Sign in with localhost").click()
    page.get_by_label("Who are you?").fill(subject)
    page.get_by_role("button", name="Prove it").click()


def a_case(house: House) -> None:
    """A developer enrols and submits, without a window."""
    client = house.entrance.client(house.address)
    signed_in(client, "dana")
    for command, data in (
        ("participant.enrol.v1", {"participant": DEVELOPER, "name": "Acme", "kind": "developer"}),
        ("case.submit.v1", submission()),
    ):
        form = {"id": named_id(command), "marking": "UNCLASSIFIED", **data}
        answer = client.post(f"/act/{command}", data=form, headers={"Sec-Fetch-Site": "same-origin"})
        assert "Recorded at position" in answer.text, answer.text


def test_two_people_sign_in_act_and_leave(house: House, idp: Provider) -> None:
    a_case(house)
    sam, tess = (house.person() for _ in range(2))
    first, second = sam.new_page(), tess.new_page()
    case = f"{house.address}/cases/{CASE}"
    for page, subject, name in ((first, "sam", "S. Example"), (second, "tess", "T. Example")):
        page.goto(case)
        expect(page.locator("h1")).to_have_text("Say who you are to see this page")
        page.locator("main").get_by_role("link", name="Sign in").click()
        signs_in(page, subject)
        expect(page).to_have_url(case)
        expect(page.locator("#who")).to_contain_text(name)
        expect(page.locator("#live")).to_have_text("Live")
    cookies_are_as_they_should_be(sam, house.address)
    first.locator("#can ~ .docket-options").get_by_role("link", name="Accept", exact=True).click()
    first.get_by_role("button", name="Accept", exact=True).click()
    expect(first.locator("#receipt")).to_contain_text("Recorded at position")
    expect(second.locator(".docket-timeline")).to_contain_text("Case accepted")
    head = house.entrance.docket.recorder.head()
    asked = f"{house.address}/v1/audit/events?type=case.accepted.v1&min_position={head}"
    (event,) = first.request.get(asked).json()["items"]
    assert event["actor"] == "office/secretariat"
    first.get_by_role("button", name="Sign out").click()
    expect(first.locator("h1")).to_have_text("You are signed out")
    assert not [each for each in sam.cookies() if each["name"] == SESSION]
    first.goto(case)
    expect(first.locator("h1")).to_have_text("Say who you are to see this page")
    first.locator("main").get_by_role("link", name="Sign in").click()
    first.get_by_role("link", name="Sign in with localhost").click()
    expect(first).to_have_url(case)  # the provider knows them still, and says so
    first.get_by_role("button", name="Sign out").click()
    first.get_by_role("link", name="Sign out of localhost too").click()
    expect(first).to_have_url(f"{house.address}/sign-out")
    assert [path for path, _ in idp.asked][-1] == "/end"
    first.goto(f"{house.address}/sign-in/go")
    expect(first.get_by_label("Who are you?")).to_be_visible()
    expect(second.locator("#who")).to_contain_text("T. Example")
    second.goto(case)
    expect(second.locator("#who")).to_contain_text("T. Example")


def cookies_are_as_they_should_be(context: BrowserContext, address: str) -> None:
    """As the browser itself has them, once it let them in under such names."""
    kept = {each["name"]: each for each in context.cookies(address)}
    assert SIGNING_IN not in kept
    session = kept[SESSION]
    assert (session["secure"], session["httpOnly"], session["sameSite"], session["path"]) == (True, True, "Lax", "/")
    assert session["expires"] == -1
    assert session["domain"] == "127.0.0.1"
    page = context.pages[0]
    assert SESSION not in page.evaluate("document.cookie")


def test_whoever_goes_away_comes_back_to_a_page_that_knows_nobody(house: House) -> None:
    page = house.person().new_page()
    page.goto(f"{house.address}/sign-in?return_to=/offices")
    signs_in(page, "sam")
    expect(page).to_have_url(f"{house.address}/offices")
    house.entrance.clock.later(minutes=29)
    page.reload()
    expect(page.locator("#who")).to_contain_text("S. Example")
    house.entrance.clock.later(minutes=30)
    page.reload()
    expect(page.locator("#over")).to_contain_text("The session is over. Sign in again.")
    page.locator("main").get_by_role("link", name="Sign in").click()
    page.get_by_role("link", name="Sign in with localhost").click()
    expect(page).to_have_url(f"{house.address}/offices")
    for _ in range(24):
        house.entrance.clock.later(minutes=29)
        page.reload()
        expect(page.locator("#who")).to_contain_text("S. Example")
    house.entrance.clock.later(minutes=24)
    page.reload()
    expect(page.locator("#over")).to_contain_text("The session is over. Sign in again.")


def test_a_live_page_ends_with_the_session(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.streaming.stream.KNOWN_S", 0.05)
    page = house.person().new_page()
    page.goto(f"{house.address}/sign-in")
    signs_in(page, "sam")
    expect(page.locator("#live")).to_have_text("Live")
    house.entrance.clock.later(minutes=30)
    expect(page.locator("#live")).to_have_text(re.compile("^Not live"))


def test_another_site_acts_for_nobody(house: House, idp: Provider) -> None:
    """The pages of another site, in the browser of somebody who is signed in here."""
    page = house.person().new_page()
    page.goto(f"{house.address}/sign-in")
    signs_in(page, "sam")
    expect(page.locator("#who")).to_contain_text("S. Example")
    head = house.entrance.docket.recorder.head()
    for path in ("/act/office.rename.v1", "/v1/actions/office.rename.v1", "/sign-out"):
        page.goto(f"{idp.issuer}/keys")
        with page.expect_navigation():
            page.evaluate(
                """to => {
                    const form = document.body.appendChild(document.createElement("form"));
                    form.method = "post"; form.action = to; form.enctype = "text/plain"; form.submit();
                }""",
                f"{house.address}{path}",
            )
        assert page.url == f"{house.address}{path}"
    page.goto(f"{idp.issuer}/keys")
    for mode in ("cors", "no-cors"):
        read = page.evaluate(
            """([to, mode]) => fetch(to, {mode, credentials: "include"})
                .then((answer) => answer.text()).then((text) => text.length, () => -1)""",
            [f"{house.address}/v1/me", mode],
        )
        assert read <= 0
    assert house.entrance.docket.recorder.head() == head
    page.goto(f"{house.address}/")
    expect(page.locator("#who")).to_contain_text("S. Example")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_about_signing_in_can_be_used_by_everybody(house: House, scheme: str) -> None:
    person = house.person(color_scheme=scheme, bypass_csp=True, viewport={"width": 390, "height": 844})
    page = person.new_page()
    for path in ("/sign-in", "/sign-out", "/sign-in/back", "/nowhere"):
        page.goto(f"{house.address}{path}")
        assert wrong(page) == [], path
    page.goto(f"{house.address}/sign-in")
    signs_in(page, "stranger")
    expect(page.locator("#problem")).to_contain_text("sign-in-unknown")
    assert wrong(page) == []
    page.context.clear_cookies()
    page.goto(f"{house.address}/sign-in")
    signs_in(page, "sam")
    for path in ("/", "/sign-in", "/sign-out"):
        page.goto(f"{house.address}{path}")
        expect(page.locator("#who")).to_contain_text("S. Example")
        assert wrong(page) == [], path
