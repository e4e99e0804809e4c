"""A reader gets the document with what it may see filled in, and the rest is missing and named."""

import json
from dataclasses import replace
from typing import Any

import pytest

from domain import wire
from domain.markings import TLP, Classification, Clearance
from domain.message import WITHHELD
from projections.disclosed import disclosed
from projections.visible import Sight
from tests.projections.destroying import destroyed, elapsed, scheduled
from tests.projections.small_ledger import ACME, CLEARED, CUI, DHS, OPEN, SECRET, UNCLEARED, ZENITH, Small

SECRETS = Clearance(classification=Classification.SECRET, cui=None, controls=frozenset(), country="USA", tlp=TLP.CLEAR)


@pytest.fixture
def case(ledger: Small) -> Any:
    ledger.enrol()
    submitted = ledger.submit()
    ledger.accept(submitted)
    return submitted


def at(receipt: Any) -> int:
    return int(receipt.events[0].position)


def names(ledger: Small, position: int, who: Any) -> set[str] | None:
    """The protected names that somebody gets of an event; None where it does not get the event."""
    found = disclosed(ledger.recorder, [position], Sight.of(who)).get(position)
    if found is None:
        return None
    form = wire.shape(found.recorded.event.type)
    assert {*found.withheld, *wire.disclosed(_digests(found), found.disclosures, form)} == {
        "by",
        "act",
        *form.protected,
    }
    return {"by", "act", *form.protected} - set(found.withheld)


def _digests(found: Any) -> Any:
    return json.loads(found.document)["data"]["_sd"]


def test_an_office_gets_what_its_clearance_allows(ledger: Small, case: Any) -> None:
    low, middle = replace(DHS, clearance=UNCLEARED), replace(DHS, clearance=SECRETS)
    plain = at(ledger.concern(case, marking=OPEN))
    mixed = at(ledger.concern(case, marking=OPEN, protected="SECRET"))
    closed = at(ledger.concern(case, marking="SECRET"))
    whole = {"by", "act", "concern"}
    assert [names(ledger, each, low) for each in (plain, mixed, closed)] == [whole, set(), None]
    assert [names(ledger, each, middle) for each in (plain, mixed, closed)] == [whole, whole, whole]


def test_what_is_withheld_is_missing_and_what_is_given_stands_where_it_belongs(ledger: Small, case: Any) -> None:
    position = at(ledger.concern(case, "The model finds flaws.", marking=OPEN, protected=CUI))
    for clearance, given in ((CLEARED, True), (UNCLEARED, False)):
        found = disclosed(ledger.recorder, [position], Sight.of(replace(DHS, clearance=clearance)))[position]
        filled = found.filled()
        assert ("concern" in filled["data"]) is given
        assert ("by" in filled) is given
        assert "_sd" not in filled["data"]
        assert filled["data"]["case_id"] == case
        assert set(found.withheld) == (set() if given else {"by", "act", "concern"})
        event: Any = found.recorded.event
        assert (event.concern is WITHHELD) is not given
        if given:
            assert filled["data"]["concern"] == "The model finds flaws."
            assert filled["by"]["name"] == "Somebody of Department of Homeland Security"


def test_the_document_is_given_to_the_byte_and_verifies_with_the_disclosures_that_go_with_it(
    ledger: Small, case: Any
) -> None:
    position = at(ledger.concern(case, marking=OPEN, protected=CUI))
    for who in (DHS, replace(DHS, clearance=UNCLEARED), ACME):
        found = disclosed(ledger.recorder, [position], Sight.of(who))[position]
        assert found.document == ledger.recorder.documents([position])[position]
        wire.verify(found.document, found.disclosures)


def test_a_developer_gets_its_own_acts_and_what_is_shown_to_it_without_the_person_behind_it(
    ledger: Small, case: Any
) -> None:
    submitted = ledger.recorder.read_stream(f"case-{case}")[0][0]
    concern, assessed = at(ledger.concern(case)), at(ledger.assess(case))
    assert names(ledger, submitted, ACME) == {"by", "act", "summary"}
    assert names(ledger, concern, ACME) == {"concern"}
    assert names(ledger, assessed, ACME) is None
    ledger.enrol(ZENITH)
    assert [names(ledger, each, ZENITH) for each in (submitted, concern, assessed)] == [None, None, None]
    assert names(ledger, concern, replace(ACME, clearance=UNCLEARED)) == {"concern"}
    secret = at(ledger.concern(case, marking=OPEN, protected=SECRET))
    assert names(ledger, secret, replace(ACME, clearance=UNCLEARED)) == set()


def test_the_true_ground_of_a_refusal_is_for_offices_alone(ledger: Small, case: Any) -> None:
    refused = at(ledger.refused(case))
    assert names(ledger, refused, DHS) == {"by", "act", "sentence", "ground", "body"}
    assert names(ledger, refused, ACME) == {"by", "act", "sentence", "body"}
    assert names(ledger, refused, ZENITH) is None


def test_what_was_destroyed_is_withheld_from_everybody_and_told_as_that_to_whom_it_was_shown(
    ledger: Small, case: Any
) -> None:
    position = at(ledger.concern(case, marking=OPEN, protected=SECRET))
    before = disclosed(ledger.recorder, [position], Sight.of(DHS))[position]
    assert before.destroyed == ()
    scheduled(ledger)
    elapsed(ledger)
    destroyed(ledger, position)
    found = disclosed(ledger.recorder, [position], Sight.of(DHS))[position]
    assert set(found.withheld) == set(found.destroyed) == {"act", "by", "concern"}
    assert found.disclosures == ()
    assert found.document == before.document
    wire.verify(found.document, ())
    uncleared = Sight.of(replace(DHS, clearance=UNCLEARED))
    told = disclosed(ledger.recorder, [position], uncleared)[position]
    assert (set(told.withheld), told.destroyed) == ({"act", "by", "concern"}, ())
    participant = disclosed(ledger.recorder, [position], Sight.of(ACME))[position]
    assert (participant.destroyed, len(participant.withheld)) == (("concern",), 3)


def test_positions_that_do_not_exist_look_like_those_that_may_not_be_seen(ledger: Small, case: Any) -> None:
    hidden = at(ledger.assess(case))
    assert disclosed(ledger.recorder, [hidden, 10_000], Sight.of(ACME)) == {}
