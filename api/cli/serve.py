"""`docket serve`: one process with a ledger, its views and the door to them."""

import os
import sys
from importlib.metadata import version

from api.app import Services, build_app
from api.cli.say import IN_USE, fail
from api.clock import SystemClock
from api.compose import InUse, embedded, running
from api.identity import DevelopmentHeader, Nobody, names_of
from api.server import address, bound, in_background, until_told
from api.settings import Settings
from domain.ledger import StoreError
from domain.ledger.recorder import refuse_corrupting_settings


def run(settings: Settings) -> None:
    """Serve until told to stop."""
    clock = SystemClock()
    try:
        refuse_corrupting_settings(os.environ)
        with (
            bound(settings.host, settings.port) as listening,
            embedded(settings.data, clock=clock, ceiling=settings.ceiling) as docket,
        ):
            names = names_of(docket.ledger)
            authenticator = DevelopmentHeader(bound_to=settings.host, named=names) if settings.development else Nobody()
            app = build_app(
                Services(
                    docket=docket,
                    clock=clock,
                    authenticator=authenticator,
                    folder=settings.data,
                    version=version("docket"),
                )
            )
            with running(docket), in_background(app, listening):
                sys.stderr.write(f"docket: serving {settings.data} on {address(listening)}\n")
                until_told(docket)
            if docket.failed is not None:
                fail(f"the record cannot go on: {docket.failed}")
    except InUse as error:
        fail(str(error), IN_USE)
    except (OSError, ValueError, StoreError) as error:
        fail(str(error))
