"""A schema of PostgreSQL is what the numbered files of SQL made of it, each applied once, in order, or not at all."""

import re
from importlib.resources import files
from typing import Any, Final

from psycopg import Connection, sql

from domain.ledger.recorder import WrongStore

_FILE: Final = re.compile(r"(\d{4})_\w+\.sql")
_ONE_AT_A_TIME: Final = "SELECT pg_advisory_xact_lock(hashtextextended('docket migrations of ' || %s, 0))"
_HAS_TABLES: Final = "SELECT EXISTS (SELECT FROM pg_class WHERE relnamespace = to_regnamespace(%s))"
_IS_OURS: Final = "SELECT to_regclass(%s) IS NOT NULL"
_CREATE: Final = """
    CREATE SCHEMA IF NOT EXISTS {schema};
    CREATE TABLE {schema}.docket_migrations (number integer PRIMARY KEY, name text NOT NULL)"""
_APPLIED: Final = "SELECT number, name FROM {schema}.docket_migrations ORDER BY number"
_APPLY: Final = "INSERT INTO {schema}.docket_migrations VALUES (%s, %s)"


def migrate(connection: Connection[Any], schema: str, package: str) -> None:
    """Apply to `schema` the files `NNNN_name.sql` of `package` that it does not have yet, in one transaction.

    They run with `schema` as the search path. Processes may do so at once: they take turns. Raises WrongStore, and
    leaves everything as it was, where the schema has tables of others, or migrations that are not in the package.
    """
    known = {
        int(found[1]): file
        for file in files(package).iterdir()
        if file.is_file() and (found := _FILE.fullmatch(file.name))
    }
    name = sql.Identifier(schema)
    with connection.transaction():
        connection.execute(_ONE_AT_A_TIME, (schema,))
        if not _asked(connection, _IS_OURS, name.as_string(connection) + ".docket_migrations"):
            if _asked(connection, _HAS_TABLES, name.as_string(connection)):
                raise WrongStore(f"the schema {schema} has tables that are not Docket's")
            connection.execute(sql.SQL(_CREATE).format(schema=name))
        applied: dict[int, str] = dict(connection.execute(sql.SQL(_APPLIED).format(schema=name)).fetchall())
        for number, applied_name in applied.items():
            if number not in known or known[number].name != applied_name:
                raise WrongStore(f"the schema {schema} has {applied_name}, unknown to this Docket: upgrade it first")
        connection.execute(sql.SQL("SET LOCAL search_path TO {}").format(name))
        for number in sorted(known.keys() - applied.keys()):
            connection.execute(known[number].read_bytes())
            connection.execute(sql.SQL(_APPLY).format(schema=name), (number, known[number].name))


def _asked(connection: Connection[Any], question: str, name: str) -> bool:
    answer = connection.execute(question.encode(), (name,)).fetchone()
    return bool(answer and answer[0])
