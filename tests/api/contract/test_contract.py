"""What is published about the door is what the door does."""

import json
from http import HTTPStatus
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api import contract, problems
from consumers.acts.intake import OFFERED
from domain import wire
from domain.errors import REFUSALS, TURNED_AWAY
from domain.message import protected_names
from domain.wire import EVENTS
from tests.api.knocking import DEVELOPER, Door, developer, named_id, submission


@pytest.mark.parametrize("type", [*OFFERED, *EVENTS])
def test_every_command_and_event_has_a_schema_of_2020_12_with_its_own_id(type: str) -> None:
    schema = contract.schema_of(type)
    assert schema is not None
    jsonschema_rs.meta.validate(schema)
    assert (schema["$id"], schema["$schema"]) == (f"/schemas/{type}", "https://json-schema.org/draft/2020-12/schema")
    assert "type" not in schema["properties"]
    assert schema["description"]


@pytest.mark.parametrize("type", EVENTS)
def test_what_is_protected_is_not_required_and_our_sentinel_is_no_value(type: str) -> None:
    schema = contract.schema_of(type)
    assert schema is not None
    for name in protected_names(EVENTS[type]):
        assert schema["properties"][name]["x-docket-protected"] is True
        assert name not in schema["required"]
        assert "default" not in schema["properties"][name]
    assert str(2**60) not in json.dumps(schema)


def test_what_is_stored_fits_the_schema_of_its_type(door: Door) -> None:
    door.submitted()
    for _, type, document in door.recorder.read(0, 1000):
        schema = contract.schema_of(type)
        assert schema is not None
        jsonschema_rs.validate(schema, json.loads(document)["data"], validate_formats=True)


def test_what_a_schema_forbids_the_door_turns_away_and_what_it_allows_comes_in(door: Door) -> None:
    schema = contract.schema_of("case.submit.v1")
    assert schema is not None
    validator = jsonschema_rs.validator_for(schema, validate_formats=True)
    door.enrolled()
    for changed in ({}, {"public_on": "2026-13-01"}, {"model": ""}, {"more": 1}, {"variant": "Release"}, {"model": 7}):
        data: dict[str, Any] = submission() | changed
        answer = door.act("case.submit.v1", developer(), data)
        assert validator.is_valid(data) is (answer.status_code < 400), changed


def test_the_contract_is_openapi_3_2_and_its_references_lead_somewhere(open_door: Door) -> None:
    said = open_door.client.get("/openapi.json").json()
    assert said["openapi"] == "3.2.0"
    text = json.dumps(said)
    refs = {part.partition('"')[0] for part in text.split('"$ref": "')[1:]}
    for ref in refs:
        at = said
        for name in ref.removeprefix("#/").split("/"):
            at = at[name]
    operations = [each["operationId"] for item in said["paths"].values() for each in item.values()]
    assert len(operations) == len(set(operations))
    assert {f"/v1/actions/{type}" for type in OFFERED} < set(said["paths"])
    for schema in said["components"]["schemas"].values():
        jsonschema_rs.meta.validate(schema | {"$schema": "https://json-schema.org/draft/2020-12/schema"})


def test_a_command_is_described_in_the_words_of_its_declaration(open_door: Door) -> None:
    said = open_door.client.get("/openapi.json").json()
    submit = said["paths"]["/v1/actions/case.submit.v1"]["post"]
    assert submit["operationId"] == "submitCase"
    assert submit["summary"].startswith("Offer one version of a model for assessment.")
    assert (
        submit["requestBody"]["content"]["application/json"]["schema"]["$ref"] == "#/components/schemas/SubmitCaseAct"
    )
    assert set(submit["responses"]) >= {"200", "201", "401", "403", "404", "409", "412", "413", "415", "422", "503"}
    assert submit["responses"]["422"]["content"].keys() == {"application/problem+json"}


def test_schemas_are_served_by_type(open_door: Door) -> None:
    listed = open_door.client.get("/schemas").json()
    assert listed == {"commands": sorted(OFFERED), "events": sorted(EVENTS)}
    one = open_door.client.get("/schemas/case.submitted.v1")
    assert (one.status_code, one.headers["content-type"]) == (200, "application/schema+json")
    assert one.json() == contract.schema_of("case.submitted.v1")
    assert open_door.client.get("/schemas/case.licensed.v1").status_code == 404


def test_every_code_has_one_meaning_and_one_status_and_says_so(open_door: Door) -> None:
    own = set(problems.CODES) - set(REFUSALS) - set(TURNED_AWAY)
    assert not set(REFUSALS) & set(TURNED_AWAY)
    assert len(problems.CODES) == len(REFUSALS) + len(TURNED_AWAY) + len(own)
    for code, said in problems.CODES.items():
        answer = open_door.client.get(f"/problems/{code}")
        assert (answer.status_code, answer.json()["status"]) == (200, int(said.status)), code
        assert 400 <= said.status < 600
    assert open_door.client.get("/problems/no-such-code").status_code == 404
    assert len(open_door.client.get("/problems").json()) == len(problems.CODES)


def test_codes_keep_the_status_that_they_have() -> None:
    statuses = {code: HTTPStatus(said.status).value for code, said in problems.CODES.items()}
    kept = json.loads((Path(__file__).parents[2] / "data" / "problems.json").read_text())
    assert {code: status for code, status in statuses.items() if code in kept} == kept


def test_a_problem_has_the_form_that_is_published(door: Door) -> None:
    schemas = door.client.get("/openapi.json").json()["components"]["schemas"]
    schema = {"$ref": "#/components/schemas/Problem", "components": {"schemas": schemas}}
    validator = jsonschema_rs.validator_for(schema)
    door.submitted()
    answers = [
        door.client.get("/nowhere"),
        door.client.get(f"/v1/actions/{named_id('x')}"),
        door.act("case.withdraw.v1", developer(named_id("other")), {"case_id": named_id("none")}),
        door.act("case.withdraw.v1", developer(), {"case_id": 7}),
        door.act("participant.enrol.v1", developer(), {"participant": DEVELOPER, "name": "B", "kind": "operator"}),
    ]
    for answer in answers:
        assert answer.status_code >= 400
        validator.validate(answer.json())


def test_a_receipt_has_the_form_that_is_published(door: Door) -> None:
    schemas = door.client.get("/openapi.json").json()["components"]["schemas"]
    schema = {"$ref": "#/components/schemas/Receipt", "components": {"schemas": schemas}}
    jsonschema_rs.validate(schema, door.submitted().json())


def test_what_is_published_is_canonical_and_the_same_each_time(open_door: Door) -> None:
    first = open_door.client.get("/openapi.json").content
    assert first == open_door.client.get("/openapi.json").content == wire.canonical(json.loads(first))
