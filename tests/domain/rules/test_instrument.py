"""Acts rest on instruments, and on none that is revoked."""

from datetime import date

from domain.events.record import InstrumentAmended, InstrumentIssued, InstrumentRevoked
from domain.values import InstrumentCode
from tests.domain.cast import DEVELOPER, NSA, SECRETARIAT, TREASURY
from tests.domain.facts import TEXT, in_access, under_way
from tests.domain.given import given
from tests.domain.requests import (
    ORDER,
    accept,
    amend_instrument,
    but,
    determine,
    dissent,
    issue_instrument,
    open_access,
    report_release,
    revoke_instrument,
    withdraw,
)

issued = InstrumentIssued(
    instrument=issue_instrument.instrument,
    title=issue_instrument.title,
    issued_on=issue_instrument.issued_on,
    text=TEXT,
    provisions=("1",),
)
amended = InstrumentAmended(instrument=ORDER, amended_on=date(2026, 7, 6), text=TEXT, provisions=("3(a)", "3(b)"))
revoked = InstrumentRevoked(instrument=ORDER, revoked_on=date(2026, 7, 6))


def test_an_instrument_becomes_known_once() -> None:
    given().when(issue_instrument, by=SECRETARIAT).then(issued)
    given(issued).when(issue_instrument, by=SECRETARIAT).then()
    for other in ({"title": "Other"}, {"provisions": ("2",)}, {"issued_on": date(2026, 7, 2)}):
        given(issued).when(but(issue_instrument, **other), by=SECRETARIAT).then_refused("exists")


def test_an_instrument_that_was_issued_stays_issued_whatever_amends_it() -> None:
    changed = but(amended, instrument=issued.instrument)
    given(issued, changed).when(issue_instrument, by=SECRETARIAT).then()


def test_an_amendment_says_what_may_be_cited_from_now_on() -> None:
    given().when(amend_instrument, by=SECRETARIAT).then(amended)
    given(amended).when(amend_instrument, by=SECRETARIAT).then()
    given(*in_access, amended).when(open_access, by=TREASURY).then_refused("authority-revoked")
    assert given(*under_way, amended).when(determine, by=NSA).events()


def test_no_act_rests_on_a_revoked_instrument() -> None:
    given().when(revoke_instrument, by=SECRETARIAT).then(revoked)
    given(revoked).when(revoke_instrument, by=SECRETARIAT).then()
    given(*under_way, revoked).when(determine, by=NSA).then_refused("authority-revoked")
    given(revoked).when(amend_instrument, by=SECRETARIAT).then_refused("instrument-revoked")
    given().when(but(amend_instrument, instrument=InstrumentCode("EO1")), by=SECRETARIAT).then_refused("not-found")


def test_withdrawals_and_release_reports_rest_on_none() -> None:
    assert given(*under_way, revoked).when(withdraw, by=DEVELOPER).events()
    assert given(*under_way, revoked).when(report_release, by=DEVELOPER).events()


def test_what_rests_on_a_policy_of_ours_goes_on() -> None:
    assert given(*under_way, revoked).when(dissent, by=TREASURY).events()
    given(*under_way, revoked).when(accept, by=SECRETARIAT).then()
