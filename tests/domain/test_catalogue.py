"""The catalogue keeps to its profile, says what each of its names means, and lets nothing malformed in."""

import json
import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from datetime import date, datetime
from enum import Enum
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, NewType, Union, get_args, get_origin

import pytest
from pydantic import TypeAdapter, ValidationError

from domain import rules, values, wire
from domain.commands import Command
from domain.events import Event
from domain.message import WITHHELD, protected_names
from domain.recorded import ENVELOPE, Recorded
from tests.domain.everything import types_in
from tests.domain.given import world
from tests.domain.rules.test_again import ONCE

EVENTS, COMMANDS = get_args(Event), get_args(Command)
MESSAGES = (*EVENTS, *COMMANDS)
REQUESTS = {type(once.command): once.command for once in ONCE}
DOMAIN = Path(__file__).parents[2] / "domain"
CONTEXT_ATTRIBUTE = re.compile(r"[a-z0-9]{1,20}")


def name(cls: type) -> str:
    return cls.__name__


# Names and types


@pytest.mark.parametrize("cls", MESSAGES, ids=name)
def test_a_message_has_no_number_but_whole_ones_and_no_free_object(cls: Any) -> None:
    simple = {each for each in types_in(cls) if isinstance(each, type) and not is_dataclass(each)}
    assert {each for each in simple if not issubclass(each, Enum)} <= {str, int, bool, date, datetime, type(None)}
    generic = {get_origin(each) for each in types_in(cls)} - {None}
    assert generic <= {Annotated, Literal, Union, UnionType, tuple}


@pytest.mark.parametrize("cls", MESSAGES, ids=name)
def test_a_name_is_one_that_every_reader_can_use(cls: Any) -> None:
    for field in fields(cls):
        assert re.fullmatch(r"[a-z][a-z0-9_]*", field.name)
        assert field.name not in {*ENVELOPE, "_sd", "..."}, "the envelope's digests stand in `data` under these names"


@pytest.mark.parametrize("cls", EVENTS, ids=name)
def test_an_event_is_called_noun_verbed_and_version(cls: Any) -> None:
    noun, verbed = re.fullmatch(r"([a-z]+)\.([a-z]+(?:-[a-z]+)*)\.v[1-9][0-9]*", wire.type_name(cls)).groups()  # type: ignore[union-attr]
    event = golden_event(cls)
    assert rules.stream_of(event).startswith("refusal-" if noun == "action" else f"{noun}-")
    assert verbed


@pytest.mark.parametrize("cls", COMMANDS, ids=name)
def test_a_command_is_called_noun_verb_and_version(cls: Any) -> None:
    assert re.fullmatch(r"[a-z]+\.[a-z]+(?:-[a-z]+)*\.v[1-9][0-9]*", wire.type_name(cls))
    assert cls in REQUESTS, "there is no example of it"


def test_no_two_messages_have_one_name() -> None:
    assert len({wire.type_name(cls) for cls in MESSAGES}) == len(MESSAGES)
    assert len({cls.__name__ for cls in MESSAGES}) == len(MESSAGES)


def test_the_attributes_of_a_document_are_legal_in_cloud_events() -> None:
    attributes = set(Recorded.__struct_encode_fields__) - {*ENVELOPE, "event", "data"}
    assert all(CONTEXT_ATTRIBUTE.fullmatch(attribute) for attribute in attributes)
    assert not attributes & {"specversion", "type", "datacontenttype", "dataschema", "data"}


@pytest.mark.parametrize("cls", MESSAGES, ids=name)
def test_every_message_says_what_it_means(cls: Any) -> None:
    made: list[Any] = [each for each in types_in(cls) if is_dataclass(each)]
    for each in made:
        said = each.__doc__ or ""
        assert not said.startswith(f"{each.__name__}("), f"{each.__name__} has no sentence of its own"
        assert said.rstrip().endswith(".")


