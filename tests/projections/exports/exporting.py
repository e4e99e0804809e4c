"""An export of a record that tests can take apart and put together again."""

import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

import msgspec
import pytest

from api.contract import schema_of
from domain import wire
from projections.exports.archive import MANIFEST
from projections.exports.layers import Failed
from projections.exports.verifying import verify
from projections.exports.writing import Asked, Source, write
from projections.transparency.policy import Policy
from projections.visible import Sight
from tests.consumers.checkpoints.signing_log import Signed
from tests.projections.small_ledger import CLEARED, LEDGER
from tests.projections.transparency.signers import LOG_KEY

POLICY = Policy.read(f"log {LOG_KEY}\nquorum none\n")
EVERYTHING = Sight(clearance=CLEARED, office=None, participant=None, oversight=False)
CASES = 180
HIGHEST = "SECRET//CUI//NOFORN"


@dataclass(frozen=True)
class Made:
    """An export, and what it was made of."""

    path: Path
    size: int
    of: Signed

    def members(self) -> dict[str, bytes]:
        with zipfile.ZipFile(self.path) as archive:
            return {name: archive.read(name) for name in archive.namelist()}


def source(made: Signed) -> Source:
    return Source(documents=made.ledger.recorder, log=made.log, schema=schema_of)


def asked(made: Signed, sight: Sight = EVERYTHING, **more: Any) -> Asked:
    return Asked(ledger=LEDGER, note=made.sign().note, reader="office/gao", sight=sight, **more)


def exported(made: Signed, path: Path, sight: Sight = EVERYTHING, **more: Any) -> Path:
    with path.open("wb") as file:
        list(write(file, asked(made, sight, **more), source(made)))
    return path


def repacked(made: Made, path: Path, changes: Mapping[str, bytes | None], *, honest: bool = True) -> Path:
    """The archive with other members; `honest`: its manifest says the files that are in it."""
    members = {**made.members(), **changes}
    if honest and MANIFEST not in changes:
        said = msgspec.json.decode(members[MANIFEST] or b"")
        said["files"] = {
            name: {"bytes": len(content), "sha256": sha256(content).hexdigest()}
            for name, content in members.items()
            if content is not None and name != MANIFEST
        }
        members[MANIFEST] = wire.canonical(said)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as archive:
        for name, content in members.items():
            if content is not None:
                archive.writestr(name, content)
    return path


def failed(path: Path, policy: Policy = POLICY, **more: Any) -> Failed:
    with pytest.raises(Failed) as caught:
        verify(path, policy, **more)
    return caught.value
