"""Bytes that no `dump` made are found, whatever was changed in them."""

import json
import re
from datetime import datetime
from typing import Any

import msgspec
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from domain import wire
from domain.act import Act
from domain.values import CommandId
from tests.domain.cast import named
from tests.domain.facts import submitted, under_way
from tests.domain.given import world
from tests.domain.requests import accept, but
from tests.domain.test_wire import RECORDED


@given(RECORDED, st.data())
def test_a_changed_disclosure_is_found(recorded, data):
    document, disclosures = wire.dump(recorded)
    n = data.draw(st.integers(0, len(disclosures) - 1))
    at = data.draw(st.integers(0, len(disclosures[n]) - 1))
    byte = data.draw(st.integers(0, 255).filter(lambda b: b != disclosures[n][at]))
    changed = [*disclosures]
    changed[n] = disclosures[n][:at] + bytes([byte]) + disclosures[n][at + 1 :]
    for check in (wire.verify, wire.load):
        with pytest.raises(wire.Corrupt):
            check(document, changed)


@given(RECORDED, RECORDED)
def test_a_disclosure_of_another_event_or_twice_is_found(recorded, other):
    document, disclosures = wire.dump(recorded)
    for bad in (wire.dump(other)[1], wire.dump(recorded)[1], disclosures * 2):
        with pytest.raises(wire.Corrupt):
            wire.verify(document, bad)


def changes(opened: dict[str, Any]) -> dict[str, dict[str, Any]]:
    """The same document with one thing wrong."""
    data, digests, time = opened["data"], opened["data"]["_sd"], opened["time"]
    week = datetime.fromisoformat(time).isocalendar()
    return {
        "a name that is not ours": {**opened, "position": 1},
        "a field that is not its own": {**opened, "data": {**data, "more": 1}},
        "a digest lost": {**opened, "data": {**data, "_sd": digests[1:]}},
        "a digest twice": {**opened, "data": {**data, "_sd": [digests[0], *digests[:-1]]}},
        "a digest too many": {**opened, "data": {**data, "_sd": [*digests, digests[0]]}},
        "no digest": {**opened, "data": {**data, "_sd": []}},
        "a digest that is none": {**opened, "data": {**data, "_sd": ["x" * 42, *digests[1:]]}},
        "a digest that is no text": {**opened, "data": {**data, "_sd": [1, *digests[1:]]}},
        "digests in another order": {**opened, "data": {**data, "_sd": digests[::-1]}},
        "what is protected, in the open": {**opened, "data": {**data, "act": "x"}},
        "the person in the open": {**opened, "by": None},
        "a null": {**opened, "causationid": None},
        "another version of CloudEvents": {**opened, "specversion": "1.1"},
        "another spelling of its time": {**opened, "time": time.replace("Z", "+00:00")},
        "a day of a week": {**opened, "time": f"{week.year:04}-W{week.week:02}-{week.weekday}{time[10:]}"},
        "an hour that is 24": {**opened, "time": f"{time[:10]}T24:00:00.000000Z"},
        "no letter between day and hour": {**opened, "intaketime": time.replace("T", " ")},
        "a version that is text": {**opened, "streamversion": "1"},
        "no marking": {name: value for name, value in opened.items() if name != "marking"},
        "no data": {**opened, "data": None},
        "data that is a list": {**opened, "data": []},
    }


@given(RECORDED, st.data())
def test_a_document_that_is_not_whole_or_not_ours_is_found(recorded, data):
    opened = json.loads(wire.dump(recorded)[0])
    wrong = changes(opened)
    what = data.draw(st.sampled_from(sorted(wrong)))
    assume(wrong[what] != opened)
    with pytest.raises(wire.Corrupt):
        wire.verify(wire.canonical(wrong[what]), ())


@given(RECORDED)
def test_bytes_that_are_not_canonical_are_found(recorded):
    document, _ = wire.dump(recorded)
    version = f'"streamversion":{recorded.version}'.encode()
    for bad in (
        json.dumps(json.loads(document), ensure_ascii=False).encode(),
        document.replace(b'{"actor"', b'{"actor":"office/x","actor"', 1),
        document.replace(version, version + b".0", 1),
        document[:-1],
        document + b" ",
        b"\xff" + document,
        b"",
        b"{}",
        b"[]",
        b"null",
        b'{"data":1,"type":"x"}',
    ):
        with pytest.raises(wire.Corrupt):
            wire.verify(bad, ())


