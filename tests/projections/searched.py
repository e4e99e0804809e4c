"""The slow way to answer a question to the record: every event goes through `Sight`, and is held against all of it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Any

import orjson

from domain.act import By
from domain.recorded import Recorded
from projections.audit_trail import case_of
from projections.disclosed import Disclosed, Documents, disclosed
from projections.searching.terms import Behind
from projections.searching.wanted import Time, Wanted
from projections.searching.words import texts, words
from projections.visible import Sight

_SECONDS = {Behind.HOUR: 3_600, Behind.DAY: 86_400, Behind.WEEK: 604_800, Behind.MONTH: 2_592_000}


def slowly(recorder: Documents, head: int, sight: Sight, wanted: Wanted) -> list[int]:
    """The positions of all events that this reader may know and that fit, as far as they are disclosed to it."""
    known = disclosed(recorder, range(1, head + 1), sight)
    return [position for position, each in known.items() if fits(each, wanted)]


def fits(event: Disclosed, wanted: Wanted) -> bool:
    return all(_fitting(event, event.recorded, wanted))


def _fitting(event: Disclosed, is_: Recorded[Any], wanted: Wanted) -> Iterator[bool]:
    kind, _, who = is_.actor.partition("/")
    by = is_.by if isinstance(is_.by, By) else None
    data = orjson.loads(event.document)["data"]
    for asked, value in (
        (wanted.case_id, case_of(is_)),
        (wanted.stream, is_.stream),
        (wanted.actor, is_.actor),
        (wanted.office, who if kind == "office" else None),
        (wanted.participant, who if kind == "participant" else None),
        (wanted.person, by and by.person),
        (wanted.authority, is_.authority),
        (wanted.delegation, is_.delegation),
        (wanted.marking, is_.marking),
        (wanted.attestation, is_.attestation),
        (wanted.command_id, is_.command_id),
        (wanted.causation, is_.causation),
        (wanted.late, data.get("late") is True),
        (wanted.signed, is_.signed is True),
        (wanted.simulated, is_.simulated is True),
    ):
        yield asked is None or asked == value
    yield not wanted.types or any(
        is_.event.type == each or (each.endswith(".*") and is_.event.type.startswith(each[:-1]))
        for each in wanted.types
    )
    waited = (is_.recorded_at - (is_.claimed_at or is_.taken_in_at)).total_seconds()
    yield wanted.behind is None or waited >= _SECONDS[wanted.behind]
    yield wanted.text is None or words(wanted.text) <= _words(event, by)
    for time, at in (
        (wanted.recorded, is_.recorded_at),
        (wanted.taken_in, is_.taken_in_at),
        (wanted.claimed, is_.claimed_at),
    ):
        yield _during(time, at)


def _during(time: Time, at: datetime | None) -> bool:
    if time == Time():
        return True
    return at is not None and (time.since is None or time.since <= at) and (time.before is None or at < time.before)


def _words(event: Disclosed, by: By | None) -> set[str]:
    data = event.filled()["data"]
    person = [] if by is None else [by.name, by.post or ""]
    return set[str]().union(*map(words, [*texts(data), *person]))
