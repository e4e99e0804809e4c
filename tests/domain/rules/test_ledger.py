"""A ledger is opened once, with the offices, instruments and policies that it begins with."""

from domain.events.record import LedgerOpened
from domain.founding import founding
from tests.domain.cast import CLOCK, DEVELOPER, INSTALLATION, NSA, SECRETARIAT
from tests.domain.given import LEDGER, given, given_only
from tests.domain.requests import but, withdraw

FOUNDING = founding(LEDGER, "SECRET")
opened = LedgerOpened(ledger=LEDGER, format=1, ceiling="SECRET")


def test_the_installation_opens_an_empty_ledger_and_its_first_fact_says_so() -> None:
    first, *others = given_only().when(FOUNDING, by=INSTALLATION).events()
    assert first == opened
    each = (FOUNDING.offices, FOUNDING.renamed, FOUNDING.instruments, FOUNDING.policies)
    assert len(others) == sum(map(len, each))


def test_a_ledger_is_opened_once() -> None:
    given_only(opened).when(FOUNDING, by=INSTALLATION).then()
    given_only(opened).when(founding(LEDGER, "CUI"), by=INSTALLATION).then_refused("ledger-open")


def test_nobody_else_opens_one_and_the_installation_does_nothing_else() -> None:
    for somebody in (SECRETARIAT, NSA, DEVELOPER, CLOCK):
        given_only().when(FOUNDING, by=somebody).then_refused("not-your-act")
    given().when(withdraw, by=INSTALLATION).then_refused("not-your-act")


def test_a_table_that_breaks_a_law_opens_nothing() -> None:
    long = tuple(
        but(policy, rows=tuple((name, "90") if name == "length_days" else (name, value) for name, value in policy.rows))
        if policy.policy == "ACCESS-WINDOW"
        else policy
        for policy in FOUNDING.policies
    )
    given_only().when(but(FOUNDING, policies=long), by=INSTALLATION).then_refused("policy-table")


def test_before_there_is_a_table_of_authority_nobody_may_do_anything() -> None:
    given_only(opened).when(withdraw, by=DEVELOPER).then_refused("policy-missing")
