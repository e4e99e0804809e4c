"""`docket topics`: topics and rights on Kafka, made as they have to be, or compared with that."""

import logging
from collections.abc import Mapping

import orjson
import typer
from pydantic import ValidationError
from rich.console import Console
from rich.table import Table

from api.cli.say import UNREACHABLE, fail
from consumers.settings import Missing, Settings
from consumers.topics.connection import Unreachable
from consumers.topics.drift import Drift
from consumers.topics.profile import Profile
from consumers.topics.provision import Arrangement, CannotMend, WouldLose, apply, check


def run(*, offices: list[str] | None, profile: Profile | None, lower: bool, change: bool, json: bool) -> None:
    """Look, mend if asked to, and say what differs."""
    logging.getLogger("kafka").setLevel(logging.CRITICAL)  # what matters of it is raised
    done: list[str] = []
    try:
        given: Mapping[str, object] = {"offices": tuple(offices) if offices else None, "profile": profile}
        settings = Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
        connection = settings.connection()
        asked = Arrangement(
            topics=settings.names(),
            offices=settings.offices,
            profile=settings.profile,
            principals=settings.principals(),
        )
        left = apply(connection, asked, lower=lower, say=done.append) if change else check(connection, asked)
    except Unreachable as error:
        fail(str(error), UNREACHABLE)
    except WouldLose as error:
        fail(f"{error}; --lower does it all the same")
    except (CannotMend, Missing, OSError, ValidationError, ValueError) as error:
        fail("; ".join([*done, str(error)]))
    _say(done, left, json=json)
    if left:
        fail(f"{len(left)} things are not as they have to be")


def _say(done: list[str], left: list[Drift], *, json: bool) -> None:
    if json:
        typer.echo(orjson.dumps({"done": done, "drift": [drift._asdict() for drift in left]}).decode())
        return
    for sentence in done:
        typer.echo(sentence)
    if not left:
        typer.echo("topics, brokers and rights are as they have to be")
        return
    table = Table("of", "what", "is", "has to be")
    for drift in left:
        table.add_row(*drift)
    Console().print(table)
