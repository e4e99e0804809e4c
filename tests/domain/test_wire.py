"""What the bytes promise, held against independent implementations of each standard."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import date, datetime, timedelta, timezone
from hashlib import sha256
from itertools import count
from pathlib import Path
from typing import Any, get_args

import jsonschema_rs
import msgspec
import pytest
import rfc8785
from cloudevents.core.formats.json import JSONFormat
from hypothesis import given
from hypothesis import strategies as st
from jwcrypto.jwk import JWK
from jwcrypto.jws import JWS
from sd_jwt.verifier import SDJWTVerifier

from domain import wire
from domain.act import Acted, Attestation, By
from domain.events import Event
from domain.message import WITHHELD, protected_names
from domain.recorded import ENVELOPE, Recorded
from tests.domain.everything import ATTRIBUTE, INSTANT, said

DATA = Path(__file__).parents[1] / "data"
SCHEMA = jsonschema_rs.validator_for(json.loads((DATA / "cloudevents" / "cloudevents.schema.json").read_bytes()))
VECTORS = sorted(path.stem for path in (DATA / "jcs" / "input").glob("*.json"))
UUIDS = st.uuids().map(str)

EVENTS = st.one_of([said(cls) for cls in get_args(Event)])
RECORDED: st.SearchStrategy[Recorded[Event]] = st.builds(
    Recorded,
    id=UUIDS,
    ledger=UUIDS.map("urn:uuid:{}".format),
    stream=UUIDS.map("case-{}".format),
    version=st.integers(1, 2**31 - 1),
    recorded_at=INSTANT,
    taken_in_at=INSTANT,
    command_id=UUIDS,
    causation=st.none() | UUIDS,
    actor=ATTRIBUTE,
    actor_name=ATTRIBUTE,
    attestation=st.sampled_from(Attestation),
    authority=st.none() | ATTRIBUTE,
    delegation=st.none() | UUIDS,
    claimed_at=st.none() | INSTANT,
    marking=ATTRIBUTE,
    protected_marking=ATTRIBUTE,
    simulated=st.none() | st.booleans(),
    event=EVENTS,
    by=st.none() | said(By),
    act=said(Acted),
)
ASCII_JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53) + 1, 2**53 - 1) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(st.characters(max_codepoint=127)), inner),
)


def names_protected(recorded: Recorded[Event]) -> tuple[str, ...]:
    return (*ENVELOPE, *protected_names(type(recorded.event)))


def salts(first: int) -> Callable[[], bytes]:
    """Salts that are the same every time."""
    numbers = count(first)
    return lambda: bytes([next(numbers)] * 16)


def withheld(recorded: Recorded[Event]) -> Recorded[Event]:
    hidden: dict[str, Any] = dict.fromkeys(protected_names(type(recorded.event)), WITHHELD)
    event = replace(recorded.event, **hidden)
    return msgspec.structs.replace(recorded, event=event, by=WITHHELD, act=WITHHELD)


# RFC 8785


@given(RECORDED)
def test_a_document_is_canonical(recorded):
    document, _ = wire.dump(recorded)
    assert document == rfc8785.dumps(json.loads(document))


@given(ASCII_JSON)
def test_the_profile_is_rfc_8785(value):
    assert wire.canonical(value) == rfc8785.dumps(value)


def inside_the_profile(value: Any) -> bool:
    if isinstance(value, dict):
        return all(map(str.isascii, value)) and all(map(inside_the_profile, value.values()))
    return all(map(inside_the_profile, value)) if isinstance(value, list) else not isinstance(value, float)


@pytest.mark.parametrize("name", VECTORS)
def test_the_vectors_of_the_standard(name):
    value = json.loads((DATA / "jcs" / "input" / f"{name}.json").read_bytes())
    expected = bytes.fromhex((DATA / "jcs" / "outhex" / f"{name}.txt").read_text(encoding="ascii"))
    assert (DATA / "jcs" / "output" / f"{name}.json").read_bytes() == expected
    assert rfc8785.dumps(value) == expected, "the oracle itself"
    if inside_the_profile(value):
        assert wire.canonical(value) == expected


def test_what_of_the_standard_the_profile_leaves_out():
    left_out = {
        name
        for name in VECTORS
        if not inside_the_profile(json.loads((DATA / "jcs" / "input" / f"{name}.json").read_bytes()))
    }
    assert left_out == {
        "french",
        "structures",
        "values",
        "weird",
    }  # keys outside ASCII, and floats: no document has any
    keys = {"\N{GRINNING FACE}": 1, "\N{HEBREW LETTER ALEF WITH MAPIQ}": 2}  # UTF-16 puts the surrogate pair first
    assert wire.canonical(keys) != rfc8785.dumps(keys)


@pytest.mark.parametrize(
    "value",
    [
        2**53,
        -(2**53),
        "\ud800",
        WITHHELD,
        {1: 2},
        b"",
        {3},
        datetime(2026, 6, 2),  # noqa: DTZ001 - that is the point
        datetime(2026, 6, 2, tzinfo=timezone(timedelta(hours=-4))),
    ],
    ids=repr,
)
def test_what_no_document_may_hold_is_refused(value):
    with pytest.raises(TypeError):
        wire.canonical(value)


@given(INSTANT, INSTANT)
def test_instants_sort_as_text(one, other):
    assert (wire.canonical(one) < wire.canonical(other)) == (one < other)


def test_days_are_written_as_days():
    assert wire.canonical(date(2026, 6, 2)) == b'"2026-06-02"'


# CloudEvents


@given(RECORDED)
def test_a_document_is_a_cloud_event(recorded):
    document, _ = wire.dump(recorded)
    event = JSONFormat().read(None, document)
    assert (event.get_id(), event.get_type()) == (recorded.id, recorded.event.type)
    assert (event.get_subject(), event.get_time()) == (recorded.stream, recorded.recorded_at)
    assert (event.get_source(), event.get_specversion()) == (recorded.ledger, "1.0")
    assert all(name.isalnum() and name.islower() and len(name) <= 20 for name in event.get_attributes())
    assert "position" not in event.get_attributes()
    SCHEMA.validate(json.loads(document))
    assert wire.type_of(document) == recorded.event.type


# RFC 9901

KEY = JWK.generate(kty="oct", size=256)


def by_sd_jwt(document: bytes, disclosures: tuple[bytes, ...]) -> dict[str, Any]:
    """The document as the payload of a signed SD-JWT, read by the package of the RFC's authors."""
    token = JWS(document)
    token.add_signature(KEY, protected='{"alg":"HS256"}')
    combined = "~".join([token.serialize(compact=True), *(d.decode() for d in disclosures), ""])
    payload: dict[str, Any] = SDJWTVerifier(combined, lambda *_: KEY).get_verified_payload()
    return payload


