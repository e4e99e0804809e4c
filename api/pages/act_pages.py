"""Pages on which somebody acts: the form of a command, what is to be signed of it, its receipt, or its refusal."""

from collections.abc import Callable, Mapping
from datetime import datetime
from http import HTTPStatus
from typing import Any

import orjson
from fastapi import APIRouter, Request, Response

from api.ids import uuid7
from api.pages import sending
from api.pages.act_form import data, fields, ids
from api.pages.addresses import Id, must_know, quoted
from api.pages.asking import Asking, NotShown
from api.pages.new_ids import MAKES, whose
from api.pages.showing import Pages
from api.pages.to_sign import statement, ways
from api.problems import members
from consumers.acts.outcome import turned_away
from domain.errors import TurnedAway

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
        known = ids((await ask(request, f"/v1/cases/{quoted(case)}"))["parts"]) if case else {}
        offices = await whose(ask, request, command)
        texts = {name: await in_force(ask, request, name) for name in _TEXTS if name in schema["properties"]}
        return pages.show(
            request,
            "act",
            now=clock(),
            status=status,
            command=command,
            says=schema.get("description", ""),
            fields=list(fields(schema, said, {**known, **texts}, MAKES.get(command, ()), offices)),
            id=said.get("id") or uuid7(),
            marking=said.get("marking", "UNCLASSIFIED"),
            protected_marking=said.get("protected_marking", ""),
            case=case,
            signed=bool(right(await ask(request, "/v1/me"), command).get("signed")),
            problem=problem,
        )

    @routes.get("/act/{command}")
    async def written(request: Request, command: Id) -> Response:
        schema = await ask(request, f"/schemas/{quoted(command)}")
        must_know(request, *schema["properties"], *_AROUND, *_MAY_BE_AROUND, "case_id")
        return await form(request, command, request.query_params, None, HTTPStatus.OK)

    @routes.post("/act/{command}")
    async def sent(request: Request, command: Id) -> Response:
        said = await sending.form(request)
        me = await ask(request, "/v1/me")
        act = await written_act(request, command, said, me)
        signature = said.pop("signature", "").strip()
        if not signature and right(me, command).get("signed"):
            return await to_sign(request, command, said, act, me)
        try:
            receipt = await ask.act(request, command, act | ({"signature": signature} if signature else {}))
        except NotShown as no:
            recorded = "receipt" in no.problem
            if signature and not recorded and no.status != HTTPStatus.CONFLICT:
                return await to_sign(request, command, {**said, "signature": signature}, act, me, no)
            # only what may have been recorded is sent again under its id
            again = said if no.status == HTTPStatus.SERVICE_UNAVAILABLE else {**said, "id": ""}
            return await form(request, command, again, no.problem, no.status)
        return pages.show(request, "receipt", now=clock(), command=command, receipt=receipt, case=said.get("case_id"))

    @routes.post("/act/{command}/statement")
    async def download(request: Request, command: Id) -> Response:
        said = await sending.form(request)
        me = await ask(request, "/v1/me")
        try:
            text = statement(command, await written_act(request, command, said, me), me)
        except TurnedAway as error:
            problem = members(**turned_away(error))
            raise NotShown(problem["status"], problem) from error
        headers = {"Content-Disposition": 'attachment; filename="statement.json"', "Cache-Control": "no-store"}
        return Response(text, 200, headers, "application/json")

    async def written_act(
        request: Request, command: str, said: Mapping[str, str], me: Mapping[str, Any]
    ) -> dict[str, Any]:
        """The act that a form says, but for its signature."""
        schema = await ask(request, f"/schemas/{quoted(command)}")
        act = {name: said.get(name, "") for name in _AROUND} | {"data": data(schema, said)}
        delegation = right(me, command).get("delegation")
        act |= {"delegation": delegation} if delegation else {}
        return act | {name: said[name] for name in _MAY_BE_AROUND if said.get(name)}

    async def to_sign(  # noqa: PLR0917 - what the page shows
        request: Request,
        command: str,
        said: Mapping[str, str],
        act: Mapping[str, Any],
        me: Mapping[str, Any],
        no: NotShown | None = None,
    ) -> Response:
        """What is to be signed of an act that is written already, and room for the signature."""
        try:
            text = statement(command, act, me)
        except TurnedAway as error:
            problem = members(**turned_away(error))
            return await form(request, command, said, problem, problem["status"])
        kind, _, code = me["actor"].partition("/")
        keys = (await ask(request, f"/v1/offices/{quoted(code)}"))["now"]["keys"] if kind == "office" else []
        return pages.show(
            request,
            "sign",
            now=clock(),
            status=HTTPStatus.OK if no is None else no.status,
            command=command,
            said={name: value for name, value in said.items() if name != "signature"},
            signature=said.get("signature", ""),
            statement=text,
            ways=ways(text, keys),
            problem=None if no is None else no.problem,
        )

    return routes


async def in_force(ask: Asking, request: Request, name: str) -> list[str]:
    """References to what is in force of a kind of text, as the command has them."""
    items = (await ask(request, f"/v1/{name}s", limit=_MOST))["items"]
    texts = [(each["code"], each["now"]["in_force"]) for each in items if each["now"]["in_force"]]
    return [
        orjson.dumps({"id": code, "version": text["version"], "digest": text["digest"]}).decode()
        for code, text in texts
    ]


def right(me: Mapping[str, Any], command: str) -> Mapping[str, Any]:
    """What the door tells whoever looks of their right to a command."""
    return next((each for each in me["rights"] if each["command"] == command), {})
