"""The HTTP door is put together here from what it is handed: nothing is looked up, nothing is global."""

from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from ssl import SSLContext, create_default_context
from typing import Any, Protocol

import structlog
from anyio import to_thread
from fastapi import APIRouter, Depends, FastAPI, Response
from structlog.typing import FilteringBoundLogger

from api import health, reports
from api.acts import actions, cloudevents, findings
from api.acts.receipts import Ack, Acting
from api.audit import between, events, log, oversight, reads, records
from api.calendars import routes as calendars
from api.calendars.kept import Addresses
from api.clock import Clock
from api.contract import docs, openapi
from api.contract.asyncapi import asyncapi
from api.headers import SafeHeaders
from api.heads import Heads
from api.health import Health
from api.identity import Authenticator, caller
from api.pages.routes import add_pages, files
from api.pages.sign_in_pages import SignIn
from api.problems import answer_with_problems
from api.quotas import Quotas
from api.quotas.metered import Metered
from api.reading import Reading
from api.reading.overseen import Overseen
from api.reading.parameters import only_known
from api.resources import (
    cases,
    clearinghouse,
    criteria,
    directory,
    feeds,
    leases,
    me,
    operations,
    partners,
    scans,
    ssvc,
    standards,
    suggestions,
    taskings,
)
from api.streaming import changed, stream
from api.subscriptions import routes as subscriptions
from api.subscriptions.courier import Courier
from api.subscriptions.delivery import Deliveries
from api.subscriptions.desk import Desk
from api.subscriptions.kept import Kept
from api.subscriptions.places import Places
from api.subscriptions.signing import Safe
from api.tally import Tally
from consumers.apart import Apart
from consumers.checkpoints.kept import Checkpoints
from consumers.topics.names import Topics
from domain import wire
from domain.founding import lead_offices
from domain.ledger.ledger import Ledger
from domain.ledger.readings import Readings
from projections.catalogue import views
from projections.folding.following import Follows
from projections.searching.index import Index


class Docket(Protocol):
    """What a composition root holds open."""

    @property
    def ledger(self) -> Ledger: ...
    @property
    def store(self) -> changed.Changes:
        """Where the views are."""

    @property
    def index(self) -> Index:
        """What questions to the record are answered from."""

    @property
    def runner(self) -> Follows:
        """What folds the views, or follows them where another process folds them."""

    @property
    def apart(self) -> Apart:
        """What is neither record nor view."""

    @property
    def readings(self) -> Readings:
        """Where it is recorded what oversight reads."""

    @property
    def failed(self) -> BaseException | None:
        """Why a thread ended that may not end."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the door needs."""

    docket: Docket
    clock: Clock
    """The same that the ledger has."""
    authenticator: Authenticator
    quotas: Quotas | None = None
    """What each actor may ask for; None: as much as it likes."""
    acks: Mapping[str, Ack] = field(default_factory=dict)
    """Further ack levels, beside `stored`."""
    checkpoints: Checkpoints | None = None
    """Of the ledger's log; None: nobody signs it."""
    checkpoints_of_reads: Checkpoints | None = None
    """Of the log of what oversight reads, likewise."""
    folder: Path | None = None
    """Where the data lie: readiness looks how much room is left there."""
    checks: Mapping[str, Callable[[], str | None]] = field(default_factory=dict)
    """What readiness depends on beside: part → why it is not as it has to be, or None. None of them waits."""
    topics: Topics = field(default_factory=Topics)
    """What is said of Kafka in the contract, and of the offices that act over it."""
    offices: Sequence[str] = field(default_factory=lead_offices)
    notice: str | None = None
    """What every page says of this system, where it is not one of record."""
    personas: Mapping[str, str] | None = None
    """Development: as whom one may look, a name and what the header would say; none at all lets one write it."""
    sign_in: SignIn | None = None
    """With whom people sign in on the pages, where they do."""
    places: Places = field(default_factory=Places)
    """Where subscriptions may send to: by default nowhere."""
    tls: SSLContext = field(default_factory=create_default_context)
    """Which receivers are believed."""
    safe: Safe = field(default_factory=Safe)
    """Keeps their secrets."""
    version: str = "0"
    log: Callable[[], FilteringBoundLogger] = structlog.get_logger
    """Makes the security log."""


