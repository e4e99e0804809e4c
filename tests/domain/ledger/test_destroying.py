"""A payload goes in the transaction that records its destruction; documents, answers and states stay as they are."""

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from domain import wire
from domain.act import Act
from domain.commands.case import AcceptCase, ConveyConcern, SubmitCase, WithdrawCase
from domain.errors import TurnedAway
from domain.ledger import StoreError
from domain.ledger.ledger import Ledger
from domain.ledger.postgres_writer import Writer as PostgresWriter
from domain.ledger.receipt import Receipt
from domain.ledger.sqlite_writer import Writer as SQLiteWriter
from domain.message import WITHHELD
from tests.domain.ledger.some_appends import opened_at
from tests.projections.destroying import destroyed, elapsed, event_at, propose, scheduled
from tests.projections.small_ledger import (
    ACME,
    DHS,
    OPEN,
    RELEASE,
    SECRETARIAT,
    Small,
    digest,
    principal,
    small,
    uuid,
)


@pytest.fixture
def ledger(where: str) -> Iterator[Small]:
    recorder: Any = opened_at(where, verify=wire.verify)
    made = Small(recorder).found()
    made.enrol()
    scheduled(made)
    yield made
    made.recorder.close()


def convey(case: Any, says: str, number: int = 1) -> Act:
    command = ConveyConcern(case_id=case, concern_id=uuid(4000 + number), concern=says)
    return Act(id=uuid(8000 + number), command=command, marking=OPEN)


def submit() -> Act:
    command = SubmitCase(model="Vega", model_version="1", manifest=digest("Vega"), variant=RELEASE, summary="A secret.")
    return Act(id=uuid(8000), command=command, marking=OPEN)


def everything(ledger: Small) -> tuple[list[Any], dict[int, Any]]:
    rows = ledger.recorder.read(0, 10_000)
    return rows, ledger.recorder.disclosures([row[0] for row in rows])


def test_what_an_act_disclosed_is_gone_and_everything_else_is_as_it_was(ledger: Small):
    case = ledger.submit()
    position = ledger.concern(case, "Payments may be at risk.").position
    rows, before = everything(ledger)
    elapsed(ledger)
    receipt = destroyed(ledger, position)
    after, kept = everything(ledger)
    assert after[: len(rows)] == rows
    assert kept.keys() == {each[0] for each in after} - {position}
    assert {at: kept[at] for at in before if at != position} == {at: before[at] for at in before if at != position}
    for at, _, document in after:
        wire.verify(document, kept.get(at, ()))
    assert [each.type for each in receipt.events] == ["record.payload-destroyed.v1"]
    told = event_at(ledger, receipt.position).event
    assert told.about.event_id == event_at(ledger, position).id


def test_an_act_that_left_several_events_loses_the_payload_of_all_of_them(ledger: Small):
    first, second = (each.position for each in ledger.ledger.act(submit(), by=ACME).events)
    clerk = principal(SECRETARIAT.actor.kind, "secretariat", "Docket Secretariat")
    clerk = replace(clerk, person=replace(clerk.person, id=uuid(78)))  # type: ignore[type-var]
    elapsed(ledger)
    assert len(destroyed(ledger, second, by=clerk).events) == 2
    assert ledger.recorder.disclosures([first, second]) == {}


def test_the_act_whose_payload_is_destroyed_gets_its_first_receipt_and_confirms_no_guess(ledger: Small):
    case = ledger.submit()
    sent = convey(case, "Payments may be at risk.")
    first = ledger.ledger.act(sent, by=DHS)
    elapsed(ledger)
    destroyed(ledger, first.position)
    assert ledger.ledger.act(sent, by=DHS) == replace(first, repeated=True)
    guess = convey(case, "Is it this that was said?")
    assert ledger.ledger.act(guess, by=DHS) == replace(first, repeated=True), "right and wrong look the same"


def test_an_act_that_asked_for_the_same_again_confirms_no_guess_either(ledger: Small):
    case = ledger.submit()
    earlier, sent = convey(case, "Before.", 7), convey(case, "Payments may be at risk.")
    ledger.ledger.act(earlier, by=DHS)
    nothing_before = ledger.ledger.act(replace(earlier, id=uuid(8300)), by=DHS)
    first = ledger.ledger.act(sent, by=DHS)
    again = replace(sent, id=uuid(8200))
    nothing = ledger.ledger.act(again, by=DHS)
    assert nothing.events == nothing_before.events == ()
    guess = replace(convey(case, "Is it this that was said?"), id=uuid(8200))
    with pytest.raises(TurnedAway, match="id-reused"):
        ledger.ledger.act(guess, by=DHS)
    elapsed(ledger)
    destroyed(ledger, first.position)
    assert ledger.ledger.act(guess, by=DHS) == ledger.ledger.act(again, by=DHS) == replace(nothing, repeated=True)
    with pytest.raises(TurnedAway, match="id-reused"):  # what came before it cannot have repeated it
        ledger.ledger.act(replace(guess, id=uuid(8300)), by=DHS)


