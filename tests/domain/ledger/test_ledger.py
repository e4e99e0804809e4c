"""An act has one answer for ever, decided on nothing that was old, whoever else acts meanwhile."""

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from domain import wire
from domain.act import Act, ActorKind, Principal
from domain.commands.case import AcceptCase, FileAssessment, FileDissent, ProposeAssessment, WithdrawCase
from domain.commands.consultation import CloseConsultation, OpenConsultation
from domain.commands.office import AssumePost, GrantDelegation, RevokeDelegation
from domain.commands.participant import WithdrawParticipant
from domain.commands.scan import RequestScan
from domain.errors import TurnedAway
from domain.events.case import Finding
from domain.events.consultation import SubjectKind
from domain.events.record import ActionRefused
from domain.events.scan import ScanTarget, TargetKind
from domain.founding import founding
from domain.ledger.ledger import Busy, Ledger
from domain.ledger.recorder import OutcomeUnknown
from domain.ledger.sqlite import SQLiteRecorder
from domain.markings import join, parse
from domain.rules import rules_of
from domain.values import CommandId, OfficeCode, PostCode, Reference, StreamId, act_id
from tests.domain.ledger.some_appends import opened_at
from tests.projections.small_ledger import (
    ACME,
    CUI,
    DHS,
    INSTALLATION,
    LEDGER,
    OPEN,
    SECRET,
    SECRETARIAT,
    UNCLEARED,
    ZENITH,
    Small,
    digest,
    principal,
    uuid,
)

DEPUTY = replace(DHS, person=replace(DHS.person, id=uuid(77)))  # type: ignore[type-var]


@pytest.fixture
def ledger(where: str) -> Iterator[Small]:
    recorder: Any = opened_at(where, verify=wire.verify)  # of either kind: nothing here is asked of one alone
    made = Small(recorder).found()
    made.enrol()
    yield made
    made.recorder.close()


def dissent(case: Any, n: int, reasons: str = "We disagree.") -> FileDissent:
    return FileDissent(case_id=case, dissent_id=uuid(5000 + n), reasons=reasons)


def act(command: Any, number: int, **more: Any) -> Act:
    return Act(id=CommandId(uuid(9000 + number)), command=command, marking=more.pop("marking", OPEN), **more)


# --- one answer for ever -------------------------------------------------------------------------------------------


def test_an_act_that_is_sent_again_gets_the_first_receipt_and_adds_nothing(ledger: Small):
    sent = act(dissent(ledger.submit(), 1), 1)
    first = ledger.ledger.act(sent, by=DHS)
    ledger.now += timedelta(days=3)
    again = ledger.ledger.act(sent, by=DHS)
    assert again == replace(first, repeated=True)
    assert ledger.recorder.head() == first.position


def test_a_restart_gives_the_same_receipt(ledger: Small):
    sent = act(dissent(ledger.submit(), 1), 1)
    first = ledger.ledger.act(sent, by=DHS)
    elsewhere = Ledger(ledger.recorder, clock=lambda: ledger.now)
    assert elsewhere.act(sent, by=DHS) == replace(first, repeated=True)


def test_another_body_under_the_same_id_is_turned_away(ledger: Small):
    case = ledger.submit()
    ledger.ledger.act(act(dissent(case, 1), 1), by=DHS)
    for other in (act(dissent(case, 1, "Otherwise."), 1), act(dissent(case, 1), 1, marking=CUI)):
        with pytest.raises(TurnedAway, match="id-reused"):
            ledger.ledger.act(other, by=DHS)


def test_another_actor_may_use_the_same_id(ledger: Small):
    case = ledger.submit()
    commerce = principal(ActorKind.OFFICE, "commerce", "Department of Commerce")
    first = ledger.ledger.act(act(dissent(case, 1), 1), by=DHS)
    second = ledger.ledger.act(act(dissent(case, 2), 1), by=commerce)
    assert first.act != second.act
    assert not second.repeated


def test_a_refusal_is_the_answer_for_ever_even_when_the_rule_would_now_agree(ledger: Small):
    case = ledger.submit()
    proposing = act(a_proposal(case), 1)
    early = ledger.ledger.act(proposing, by=DHS)
    ledger.accept(case)
    assert early.refused is not None
    assert early.refused.code == "not-accepted"
    assert ledger.ledger.act(proposing, by=DHS) == replace(early, repeated=True)
    assert ledger.ledger.act(act(a_proposal(case), 2), by=DHS).refused is None


