"""Projectors share the views between them: who is there, and who folds what, are locks of sessions in PostgreSQL.

A lock ends with its session, so that a projector which dies is seen at once, and nobody has to measure silence.
"""

from collections.abc import Collection, Iterator, Mapping
from contextlib import closing, contextmanager
from hashlib import sha256
from random import SystemRandom
from time import monotonic, sleep
from typing import Any, Final, Self

import psycopg

LOOK_S: Final = 0.5
"""Seconds between two looks at who is there."""
_POLL_S: Final = 0.05
_THERE_FOR: Final = "there for"
_FOLDS: Final = "folds"
_CLAIMS: Final = "claims"
_SESSION: Final = (
    "SET application_name = 'docket projector'",
    "SET tcp_keepalives_idle = 5",  # a machine that went away without a word is noticed in about ten seconds
    "SET tcp_keepalives_interval = 2",
    "SET tcp_keepalives_count = 3",
)
_TAKE: Final = "SELECT pg_try_advisory_lock(%s, %s)"
_GIVE: Final = "SELECT pg_advisory_unlock(%s, %s)"
_THERE: Final = """
    SELECT classid::bigint, objid::bigint FROM pg_locks
    WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid::bigint = ANY(%s)
      AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"""


class InUse(Exception):
    """Somebody else folds it and does not give it up."""


class Sharing:
    """What one projector has of what is shared. For one thread.

    Everybody sees the same: each name is for whoever there has the highest hash of it and himself, so that the rest
    stays where it is when somebody comes or goes. Whoever folds holds the lock of the name, and nobody else does: one
    that is to give up is waited for. What is `claimed` is nobody's meanwhile. Raises psycopg.Error; locks are gone
    then, and so is the right to fold.
    """

    def __init__(self, dsn: str, names: Collection[str]) -> None:
        self._connection = _session(dsn)
        self._rooms = {name: _number(_THERE_FOR, name) for name in names}
        self._held: set[str] = set()
        self._looked = 0.0
        self.member = self._joined()

    def close(self) -> None:
        """Give everything up. Again is not an error."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def settled(self) -> frozenset[str]:
        """What is ours to fold now, after giving up what is another's. Only while nothing is being folded."""
        mine = self._mine()
        for name in self._held - mine:
            self._execute(_GIVE, _number(_FOLDS, name), 0)
            self._held.discard(name)
        self._take(mine)
        return frozenset(self._held)

    def changed(self) -> bool:
        """Whether something has to be given up, or was taken just now. Looks once in LOOK_S; in between, it is not."""
        if monotonic() - self._looked < LOOK_S:
            return False
        mine = self._mine()
        return bool(self._held - mine) or self._take(mine)

    def withdraw(self, name: str) -> None:
        """Be there for this no longer."""
        if (room := self._rooms.pop(name, None)) is not None:
            self._execute(_GIVE, room, self.member)

    def _joined(self) -> int:
        while True:
            member = SystemRandom().randrange(1, 2**31)
            if all(self._execute(_TAKE, room, member) for room in self._rooms.values()):
                return member
            self._connection.execute("SELECT pg_advisory_unlock_all()")  # somebody has this number

    def _mine(self) -> set[str]:
        there = self._there()
        self._looked = monotonic()
        return {name for name, members in there.items() if self.member == chosen(name, members)}

    def _there(self) -> Mapping[str, Collection[int]]:
        rooms = {room % 2**32: name for name, room in self._rooms.items()}
        claims = {_number(_CLAIMS, name) % 2**32: name for name in self._rooms}
        there: dict[str, set[int]] = {name: set() for name in self._rooms}
        claimed = set()
        for room, member in self._connection.execute(_THERE, ([*rooms, *claims],)):
            if room in claims:
                claimed.add(claims[room])
            else:
                there[rooms[room]].add(member)
        return {name: members for name, members in there.items() if name not in claimed}

    def _take(self, mine: set[str]) -> bool:
        taken = {name for name in mine - self._held if self._execute(_TAKE, _number(_FOLDS, name), 0)}
        self._held |= taken
        return bool(taken)

    def _execute(self, sql: str, *values: int) -> bool:
        found = self._connection.execute(sql, values).fetchone()
        return found is not None and bool(found[0])


@contextmanager
def claimed(dsn: str, name: str, *, patience_s: float) -> Iterator[None]:
    """Nobody else folds this meanwhile: whoever does gives it up after its transaction, and takes it again later.

    Raises InUse where that was not given up in time, or somebody else claims it; and psycopg.Error.
    """
    with closing(_session(dsn)) as session:
        until = monotonic() + patience_s
        for purpose in (_CLAIMS, _FOLDS):
            while not session.execute(_TAKE, (_number(purpose, name), 0)).fetchall()[0][0]:
                if monotonic() > until:
                    raise InUse(f"{name} is still being folded by somebody else")
                sleep(_POLL_S)
        yield


def chosen(name: str, members: Collection[int]) -> int | None:
    """Whose a name is: rendezvous hashing. None where nobody is there."""
    return max(members, key=lambda member: sha256(f"{name} {member}".encode()).digest(), default=None)


def _session(dsn: str) -> psycopg.Connection[Any]:
    session = psycopg.connect(dsn, autocommit=True, keepalives_idle=5, keepalives_interval=2)
    for setting in _SESSION:
        session.execute(setting)
    return session


def _number(purpose: str, name: str) -> int:
    return int.from_bytes(sha256(f"docket {purpose} {name}".encode()).digest()[:4], signed=True)
