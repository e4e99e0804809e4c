"""An office signs its acts whichever way they come in, and whoever may see it reads by which key, and that it holds."""

import json
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, NoEncryption, PrivateFormat
from typer.testing import CliRunner

from api.cli import app
from api.identity.development import DEVELOPMENT_HEADER
from consumers.acts import cloudevent
from domain import signing, wire
from tests.api.acts.test_cloudevents import ACTIONS, BATCH, LINES, STRUCTURED, event, lines, outcomes
from tests.api.cli.test_command_line import docket
from tests.api.knocking import CASE, SECRETARIAT, Door, developer, named_id, office
from tests.api.serving import served
from tests.domain.signed import ED25519, ES256, KEYS, Own

TREASURY = office("treasury", "T. Example")
LOW = office("dhs", "L. Example", clearance="clearance=UNCLASSIFIED")
OVERSIGHT = office("gao", "G. Example")
AGENCY = (Path(__file__).parents[3] / "docs" / "agency.md").read_text(encoding="utf-8")


def registers(door: Door, own: Own = ED25519, by: dict[str, str] = TREASURY) -> None:
    data = {"office": "treasury", "key_id": own.id, "algorithm": own.algorithm, "public_key": own.registered}
    assert door.act("office.register-key.v1", by, data).status_code == 201


def requires(door: Door, **more: Any) -> None:
    asked = event("office.require-signatures.v1", {"office": "treasury", "acts": "every", **more})
    answer = door.client.post(ACTIONS, json=signed(door, asked), headers=TREASURY | STRUCTURED)
    assert answer.status_code == 201, answer.text


def signed(door: Door, said: dict[str, Any], own: Own = ED25519, by: dict[str, str] = TREASURY) -> dict[str, Any]:
    """A CloudEvent with its signature."""
    me, act = door.read("/v1/me", by).json(), cloudevent.asked(said)
    payload = signing.statement(
        ledger=door.ledger.opened.ledger,
        actor=me["actor"],
        person=me["person"]["id"],
        id=act.id,
        digest=wire.act_digest(act),
    )
    assert me["ledger"] == f"urn:uuid:{door.ledger.opened.ledger}"
    return {**said, "signature": signing.sign(payload, own.private, own.id)}


def dissent(number: object = 1, **more: Any) -> dict[str, Any]:
    data = {"case_id": CASE, "dissent_id": named_id("dissent", number), "reasons": "Invented reasons."}
    return event("case.file-dissent.v1", data, time="2026-08-31T09:00:00-04:00", **more)


def single(door: Door, said: dict[str, Any]) -> dict[str, Any]:
    body = {ours: said[theirs] for theirs, ours in cloudevent.ATTRIBUTES.items() if theirs in said}
    body["data"] = said["data"]
    answer = door.client.post(f"{ACTIONS}/{said['type']}", json=body, headers=TREASURY)
    return {"status": answer.status_code, "code": answer.json().get("code")}


def structured(door: Door, said: dict[str, Any]) -> dict[str, Any]:
    answer = door.client.post(ACTIONS, json=said, headers=TREASURY | STRUCTURED)
    return {"status": answer.status_code, "code": answer.json().get("code")}


def binary(door: Door, said: dict[str, Any]) -> dict[str, Any]:
    headers = {f"ce-{name}": value for name, value in said.items() if name != "data"}
    answer = door.client.post(ACTIONS, json=said["data"], headers=TREASURY | headers)
    return {"status": answer.status_code, "code": answer.json().get("code")}


def batch(door: Door, said: dict[str, Any]) -> dict[str, Any]:
    (item,) = door.client.post(ACTIONS, json=[said], headers=TREASURY | BATCH).json()
    return {"status": item["status"], "code": item.get("problem", {}).get("code")}


def by_lines(door: Door, said: dict[str, Any]) -> dict[str, Any]:
    (item,) = outcomes(door.client.post(ACTIONS, content=lines(said), headers=TREASURY | LINES).content)
    return {"status": item["status"], "code": item.get("problem", {}).get("code")}


WAYS = [single, structured, binary, batch, by_lines]


