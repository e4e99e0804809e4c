"""A list that has a page: what the door is asked, what is said of each item, and what one may look for."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from api.pages.tables import Column, Form, Item, at
from api.pages.values import words

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Something that one may look for in a list."""

    name: str
    """As the door knows it."""
    label: str
    options: Options = ()
    """What it may be, and how that is called; none: it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list that has a page."""

    path: str
    """Of the page."""
    title: str
    says: str
    key: str
    """Where an item says which it is."""
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    view: str | None = None
    """Whose stream says when to look again."""
    was: bool = True
    """Whether the door can say how it was."""
    also: Mapping[str, str] | None = None
    """Pages that belong to it: path → title."""
    of_overseers: Mapping[str, str] | None = None
    """The same of pages that are there for overseers alone."""
    called: str | None = None
    """What the door calls it, where it is not called as the page is."""

    @property
    def door(self) -> str:
        """Where the door gives it."""
        return f"/v1{self.called or self.path}"


def choices(enum: type[StrEnum], *without: str) -> Options:
    """What the values of an enumeration are called."""
    return tuple((each.value, words(each.value)) for each in enum if each not in without)


def yes_no(yes: str, no: str) -> Options:
    """What the two answers to a question are called."""
    return ("true", yes), ("false", no)


def page(path: str, key: str) -> Callable[[Item], str]:
    """Where the page of an item stands."""
    return lambda item: f"/{path}/{item[key]}"


def model(item: Item) -> str:
    """What a case is called."""
    return f"{item['model']} {item['model_version']}"


MARKING: Final = Column("marking", "Marking", at("marking"), Form.MARKING)
POSITION: Final = Column("position", "Last event", at("position"), Form.EVENT)
