"""An instant means one position, also where the clocks that recorded events went back."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec.structs import replace

from domain import wire
from projections.folding.runner import Runner
from projections.moments import HOURS, SECONDS, position_at
from projections.stores.sqlite import SQLiteViews
from projections.visible import Sight
from tests.domain import requests as ask
from tests.domain.cast import DEVELOPER, GAO, NSA, SECRETARIAT
from tests.domain.facts import accepted
from tests.domain.given import World
from tests.projections.small_ledger import ACME, UNCLEARED
from tests.projections.stage import SECRET, Stage, sight

BEGIN = datetime(2026, 7, 6, 14, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
STEPS = st.sampled_from(
    [0, 0, 1, 7, 999_999, 1_000_000, 59_000_000, 3_600_000_000, 86_400_000_000, -1, -2_000_000, -3_700_000_000]
)


class Fed:
    """A feed of events that were recorded at these times."""

    def __init__(self, times: list[datetime]) -> None:
        whole = World().append([accepted], by=SECRETARIAT, taken_in_at=BEGIN, recorded_at=BEGIN)[0]
        entries = [replace(whole, recorded_at=at, taken_in_at=at) for at in times]
        self.events = [(n, "case.accepted.v1", wire.dump(entry)[0]) for n, entry in enumerate(entries, 1)]

    def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
        return self.events[after : after + limit]

    def head(self) -> int:
        return len(self.events)

    def wait(self, after: int, timeout: float) -> bool:
        return after < len(self.events)


@given(steps=st.lists(STEPS, max_size=40), probes=st.lists(STEPS, max_size=10))
@settings(max_examples=60)
def test_it_is_the_last_position_whose_running_maximum_of_recorded_time_is_not_later(
    tmp_path_factory: pytest.TempPathFactory, steps: list[int], probes: list[int]
):
    times = [BEGIN]
    for step in steps:
        times.append(times[-1] + step * MICROSECOND)
    store = SQLiteViews(tmp_path_factory.mktemp("moments") / "views.db")
    try:
        Runner(Fed(times), store, [SECONDS, HOURS], batch=7, rebuild_batch=7).catch_up()
        who = Sight(clearance=UNCLEARED, office=None, participant=None, oversight=False)
        for at in {*times, *(time + probe * MICROSECOND for time in times for probe in (*probes, 1, -1))}:
            expected = sum(max(times[: position + 1]) <= at for position in range(len(times)))
            assert position_at(store, who, at) == expected
    finally:
        store.close()


def test_every_reader_is_told_the_same_position(stage: Stage):
    stage.do((ask.submit, DEVELOPER))
    position = stage.do((ask.accept, SECRETARIAT))
    at = stage.now
    stage.do((ask.determine, NSA), marking=SECRET)
    reads = stage.seen()
    low, developer = sight(GAO.cleared_for_nothing()), sight(DEVELOPER)
    assert {position_at(reads, who, at) for who in (sight(GAO), low, developer, Sight.of(ACME))} == {position}
    assert position_at(reads, low, at - timedelta(days=365)) == 0
    assert position_at(reads, low, at + timedelta(days=365)) == stage.recorder.head()
