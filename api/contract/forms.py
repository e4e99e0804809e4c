"""The forms of answers that no declaration of a message has: JSON Schema, written by hand, once."""

from typing import Any, Final

from domain.events.vulnerability import MatchedBy

PROBLEM: Final[dict[str, Any]] = {
    "type": "object",
    "description": "A problem of RFC 9457. `GET /problems/<code>` says what a code means.",
    "properties": {
        "type": {"type": "string", "pattern": "^/problems/[a-z-]+$"},
        "title": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "detail": {"type": "string"},
        "code": {"type": "string", "pattern": "^[a-z-]+$", "description": "Never changes."},
        "rule": {"type": "string", "description": "Where the rule stands, such as `EO14409:3(a)`."},
        "instance": {"type": "string"},
        "position": {"type": "integer", "description": "Of the ledger, when it was decided."},
        "receipt": {"$ref": "#/components/schemas/Receipt"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "pointer": {"type": "string", "description": "Where in the body (RFC 6901)."},
                    "parameter": {"type": "string"},
                    "detail": {"type": "string"},
                },
                "required": ["detail"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["type", "title", "status", "detail", "code"],
    "additionalProperties": False,
}
PROOFS: Final[dict[str, Any]] = {
    "type": "array",
    "description": "Of the level `proved`: for each event what shows, offline, that it stands in the log.",
    "items": {
        "type": "object",
        "properties": {
            "position": {"type": "integer", "minimum": 1},
            "proof": {"type": "string", "description": "A file of C2SP tlog-proof; `docket verify proof` reads it."},
        },
        "required": ["position", "proof"],
        "additionalProperties": False,
    },
}
CONSISTENCY: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What shows that the log of `to` leaves begins with the log of `from` (RFC 6962, section 2.1.2).",
    "properties": {
        "from": {"type": "integer", "minimum": 0},
        "to": {"type": "integer", "minimum": 0},
        "proof": {"type": "array", "maxItems": 63, "items": {"type": "string", "description": "A hash, in base64."}},
    },
    "required": ["from", "to", "proof"],
    "additionalProperties": False,
}
OUTCOME: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What became of one item of a batch.",
    "properties": {
        "index": {"type": "integer", "minimum": 0},
        "id": {"type": ["string", "null"]},
        "outcome": {"enum": ["recorded", "repeated", "nothing-new", "refused", "turned-away", "unavailable"]},
        "status": {"type": "integer"},
        "receipt": {"$ref": "#/components/schemas/Receipt"},
        "problem": {"$ref": "#/components/schemas/Problem"},
    },
    "required": ["index", "id", "outcome", "status"],
    "additionalProperties": False,
}
NAMES_WITHHELD: Final[dict[str, Any]] = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Names of what is protected and not disclosed.",
}
NAMES_DESTROYED: Final[dict[str, Any]] = {
    "type": "array",
    "items": {"type": "string"},
    "description": "Names of what is withheld because it was destroyed: nobody has it. Told to whom it was shown.",
}
PROTECTED: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Protected values of its event that this reader may see, as `/schemas/<type>` has them.",
}
PAGE: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Some of a list, in an order that does not change.",
    "properties": {
        "items": {"type": "array", "items": {"type": "object"}},
        "position": {"type": "integer", "minimum": 0, "description": "Up to which the view has folded."},
        "next": {"type": ["integer", "null"], "description": "The cursor of the next page: `after`."},
        "withheld": {"type": "boolean", "description": "For oversight: whether there is more than it may see."},
    },
    "required": ["items", "position", "next"],
    "additionalProperties": False,
}
COUNT: Final[dict[str, Any]] = {
    "type": "object",
    "description": "How many fit in all, on every page; where that was asked for.",
    "properties": {
        "events": {"type": "integer", "minimum": 0, "maximum": 10_000},
        "more": {"type": "boolean", "description": "There are more than these: nobody counted how many."},
    },
    "required": ["events", "more"],
    "additionalProperties": False,
}
EVENT: Final[dict[str, Any]] = {
    "type": "object",
    "description": "`event` is the document with what is disclosed filled in, `document` its very bytes.",
    "properties": {
        "position": {"type": "integer", "minimum": 1},
        "event": {"type": "object", "description": "A CloudEvent; its `data` is as `/schemas/<type>` has it."},
        "document": {"type": "string", "description": "RFC 8785; its SHA-256 is the event's digest."},
        "disclosures": {"type": "array", "items": {"type": "string"}, "description": "RFC 9901."},
        "withheld": NAMES_WITHHELD,
        "destroyed": NAMES_DESTROYED,
        "signature": {
            "description": "Of one event: by which key its act was signed, and whether that holds; null if it was not.",
            "anyOf": [{"$ref": "#/components/schemas/SignatureAt"}, {"type": "null"}],
        },
        "said": {
            "description": "Of one event: what was said of it later; whole at `/v1/records/<its id>`; null if nothing.",
            "anyOf": [{"$ref": "#/components/schemas/RecordAt"}, {"type": "null"}],
        },
    },
    "required": ["position", "withheld", "destroyed"],
    "additionalProperties": False,
}
CLOCKS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Clock"}},
        "at": {"type": "string", "format": "date-time", "description": "Of which instant they are told."},
        "position": {"type": "integer", "minimum": 0, "description": "Up to which the view has folded."},
    },
    "required": ["items", "at", "position"],
    "additionalProperties": False,
}
OPTION: Final[dict[str, Any]] = {
    "type": "object",
    "description": "`authority`, `post`, `delegation`, `signed` where it may; else `code`, `sentence`, `rule`.",
    "properties": {
        "command": {"type": "string"},
        "may": {"type": "boolean"},
        "authority": {"type": ["string", "null"], "description": "What it would rest on."},
        "post": {"type": ["string", "null"]},
        "delegation": {"type": ["string", "null"], "description": "By which it would be done; the act has to name it."},
        "signed": {"type": "boolean", "description": "Whether the office has such an act signed."},
        "code": {"type": "string", "description": "As `/problems/<code>` explains it."},
        "sentence": {"type": "string"},
        "rule": {"type": ["string", "null"], "description": "Where the rule stands."},
    },
    "required": ["command", "may"],
    "additionalProperties": False,
}
ME: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "actor": {"type": "string", "description": "For whom whoever asks acts: `office/nsa`, `participant/<uuid>`."},
        "actor_name": {"type": "string"},
        "ledger": {"type": "string", "description": "`urn:uuid:` of the ledger: what a signature names."},
        "known": {"type": "boolean", "description": "Whether the record knows this actor today."},
        "person": {
            "anyOf": [
                {
                    "type": "object",
                    "properties": {"id": {"type": "string"}, "name": {"type": "string"}},
                    "required": ["id", "name"],
                    "additionalProperties": False,
                },
                {"type": "null"},
            ],
            "description": "Null where a system asks.",
        },
        "attestation": {"type": "string", "description": "How that is known."},
        "clearance": {
            "type": "object",
            "properties": {
                "classification": {"type": "string"},
                "cui": {
                    "type": ["array", "null"],
                    "items": {"type": "string"},
                    "description": "Categories; empty: CUI without a category; null: none.",
                },
                "controls": {"type": "array", "items": {"type": "string"}},
                "country": {"type": ["string", "null"]},
                "tlp": {"type": "string"},
            },
            "required": ["classification", "cui", "controls", "country", "tlp"],
            "additionalProperties": False,
        },
        "needs": {
            "type": "object",
            "properties": {
                "everything": {"type": "boolean"},
                "kinds": {"type": "array", "items": {"type": "string"}, "description": "Kinds of streams, wholly."},
                "matters": {"type": "array", "items": {"type": "string"}, "description": "Single streams."},
                "why": {"type": "string"},
            },
            "required": ["everything", "kinds", "matters", "why"],
            "additionalProperties": False,
            "description": "What you need to know of, beside what your clearance allows.",
        },
        "roles": {"type": "array", "items": {"type": "string"}},
        "posts": {"type": "array", "items": {"type": "string"}, "description": "Held by the person, today."},
        "rights": {"type": "array", "items": {"$ref": "#/components/schemas/Option"}},
    },
    "required": [
        "actor",
        "actor_name",
        "ledger",
        "known",
        "person",
        "attestation",
        "clearance",
        "needs",
        "roles",
        "posts",
        "rights",
    ],
    "additionalProperties": False,
}
OPTIONS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "case_id": {"type": "string"},
        "at": {"type": "string", "format": "date-time"},
        "options": {
            "type": "array",
            "items": {"$ref": "#/components/schemas/Option"},
        },
    },
    "required": ["case_id", "at", "options"],
    "additionalProperties": False,
}
CODE: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What a code means.",
    "properties": {
        "type": {"type": "string"},
        "code": {"type": "string"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599},
        "title": {"type": "string"},
        "rule": {"type": ["string", "null"], "description": "Where the rule stands."},
    },
    "required": ["type", "code", "status", "title", "rule"],
    "additionalProperties": False,
}
CODES: Final[dict[str, Any]] = {"type": "array", "items": {"$ref": "#/components/schemas/Code"}}
TYPES: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {name: {"type": "array", "items": {"type": "string"}} for name in ("commands", "events")},
    "required": ["commands", "events"],
    "additionalProperties": False,
}
ALIVE: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {"alive": {"const": True}},
    "required": ["alive"],
    "additionalProperties": False,
}
READY: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "ready": {"type": "boolean"},
        "wrong": {"type": "object", "additionalProperties": {"type": "string"}, "description": "What is, and how."},
    },
    "required": ["ready", "wrong"],
    "additionalProperties": False,
}
ROLLUP: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "items": {"type": "array", "items": {"$ref": "#/components/schemas/Rollup"}},
        "at": {"type": "string", "format": "date-time", "description": "Of which instant they are told."},
        "position": {"type": "integer", "minimum": 0, "description": "Up to which the view has folded."},
        "withheld": {"type": "boolean", "description": "For oversight: whether there is more than it may see."},
    },
    "required": ["items", "at", "position"],
    "additionalProperties": False,
}
_POINT: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "point": {"type": "string"},
        "raw": {"type": "string"},
        "value": {"type": ["string", "null"], "description": "Its key; None where no table that Docket knows has it."},
    },
    "required": ["point", "raw", "value"],
    "additionalProperties": False,
}
SAME_AS: Final[dict[str, Any]] = {
    "type": "array",
    "description": "Reports that you may see and that share a name, or the document, with this one.",
    "items": {
        "type": "object",
        "properties": {
            "vulnerability_id": {"type": "string"},
            "alias": {"type": ["string", "null"], "description": "None: they share the document."},
        },
        "required": ["vulnerability_id", "alias"],
        "additionalProperties": False,
    },
}
PRIORITY: Final[dict[str, Any]] = {
    "type": "object",
    "description": "The data of `vulnerability.prioritize.v1`, without the vulnerability.",
    "properties": {
        "table": {"type": "string"},
        "table_version": {"type": "string"},
        "points": {"type": "array", "items": _POINT},
        "outcome": {"type": "string"},
    },
    "required": ["table", "table_version", "points", "outcome"],
    "additionalProperties": False,
}
_NAMES: Final = {"type": "object", "additionalProperties": {"type": "string"}, "description": "Key → name."}
DECISION_TABLES: Final[dict[str, Any]] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {
            "table": {"type": "string"},
            "table_version": {"type": "string"},
            "name": {"type": "string"},
            "points": {
                "type": "array",
                "items": {
                    "type": "object",
                    "properties": {"point": {"type": "string"}, "name": {"type": "string"}, "values": _NAMES},
                    "required": ["point", "name", "values"],
                    "additionalProperties": False,
                },
            },
            "outcomes": _NAMES,
        },
        "required": ["table", "table_version", "name", "points", "outcomes"],
        "additionalProperties": False,
    },
}
SUGGESTIONS: Final[dict[str, Any]] = {
    "type": "object",
    "properties": {
        "operators": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "operator": {"type": "string"},
                    "name": {"type": "string"},
                    "matched_by": {"type": "string", "enum": [each.value for each in MatchedBy]},
                    "matched_on": {"type": "string"},
                    "confirmed": {"type": "boolean", "description": "A person confirmed exactly this."},
                },
                "required": ["operator", "name", "matched_by", "matched_on", "confirmed"],
                "additionalProperties": False,
            },
        },
        "same_as": SAME_AS,
        "position": {"type": "integer", "minimum": 0, "description": "Up to which the views have folded."},
    },
    "required": ["operators", "same_as", "position"],
    "additionalProperties": False,
}
FINDING_OUTCOME: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What became of one finding of a batch; `finding` is missing where the line was turned away.",
    "properties": {
        **OUTCOME["properties"],
        "part": {"type": "integer", "minimum": 0, "description": "Which finding of the line."},
        "finding": {
            "type": "object",
            "properties": {
                "vulnerability_id": {"type": "string"},
                "format": {"type": "string"},
                "document": {"type": "string", "description": "What the document calls itself."},
                "digest": {"type": "string"},
                "aliases": {"type": "array", "items": {"type": "string"}},
                "same_as": SAME_AS,
                "left_out": {
                    "type": "object",
                    "additionalProperties": {"type": "integer"},
                    "description": "How many of what the document says had no room in the report, by field.",
                },
                "points": {
                    "type": "array",
                    "description": "Values of SSVC points, as they came in and as a table that Docket knows has them.",
                    "items": _POINT,
                },
                "statuses": {
                    "type": "array",
                    "description": "What a VEX statement says of each product.",
                    "items": {
                        "type": "object",
                        "properties": {"product": {"type": "string"}, "status": {"type": "string"}},
                        "required": ["product", "status"],
                        "additionalProperties": False,
                    },
                },
                "dates": {
                    "type": "object",
                    "additionalProperties": {"type": "string"},
                    "description": "As the document writes them.",
                },
            },
            "required": [
                "vulnerability_id",
                "format",
                "document",
                "digest",
                "aliases",
                "same_as",
                "left_out",
                "points",
                "statuses",
                "dates",
            ],
            "additionalProperties": False,
        },
    },
    "required": [*OUTCOME["required"], "part"],
    "additionalProperties": False,
}
FINDING_LINE: Final[dict[str, Any]] = {
    "type": "object",
    "description": (
        "A CVE record (5.1), an OSV entry, a CSAF 2.0 document, an entry of the KEV catalogue, or the data of "
        "`vulnerability.report.v1` without `vulnerability_id`, `reporter` and `source`, and with an `id` of the "
        "sender's own."
    ),
}
SELF_CHECK: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Where these answers lead. It is no determination, and nothing of it is kept.",
    "properties": {
        "code": {"type": "string"},
        "version": {"type": "integer", "minimum": 1},
        "path": {
            "type": "array",
            "description": "The factors on the way, from the first.",
            "items": {
                "type": "object",
                "properties": {
                    "factor": {"type": "string"},
                    "question": {"type": "string"},
                    "text": {"type": "string"},
                    "answered": {"type": "string", "enum": ["yes", "no", "unknown"]},
                },
                "required": ["factor", "question", "text", "answered"],
                "additionalProperties": False,
            },
        },
        "pointer": {
            "type": "string",
            "enum": ["likely-to-be-looked-at", "unlikely-to-be-looked-at", "ask-the-offices"],
        },
        "withheld_count": {"type": "integer", "description": "Factors that are not published, and were not asked."},
        "notice": {"type": "string", "description": "That this is no determination."},
    },
    "required": ["code", "version", "path", "pointer", "withheld_count", "notice"],
    "additionalProperties": False,
}

