"""Every command has an address; every act ends in a receipt or in a problem, the same for ever."""

import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Annotated, Any, Final
from uuid import UUID

from fastapi import APIRouter, Depends, Header, Query, Request, Response

from api.acts.bodies import MOST_OF_ONE, media_type, whole
from api.acts.receipts import JSON, Ack, Acting, Reached, answer
from api.contract import PROBLEMS, RECEIPTS
from api.problems import Problem
from consumers.acts import intake, strict_json
from consumers.acts.intake import OFFERED, Malformed
from domain import wire
from domain.act import Act, Principal
from domain.errors import TurnedAway
from domain.values import CommandId

LONGEST_WAIT_S: Final = 30
_WAIT_S: Final = 5
_VERSION: Final = re.compile(r'"(0|[1-9][0-9]{0,9})(?:-[0-9a-f]+)?"')
_PREFERRED: Final = re.compile(r"(?:^|,)\s*wait\s*=\s*([0-9]{1,4})\s*(?:,|;|$)")


@dataclass(frozen=True, slots=True)
class Arrived:
    """A body, and when its last byte arrived."""

    body: bytes
    at: datetime


@dataclass(frozen=True, slots=True)
class Wishes:
    """What a sender asks for beside the act."""

    version: int | None
    """That the stream has to have."""
    ack: str
    reached: Ack | None
    """None: what is stored has reached it."""
    wait_s: float


def wishes(acks: Mapping[str, Ack]) -> Callable[..., Awaitable[Wishes]]:
    """A dependency that reads what a sender asks for beside the act. Raises Problem (400)."""

    async def wished(
        ack: Annotated[
            str, Query(description=f"Wait until the act is one of: {', '.join(['stored', *acks])}.")
        ] = "stored",
        if_match: Annotated[
            str | None, Header(description='The version that the stream has to have: `"3"`. An act at another is 412.')
        ] = None,
        prefer: Annotated[str | None, Header(description="`wait=5`: seconds to wait for an ack level.")] = None,
    ) -> Wishes:
        if ack != "stored" and ack not in acks:
            raise Problem("parameter-wrong", f"The ack levels here are {', '.join(['stored', *acks])}.")
        version = None
        if if_match is not None:
            if (found := _VERSION.fullmatch(if_match.strip())) is None:
                raise Problem("parameter-wrong", 'If-Match names one version of the stream, such as "3".')
            version = int(found[1])
        found = _PREFERRED.search(prefer or "")
        return Wishes(version, ack, acks.get(ack), min(LONGEST_WAIT_S, int(found[1])) if found else _WAIT_S)

    return wished


def acted(acting: Acting, act: Act, by: Principal, at: datetime, wished: Wishes) -> Response:
    """Let one act in, and answer once it has reached the level that was asked for."""
    receipt = acting(act, by, complete_at=at, if_version=wished.version)
    stored = Reached(headers={"Docket-Ack": "stored"})
    if wished.reached is None or (reached := wished.reached(receipt, wished.wait_s)) is None:
        return answer(receipt, stored)
    return answer(receipt, replace(reached, headers={"Docket-Ack": wished.ack, **reached.headers}))


def object_in(body: bytes) -> dict[str, Any]:
    """The JSON object that a body is. Raises Malformed."""
    try:
        value = strict_json.read(body)
    except strict_json.NotStrict as error:
        raise Malformed(str(error)) from None
    if not isinstance(value, dict):
        raise Malformed("The body is no object.")
    return value


def router(acting: Acting, caller: Callable[[Request], Principal], acks: Mapping[str, Ack]) -> APIRouter:
    """Routes for acts, one by one."""
    routes = APIRouter(tags=["actions"], prefix="/v1/actions")
    By = Annotated[Principal, Depends(caller)]  # noqa: N806 - a type
    Wished = Annotated[Wishes, Depends(wishes(acks))]  # noqa: N806 - the same

    async def offered(request: Request, by: By) -> str:
        if (type := request.path_params["type"]) not in OFFERED:
            raise TurnedAway("command-unknown")
        return str(type)

    async def arrived(request: Request, by: By) -> Arrived:
        media_type(request, JSON)
        return Arrived(await whole(request, MOST_OF_ONE), acting.clock())

    # one route for all of them, which the contract tells apart: each of their own would be made for every application,
    # and looked through with every request
    @routes.post("/{type}", responses={**RECEIPTS, **PROBLEMS})
    def one(
        by: By,
        type: Annotated[str, Depends(offered)],
        wished: Wished,
        said: Annotated[Arrived, Depends(arrived)],
    ) -> Response:
        return acted(acting, intake.act(type, object_in(said.body)), by, said.at, wished)

    @routes.get(
        "/{command_id}",
        operation_id="getReceipt",
        summary="The first answer to an act of yours, again",
        responses={200: RECEIPTS[200], 400: PROBLEMS[400], 401: PROBLEMS[401], 404: PROBLEMS[404], 503: PROBLEMS[503]},
    )
    def receipt(command_id: str, by: By) -> Response:
        found = acting.again(CommandId(command_id), by) if _is_uuid(command_id) else None
        if found is None:
            raise Problem("not-found")
        return Response(wire.canonical(found), 200, None, JSON)

    return routes


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False
