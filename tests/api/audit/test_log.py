"""Whoever follows the log over HTTP can check it without trust; entries are for those who may see them."""

from collections.abc import Collection, Iterator
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest

from consumers.checkpoints.opening import Signed
from projections.exports.verifying import verify
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Note
from projections.transparency.policy import Policy
from projections.transparency.proof import Proof
from projections.transparency.spelling import from_base64
from projections.transparency.tiles import TileId, hashes_in, unbundled
from projections.transparency.tree import Hashes, leaf_hash, root_of, verify_consistency
from tests.api.knocking import CASE, NSA, Door, developer, named_id, office

ENROL = {"name": "Acme", "kind": "developer"}
UNCLEARED = office("treasury", "T. Example", clearance='clearance="UNCLASSIFIED"')


@pytest.fixture
def signing(signed: Signed) -> Iterator[Signed]:
    """It signs, as it does in a process that serves."""
    stop = Event()
    running = Thread(target=signed.signing.run, args=(stop,))
    running.start()
    yield signed
    stop.set()
    running.join(10)


def enrol(door: Door, number: int, **more: Any) -> Any:
    id = named_id("participant", number)
    return door.act("participant.enrol.v1", developer(id), {"participant": id, **ENROL}, **more)


def checkpoint(door: Door, **query: str) -> Note:
    answer = door.client.get("/v1/audit/checkpoint", params=query)
    assert answer.status_code == 200
    assert answer.headers["content-type"] == "text/plain; charset=utf-8"
    return Note.read(answer.content)


def tiles(door: Door, size: int) -> Hashes:
    """The tree as somebody has it who fetches tiles alone."""

    def tile(level: int, index: int) -> bytes:
        partial = (size >> 8 * level) - 256 * index
        width = "" if partial >= 256 else f".p/{partial}"
        return bytes(door.client.get(f"/v1/audit/tile/{level}/{index:03}{width}").content)

    def get(wanted: Collection[TileId]) -> dict[TileId, bytes]:
        return {each: tile(*each) for each in wanted}

    return hashes_in(get)


def test_the_checkpoint_is_signed_and_its_root_is_that_of_the_tiles(door: Door, signed: Signed) -> None:
    assert door.client.get("/v1/audit/checkpoint").status_code == 404, "nobody has signed it yet"
    signed.signing.sign()
    note = checkpoint(door)
    assert note.signed_by([signed.signing.key])
    said = Checkpoint.read(note.text)
    assert said.size == door.recorder.head()
    assert root_of(tiles(door, said.size), said.size) == said.root
    assert door.client.get("/v1/audit/checkpoint").headers["docket-grade"] == "provisional"
    assert door.client.get("/v1/audit/checkpoint?grade=final").status_code == 404
    assert door.client.get("/v1/audit/checkpoint?grade=other").status_code == 400


def test_a_receipt_that_is_proved_can_be_checked_offline(door: Door, signing: Signed) -> None:
    answer = enrol(door, 1, headers={"Prefer": "wait=20"})
    assert answer.status_code == 201
    assert "proofs" not in answer.json()
    data = {"participant": named_id("participant", 1), **ENROL}
    again = door.client.post(
        "/v1/actions/participant.enrol.v1?ack=proved",
        json={"id": named_id("act", door.acts), "marking": "UNCLASSIFIED", "data": data},
        headers=developer(named_id("participant", 1)) | {"Prefer": "wait=20"},
    )
    assert (again.status_code, again.headers["docket-ack"]) == (200, "proved")
    size, grade = again.headers["docket-checkpoint"].split()
    assert int(size) >= again.json()["position"]
    assert grade == "provisional"
    policy = Policy.read(f"log {signing.signing.key}\nquorum none\n")
    assert [each["position"] for each in again.json()["proofs"]] == [
        each["position"] for each in again.json()["events"]
    ]
    for each in again.json()["proofs"]:
        document = door.recorder.documents([each["position"]])[each["position"]]
        opened = Proof.read(each["proof"].encode()).verify(document, policy)
        assert opened.checkpoint.size == int(size)
    assert again.json() == answer.json() | {"repeated": True, "proofs": again.json()["proofs"]}


def test_a_refusal_is_proved_too(door: Door, signing: Signed) -> None:
    answer = door.client.post(
        "/v1/actions/case.accept.v1?ack=proved",
        json={"id": named_id("refused"), "marking": "UNCLASSIFIED", "data": {"case_id": named_id("no case")}},
        headers=NSA | {"Prefer": "wait=20"},
    )
    assert answer.headers["docket-ack"] == "proved"
    receipt = answer.json()["receipt"]
    (proof,) = receipt["proofs"]
    assert proof["position"] == receipt["events"][0]["position"]


def test_what_is_not_signed_in_time_is_stored(door: Door) -> None:
    id = named_id("participant", 1)
    answer = door.client.post(
        "/v1/actions/participant.enrol.v1?ack=proved",
        json={"id": named_id("act"), "marking": "UNCLASSIFIED", "data": {"participant": id, **ENROL}},
        headers=developer(id) | {"Prefer": "wait=0"},
    )
    assert (answer.status_code, answer.headers["docket-ack"]) == (201, "stored")
    assert "proofs" not in answer.json()


