"""What an overseer reads is recorded once, before it is given; other overseers see that, and nobody else."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.witness.seen import SeenFile
from api.witness.server import Witness, witness_app
from consumers.checkpoints.key import KeyFile
from consumers.checkpoints.opening import LogFiles, Signed, reads_signed_here
from consumers.checkpoints.signing import Forked, Signing
from domain import wire
from domain.ledger.sqlite import SQLiteRecorder
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.log import FollowedLog
from projections.transparency.notes import Note
from projections.transparency.policy import Policy
from projections.transparency.proof import Proof
from projections.transparency.spelling import from_base64
from projections.transparency.tree import verify_consistency
from tests.api.knocking import CASE, DEVELOPER, NSA, SECRETARIAT, Door, developer, digest, named_id, office, submission
from tests.api.listening import Message, listening
from tests.api.serving import served
from tests.projections.transparency.signers import LOG_KEY, Held, witness

GAO = office("gao", "G. Example")
INSPECTOR = office("ig-nsa", "I. Example")
LOW = office("gao", "L. Example", clearance='clearance="UNCLASSIFIED"')


def recorded(door: Door) -> list[tuple[int, Any]]:
    """Every reading that was recorded: its position, and all that it discloses."""
    recorder = door.docket.readings.recorder
    rows = [row for row in recorder.read(1, 1000) if row[1] == "reading.recorded.v1"]
    kept = recorder.disclosures([position for position, _, _ in rows])
    return [(position, wire.load(document, kept[position])) for position, _, document in rows]


def asked(door: Door) -> list[str]:
    return [each.event.asked for _, each in recorded(door)]


@pytest.fixture
def marked(door: Door) -> Door:
    """A case that is CUI, and one that is everybody's."""
    assert door.submitted(marking="CUI").status_code == 201
    assert door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}, marking="CUI").status_code == 201
    for view in ("cases", "audit/events", "clocks"):
        assert door.read(f"/v1/{view}", NSA).status_code == 200
    return door


def test_a_list_that_holds_something_marked_is_recorded_once_with_who_when_what_and_how_high(marked: Door) -> None:
    answer = marked.client.get("/v1/cases?limit=3&phase=accepted", headers=GAO)
    assert len(answer.json()["items"]) == 1
    ((position, read),) = recorded(marked)
    head = marked.recorder.head()
    assert position == 2, "the first event opened this ledger"
    assert (read.event.office, read.event.way, read.event.highest) == ("gao", "answer", "CUI")
    assert (read.event.marked, read.event.first_position, read.event.last_position) == (2, head - 2, head)
    assert read.event.asked == "GET /v1/cases?limit=3&phase=accepted"
    assert (read.actor, read.by.name) == ("office/gao", "G. Example")
    assert read.marking == read.protected_marking == "CUI"
    assert read.recorded_at == read.taken_in_at == marked.clock()
    plain = recorder_documents(marked)[position]
    assert b"cases" not in plain, "what was asked is protected"
    assert b"Example" not in plain, "who it was is, too"
    assert read.ledger != wire.load(marked.recorder.documents([1])[1]).ledger, "it is a ledger of its own"


def recorder_documents(door: Door) -> dict[int, bytes]:
    recorder = door.docket.readings.recorder
    return recorder.documents(range(1, recorder.head() + 1))


WAYS = (
    f"/v1/cases/{CASE}",
    f"/v1/cases/{CASE}/history",
    "/v1/audit/events",
    "/v1/reports/annual-summary?format=pdf",
    "/v1/reports/annual-summary?format=csv",
    "/cases",
    f"/cases/{CASE}",
)


@pytest.mark.parametrize("way", WAYS)
def test_every_way_to_read_something_marked_is_one_reading(marked: Door, way: str) -> None:
    answer = marked.client.get(way, headers=GAO)
    assert answer.status_code == 200, answer.text
    assert asked(marked) == [f"GET {way}"], "also where a page asks the door for several things"
    assert recorded(marked)[0][1].event.highest == "CUI"


