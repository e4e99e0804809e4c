"""A finding is what a foreign document says of one vulnerability, in words that no format owns; it judges nothing."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from domain.markings import TLP


class Format(StrEnum):
    """Formats in which findings come in."""

    CVE = "cve"
    """CVE record format 5."""
    OSV = "osv"
    CSAF = "csaf"
    """CSAF 2.0, its VEX profile included."""
    KEV = "kev"
    """An entry of CISA's catalogue of known exploited vulnerabilities."""
    DOCKET = "docket"
    """The data of `vulnerability.report.v1`, without the ids of vulnerability and reporter."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """Something that is affected, by as many names as the document gives it."""

    vendor: str | None = None
    product: str | None = None
    package: str | None = None
    """A package URL."""
    cpe: str | None = None
    versions: tuple[str, ...] = ()
    """Single versions as they are written, and ranges as VERS writes them: `vers:pypi/>=2.3.0|<2.31.0`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A vector of scores, wherever in the document it stands."""

    system: str
    vector: str
    source: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Point:
    """A value of an SSVC decision point: as it came in, and the key that it has; None where no table of ours has it."""

    point: str
    raw: str
    value: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a VEX statement says of one product."""

    product: str
    status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one document says of one vulnerability."""

    format: Format
    document: str
    """What the document calls itself."""
    id: str
    """What the document calls the vulnerability, or, where it does not name it, its place in the document."""
    title: str
    description: str | None = None
    aliases: tuple[str, ...] = ()
    """Every identifier of the vulnerability, `id` among them where it is one."""
    products: tuple[Product, ...] = ()
    scores: tuple[Score, ...] = ()
    weaknesses: tuple[str, ...] = ()
    references: tuple[str, ...] = ()
    public: bool = False
    exploited: bool = False
    points: tuple[Point, ...] = ()
    statuses: tuple[Status, ...] = ()
    dates: tuple[tuple[str, str], ...] = ()
    """Names and dates as the document writes them."""
    tlp: TLP | None = None
    """How far the document says that it may be passed on."""


LINE: Final = 200
LONG_LINE: Final = 1000
TEXT: Final = 8000
_CONTROLS: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufdd0-\ufdef\ufffe\uffff]+")
_CVE: Final = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}", re.IGNORECASE)


def line(said: object, most: int = LINE) -> str | None:
    """One line of a text, cut where it is too long; None where there is nothing in it."""
    if not isinstance(said, str):
        return None
    whole = _CONTROLS.sub(" ", said[: 4 * most]).strip()
    return (whole if len(whole) <= most else whole[: most - 1].rstrip() + "…") or None


def long_line(said: object) -> str | None:
    """One line that may be long; None where there is nothing in it, or too much to keep a part that means the same."""
    found = line(said, LONG_LINE)
    return None if found is None or found.endswith("…") else found


def text(*said: object) -> str | None:
    """Several texts as one, cut where it is too long; None where there is nothing in them."""
    parts = [part.replace("\0", "").strip() for part in said if isinstance(part, str)]
    whole = "\n\n".join(dict.fromkeys(part for part in parts if part.strip("\x00\x01\x02\x03\x04\x05\x06\x07\x08 ")))
    whole = "" if not re.search(r"[^\x00-\x20]", whole) else whole
    return (whole if len(whole) <= TEXT else whole[: TEXT - 1] + "…") or None


def lines(said: Iterable[object], most: int = LINE) -> tuple[str, ...]:
    """The lines of which there is one, each once."""
    found = (line(each, most) for each in said)
    return tuple(dict.fromkeys(each for each in found if each is not None))


def identifier(said: object) -> str | None:
    """An identifier as its owner writes it: CVE in capitals, whatever came in."""
    found = line(said)
    return found.upper() if found is not None and _CVE.fullmatch(found) else found


def identifiers(said: Iterable[object]) -> tuple[str, ...]:
    """Identifiers, each once, however they are capitalised."""
    found = [each for each in map(identifier, said) if each is not None]
    return tuple({each.casefold(): each for each in reversed(found)}.values())[::-1]


def title(id: str, *said: object) -> str:
    """The first of these that says something; else the id."""
    return next((found for found in map(line, said) if found is not None), id)