def build_app(services: Services) -> FastAPI:
    """The application. `app.state.end_streams()` ends every stream, so that a server can stop at once.

    `app.state.deliver(stop)` delivers subscriptions until it is stopped: for a thread of its own.
    """
    docket, clock = services.docket, services.clock
    tally = Tally(services.log())
    by = caller(services.authenticator, tally, services.quotas)
    acting = Acting(ledger=docket.ledger, clock=clock, tally=tally)
    reading = Reading(
        ledger=docket.ledger, reads=docket.store, index=docket.index, runner=docket.runner, clock=clock, caller=by
    )
    streams = stream.Streams(reading, docket.store, views())
    courier, desk = _subscriptions(services, reading, tally)

    @asynccontextmanager
    async def living(_: FastAPI) -> AsyncIterator[None]:
        yield
        streams.stop()
        await to_thread.run_sync(streams.join)

    app = FastAPI(
        title="Docket",
        version=services.version,
        lifespan=living,
        openapi_url=None,
        docs_url=None,
        redoc_url=None,
        redirect_slashes=False,
        dependencies=[Depends(only_known)],
        telemetry={"tracing": False, "metrics": False, "logs": False},
    )
    app.state.end_streams = streams.stop
    app.state.deliver = courier.run
    _wrap(app, services)
    answer_with_problems(app, tally)
    app.include_router(actions.router(acting, by, services.acks))
    app.include_router(cloudevents.router(acting, by, services.acks))
    app.include_router(cases.router(reading))
    app.include_router(criteria.router(reading))
    app.include_router(directory.router(reading))
    app.include_router(leases.router(reading))
    app.include_router(scans.router(reading))
    app.include_router(records.router(reading))
    # before whatever takes any id
    app.include_router(reads.router(reading, docket.readings, services.checkpoints_of_reads))
    app.include_router(oversight.router(reading))
    app.include_router(me.router(reading))
    app.include_router(operations.router(reading))
    app.include_router(standards.router(reading))
    app.include_router(taskings.router(reading))
    app.include_router(clearinghouse.router(reading))
    app.include_router(partners.router(reading))
    app.include_router(reports.router(reading))
    app.include_router(events.router(reading))
    app.include_router(between.router(reading))
    if services.checkpoints is not None:
        app.include_router(log.router(reading, services.checkpoints))
    app.include_router(findings.router(reading, acting, by))
    app.include_router(suggestions.router(reading))
    app.include_router(ssvc.router(by))
    app.include_router(stream.router(reading, streams, tally))
    for each in (subscriptions.router(desk), _calendars(services, reading, tally), feeds.router(reading)):
        app.include_router(each)
    app.include_router(docs.router())
    app.include_router(health.router(_health(services, courier, tally), tally))
    add_pages(
        app,
        clock=clock,
        challenge=services.authenticator.challenge,
        notice=services.notice,
        personas=services.personas,
        sign_in=services.sign_in,
        tally=tally,
    )
    app.mount("/static", files())
    schemes, version = services.authenticator.schemes, services.version
    _publish(app, "/openapi.json", lambda: openapi(app, schemes, version))
    _publish(app, "/asyncapi.json", lambda: asyncapi(version=version, topics=services.topics, offices=services.offices))
    return app


def _wrap(app: FastAPI, services: Services) -> None:
    """What every answer passes on its way out, the innermost first."""
    app.add_middleware(Heads)
    app.add_middleware(Overseen, readings=services.docket.readings, clock=services.docket.ledger.now)
    app.add_middleware(Metered, quotas=services.quotas)
    app.add_middleware(SafeHeaders)


def _health(services: Services, courier: Courier, tally: Tally) -> Health:
    """What readiness looks at."""
    docket = services.docket
    checks = {
        "index": docket.index.wrong,
        "reads": docket.readings.wrong,
        "subscriptions": courier.wrong,
        **services.checks,
    }
    return Health(docket, tally, services.folder, checks)


def _subscriptions(services: Services, reading: Reading, tally: Tally) -> tuple[Courier, Desk]:
    """Who delivers them, and where their owners deal with them."""
    kept, apart = Kept(services.docket.apart), services.docket.apart
    places, tls, safe, clock = services.places, services.tls, services.safe, services.clock
    deliveries = Deliveries(
        kept=kept,
        recorder=reading.ledger.recorder,
        known=services.authenticator.again,
        sight_of=reading.sight_of,
        readings=services.docket.readings,
        places=places,
        tls=tls,
        safe=safe,
        clock=clock,
        tally=tally,
    )
    courier = Courier(apart, deliveries)
    desk = Desk(reading=reading, kept=kept, places=places, tls=tls, safe=safe, clock=clock, changed=courier.ring)
    return courier, desk


def _calendars(services: Services, reading: Reading, tally: Tally) -> APIRouter:
    """Where calendar programs read."""
    kept = Addresses(services.docket.apart)
    return calendars.router(reading, kept, services.authenticator, quotas=services.quotas, tally=tally)


def _publish(app: FastAPI, path: str, contract: Callable[[], dict[str, Any]]) -> None:
    made: list[bytes] = []

    def published() -> Response:
        if not made:
            made.append(wire.canonical(contract()))
        return Response(made[0], media_type="application/json")

    app.add_api_route(path, published, methods=["GET"], include_in_schema=False)
