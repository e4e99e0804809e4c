"""What an address asks a page for is answered, or turned down by its name: nothing is left out in silence."""

import re

import pytest

from tests.api.knocking import Door
from tests.api.story.planting import Told
from tests.api.story.test_pages import OVERSIGHT, addresses


@pytest.fixture
def door(told_door: Door) -> Door:
    return told_door


def test_every_page_turns_down_a_parameter_that_it_does_not_know_and_names_it(door: Door) -> None:
    pages = {re.sub(r"\?.*", "", path) for path in addresses(door)[:-1]} | {"/act/case.accept.v1"}
    for path in pages:
        answer = door.client.get(path, params={"nonsense": "1"}, headers=OVERSIGHT)
        assert answer.status_code == 400, path
        assert "nonsense: There is no such parameter here." in answer.text, path


@pytest.mark.parametrize(
    ("path", "named"),
    [
        ("/cases?sort=colour", "sort"),
        ("/cases?format=xls", "format"),
        ("/cases?limit=many", "limit"),
        ("/cases?after=x", "after"),
        ("/cases?on=yesterday", "on"),
        ("/cases?as_of=yesterday", "as_of"),
        ("/cases?phase=licensed", "phase"),
        ("/refusals?on=2026-08-01", "on"),
        ("/taskings?by=colour", "by"),
        ("/leases?by=office", "by"),
        ("/audit?until_on=never", "until_on"),
        ("/oversight/reads?sort=colour", "sort"),
        ("/reports/clocks?behind=x", "behind"),
        ("/reports/clocks?behind=clocks.0.99", "behind"),
        ("/reports/clocks?further=x", "further"),
        ("/reports/clocks?format=pdf", "format"),
    ],
)
def test_what_does_not_have_its_form_is_named(door: Door, path: str, named: str) -> None:
    answer = door.client.get(path, headers=OVERSIGHT)
    assert answer.status_code == 400
    assert re.search(rf"<li>{named}: |`{named}`|\b{named} is ", answer.text)


@pytest.mark.parametrize("path", ["/cases", "/authority", "/taskings/EO14409-2-A", "/standards", "/reports/clocks"])
def test_a_day_that_is_still_to_come_says_so(door: Door, path: str) -> None:
    ahead, before = (door.client.get(f"{path}?on={on}", headers=OVERSIGHT).text for on in ("2027-01-31", "2026-10-31"))
    assert "is still to come. This is what the record says so far" in ahead
    assert "As it was" not in ahead
    assert "is still to come" not in before


def test_a_demonstration_says_where_its_clock_stands(story: Told, door: Door) -> None:
    assert "Its clock stands at " in story.client.get("/self-check").text
    assert "Its clock stands at " not in door.client.get("/self-check").text


def test_whoever_is_not_known_is_welcomed_and_led_to_what_anybody_may_do(door: Door) -> None:
    answer = door.client.get("/")
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Docket")
    assert "<h1>Welcome to Docket</h1>" in answer.text
    assert "usa-alert--error" not in answer.text
    for path in re.findall(r"<li>.*?</li>", answer.text):
        for to in re.findall(r'href="([^"]+)"', path):
            assert door.client.get(to).status_code == 200, to