def test_what_is_so_already_adds_nothing_and_is_answered_the_same_again(ledger: Small):
    case = ledger.submit()
    ledger.accept(case)
    head = ledger.recorder.head()
    again = act(AcceptCase(case_id=case), 1)
    first = ledger.ledger.act(again, by=SECRETARIAT)
    assert (first.events, first.refused, first.position) == ((), None, head)
    ledger.submit("Vega")
    assert ledger.ledger.act(again, by=SECRETARIAT).position == head
    with pytest.raises(TurnedAway, match="id-reused"):
        ledger.ledger.act(act(AcceptCase(case_id=uuid(1)), 1), by=SECRETARIAT)


def test_the_answer_to_what_is_so_already_stays_though_others_append_before_it_is_given(
    ledger: Small, monkeypatch: pytest.MonkeyPatch
):
    case = ledger.submit()
    ledger.accept(case)
    real = ledger.recorder.insert_events

    def stored_and_then_others(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(ledger.recorder, "insert_events", real)
        stored = real(*given, **more)
        ledger.submit("Vega")
        return stored

    monkeypatch.setattr(ledger.recorder, "insert_events", stored_and_then_others)
    again = act(AcceptCase(case_id=case), 1)
    first = ledger.ledger.act(again, by=SECRETARIAT)
    assert ledger.ledger.act(again, by=SECRETARIAT) == replace(first, repeated=True)


def test_a_lost_acknowledgement_retried_gives_the_first_receipt(ledger: Small, monkeypatch: pytest.MonkeyPatch):
    sent = act(dissent(ledger.submit(), 1), 1)
    real = ledger.recorder.insert_events

    def stored_and_then_cut(*given: Any, **more: Any) -> Any:
        real(*given, **more)
        raise OutcomeUnknown("the connection broke after the commit")

    with monkeypatch.context() as broken:
        broken.setattr(ledger.recorder, "insert_events", stored_and_then_cut)
        with pytest.raises(OutcomeUnknown):
            ledger.ledger.act(sent, by=DHS)
    head = ledger.recorder.head()
    receipt = ledger.ledger.act(sent, by=DHS)
    assert receipt.repeated
    assert receipt.events[0].position == head == ledger.recorder.head()


def test_after_its_payload_is_destroyed_an_act_still_gets_its_receipt_and_confirms_no_guess(
    ledger: Small, monkeypatch: pytest.MonkeyPatch
):
    case = ledger.submit()
    first = ledger.ledger.act(act(dissent(case, 1), 1), by=DHS)
    monkeypatch.setattr(ledger.recorder, "disclosures", lambda positions: {})
    for guess in (act(dissent(case, 1), 1), act(dissent(case, 1, "Another guess."), 1)):
        assert ledger.ledger.act(guess, by=DHS).events == first.events


# --- what may not come in ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("marking", "protected", "code"),
    [
        ("unclassified", None, "marking-unknown"),
        ("UNCLASSIFIED//NOFORN", None, "marking-unknown"),
        (CUI, OPEN, "marking-protected"),
        (OPEN, "nonsense", "marking-unknown"),
    ],
)
def test_a_marking_that_is_none_is_turned_away(ledger: Small, marking: str, protected: str | None, code: str):
    head = ledger.recorder.head()
    with pytest.raises(TurnedAway, match=code):
        ledger.ledger.act(act(dissent(uuid(1), 1), 1, marking=marking, protected_marking=protected), by=DHS)
    assert ledger.recorder.head() == head


def test_what_is_marked_above_the_ceiling_is_turned_away(tmp_path: Path):
    recorder = SQLiteRecorder(tmp_path / "low.db", verify=wire.verify)
    try:
        low = Small(recorder)
        low.act(founding(LEDGER, "CUI"), INSTALLATION)
        for marking, protected in ((SECRET, None), (OPEN, SECRET)):
            with pytest.raises(TurnedAway, match="marking-above-ceiling"):
                low.act(dissent(uuid(1), 1), DHS, marking=marking, protected=protected)
    finally:
        recorder.close()


