"""A life of cases that keeps every law of the record after every step, whatever is asked in it.

Three records live the same life. In one the timer runs now and then, in one never, and in one as soon as there is
something to note: all answers are the same. Acts may be recorded long after they were taken in.
"""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import cache
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from pydantic import TypeAdapter

from domain import rules, wire
from domain.commands import Command
from domain.commands.case import ReportRelease, WithdrawCase
from domain.errors import Refused
from domain.events import Event
from domain.events.case import (
    AssessmentNotShared,
    Audience,
    DeterminationIssued,
    DissentFiled,
    InformationDeclined,
    TrustedPartnerNotAgreed,
)
from domain.events.consultation import ConsultationDeclined, ConsultationDuePassed
from domain.events.office import HolderAssumed, HolderVacated
from domain.message import WITHHELD
from domain.recorded import Recorded
from domain.values import CaseId, PersonId, StreamId
from tests.domain import readings
from tests.domain.cast import CLOCK, DEVELOPER, DHS, NSA, RIVAL, SECRETARIAT, TREASURY, Somebody
from tests.domain.given import BEFORE, DAY, HOUR, MINUTE, NOON, Fact, World, asked, world
from tests.domain.lives import CASES, CONSULTATIONS, TIMERS, Asking, fitting
from tests.domain.requests import but, record_due, record_end, record_lapse

NEW_YORK = ZoneInfo("America/New_York")
LONGEST = timedelta(days=30)
UNSPOKEN = (
    InformationDeclined,
    ConsultationDeclined,
    ConsultationDuePassed,
    AssessmentNotShared,
    TrustedPartnerNotAgreed,
)
"""That somebody said nothing, or would not."""
OWNERS = dict(zip(CASES, (DEVELOPER, DEVELOPER, RIVAL), strict=True))
Answer = tuple[str, list[Event]]


@cache
def form(event_type: str) -> TypeAdapter[Any]:
    return TypeAdapter(wire.EVENTS[event_type])


