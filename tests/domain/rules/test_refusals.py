"""Every code of the contract is what somebody hears: one story for each, and no code without a story."""

import re
from pathlib import Path

import pytest

from domain.errors import REFUSALS, TURNED_AWAY, Kind, Refused
from domain.events.case import Answer, Basis
from domain.events.participant import ParticipantWithdrawn
from domain.events.record import InstrumentRevoked
from domain.founding import founding
from domain.values import Digest, OfficeCode, PostCode, Variant
from tests.domain import streams
from tests.domain.cast import (
    CLOCK,
    DEVELOPER,
    DHS,
    GAO,
    INSTALLATION,
    NOBODY_KNOWN,
    NSA,
    OPERATOR,
    OSTP,
    SECRETARIAT,
    STRANGER,
    TREASURY,
    TREASURY_ANALYST,
)
from tests.domain.facts import (
    ANSWERS_DUE,
    CASE,
    CEILING,
    DETERMINATION,
    REVIEW_DUE,
    answered,
    asked_around,
    assessed,
    case_closed,
    concern_conveyed,
    consultation_closed,
    determined,
    in_access,
    information_provided,
    information_requested,
    offered,
    partner_proposed,
    partner_selected,
    proposed,
    ready,
    reconsideration_requested,
    returned,
    submitted,
    under_way,
    withdrawn,
)
from tests.domain.given import DAY, LEDGER, MINUTE, NOON, given, given_only, on
from tests.domain.once import Story, story
from tests.domain.requests import (
    DELEGATION,
    ORDER,
    accept,
    acknowledge,
    agree_terms,
    amend_instrument,
    answer_reconsideration,
    ask_to_reconsider,
    assume,
    but,
    close,
    close_access,
    consult,
    convey,
    decline,
    decline_to_answer,
    determine,
    disagree_partner,
    dissent,
    file,
    give_back,
    grant,
    open_access,
    propose,
    publish,
    record_due,
    record_end,
    record_lapse,
    register_key,
    register_office,
    report_release,
    return_copies,
    select_partner,
    set_budget,
    share,
    submit,
    vacate,
)
from tests.domain.rules.test_delegation import granted, pass_on
from tests.domain.rules.test_ledger import opened as ledger_opened
from tests.domain.rules.test_office import key, key_revoked
from tests.domain.rules.test_signature import STORIES as SIGNED

ORDER_REVOKED = InstrumentRevoked(instrument=ORDER, revoked_on=amend_instrument.amended_on)
OTHER_MANIFEST = Digest("sha256:" + "c" * 64)


