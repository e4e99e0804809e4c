"""Names are locks of one session in PostgreSQL, through which its holder writes: who lost one has lost the other."""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from hashlib import sha256
from threading import Lock
from typing import Any, Final

import psycopg
from psycopg import Connection

from consumers.apart import Ask
from projections.stores.postgres_schema import translated

_SETTINGS: Final = (
    "SET application_name = 'docket claims'",
    "SET tcp_keepalives_idle = 5",  # a machine that went away without a word is noticed in about ten seconds
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)
_TAKE: Final = b"SELECT pg_try_advisory_lock(%s, %s)"
_GIVE: Final = b"SELECT pg_advisory_unlock(%s, %s)"
_ROOM: Final = int.from_bytes(sha256(b"docket apart").digest()[:4], signed=True)


class Session:
    """Has names while its connection lives. A lock ends with its session, so that nobody has to measure silence."""

    def __init__(self, connection: Connection[Any]) -> None:
        self._connection = connection
        for setting in _SETTINGS:
            connection.execute(setting)
        self._lock = Lock()
        self._held: set[str] = set()

    def take(self, name: str) -> bool:
        with self._lock:
            # such a lock is counted, and would have to be given up as often as it was taken
            if name not in self._held and self._execute(_TAKE, name):
                self._held.add(name)
            return name in self._held

    def give(self, name: str) -> None:
        with self._lock:
            if name in self._held:
                self._held.discard(name)
                self._execute(_GIVE, name)

    @contextmanager
    def together(self) -> Iterator[Ask]:
        def ask(sql: str, values: Any = (), /) -> list[tuple[Any, ...]]:  # noqa: ANN401 - what psycopg takes
            done = self._connection.execute(translated(sql), values)
            return [] if done.description is None else done.fetchall()

        with self._lock, self._connection.transaction():
            yield ask

    def close(self) -> None:
        with suppress(psycopg.Error):
            self._connection.close()

    def _execute(self, sql: bytes, name: str) -> bool:
        number = int.from_bytes(sha256(name.encode()).digest()[:4], signed=True)
        found = self._connection.execute(sql, (_ROOM, number)).fetchone()
        return found is not None and bool(found[0])