def test_anybody_may_have_a_proof_of_any_position(door: Door, signing: Signed) -> None:
    enrol(door, 1)
    head = door.recorder.head()
    policy = Policy.read(f"log {signing.signing.key}\nquorum none\n")
    for position in (1, head):
        answer = door.client.get(f"/v1/audit/proof/{position}")
        assert answer.status_code == 200
        assert answer.headers["content-disposition"] == f'attachment; filename="{position}.tlog-proof"'
        proof = Proof.read(answer.content)
        assert proof.index == position - 1
        proof.verify(door.recorder.documents([position])[position], policy)
    for nowhere in (head + 1, 2**53 - 1):
        assert door.client.get(f"/v1/audit/proof/{nowhere}").status_code == 404
    for wrong in (0, -1, "x", 2**53):
        assert door.client.get(f"/v1/audit/proof/{wrong}").status_code == 400


def test_a_longer_log_is_shown_to_begin_with_a_shorter_one(door: Door, signed: Signed) -> None:
    signed.signing.sign()
    before = Checkpoint.read(checkpoint(door).text)
    enrol(door, 1)
    door.docket.runner.catch_up()
    signed.signing.sign()
    after = Checkpoint.read(checkpoint(door).text)
    said = door.client.get("/v1/audit/consistency", params={"from": before.size, "to": after.size}).json()
    assert (said["from"], said["to"]) == (before.size, after.size)
    path = [from_base64(each) for each in said["proof"]]
    verify_consistency(before.size, after.size, path, before.root, after.root)
    assert door.client.get("/v1/audit/consistency", params={"from": before.size}).json() == said
    for old, new in ((after.size + 1, None), (2, 1), (0, after.size + 1)):
        asked = {"from": old} | ({} if new is None else {"to": new})
        assert door.client.get("/v1/audit/consistency", params=asked).status_code == 404
    assert door.client.get("/v1/audit/consistency").status_code == 400


def test_tiles_are_for_ever_and_nothing_else_is_one(open_door: Door) -> None:
    head = open_door.recorder.head()
    whole = open_door.client.get(f"/v1/audit/tile/0/000.p/{head}")
    assert whole.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert len(whole.content) == 32 * head
    assert whole.content[:32] == leaf_hash(open_door.recorder.documents([1])[1])
    assert open_door.client.get("/v1/audit/tile/0/000.p/1").content == whole.content[:32]
    for nowhere in (f"0/000.p/{head + 1}", "0/000", "1/000.p/1", "0/001.p/1", "0/0", "8/000", "x", "0/000.p/0"):
        assert open_door.client.get(f"/v1/audit/tile/{nowhere}").status_code == 404, nowhere


def test_entries_are_for_those_who_may_see_every_one_of_them(door: Door) -> None:
    head = door.recorder.head()
    path = f"/v1/audit/tile/entries/000.p/{head}"
    answer = door.client.get(path, headers=NSA)
    assert answer.status_code == 200
    assert unbundled(answer.content) == [document for _, _, document in door.recorder.read(0, head)]
    assert answer.headers["cache-control"] == "private"
    assert door.client.get(path).status_code == 401
    enrol(door, 1, marking="CUI", protected_marking="CUI")
    door.docket.runner.catch_up()
    head = door.recorder.head()
    path = f"/v1/audit/tile/entries/000.p/{head}"
    assert door.client.get(path, headers=NSA).status_code == 200
    hidden, absent = (
        door.client.get(each, headers=UNCLEARED) for each in (path, f"/v1/audit/tile/entries/000.p/{head + 1}")
    )
    assert (hidden.status_code, hidden.content) == (absent.status_code, absent.content)
    assert hidden.status_code == 404
    assert door.client.get(f"/v1/audit/tile/0/000.p/{head}", headers=UNCLEARED).status_code == 200, "as hashes"


def test_an_export_over_http_proves_itself_and_holds_what_its_reader_may_see(
    door: Door, signed: Signed, tmp_path: Path
) -> None:
    assert door.client.get("/v1/audit/export", headers=NSA).status_code == 404, "nothing is signed yet"
    enrol(door, 1)
    enrol(door, 2, marking="CUI", protected_marking="CUI")
    door.docket.runner.catch_up()
    signed.signing.sign()
    policy, path = Policy.read(f"log {signed.signing.key}\nquorum none\n"), tmp_path / "export.zip"
    size = door.recorder.head()
    for by, absent in ((NSA, 0), (UNCLEARED, 1)):
        answer = door.client.get("/v1/audit/export", headers=by)
        assert answer.headers["content-type"] == "application/zip"
        assert answer.headers["cache-control"] == "private, no-store"
        path.write_bytes(answer.content)
        report = verify(path, policy)
        assert (report.events, report.absent) == (size - absent, absent)
        assert report.withheld == 0
    assert door.client.get("/v1/audit/export").status_code == 401
    for asked, events in (({"from": size, "until": size}, 1), ({"case_id": CASE}, 0), ({"from": size + 1}, 0)):
        path.write_bytes(door.client.get("/v1/audit/export", headers=NSA, params=asked).content)
        report = verify(path, policy)
        assert report.events == events
        assert report.manifest.asked == {name: str(value) for name, value in asked.items()}
    for wrong in ({"from": 0}, {"until": "x"}):
        assert door.client.get("/v1/audit/export", headers=NSA, params=wrong).status_code == 400


def test_a_case_is_exported_by_itself(door: Door, signed: Signed, tmp_path: Path) -> None:
    door.submitted()
    enrol(door, 1)
    door.docket.runner.catch_up()
    signed.signing.sign()
    path = tmp_path / "case.zip"
    path.write_bytes(door.client.get("/v1/audit/export", headers=NSA, params={"case_id": CASE}).content)
    report = verify(path, Policy.read(f"log {signed.signing.key}\nquorum none\n"))
    listed = door.read("/v1/audit/events", NSA, case_id=CASE).json()["items"]
    assert report.events == len(listed) > 0
