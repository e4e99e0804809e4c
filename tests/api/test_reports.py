"""A report is made of what its reader may see, is the same whenever it is made, and can be read by everybody."""

import json
import re
import zlib
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, cast

import pytest

from api.reports.as_csv import guarded
from api.reports.as_pdf import MOST_ROWS, printed
from api.reports.said import Said
from projections.reports.definitions import DEFINITIONS
from projections.reports.model import Cell, Column, Line, Period, Table
from projections.reports.report import Report, report
from projections.reports.source import PUBLIC, Source
from tests.api.knocking import CASE, NSA, SECRETARIAT, Door, developer, digest, named_id, office, submission

GAO = office("gao", clearance='clearance="CUI"; cui=all; audiences=all; roles="oversight"')
PLAIN_GAO = office("gao", clearance='clearance=UNCLASSIFIED; roles="oversight"')
PLAIN = office("treasury", clearance="clearance=UNCLASSIFIED")
FORMATS = ("json", "csv", "pdf")
CANARY = "canary-7"


def accepted(door: Door) -> None:
    door.submitted()
    door.clock.later(hours=30)
    assert door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}).status_code == 201


def refused(door: Door) -> None:
    assert door.act("case.accept.v1", NSA, {"case_id": CASE}).status_code == 403


def more(door: Door, model: str, **said: Any) -> None:
    data = submission(digest(model), model=model)
    assert door.act("case.submit.v1", developer(), data, **said).status_code == 201


