"""A timer records what is true already, once, whoever runs it and however late."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest

from consumers.timer.timer import Timer
from domain import wire
from domain.act import ActorKind
from domain.commands.case import ReviseReleasePlan
from domain.events.case import AccessClosed, CaseReviewLapsed
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from tests.domain import requests
from tests.domain.requests import but
from tests.projections.small_ledger import ACME, CUI, OPEN, Small, principal, small

TREASURY = principal(ActorKind.OFFICE, "treasury", "Department of the Treasury")


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    made = small(tmp_path / "ledger.db")
    made.enrol()
    yield made
    made.recorder.close()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SQLiteViews]:
    made = SQLiteViews(tmp_path / "views.db")
    yield made
    made.close()


def test_a_review_that_lapsed_is_recorded_once_by_two_timers(ledger: Small, store: SQLiteViews):
    case = ledger.submit(marking=CUI)
    runner = Runner(ledger.recorder, store, views())
    runner.catch_up()
    one, other = (Timer(ledger.ledger, store, lambda: ledger.now) for _ in range(2))
    assert one.record() == 0, "it is not due yet"
    ledger.now += timedelta(days=30)
    assert (one.record(), other.record(), one.record()) == (1, 0, 0)
    runner.catch_up()
    assert one.record() == 0

    position, _, document = ledger.recorder.read_stream(f"case-{case}")[-1]
    recorded = wire.load(document, ledger.recorder.disclosures([position])[position])
    submitted = wire.load(ledger.recorder.read_stream(f"case-{case}")[0][2])
    assert isinstance(recorded.event, CaseReviewLapsed)
    assert (recorded.actor, recorded.causation, recorded.by) == ("clock/case-review", submitted.id, None)
    assert (recorded.marking, recorded.authority) == (CUI, "POLICY:CASE-REVIEW-1")


@pytest.mark.parametrize(("opened", "revised", "marked"), [(CUI, OPEN, CUI), (OPEN, CUI, CUI), (OPEN, OPEN, OPEN)])
def test_what_a_clock_records_is_marked_as_what_it_started_with_and_was_ended_by(
    ledger: Small, store: SQLiteViews, opened: str, revised: str, marked: str
):
    case = ledger.submit()
    ledger.accept(case)
    about = {"case_id": case}
    ledger.done(but(requests.agree_terms, **about), ACME)
    ledger.done(but(requests.open_access, **about), TREASURY, marking=opened)
    soon = (ledger.now + timedelta(days=3)).date()
    plan = ReviseReleasePlan(case_id=case, partners_on=soon, public_on=soon, reason="It goes well.")
    ledger.done(plan, ACME, marking=revised)
    ledger.now += timedelta(days=30)
    Runner(ledger.recorder, store, views()).catch_up()
    assert Timer(ledger.ledger, store, lambda: ledger.now).record() == 1
    recorded = wire.load(ledger.recorder.read_stream(f"case-{case}")[-1][2])
    assert isinstance(recorded.event, AccessClosed)
    assert recorded.marking == marked


def test_a_timer_that_never_ran_changes_no_answer(ledger: Small, store: SQLiteViews):
    case = ledger.submit()
    ledger.now += timedelta(days=30)
    ledger.assess(case)  # only of an accepted submission: the lapse counts although nobody recorded it
    Runner(ledger.recorder, store, views()).catch_up()
    assert Timer(ledger.ledger, store, lambda: ledger.now).record() == 1


def test_a_review_that_ended_in_time_leaves_nothing_to_record(ledger: Small, store: SQLiteViews):
    ledger.accept(ledger.submit())
    ledger.now += timedelta(days=30)
    Runner(ledger.recorder, store, views()).catch_up()
    assert Timer(ledger.ledger, store, lambda: ledger.now).record() == 0
