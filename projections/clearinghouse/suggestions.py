"""Who may be concerned by a vulnerability is suggested here; that somebody is concerned, a person confirms.

What an operator uses is known from matches that were confirmed before, and where it works from what it declared. A
package is compared by its package URL, with its version where both sides give one; a version that nobody can compare
without knowing its scheme is suggested too.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from packageurl import PackageURL

from domain import vers
from domain.events.participant import ParticipantKind
from domain.events.vulnerability import Affected, MatchedBy
from domain.values import ParticipantId, VulnerabilityId
from projections.clearinghouse.row import Vulnerability
from projections.clearinghouse.uses import USES, Use
from projections.directory.queries import participants
from projections.reads import Reads
from projections.reported import Same, named_so, sorted_names
from projections.visible import Sight

_KINDS: Final = (ParticipantKind.OPERATOR, ParticipantKind.STATE_OR_LOCAL)
_MOST: Final = 10_000
_CPE: Final = re.compile(r"(?<!\\):")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """An operator that may be concerned, and what the vulnerability and it have in common."""

    operator: ParticipantId
    name: str
    matched_by: MatchedBy
    matched_on: str
    confirmed: bool
    """A person confirmed exactly this."""


def suggestions(reads: Reads, sight: Sight, row: Vulnerability) -> list[Suggestion]:
    """Operators that take part and may be concerned, as far as this reader may know. Raises NotBuilt."""
    used: dict[ParticipantId, list[Use]] = {}
    for found in reads.find(USES, sight, limit=_MOST):
        used.setdefault(found.row.operator, []).extend(found.row.uses)
    confirmed = {(each.operator, each.matched_by, each.matched_on) for each in row.matches}
    made: list[Suggestion] = []
    for kind in _KINDS:
        for told in participants(reads, sight, kind=kind, takes_part=True, limit=_MOST).found:
            operator = told.facts.participant
            common = [*_by_use(row.affected, used.get(operator, ())), *_by_sector(row.sectors, told.now.sectors)]
            made += [
                Suggestion(
                    operator=operator,
                    name=told.now.name,
                    matched_by=use.matched_by,
                    matched_on=use.matched_on,
                    confirmed=(operator, use.matched_by, use.matched_on) in confirmed,
                )
                for use in dict.fromkeys(common)
            ]
    return made


def same(reads: Reads, sight: Sight, row: Vulnerability) -> list[Same]:
    """Other reports that share a name with this one. Raises NotBuilt."""
    names = sorted_names(row.aliases)
    found: dict[VulnerabilityId, Same] = {}
    for other in named_so(reads, sight, names, ()):
        shared = next((name for name in names if name in other.names), None)
        if shared is not None and other.vulnerability_id != row.vulnerability_id:
            found.setdefault(other.vulnerability_id, Same(vulnerability_id=other.vulnerability_id, alias=shared))
    return list(found.values())


def _by_sector(of_vulnerability: Iterable[str], of_operator: Iterable[str]) -> Iterator[Use]:
    declared = set(of_operator)
    for sector in of_vulnerability:
        if sector in declared:
            yield Use(matched_by=MatchedBy.SECTOR, matched_on=sector)


def _by_use(affected: Iterable[Affected], uses: Iterable[Use]) -> Iterator[Use]:
    things = list(affected)
    for use in uses:
        if use.matched_by is not MatchedBy.SECTOR and any(concerns(thing, use) for thing in things):
            yield use


def concerns(affected: Affected, use: Use) -> bool:
    """Whether what is affected is what somebody uses, by that which the use goes by."""
    match use.matched_by:
        case MatchedBy.PACKAGE:
            return affected.package is not None and _same_package(affected.package, use.matched_on, affected.versions)
        case MatchedBy.CPE:
            return affected.cpe is not None and _same_cpe(affected.cpe, use.matched_on)
        case MatchedBy.PRODUCT:
            names = {affected.product, f"{affected.vendor} {affected.product}"} if affected.product else set()
            return use.matched_on.casefold() in {name.casefold() for name in names if name}
        case MatchedBy.SECTOR:
            return False


def _same_package(affected: str, used: str, versions: tuple[str, ...]) -> bool:
    try:
        theirs, mine = PackageURL.from_string(affected), PackageURL.from_string(used)
    except ValueError:
        return affected == used
    if (theirs.type, theirs.namespace, theirs.name) != (mine.type, mine.namespace, mine.name):
        return False
    if mine.version is None:
        return True
    said = versions or ((theirs.version,) if theirs.version else ())
    return vers.holds(mine.version, said) is not False


def _same_cpe(affected: str, used: str) -> bool:
    theirs, mine = _cpe(affected), _cpe(used)
    if len(theirs) < 3 or len(mine) < 3 or theirs[:3] != mine[:3]:
        return False
    versions = {each[3] for each in (theirs, mine) if len(each) > 3} - {"*", "-", ""}
    return len(versions) < 2


def _cpe(name: str) -> list[str]:
    """Part, vendor, product and version of a CPE 2.3 or 2.2 name, in small letters."""
    found = name.casefold()
    for prefix in ("cpe:2.3:", "cpe:/"):
        if found.startswith(prefix):
            return _CPE.split(found.removeprefix(prefix))
    return []
