"""An archive is read as it lies there: members are stored, so a damaged byte is found by what it breaks."""

import mmap
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

_LOCAL: Final = 30
"""Bytes of a local header, before the name."""
_MAGIC: Final = b"PK\x03\x04"


class Unreadable(Exception):
    """The archive, or a member of it, cannot be read; the sentence says which."""


class Archive:
    """The members of an archive, by name."""

    def __init__(self, bytes_: mmap.mmap, members: Mapping[str, zipfile.ZipInfo]) -> None:
        self._bytes, self._members = bytes_, members

    def names(self) -> list[str]:
        """Of every member, in the order in which they were written."""
        return list(self._members)

    def read(self, name: str) -> bytes | None:
        """The bytes of a member, whatever its checksum; None where there is none. Raises Unreadable."""
        if (member := self._members.get(name)) is None:
            return None
        at = member.header_offset
        header = self._bytes[at : at + _LOCAL]
        if header[:4] != _MAGIC or len(header) < _LOCAL or member.compress_type != zipfile.ZIP_STORED:
            raise Unreadable(f"{name}: not stored as it is")
        begin = at + _LOCAL + int.from_bytes(header[26:28], "little") + int.from_bytes(header[28:30], "little")
        found = self._bytes[begin : begin + member.file_size]
        if len(found) != member.file_size:
            raise Unreadable(f"{name}: cut short")
        return found


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive in a file. Raises Unreadable, OSError."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members = archive.infolist()
        except (zipfile.BadZipFile, NotImplementedError, UnicodeDecodeError) as error:
            raise Unreadable(f"{path.name} is no whole archive: {error}") from error
        named = {member.filename: member for member in members}
        if len(named) != len(members):
            raise Unreadable(f"{path.name} has two members of one name")
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as bytes_:
            yield Archive(bytes_, named)
