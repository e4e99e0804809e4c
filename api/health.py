"""Alive says that the process answers; ready says that it can act and that what it shows is up to date."""

import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final, Protocol, TypeAlias

from fastapi import APIRouter, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from api.contract import gives
from api.tally import Tally
from domain import wire
from domain.ledger import StoreError
from domain.ledger.ledger import Ledger, NotOpen
from projections.folding.following import Follows
from projections.folding.status import Status

MOST_BEHIND: Final = 10_000
"""Positions that a view may be behind before what it shows counts as old."""
LEAST_FREE: Final = 256 * 1024 * 1024
"""Bytes that the disk has to have left."""
Checks: TypeAlias = Mapping[str, Callable[[], str | None]]
"""Part → what asks for it: why it is not as it has to be, or None."""


class Docket(Protocol):
    """What an answer depends on."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def runner(self) -> Follows: ...
    @property
    def failed(self) -> BaseException | None: ...


class Health:
    """Asks what an answer depends on."""

    def __init__(self, docket: Docket, tally: Tally, folder: Path | None, checks: Checks) -> None:
        self._docket, self._tally, self._folder, self._checks = docket, tally, folder, checks

    def wrong(self) -> dict[str, str]:
        """What is not as it has to be: part → why. No more is said than anybody may know."""
        wrong: dict[str, str] = {}
        head = 0
        try:
            head = self._docket.ledger.recorder.head()
            self._tally.reached(head, {})
            _ = self._docket.ledger.opened
        except NotOpen:
            wrong["ledger"] = "not open"
        except StoreError:
            wrong["ledger"] = "does not answer"
        if self._docket.failed is not None:
            wrong["threads"] = "one ended that may not end"
        if "ledger" not in wrong:
            wrong |= self._behind(self._docket.runner.status(), head)
        if self._folder is not None and shutil.disk_usage(self._folder).free < LEAST_FREE:
            wrong["disk"] = "nearly full"
        return wrong | {part: why for part, check in self._checks.items() if (why := check()) is not None}

    def _behind(self, status: Status, head: int) -> dict[str, str]:
        wrong: dict[str, str] = {}
        self._tally.reached(head, {view.view: view.lag for view in status.views})
        if status.stopped is not None:
            wrong["views"] = "the reader stopped"
        for view in status.views:
            if not view.built:
                wrong[view.view] = "not built yet"
            elif view.halted is not None:
                wrong[view.view] = "halted"
            elif view.parked:
                wrong[view.view] = f"{view.parked} rows wait for a repair"
            elif view.lag > MOST_BEHIND:
                wrong[view.view] = f"{view.lag} positions behind"
        return wrong


def router(health: Health, tally: Tally) -> APIRouter:
    """Routes for whoever runs Docket."""
    routes = APIRouter(tags=["running"])

    @routes.get("/livez", operation_id="isAlive", responses=gives("Alive"), summary="Whether the process answers")
    async def livez() -> Response:
        return Response(b'{"alive":true}', media_type="application/json")

    @routes.get(
        "/readyz",
        operation_id="isReady",
        summary="Whether it can act, and what it shows is up to date",
        responses={
            200: gives("Ready", "Ready")[200],
            503: gives("Ready", "Not ready; `wrong` says what is not")[200],
        },
    )
    def readyz() -> Response:
        wrong = health.wrong()
        body = wire.canonical({"ready": not wrong, "wrong": wrong})
        return Response(body, 503 if wrong else 200, media_type="application/json")

    @routes.get(
        "/metrics",
        operation_id="getMetrics",
        summary="Figures, as Prometheus reads them",
        response_class=PlainTextResponse,
    )
    def metrics() -> Response:
        health.wrong()  # asks, so that the figures are of now
        return Response(generate_latest(tally.registry), media_type=CONTENT_TYPE_LATEST)

    return routes
