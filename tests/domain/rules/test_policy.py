"""Policies are tables: what they say is law until the next version, and some things they may not say."""

from typing import Any

import pytest

from domain.commands.record import PublishPolicy
from domain.events.record import PolicyPublished
from domain.founding import founding
from domain.values import PolicyCode
from tests.domain.cast import DEVELOPER, NSA, SECRETARIAT, TREASURY
from tests.domain.facts import offered, submitted, under_way
from tests.domain.given import DAY, LEDGER, NOON, given, world
from tests.domain.requests import but, consult, determine, give_back, open_access, publish, submit, withdraw

POLICIES = {policy.policy: policy for policy in founding(LEDGER, "CUI").policies}
AUTHORITY, REVIEW, HOLIDAYS = POLICIES["AUTHORITY"], POLICIES["CASE-REVIEW"], POLICIES["FEDERAL-HOLIDAYS"]  # type: ignore[index]
WINDOW = POLICIES[PolicyCode("ACCESS-WINDOW")]
published = PolicyPublished(
    policy=publish.policy,
    policy_version=2,
    title=publish.title,
    kind="omissions",
    columns=publish.columns,
    rows=publish.rows,
)


def next_version(policy: PublishPolicy, **cells: str) -> PublishPolicy:
    """The next version with other terms."""
    rows = tuple((row[0], cells.get(row[0], row[1]), *row[2:]) for row in policy.rows)
    return but(policy, policy_version=2, rows=rows)


def with_row(row: tuple[str, ...]) -> PublishPolicy:
    """The next version of the table of authority, with another row for one command."""
    rows = tuple(row if old[0] == row[0] else old for old in AUTHORITY.rows)
    return but(AUTHORITY, policy_version=2, rows=rows)


def test_the_secretariat_publishes_the_next_version() -> None:
    given().when(publish, by=SECRETARIAT).then(published)
    given(published).when(publish, by=SECRETARIAT).then()
    given().when(but(publish, policy_version=3), by=SECRETARIAT).then_refused("policy-version")
    given().when(but(publish, policy=PolicyCode("NEW")), by=SECRETARIAT).then_refused("policy-version")


def test_a_version_says_one_thing_for_ever() -> None:
    given(published).when(but(publish, rows=()), by=SECRETARIAT).then_refused("exists")
    given().when(but(publish, policy_version=1), by=SECRETARIAT).then_refused("exists")
    as_authority = but(publish, kind="authority", columns=AUTHORITY.columns, rows=())
    given(published).when(as_authority, by=SECRETARIAT).then_refused("policy-table")


def test_what_is_published_governs_from_then_on() -> None:
    given(*offered, published).when(but(give_back, omissions=("model-unnamed",)), by=SECRETARIAT).then_refused(
        "omission-unknown"
    )


@pytest.mark.parametrize(
    "wrong",
    [
        {"columns": ("code",)},
        {"rows": (("code-alone",),)},
        {"rows": (("a", "One."), ("a", "Two."))},
        {"kind": "poem"},
        {"kind": "clock", "columns": ("term", "value")},
        {"kind": "calendar", "columns": ("date", "name"), "rows": (("2026-07-32", "Nothing"),)},
        {"kind": "separation", "columns": ("first", "second")},
    ],
    ids=str,
)
def test_a_table_has_the_form_of_its_kind_and_the_policy_keeps_its_kind(wrong: dict[str, Any]) -> None:
    given().when(but(publish, **wrong), by=SECRETARIAT).then_refused("policy-table")


@pytest.mark.parametrize(
    "row",
    [
        ("case.withdraw.v1", "kind:secretariat", "-", "no", "-", "not-your-act"),
        ("case.withdraw.v1", "participant", "-", "no", "EO14409:3(b)", "not-your-act"),
        ("case.report-release.v1", "kind:lead", "-", "no", "-", "not-your-act"),
        ("participant.withdraw.v1", "participant", "-", "no", "POLICY:AUTHORITY-1", "not-your-act"),
        ("case.issue-determination.v1", "office:commerce", "head", "no", "EO14409:3(a)", "not-your-act"),
        ("case.issue-determination.v1", "office:nsa", "-", "no", "EO14409:3(a)", "not-your-act"),
        ("case.issue-determination.v1", "office:nsa", "director", "yes", "EO14409:3(a)", "not-your-act"),
        ("case.accept.v1", "everybody", "-", "no", "-", "not-your-act"),
        ("case.accept.v1", "kind:king", "-", "no", "-", "not-your-act"),
        ("case.accept.v1", "", "-", "no", "-", "not-your-act"),
        ("case.accept.v1", " ", "-", "no", "-", "not-your-act"),
        ("case.accept.v1", "any-office", "-", "perhaps", "-", "not-your-act"),
        ("case.accept.v1", "any-office", "-", "no", "-", "no-such-code"),
    ],
    ids=" ".join,
)
def test_no_table_of_authority_takes_away_what_is_not_a_policy_s_to_take(row: tuple[str, ...]) -> None:
    given().when(with_row(row), by=SECRETARIAT).then_refused("policy-table")


