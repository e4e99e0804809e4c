"""Witnesses are asked to sign what this log shows everybody (C2SP tlog-witness); one that is away holds nobody up."""

import re
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from threading import Event
from typing import Final

import httpx2
import structlog

from consumers.checkpoints.kept import Checkpoints, Published
from projections.transparency.log import LogReader
from projections.transparency.notes import Key, Note, Signature, read_signatures
from projections.transparency.policy import Grade, Policy, Witness
from projections.transparency.spelling import to_base64
from projections.transparency.tree import Unproved

PATIENCE_S: Final = 5.0
"""Seconds that a witness may take to answer."""
AGAIN_S: Final = 5.0
"""Seconds after which those are asked again that did not sign."""
_LOOK_S: Final = 0.25
_MOST: Final = 64 * 1024
_SIZE: Final = "text/x.tlog.size"
_log: Final = structlog.get_logger(__name__)


class NotWitnessed(Exception):
    """A witness did not sign; the sentence says why."""


class Asking:
    """Asks one witness. It remembers how much of the log the witness has seen."""

    def __init__(self, witness: Witness, log: LogReader, client: httpx2.Client) -> None:
        self.name = witness.key.name
        self._witness, self._log, self._client = witness, log, client
        self._seen = 0

    def __call__(self, published: Published) -> Signature:
        """What it signs beneath a checkpoint. Raises NotWitnessed."""
        for _ in range(2):
            answer = self._ask(published)
            if (
                answer.status_code == httpx2.codes.CONFLICT
                and answer.headers.get("content-type", "").split(";")[0] == _SIZE
            ):
                self._seen = _size(answer.text)
                continue
            if answer.status_code != httpx2.codes.OK:
                raise NotWitnessed(f"it answers {answer.status_code}")
            self._seen = published.checkpoint.size
            return self._signed(published, answer.text)
        raise NotWitnessed("it does not say which log it has seen")

    def _ask(self, published: Published) -> httpx2.Response:
        old, new = self._seen, published.checkpoint.size
        if old > new:
            raise NotWitnessed(f"it has seen a longer log: {old}")
        proof = "".join(f"{to_base64(each)}\n" for each in self._log.consistency(old, new))
        own = Note(published.note.text, published.note.signatures[:1])
        body = f"old {old}\n{proof}\n".encode() + bytes(own)
        try:
            with self._client.stream("POST", f"{self._witness.address}/add-checkpoint", content=body) as answer:
                content = next(answer.iter_bytes(_MOST), b"")
                if len(content) >= _MOST:
                    raise NotWitnessed("it answers more than anybody reads")
                return httpx2.Response(answer.status_code, headers=answer.headers, content=content)
        except httpx2.HTTPError as error:
            raise NotWitnessed(f"{type(error).__name__}: {error}") from error

    def _signed(self, published: Published, lines: str) -> Signature:
        key = self._witness.key
        try:
            for signature in read_signatures(lines):
                if (signature.name, signature.key_id) == (key.name, key.id):
                    key.verify(published.note.text, signature.signature)
                    return signature
        except Unproved as error:
            raise NotWitnessed(f"what it signed does not fit: {error}") from error
        raise NotWitnessed("it signed under another key than the policy has")


def _size(text: str) -> int:
    """The size that a witness has seen. Raises NotWitnessed."""
    if not re.fullmatch(r"(0|[1-9][0-9]{0,18})\n", text):
        raise NotWitnessed("it says no size")
    return int(text)


class Witnessing:
    """Has the longest checkpoint witnessed. Everybody is asked of the same one: signatures of several are no quorum.

    A round ends with the quorum: whoever is slow is left behind, and asked of a later one. For one thread.
    """

    def __init__(
        self,
        log: LogReader,
        kept: Checkpoints,
        policy: Policy,
        *,
        again_s: float = AGAIN_S,
        patience_s: float = PATIENCE_S,
    ) -> None:
        self._kept, self._again_s = kept, again_s
        # no redirect is followed, and no proxy of the environment: a witness is where the policy says
        self._client = httpx2.Client(timeout=patience_s, follow_redirects=False, trust_env=False)
        self._asking = {
            witness.key: Asking(witness, log, self._client)
            for witness in policy.witnesses.values()
            if witness.address is not None
        }
        self._pool = ThreadPoolExecutor(max(1, len(self._asking)), thread_name_prefix="witness")
        self._busy: dict[Key, Future[None]] = {}
        self.silent: dict[str, str] = {}
        """Name of each witness that did not sign when it was asked last → why."""

    def once(self) -> Published | None:
        """Ask those who have not signed the longest checkpoint; it, as it is after the quorum, or after everybody."""
        published = self._kept.latest()
        if published is None:
            return None
        signed = {(each.name, each.key_id) for each in published.note.signatures}
        asked: set[Future[None]] = set()
        for key, asking in self._asking.items():
            before = self._busy.get(key)
            if (key.name, key.id) not in signed and (before is None or before.done()):
                self._busy[key] = self._pool.submit(self._one, asking, published)
                asked.add(self._busy[key])
        while asked:
            done, asked = wait(asked, return_when=FIRST_COMPLETED)
            for each in done:
                each.result()
            published = self._kept.covering(published.checkpoint.size) or published
            if published.grade is Grade.FINAL:
                break
        return published

    def run(self, stop: Event) -> None:
        """Have checkpoints witnessed until told to stop. Raises what the stores raise."""
        try:
            while not stop.is_set():
                before = self._kept.latest()
                after = self.once() if before is not None and before.grade is not Grade.FINAL else before
                unmet = after is not None and after.grade is not Grade.FINAL
                stop.wait(self._again_s if unmet else _LOOK_S)
        finally:
            self.close()

    def close(self) -> None:
        """Ask nobody any more."""
        self._pool.shutdown(wait=False, cancel_futures=True)
        self._client.close()

    def _one(self, asking: Asking, published: Published) -> None:
        try:
            signature = asking(published)
        except NotWitnessed as error:
            self.silent[asking.name] = str(error)
            _log.warning("not witnessed", witness=asking.name, size=published.checkpoint.size, error=str(error))
            return
        self.silent.pop(asking.name, None)
        self._kept.witnessed(published.checkpoint.size, signature)
