"""What does not hold of an export has a layer, a place and a sentence."""

from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum
from typing import NoReturn

from projections.exports.reading import Archive, Unreadable
from projections.transparency.tree import Unproved


class Layer(IntEnum):
    """What does not hold; its number is the exit code that says so."""

    BYTES = 20
    """A document, a disclosure or a file is not what was hashed."""
    TREE = 21
    """A tile does not lead to the tile above it."""
    ROOT = 22
    """The tiles do not lead to the root that was signed."""
    SIGNATURE = 23
    """No log that the policy believes has signed the checkpoint."""
    QUORUM = 24
    """Too few witnesses have."""
    ORDER = 25
    """Events do not follow one another as they have to."""
    SCHEMA = 26
    """A document is none that a Docket writes."""
    AUTHORITY = 27
    """An act bears a signature that no key of its office made, or none where its office requires one."""


class Failed(Exception):
    """Something does not hold."""

    def __init__(self, layer: Layer, place: str, why: str) -> None:
        super().__init__(layer, place, why)
        self.layer, self.place, self.why = layer, place, why

    def __str__(self) -> str:
        return f"{self.place}: {self.why}"


@contextmanager
def at(layer: Layer, place: str) -> Iterator[None]:
    """What is raised inside means that this does not hold here."""
    try:
        yield
    except (Unproved, Unreadable) as error:
        raise Failed(layer, place, str(error)) from error


def fail(layer: Layer, place: str, why: str) -> NoReturn:
    """It does not hold."""
    raise Failed(layer, place, why)


def member(archive: Archive, layer: Layer, name: str) -> bytes:
    """A member that has to be there."""
    with at(layer, name):
        found = archive.read(name)
    if found is None:
        fail(layer, name, "is missing")
    return found
