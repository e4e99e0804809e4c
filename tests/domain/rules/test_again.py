"""Asking again for what is done adds nothing: every command is carried out here, and then asked for once more."""

from typing import get_args

import pytest

from domain.commands import Command
from domain.errors import Refused
from domain.founding import founding
from tests.domain import streams
from tests.domain.cast import (
    CLOCK,
    DEVELOPER,
    DHS,
    INSTALLATION,
    NSA,
    SECRETARIAT,
    STRANGER,
    TREASURY,
    TREASURY_ANALYST,
)
from tests.domain.facts import (
    ANSWERS_DUE,
    CEILING,
    REVIEW_DUE,
    asked_around,
    assessed,
    determined,
    in_access,
    information_requested,
    offered,
    partner_proposed,
    proposed,
    publicity_asserted,
    ready,
    reconsideration_requested,
    under_way,
)
from tests.domain.given import LEDGER, MINUTE, World, world
from tests.domain.once import Once
from tests.domain.requests import (
    accept,
    accept_framework,
    acknowledge,
    agree_terms,
    amend_instrument,
    answer,
    answer_reconsideration,
    ask_to_reconsider,
    assert_publicity,
    assume,
    close,
    close_access,
    close_consultation,
    confirm_publicity,
    consult,
    convey,
    declare_sectors,
    decline,
    decline_to_answer,
    determine,
    disagree_partner,
    dissent,
    enrol,
    file,
    give_back,
    grant,
    issue_instrument,
    keep,
    leave,
    open_access,
    propose,
    propose_partner,
    provide,
    publish,
    record_due,
    record_end,
    record_lapse,
    register_key,
    register_office,
    rename,
    report_breach,
    report_programme,
    report_release,
    request_information,
    require_signatures,
    return_copies,
    revise_plan,
    revoke,
    revoke_instrument,
    revoke_key,
    select_partner,
    set_budget,
    share,
    submit,
    vacate,
    withdraw,
)
from tests.domain.rules.test_delegation import granted
from tests.domain.rules.test_office import key

ONCE = [
    Once(submit, DEVELOPER),
    Once(give_back, SECRETARIAT, offered),
    Once(accept, SECRETARIAT, offered),
    Once(record_lapse, CLOCK, offered, REVIEW_DUE),
    Once(agree_terms, DEVELOPER, under_way),
    Once(open_access, TREASURY, ready, again="access-already-open"),  # the roster is protected: it may be another
    Once(close_access, DEVELOPER, in_access),
    Once(record_end, CLOCK, in_access, CEILING),
    Once(return_copies, TREASURY, in_access),
    Once(report_breach, TREASURY, in_access),
    Once(revise_plan, DEVELOPER, offered),
    Once(report_release, DEVELOPER, offered),
    Once(withdraw, DEVELOPER, offered),
    Once(assert_publicity, DHS, offered),
    Once(confirm_publicity, DEVELOPER, (*offered, publicity_asserted)),
    Once(propose, TREASURY_ANALYST, under_way),
    Once(file, TREASURY, (*under_way, proposed)),
    Once(share, TREASURY, assessed),
    Once(keep, TREASURY, assessed),
    Once(request_information, DHS, under_way),
    Once(provide, DEVELOPER, (*under_way, information_requested)),
    Once(decline, DEVELOPER, (*under_way, information_requested)),
    Once(convey, TREASURY, under_way),
    Once(dissent, TREASURY, under_way),
    Once(determine, NSA, under_way),
    Once(ask_to_reconsider, DEVELOPER, (*under_way, determined), again="reconsidered-already"),  # new facts likewise
    Once(answer_reconsideration, NSA, (*under_way, determined, reconsideration_requested)),
    Once(report_programme, DEVELOPER, offered),
    Once(propose_partner, DEVELOPER, under_way),
    Once(select_partner, DHS, (*under_way, partner_proposed)),
    Once(disagree_partner, DHS, (*under_way, partner_proposed)),
    Once(close, SECRETARIAT, under_way),
    Once(consult, NSA, under_way),
    Once(acknowledge, DHS, asked_around),
    Once(answer, DHS, asked_around),
    Once(decline_to_answer, DHS, asked_around),
    Once(record_due, CLOCK, asked_around, ANSWERS_DUE),
    Once(close_consultation, NSA, asked_around),
    Once(register_office, SECRETARIAT),
    Once(rename, SECRETARIAT),
    Once(assume, SECRETARIAT),
    Once(vacate, SECRETARIAT),
    Once(grant, TREASURY),
    Once(revoke, TREASURY, (granted,)),
    Once(register_key, TREASURY),
    Once(revoke_key, TREASURY, (key,)),
    Once(require_signatures, TREASURY.signing("key-1"), (key,)),
    Once(enrol, STRANGER),
    Once(accept_framework, DEVELOPER),
    Once(declare_sectors, DEVELOPER),
    Once(set_budget, DEVELOPER),
    Once(leave, DEVELOPER, under_way),
    Once(issue_instrument, SECRETARIAT),
    Once(amend_instrument, SECRETARIAT),
    Once(revoke_instrument, SECRETARIAT),
    Once(publish, SECRETARIAT),
    *streams.once(),
    Once(founding(LEDGER, "CUI"), INSTALLATION),
]


def test_every_command_is_carried_out_here() -> None:
    assert {type(once.command) for once in ONCE} == set(get_args(Command))


@pytest.mark.parametrize("once", ONCE, ids=lambda once: once.command.type)
def test_a_command_that_is_carried_out_adds_nothing_when_it_is_asked_for_again(once: Once) -> None:
    known = World() if once.command.type == "ledger.open.v1" else world(*once.facts)
    assert known.act(once.command, by=once.by, at=once.at)
    before = len(known.log)
    for later in (once.at, once.at + MINUTE):
        if once.again is None:
            assert known.act(once.command, by=once.by, at=later) == []
        else:
            with pytest.raises(Refused, match=once.again):
                known.act(once.command, by=once.by, at=later)
    assert len(known.log) == before


@pytest.mark.parametrize("once", ONCE, ids=lambda once: once.command.type)
def test_what_a_command_does_stands_in_the_stream_of_its_noun(once: Once) -> None:
    known = World() if once.command.type == "ledger.open.v1" else world(*once.facts)
    events = known.act(once.command, by=once.by, at=once.at)
    noun = once.command.type.partition(".")[0]
    assert any(recorded.stream.startswith(f"{noun}-") for recorded in events)
