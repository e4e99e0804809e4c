"""A set is made piece by piece, in either direction, until there is enough of it; nothing else is read."""

from array import array
from collections.abc import Iterator, Mapping, Sequence
from typing import Final, assert_never

from pyroaring import BitMap

from projections.searching.filling import NEVER
from projections.searching.kept import BLOCK, PIECE, pieces
from projections.searching.sets import All, During, Either, Events, Has, Moment, Without, terms_of
from projections.searching.terms import CLAIMED
from projections.stores.selecting import Ask

_TOGETHER: Final = (1, 4, 16)
"""How many pieces are read at a time: few while a page may be full soon, then more."""
_BLOCKS: Final = 1 << (PIECE - BLOCK)
_LONG: Final = 2**62
_Bits = Mapping[tuple[int, str], bytes]


def found(ask: Ask, events: Events, *, after: int, upto: int, newest: bool = False) -> Iterator[int]:
    """The positions behind `after` up to `upto`, in order, or the last ones first."""
    for number, bits in _pieces(ask, events, after, upto, newest=newest):
        first = number << PIECE
        for low in reversed(bits) if newest else bits:
            yield first + low


def counted(ask: Ask, events: Events, *, after: int, upto: int, most: int) -> int:
    """How many there are between these positions; more than `most`, and it stops to count."""
    number = 0
    for _, bits in _pieces(ask, events, after, upto, newest=False):
        number += len(bits)
        if number > most:
            break
    return number


def _pieces(ask: Ask, events: Events, after: int, upto: int, *, newest: bool) -> Iterator[tuple[int, BitMap]]:
    if upto <= after:
        return
    numbers = list(range((after + 1) >> PIECE, (upto >> PIECE) + 1))
    terms = {*terms_of(events), CLAIMED}
    for some in _together(numbers[::-1] if newest else numbers):
        kept = pieces(ask, some, terms)
        for number in some:
            bits = _made(ask, kept, number, events)
            first = number << PIECE
            if first <= after:
                bits.remove_range(0, after + 1 - first)
            if upto - first < (1 << PIECE) - 1:
                bits.remove_range(upto + 1 - first, 1 << PIECE)
            if bits:
                yield number, bits


def _together(numbers: Sequence[int]) -> Iterator[Sequence[int]]:
    at = 0
    for many in _TOGETHER:
        if at < len(numbers):
            yield numbers[at : at + many]
        at += many
    for start in range(at, len(numbers), _TOGETHER[-1]):
        yield numbers[start : start + _TOGETHER[-1]]


def _made(ask: Ask, kept: _Bits, number: int, events: Events) -> BitMap:
    """The set in one piece; the caller may change it."""
    match events:
        case Has(term):
            packed = kept.get((number, term))
            return BitMap() if packed is None else BitMap.deserialize(packed)
        case Either(of):
            return BitMap.union(*(_made(ask, kept, number, each) for each in of)) if of else BitMap()
        case All(of):
            made = _made(ask, kept, number, of[0])
            for each in of[1:]:
                if not made:
                    break
                made &= _made(ask, kept, number, each)
            return made
        case Without(of, less):
            return _made(ask, kept, number, of) - _made(ask, kept, number, less)
        case During(of, moment, since, before):
            made = _made(ask, kept, number, of)
            if made and moment is Moment.CLAIMED:
                made &= _made(ask, kept, number, Has(CLAIMED))
            return _during(ask, made, number, moment, since, before) if made else made
        case _:
            assert_never(events)


def _during(  # noqa: PLR0917 - a set, its piece, and a time
    ask: Ask, made: BitMap, number: int, moment: Moment, since: int | None, before: int | None
) -> BitMap:
    """Those of a set that fall into a time: whole blocks where all of them do, and one by one elsewhere."""
    lowest, behind = -_LONG if since is None else since, _LONG if before is None else before
    first = number * _BLOCKS
    sql = "SELECT block, lowest, highest FROM times WHERE moment = ? AND block BETWEEN ? AND ?"
    fit = BitMap()
    for block, low, high in ask(
        f"{sql} AND highest >= ? AND lowest < ?", (moment, first, first + _BLOCKS - 1, lowest, behind)
    ):
        start = (block - first) << BLOCK
        some = BitMap(range(start, start + (1 << BLOCK))) & made
        if some and not (lowest <= low and high < behind):
            some = _one_by_one(ask, some, moment, block, start, lowest, behind)
        fit |= some
    return fit


def _one_by_one(  # noqa: PLR0917 - the same
    ask: Ask, some: BitMap, moment: Moment, block: int, start: int, lowest: int, behind: int
) -> BitMap:
    times = array("q")
    for (packed,) in ask("SELECT packed FROM times WHERE moment = ? AND block = ?", (moment, block)):
        times.frombytes(packed)
    return BitMap([low for low in some if lowest <= times[low - start] < behind and times[low - start] != NEVER])
