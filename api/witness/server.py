"""The one route of a witness: a log asks it to sign, and is answered once what it signs is on the disk."""

import sqlite3
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import structlog
from starlette.applications import Starlette
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request as HttpRequest
from starlette.responses import PlainTextResponse, Response
from starlette.routing import Route

from api.witness.seen import SeenFile
from projections.transparency.notes import Key, Kind, Signer, signed
from projections.transparency.witness import MOST, Declined, Request, Why

_SIZE: Final = "text/x.tlog.size"
_log: Final = structlog.get_logger(__name__)


class Witness:
    """Signs logs that it knows, each as long as it only grows."""

    def __init__(
        self,
        name: str,
        signer: Signer,
        logs: Sequence[Key],
        seen: SeenFile,
        clock: Callable[[], int],
        *,
        kind: Kind = Kind.WITNESS,
    ) -> None:
        """`clock` gives seconds since 1970; `kind` is of the signer's key. Raises Unproved for what is no name."""
        self.key = Key(name, kind, signer.public)
        self._signer, self._seen, self._clock = signer, seen, clock
        self._logs: Mapping[str, Sequence[Key]] = {
            each.name: [key for key in logs if key.name == each.name] for each in logs
        }

    def sign(self, body: bytes) -> str:
        """The line of its signature. Raises Declined, sqlite3.Error."""
        request = Request.read(body)
        request.trusted(self._logs)
        self._seen.move(request.checkpoint.origin, request.after)
        # a process that dies here has signed nothing, and signs the same again when it is asked again
        return str(signed(request.note.text, self.key, self._signer, at=self._clock()))

    async def answer(self, request: HttpRequest) -> Response:
        """The answer to a request of add-checkpoint."""
        body = b""
        async for some in request.stream():
            body += some
            if len(body) > MOST:
                return PlainTextResponse("longer than a request may be\n", Why.MALFORMED)
        try:
            return PlainTextResponse(await run_in_threadpool(self.sign, body))
        except Declined as declined:
            if declined.why in {Why.INCONSISTENT, Why.CONFLICT}:
                _log.warning("not signed", why=str(declined), seen=declined.seen)
            if declined.seen is not None:
                return Response(f"{declined.seen}\n", declined.why, {"content-type": _SIZE})
            return PlainTextResponse(f"{declined}\n", declined.why)
        except sqlite3.Error as error:
            _log.error("not signed", why=type(error).__name__)
            return PlainTextResponse("what was signed cannot be kept now\n", 503)


def witness_app(witness: Witness) -> Starlette:
    """The application."""
    app = Starlette(routes=[Route("/add-checkpoint", witness.answer, methods=["POST"])])
    app.state.end_streams = lambda: None  # it has none
    return app
