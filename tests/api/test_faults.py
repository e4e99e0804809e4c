"""What went wrong is told without a word of the record: in answers, logs and figures, and on the error stream."""

import threading
from contextlib import closing
from typing import Any

import httpx2
import psycopg
import pytest
from structlog.testing import capture_logs

from api.problems import unavailable
from api.server import bound, in_background
from consumers.process import wordless
from domain import wire
from domain.faults import frames
from domain.ledger import StoreError
from domain.ledger.batches import translated
from domain.ledger.postgres import PostgresRecorder
from projections.case_status import CASE_STATUS
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.stores.postgres import PostgresViews
from tests.api.knocking import CASE, NSA, SECRETARIAT, Door, named_id, office
from tests.projections.small_ledger import Small, small
from tests.services.postgres import Postgres

WORD = "kanarie7x"
CONCERN = {"case_id": CASE, "concern_id": named_id("concern"), "concern": f"It is {WORD}."}


@pytest.fixture
def quoting(postgres: Postgres) -> psycopg.Error:
    """A real error of PostgreSQL's, whose DETAIL quotes a row."""
    with psycopg.connect(postgres.new_database(), autocommit=True) as connection:
        connection.execute("CREATE TABLE notes (text text PRIMARY KEY)")
        connection.execute("INSERT INTO notes VALUES (%s)", (WORD,))
        with pytest.raises(psycopg.errors.UniqueViolation) as raised:
            connection.execute("INSERT INTO notes VALUES (%s)", (WORD,))
        assert WORD in str(raised.value)
        return raised.value


def test_a_row_that_an_error_of_a_route_quotes_reaches_neither_its_answer_nor_a_log(
    door: Door, quoting: psycopg.Error, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str]
) -> None:
    def fails(*_: object, **__: object) -> None:
        raise quoting

    monkeypatch.setattr(door.docket.store, "find", fails)
    with bound("127.0.0.1", 0) as listening, in_background(door.app, listening):
        answer = httpx2.get(f"http://127.0.0.1:{listening.getsockname()[1]}/v1/cases", headers=NSA)
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    (entry,) = [each for each in door.log.entries if each["event"] == "failed"]
    assert "UniqueViolation, raised at" in entry["traceback"]
    assert "in fails" in entry["traceback"]
    streams = "".join(capfd.readouterr())
    assert "UniqueViolation, raised at" in streams, "the server logs it too"
    assert WORD not in answer.text + repr(door.log.entries) + streams


def test_what_a_store_refuses_is_told_without_the_row_that_it_quotes(postgres: Postgres) -> None:
    dsn = postgres.new_database()
    with closing(PostgresRecorder(dsn, verify=wire.verify)) as recorder:
        record = Small(recorder).found()  # type: ignore[arg-type]
        record.enrol()
        case = record.submit()
        with psycopg.connect(dsn, autocommit=True) as connection:
            connection.execute("ALTER TABLE ledger.events ADD CHECK (type <> 'case.accepted.v1')")
        with pytest.raises(StoreError) as raised:
            record.accept(case)
    assert case in str(raised.value.__cause__), "PostgreSQL quotes the stream"
    assert "violates check constraint" in str(raised.value)
    assert case not in str(raised.value)
    assert unavailable(raised.value) == "store-unavailable"
    assert case not in frames(raised.value)


def test_a_value_that_a_sentence_of_postgresql_quotes_is_not_told(postgres: Postgres) -> None:
    with psycopg.connect(postgres.dsn) as connection, pytest.raises(psycopg.DataError) as raised:
        connection.execute("SELECT %s::text::integer", (WORD,))
    assert WORD in str(raised.value)
    assert str(translated(raised.value)) == "InvalidTextRepresentation (22P02)"


def test_a_reader_that_a_constraint_stops_says_so_without_the_row(postgres: Postgres, tmp_path: Any) -> None:
    record = small(tmp_path / "ledger.db")
    dsn = postgres.new_database()
    with closing(record.recorder), closing(PostgresViews(dsn)) as store:
        runner = Runner(record.recorder, store, [CASE_STATUS])
        runner.catch_up()
        with psycopg.connect(dsn, autocommit=True) as connection:
            (table,) = store.tables()
            connection.execute(f"ALTER TABLE views.{table.name} ADD CHECK (marking = '')")
        record.enrol()
        case = record.submit()
        with capture_logs() as logs, pytest.raises(psycopg.errors.CheckViolation) as raised:
            runner.catch_up()
        assert case in str(raised.value), "PostgreSQL quotes the row"
        said = repr((logs, runner.alarms(), runner.status()))
    assert "CheckViolation" in said
    assert case not in said


def test_a_row_that_cannot_be_folded_is_told_of_by_its_position_alone(
    door: Door, monkeypatch: pytest.MonkeyPatch
) -> None:
    fold = type(CASE_STATUS).evolve

    def poisoned(view: Any, row: Any, position: int, recorded: Any) -> Any:
        if recorded.event.type == "case.concern-conveyed.v1":
            raise ValueError(f"{recorded.event} of {row}, with {WORD}")
        return fold(view, row, position, recorded)

    monkeypatch.setattr(type(CASE_STATUS), "evolve", poisoned)
    door.submitted()
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    with capture_logs() as logs:
        at = door.act("case.convey-concern.v1", NSA, CONCERN, marking="CUI").json()["position"]
        assert all(door.docket.runner.wait(view, at, 10) for view in views())
    low = office("treasury", clearance='clearance="UNCLASSIFIED"')
    told = door.client.get("/v1/operations", headers=low)
    (parked,) = [each["parked"] for each in told.json()["views"] if each["parked"]]
    assert [each["position"] for each in parked] == [at]
    said = [door.client.get(path, headers=low).text for path in ("/operations", "/readyz", "/metrics", "/livez")]
    assert "1 rows wait for a repair" in said[1]
    assert [(each["event"], each["position"]) for each in logs] == [("row parked", at)]
    everything = repr((told.text, said, logs, door.log.entries, door.docket.runner.alarms()[0].error))
    assert WORD not in everything
    assert CASE not in everything


def test_what_nobody_caught_is_told_without_its_sentence(
    quoting: psycopg.Error, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for hooks, name in ((threading, "excepthook"), (__import__("sys"), "excepthook")):
        monkeypatch.setattr(hooks, name, getattr(hooks, name))
    wordless()

    def fails() -> None:
        raise RuntimeError(f"of {WORD}") from quoting

    thread = threading.Thread(target=fails)
    thread.start()
    thread.join()
    said = capsys.readouterr().err
    assert "RuntimeError, raised at" in said
    assert "of UniqueViolation, raised at" in said
    assert WORD not in said
