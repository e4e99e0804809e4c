"""What somebody may find is what `Sight` shows it, put as sets: a match only in what is withheld is no match."""

from collections.abc import Iterable

from domain.act import ActorKind
from domain.needs import COMMON, Needs
from projections.searching.sets import NOTHING, All, Either, Events, Has, Without
from projections.searching.terms import BETWEEN, SHOWN, By
from projections.visible import Sight


def visible(sight: Sight, occurring: Iterable[str]) -> Events:
    """The events that it may know (`Sight.event`); `occurring` are the terms of all markings that occur."""
    within = _cleared(sight, occurring, By.MARKING)
    if not sight.needs.everything:
        within = All((within, _needed(sight.needs)))
    if sight.oversight:
        return within
    everybodys = Without(within, Has(BETWEEN))
    if sight.participant is None:
        return Either((everybodys, All((within, Has(f"{By.CIRCLE}{sight.office}")))))
    theirs = All((Has(SHOWN), Has(By.DEVELOPER + sight.participant)))
    return All((everybodys, Either((_own(sight), theirs))))


def disclosed(sight: Sight, occurring: Iterable[str], by: By, value: str) -> Events:
    """Of the events that it may know, those that protect this, where it is disclosed to it (`Sight.disclosable`)."""
    found = All((Has(by + value), _cleared(sight, occurring, By.PROTECTED_MARKING)))
    match by:
        case _ if sight.participant is None or by is By.SAID:
            return found
        case By.NEVER:
            return NOTHING
        case _:
            return All((found, _own(sight)))


def said(sight: Sight, occurring: Iterable[str], word: str) -> Events:
    """Of the events that it may know, those that say a word to it, openly or in what is disclosed to it."""
    occurring = list(occurring)
    kinds = (By.SAID, By.NEVER, By.NAME)
    return Either((Has(By.WORD + word), *(disclosed(sight, occurring, by, word) for by in kinds)))


def _needed(needs: Needs) -> Events:
    """The events of what it needs to know of (`Needs.cover`)."""
    kinds = (Has(By.MATTER_KIND + kind) for kind in sorted(COMMON | needs.kinds))
    return Either((*kinds, *(Has(By.MATTER + stream) for stream in sorted(needs.streams))))


def cleared(sight: Sight, occurring: Iterable[str], by: By) -> list[str]:
    """Those of the markings that occur for which it is cleared."""
    markings = (term.removeprefix(by) for term in occurring if term.startswith(by))
    return [marking for marking in markings if sight.marked(marking)]


def _own(sight: Sight) -> Events:
    return Has(f"{By.ACTOR}{ActorKind.PARTICIPANT}/{sight.participant}")


def _cleared(sight: Sight, occurring: Iterable[str], by: By) -> Events:
    markings = cleared(sight, occurring, by)
    if by is By.PROTECTED_MARKING:
        sight.looked_at(markings)  # a match says something of what is protected, whatever is shown of it
    return Either(tuple(Has(f"{by}{marking}") for marking in markings))
