"""Which sectors of critical infrastructure there are is configuration: the policy in force lists them."""

from collections.abc import Iterable
from typing import Final

from domain.errors import Refused
from domain.rules.seen import Seen
from domain.values import PolicyCode

SECTORS: Final = PolicyCode("SECTORS")


def listed(sectors: Iterable[str], seen: Seen) -> None:
    """Raise Refused where one of these is not on the list in force."""
    policy = seen.policy(SECTORS).latest
    known = policy.table if isinstance(policy.table, dict) else {}
    if unknown := [sector for sector in sectors if sector not in known]:
        raise Refused("sector-unknown", f"{policy.cited} does not list {', '.join(unknown)}.")
