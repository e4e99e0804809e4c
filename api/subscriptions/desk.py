"""What somebody may do with subscriptions of their own: those of others are not there."""

import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event
from typing import Any, Final

from api.ids import uuid7
from api.problems import Problem
from api.reading import Reading
from api.subscriptions import SENTENCES, DeadLetter, Owner, Subscription, Wanted
from api.subscriptions.delivery import secrets_of
from api.subscriptions.kept import Kept, TooMany
from api.subscriptions.message import of_test, signed
from api.subscriptions.places import Elsewhere, Malformed, Places
from api.subscriptions.sending import Sender
from api.subscriptions.signing import Locked, Safe, Scheme, given_to_receiver, new_secret
from consumers.acts import intake
from consumers.acts.intake import Wrong
from domain.act import Principal
from domain.wire import EVENTS
from projections.disclosed import disclosed

OVERLAP: Final = timedelta(hours=24)
"""How long what is sent is signed with the secret before, too."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Desk:
    """Subscriptions, as their owners deal with them. Raises Problem, and Malformed for what does not have its form."""

    reading: Reading
    kept: Kept
    places: Places
    tls: ssl.SSLContext
    safe: Safe
    clock: Callable[[], datetime]
    changed: Callable[[], None]
    """Tells whoever delivers to look."""

    def subscribe(self, by: Principal, asked: Mapping[str, Any]) -> dict[str, Any]:
        """A new one, with its secret."""
        self.reading.sight_of(by)
        if "url" not in asked:
            raise intake.Malformed(errors=[Wrong("/url", "This field is missing.")])
        if unknown := set(asked.get("types", ())) - set(EVENTS):
            raise intake.Malformed(errors=[Wrong("/types", f"{len(unknown)} of them are none of an event.")])
        self._find(asked["url"])
        if not by.known_by:
            raise Problem("owner-not-lasting")
        head = self._reached(asked.get("after", 0))
        id, now, scheme = uuid7(), self.clock(), Scheme(asked.get("scheme", Scheme.HMAC))
        secret, names = new_secret(scheme), ("types", "streams", "cases", "offices")
        made = Subscription(
            id=id,
            owner=Owner.of(by),
            known_by=by.known_by,
            url=asked["url"],
            wanted=Wanted(**{name: frozenset(asked.get(name, ())) for name in names}),
            scheme=scheme,
            secret=self.safe.close(secret, id),
            created_at=now,
            changed_at=now,
            position=asked.get("after", head),
        )
        try:
            self.kept.add(made)
        except TooMany:
            raise Problem("subscriptions-too-many") from None
        self.changed()
        return told(made) | {"secret": given_to_receiver(secret)}

    def mine(self, id: str, by: Principal) -> Subscription:
        """One of somebody's own."""
        found = self.kept.one(id)
        if found is None or found.owner != Owner.of(by):
            raise Problem("not-found")
        return found

    def delete(self, id: str, by: Principal) -> None:
        self.kept.delete(self.mine(id, by).id)
        self.changed()

    def pause(self, id: str, by: Principal) -> dict[str, Any]:
        self.kept.pause(self.mine(id, by).id, self.clock())
        return self._now(id, by)

    def resume(self, id: str, by: Principal) -> dict[str, Any]:
        self._find(self.mine(id, by).url)
        self.kept.resume(id, self.clock(), by.known_by)
        return self._now(id, by)

    def replay(self, id: str, by: Principal, after: int) -> dict[str, Any]:
        self._reached(after)
        self.kept.replay(self.mine(id, by).id, after)
        return self._now(id, by)

    def rotate(self, id: str, by: Principal) -> dict[str, Any]:
        """It has another secret, which is told here alone."""
        mine = self.mine(id, by)
        secret = new_secret(mine.scheme)
        self.kept.rotate(id, self.safe.close(secret, id), mine.secret, OVERLAP, self.clock())
        return self._now(id, by) | {"secret": given_to_receiver(secret)}

    def test(self, id: str, by: Principal) -> dict[str, Any]:
        """What became of something that says of itself that it is a test."""
        mine, now = self.mine(id, by), self.clock()
        try:
            secrets = secrets_of(mine, self.safe, now)
        except Locked:
            raise Problem("secret-unreadable") from None
        message = of_test(uuid7(), id, now)
        with Sender(self.places, self.tls, Event()) as sender:
            outcome = sender.send(mine.url, signed(message, secrets, now), message.body)
        return {"id": message.id, "outcome": outcome.said, "taken": outcome.taken}

    def letters(self, id: str, by: Principal) -> dict[str, Any]:
        """What could not be delivered, as far as somebody may still see it."""
        found = self.kept.letters(self.mine(id, by).id)
        positions = [each.position for each in found]
        seen = disclosed(self.reading.ledger.recorder, positions, self.reading.sight_of(by))
        items = [
            _letter(each) | {"event": of.recorded.id, "type": of.recorded.event.type}
            for each in found
            if (of := seen.get(each.position)) is not None
        ]
        return {"items": items}

    def _now(self, id: str, by: Principal) -> dict[str, Any]:
        self.changed()
        return told(self.mine(id, by))

    def _reached(self, after: int) -> int:
        head = self.reading.ledger.recorder.head()
        if after > head:
            raise Problem("position-ahead", f"The ledger ends at position {head}.", position=head)
        return head

    def _find(self, url: str) -> None:
        try:
            self.places.find(url)
        except Malformed as error:
            raise intake.Malformed(errors=[Wrong("/url", str(error))]) from None
        except Elsewhere as error:
            raise Problem("receiver-not-listed", str(error)) from None


def told(of: Subscription) -> dict[str, Any]:
    """A subscription as its owner is told of it: all but its secret."""
    return {
        "id": of.id,
        "url": of.url,
        "types": sorted(of.wanted.types),
        "streams": sorted(of.wanted.streams),
        "cases": sorted(of.wanted.cases),
        "offices": sorted(of.wanted.offices),
        "scheme": of.scheme,
        "created_at": of.created_at,
        "state": of.state,
        "reason": of.reason,
        "because": None if of.reason is None else SENTENCES[of.reason],
        "changed_at": of.changed_at,
        "position": of.position,
        "delivered": of.delivered,
        "delivered_at": of.delivered_at,
        "attempts": of.attempts,
        "next_attempt_at": of.next_at,
        "last_outcome": of.outcome,
        "failing_since": of.failing_since,
        "secret_before_until": of.before_until,
    }


def _letter(of: DeadLetter) -> dict[str, Any]:
    return {
        "position": of.position,
        "attempts": of.attempts,
        "first_attempt_at": of.first_at,
        "last_attempt_at": of.last_at,
        "last_outcome": of.outcome,
    }
