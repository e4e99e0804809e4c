"""`docket rebuild`: views built anew beside the live ones, by the code that keeps them live."""

from collections.abc import Callable
from pathlib import Path
from time import perf_counter
from typing import Any

from rich.progress import BarColumn, TaskProgressColumn, TextColumn

from api.cli.say import IN_USE, bar, fail, result
from api.compose import InUse, only_one
from domain import wire
from domain.ledger import StoreError
from domain.ledger.sqlite import SQLiteRecorder
from projections.catalogue import views as catalogue
from projections.folding.runner import Halted, Runner
from projections.folding.status import Rebuilt
from projections.stores.sqlite import SQLiteViews
from projections.stores.tables import WrongStore
from projections.view import View


def run(folder: Path, *, views: list[str], json: bool) -> None:
    """Build each view of a folder anew and say what came out."""
    known = known_views(views)
    if not (folder / "ledger.db").exists():
        fail(f"there is no ledger in {folder}")
    try:
        with only_one(folder):
            recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
            store = SQLiteViews(folder / "views.db")
            try:
                runner = Runner(recorder, store, catalogue())
                runner.catch_up()
                facts = each(known, recorder.head(), lambda view: runner.rebuild(view, compare=True))
            finally:
                store.close()
                recorder.close()
    except InUse as error:
        fail(str(error), IN_USE)
    except (OSError, StoreError, WrongStore, Halted, wire.Corrupt) as error:
        fail(str(error))
    result("Rebuilt", facts, json=json)


def known_views(names: list[str]) -> list[View[Any]]:
    """The views of these names, or all of them."""
    known = {view.name: view for view in catalogue()}
    if unknown := [name for name in names if name not in known]:
        fail(f"there is no view {', '.join(unknown)}; there are {', '.join(known)}")
    return [known[name] for name in names or known]


def each(views: list[View[Any]], head: int, rebuild: Callable[[View[Any]], Rebuilt]) -> dict[str, object]:
    """What came out of each view; ends the command where one became another than it was."""
    facts: dict[str, object] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[speed]}"))
    with bar(*columns) as progress:
        for view in views:
            task = progress.add_task(view.name, total=head, speed="")
            began = perf_counter()
            rebuilt = rebuild(view)
            speed = f"{rebuilt.position / (perf_counter() - began):,.0f} events/s"
            progress.update(task, completed=rebuilt.position, speed=speed)
            facts[view.name] = f"{rebuilt.position} events, {speed}, digest {rebuilt.after}"
            if rebuilt.before not in {None, rebuilt.after}:
                fail(f"{view.name} is not what its live table was: {rebuilt.before} became {rebuilt.after}")
    return facts
