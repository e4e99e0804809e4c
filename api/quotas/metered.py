"""Every answer tells its reader what is left of the quota; whoever has nothing left is turned down here."""

from collections.abc import Mapping
from typing import Final

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import CODES, MEDIA_TYPE, members
from api.quotas import Quotas, entered_by
from api.quotas.turns import Turn, Turns, with_turn
from domain import wire

_COUNTED: Final = "/v1/"
_TURNED_DOWN: Final = 429
_BODIES: Final = {
    code: (int(CODES[code].status), wire.canonical(members(code))) for code in ("quota-spent", "too-many-at-once")
}


class Metered:
    """Tells with each answer what is left, and counts a request as answered when all of it was sent.

    Who has nothing left is turned down here, before the request is read, routed or given a thread: to turn somebody
    down has to cost less than what they ask for. They are told so a moment later, since whoever does not heed it asks
    again at once; and where too many of theirs wait for that, their connections end.
    """

    def __init__(self, app: ASGIApp, quotas: Quotas | None = None) -> None:
        self._app, self._quotas, self._turns = app, quotas, Turns()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        quotas = self._quotas
        if scope["type"] != "http" or quotas is None or not scope["path"].startswith(_COUNTED):
            await self._app(scope, receive, send)
            return

        turn: Turn | None = None

        async def told(message: Message) -> None:
            if message["type"] == "http.response.start":
                if turn is not None:
                    turn.end()
                headers = MutableHeaders(scope=message)
                if (entered := entered_by(scope)) is not None:
                    headers.update(entered.headers)
                if message["status"] == _TURNED_DOWN and not await quotas.pause(quotas.actor(scope)):
                    headers["Connection"] = "close"
            await send(message)

        if (actor := quotas.actor(scope)) is not None:
            if (refused := quotas.refused(actor, waiting=self._turns.waiting(actor))) is not None:
                await _turn_down(*refused, send=told)
                return
            if scope["method"] in {"GET", "HEAD"}:
                turn = Turn(self._turns, actor)
                with_turn(scope, turn)
                await turn.begin()
        try:
            await self._app(scope, receive, told)
        finally:
            if turn is not None:
                turn.end()
            if (entered := entered_by(scope)) is not None:
                entered.leave()


async def _turn_down(code: str, headers: Mapping[str, str], *, send: Send) -> None:
    status, body = _BODIES[code]
    said = {"content-type": MEDIA_TYPE, "content-length": str(len(body)), **headers}
    sent = [(name.lower().encode(), value.encode()) for name, value in said.items()]
    await send({"type": "http.response.start", "status": status, "headers": sent})
    await send({"type": "http.response.body", "body": body})