def test_a_table_of_authority_leaves_no_command_without_somebody() -> None:
    fewer = but(AUTHORITY, policy_version=2, rows=AUTHORITY.rows[1:])
    more = but(AUTHORITY, policy_version=2, rows=(*AUTHORITY.rows, ("ledger.open.v1", *AUTHORITY.rows[0][1:])))
    twice = but(AUTHORITY, policy_version=2, rows=(*AUTHORITY.rows, AUTHORITY.rows[0]))
    for wrong in (fewer, more, twice):
        given().when(wrong, by=SECRETARIAT).then_refused("policy-table")


def test_another_table_of_authority_is_in_force_at_once() -> None:
    changed = world(*offered)
    row = ("case.return.v1", "office:treasury", "-", "yes", "POLICY:AUTHORITY-2", "not-your-act")
    changed.act(with_row(row), by=SECRETARIAT)
    changed.asking(give_back, by=SECRETARIAT).then_refused("not-your-act")
    assert changed.asking(give_back, by=TREASURY).standing().authority == "POLICY:AUTHORITY-2"


@pytest.mark.parametrize(
    "terms",
    [
        {"length_days": "31"},
        {"length_days": "90"},
        {"length_days": "as-stated"},
        {"ends": "duty"},
        {"zone": "America/Los_Angeles"},
    ],
    ids=str,
)
def test_no_policy_stretches_the_window_of_access(terms: dict[str, str]) -> None:
    given().when(next_version(WINDOW, **terms), by=SECRETARIAT).then_refused("policy-table")


def test_a_policy_may_make_the_window_shorter() -> None:
    assert given().when(next_version(WINDOW, length_days="20"), by=SECRETARIAT).events()


def test_a_clock_counts_by_the_calendar_that_it_cites_whatever_is_published_later() -> None:
    known = world()
    more = but(HOLIDAYS, policy_version=2, rows=(*HOLIDAYS.rows, ("2041-01-01", "New Year's Day")))
    known.act(more, by=SECRETARIAT)
    known.asking(submit, by=DEVELOPER).then(submitted, *offered[1:])
    known.act(next_version(REVIEW, calendar="POLICY:FEDERAL-HOLIDAYS-2"), by=SECRETARIAT)
    made = known.asking(submit, by=DEVELOPER).events()[0]
    assert (made.review_due_at, made.review_policy) == (submitted.review_due_at, "POLICY:CASE-REVIEW-2")  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "terms",
    [
        {"length_days": "as-stated"},
        {"calendar": "POLICY:FEDERAL-HOLIDAYS-9"},
        {"calendar": "POLICY:OTHER-HOLIDAYS-1"},
        {"calendar": "POLICY:OMISSIONS-1"},
    ],
    ids=str,
)
def test_a_clock_that_cannot_be_counted_refuses_and_says_so(terms: dict[str, str]) -> None:
    known = world()
    known.act(next_version(REVIEW, **terms), by=SECRETARIAT)
    known.asking(submit, by=DEVELOPER).then_refused("policy-missing")


def test_a_calendar_that_has_run_out_refuses_and_says_so() -> None:
    given().when(submit, by=DEVELOPER, at=NOON + 15 * 365 * DAY).then_refused("policy-missing")
    given(*under_way).when(consult, by=NSA, at=NOON + 15 * 365 * DAY).then_refused("policy-missing")


def test_an_act_rests_on_what_the_table_names_and_on_nothing_else() -> None:
    given(*under_way).when(determine, by=NSA.citing("EO14409:3(b)")).then_refused("authority-not-fitting")
    given(*under_way).when(determine, by=NSA.citing("POLICY:")).then_refused("authority-not-fitting")
    second = given(*under_way).when(open_access, by=TREASURY.citing("EO14409:3(b)(ii)"))
    second.then_refused("terms-missing")


def test_an_act_does_not_rest_on_a_version_that_is_not_published() -> None:
    known = world(*offered)
    row = ("case.return.v1", "kind:secretariat", "-", "yes", "POLICY:AUTHORITY-9", "not-your-act")
    known.act(with_row(row), by=SECRETARIAT)
    known.asking(give_back, by=SECRETARIAT).then_refused("authority-revoked")


def test_a_withdrawal_is_heard_under_every_table() -> None:
    known = world(*under_way)
    known.act(with_row(("case.submit.v1", "clock", "-", "no", "-", "not-your-act")), by=SECRETARIAT)
    known.asking(but(submit, variant="safeguards-off"), by=DEVELOPER).then_refused("not-your-act")
    assert known.asking(withdraw, by=DEVELOPER).events()
