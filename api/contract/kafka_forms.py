"""The forms of what goes over Kafka that no declaration of a message has: JSON Schema, written by hand, once."""

from typing import Any, Final

from consumers.checkpoints.sending import GRADE, SIZE
from consumers.topics.record import DISCLOSURES, KEK, POSITION, STRUCTURED
from projections.transparency.policy import Grade

_TEXT: Final = {"type": "string", "minLength": 1}
_UUID: Final = {"type": "string", "format": "uuid"}
_INSTANT: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"}
_LEDGER_ID: Final = {"type": "string", "pattern": "^urn:uuid:[0-9a-f-]{36}$"}
DOCUMENT: Final[dict[str, Any]] = {
    "type": "object",
    "description": "An event as it is stored, published, hashed and proved: CloudEvents 1.0 in RFC 8785 form.",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _UUID,
        "source": _LEDGER_ID | {"description": "The ledger."},
        "type": _TEXT,
        "subject": _TEXT | {"description": "The stream."},
        "time": _INSTANT | {"description": "When it was recorded."},
        "streamversion": {"type": "integer", "minimum": 1},
        "commandid": _UUID,
        "causationid": _UUID,
        "actor": _TEXT,
        "actorname": _TEXT | {"description": "As it was called then."},
        "attestation": _TEXT,
        "authority": _TEXT,
        "delegation": _UUID,
        "claimedtime": _INSTANT | {"description": "By the word of whoever acted."},
        "intaketime": _INSTANT | {"description": "When the act was taken in: what deadlines are judged by."},
        "marking": _TEXT | {"description": "Of the document, without what it withholds."},
        "protectedmarking": _TEXT | {"description": "Of what it withholds."},
        "signed": {"const": True, "description": "The act carried a signature, which is protected."},
        "simulated": {"const": True},
        "data": {"type": "object"},
    },
    "required": [
        "specversion",
        "id",
        "source",
        "type",
        "subject",
        "time",
        "streamversion",
        "commandid",
        "actor",
        "actorname",
        "attestation",
        "intaketime",
        "marking",
        "protectedmarking",
        "data",
    ],
    "additionalProperties": False,
}
OUTCOME_EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What became of one record of an office, as a CloudEvent. Told again, it has the same id.",
    "properties": {
        "specversion": {"const": "1.0"},
        "id": _UUID,
        "source": _LEDGER_ID,
        "type": {"const": "action.outcome.v1"},
        "subject": _TEXT | {"description": "The topic of the record."},
        "datacontenttype": {"const": "application/json"},
        "data": {
            "type": "object",
            "properties": {
                "offset": {"type": "integer", "minimum": 0, "description": "Of the record."},
                "id": {"type": ["string", "null"], "description": "The command's, where it may be repeated."},
                "outcome": {
                    "enum": ["recorded", "repeated", "nothing-new", "refused", "turned-away", "unreadable", "failed"]
                },
                "status": {"type": "integer", "description": "As HTTP would answer."},
                "receipt": {"$ref": "#/components/schemas/Receipt"},
                "problem": {"$ref": "#/components/schemas/Problem"},
                "digest": {"type": "string", "description": "Of a record that cannot be read."},
            },
            "required": ["offset", "id", "outcome", "status"],
            "additionalProperties": False,
        },
    },
    "required": ["specversion", "id", "source", "type", "subject", "datacontenttype", "data"],
    "additionalProperties": False,
}

_CONTENT: Final = {"const": STRUCTURED.decode()}
ASKED_HEADERS: Final = {
    "type": "object",
    "description": (
        "In structured mode the content type alone; in binary mode every attribute as `ce_<attribute>`, the content "
        "type `application/json`, and the command's data as the value."
    ),
    "properties": {"content-type": _TEXT},
    "required": ["content-type"],
}
_REPEATED: Final = {
    f"ce_{name}": DOCUMENT["properties"][name] for name in ("specversion", "id", "source", "type", "subject")
}
LEDGER_HEADERS: Final = {
    "type": "object",
    "properties": {
        "content-type": _CONTENT,
        **_REPEATED,
        "ce_time": _INSTANT,
        POSITION: {
            "type": "string",
            "pattern": "^[1-9][0-9]*$",
            "description": "In the ledger, from 1, without a gap.",
        },
        DISCLOSURES: {
            "type": "string",
            "description": "What the document withholds, sealed with AES-256-GCM under a key of this event alone.",
        },
    },
    "required": ["content-type", *_REPEATED, "ce_time", POSITION],
}
OUTCOME_HEADERS: Final = {
    "type": "object",
    "properties": {
        "content-type": _CONTENT,
        **_REPEATED,
        "source-offset": {"type": "string", "pattern": "^[0-9]+$", "description": "Of the record that is answered."},
    },
    "required": ["content-type", *_REPEATED, "source-offset"],
}
CHECKPOINT_HEADERS: Final = {
    "type": "object",
    "properties": {
        SIZE: {"type": "string", "pattern": "^[0-9]+$", "description": "Events that it covers."},
        GRADE: {"enum": [grade.value for grade in Grade], "description": "`final`: a quorum of witnesses signed it."},
    },
    "required": ["content-type", SIZE, GRADE],
}
KEY_HEADERS: Final = {
    "type": "object",
    "properties": {KEK: _TEXT | {"description": "Id of the key that wraps this one."}},
}
