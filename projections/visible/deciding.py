"""What a reader may know, and see of it, is decided here and nowhere else: SQL, sets and single checks follow."""

from dataclasses import dataclass
from typing import Final

from domain.act import ActorKind
from domain.markings import Clearance
from domain.needs import ALL, COMMON, Needs
from domain.values import OfficeCode, ParticipantId
from projections.view import EVERYBODY
from projections.visible.conditions import ALWAYS, YES, Among, Cleared, Condition, Every, Fact, IfAny, Some, every
from projections.visible.facts import Value


@dataclass(frozen=True, slots=True, kw_only=True)
class Reader:
    """Who reads, as far as it matters for what they may see."""

    clearance: Clearance
    office: OfficeCode | None
    participant: ParticipantId | None
    """A participant sees its own rows and what is everybody's, and in them only what is shown to it."""
    oversight: bool
    """It is told that rows are withheld from it, and knows what stands between overseers and offices; all else that it
    is given goes by clearance, as with every office."""
    needs: Needs = ALL
    """Of which matters it is told at all."""


def known(reader: Reader) -> Condition:
    """Of rows and events: whether it is told that they exist."""
    return every(
        Cleared(Fact.MARKING, reader.clearance), needed(reader), not_between_others(reader), of_its_own(reader)
    )


def seen(reader: Reader) -> Condition:
    """Of parts of a row of which it is told: whether it is given them."""
    return every(Cleared(Fact.MARKING, reader.clearance), needed(reader), shown_to(reader))


def joined(reader: Reader) -> Condition:
    """Of parts and events of which it is told: whether it is given what they protect, whatever that is called."""
    return every(Cleared(Fact.PROTECTED_MARKING, reader.clearance), shown_to(reader))


def disclosed(reader: Reader) -> Condition:
    """Of protected values of events of which it is told: whether it is given them."""
    return every(joined(reader), disclosed_to(reader))


def needed(reader: Reader) -> Condition:
    """What it needs to know of. What sums up matters is for whoever needs to know of all of that kind."""
    needs = reader.needs
    if needs.everything:
        return ALWAYS
    return Some((IfAny(Fact.KIND, COMMON | needs.kinds), Among(Fact.MATTER, frozenset[str](needs.streams))))


def not_between_others(reader: Reader) -> Condition:
    """What passes between oversight and an office stays between the two."""
    if reader.oversight:
        return ALWAYS
    return IfAny(Fact.CIRCLE, frozenset({reader.office} if reader.office is not None else ()))


def of_its_own(reader: Reader) -> Condition:
    """A participant knows its own, what it did, what is shared with it, and what of its own cases is shown to it."""
    if (own := _own(reader)) is None:
        return ALWAYS
    of_its_cases = Every((Among(Fact.DEVELOPER, own), _SHOWN))
    return Some((Among(Fact.OWNER, own | {EVERYBODY}), Among(Fact.SHARED, own), _did(reader), of_its_cases))


def shown_to(reader: Reader) -> Condition:
    """Of what it may know, a participant sees what is shown to it, what concerns it, and what it did itself."""
    if (own := _own(reader)) is None:
        return ALWAYS
    return Some((_SHOWN, Among(Fact.CONCERNS, own), _did(reader)))


def disclosed_to(reader: Reader) -> Condition:
    """A participant learns the person and the signature behind its own acts alone, and what is NEVER its, never."""
    if reader.participant is None:
        return ALWAYS
    of_act = Every((Among(Fact.VALUE, frozenset({Value.OF_ACT})), _did(reader)))
    return Some((Among(Fact.VALUE, frozenset({Value.SAID})), of_act))


_SHOWN: Final = Among(Fact.SHOWN, frozenset({YES}))


def _own(reader: Reader) -> frozenset[str] | None:
    return None if reader.participant is None else frozenset({reader.participant})


def _did(reader: Reader) -> Condition:
    return Among(Fact.ACTOR, frozenset({f"{ActorKind.PARTICIPANT}/{reader.participant}"}))
