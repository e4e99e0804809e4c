"""An archive is read as it lies there: members are stored, so a damaged byte is found by what it breaks.

Whatever else unpacks it sees the same members: they lie one behind the other, each under its own name, and nothing
lies before, between or behind them.
"""

import mmap
import struct
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from os import fstat
from pathlib import Path
from stat import S_IFMT, S_IFREG
from typing import Final, NamedTuple

_LOCAL: Final = struct.Struct("<4s5H3L2H")
_DESCRIPTOR: Final = struct.Struct("<4s3L")
_STREAMED: Final = 0x08
"""The flag of a member whose checksum and size lie behind it."""
_ENTRY: Final = 46
"""Bytes of a member in the directory, before its name."""
_ENDS: Final = (22, 22 + 20 + 56)
"""Bytes behind the directory: the end of the archive, with that of a large one before it."""
_ZIP64: Final = b"\1\0"


class Unreadable(Exception):
    """The archive, or a member of it, cannot be read; the sentence says which."""


class Identity(NamedTuple):
    """What is another once a file is another, or was written to."""

    device: int
    inode: int
    bytes: int
    changed_ns: int


class Archive:
    """The members of an archive, by name."""

    def __init__(self, bytes_: mmap.mmap, places: Mapping[str, tuple[int, int]], identity: Identity) -> None:
        self._bytes, self._places = bytes_, places
        self.identity = identity

    def names(self) -> list[str]:
        """Of every member, in the order in which they were written."""
        return list(self._places)

    def read(self, name: str) -> bytes | None:
        """The bytes of a member, whatever its checksum; None where there is none."""
        if (place := self._places.get(name)) is None:
            return None
        begin, size = place
        return self._bytes[begin : begin + size]


@contextmanager
def opened(path: Path) -> Iterator[Archive]:
    """The archive in a file. Raises Unreadable, OSError."""
    with path.open("rb") as file:
        try:
            with zipfile.ZipFile(file) as archive:
                members, directory, comment = archive.infolist(), archive.start_dir, archive.comment
        except (zipfile.BadZipFile, NotImplementedError, ValueError, struct.error) as error:
            raise Unreadable(f"{path.name} is no whole archive: {error}") from error
        if len({member.filename for member in members}) != len(members):
            raise Unreadable(f"{path.name} has two members of one name")
        of = fstat(file.fileno())
        identity = Identity(of.st_dev, of.st_ino, of.st_size, of.st_mtime_ns)
        with mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as bytes_:
            places = dict(_places(bytes_, members, directory))
            listed = sum(_ENTRY + len(member.filename) + len(member.extra) for member in members)
            if comment or len(bytes_) - directory - listed not in _ENDS:
                raise Unreadable(f"{path.name} has something behind its members")
            yield Archive(bytes_, places, identity)


def _places(raw: mmap.mmap, members: list[zipfile.ZipInfo], directory: int) -> Iterator[tuple[str, tuple[int, int]]]:
    at = 0
    for member in members:
        begin = at + _LOCAL.size + len(member.filename)
        if member.header_offset != at or not _is_stored(member) or not _says(raw[at:begin], member):
            raise Unreadable(f"{member.filename}: not stored as it is, or not behind the one before it")
        yield member.filename, (begin, member.file_size)
        at = begin + member.file_size
        if member.flag_bits == _STREAMED:
            behind = _DESCRIPTOR.pack(b"PK\7\10", member.CRC, member.file_size, member.file_size)
            if raw[at : at + _DESCRIPTOR.size] != behind:
                raise Unreadable(f"{member.filename}: cut short")
            at += _DESCRIPTOR.size
    if at != directory:
        raise Unreadable("something lies behind the members, and is none")


def _is_stored(member: zipfile.ZipInfo) -> bool:
    """As a plain file, under a name of ASCII, and under no other beside it."""
    extra = member.extra
    large = extra[:2] == _ZIP64 and len(extra) == 4 + int.from_bytes(extra[2:4], "little")
    return (
        member.compress_type == zipfile.ZIP_STORED
        and member.compress_size == member.file_size < 2**32
        and member.flag_bits in {0, _STREAMED}
        and member.filename.isascii()
        and member.filename == member.orig_filename
        and S_IFMT(member.external_attr >> 16) in {0, S_IFREG}
        and not member.comment
        and (not extra or large)
    )


def _says(header: bytes, member: zipfile.ZipInfo) -> bool:
    """Whether a member says of itself what the directory says of it."""
    if len(header) < _LOCAL.size:
        return False
    magic, _, flags, pressed, _, _, *sums, name, extra = _LOCAL.unpack_from(header)
    size = member.file_size
    return (
        (magic, flags, pressed, extra) == (b"PK\3\4", member.flag_bits, zipfile.ZIP_STORED, 0)
        and sums == ([0, 0, 0] if flags == _STREAMED else [member.CRC, size, size])
        and name == len(member.filename)
        and header[_LOCAL.size :] == member.filename.encode()
    )