def test_what_is_protected_so_is_marked_though_its_event_is_not(door: Door) -> None:
    taken = {
        "office": "nsa",
        "post": "director",
        "holder": named_id("p"),
        "holder_name": "N.",
        "assumed_on": "2026-06-02",
    }
    answer = door.act("office.assume-post.v1", SECRETARIAT, taken, protected_marking="CUI//PRVCY")
    assert answer.status_code == 201, answer.text
    position = door.recorder.head()
    assert door.client.get(f"/v1/audit/events/{position}", headers=LOW).status_code == 200
    assert recorded(door) == [], "its reader was given nothing that is marked"
    assert door.client.get(f"/v1/audit/events/{position}", headers=GAO).status_code == 200
    ((_, read),) = recorded(door)
    assert (read.event.highest, read.event.first_position) == ("CUI//PRVCY", position)


def test_what_holds_nothing_marked_is_not_recorded_and_no_problem_is(marked: Door) -> None:
    for way in ("/v1/offices", "/v1/policies/AUTHORITY", "/v1/me", "/readyz", "/openapi.json", "/v1/cases/nothing"):
        marked.client.get(way, headers=GAO)
    assert marked.client.get(f"/v1/cases/{CASE}", headers=LOW).status_code == 404
    assert marked.client.get("/v1/cases?after=x", headers=GAO).status_code == 400
    assert recorded(marked) == []


def test_nobody_else_is_recorded(marked: Door) -> None:
    for by in (NSA, SECRETARIAT, developer()):
        assert marked.client.get(f"/v1/cases/{CASE}", headers=by).status_code == 200
    assert recorded(marked) == []


def test_an_answer_that_its_reader_has_already_is_a_reading_too(marked: Door) -> None:
    tag = marked.client.get(f"/v1/cases/{CASE}", headers=GAO).headers["etag"]
    again = marked.client.get(f"/v1/cases/{CASE}", headers=GAO | {"If-None-Match": tag})
    assert again.status_code == 304
    assert len(recorded(marked)) == 2


def test_a_stream_is_one_reading_until_it_rises(door: Door) -> None:
    door.enrolled()
    with served(door.app) as address, listening(address, GAO, after=0) as messages:
        assert until(messages, "participant.enrolled.v1")
        assert recorded(door) == [], "nothing of it was marked so far"
        assert door.act("case.submit.v1", developer(), submission(), marking="CUI").status_code == 201
        assert until(messages, "case.submitted.v1")
        ((_, first),) = recorded(door)
        assert (first.event.way, first.event.highest, first.version) == ("stream", "CUI", 1)
        assert door.act("case.submit.v1", developer(), submission(digest("another")), marking="CUI").status_code == 201
        assert until(messages, "case.submitted.v1")
        assert len(recorded(door)) == 1
        by = office("nsa", clearance='clearance="CUI"; cui=all')
        concern = {"case_id": CASE, "concern_id": named_id("c"), "concern": "It is new."}
        door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}, marking="CUI")
        door.act("case.convey-concern.v1", by, concern, marking="CUI//SP-CTI")
        assert until(messages, "case.concern-conveyed.v1")
        _, rose = recorded(door)[-1]
        assert (rose.event.reading_id, rose.version) == (first.event.reading_id, 2)
        assert rose.event.highest == "CUI//SP-CTI"


def until(messages: Iterator[Message], event: str) -> bool:
    """Whether such a message comes; what comes before it does not matter."""
    return any(message.event == event for message in messages)


def test_a_view_that_is_followed_is_a_reading(marked: Door) -> None:
    with served(marked.app) as address, listening(address, GAO, view="case_status") as messages:
        concern = {"case_id": CASE, "concern_id": named_id("concern"), "concern": "It is new."}
        assert marked.act("case.convey-concern.v1", NSA, concern, marking="CUI").status_code == 201
        assert until(messages, "case_status")
    assert [each.event.way for _, each in recorded(marked)] == ["stream"]


def test_another_overseer_sees_who_read_what_and_is_recorded_itself(marked: Door) -> None:
    marked.client.get(f"/v1/cases/{CASE}", headers=GAO)
    answer = marked.client.get("/v1/oversight/reads", headers=INSPECTOR).json()
    (item,) = answer["items"]
    assert (item["event"]["data"]["asked"], item["event"]["data"]["highest"]) == (f"GET /v1/cases/{CASE}", "CUI")
    assert item["event"]["by"]["name"] == "G. Example"
    (_, of_gao), (_, of_inspector) = recorded(marked)
    assert (of_inspector.event.way, of_inspector.event.office) == ("reads", "ig-nsa")
    assert of_inspector.event.first_position == 2, "of the ledger of reads"
    assert of_gao.event.way == "answer"
    found = marked.client.get("/v1/oversight/reads?office=ig-nsa&limit=1", headers=GAO).json()
    assert [each["event"]["data"]["office"] for each in found["items"]] == ["ig-nsa"]
    behind = marked.client.get(f"/v1/oversight/reads?after={found['next']}", headers=GAO).json()
    assert [each["event"]["data"]["way"] for each in behind["items"]] == ["reads"]
    low = marked.client.get("/v1/oversight/reads", headers=LOW).json()
    assert (low["items"], low["withheld"]) == ([], True)
    assert recorded(marked)[-1][1].event.way == "reads", "also where it gave nothing"


