"""What goes over Kafka is published as AsyncAPI 3.0, derived from the declarations of messages and of topics."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from pydantic import TypeAdapter

from api.contract import cloudevent_schema, data_schema
from api.contract.forms import kafka
from api.contract.forms.answers import PROBLEM
from consumers.acts.intake import OFFERED
from consumers.acts.intake import Said as Around
from consumers.inbox.attested import Said as OfThePerson
from consumers.topics.names import Topics
from consumers.topics.profile import wanted
from domain.ledger.receipt import Receipt
from domain.wire import EVENTS

ASYNCAPI: Final = "3.0.0"
_BINDING: Final = "0.5.0"
_CLOUDEVENT: Final = "application/cloudevents+json"
_OFFICE: Final = "{office}"
_OUTCOME: Final = "action.outcome.v1"
_KEY: Final = "ledger.key"
_CHECKPOINT: Final = "ledger.checkpoint"
_NUMBERS: Final = ("retention.ms", "retention.bytes", "delete.retention.ms", "max.message.bytes")


def asyncapi(*, version: str, topics: Topics, offices: Sequence[str]) -> dict[str, Any]:
    """The whole contract on Kafka."""
    return {
        "asyncapi": ASYNCAPI,
        "info": {
            "title": "Docket",
            "version": version,
            "description": (
                "An office asks over a topic of its own and is answered over another; the record and its keys go out "
                "over one topic each, which processes of Docket alone may read. The topic says which office speaks: "
                "access control lists hold it."
            ),
            "license": {"name": "Apache-2.0"},
        },
        "defaultContentType": _CLOUDEVENT,
        "servers": {
            "brokers": {
                "host": "{brokers}",
                "protocol": "kafka-secure",
                "description": "Whoever runs this Docket says where its brokers are, and how an office comes in.",
                "variables": {"brokers": {"description": "`host:port`"}},
                "security": [_ref("securitySchemes", scheme) for scheme in _SECURITY],
            }
        },
        "channels": _channels(topics, offices),
        "operations": {
            "askFor": _operation("receive", "actions", "Docket lets an office's acts into the ledger, in order.")
            | {"reply": {"channel": _channel("outcomes")}},
            "answer": _operation("send", "outcomes", "Every record of an office is answered, once."),
            "publish": _operation("send", "ledger", "Every event, once, in the order of positions."),
            "publishCheckpoints": _operation(
                "send", "checkpoints", "How long the log is and the root of its tree, signed."
            ),
            "publishKeys": _operation("send", "keys", "With an event that withholds something, its key."),
        },
        "components": {"schemas": _schemas(), "messages": _messages(), "securitySchemes": _SECURITY},
    }


def _channels(topics: Topics, offices: Sequence[str]) -> dict[str, Any]:
    by_office = {"office": {"enum": list(offices), "description": "Code of the office."}}
    settings = {topic.name: topic.settings for topic in wanted(topics, [_OFFICE], "production")}

    def channel(address: str, about: str, messages: Iterable[str]) -> dict[str, Any]:
        return {
            "address": address,
            "description": about,
            "messages": {type: _ref("messages", type) for type in messages},
            "servers": [{"$ref": "#/servers/brokers"}],
            "bindings": {"kafka": _configured(settings[address])},
            **({"parameters": by_office} if _OFFICE in address else {}),
        }

    return {
        "checkpoints": channel(
            topics.checkpoints,
            "Checkpoints of the log, for ever; every office may read here. One comes again with its witnesses.",
            [_CHECKPOINT],
        ),
        "actions": channel(topics.actions(_OFFICE), "What an office asks for; it alone may write here.", OFFERED),
        "outcomes": channel(topics.outcomes(_OFFICE), "What became of it; it may read here.", [_OUTCOME]),
        "ledger": channel(topics.ledger, "Every event: the complete copy, kept for ever.", EVENTS),
        "keys": channel(
            topics.keys,
            "The key of each event's disclosures, wrapped; compacted: a record without a value destroys its key.",
            [_KEY],
        ),
    }


def _configured(settings: Mapping[str, str]) -> dict[str, Any]:
    numbers = {name: int(settings[name]) for name in _NUMBERS if name in settings}
    configuration = {"cleanup.policy": [settings["cleanup.policy"]], **numbers}
    return {"partitions": 1, "topicConfiguration": configuration, "bindingVersion": _BINDING}


def _operation(action: str, channel: str, summary: str) -> dict[str, Any]:
    return {"action": action, "channel": _channel(channel), "summary": summary}


def _messages() -> dict[str, Any]:
    key = "Any: all records have one order. By custom the id of the command."
    of = {"asked": kafka.ASKED_HEADERS, "kept": kafka.LEDGER_HEADERS, "told": kafka.OUTCOME_HEADERS}
    return {
        **{type: _message(type, cls, _of("Action", type, cls), of["asked"], key) for type, cls in OFFERED.items()},
        **{
            type: _message(type, cls, _of("Document", type, cls), of["kept"], "The stream.")
            for type, cls in EVENTS.items()
        },
        _OUTCOME: {
            "name": _OUTCOME,
            "summary": "What became of one record.",
            "contentType": _CLOUDEVENT,
            "headers": of["told"],
            "payload": _ref("schemas", "OutcomeEvent"),
            "bindings": _keyed("The id of the command, where the record has one that may be repeated."),
        },
        _CHECKPOINT: {
            "name": _CHECKPOINT,
            "summary": "A checkpoint (C2SP tlog-checkpoint): a note with the signatures of the log and of witnesses.",
            "contentType": "text/plain",
            "headers": kafka.CHECKPOINT_HEADERS,
            "payload": {"type": "string", "description": "The signed note, as `GET /v1/audit/checkpoint` gives it."},
            "bindings": _keyed("What the log is called."),
        },
        _KEY: {
            "name": _KEY,
            "summary": "The key of an event's disclosures, wrapped (RFC 3394); without a value: destroyed.",
            "contentType": "application/octet-stream",
            "headers": kafka.KEY_HEADERS,
            "payload": {"type": ["string", "null"], "description": "40 bytes, or nothing."},
            "bindings": _keyed("The id of the event."),
        },
    }


def _message(type: str, cls: Any, payload: dict[str, Any], headers: dict[str, Any], key: str) -> dict[str, Any]:  # noqa: ANN401 - a class of messages
    first, _, rest = (cls.__doc__ or "").strip().partition("\n\n")
    summary = " ".join(first.split())
    return {
        "name": type,
        "title": cls.__name__,
        "summary": summary,
        "description": " ".join(rest.split()) or summary,
        "contentType": _CLOUDEVENT,
        "headers": headers,
        "payload": payload,
        "bindings": _keyed(key),
    }


def _of(form: str, type: str, cls: Any) -> dict[str, Any]:  # noqa: ANN401 - the same
    said = {"type": {"const": type}, "data": _ref("schemas", cls.__name__)}
    return {"allOf": [_ref("schemas", form), {"type": "object", "properties": said}]}


def _schemas() -> dict[str, Any]:
    adapters: list[tuple[Any, Any, TypeAdapter[Any]]] = [
        *((cls, "validation", TypeAdapter(cls)) for cls in OFFERED.values()),
        *((cls, "serialization", TypeAdapter(cls)) for cls in EVENTS.values()),
        (Around, "validation", TypeAdapter(Around)),
        (Receipt, "serialization", TypeAdapter(Receipt)),
    ]
    _, defined = TypeAdapter.json_schemas(adapters, ref_template="#/components/schemas/{model}")
    schemas: dict[str, Any] = defined["$defs"]
    around = schemas.pop("Said")
    for cls in (*OFFERED.values(), *EVENTS.values()):
        schemas[cls.__name__] = data_schema(cls, schemas[cls.__name__])
    return {
        **schemas,
        "Action": _asked(cloudevent_schema(around)),
        "Document": kafka.DOCUMENT,
        "OutcomeEvent": kafka.OUTCOME_EVENT,
        "Problem": PROBLEM,
    }


def _asked(event: dict[str, Any]) -> dict[str, Any]:
    person = TypeAdapter(OfThePerson).json_schema()["properties"]
    return {
        **event,
        "description": "An act that an office asks for, and what it says of the person who acts for it.",
        "properties": event["properties"] | person,
        "required": [*event["required"], "id", "marking"],
        "dependencies": {"person": ["personname"], "personname": ["person"]},
    }


def _keyed(about: str) -> dict[str, Any]:
    return {"kafka": {"key": {"type": "string", "description": about}, "bindingVersion": _BINDING}}


def _channel(name: str) -> dict[str, str]:
    return {"$ref": f"#/channels/{name}"}


def _ref(kind: str, name: str) -> dict[str, str]:
    return {"$ref": f"#/components/{kind}/{name}"}


_SECURITY: Final = {
    "scram": {"type": "scramSha512", "description": "User and password, over TLS."},
    "certificate": {"type": "X509", "description": "A client certificate whose common name is the user."},
}
