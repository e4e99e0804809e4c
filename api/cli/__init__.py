"""The command line: each command in a file of its own, imported when it runs."""

from pathlib import Path
from typing import Annotated, Literal

import typer

from api.settings import Level, Settings

app = typer.Typer(
    name="docket",
    help="The record of voluntary early access to frontier AI models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

topics = typer.Typer(help="Topics and rights on Kafka: made as they have to be, or compared with that.")
app.add_typer(topics, name="topics", no_args_is_help=True)

verify = typer.Typer(
    help="What somebody was given holds, or not: without a network, a store, or trust in whoever gave it. "
    "Exits with 20 bytes, 21 tree, 22 root, 23 signature, 24 quorum, 25 order, 26 schema, 27 authority."
)
app.add_typer(verify, name="verify", no_args_is_help=True)

Data = Annotated[Path | None, typer.Option(help="Folder of the ledger and its views [DOCKET_DATA].")]
Host = Annotated[str | None, typer.Option(help="Address to listen on [DOCKET_HOST].")]
Port = Annotated[
    int | None, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one [DOCKET_PORT].")
]
As = Annotated[str | None, typer.Option("--as", help="Who asks, as the development header says it.")]
TokenFile = Annotated[Path | None, typer.Option(help="Who asks: a file with a token that the server believes.")]
Json = Annotated[bool, typer.Option("--json", help="Answer in JSON.")]


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
        _settings(
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

        run(_settings(data=data).data, views=view or [], json=json)


@app.command()
def backup(
    target: Annotated[Path, typer.Argument(help="File to write; it may not exist.")],
    data: Data = None,
    reads: Annotated[bool, typer.Option("--reads", help="Copy the ledger of what oversight read instead.")] = False,
    json: Json = False,
) -> None:
    """Copy the ledger while it is served, and check the copy."""
    from api.cli.backup import run

    run(_settings(data=data).data, target, reads=reads, json=json)


@app.command()
def export(
    target: Annotated[Path, typer.Argument(help="Archive to write; it may not exist.")],
    data: Data = None,
    json: Json = False,
) -> None:
    """Write all that stands under the last checkpoint into an archive that proves itself; `docket verify` checks it."""
    from api.cli.export import run
    from consumers.settings import Settings as Servers

    run(_settings(data=data).data, target, log=Servers().log_files(), json=json)


@app.command()
def log(data: Data = None, json: Json = False) -> None:
    """Say what the log is called, the key that signs it, and how far it is signed."""
    from api.cli.log import run
    from consumers.settings import Settings as Servers

    run(_settings(data=data).data, log=Servers().log_files(), json=json)


PolicyFile = Annotated[Path, typer.Option("--policy", help="Whom you believe: keys and a quorum.", dir_okay=False)]
Given = Annotated[Path, typer.Argument(exists=True, dir_okay=False)]


@verify.command("export")
def verify_export(
    archive: Given,
    policy: PolicyFile,
    complete: Annotated[bool, typer.Option("--complete", help="Fail where any event is absent.")] = False,
    json: Json = False,
) -> None:
    """Check all of an export, from the checkpoint down to each byte."""
    from api.cli.verify import export

    export(archive, policy, complete=complete, json=json)


@verify.command("proof")
def verify_proof(
    proof: Given,
    document: Annotated[Path, typer.Option(help="The document, byte for byte.", exists=True, dir_okay=False)],
    policy: PolicyFile,
    json: Json = False,
) -> None:
    """Check that a document stands in the log."""
    from api.cli.verify import proof as run

    run(proof, document, policy, json=json)


@verify.command("consistency")
def verify_consistency(old: Given, new: Given, proof: Given, policy: PolicyFile, json: Json = False) -> None:
    """Check that the log of the checkpoint NEW begins with the log of the checkpoint OLD."""
    from api.cli.verify import consistency

    consistency(old, new, proof, policy, json=json)


@verify.command("keys")
def verify_keys(policy: Given, json: Json = False) -> None:
    """Say whom a policy believes, and what its quorum is."""
    from api.cli.verify import keys

    keys(policy, json=json)


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
    run(_settings(data=data).data, postgres=postgres, json=json)


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

    run(_settings(data=data).data, json=json)


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


@app.command()
def secrets(
    folder: Annotated[Path, typer.Argument(help="Where they are kept.")] = Path(".docket/secrets"),
    json: Json = False,
) -> None:
    """Make keys that seal disclosures and sign the log, and PostgreSQL's password, where one is missing."""
    from api.cli.secrets import run

    run(folder, json=json)


Offices = Annotated[
    list[str] | None, typer.Option("--office", help="Code of an office that acts over Kafka [DOCKET_OFFICES].")
]
Profile = Annotated[
    Literal["single", "production"] | None, typer.Option(help="For one broker, or for three [DOCKET_PROFILE].")
]


@topics.command("apply")
def topics_apply(
    office: Offices = None,
    profile: Profile = None,
    lower: Annotated[bool, typer.Option("--lower", help="Even where something that is kept may go then.")] = False,
    json: Json = False,
) -> None:
    """Make what is missing and mend what differs; exits with 1 when something differs still. Takes a super user."""
    from api.cli.topics import run

    run(offices=office, profile=profile, lower=lower, change=True, json=json)


@topics.command("check")
def topics_check(office: Offices = None, profile: Profile = None, json: Json = False) -> None:
    """Say what differs from what has to be; exits with 1 when something does."""
    from api.cli.topics import run

    run(offices=office, profile=profile, lower=False, change=False, json=json)


def _settings(**given: object) -> Settings:
    return Settings().model_copy(update={name: value for name, value in given.items() if value is not None})
