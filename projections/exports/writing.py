"""An export is written as it is read, bundle by bundle: it needs no more memory for a million events than for one."""

import io
import zipfile
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from typing import IO, Any, Final, cast

from domain import wire
from domain.values import LedgerId
from projections.disclosed import Disclosed, Documents, disclosed
from projections.exports.archive import (
    CHECKPOINT,
    FORMAT,
    MANIFEST,
    README,
    File,
    Manifest,
    disclosures_line,
    disclosures_name,
    schema_name,
    tile_name,
)
from projections.transparency.checkpoint import Checkpoint
from projections.transparency.log import LogReader
from projections.transparency.notes import Note
from projections.transparency.tiles import HEIGHT, WIDTH, Place, bundled, width_at
from projections.transparency.tree import HASH
from projections.visible import Sight

_STORED: Final = (1980, 1, 1, 0, 0, 0)  # the same asked twice gives the same bytes
_README: Final = """\
This is an export of a Docket ledger: documents of recorded events, and what proves that they stand in its log.

    docket verify export THIS-FILE --policy POLICY

checks all of it without a network. The policy is not in here: it says whom you believe, and comes from elsewhere.

Without Docket: a document's leaf hash is SHA-256 over a zero byte and the document. It stands in a tile of level 0
(C2SP tlog-tiles) at its position less one. Tiles lead to the root (RFC 6962), which stands in `checkpoint`: a note
with Ed25519 signatures (C2SP signed-note, tlog-checkpoint, tlog-cosignature). A disclosure belongs to a document where
its SHA-256, base64url without padding, is among the document's data._sd (RFC 9901). Documents are CloudEvents 1.0 in
RFC 8785 form; schemas/ says what their data mean.
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What is to be exported, for whom."""

    ledger: LedgerId
    note: Note
    """The checkpoint that it is held against; what came later is not in it."""
    reader: str
    sight: Sight
    filters: Mapping[str, str] = field(default_factory=dict)
    """What was asked for, as the manifest says it."""
    positions: Callable[[range], Collection[int]] | None = None
    """Which of these positions are asked for; None: every one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """What exports are made of."""

    documents: Documents
    log: LogReader
    schema: Callable[[str], Mapping[str, Any] | None]
    """JSON Schema of a type of event."""


def write(into: IO[bytes], asked: Asked, source: Source) -> Iterator[int]:
    """Write the archive, which may be a stream that only goes forward; each position that was passed, as it goes."""
    size = Checkpoint.read(asked.note.text).size
    with zipfile.ZipFile(into, "w", zipfile.ZIP_STORED, allowZip64=True) as archive:
        writing = _Writing(archive, source.log, size)
        writing.add(README, _README.encode())
        writing.add(CHECKPOINT, bytes(asked.note))
        for index in range(-(-size // WIDTH)):
            place = Place(None, index, width_at(size, 0, index))
            positions = range(index * WIDTH + 1, index * WIDTH + place.width + 1)
            wanted = positions if asked.positions is None else asked.positions(positions)
            shown = disclosed(source.documents, wanted, asked.sight) if wanted else {}
            if shown:
                writing.bundle(place, positions, shown)
            yield positions[-1]
        writing.tree()
        for type in sorted(writing.types):
            if (said := source.schema(type)) is not None:
                writing.add(schema_name(type), wire.canonical(said))
        manifest = Manifest(
            format=FORMAT,
            ledger=asked.ledger,
            size=size,
            reader=asked.reader,
            asked=dict(asked.filters),
            events=writing.events,
            disclosures=writing.disclosures,
            withheld=writing.withheld,
            files=writing.files,
        )
        writing.add(MANIFEST, bytes(manifest))


def streamed(asked: Asked, source: Source) -> Iterator[bytes]:
    """The archive as it is written, some at a time; nothing of it is kept."""
    buffer = _Buffer()
    for _ in write(cast(IO[bytes], buffer), asked, source):
        yield buffer.taken()
    yield buffer.taken()


class _Buffer(io.RawIOBase):
    """What was written lately. It cannot be gone back in."""

    def __init__(self) -> None:
        self._some: list[bytes] = []

    def writable(self) -> bool:
        return True

    def write(self, some: Any) -> int:  # noqa: ANN401 - whatever has bytes
        self._some.append(bytes(some))
        return len(self._some[-1])

    def taken(self) -> bytes:
        """All of it, which is forgotten."""
        some, self._some = self._some, []
        return b"".join(some)


class _Writing:
    """What has been written of an archive."""

    def __init__(self, archive: zipfile.ZipFile, log: LogReader, size: int) -> None:
        self._archive, self._log, self._size = archive, log, size
        self._leaves: set[int] = set()
        self.files: dict[str, File] = {}
        self.types: set[str] = set()
        self.events = self.disclosures = self.withheld = 0

    def add(self, name: str, content: bytes) -> None:
        """A member."""
        self._archive.writestr(zipfile.ZipInfo(name, _STORED), content)
        if name != MANIFEST:
            self.files[name] = File(len(content), sha256(content).hexdigest())

    def bundle(self, place: Place, positions: Sequence[int], shown: Mapping[int, Disclosed]) -> None:
        """The documents of one tile, and what is disclosed of them."""
        self.add(tile_name(place.path), bundled(shown[at].document if at in shown else b"" for at in positions))
        lines = [
            disclosures_line(at, [each.decode() for each in one.disclosures])
            for at, one in shown.items()
            if one.disclosures
        ]
        if lines:
            self.add(disclosures_name(place.path), b"".join(lines))
        self._leaves.add(place.index)
        self.events += len(shown)
        self.disclosures += sum(len(one.disclosures) for one in shown.values())
        self.withheld += sum(len(one.withheld) for one in shown.values())
        self.types |= {one.recorded.event.type for one in shown.values()}

    def tree(self) -> None:
        """The tiles that lead from these leaves to the root: of level 0 theirs and the last, above it all."""
        level = 0
        while self._size >> HEIGHT * level:
            last = -(-(self._size >> HEIGHT * level) // WIDTH)
            for index in range(last):
                if level == 0 and index not in self._leaves and index != last - 1:
                    continue
                place = Place(level, index, width_at(self._size, level, index))
                hashes = self._log.tile(level, index) or b""
                self.add(tile_name(place.path), hashes[: place.width * HASH])
            level += 1
