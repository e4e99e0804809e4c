"""Who may do what, written out once more by hand, and held against every row of the table in force."""

from typing import get_args

import pytest

from domain.commands import Command
from domain.errors import Refused
from domain.rules import Asked, Seen, authority
from domain.values import StreamId
from tests.domain.cast import (
    CLOCK,
    COMMERCE,
    DEVELOPER,
    DHS,
    DOD,
    GAO,
    INSTALLATION,
    JUSTICE,
    NOBODY_KNOWN,
    NSA,
    NSA_ANALYST,
    NSA_LEAD,
    OMB,
    ONCD,
    OSTP,
    SECRETARIAT,
    TREASURY,
    TREASURY_ANALYST,
    Somebody,
)
from tests.domain.given import NOON, asked, given, world
from tests.domain.requests import accept

SECRETARIES = {SECRETARIAT}
LEADS = {DOD, COMMERCE, DHS, TREASURY, TREASURY_ANALYST, NSA, NSA_ANALYST, NSA_LEAD}
CONSULTED = {ONCD, OSTP, OMB}
COORDINATORS = {TREASURY, TREASURY_ANALYST, NSA, NSA_ANALYST, NSA_LEAD, DHS}
"""Nsa and dhs only where they are assigned: that, the vulnerability says."""
OFFICES = SECRETARIES | LEADS | CONSULTED | {JUSTICE, GAO}
PARTICIPANTS, CLOCKS = {DEVELOPER}, {CLOCK}
EVERYBODY = OFFICES | PARTICIPANTS | CLOCKS | {INSTALLATION}

MAY = {
    "accept return close": ("case", SECRETARIES),
    "record-review-lapse record-access-end": ("case", CLOCKS),
    "submit agree-access-terms close-access revise-release-plan report-release withdraw provide-information "
    "decline-information request-reconsideration report-programme-participants": ("case", PARTICIPANTS),
    "open-access return-copies propose-assessment share-assessment keep-assessment request-information": (
        "case",
        LEADS,
    ),
    "report-breach propose-trusted-partner select-trusted-partner disagree-trusted-partner": (
        "case",
        LEADS | PARTICIPANTS,
    ),
    "file-assessment": ("case", {DOD, COMMERCE, DHS, TREASURY, NSA_LEAD}),  # who holds the post
    "convey-concern": ("case", LEADS | CONSULTED),
    "file-dissent": ("case", OFFICES),
    "assert-publicity confirm-publicity": ("case", OFFICES | PARTICIPANTS),
    "issue-determination": ("case", {NSA}),
    "answer-reconsideration": ("case", {NSA, NSA_ANALYST, NSA_LEAD}),
    "open close": ("consultation", LEADS),
    "acknowledge answer decline": ("consultation", OFFICES),
    "record-due": ("consultation", CLOCKS),
    "register rename assume-post vacate-post": ("office", SECRETARIES),
    "grant-delegation revoke-delegation register-key revoke-key require-signatures": ("office", OFFICES),
    "enrol accept-terms declare-sectors set-budget withdraw": ("participant", PARTICIPANTS),
    "issue amend revoke": ("instrument", SECRETARIES),
    "publish": ("policy", SECRETARIES),
    "propose sign-off withhold-sign-off adopt": ("standard", LEADS),
    "adopt propose sign-off withhold-sign-off": ("framework", LEADS),
    "determine": ("threshold", {NSA}),
    "open": ("lease", {DHS}),
    "agree end-agreement": ("lease", PARTICIPANTS),
    "check attest-use": ("lease", OFFICES | PARTICIPANTS),
    "revoke": ("lease", OFFICES),
    "record-expiry": ("lease", CLOCKS),
    "request consent deconflict complete": ("scan", OFFICES),
    "file-erratum challenge-marking": ("record", OFFICES | PARTICIPANTS),
    "answer-challenge place-hold release-hold propose-destruction": ("record", OFFICES),
    "destroy-payload": ("record", SECRETARIES),
    "request close note": ("oversight", {GAO}),
    "produce withhold": ("oversight", OFFICES - {GAO}),
    "record-due ": ("oversight", CLOCKS),
    "assign amend rescind report-progress wait resume claim-completion explain-delay": ("tasking", OFFICES),
    "verify-completion fail-verification": ("tasking", OFFICES - SECRETARIES),
    "record-deadline": ("tasking", CLOCKS),
    "report observe-exploitation report-public": ("vulnerability", OFFICES | PARTICIPANTS),
    "acknowledge validate reject mark-duplicate accept defer merge split-up prioritize contact-vendor end-embargo "
    "match-operator notify-operator refer-equities publish close": ("vulnerability", COORDINATORS),
    "report-vendor-status propose-embargo accept-embargo reject-embargo report-remediation distribute-patch": (
        "vulnerability",
        COORDINATORS | PARTICIPANTS,
    ),
    "assign-coordination": ("vulnerability", {TREASURY, TREASURY_ANALYST}),
    "record-contact-time record-embargo-end": ("vulnerability", CLOCKS),
}
RIGHTS = {f"{noun}.{verb}.v1": who for verbs, (noun, who) in MAY.items() for verb in verbs.split()}
RIGHTS["criteria.publish.v1"] = {NSA, NSA_ANALYST, NSA_LEAD}
COMMANDS = [command.__dataclass_fields__["type"].default for command in get_args(Command)]
REFUSAL = dict.fromkeys(
    ("case.issue-determination.v1", "case.answer-reconsideration.v1", "threshold.determine.v1"),
    "not-the-final-authority",
)


