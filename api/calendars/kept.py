"""Addresses of calendars as they are kept apart from the record."""

from datetime import UTC, datetime, timedelta
from typing import Any, Final

from api.calendars import Address
from api.subscriptions import Owner
from consumers.apart import Apart
from projections.instants import microseconds

MOST: Final = 20
"""Addresses that one owner may have."""
_USED: Final = timedelta(minutes=5)
"""How often, at most, it is noted that an address is in use."""
_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_COLUMNS: Final = "id, actor, person, known_by, label, created_at, expires_at, used_at"


class TooMany(Exception):
    """The owner has as many as one may have."""


class Addresses:
    """The table of addresses. Safe to use from any thread; raises what the store raises."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart

    def add(self, made: Address, digest: str, now: datetime) -> None:
        """Keep a new one; those that are over are forgotten. Raises TooMany."""
        with self._apart.together() as ask:
            ask("DELETE FROM calendars WHERE expires_at <= ?", (microseconds(now),))
            own = (made.owner.actor, made.owner.person)
            ((there,),) = ask("SELECT count(*) FROM calendars WHERE actor = ? AND person = ?", own)
            if there >= MOST:
                raise TooMany
            values = (
                *(made.id, *own, made.known_by, made.label),
                *(microseconds(made.created_at), microseconds(made.expires_at), None, digest),
            )
            ask(f"INSERT INTO calendars ({_COLUMNS}, digest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)  # noqa: S608 - our names

    def of(self, owner: Owner, now: datetime) -> list[Address]:
        """Those of somebody that are not over, in the order in which they were made."""
        sql = f"SELECT {_COLUMNS} FROM calendars WHERE actor = ? AND person = ? ORDER BY created_at, id"  # noqa: S608 - our names
        found = (_read(row) for row in self._apart.ask(sql, (owner.actor, owner.person)))
        return [each for each in found if each.expires_at > now]

    def at(self, digest: str, now: datetime) -> Address | None:
        """The one whose secret has this digest, where it is not over."""
        sql = f"SELECT {_COLUMNS} FROM calendars WHERE digest = ? AND expires_at > ?"  # noqa: S608 - our names
        found = self._apart.ask(sql, (digest, microseconds(now)))
        return _read(found[0]) if found else None

    def used(self, address: Address, now: datetime) -> None:
        """It was read."""
        if address.used_at is None or now - address.used_at >= _USED:
            self._apart.ask("UPDATE calendars SET used_at = ? WHERE id = ?", (microseconds(now), address.id))

    def delete(self, id: str, owner: Owner) -> bool:
        """Forget one of somebody's; whether there was one."""
        sql = "DELETE FROM calendars WHERE id = ? AND actor = ? AND person = ? RETURNING id"
        return bool(self._apart.ask(sql, (id, owner.actor, owner.person)))


def _read(row: tuple[Any, ...]) -> Address:
    id, actor, person, known_by, label, created, expires, used = row
    return Address(
        id=id,
        owner=Owner(actor, person),
        known_by=known_by,
        label=label,
        created_at=_at(created),
        expires_at=_at(expires),
        used_at=None if used is None else _at(used),
    )


def _at(us: int) -> datetime:
    return _BEGIN + timedelta(microseconds=us)
