"""What somebody may find is what `Sight` gives them, put as sets: a match only in what is withheld is no match."""

from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from projections.searching.sets import All, Either, Events, Has, Without
from projections.searching.terms import BETWEEN, SHOWN, By
from projections.visible import Sight
from projections.visible.conditions import Among, Cleared, Condition, Every, Fact, IfAny, Some, settled
from projections.visible.facts import Value

_TERMS: Final[Mapping[Fact, By]] = {
    Fact.MARKING: By.MARKING,
    Fact.PROTECTED_MARKING: By.PROTECTED_MARKING,
    Fact.KIND: By.MATTER_KIND,
    Fact.MATTER: By.MATTER,
    Fact.CIRCLE: By.CIRCLE,
    Fact.ACTOR: By.ACTOR,
    Fact.DEVELOPER: By.DEVELOPER,
}
"""What of an event is a term with its value behind it."""
_FLAGS: Final[Mapping[Fact, str]] = {Fact.CIRCLE: BETWEEN}
"""Terms of events that have a fact, whatever it is."""
_NO_EVENT_HAS: Final = (Fact.OWNER, Fact.SHARED, Fact.CONCERNS)
_VALUES: Final[Mapping[By, Value]] = {
    By.SAID: Value.SAID,
    By.NEVER: Value.NEVER,
    By.NAME: Value.OF_ACT,
    By.PERSON: Value.OF_ACT,
}


def visible(sight: Sight, occurring: Iterable[str]) -> Events:
    """The events that it may know (`Sight.event`); `occurring` are the terms of all markings that occur."""
    return _sets(sight, occurring, sight.known)


def disclosed(sight: Sight, occurring: Iterable[str], by: By, value: str) -> Events:
    """Of the events that it may know, those that protect this, where it is disclosed to it (`Sight.disclosable`)."""
    found = _sets(sight, occurring, settled(sight.disclosed, Fact.VALUE, _VALUES[by]))
    return All((Has(by + value), found))


def said(sight: Sight, occurring: Iterable[str], word: str) -> Events:
    """Of the events that it may know, those that say a word to it, openly or in what is disclosed to it."""
    occurring = list(occurring)
    kinds = (By.SAID, By.NEVER, By.NAME)
    return Either((Has(By.WORD + word), *(disclosed(sight, occurring, by, word) for by in kinds)))


def cleared(sight: Sight, occurring: Iterable[str], by: By) -> list[str]:
    """Those of the markings that occur for which it is cleared."""
    markings = (term.removeprefix(by) for term in occurring if term.startswith(by))
    return [marking for marking in markings if sight.marked(marking)]


def _sets(sight: Sight, occurring: Iterable[str], condition: Condition) -> Events:
    for fact in _NO_EVENT_HAS:
        condition = settled(condition, fact, None)
    return _Sets(sight, occurring).of(condition)


class _Sets:
    """The sets of events of which conditions hold, made of the terms of each fact."""

    def __init__(self, sight: Sight, occurring: Iterable[str]) -> None:
        self._sight, self._occurring = sight, occurring

    def of(self, condition: Condition) -> Events:
        match condition:
            case Cleared(fact):
                return self._cleared(_TERMS[fact])
            case Among(Fact.SHOWN):
                return Has(SHOWN)
            case Among(fact, values) | IfAny(Fact.KIND as fact, values):  # each event is of some kind of matter
                return Either(tuple(Has(_TERMS[fact] + value) for value in sorted(values)))
            case Every(conditions):
                made: Events = All(tuple(self.of(each) for each in conditions if not isinstance(each, IfAny)))
                for each in conditions:
                    if isinstance(each, IfAny):
                        made = Without(made, self._otherwise(each))
                return made
            case Some(conditions):
                return Either(tuple(map(self.of, conditions)))
            case IfAny(fact):
                raise TypeError(f"events that have no {fact} are found only among others")
            case _:
                assert_never(condition)

    def _otherwise(self, condition: IfAny) -> Events:
        """The events that have the fact, and not one of these."""
        return Without(Has(_FLAGS[condition.fact]), self.of(Among(condition.fact, condition.values)))

    def _cleared(self, by: By) -> Events:
        markings = cleared(self._sight, self._occurring, by)
        if by is By.PROTECTED_MARKING:
            self._sight.looked_at(markings)  # a match says something of what is protected, whatever is shown of it
        return Either(tuple(Has(f"{by}{marking}") for marking in markings))
