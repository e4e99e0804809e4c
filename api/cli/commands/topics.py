"""What has to be on Kafka is made and compared by these."""

from typing import Annotated, Literal

import typer

from api.cli.commands.options import Json

app = typer.Typer(help="Topics and rights on Kafka: made as they have to be, or compared with that.")

Offices = Annotated[
    list[str] | None, typer.Option("--office", help="Code of an office that acts over Kafka [DOCKET_OFFICES].")
]
Profile = Annotated[
    Literal["single", "production"] | None, typer.Option(help="For one broker, or for three [DOCKET_PROFILE].")
]


@app.command()
def apply(
    office: Offices = None,
    profile: Profile = None,
    lower: Annotated[bool, typer.Option("--lower", help="Even where something that is kept may go then.")] = False,
    json: Json = False,
) -> None:
    """Make what is missing and mend what differs; exits with 1 when something differs still. Takes a super user."""
    from api.cli.topics import run

    run(offices=office, profile=profile, lower=lower, change=True, json=json)


@app.command()
def check(office: Offices = None, profile: Profile = None, json: Json = False) -> None:
    """Say what differs from what has to be; exits with 1 when something does."""
    from api.cli.topics import run

    run(offices=office, profile=profile, lower=False, change=False, json=json)
