"""Bundles are looked at by several processes at once, and told in their order, as one process alone would tell them.

Workers of `concurrent.futures` stay behind, waiting, where whoever began them is killed; these end with their pipe.
"""

import gc
import os
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection, Pipe
from pathlib import Path
from typing import Final

from projections.exports.bundles import About, Looked, looked
from projections.exports.reading import Archive, Identity, Unreadable, opened

WORTH: Final = 20_000
"""Events of which each process has to have so many, or it is begun for nothing."""
_AT_ONCE: Final = 8
"""Bundles that a process is asked for at once."""
_AHEAD: Final = 2
"""How often it is asked before it has answered: it need not wait, and what it holds ready is little."""
_KEPT: Final = 4
"""So many answers this process keeps of its own until it is their turn."""


class Lost(OSError):
    """A process that looked at bundles ended."""


@contextmanager
def looking(path: Path, archive: Archive, about: About, jobs: int) -> Iterator[Iterable[Looked]]:
    """Every bundle in order, up to the first that does not hold; `jobs` processes look, of which this one is one.

    The others have begun already, and end with this one, however it ends. Raises Lost.
    """
    hands: list[_Hand] = []
    try:
        while len(hands) + 1 < min(jobs, about.size // WORTH):
            hands.append(_Hand(path, archive.identity, about))
        yield _Shared(archive, about, hands)
    finally:
        for hand in hands:
            hand.close()


class _Shared:
    """Who looks at what, and what was seen, in order."""

    def __init__(self, archive: Archive, about: About, hands: Sequence["_Hand"]) -> None:
        self._archive, self._about = archive, about
        self._count = -(-about.bundles.stop // _AT_ONCE)
        self._next = 0
        """The first part that nobody looks at yet."""
        self._asked: dict[int, _Hand] = {}
        for hand in [*hands] * _AHEAD:
            self._ask(hand)

    def __iter__(self) -> Iterator[Looked]:
        kept: dict[int, list[Looked]] = {}
        for number in range(self._count):
            hand = self._asked.pop(number, None)
            while hand is not None and self._next < self._count and len(kept) < _KEPT and not hand.is_ready():
                mine, part = self._taken()
                kept[mine] = _seen(self._archive, part, self._about)  # instead of waiting
            if hand is not None:
                found = hand.answer()
                self._ask(hand)
            else:
                found = kept.pop(number) if number in kept else _seen(self._archive, self._taken()[1], self._about)
            yield from found

    def _ask(self, hand: "_Hand") -> None:
        if self._next < self._count:
            number, part = self._taken()
            self._asked[number] = hand
            hand.ask(part)

    def _taken(self) -> tuple[int, range]:
        """The next part."""
        number, self._next = self._next, self._next + 1
        return number, self._about.bundles[number * _AT_ONCE : self._next * _AT_ONCE]


class _Hand:
    """A process that looks at what it is asked for, in that order."""

    def __init__(self, path: Path, identity: Identity, about: About) -> None:
        self._connection, theirs = Pipe()
        with theirs:
            # -P: no module comes from the folder that somebody stands in, with what they were given in it;
            # a session of its own: whoever interrupts this process does not interrupt that one, which ends with it
            self._process = subprocess.Popen(  # noqa: S603 - this very module
                [sys.executable, "-P", "-m", __name__],
                stdin=theirs.fileno(),
                env=os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])},
                start_new_session=True,
            )
        self._connection.send((path, identity, about))

    def ask(self, part: range) -> None:
        """Have it look at these bundles. Raises Lost."""
        with _lost():
            self._connection.send(part)

    def is_ready(self) -> bool:
        """Whether it has an answer."""
        with _lost():
            return self._connection.poll()

    def answer(self) -> list[Looked]:
        """What it saw in those that it was asked for first. Raises Lost."""
        with _lost():
            found: list[Looked] = self._connection.recv()
        return found

    def close(self) -> None:
        """End it."""
        self._connection.close()
        self._process.kill()
        self._process.wait()


@contextmanager
def _lost() -> Iterator[None]:
    try:
        yield
    except (EOFError, OSError) as error:
        raise Lost("a process that looked at the archive ended, or the archive is being changed") from error


def _seen(archive: Archive, part: range, about: About) -> list[Looked]:
    """What is seen in these bundles, up to the first that does not hold."""
    seen: list[Looked] = []
    for index in part:
        seen.append(looked(archive, index, about))
        if seen[-1].failed is not None:
            break
    return seen


def main() -> None:
    """Answer the process that began this one, until it is not there any more."""
    gc.disable()  # what is made here is no cycle
    with suppress(EOFError, OSError, Unreadable), Connection(os.dup(0)) as connection:
        path, identity, about = connection.recv()
        with opened(path) as archive:
            while archive.identity == identity:
                connection.send(_seen(archive, connection.recv(), about))


if __name__ == "__main__":
    main()
