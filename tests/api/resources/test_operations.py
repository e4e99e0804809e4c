"""Whoever runs Docket sees how far its views are, what waits for a repair since when, and how much each day brought."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from projections.catalogue import views
from projections.folding.status import Progress, Status
from tests.api.knocking import NSA, Door, Hand, developer, office


def told(door: Door, **query: Any) -> Any:
    answer = door.client.get("/v1/operations", headers=NSA, params=query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_every_view_says_how_far_it_is(door: Door) -> None:
    assert door.submitted().status_code == 201
    head = door.recorder.head()
    for view in views():
        assert door.docket.runner.wait(view, head, 10)
    found = told(door)
    assert (found["head"], found["stopped"]) == (head, None)
    assert {(view["position"], view["lag"], view["built"]) for view in found["views"]} == {(head, 0, True)}
    assert {view["view"] for view in found["views"]} == {view.name for view in views()}


def test_what_is_parked_is_told_by_position_and_since_when_and_nothing_else(
    door: Door, monkeypatch: pytest.MonkeyPatch, clock: Hand
) -> None:
    clock.later(hours=3)
    assert door.submitted().status_code == 201
    head = door.recorder.head()
    status = door.docket.runner.status()
    first = replace(status.views[0], parked=2, parked_at=(1, head))
    monkeypatch.setattr(door.docket.runner, "status", lambda: _with(status, first))
    parked = told(door)["views"][0]["parked"]
    assert [each.keys() for each in parked] == [{"position", "since"}] * 2
    assert [each["position"] for each in parked] == [1, head]
    since = [datetime.fromisoformat(each["since"]) for each in parked]
    assert since == [datetime(2026, 9, 1, 14, 0, tzinfo=UTC), datetime(2026, 9, 1, 17, 0, tzinfo=UTC)]
    page = door.client.get("/operations", headers=NSA).text
    assert f'<a href="/audit/{head}">position {head}</a>' in page
    assert "Not ready" in page


def _with(status: Status, view: Progress) -> Status:
    return replace(status, views=(view, *status.views[1:]))


def test_each_day_of_new_york_counts_what_was_recorded_on_it(door: Door, clock: Hand) -> None:
    opened = door.recorder.head()
    clock.now = datetime(2026, 9, 3, 3, 59, tzinfo=UTC)  # still the second of September there
    door.enrolled()
    enrolled = door.recorder.head()
    clock.now = datetime(2026, 9, 3, 4, 0, tzinfo=UTC)
    assert door.submitted().status_code == 201
    clock.now += timedelta(days=2)
    head = door.recorder.head()
    door.read("/v1/cases", NSA, min_position=head)
    days = {each["on"]: each["events"] for each in told(door, days=5)["days"]}
    assert days == {
        "2026-09-01": opened,
        "2026-09-02": enrolled - opened,
        "2026-09-03": head - enrolled,
        "2026-09-04": 0,
        "2026-09-05": 0,
    }
    assert [each["on"] for each in told(door, days=1)["days"]] == ["2026-09-05"]


@pytest.mark.parametrize("days", ["0", "367", "x"])
def test_days_that_cannot_be_counted_are_a_problem(door: Door, days: str) -> None:
    answer = door.client.get("/v1/operations", headers=NSA, params={"days": days})
    assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong")


def test_whoever_is_not_known_learns_nothing(door: Door) -> None:
    assert door.client.get("/v1/operations").status_code == 401
    assert door.client.get("/v1/operations", headers=office("nobody")).status_code == 403
    assert door.client.get("/v1/operations", headers=developer()).status_code == 200
