"""The audit trail has an entry for every event, found by whoever may know it, by any filter and from any position."""

from dataclasses import replace
from datetime import timedelta
from hashlib import sha256
from typing import Any

import pytest

from domain import wire
from domain.commands.consultation import OpenConsultation
from domain.commands.office import AssumePost
from domain.events.consultation import SubjectKind
from domain.markings import TLP, Classification, Clearance
from projections.audit_trail import AUDIT_TRAIL, AuditEntry, Wanted, entries, trail
from projections.folding.runner import Runner
from projections.reads import Found
from projections.visible import Sight
from projections.visible.shown import SHOWN
from tests.projections.small_ledger import (
    ACME,
    COMMERCE,
    CUI,
    DHS,
    OPEN,
    SECRETARIAT,
    UNCLEARED,
    ZENITH,
    Small,
    digest,
    principal,
    uuid,
)  # fmt: skip
from tests.projections.stores import Views

OFFICE = Sight.of(DHS)


def told(found: list[Found[AuditEntry]]) -> list[int]:
    return [each.key for each in found]  # type: ignore[misc]


@pytest.fixture
def cases(ledger: Small, store: Views) -> list[Any]:
    """Two cases of two developers, with all kinds of acts on them."""
    ledger.enrol(ACME, ZENITH)
    made: list[Any] = [ledger.submit("Orion", ACME), ledger.submit("Vega", ZENITH, marking=CUI)]
    for case, developer in zip(made, (ACME, ZENITH), strict=True):
        ledger.accept(case)
        ledger.concern(case)
        ledger.assess(case, marking=CUI)
        ledger.refused(case, by=developer)
        ledger.refused(case, by=COMMERCE)
        command = OpenConsultation(
            consultation_id=uuid(ledger.number + 5000),
            kind=SubjectKind.CASE,
            case_id=case,
            asked=("oncd",),  # type: ignore[arg-type]
            question=digest("question"),
            due_at=ledger.now + timedelta(days=9),
        )
        ledger.done(command, principal(DHS.actor.kind, "nsa", "National Security Agency"), marking=CUI)
    Runner(ledger.recorder, store, [AUDIT_TRAIL]).catch_up()
    return made


def test_every_event_has_an_entry_that_says_what_its_document_says(
    ledger: Small, store: Views, cases: list[Any]
) -> None:
    entries = {each.key: each.row for each in trail(store, OFFICE, Wanted(), limit=1000)}
    documents = ledger.recorder.read(0, 1000)
    assert list(entries) == [position for position, _, _ in documents]
    for position, kind, document in documents:
        recorded, entry = wire.load(document), entries[position]
        assert entry.type == kind == recorded.event.type
        assert entry.digest == "sha256:" + sha256(document).hexdigest()
        assert (entry.event, entry.stream, entry.version) == (recorded.id, recorded.stream, recorded.version)
        assert (entry.actor, entry.actor_name) == (recorded.actor, recorded.actor_name)
        assert (entry.attestation, entry.authority, entry.delegation) == (
            recorded.attestation, recorded.authority, recorded.delegation,
        )  # fmt: skip
        assert (entry.claimed_at, entry.taken_in_at, entry.recorded_at) == (
            recorded.claimed_at, recorded.taken_in_at, recorded.recorded_at,
        )  # fmt: skip
        assert (entry.command_id, entry.causation) == (recorded.command_id, recorded.causation)
        assert (entry.marking, entry.protected_marking) == (recorded.marking, recorded.protected_marking)


def test_an_event_and_what_is_about_a_case_are_found_as_going_through_all_entries_finds_them(
    store: Views, cases: list[Any]
) -> None:
    everything = trail(store, OFFICE, Wanted(), limit=1000)
    for case in cases:
        about = [each.key for each in everything if each.row.case_id == case]
        assert told(trail(store, OFFICE, Wanted(case_id=case), limit=1000)) == about != []
    for each in everything:
        assert told(trail(store, OFFICE, Wanted(event=each.row.event))) == [each.key]


