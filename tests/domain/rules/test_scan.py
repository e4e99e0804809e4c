"""Two scans of one target do not overlap without recorded consent."""

from datetime import timedelta
from itertools import combinations

import pytest
from hypothesis import given as drawn
from hypothesis import strategies as st

from domain.commands import Command
from domain.errors import Refused
from domain.events.scan import (
    ScanConflicted,
    ScanConsented,
    ScanDeconflicted,
    ScanEntered,
    ScanOutcome,
    ScanRequested,
    ScanTarget,
    TargetKind,
)
from domain.rules.calendar import months
from domain.rules.targets import Targets, checked
from domain.values import Month, ScanId, StreamId
from tests.domain.cast import DHS, GAO, NSA, OPERATOR, RIVAL, TREASURY, Somebody, named
from tests.domain.given import BEFORE, DAY, HOUR, NOON, given, on, world
from tests.domain.requests import but
from tests.domain.streams.scan import (
    ENDS,
    FIRST,
    JULY,
    ONE_PUMP,
    PUMPS,
    SECOND,
    SITE,
    STARTS,
    THIRD,
    complete,
    consent,
    consented,
    deconflict,
    first,
    over,
    request,
    request_second,
    requested,
    second,
)
from tests.domain.world import World


def target(value: str) -> ScanTarget:
    kinds = {"pkg:": TargetKind.PACKAGE, "doma": TargetKind.DOMAIN}
    kind = kinds.get(value[:4], TargetKind.CIDR)
    return ScanTarget(kind=kind, value=value.removeprefix("domain:"))


def test_a_scan_that_meets_none_may_take_place() -> None:
    events = given().when(request, by=DHS).events()
    assert events[1:] == [
        ScanDeconflicted(scan_id=FIRST),
        ScanEntered(month=JULY, scan_id=FIRST, starts_at=STARTS, ends_at=ENDS),
    ]


def test_the_later_of_two_that_would_meet_has_to_ask() -> None:
    events = given(*first).when(request_second, by=TREASURY).events()
    assert ScanConflicted(scan_id=SECOND, others=(FIRST,)) in events
    given(*first, *second).when(consent, by=DHS).then(
        ScanConsented(scan_id=SECOND, other=FIRST), ScanDeconflicted(scan_id=SECOND)
    )
    given(*first, *second, over).when(deconflict, by=TREASURY).then(ScanDeconflicted(scan_id=SECOND))


def test_each_of_those_it_would_meet_has_to_consent() -> None:
    both = requested(SECOND, ONE_PUMP, by=TREASURY, met=(FIRST, THIRD))
    third = requested(THIRD, PUMPS, by=NSA, met=(FIRST,))
    given(*first, *third, *both).when(consent, by=DHS).then(ScanConsented(scan_id=SECOND, other=FIRST))
    given(*first, *third, *both, consented).when(but(consent, other=THIRD), by=NSA).then(
        ScanConsented(scan_id=SECOND, other=THIRD), ScanDeconflicted(scan_id=SECOND)
    )


@pytest.mark.parametrize(
    "change",
    [
        {"targets": (target("198.51.100.0/24"),)},
        {"starts_at": ENDS, "ends_at": ENDS + DAY},
        {"starts_at": NOON, "ends_at": STARTS},
    ],
    ids=["another target", "after it", "before it"],
)
def test_what_does_not_meet_is_free(change: dict[str, object]) -> None:
    events = given(*first).when(but(request_second, **change), by=TREASURY).events()
    assert ScanDeconflicted(scan_id=SECOND) in events


def test_who_may_not_see_the_other_is_told_nothing_and_the_other_gives_way() -> None:
    hidden = requested(THIRD, PUMPS, by=NSA, marking="SECRET")
    unseen = given(*hidden).when(request_second, by=TREASURY.cleared_for_nothing()).events()
    absent = given().when(request_second, by=TREASURY).events()
    assert unseen == [*absent, ScanConflicted(scan_id=THIRD, others=(SECOND,))]
    known = world(*hidden).record([on(BEFORE, unseen[-1], by=TREASURY)])
    known.asking(but(deconflict, scan_id=THIRD), by=NSA).then_refused("scan-conflicts")


def test_who_may_see_the_other_asks_it() -> None:
    hidden = requested(THIRD, PUMPS, by=NSA, marking="SECRET")
    events = given(*hidden).when(request_second, by=TREASURY, marking="SECRET").events()
    assert ScanConflicted(scan_id=SECOND, others=(THIRD,)) in events


def test_a_scan_that_nobody_may_see_is_no_scan() -> None:
    hidden = requested(FIRST, PUMPS, by=DHS, marking="SECRET")
    for asks in (complete, but(deconflict, scan_id=FIRST), but(consent, scan_id=FIRST), request):
        given(*hidden).when(asks, by=DHS.cleared_for_nothing()).then_refused("not-cleared", told="not-found")
    given(*second).when(but(consent, other=THIRD), by=DHS).then_refused("reference-unknown")


def test_each_acts_in_its_own_part() -> None:
    given(*first, *second).when(consent, by=TREASURY).then_refused("not-your-act")
    given(*first).when(complete, by=TREASURY, at=STARTS).then_refused("not-your-act")
    given(*first).when(but(request, purpose="Another"), by=DHS).then_refused("id-used")
    given().when(but(request, starts_at=NOON - HOUR), by=DHS).then_refused("date-in-past")
    given(*first, *second).when(but(consent, scan_id=FIRST, other=SECOND), by=TREASURY).then_refused(
        "reference-unknown"
    )