UNSEEING = GAO.cleared_for_nothing()
DEPUTY = TREASURY_ANALYST.by(DELEGATION)
STORIES: dict[str, Story] = {
    "not-found": story(asks=accept, by=SECRETARIAT),
    "not-cleared": story(on(NOON, submitted, marking="SECRET"), asks=dissent, by=UNSEEING),
    "office-unknown": story(*under_way, asks=dissent, by=NOBODY_KNOWN),
    "not-your-act": story(*offered, asks=accept, by=TREASURY),
    "authority-not-fitting": story(*offered, asks=accept, by=SECRETARIAT.citing("EO14409:3(a)")),
    "authority-revoked": story(*under_way, ORDER_REVOKED, asks=determine, by=NSA),
    "post-not-held": story(*under_way, proposed, asks=file, by=TREASURY_ANALYST),
    "not-delegable": story(*under_way, asks=determine, by=NSA.by(DELEGATION)),
    "delegation-unknown": story(*under_way, proposed, asks=file, by=DEPUTY),
    "delegation-not-yours": story(*under_way, proposed, granted, asks=file, by=TREASURY.by(DELEGATION)),
    "delegation-not-in-force": story(*under_way, proposed, granted, asks=file, by=DEPUTY, at=NOON + 90 * DAY),
    "delegation-out-of-scope": story(*under_way, granted, asks=propose, by=DEPUTY),
    "delegation-exceeds-giver": story(asks=but(grant, scope=("case.accept.v1",)), by=TREASURY),
    "delegation-not-onward": story(granted, asks=pass_on, by=TREASURY_ANALYST),
    "delegation-period": story(asks=but(grant, valid_until=grant.valid_from), by=TREASURY),
    "not-the-final-authority": story(*under_way, asks=determine, by=TREASURY),
    "separate-persons": story(*under_way, but(proposed, author=TREASURY.id), asks=file, by=TREASURY),
    **SIGNED,
    "policy-missing": story(asks=submit, by=DEVELOPER, at=NOON + 20 * 365 * DAY),
    "exists": story(*asked_around, answered, asks=decline_to_answer, by=DHS),
    "id-used": story(*under_way, concern_conveyed, asks=convey, by=DHS),
    "not-enrolled": story(asks=submit, by=STRANGER),
    "participant-withdrawn": story(
        ParticipantWithdrawn(participant=DEVELOPER.participant, reason=None), asks=set_budget, by=DEVELOPER
    ),
    "not-a-developer": story(asks=submit, by=OPERATOR),
    "not-under-review": story(*offered, returned, asks=accept, by=SECRETARIAT),
    "review-lapsed": story(*offered, asks=give_back, by=SECRETARIAT, at=REVIEW_DUE),
    "review-not-lapsed": story(*offered, asks=record_lapse, by=CLOCK),
    "omission-unknown": story(*offered, asks=but(give_back, omissions=("too-clever",)), by=SECRETARIAT),
    "not-accepted": story(*offered, asks=determine, by=NSA),
    "case-withdrawn": story(*ready, withdrawn, asks=open_access, by=TREASURY),
    "case-closed": story(*under_way, case_closed, asks=propose, by=TREASURY),
    "case-open": story(*offered, asks=but(submit, model="Other"), by=DEVELOPER),
    "replaced-unknown": story(
        asks=but(submit, manifest=OTHER_MANIFEST, variant=Variant("release"), replaces=CASE), by=DEVELOPER
    ),
    "terms-incomplete": story(*under_way, asks=but(agree_terms, terms=(agree_terms.terms[0],) * 12), by=DEVELOPER),
    "terms-missing": story(*under_way, asks=open_access, by=TREASURY),
    "access-already-open": story(*in_access, asks=open_access, by=TREASURY),
    "access-not-open": story(*ready, asks=close_access, by=DEVELOPER),
    "window-ended": story(*in_access, asks=open_access, by=TREASURY, at=CEILING),
    "window-not-ended": story(*in_access, asks=record_end, by=CLOCK),
    "never-had-access": story(*in_access, asks=return_copies, by=DHS),
    "not-covered": story(*ready, asks=but(open_access, basis=Basis.COVERED_MODEL), by=TREASURY),
    "reference-unknown": story(*under_way, asks=file, by=TREASURY),
    "assessment-not-filed": story(*under_way, proposed, asks=share, by=TREASURY),
    "not-your-assessment": story(*assessed, asks=share, by=DHS),
    "request-answered": story(*under_way, information_requested, information_provided, asks=decline, by=DEVELOPER),
    "consultation-unclear": story(*under_way, asks=but(determine, no_consultation_because=None), by=NSA),
    "supersedes-unclear": story(*under_way, asks=but(determine, supersedes=DETERMINATION), by=NSA),
    "reconsidered-already": story(
        *under_way, determined, reconsideration_requested, asks=ask_to_reconsider, by=DEVELOPER
    ),
    "not-reconsidered": story(*under_way, determined, asks=answer_reconsideration, by=NSA),
    "answer-unclear": story(
        *under_way,
        determined,
        reconsideration_requested,
        asks=but(answer_reconsideration, answer=Answer.SUPERSEDED),
        by=NSA,
    ),
    "own-proposal": story(*under_way, partner_proposed, asks=select_partner, by=DEVELOPER),
    "selection-settled": story(*under_way, partner_proposed, partner_selected, asks=disagree_partner, by=DHS),
    "access-still-open": story(*in_access, asks=close, by=SECRETARIAT),
    "released-in-future": story(*offered, asks=but(report_release, released_at=NOON + MINUTE), by=DEVELOPER),
    "subject-unclear": story(*under_way, asks=but(consult, case_id=None), by=NSA),
    "due-in-past": story(*under_way, asks=but(consult, due_at=NOON), by=NSA),
    "consultation-closed": story(
        *asked_around, on(NOON, consultation_closed, by=NSA), asks=record_due, by=CLOCK, at=ANSWERS_DUE
    ),
    "not-asked": story(*asked_around, asks=acknowledge, by=OSTP),
    "due-not-passed": story(*asked_around, asks=record_due, by=CLOCK),
    "post-unknown": story(asks=but(assume, post=PostCode("chair")), by=SECRETARIAT),
    "post-vacant": story(asks=but(vacate, post=PostCode("head")), by=SECRETARIAT),
    "post-taken": story(asks=but(assume, office=TREASURY.office, post=vacate.post), by=SECRETARIAT),
    "department-unknown": story(asks=but(register_office, department=OfficeCode("astrology")), by=SECRETARIAT),
    "key-unfit": story(asks=but(register_key, public_key="A"), by=TREASURY),
    "key-revoked": story(key, key_revoked, asks=register_key, by=TREASURY),
    "instrument-revoked": story(ORDER_REVOKED, asks=amend_instrument, by=SECRETARIAT),
    "policy-version": story(asks=but(publish, policy_version=3), by=SECRETARIAT),
    "policy-table": story(asks=but(publish, kind="poem"), by=SECRETARIAT),
    **streams.stories(),
}
NEVER_HEARD = {"so-already"}
"""Why an act is offered to nobody; whoever asks for it all the same is answered that nothing followed."""
SOURCES = Path(__file__).parents[3] / "domain"


