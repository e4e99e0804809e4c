"""What leaves Docket and proves itself is made by these."""

from pathlib import Path
from typing import Annotated

import typer

from api.cli.commands.options import Data, Json, settings

app = typer.Typer()


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="Archive to write; it may not exist.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write all that stands under the last checkpoint into an archive that proves itself; `docket verify` checks it."""
    from api.cli.export import run
    from consumers.settings import Settings as Servers

    run(settings(data=data).data, target, log=Servers().log_files(), json=json)


@app.command()
def log(data: Data = None, json: Json = False) -> None:
    """Say what the log is called, the key that signs it, and how far it is signed."""
    from api.cli.log import run
    from consumers.settings import Settings as Servers

    run(settings(data=data).data, log=Servers().log_files(), json=json)
