"""One transaction holds the appends of many callers, and none of them can harm another."""

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Sequence
from itertools import groupby
from typing import Final, NamedTuple, TypeAlias

from eventsourcing import persistence

from domain.faults import told
from domain.ledger.append import Append, Restored, judge
from domain.ledger.recorder import ActRow, WentBack, WrongPlace, WrongStore

Answer: TypeAlias = range | Exception
"""The positions that an append got, or why it is not stored."""

_KINDS: Final = (
    *("InterfaceError", "DatabaseError", "DataError", "OperationalError"),
    *("IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError"),
)
"""The errors that every driver has (PEP 249), and eventsourcing by the same names."""
_DATA: Final = "22"
"""Class of SQLSTATE whose sentences quote a value."""


class NotBegun(Exception):
    """No transaction could be had; nothing was written."""


class BatchWriter(ABC):
    """Appends side by side, each with its own answer; a restore by itself, all of it or nothing."""

    @abstractmethod
    def _together(self, batch: Sequence[Append], meanwhile: Callable[[], None], at: int | None) -> list[Answer]:
        """All in one transaction; as a whole, and only behind position `at`, where there is one.

        Raises NotBegun. Whatever is raised here, nothing of the batch was stored.
        """

    def __call__(self, batch: Sequence[Append | Restored], meanwhile: Callable[[], None]) -> list[Answer]:
        """For each its positions, durable, or its error. Calls `meanwhile` before it waits for the disk."""
        answers: list[Answer] = []
        for is_restored, run in groupby(batch, key=lambda one: isinstance(one, Restored)):
            if is_restored:
                answers += (self._whole(one, meanwhile) for one in run if isinstance(one, Restored))
            else:
                answers += self._side_by_side([one for one in run if isinstance(one, Append)], meanwhile)
        return answers

    def _whole(self, restored: Restored, meanwhile: Callable[[], None]) -> Answer:
        try:
            answers = self._together(restored.appends, meanwhile, restored.at)
        except NotBegun as e:
            return translated(e.__cause__)
        except Exception as e:  # noqa: BLE001 - it is given to the caller whose restore it is
            return translated(e)
        stop = restored.at + 1
        for answer in answers:
            if isinstance(answer, Exception):
                return answer
            stop = answer.stop
        return range(restored.at + 1, stop)

    def _side_by_side(self, batch: Sequence[Append], meanwhile: Callable[[], None]) -> list[Answer]:
        try:
            return self._together(batch, meanwhile, None)
        except NotBegun as e:
            return [translated(e.__cause__) for _ in batch]
        except Exception as e:  # noqa: BLE001 - it is given to the caller whose append it is
            if len(batch) == 1:
                return [translated(e)]
        # one of them is poison: alone, each meets its own error
        answers: list[Answer] = []
        for append in batch:
            try:
                answers += self._together([append], meanwhile, None)
            except NotBegun as e:
                answers += [translated(e.__cause__) for _ in batch[len(answers) :]]
                break
            except Exception as e:  # noqa: BLE001 - it is given to the caller whose append it is
                answers.append(translated(e))
        return answers


class Rows(NamedTuple):
    """What a batch adds to each table, and what it takes away."""

    events: list[tuple[int, str, int, str, bytes]]
    disclosures: list[tuple[int, bytes]]
    acts: list[tuple[str, int | None, int | None, int, bytes | None]]
    destroyed: list[tuple[str, int]]
    """Stream and version of events whose disclosures are taken away; with them what acts without an event that came
    later keep of what they asked: one of them may have repeated it."""


def judged(
    batch: Sequence[Append], *, head: int, heads: dict[str, int], acts: Iterable[str], at: int | None
) -> tuple[list[Answer], Rows]:
    """An answer for each, and the rows of those that may be stored.

    With `at`: raises WrongPlace where the ledger ends elsewhere, and the first refusal.
    """
    if at is not None and head != at:
        raise WrongPlace(head, at)
    answers: list[Answer] = [*judge(batch, head=head, heads=heads, acts=acts)]
    rows = Rows([], [], [], [])
    for append, answer in zip(batch, answers, strict=True):
        if isinstance(answer, range):
            rows.events.extend((position, *event) for position, event in zip(answer, append.events, strict=True))
            rows.disclosures.extend(pair for pair in zip(answer, append.disclosures, strict=False) if pair[1])
            if append.act is not None:
                rows.acts.append((append.act, *act_row(append, answer)))
            rows.destroyed.extend(append.destroys)
        elif at is not None:
            raise answer
    return answers, rows


def act_row(append: Append, got: range) -> ActRow:
    """What is kept of an act that got these positions."""
    return ActRow(got[0] if got else None, got[-1] if got else None, got.stop - 1, append.nothing_new)


def translated(error: BaseException | None) -> Exception:
    """One of eventsourcing's errors, new for each caller, for what a driver or Python raised."""
    match error:
        case WentBack() | WrongStore() | persistence.OperationalError():
            ours: Exception = type(error)(*error.args)
        case persistence.PersistenceError():
            return error  # StaleRead and its like are about one append: one caller has it
        case TypeError() | ValueError() | OverflowError():
            ours = persistence.DataError(f"{type(error).__name__}: {error}")
        case None:
            ours = persistence.InternalError("nobody knows why")
        case _:
            kinds = [kind.__name__ for kind in type(error).__mro__ if kind.__name__ in _KINDS]
            kind = getattr(persistence, kinds[0]) if kinds else persistence.InternalError
            ours = kind(_said(error) if kinds else told(error))
    ours.__cause__ = error
    return ours


def _said(error: BaseException) -> str:
    """What an error of a database says, without what PostgreSQL quotes of rows: its DETAIL, and values."""
    state = getattr(error, "sqlstate", None)
    if state is None:
        return str(error)
    said = None if state.startswith(_DATA) else error.diag.message_primary  # type: ignore[attr-defined]
    return f"{said or type(error).__name__} ({state})"
