"""`docket secrets`: the files of secrets that processes read, made once; none is ever made anew over another."""

from datetime import UTC, datetime
from pathlib import Path
from secrets import token_urlsafe

from api.cli.say import fail, result
from consumers.checkpoints.key import make_key
from consumers.topics.sealing import Keyring


def run(folder: Path, *, json: bool) -> None:
    """Make what is missing, each for its owner alone, and say what was made. What is inside is never shown."""
    made: list[str] = []
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        keyring, password, pgpass = (folder / name for name in ("keyring", "postgres-password", "pgpass"))
        if not keyring.exists():
            Keyring.new(f"{datetime.now(UTC):%Y-%m}").write(keyring)
            made.append(keyring.name)
        if not (log_key := folder / "log-key").exists():
            make_key(log_key)
            made.append(log_key.name)
        if not password.exists():
            _write(password, token_urlsafe(32))
            made.append(password.name)
        if not pgpass.exists():
            _write(pgpass, f"*:*:*:docket:{password.read_text().strip()}\n")
            made.append(pgpass.name)
    except OSError as error:
        fail(str(error))
    result("Secrets", {"folder": str(folder), "made": made}, json=json)


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600, exist_ok=False)
    file.write_text(text)