def test_nobody_marks_above_their_own_clearance(ledger: Small):
    low = replace(DHS, clearance=UNCLEARED)
    with pytest.raises(TurnedAway, match="marking-above-yours"):
        ledger.ledger.act(act(dissent(uuid(1), 1), 1, marking=CUI), by=low)


def test_a_version_that_moved_turns_the_act_away_and_uses_up_no_id(ledger: Small):
    case = ledger.submit()
    sent = act(dissent(case, 1), 1)
    with pytest.raises(TurnedAway, match="version-moved"):
        ledger.ledger.act(sent, by=DHS, if_version=7)
    assert ledger.ledger.act(sent, by=DHS, if_version=1).refused is None


# --- refusals ------------------------------------------------------------------------------------------------------


def ground(ledger: Small, receipt: Any) -> str:
    """The ground of a refusal, as the record protects it."""
    position = receipt.events[0].position
    document = ledger.recorder.documents([position])[position]
    event = wire.load(document, ledger.recorder.disclosures([position])[position]).event
    assert isinstance(event, ActionRefused)
    assert isinstance(event.ground, str)
    return event.ground


def test_a_hidden_case_is_answered_like_one_that_does_not_exist_and_nothing_of_it_enters_the_refusal(ledger: Small):
    hidden = ledger.submit(marking=SECRET)
    low = replace(DHS, clearance=UNCLEARED)
    real = ledger.ledger.act(act(dissent(hidden, 1), 1), by=low)
    none = ledger.ledger.act(act(dissent(uuid(404), 1), 2), by=low)
    assert real.refused == none.refused
    assert real.refused is not None
    assert real.refused.code == "not-found"
    assert [ground(ledger, each) for each in (real, none)] == ["not-found", "not-found"]
    for receipt in (real, none):
        recorded = wire.load(ledger.recorder.documents([receipt.position])[receipt.position])
        assert (recorded.marking, recorded.protected_marking) == (OPEN, OPEN)


def test_a_refusal_is_marked_with_the_join_of_its_command_and_its_case(ledger: Small):
    case = ledger.submit(marking=CUI)
    receipt = ledger.refused(case)
    recorded = wire.load(ledger.recorder.documents([receipt.position])[receipt.position])
    assert (recorded.marking, recorded.stream) == (CUI, f"refusal-{receipt.act}")


# --- what follows in other streams ---------------------------------------------------------------------------------


def markings(ledger: Small, receipt: Any) -> dict[str, tuple[str, str]]:
    """Stream → how the act's events in it, and their protected parts, are marked."""
    found = {}
    for each in receipt.events:
        recorded = wire.load(ledger.recorder.documents([each.position])[each.position])
        found[each.stream] = (recorded.marking, recorded.protected_marking)
    return found


def test_what_follows_in_a_case_is_marked_as_the_case_at_least(ledger: Small):
    low, high = ledger.submit("Orion"), ledger.submit("Vega", marking=SECRET)
    leaving = WithdrawParticipant(participant=ACME.actor.participant, reason=None)  # type: ignore[arg-type]
    receipt = ledger.act(leaving, ACME, marking=OPEN, protected=CUI)
    assert markings(ledger, receipt) == {
        f"case-{low}": (OPEN, CUI),
        f"case-{high}": (SECRET, str(join(parse(SECRET), parse(CUI)))),
        f"participant-{ACME.actor.participant}": (OPEN, CUI),
    }


def test_a_consultation_is_noted_in_its_case_as_the_case_is_marked_at_least(ledger: Small):
    case = ledger.submit(marking=SECRET)
    opening = OpenConsultation(
        consultation_id=uuid(800),
        kind=SubjectKind.CASE,
        case_id=case,
        asked=(OfficeCode("commerce"),),
        question=digest("question"),
        question_text="What do you think of it?",
    )
    opened = ledger.done(opening, DHS)
    closed = ledger.done(CloseConsultation(consultation_id=uuid(800)), DHS)
    for receipt in (opened, closed):
        assert markings(ledger, receipt) == {
            f"consultation-{uuid(800)}": (OPEN, OPEN),
            f"case-{case}": (SECRET, SECRET),
        }


