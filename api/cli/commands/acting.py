"""Acts come from files by these."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.commands.options import As, Json, TokenFile

app = typer.Typer()


@app.command()
def publish(
    *,
    files: Annotated[
        list[Path], typer.Argument(help="NDJSON of CloudEvents, an act a line.", exists=True, dir_okay=False)
    ],
    principal: As = None,
    token_file: TokenFile = None,
    sign_key: Annotated[
        Path | None, typer.Option(help="Sign each act: a private key in PEM, of Ed25519 or P-256.", dir_okay=False)
    ] = None,
    key_id: Annotated[str | None, typer.Option(help="What the office registered the key as.")] = None,
    url: Annotated[str, typer.Option(help="Where Docket is served.")] = "http://127.0.0.1:8040",
    json: Json = False,
) -> None:
    """Publish acts from files; exits with 3 if a rule refused one, 4 if one was turned away, 5 if nobody answers."""
    from api.cli.asking import asking
    from api.cli.publish import run
    from api.cli.signing import own_key

    run(files, asking(principal, token_file), url=url, json=json, key=own_key(sign_key, key_id))


@app.command()
def sign(
    *,
    statement: Annotated[str, typer.Argument(help="What is to be signed, as the page of the act shows it.")],
    sign_key: Annotated[Path, typer.Option(help="A private key in PEM, of Ed25519 or P-256.", dir_okay=False)],
    key_id: Annotated[str, typer.Option(help="What the office registered the key as.")],
    json: Json = False,
) -> None:
    """Sign the statement of one act, and print the signature; exits with 4 where it is none."""
    from api.cli.sign import run
    from api.cli.signing import key_in

    run(statement, key_in(sign_key, key_id), json=json)


@app.command()
def findings(
    *,
    files: Annotated[
        list[Path],
        typer.Argument(help="CVE, OSV, CSAF, KEV: one, or one a line.", exists=True, dir_okay=False),
    ],
    batch: Annotated[str, typer.Option(help="A random UUID; sent again under the same, nothing is repeated.")],
    marking: Annotated[str, typer.Option(help="Of every report, with a TLP colour.")],
    principal: As = None,
    token_file: TokenFile = None,
    format: Annotated[str | None, typer.Option(help="Of every document; by default each says it itself.")] = None,
    url: Annotated[str, typer.Option(help="Where Docket is served.")] = "http://127.0.0.1:8040",
    json: Json = False,
) -> None:
    """Report what foreign documents say; exits with 3, 4 and 5 as `publish` does."""
    from api.cli.asking import asking
    from api.cli.findings import run

    run(files, batch=batch, marking=marking, format=format, headers=asking(principal, token_file), url=url, json=json)


@app.command()
def taskings() -> None:
    """Print the order's duties as acts, one a line, for the secretariat to publish."""
    from api.cli.taskings import run

    run()
