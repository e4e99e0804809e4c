"""Whoever is confined is told of the matters that are theirs and of what is everybody's; an event is of one."""

from typing import Any

import pytest
from msgspec.structs import replace

from domain import wire
from domain.matters import matter_of
from domain.needs import ALL, COMMON, MATTERS, UnknownMatter, needs
from domain.rules import STREAMS, stream_of
from domain.values import StreamId
from tests.domain.everything import AN_ID, example
from tests.projections.some_recorded import recorded

CASE = f"case-{AN_ID}"


def of(event: Any) -> Any:
    return replace(recorded(event), stream=stream_of(event))


def test_every_kind_of_stream_is_told_to_everybody_or_is_a_matter() -> None:
    assert STREAMS.keys() == COMMON | MATTERS
    assert not COMMON & MATTERS


@pytest.mark.parametrize("type", [each for each in wire.EVENTS if each != "action.refused.v1"])
def test_every_event_is_of_a_matter_or_of_what_is_everybodys(type: str) -> None:
    event = of(example(wire.EVENTS[type], full=True))
    if not type.startswith("record."):
        assert matter_of(event).partition("-")[0] in COMMON | MATTERS
    assert ALL.cover(matter_of(event))


@pytest.mark.parametrize(
    ("type", "matter"),
    [
        ("case.accepted.v1", CASE),
        ("consultation.answered.v1", CASE),
        ("participant.case-noted.v1", CASE),
        ("participant.report-noted.v1", f"vulnerability-{AN_ID}"),
        ("calendar.scan-entered.v1", f"scan-{AN_ID}"),
        ("office.renamed.v1", "office-example"),
        ("tasking.assigned.v1", "tasking-EXAMPLE"),
    ],
)
def test_what_says_something_of_another_stream_is_of_that_ones_matter(type: str, matter: str) -> None:
    assert matter_of(of(example(wire.EVENTS[type], full=True))) == matter


def test_a_refusal_is_of_what_was_addressed_and_what_is_said_of_an_event_of_where_it_stands() -> None:
    refused = of(example(wire.EVENTS["action.refused.v1"], full=True))
    assert matter_of(refused) == refused.event.addressed
    erratum = of(example(wire.EVENTS["record.erratum-filed.v1"], full=True))
    assert matter_of(erratum) == erratum.event.about.stream


def test_needs_are_kinds_and_single_matters() -> None:
    some = needs(["tasking", CASE])
    covered: Any = ("tasking-EO-3A", CASE, "office-nsa", "policy-AUTHORITY", "framework-VOLUNTARY")
    assert all(map(some.cover, covered))
    others: Any = ("case-2", "vulnerability-1", "threshold-T", "nonsense-1", "none", "")
    assert not any(map(some.cover, others))
    assert not some.everything
    assert ALL.cover(StreamId("none"))
    assert needs(MATTERS) == ALL
    assert not needs([]).cover(CASE)  # type: ignore[arg-type]


@pytest.mark.parametrize("name", ["cases", "case-", "office", "office-nsa", "all", "", "*", "CASE", "case "])
def test_what_names_no_matter_is_no_need(name: str) -> None:
    with pytest.raises(UnknownMatter):
        needs([name])
