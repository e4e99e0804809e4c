"""Whatever was asked in a life of cases has one answer for ever: later, elsewhere, after a restart, refused or not."""

from dataclasses import dataclass, replace
from datetime import timedelta
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from domain import wire
from domain.act import Act, Principal
from domain.errors import TurnedAway
from domain.ledger.ledger import Ledger
from domain.ledger.receipt import Receipt
from domain.ledger.sqlite import SQLiteRecorder
from domain.values import Citation, CommandId, PostCode, StreamId, derived
from tests.domain import requests
from tests.domain.cast import DEVELOPER, EVERYTHING, SECRETARIAT, TREASURY
from tests.domain.given import BEFORE, DAY, FOUNDED, HOUR, MINUTE, NOON
from tests.domain.lives import AROUND_IT, CASES, IN_A_CASE, TIMERS, UPHEAVAL, Asking, anything, fitting, sensibly
from tests.domain.requests import but
from tests.domain.test_laws import STEPS_ON, lived
from tests.domain.world import OPEN
from tests.projections.stage import principal, stage

BEGUN = (
    (requests.submit, DEVELOPER),
    (requests.accept, SECRETARIAT),
    (requests.agree_terms, DEVELOPER),
    (requests.open_access, TREASURY),
)
SAID_OTHERWISE: tuple[dict[str, Any], ...] = (
    {"authority": Citation("EO14409:99")},
    {"post": PostCode("nowhere")},
    {"claimed_at": FOUNDED},
)
"""What an act may say otherwise beside its command; the tests' lives say none of it."""
MARKED_OTHERWISE: tuple[dict[str, Any], ...] = ({"marking": "CONFIDENTIAL"}, {"protected_marking": "TOP SECRET"})
MARKINGS = st.sampled_from([OPEN] * 4 + ["CUI", "SECRET//NOFORN"])
WHICH = st.integers(0, 1)


@dataclass(frozen=True)
class Answered:
    """An act, who sent it, and the answer that it got first."""

    act: Act
    by: Principal
    first: Receipt


@cache
def founded() -> bytes:
    """The file of a ledger on which the whole cast may act."""
    with TemporaryDirectory() as folder:
        made = stage(Path(folder))
        made.recorder.close()
        made.store.close()
        return Path(folder, "ledger.db").read_bytes()