def test_no_audited_office_and_no_participant_is_shown_that_there_are_any(marked: Door) -> None:
    marked.client.get(f"/v1/cases/{CASE}", headers=GAO)
    for by in (NSA, SECRETARIAT, developer(DEVELOPER)):
        for path in ("/v1/oversight/reads", "/v1/oversight/reads?office=gao", "/v1/oversight/reads?after=99999"):
            answer = marked.client.get(path, headers=by)
            assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert marked.client.get("/v1/oversight/reads").status_code == 401


def shown(door: Door, by: dict[str, str]) -> dict[str, bytes]:
    """All that can be read of this record by path alone, with each answer's headers."""
    paths = [
        path
        for path, item in door.client.get("/openapi.json").json()["paths"].items()
        if "get" in item and "{" not in path and path not in {"/v1/stream", "/metrics"}
    ]
    paths += [f"/v1/audit/events/{position}" for position in range(door.recorder.head() - 1, door.recorder.head() + 3)]
    said = {path: door.client.get(path, headers=by) for path in paths}
    return {path: answer.content + repr(sorted(answer.headers.items())).encode() for path, answer in said.items()}


def test_what_everybody_else_is_given_is_the_same_to_the_byte_whatever_oversight_reads(marked: Door) -> None:
    readers = {"nsa": NSA, "secretariat": SECRETARIAT, "developer": developer()}
    before = {who: shown(marked, by) for who, by in readers.items()}
    figures = counted(marked)
    head = marked.recorder.head()
    for way in (f"/v1/cases/{CASE}", "/v1/audit/events", "/v1/oversight/reads"):
        assert marked.client.get(way, headers=GAO).status_code == 200
    assert len(recorded(marked)) == 3
    assert {who: shown(marked, by) for who, by in readers.items()} == before
    assert counted(marked) == figures, "no figure counts them"
    assert marked.recorder.head() == head
    assert not {type for _, type, _ in marked.recorder.read(0, 1000)} & {"reading.recorded.v1"}


def counted(door: Door) -> list[str]:
    lines = door.client.get("/metrics").text.splitlines()
    return [line for line in lines if line.startswith("docket_")]


def test_what_cannot_be_recorded_is_not_read_and_readiness_says_so(marked: Door) -> None:
    marked.docket.readings.recorder.close()
    for way in (
        f"/v1/cases/{CASE}",
        "/v1/cases",
        "/cases",
        "/v1/reports/annual-summary?format=pdf",
        "/v1/oversight/reads",
    ):
        answer = marked.client.get(way, headers=GAO)
        assert answer.status_code == 503, way
        assert CASE.encode() not in answer.content
        assert b"acme" not in answer.content
    answer = marked.client.get(f"/v1/cases/{CASE}", headers=GAO)
    assert (answer.json()["code"], answer.headers["retry-after"]) == ("read-not-recorded", "1")
    assert "etag" not in answer.headers, "no tag of what was not given"
    ready = marked.client.get("/readyz")
    assert (ready.status_code, ready.json()["wrong"]) == (503, {"reads": "cannot be recorded"})
    assert marked.client.get(f"/v1/cases/{CASE}", headers=NSA).status_code == 200, "others read on"
    assert marked.client.get("/v1/offices", headers=GAO).status_code == 200, "and so does it, what is not marked"