@pytest.mark.parametrize("send", WAYS)
@pytest.mark.parametrize("own", KEYS.values(), ids=KEYS)
def test_a_signature_holds_whichever_way_the_act_comes_in(door: Door, send: Callable[..., Any], own: Own) -> None:
    door.submitted()
    registers(door, own)
    assert send(door, signed(door, dissent(), own)) == {"status": 201, "code": None}
    assert door.read(f"/v1/audit/events/{door.recorder.head()}", TREASURY).json()["signature"] == {
        "key_id": own.id,
        "algorithm": own.algorithm,
        "verdict": "valid",
    }


@pytest.mark.parametrize("send", WAYS)
def test_an_act_is_refused_where_its_signature_is_missing_or_wrong(door: Door, send: Callable[..., Any]) -> None:
    door.submitted()
    registers(door)
    requires(door)
    assert send(door, dissent(1)) == {"status": 403, "code": "signature-required"}
    stolen = {**dissent(2), "signature": signed(door, dissent(3))["signature"]}
    assert send(door, stolen) == {"status": 403, "code": "signature-wrong"}
    of_another = office("treasury", "Another Example")
    assert send(door, signed(door, dissent(4), by=of_another)) == {"status": 403, "code": "signature-wrong"}
    assert send(door, signed(door, dissent(5), ES256)) == {"status": 403, "code": "signature-key-unknown"}
    assert send(door, signed(door, dissent(6)))["status"] == 201
    codes = [each["code"] for each in door.read("/v1/refusals", OVERSIGHT).json()["items"]]
    assert codes == ["signature-required", "signature-wrong", "signature-wrong", "signature-key-unknown"]


@pytest.mark.parametrize("send", WAYS)
def test_what_is_no_signature_is_turned_away_and_uses_up_no_id(door: Door, send: Callable[..., Any]) -> None:
    door.submitted()
    registers(door)
    head = door.recorder.head()
    good = signed(door, dissent())
    header, _, value = good["signature"].split(".")
    for text in ("none", f"{header}..", f"{header}..a=", f"{header}..{value}.", "a" * 600 + ".." + "a" * 600):
        assert send(door, {**good, "signature": text}) == {"status": 422, "code": "malformed"}
    assert send(door, {**good, "signature": f"e30..{value}"}) == {"status": 422, "code": "signature-form"}
    assert door.recorder.head() == head
    assert send(door, good)["status"] == 201


def test_a_participant_signs_nothing(door: Door) -> None:
    door.submitted()
    registers(door)
    said = event("case.withdraw.v1", {"case_id": CASE}, signature=signed(door, dissent())["signature"])
    answer = door.client.post(ACTIONS, json=said, headers=developer() | STRUCTURED)
    assert (answer.status_code, answer.json()["code"]) == (422, "signature-unsupported")
    del said["signature"]
    assert door.client.post(ACTIONS, json=said, headers=developer() | STRUCTURED).status_code == 201


# --- what readers learn -------------------------------------------------------------------------------------------


def test_the_audit_trail_says_what_was_signed_and_the_key_only_to_those_who_may_see_who_acted(door: Door) -> None:
    door.submitted()
    registers(door)
    assert structured(door, signed(door, dissent(protectedmarking="CUI")))["status"] == 201
    head = door.recorder.head()
    listed = {each["position"]: each["signed"] for each in door.read("/v1/audit/events", LOW).json()["items"]}
    assert (listed[head], listed[head - 1]) == (True, False)
    low, full = (door.read(f"/v1/audit/events/{head}", by).json() for by in (LOW, OVERSIGHT))
    assert low["signature"] == {"key_id": None, "algorithm": None, "verdict": "withheld"}
    assert full["signature"]["key_id"] == ED25519.id
    assert full["event"]["signed"] is True
    assert low["event"]["signed"] is True
    assert ED25519.id not in json.dumps(low)
    assert ED25519.id not in door.read(f"/v1/audit/events/{head}", LOW, form="document").text
    assert door.read(f"/v1/audit/events/{head - 1}", OVERSIGHT).json()["signature"] is None


