"""What a log is signed with, and who witnesses it, as files say; who signs alone makes a key that is missing."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from threading import Event
from time import monotonic
from typing import Final

from consumers.apart import Apart
from consumers.checkpoints.kept import Checkpoints
from consumers.checkpoints.key import KeyFile, make_key
from consumers.checkpoints.signing import Signing
from consumers.checkpoints.witnessing import Witnessing
from domain.values import LedgerId
from projections.reads import Reads
from projections.transparency.log import Documents, FollowedLog, LogReader
from projections.transparency.policy import Policy
from projections.transparency.spelling import is_name

_OF_READS: Final = "/reads"
BEHIND_S: Final = 30.0
"""Seconds that something may be recorded before it stands under a checkpoint."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LogFiles:
    """What a deployment says of its log."""

    key: Path | None = None
    """Private Ed25519 key (PEM, PKCS #8), for its owner alone."""
    origin: str | None = None
    """What the log is called in the world, such as `docket.example.gov/record`; by default `docket/<ledger id>`."""
    policy: Path | None = None
    """Whose signatures make a checkpoint final, and where they are asked."""
    reads_policy: Path | None = None
    """The same for the log of what oversight reads; whoever is asked there learns how long that is."""

    def named(self, ledger: LedgerId, of: str = "") -> str:
        """What the log is called, or another that the same deployment has. Raises ValueError."""
        origin = (self.origin or f"docket/{ledger}") + of
        if not is_name(origin):
            raise ValueError(f"{origin!r} is no name of a log: no space, no `+`")
        return origin

    def believed(self) -> Policy | None:
        """The policy. Raises OSError, PolicyWrong."""
        return _read(self.policy)

    def believed_of_reads(self) -> Policy | None:
        """The policy of the log of what oversight reads. Raises OSError, PolicyWrong."""
        return _read(self.reads_policy)


@dataclass(frozen=True, slots=True, kw_only=True)
class Signed:
    """A log that this process signs."""

    log: LogReader
    kept: Checkpoints
    signing: Signing
    witnessing: Witnessing | None

    @property
    def works(self) -> Sequence[Callable[[Event], None]]:
        """What threads do for it until they are told to stop."""
        return [self.signing.run] if self.witnessing is None else [self.signing.run, self.witnessing.run]


def checkpoints_of(files: LogFiles, apart: Apart, ledger: LedgerId) -> Checkpoints:
    """The checkpoints of a ledger's log. Raises ValueError, OSError."""
    return Checkpoints(apart, files.named(ledger), files.believed())


def checkpoints_of_reads(files: LogFiles, apart: Apart, ledger: LedgerId) -> Checkpoints:
    """The checkpoints of the log of what oversight reads. Raises ValueError, OSError."""
    return Checkpoints(apart, reads_named(files, ledger), files.believed_of_reads())


def reads_named(files: LogFiles, ledger: LedgerId) -> str:
    """What the log of what oversight reads is called. Raises ValueError."""
    return files.named(ledger, _OF_READS)


def reads_signed_here(
    files: LogFiles,
    apart: Apart,
    documents: Documents,
    ledger: LedgerId,
    *,
    clock: Callable[[], datetime],
    own_key: Path | None,
) -> Signed:
    """What signs the log of what oversight reads, with the same key. Raises ValueError, OSError."""
    signing = Signing(
        FollowedLog(documents), checkpoints_of_reads(files, apart, ledger), _key(files, own_key), clock=clock
    )
    return _witnessed(signing, files.reads_policy, files.believed_of_reads())


def signed_here(
    files: LogFiles,
    apart: Apart,
    reads: Reads,
    ledger: LedgerId,
    *,
    clock: Callable[[], datetime],
    own_key: Path | None,
) -> Signed:
    """What signs a log; with `own_key` a key is made there where none is named. Raises ValueError, OSError."""
    if files.key is None and own_key is not None and not own_key.exists():
        make_key(own_key)
    signing = Signing(LogReader(reads), checkpoints_of(files, apart, ledger), _key(files, own_key), clock=clock)
    return _witnessed(signing, files.policy, files.believed())


def _key(files: LogFiles, own_key: Path | None) -> KeyFile:
    if (path := files.key or own_key) is None:
        raise ValueError("no key of the log is named")
    return KeyFile(path)


def _witnessed(signing: Signing, file: Path | None, policy: Policy | None) -> Signed:
    if policy is not None and signing.key not in policy.logs:
        raise ValueError(f"{file} does not believe this log; its line would be: log {signing.key}")
    witnessing = None if policy is None else Witnessing(signing.log, signing.kept, policy)
    return Signed(log=signing.log, kept=signing.kept, signing=signing, witnessing=witnessing)


def _read(policy: Path | None) -> Policy | None:
    return None if policy is None else Policy.read(policy.read_text(encoding="utf-8"))


class Behind:
    """Whether what is recorded stands under a checkpoint soon enough: a part of readiness."""

    def __init__(self, kept: Checkpoints, head: Callable[[], int]) -> None:
        self._kept, self._head = kept, head
        self._since: float | None = None
        self._size = -1

    def __call__(self) -> str | None:
        """Why it does not, or None."""
        last = self._kept.latest()
        size = 0 if last is None else last.checkpoint.size
        if size >= self._head():
            self._since = None
            return None
        if self._since is None or size != self._size:
            self._since, self._size = monotonic(), size
        return None if monotonic() - self._since < BEHIND_S else f"nothing was signed behind position {size}"
