"""What became of an act has one form, whichever way it came in: a receipt, or a problem whose code never changes."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, Final, NamedTuple

from domain.errors import REFUSALS, TURNED_AWAY, Kind, TurnedAway
from domain.ledger.receipt import Receipt

MOST_ERRORS: Final = 100
"""Things that are told to be wrong with what came in, at most: a long list would be longer than what came in."""

STATUS: Final[Mapping[Kind, HTTPStatus]] = {
    Kind.NOT_FOUND: HTTPStatus.NOT_FOUND,
    Kind.NOT_ALLOWED: HTTPStatus.FORBIDDEN,
    Kind.CONFLICT: HTTPStatus.CONFLICT,
    Kind.INVALID: HTTPStatus.UNPROCESSABLE_ENTITY,
    Kind.TOO_LARGE: HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
}
OTHER_STATUS: Final[Mapping[str, HTTPStatus]] = {"version-moved": HTTPStatus.PRECONDITION_FAILED}
"""Codes for which HTTP has a status of its own."""


class Said(NamedTuple):
    """What a code means to whoever gets it."""

    status: HTTPStatus
    title: str
    rule: str | None = None


INTERNAL: Final = "internal"
CODES: Final[Mapping[str, Said]] = {
    **{
        code: Said(OTHER_STATUS.get(code, STATUS[meaning.kind]), meaning.title, meaning.rule)
        for code, meaning in {**REFUSALS, **TURNED_AWAY}.items()
    },
    INTERNAL: Said(HTTPStatus.INTERNAL_SERVER_ERROR, "Docket met an error of its own."),
}
"""Every code that an act may be answered with, however it came in."""


def members(code: str, said: Said, detail: str | None = None, **more: object) -> dict[str, Any]:
    """A problem (RFC 9457) as JSON has it; `more` are members of its own, those that are None left out."""
    made = {
        "type": f"/problems/{code}",
        "title": said.title,
        "status": int(said.status),
        "detail": detail or said.title,
        "code": code,
        "rule": said.rule,
        **more,
    }
    return {name: value for name, value in made.items() if value is not None}


def outcome_of(receipt: Receipt) -> str:
    """How an act ended, in one word."""
    if receipt.refused is not None:
        return "refused"
    if receipt.repeated:
        return "repeated"
    return "recorded" if receipt.events else "nothing-new"


def status_of(receipt: Receipt) -> HTTPStatus:
    """201 where something was recorded now, 200 where nothing was, or before; that of the code where it was refused."""
    if receipt.refused is not None:
        return CODES[receipt.refused.code].status
    return HTTPStatus.CREATED if receipt.events and not receipt.repeated else HTTPStatus.OK


def told(receipt: Receipt) -> dict[str, Any]:
    """What became of an act."""
    made: dict[str, Any] = {"outcome": outcome_of(receipt), "status": int(status_of(receipt))}
    if receipt.refused is None:
        return made | {"receipt": receipt}
    code, sentence = receipt.refused.code, receipt.refused.sentence
    return made | {"problem": members(code, CODES[code], sentence, **of_refusal(receipt))}


def of_refusal(receipt: Receipt) -> dict[str, object]:
    """What a problem says of the act that was refused."""
    return {
        "instance": f"/v1/actions/{receipt.command_id}",
        "position": receipt.position,
        "receipt": receipt,
    }


def turned_away(error: TurnedAway) -> dict[str, Any]:
    """What is told of something that never became an act: its code, what is wrong, and nothing that came in."""
    wrong = [{"pointer": each.pointer, "detail": each.detail} for each in getattr(error, "errors", ())[:MOST_ERRORS]]
    return {"code": error.code, "detail": error.sentence, "errors": wrong or None}


def told_away(error: TurnedAway, outcome: str = "turned-away") -> dict[str, Any]:
    """What became of something that never became an act."""
    said = CODES[error.code]
    return {
        "outcome": outcome,
        "status": int(said.status),
        "problem": members(said=said, **turned_away(error)),
    }
