"""What is said to routes of what is somebody's own, and what they answer that is kept nowhere on its way."""

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final

from fastapi import Depends, Request, Response
from pydantic_core import SchemaValidator

from api.acts.actions import object_in
from api.acts.bodies import media_type, whole
from api.acts.receipts import JSON
from consumers.acts import intake
from consumers.acts.intake import Wrong, checked
from domain import wire
from domain.act import Principal

MOST: Final = 64 * 1024
"""Bytes of a body here, at most."""


def body_of(caller: Callable[[Request], Principal]) -> Callable[..., Awaitable[bytes]]:
    """A dependency: the body of a request, of somebody who is known. Raises Problem (401, 413, 415)."""

    async def said(request: Request, by: Annotated[Principal, Depends(caller)]) -> bytes:
        media_type(request, JSON)
        return await whole(request, MOST)

    return said


def takes(schema: str) -> dict[str, Any]:
    """The body of a route, for OpenAPI."""
    content = {JSON: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}
    return {"requestBody": {"required": True, "content": content}}


def read(of: SchemaValidator, body: bytes) -> Any:  # noqa: ANN401 - what the form makes
    """What a body says in a form. Raises Malformed."""
    wrong: list[Wrong] = []
    found = checked(of, object_in(body), "", {}, wrong)
    if wrong:
        raise intake.Malformed(errors=wrong)
    return found


def kept_nowhere(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """An answer that is kept nowhere on its way: it may hold a secret."""
    return Response(wire.canonical(value), status, {"Cache-Control": "no-store", **(headers or {})}, JSON)