def tables(door: Door, code: str, by: dict[str, str], **query: Any) -> Any:
    answer = door.read(f"/v1/reports/{code}", by, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()["tables"]


def test_definitions_are_listed_with_their_versions(door: Door) -> None:
    items = door.read("/v1/reports", NSA).json()["items"]
    assert [(each["code"], each["version"]) for each in items] == [
        (each.code, each.version) for each in DEFINITIONS.values()
    ]
    assert [each["code"] for each in items if each["public"]] == ["annual-summary"]
    assert door.read("/v1/reports/annual-summary", NSA, version=1).status_code == 200
    for path in ("annual-summary?version=2", "no-such-report"):
        assert door.client.get(f"/v1/reports/{path}", headers=NSA).status_code == 404


@pytest.mark.parametrize("code", DEFINITIONS)
def test_a_report_of_a_position_has_the_same_bytes_whatever_happened_since(door: Door, code: str) -> None:
    accepted(door)
    refused(door)
    head = door.recorder.head()
    before = [door.read(f"/v1/reports/{code}", NSA, as_of=head, format=format).content for format in FORMATS]
    door.clock.later(days=40)
    more(door, "later")
    refused(door)
    behind = [door.read(f"/v1/reports/{code}", NSA, as_of=head, format=format).content for format in FORMATS]
    assert before == behind
    now = door.read(f"/v1/reports/{code}", NSA)
    assert (now.json()["position"], now.json()["definition"]["code"]) == (door.recorder.head(), code)
    kept = {**NSA, "If-None-Match": now.headers["etag"]}
    assert door.read(f"/v1/reports/{code}", kept).status_code == 304


def test_the_time_to_acceptance_is_told_in_days(door: Door) -> None:
    accepted(door)
    distribution, submissions = tables(door, "time-to-acceptance", NSA)
    (line,) = submissions["rows"]
    assert line["heads"] == [CASE, "Acme", "acme-1 2026.09"]
    assert [cell["value"] for cell in line["cells"][:2]] == ["1.25", "accepted"]
    assert [cell["value"] for cell in distribution["rows"][0]["cells"]] == [1, "1.25", "1.25"]
    assert [cell["value"] for cell in distribution["rows"][2]["cells"]] == [0, None, None]


def test_a_review_that_lapsed_counts_as_accepted_whether_or_not_somebody_recorded_it(door: Door) -> None:
    door.submitted()
    door.clock.later(days=30)
    distribution, _ = tables(door, "time-to-acceptance", NSA, as_of=door.clock().isoformat().replace("+00:00", "Z"))
    assert [row["cells"][0]["value"] for row in distribution["rows"]] == [1, 0, 1]


@pytest.mark.parametrize("code", DEFINITIONS)
def test_what_a_reader_may_not_see_is_in_no_format_and_in_no_number(door: Door, code: str) -> None:
    accepted(door)
    refused(door)
    before = tables(door, code, PLAIN)
    pages = len(door.read(f"/v1/reports/{code}", PLAIN, format="pdf").content)
    more(door, CANARY, marking="CUI")
    case = door.read("/v1/cases", NSA).json()["items"][-1]["case_id"]
    assert door.act("case.accept.v1", NSA, {"case_id": case}, marking="CUI").status_code == 403
    assert tables(door, code, PLAIN) == before
    for format in FORMATS:
        told = door.read(f"/v1/reports/{code}", PLAIN, format=format).content
        assert CANARY.encode() not in unpacked(told), format
        assert case.encode() not in unpacked(told), format
    assert abs(len(door.read(f"/v1/reports/{code}", PLAIN, format="pdf").content) - pages) < 200
    if code not in {"dissent", "claimed-and-verified", "time-to-acceptance", "clocks"}:
        assert tables(door, code, NSA) != before, "the test would not notice"


def test_a_part_of_a_case_that_is_marked_higher_than_the_case_is_in_no_number(door: Door) -> None:
    accepted(door)
    data = {"case_id": CASE, "dissent_id": named_id(CANARY), "reasons": "Too early."}
    assert door.act("case.file-dissent.v1", office("dhs"), data, marking="CUI").status_code == 201
    for by, number in ((NSA, 1), (PLAIN, 0), (developer(), 0)):
        dissents, _ = tables(door, "dissent", by)
        assert dissents["rows"][-1]["cells"][-1]["value"] == number
        assert [row["heads"] for row in dissents["rows"][:-1]] == [["dhs"]] * number


def test_a_report_says_that_an_event_waits_to_be_counted(door: Door) -> None:
    accepted(door)
    head = door.recorder.head()
    door.read("/v1/reports/annual-summary", NSA)

    class Waiting:
        """Views in which no row is whole."""

        def find(self, *asked: Any, **more: Any) -> Any:
            return [replace(each, stale=True) for each in door.docket.store.find(*asked, **more)]

    for reads, stale in ((door.docket.store, False), (Waiting(), True)):
        source = Source(reads=cast(Any, reads), sight=PUBLIC, position=head, at=door.clock())
        assert report(DEFINITIONS["annual-summary"], Period(), source).stale is stale


def test_a_report_is_marked_like_what_it_is_made_of_and_oversight_learns_that_there_is_more(door: Door) -> None:
    accepted(door)
    more(door, CANARY, marking="CUI")
    path = "/v1/reports/annual-summary"
    whole, part, other = (door.read(path, by).json() for by in (GAO, PLAIN_GAO, PLAIN))
    assert (whole["marking"], whole["withheld"]) == ("CUI", False)
    assert (part["marking"], part["withheld"]) == ("UNCLASSIFIED", True)
    assert any("withheld" in notice for notice in part["notices"])
    assert "withheld" not in other
    assert not other["notices"]


def test_a_participant_reports_on_its_own_cases_alone(door: Door) -> None:
    accepted(door)
    other = named_id("other developer")
    door.act("participant.enrol.v1", developer(other), {"participant": other, "name": "Zenith", "kind": "developer"})
    for by, number in ((developer(), 1), (developer(other), 0), (NSA, 1)):
        cases, *_ = tables(door, "annual-summary", by)
        assert cases["rows"][-1]["cells"][-1]["value"] == number


def test_a_pdf_is_tagged_and_says_its_title_its_language_and_its_headers(door: Door) -> None:
    accepted(door)
    answer = door.read("/v1/reports/annual-summary", NSA, format="pdf")
    assert answer.headers["content-type"] == "application/pdf"
    assert 'filename="annual-summary-' in answer.headers["content-disposition"]
    pdf = unpacked(answer.content)
    for words in (b"%PDF-1.7", b"/StructTreeRoot", b"/MarkInfo", b"/Marked true", b"/Lang", b"pdfuaid:part>1<"):
        assert words in pdf, words
    assert re.search(rb"/Lang\s*\(en-US\)", pdf)
    assert b"Annual summary" in pdf
    for tag in (b"/Table", b"/TH", b"/TD", b"/H1", b"/Note", b"/Caption"):
        assert re.search(rb"/S\s*" + tag + rb"\b", pdf), tag
    assert b"/FontFile" in pdf, "its letters are in it"


def test_a_pdf_of_a_long_table_says_how_much_of_it_is_elsewhere() -> None:
    line = Line(heads=("one",), cells=(Cell(value=1),))
    table = Table(
        code="long",
        title="Long",
        note="A note.",
        heads=("What",),
        columns=(Column(code="a", title="A"),),
        rows=(line,) * (MOST_ROWS + 7),
    )
    long = Report(
        definition=DEFINITIONS["clocks"],
        period=Period(),
        position=1,
        at=datetime(2026, 9, 1, tzinfo=UTC),
        public=False,
        tables=(table,),
        stale=True,
    )
    said = Said(report=long, events={}, marking="UNCLASSIFIED", simulated=False, withheld=None)
    text = json.dumps(printed(said))
    assert "A note. 7 more rows are in the other formats." in text
    assert text.count('["one", "1"]') == MOST_ROWS
    assert "the numbers may change" in text


def test_a_file_is_not_sent_again_to_who_has_it(door: Door) -> None:
    accepted(door)
    first = door.read("/v1/reports/clocks", NSA, format="csv")
    kept = {**NSA, "If-None-Match": first.headers["etag"]}
    assert door.read("/v1/reports/clocks", kept, format="csv").status_code == 304


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1"])
def test_no_text_in_csv_begins_like_a_formula(text: str) -> None:
    assert guarded(text) == f"'{text}"
    assert guarded(f"a{text}") == f"a{text}"


@pytest.mark.parametrize(
    "query",
    [
        "from=yesterday",
        "until=2026-09-01T10:00:00Z",
        "format=docx",
        "public=perhaps",
        "from=2026-09-02&until=2026-09-02",
        "as_of=0",
    ],
)
def test_what_cannot_be_read_of_a_request_is_told(door: Door, query: str) -> None:
    answer = door.client.get(f"/v1/reports/annual-summary?{query}", headers=NSA)
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong")


def unpacked(file: bytes) -> bytes:
    """A file with what is packed in it beside it."""
    packed = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", file, re.DOTALL)
    return file + b"".join(zlib.decompressobj().decompress(each) for each in packed if each[:1] == b"x")
