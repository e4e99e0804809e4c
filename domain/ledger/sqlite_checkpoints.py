"""The log is folded into the ledger's file beside the writer, so that hardly an append waits for it.

Left to the writer, as SQLite does by itself every 1,000 pages, it cost a third of the appends to a file of 500 MB.
"""

import sqlite3
from contextlib import closing, suppress
from threading import Event, Thread
from typing import Final

from domain.ledger.sqlite_file import LedgerFile

EVERY_S: Final = 0.1


class Checkpoints:
    """One thread that folds what it can without hindering anybody, until it is closed.

    The log begins anew once all of it is folded; under a load that never pauses the writer does the rest of that at
    LOG_PAGES, and it does all of it where this thread cannot.
    """

    def __init__(self, file: LedgerFile) -> None:
        self._file = file
        self._over = Event()
        self._scrubbing = Event()
        self._thread = Thread(target=self._run, name="ledger checkpoints", daemon=True)
        self._thread.start()

    def scrub(self) -> None:
        """Empty the log as soon as nobody reads in it: what was deleted from the file stands there still.

        A process that dies before has left it to whoever opens the ledger next: the last to close a file empties it.
        """
        self._scrubbing.set()

    def close(self) -> None:
        self._over.set()
        self._thread.join()

    def _run(self) -> None:
        with suppress(sqlite3.Error), closing(self._file.writer()) as connection:
            connection.execute("PRAGMA busy_timeout = 0")  # emptied while it waits for a reader, nobody could write
            while not self._over.wait(EVERY_S):
                with suppress(sqlite3.Error):  # a full disk, for instance: the log keeps what is not folded
                    self._fold(connection)

    def _fold(self, connection: sqlite3.Connection) -> None:
        if not self._scrubbing.is_set():
            connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
            return
        self._scrubbing.clear()  # before: whoever asks meanwhile has it done again
        try:
            is_busy, *_ = connection.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
        except sqlite3.Error:
            is_busy = True
        if is_busy:
            self._scrubbing.set()
