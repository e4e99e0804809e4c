"""The forms of what goes over Kafka that no declaration of a message has."""

from typing import Final

from api.contract.forms.words import FROM_0, FROM_1, TEXT, TEXT_OR_NONE, WHOLE, closed, ref, said
from consumers.topics.record import DISCLOSURES, GRADE, KEK, POSITION, SIZE, STRUCTURED
from projections.transparency.policy import Grade

_TEXT: Final = {"type": "string", "minLength": 1}
_UUID: Final = {"type": "string", "format": "uuid"}
_INSTANT: Final = {"type": "string", "pattern": r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$"}
_LEDGER_ID: Final = {"type": "string", "pattern": "^urn:uuid:[0-9a-f-]{36}$"}
DOCUMENT: Final = closed(
    {
        "specversion": {"const": "1.0"},
        "id": _UUID,
        "source": said(_LEDGER_ID, "The ledger."),
        "type": _TEXT,
        "subject": said(_TEXT, "The stream."),
        "time": said(_INSTANT, "When it was recorded."),
        "streamversion": FROM_1,
        "commandid": _UUID,
        "actor": _TEXT,
        "actorname": said(_TEXT, "As it was called then."),
        "attestation": _TEXT,
        "intaketime": said(_INSTANT, "When the act was taken in: what deadlines are judged by."),
        "marking": said(_TEXT, "Of the document, without what it withholds."),
        "protectedmarking": said(_TEXT, "Of what it withholds."),
        "data": {"type": "object"},
    },
    "An event as it is stored, published, hashed and proved: CloudEvents 1.0 in RFC 8785 form.",
    optional={
        "causationid": _UUID,
        "authority": _TEXT,
        "delegation": _UUID,
        "claimedtime": said(_INSTANT, "By the word of whoever acted."),
        "signed": {"const": True, "description": "The act carried a signature, which is protected."},
        "simulated": {"const": True},
    },
)
_OUTCOME: Final = closed(
    {
        "offset": said(FROM_0, "Of the record."),
        "id": said(TEXT_OR_NONE, "The command's, where it may be repeated."),
        "outcome": {"enum": ["recorded", "repeated", "nothing-new", "refused", "turned-away", "unreadable", "failed"]},
        "status": said(WHOLE, "As HTTP would answer."),
    },
    optional={
        "receipt": ref("Receipt"),
        "problem": ref("Problem"),
        "digest": said(TEXT, "Of a record that cannot be read."),
    },
)
OUTCOME_EVENT: Final = closed(
    {
        "specversion": {"const": "1.0"},
        "id": _UUID,
        "source": _LEDGER_ID,
        "type": {"const": "action.outcome.v1"},
        "subject": said(_TEXT, "The topic of the record."),
        "datacontenttype": {"const": "application/json"},
        "data": _OUTCOME,
    },
    "What became of one record of an office, as a CloudEvent. Told again, it has the same id.",
)

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
    "properties": {KEK: said(_TEXT, "Id of the key that wraps this one.")},
}