def test_what_follows_where_the_actor_may_not_look_is_not_in_its_receipt(ledger: Small):
    below = replace(DHS, clearance=UNCLEARED)
    window: dict[str, Any] = {"starts_at": ledger.now + timedelta(days=1), "ends_at": ledger.now + timedelta(days=2)}

    of: dict[str, Any] = {
        "owner_name": "Prairie Water (invented)",
        "agreement": digest("agreement"),
        "targets": (ScanTarget(kind=TargetKind.DOMAIN, value="water.example"),),
    }

    def scan(number: int) -> RequestScan:
        return RequestScan(scan_id=uuid(6000 + number), purpose="Known flaws (invented)", **of, **window)

    hidden = ledger.ledger.act(act(scan(1), 1, marking=SECRET), by=DHS)
    sent = act(scan(2), 2)
    first = ledger.ledger.act(sent, by=below)
    ends = hidden.position + 4
    assert ledger.recorder.head() == ends, "the hidden scan gives way"
    assert [entry.position for entry in first.events] == [ends - 3, ends - 2, ends - 1]
    assert first.position == ends - 1
    assert ledger.ledger.act(sent, by=below) == replace(first, repeated=True)
    assert ledger.ledger.receipt(first.act, UNCLEARED) == replace(first, repeated=True)
    seen = ledger.ledger.receipt(first.act, DHS.clearance)
    assert seen is not None
    assert seen.events[-1].stream == hidden.events[0].stream


def test_a_refusal_moves_no_stream_but_its_own(ledger: Small):
    case = ledger.submit()
    before = ledger.recorder.read_stream(f"case-{case}")
    ledger.refused(case)
    assert ledger.recorder.read_stream(f"case-{case}") == before


# --- nothing old decides -------------------------------------------------------------------------------------------


def a_proposal(case: Any, n: int = 1) -> ProposeAssessment:
    return ProposeAssessment(
        case_id=case,
        assessment_id=uuid(600 + n),
        standard=Reference(id="Cyber evaluation", version=1, digest=digest("standard")),
        finding=Finding.CONCERN,
        severity="5.0",
        findings="Found.",
    )


def delegated(ledger: Small) -> Any:
    """DHS's lead lets a deputy file assessments; another person of DHS has proposed one."""
    case = ledger.submit()
    ledger.accept(case)
    lead = replace(DHS, person=replace(DHS.person, id=uuid(70)))  # type: ignore[type-var]
    post = AssumePost(
        office=OfficeCode("dhs"),
        post=PostCode("assessment-lead"),
        holder=uuid(70),
        holder_name="Lead Example",
        assumed_on=ledger.now.date(),
    )
    ledger.done(post, SECRETARIAT)
    grant = GrantDelegation(
        office=OfficeCode("dhs"),
        delegation_id=uuid(71),
        taker=uuid(77),
        taker_name="Deputy Example",
        post=PostCode("assessment-lead"),
        scope=("case.file-assessment.v1",),
        valid_from=ledger.now,
        valid_until=ledger.now + timedelta(days=30),
    )
    ledger.done(grant, lead)
    ledger.done(a_proposal(case), DHS)
    return case, lead


def between_decision_and_append(ledger: Small, monkeypatch: pytest.MonkeyPatch, happens: Callable[[], object]) -> None:
    """Something happens once, after the next act is decided and before it is appended."""
    real, left = ledger.recorder.insert_events, [happens]

    def insert(*given: Any, **more: Any) -> Any:
        if left:
            left.pop()()
        return real(*given, **more)

    monkeypatch.setattr(ledger.recorder, "insert_events", insert)


def test_a_delegation_that_is_revoked_between_decision_and_append_refuses(
    ledger: Small, monkeypatch: pytest.MonkeyPatch
):
    case, lead = delegated(ledger)
    other = Ledger(ledger.recorder, clock=lambda: ledger.now)
    revoking = RevokeDelegation(office=OfficeCode("dhs"), delegation_id=uuid(71))
    between_decision_and_append(ledger, monkeypatch, lambda: other.act(act(revoking, 50), by=lead))
    filing = act(FileAssessment(case_id=case, assessment_id=uuid(601)), 51, delegation=uuid(71))
    receipt = ledger.ledger.act(filing, by=DEPUTY)
    assert receipt.refused is not None
    assert receipt.refused.code == "delegation-not-in-force"


