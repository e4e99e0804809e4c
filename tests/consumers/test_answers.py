"""Whatever stands in a record, it gets one answer, and the answer repeats nothing of it."""

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from structlog import wrap_logger
from structlog.testing import LogCapture

from consumers.acts import cloudevent
from consumers.acts.intake import Malformed
from consumers.inbox.answers import Answer, Answers
from consumers.inbox.outcome_record import outcome_record
from domain import wire
from tests.consumers.asking import STRUCTURED, binary, concern, named
from tests.projections.small_ledger import LEDGER, Small, small


@dataclass
class Record:
    """What kafka-python gives of one."""

    value: bytes | None
    headers: list[tuple[str, bytes | None]]
    offset: int = 7
    topic: str = "actions"
    timestamp: int = 1_780_000_000_000
    timestamp_type: int = 1
    key: bytes | None = field(default=None)


@pytest.fixture(scope="module")
def ledger(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Small]:
    made = small(tmp_path_factory.mktemp("answers") / "ledger.db", ceiling="CUI")
    made.enrol()
    yield made
    made.recorder.close()


def answers(ledger: Small) -> Answers:
    log = wrap_logger(None, processors=[LogCapture()])
    return Answers(ledger=ledger.ledger, office="dhs", clock=lambda: ledger.now, log=log)


texts = st.text(max_size=30)
values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | texts,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(texts, inner, max_size=3),
    max_leaves=8,
)
NAMES = [*concern("case", 1), "time", "protectedmarking", "post", "delegation", "authority", "signature", "other"]
TELLING = st.sampled_from(["SECRET//NOFORN", "CUI", "TOP SECRET//", "UNCLASSIFIED//TLP:RED", "1.0", "case.accept.v1"])
events = st.dictionaries(st.sampled_from(NAMES), values | TELLING, max_size=6).map(
    lambda said: {**concern("0199aaaa-0000-7000-8000-000000000001", 1), **said}
)
kinds = st.sampled_from(
    [
        None,
        *(value for _, value in STRUCTURED),
        b"application/json",
        b"application/json; charset=\xff",
        b"a/b; charset*=x",
    ]
)
headers = st.lists(
    st.tuples(
        st.sampled_from(["content-type", "ce_id", "ce_type", "ce_marking", "ce_specversion", "ce_source", "ce_", "x"]),
        st.none() | st.binary(max_size=20) | TELLING.map(str.encode) | kinds,
    ),
    max_size=6,
)
records = (
    st.builds(Record, value=st.none() | st.binary(max_size=200), headers=headers)
    | st.builds(lambda said: Record(json.dumps(said).encode(), [*STRUCTURED]), events)
    | st.builds(lambda said, more: Record(binary(said)[0], [*binary(said)[1], *more]), events, headers)
)


@settings(max_examples=400, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(record=records)
def test_whatever_a_record_holds_it_gets_one_answer(ledger: Small, record: Record) -> None:
    answer = answers(ledger).to(record)
    assert answer.outcome in {"recorded", "repeated", "refused", "turned-away", "unreadable"}
    assert answer.offset == record.offset
    assert wire.canonical(answer.body)
    if answer.spilled:
        assert (answer.id, set(answer.body)) == (None, {"offset", "id", "outcome", "status", "problem"})


@pytest.mark.parametrize("marking", ["SECRET//NOFORN", "TOP SECRET//SI//NOFORN", " secret ", "CONFIDENTIAL"])
@pytest.mark.parametrize("name", ["marking", "protectedmarking"])
def test_a_spill_is_seen_however_else_the_record_is_wrong(ledger: Small, name: str, marking: str) -> None:
    said = concern("case", 1, **{name: marking}, id=None, surprise=1)
    value, heads = binary(said)
    for record in (
        Record(json.dumps(said).encode(), [*STRUCTURED]),
        Record(value, [*heads]),
        Record(b"{", [*heads]),
        Record(b"{}", [*heads, *STRUCTURED]),
        Record(None, [*heads, *heads]),
    ):
        assert answers(ledger).to(record).spilled


def test_only_an_office_s_topic_says_who_the_person_is() -> None:
    with pytest.raises(Malformed) as found:
        cloudevent.asked(concern("0199aaaa-0000-7000-8000-000000000001", 1))
    assert {wrong.pointer for wrong in found.value.errors} == {"/person", "/personname", "/personclearance"}


def test_whoever_does_not_need_to_know_of_a_case_is_answered_as_of_one_that_does_not_exist(ledger: Small) -> None:
    case, absent = ledger.submit("Perseus"), named("a case that is none")

    def told(case: str, number: int, needs: str) -> Answer:
        said = concern(case, number, personneeds=needs)
        return answers(ledger).to(Record(json.dumps(said).encode(), [*STRUCTURED]))

    hidden, none = told(case, 101, "tasking"), told(absent, 102, "tasking")
    assert (hidden.outcome, hidden.code) == (none.outcome, none.code) == ("refused", "not-found")
    assert unplaced(hidden) == unplaced(none)
    assert told(case, 103, f"tasking case-{case}").outcome == told(case, 104, "case").outcome == "recorded"


def test_an_outcome_says_nothing_of_a_case_that_its_person_may_not_see(ledger: Small) -> None:
    case = ledger.submit("Cassiopeia", marking="CUI")
    said = concern(case, 105, personclearance=None)
    answer = answers(ledger).to(Record(json.dumps(said).encode(), [*STRUCTURED]))
    record = outcome_record(answer, actions="actions", ledger=LEDGER)
    assert (answer.outcome, answer.code) == ("refused", "not-found")
    told = f"{record.key!r}{record.value!r}{record.headers}"
    assert "Cassiopeia" not in told
    assert "CUI" not in told


def unplaced(answer: Answer) -> dict[str, object]:
    """What somebody was told, without what differs between any two acts."""
    problem = answer.body["problem"]
    return {name: problem[name] for name in problem if name not in {"position", "instance", "receipt"}} | {
        "receipt": len(problem["receipt"].events),
        "names": {*problem, *answer.body},
    }
