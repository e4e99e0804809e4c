"""What an export is made of. Its names and forms are for ever: it has to be readable when Docket is not.

A ZIP archive whose members are stored as they are (ISO/IEC 21320-1), so that a damaged byte damages nothing beside it::

    manifest.json            what is in here, in RFC 8785 form; the last member
    README.txt               the same for people, and how to check it
    checkpoint               the signed note that everything is held against (C2SP tlog-checkpoint)
    tile/<level>/<index>     the hashes of the tree (C2SP tlog-tiles); of level 0 those that an entry here needs
    tile/entries/<index>     documents, each behind its length in two bytes; 0 where the document is not in here
    disclosures/<index>.ndjson   of the documents of one bundle: {"position": n, "disclosures": [...]} (RFC 9901)
    schemas/<type>.json      JSON Schema of each type of event that occurs

Unpacked, it is a log as C2SP tlog-tiles has it, with gaps.
"""

from collections.abc import Sequence
from typing import Annotated, Any, Final

import msgspec

from domain import wire

FORMAT: Final = "docket-export/1"
MANIFEST: Final = "manifest.json"
README: Final = "README.txt"
CHECKPOINT: Final = "checkpoint"
_Count = Annotated[int, msgspec.Meta(ge=0, lt=2**53)]


class File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A member of the archive."""

    bytes: _Count
    sha256: str


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What the archive says of itself. Nothing of it is believed: everything is counted and hashed again."""

    format: str
    ledger: str
    """Id of the ledger."""
    size: _Count
    """Of the checkpoint: the position of the last event that it covers."""
    reader: str
    """For whom it was made, such as `office/gao`."""
    asked: dict[str, str]
    """What was asked for; empty where it was everything."""
    events: _Count
    """Documents in here."""
    disclosures: _Count
    withheld: _Count
    """Protected values of these documents that are not in here: not this reader's to see, or destroyed."""
    files: dict[str, File]
    """Every other member."""

    def __bytes__(self) -> bytes:
        """In its one form."""
        said: dict[str, Any] = {name: getattr(self, name) for name in self.__struct_fields__}
        files = {name: {"bytes": each.bytes, "sha256": each.sha256} for name, each in self.files.items()}
        return wire.canonical(said | {"files": files})


def tile_name(path: str) -> str:
    """The member under which a tile, or a bundle of entries, lies."""
    return f"tile/{path}"


def disclosures_name(path: str) -> str:
    """The member with the disclosures of a bundle; `path` is the bundle's."""
    return f"disclosures/{path.removeprefix('entries/')}.ndjson"


def schema_name(type: str) -> str:
    """The member with the schema of a type of event."""
    return f"schemas/{type}.json"


def disclosures_line(position: int, disclosures: Sequence[str]) -> bytes:
    """The line of an event among the disclosures of its bundle, in its one form."""
    return wire.canonical({"position": position, "disclosures": disclosures}) + b"\n"
