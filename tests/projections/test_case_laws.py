"""Whatever happens, in whatever order: what a row says of a case at any time is what the rules say."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import msgspec
from hypothesis import given, note, settings
from hypothesis import strategies as st

from domain import wire
from domain.commands.case import RecordAccessEnd, RecordReviewLapse
from domain.commands.consultation import RecordConsultationDue
from domain.errors import Refused
from domain.events import Event
from domain.recorded import Recorded
from domain.rules.case import Case, Phase
from domain.rules.consultation import DECLINED, Consultation
from domain.values import CaseId, ConsultationId
from projections.authority_row import FinalAuthority
from projections.case.at import case_at
from projections.case.consultation_parts import Word, consulted
from projections.case.row import CaseStatus
from projections.case_status import CASE_STATUS
from projections.clocks import CLOCKS, Clocks, clocks_of, to_record
from projections.determined import determined
from projections.final_authority import FINAL_AUTHORITY
from projections.parts import upto
from projections.ticking import Clock, What
from projections.view import View
from tests.domain import facts
from tests.domain.cast import CLOCK
from tests.domain.given import NOON, World, asked, world
from tests.domain.lives import AROUND_IT, CASES, IN_A_CASE, STAGES, TIMERS, UPHEAVAL, Asking, fitting, of_case, sensibly

PAUSES = st.sampled_from([*[0] * 6, 1, 5, 60, 60 * 24, 60 * 24 * 3, 60 * 24 * 11])
LAGS = st.sampled_from([*[0] * 6, 1, 60, 60 * 24])
ANSWERS = {name: each for name, each in AROUND_IT.items() if "consult" in name or "answer" in name or "ack" in name}
ENDS = {name: each for name, each in UPHEAVAL.items() if "instrument" not in name and name != "amend"}
ASKINGS = st.one_of(*[fitting(IN_A_CASE)] * 12, *[fitting(ANSWERS)] * 4, fitting(TIMERS), fitting(ENDS))


@dataclass(frozen=True)
class Lived:
    """What has happened, and until when."""

    world: World
    now: datetime

    def cases(self) -> list[CaseId]:
        """Every case that there is."""
        return [CaseId(stream.removeprefix("case-")) for stream in self.world.states if stream.startswith("case-")]

    def documents(self) -> list[Recorded[Event]]:
        """What a view gets of it."""
        return [wire.load(wire.dump(recorded)[0]) for recorded in self.world.log]


@st.composite
def lives(draw: st.DrawFn) -> Lived:
    """A record in which three cases go their way, and acts are recorded later than they were taken in."""
    stages = draw(st.tuples(*[st.sampled_from(STAGES)] * len(CASES)))
    told: list[Any] = [fact for number, stage in enumerate(stages) for fact in of_case(stage, number)]
    if stages[0] and draw(st.booleans()):
        told += [facts.consulted, facts.consultation_noted]
    made, now = world(*told), NOON
    steps: list[tuple[Asking, int, int]] = draw(st.lists(st.tuples(ASKINGS, PAUSES, LAGS), min_size=10, max_size=60))
    latest = now
    for asking, pause, lag in steps:
        now += timedelta(minutes=pause)
        recorded_at = max(latest, now + timedelta(minutes=lag))
        command, by = sensibly(asking, made, now)
        try:
            made.act(command, by=by, at=now, recorded_at=recorded_at)
            latest = recorded_at
        except Refused:
            continue
    for recorded in made.log:
        if recorded.stream.startswith(("case-", "consultation-")):
            note(f"{recorded.stream[:12]} {recorded.taken_in_at} {recorded.recorded_at} {recorded.event}")
    return Lived(made, max(latest, now))


def rows(view: View[Any], documents: Sequence[Recorded[Event]]) -> dict[Any, Any]:
    folded: dict[Any, Any] = {}
    for position, recorded in enumerate(documents, 1):
        for key in view.keys(recorded):
            folded[key] = view.evolve(folded.get(key), position, recorded)
    encode, decode = msgspec.json.encode, msgspec.json.Decoder(view.row).decode
    return {key: decode(encode(row)) for key, row in folded.items()}


def times(now: datetime) -> list[datetime]:
    return [now + timedelta(days=days) for days in (0, 1, 7, 20, 31, 90)]


def agrees(row: CaseStatus, case: Case, at: datetime) -> None:
    told, end = case_at(row, at), case.window_end()
    assert told.accepted == case.accepted(at)
    assert told.review_lapsed == case.review_lapsed(at)
    assert told.phase == (Phase.ACCEPTED if case.accepted(at) else case.phase)
    assert told.closed == case.closed
    assert (told.partners_on, told.public_on) == (case.plan.partners_on, case.plan.public_on)
    assert (told.access is None) == (end is None)
    if told.access is not None and end is not None:
        assert (told.access.ends_at, told.access.ends_because) == (end.at, end.cause)
        assert (told.access.open, told.access.ended) == (case.access_open(at), case.window_ended(at))
        assert set(told.access.open_for) == (case.open_for if case.access_open(at) else set())
    assert told.in_force == case.in_force
    assert {each.determination_id: (each.result, each.superseded_by) for each in told.determinations} == {
        id: (each.result, each.superseded_by) for id, each in case.determinations.items()
    }
    assert {each.determination_id: each.reconsideration_answer for each in told.determinations} == {
        id: each.reconsidered for id, each in case.determinations.items()
    }
    assert {each.assessment_id: (each.office, each.filed) for each in told.assessments} == {
        id: (each.office, each.filed) for id, each in case.assessments.items()
    }
    assert {each.assessment_id for each in told.assessments if each.superseded_by} == {
        id for id, each in case.assessments.items() if each.superseded
    }
    assert {each.assessment_id: {*each.shared_with, *each.not_shared_with} for each in told.assessments} == {
        id: {audience for audience, _ in each.shared} for id, each in case.assessments.items()
    }
    assert {each.request_id: each.answered for each in told.requests} == {
        id: each.answered for id, each in case.requests.items()
    }
    assert {each.selection_id: each.settled for each in told.partners} == {
        id: each.settled for id, each in case.selections.items()
    }
    assert set(told.public) == {id for id, each in case.public.items() if each.confirmed}
    assert {each.dissent_id for each in row.dissents} == set(case.dissents)
    assert {each.concern_id for each in row.concerns} == set(case.concerns)
    assert {each.breach_id for each in row.breaches} == set(case.breaches)


def agrees_on_answers(row: CaseStatus, known: World, at: datetime) -> None:
    for each in consulted(row, at):
        state: Consultation = known.state(f"consultation-{each.consultation_id}")
        said = {one.office: one for one in each.offices}
        assert {office for office, one in said.items() if one.asked} == set(state.asked)
        assert each.waiting_for() == state.silent()
        assert (each.due_passed, each.closed) == (state.due_passed(at), state.closed_at is not None)
        assert {office for office, one in said.items() if one.acknowledged} == state.acknowledged
        words = {
            office: one.view or DECLINED for office, one in said.items() if one.word in {Word.ANSWERED, Word.DECLINED}
        }
        assert words == state.answers


@given(lives())
@settings(max_examples=120)
def test_a_row_says_of_a_case_at_any_time_what_the_rules_say(lived: Lived):
    folded = rows(CASE_STATUS, lived.documents())
    assert set(folded) == set(lived.cases())
    for case_id, row in folded.items():
        for at in times(lived.now):
            agrees(row, lived.world.state(f"case-{case_id}"), at)
            agrees_on_answers(row, lived.world, at)


@given(lives())
@settings(max_examples=30)
def test_a_row_as_it_was_is_the_row_of_a_shorter_record(lived: Lived):
    documents = lived.documents()
    for view in (CASE_STATUS, CLOCKS, FINAL_AUTHORITY):
        whole = rows(view, documents)
        for position in range(len(documents), 0, -7):
            for key, row in rows(view, documents[:position]).items():
                assert upto(whole[key], position) == row


@given(lives())
@settings(max_examples=120)
def test_a_clock_is_due_exactly_when_the_rules_would_record_it(lived: Lived):
    folded: dict[str, Clocks] = rows(CLOCKS, lived.documents())
    for at in times(lived.now):
        due = {
            clock.stream + clock.what for row in folded.values() for clock in clocks_of(row, at) if is_due(clock, at)
        }
        recorded = {
            f"case-{case}{what}"
            for case in lived.cases()
            for what, command in ((What.CASE_REVIEW, RecordReviewLapse), (What.ACCESS_WINDOW, RecordAccessEnd))
            if is_recorded(lived.world, command(case_id=case), at)
        } | {
            f"{stream}{What.CONSULTATION}"
            for stream in lived.world.states
            if stream.startswith("consultation-")
            and is_recorded(
                lived.world,
                RecordConsultationDue(consultation_id=ConsultationId(stream.removeprefix("consultation-"))),
                at,
            )
        }
        assert due == recorded


def is_due(clock: Clock, at: datetime) -> bool:
    return to_record(clock) and clock.ends_at <= at


def is_recorded(known: World, command: Any, at: datetime) -> bool:
    """Whether the clock would record something new."""
    try:
        return bool(known.decide(command, asked(CLOCK, at))[0])
    except Refused:
        return False


@given(lives())
@settings(max_examples=120)
def test_at_every_position_one_determination_of_a_case_is_in_force_from_the_first_on(lived: Lived):
    folded: dict[CaseId, FinalAuthority] = rows(FINAL_AUTHORITY, lived.documents())
    for row in folded.values():
        every = list(determined(row, lived.now))
        for position in range(1, len(lived.world.log) + 1):
            then = [
                one.determination_id
                for one in every
                if one.position <= position and (one.until_position is None or position < one.until_position)
            ]
            assert len(then) == (1 if every and every[0].position <= position else 0)
            assert then == [one.determination_id for one in determined(upto(row, position), lived.now) if one.in_force]


@given(lives())
@settings(max_examples=20)
def test_what_the_columns_leave_out_of_a_search_hides_nothing_that_is_due(lived: Lived):
    """The timer asks for rows by `due_us`: a row with a clock to record has it, and no later than the clock."""
    for row in rows(CLOCKS, lived.documents()).values():
        _, due_us, *_ = CLOCKS.indexed(row)
        for at in times(lived.now):
            assert not [clock for clock in clocks_of(row, at) if is_due(clock, at)] or (
                isinstance(due_us, int) and due_us <= at.timestamp() * 1_000_000
            )
