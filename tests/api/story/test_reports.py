"""The reports of the whole invented story count what its ledger says, and name the events that they count."""

import csv
import json
from collections import Counter
from collections.abc import Callable, Iterator
from io import StringIO
from typing import Any

import pytest

from projections.reports.definitions import DEFINITIONS
from tests.api.knocking import Door, office

GAO = office("gao", clearance='clearance="CUI//TLP:RED"; cui=all; audiences=all; roles="oversight"')
Event = dict[str, Any]


@pytest.fixture
def door(told_door: Door) -> Door:
    return told_door


def events(door: Door) -> Iterator[Event]:
    for _, _, document in door.recorder.read(0, 100_000):
        yield json.loads(document)


def report(door: Door, code: str, **query: str) -> Any:
    answer = door.read(f"/v1/reports/{code}", GAO, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def table(said: Any, code: str) -> Any:
    (found,) = (each for each in said["tables"] if each["code"] == code)
    return found


def cells(of: Any) -> dict[tuple[str, str], Any]:
    """(first head, column) → cell, of a table without the totals."""
    rows = of["rows"][:-1] if of["totals"] else of["rows"]
    return {
        (row["heads"][0], column["code"]): cell
        for row in rows
        for column, cell in zip(of["columns"], row["cells"], strict=True)
        if column["code"] != "total"
    }


def recounted(door: Door, type: str, key: Callable[[Event], tuple[str, str]]) -> dict[tuple[str, str], list[str]]:
    found: dict[tuple[str, str], list[str]] = {}
    for event in events(door):
        if event["type"] == type:
            found.setdefault(key(event), []).append(event["id"])
    return found


def test_each_number_of_the_annual_summary_is_the_events_that_a_recount_of_the_ledger_finds(door: Door) -> None:
    said = report(door, "annual-summary")
    oracles = {
        "access": recounted(door, "case.access-opened.v1", lambda e: (e["data"]["office"], e["data"]["basis"])),
        "assessments": recounted(
            door, "case.assessment-filed.v1", lambda e: (e["data"]["office"], e["data"]["finding"])
        ),
        "determinations": recounted(
            door,
            "case.determination-issued.v1",
            lambda e: (
                e["data"]["result"],
                "after-consultation" if e["data"]["consultation"] else "without-consultation",
            ),
        ),
    }
    for code, oracle in oracles.items():
        assert sum(map(len, oracle.values())) > 10, code
        for place, cell in cells(table(said, code)).items():
            assert cell["events"] == oracle.pop(place, []), (code, place)
            assert cell["value"] == len(cell["events"])
        assert oracle == {}, "something is counted nowhere"


def test_every_total_is_the_sum_of_its_row_and_of_its_column(door: Door) -> None:
    for each in report(door, "annual-summary")["tables"]:
        values = [[cell["value"] for cell in row["cells"]] for row in each["rows"]]
        assert all(row[-1] == sum(row[:-1]) for row in values)
        assert all(column[-1] == sum(column[:-1]) for column in zip(*values, strict=True))


def test_every_case_is_counted_once_by_its_first_submission(door: Door) -> None:
    counted = [id for cell in cells(table(report(door, "annual-summary"), "cases")).values() for id in cell["events"]]
    first: dict[str, str] = {}
    for event in events(door):
        if event["type"] == "case.submitted.v1":
            first.setdefault(event["subject"], event["id"])
    assert sorted(counted) == sorted(first.values())


def test_refusals_are_counted_as_the_ledger_has_them(door: Door) -> None:
    said = table(report(door, "refusals"), "refusals")
    found = {tuple(row["heads"]): row["cells"][0] for row in said["rows"]}
    oracle = recounted(door, "action.refused.v1", lambda e: (e["data"]["code"], e["data"]["command"]))
    total = found.pop(("Total", ""))
    assert {key: cell["events"] for key, cell in found.items()} == oracle
    assert total["value"] == sum(map(len, oracle.values())) > 3


def test_how_long_each_acceptance_took_is_what_its_two_events_say(door: Door) -> None:
    said = report(door, "time-to-acceptance")
    listed = table(said, "submissions")
    by_id = {event["id"]: event for event in events(door)}
    accepted = [row for row in listed["rows"] if row["cells"][1]["value"] == "accepted"]
    assert accepted
    for row in accepted:
        types = [by_id[id]["type"] for id in row["cells"][0]["events"]]
        assert types == ["case.submitted.v1", "case.accepted.v1"]
        assert {by_id[id]["subject"] for id in row["cells"][0]["events"]} == {f"case-{row['heads'][0]}"}
    counts = {row["heads"][0]: row["cells"][0]["value"] for row in table(said, "distribution")["rows"]}
    assert counts["all"] == len(listed["rows"]) == counts["accepted"] + counts["review-lapsed"]
    assert counts["accepted"] == len(accepted)
    days = sorted((row["cells"][0]["value"] for row in listed["rows"]), key=lambda text: int(text.replace(".", "")))
    (everything, *_) = table(said, "distribution")["rows"]
    assert everything["cells"][1]["value"] == days[(len(days) + 1) // 2 - 1]
    assert sum(day <= everything["cells"][2]["value"] for day in days) >= 0.9 * len(days)


def test_dissent_stands_beside_what_it_is_about(door: Door) -> None:
    said = report(door, "dissent")
    oracle = Counter(event["data"]["about"] for event in events(door) if event["type"] == "case.dissent-filed.v1")
    listed = {row["heads"][2]: row["cells"][2] for row in table(said, "determinations")["rows"]}
    assert {id: cell["value"] for id, cell in listed.items() if cell["value"]} == {
        id: number for id, number in oracle.items() if id is not None
    }
    assert table(said, "dissents")["rows"][-1]["cells"][-1]["value"] == oracle.total() > 0


def test_clocks_of_reviews_are_met_by_what_the_secretariat_did_in_time(door: Door) -> None:
    rows = {tuple(row["heads"]): row["cells"] for row in table(report(door, "clocks"), "clocks")["rows"]}
    met, missed, *_ = rows["case-review", "secretariat"]
    decided = Counter(event["type"] for event in events(door))
    lapsed = {event["subject"] for event in events(door) if event["type"] == "case.review-lapsed.v1"}
    assert met["value"] == decided["case.accepted.v1"] + decided["case.returned.v1"]
    assert missed["value"] == len(lapsed)
    silent = [cells[1]["value"] for (what, _), cells in rows.items() if what == "consultation"]
    assert sum(silent) > 0, "silence is told"


def test_what_was_claimed_stands_beside_what_was_verified(door: Door) -> None:
    said = report(door, "claimed-and-verified")
    counts = Counter(event["type"] for event in events(door))
    columns = [column["code"] for column in table(said, "provisions")["columns"]]
    rows = [[cell["value"] for cell in row["cells"]] for row in table(said, "provisions")["rows"]]
    sums = dict(zip(columns, map(sum, zip(*rows, strict=True)), strict=True))
    assert sums["assigned"] == counts["tasking.assigned.v1"] == len(table(said, "duties")["rows"])
    assert sums["verified"] == counts["tasking.completion-verified.v1"] < sums["claimed"]


def test_a_period_is_days_in_new_york_and_periods_that_follow_each_other_share_nothing(door: Door) -> None:
    def counted(**period: str) -> list[str]:
        said = table(report(door, "annual-summary", **period), "cases")
        return [id for cell in cells(said).values() for id in cell["events"]]

    before, behind = counted(until="2026-09-01"), counted(**{"from": "2026-09-01"})
    assert before
    assert behind
    assert set(before).isdisjoint(behind)
    assert sorted(before + behind) == sorted(counted())
    assert report(door, "annual-summary", **{"from": "2026-09-01"})["from"] == "2026-09-01"


def test_csv_has_every_cell_that_json_has(door: Door) -> None:
    for code in DEFINITIONS:
        said = report(door, code)
        answer = door.read(f"/v1/reports/{code}", GAO, format="csv")
        assert answer.headers["content-type"].startswith("text/csv")
        assert answer.text.count("\r\n") == answer.text.count("\n")
        lines = list(csv.DictReader(StringIO(answer.content.decode(), newline="")))
        told = [
            (each["code"], " | ".join(row["heads"]), column["code"], cell)
            for each in said["tables"]
            for row in each["rows"]
            for column, cell in zip(each["columns"], row["cells"], strict=True)
        ]
        assert len(lines) == len(told) > 0
        for line, (of, row, column, cell) in zip(lines, told, strict=True):
            assert (line["report"], line["position"], line["at"]) == (code, str(said["position"]), said["at"])
            assert (line["table"], line["row"], line["column"]) == (of, row, column)
            assert line["value"] == ("" if cell["value"] is None else str(cell["value"]))
            assert line["events"].split() == cell["events"]
        assert "demonstration" in lines[0]["notices"]


def test_a_public_part_is_of_the_last_fiscal_year_and_the_same_for_everybody(door: Door) -> None:
    path = "/v1/reports/annual-summary"
    own = door.read("/v1/participants", GAO).json()["items"][0]["participant"]
    somebody = {next(iter(GAO)): f'participant/{own}; name="D. Example"; clearance="UNCLASSIFIED"'}
    for format in ("json", "csv", "pdf"):
        told = [door.read(path, by, public="true", format=format) for by in (GAO, office("nsa"), somebody)]
        assert {each.status_code for each in told} == {200}
        assert len({each.content for each in told}) == 1, format
    said = report(door, "annual-summary", public="true")
    assert (said["from"], said["until"], said["at"]) == ("2025-10-01", "2026-10-01", "2026-10-01T04:00:00Z")
    every = [cell for each in said["tables"] for row in each["rows"] for cell in row["cells"]]
    assert any(cell["suppressed"] for cell in every)
    assert all(cell["events"] == [] for cell in every)
    assert all(cell["value"] == 0 or cell["value"] >= 5 for cell in every if not cell["suppressed"])
    assert all(cell["value"] is None for cell in every if cell["suppressed"])
    assert any("suppressed" in notice for notice in said["notices"])


def test_a_public_part_of_another_period_or_time_would_tell_what_is_suppressed_and_is_not_given(door: Door) -> None:
    wrong: tuple[dict[str, str], ...] = (
        {"as_of": "500"},
        {"from": "2025-10-01", "until": "2026-09-30"},
        {"from": "2026-10-01", "until": "2027-10-01"},
        {"until": "2026-10-01"},
    )
    for query in wrong:
        answer = door.read("/v1/reports/annual-summary", GAO, public="true", **query)
        assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong"), query
    assert door.read("/v1/reports/refusals", GAO, public="true").status_code == 400
    right = {"from": "2025-10-01", "until": "2026-10-01"}
    assert report(door, "annual-summary", public="true", **right) == report(door, "annual-summary", public="true")
