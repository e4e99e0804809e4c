"""`docket scrub`: what was destroyed leaves the files of PostgreSQL, and what is left to do is said."""

from contextlib import closing
from time import perf_counter

from pydantic import ValidationError

from api.cli.say import fail, result
from consumers.settings import Missing, Settings
from domain import wire
from domain.ledger import StoreError
from domain.ledger.postgres import PostgresRecorder


def run(postgres: str, *, json: bool) -> None:
    """Scrub, and say from which segment of write-ahead log on nothing of it stands."""
    began = perf_counter()
    try:
        dsn = postgres or Settings().needed("postgres")
        with closing(PostgresRecorder(dsn, verify=wire.verify)) as recorder:
            scrubbed = recorder.scrub()
    except (Missing, StoreError, ValidationError) as error:
        fail(f"nothing was scrubbed: {' '.join(str(error).split())}")
    facts: dict[str, object] = {
        "tables": "ledger.disclosures, ledger.acts",
        "log_before": scrubbed.log_before or "not asked: a superuser has to CHECKPOINT and pg_switch_wal()",
        "seconds": round(perf_counter() - began, 3),
    }
    result("Scrubbed", facts, json=json)
