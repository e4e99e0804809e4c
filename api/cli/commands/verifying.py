"""What somebody was given is checked by these."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.commands.options import Json

app = typer.Typer(
    help="What somebody was given holds, or not: without a network, a store, or trust in whoever gave it. "
    "Exits with 20 bytes, 21 tree, 22 root, 23 signature, 24 quorum, 25 order, 26 schema, 27 authority."
)

PolicyFile = Annotated[Path, typer.Option("--policy", help="Whom you believe: keys and a quorum.", dir_okay=False)]
Given = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


@app.command()
def export(
    archive: Given,
    policy: PolicyFile,
    complete: Annotated[bool, typer.Option("--complete", help="Fail where any event is absent.")] = False,
    jobs: Annotated[int | None, typer.Option(min=1, help="Processes that check; by default one a core.")] = None,
    json: Json = False,
) -> None:
    """Check all of an export, from the checkpoint down to each byte."""
    from api.cli.verify import export as run

    run(archive, policy, complete=complete, jobs=jobs, json=json)


@app.command()
def proof(
    proof: Given,
    document: Annotated[Path, typer.Option(help="The document, byte for byte.", exists=True, dir_okay=False)],
    policy: PolicyFile,
    json: Json = False,
) -> None:
    """Check that a document stands in the log."""
    from api.cli.verify import proof as run

    run(proof, document, policy, json=json)


@app.command()
def consistency(old: Given, new: Given, proof: Given, policy: PolicyFile, json: Json = False) -> None:
    """Check that the log of the checkpoint NEW begins with the log of the checkpoint OLD."""
    from api.cli.verify import consistency as run

    run(old, new, proof, policy, json=json)


@app.command()
def keys(policy: Given, json: Json = False) -> None:
    """Say whom a policy believes, and what its quorum is."""
    from api.cli.verify import keys as run

    run(policy, json=json)
