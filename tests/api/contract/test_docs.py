"""The contract is shown in a browser by pages that came with Docket, and that ask nobody else for anything."""

import json
import re
from hashlib import sha256
from pathlib import Path

import pytest

from api.contract.docs import POLICY, VENDORED
from tests.api.knocking import Door

FOLDERS = [*sorted(VENDORED.parent.iterdir()), Path("tests/data/axe")]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_vendored_file_is_the_one_that_the_manifest_names(folder: Path) -> None:
    manifest = json.loads((folder / "MANIFEST.json").read_text())
    there = {str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file()} - {"MANIFEST.json"}
    assert manifest["sha256"] == {name: sha256((folder / name).read_bytes()).hexdigest() for name in there}
    assert manifest["version"]
    assert manifest["license"]
    assert any(name.startswith("LICENSE") for name in there)


def test_the_page_has_no_script_of_its_own_and_asks_only_this_server(open_door: Door) -> None:
    page = open_door.client.get("/docs")
    assert (page.status_code, page.headers["content-security-policy"]) == (200, POLICY)
    assert "script-src 'self'" in POLICY
    assert "unsafe-inline" not in POLICY.split("script-src")[1].split(";")[0]
    asked = re.findall(r'(?:src|href)="([^"]+)"', page.text)
    assert asked
    assert [path for path in asked if not path.startswith(("/docs/", "/static/"))] == []
    assert [open_door.client.get(path).status_code for path in asked] == [200] * len(asked)
    assert re.search(r"<script(?![^>]*src=)", page.text) is None


def test_its_start_shows_our_contract_and_asks_no_validator(open_door: Door) -> None:
    start = open_door.client.get("/docs/start.js")
    assert start.headers["content-type"].startswith("text/javascript")
    assert 'url: "/openapi.json"' in start.text
    assert "validatorUrl: null" in start.text
    assert "http" not in start.text


def test_every_answer_tells_browsers_and_caches_to_do_nothing_of_their_own(door: Door) -> None:
    for path in ("/livez", "/nowhere", "/openapi.json", "/v1/actions/x"):
        headers = door.client.get(path).headers
        assert headers["x-content-type-options"] == "nosniff", path
        assert headers["cache-control"] == "no-store", path
        assert headers["content-security-policy"].startswith("default-src 'none'"), path