def by_the_text(document: bytes, disclosures: tuple[bytes, ...]) -> dict[str, Any]:
    """RFC 9901 §7.1 step 3 to 5, for digests in one object, written from the text."""
    payload: dict[str, Any] = json.loads(document)
    digests = payload["data"].pop("_sd")
    assert len(set(digests)) == len(digests)
    for disclosure in disclosures:
        digest = urlsafe_b64encode(sha256(disclosure).digest()).decode().rstrip("=")
        assert digest in digests
        padded = disclosure + b"=" * (-len(disclosure) % 4)
        salt, name, value = json.loads(urlsafe_b64decode(padded).decode())
        assert isinstance(salt, str)
        assert len(urlsafe_b64decode(salt + "==")) >= 16
        assert isinstance(name, str)
        assert name not in {"_sd", "..."}
        assert name not in payload["data"]
        payload["data"][name] = value
    return payload


@given(RECORDED, st.data())
def test_disclosures_are_rfc_9901(recorded, data):
    document, disclosures = wire.dump(recorded)
    shown = tuple(d for d in disclosures if data.draw(st.booleans()))
    assert by_sd_jwt(document, shown) == by_the_text(document, shown)
    wire.verify(document, shown)


@given(RECORDED)
def test_no_document_can_be_guessed_from_its_hash(recorded):
    assert wire.dump(recorded)[0] != wire.dump(recorded)[0]


# Round trip


@given(RECORDED)
def test_what_was_recorded_is_what_is_loaded(recorded):
    assert wire.load(*wire.dump(recorded)) == recorded


@given(RECORDED)
def test_without_disclosures_everything_protected_is_withheld(recorded):
    document, _ = wire.dump(recorded)
    assert wire.load(document) == withheld(recorded)


@given(RECORDED, st.data())
def test_one_disclosure_shows_one_thing(recorded, data):
    document, disclosures = wire.dump(recorded)
    names = names_protected(recorded)
    n = data.draw(st.integers(0, len(names) - 1))
    seen = wire.load(document, [disclosures[n]])
    shown = {name: getattr(seen if name in ENVELOPE else seen.event, name) for name in names}
    assert [shown[name] is WITHHELD for name in names] == [i != n for i in range(len(names))]
    assert shown[names[n]] == getattr(recorded if n < len(ENVELOPE) else recorded.event, names[n])


@given(RECORDED)
def test_a_document_says_nothing_of_what_it_protects(recorded):
    nothing: dict[str, Any] = dict.fromkeys(protected_names(type(recorded.event)))
    quiet = msgspec.structs.replace(recorded, event=replace(recorded.event, **nothing), by=None)
    one, other = (wire.dump(each, salts(first))[0] for each, first in ((recorded, 0), (quiet, 9)))
    assert len(one) == len(other)  # nor whether there was anything to protect
    assert {k: v for k, v in json.loads(one)["data"].items() if k != "_sd"} == {
        k: v for k, v in json.loads(other)["data"].items() if k != "_sd"
    }


def test_withheld_cannot_be_taken_for_absent_empty_or_text():
    for use in (bool, str, "{}".format):
        with pytest.raises(TypeError):
            use(WITHHELD)


@given(RECORDED)
def test_what_is_withheld_cannot_be_recorded_again(recorded):
    with pytest.raises(TypeError):
        wire.dump(withheld(recorded))
