"""`docket witness`: sign that logs only grow, from one process with one file, for an agency or an overseer to run."""

import sqlite3
import sys
import time
from contextlib import closing
from pathlib import Path

from api.cli.say import fail
from api.server import address, bound, in_background, until_told
from api.witness.seen import NotOurs, SeenFile
from api.witness.server import Witness, witness_app
from consumers.checkpoints.key import KeyFile, make_key
from projections.transparency.notes import Key
from projections.transparency.tree import Unproved


def run(*, name: str, logs: list[str], folder: Path, host: str, port: int) -> None:
    """Witness until told to stop. The key and what was signed lie in the folder; a key that is missing is made."""
    key, seen = folder / "witness-key.pem", folder / "seen.db"
    try:
        if key.exists() != seen.exists():
            # without what it signed it could sign another history; without its key nobody knows it
            fail(f"{folder} has only one of {key.name} and {seen.name}: begin anew, under another name")
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with closing(SeenFile(seen)) as kept, bound(host, port) as listening:
            if not key.exists():
                make_key(key)
            known = [Key.read(each) for each in logs]
            witness = Witness(name, KeyFile(key), known, kept, lambda: int(time.time()))
            with in_background(witness_app(witness), listening):
                sys.stderr.write(f"docket: witness {witness.key} on {address(listening)}\n")
                until_told()
    except Unproved as error:
        fail(f"no key of a log, or no name of a witness: {error}")
    except (NotOurs, OSError, ValueError, sqlite3.Error) as error:
        fail(str(error))
