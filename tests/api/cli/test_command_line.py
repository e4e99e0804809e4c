"""The command line says what happened in one line or one object, and exits with a code that a script can use."""

import json
import signal
import socket
import sqlite3
import subprocess
import sys
import time
from contextlib import closing
from pathlib import Path

import pytest

from domain import wire
from domain.ledger.sqlite import SQLiteRecorder
from tests.api.identity.issuing import AUDIENCE, ISSUER, Issuer
from tests.api.knocking import named_id
from tests.projections.destroying import destroyed, elapsed, scheduled
from tests.projections.small_ledger import Small, small
from tests.services.postgres import Postgres


def docket(*words: object, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "api", *map(str, words)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env={"PATH": "/usr/bin:/bin", **environ},
    )


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    made = tmp_path / "data"
    made.mkdir()
    ledger = small(made / "ledger.db")
    ledger.enrol()
    ledger.accept(ledger.submit())
    ledger.recorder.close()
    small(made / "reads.db").recorder.close()
    return made


@pytest.mark.parametrize(("of", "more"), [("ledger.db", ()), ("reads.db", ("--reads",))])
def test_a_backup_is_the_ledger_and_overwrites_nothing(folder: Path, tmp_path: Path, of: str, more: tuple[str, ...]):
    target = tmp_path / "backup.db"
    first = docket("backup", target, "--data", folder, "--json", *more)
    assert first.returncode == 0, first.stderr
    copy, original = (SQLiteRecorder(path, verify=wire.verify) for path in (target, folder / of))
    try:
        assert copy.read(0, 1000) == original.read(0, 1000)
        assert json.loads(first.stdout)["position"] == original.head() > 0
    finally:
        copy.close()
        original.close()
    again = docket("backup", target, "--data", folder)
    assert again.returncode == 1
    assert again.stderr.count("\n") == 1
    assert "overwrites nothing" in again.stderr


def test_a_rebuild_says_how_fast_it_was_and_what_came_out(folder: Path):
    facts = docket("rebuild", "--data", folder, "--json")
    assert facts.returncode == 0, facts.stderr
    said = json.loads(facts.stdout)
    assert {"case_status", "audit_trail", "final_authority", "clocks", "refusals"} <= set(said)
    assert all("digest" in fact for fact in said.values())
    assert docket("rebuild", "--data", folder, "--view", "nothing").returncode == 1


def test_a_doctor_finds_nothing_wrong_with_a_good_folder_and_names_what_is(folder: Path, tmp_path: Path):
    good = docket("doctor", "--data", folder, "--json")
    assert good.returncode == 0, good.stderr
    assert json.loads(good.stdout)["documents verified"] > 30
    assert docket("doctor", "--data", tmp_path / "none").returncode == 1
    bad = docket("doctor", "--data", folder, POSTGRES_ENABLE_DB_FUNCTIONS="y")
    assert bad.returncode == 1
    assert "POSTGRES_ENABLE_DB_FUNCTIONS" in bad.stderr
    (folder / "ledger.db").write_bytes(b"SQLite format 3\0" + bytes(4000))
    assert docket("doctor", "--data", folder).returncode == 1


def test_a_doctor_tells_what_was_destroyed_from_what_was_lost(folder: Path):
    ledger = Small(SQLiteRecorder(folder / "ledger.db", verify=wire.verify))
    ledger.number = 100
    scheduled(ledger)
    case = ledger.submit("Vega")
    position, other = (ledger.concern(case, words).position for words in ("One", "Two"))
    elapsed(ledger)
    destroyed(ledger, position)
    ledger.recorder.close()
    assert docket("doctor", "--data", folder).returncode == 0
    with closing(sqlite3.connect(folder / "ledger.db")) as tampered:
        (kept,) = tampered.execute("SELECT disclosures FROM disclosures WHERE position = ?", (other,)).fetchone()
        tampered.execute("DELETE FROM disclosures WHERE position = ?", (other,))
        tampered.commit()
        lost = docket("doctor", "--data", folder)
        assert (lost.returncode, lost.stderr.count("\n")) == (1, 1)
        assert f"what position {other} protects is lost" in lost.stderr
        tampered.execute("INSERT INTO disclosures VALUES (?, ?)", (other, kept))
        tampered.commit()
        assert docket("doctor", "--data", folder).returncode == 0