def test_a_refusal_is_not_decided_on_what_was_old_either(ledger: Small, monkeypatch: pytest.MonkeyPatch):
    case = ledger.submit()
    other = Ledger(ledger.recorder, clock=lambda: ledger.now)
    accepting = act(AcceptCase(case_id=case), 50)
    between_decision_and_append(ledger, monkeypatch, lambda: other.act(accepting, by=SECRETARIAT))
    assert ledger.ledger.act(act(a_proposal(case), 51), by=DHS).refused is None


def test_an_act_that_is_always_late_is_told_so_and_recorded_nowhere(ledger: Small, monkeypatch: pytest.MonkeyPatch):
    case = ledger.submit()
    other = Ledger(ledger.recorder, clock=lambda: ledger.now)
    real, count = ledger.recorder.insert_events, iter(range(1000))

    def insert(*given: Any, **more: Any) -> Any:
        monkeypatch.setattr(ledger.recorder, "insert_events", real)
        other.act(act(dissent(case, 100 + next(count)), 100 + next(count)), by=DHS)
        monkeypatch.setattr(ledger.recorder, "insert_events", insert)
        return real(*given, **more)

    monkeypatch.setattr(ledger.recorder, "insert_events", insert)
    late = act(dissent(case, 1), 1)
    with pytest.raises(Busy):
        ledger.ledger.act(late, by=DHS)
    assert ledger.recorder.act(act_id(LEDGER, str(DHS.actor), late.id)) is None


def test_many_who_act_on_one_case_at_once_are_each_recorded_once_and_in_order(ledger: Small, where: str):
    case = ledger.submit()
    elsewhere = opened_at(where, verify=wire.verify)
    others = Ledger(elsewhere, clock=lambda: ledger.now)
    receipts: list[Any] = []

    def work(which: Ledger, first: int) -> None:
        for n in range(first, first + 25):
            while True:
                try:
                    receipts.append(which.act(act(dissent(case, n), n), by=DHS))
                    break
                except Busy:
                    continue

    try:
        threads = [
            threading.Thread(target=work, args=(which, first))
            for first, which in ((1, ledger.ledger), (101, ledger.ledger), (201, others), (301, others))
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        elsewhere.close()
    assert len(receipts) == 100
    assert all(r.refused is None and len(r.events) == 1 for r in receipts)
    rows = ledger.recorder.read_stream(f"case-{case}")
    assert [version for _, version, _ in rows] == list(range(1, 102))


def test_what_is_kept_in_memory_is_what_a_replay_of_the_documents_gives(ledger: Small):
    case, _ = delegated(ledger)
    ledger.refused(case)
    streams = {wire.load(document).stream for _, _, document in ledger.recorder.read(0, 1000)}
    checked = 0
    for stream in map(StreamId, streams):
        rules = rules_of(stream)
        if rules is None:
            continue
        state = rules.initial
        for _, _, document in ledger.recorder.read_stream(stream):
            state = rules.evolve(state, wire.load(document))
        assert ledger.ledger.state(stream).state == state
        checked += 1
    assert checked > 30


def test_the_installation_opens_a_ledger_once_and_can_do_nothing_else(ledger: Small):
    receipt = ledger.act(dissent(ledger.submit(), 1), INSTALLATION)
    assert receipt.refused is not None
    assert receipt.refused.code == "not-your-act"


def test_who_is_nobody_known_is_refused(ledger: Small):
    stranger: Principal = principal(ActorKind.OFFICE, "nobody", "Nobody")
    receipt = ledger.act(dissent(ledger.submit(), 1), stranger)
    assert receipt.refused is not None
    assert receipt.refused.code == "office-unknown"


def test_a_developer_does_not_learn_of_a_case_of_another(ledger: Small):
    ledger.enrol(ZENITH)
    case = ledger.submit(by=ACME)
    real, none = ledger.refused(case, by=ZENITH), ledger.refused(uuid(404), by=ZENITH)
    assert real.refused == none.refused


def test_the_ground_of_what_is_hidden_stays_in_the_record_where_the_act_protects_it_as_much(ledger: Small):
    ledger.enrol(ZENITH)
    case = ledger.submit(by=ACME, marking=CUI)
    told = [ledger.act(WithdrawCase(case_id=case), ZENITH, marking=OPEN, protected=high) for high in (None, CUI)]
    assert [ground(ledger, each) for each in told] == ["not-found", "not-cleared"]
