"""What was deleted from a table of PostgreSQL stays in its file until the file is written anew; this writes it anew."""

from dataclasses import dataclass
from typing import Final

from psycopg.errors import InsufficientPrivilege

from domain.ledger.postgres_database import Connection, one

# VACUUM alone gives room back and leaves the bytes in it
_REWRITE: Final = b"VACUUM (FULL) disclosures, acts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Scrubbed:
    """What a scrub did."""

    log_before: str | None
    """The segment of write-ahead log before which what was destroyed may still stand; None where this role may begin
    no segment."""


def scrub(connection: Connection) -> Scrubbed:
    """Write anew what something is taken out of, and begin a new segment of write-ahead log. Raises psycopg.Error.

    Whoever appends, or reads disclosures, waits meanwhile.
    """
    connection.execute(_REWRITE)
    try:
        connection.execute(b"CHECKPOINT")  # the file of before is gone from the disk then
        one(connection, "SELECT pg_switch_wal()")
        (log_before,) = one(connection, "SELECT pg_walfile_name(pg_current_wal_insert_lsn())")
    except InsufficientPrivilege:
        return Scrubbed(log_before=None)
    return Scrubbed(log_before=log_before)
