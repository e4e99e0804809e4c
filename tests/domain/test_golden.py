"""No byte of what was published changes, ever: every type and version of the catalogue is held against its own file."""

import json

import pytest
from pydantic import TypeAdapter

from domain import wire
from domain.message import WITHHELD
from domain.recorded import ENVELOPE, Recorded
from tests.domain import golden

PUBLISHED = sorted(path.name.removesuffix(".json") for path in golden.HERE.glob("*.json"))
CASES = [(event_type, case) for event_type in PUBLISHED for case in golden.CASES]


def test_every_type_has_its_golden_bytes_and_none_is_forgotten() -> None:
    assert set(wire.EVENTS) == set(PUBLISHED), "see tests/domain/golden.py: files are added, never written again"


@pytest.mark.parametrize(("event_type", "case"), CASES)
def test_the_bytes_are_the_same(event_type: str, case: str) -> None:
    kept = json.loads(golden.path(event_type).read_bytes())[case]
    document, disclosures = kept["document"].encode(), tuple(each.encode() for each in kept["disclosures"])
    wire.verify(document, disclosures)
    loaded = wire.load(document, disclosures)
    salts = iter([bytes.fromhex(salt) for salt in kept["salts"]])
    assert wire.dump(loaded, golden.salted(salts)) == (document, disclosures)
    assert next(salts, None) is None


@pytest.mark.parametrize(("event_type", "case"), CASES)
def test_they_say_what_they_said(event_type: str, case: str) -> None:
    kept = json.loads(golden.path(event_type).read_bytes())[case]
    loaded = wire.load(kept["document"].encode(), [each.encode() for each in kept["disclosures"]])
    again = golden.recorded(wire.EVENTS[event_type], full=case == golden.CASES[0])
    assert loaded == again
    assert isinstance(loaded, Recorded)
    assert all(getattr(loaded, name) is not WITHHELD for name in ENVELOPE)


@pytest.mark.parametrize(("event_type", "case"), CASES)
def test_what_they_say_has_the_form_that_is_published(event_type: str, case: str) -> None:
    kept = json.loads(golden.path(event_type).read_bytes())[case]
    event = wire.load(kept["document"].encode(), [each.encode() for each in kept["disclosures"]]).event
    form = TypeAdapter(wire.EVENTS[event_type])
    assert form.validate_json(wire.canonical(event), strict=True) == event


def test_a_file_that_is_there_is_not_written_again(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr(golden, "HERE", tmp_path)
    first, *_ = wire.EVENTS
    golden.path(first).write_text("kept", encoding="utf-8")
    assert set(golden.add()) == set(wire.EVENTS) - {first}
    assert golden.path(first).read_text(encoding="utf-8") == "kept"
    assert golden.add() == []
