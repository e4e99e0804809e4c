"""Subscriptions and addresses of calendars, as their owners deal with them."""

from typing import Final

from api.contract.forms.words import (
    FROM_0,
    FROM_1,
    INSTANT,
    INSTANT_OR_NONE,
    TEXT,
    TEXT_OR_NONE,
    TEXTS,
    YES_NO,
    Form,
    closed,
    many,
    ref,
    said,
)

_POSITION: Final[Form] = {**FROM_0, "maximum": 2**53 - 1}
_OUTCOME: Final[Form] = {
    "type": ["string", "null"],
    "description": (
        "`accepted`, `status-<code>`, `timed-out`, `not-reached`, `broke-off`, `tls-failed`, `not-listed` or "
        "`address-not-allowed`."
    ),
}


def _some_of(longest: int) -> Form:
    return {"type": "array", "maxItems": 100, "items": {"type": "string", "maxLength": longest}}


_SCHEME: Final[Form] = {
    "enum": ["v1", "v1a"],
    "description": "Of signatures: `v1` HMAC-SHA256 with a secret, `v1a` Ed25519, of which you have the public key.",
}
_ASKED: Final = closed(
    {"url": {**TEXT, "maxLength": 2000, "description": "Where your receiver is: `https://host[:port]/…`."}},
    "Filters that name nothing let everything pass; with several, what passes all of them is sent.",
    optional={
        "types": {**TEXTS, "maxItems": 100, "description": "Types of event."},
        "streams": said(_some_of(200), "Such as `case-<uuid>`."),
        "cases": said(_some_of(200), "About one of these cases, in whatever stream."),
        "offices": said(_some_of(40), "That acted."),
        "after": said(_POSITION, "The position behind which to begin; by default the last one."),
        "scheme": _SCHEME,
    },
)
_SUBSCRIPTION: Final[Form] = {
    "id": TEXT,
    "url": TEXT,
    "types": TEXTS,
    "streams": TEXTS,
    "cases": TEXTS,
    "offices": TEXTS,
    "scheme": _SCHEME,
    "created_at": INSTANT,
    "state": {"enum": ["active", "paused", "disabled"], "description": "`disabled` by Docket, `paused` by you."},
    "reason": said(TEXT_OR_NONE, "Why nothing is sent, as a code that never changes."),
    "because": said(TEXT_OR_NONE, "The same in words."),
    "changed_at": INSTANT,
    "position": said(_POSITION, "Everything up to here was taken, passed over, or is a dead letter."),
    "delivered": FROM_0,
    "delivered_at": INSTANT_OR_NONE,
    "attempts": said(FROM_0, "In vain, at what comes next."),
    "next_attempt_at": INSTANT_OR_NONE,
    "last_outcome": _OUTCOME,
    "failing_since": said(INSTANT_OR_NONE, "Since when your receiver took nothing."),
    "secret_before_until": said(INSTANT_OR_NONE, "Until when signatures of the secret before stand beside."),
}
_LETTER: Final[Form] = {
    "position": _POSITION,
    "event": TEXT,
    "type": TEXT,
    "attempts": FROM_1,
    "first_attempt_at": INSTANT,
    "last_attempt_at": INSTANT,
    "last_outcome": _OUTCOME,
}
_SECRET: Final[Form] = {
    "type": "string",
    "pattern": "^(whsec|whpk)_",
    "description": "What signatures are checked with: the secret, or the public key. Told once.",
}
_CALENDAR: Final[Form] = {
    "id": TEXT,
    "label": said(TEXT, "What you call it."),
    "created_at": INSTANT,
    "expires_at": INSTANT,
    "used_at": said(INSTANT_OR_NONE, "When it was read last, to some minutes."),
}
SUBSCRIPTION_FORMS: Final = {
    "SubscriptionAsked": _ASKED,
    "ReplayAsked": closed({"after": said(_POSITION, "The position behind which to begin.")}),
    "Subscription": closed(_SUBSCRIPTION),
    "SubscriptionWithSecret": closed({**_SUBSCRIPTION, "secret": _SECRET}),
    "SubscriptionList": closed({"items": many(ref("Subscription"))}),
    "SubscriptionTested": closed({"id": said(TEXT, "The `webhook-id`."), "outcome": _OUTCOME, "taken": YES_NO}),
    "Calendar": closed(_CALENDAR),
    "CalendarAsked": closed(
        {},
        optional={
            "label": {**TEXT, "minLength": 1, "maxLength": 100, "description": "What you call it."},
            "days": {**FROM_1, "maximum": 366, "description": "How long it lasts; by default 180."},
        },
    ),
    "CalendarList": closed({"items": many(ref("Calendar"))}),
    "CalendarWithPath": closed(
        {**_CALENDAR, "path": said(TEXT, "Where the calendar is read: whoever has it reads as you. Told once.")}
    ),
    "DeadLetters": closed({"items": many(closed(_LETTER))}),
}