def test_one_folder_is_served_by_one_process_which_ends_on_sigterm(folder: Path):
    words = [sys.executable, "-m", "api", "serve", "--data", str(folder), "--port", "0"]
    with subprocess.Popen(words, stderr=subprocess.PIPE, text=True) as first:
        assert first.stderr is not None
        try:
            assert "serving" in first.stderr.readline()
            second = docket("serve", "--data", folder, "--port", "0")
            assert second.returncode == 6
            assert second.stderr.count("\n") == 1
            began = time.monotonic()
        finally:
            first.send_signal(signal.SIGTERM)
        assert first.wait(20) == 0
        assert time.monotonic() - began < 15


def test_development_is_refused_where_others_can_reach_it(folder: Path):
    said = docket("serve", "--data", folder, "--port", "0", "--host", "0.0.0.0", "--development")  # noqa: S104 - refused
    assert said.returncode == 1
    assert "loopback" in said.stderr
    assert "Traceback" not in said.stderr


def test_a_roster_says_who_publishes_and_a_header_says_nothing_beside_it(folder: Path, tmp_path: Path):
    issuer, roster, acts, token = Issuer(tmp_path), tmp_path / "roster.json", tmp_path / "acts.ndjson", tmp_path / "t"
    members = [{"acts_for": "office/dhs", "subjects": [{"issuer": ISSUER, "subject": "dhs"}]}]
    issuers = [{"issuer": ISSUER, "audience": AUDIENCE, "keys": str(issuer.file)}]
    roster.write_text(json.dumps({"issuers": issuers, "members": members}))
    token.write_text(issuer.token("dhs") + "\n")
    act = {"specversion": "1.0", "id": named_id("act"), "source": "office/dhs", "type": "scan.complete.v1"}
    data = {"scan_id": named_id("scan"), "outcome": "performed"}
    acts.write_text(json.dumps({**act, "marking": "UNCLASSIFIED", "data": data}))
    serve = [sys.executable, "-m", "api", "serve", "--data", str(folder), "--port", "0", "--roster", str(roster)]
    with subprocess.Popen(serve, stderr=subprocess.PIPE, text=True) as served:
        assert served.stderr is not None
        try:
            url = served.stderr.readline().split()[-1]
            sent = docket("publish", acts, "--token-file", token, "--url", url, "--json")
            assert (sent.returncode, json.loads(sent.stdout)["refused"]) == (3, 1), sent.stderr
            header = docket("publish", acts, "--as", "office/dhs", "--url", url)
            assert (header.returncode, "unauthenticated" in header.stderr) == (4, True)
            assert docket("publish", acts, "--url", url).returncode == 2
        finally:
            served.send_signal(signal.SIGTERM)
    roster.write_text("{")
    broken = docket(*serve[3:])
    assert (broken.returncode, broken.stderr.count("\n")) == (1, 1)
    both = docket(*serve[3:], "--development")
    assert (both.returncode, "cannot both say" in both.stderr) == (1, True)


def test_a_port_that_is_taken_is_said_in_one_line(folder: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        said = docket("serve", "--data", folder, "--port", taken.getsockname()[1])
    assert said.returncode == 1
    assert said.stderr.startswith("docket: ")
    assert said.stderr.count("\n") == 1


def test_settings_that_corrupt_a_ledger_refuse_to_start(folder: Path):
    said = docket("serve", "--data", folder, "--port", "0", POSTGRES_ENABLE_DB_FUNCTIONS="y")
    assert said.returncode == 1
    assert "POSTGRES_ENABLE_DB_FUNCTIONS" in said.stderr


def test_nobody_answers_is_an_exit_code_of_its_own(tmp_path: Path):
    file = tmp_path / "acts.ndjson"
    file.write_text('{"type":"case.accept.v1"}\n')
    said = docket("publish", file, "--as", "office/nsa", "--url", "http://127.0.0.1:1")
    assert said.returncode == 5
    assert said.stderr.count("\n") == 1


def test_a_scrub_says_where_the_log_begins_that_knows_nothing_and_needs_a_database(postgres: Postgres):
    said = docket("scrub", "--postgres", postgres.new_database(), "--json")
    assert said.returncode == 0, said.stderr
    assert len(json.loads(said.stdout)["log_before"]) == 24
    for nowhere in ([], ["--postgres", "host=127.0.0.1 port=1 dbname=none connect_timeout=1"]):
        failed = docket("scrub", *nowhere)
        assert (failed.returncode, failed.stderr.count("\n")) == (1, 1), failed.stderr
