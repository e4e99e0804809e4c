"""`docket verify`: check what somebody was given, without a network, a store, or trust in whoever gave it."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from time import perf_counter
from typing import Any

import orjson
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeRemainingColumn

from api.cli.say import bar, fail, result
from projections.exports.layers import Failed, Layer
from projections.exports.verifying import Report, verify
from projections.transparency.policy import NoQuorum, Opened, Policy, PolicyWrong
from projections.transparency.proof import Proof
from projections.transparency.spelling import from_base64
from projections.transparency.tree import Unproved, leaf_hash, verify_consistency, verify_inclusion


def export(file: Path, policy: Path, *, complete: bool, jobs: int | None, json: bool) -> None:
    """Check all of an export; one line says what does not hold, and the exit code which layer."""
    began = perf_counter()
    with _said():
        believed = _policy(policy)
        columns = (TextColumn("checking"), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with bar(*columns) as progress:
            task = progress.add_task("check", total=None)

            def done(position: int, size: int) -> None:
                progress.update(task, completed=position, total=size)

            report = verify(file, believed, complete=complete, jobs=jobs or _cores(), done=done)
    result("Verified", {**_told(report), "seconds": round(perf_counter() - began, 3)}, json=json)


def proof(file: Path, document: Path, policy: Path, *, json: bool) -> None:
    """Check that a document stands in the log."""
    with _said():
        believed, entry = _policy(policy), document.read_bytes()
        with _layer(Layer.BYTES, file.name):
            read = Proof.read(file.read_bytes())
        opened = _opened(believed, read.checkpoint, file.name)
        checkpoint = opened.checkpoint
        with _layer(Layer.BYTES, f"position {read.index + 1}"):
            verify_inclusion(leaf_hash(entry), read.index, checkpoint.size, read.path, checkpoint.root)
    result("Verified", {"position": read.index + 1, **_checkpoint(opened)}, json=json)


def consistency(old: Path, new: Path, proof: Path, policy: Path, *, json: bool) -> None:
    """Check that the log of one checkpoint begins with the log of another."""
    with _said():
        believed = _policy(policy)
        before, after = (_opened(believed, each.read_bytes(), each.name) for each in (old, new))
        if before.checkpoint.origin != after.checkpoint.origin:
            raise Failed(Layer.SIGNATURE, new.name, "is of another log")
        with _layer(Layer.ROOT, new.name):
            path = _path(proof)
            first, second = before.checkpoint, after.checkpoint
            verify_consistency(first.size, second.size, path, first.root, second.root)
    result("Verified", {"from": before.checkpoint.size, **_checkpoint(after)}, json=json)


def keys(policy: Path, *, json: bool) -> None:
    """Say whom a policy believes, and what its quorum is."""
    with _said():
        believed = _policy(policy)
    facts: dict[str, object] = {f"log {key.name}": str(key) for key in believed.logs}
    facts |= {f"witness {name}": str(each.key) for name, each in believed.witnesses.items()}
    facts |= {f"group {name}": f"{least} of {', '.join(of)}" for name, (least, of) in believed.groups.items()}
    result("Policy", facts | {"quorum": believed.quorum}, json=json)


def _cores() -> int:
    """How many this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def _said() -> Iterator[None]:
    """What does not hold is one line, and an exit code."""
    try:
        yield
    except Failed as failed:
        fail(f"{failed.layer.name.lower()}: {failed}", failed.layer)
    except (OSError, PolicyWrong) as error:
        fail(str(error))


@contextmanager
def _layer(layer: Layer, place: str) -> Iterator[None]:
    try:
        yield
    except Unproved as error:
        raise Failed(layer, place, str(error)) from error


def _policy(file: Path) -> Policy:
    try:
        return Policy.read(file.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise PolicyWrong(f"{file} is no text") from error
    except PolicyWrong as error:
        raise PolicyWrong(f"{file}: {error}") from error


def _opened(policy: Policy, note: bytes, place: str) -> Opened:
    try:
        return policy.opened(note)
    except NoQuorum as error:
        raise Failed(Layer.QUORUM, place, str(error)) from error
    except Unproved as error:
        raise Failed(Layer.SIGNATURE, place, str(error)) from error


def _path(file: Path) -> list[bytes]:
    """The hashes of a proof, as `GET /v1/audit/consistency` gives it. Raises Unproved."""
    try:
        said: Any = orjson.loads(file.read_bytes())
        return [from_base64(each) for each in said["proof"]]
    except (orjson.JSONDecodeError, KeyError, TypeError, AttributeError) as error:
        raise Unproved(f"{file.name} is no proof of consistency") from error


def _checkpoint(opened: Opened) -> dict[str, object]:
    times = {name: f"{datetime.fromtimestamp(at, UTC):%Y-%m-%dT%H:%M:%SZ}" for name, at in opened.witnessed.items()}
    return {
        "log": opened.checkpoint.origin,
        "size": opened.checkpoint.size,
        "root": opened.checkpoint.root.hex(),
        "witnessed": times or "by nobody: the policy asks for none",
    }


def _told(report: Report) -> dict[str, object]:
    return {
        **_checkpoint(report.opened),
        "events": report.events,
        "absent": report.absent,
        "disclosures": report.disclosures,
        "withheld": report.withheld,
        "signed acts": report.signed,
        "signatures not checked": report.unchecked,
    }
