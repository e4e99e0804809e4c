"""What is printed is what is read: each sheet says how it is marked, no table is cut, and nothing is there to press."""

import re
from io import BytesIO
from typing import Any

import pytest
from pypdf import PdfReader

from api.pages.marked import marking_of
from tests.api.knocking import CASE, Door, named_id, office
from tests.api.story.looking import Looks
from tests.api.story.test_pages import OVERSIGHT, contested

LETTER_PT = 612


def test_each_sheet_of_a_printed_page_is_marked_and_has_no_navigation(door: Door, looks: Looks) -> None:
    case = contested(door)
    cases = door.read("/v1/cases", OVERSIGHT, limit=100).json()["items"]
    looking = looks(OVERSIGHT)
    for path, said in {
        f"/cases/{case['case_id']}": [case["model"]],
        "/cases": [each["model"] for each in cases],
    }.items():
        page = looking.goto(path)
        (marking,) = set(page.locator(".docket-marking").last.all_text_contents())
        sheets = [sheet.extract_text() for sheet in PdfReader(BytesIO(page.pdf(format="Letter"))).pages]
        assert len(sheets) > 1
        for sheet in sheets:
            assert sheet.count(marking) >= 2, sheet
        whole = "".join("".join(sheets).split())
        assert all("".join(each.split()) in whole for each in said)
        assert path in whole, "where it was printed from"
        for pressed in ("Clearinghouse", "Look as somebody", "As of the end of", "What you can do now"):
            assert "".join(pressed.split()) not in whole, pressed
        page.emulate_media(media="print")
        page.set_viewport_size({"width": LETTER_PT, "height": 900})
        beyond = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert beyond <= 0, (path, beyond)
        page.emulate_media(media="null")
    assert looking.is_at_home(), (looking.asked, looking.complaints)


def test_a_stylesheet_is_made_of_a_marking_and_of_nothing_else(door: Door) -> None:
    answer = door.client.get("/print.css", params={"marking": "CUI//SP-CTI"})
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/css; charset=utf-8")
    assert answer.text.count("content: 'CUI//SP-CTI'") == 2
    for other in ("", "'} body { display: none", "SECRET'", "nothing"):
        assert door.client.get("/print.css", params={"marking": other}).status_code == 404


@pytest.mark.parametrize(
    ("shown", "marking"),
    [
        ([], None),
        ([{"marking": "UNCLASSIFIED"}, {"items": [{"marking": "CUI"}]}], "CUI"),
        ([{"marking": "CUI", "protected": {"reasons": "x"}, "protected_marking": "SECRET"}], "SECRET//CUI"),
        ([{"marking": "CUI", "protected": {}, "protected_marking": "SECRET"}], "CUI"),
        ([{"event": {"marking": "CUI", "protectedmarking": "SECRET"}, "withheld": []}], "SECRET//CUI"),
        ([{"event": {"marking": "CUI", "protectedmarking": "SECRET"}, "withheld": ["by"]}], "CUI"),
    ],
)
def test_a_page_is_marked_as_all_that_it_shows(shown: Any, marking: str | None) -> None:
    assert marking_of(shown) == marking


def test_a_list_is_marked_as_what_it_was_made_from_for_whoever_looks(door: Door) -> None:
    """A row tells what follows from parts that are marked higher than it: whoever may see them sees that it is so."""
    full = office("treasury", "T. Example", 'clearance="CUI"; cui=all')
    low = office("treasury", "L. Example", 'clearance="UNCLASSIFIED"')
    assert door.submitted(marking="UNCLASSIFIED").status_code == 201
    case = f"/cases?id={CASE}"

    def marked(by: dict[str, str]) -> set[str]:
        door.read("/v1/cases", by)
        shown = door.client.get(case, headers=by).text
        return set(re.findall(r'class="docket-marking" data-level="([A-Z ]+)"', shown))

    assert (marked(full), marked(low)) == ({"UNCLASSIFIED"}, {"UNCLASSIFIED"})
    said = {"case_id": CASE, "dissent_id": named_id("dissent"), "reasons": "Invented."}
    assert door.act("case.file-dissent.v1", full, said, marking="CUI").status_code == 201
    assert (marked(full), marked(low)) == ({"CUI"}, {"UNCLASSIFIED"})
    nobody = door.client.get("/self-check").text
    assert "docket-marking" not in door.client.get("/cases").text, "whoever is not known is shown nothing"
    assert 'data-level="UNCLASSIFIED"' in nobody, "the criteria are of the record"