def test_every_code_has_a_story() -> None:
    assert REFUSALS.keys() == STORIES.keys() | {"ledger-open"} | NEVER_HEARD


@pytest.mark.parametrize("code", STORIES)
def test_the_code_is_what_somebody_hears(code: str) -> None:
    facts, command, by, at, marking = STORIES[code]
    told = "not-found" if code == "not-cleared" else code
    given(*facts).when(command, by=by, at=at, marking=marking).then_refused(code, told=told)


def test_a_ledger_that_is_open_is_not_opened() -> None:
    given_only(ledger_opened).when(founding(LEDGER, "CUI"), by=INSTALLATION).then_refused("ledger-open")


def test_no_rule_refuses_with_a_code_that_is_not_in_the_contract() -> None:
    sources = [path.read_text(encoding="utf-8") for path in SOURCES.rglob("*.py")]
    said = {code for text in sources for code in re.findall(r'Refused\(\s*"([a-z-]+)"', text)}
    assert said <= REFUSALS.keys()
    with pytest.raises(KeyError):
        Refused("because")


def test_what_is_turned_away_and_what_is_refused_are_two_things() -> None:
    assert not REFUSALS.keys() & TURNED_AWAY.keys()


@pytest.mark.parametrize("code", [*REFUSALS, *TURNED_AWAY])
def test_a_code_has_a_sentence_and_a_kind(code: str) -> None:
    meaning = (REFUSALS | TURNED_AWAY)[code]  # type: ignore[operator]
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", code)
    assert meaning.title.endswith(".")
    assert meaning.kind in Kind


def test_the_ground_of_a_hidden_refusal_is_not_in_what_is_told() -> None:
    hidden = Refused("not-cleared", hidden=True)
    assert hidden.told() == Refused("not-found").told()
    assert Refused("not-cleared").told()[0] == "not-cleared"
