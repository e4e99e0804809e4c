"""Whom to believe is a text that whoever checks has from somewhere else: keys of logs, of witnesses, and a quorum.

::

    log docket.example+<id>+<base64>
    witness treasury treasury.example/witness+<id>+<base64>
    witness gao gao.example/witness+<id>+<base64> https://witness.gao.example
    group agencies 4 treasury commerce dod dhs nsa
    group both all agencies gao
    quorum both

Lines that begin with `#` are for people. A group is met by so many (`any`: one, `all`: every one) of its members.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from projections.transparency.checkpoint import Checkpoint
from projections.transparency.notes import Key, Kind, Note
from projections.transparency.tree import Unproved

NONE: Final = "none"
"""The quorum that is always met."""


class PolicyWrong(ValueError):
    """The text is no policy; the sentence says which line, and why."""


class NoQuorum(Unproved):
    """The log signed, and too few of the witnesses did."""


class Grade(StrEnum):
    """How much stands behind a checkpoint."""

    PROVISIONAL = "provisional"
    """The log's own word: that it shows others the same tree is not witnessed."""
    FINAL = "final"
    """A quorum of witnesses has seen it, and that it only grew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Witness:
    """Somebody who signs that a log only grew."""

    key: Key
    address: str | None
    """Where it is asked; None: it asks by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A checkpoint, and who stands behind it."""

    checkpoint: Checkpoint
    witnessed: Mapping[str, int]
    """Name of the witness in the policy → when it signed, in seconds since 1970."""
    grade: Grade


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Whom to believe."""

    logs: tuple[Key, ...]
    witnesses: Mapping[str, Witness]
    groups: Mapping[str, tuple[int, tuple[str, ...]]]
    quorum: str

    @classmethod
    def read(cls, text: str) -> Self:
        """Raises PolicyWrong."""
        reading = _Reading()
        for number, line in enumerate(text.split("\n"), 1):
            if any((each < " " and each != "\t") or each == "\x7f" for each in line):
                raise PolicyWrong(f"line {number}: a control character")
            words = line.split()
            if words and not words[0].startswith("#"):
                try:
                    reading.line(*words)
                except (ValueError, Unproved) as error:
                    raise PolicyWrong(f"line {number}: {error}") from error
        if reading.quorum is None:
            raise PolicyWrong("no line says which quorum")
        return cls(logs=tuple(reading.logs), witnesses=reading.witnesses, groups=reading.groups, quorum=reading.quorum)

    def met_by(self, names: Collection[str]) -> bool:
        """Whether these witnesses are the quorum."""
        return self._met(self.quorum, names)

    def graded(self, note: Note) -> Opened:
        """What a note says, and its grade. Raises Unproved where no log of the policy signed it."""
        checkpoint = Checkpoint.read(note.text)
        logs = [key for key in self.logs if key.name == checkpoint.origin]
        if not logs:
            raise Unproved(f"the policy has no key of {checkpoint.origin!r}")
        names = {witness.key: name for name, witness in self.witnesses.items()}
        signed = note.signed_by((*logs, *names))
        if not any(key in signed for key in logs):
            raise Unproved(f"{checkpoint.origin!r} has not signed it")
        witnessed = {names[key]: at for key, at in signed.items() if at is not None}
        grade = Grade.FINAL if self.met_by(witnessed) else Grade.PROVISIONAL
        return Opened(checkpoint=checkpoint, witnessed=witnessed, grade=grade)

    def opened(self, note: bytes) -> Opened:
        """The same of a note's bytes, with a quorum. Raises NoQuorum, and Unproved."""
        opened = self.graded(Note.read(note))
        if opened.grade is not Grade.FINAL:
            raise NoQuorum(f"the quorum {self.quorum!r} is not met: {', '.join(sorted(opened.witnessed)) or 'nobody'}")
        return opened

    def _met(self, name: str, names: Collection[str]) -> bool:
        if name in self.groups:
            least, members = self.groups[name]
            return sum(self._met(member, names) for member in members) >= least
        return name == NONE or name in names


class _Reading:
    """A policy, line by line: what a line names was said above it."""

    def __init__(self) -> None:
        self.logs: list[Key] = []
        self.witnesses: dict[str, Witness] = {}
        self.groups: dict[str, tuple[int, tuple[str, ...]]] = {}
        self.quorum: str | None = None

    def line(self, what: str, *words: str) -> None:
        match what, words:
            case "log", (vkey, *_) if len(words) <= 2:
                self._log(Key.read(vkey))
            case "witness", (name, vkey, *address) if len(words) <= 3:
                self._witness(name, Key.read(vkey), *address)
            case "group", (name, least, *members) if members:
                self._group(name, least, members)
            case "quorum", (name,) if self.quorum is None:
                if name != NONE and not self._is_known(name):
                    raise PolicyWrong(f"{name!r} is neither witness nor group")
                self.quorum = name
            case _:
                raise PolicyWrong(f"no line of a policy, or one too many: {what!r}")

    def _log(self, key: Key) -> None:
        if key.kind is not Kind.LOG or self._is_there(key):
            raise PolicyWrong("this key is no log's, or there twice")
        self.logs.append(key)

    def _witness(self, name: str, key: Key, address: str | None = None) -> None:
        if not key.kind.is_of_witnesses or self._is_there(key):
            raise PolicyWrong("this key is no witness's, or there twice")
        self._new(name)
        self.witnesses[name] = Witness(key=key, address=address)

    def _group(self, name: str, least: str, members: list[str]) -> None:
        self._new(name)
        taken = {member for _, others in self.groups.values() for member in others}
        if wrong := [each for each in members if not self._is_known(each) or each in taken or members.count(each) > 1]:
            raise PolicyWrong(f"not known above, or in a group already: {', '.join(wrong)}")
        count = {"any": 1, "all": len(members)}.get(least)
        if count is None:
            if not (least.isascii() and least.isdecimal() and 1 <= int(least) <= len(members)):
                raise PolicyWrong(f"{least!r} is no number of {len(members)} members")
            count = int(least)
        self.groups[name] = (count, tuple(members))

    def _is_there(self, key: Key) -> bool:
        """Whoever signs is one, under whatever name: a log is no witness of itself, and a witness is not two."""
        return key.public in {each.public for each in (*self.logs, *(each.key for each in self.witnesses.values()))}

    def _new(self, name: str) -> None:
        if name == NONE or self._is_known(name):
            raise PolicyWrong(f"{name!r} is taken")

    def _is_known(self, name: str) -> bool:
        return name in self.witnesses or name in self.groups
