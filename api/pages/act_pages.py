"""Pages on which somebody acts: the form of a command, its receipt, or the rule that refused it."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from api.ids import uuid7
from api.pages import sending
from api.pages.act_form import data, fields, ids
from api.pages.addresses import Id, quoted
from api.pages.asking import Asking, NotShown
from api.pages.showing import Pages

_AROUND = ("id", "marking")
"""What a form says beside the command."""
_MAY_BE_AROUND = ("protected_marking",)
_TEXTS = ("standard", "threshold", "framework")
"""What a command refers to by code, version and digest."""
_MOST = 100


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
        texts = {name: await in_force(request, name) for name in _TEXTS if name in schema["properties"]}
        return pages.show(
            request,
            "act",
            now=clock(),
            status=status,
            command=command,
            says=schema.get("description", ""),
            fields=list(fields(schema, said, {**known, **texts})),
            id=said.get("id") or uuid7(),
            marking=said.get("marking", "UNCLASSIFIED"),
            protected_marking=said.get("protected_marking", ""),
            case=case,
            signed=any(each["command"] == command and each.get("signed") for each in rights),
            problem=problem,
        )

    async def in_force(request: Request, name: str) -> list[str]:
        """References to what is in force of a kind of text, as the command has them."""
        items = (await ask(request, f"/v1/{name}s", limit=_MOST))["items"]
        texts = [(each["code"], each["now"]["in_force"]) for each in items if each["now"]["in_force"]]
        return [
            orjson.dumps({"id": code, "version": text["version"], "digest": text["digest"]}).decode()
            for code, text in texts
        ]

    @routes.get("/act/{command}")
    async def written(request: Request, command: Id) -> Response:
        return await form(request, command, request.query_params, None, HTTPStatus.OK)

    @routes.post("/act/{command}")
    async def sent(request: Request, command: Id) -> Response:
        said = await sending.form(request)
        schema = await ask(request, f"/schemas/{quoted(command)}")
        act = {name: said.get(name, "") for name in _AROUND} | {"data": data(schema, said)}
        act |= {name: said[name] for name in _MAY_BE_AROUND if said.get(name)}
        try:
            receipt = await ask.act(request, command, act)
        except NotShown as no:
            # only what may have been recorded is sent again under its id
            again = said if no.status == HTTPStatus.SERVICE_UNAVAILABLE else {**said, "id": ""}
            return await form(request, command, again, no.problem, no.status)
        return pages.show(request, "receipt", now=clock(), command=command, receipt=receipt, case=said.get("case_id"))

    return routes
