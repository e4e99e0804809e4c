"""A row is copied without the parts that its reader may not see, at any depth; how many are gone is counted."""

from collections.abc import Callable
from functools import cache
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect as types

from projections.view import Part

S = TypeVar("S", bound=msgspec.Struct)
_PLAIN: Final = (
    types.StrType,
    types.IntType,
    types.BoolType,
    types.NoneType,
    types.DateTimeType,
    types.DateType,
    types.EnumType,
)


def portioned(whole: S, is_given: Callable[[Part], bool]) -> tuple[S, int]:
    """A copy with the parts that are given, and how many are not; parts of what is not given nobody is asked for."""
    kept, withheld = _kept(whole, is_given)
    return msgspec.structs.replace(whole, **kept), withheld


def _kept(whole: msgspec.Struct, is_given: Callable[[Part], bool]) -> tuple[dict[str, Any], int]:
    """By name what is left of those of its values of which something is not given, and how many parts are not."""
    kept: dict[str, Any] = {}
    withheld = 0
    for name in _holding(type(whole)):
        if value := getattr(whole, name):  # most lists of a row are empty
            found, hidden = _portioned(value, is_given)
            withheld += hidden
            if found is not value:
                kept[name] = found
    return kept, withheld


def _portioned(value: Any, is_given: Callable[[Part], bool]) -> tuple[Any, int]:  # noqa: ANN401 - whatever a row is made of
    match value:
        case msgspec.Struct():
            if isinstance(value, Part) and not is_given(value):
                return None, 1
            if not _holding(type(value)):
                return value, 0
            kept, withheld = _kept(value, is_given)
            return (msgspec.structs.replace(value, **kept) if kept else value), withheld
        case list() | tuple():
            found = [(one, _portioned(one, is_given)) for one in value]
            if all(one is whole for whole, (one, _) in found):
                return value, 0
            left = [one for whole, (one, _) in found if one is not None or whole is None]
            return type(value)(left), sum(hidden for _, (_, hidden) in found)
        case dict():
            pairs = [(key, whole, _portioned(whole, is_given)) for key, whole in value.items()]
            by_key = {key: one for key, whole, (one, _) in pairs if one is not None or whole is None}
            return by_key, sum(hidden for _, _, (_, hidden) in pairs)
        case _:
            return value, 0


@cache
def _holding(cls: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that can hold parts: all but those of which each value is plain."""
    found = types.type_info(cls)
    if not isinstance(found, types.StructType):
        raise TypeError(f"{cls} has no fields")
    return tuple(field.name for field in found.fields if not _is_plain(field.type))


def _is_plain(of: types.Type) -> bool:
    return all(map(_is_plain, of.types)) if isinstance(of, types.UnionType) else isinstance(of, _PLAIN)
