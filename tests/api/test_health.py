"""Alive, ready, and the figures."""

import sqlite3
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from fastapi.testclient import TestClient

import api.health
from api.app import Services, build_app
from api.compose import readings
from api.identity.development import DevelopmentHeader
from consumers.acts.named import names_of
from consumers.apart.sqlite import SQLiteApart
from domain import wire
from domain.ledger.ledger import Busy, Ledger
from domain.ledger.recorder import OutcomeUnknown, WentBack
from domain.ledger.sqlite import SQLiteRecorder
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from tests.api.knocking import CASE, NSA, SECRETARIAT, Docket, Door, Hand


def knocking(docket: Any) -> TestClient:
    authenticator = DevelopmentHeader(bound_to="127.0.0.1", named=names_of(docket.ledger))
    app = build_app(Services(docket=docket, clock=Hand(), authenticator=authenticator))
    return TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1), raise_server_exceptions=False)


def test_an_open_ledger_that_answers_is_ready(door: Door) -> None:
    assert door.client.get("/livez").json() == {"alive": True}
    ready = door.client.get("/readyz")
    assert (ready.status_code, ready.json()) == (200, {"ready": True, "wrong": {}})


def test_a_ledger_that_is_not_open_is_not_ready_and_takes_no_act(tmp_path: Path) -> None:
    recorder = SQLiteRecorder(tmp_path / "empty.db", verify=wire.verify)
    store = SQLiteViews(tmp_path / "views.db")
    runner = Runner(recorder, store, views())
    runner.catch_up()
    reads, apart = SQLiteRecorder(tmp_path / "reads.db", verify=wire.verify), SQLiteApart(tmp_path / "apart.db")
    of_reads = readings(reads, ceiling="CUI", clock=Hand())
    client = knocking(Docket(Ledger(recorder, clock=Hand()), recorder, store, runner, apart, of_reads))
    assert client.get("/readyz").json() == {"ready": False, "wrong": {"ledger": "not open"}}
    answer = client.post(
        "/v1/actions/case.accept.v1",
        json={"id": CASE, "marking": "UNCLASSIFIED", "data": {"case_id": CASE}},
        headers=SECRETARIAT,
    )
    assert (answer.status_code, answer.json()["code"]) == (503, "not-open")
    store.close()
    recorder.close()
    reads.close()


def test_what_else_readiness_depends_on_is_asked_each_time(docket: Docket) -> None:
    said: dict[str, str | None] = {"topics": "docket.ledger.v1: retention.ms is 1000, has to be -1", "brokers": None}
    checks = {part: lambda part=part: said[part] for part in said}
    authenticator = DevelopmentHeader(bound_to="127.0.0.1", named=names_of(docket.ledger))
    app = build_app(Services(docket=docket, clock=Hand(), authenticator=authenticator, checks=checks))
    client = TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1))
    assert client.get("/readyz").json() == {"ready": False, "wrong": {"topics": said["topics"]}}
    said["topics"] = None
    assert client.get("/readyz").status_code == 200


def test_a_recorder_that_does_not_answer_is_503_and_later_is_said(door: Door) -> None:
    door.recorder.close()
    assert door.client.get("/livez").status_code == 200
    ready = door.client.get("/readyz")
    assert (ready.status_code, ready.json()["wrong"]) == (503, {"ledger": "does not answer"})
    answer = door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
    assert answer.headers["retry-after"] == "1"


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Busy("x"), "busy"),
        (OutcomeUnknown("SECRET PATH /x"), "outcome-unknown"),
        (WentBack("SECRET PATH /x"), "store-unavailable"),
    ],
)
def test_what_may_succeed_later_is_503_and_says_nothing_of_the_inside(
    door: Door, monkeypatch: pytest.MonkeyPatch, error: Exception, code: str
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise error

    monkeypatch.setattr(door.ledger, "act", fails)
    answer = door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    assert (answer.status_code, answer.json()["code"]) == (503, code)
    assert "SECRET" not in answer.text
    assert "retry-after" in answer.headers
    assert 'docket_acts_total{command="case.accept.v1",outcome="failed"} 1.0' in door.client.get("/metrics").text
    assert {entry["event"] for entry in door.log.entries} == {"unavailable"}


def test_views_that_do_not_answer_are_503(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(*_: object, **__: object) -> None:
        raise sqlite3.OperationalError("disk I/O error at /x")

    monkeypatch.setattr(door.docket.store, "find", fails)
    answer = door.client.get("/v1/cases", headers=NSA)
    assert (answer.status_code, answer.json()["code"]) == (503, "store-unavailable")
    assert "/x" not in answer.text


def test_an_error_of_our_own_is_500_and_says_nothing_of_the_inside(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("SECRET at /x/y.py line 7")

    monkeypatch.setattr(door.ledger, "act", broken)
    answer = door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert answer.headers["content-type"] == "application/problem+json"
    assert "SECRET" not in answer.text
    assert "Traceback" not in answer.text


def view(**said: Any) -> SimpleNamespace:
    return SimpleNamespace(**({"view": "case_status", "lag": 0, "parked": 0, "halted": None, "built": True} | said))


@pytest.mark.parametrize(
    ("status", "wrong"),
    [
        ((None, [view()]), {}),
        (("x", [view()]), {"views": "the reader stopped"}),
        ((None, [view(lag=10_001)]), {"case_status": "10001 positions behind"}),
        ((None, [view(parked=2)]), {"case_status": "2 rows wait for a repair"}),
        ((None, [view(halted="why")]), {"case_status": "halted"}),
        ((None, [view(built=False)]), {"case_status": "not built yet"}),
    ],
)
def test_views_that_are_behind_or_stand_still_are_not_ready(
    docket: Docket, status: tuple[str | None, list[SimpleNamespace]], wrong: dict[str, str]
) -> None:
    runner: Any = SimpleNamespace(status=lambda: SimpleNamespace(stopped=status[0], views=status[1]))
    ready = knocking(replace(docket, runner=runner)).get("/readyz")
    assert (ready.status_code, ready.json()["wrong"]) == (503 if wrong else 200, wrong)


def test_a_disk_that_is_nearly_full_is_not_ready(door: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(api.health.shutil, "disk_usage", lambda _: SimpleNamespace(free=1))  # type: ignore[attr-defined]
    assert door.client.get("/readyz").json()["wrong"] == {"disk": "nearly full"}


def test_acts_are_counted_by_how_they_ended(door: Door) -> None:
    door.submitted()
    door.act("case.accept.v1", NSA, {"case_id": CASE})
    figures = door.client.get("/metrics").text
    assert 'docket_acts_total{command="case.submit.v1",outcome="recorded"} 1.0' in figures
    assert 'docket_acts_total{command="case.accept.v1",outcome="refused"} 1.0' in figures
    assert f"docket_position {float(door.recorder.head())}" in figures
    assert 'docket_act_seconds_count{outcome="recorded"} 2.0' in figures


def test_a_thread_that_ended_is_not_ready(docket: Docket) -> None:
    ready = knocking(replace(docket, failed=RuntimeError("SECRET"))).get("/readyz")
    assert (ready.status_code, ready.json()["wrong"]) == (503, {"threads": "one ended that may not end"})


def test_two_doors_of_one_process_do_not_count_together(door: Door) -> None:
    door.submitted()
    assert "case.submit.v1" not in knocking(door.docket).get("/metrics").text