@pytest.mark.parametrize("cls", MESSAGES, ids=name)
def test_the_sentence_reaches_the_published_schema(cls: Any) -> None:
    schema = TypeAdapter(cls).json_schema()
    assert schema["description"].startswith((cls.__doc__ or "").split("\n")[0])
    assert schema["additionalProperties"] is False
    assert "WITHHELD" not in json.dumps(schema)


def test_every_kind_of_id_is_used() -> None:
    sources = "\n".join(path.read_text(encoding="utf-8") for path in DOMAIN.rglob("*.py") if path.name != "values.py")
    written = (DOMAIN / "values.py").read_text(encoding="utf-8")
    for kind, made in vars(values).items():
        if isinstance(made, NewType):
            aliases = re.findall(rf"^(\w+) = Annotated\[{kind}, ", written, re.MULTILINE)
            assert any(re.search(rf"\b{word}\b", sources) for word in (kind, *aliases)), f"{kind} is used nowhere"


# What rules may know


def states() -> Iterator[Any]:
    for known in rules.STREAMS.values():
        yield type(known.initial)


def test_no_state_has_a_place_for_what_is_protected() -> None:
    for state in states():
        held: list[Any] = [each for each in types_in(state) if is_dataclass(each)]
        assert held
        assert [each for each in held if protected_names(each)] == []


def everything_in(value: Any) -> Iterator[Any]:
    yield value
    if is_dataclass(value):
        for field in fields(value):
            yield from everything_in(getattr(value, field.name))
    elif isinstance(value, dict):
        for key, each in value.items():
            yield from everything_in(key)
            yield from everything_in(each)
    elif isinstance(value, tuple | frozenset | list):
        for each in value:
            yield from everything_in(each)


@pytest.mark.parametrize("once", ONCE[:-1], ids=lambda once: once.command.type)
def test_no_state_holds_what_is_protected(once: Any) -> None:
    known = world(*once.facts)
    known.act(once.command, by=once.by, at=once.at)
    assert not any(each is WITHHELD for state in known.states.values() for each in everything_in(state))


# What is let in


@pytest.mark.parametrize("request_", REQUESTS.values(), ids=lambda each: each.type)
def test_a_command_comes_in_as_it_went_out(request_: Any) -> None:
    form = TypeAdapter(type(request_))
    assert form.validate_json(wire.canonical(request_), strict=True) == request_


def spoilt(value: Any) -> Iterator[Any]:
    """The same JSON with one thing that is wrong in every place where it could be."""
    if isinstance(value, dict):
        yield {**value, "more": 1}
        for key, inner in value.items():
            yield from ({**value, key: wrong} for wrong in spoilt(inner))
    elif isinstance(value, list):
        yield {"0": value}
        for n, inner in enumerate(value[:2]):
            yield from ([*value[:n], wrong, *value[n + 1 :]] for wrong in spoilt(inner))
    elif isinstance(value, str):
        yield from (value + "\0", "\0", value + "\ud800", 7, ["x"], {}, False)
        if re.fullmatch(r"[0-9a-f]{8}-.*", value):
            yield from (value.upper(), f"{{{value}}}", value.replace("-", ""), f"urn:uuid:{value}", value + "\n")
        if value.startswith("sha256:"):
            yield from (value.upper(), value[:-1], value.removeprefix("sha256:"))
        if re.fullmatch(r"\d{4}-\d\d-\d\d", value):
            yield from (f"{value}T12:00:00Z", value.replace("-", ""), "2026-02-30", 1780000000)
        if re.fullmatch(r"\d{4}-\d\d-\d\dT.*Z", value):
            yield from (value.removesuffix("Z"), value[:10], 1780000000, "0001-01-01T00:00:00+14:00")
    elif isinstance(value, bool):
        yield from (0, 1, "true", None)
    elif isinstance(value, int):
        yield from (0.5, str(value), True, -1, 2**31, None)


# slow enough already: the founding data are validated row by row in test_founding
WRITTEN = [each for each in REQUESTS.values() if each.type != "ledger.open.v1"]


