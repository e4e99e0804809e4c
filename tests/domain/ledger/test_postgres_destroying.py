"""What PostgreSQL keeps of a destroyed payload, and until when: first its files, then its log are rid of it."""

import secrets
from collections.abc import Iterator
from typing import Any

import psycopg
import pytest

from domain import wire
from domain.ledger import StoreError
from domain.ledger.postgres import PostgresRecorder
from tests.projections.destroying import destroyed, elapsed, scheduled
from tests.projections.small_ledger import Small
from tests.services.postgres import Server


@pytest.fixture
def ledger(own_server: Server) -> Iterator[Small]:
    recorder: Any = PostgresRecorder(own_server.new_database(), verify=wire.verify)
    made = Small(recorder).found()
    made.enrol()
    scheduled(made)
    yield made
    made.recorder.close()


def holding(server: Server, planted: set[bytes]) -> set[str]:
    """Folders of the server's, in a file of which some of these bytes stand."""
    found: set[str] = set()
    for path in server.data.rglob("*"):
        try:
            whole = path.read_bytes() if path.is_file() else b""
        except FileNotFoundError:
            continue
        if any(one in whole for one in planted):
            found.add(path.relative_to(server.data).parts[0])
    return found


def checkpoint(server: Server, *more: str) -> None:
    with psycopg.connect(server.dsn, autocommit=True) as connection:
        for statement in (*more, "SELECT pg_switch_wal()", "CHECKPOINT"):
            connection.execute(statement.encode())


def test_files_are_rid_of_it_by_a_scrub_and_the_log_once_its_segments_are_gone(ledger: Small, own_server: Server):
    case = ledger.submit()
    for number in range(40):
        ledger.concern(case, f"{number} (invented)")
    position = ledger.concern(case, f"canary {secrets.token_hex(16)}").position
    for number in range(40):
        ledger.concern(case, f"{number} (invented)")
    planted = set(ledger.recorder.disclosures([position])[position])
    checkpoint(own_server)
    assert holding(own_server, planted) == {"base", "pg_wal"}, "it is there to be found"
    elapsed(ledger)
    destroyed(ledger, position)
    assert ledger.recorder.disclosures([position]) == {}
    recorder: Any = ledger.recorder
    rows = recorder.disclosures(range(1, recorder.head() + 1))
    scrubbed = recorder.scrub()
    assert "base" not in holding(own_server, planted)
    assert recorder.disclosures(range(1, recorder.head() + 1)) == rows, "everything else is as it was"
    assert ledger.concern(case).events, "and is appended to"
    # by default a segment that is not needed any more is kept under another name, with what stood in it
    checkpoint(own_server, "ALTER SYSTEM SET wal_recycle = off", "ALTER SYSTEM SET min_wal_size = '32MB'")
    checkpoint(own_server, "SELECT pg_reload_conf()")
    for _ in range(3):
        ledger.concern(case, "Meanwhile (invented)")
        checkpoint(own_server)
    assert holding(own_server, planted) == set()
    assert min(path.name for path in (own_server.data / "pg_wal").glob("0*")) >= (scrubbed.log_before or "")


def test_a_role_that_may_not_begin_a_log_is_told_so(ledger: Small, own_server: Server):
    with psycopg.connect(own_server.dsn, autocommit=True) as connection:
        database = psycopg.conninfo.conninfo_to_dict(dsn_of(ledger))["dbname"]
        connection.execute("CREATE ROLE docket LOGIN")
        connection.execute(f'ALTER DATABASE "{database}" OWNER TO docket'.encode())
    owned = psycopg.conninfo.make_conninfo(dsn_of(ledger), user="docket")
    with psycopg.connect(dsn_of(ledger), autocommit=True) as connection:
        connection.execute("ALTER SCHEMA ledger OWNER TO docket")
        for table in ("events", "disclosures", "acts", "docket_migrations"):
            connection.execute(f"ALTER TABLE ledger.{table} OWNER TO docket".encode())
    other = PostgresRecorder(owned, verify=wire.verify)
    assert other.scrub().log_before is None
    other.close()


def dsn_of(ledger: Small) -> str:
    recorder: Any = ledger.recorder
    return str(recorder._database._dsn)


def test_a_reader_that_does_not_let_go_makes_a_scrub_give_up(ledger: Small):
    impatient = PostgresRecorder(dsn_of(ledger), verify=wire.verify, patience_s=0.5)
    with psycopg.connect(dsn_of(ledger)) as reader:
        reader.execute("SELECT count(*) FROM ledger.disclosures")
        with pytest.raises(StoreError, match="lock"):
            impatient.scrub()
    assert impatient.scrub().log_before is not None
    impatient.close()
