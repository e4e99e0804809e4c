"""`docket serve`: the door to one record, in a folder of this process's own or in stores that several share."""

import os
import socket
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from importlib.metadata import version
from ssl import create_default_context
from typing import Any

from pydantic import ValidationError

from api.app import Docket, Services, build_app
from api.cli.say import IN_USE, UNREACHABLE, fail
from api.cli.signing_in import signing_in
from api.clock import SystemClock
from api.compose import InUse, embedded, running
from api.health import Checks
from api.identity import Authenticator, Nobody, Unavailable
from api.identity.development import DevelopmentHeader
from api.identity.known import Known
from api.identity.roster import Roster
from api.identity.tokens import Tokens
from api.pages.sign_in_pages import SignIn
from api.quotas import Quotas
from api.server import address, bound, in_background, until_told
from api.settings import Settings
from api.shared import following, shared
from api.subscriptions.places import Places
from api.subscriptions.signing import Safe
from consumers.acts.named import names_of
from consumers.checkpoints.signing import Forked
from consumers.process import wordless
from consumers.settings import Missing
from consumers.settings import Settings as Servers
from consumers.topics.check import NotAsAgreed
from consumers.topics.connection import Unreachable
from consumers.topics.sealing import BadKeyring, Keyring
from consumers.topics.tail import DIVERGED, Diverged
from domain.faults import told
from domain.ledger import StoreError
from domain.ledger.recorder import refuse_corrupting_settings
from domain.wire import Corrupt
from projections.stores.tables import WrongStore


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    wordless()
    try:
        servers = Servers()
        refuse_corrupting_settings(os.environ)
        with bound(settings.host, settings.port) as listening:
            if servers.postgres is None:
                _alone(settings, servers, listening)
            else:
                _among_others(settings, servers, listening)
    except InUse as error:
        fail(str(error), IN_USE)
    except (Diverged, Forked) as error:
        fail(str(error), DIVERGED)
    except Unreachable as error:
        fail(str(error), UNREACHABLE)
    except (
        OSError,
        ValueError,
        StoreError,
        WrongStore,
        Missing,
        NotAsAgreed,
        ValidationError,
        Unavailable,
        BadKeyring,
    ) as error:
        fail(str(error))


def _alone(settings: Settings, servers: Servers, listening: socket.socket) -> None:
    clock = SystemClock()
    with embedded(settings.data, clock=clock, ceiling=settings.ceiling, log=servers.log_files()) as docket:
        where, given = str(settings.data), {"clock": clock, "folder": settings.data, **docket.more}
        _serve(settings, docket, partial(running, docket), listening, where, **given)


def _among_others(settings: Settings, servers: Servers, listening: socket.socket) -> None:
    clock = SystemClock()
    with shared(servers, clock=clock, ceiling=settings.ceiling) as docket:
        _serve(
            settings, docket, partial(following, docket), listening, "PostgreSQL and Kafka", clock=clock, **docket.more
        )


def _serve(
    settings: Settings,
    docket: Docket,
    working: Callable[..., AbstractContextManager[None]],
    listening: socket.socket,
    where: str,
    **given: Any,  # noqa: ANN401 - what `Services` takes
) -> None:
    names = names_of(docket.ledger)
    checks: Checks = given.pop("checks", {})
    authenticator: Authenticator = Nobody()
    sign_in: SignIn | None = None
    if settings.development and settings.roster is not None:
        raise ValueError("a header and a roster cannot both say who is asking")
    if settings.oidc_issuer is not None and settings.roster is None:
        raise ValueError("whoever signs in is known by a roster: set DOCKET_ROSTER")
    if settings.development:
        authenticator = DevelopmentHeader(bound_to=settings.host, named=names)
    elif settings.roster is not None:
        roster = Roster(settings.roster, names)
        tokens = Tokens(roster)
        if settings.oidc_issuer is not None:
            sign_in = signing_in(settings, docket.apart, given["clock"], roster, tokens)
            checks = {**checks, "sign-in": sign_in.wrong}
        sessions = None if sign_in is None else sign_in.sessions
        authenticator, checks = Known(roster, tokens, sessions), {**checks, "roster": roster.wrong}
    quotas = Quotas(
        requests=settings.quota,
        window_s=settings.quota_window,
        at_once=settings.quota_at_once,
        streams=settings.quota_streams,
        body_bytes=settings.quota_body_bytes,
    )
    services = Services(
        docket=docket,
        authenticator=authenticator,
        notice="Development system, not a record." if settings.development else None,
        personas={} if settings.development else None,
        sign_in=sign_in,
        quotas=quotas,
        version=version("docket"),
        checks=checks,
        places=Places(settings.webhook_hosts, settings.webhook_networks),
        tls=create_default_context(cafile=settings.webhook_ca_file),
        safe=Safe(None if settings.webhook_keys is None else Keyring.read(settings.webhook_keys)),
        **given,
    )
    app = build_app(services)
    with working(webhooks=app.state.deliver), in_background(app, listening):
        sys.stderr.write(f"docket: serving {where} on {address(listening)}\n")
        until_told(docket)
    if docket.failed is not None:
        fail(f"the record cannot go on: {_why(docket.failed)}")


def _why(failed: BaseException) -> str:
    """What errors of our own say repeats nothing of the record; others may."""
    return str(failed) if isinstance(failed, (StoreError, WrongStore, Corrupt, Diverged, Forked)) else told(failed)
