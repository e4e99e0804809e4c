"""Docket is served by these, and so is a witness."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.commands.options import Data, Host, Port, settings
from api.settings import Level, Settings

app = typer.Typer()


@app.command()
def demo(
    once: Annotated[bool, typer.Option("--once", help="End when the story is told.")] = False,
    fresh: Annotated[bool, typer.Option("--fresh", help="Forget an earlier demonstration first.")] = False,
    folder: Annotated[Path, typer.Option(help="Where the demonstration keeps its data.")] = Path(".docket/demo"),
    port: Port = None,
) -> None:
    """Tell an invented story to a Docket on this machine, under a simulated clock, and keep serving."""
    from api.cli.demo import run

    run(folder, port=Settings().port if port is None else port, once=once, fresh=fresh)


@app.command()
def serve(
    *,
    data: Data = None,
    host: Host = None,
    port: Port = None,
    ceiling: Annotated[
        Level | None, typer.Option(help="Ceiling of a ledger that is opened now [DOCKET_CEILING].")
    ] = None,
    roster: Annotated[
        Path | None, typer.Option(help="Whom tokens and cards stand for, as JSON [DOCKET_ROSTER].")
    ] = None,
    oidc_issuer: Annotated[
        str | None, typer.Option(help="The OpenID provider that people sign in with [DOCKET_OIDC_ISSUER].")
    ] = None,
    oidc_client_id: Annotated[
        str | None, typer.Option(help="What it calls this Docket [DOCKET_OIDC_CLIENT_ID].")
    ] = None,
    address: Annotated[
        str | None, typer.Option(help="Where browsers reach the pages, for signing in [DOCKET_ADDRESS].")
    ] = None,
    development: Annotated[
        bool | None,
        typer.Option("--development", help="Let a header say who is asking; loopback only [DOCKET_DEVELOPMENT]."),
    ] = None,
) -> None:
    """Serve a ledger and its views from one process."""
    from api.cli.serve import run

    run(
        settings(
            data=data,
            host=host,
            port=port,
            ceiling=ceiling,
            roster=roster,
            oidc_issuer=oidc_issuer,
            oidc_client_id=oidc_client_id,
            address=address,
            development=development,
        )
    )


@app.command()
def witness(
    *,
    name: Annotated[str, typer.Option(help="What it is called, such as `witness.gao.example`.")],
    log: Annotated[
        list[str], typer.Option(help="Key of a log that it signs, as `docket log` prints it; again for more.")
    ],
    folder: Annotated[Path, typer.Option(help="Where its key and what it signed are kept.")] = Path(".docket/witness"),
    host: Host = None,
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 8050,
) -> None:
    """Sign that logs only grow (C2SP tlog-witness), on a machine of one's own; it prints its key for the policy."""
    from api.cli.witness import run

    run(name=name, logs=log, folder=folder, host=host or "127.0.0.1", port=port)