SELF_CHECK_ANSWERS: Final[dict[str, Any]] = {
    "type": "object",
    "description": "What somebody answers, by the codes of factors; what is not answered is unknown.",
    "properties": {
        "version": {"type": "integer", "minimum": 1, "description": "By default the version that holds."},
        "answers": {"type": "object", "additionalProperties": {"type": "string", "enum": ["yes", "no", "unknown"]}},
    },
    "additionalProperties": False,
}
OPERATIONS: Final[dict[str, Any]] = {
    "type": "object",
    "description": "How this Docket itself is.",
    "properties": {
        "head": {"type": "integer", "minimum": 0, "description": "Last position of the ledger."},
        "stopped": {"type": ["string", "null"], "description": "Why what folds views reads no further."},
        "views": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "view": {"type": "string"},
                    "version": {"type": "integer", "minimum": 1},
                    "built": {"type": "boolean", "description": "Whether anybody can read it yet."},
                    "position": {"type": "integer", "minimum": 0},
                    "lag": {"type": "integer", "minimum": 0, "description": "Positions that it is behind."},
                    "halted": {"type": ["string", "null"], "description": "Why it does not go on at all."},
                    "parked": {
                        "type": "array",
                        "description": "Events that could not be folded: rows wait for a repair behind them.",
                        "items": {
                            "type": "object",
                            "properties": {
                                "position": {"type": "integer", "minimum": 1},
                                "since": {"type": ["string", "null"], "format": "date-time"},
                            },
                            "required": ["position", "since"],
                            "additionalProperties": False,
                        },
                    },
                },
                "required": ["view", "version", "built", "position", "lag", "halted", "parked"],
                "additionalProperties": False,
            },
        },
        "days": {
            "type": "array",
            "description": "Days in New York, without a gap.",
            "items": {
                "type": "object",
                "properties": {
                    "on": {"type": "string", "format": "date"},
                    "events": {"type": "integer", "minimum": 0, "description": "How many were recorded."},
                },
                "required": ["on", "events"],
                "additionalProperties": False,
            },
        },
    },
    "required": ["head", "stopped", "views", "days"],
    "additionalProperties": False,
}
FORMS: Final = {
    "Alive": ALIVE,
    "Clocks": CLOCKS,
    "Consistency": CONSISTENCY,
    "Code": CODE,
    "Codes": CODES,
    "Event": EVENT,
    "Option": OPTION,
    "Me": ME,
    "FindingLine": FINDING_LINE,
    "FindingOutcome": FINDING_OUTCOME,
    "Options": OPTIONS,
    "SelfCheck": SELF_CHECK,
    "SelfCheckAnswers": SELF_CHECK_ANSWERS,
    "Outcome": OUTCOME,
    "Problem": PROBLEM,
    "Ready": READY,
    "Operations": OPERATIONS,
    "TaskingCounts": ROLLUP,
    "Types": TYPES,
    "DecisionTables": DECISION_TABLES,
    "Priority": PRIORITY,
    "Suggestions": SUGGESTIONS,
}
"""By the names under which they are published."""
