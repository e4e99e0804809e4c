"""What is published about Kafka is AsyncAPI 3.0, and it fits what is really there: the record's own documents."""

import json
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.contract.asyncapi import asyncapi
from consumers.acts.intake import OFFERED
from consumers.topics.names import Topics
from consumers.topics.profile import wanted
from consumers.topics.record import ledger_record
from domain.wire import EVENTS
from tests.api.knocking import Door, named_id, submission

DATA = Path(__file__).parents[2] / "data"
OFFICES = ("dod", "nsa")
PUBLISHED = asyncapi(version="1", topics=Topics(), offices=OFFICES)


def payload_of(message: str) -> jsonschema_rs.Draft7Validator:
    """As a reader of the contract would check what it got."""
    payload = PUBLISHED["components"]["messages"][message]["payload"]
    return jsonschema_rs.Draft7Validator({**payload, "components": PUBLISHED["components"]}, validate_formats=True)


def headers_of(message: str) -> jsonschema_rs.Validator:
    return jsonschema_rs.validator_for(PUBLISHED["components"]["messages"][message]["headers"])


def at(pointer: str) -> Any:
    found: Any = PUBLISHED
    for part in pointer.removeprefix("#/").split("/"):
        found = found[part.replace("~1", "/")]
    return found


def references(within: Any) -> set[str]:
    match within:
        case dict():
            inner = set[str]().union(*(references(each) for name, each in within.items() if name != "$ref"))
            return inner | ({within["$ref"]} if isinstance(within.get("$ref"), str) else set())
        case list():
            return set[str]().union(*map(references, within))
        case _:
            return set()


def test_the_door_publishes_what_goes_over_kafka(open_door: Door) -> None:
    answer = open_door.client.get("/asyncapi.json")
    assert answer.status_code == 200
    assert answer.json()["asyncapi"] == "3.0.0"
    assert answer.json()["channels"].keys() == PUBLISHED["channels"].keys()


def test_the_contract_is_asyncapi_3_0_and_its_references_lead_somewhere() -> None:
    schema = json.loads((DATA / "asyncapi" / "asyncapi-3.0.0.schema.json").read_text())
    jsonschema_rs.validator_for(schema).validate(PUBLISHED)
    assert len(references(PUBLISHED)) > 100
    for reference in references(PUBLISHED):
        assert at(reference), reference


def test_every_message_of_the_unions_is_in_a_channel() -> None:
    channels = {name: channel["messages"].keys() for name, channel in PUBLISHED["channels"].items()}
    assert channels["actions"] == OFFERED.keys()
    assert channels["ledger"] == EVENTS.keys()
    assert len(channels["outcomes"]) == len(channels["keys"]) == 1


def test_every_channel_is_a_topic_that_is_made() -> None:
    made = {topic.name: topic for topic in wanted(Topics(), OFFICES, "production")}
    published = {
        channel["address"].replace("{office}", office): channel
        for channel in PUBLISHED["channels"].values()
        for office in channel.get("parameters", {}).get("office", {}).get("enum", ["none"])
    }
    assert published.keys() == made.keys()
    for name, channel in published.items():
        said = channel["bindings"]["kafka"]["topicConfiguration"]
        assert said["cleanup.policy"] == [made[name].settings["cleanup.policy"]]
        assert str(said["retention.bytes"]) == made[name].settings["retention.bytes"]


@pytest.mark.parametrize("type", EVENTS)
def test_every_golden_document_fits_its_message_as_it_goes_over_kafka(type: str) -> None:
    for golden in golden_documents(type):
        payload_of(type).validate(json.loads(golden))
        headers = {name: value.decode("latin-1") for name, value in ledger_record(7, golden, b"sealed").headers}
        headers_of(type).validate(headers)
        assert not headers_of(type).is_valid(headers | {"position": "0"})


def test_a_document_of_another_type_or_with_more_in_it_fits_no_message() -> None:
    document = json.loads(golden_documents("case.accepted.v1")[0])
    assert payload_of("case.accepted.v1").is_valid(document)
    assert not payload_of("case.closed.v1").is_valid(document)
    assert not payload_of("case.accepted.v1").is_valid(document | {"approved": True})
    assert not payload_of("case.accepted.v1").is_valid({**document, "data": {**document["data"], "case_id": 7}})


def test_an_act_that_the_door_takes_in_fits_its_message(door: Door) -> None:
    door.enrolled()
    event = {
        "specversion": "1.0",
        "id": named_id("an act"),
        "source": "/a/test",
        "type": "case.submit.v1",
        "marking": "UNCLASSIFIED",
        "data": submission(),
    }
    payload_of("case.submit.v1").validate(event)
    for missing in ("id", "marking", "data"):
        assert not payload_of("case.submit.v1").is_valid({name: it for name, it in event.items() if name != missing})
    assert not payload_of("case.submit.v1").is_valid(event | {"data": submission() | {"licence": "granted"}})
    person = {"person": named_id("somebody"), "personname": "Pat Example"}
    assert payload_of("case.submit.v1").is_valid(event | person | {"personclearance": "CUI", "personneeds": "tasking"})
    assert not payload_of("case.submit.v1").is_valid(event | {"person": person["person"]})
    assert not payload_of("case.submit.v1").is_valid(event | {"personnel": "Pat Example"})


def golden_documents(type: str) -> list[bytes]:
    kept = json.loads((DATA / "golden" / f"{type}.json").read_text())
    return [each["document"].encode() for each in kept.values()]
