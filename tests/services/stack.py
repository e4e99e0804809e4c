"""The whole of Docket on several machines, as processes of this one: each may be killed, and started again."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from kafka import TopicPartition

from consumers.checkpoints.key import make_key
from consumers.topics.connection import Connection
from consumers.topics.names import PARTITION, Topics
from consumers.topics.sealing import Keyring

ROOT: Final = Path(__file__).parents[2]
PATIENCE_S: Final = 60.0


class Ended(Exception):
    """A process ended that may not end; the text has the end of what it said."""


@dataclass(kw_only=True)
class Process:
    """One process, and what it said."""

    name: str
    command: Sequence[str]
    environ: dict[str, str]
    log: Path
    _running: subprocess.Popen[bytes] | None = None
    _said_before: int = 0

    @property
    def pid(self) -> int:
        assert self._running is not None, "not started"
        return self._running.pid

    @property
    def ended(self) -> int | None:
        """Its exit code; None while it runs."""
        assert self._running is not None, "not started"
        return self._running.poll()

    def said(self) -> str:
        """All that it wrote since it was started."""
        return self.log.read_bytes()[self._said_before :].decode(errors="replace")

    def start(self) -> None:
        self._said_before = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            self._running = subprocess.Popen(
                self.command, cwd=ROOT, env=self.environ, stdin=subprocess.DEVNULL, stdout=log, stderr=log
            )

    def signal(self, number: int) -> None:
        os.kill(self.pid, number)

    def kill(self) -> None:
        """SIGKILL, and wait until it is gone."""
        self.signal(signal.SIGKILL)
        self.wait()

    def stop(self) -> int:
        """SIGTERM; its exit code. One that does not stop is killed, and that is an error."""
        if self.ended is None:
            self.signal(signal.SIGTERM)
        return self.wait()

    def wait(self, patience_s: float = PATIENCE_S) -> int:
        """Its exit code, once it ended. Raises TimeoutExpired, having killed it."""
        assert self._running is not None, "not started"
        try:
            return self._running.wait(patience_s)
        except subprocess.TimeoutExpired:
            self._running.kill()
            self._running.wait()
            raise


@dataclass(kw_only=True)
class Stack:
    """One ledger's processes over a broker and a database. `begin` makes its topics and its keyring."""

    bootstrap: str
    postgres: str
    prefix: str
    folder: Path
    offices: Sequence[str] = ("commerce", "dhs", "dod", "nsa", "secretariat", "treasury")
    processes: dict[str, Process] = field(default_factory=dict)

    @property
    def keys(self) -> Path:
        return self.folder / "keyring"

    @property
    def log_key(self) -> Path:
        return self.folder / "log-key"

    @property
    def topics(self) -> Topics:
        return Topics(self.prefix)

    @property
    def environ(self) -> dict[str, str]:
        """What every process is told."""
        return {name: value for name, value in os.environ.items() if not name.startswith("DOCKET_")} | {
            "DOCKET_KAFKA": self.bootstrap,
            "DOCKET_POSTGRES": self.postgres,
            "DOCKET_TOPICS": self.prefix,
            "DOCKET_KEYS": str(self.keys),
            "DOCKET_LOG_KEY": str(self.log_key),
            "DOCKET_OFFICES": ",".join(self.offices),
            "DOCKET_CEILING": "CUI",
            "PYTHONUNBUFFERED": "1",
        }

    def begin(self) -> None:
        """Make the keyring and the topics."""
        self.folder.mkdir(parents=True, exist_ok=True)
        if not self.keys.exists():
            Keyring.new("test").write(self.keys)
        if not self.log_key.exists():
            make_key(self.log_key)
        self.run("topics", "apply")

    def run(self, *given: str) -> str:
        """What a `docket` command says at its end. Raises CalledProcessError with what it said."""
        command = [sys.executable, "-m", "api", *given]
        done = subprocess.run(command, cwd=ROOT, env=self.environ, check=False, capture_output=True, text=True)
        if done.returncode:
            raise Ended(f"docket {' '.join(given)}: exit code {done.returncode}\n{done.stdout}{done.stderr}")
        return done.stdout

    def records(self, topic: str) -> list[bytes]:
        """The value of every record of a topic."""
        reader = Connection(bootstrap=self.bootstrap).reader()
        try:
            place = TopicPartition(topic, PARTITION)
            reader.assign([place])
            reader.seek(place, 0)
            end, found = reader.end_offsets([place])[place], list[bytes]()
            while reader.position(place) < end:
                found += [record.value for record in reader.poll(500).get(place, ())]
            return found
        finally:
            reader.close()

    def consumer(self, kind: str, name: str = "") -> Process:
        """Start `python -m consumers <kind>`."""
        return self._started(name or kind, [sys.executable, "-m", "consumers", kind])

    def api(self, name: str = "api") -> str:
        """Start `docket serve`; the address where it answers."""
        given = ["serve", "--development", "--port", "0", "--data", str(self.folder / name)]
        process = self._started(name, [sys.executable, "-m", "api", *given])
        until = time.monotonic() + PATIENCE_S
        while not (found := re.findall(r"http://127\.0\.0\.1:[0-9]+", process.said())):
            self.check(process)
            if time.monotonic() > until:
                raise Ended(f"{name} does not say where it is:\n{process.said()[-4000:]}")
            time.sleep(0.02)
        return str(found[-1])

    def check(self, *processes: Process) -> None:
        """Raise Ended where one has ended; all of them where none is named."""
        for process in processes or self.processes.values():
            if (code := process.ended) is not None:
                raise Ended(f"{process.name} ended with {code}:\n{process.said()[-4000:]}")

    def close(self) -> None:
        """Stop all that run, at once."""
        running = [process for process in self.processes.values() if process.ended is None]
        for process in running:
            process.signal(signal.SIGCONT)
            process.signal(signal.SIGTERM)
        for process in running:
            process.wait()

    def _started(self, name: str, command: Sequence[str]) -> Process:
        log = self.folder / f"{name}.log"
        process = Process(name=name, command=command, environ=self.environ, log=log)
        self.processes[name] = process
        process.start()
        return process


@contextmanager
def stack(*, bootstrap: str, postgres: str, prefix: str, folder: Path) -> Iterator[Stack]:
    """A stack whose topics are made and of which nothing runs yet; whatever runs at the end is stopped."""
    made = Stack(bootstrap=bootstrap, postgres=postgres, prefix=prefix, folder=folder)
    try:
        made.begin()
        yield made
    finally:
        made.close()
