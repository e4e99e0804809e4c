"""What is read of a store of views is asked here, in SQL that SQLite and PostgreSQL both understand."""

from abc import ABC, abstractmethod
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from hashlib import sha256
from typing import Any, Final, TypeAlias, TypeVar

import msgspec

from projections.reads import Found
from projections.stores.tables import Change, Forgotten, Letter, NotBuilt, Table
from projections.view import Key, R, View
from projections.visible import Sight

T = TypeVar("T")
Ask: TypeAlias = Callable[[str, Sequence[object]], list[tuple[Any, ...]]]
"""The rows that SQL finds, with `?` for each of the values."""
DIGESTED: Final = "SELECT key, marking, scope, position, body FROM {} ORDER BY key"
"""What the digest of a table is made of."""
_TABLES: Final = "SELECT name, view, version, position, digest, live, halted FROM positions"


class Selecting(ABC):
    """A store of views, as far as it is read. Safe to use from any thread."""

    def __init__(self) -> None:
        self._decoders: dict[type[Any], msgspec.json.Decoder[Any]] = {}

    @abstractmethod
    def look(self, read: Callable[[Ask], T]) -> T:
        """What `read` makes of one look at the store: whatever it asks is of one moment. It may be called again."""

    @abstractmethod
    def key_of(self, kept: Any) -> Key:  # noqa: ANN401 - as the database has it
        """A key, as it was kept among changes or letters."""

    @abstractmethod
    def kept_of(self, view: View[Any]) -> str:
        """SQL: the key of the row `t` of this view, as it is kept among letters."""

    def tables(self) -> list[Table]:
        return [_table(found) for found in self.look(lambda ask: ask(_TABLES, ()))]

    def letters(self, table: Table) -> list[Letter]:
        return self._letters(" WHERE name = ?", table.name).get(table.name, [])

    def parked(self) -> dict[str, list[Letter]]:
        return self._letters("")

    def _letters(self, where: str, *values: str) -> dict[str, list[Letter]]:
        sql = f"SELECT name, key, position, error FROM dead_letters{where}"  # noqa: S608 - ours
        found: dict[str, list[Letter]] = defaultdict(list)
        for name, kept, position, error in self.look(lambda ask: ask(sql, values)):
            found[name].append(Letter(self.key_of(kept), position, error))
        return {name: sorted(letters, key=lambda letter: letter[:2]) for name, letters in found.items()}

    def get(self, view: View[R], sight: Sight, key: Key) -> Found[R] | None:
        """One row; None where there is none for this reader. Raises NotBuilt."""
        found = self.find(view, sight, where="key = ?", values=(key,), limit=1)
        return found[0] if found else None

    def find(
        self,
        view: View[R],
        sight: Sight,
        *,
        where: str = "",
        values: Sequence[object] = (),
        order: str = "key",
        limit: int = 100,
    ) -> list[Found[R]]:
        """The rows that this reader may see and that `where` finds: see `reads.Reads`. Raises NotBuilt."""
        parked = f"EXISTS (SELECT 1 FROM dead_letters d WHERE d.name = ? AND d.key = {self.kept_of(view)})"  # noqa: S608 - our name
        narrowed = f" AND ({where})" if where else ""

        def read(ask: Ask) -> tuple[Table, list[tuple[Any, ...]]]:
            table = _live(ask, view)
            condition, allowed = _condition(ask, sight, view, table)
            sql = f"SELECT key, position, body, {parked} FROM {table.name} t WHERE {condition}{narrowed}"  # noqa: S608 - what comes from outside is bound
            return table, ask(f"{sql} ORDER BY {order} LIMIT ?", (table.name, *allowed, *values, limit))

        table, found = self.look(read)
        decode = self._decoder(view).decode
        return [
            Found(
                key=key,
                position=position,
                row=sight.portions(decode(body), position),
                stale=bool(waits) or table.halted is not None,
            )
            for key, position, body, waits in found
        ]

    def withheld(self, view: View[R], sight: Sight) -> bool | None:
        """Whether oversight is not given some rows of the view; None for anybody else. Raises NotBuilt."""
        if not sight.oversight:
            return None

        def read(ask: Ask) -> bool:
            table = _live(ask, view)
            if not all(sight.marked(one) for one in _occur(ask, table)):
                return True
            if view.matter is None or sight.needs.everything:
                return False
            condition, allowed = _condition(ask, sight, view, table)
            return bool(ask(f"SELECT 1 FROM {table.name} t WHERE NOT ({condition}) LIMIT 1", allowed))  # noqa: S608 - our name

        return self.look(read)

    def position(self, view: View[R]) -> int:
        """Up to which position the live table has folded. Raises NotBuilt."""
        return self.look(lambda ask: _live(ask, view).position)

    def changes_after(self, view: View[Any], position: int, limit: int, number: int = 0) -> list[Change]:
        """What changed in a view behind a position, in order, at least `limit` where there is more.

        Positions are never split. Whoever follows hands in the highest position and the highest number that it got;
        whoever comes back, its position alone. Raises Forgotten.
        """
        sql = "SELECT position, number, key FROM changes WHERE view = ?"

        def read(ask: Ask) -> list[tuple[Any, ...]]:
            for (upto,) in ask("SELECT forgotten FROM told WHERE view = ?", (view.name,)):
                if position < upto:
                    raise Forgotten(f"what changed up to position {upto} is not remembered: read everything again")
            behind = f"{sql} AND (position, number) > (?, ?) ORDER BY position, number LIMIT ?"
            found = ask(behind, (view.name, position, number, limit))
            if len(found) == limit:
                found += ask(f"{sql} AND position = ? AND number > ? ORDER BY number", (view.name, *found[-1][:2]))
            return found

        return [Change(at, told, None if kept is None else self.key_of(kept)) for at, told, kept in self.look(read)]

    def _decoder(self, view: View[R]) -> msgspec.json.Decoder[R]:
        if (decoder := self._decoders.get(view.row)) is None:
            decoder = self._decoders[view.row] = msgspec.json.Decoder(view.row)
        return decoder


def digest(rows: Iterable[tuple[Any, ...]]) -> str:
    """SHA-256 over rows `(key, marking, scope, position, body)` in the order of their keys, in hexadecimal."""
    hashed, encode = sha256(), msgspec.json.Encoder().encode
    for *before, body in rows:
        hashed.update(encode((*before, len(body))))
        hashed.update(body)
    return hashed.hexdigest()


def _live(ask: Ask, view: View[R]) -> Table:
    found = ask(f"{_TABLES} WHERE view = ? AND version = ? AND live", (view.name, view.version))
    if not found:
        raise NotBuilt(f"{view.name} has no live table of version {view.version}")
    return _table(found[0])


def _occur(ask: Ask, table: Table) -> list[str]:
    return [marking for (marking,) in ask("SELECT marking FROM markings WHERE name = ?", (table.name,))]


def _condition(ask: Ask, sight: Sight, view: View[Any], table: Table) -> tuple[str, tuple[object, ...]]:
    return sight.condition(_occur(ask, table), table=table.name, shared=view.shared, matter=view.matter)


def _table(found: tuple[Any, ...]) -> Table:
    name, view, version, position, digest, live, halted = found
    return Table(
        name=name, view=view, version=version, position=position, digest=digest, live=bool(live), halted=halted
    )
