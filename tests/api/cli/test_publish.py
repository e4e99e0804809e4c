"""`docket publish` sends acts in parts, in order, stops where the record cannot answer, and tells what was wrong."""

import json
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest
from typer.testing import CliRunner

from api.cli import app
from api.cli.publish import MOST_TOLD, outcomes
from api.identity.development import DEVELOPMENT_HEADER
from tests.api.knocking import DEVELOPER, Door, developer, named_id
from tests.api.serving import served


@pytest.fixture
def client(door: Door) -> Iterator[httpx2.Client]:
    with served(door.app) as url, httpx2.Client(base_url=url) as made:
        yield made


def enrolment(number: int) -> bytes:
    data = {"participant": DEVELOPER, "name": f"Acme {number}", "kind": "developer"}
    event = {"specversion": "1.0", "id": named_id("act", number), "source": "test", "marking": "UNCLASSIFIED"}
    return json.dumps(event | {"type": "participant.enrol.v1", "data": data}).encode()


def test_every_act_has_its_outcome_however_many_go_together(client: httpx2.Client) -> None:
    acts = [enrolment(number) for number in range(5)]
    found = list(outcomes(client, acts, developer(), together=2))
    assert [each["id"] for each in found] == [named_id("act", number) for number in range(5)]
    again = list(outcomes(client, acts, developer(), together=5))
    assert {each["outcome"] for each in again} <= {"repeated", "refused"}


def test_what_is_behind_an_answer_that_is_missing_is_not_sent() -> None:
    sent: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.read())
        return httpx2.Response(200, text='{"outcome":"unavailable"}\n')

    with httpx2.Client(base_url="http://docket.example", transport=httpx2.MockTransport(answer)) as made:
        assert len(list(outcomes(made, [b"1", b"2", b"3", b"4"], {}, together=2))) == 1
    assert sent == [b"1\n2\n"]


def test_each_act_that_was_not_recorded_is_told_with_its_line_and_what_is_wrong(door: Door, tmp_path: Path) -> None:
    """One is recorded, one refused by a rule, and more turned away than the JSON object holds."""
    acts = tmp_path / "acts.ndjson"
    unmarked = json.loads(enrolment(2))
    del unmarked["marking"]
    refused = enrolment(3).replace(DEVELOPER.encode(), named_id("other").encode())
    acts.write_bytes(b"\n".join([enrolment(1), b"", json.dumps(unmarked).encode(), refused, *[b"{"] * MOST_TOLD]))
    words = ["publish", str(acts), "--as", developer()[DEVELOPMENT_HEADER], "--json", "--url"]
    with served(door.app) as url:
        told = CliRunner().invoke(app, [*words, url])
    assert told.exit_code == 4
    first, second, *rest, last = told.stderr.splitlines()
    assert first.startswith(f"docket: {acts}:3: {named_id('act', 2)}: marking-missing: ")
    assert first.endswith(" /marking: This field is missing.")
    assert second.startswith(f"docket: {acts}:4: {named_id('act', 3)}: not-found: ")
    assert [each.partition(": malformed: ")[0] for each in rest] == [
        f"docket: {acts}:{number}: no id" for number in range(5, 5 + MOST_TOLD)
    ]
    assert last == "docket: something was turned away"
    said = json.loads(told.stdout)
    assert (said["recorded"], said["refused"], said["turned-away"], said["untold"]) == (1, 1, MOST_TOLD + 1, 2)
    assert len(said["unrecorded"]) == MOST_TOLD
    missing = said["unrecorded"][0]
    assert (missing["file"], missing["line"], missing["id"]) == (str(acts), 3, named_id("act", 2))
    assert missing["problem"]["errors"] == [{"pointer": "/marking", "detail": "This field is missing."}]


def test_an_act_that_the_record_could_not_answer_is_told_also_where_it_is_the_last(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    problem = {"code": "store-unavailable", "detail": "Nothing was recorded."}
    became = {"index": 0, "id": named_id("act", 1), "outcome": "unavailable", "status": 503, "problem": problem}
    monkeypatch.setattr("api.cli.publish.outcomes", lambda *_: iter([became]))
    acts = tmp_path / "acts.ndjson"
    acts.write_bytes(enrolment(1))
    told = CliRunner().invoke(app, ["publish", str(acts), "--as", developer()[DEVELOPMENT_HEADER]])
    assert (told.exit_code, told.stderr.splitlines()) == (
        4,
        [
            f"docket: {acts}:1: {named_id('act', 1)}: store-unavailable: Nothing was recorded.",
            "docket: the record could not answer; send all of it again",
        ],
    )
