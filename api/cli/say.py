"""What a command says at its end: a line or a table for people, one JSON object for programs; and how it exits."""

from collections.abc import Mapping
from typing import NoReturn

import orjson
import typer
from rich.console import Console
from rich.progress import Progress, ProgressColumn
from rich.table import Table
from rich.text import Text

REFUSED, TURNED_AWAY, UNREACHABLE, IN_USE, DIVERGED = 3, 4, 5, 6, 65
"""Exit codes beside 0 and 1 (something is wrong); 2 is for a command line that cannot be read."""


def bar(*columns: ProgressColumn) -> Progress:
    """Progress for people who look on; nothing where nobody does."""
    console = Console(stderr=True)
    return Progress(*columns, console=console, transient=True, disable=not console.is_terminal)


def result(title: str, facts: Mapping[str, object], *, json: bool) -> None:
    """The facts that a command found."""
    if json:
        typer.echo(orjson.dumps(facts, default=str).decode())
        return
    table = Table(title=title, show_header=False, title_justify="left")
    table.add_column(no_wrap=True)
    table.add_column(overflow="fold")  # a key that ends in `…` is none
    for name, value in facts.items():
        table.add_row(name.replace("_", " "), Text(_shown(str(value))))
    Console().print(table)


def fail(sentence: str, code: int = 1) -> NoReturn:
    """One line on the error stream, and an exit code."""
    tell(sentence)
    raise typer.Exit(code)


def tell(sentence: str) -> None:
    """One line on the error stream."""
    typer.echo(f"docket: {_shown(sentence)}", err=True)


def _shown(said: str) -> str:
    """What somebody else said moves no cursor, and turns no line around: all but what is printed is spelled out."""
    return "".join(
        each if each.isprintable() or each == "\n" else each.encode("unicode_escape").decode() for each in said
    )
