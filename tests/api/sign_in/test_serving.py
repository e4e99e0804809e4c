"""`docket serve` lets people sign in by what its settings say, keeps them over a restart, and refuses what is wrong."""

import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from api.cli.signing_in import signing_in
from api.identity.roster import Roster
from api.identity.tokens import Tokens
from api.settings import Settings
from consumers.apart import Apart
from tests.api.knocking import Hand
from tests.api.sign_in.going import go, is_nobody, proved
from tests.api.sign_in.test_browsers import free
from tests.services.provider import CLIENT_ID, Provider

ENOUGH_S = 60


@contextmanager
def serving(environ: dict[str, str], address: str) -> Iterator[None]:
    """A process of its own, which is killed in the end."""
    command = [sys.executable, "-m", "api", "serve"]
    with subprocess.Popen(command, env=os.environ | environ, stderr=subprocess.PIPE, text=True) as process:
        try:
            until = time.monotonic() + ENOUGH_S
            while time.monotonic() < until and process.poll() is None:
                try:
                    if httpx2.get(f"{address}/livez").is_success:
                        break
                except httpx2.ConnectError:
                    time.sleep(0.1)
            assert process.poll() is None, process.stderr and process.stderr.read()
            yield
        finally:
            process.kill()


def test_a_session_outlives_kill_9(write: Callable[..., None], idp: Provider, tmp_path: Path) -> None:
    with free() as port:
        address = f"http://127.0.0.1:{port}"
    idp.client.redirects = [f"{address}/sign-in/back"]
    environ = {
        "DOCKET_DATA": str(tmp_path / "data"),
        "DOCKET_PORT": str(port),
        "DOCKET_ROSTER": str(tmp_path / "roster.json"),
        "DOCKET_OIDC_ISSUER": idp.issuer,
        "DOCKET_OIDC_CLIENT_ID": CLIENT_ID,
        "DOCKET_ADDRESS": address,
    }
    with httpx2.Client(base_url=address, timeout=30) as browser:
        client: Any = browser
        with serving(environ, address):
            assert client.get(proved(go(client))).status_code == 303
            assert not is_nobody(client)
        with serving(environ, address):
            assert not is_nobody(client)
            assert "S. Example" in client.get("/").text
            client.post("/sign-out", headers={"Sec-Fetch-Site": "same-origin"})
        with serving(environ, address):
            assert is_nobody(client)


@pytest.fixture
def known(write: Callable[..., None], tmp_path: Path) -> Roster:
    return Roster(tmp_path / "roster.json", lambda _, code: code)


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"oidc_client_id": None}, "DOCKET_OIDC_CLIENT_ID"),
        ({"address": None}, "DOCKET_ADDRESS"),
        ({"address": "http://docket.example.gov"}, "no address of pages"),
        ({"address": "https://docket.example.gov/pages"}, "no address of pages"),
        ({"address": "https://a@docket.example.gov"}, "no address of pages"),
        ({"oidc_issuer": "http://login.example.gov"}, "no address of an issuer"),
        ({"oidc_issuer": "https://login.example.gov"}, "the roster says nothing of the issuer"),
        ({"oidc_hosts": ("https://x",)}, "without scheme"),
        ({"oidc_client_secret_file": Path("none")}, "none cannot be read"),
        ({"oidc_client_secret_file": Path(os.devnull)}, "is empty"),
        ({"oidc_client_key_file": Path("README.md")}, "no private key"),
        ({"oidc_client_key_file": Path("x"), "oidc_client_secret_file": Path("y")}, "not both"),
        ({"session_idle": 60, "session_longest": 30}, "ends idle"),
    ],
)
def test_what_is_wrong_in_the_settings_is_said_at_the_start(
    changes: dict[str, Any], why: str, known: Roster, idp: Provider, apart: Apart
) -> None:
    good = Settings(oidc_issuer=idp.issuer, oidc_client_id="docket", address="https://docket.example.gov")
    assert signing_in(good, apart, Hand(), known, Tokens(known)).wrong() is None
    with pytest.raises(ValueError, match=why) as wrong:
        signing_in(good.model_copy(update=changes), apart, Hand(), known, Tokens(known))
    assert "\n" not in str(wrong.value)


def test_hosts_and_ways_to_prove_it_are_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKET_OIDC_HOSTS", "a.example, b.example:8443")
    monkeypatch.setenv("DOCKET_OIDC_ACR", "http://idmanagement.gov/ns/assurance/aal/3 urn:x")
    settings = Settings()
    assert settings.oidc_hosts == ("a.example", "b.example:8443")
    assert settings.oidc_acr == ("http://idmanagement.gov/ns/assurance/aal/3", "urn:x")


def test_signing_in_without_a_roster_is_refused(tmp_path: Path, idp: Provider) -> None:
    environ = {"DOCKET_DATA": str(tmp_path / "data"), "DOCKET_PORT": "0", "DOCKET_OIDC_ISSUER": idp.issuer}
    command = [sys.executable, "-m", "api", "serve"]
    done = subprocess.run(command, env=os.environ | environ, capture_output=True, text=True, check=False, timeout=60)
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "set DOCKET_ROSTER" in done.stderr
