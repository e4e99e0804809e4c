"""Whoever's office has its acts signed acts on the pages too: the page shows what to sign, and takes the signature."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from playwright.sync_api import Page, expect
from typer.testing import CliRunner

from api.cli import app
from tests.api.acts.test_signed import TREASURY, registers, requires
from tests.api.knocking import CASE, Door
from tests.api.story.looking import Looks, wrong
from tests.api.story.test_acting import OURS
from tests.domain.signed import ED25519

FORM = f"/act/case.file-dissent.v1?case_id={CASE}"
REASONS = "Invented reasons, “as they stand”."


@pytest.fixture
def key(door: Door, tmp_path: Path) -> Path:
    """The private key of an office that has everything signed, and a case to act on."""
    assert door.submitted(marking="UNCLASSIFIED").status_code == 201
    registers(door)
    requires(door)
    file = tmp_path / "key.pem"
    file.write_bytes(ED25519.private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()))
    return file


def written(page: Page) -> str:
    """Write the act and go on to sign it; what is to be signed."""
    page.locator("[name=reasons]").fill(REASONS)
    page.get_by_role("button", name="Go on to sign").click()
    expect(page.locator("main h1")).to_have_text("Sign: File dissent")
    return page.locator("#statement").inner_text()


def sends(page: Page, signature: str) -> None:
    page.locator("[name=signature]").fill(signature)
    page.get_by_role("button", name="File dissent").click()


def by_docket(statement: str, key: Path) -> str:
    ran = CliRunner().invoke(app, ["sign", "--sign-key", str(key), "--key-id", ED25519.id, statement])
    assert ran.exit_code == 0, ran.output
    return ran.output.strip()


def by_line(line: str, key: Path) -> str:
    """What the line that the page shows prints in a shell beside the key."""
    ran = subprocess.run(["bash", "-c", line], cwd=key.parent, capture_output=True, text=True, check=True)
    return ran.stdout.strip()


@pytest.mark.parametrize("way", ["docket", "openssl"])
def test_an_act_is_signed_elsewhere_and_recorded_from_the_form(door: Door, looks: Looks, key: Path, way: str) -> None:
    page = looks(TREASURY, java_script_enabled=False).goto(FORM)
    expect(page.locator("#signed")).to_contain_text("has this act signed")
    id = page.locator("[name=id]").input_value()
    head = door.recorder.head()
    statement = written(page)
    assert door.recorder.head() == head, "nothing is recorded before it is signed"
    assert page.locator("[name=id]").input_value() == id
    shown = page.locator(f".docket-by-{way}").text_content() or ""
    assert f"--key-id {ED25519.id} '{statement}'" in shown or way == "openssl"
    sends(page, by_docket(statement, key) if way == "docket" else by_line(shown, key))
    expect(page.locator("#receipt")).to_contain_text(f"Recorded at position {head + 1}")
    told = door.read(f"/v1/audit/events/{head + 1}", TREASURY).json()
    assert told["signature"]["verdict"] == "valid"
    assert (told["event"]["commandid"], told["event"]["data"]["reasons"]) == (id, REASONS)


def test_what_is_no_signature_is_said_and_the_act_is_still_to_be_signed(door: Door, looks: Looks, key: Path) -> None:
    page = looks(TREASURY, java_script_enabled=False).goto(FORM)
    statement, head = written(page), door.recorder.head()
    sends(page, "no signature")
    expect(page.locator("#problem")).to_contain_text("signature")
    assert page.locator("#statement").inner_text() == statement, "it is the same act"
    assert door.recorder.head() == head
    sends(page, by_docket(statement, key))
    expect(page.locator("#receipt")).to_contain_text("Recorded at position")


def test_a_signature_of_another_act_is_refused_and_a_new_act_can_be_signed(door: Door, looks: Looks, key: Path) -> None:
    other = by_docket(written(looks(TREASURY, java_script_enabled=False).goto(FORM)), key)
    page = looks(TREASURY, java_script_enabled=False).goto(FORM)
    statement = written(page)
    sends(page, other)
    expect(page.locator("#problem")).to_contain_text("signature-wrong")
    expect(page.locator("[name=reasons]")).to_have_value(REASONS)
    again = written(page)
    assert again != statement, "a refused act has used up its id"
    sends(page, by_docket(again, key))
    expect(page.locator("#receipt")).to_contain_text("Recorded at position")


def test_a_form_that_is_no_act_is_not_to_be_signed(door: Door, looks: Looks, key: Path) -> None:
    looking = looks(TREASURY, "narrow", bypass_csp=True)
    page = looking.goto(FORM)
    page.locator("[name=dissent_id]").fill("no id")
    page.locator("[name=reasons]").fill(REASONS)
    page.get_by_role("button", name="Go on to sign").click()
    expect(page.locator("#problem")).to_contain_text("dissent_id")
    page.locator("[name=dissent_id]").fill("01a20a23-37b2-78f8-9e31-19292cbde6d2")
    statement = written(page)
    assert wrong(page) == []
    with page.expect_download() as began:
        page.get_by_role("button", name="Download the statement").click()
    assert Path(began.value.path()).read_text() == statement, "to the byte"
    sends(page, by_docket(statement, key))
    expect(page.locator("#receipt")).to_contain_text("Recorded at position")


def test_only_a_page_of_docket_itself_is_given_a_statement(door: Door, key: Path) -> None:
    said = {"id": "01a20a23-37b2-7a95-8702-b2e1257b2e42", "marking": "UNCLASSIFIED", "case_id": CASE}
    address = "/act/case.file-dissent.v1/statement"
    assert door.client.post(address, data=said, headers=TREASURY).status_code == 403
    assert door.client.post(address, data=said, headers=OURS).status_code == 401
    assert door.client.post(address, data=said, headers=TREASURY | OURS).status_code == 422


def test_docket_signs_nothing_that_is_no_statement(key: Path) -> None:
    for text in ("{}", "[]", "no JSON", '{"act":"sha256:0", "actor":"a","id":"i","ledger":"l","person":null}'):
        ran = CliRunner().invoke(app, ["sign", "--sign-key", str(key), "--key-id", "any", text])
        assert (ran.exit_code, "nothing was signed" in ran.output) == (4, True), text