def test_a_window_is_free_from_when_its_scan_is_over() -> None:
    given(*first).when(but(complete, outcome=ScanOutcome.NOT_PERFORMED), by=DHS)
    assert ScanDeconflicted(scan_id=SECOND) in given(*first, over).when(request_second, by=TREASURY).events()


MEETING = [
    ("192.0.2.0/24", "192.0.2.64/26"),
    ("192.0.2.64/26", "192.0.2.0/24"),
    ("2001:db8::/32", "2001:db8:1::/48"),
    ("domain:water.example", "domain:pumps.water.example"),
    ("domain:pumps.water.example", "domain:water.example"),
    ("pkg:pypi/pump", "pkg:pypi/pump@1.0"),
    ("pkg:pypi/pump@1.0", "pkg:pypi/pump@1.0?arch=arm64"),
]
APART = [
    ("192.0.2.0/25", "192.0.2.128/25"),
    ("0.0.0.0/0", "::/0"),
    ("domain:water.example", "domain:rainwater.example"),
    ("domain:a.water.example", "domain:b.water.example"),
    ("pkg:pypi/pump@1.0", "pkg:pypi/pump@1.1"),
    ("pkg:pypi/pump", "pkg:npm/pump"),
    ("192.0.2.0/24", "domain:water.example"),
]


@pytest.mark.parametrize(("one", "other"), MEETING)
def test_targets_that_meet(one: str, other: str) -> None:
    assert Targets([checked(target(one))]).meet(checked(target(other)))


@pytest.mark.parametrize(("one", "other"), APART)
def test_targets_that_are_apart(one: str, other: str) -> None:
    assert not Targets([checked(target(one))]).meet(checked(target(other)))


@pytest.mark.parametrize(
    "value",
    [
        *("192.0.2.1/24", "192.0.2.0", "2001:DB8::/32", "domain:Water.example", "domain:example", "domain:-a.example"),
        *("domain:wasser\u00fc.example", "pkg:PyPI/Pump", "pkg:pypi", "domain:" + "a." * 130 + "example"),
    ],
)
def test_a_target_is_written_in_one_way(value: str) -> None:
    with pytest.raises(Refused, match="target-form"):
        checked(target(value))


blocks = st.tuples(st.integers(0, 255), st.integers(24, 32)).map(
    lambda drawn: target(f"10.0.0.{drawn[0] >> (32 - drawn[1]) << (32 - drawn[1])}/{drawn[1]}")
)


@drawn(st.lists(blocks, min_size=1, max_size=8), blocks)
def test_many_blocks_meet_what_one_of_them_meets(many: list[ScanTarget], other: ScanTarget) -> None:
    assert Targets(many).meet(other) == any(Targets([one]).meet(other) for one in many)
    assert Targets(many).meet(other) == any(Targets([other]).meet(one) for one in many)


def test_the_first_address_of_a_block_is_in_it() -> None:
    assert Targets([target("10.0.0.0/24")]).meet(target("10.0.0.0/32"))
    assert not Targets([target("10.0.1.0/24")]).meet(target("10.0.0.255/32"))


def test_a_window_is_in_each_month_that_it_has_an_instant_of() -> None:
    begin = NOON.replace(month=12, day=1, hour=0)
    assert list(months(begin, begin + timedelta(days=31))) == [Month("2026-12")]
    assert list(months(begin, begin + timedelta(days=31, microseconds=1))) == [Month("2026-12"), Month("2027-01")]


SCANS = [ScanId(named("scan", str(number))) for number in range(4)]
BY = (DHS, TREASURY, NSA)
STEPS = st.lists(
    st.tuples(
        st.sampled_from(["request", "consent", "complete", "again"]),
        st.integers(0, 3),
        st.integers(0, 3),
        st.sampled_from([PUMPS, ONE_PUMP, SITE]),
        st.integers(0, 40),
    ),
    max_size=14,
)


@drawn(STEPS)
def test_no_two_that_may_take_place_meet_without_consent(steps: list[tuple[str, int, int, ScanTarget, int]]) -> None:
    known = world()
    for number, (what, one, two, of, days) in enumerate(steps):
        starts = NOON + (1 + days) * DAY
        scan, other = SCANS[one], SCANS[two]
        table: dict[str, tuple[Command, Somebody]] = {
            "request": (
                but(request, scan_id=scan, targets=(of,), starts_at=starts, ends_at=starts + 20 * DAY),
                BY[one % 3],
            ),
            "consent": (but(consent, scan_id=scan, other=other), BY[two % 3]),
            "complete": (but(complete, scan_id=scan, outcome=ScanOutcome.NOT_PERFORMED), BY[one % 3]),
            "again": (but(deconflict, scan_id=scan), BY[one % 3]),
        }
        asks, by = table[what]
        try:
            known.act(asks, by=by, called=str(number))
        except Refused:
            continue
        no_two_meet(known)


def no_two_meet(known: World) -> None:
    there = [known.state(StreamId(f"scan-{scan}")) for scan in SCANS]
    for one, two in combinations([scan for scan in there if scan.deconflicted and scan.outcome is None], 2):
        a: ScanRequested = one.requested
        b: ScanRequested = two.requested
        overlap = a.starts_at < b.ends_at and b.starts_at < a.ends_at
        if overlap and Targets(a.targets).meet(b.targets[0]):
            assert b.scan_id in one.consented or a.scan_id in two.consented


def test_whose_targets_they_are_may_know_of_a_scan_and_other_participants_not() -> None:
    def told(by: Somebody) -> str:
        with pytest.raises(Refused) as refused:
            given(*first).when(but(complete, scan_id=FIRST), by=by).events()
        return refused.value.told()[0]

    assert told(OPERATOR) == told(RIVAL) == "not-your-act"
    assert told(GAO) == "not-your-act"
