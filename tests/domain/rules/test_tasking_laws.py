"""Whatever is asked of a duty, by whomever: its date stays, what is verified was claimed, and late is late."""

from datetime import date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import Phase, find, settings
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.errors import Refused
from domain.events.tasking import (
    TaskingAmended,
    TaskingCompletionClaimed,
    TaskingCompletionVerified,
    TaskingVerificationFailed,
)
from tests.domain.cast import (
    CLOCK,
    DHS,
    GAO,
    NSA,
    OMB,
    ONCD,
    SECRETARIAT,
    TREASURY,
    TREASURY_ANALYST,
    Somebody,
)
from tests.domain.given import DAY, FOUNDED, world
from tests.domain.requests import but
from tests.domain.streams.tasking import (
    DUE,
    JOINT,
    N,
    T,
    amend,
    assigned,
    claim,
    explain,
    fail,
    given_it,
    proof,
    record_deadline,
    report,
    rescind,
    resume,
    verify,
    wait,
    wait_for_money,
)

SOMEBODY = (SECRETARIAT, TREASURY, TREASURY_ANALYST, NSA, DHS, OMB, ONCD, GAO, CLOCK)
LEADS, OTHERS = (TREASURY, NSA, DHS), (OMB, ONCD, GAO)
ANEW = but(claim, evidence=(proof("e"),))
DONE = tuple((claim, lead) for lead in LEADS)
FITTING = st.one_of(
    st.tuples(
        st.sampled_from((claim, claim, ANEW, report, wait, wait_for_money, resume, explain)), st.sampled_from(LEADS)
    ),
    st.tuples(st.sampled_from((verify, fail, but(fail, not_sustained=()))), st.sampled_from(OTHERS)),
    st.tuples(
        st.sampled_from((amend, but(amend, leads=(T, N)), but(amend, due_on=date(2026, 10, 1)))), st.just(SECRETARIAT)
    ),
    st.just((record_deadline, CLOCK)),
)
WHATEVER = st.tuples(
    st.sampled_from((amend, report, wait, resume, claim, verify, fail, explain, but(rescind, tasking=JOINT))),
    st.sampled_from(SOMEBODY),
)
STEP = st.one_of(
    st.lists(FITTING, min_size=1, max_size=3).map(tuple),
    st.sampled_from(
        (
            DONE,
            (*DONE, (verify, OMB)),
            (*DONE, (fail, OMB)),
            DONE[:2],
            ((record_deadline, CLOCK),),
            (*DONE, (verify, TREASURY_ANALYST)),
        )
    ),
    st.lists(WHATEVER, min_size=1, max_size=1).map(tuple),
)


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[Any, Somebody, datetime]]:
    """What may be asked, mostly by whom it fits, at times that only go on; it often comes to claims of all."""
    now, life = FOUNDED, []
    for step in draw(st.lists(STEP, min_size=1, max_size=8)):
        for command, by in step:
            now += timedelta(hours=draw(st.sampled_from((1, 30, 240, 900))))
            life.append((command, by, now))
    return life


def lived(life: list[tuple[Any, Somebody, datetime]]) -> Any:
    known = world(*given_it)
    for command, by, at in life:
        try:
            known.act(command, by=by, at=at)
        except Refused:
            continue
    return known


@drawn(lives())
@settings(max_examples=150, deadline=None)
def test_a_due_date_never_moves_without_an_amendment(life: list[tuple[Any, Somebody, datetime]]) -> None:
    due_at = DUE
    for recorded in lived(life).log:
        event = recorded.event
        if isinstance(event, TaskingAmended):
            assert event.previous_due_at == due_at
            assert event.due_at is not None
            due_at = event.due_at
        elif event.type.startswith("tasking.") and getattr(event, "due_at", None) is not None:
            assert event.due_at == due_at, event.type


@drawn(lives())
@settings(max_examples=150, deadline=None)
def test_what_is_verified_every_lead_had_claimed_with_evidence_and_somebody_else_looked(
    life: list[tuple[Any, Somebody, datetime]],
) -> None:
    known = lived(life)
    leads, claims = assigned.leads, {}
    for recorded in known.log:
        match event := recorded.event:
            case TaskingAmended():
                leads = event.leads
            case TaskingCompletionClaimed():
                claims[event.office] = recorded
            case TaskingVerificationFailed():
                for office in event.not_sustained:
                    del claims[office]
            case TaskingCompletionVerified():
                assert event.claims == tuple(claims[lead].id for lead in leads)
                assert all(claims[lead].event.evidence for lead in leads)
                assert event.office not in leads
                assert event.verifier not in {claims[lead].event.claimant for lead in leads}
            case _:
                pass


@drawn(lives(), st.integers(0, 200))
@settings(max_examples=150, deadline=None)
def test_lateness_does_not_depend_on_whether_the_clock_has_spoken(
    life: list[tuple[Any, Somebody, datetime]], days: int
) -> None:
    spoken = lived(life)
    silent = lived([each for each in life if each[1] is not CLOCK])
    at = max(FOUNDED + days * DAY, life[-1][2])
    stream = f"tasking-{JOINT}"
    assert spoken.state(stream).deadline_passed(at) == silent.state(stream).deadline_passed(at)
    assert spoken.state(stream).terms == silent.state(stream).terms


@pytest.mark.parametrize("late", [True, False])
@pytest.mark.parametrize("again", [True, False])
def test_these_lives_come_to_a_verification_in_time_and_late_at_once_and_after_a_failure(
    *, late: bool, again: bool
) -> None:
    def is_one(life: list[tuple[Any, Somebody, datetime]]) -> bool:
        events = [recorded.event for recorded in lived(life).log]
        failed = any(isinstance(event, TaskingVerificationFailed) for event in events)
        return failed is again and any(isinstance(e, TaskingCompletionVerified) and e.late is late for e in events)

    assert find(lives(), is_one, settings=settings(max_examples=5_000, phases=[Phase.generate], database=None))
