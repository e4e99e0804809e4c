"""A body is read in chunks and no further than it may be long; what it is said to be is checked before it is read."""

from collections.abc import AsyncIterator
from email.message import Message
from typing import Final

from fastapi import Request
from starlette.requests import ClientDisconnect

from api.problems import Problem, too_large
from api.quotas import taking

MOST_OF_ONE: Final = 1024 * 1024
"""Bytes of one act, at most."""
MOST_OF_BATCH: Final = 32 * 1024 * 1024
"""Bytes of a batch, at most."""


def media_type(request: Request, *taken: str) -> str:
    """The media type of the body, one of those that are taken. Raises Problem (415)."""
    if request.headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem("encoding-unknown", headers={"Accept-Encoding": "identity"})
    header = Message()
    header["content-type"] = request.headers.get("content-type", "")
    found = header.get_content_type() if header["content-type"] else ""
    charset = header.get_content_charset("utf-8")
    if found not in taken or charset not in {"utf-8", "us-ascii"}:
        sentence = f"A body here is {' or '.join(taken)}, in UTF-8."
        raise Problem("media-type-unknown", sentence, headers={"Accept": ", ".join(taken)})
    return found


def check_length(request: Request, most: int) -> None:
    """Raises Problem (413) for a body that says itself that it is too long."""
    said = request.headers.get("content-length", "")
    if said.isdecimal() and int(said[:12]) > most:
        raise too_large(most)


async def chunks(request: Request, most: int) -> AsyncIterator[bytes]:
    """The body as it arrives. Raises Problem (413, 429) once it is too long, ClientDisconnect where it breaks off."""
    length = 0
    async for chunk in request.stream():
        length += len(chunk)
        if length > most:
            raise too_large(most)
        taking(request, len(chunk))
        yield chunk


async def whole(request: Request, most: int) -> bytes:
    """The whole body. Raises Problem (413, 429, and 400 where it breaks off)."""
    check_length(request, most)
    try:
        return b"".join([chunk async for chunk in chunks(request, most)])
    except ClientDisconnect:
        raise Problem("request-refused", "The body broke off.") from None
