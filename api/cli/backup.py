"""`docket backup`: a consistent, verified copy of the ledger, or of what oversight read, made while it is served."""

from pathlib import Path
from time import perf_counter

from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn

from api.cli.say import bar, fail, result
from domain import wire
from domain.ledger import StoreError
from domain.ledger.sqlite import SQLiteRecorder


def run(folder: Path, target: Path, *, reads: bool = False, json: bool) -> None:
    """Copy, check, and say up to which position."""
    ledger = folder / ("reads.db" if reads else "ledger.db")
    if not ledger.exists():
        fail(f"there is no ledger in {folder}")
    began = perf_counter()
    try:
        recorder = SQLiteRecorder(ledger, verify=wire.verify)
        try:
            columns = (TextColumn("copying"), BarColumn(), TaskProgressColumn(), TimeRemainingColumn())
            with bar(*columns) as progress:
                task = progress.add_task("copy", total=None)
                position = recorder.backup(
                    target, lambda done, pages: progress.update(task, completed=done, total=pages)
                )
        finally:
            recorder.close()
    except FileExistsError:
        fail(f"{target} exists; a backup overwrites nothing")
    except (OSError, StoreError) as error:
        fail(f"no backup was made: {error}")
    facts = {
        "file": str(target),
        "position": position,
        "bytes": target.stat().st_size,
        "seconds": round(perf_counter() - began, 3),
    }
    result("Backup", facts, json=json)
