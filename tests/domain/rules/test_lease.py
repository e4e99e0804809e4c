"""What is lent is usable while it is not taken back, its time runs, and the developer of a model agrees."""

from datetime import date, datetime

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.commands import Command
from domain.errors import Refused
from domain.events.lease import LeaseChecked, LeaseExpired, LeaseOpened, Usable
from domain.rules.lease import months
from domain.values import Digest
from tests.domain.cast import CLOCK, DEVELOPER, DHS, GAO, NSA, OPERATOR, RIVAL, TREASURY, Somebody
from tests.domain.facts import determined, under_way
from tests.domain.given import DAY, MINUTE, NOON, given, on, world
from tests.domain.requests import but, determine_again
from tests.domain.streams.lease import (
    CHECK,
    MODEL,
    TOOL,
    UNTIL,
    agree,
    agreed,
    attest,
    check,
    covered,
    end_agreement,
    lend_model,
    lend_tool,
    model_lent,
    record_expiry,
    revoke_lease,
    taken_back,
    tool_lent,
)

of_the_model = but(check, lease_id=MODEL)


def answer(*facts: object, by: Somebody = TREASURY, at: datetime = NOON, asks: object = of_the_model) -> Usable:
    (made,) = given(*facts).when(asks, by=by, at=at).events()  # type: ignore[arg-type]
    assert isinstance(made, LeaseChecked)
    return made.answer


def test_a_tool_is_usable_at_once_until_its_time_passes_or_it_is_taken_back() -> None:
    of_the_tool = {"by": OPERATOR, "asks": check}
    assert answer(tool_lent, **of_the_tool) is Usable.YES  # type: ignore[arg-type]
    assert answer(tool_lent, at=UNTIL - MINUTE, **of_the_tool) is Usable.YES  # type: ignore[arg-type]
    assert answer(tool_lent, at=UNTIL, **of_the_tool) is Usable.EXPIRED, "and nobody recorded it"  # type: ignore[arg-type]
    assert answer(tool_lent, taken_back, **of_the_tool) is Usable.REVOKED  # type: ignore[arg-type]


def test_a_covered_model_needs_its_developer_every_time() -> None:
    known = (*covered, model_lent)
    ended = world(*known, agreed)
    assert answer(*known) is Usable.NOT_AGREED
    assert answer(*known, agreed) is Usable.YES
    (said,) = ended.act(end_agreement, by=DEVELOPER)
    assert answer(*known, agreed, on(NOON, said.event, by=DEVELOPER)) is Usable.ENDED


def test_a_model_that_is_covered_no_longer_is_not_usable() -> None:
    known = world(*covered, model_lent, agreed)
    known.act(determine_again, by=NSA)
    (made,) = known.asking(of_the_model, by=TREASURY).events()
    assert isinstance(made, LeaseChecked)
    assert made.answer is Usable.NOT_COVERED


def test_only_a_covered_model_is_lent_and_by_dhs() -> None:
    given(*under_way).when(lend_model, by=DHS).then_refused("not-covered")
    given(*covered).when(lend_model, by=TREASURY).then_refused("not-your-act")
    (made,) = given(*covered).when(lend_model, by=DHS).events()
    assert isinstance(made, LeaseOpened)
    assert made.developer == DEVELOPER.participant
    given().when(but(lend_tool, until=NOON), by=DHS).then_refused("date-in-past")


def test_whom_a_lease_does_not_concern_is_told_that_there_is_none() -> None:
    for asks in (check, attest, but(agree, lease_id=TOOL)):
        given(tool_lent).when(asks, by=RIVAL).then_refused("not-cleared", told="not-found")
    hidden = on(NOON, tool_lent.event, by=DHS, marking="SECRET")
    given(hidden).when(revoke_lease, by=DHS.cleared_for_nothing()).then_refused("not-cleared", told="not-found")


def test_each_acts_in_its_own_part() -> None:
    given(tool_lent).when(attest, by=GAO).then_refused("not-your-act")
    given(*covered, model_lent).when(agree, by=RIVAL).then_refused("not-cleared", told="not-found")
    given(tool_lent).when(revoke_lease, by=TREASURY).then_refused("not-your-act")


def test_another_lease_of_the_same_id_is_refused() -> None:
    given(tool_lent).when(but(lend_tool, purpose="Another"), by=DHS).then_refused("id-used")


def test_the_clock_records_what_was_so_without_it() -> None:
    given(tool_lent).when(record_expiry, by=CLOCK, at=UNTIL).then(LeaseExpired(lease_id=TOOL, until=UNTIL))
    given(tool_lent, taken_back).when(record_expiry, by=CLOCK, at=UNTIL).then()


def test_the_months_of_a_lease_are_those_of_new_york() -> None:
    late = datetime.fromisoformat("2026-08-01T03:00:00+00:00")
    assert months(late, late) == (date(2026, 7, 1),)
    assert months(late, NOON.replace(year=2027, month=1)) == (
        *(date(2026, month, 1) for month in range(7, 13)),
        date(2027, 1, 1),
    )


STEPS = st.lists(st.tuples(st.sampled_from(["agree", "end", "revoke", "check", "expire"]), st.integers(0, 20)))


@drawn(STEPS)
def test_usable_means_opened_not_taken_back_in_time_agreed_and_covered(steps: list[tuple[str, int]]) -> None:
    known, at = world(*covered, model_lent), NOON
    agrees, gone = None, False
    asked: dict[str, tuple[Command, Somebody]] = {
        "agree": (agree, DEVELOPER),
        "end": (end_agreement, DEVELOPER),
        "revoke": (but(revoke_lease, lease_id=MODEL), DHS),
        "expire": (but(record_expiry, lease_id=MODEL), CLOCK),
    }
    for number, (what, days) in enumerate(steps):
        at += days * DAY
        if what == "check":
            asks = but(of_the_model, check=Digest(f"sha256:{number:064x}"))
            (made,) = known.act(asks, by=TREASURY, at=at, called=str(number))
            assert isinstance(made.event, LeaseChecked)
            expected = (not gone) and at < UNTIL and agrees is True
            assert (made.event.answer is Usable.YES) == expected
            continue
        command, by = asked[what]
        try:
            known.act(command, by=by, at=at, called=str(number))
        except Refused:
            assert (what == "expire" and at < UNTIL) or (what == "agree" and gone)
            continue
        agrees = True if what == "agree" else False if what == "end" and agrees else agrees
        gone = gone or what == "revoke"


def test_a_check_is_the_same_check_when_it_is_asked_again() -> None:
    known = world(tool_lent)
    assert known.act(check, by=OPERATOR)
    assert known.act(check, by=OPERATOR, at=UNTIL) == []
    with pytest.raises(Refused, match="not-found"):
        known.act(but(check, lease_id=MODEL, check=CHECK), by=OPERATOR)


def test_a_determination_is_what_makes_a_model_covered() -> None:
    assert determined in covered
