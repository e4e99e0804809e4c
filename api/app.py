"""The HTTP door is put together here from what it is handed: nothing is looked up, nothing is global."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import structlog
from fastapi import FastAPI, Response
from structlog.typing import FilteringBoundLogger

from api import actions, cloudevents, docs, health
from api.clock import Clock
from api.contract import openapi
from api.headers import SafeHeaders
from api.health import Follower, Health
from api.identity import Authenticator, caller
from api.problems import answer_with_problems
from api.receipts import Ack, Acting
from api.tally import Tally
from domain import wire
from domain.ledger.ledger import Ledger


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the door needs."""

    ledger: Ledger
    clock: Clock
    """The same that the ledger has."""
    authenticator: Authenticator
    follower: Follower | None = None
    """The runner of the views; None where there are none."""
    acks: Mapping[str, Ack] = field(default_factory=dict)
    """Further ack levels, beside `stored`."""
    folder: Path | None = None
    """Where the data lie: readiness looks how much room is left there."""
    version: str = "0"
    log: Callable[[], FilteringBoundLogger] = structlog.get_logger
    """Makes the security log."""


def build_app(services: Services) -> FastAPI:
    """The application. It starts no thread of its own."""
    tally = Tally(services.log())
    by = caller(services.authenticator, tally)
    acting = Acting(ledger=services.ledger, clock=services.clock, tally=tally)
    app = FastAPI(
        title="Docket",
        version=services.version,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.add_middleware(SafeHeaders)
    answer_with_problems(app, tally)
    app.include_router(actions.router(acting, by, services.acks))
    app.include_router(cloudevents.router(acting, by, services.acks))
    app.include_router(docs.router())
    app.include_router(health.router(Health(services.ledger, tally, services.follower, services.folder), tally))
    app.mount("/docs/assets", docs.assets())
    _publish(app, services.authenticator.scheme, services.version)
    return app


def _publish(app: FastAPI, scheme: Mapping[str, Any], version: str) -> None:
    made: list[bytes] = []

    def contract() -> Response:
        if not made:
            made.append(wire.canonical(openapi(app, scheme, version)))
        return Response(made[0], media_type="application/json")

    app.add_api_route("/openapi.json", contract, methods=["GET"], include_in_schema=False)