def test_a_revocation_leaves_what_was_signed_before_it_valid(door: Door) -> None:
    door.submitted()
    registers(door)
    assert structured(door, signed(door, dissent(1)))["status"] == 201
    before = door.recorder.head()
    door.act("office.revoke-key.v1", TREASURY, {"office": "treasury", "key_id": ED25519.id})
    assert structured(door, signed(door, dissent(2)))["code"] == "signature-key-revoked"
    verdicts = [
        door.read(f"/v1/audit/events/{position}", OVERSIGHT).json()["signature"]["verdict"]
        for position in (before, door.recorder.head())
    ]
    assert verdicts == ["valid", "refused"]


def test_whoever_acts_is_told_which_of_their_acts_are_signed(door: Door) -> None:
    door.submitted()
    registers(door)

    def told(path: str, of: str) -> dict[str, bool]:
        return {each["command"]: each["signed"] for each in door.read(path, TREASURY).json()[of] if each["may"]}

    assert not any(told("/v1/me", "rights").values())
    requires(door, acts="listed", commands=["case.file-dissent.v1"])
    mine = told("/v1/me", "rights")
    guarded = {"office.register-key.v1", "office.revoke-key.v1", "office.require-signatures.v1"}
    assert {command for command, signed in mine.items() if signed} == {"case.file-dissent.v1"} | guarded - {
        "office.revoke-key.v1"
    }
    options = told(f"/v1/cases/{CASE}/options", "options")
    assert {command for command, signed in options.items() if signed} == {"case.file-dissent.v1"}


def test_the_directory_says_which_acts_of_an_office_are_signed_and_said_so_at_any_position(door: Door) -> None:
    registers(door)
    before = door.recorder.head()
    requires(door, acts="listed", commands=["case.file-dissent.v1"])
    now = door.read("/v1/offices/treasury", developer()).json()["now"]
    assert (now["signed_acts"], now["signed_commands"]) == ("listed", ["case.file-dissent.v1"])
    then = door.read("/v1/offices/treasury", OVERSIGHT, as_of=before).json()["now"]
    assert (then["signed_acts"], then["signed_commands"]) == ("none", [])
    lost = event("office.require-signatures.v1", {"office": "treasury", "acts": "none", "reason": "Lost."})
    assert door.client.post(ACTIONS, json=lost, headers=SECRETARIAT | STRUCTURED).status_code == 201
    assert door.read("/v1/offices/treasury", OVERSIGHT).json()["now"]["signed_acts"] == "none"


def test_pages_say_that_an_act_is_signed_and_with_which_key(door: Door) -> None:
    door.submitted()
    registers(door)
    requires(door)
    structured(door, signed(door, dissent()))
    page = door.client.get(f"/audit/{door.recorder.head()}", headers=TREASURY).text
    assert f"With the key {ED25519.id}: valid" in page
    assert "Your office has this act signed" in door.client.get("/act/case.file-dissent.v1", headers=TREASURY).text
    assert "has this act signed" not in door.client.get("/act/case.file-dissent.v1", headers=OVERSIGHT).text


# --- the command line ---------------------------------------------------------------------------------------------


def pem(folder: Path, own: Own, *, password: bytes | None = None) -> Path:
    lock = NoEncryption() if password is None else BestAvailableEncryption(password)
    file = folder / f"{own.id}.pem"
    file.write_bytes(own.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))
    return file


def publish(url: str, acts: Path, *more: object) -> subprocess.CompletedProcess[str]:
    words = ("--as", TREASURY[DEVELOPMENT_HEADER], "--url", url, "--json")
    return docket("publish", acts, *words, *more)


