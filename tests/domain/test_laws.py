"""Whole lives of cases, made up at random, keep every law of the record after every step: see `living` for the laws."""

from datetime import timedelta
from typing import Any
from zoneinfo import ZoneInfo

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from domain.events import Event
from domain.events.case import Audience, Basis, Result
from domain.values import CaseId
from tests.domain import facts, requests
from tests.domain.cast import DEVELOPER, DHS, NSA, SECRETARIAT, TREASURY
from tests.domain.given import DAY, HOUR, MINUTE
from tests.domain.lives import (
    AROUND_IT,
    CASES,
    IN_A_CASE,
    STAGES,
    UPHEAVAL,
    Ask,
    Asking,
    anything,
    fitting,
    of_case,
    sensibly,
)
from tests.domain.living import Living
from tests.domain.requests import but
from tests.domain.rules.test_case_access import SHORTER

NEW_YORK = ZoneInfo("America/New_York")
STEPS_ON = ("submit", "accept", "terms", "open", "propose", "file", "determine")
LAGS = st.sampled_from([timedelta(0)] * 4 + [MINUTE, HOUR, DAY, 3 * DAY])
"""How long before it is recorded something was taken in."""


def some_of(every: dict[str, Ask], *names: str) -> dict[str, Ask]:
    return {name: every[name] for name in names}


class Lives(Living):
    """Everybody asks everything, mostly what makes sense."""

    @initialize(stages=st.tuples(*[st.sampled_from(STAGES)] * len(CASES)), asked_about=st.booleans())
    def begin(self, *, stages: tuple[tuple[Event, ...], ...], asked_about: bool) -> None:
        told: list[Event] = [fact for number, stage in enumerate(stages) for fact in of_case(stage, number)]
        if asked_about and stages[0]:
            told += [facts.consulted, facts.consultation_noted]
        self.begin_with(told)

    @rule(asking=fitting(IN_A_CASE), lag=LAGS)
    def something_is_asked_of_a_case(self, asking: Asking, lag: timedelta) -> None:
        self.ask(*sensibly(asking, self.sometimes, self.now), lag)

    @rule(asking=fitting(IN_A_CASE), lag=LAGS)
    def something_careless_is_asked_of_a_case(self, asking: Asking, lag: timedelta) -> None:
        self.ask(*asking, lag)

    @rule(name=st.sampled_from(STEPS_ON), case=st.sampled_from(CASES), data=st.data())
    def a_case_goes_on(self, name: str, case: CaseId, data: st.DataObject) -> None:
        command, by = data.draw(IN_A_CASE[name].strategy(IN_A_CASE[name].fitting))
        about = command if name == "submit" else but(command, case_id=case)
        self.ask(*sensibly((about, by), self.sometimes, self.now), timedelta(0))

    @rule(asking=fitting(AROUND_IT), lag=LAGS)
    def something_is_asked_around_it(self, asking: Asking, lag: timedelta) -> None:
        self.ask(*sensibly(asking, self.sometimes, self.now), lag)

    @rule(asking=anything(), lag=LAGS)
    def anybody_asks_anything(self, asking: Asking, lag: timedelta) -> None:
        self.ask(*asking, lag)

    @precondition(lambda self: self.step % 8 == 7)
    @rule(asking=fitting(UPHEAVAL), lag=LAGS)
    def much_comes_to_an_end(self, asking: Asking, lag: timedelta) -> None:
        self.ask(*sensibly(asking, self.sometimes, self.now), lag)


