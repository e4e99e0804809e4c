"""A store of views says what it is: another program's file, or another form of ours, is left as it is."""

import sqlite3
from pathlib import Path
from typing import Final

from projections.stores.tables import WrongStore

APPLICATION_ID: Final = 0x444B5657  # "DKVW"
SCHEMA_VERSION: Final = 2
_SCHEMA: Final = (
    """CREATE TABLE positions (
        name TEXT PRIMARY KEY, view TEXT NOT NULL, version INTEGER NOT NULL, position INTEGER NOT NULL,
        digest BLOB NOT NULL, live INTEGER NOT NULL, halted TEXT) STRICT""",
    "CREATE UNIQUE INDEX one_is_live ON positions (view) WHERE live",
    """CREATE TABLE changes (
        view TEXT NOT NULL, position INTEGER NOT NULL, number INTEGER NOT NULL, key ANY,
        PRIMARY KEY (view, position, number)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE dead_letters (
        name TEXT NOT NULL, key ANY NOT NULL, position INTEGER NOT NULL, error TEXT,
        PRIMARY KEY (name, key, position)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE markings (
        name TEXT NOT NULL, marking TEXT NOT NULL, PRIMARY KEY (name, marking)) STRICT, WITHOUT ROWID""",
    """CREATE TABLE told (
        view TEXT PRIMARY KEY, forgotten INTEGER NOT NULL, late INTEGER NOT NULL) STRICT, WITHOUT ROWID""",
    f"PRAGMA application_id = {APPLICATION_ID}",
    f"PRAGMA user_version = {SCHEMA_VERSION}",
)
_SETTINGS: Final = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = NORMAL",  # a power cut may take the last commits: they are folded again
    "PRAGMA cache_size = -32000",
    "PRAGMA wal_autocheckpoint = 4000",
)


def made(connection: sqlite3.Connection, path: Path) -> None:
    """Make an empty file a store of views, and leave one that is. Raises WrongStore for anything else."""
    if _is_empty(connection):
        connection.execute("BEGIN IMMEDIATE")
        try:
            if _is_empty(connection):  # another process may have been first
                for statement in _SCHEMA:
                    connection.execute(statement)
            connection.execute("COMMIT")
        except BaseException:
            connection.execute("ROLLBACK")
            raise
    if _number(connection, "PRAGMA application_id") != APPLICATION_ID:
        raise WrongStore(f"{path} is no store of views")
    if (schema := _number(connection, "PRAGMA user_version")) != SCHEMA_VERSION:
        raise WrongStore(f"{path} has form {schema}, not {SCHEMA_VERSION}: delete it, and it is built again")
    for setting in _SETTINGS:
        connection.execute(setting)


def _is_empty(connection: sqlite3.Connection) -> bool:
    return not _number(connection, "SELECT count(*) FROM sqlite_schema") and not _number(
        connection, "PRAGMA application_id"
    )


def _number(connection: sqlite3.Connection, sql: str) -> int:
    (number,) = connection.execute(sql).fetchone()
    return int(number)
