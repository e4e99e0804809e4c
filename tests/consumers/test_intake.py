"""Whatever comes in becomes an act that says what came in, or is turned away by name: nothing else can happen."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from consumers.acts import cloudevent, strict_json
from consumers.acts.intake import OFFERED, Malformed, act
from consumers.acts.strict_json import DEEPEST, LARGEST, NotStrict
from domain import wire
from domain.errors import TurnedAway

ID = "0199aaaa-0000-7000-8000-000000000001"
texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]), max_size=20)
values = st.recursive(
    st.none() | st.booleans() | st.integers(-LARGEST, LARGEST) | texts,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(texts, inner, max_size=4),
    max_leaves=20,
)
words = st.sampled_from(["id", "marking", "data", "type", "specversion", "source", "time", "case_id", "signature"])


@given(value=values)
def test_what_is_strict_is_read_as_it_was_written(value: object) -> None:
    assert strict_json.read(json.dumps(value).encode()) == value


@given(body=st.binary(max_size=200))
def test_bytes_are_json_or_not_strict_and_nothing_else(body: bytes) -> None:
    try:
        strict_json.read(body)
    except NotStrict as error:
        assert str(error).endswith((".", '".'))  # noqa: PT017 - a sentence, whatever came in


@pytest.mark.parametrize(("depth", "fits"), [(DEEPEST, True), (DEEPEST + 1, False), (100_000, False)])
def test_depth_ends_where_it_is_said_to(depth: int, fits: bool) -> None:  # noqa: FBT001 - a column of a table
    body = b"[" * depth + b"]" * depth
    if fits:
        strict_json.read(body)
    else:
        with pytest.raises(NotStrict, match="nests deeper"):
            strict_json.read(body)


@settings(max_examples=300)
@given(type=st.sampled_from(sorted(OFFERED)) | texts, body=st.dictionaries(words | texts, values, max_size=8))
def test_what_is_no_act_is_turned_away_and_its_texts_are_not_repeated(type: str, body: dict[str, object]) -> None:
    for asks in (lambda: act(type, body), lambda: cloudevent.asked({"type": type, **body})):
        try:
            made = asks()
        except TurnedAway as error:
            said = " ".join([error.sentence, *(wrong.detail for wrong in getattr(error, "errors", ()))])
            long = [value for value in body.values() if isinstance(value, str) and len(value) > 8]
            assert [value for value in long if value in said] == []
        else:
            assert wire.COMMANDS[made.command.type] is made.command.__class__


def test_an_act_says_what_came_in() -> None:
    case = {"case_id": ID, "audience": "public", "released_at": "2026-09-01T10:00:00.25-04:00"}
    made = act("case.report-release.v1", {"id": ID, "marking": "CUI", "data": case})
    assert json.loads(wire.command_bytes(made.command)) == {
        "type": "case.report-release.v1",
        "case_id": ID,
        "audience": "public",
        "released_at": "2026-09-01T14:00:00.250000Z",
        **{name: value for name, value in json.loads(wire.command_bytes(made.command)).items() if name == "report_id"},
    }
    assert (made.id, made.marking, made.claimed_at) == (ID, "CUI", None)


def test_everything_wrong_is_said_in_the_words_of_the_front() -> None:
    event = {"specversion": "1.0", "type": "case.accept.v1", "time": 5, "mark": "CUI", "data": {}}
    with pytest.raises(Malformed) as found:
        cloudevent.asked(event)
    assert found.value.code == "marking-missing"
    pointers = {wrong.pointer for wrong in found.value.errors}
    assert pointers == {"/marking", "/mark", "/source", "/time", "/id", "/data/case_id"}
