"""Who passed whose authority on to whom, as the tree that it is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Branch:
    """A delegation with those that it was passed on by."""

    delegation: Mapping[str, Any]
    giver: str | None
    """Their names, as far as whoever looks may know them."""
    taker: str | None
    below: tuple["Branch", ...]


def people(parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> dict[str, str]:
    """Person → name, of all whose names an office's events tell."""
    known: dict[str, str] = {}
    for person, name, part in (("holder", "holder_name", "assumptions"), ("taker", "taker_name", "grants")):
        for each in parts[part]:
            if said := each.get("protected", {}).get(name):
                known[each[person]] = said
    return known


def tree(delegations: Sequence[Mapping[str, Any]], parts: Mapping[str, Sequence[Mapping[str, Any]]]) -> list[Branch]:
    """The delegations of an office, those first that were given by whoever holds the post."""
    known = people(parts)
    there = {each["delegation_id"] for each in delegations}

    def branch(each: Mapping[str, Any]) -> Branch:
        below = tuple(branch(one) for one in delegations if one["parent"] == each["delegation_id"])
        return Branch(each, known.get(each["giver"]), known.get(each["taker"]), below)

    return [branch(each) for each in delegations if each["parent"] not in there]
