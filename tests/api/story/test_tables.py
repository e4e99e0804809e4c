"""A list is sorted by any column, given whole as a file, and leads from each thing to the events behind it."""

import csv
import re
from datetime import date
from io import StringIO
from typing import Any

import pytest

from api.pages.files import MOST
from api.pages.lists import LISTS
from api.pages.lists.clearinghouse import CLEARINGHOUSE
from api.pages.lists.listing import Listing
from api.pages.lists.oversight import READS
from api.pages.report_pages import behind, periods
from api.pages.tables import Column, Form, as_csv, at, heads, ordered
from api.pages.things import THINGS
from tests.api.knocking import Door, office

FULL = 'clearance="CUI//TLP:RED"; cui=all; audiences=all'
OVERSIGHT = office("gao", clearance=FULL, roles="oversight")
TREASURY = office("treasury", clearance='clearance="UNCLASSIFIED"')
COLUMNS = (Column("name", "Name", at("name")), Column("n", "Number", at("n"), Form.COUNT))
ITEMS: list[dict[str, Any]] = [
    {"name": "b", "n": 2},
    {"name": "A", "n": 10},
    {"name": "c", "n": None},
    {"name": None, "n": 1},
]
LISTINGS = pytest.mark.parametrize("listing", LISTS, ids=lambda listing: listing.path)


@pytest.fixture
def door(told_door: Door) -> Door:
    return told_door


def page(door: Door, path: str, by: dict[str, str] = OVERSIGHT, /, **query: Any) -> str:
    answer = door.client.get(path, headers=by, params=query)
    assert answer.status_code == 200, (path, answer.text)
    return answer.text


def keys(text: str) -> list[str]:
    return re.findall(r'<tr data-key="([^"]+)"', text)


def table(text: str) -> list[list[str]]:
    return list(csv.reader(StringIO(text, newline="")))


def told(door: Door, listing: Listing, by: dict[str, str] = OVERSIGHT, /, **query: Any) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = door.read(listing.door, by, limit=1000, min_position=None, **query).json()["items"]
    return items


def test_what_says_nothing_is_last_whichever_way_it_is_sorted() -> None:
    def names(sort: str | None) -> list[Any]:
        return [item["name"] for item in ordered(COLUMNS, ITEMS, sort)]

    assert names("name") == ["A", "b", "c", None]
    assert names("-name") == ["c", "b", "A", None]
    assert names("n") == [None, "b", "A", "c"]
    assert names("-n") == ["A", "b", None, "c"]
    assert names(None) == names("nothing") == ["b", "A", "c", None]


def test_a_head_says_which_way_it_is_sorted_and_turns_it_round() -> None:
    assert [(head.sorted, head.next) for head in heads(COLUMNS, "n")] == [("none", "name"), ("ascending", "-n")]
    assert [head.sorted for head in heads(COLUMNS, "-n")] == ["none", "descending"]


@pytest.mark.parametrize("begins", ["=", "+", "-", "@", "\t", "\r", "\n"])
def test_no_spreadsheet_takes_what_somebody_wrote_for_a_formula(begins: str) -> None:
    written = as_csv(COLUMNS, [{"name": f'{begins}cmd("x")', "n": 1}]).decode()
    assert table(written)[1] == [f'\'{begins}cmd("x")', "1"]


@LISTINGS
def test_a_file_holds_all_that_the_door_gives_with_the_filters_of_the_address(door: Door, listing: Listing) -> None:
    for by in (OVERSIGHT, TREASURY):
        items = told(door, listing, by)
        lines = table(page(door, listing.path, by, format="csv", sort=listing.columns[0].code, after=1))
        assert lines[0] == [column.code for column in listing.columns]
        assert len(lines) - 1 == len(items)
    asked = [(each.name, each.options[0][0]) for each in listing.filters if each.options]
    for name, value in asked:
        some = told(door, listing, **{name: value})
        assert len(table(page(door, listing.path, format="csv", **{name: value}))) - 1 == len(some), name


@LISTINGS
def test_every_choice_of_a_filter_is_one_that_the_door_knows(door: Door, listing: Listing) -> None:
    for each in listing.filters:
        for value, _ in each.options:
            page(door, listing.path, **{each.name: value})


@LISTINGS
def test_every_column_sorts_what_is_shown_and_says_so_where_there_is_more(door: Door, listing: Listing) -> None:
    there = keys(page(door, listing.path))
    assert there, listing.path
    for column in listing.columns:
        up, down = (page(door, listing.path, sort=sort) for sort in (column.code, f"-{column.code}"))
        assert sorted(keys(up)) == sorted(keys(down)) == sorted(there), column.code
        assert ('aria-sort="ascending"' in up, 'aria-sort="descending"' in down) == (True, True), column.code
    if len(there) > 1:
        first = page(door, listing.path, sort=listing.columns[0].code, limit=1)
        assert "Only the rows of this page are sorted." in first
        assert f"after={told(door, listing)[0]['position']}" in first or 'rel="next"' in first


