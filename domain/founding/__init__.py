"""What every ledger begins with: the offices, the order, and the policies that say what the order leaves open."""

from importlib.resources import files
from typing import Any, Final

import msgspec
import orjson

from domain.commands.office import RegisterOffice, RenameOffice
from domain.commands.record import IssueInstrument, OpenLedger, PublishPolicy
from domain.commands.tasking import AssignTasking
from domain.values import LedgerId

_POLICIES: Final = (
    "authority",
    "separation",
    "omissions",
    "clocks",
    "federal-holidays",
    "hardening",
    "clearinghouse",
    "sign-off",
    "retention",
)


def _read(name: str) -> Any:  # noqa: ANN401 - JSON, whose form is asked for right after
    return orjson.loads(files(__name__).joinpath(f"{name}.json").read_bytes())


def founding(ledger: LedgerId, ceiling: str) -> OpenLedger:
    """The command that opens an empty ledger with the founding data."""
    offices = _read("offices")
    tables = [table for name in _POLICIES for table in _each(_read(name))]
    return OpenLedger(
        ledger=ledger,
        ceiling=ceiling,
        offices=msgspec.convert(offices["offices"], tuple[RegisterOffice, ...]),
        renamed=msgspec.convert(offices["renamed"], tuple[RenameOffice, ...]),
        instruments=msgspec.convert(_read("instruments"), tuple[IssueInstrument, ...]),
        policies=msgspec.convert(tables, tuple[PublishPolicy, ...]),
    )


def lead_offices() -> tuple[str, ...]:
    """Codes of the offices that the order makes responsible."""
    return tuple(office["office"] for office in _read("offices")["offices"] if office["kind"] == "lead")


def taskings() -> tuple[AssignTasking, ...]:
    """The duties of the order, in its words, as the secretariat assigns them."""
    return msgspec.convert(_read("taskings"), tuple[AssignTasking, ...])


def _each(read: Any) -> list[Any]:  # noqa: ANN401 - the same
    return read if isinstance(read, list) else [read]
