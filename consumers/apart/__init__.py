"""What is neither record nor view is kept apart: it is not folded from the record, and no proof rests on it.

Sessions of people are here, and whatever else a process must remember that nobody has done: subscriptions, what
somebody has looked at. A kind of thing is a numbered file of `migrations` that makes its tables, and a module that asks
for them; the files are written for SQLite and PostgreSQL at once (`text`, `bigint`, no `;` but at the end of a
statement), and so is what is asked, with `?` for each value. One file, `apart.db`, where one process serves a folder;
the schema `apart` of the database where several serve one record. It is durable: what was ended stays ended after a
power cut.
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

MIGRATIONS = "consumers.apart.migrations"


class Ask(Protocol):
    """Runs a statement."""

    def __call__(self, sql: str, values: Sequence[object] = (), /) -> list[tuple[Any, ...]]:
        """The rows that it finds or returns."""


class Claiming(Protocol):
    """Somebody who can have names to himself: in whatever process, nobody else has them meanwhile. For any thread.

    Raises what the store raises, and has no name any more then; nothing that it writes afterwards is written.
    """

    def take(self, name: str) -> bool:
        """Whether the name is its own now; again is not an error."""

    def give(self, name: str) -> None:
        """Give a name up; again is not an error."""

    def together(self) -> AbstractContextManager[Ask]:
        """Several statements, all of them or none, by somebody who still has the names that it took."""

    def close(self) -> None:
        """Give everything up. Again is not an error."""


class Apart(Protocol):
    """The store. Safe to use from any thread.

    Raises sqlite3.OperationalError or psycopg.OperationalError while it does not answer; the next call may succeed.
    """

    def ask(self, sql: str, values: Sequence[object] = (), /) -> list[tuple[Any, ...]]:
        """The rows that a statement finds or returns, committed: of one moment, and durable."""

    def together(self) -> AbstractContextManager[Ask]:
        """Several statements, all of them or none."""

    def claiming(self) -> Claiming:
        """Somebody new, who has no names yet."""

    def close(self) -> None:
        """Again is not an error."""