@given(RECORDED)
def test_a_document_longer_than_the_limit_is_found(recorded):
    long = msgspec.structs.replace(recorded, actor_name="x" * wire.LIMIT)
    document, disclosures = wire.dump(long)
    with pytest.raises(wire.Corrupt, match="longer"):
        wire.verify(document, disclosures)


SUBMITTED = wire.dump(next(each for each in world(*under_way).log if each.event == submitted))[0]
WHOLE = "2026-07-31T23:59:58.123456Z"
DAYS = [f"{year:04}-02-29" for year in range(10_000)] + [
    f"{year:04}-{month:02}-{day:02}" for year in (0, 1, 2023, 2024) for month in range(14) for day in range(33)
]
TIMES = [
    *(f"{hour:02}:59:58.123456" for hour in range(31)),
    *(f"23:{minute:02}:58.123456" for minute in range(71)),
    *(f"23:59:{second:02}.123456" for second in range(71)),
    *(f"23:59:58.{str(digit) * 6}" for digit in range(10)),
]
INSTANTS = [
    *(f"{day}{WHOLE[10:]}" for day in DAYS),
    *(f"{WHOLE[:11]}{time}Z" for time in TIMES),
    *(f"{WHOLE[:at]}{letter}{WHOLE[at + 1 :]}" for at in range(len(WHOLE)) for letter in "x0 :-"),
    *(WHOLE[:-1], WHOLE[:-2] + "Z", WHOLE[:-1] + "0Z", WHOLE[:-1] + "z", WHOLE + "\\n", "x" + WHOLE, WHOLE + "x"),
]


def is_written(name: str, text: str) -> bool:
    """Whether a document is read whose attribute, or field of its data, is otherwise."""
    before, after = re.split(rb'"%b":(?:"[^"]*"|-?[0-9]+)' % name.encode(), SUBMITTED)
    try:
        wire.written(before + f'"{name}":{text}'.encode() + after)
    except wire.Corrupt:
        return False
    return True


def is_instant(text: str) -> bool:
    try:
        return f"{datetime.fromisoformat(text):%Y-%m-%dT%H:%M:%S.%fZ}".rjust(len(text), "0") == text
    except ValueError:
        return False


@pytest.mark.parametrize("name", ["time", "intaketime", "review_due_at"])
def test_an_instant_has_one_form(name):
    assert [text for text in INSTANTS if is_written(name, f'"{text}"') is not is_instant(text)] == []


@pytest.mark.parametrize("of", ["document", "data"])
def test_nothing_that_every_document_has_may_be_missing(of):
    opened = json.loads(SUBMITTED)
    inside = opened if of == "document" else opened["data"]
    optional = {"authority", "simulated"} if of == "document" else set()
    for name in inside.keys() - optional:
        without = {each: value for each, value in inside.items() if each != name}
        with pytest.raises(wire.Corrupt):
            wire.written(wire.canonical(without if of == "document" else {**opened, "data": without}))
    for name in inside.keys() & optional:
        wire.written(wire.canonical({each: value for each, value in inside.items() if each != name}))


def test_a_whole_number_has_53_bits():
    for number, is_number in ((2**53 - 1, True), (2**53, False), (1 - 2**53, True), (-(2**53), False)):
        assert is_written("streamversion", str(number)) is is_number


@pytest.mark.parametrize("letter", [*"./+=~ ", "\u00e9"])
def test_a_digest_is_base64url(letter):
    document = SUBMITTED.decode()
    at = document.index('"_sd":["') + 8
    for place in (at, at + 42):
        with pytest.raises(wire.Corrupt):
            wire.written(f"{document[:place]}{letter}{document[place + 1 :]}".encode())


def test_an_unknown_type_stops_the_reader():
    with pytest.raises(wire.Corrupt, match="upgrade"):
        wire.load(b'{"data":{},"type":"case.submitted.v9"}')


# The digest of an act

ACT = Act(id=CommandId(named("command", "one")), command=accept, marking="UNCLASSIFIED")


def test_an_act_is_known_again_by_all_that_it_says_and_not_by_its_signature():
    signed = but(ACT, signature="c2lnbmVk")
    assert wire.act_digest(signed) == wire.act_digest(ACT)
    others = [
        but(ACT, command=but(accept, case_id=named("case", "other"))),
        but(ACT, marking="CUI"),
        but(ACT, protected_marking="CUI"),
        but(ACT, authority="POLICY:AUTHORITY-1"),
        but(ACT, post="secretary"),
        but(ACT, delegation=named("delegation", "one")),
        but(ACT, causation=named("event", "one")),
        but(ACT, id=named("command", "two")),
    ]
    assert len({wire.act_digest(each) for each in (ACT, *others)}) == 1 + len(others)
