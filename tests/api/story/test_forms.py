"""What is answered of a whole invented story has the form that is published for it."""

from collections.abc import Iterator
from typing import Any

import jsonschema_rs

from api.contract.shapes import shapes
from consumers.checkpoints.opening import Signed
from tests.api.knocking import Door, office

GAO = office("gao")
ENDLESS = "/v1/stream"
OWN = ("/v1/subscriptions/{", "/calendar/{")
"""Only whoever made one can read it: tests/api/subscriptions."""
KEYS = {
    "/v1/cases": "case_id",
    "/v1/participants": "participant",
    "/v1/offices": "office",
    "/v1/instruments": "instrument",
    "/v1/policies": "policy",
    "/v1/taskings": "tasking",
    "/v1/criteria": "code",
    "/v1/leases": "lease_id",
    "/v1/scans": "scan_id",
    "/v1/records": "event_id",
    "/v1/oversight": "inquiry_id",
    "/v1/oversight/notes": "inquiry_id",
    "/v1/standards": "code",
    "/v1/thresholds": "code",
    "/v1/frameworks": "code",
    "/v1/reports": "code",
    "/v1/clearinghouse": "vulnerability_id",
}


ASKED = {
    "/v1/me/options": "?stream=office-nsa",
    "/v1/audit/between": "?from=0",
    "/v1/audit/consistency": "?from=1",
    "/v1/audit/proof/{position}": "/1",
    "/v1/oversight/reads/consistency": "?from=1",
    "/v1/oversight/reads/proof/{position}": "/1",
    "/v1/audit/tile/{path}": "/0/000",
    "/v1/audit/tile/entries/{path}": "/000",
}
"""What has to be asked for where not everything can be."""


def items(door: Door, path: str, **query: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = door.read(path, GAO, limit=1000, **query).json()["items"]
    assert found, path
    return found


def paths(door: Door, path: str) -> Iterator[tuple[str, dict[str, str]]]:
    """Every address that a path stands for in the story, and who asks."""
    before, _, rest = path.partition("/{")
    name, _, after = rest.partition("}")
    if path in ASKED:
        yield f"{before}{ASKED[path]}", GAO
    elif not name:
        yield path, GAO
    elif name == "command_id":
        for entry in items(door, "/v1/audit/events", type="case.accepted.v1"):
            yield f"{before}/{entry['command_id']}", office(entry["actor"].removeprefix("office/"))
    elif before == "/v1/audit/events":
        for entry in items(door, before):
            yield f"{before}/{entry['position']}", GAO
            yield f"{before}/{entry['event']}?form=document", GAO
    elif before in {"/schemas", "/problems"}:
        listed = door.client.get(before).json()
        for each in listed["events"] if name == "type" else [one["code"] for one in listed]:
            yield f"{before}/{each}", GAO
    else:
        for item in items(door, before):
            yield f"{before}/{item[KEYS[before]]}{after}", GAO


def test_every_answer_to_a_read_has_the_form_that_is_published_for_its_route(
    door: Door, signed: Signed, signed_reads: Signed
) -> None:
    assert signed.signing.sign()
    assert signed_reads.signing.sign()
    said = door.client.get("/openapi.json").json()
    gets = {
        path: item["get"]
        for path, item in said["paths"].items()
        if "get" in item and path != ENDLESS and not path.startswith(OWN)
    }
    assert len(gets) >= 25
    for path, operation in gets.items():
        content = operation["responses"]["200"]["content"]
        validator = None
        if (schema := content.get("application/json", {}).get("schema")) is not None:
            assert schema, f"{path} is published without a form"
            whole = {**schema, "components": said["components"]}
            validator = jsonschema_rs.validator_for(whole, validate_formats=True)
        asked = 0
        for address, by in paths(door, path):
            answer = door.client.get(address, headers=by)
            assert answer.status_code == 200, (address, answer.text)
            assert answer.headers["content-type"].partition(";")[0] in content, address
            if validator is not None:
                validator.validate(answer.json())
            asked += 1
        assert asked, path


def test_every_item_of_a_view_is_described_and_says_which_of_its_fields_are_there() -> None:
    for name, schema in shapes().items():
        assert schema["description"], name
        assert schema["additionalProperties"] is False, name
        assert set(schema["required"]) <= set(schema["properties"]), name


def test_a_field_is_described_in_the_words_that_stand_beside_its_declaration() -> None:
    published = shapes()
    assert published["AuditEntry"]["properties"]["digest"]["description"] == "SHA-256 of the document."
    assert published["Clock"]["properties"]["ends_at"] == {"type": "string", "format": "date-time"}
    inherited = published["Submission"]["properties"]["taken_in_at"]["description"]
    assert inherited == "When the act was taken in (UTC): what timeliness is judged by."
    assert "scope" not in published["CaseSummary"]["properties"]
    assert published["CaseWhole"]["properties"]["parts"]["properties"]["dissents"] == {
        "type": "array",
        "items": {"$ref": "#/components/schemas/Dissent"},
    }


def test_a_determination_tells_what_is_hidden_of_its_case_and_what_of_itself(door: Door) -> None:
    (first, *_) = items(door, "/v1/final-authority")
    assert type(first["parts_withheld"]) is int
    assert type(first["withheld"]) is list
    assert set(first["protected"]).isdisjoint(first["withheld"])


def test_a_delegation_says_what_it_is_for(door: Door) -> None:
    offices = items(door, "/v1/offices")
    delegations = [each for office in offices for each in office["now"]["delegations"]]
    assert delegations
    assert all(each["scope"] for each in delegations)
    assert not any("scope" in office for office in offices)