def standing(command: str, by: Somebody) -> authority.Standing:
    known = world()
    question: Asked = asked(by, NOON)
    states = {StreamId(name): known.state(name) for name in known.states}
    return authority.standing(command, question, Seen(states))


def test_every_command_is_somebody_s() -> None:
    assert RIGHTS.keys() == set(COMMANDS) - {"ledger.open.v1"}


@pytest.mark.parametrize("command", RIGHTS)
def test_who_may(command: str) -> None:
    for somebody in RIGHTS[command]:
        standing(command, somebody)


@pytest.mark.parametrize("command", RIGHTS)
def test_who_may_not(command: str) -> None:
    same_office = {each.actor for each in RIGHTS[command]}
    for somebody in EVERYBODY - RIGHTS[command]:
        with pytest.raises(Refused) as refused:
            standing(command, somebody)
        expected = "post-not-held" if somebody.actor in same_office else REFUSAL.get(command, "not-your-act")
        assert refused.value.code == expected, somebody


@pytest.mark.parametrize("command", RIGHTS)
def test_an_office_that_is_not_registered_may_nothing(command: str) -> None:
    known = world()
    states = {StreamId(name): known.state(name) for name in known.states}
    states[StreamId("office-astrology")] = known.state("office-astrology")
    with pytest.raises(Refused) as refused:
        authority.standing(command, asked(NOBODY_KNOWN, NOON), Seen(states))
    assert refused.value.code == "office-unknown"


@pytest.mark.parametrize("command", RIGHTS)
def test_what_it_rests_on_is_cited(command: str) -> None:
    rests_on_nothing = {"case.withdraw.v1", "case.report-release.v1", "participant.withdraw.v1"}
    for somebody in RIGHTS[command]:
        assert (standing(command, somebody).authority is None) == (command in rests_on_nothing)


def test_nobody_without_a_person_holds_a_post() -> None:
    nobody = Somebody(actor=NSA.actor)
    with pytest.raises(Refused, match="post-not-held"):
        standing("case.issue-determination.v1", nobody)


def test_who_names_a_post_has_to_hold_it() -> None:
    given().when(accept, by=SECRETARIAT.as_("secretary")).then_refused("not-found")
    given().when(accept, by=SECRETARIAT.as_("head")).then_refused("post-not-held")
    with pytest.raises(Refused, match="post-not-held"):
        standing("case.submit.v1", DEVELOPER.as_("chair"))


def test_a_participant_or_clock_claims_no_delegation() -> None:
    for command, somebody in {"case.submit.v1": DEVELOPER, "case.record-access-end.v1": CLOCK}.items():
        with pytest.raises(Refused, match="not-delegable"):
            standing(command, somebody.by("00000000-0000-5000-8000-000000000000"))
    with pytest.raises(Refused, match="delegation-unknown"):
        standing("case.report-breach.v1", DEVELOPER.by("00000000-0000-5000-8000-000000000000"))