class Windows(Living):
    """One model, and all that begins, moves and ends access to it."""

    @initialize(stage=st.sampled_from([facts.ready, facts.in_access]))
    def begin(self, stage: tuple[Event, ...]) -> None:
        self.begin_with([*stage, but(facts.terms_agreed, office=DHS.office)])

    @rule(by=st.sampled_from([TREASURY, DHS]), basis=st.sampled_from(Basis), lag=LAGS)
    def an_office_opens_access(self, by: Any, basis: Basis, lag: timedelta) -> None:
        self.ask(but(requests.open_access, basis=basis), by, lag)

    @rule(lag=LAGS)
    def the_developer_closes_it(self, lag: timedelta) -> None:
        self.ask(requests.close_access, DEVELOPER, lag)

    @rule(days=st.none() | st.integers(-3, 8), lag=LAGS)
    def the_developer_plans(self, days: int | None, lag: timedelta) -> None:
        day = None if days is None else self.now.astimezone(NEW_YORK).date() + timedelta(days=days)
        self.ask(but(requests.revise_plan, partners_on=day), DEVELOPER, lag)

    @precondition(lambda self: self.step % 6 == 5)
    @rule(ago=st.sampled_from([timedelta(0), HOUR, 5 * DAY]), audience=st.sampled_from(Audience), lag=LAGS)
    def the_developer_releases(self, ago: timedelta, audience: Audience, lag: timedelta) -> None:
        self.ask(but(requests.report_release, audience=audience, released_at=self.now - ago), DEVELOPER, lag)

    @precondition(lambda self: self.step % 4 == 3)
    @rule(lag=LAGS)
    def the_developer_withdraws(self, lag: timedelta) -> None:
        self.ask(requests.withdraw, DEVELOPER, lag)

    @rule(days=st.none() | st.integers(1, 40))
    def the_developer_offers_it_again_and_it_is_accepted(self, days: int | None) -> None:
        day = None if days is None else self.now.date() + timedelta(days=days)
        self.ask(but(requests.submit, partners_on=day), DEVELOPER, timedelta(0))
        self.ask(requests.accept, SECRETARIAT, timedelta(0))

    @precondition(lambda self: self.step % 4 == 1)
    @rule(result=st.sampled_from(Result), lag=LAGS)
    def nsa_determines(self, result: Result, lag: timedelta) -> None:
        asking = (but(requests.determine, result=result), NSA)
        self.ask(*sensibly(asking, self.sometimes, self.now), lag)

    @precondition(lambda self: self.step % 10 == 9)
    @rule()
    def the_secretariat_makes_windows_shorter(self) -> None:
        self.ask(SHORTER, SECRETARIAT, timedelta(0))

    @precondition(lambda self: self.step % 10 == 5)
    @rule(lag=LAGS)
    def the_secretariat_closes_the_case(self, lag: timedelta) -> None:
        self.ask(requests.close, SECRETARIAT, lag)


class FinalAuthority(Living):
    """Who determines, on what, in place of what; who dissents, and who holds the post."""

    @initialize()
    def begin(self) -> None:
        self.begin_with(facts.assessed)

    @rule(
        asking=fitting({name: IN_A_CASE[name] for name in ("determine", "after consultation", "again", "answer again")})
    )
    def something_is_asked_about_it(self, asking: Asking) -> None:
        self.ask(*self.of_the_one(sensibly(asking, self.sometimes, self.now)), timedelta(0))

    @rule(asking=IN_A_CASE["determine"].strategy([NSA]), lag=LAGS)
    def the_director_is_careless(self, asking: Asking, lag: timedelta) -> None:
        self.ask(*self.of_the_one(asking), lag)

    @rule(asking=fitting(some_of(IN_A_CASE, "dissent", "propose", "file", "accept", "submit")))
    def something_is_done_beside_it(self, asking: Asking) -> None:
        self.ask(*self.of_the_one(sensibly(asking, self.sometimes, self.now)), timedelta(0))

    @rule(
        asking=fitting({name: AROUND_IT[name] for name in ("assume", "vacate", "grant", "pass on", "revoke")}), lag=LAGS
    )
    def somebody_comes_or_goes(self, asking: Asking, lag: timedelta) -> None:
        self.ask(*sensibly(asking, self.sometimes, self.now), lag)

    @precondition(lambda self: self.step % 10 == 9)
    @rule(lag=LAGS)
    def the_developer_withdraws(self, lag: timedelta) -> None:
        self.ask(requests.withdraw, DEVELOPER, lag)

    @staticmethod
    def of_the_one(asking: Asking) -> Asking:
        command, by = asking
        return (but(command, case_id=facts.CASE) if hasattr(command, "case_id") else command), by


def lived(kind: type[RuleBasedStateMachine], lives: int, steps: int) -> Any:
    """The test case of such lives; the same ones every time."""
    kind.TestCase.settings = settings(
        max_examples=lives,
        stateful_step_count=steps,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
    )
    return kind.TestCase


TestLives = lived(Lives, 120, 50)
TestWindows = lived(Windows, 130, 40)
TestFinalAuthority = lived(FinalAuthority, 90, 40)
