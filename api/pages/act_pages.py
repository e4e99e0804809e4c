"""Pages on which somebody acts: the form of a command, its receipt, or the rule that refused it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

from fastapi import APIRouter, Request, Response

from api.ids import uuid7
from api.pages import sending
from api.pages.act_form import data, fields, ids
from api.pages.addresses import Id, quoted
from api.pages.asking import Asking, NotShown
from api.pages.showing import Pages

_AROUND = ("id", "marking")
"""What a form says beside the command."""


def router(ask: Asking, pages: Pages, clock: Callable[[], datetime]) -> APIRouter:
    """Routes of the form of each command."""
    routes = APIRouter(include_in_schema=False)

    async def form(
        request: Request, command: str, said: Mapping[str, str], problem: Mapping[str, Any] | None, status: int
    ) -> Response:
        schema = await ask(request, f"/schemas/{quoted(command)}")
        case = said.get("case_id")
        rights = (await ask(request, "/v1/me"))["rights"]
        known = ids((await ask(request, f"/v1/cases/{quoted(case)}"))["parts"]) if case else {}
        return pages.show(
            request,
            "act",
            now=clock(),
            status=status,
            command=command,
            says=schema.get("description", ""),
            fields=list(fields(schema, said, known)),
            id=said.get("id") or uuid7(),
            marking=said.get("marking", "UNCLASSIFIED"),
            case=case,
            signed=any(each["command"] == command and each.get("signed") for each in rights),
            problem=problem,
        )

    @routes.get("/act/{command}")
    async def written(request: Request, command: Id) -> Response:
        return await form(request, command, request.query_params, None, HTTPStatus.OK)

    @routes.post("/act/{command}")
    async def sent(request: Request, command: Id) -> Response:
        said = await sending.form(request)
        schema = await ask(request, f"/schemas/{quoted(command)}")
        act = {name: said.get(name, "") for name in _AROUND} | {"data": data(schema, said)}
        try:
            receipt = await ask.act(request, command, act)
        except NotShown as no:
            # only what may have been recorded is sent again under its id
            again = said if no.status == HTTPStatus.SERVICE_UNAVAILABLE else {**said, "id": ""}
            return await form(request, command, again, no.problem, no.status)
        return pages.show(request, "receipt", now=clock(), command=command, receipt=receipt, case=said.get("case_id"))

    return routes
