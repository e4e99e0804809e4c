"""Who acts over Kafka is known by the word of the office whose topic it came through, in attributes of the event."""

from collections.abc import Mapping
from typing import Annotated, Any, Final

from annotated_types import MaxLen, MinLen
from pydantic import ConfigDict
from typing_extensions import TypedDict

from consumers.acts.intake import Wrong, checked, form
from domain.act import Actor, Attestation, Person, Principal
from domain.markings import AUDIENCES, EVERY_CATEGORY, TLP, Clearance, UnknownMarking, parse
from domain.needs import ALL, UnknownMatter, needs
from domain.values import APerson, Line

LOWEST: Final = "UNCLASSIFIED"


class Said(TypedDict, total=False):
    """What an office says of the person who acts for it; nothing of it where nobody in person does."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # where pydantic looks for it

    person: APerson
    personname: Line
    personclearance: Annotated[str, MinLen(1), MaxLen(400)]
    personneeds: Annotated[str, MinLen(1), MaxLen(4000)]
    """The matters of which the person needs to know, as `domain.needs` has them, a space between; by default all."""


NAMES: Final = frozenset(Said.__annotations__)
"""Extensions that only this channel knows: over HTTP the door itself knows who asks."""
_FORM: Final = form(Said)


def attested(event: Mapping[str, Any], office: Actor, wrong: list[Wrong]) -> Principal:
    """Who acts. Whatever is wrong with what the office says of them is added to `wrong`."""
    said = {name: value for name, value in event.items() if name in NAMES}
    found: Mapping[str, Any] = checked(_FORM, said, "", {}, wrong) or {}
    if ("person" in said) != ("personname" in said):
        missing = "personname" if "person" in said else "person"
        wrong.append(Wrong(f"/{missing}", "A person has an id and a name."))
    clearance = written(LOWEST)
    try:
        clearance = written(found.get("personclearance", LOWEST))
    except UnknownMarking:
        wrong.append(Wrong("/personclearance", "This is no marking that Docket knows."))
    needed = ALL
    try:
        needed = needs(found["personneeds"].split(" ")) if "personneeds" in found else ALL
    except UnknownMatter:
        wrong.append(Wrong("/personneeds", "These are not matters that Docket knows, with one space between."))
    person = Person(id=found["person"], name=found["personname"]) if {"person", "personname"} <= found.keys() else None
    return Principal(actor=office, person=person, attestation=Attestation.OFFICE, clearance=clearance, needs=needed)


def written(
    highest: str, *, every_category: bool = False, every_audience: bool = False, country: str = "USA"
) -> Clearance:
    """The clearance that is written as the highest marking that somebody may see. Raises UnknownMarking.

    `every_category` adds all of CUI, `every_audience` the audience of every dissemination control.
    """
    marking = parse(highest)
    return Clearance(
        classification=marking.classification,
        cui=EVERY_CATEGORY if every_category else marking.cui,
        controls=AUDIENCES if every_audience else marking.controls & AUDIENCES,
        country=country,
        tlp=marking.tlp or TLP.CLEAR,
    )
