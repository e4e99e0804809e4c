"""Subscriptions have these forms: JSON Schema, written by hand, once."""

from typing import Any, Final

_TEXT: Final[dict[str, Any]] = {"type": "string"}
_TEXTS: Final[dict[str, Any]] = {"type": "array", "items": _TEXT}
_POSITION: Final[dict[str, Any]] = {"type": "integer", "minimum": 0, "maximum": 2**53 - 1}
_INSTANT: Final[dict[str, Any]] = {"type": "string", "format": "date-time"}
_MAYBE: Final[dict[str, Any]] = {"type": ["string", "null"], "format": "date-time"}
_OUTCOME: Final[dict[str, Any]] = {
    "type": ["string", "null"],
    "description": (
        "`accepted`, `status-<code>`, `timed-out`, `not-reached`, `broke-off`, `tls-failed`, `not-listed` or "
        "`address-not-allowed`."
    ),
}


def _all_of(properties: dict[str, Any], description: str = "") -> dict[str, Any]:
    made = {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}
    return made | ({"description": description} if description else {})


def _some_of(longest: int) -> dict[str, Any]:
    return {"type": "array", "maxItems": 100, "items": {"type": "string", "maxLength": longest}}


_SCHEME: Final[dict[str, Any]] = {
    "enum": ["v1", "v1a"],
    "description": "Of signatures: `v1` HMAC-SHA256 with a secret, `v1a` Ed25519, of which you have the public key.",
}
_ASKED: Final[dict[str, Any]] = {
    "type": "object",
    "description": "Filters that name nothing let everything pass; with several, what passes all of them is sent.",
    "properties": {
        "url": {"type": "string", "maxLength": 2000, "description": "Where your receiver is: `https://host[:port]/…`."},
        "types": {"type": "array", "maxItems": 100, "items": _TEXT, "description": "Types of event."},
        "streams": {**_some_of(200), "description": "Such as `case-<uuid>`."},
        "cases": {**_some_of(200), "description": "About one of these cases, in whatever stream."},
        "offices": {**_some_of(40), "description": "That acted."},
        "after": {**_POSITION, "description": "The position behind which to begin; by default the last one."},
        "scheme": _SCHEME,
    },
    "required": ["url"],
    "additionalProperties": False,
}
_SUBSCRIPTION: Final[dict[str, Any]] = {
    "id": _TEXT,
    "url": _TEXT,
    "types": _TEXTS,
    "streams": _TEXTS,
    "cases": _TEXTS,
    "offices": _TEXTS,
    "scheme": _SCHEME,
    "created_at": _INSTANT,
    "state": {"enum": ["active", "paused", "disabled"], "description": "`disabled` by Docket, `paused` by you."},
    "reason": {"type": ["string", "null"], "description": "Why nothing is sent, as a code that never changes."},
    "because": {"type": ["string", "null"], "description": "The same in words."},
    "changed_at": _INSTANT,
    "position": {**_POSITION, "description": "Everything up to here was taken, passed over, or is a dead letter."},
    "delivered": {"type": "integer", "minimum": 0},
    "delivered_at": _MAYBE,
    "attempts": {"type": "integer", "minimum": 0, "description": "In vain, at what comes next."},
    "next_attempt_at": _MAYBE,
    "last_outcome": _OUTCOME,
    "failing_since": {**_MAYBE, "description": "Since when your receiver took nothing."},
    "secret_before_until": {**_MAYBE, "description": "Until when signatures of the secret before stand beside."},
}
_LETTER: Final[dict[str, Any]] = {
    "position": _POSITION,
    "event": _TEXT,
    "type": _TEXT,
    "attempts": {"type": "integer", "minimum": 1},
    "first_attempt_at": _INSTANT,
    "last_attempt_at": _INSTANT,
    "last_outcome": _OUTCOME,
}
_SECRET: Final[dict[str, Any]] = {
    "type": "string",
    "pattern": "^(whsec|whpk)_",
    "description": "What signatures are checked with: the secret, or the public key. Told once.",
}
SUBSCRIPTION_FORMS: Final = {
    "SubscriptionAsked": _ASKED,
    "ReplayAsked": _all_of({"after": {**_POSITION, "description": "The position behind which to begin."}}),
    "Subscription": _all_of(_SUBSCRIPTION),
    "SubscriptionWithSecret": _all_of({**_SUBSCRIPTION, "secret": _SECRET}),
    "SubscriptionList": _all_of({"items": {"type": "array", "items": {"$ref": "#/components/schemas/Subscription"}}}),
    "SubscriptionTested": _all_of(
        {"id": {**_TEXT, "description": "The `webhook-id`."}, "outcome": _OUTCOME, "taken": {"type": "boolean"}}
    ),
    "DeadLetters": _all_of({"items": {"type": "array", "items": _all_of(_LETTER)}}),
}
"""By the names under which they are published."""
