"""Subscriptions as they are kept apart from the record: changed by their owners, and moved on by whoever delivers."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

import orjson

from api.subscriptions import DeadLetter, Owner, State, Subscription, Wanted, Why
from api.subscriptions.signing import Scheme
from consumers.apart import Apart, Ask, Claiming
from projections.instants import microseconds

MOST_OF_ACTOR: Final = 20
"""Subscriptions that one office or participant may have: each is delivered by a thread."""
MOST_LETTERS: Final = 1000
_COLUMNS: Final = (
    "id, actor, person, known_by, url, wanted, scheme, secret, secret_before, before_until, created_at, revision, "
    "state, reason, changed_at, position, attempts, first_at, next_at, outcome, failing_since, delivered, delivered_at"
)
_BEGIN: Final = datetime(1970, 1, 1, tzinfo=UTC)
_FRESH: Final[dict[str, object]] = {
    "attempts": 0,
    "first_at": None,
    "next_at": None,
    "outcome": None,
    "failing_since": None,
}


class TooMany(Exception):
    """The actor has as many as it may have."""


@dataclass(frozen=True, slots=True)
class Counts:
    """How many there are, and how far those that are delivered have come."""

    states: Mapping[State, int]
    behind: int | None
    """The position of the one that is last; None where none is delivered."""
    letters: int


class Kept:
    """The tables of subscriptions. Safe to use from any thread; raises what the store raises."""

    def __init__(self, apart: Apart) -> None:
        self._apart = apart

    def add(self, made: Subscription) -> None:
        """Keep a new one. Raises TooMany."""
        with self._apart.together() as ask:
            ((there,),) = ask("SELECT count(*) FROM subscriptions WHERE actor = ?", (made.owner.actor,))
            if there >= MOST_OF_ACTOR:
                raise TooMany
            row = _row(made)
            ask(f"INSERT INTO subscriptions ({_COLUMNS}) VALUES ({', '.join('?' * len(row))})", row)  # noqa: S608 - our names

    def of(self, owner: Owner) -> list[Subscription]:
        """All of somebody's, in the order in which they were made."""
        sql = f"SELECT {_COLUMNS} FROM subscriptions WHERE actor = ? AND person = ? ORDER BY created_at, id"  # noqa: S608 - our names
        return [_read(row) for row in self._apart.ask(sql, (owner.actor, owner.person))]

    def one(self, id: str) -> Subscription | None:
        """Whoever's it is."""
        found = self._apart.ask(f"SELECT {_COLUMNS} FROM subscriptions WHERE id = ?", (id,))  # noqa: S608 - our names
        return _read(found[0]) if found else None

    def active(self) -> list[str]:
        """Ids of those that are delivered."""
        return [id for (id,) in self._apart.ask("SELECT id FROM subscriptions WHERE state = ?", (State.ACTIVE,))]

    def counts(self) -> Counts:
        """Of all."""
        with self._apart.together() as ask:
            states = ask("SELECT state, count(*), min(position) FROM subscriptions GROUP BY state")
            ((letters,),) = ask("SELECT count(*) FROM dead_letters")
        behind = next((last for state, _, last in states if state == State.ACTIVE), None)
        return Counts({State(state): number for state, number, _ in states}, behind, letters)

    def delete(self, id: str) -> None:
        """Forget one, and what it could not deliver."""
        with self._apart.together() as ask:
            ask("DELETE FROM dead_letters WHERE subscription = ?", (id,))
            ask("DELETE FROM subscriptions WHERE id = ?", (id,))

    def letters(self, id: str) -> list[DeadLetter]:
        """What could not be delivered, in order."""
        sql = (
            "SELECT position, attempts, first_at, last_at, outcome FROM dead_letters WHERE subscription = ?"
            " ORDER BY position LIMIT ?"
        )
        return [
            DeadLetter(position=position, attempts=attempts, first_at=_at(first), last_at=_at(last), outcome=outcome)
            for position, attempts, first, last, outcome in self._apart.ask(sql, (id, MOST_LETTERS))
        ]

    def pause(self, id: str, now: datetime) -> None:
        """Its owner wants nothing for now."""
        self._changed(id, {"state": State.PAUSED, "reason": Why.BY_OWNER, "changed_at": microseconds(now)})

    def resume(self, id: str, now: datetime, known_by: str) -> None:
        """Its owner wants it again, and is found as just now; what failed is tried at once."""
        values: dict[str, object] = {
            "state": State.ACTIVE,
            "reason": None,
            "changed_at": microseconds(now),
            "known_by": known_by,
        }
        self._changed(id, values | _FRESH)

    def replay(self, id: str, after: int) -> None:
        """Its owner wants everything again from behind a position."""
        self._changed(id, {"position": after, **_FRESH})

    def rotate(self, id: str, secret: str, before: str, overlap: timedelta, now: datetime) -> None:
        """There is a new secret; until then what is sent is signed with both."""
        self._changed(id, {"secret": secret, "secret_before": before, "before_until": microseconds(now + overlap)})

    def _changed(self, id: str, values: Mapping[str, object]) -> None:
        sets = ", ".join(f"{name} = ?" for name in values)
        sql = f"UPDATE subscriptions SET {sets}, revision = revision + 1 WHERE id = ?"  # noqa: S608 - our names
        self._apart.ask(sql, (*values.values(), id))


