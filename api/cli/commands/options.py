"""What several commands are told, said once."""

from pathlib import Path
from typing import Annotated

import typer

from api.settings import Settings

Data = Annotated[Path | None, typer.Option(help="Folder of the ledger and its views [DOCKET_DATA].")]
Host = Annotated[str | None, typer.Option(help="Address to listen on [DOCKET_HOST].")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one [DOCKET_PORT].")
]
As = Annotated[str | None, typer.Option("--as", help="Who asks, as the development header says it.")]
TokenFile = Annotated[Path | None, typer.Option(help="Who asks: a file with a token that the server believes.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


def settings(**given: object) -> Settings:
    """What the environment says, but for what the command line says otherwise."""
    return Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
