"""`docket rebuild`: views built anew beside the live ones, by the code that keeps them live."""

from pathlib import Path
from time import perf_counter

from rich.progress import BarColumn, TaskProgressColumn, TextColumn

from api.cli.say import IN_USE, bar, fail, result
from api.compose import InUse, only_one
from domain import wire
from domain.ledger import StoreError
from domain.ledger.sqlite import SQLiteRecorder
from projections.catalogue import views as catalogue
from projections.runner import Halted, Runner
from projections.store import SQLiteViews
from projections.tables import WrongStore


def run(folder: Path, *, views: list[str], json: bool) -> None:
    """Build each view anew and say what came out."""
    known = {view.name: view for view in catalogue()}
    if unknown := [name for name in views if name not in known]:
        fail(f"there is no view {', '.join(unknown)}; there are {', '.join(known)}")
    if not (folder / "ledger.db").exists():
        fail(f"there is no ledger in {folder}")
    facts: dict[str, object] = {}
    columns = (TextColumn("{task.description}"), BarColumn(), TaskProgressColumn(), TextColumn("{task.fields[speed]}"))
    try:
        with only_one(folder), bar(*columns) as progress:
            recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
            store = SQLiteViews(folder / "views.db")
            try:
                runner = Runner(recorder, store, list(known.values()))
                runner.catch_up()
                for name in views or known:
                    task = progress.add_task(name, total=recorder.head(), speed="")
                    began = perf_counter()
                    rebuilt = runner.rebuild(known[name], compare=True)
                    speed = f"{rebuilt.position / (perf_counter() - began):,.0f} events/s"
                    progress.update(task, completed=rebuilt.position, speed=speed)
                    facts[name] = f"{rebuilt.position} events, {speed}, digest {rebuilt.after}"
                    if rebuilt.before not in {None, rebuilt.after}:
                        fail(f"{name} is not what its live table was: {rebuilt.before} became {rebuilt.after}")
            finally:
                store.close()
                recorder.close()
    except InUse as error:
        fail(str(error), IN_USE)
    except (OSError, StoreError, WrongStore, Halted, wire.Corrupt) as error:
        fail(str(error))
    result("Rebuilt", facts, json=json)
