"""The bytes of every type of event that was ever published: added once, never written again.

`python -m tests.domain.golden` writes a file for each type that has none, and touches no other. What a file holds is
the promise to every reader: where a test says that bytes differ, the code is wrong, not the file. A type that has to
change is published as another version (`case.submitted.v2`), which gets a file of its own.

A file holds two cases, the event with all that it may have and with as little, each with the salts of its disclosures.
"""

import json
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path
from typing import Any, Final

from domain import wire
from domain.act import Acted, Attestation, By
from domain.events import Event
from domain.recorded import Recorded
from domain.values import Citation, CommandId, DelegationId, EventId, StreamId
from tests.domain.everything import AN_ID, NOON, WORDS, example

HERE: Final = Path(__file__).parents[1] / "data" / "golden"
CASES: Final = ("everything", "as little as may be")


def salts() -> Iterator[bytes]:
    """Salts that are the same every time."""
    return (bytes([number] * 16) for number in range(256))


def salted(fixed: Iterator[bytes]) -> Callable[[], bytes]:
    """What `dump` asks for salts, when they are fixed."""
    return lambda: next(fixed)


def recorded(cls: type[Event], *, full: bool) -> Recorded[Event]:
    """One entry of the ledger with an example of an event."""
    return Recorded(
        id=EventId(AN_ID),
        ledger=f"urn:uuid:{AN_ID}",
        stream=StreamId(f"example-{AN_ID}"),
        version=7,
        recorded_at=NOON,
        taken_in_at=NOON.replace(microsecond=0),
        command_id=CommandId(AN_ID),
        causation=EventId(AN_ID) if full else None,
        actor="office/example",
        actor_name=WORDS,
        attestation=Attestation.OFFICE if full else Attestation.NONE,
        authority=Citation("EO14409:3(a)") if full else None,
        delegation=DelegationId(AN_ID) if full else None,
        claimed_at=NOON if full else None,
        marking="CUI//PROPIN" if full else "UNCLASSIFIED",
        protected_marking="SECRET//NOFORN" if full else "UNCLASSIFIED",
        simulated=True if full else None,
        event=example(cls, full=full),
        by=example(By, full=full) if full else None,
        act=example(Acted, full=full),
    )


def golden(cls: type[Event]) -> dict[str, Any]:
    """What the file of a type holds."""
    return {name: _case(recorded(cls, full=full)) for name, full in zip(CASES, (True, False), strict=True)}


def _case(entry: Recorded[Event]) -> dict[str, Any]:
    document, disclosures = wire.dump(entry, salted(salts()))
    return {
        "salts": [salt.hex() for salt in islice(salts(), len(disclosures))],
        "document": document.decode(),
        "disclosures": [disclosure.decode() for disclosure in disclosures],
    }


def path(event_type: str) -> Path:
    """Where the bytes of a type are kept."""
    return HERE / f"{event_type}.json"


def add() -> list[str]:
    """Write the files that are missing, and say which."""
    missing = [event_type for event_type in wire.EVENTS if not path(event_type).exists()]
    for event_type in missing:
        text = json.dumps(golden(wire.EVENTS[event_type]), indent=1, ensure_ascii=False) + "\n"
        path(event_type).write_text(text, encoding="utf-8", newline="\n")
    return missing


if __name__ == "__main__":
    for added in add():
        print(f"added {added}")  # noqa: T201 - it is run by hand
