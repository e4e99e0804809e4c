"""A range of versions has one text: VERS, as package-url describes it (`vers:pypi/>=2.3.0|<2.31.0`)."""

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, unquote

_FORM: Final = re.compile(r"vers:([a-z0-9.+-]+)/(.+)")
_COMPARED: Final = re.compile(r"(>=|<=|!=|<|>|)(.+)", re.DOTALL)
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
