"""`docket taskings`: the order's duties as acts, for the secretariat to publish; the same lines every time."""

import orjson
import typer

from domain import wire
from domain.founding import taskings
from domain.values import derived


def run() -> None:
    """Print a CloudEvent a line, as `docket publish` takes them."""
    for duty in taskings():
        said = {name: value for name, value in orjson.loads(wire.canonical(duty)).items() if value is not None}
        event = {
            "specversion": "1.0",
            "id": derived("order's duty", duty.tasking),
            "source": "office/secretariat",
            "type": said.pop("type"),
            "datacontenttype": "application/json",
            "marking": "UNCLASSIFIED",
            "data": said,
        }
        typer.echo(orjson.dumps(event).decode())
