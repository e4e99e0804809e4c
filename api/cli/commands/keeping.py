"""Stores are kept, rebuilt, copied, mended and looked at by these."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.commands.options import Data, Json, settings

app = typer.Typer()


@app.command()
def rebuild(
    data: Data = None,
    view: Annotated[list[str] | None, typer.Option(help="Which view; all of them by default.")] = None,
    postgres: Annotated[
        bool, typer.Option("--postgres", help="Those that projectors fold [DOCKET_POSTGRES, DOCKET_KAFKA].")
    ] = False,
    json: Json = False,
) -> None:
    """Build views anew from the ledger beside the ones that are there, and switch."""
    if postgres:
        from api.cli.rebuild_shared import run as run_shared

        run_shared(views=view or [], json=json)
    else:
        from api.cli.rebuild import run

        run(settings(data=data).data, views=view or [], json=json)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="File to write; it may not exist.")],
    data: Data = None,
    reads: Annotated[bool, typer.Option("--reads", help="Copy the ledger of what oversight read instead.")] = False,
    json: Json = False,
) -> None:
    """Copy the ledger while it is served, and check the copy."""
    from api.cli.backup import run

    run(settings(data=data).data, target, reads=reads, json=json)


@app.command()
def restore(
    from_kafka: Annotated[bool, typer.Option("--from-kafka", help="From the ledger topic and its keys.")] = False,
    data: Data = None,
    postgres: Annotated[
        str | None, typer.Option(help="Into this database, not into a folder: a connection string.")
    ] = None,
    json: Json = False,
) -> None:
    """Make an empty store, or one that went back, from Kafka alone; broken off, the same command goes on.

    Exits with 5 if no broker lets it in, 6 if the folder is served, 65 if store and topics are of different records.
    """
    from api.cli.restore import run

    if not from_kafka:
        raise typer.BadParameter("say --from-kafka; a backup is put in place by hand")
    run(settings(data=data).data, postgres=postgres, json=json)


@app.command()
def scrub(
    postgres: Annotated[str, typer.Option(help="The ledger's database: a connection string [DOCKET_POSTGRES].")] = "",
    json: Json = False,
) -> None:
    """Take the bytes of destroyed payloads out of PostgreSQL's files; whoever appends waits meanwhile."""
    from api.cli.scrub import run

    run(postgres, json=json)


@app.command()
def doctor(data: Data = None, json: Json = False) -> None:
    """Say what is wrong with a folder of data, and what to do; exit code 1 when something is."""
    from api.cli.doctor import run

    run(settings(data=data).data, json=json)


@app.command()
def secrets(
    folder: Annotated[Path, typer.Argument(help="Where they are kept.")] = Path(".docket/secrets"),
    json: Json = False,
) -> None:
    """Make keys that seal disclosures and sign the log, and PostgreSQL's password, where one is missing."""
    from api.cli.secrets import run

    run(folder, json=json)
