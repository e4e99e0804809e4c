"""A range of versions has one text: VERS, as package-url describes it (`vers:pypi/>=2.3.0|<2.31.0`)."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

_FORM: Final = re.compile(r"vers:([a-z0-9.+-]+)/(.+)")
_COMPARED: Final = re.compile(r"(>=|<=|!=|<|>|)(.+)", re.DOTALL)
_NUMBERS: Final = re.compile(r"v?[0-9]{1,9}(?:\.[0-9]{1,9}){0,9}")
_PLAIN: Final = ":+~_.-"

Constraint = tuple[str, str]
"""A comparator (`""` is equality) and a version."""


def write(scheme: str, constraints: Iterable[Constraint]) -> str:
    """The text of a range; no constraint at all is every version."""
    said = "|".join(comparator + quote(version, safe=_PLAIN) for comparator, version in constraints)
    kept = re.sub(r"[^a-z0-9.+-]+", "-", scheme.casefold()).strip("-") or "generic"
    return f"vers:{kept}/{said or '*'}"


def read(said: str) -> tuple[str, tuple[Constraint, ...]] | None:
    """The scheme and constraints of a range; None for what is no range, such as a single version."""
    if (found := _FORM.fullmatch(said)) is None:
        return None
    if found[2] == "*":
        return found[1], ()
    parts = [_COMPARED.fullmatch(part) for part in found[2].split("|")]
    if any(part is None for part in parts):
        return None
    return found[1], tuple((part[1], unquote(part[2])) for part in parts if part is not None)


def holds(version: str, said: Iterable[str]) -> bool | None:
    """Whether a version is among these versions and ranges; None where nobody can tell without knowing the scheme.

    Versions of numbers and dots have an order in every scheme; others are equal or not, by their text.
    """
    found: list[bool | None] = []
    for each in said:
        parsed = read(each)
        found.append(version == each if parsed is None else _within(version, parsed[1]))
    if not found or True in found:
        return True
    return None if None in found else False


def _within(version: str, constraints: tuple[Constraint, ...]) -> bool | None:
    if ("!=", version) in constraints:
        return False
    if not constraints or ("", version) in constraints or all(comparator == "!=" for comparator, _ in constraints):
        return True
    number, above, last = _numbers(version), True, ""
    for comparator, said in constraints:
        if comparator in {"", "!="}:
            continue
        if number is None or (bound := _numbers(said)) is None:
            return None
        last = comparator
        if comparator[0] == ">":
            above = number > bound or (comparator == ">=" and number == bound)
        elif above and (number < bound or (comparator == "<=" and number == bound)):
            return True
        else:
            above = False
    return above and last[:1] == ">"


def _numbers(version: str) -> tuple[int, ...] | None:
    """The numbers of a version, without zeros at the end: 1.0 is 1; None where there is more in it than numbers."""
    if _NUMBERS.fullmatch(version) is None:
        return None
    numbers = [int(part) for part in version.removeprefix("v").split(".")]
    while len(numbers) > 1 and numbers[-1] == 0:
        numbers.pop()
    return tuple(numbers)
