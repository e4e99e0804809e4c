"""A text is found by its words: whole ones, however they are written, in any order."""

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Final
from unicodedata import category, normalize

LONGEST: Final = 80
"""Characters of a word that count."""
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT[\d:.]+Z")
_DAY: Final = len("2026-06-02")
_WORD: Final = re.compile(
    r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"  # an id is one word, and so is a digest, and a day
    r"|sha256:[0-9a-f]{64}|\d{4}-\d\d-\d\d(?!\d)|[^\W_]+"
)


def words(text: str) -> set[str]:
    """The words of a text, without case and accents."""
    if _INSTANT.fullmatch(text):
        return {text[:_DAY]}
    plain = text.lower() if text.isascii() else _plain(text)
    return {word[:LONGEST] for word in _WORD.findall(plain)}


@lru_cache(maxsize=1 << 15)
def words_of_few(text: str) -> frozenset[str]:
    """The same, for texts that come again and again."""
    return frozenset(words(text))


def texts(value: object) -> Iterator[str]:
    """Every text in a JSON value, wherever it stands; names are none."""
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from texts(each)
        case dict():
            for each in value.values():
                yield from texts(each)
        case _:
            return


def _plain(text: str) -> str:
    return "".join(each for each in normalize("NFKD", text.casefold()) if category(each) != "Mn")
