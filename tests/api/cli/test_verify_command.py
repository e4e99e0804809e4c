"""What an auditor does on a laptop: an archive, a policy, and one command; its exit code says which layer fails."""

import json
import shutil
import zipfile
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from api.compose import embedded
from projections.exports.layers import Layer
from projections.transparency.log import LogReader
from projections.transparency.proof import Proof
from projections.transparency.spelling import to_base64
from tests.api.cli.test_command_line import docket
from tests.projections.small_ledger import small
from tests.projections.transparency.signers import LOG_KEY

NOON = datetime(2026, 7, 6, 16, tzinfo=UTC)


def more(folder: Path, *models: str) -> tuple[bytes, bytes]:
    """So many more cases; the checkpoint that is signed then, and the proof that it goes on from the one before."""
    made = small(folder / "ledger.db") if not (folder / "ledger.db").exists() else None
    if made is not None:
        made.enrol()
        for model in models:
            made.submit(model)
        made.recorder.close()
    with embedded(folder, clock=lambda: NOON, ceiling="CUI") as held:
        before = held.signed.kept.latest()
        assert before is not None
        if made is None:
            held.timer.record()
        proof = LogReader(held.store).consistency(1, before.checkpoint.size)
        said = {"from": 1, "to": before.checkpoint.size, "proof": [to_base64(each) for each in proof]}
        return bytes(before.note), json.dumps(said).encode()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What an auditor has: an archive, a policy, a proof, a document, checkpoints; and the data they came from."""
    made = tmp_path_factory.mktemp("audit")
    data = made / "data"
    data.mkdir()
    note, consistency = more(data, "Orion", "Lyra")
    (made / "checkpoint").write_bytes(note)
    (made / "consistency.json").write_bytes(consistency)
    key = said("log", "--data", data)["key"]
    (made / "policy").write_text(f"log {key}\nquorum none\n")
    assert said("export", made / "all.zip", "--data", data)["events"] > 1
    with embedded(data, clock=lambda: NOON, ceiling="CUI") as held:
        published = held.signed.kept.latest()
        assert published is not None
        size = published.checkpoint.size
        document = held.recorder.documents([size])[size]
        (made / "document").write_bytes(document)
        path = tuple(held.signed.log.inclusion(size - 1, size))
        (made / "proof").write_bytes(bytes(Proof(index=size - 1, path=path, checkpoint=bytes(published.note))))
    return made


def said(*words: object, code: int = 0) -> Any:
    """What a command says, as an object; where it fails its one line."""
    answer = docket(*words, "--json")
    assert answer.returncode == code, answer.stderr
    if code == 0:
        return json.loads(answer.stdout)
    assert answer.stderr.count("\n") == 1
    return answer.stderr


def test_an_export_is_verified_with_nothing_but_a_policy(folder, tmp_path):
    for name in ("all.zip", "policy"):
        shutil.copy(folder / name, tmp_path / name)
    found = said("verify", "export", tmp_path / "all.zip", "--policy", tmp_path / "policy", "--complete")
    assert found["absent"] == found["withheld"] == 0
    assert found["events"] == found["size"]
    table = docket("verify", "export", tmp_path / "all.zip", "--policy", tmp_path / "policy")
    assert table.returncode == 0
    assert "Verified" in table.stdout


def test_a_proof_and_a_document_are_enough(folder):
    found = said("verify", "proof", folder / "proof", "--document", folder / "document", "--policy", folder / "policy")
    assert found["position"] == found["size"]


def test_a_policy_says_whom_it_believes(folder, tmp_path):
    found = said("verify", "keys", folder / "policy")
    assert found["quorum"] == "none"
    assert [name for name in found if name.startswith("log docket/")]
    (tmp_path / "wrong").write_text("quorum nobody")
    assert "line 1" in said("verify", "keys", tmp_path / "wrong", code=1)
    (tmp_path / "wrong").write_bytes(b"\xff")
    assert "no text" in said("verify", "keys", tmp_path / "wrong", code=1)


def test_what_does_not_hold_is_named_and_has_a_code_of_its_own(folder, tmp_path):
    policy, document = folder / "policy", folder / "document"
    other, strict = tmp_path / "other", tmp_path / "strict"
    other.write_text(f"log {LOG_KEY}\nquorum none\n")
    believed = policy.read_text().splitlines()[0]
    strict.write_text(
        f"{believed}\nwitness gao gao+fd09e61c+BDgpZ8n8Vw4Tm5z0x1V+2l8r1o5m1rM1fJdQ2K5w0r1X\nquorum gao\n"
    )
    assert "line 2" in said("verify", "keys", strict, code=1), "a key that is none is no key"

    spoiled = tmp_path / "spoiled"
    spoiled.write_bytes(document.read_bytes().replace(b"Orion", b"Other").replace(b"Lyra", b"Lyrb") + b" ")
    for words, layer, place in (
        (("export", folder / "all.zip", "--policy", other), Layer.SIGNATURE, "checkpoint"),
        (("proof", folder / "proof", "--document", document, "--policy", other), Layer.SIGNATURE, "proof"),
        (("proof", folder / "proof", "--document", spoiled, "--policy", policy), Layer.BYTES, "position"),
        (("proof", folder / "document", "--document", document, "--policy", policy), Layer.BYTES, "document"),
        (("export", folder / "document", "--policy", policy), Layer.BYTES, "document"),
    ):
        line = said("verify", *words, code=layer)
        assert line.startswith(f"docket: {layer.name.lower()}: {place}"), line

    with zipfile.ZipFile(folder / "all.zip") as archive:
        at = archive.getinfo("tile/entries/000.p/" + str(_size(folder))).header_offset
    whole = bytearray((folder / "all.zip").read_bytes())
    whole[at + 500] ^= 1
    changed = tmp_path / "changed.zip"
    changed.write_bytes(whole)
    assert said("verify", "export", changed, "--policy", policy, code=Layer.BYTES).startswith(
        "docket: bytes: position 1:"
    )


def test_what_an_archive_says_moves_no_cursor(folder, tmp_path):
    """A name that would wipe the line and write another verdict over it is spelled out."""
    shutil.copy(folder / "all.zip", tmp_path / "more.zip")
    with zipfile.ZipFile(tmp_path / "more.zip", "a") as archive:
        archive.writestr("\x1b[2K\rVerified \u202eelif", b"")
    line = said("verify", "export", tmp_path / "more.zip", "--policy", folder / "policy", code=Layer.BYTES)
    assert "\\x1b[2K\\rVerified \\u202eelif: not stored" in line
    assert line.rstrip("\n").isprintable()


def test_a_log_that_grew_is_shown_to_have_grown(folder, tmp_path):
    policy, note = folder / "policy", folder / "checkpoint"
    empty = tmp_path / "none.json"
    empty.write_text('{"from": 3, "to": 3, "proof": []}')
    assert said("verify", "consistency", note, note, empty, "--policy", policy)["from"] == _size(folder)
    wrong = said("verify", "consistency", note, note, folder / "consistency.json", "--policy", policy, code=Layer.ROOT)
    assert "the roots differ" in wrong
    for text in ("[]", "no JSON", '{"proof": ["x"]}', '{"proof": 1}'):
        empty.write_text(text)
        said("verify", "consistency", note, note, empty, "--policy", policy, code=Layer.ROOT)


def test_a_key_is_said_whole_however_narrow_the_screen_is(folder, monkeypatch):
    monkeypatch.setenv("COLUMNS", "50")
    told = docket("log", "--data", folder / "data").stdout
    rows = [line.split("│")[2].strip() for line in told.splitlines() if line.startswith("│")]
    assert said("log", "--data", folder / "data")["key"] in "".join(rows)


def test_an_export_overwrites_nothing_and_leaves_nothing_half_done(folder, tmp_path):
    assert "exists" in said("export", folder / "all.zip", "--data", folder / "data", code=1)
    assert "no ledger" in said("export", tmp_path / "x.zip", "--data", tmp_path, code=1)
    assert "no ledger" in said("log", "--data", tmp_path, code=1)
    assert [*tmp_path.iterdir()] == []


def test_a_folder_that_went_back_is_not_served(folder, tmp_path):
    data = tmp_path / "data"
    shutil.copytree(folder / "data", data)
    for name in ("ledger.db", "ledger.db-wal", "ledger.db-shm"):
        (data / name).unlink(missing_ok=True)
    small(data / "ledger.db").recorder.close()
    views = docket("serve", "--data", data, "--port", 0)
    assert (views.returncode, views.stderr.count("\n")) == (1, 1)
    assert "of another ledger, or of one that went back" in views.stderr
    for left in [*data.glob("views.db*"), *data.glob("index.db*")]:
        left.unlink()  # as somebody would who thinks that it is only the views
    answer = docket("serve", "--data", data, "--port", 0, DOCKET_LOG_ORIGIN=_origin(folder))
    assert (answer.returncode, answer.stderr.count("\n")) == (65, 1)
    assert "it went back" in answer.stderr


def _origin(folder: Path) -> str:
    origin: str = said("log", "--data", folder / "data")["origin"]
    return origin


def _size(folder: Path) -> int:
    return int((folder / "checkpoint").read_text().splitlines()[1])
