"""JSON that means one thing: UTF-8, no name twice, whole numbers that everybody can hold, nested no deeper than 32."""

import json
from collections.abc import Iterator
from math import isfinite
from typing import Any, Final, NoReturn, TypeAlias

DEEPEST: Final = 32
"""Objects and arrays inside each other, at most."""
LARGEST: Final = 2**53 - 1
"""What a number may be at most, either side of zero: RFC 8785 has no larger one."""

Json: TypeAlias = dict[str, Any] | list[Any] | str | float | bool | None


class NotStrict(ValueError):
    """These bytes are not such JSON; the sentence repeats nothing of them."""


def read(body: bytes, *, fractions: bool = False) -> Json:
    """What the bytes say; `fractions` lets numbers in that are not whole, which are floats then. Raises NotStrict."""
    try:
        value: Json = json.loads(
            body.decode(),
            object_pairs_hook=_object,
            parse_float=_fraction if fractions else _not_whole,
            parse_constant=_not_whole,
            parse_int=_whole,
        )
    except UnicodeDecodeError:
        raise NotStrict("The body is not UTF-8.") from None
    except RecursionError:
        raise NotStrict(_TOO_DEEP) from None
    except json.JSONDecodeError as error:
        raise NotStrict(f"The body is not JSON: it breaks off or goes wrong at character {error.pos}.") from None
    for text, depth in _texts(value):
        if depth > DEEPEST:
            raise NotStrict(_TOO_DEEP)
        if "\0" in text:
            raise NotStrict("A text holds U+0000, which no text of the record may hold.")
        if not text.isascii() and any("\ud800" <= character <= "\udfff" for character in text):
            raise NotStrict("A text holds half of a surrogate pair, which is no character.")
    return value


_TOO_DEEP: Final = f"The body nests deeper than {DEEPEST}."


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise NotStrict("An object has the same name twice.")
    return made


def _not_whole(text: str) -> NoReturn:
    raise NotStrict('A number is not whole; the record has whole numbers only, and scores as text, such as "7.5".')


def _fraction(text: str) -> float:
    if not isfinite(number := float(text)):
        raise NotStrict("A number is too large for anybody.")
    return number


def _whole(text: str) -> int:
    # the length first: turning a million digits into a number takes a minute
    if len(text) > len(str(-LARGEST)) or abs(number := int(text)) > LARGEST:
        raise NotStrict(f"A number is beyond {LARGEST}.")
    return number


def _texts(value: Json) -> Iterator[tuple[str, int]]:
    """Every text with its depth, and an empty one for each object and array."""
    left: list[tuple[Json, int]] = [(value, 0)]
    while left:
        here, depth = left.pop()
        match here:
            case str():
                yield here, depth
            case dict():
                yield "", depth + 1
                left.extend((name, depth) for name in here)
                left.extend((inner, depth + 1) for inner in here.values())
            case list():
                yield "", depth + 1
                left.extend((inner, depth + 1) for inner in here)
            case _:
                pass
