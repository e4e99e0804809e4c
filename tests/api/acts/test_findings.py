"""Findings come in by the thousand over HTTP: each line has its outcome, and a batch may be sent again."""

import json
from pathlib import Path
from typing import Any

from domain import wire
from domain.events.vulnerability import VulnerabilityReported
from projections.reported import REPORTED
from tests.api.knocking import Door, developer, named_id, office

DATA = Path(__file__).parents[2] / "data" / "findings"
TREASURY, NSA = office("treasury", "T. Example"), office("nsa", "N. Example")
FINDER = developer(clearance='clearance="CUI//TLP:AMBER"; cui=all')
BATCH = named_id("batch")
GREEN = "UNCLASSIFIED//TLP:GREEN"


def on_one_line(name: str) -> bytes:
    return json.dumps(json.loads((DATA / name).read_bytes())).encode()


CVE, CSAF = on_one_line("cve/CVE-2024-3400.json"), on_one_line("csaf/advisory.json")
PYSEC = on_one_line("osv/PYSEC-2023-74.json")
ENTRIES = json.loads(next(DATA.glob("kev/*.json")).read_bytes())["vulnerabilities"]
OWN = json.dumps({"id": "mine-1", "title": "An invented finding", "aliases": ["cve-2024-3400"]}).encode()


def send(door: Door, *lines: bytes, by: dict[str, str] = TREASURY, **query: Any) -> list[dict[str, Any]]:
    asked = {"batch_id": BATCH, "marking": GREEN} | query
    headers = by | {"Content-Type": "application/x-ndjson"}
    body = b"".join(line + b"\n" for line in lines)
    answer = door.client.post("/v1/clearinghouse/findings", content=body, headers=headers, params=asked)
    assert answer.status_code == 200, answer.text
    return [json.loads(line) for line in answer.text.splitlines()]


def outcomes(told: list[dict[str, Any]]) -> list[tuple[int, int, str]]:
    return [(each["index"], each["part"], each["outcome"]) for each in told]


def seen(door: Door) -> None:
    """The view of what is reported has what the record has."""
    assert door.docket.runner.wait(REPORTED, door.recorder.head(), 10)


def entry(id: str) -> bytes:
    return json.dumps(next(each for each in ENTRIES if each["cveID"] == id)).encode()


def test_every_format_is_recorded_as_reports(door):
    told = send(door, CVE, PYSEC, CSAF, entry("CVE-2025-48384"), OWN)
    assert outcomes(told) == [
        (0, 0, "recorded"),
        (1, 0, "recorded"),
        (2, 0, "recorded"),
        (2, 1, "recorded"),
        (3, 0, "recorded"),
        (4, 0, "recorded"),
    ]
    assert [each["finding"]["format"] for each in told] == ["cve", "osv", "csaf", "csaf", "kev", "docket"]
    assert told[0]["finding"]["points"][0] == {"point": "ssvc:E:1.1.0", "raw": "Active", "value": "A"}
    event = wire.load(door.recorder.documents([position := told[0]["receipt"]["position"]])[position]).event
    assert isinstance(event, VulnerabilityReported)
    assert event.source is not None
    assert event.source.digest == told[0]["finding"]["digest"]
    assert event.source.holder == "whoever reported it"
    assert (event.claims_public, event.claims_exploited) == (True, True)


def test_a_batch_that_is_sent_again_repeats_nothing(door):
    first = send(door, CVE, CSAF, entry("CVE-2025-48384"))
    head = door.recorder.head()
    again = send(door, CVE, CSAF, entry("CVE-2025-48384"))
    assert {each["outcome"] for each in again} == {"repeated"}
    assert [each["receipt"]["position"] for each in again] == [each["receipt"]["position"] for each in first]
    assert door.recorder.head() == head


def test_a_batch_may_go_on_where_it_broke_off(door):
    send(door, CVE)
    rest = send(door, PYSEC, CVE)
    assert outcomes(rest) == [(0, 0, "recorded"), (1, 0, "repeated")]


def test_malformed_lines_have_their_own_answer_and_the_others_act(door):
    told = send(door, b'{"id":', CVE, b"7", on_one_line("osv/nointroduced-CVE-2023-41045.json"), b"{}", PYSEC)
    assert [each["outcome"] for each in told] == [
        "turned-away",
        "recorded",
        "turned-away",
        "turned-away",
        "turned-away",
        "recorded",
    ]
    assert told[3]["problem"]["errors"][0]["pointer"] == "/affected/0/ranges/0/events"


