"""A program that folds one event a transaction and says each position, until it is done or killed."""

import sys
import time
from pathlib import Path

from domain import wire
from domain.ledger.sqlite import SQLiteRecorder
from projections.folding.runner import Runner
from projections.stores.sqlite import SQLiteViews
from tests.projections.some_views import Lines, Tallies

WAIT_S = 0.01
"""After each position, so that whoever reads along is never far behind."""

if __name__ == "__main__":
    ledger, views = map(Path, sys.argv[1:])

    class Saying(Runner):
        """It says what is committed."""

        def _raise_alarms(self, folding) -> None:
            super()._raise_alarms(folding)
            if folding.view.name == Lines.name:
                sys.stdout.write(f"{folding.table.position}\n")
                sys.stdout.flush()
                time.sleep(WAIT_S)

    Saying(
        SQLiteRecorder(ledger, verify=wire.verify), SQLiteViews(views), [Tallies(), Lines()], build_batch=1
    ).catch_up()