class Again(RuleBasedStateMachine):
    """Two ledgers stand on one file, as two processes do; an act goes to either, and again to either at any time."""

    def __init__(self) -> None:
        super().__init__()
        self.now = BEFORE
        self.folder = TemporaryDirectory()
        Path(self.folder.name, "ledger.db").write_bytes(founded())
        self.ledgers = [self.opened(), self.opened()]
        self.answered: list[Answered] = []

    def opened(self) -> Ledger:
        recorder = SQLiteRecorder(Path(self.folder.name, "ledger.db"), verify=wire.verify)
        return Ledger(recorder, clock=lambda: self.now)

    def state(self, stream: str) -> Any:
        """A stream as one of the processes knows it: so questions make sense."""
        return self.ledgers[0].state(StreamId(stream)).state

    # What is asked

    @initialize(steps=st.integers(0, len(BEGUN)))
    def begin(self, steps: int) -> None:
        for number, asking in enumerate(BEGUN[:steps]):
            self.ask(asking, number % 2, OPEN)
        self.now = NOON

    @rule(asking=fitting(IN_A_CASE | AROUND_IT), which=WHICH, marking=MARKINGS)
    def something_is_asked(self, asking: Asking, which: int, marking: str) -> None:
        self.ask(sensibly(asking, self, self.now), which, marking)

    @rule(name=st.sampled_from(STEPS_ON), case=st.sampled_from(CASES), which=WHICH, data=st.data())
    def a_case_goes_on(self, name: str, case: Any, which: int, data: st.DataObject) -> None:
        command, by = data.draw(IN_A_CASE[name].strategy(IN_A_CASE[name].fitting))
        about = command if name == "submit" else but(command, case_id=case)
        self.ask(sensibly((about, by), self, self.now), which, OPEN)

    @rule(asking=anything(), which=WHICH, marking=MARKINGS)
    def anybody_asks_anything(self, asking: Asking, which: int, marking: str) -> None:
        self.ask(asking, which, marking)

    @rule(asking=fitting(TIMERS | UPHEAVAL), which=WHICH)
    def something_comes_to_an_end(self, asking: Asking, which: int) -> None:
        self.ask(asking, which, OPEN)

    def ask(self, asking: Asking, which: int, marking: str) -> None:
        command, by = asking
        act = Act(
            id=CommandId(derived("command", "again", str(len(self.answered)))),
            command=command,
            marking=marking,
            authority=by.authority,
            post=by.post,
            delegation=by.delegation,
        )
        self.now += MINUTE
        try:
            first = self.ledgers[which].act(act, by=principal(by))
        except TurnedAway:  # who asks is not cleared for the marking: it never became an act
            assert by.clearance != EVERYTHING
            return
        assert not first.repeated
        self.answered.append(Answered(act, principal(by), first))

    # What happens to it

    @rule(passes=st.sampled_from([HOUR, DAY, 20 * DAY]))
    def time_passes(self, passes: timedelta) -> None:
        self.now += passes

    @rule(which=WHICH)
    def a_process_starts_again(self, which: int) -> None:
        self.ledgers[which].recorder.close()
        self.ledgers[which] = self.opened()

    @precondition(lambda self: self.answered)
    @rule(data=st.data(), which=WHICH)
    def an_act_is_sent_again(self, data: st.DataObject, which: int) -> None:
        self.gets_the_first_answer(data.draw(st.sampled_from(self.answered)), which)

    @precondition(lambda self: self.answered)
    @rule(data=st.data(), which=WHICH)
    def an_act_comes_again_and_says_something_else(self, data: st.DataObject, which: int) -> None:
        known = data.draw(st.sampled_from(self.answered))
        marks = known.act.marking == OPEN and known.by.clearance == EVERYTHING
        otherwise = data.draw(st.sampled_from(SAID_OTHERWISE + MARKED_OTHERWISE * marks))
        self.is_turned_away(replace(known.act, **otherwise), known.by, which)

    @precondition(lambda self: self.answered)
    @rule(data=st.data(), which=WHICH, asking=anything())
    def the_id_of_an_act_comes_again_with_another_command(
        self, data: st.DataObject, which: int, asking: Asking
    ) -> None:
        known = data.draw(st.sampled_from(self.answered))
        if asking[0] != known.act.command:
            self.is_turned_away(replace(known.act, command=asking[0]), known.by, which)

    def teardown(self) -> None:
        """All processes are gone; whoever comes after them gives every act its first answer."""
        for ledger in self.ledgers:
            ledger.recorder.close()
        self.ledgers = [self.opened()]
        for known in self.answered:
            self.gets_the_first_answer(known, 0)
            kept = known.first.command_id if known.first.events else None
            receipt = replace(known.first, repeated=True, command_id=kept)
            assert self.ledgers[0].receipt(known.first.act, EVERYTHING) == receipt
        self.ledgers[0].recorder.close()
        self.folder.cleanup()

    def gets_the_first_answer(self, known: Answered, which: int) -> None:
        head = self.ledgers[which].recorder.head()
        again = self.ledgers[which].act(known.act, by=known.by)
        assert again == replace(known.first, repeated=True)
        assert self.ledgers[which].recorder.head() == head

    def is_turned_away(self, act: Act, by: Principal, which: int) -> None:
        head = self.ledgers[which].recorder.head()
        with pytest.raises(TurnedAway) as turned:
            self.ledgers[which].act(act, by=by)
        assert turned.value.code == "id-reused"
        assert self.ledgers[which].recorder.head() == head


TestAgain = lived(Again, 60, 40)