class Moving:
    """What whoever delivers may write: nothing of it once the owner changed something, or the claim is lost."""

    def __init__(self, claims: Claiming) -> None:
        self._claims = claims

    def passed(self, of: Subscription, position: int) -> bool:
        """Everything up to a position is behind it, without anything to send. Whether it was written."""
        with self._claims.together() as ask:
            return _moved(ask, of, {"position": position, **_FRESH, "failing_since": _us(of.failing_since)})

    def taken(self, of: Subscription, position: int, now: datetime) -> bool:
        """The receiver took it."""
        values = {"position": position, **_FRESH, "delivered": of.delivered + 1, "delivered_at": microseconds(now)}
        with self._claims.together() as ask:
            if moved := _moved(ask, of, values | {"outcome": "accepted"}):
                ask("DELETE FROM dead_letters WHERE subscription = ? AND position = ?", (of.id, position))
            return moved

    def failed(self, of: Subscription, outcome: str, now: datetime, next_at: datetime) -> bool:
        """It is tried again later."""
        values = {
            "attempts": of.attempts + 1,
            "first_at": microseconds(of.first_at or now),
            "next_at": microseconds(next_at),
            "outcome": outcome,
            "failing_since": microseconds(of.failing_since or now),
        }
        with self._claims.together() as ask:
            return _moved(ask, of, values)

    def given_up(self, of: Subscription, position: int, outcome: str, now: datetime) -> bool:
        """It is a dead letter, and what comes after it goes on."""
        since = microseconds(of.failing_since or now)
        with self._claims.together() as ask:
            moved = _moved(ask, of, {"position": position, **_FRESH, "outcome": outcome, "failing_since": since})
            if moved:
                ask("DELETE FROM dead_letters WHERE subscription = ? AND position = ?", (of.id, position))
                letter = (
                    of.id,
                    position,
                    of.attempts + 1,
                    microseconds(of.first_at or now),
                    microseconds(now),
                    outcome,
                )
                ask("INSERT INTO dead_letters VALUES (?, ?, ?, ?, ?, ?)", letter)
            return moved

    def disabled(self, of: Subscription, why: Why, now: datetime, *, outcome: str | None = None) -> bool:
        """Nothing is sent any more until its owner resumes it."""
        values = {"state": State.DISABLED, "reason": why, "changed_at": microseconds(now), "next_at": None}
        with self._claims.together() as ask:
            return _moved(ask, of, values | ({"outcome": outcome} if outcome else {}))


def _moved(ask: Ask, of: Subscription, values: Mapping[str, object]) -> bool:
    sets = ", ".join(f"{name} = ?" for name in values)
    sql = f"UPDATE subscriptions SET {sets} WHERE id = ? AND revision = ? AND state = ? RETURNING id"  # noqa: S608 - our names
    return bool(ask(sql, (*values.values(), of.id, of.revision, State.ACTIVE)))


def _row(of: Subscription) -> tuple[object, ...]:
    wanted = {name: sorted(getattr(of.wanted, name)) for name in ("types", "streams", "cases", "offices")}
    return (
        of.id, of.owner.actor, of.owner.person, of.known_by, of.url, orjson.dumps(wanted).decode(), of.scheme,
        of.secret, of.secret_before, _us(of.before_until), _us(of.created_at), of.revision, of.state, of.reason,
        _us(of.changed_at), of.position, of.attempts, _us(of.first_at), _us(of.next_at), of.outcome,
        _us(of.failing_since), of.delivered, _us(of.delivered_at),
    )  # fmt: skip


def _read(row: tuple[Any, ...]) -> Subscription:
    (id, actor, person, known_by, url, wanted, scheme, secret, before, until, created, revision, state, reason,
     changed, position, attempts, first, next_at, outcome, failing, delivered, delivered_at) = row  # fmt: skip
    return Subscription(
        id=id,
        owner=Owner(actor, person),
        known_by=known_by,
        url=url,
        wanted=Wanted(**{name: frozenset(values) for name, values in orjson.loads(wanted).items()}),
        scheme=Scheme(scheme),
        secret=secret,
        secret_before=before,
        before_until=_maybe(until),
        created_at=_at(created),
        revision=revision,
        state=State(state),
        reason=None if reason is None else Why(reason),
        changed_at=_at(changed),
        position=position,
        attempts=attempts,
        first_at=_maybe(first),
        next_at=_maybe(next_at),
        outcome=outcome,
        failing_since=_maybe(failing),
        delivered=delivered,
        delivered_at=_maybe(delivered_at),
    )


def _us(moment: datetime | None) -> int | None:
    return None if moment is None else microseconds(moment)


def _at(us: int) -> datetime:
    return _BEGIN + timedelta(microseconds=us)


def _maybe(us: int | None) -> datetime | None:
    return None if us is None else _at(us)
