"""The clearinghouse tells each reader what concerns it of each vulnerability, and to none who reported it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from consumers.timer.timer import Timer
from domain import rules
from domain.commands.participant import EnrolParticipant
from domain.commands.vulnerability import ReportVulnerability
from domain.events.participant import ParticipantKind
from domain.events.vulnerability import Exploitation, VendorStatus
from domain.markings import TLP
from domain.rules.vulnerability.machines import EmbargoState, ReportState, written
from domain.values import ObservationId, ReporterId, VulnerabilityId
from projections.clearinghouse.at import Awaited, PartyStatus, VulnerabilityAt
from projections.clearinghouse.at import Stage as How
from projections.clearinghouse.joined import joined
from projections.clearinghouse.queries import Wanted, vulnerabilities, vulnerability
from projections.clearinghouse.row import Vulnerability
from projections.clocks import ending
from projections.known import Told
from projections.ticking import Clock, Ticks, What
from tests.domain.cast import CLOCK, DEVELOPER, DHS, GAO, NOTHING, OPERATOR, RIVAL, TREASURY, Somebody, named
from tests.domain.given import DAY
from tests.domain.requests import but
from tests.domain.streams import vulnerability as it
from tests.domain.streams.vulnerability import OTHER, PART, PARTY, VULNERABILITY
from tests.projections.stage import Stage, sight
from tests.projections.stage import stage as on_stage

AMBER, GREEN, RED = (f"UNCLASSIFIED//TLP:{colour}" for colour in ("AMBER", "GREEN", "RED"))
CONTACTED = (
    (it.report, DEVELOPER),
    (it.acknowledge, TREASURY),
    (it.validate, TREASURY),
    (it.accept, TREASURY),
    (it.contact, TREASURY),
)


def begun(stage: Stage, *acts: tuple[Any, Somebody], marking: str = AMBER) -> Stage:
    enrol = EnrolParticipant(participant=OPERATOR.participant, name="Prairie Water", kind=ParticipantKind.OPERATOR)
    stage.do((enrol, OPERATOR))
    stage.do(*acts, marking=marking)
    return stage


def told(stage: Stage, by: Somebody, id: VulnerabilityId = VULNERABILITY, **more: Any) -> Told[Any, Any] | None:
    return vulnerability(stage.seen(), sight(by), id, more.pop("at", stage.now), **more)


def now(stage: Stage, by: Somebody = TREASURY, id: VulnerabilityId = VULNERABILITY, **more: Any) -> VulnerabilityAt:
    found = told(stage, by, id, **more)
    assert found is not None
    return found.now


def facts(stage: Stage, by: Somebody) -> Vulnerability:
    found = told(stage, by)
    assert found is not None
    return found.facts


def test_whoever_reported_it_sees_how_far_it_has_come_and_what_is_awaited(stage: Stage) -> None:
    seen = []
    begun(stage)
    for act in CONTACTED:
        stage.do(act, marking=AMBER)
        said = now(stage, DEVELOPER)
        seen.append((said.stage, said.awaited))
    assert seen == [
        (How.RECEIVED, (Awaited.ACKNOWLEDGEMENT, Awaited.VALIDATION)),
        (How.ACKNOWLEDGED, (Awaited.VALIDATION,)),
        (How.FOUND_VALID, (Awaited.COORDINATION,)),
        (How.COORDINATED, (Awaited.CONTACT, Awaited.PUBLICATION)),
        (How.COORDINATED, (Awaited.PUBLICATION,)),
    ]
    assert now(stage, DEVELOPER).publishable_at == now(stage).publishable_at is not None


def test_that_a_vendor_has_not_answered_is_a_status_of_its_own(stage: Stage) -> None:
    begun(stage, *CONTACTED)
    (party,) = now(stage).parties
    assert (party.status, party.answered_at, now(stage).awaited) == (
        PartyStatus.NO_ANSWER,
        None,
        (Awaited.ANSWERS, Awaited.PUBLICATION),
    )
    stage.do((but(it.answer, status=VendorStatus.FIXED), RIVAL), marking=AMBER)
    (party,) = now(stage).parties
    assert (party.party_id, party.status, party.agrees_to_publication) == (PARTY, PartyStatus.FIXED, False)


def test_a_vendor_sees_what_concerns_it_and_no_other_participant_does(stage: Stage) -> None:
    begun(stage, *CONTACTED[:-1])
    assert told(stage, RIVAL) is None
    stage.do(CONTACTED[-1], (it.match, TREASURY), marking=AMBER)
    assert told(stage, OPERATOR) is None
    stage.do((it.notify, TREASURY), (but(it.answer, statement=None), RIVAL), marking=AMBER)
    for somebody in (RIVAL, OPERATOR):
        found = facts(stage, somebody)
        assert found.title == it.report.title
        assert not found.sources
        assert not found.matches
    assert len(facts(stage, RIVAL).contacts) == len(facts(stage, RIVAL).answers) == 1
    assert not facts(stage, RIVAL).notices
    assert len(facts(stage, OPERATOR).notices) == 1
    assert not facts(stage, OPERATOR).contacts
    assert not facts(stage, DEVELOPER).contacts
    assert facts(stage, DEVELOPER).sources
    assert [found.facts.vulnerability_id for found in listed(stage, RIVAL)] == [VULNERABILITY]


def test_what_a_vendor_is_told_of_what_is_protected_is_the_report_and_never_a_person(stage: Stage) -> None:
    begun(stage, *CONTACTED, (it.match, TREASURY), (it.notify, TREASURY), (it.observe, GAO))
    for somebody, expected in {
        RIVAL: {"description": it.report.description, "urgent_because": None},
        OPERATOR: {"description": it.report.description, "advice": it.notify.advice},
    }.items():
        said = joined(stage.recorder, facts(stage, somebody), sight(somebody))
        given = {name: value for each in said.values() for name, value in each.protected.items()}
        assert given == expected
    assert told(stage, replace(RIVAL, clearance=NOTHING)) is None


def test_each_reader_is_shown_no_more_than_the_markings_allow(stage: Stage) -> None:
    begun(stage, *CONTACTED)
    stage.do((it.observe, GAO), marking=RED)
    amber = replace(TREASURY, clearance=replace(NOTHING, tlp=TLP.AMBER))
    assert now(stage).case_state == "vfdpxA"
    assert now(stage, amber).case_state == "vfdpxa"
    assert told(stage, replace(TREASURY, clearance=replace(NOTHING, tlp=TLP.GREEN))) is None


@pytest.mark.parametrize("once", it.ONCE, ids=lambda once: once.command.type)
def test_what_the_view_says_is_what_the_rules_know(tmp_path: Path, once: Any) -> None:
    stage = on_stage(tmp_path)
    whole = (
        *CONTACTED,
        (it.propose, TREASURY),
        (it.agree, RIVAL),
        (it.assign, TREASURY),
        (it.prioritize, DHS),
        (but(it.report, vulnerability_id=OTHER, aliases=(), source=None), DEVELOPER),
        (it.match, TREASURY),
        (it.notify, TREASURY),
    )
    begun(stage, *whole)
    again = stage.ask(once.command, once.by, marking=AMBER)
    if again.refused is not None:
        stage.do((it.end, TREASURY), marking=AMBER)
        stage.ask(once.command, once.by, marking=AMBER)
    for id in (VULNERABILITY, OTHER, PART):
        state = stage.ledger.state(rules.stream_of(but(it.reported, vulnerability_id=id))).state
        if not state.known:
            continue
        said = now(stage, id=id)
        assert (said.report, said.case_state) == (state.report, written(state.steps))
        assert (said.embargo, said.embargo_ends_at) == (state.embargo_at(stage.now), state.embargo_ends_at)
        assert {party.party_id: (party.participant, party.agrees_to_publication) for party in said.parties} == {
            id: (party.participant, party.agrees) for id, party in state.parties.items()
        }
        assert (said.publishable_at, said.contact_policy) == (state.publishable_at, state.contact_policy)
        assert (said.duplicate_of, said.merged_into) == (state.duplicate_of, state.merged_into)
        assert {*said.notified} == state.notified


def test_an_embargo_is_over_when_its_time_has_passed_whether_or_not_it_is_recorded(stage: Stage) -> None:
    begun(stage, *CONTACTED, (but(it.propose, ends_at=None), TREASURY), (it.agree, RIVAL))
    ends_at = now(stage).embargo_ends_at
    assert ends_at is not None
    assert now(stage, at=ends_at - DAY).embargo is EmbargoState.ACTIVE
    assert now(stage, at=ends_at).embargo is EmbargoState.EXITED
    head = stage.recorder.head()
    stage.now = ends_at
    stage.do((it.record_end, CLOCK), marking=AMBER)
    assert now(stage).embargo is EmbargoState.EXITED
    assert now(stage, as_of=head, at=ends_at - DAY).embargo is EmbargoState.ACTIVE


def other(number: int, **more: Any) -> ReportVulnerability:
    return but(
        it.report,
        vulnerability_id=VulnerabilityId(named("vulnerability", str(number))),
        reporter=ReporterId(named("reporter", str(number))),
        **more,
    )


def listed(on: Stage, by: Somebody = TREASURY, **wanted: Any) -> list[Told[Any, Any]]:
    page = vulnerabilities(on.seen(), sight(by), Wanted(**wanted), on.now)
    return [*page.found]


def test_vulnerabilities_are_found_by_what_they_are(stage: Stage) -> None:
    begun(stage, *CONTACTED, (it.prioritize, TREASURY), (it.propose, TREASURY), (it.agree, RIVAL))
    stage.do((other(2, sectors=("energy",), aliases=("GHSA-1", "CVE-1900-0002"), affected=()), RIVAL), marking=GREEN)
    second = VulnerabilityId(named("vulnerability", "2"))
    seen = but(
        it.observe,
        vulnerability_id=second,
        observation_id=ObservationId(named("observation", "2")),
        kind=Exploitation.ATTACKS,
    )
    stage.do((seen, GAO), marking=GREEN)

    def found(**wanted: Any) -> list[str]:
        return [each.facts.vulnerability_id for each in listed(stage, **wanted)]

    assert found() == [VULNERABILITY, second]
    for wanted in (
        {"report": ReportState.ACCEPTED},
        {"stage": How.COORDINATED},
        {"priority": "AT"},
        {"vendor": "orrery"},
        {"vendor": RIVAL.participant},
        {"sector": "water"},
        {"alias": "cve-1900-0001"},
        {"tlp": TLP.AMBER},
        {"exploited": False},
        {"embargoed": True},
        {"silent": True},
    ):
        assert found(**wanted) == [VULNERABILITY], wanted
    for wanted in ({"exploited": True}, {"alias": "GHSA-1"}, {"tlp": TLP.GREEN}, {"embargoed": False}):
        assert found(**wanted) == [second], wanted
    for wanted in ({"public": True}, {"alias": "%"}, {"alias": "CVE-1900"}, {"operator": OPERATOR.participant}):
        assert found(**wanted) == [], wanted


def clocks(stage: Stage) -> dict[What, Clock]:
    far = datetime(2030, 1, 1, tzinfo=UTC)
    return {clock.what: clock for clock in ending(stage.seen(), sight(TREASURY), stage.now, before=far)}


def record(stage: Stage) -> int:
    return Timer(stage.ledger, stage.seen(), lambda: stage.now).record()


def test_the_vendors_time_and_the_embargo_are_clocks_whose_passing_the_timer_records_once(stage: Stage) -> None:
    begun(stage, *CONTACTED)
    theirs = but(it.propose, ends_at=stage.now + 10 * DAY)
    stage.do((theirs, TREASURY), (it.agree, RIVAL), marking=AMBER)
    contact, embargo = clocks(stage)[What.VENDOR_CONTACT], clocks(stage)[What.EMBARGO]
    assert (contact.ends_at, contact.policy) == (now(stage).publishable_at, "POLICY:VENDOR-CONTACT-1")
    assert (embargo.ends_at, embargo.state) == (theirs.ends_at, Ticks.RUNNING)
    assert record(stage) == 0
    stage.now = embargo.ends_at
    assert clocks(stage)[What.EMBARGO].state is Ticks.PASSED
    assert [record(stage), record(stage)] == [1, 0]
    assert What.EMBARGO not in clocks(stage)
    stage.now = contact.ends_at
    assert [record(stage), record(stage)] == [1, 0]
    assert [facts(stage, TREASURY).contact_passings[0].silent, clocks(stage)] == [(PARTY,), {}]


def test_what_was_published_or_became_public_waits_for_no_vendor(stage: Stage) -> None:
    begun(stage, *CONTACTED, (it.report_public, GAO))
    assert clocks(stage) == {}
    stage.now += 60 * DAY
    assert record(stage) == 0