def test_a_full_disk_lets_nothing_through_and_ends_when_there_is_room(marked: Door) -> None:
    assert marked.client.get("/v1/cases", headers=GAO).status_code == 200
    recorder: Any = marked.docket.readings.recorder
    connection = recorder._writer._connection
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count = {pages}")
    statuses = [marked.client.get("/v1/audit/events", headers=GAO).status_code for _ in range(40)]
    assert statuses[-1] == 503
    given = statuses.count(200)
    assert len(recorded(marked)) == 1 + given, "what was given was recorded, and nothing else was given"
    assert marked.client.get("/readyz").json()["wrong"] == {"reads": "cannot be recorded"}
    connection.execute("PRAGMA max_page_count = 1000000")
    assert marked.client.get("/readyz").status_code == 200, "it finds out without being asked for anything marked"
    assert marked.client.get("/v1/audit/events", headers=GAO).status_code == 200


def test_a_stream_breaks_before_what_cannot_be_recorded(door: Door) -> None:
    door.enrolled()
    heard = b""
    with (
        served(door.app) as address,
        httpx2.Client(base_url=address, timeout=3) as client,
        client.stream("GET", "/v1/stream", params={"after": 0}, headers=GAO) as answer,
    ):
        door.docket.readings.recorder.close()
        assert door.act("case.submit.v1", developer(), submission(), marking="CUI").status_code == 201
        with suppress(httpx2.RemoteProtocolError):
            for part in answer.iter_bytes():
                heard += part
    assert b"participant.enrolled.v1" in heard
    assert b"case.submitted.v1" not in heard


DIES = """
import os, signal, sys
from pathlib import Path
from domain.ledger.readings import Readings
record = Readings.record
def dies(self, *args, **kwargs):
    record(self, *args, **kwargs)
    os.kill(os.getpid(), signal.SIGKILL)
Readings.record = dies
from api.__main__ import main
sys.argv = ["docket", "serve", "--data", sys.argv[1], "--port", "0", "--ceiling", "CUI", "--development"]
main()
"""


def test_a_process_that_dies_behind_the_record_has_given_nothing_and_the_record_is_there(tmp_path: Path) -> None:
    program = [sys.executable, "-c", DIES, str(tmp_path)]
    with subprocess.Popen(program, stderr=subprocess.PIPE, text=True) as serving:
        assert serving.stderr is not None
        line = serving.stderr.readline()
        while "serving" not in line:
            assert line, "it did not start"
            line = serving.stderr.readline()
        with httpx2.Client(base_url=line.split()[-1], timeout=30) as client:
            sent = {
                "id": named_id("1"),
                "marking": "CUI",
                "data": {"participant": DEVELOPER, "name": "A", "kind": "developer"},
            }
            assert client.post("/v1/actions/participant.enrol.v1", json=sent, headers=developer()).status_code == 201
            with pytest.raises(httpx2.TransportError):
                client.get("/v1/audit/events?min_position=30", headers=GAO)
        assert serving.wait(30) == -signal.SIGKILL
    with closing(SQLiteRecorder(tmp_path / "reads.db", verify=wire.verify)) as reads:
        found = [wire.load(document).event for _, type, document in reads.read(1, 10) if type == "reading.recorded.v1"]
    assert len(found) == 1


def test_what_is_counted_or_found_by_what_is_protected_was_looked_at(marked: Door) -> None:
    marked.docket.index.catch_up()
    for way in (
        "/v1/audit/events?limit=1&type=office.registered.v1&count=true",
        "/v1/audit/events?text=nothingofthat",
    ):
        assert marked.client.get(way, headers=GAO).status_code == 200
        assert recorded(marked)[-1][1].event.highest == "CUI", way
    assert len(recorded(marked)) == 2
    ordinary = marked.client.get("/v1/audit/events?limit=1&type=office.registered.v1", headers=GAO)
    assert ordinary.status_code == 200
    assert len(recorded(marked)) == 2


def test_an_archive_of_the_record_is_a_reading(marked: Door) -> None:
    answer = marked.client.get("/v1/audit/events?format=ndjson", headers=GAO)
    assert CASE.encode() in answer.content
    assert [each.event.highest for _, each in recorded(marked)] == ["CUI"]
    marked.docket.readings.recorder.close()
    broken = marked.client.get("/v1/audit/events?format=ndjson", headers=GAO)
    assert b"submitted" not in broken.content, "it is broken off before what cannot be recorded"
    assert CASE.encode() not in broken.content