@pytest.mark.parametrize("request_", WRITTEN, ids=lambda each: each.type)
def test_what_is_malformed_is_turned_away(request_: Any) -> None:
    form = TypeAdapter(type(request_))
    tried = 0
    for wrong in spoilt(json.loads(wire.canonical(request_))):
        written = json.dumps(wrong)
        with pytest.raises(ValidationError):
            form.validate_json(written, strict=True)
        tried += 1
    assert tried > 5


@pytest.mark.parametrize("request_", WRITTEN, ids=lambda each: each.type)
def test_what_is_missing_is_turned_away(request_: Any) -> None:
    form, whole = TypeAdapter(type(request_)), json.loads(wire.canonical(request_))
    needed = form.json_schema().get("required", [])
    for key in needed:
        with pytest.raises(ValidationError):
            form.validate_json(json.dumps({k: v for k, v in whole.items() if k != key}), strict=True)
    with pytest.raises(ValidationError):
        form.validate_json(json.dumps({**whole, "type": "case.submit.v9"}), strict=True)


@pytest.mark.parametrize(
    ("kind", "good", "bad"),
    [
        (values.Line, ["é", "a b", "\N{GRINNING FACE}"], ["", " ", "\xa0", "a\nb", "a\x85b", "a\u2028b", "x" * 201]),
        (values.Text, ["a\n\tb", "x" * 8000], ["", "\n ", "x" * 8001, "a\0"]),
        (
            values.Score,
            ["0.0", "9.9", "10.0"],
            ["10.1", "11.0", "5", "5.55", "-1.0", "5,5", "\N{ARABIC-INDIC DIGIT FIVE}.0", "5.0\n"],
        ),
        (values.AnOffice, ["nsa", "ig-dod"], ["NSA", "", "-a", "a" * 41, "nsa\n"]),
        (values.APolicy, ["ACCESS-WINDOW", "EO-14A"], ["ACCESS-1", "A--B", "a", "A-"]),
        (values.ACitation, ["EO14409:3(b)(i)", "POLICY:A-1"], ["POLICY:", "eo:1", "EO14409", "EO14409:3 (a)"]),
        (
            values.Instant,
            ["2026-06-02T12:00:00Z", "2026-06-02T12:00:00.5-04:00"],
            ["2026-06-02T12:00:00", "now", "2026-06-02", 1.5],  # what else is no RFC 3339, intake turns away
        ),
        (values.Whole, [1, 2**31 - 1], [0, 2**31, 1.0, "1", True]),
    ],
    ids=["line", "text", "score", "office", "policy", "citation", "instant", "whole"],
)
def test_the_words_have_their_form(kind: Any, good: list[Any], bad: list[Any]) -> None:
    form = TypeAdapter(kind)
    for each in good:
        form.validate_json(json.dumps(each), strict=True)
    for each in bad:
        with pytest.raises(ValidationError):
            form.validate_json(json.dumps(each), strict=True)


def test_an_instant_is_kept_in_utc() -> None:
    kept: datetime = TypeAdapter(values.Instant).validate_json('"2026-06-02T12:00:00-04:00"', strict=True)
    assert kept.isoformat() == "2026-06-02T16:00:00+00:00"


def test_a_derived_id_cannot_be_made_of_parts_that_run_into_each_other() -> None:
    assert values.derived("a", "b", "c") != values.derived("a", "bc")
    assert values.derived("a", "b", "c") != values.derived("ab", "c")
    with pytest.raises(ValueError, match=r"U\+001F"):
        values.derived("a", "b\x1fc")


def golden_event(cls: Any) -> Any:
    from tests.domain.golden import recorded  # noqa: PLC0415 - it is only asked for an example

    return recorded(cls, full=True).event


def test_choices_are_lower_case_words_or_citations() -> None:
    for cls in MESSAGES:
        for each in types_in(cls):
            if isinstance(each, type) and issubclass(each, Enum) and each is not type(WITHHELD):
                for member in each:
                    assert re.fullmatch(r"[a-z]+(-[a-z]+)*|EO14409:[0-9a-z()]+|Ed25519|ES256", member.value)
