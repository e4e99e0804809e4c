"""Whatever is asked of a duty, by whomever: its date stays, what is verified was claimed, and late is late."""

from datetime import date, datetime, timedelta
from typing import Any

from hypothesis import given as drawn
from hypothesis import settings
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
ASKED = st.sampled_from(
    [
        amend,
        but(amend, leads=(T, N)),
        but(amend, due_on=date(2026, 10, 1)),
        report,
        wait,
        wait_for_money,
        resume,
        claim,
        but(claim, evidence=(proof("e"),)),
        verify,
        fail,
        but(fail, not_sustained=()),
        record_deadline,
        explain,
        but(rescind, tasking=JOINT),
    ]
)


@st.composite
def lives(draw: st.DrawFn) -> list[tuple[Any, Somebody, datetime]]:
    """Whatever may be asked, by whomever, at times that only go on."""
    now, life = FOUNDED, []
    for _ in range(draw(st.integers(1, 25))):
        now += timedelta(hours=draw(st.integers(1, 24 * 12)))
        life.append((draw(ASKED), draw(st.sampled_from(SOMEBODY)), now))
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
