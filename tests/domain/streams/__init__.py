"""One file for each kind of stream beside cases: invented facts, ONCE (each command, carried out) and STORIES."""

from collections.abc import Iterator, Mapping
from importlib import import_module
from pkgutil import iter_modules
from typing import Any

from tests.domain.once import Once, Story


def _modules() -> Iterator[Any]:
    for each in iter_modules(__path__, f"{__name__}."):
        yield import_module(each.name)


def once() -> list[Once]:
    """Every command of these streams, carried out once."""
    return [each for module in _modules() for each in module.ONCE]


def stories() -> Mapping[str, Story]:
    """How each refusal of these streams comes about."""
    return {code: story for module in _modules() for code, story in module.STORIES.items()}
