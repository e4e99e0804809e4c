"""A log that grows under a test's hand, and what signs it."""

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from consumers.apart import Apart
from consumers.apart.sqlite import SQLiteApart
from consumers.checkpoints.kept import Checkpoints, Published
from consumers.checkpoints.signing import Signing
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from projections.transparency.log import LOG, LogReader
from projections.transparency.policy import Policy
from tests.projections.small_ledger import Small, small
from tests.projections.transparency.signers import LOG as KEY
from tests.projections.transparency.signers import ORIGIN

NOON = datetime(2026, 7, 6, 16, tzinfo=UTC)


@dataclass
class Signed:
    """A ledger, its log, and its checkpoints."""

    ledger: Small
    runner: Runner
    log: LogReader
    apart: Apart
    kept: Checkpoints
    signing: Signing

    def sign(self) -> Published:
        """The longest checkpoint, signed now if it is new."""
        found = self.signing.sign()
        assert found is not None
        return found

    def latest(self) -> Published:
        """The longest checkpoint that is kept."""
        found = self.kept.latest()
        assert found is not None
        return found

    def grow(self, events: int = 1) -> int:
        """So many more cases; the size of the log then."""
        for _ in range(events):
            self.ledger.submit(f"Model {self.ledger.number}")
        self.runner.catch_up()
        return self.log.size()


@contextmanager
def signed(folder: Path, apart: Apart | None = None, policy: Policy | None = None) -> Iterator[Signed]:
    """A log in a folder, whose checkpoints lie apart."""
    ledger = small(folder / "ledger.db")
    ledger.enrol()
    with closing(SQLiteViews(folder / "views.db")) as store:
        runner = Runner(ledger.recorder, store, [LOG])
        runner.catch_up()
        lying = apart or SQLiteApart(folder / "apart.db")
        kept, log = Checkpoints(lying, ORIGIN, policy), LogReader(store)
        yield Signed(ledger, runner, log, lying, kept, Signing(log, kept, KEY, clock=lambda: NOON))
        if apart is None:
            lying.close()
    ledger.recorder.close()