def test_a_refusal_whose_payload_is_destroyed_is_refused_again_by_its_code(ledger: Small):
    sent = Act(id=uuid(8100), command=AcceptCase(case_id=ledger.submit()), marking=OPEN)
    first = ledger.ledger.act(sent, by=DHS)
    elapsed(ledger)
    destroyed(ledger, first.position)
    again = ledger.ledger.act(sent, by=DHS)
    assert first.refused is not None
    assert again.refused is not None
    assert (again.refused.code, again.events) == (first.refused.code, first.events)
    assert again.refused.sentence


def test_what_is_refused_destroys_nothing(ledger: Small):
    position = ledger.concern(ledger.submit()).position
    elapsed(ledger)
    command = propose(ledger, position)
    assert ledger.act(command, DHS).refused is not None
    assert position in ledger.recorder.disclosures([position])


def test_a_commit_that_fails_has_destroyed_nothing_and_recorded_nothing(ledger: Small, monkeypatch: pytest.MonkeyPatch):
    position = ledger.concern(ledger.submit()).position
    elapsed(ledger)
    command, head = propose(ledger, position), ledger.recorder.head()

    def fails(self: Any, connection: Any) -> None:
        connection.execute("ROLLBACK" if isinstance(self, SQLiteWriter) else b"SELECT 1 / 0")
        raise OSError("the disk is gone")

    with monkeypatch.context() as broken:
        for writer in (SQLiteWriter, PostgresWriter):
            broken.setattr(writer, "_commit", fails)
        with pytest.raises(StoreError):
            ledger.act(command, SECRETARIAT)
    assert ledger.recorder.head() == head
    assert position in ledger.recorder.disclosures([position])
    assert ledger.done(command, SECRETARIAT).position == head + 1
    assert ledger.recorder.disclosures([position]) == {}


def test_states_are_the_same_after_a_destruction_live_and_read_again(ledger: Small):
    case = ledger.submit()
    ledger.accept(case)
    position = ledger.concern(case).position
    streams = {event_at(ledger, at).stream for at in range(1, ledger.recorder.head() + 1)}
    before = {stream: ledger.ledger.state(stream) for stream in streams}
    elapsed(ledger)
    destroyed(ledger, position)
    again = Ledger(ledger.recorder, clock=lambda: ledger.now)
    for stream in streams:
        assert ledger.ledger.state(stream) == again.state(stream) == before[stream]


STEPS = st.lists(
    st.sampled_from(["concern", "accept", "refused", "again", "submit", "withdraw", "wait", "destroy", "destroy"]),
    min_size=5,
    max_size=25,
)


def stepped(ledger: Small, step: str, number: int, case: Any) -> Receipt | None:
    """One act that does not know of any destruction."""
    acts: dict[str, tuple[Any, Any]] = {
        "concern": (ConveyConcern(case_id=case, concern_id=uuid(100 + number), concern="Invented."), DHS),
        "accept": (AcceptCase(case_id=case), SECRETARIAT),
        "refused": (AcceptCase(case_id=case), DHS),
        "withdraw": (WithdrawCase(case_id=case), ACME),
        "submit": (submit().command, ACME),
        "again": (ConveyConcern(case_id=case, concern_id=uuid(100 + number % 3), concern="Again."), DHS),
    }
    if step not in acts:
        return None
    command, by = acts[step]
    return ledger.ledger.act(Act(id=uuid(600 + number), command=command, marking=OPEN), by=by)


def outcome(ledger: Small, receipt: Receipt) -> Any:
    return receipt.refused, [event_at(ledger, each.position).event for each in receipt.events]


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=STEPS, chosen=st.lists(st.integers(0, 10_000), min_size=25, max_size=25))
def test_no_rule_decides_otherwise_once_a_payload_is_destroyed(
    tmp_path_factory: pytest.TempPathFactory, steps: list[str], chosen: list[int]
):
    """domain.md §4, law 10: two ledgers live the same life, and only one of them forgets."""
    folder = tmp_path_factory.mktemp("two")
    whole, forgets = (small(folder / f"{name}.db") for name in ("whole", "forgets"))
    cases = []
    for ledger in (whole, forgets):
        ledger.enrol()
        scheduled(ledger)
        cases.append(ledger.submit())
    own: list[int] = []
    for number, step in enumerate(steps):
        if step == "wait":
            for ledger in (whole, forgets):
                elapsed(ledger)
        if step == "destroy" and own:
            position = own.pop(chosen[number] % len(own))
            now = forgets.now
            elapsed(forgets)
            destroyed(forgets, position)
            assert forgets.recorder.disclosures([position]) == {}
            assert event_at(forgets, position).act is WITHHELD
            forgets.now = now
        receipts = [stepped(ledger, step, number, case) for ledger, case in zip((whole, forgets), cases, strict=True)]
        if receipts[0] is None or receipts[1] is None:
            continue
        assert outcome(whole, receipts[0]) == outcome(forgets, receipts[1])
        own += [each.position for each in receipts[1].events if event_at(forgets, each.position).actor == "office/dhs"]
    for ledger in (whole, forgets):
        ledger.recorder.close()
