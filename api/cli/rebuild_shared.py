"""`docket rebuild --postgres`: the same, of views that projectors fold, which wait meanwhile."""

from api.cli.rebuild import each, known_views
from api.cli.say import IN_USE, UNREACHABLE, fail, result
from consumers.projector.rebuilding import Newer, Rebuilding
from consumers.projector.sharing import InUse
from consumers.settings import Missing, Settings
from consumers.topics.connection import Unreachable
from consumers.topics.tail import Diverged
from domain import wire
from projections.folding.runner import Halted
from projections.stores.tables import Overtaken, WrongStore


def run(*, views: list[str], json: bool) -> None:
    """Build each view that projectors fold anew and say what came out."""
    known = known_views(views)
    try:
        settings = Settings()
        dsn = settings.needed("postgres")
        rebuilding = Rebuilding(settings.connection(), settings.names().ledger, dsn)
        try:
            facts = each(known, rebuilding.head(), rebuilding.rebuild)
        finally:
            rebuilding.close()
    except InUse as error:
        fail(str(error), IN_USE)
    except Unreachable as error:
        fail(str(error), UNREACHABLE)
    except (Diverged, Halted, Missing, Newer, OSError, Overtaken, WrongStore, wire.Corrupt) as error:
        fail(str(error))
    result("Rebuilt", facts, json=json)
