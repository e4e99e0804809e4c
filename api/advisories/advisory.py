"""An advisory is a vulnerability in words that no format owns: what each writer takes from it, and nothing else."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from cvss import CVSS2, CVSS3, CVSS4
from cvss.exceptions import CVSSError

from domain.markings import TLP

URI: Final = re.compile(r"https?://[!#$%&'()*+,\-./0-9:;=?@A-Z\[\]_a-z~]+")
CVE: Final = re.compile(r"CVE-[0-9]{4}-[0-9]{4,19}")
CWE: Final = re.compile(r"CWE-[1-9][0-9]*")
_SCORED: Final[Mapping[str, type[CVSS2 | CVSS3 | CVSS4]]] = {
    "CVSS:2.0": CVSS2,
    "CVSS:3.0": CVSS3,
    "CVSS:3.1": CVSS3,
    "CVSS:4.0": CVSS4,
}
_PREFIXES: Final[Mapping[str, str]] = {"CVSS:2.0": "AV:"} | {
    system: f"{system}/" for system in ("CVSS:3.0", "CVSS:3.1", "CVSS:4.0")
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Affected:
    """Something that is affected, by as many names as are known."""

    vendor: str | None = None
    product: str | None = None
    package: str | None = None
    cpe: str | None = None
    versions: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """A claim of how severe it is."""

    system: str
    vector: str

    def worked_out(self) -> dict[str, Any] | None:
        """What the vector comes to by its base metrics, as FIRST has it; None where it is no vector of its system."""
        if (made := _SCORED.get(self.system)) is None or not self.vector.startswith(_PREFIXES[self.system]):
            return None
        try:
            worked_out = made("/".join(self.vector.split("/")[:12]) if made is CVSS4 else self.vector)
        except (CVSSError, ValueError, ArithmeticError):
            return None
        said = {
            "version": self.system.removeprefix("CVSS:"),
            "vectorString": self.vector,
            "baseScore": float(worked_out.base_score),
        }
        return said if made is CVSS2 else said | {"baseSeverity": worked_out.severities()[0].upper()}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """Something that helps."""

    kind: str
    """`fix`, `mitigation` or `workaround`."""
    fixed_versions: tuple[str, ...]
    reference: str | None
    description: str | None

    @property
    def words(self) -> str:
        """In a sentence, whatever is known of it."""
        fixed = f"Fixed in {', '.join(self.fixed_versions)}." if self.fixed_versions else None
        return "\n".join(said for said in (self.description, fixed) if said) or self.reference or self.kind


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """Something that happened to it, as far as the reader may know."""

    at: datetime
    words: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Advisory:
    """One vulnerability, as far as one reader may see it."""

    id: str
    marking: str
    tlp: TLP | None
    title: str
    description: str | None
    aliases: tuple[str, ...]
    affected: tuple[Affected, ...]
    scores: tuple[Score, ...]
    weaknesses: tuple[str, ...]
    references: tuple[str, ...]
    public: bool
    exploited: bool
    over: bool
    """It is published or closed: no more is expected to change."""
    answers: Mapping[str, str]
    """Vendors, in small letters, and what they say of their products."""
    remedies: tuple[Remedy, ...]
    changes: tuple[Change, ...]
    """In order; the first is the report."""

    @property
    def cve(self) -> str | None:
        """The first of its names that is a CVE identifier."""
        return next((found for name in self.aliases if CVE.fullmatch(found := name.upper())), None)

    @property
    def named(self) -> str:
        """What a document about it calls itself."""
        return f"DOCKET-{self.id}"

    @property
    def links(self) -> tuple[str, ...]:
        """References that are addresses on the web."""
        return tuple(dict.fromkeys(each for each in self.references if URI.fullmatch(each)))

    @property
    def cwes(self) -> tuple[str, ...]:
        """Weaknesses that CWE numbers."""
        return tuple(dict.fromkeys(found for each in self.weaknesses if CWE.fullmatch(found := each.upper())))


def instant(at: datetime) -> str:
    """An instant as every one of these formats takes it."""
    return at.strftime("%Y-%m-%dT%H:%M:%SZ")


def without_nothing(said: Mapping[str, Any]) -> dict[str, Any]:
    """The members of an object in which there is something: an empty list is often forbidden, and says nothing."""
    return {name: value for name, value in said.items() if value not in (None, [], {}, ())}


def clipped(text: str, most: int) -> str:
    """A text that is no longer than a format allows."""
    return text if len(text) <= most else text[: most - 1] + "…"


def first(said: Iterable[str | None]) -> str | None:
    """The first of these in which there is something."""
    return next((each for each in said if each), None)