def test_what_oversight_reads_has_a_log_of_its_own_which_is_oversight_s_alone(
    marked: Door, signed: Signed, signed_reads: Signed
) -> None:
    reads = "/v1/oversight/reads"
    marked.client.get("/v1/cases", headers=GAO)
    signed.signing.sign()
    first = signed_reads.signing.sign()
    marked.client.get(f"/v1/cases/{CASE}", headers=GAO)
    signed_reads.signing.sign()
    note = Note.read(marked.client.get(f"{reads}/checkpoint", headers=INSPECTOR).content)
    assert note.signed_by([signed_reads.signing.key])
    assert signed_reads.signing.key.name != signed.signing.key.name
    now = Checkpoint.read(note.text)
    assert first is not None
    assert (first.checkpoint.size, now.size) == (2, 3)
    policy = Policy.read(f"log {signed_reads.signing.key}\nquorum none\n")
    for position, document in recorder_documents(marked).items():
        if position <= now.size:
            answer = marked.client.get(f"{reads}/proof/{position}", headers=INSPECTOR)
            assert answer.status_code == 200, answer.text
            proof = Proof.read(answer.content)
            assert proof.verify(document, policy).checkpoint.size >= position
    asked = {"from": first.checkpoint.size, "to": now.size}
    said = marked.client.get(f"{reads}/consistency", headers=INSPECTOR, params=asked).json()
    path = [from_base64(each) for each in said["proof"]]
    verify_consistency(first.checkpoint.size, now.size, path, first.checkpoint.root, now.root)
    for way in ("checkpoint", "proof/1", "consistency?from=1", "proof/999"):
        for by in (NSA, SECRETARIAT, developer()):
            hidden = marked.client.get(f"{reads}/{way}", headers=by)
            assert hidden.status_code == 404, "not even how long it is"
            assert hidden.content == marked.client.get(reads, headers=by).content
    assert marked.client.get(f"{reads}/checkpoint").status_code == 401


def test_what_oversight_reads_is_witnessed_by_whom_its_own_policy_names(
    marked: Door, signed_reads: Signed, tmp_path: Path
) -> None:
    """A real witness, over HTTP; its signature stands beneath the checkpoint that overseers are given."""
    key, file, reads = signed_reads.signing.key, tmp_path / "reads-policy", marked.docket.readings
    with closing(SeenFile(tmp_path / "seen.db")) as seen:
        app = witness_app(Witness("gao.example/witness", Held("gao"), [key], seen, lambda: 1_800_000_000))
        with served(app) as address:
            file.write_text(f"log {key}\nwitness gao {witness('gao')} {address}\nquorum gao\n")
            here = reads_signed_here(
                LogFiles(reads_policy=file),
                marked.docket.apart,
                reads.recorder,
                reads.ledger,
                clock=marked.clock,
                own_key=marked.folder / "log-key.pem",
            )
            assert here.witnessing is not None
            assert len(here.works) == 2
            for size in (2, 3):
                marked.client.get("/v1/cases", headers=GAO)
                here.signing.sign()
                here.witnessing.once()
                assert here.witnessing.silent == {}
                answer = marked.client.get("/v1/oversight/reads/checkpoint", headers=INSPECTOR)
                opened = Policy.read(file.read_text()).opened(answer.content)
                assert (opened.checkpoint.size, opened.witnessed) == (size, {"gao": 1_800_000_000})
            here.witnessing.close()
        assert seen.of(key.name).size == 3
    file.write_text(f"log {LOG_KEY}\nquorum none\n")
    with pytest.raises(ValueError, match="does not believe this log; its line would be: log"):
        reads_signed_here(
            LogFiles(reads_policy=file),
            marked.docket.apart,
            reads.recorder,
            reads.ledger,
            clock=marked.clock,
            own_key=marked.folder / "log-key.pem",
        )


def test_a_reading_that_was_taken_out_of_its_ledger_is_missed(
    marked: Door, signed: Signed, signed_reads: Signed
) -> None:
    marked.client.get("/v1/cases", headers=GAO)
    assert signed_reads.signing.sign() is not None
    shorter = marked.docket.readings.recorder.read(0, 1)

    class Less:
        def read(self, after: int, limit: int) -> list[tuple[int, str, bytes]]:
            return shorter[after : after + limit]

    with pytest.raises(Forked, match="it went back"):
        Signing(
            FollowedLog(Less()), signed_reads.kept, KeyFile(marked.folder / "log-key.pem"), clock=marked.clock
        ).sign()