def test_a_file_that_would_not_be_whole_is_not_given(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.pages.files.MOST", 39)
    answer = door.client.get("/cases", headers=OVERSIGHT, params={"format": "csv"})
    assert (answer.status_code, "parameter-wrong" in answer.text) == (400, True)
    assert MOST > 10_000


@pytest.mark.parametrize("path", THINGS)
def test_a_list_leads_to_a_page_of_each_thing_and_that_to_its_events(door: Door, path: str) -> None:
    thing = THINGS[path]
    whole = page(door, path if path not in {"/thresholds", "/frameworks", "/criteria"} else "/standards")
    to = sorted(set(re.findall(rf'href="({path}/[^"?#]+)"', whole)) - {each.path for each in (*LISTS, READS)})
    assert to
    for each in to:
        shown = page(door, each)
        id = each.rpartition("/")[2]
        events = door.read("/v1/audit/events", OVERSIGHT, stream=f"{thing.kind}-{id}", limit=1000).json()["items"]
        assert events
        assert {f"/audit/{event['position']}" for event in events} <= set(re.findall(r'href="([^"]+)"', shown)), each


def test_a_thing_is_shown_as_it_was(door: Door) -> None:
    then = page(door, "/taskings/EO14409-2-A", on="2026-07-02")
    assert "2ce10440" not in then
    assert "Tasking completion verified" not in then
    assert "Tasking completion claimed" in then
    assert "Tasking completion verified" in page(door, "/taskings/EO14409-2-A")


def test_nobody_sees_a_thing_that_the_door_does_not_tell_them_of(door: Door) -> None:
    hidden = {each["vulnerability_id"] for each in told(door, CLEARINGHOUSE)} - {
        each["vulnerability_id"] for each in told(door, CLEARINGHOUSE, TREASURY)
    }
    assert hidden
    for id in hidden:
        answer = door.client.get(f"/clearinghouse/{id}", headers=TREASURY)
        assert answer.status_code == 404
    entries = page(door, "/audit", TREASURY, after=100)
    assert not any(id in entries for id in hidden)


def test_each_number_of_a_report_leads_to_the_events_that_make_it(door: Door) -> None:
    for code in [each["code"] for each in door.client.get("/v1/reports", headers=OVERSIGHT).json()["items"]]:
        found = door.client.get(f"/v1/reports/{code}", headers=OVERSIGHT).json()
        shown = page(door, f"/reports/{code}")
        cells = [
            (f"{table['code']}.{r}.{c}", cell["events"])
            for table in found["tables"]
            for r, row in enumerate(table["rows"])
            for c, cell in enumerate(row["cells"])
            if cell["events"]
        ]
        assert cells, code
        assert [where for where, _ in cells] == re.findall(r"behind=([a-z0-9.-]+)#behind", shown), code
        assert all(behind(found, where) == ids for where, ids in cells)
        where, ids = max(cells, key=lambda cell: len(cell[1]))
        positions = keys(page(door, f"/reports/{code}", behind=where))
        assert len(positions) == min(20, len(ids))
    assert behind({"tables": []}, "") is None


@pytest.mark.parametrize(
    "where", ["cases.99.0", "cases.0.99", "nothing.0.0", "cases", "cases.-1.0", "..", "cases.0.0.0"]
)
def test_a_number_that_is_not_there_has_nothing_behind_it(door: Door, where: str) -> None:
    answer = door.client.get("/reports/annual-summary", params={"behind": where}, headers=OVERSIGHT)
    assert (answer.status_code, "Behind the number" in answer.text) == (400, False)


def test_periods_are_those_of_the_calendar_and_of_the_fiscal_year() -> None:
    assert periods(date(2026, 11, 20)) == {
        "This quarter": ("2026-10-01", "2027-01-01"),
        "The quarter before": ("2026-07-01", "2026-10-01"),
        "Fiscal year 2027": ("2026-10-01", "2027-10-01"),
        "Fiscal year 2026": ("2025-10-01", "2026-10-01"),
    }
    assert periods(date(2026, 1, 31))["The quarter before"] == ("2025-10-01", "2026-01-01")


def test_what_changed_between_two_positions_is_counted_and_listed(door: Door) -> None:
    shown = page(door, "/audit", from_position=600, until_position=620)
    events = door.read("/v1/audit/events", OVERSIGHT, after=600, limit=20).json()["items"]
    assert keys(shown) == [str(each["position"]) for each in events] == [str(at) for at in range(601, 621)]
    told = door.read("/v1/audit/between", OVERSIGHT, min_position=None, **{"from": 600, "until": 620}).json()
    assert f"{told['happened']['count']} events." in shown
    assert told["cases"]
    assert f'Cases that stand otherwise <span class="docket-small">({len(told["cases"])})' in shown
    assert all(f"/cases/{each['case_id']}" in shown for each in told["cases"])
    assert 'rel="next"' not in shown
    assert door.client.get("/audit?from_position=x", headers=OVERSIGHT).status_code == 400


def test_the_record_is_searched_for_what_the_address_asks(door: Door) -> None:
    for asked in (
        {"office": "nsa", "type": "case.determination-issued.v1"},
        {"text": "invented dissent"},
        {"late": "true"},
        {"authority": "EO14409:3(a)", "actor": "office/nsa"},
    ):
        told = door.read("/v1/audit/events", OVERSIGHT, limit=50, min_position=None, **asked).json()["items"]
        assert told, asked
        assert keys(page(door, "/audit", **asked)) == [str(each["position"]) for each in told], asked
    one_day = page(door, "/audit", from_on="2026-06-17", until_on="2026-06-17")
    times = re.findall(r'data-label="Recorded"><time datetime="([^"]+)">', one_day)
    assert times
    assert all("2026-06-17T04:00" <= at < "2026-06-18T04:00" for at in times)