@pytest.mark.parametrize("own", KEYS.values(), ids=KEYS)
def test_publish_signs_what_it_sends(door: Door, tmp_path: Path, own: Own) -> None:
    door.submitted()
    registers(door)
    registers(door, ES256)
    requires(door)
    acts = tmp_path / "acts.ndjson"
    acts.write_bytes(lines(dissent(1), dissent(2)))
    with served(door.app) as url:
        unsigned = publish(url, acts)
        assert (unsigned.returncode, json.loads(unsigned.stdout)["refused"]) == (3, 2)
        acts.write_bytes(lines(dissent(3), dissent(4)))
        sent = publish(url, acts, "--sign-key", pem(tmp_path, own), "--key-id", own.id)
        assert (sent.returncode, json.loads(sent.stdout)["recorded"]) == (0, 2), sent.stderr
    told = door.read(f"/v1/audit/events/{door.recorder.head()}", TREASURY).json()
    assert told["signature"]["verdict"] == "valid"


def test_publish_says_in_one_line_why_it_cannot_sign_and_sends_nothing(door: Door, tmp_path: Path) -> None:
    door.submitted()
    head = door.recorder.head()
    good, acts = pem(tmp_path, ED25519), tmp_path / "acts.ndjson"
    locked = pem(tmp_path, ES256, password=b"secret")
    nothing = tmp_path / "nothing.pem"
    nothing.write_text("-----BEGIN NOTHING-----")
    key = ("--sign-key", good, "--key-id", ED25519.id)
    cases: list[tuple[bytes, tuple[object, ...], int]] = [
        (lines(dissent()), ("--sign-key", good), 2),
        (lines(dissent()), ("--key-id", ED25519.id), 2),
        (lines(dissent()), ("--sign-key", locked, "--key-id", "k"), 1),
        (lines(dissent()), ("--sign-key", nothing, "--key-id", "k"), 1),
        (lines(dissent()), ("--sign-key", tmp_path / "missing.pem", "--key-id", "k"), 1),
        (lines(dissent(), dissent(signature="a..b")), key, 4),
        (lines(dissent(), {"no": "event"}), key, 4),
        (lines(dissent()) + b"{", key, 4),
        (lines([dissent()]), key, 4),
    ]
    with served(door.app) as url:
        for body, more, code in cases:
            acts.write_bytes(body)
            words = ["publish", acts, "--as", TREASURY[DEVELOPMENT_HEADER], "--url", url, *more]
            told = CliRunner().invoke(app, [*map(str, words)])
            assert (told.exit_code, told.stderr.count("\n"), told.stdout) == (code, 1, ""), told.stderr
    acts.write_bytes(lines(dissent()))
    assert publish("http://127.0.0.1:1", acts, *key).returncode == 5
    assert door.recorder.head() == head


# --- what the documentation shows ---------------------------------------------------------------------------------


def blocks(kind: str, heading: str = "Sign an act") -> list[str]:
    section = AGENCY.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(rf"```{kind}\n(.*?)```", section, re.DOTALL)


def test_what_the_documentation_says_of_signing_is_carried_out(door: Door, tmp_path: Path) -> None:
    """Its commands, in order; then its program, which knows of Docket only what stands there."""
    door.submitted()
    (program,), (sends,), (registering, signing_them) = blocks("python"), blocks("sh", "Send an act"), blocks("sh")
    writes, published, _ = sends.partition("docket publish")
    assert published
    path = f"{Path(sys.executable).parent}:/usr/local/bin:/usr/bin:/bin"

    def carried_out(*words: str) -> str:
        done = subprocess.run(
            words, cwd=tmp_path, capture_output=True, text=True, timeout=60, check=False, env={"PATH": path}
        )
        assert done.returncode == 0, done.stderr + done.stdout
        return done.stdout

    with served(door.app) as url:
        for block in (sends, registering, writes, signing_them):
            assert "/problems/" not in carried_out("bash", "-euc", block.replace("http://127.0.0.1:8040", url))
        told = door.read(f"/v1/audit/events/{door.recorder.head()}", OVERSIGHT).json()
        assert told["signature"]["verdict"] == "valid"
        head = door.recorder.head()
        carried_out(sys.executable, "-c", program.replace("http://127.0.0.1:8040", url))
    assert door.recorder.head() == head + 1
    assert door.read(f"/v1/audit/events/{head + 1}", OVERSIGHT).json()["signature"] == {
        "key_id": "treasury-2026",
        "algorithm": "Ed25519",
        "verdict": "valid",
    }
