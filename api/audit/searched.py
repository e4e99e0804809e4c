"""What is asked of the record stands in the address, all of it: whatever has not its form, or no meaning, is a 400."""

from datetime import datetime
from typing import Annotated, Final, Literal

from fastapi import Depends, Query

from api.problems import Problem
from api.reading import instant_in
from domain.act import Attestation
from domain.markings import UnknownMarking, parse
from domain.values import (
    UUID_FORM,
    CaseId,
    Citation,
    CommandId,
    DelegationId,
    EventId,
    OfficeCode,
    ParticipantId,
    PersonId,
    StreamId,
)
from domain.wire import EVENTS
from projections.searching.terms import Behind
from projections.searching.wanted import ALL_OF_A_KIND, KINDS, Time, Wanted
from projections.searching.words import words

MOST_TYPES: Final = 200
_Id = Annotated[str | None, Query(pattern=f"^{UUID_FORM}$")]
_Word = Annotated[str | None, Query(min_length=1, max_length=200)]
_Since = Annotated[str | None, Query(max_length=40, description="An instant; inclusive.")]
_Before = Annotated[str | None, Query(max_length=40, description="An instant; exclusive.")]
_Types = Annotated[
    list[str],
    Query(max_length=MOST_TYPES, description="Any of these: types of events, or whole kinds such as `case.*`."),
]
_Marking = Annotated[str | None, Query(min_length=1, max_length=400, description="Of the document, exactly.")]
_Person = Annotated[
    str | None,
    Query(pattern=f"^{UUID_FORM}$", description="Who acted, where that is disclosed to you: the person's pseudonym."),
]
_Late = Annotated[bool | None, Query(description="Whether a rule marked it late, as after a window or a due time.")]
_Behind = Annotated[
    Behind | None,
    Query(
        description="Recorded at least so long after it was claimed to have happened; where nothing was claimed, after "
        "it was taken in."
    ),
]
_Text = Annotated[
    str | None,
    Query(
        min_length=1,
        max_length=400,
        description="Whole words, all of them, in any order, without case and accents: in what the event says openly, "
        "and in what is disclosed to you of it.",
    ),
]
Order = Annotated[
    Literal["oldest", "newest"],
    Query(description="Which come first. `after` is a position all the same: the page goes on behind it, that way."),
]
Count = Annotated[
    bool, Query(description="Also how many there are in all, exactly up to 10,000, and then that there are more.")
]


async def wanted(
    *,
    case_id: _Id = None,
    stream: _Word = None,
    actor: _Word = None,
    office: _Word = None,
    participant: _Id = None,
    person: _Person = None,
    authority: _Word = None,
    delegation: _Id = None,
    type: _Types = [],  # noqa: B006 - FastAPI copies it
    marking: _Marking = None,
    attestation: Attestation | None = None,
    signed: Annotated[bool | None, Query(description="Whether the act carried a signature.")] = None,
    late: _Late = None,
    behind: _Behind = None,
    command_id: _Id = None,
    causation: _Id = None,
    simulated: bool | None = None,
    text: _Text = None,
    recorded_from: _Since = None,
    recorded_before: _Before = None,
    taken_in_from: _Since = None,
    taken_in_before: _Before = None,
    claimed_from: _Since = None,
    claimed_before: _Before = None,
) -> Wanted:
    """A dependency: which events are asked for; all of it has to fit. Raises Problem (400)."""
    if marking is not None:
        _known_marking(marking)
    if text is not None and not words(text):
        raise Problem("parameter-wrong", "text has no word in it.")
    return Wanted(
        case_id=None if case_id is None else CaseId(case_id),
        stream=None if stream is None else StreamId(stream),
        actor=actor,
        office=None if office is None else OfficeCode(office),
        participant=None if participant is None else ParticipantId(participant),
        person=None if person is None else PersonId(person),
        authority=None if authority is None else Citation(authority),
        delegation=None if delegation is None else DelegationId(delegation),
        types=tuple(map(_known_type, type)),
        marking=marking,
        attestation=attestation,
        signed=signed,
        late=late,
        behind=behind,
        command_id=None if command_id is None else CommandId(command_id),
        causation=None if causation is None else EventId(causation),
        simulated=simulated,
        text=text,
        recorded=_time("recorded", recorded_from, recorded_before),
        taken_in=_time("taken_in", taken_in_from, taken_in_before),
        claimed=_time("claimed", claimed_from, claimed_before),
    )


Asked = Annotated[Wanted, Depends(wanted)]


def _known_type(asked: str) -> str:
    known = asked in EVENTS or (asked.endswith(ALL_OF_A_KIND) and asked.removesuffix(ALL_OF_A_KIND) in KINDS)
    if not known:
        raise Problem("parameter-wrong", "type is a type of event, or a whole kind such as case.*")
    return asked


def _known_marking(asked: str) -> None:
    try:
        parse(asked)
    except UnknownMarking as error:
        raise Problem("parameter-wrong", "marking is no marking.") from error


def _time(name: str, since: str | None, before: str | None) -> Time:
    def at(end: str, text: str | None) -> datetime | None:
        return None if text is None else instant_in(f"{name}_{end}", text)

    return Time(since=at("from", since), before=at("before", before))
