"""A calendar program cannot say who asks: an address that nobody can guess says it, and shows nothing that is marked.

Whoever has the address reads as its owner would now, of what is plainly UNCLASSIFIED: an address ends up in histories
and with whoever runs the calendar. Their rights are looked up each time, and where nothing leads to them any more, the
address is forgotten. Of the address itself only a digest is kept, and nothing logs it.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Final

from api.subscriptions import Owner

PATH: Final = "/calendar"
"""Behind it stand the secret and `.ics`."""
USUAL: Final = timedelta(days=180)
LONGEST: Final = timedelta(days=366)
"""How long an address may last: whoever still wants it makes another."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Address:
    """An address of somebody's, but for what it is."""

    id: str
    owner: Owner
    known_by: str
    """How its owner is found again each time: `Principal.known_by`."""
    label: str
    """What its owner calls it."""
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None = None
    """When it was read last, to some minutes."""


def digest(secret: str) -> str:
    """What is kept of a secret. It is random and long: nobody finds it by trying."""
    return sha256(secret.encode()).hexdigest()


def path(secret: str) -> str:
    """Where the calendar is read."""
    return f"{PATH}/{secret}.ics"
