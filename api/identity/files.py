"""Files that say whom to believe: each is read again as soon as it changes, and believed no longer once it is gone."""

from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import Generic, TypeVar

from api.identity import Unavailable

T = TypeVar("T")


class Watched(Generic[T]):
    """What a file says now, as `read` understands it. Raises Unavailable, and whatever `read` raises."""

    def __init__(self, path: Path, read: Callable[[Path], T]) -> None:
        self._path, self._read = path, read
        self._lock = Lock()
        self._said: tuple[tuple[int, ...], T] | None = None

    def now(self) -> T:
        """What the file says, or an error, after which nothing of it is remembered."""
        with self._lock:
            said, self._said = self._said, None
            try:
                there = self._path.stat()
            except OSError as error:
                raise Unavailable(f"{self._path} cannot be read") from error
            seen = (there.st_mtime_ns, there.st_size, there.st_ino)
            self._said = said if said is not None and said[0] == seen else (seen, self._read(self._path))
            return self._said[1]


def bounded(path: Path, longest: int) -> bytes:
    """The bytes of a file of at most so many. Raises Unavailable."""
    try:
        with path.open("rb") as file:
            text = file.read(longest + 1)
    except OSError as error:
        raise Unavailable(f"{path} cannot be read") from error
    if len(text) > longest:
        raise Unavailable(f"{path} is longer than {longest} bytes")
    return text
