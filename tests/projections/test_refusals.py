"""A refusal is found by whoever was refused, and by every office that may know of it; by no other participant."""

from typing import Any

import pytest

from projections.folding.runner import Runner
from projections.refusals import REFUSALS, refusal_of, refusals
from projections.visible import Sight
from tests.projections.small_ledger import ACME, COMMERCE, CUI, DHS, ZENITH, Small
from tests.projections.stores import Views

OFFICE = Sight.of(DHS)


@pytest.fixture
def refused(ledger: Small, store: Views) -> list[Any]:
    """The receipts of four refusals: two developers, an office, and an office whose act was marked higher."""
    ledger.enrol(ACME, ZENITH)
    case: Any = ledger.submit()
    ledger.accept(case)
    receipts = [ledger.refused(case, by=who) for who in (ACME, ZENITH, COMMERCE)]
    receipts.append(ledger.refused(case, by=COMMERCE, marking=CUI))
    ledger.concern(case)
    Runner(ledger.recorder, store, [REFUSALS]).catch_up()
    return receipts


def test_every_refusal_is_there_with_its_code_and_nothing_else_is(store: Views, refused: list[Any]) -> None:
    found = refusals(store, OFFICE)
    assert [each.key for each in found] == [receipt.position for receipt in refused]
    assert [each.row.code for each in found] == [receipt.refused.code for receipt in refused]
    assert {each.row.command for each in found} == {"case.accept.v1"}
    assert [each.row.marking for each in found] == ["UNCLASSIFIED"] * 3 + [CUI]


def test_a_participant_finds_its_own_refusals_alone(store: Views, refused: list[Any]) -> None:
    for who, receipt in ((ACME, refused[0]), (ZENITH, refused[1])):
        assert [each.key for each in refusals(store, Sight.of(who))] == [receipt.position]
        assert refusals(store, Sight.of(who), actor="office/commerce") == []


def test_refusals_are_found_by_actor_stream_and_code_and_from_a_position_on(store: Views, refused: list[Any]) -> None:
    of_commerce = [receipt.position for receipt in refused[2:]]
    assert [each.key for each in refusals(store, OFFICE, actor="office/commerce")] == of_commerce
    stream = refusals(store, OFFICE)[0].row.addressed
    assert stream.startswith("case-")
    assert len(refusals(store, OFFICE, addressed=stream)) == 4
    assert refusals(store, OFFICE, addressed="case-of-nobody") == []
    code = refused[0].refused.code
    assert len(refusals(store, OFFICE, code=code, after=refused[0].position)) == 3
    assert refusals(store, OFFICE, code="no-such-code") == []
    assert [each.key for each in refusals(store, OFFICE, limit=2)] == [receipt.position for receipt in refused[:2]]


def test_the_refusal_of_an_act_is_found_by_the_act(store: Views, refused: list[Any]) -> None:
    found = refusal_of(store, OFFICE, refused[0].act)
    assert found is not None
    assert found.row.act == refused[0].act
    assert refusal_of(store, Sight.of(ZENITH), refused[0].act) is None, "as if there were none"
    assert refusal_of(store, OFFICE, refused[0].events[0].id) is None