class Living(RuleBasedStateMachine):
    """Time passes, timers run; and after each step the laws hold. What is asked, each kind of life says itself."""

    def __init__(self) -> None:
        super().__init__()
        self.now = NOON
        self.step = 0
        self.sometimes = self.never = self.at_once = world()
        self.access: dict[CaseId, timedelta] = defaultdict(timedelta)
        self.checked = 0
        self.director: PersonId | None = None
        self.dissents: set[str] = set()

    def begin_with(self, told: Iterable[Event | Fact]) -> None:
        told = [*told]
        self.sometimes, self.never, self.at_once = (world(*told) for _ in range(3))
        self.note_at_once()

    @rule(asking=fitting(TIMERS))
    def a_timer_runs(self, asking: Asking) -> None:
        self.answer(self.sometimes, *asking, self.now, f"timer {self.step} {self.now}")

    @rule(passes=st.sampled_from([MINUTE, HOUR, DAY, 5 * DAY, 20 * DAY]))
    def time_passes(self, passes: timedelta) -> None:
        self.go_to(self.now + passes)

    @rule(which=st.integers(0, 99), off=st.sampled_from([-MINUTE, timedelta(0), MINUTE]))
    def it_is_about_the_time_of_something(self, which: int, off: timedelta) -> None:
        due = sorted(at + off for at in self.what_is_due() if at + off > self.now)
        if due:
            self.go_to(due[which % len(due)])

    def ask(self, command: Command, by: Somebody, lag: timedelta) -> None:
        self.step += 1
        taken_in_at = max(self.now - lag, BEFORE)
        before = {**self.sometimes.states}
        answers = [
            self.answer(known, command, by, taken_in_at, f"act {self.step}")
            for known in (self.sometimes, self.never, self.at_once)
        ]
        said, events = answers[0]
        # 7: whether, and when, a timer ran changes no answer
        assert [(each, [e for e in made if not readings.is_note(e)]) for each, made in answers] == [
            (said, [e for e in events if not readings.is_note(e)])
        ] * 3
        if said != "yes":  # 9: who is refused changes nothing
            assert all(self.sometimes.states[name] is before[name] for name in before)
            assert self.sometimes.states.keys() == before.keys()
        else:  # asking again adds nothing
            assert self.answer(self.sometimes, command, by, taken_in_at, "again", record=False)[1] == []
        self.note_at_once()

    def answer(
        self, known: World, command: Command, by: Somebody, taken_in_at: datetime, called: str, *, record: bool = True
    ) -> Answer:
        """What the rules say, recorded; nothing but a refusal may be raised."""
        question = asked(by, taken_in_at, recorded_at=self.now)
        try:
            states = known.read(command, question)
            events, stands = known.decide(command, question)
        except Refused as refused:
            return refused.code, []
        if events:  # what may not be asked now is never accepted
            rules.may(type(command), rules.target(command, question), question, states)
        for event in events:
            assert form(event.type).validate_json(wire.canonical(event), strict=True) == event
        if record:
            known.append(events, by=by, taken_in_at=taken_in_at, recorded_at=self.now, stands=stands, called=called)
        return "yes", events

    def note_at_once(self) -> None:
        """In one record the timer notes everything as soon as it can."""
        known = self.at_once
        for case in CASES:
            state = known.state(f"case-{case}")
            if state.review_lapsed(self.now) and not state.lapse_recorded:
                self.note(but(record_lapse, case_id=case))
            if state.open_for and state.window_ended(self.now) and not state.end_recorded:
                self.note(but(record_end, case_id=case))
        for consultation in CONSULTATIONS:
            waiting = known.state(f"consultation-{consultation}")
            if waiting.due_passed(self.now) and not waiting.due_recorded and waiting.closed_at is None:
                self.note(but(record_due, consultation_id=consultation))

    def note(self, command: Command) -> None:
        said, events = self.answer(self.at_once, command, CLOCK, self.now, f"note {len(self.at_once.log)}")
        assert (said, len(events)) == ("yes", 1)

    def go_to(self, then: datetime) -> None:
        """Let time pass; how long somebody has access is measured as it does."""
        for case in CASES:
            state = self.never.state(f"case-{case}")
            end = state.window_end()
            if state.open_for and end is not None:
                self.access[case] += max(min(end.at, then) - self.now, timedelta(0))
        self.now = then
        self.note_at_once()

    def what_is_due(self) -> list[datetime]:
        states = [self.never.state(f"case-{case}") for case in CASES]
        ends = [state.window_end() for state in states]
        consultations = [self.never.state(f"consultation-{each}") for each in CONSULTATIONS]
        return [
            *(end.at for end in ends if end is not None),
            *(each.review_due_at for each in states if each.review_due_at is not None),
            *(each.due_at for each in consultations if each.due_at is not None),
        ]

    # What is always so

    @invariant()
    def access_to_one_model_version_totals_at_most_thirty_days(self) -> None:
        for case in CASES:
            assert self.access[case] <= LONGEST + HOUR  # an hour more where the clocks of New York go back
            longest = readings.window_end(self.never.log, case)
            for known in (self.sometimes, self.never, self.at_once):
                state = known.state(f"case-{case}")
                end = state.window_end()
                assert (end is None) == (longest is None)
                if end is not None and longest is not None:
                    assert end.at <= longest
                    assert state.first_opened_at == readings.begun(known.log, case)
                    if state.window_policy == "POLICY:ACCESS-WINDOW-1":
                        assert end.at == longest
                    assert not state.access_open(longest)

    @invariant()
    def withdrawal_and_a_release_report_are_accepted_in_every_state(self) -> None:
        for case, owner in OWNERS.items():
            if f"case-{case}" in self.never.states:
                release = ReportRelease(case_id=case, audience=Audience.PUBLIC, released_at=self.now)
                for command in (WithdrawCase(case_id=case), release):
                    said, _ = self.answer(self.sometimes, command, owner, self.now, "?", record=False)
                    assert said == "yes"

    @invariant()
    def what_was_recorded_keeps_the_law(self) -> None:
        for recorded in self.sometimes.log[self.checked :]:
            self.keeps_the_law(recorded)
        self.checked = len(self.sometimes.log)
        kept = {dissent for case in CASES for dissent in self.sometimes.state(f"case-{case}").dissents}
        assert self.dissents <= kept

    def keeps_the_law(self, recorded: Recorded[Event]) -> None:
        match recorded.event:
            case HolderAssumed(office="nsa", post="director") as assumed:
                self.director = assumed.holder
            case HolderVacated(office="nsa", post="director"):
                self.director = None
            case DeterminationIssued() if recorded.recorded_at > BEFORE:
                assert recorded.actor == "office/nsa"
                assert recorded.by is not None
                assert recorded.by is not WITHHELD
                assert (recorded.by.post, recorded.by.person) == ("director", self.director)
                assert recorded.delegation is None
            case DissentFiled() as dissent:
                self.dissents.add(dissent.dissent_id)
            case _:
                pass

    @invariant()
    def at_most_one_determination_is_in_force_and_every_earlier_one_has_a_successor(self) -> None:
        for case in CASES:
            issued = readings.in_force(self.sometimes.log, case)
            ids = [each.determination_id for each in issued]
            assert [each.supersedes for each in issued] == [None, *ids][: len(ids)]
            state = self.sometimes.state(f"case-{case}")
            assert state.in_force == (ids[-1] if ids else None)
            successors = [each.superseded_by for each in state.determinations.values()]
            assert successors == [*ids[1:], None][: len(ids)]

    @invariant()
    def what_is_withdrawn_is_left_alone_and_nobody_files_what_they_wrote(self) -> None:
        for case in CASES:
            assert readings.after_withdrawal(self.sometimes.log, case) == []
            assert all(author != filer for author, filer in readings.author_and_filer(self.sometimes.log, case))

    def teardown(self) -> None:
        """10: any prefix replays, and what follows from documents without disclosures is what was lived."""
        log = self.sometimes.log
        half = log[: len(log) // 2]
        assert readings.followed(half) == readings.replayed(half)
        assert readings.followed(log) == readings.replayed(log) == self.sometimes.states
        self.silence_and_refusing_to_speak_are_to_nobody_s_disadvantage()

    def silence_and_refusing_to_speak_are_to_nobody_s_disadvantage(self) -> None:
        """5: who may do what is the same had nobody declined, and had nobody noted who was silent."""
        quiet = [r for r in self.sometimes.log if not isinstance(r.event, UNSPOKEN)]
        if len(quiet) == len(self.sometimes.log):
            return
        unspoken = readings.followed(quiet)
        streams = [StreamId(f"case-{case}") for case in CASES] + [StreamId(f"consultation-{c}") for c in CONSULTATIONS]
        for by in (SECRETARIAT, TREASURY, NSA, DHS, DEVELOPER):
            for stream in streams:
                for command in rules.commands_on(stream.partition("-")[0]):
                    question = asked(by, self.now)
                    said = readings.may(self.sometimes.states, command, stream, question)
                    assert readings.may(unspoken, command, stream, question) == said
