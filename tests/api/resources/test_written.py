"""One vulnerability is read in the formats of others: valid, marked, and with no more in it than its reader may see."""

import json
from pathlib import Path
from typing import Any

import pytest
import stix2

from consumers.findings import schemas
from tests.api.knocking import Door, developer, named_id, office

DATA = Path(__file__).parents[2] / "data" / "findings"
TREASURY = office("treasury", "T. Example")
NARROW = office("dhs", "N. Example", clearance='clearance="UNCLASSIFIED//TLP:GREEN"')
FINDER = developer(clearance='clearance="CUI//TLP:AMBER"; cui=all')
SCHEMAS = {"csaf": "csaf-2.0", "cve": "cve-5.1.1", "osv": "osv"}
MEDIA_TYPES = {
    "csaf": "application/csaf+json",
    "cve": "application/cve+json",
    "osv": "application/osv+json",
    "stix": "application/stix+json;version=2.1",
}


def reported(
    door: Door, body: bytes, *, by: dict[str, str] = TREASURY, marking: str = "UNCLASSIFIED//TLP:GREEN"
) -> str:
    line = json.dumps(json.loads(body)).encode() + b"\n"
    answer = door.client.post(
        "/v1/clearinghouse/findings",
        content=line,
        headers=by | {"Content-Type": "application/x-ndjson"},
        params={"batch_id": named_id("batch"), "marking": marking},
    )
    told = json.loads(answer.text.splitlines()[0])
    assert told["outcome"] == "recorded", told
    found: str = told["finding"]["vulnerability_id"]
    return found


def real(name: str) -> bytes:
    return (DATA / name).read_bytes()


def written(door: Door, id: str, by: dict[str, str], **query: Any) -> Any:
    answer = door.read(f"/v1/clearinghouse/{id}", by, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


@pytest.mark.parametrize("format", MEDIA_TYPES)
@pytest.mark.parametrize("name", ["cve/CVE-2024-3400.json", "csaf/advisory.json", "osv/PYSEC-2023-74.json"])
def test_what_came_in_goes_out_as_a_valid_document(door, name, format):
    id = reported(door, real(name))
    answer = door.read(f"/v1/clearinghouse/{id}", TREASURY, format=format)
    assert (answer.status_code, answer.headers["content-type"]) == (200, MEDIA_TYPES[format])
    if format in SCHEMAS:
        schemas.check(SCHEMAS[format], answer.json())
    else:
        stix2.parse(answer.json(), version="2.1", allow_custom=False)


def test_the_format_may_be_asked_for_by_its_media_type(door):
    id = reported(door, real("cve/CVE-2024-3400.json"))
    answer = door.read(f"/v1/clearinghouse/{id}", TREASURY | {"Accept": "application/stix+json;version=2.1"})
    assert answer.json()["type"] == "bundle"
    assert answer.headers["vary"] == "Accept"
    again = {"If-None-Match": answer.headers["etag"], "Accept": "application/stix+json"}
    assert door.read(f"/v1/clearinghouse/{id}", TREASURY | again).status_code == 304


def test_the_colour_is_carried(door):
    id = reported(door, real("cve/CVE-2024-3400.json"), marking="CUI//TLP:AMBER")
    assert written(door, id, TREASURY, format="csaf")["document"]["distribution"] == {
        "text": "CUI//TLP:AMBER",
        "tlp": {"label": "AMBER"},
    }
    names = [each.get("name") for each in written(door, id, TREASURY, format="stix")["objects"]]
    assert "TLP:AMBER" in names


@pytest.mark.parametrize("format", MEDIA_TYPES)
def test_what_a_reader_may_not_see_goes_out_in_no_format(door, format):
    id = reported(door, real("cve/CVE-2024-3400.json"), marking="UNCLASSIFIED//TLP:AMBER")
    hidden = door.read(f"/v1/clearinghouse/{id}", NARROW, format=format)
    missing = door.read(f"/v1/clearinghouse/{named_id('nothing')}", NARROW, format=format)
    assert hidden.status_code == missing.status_code == 404


@pytest.mark.parametrize("format", MEDIA_TYPES)
def test_no_format_says_who_reported_it(door, format):
    door.enrolled()
    id = reported(door, real("cve/CVE-2024-3400.json"), by=FINDER)
    said = json.dumps(written(door, id, TREASURY, format=format))
    told = written(door, id, TREASURY)
    assert told["reporter"] not in said
    for name in ("D. Example", "Acme", "participant/"):
        assert name not in said


def test_there_is_no_cve_record_of_what_has_no_cve_identifier(door):
    id = reported(door, real("osv/MAL-2024-10238.json"))
    answer = door.read(f"/v1/clearinghouse/{id}", TREASURY, format="cve")
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong")


def test_a_protected_text_goes_out_only_to_those_who_may_read_it(door):
    id = named_id("protected")
    door.act(
        "vulnerability.report.v1",
        TREASURY,
        {"vulnerability_id": id, "reporter": named_id("me"), "title": "Invented", "description": "How it is done"},
        marking="UNCLASSIFIED//TLP:GREEN",
        protected_marking="CUI//TLP:AMBER",
    )
    for format in ("csaf", "osv", "stix"):
        assert "How it is done" in json.dumps(written(door, id, TREASURY, format=format))
        assert "How it is done" not in json.dumps(written(door, id, NARROW, format=format))