def test_what_was_taken_back_is_turned_away(door):
    (told,) = send(door, on_one_line("osv/withdrawn.osv.json"))
    assert (told["outcome"], told["problem"]["code"]) == ("turned-away", "finding-withdrawn")


def test_the_same_line_twice_is_one_report(door):
    told = send(door, CVE, CVE)
    assert outcomes(told) == [(0, 0, "recorded"), (1, 0, "repeated")]
    assert told[0]["finding"]["vulnerability_id"] == told[1]["finding"]["vulnerability_id"]


def test_the_same_document_saying_something_else_is_a_conflict(door):
    other = json.loads(CVE)
    other["containers"]["cna"]["title"] = "Something else"
    other["cveMetadata"]["cveId"] = "CVE-2024-3400"
    told = send(door, CVE, json.dumps(other).encode())
    assert (told[1]["outcome"], told[1]["problem"]["code"], told[1]["status"]) == ("turned-away", "id-reused", 409)


def test_what_says_the_same_is_recorded_and_linked_however_its_name_is_written(door):
    told = send(door, CVE, OWN)
    first = told[0]["finding"]["vulnerability_id"]
    assert told[1]["outcome"] == "recorded"
    assert told[1]["finding"]["same_as"] == [{"vulnerability_id": first, "alias": "cve-2024-3400"}]


def test_what_the_record_has_already_is_linked_too(door):
    (first,) = send(door, CVE)
    seen(door)
    (second,) = send(door, CVE, by=NSA, batch_id=named_id("another batch"))
    assert second["outcome"] == "recorded"
    assert second["finding"]["vulnerability_id"] != first["finding"]["vulnerability_id"]
    assert [each["vulnerability_id"] for each in second["finding"]["same_as"]] == [first["finding"]["vulnerability_id"]]


def test_a_participant_is_linked_with_its_own_reports_alone(door):
    door.enrolled()
    send(door, CVE)
    (mine,) = send(door, CVE, by=FINDER, batch_id=named_id("mine"))
    seen(door)
    (again,) = send(door, OWN, by=FINDER, batch_id=named_id("mine again"))
    assert mine["finding"]["same_as"] == []
    assert [each["vulnerability_id"] for each in again["finding"]["same_as"]] == [mine["finding"]["vulnerability_id"]]


def test_two_senders_with_one_batch_id_do_not_meet(door):
    door.enrolled()
    (first,) = send(door, CVE)
    (second,) = send(door, CVE, by=FINDER)
    assert (first["outcome"], second["outcome"]) == ("recorded", "recorded")
    assert first["finding"]["vulnerability_id"] != second["finding"]["vulnerability_id"]


def test_a_document_goes_no_further_than_it_says(door):
    wide = send(door, CSAF, marking="UNCLASSIFIED//TLP:CLEAR")
    assert [each["problem"]["code"] for each in wide] == ["marking-too-wide"]
    kept = send(door, CSAF, marking="UNCLASSIFIED//TLP:AMBER")
    assert [each["outcome"] for each in kept] == ["recorded", "recorded"]


def test_a_batch_without_a_colour_reports_nothing(door):
    (told,) = send(door, CVE, marking="UNCLASSIFIED")
    assert (told["outcome"], told["problem"]["code"]) == ("turned-away", "tlp-missing")


def test_a_batch_without_an_id_is_not_taken_in(door):
    headers = TREASURY | {"Content-Type": "application/x-ndjson"}
    answer = door.client.post("/v1/clearinghouse/findings", content=CVE + b"\n", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong")


def test_a_line_without_its_end_does_not_act(door):
    headers = TREASURY | {"Content-Type": "application/x-ndjson"}
    asked = {"batch_id": BATCH, "marking": GREEN}
    answer = door.client.post("/v1/clearinghouse/findings", content=CVE, headers=headers, params=asked)
    assert [json.loads(line)["outcome"] for line in answer.text.splitlines()] == ["turned-away"]


def test_ids_are_not_for_the_sender_of_a_batch_to_choose(door):
    (told,) = send(door, json.dumps({"title": "Mine", "reporter": named_id("me")}).encode())
    assert [each["pointer"] for each in told["problem"]["errors"]] == ["/reporter"]
