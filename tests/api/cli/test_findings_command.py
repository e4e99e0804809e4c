"""`docket findings` sends documents of others from files, each once, however they lie there."""

import json
from pathlib import Path

import orjson
from typer.testing import CliRunner

from api.cli import app
from api.cli.findings import PART, lines, parts
from tests.api.knocking import Door, named_id
from tests.api.serving import served

DATA = Path(__file__).parents[2] / "data" / "findings"
SENDER = 'office/treasury; name="T. Example"; clearance="CUI//TLP:RED"; cui=all'


def test_a_file_is_one_document_one_a_line_or_the_catalogue(tmp_path: Path) -> None:
    assert len(list(lines(DATA / "cve" / "CVE-2024-3400.json"))) == 1
    assert len(list(lines(next(DATA.glob("kev/*.json"))))) == 1404
    two = tmp_path / "two.ndjson"
    two.write_bytes(b'{"title":"a"}\n\n{"title":"b"}\n')
    assert list(lines(two)) == [(f"{two}:1", b'{"title":"a"}'), (f"{two}:3", b'{"title":"b"}')]


def test_a_batch_is_sent_in_parts_that_are_not_too_long() -> None:
    line = b"x" * (PART // 3)
    made = list(parts((str(number), line) for number in range(7)))
    assert [places for places, _ in made] == [["0", "1"], ["2", "3"], ["4", "5"], ["6"]]
    assert b"".join(body for _, body in made) == (line + b"\n") * 7
    assert list(parts(iter([]))) == []


def test_what_became_of_the_documents_is_counted_and_sent_again_they_are_repeated(door: Door) -> None:
    files = [str(DATA / "cve" / "CVE-2024-3400.json"), str(DATA / "csaf" / "advisory.json")]
    given = ["--as", SENDER, "--batch", named_id("batch"), "--marking", "UNCLASSIFIED//TLP:AMBER", "--json"]
    with served(door.app) as url:
        first, again = (CliRunner().invoke(app, ["findings", *files, *given, "--url", url]) for _ in range(2))
    assert first.exit_code == again.exit_code == 0, first.output + again.output
    assert json.loads(first.stdout)["recorded"] == json.loads(again.stdout)["repeated"] == 3


def test_what_is_turned_away_is_said_with_where_it_stands_and_not_with_what_it_says(door: Door) -> None:
    withdrawn, cve = DATA / "osv" / "withdrawn.osv.json", DATA / "cve" / "CVE-2024-3400.json"
    given = ["--as", SENDER, "--batch", named_id("batch"), "--marking", "UNCLASSIFIED//TLP:AMBER"]
    with served(door.app) as url:
        done = CliRunner().invoke(app, ["findings", str(cve), str(withdrawn), *given, "--url", url])
    assert done.exit_code == 4
    assert f"{withdrawn}: finding-withdrawn: " in done.stderr
    assert str(cve) not in done.stderr
    assert orjson.loads(withdrawn.read_bytes())["id"] not in done.stderr
