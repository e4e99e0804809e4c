"""What is whoever looks' own to do with a thing: what the door offers them, as the thing stands."""

from http import HTTPStatus
from typing import Any

from fastapi import Request

from api.pages.asking import Asking, NotShown
from api.pages.things import Thing


async def offers(ask: Asking, request: Request, stream: str) -> list[dict[str, Any]]:
    """Every act on a stream, with what stands in the way; none of what is not theirs to act on at all."""
    try:
        return list((await ask(request, "/v1/me/options", stream=stream))["options"])
    except NotShown as no:
        if no.status != HTTPStatus.NOT_FOUND:
            raise
        return []


async def beginnings(ask: Asking, request: Request, thing: Thing) -> list[dict[str, Any]]:
    """Acts of theirs that begin another such thing."""
    rights = (await ask(request, "/v1/me"))["rights"]
    return [each for each in rights if each["may"] and each["command"] in thing.begins]
