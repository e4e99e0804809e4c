"""The command line: each command in a file of its own, imported when it runs."""

import typer

from api.cli.commands import acting, giving, keeping, serving, topics, verifying

app = typer.Typer(
    name="docket",
    help="The record of voluntary early access to frontier AI models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for each in (serving, acting, keeping, giving):
    app.add_typer(each.app)
app.add_typer(verifying.app, name="verify", no_args_is_help=True)
app.add_typer(topics.app, name="topics", no_args_is_help=True)