def test_entries_are_given_in_the_order_in_which_they_are_asked_for(store: Views, cases: list[Any]) -> None:
    everything = told(trail(store, OFFICE, Wanted(), limit=1000))
    mixed = [*everything[1::2], *everything[::2]]
    assert told(entries(store, OFFICE, mixed)) == mixed != everything
    assert entries(store, OFFICE, []) == []


def test_consultations_and_refusals_about_a_case_are_found_with_it(store: Views, cases: list[Any]) -> None:
    types = {each.row.type for each in trail(store, OFFICE, Wanted(case_id=cases[0]))}
    assert types >= {"consultation.opened.v1", "case.consultation-opened.v1", "action.refused.v1"}


def test_pages_follow_each_other_without_a_gap_in_both_directions(store: Views, cases: list[Any]) -> None:
    everything = told(trail(store, OFFICE, Wanted(), limit=1000))
    forward, after = [], 0
    while page := told(trail(store, OFFICE, Wanted(), after=after, limit=7)):
        forward += page
        after = page[-1]
    assert forward == everything
    backward, before = [], everything[-1] + 1
    while page := told(trail(store, OFFICE, Wanted(), before=before, limit=7)):
        backward += page
        before = page[-1]
    assert backward == everything[::-1]


def test_a_developer_finds_its_own_acts_and_what_is_shown_of_its_own_cases(store: Views, cases: list[Any]) -> None:
    everything = trail(store, OFFICE, Wanted(), limit=1000)
    for who, case in zip((ACME, ZENITH), cases, strict=True):
        slow = [
            each.key
            for each in everything
            if each.row.actor == str(who.actor) or (each.row.case_id == case and each.row.type in SHOWN)
        ]
        found = trail(store, Sight.of(who), Wanted(), limit=1000)
        assert told(found) == slow
        types = {each.row.type for each in found}
        assert types == {
            "participant.enrolled.v1", "participant.case-noted.v1", "case.submitted.v1", "case.accepted.v1",
            "case.concern-conveyed.v1", "action.refused.v1",
        }  # fmt: skip


def test_entries_above_a_clearance_are_as_if_they_were_not(store: Views, cases: list[Any]) -> None:
    low = Sight.of(replace(DHS, clearance=UNCLEARED))
    everything = trail(store, OFFICE, Wanted(), limit=1000)
    open_ = [each.key for each in everything if each.row.marking == OPEN]
    assert told(trail(store, low, Wanted(), limit=1000)) == open_
    assert entries(store, low, [each.key for each in everything if each.row.marking == CUI]) == []  # type: ignore[misc]
    assert len(open_) < len(everything)
    hidden = next(each for each in everything if each.row.marking == CUI)
    assert store.get(AUDIT_TRAIL, low, hidden.key) is None
    assert store.get(AUDIT_TRAIL, low, 10_000) is None


def test_oversight_is_told_that_something_is_withheld_and_nobody_else(store: Views, cases: list[Any]) -> None:
    low = Clearance(
        classification=Classification.TOP_SECRET, cui=None, controls=frozenset(), country="USA", tlp=TLP.RED
    )
    inspector = principal(DHS.actor.kind, "ig-dhs", "Inspector General", low)
    assert store.withheld(AUDIT_TRAIL, Sight.of(inspector, oversight=True)) is True
    assert store.withheld(AUDIT_TRAIL, Sight.of(inspector)) is None
    assert store.withheld(AUDIT_TRAIL, Sight.of(DHS, oversight=True)) is False


def test_the_delegation_and_the_claimed_time_are_in_the_entry(ledger: Small, store: Views) -> None:
    claimed = ledger.now - timedelta(days=1)
    command = AssumePost(
        office="commerce",  # type: ignore[arg-type]
        post="assessment-lead",  # type: ignore[arg-type]
        holder=uuid(77),
        holder_name="Somebody",
        assumed_on=ledger.now.date(),
    )
    receipt = ledger.done(command, SECRETARIAT, claimed_at=claimed)
    Runner(ledger.recorder, store, [AUDIT_TRAIL]).catch_up()
    found = store.get(AUDIT_TRAIL, OFFICE, receipt.position)
    assert found is not None
    assert (found.row.claimed_at, found.row.taken_in_at) == (claimed, ledger.now)
    assert found.row.authority == "POLICY:AUTHORITY-1"
