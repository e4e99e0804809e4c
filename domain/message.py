"""Every message is a frozen dataclass, documented field by field, with its published name beside the fields."""

from collections.abc import Callable
from dataclasses import dataclass, fields
from enum import Enum
from typing import Annotated, Any, Final, NoReturn, TypeVar, Union, dataclass_transform, get_args

T = TypeVar("T")
_CoreSchema = dict[str, Any]
"""What pydantic passes to the hooks of a type; named here so that rules need not import pydantic."""


class Withheld(Enum):
    """Stands where a protected value is not disclosed: not false, not text, not JSON."""

    WITHHELD = 2**60  # canonical JSON ends at 2**53 - 1: a writer that forgets this case fails

    def _refuse(self, format_spec: str = "") -> NoReturn:
        raise TypeError("this value is withheld: ask `is WITHHELD` first")

    __bool__ = __str__ = __format__ = _refuse


WITHHELD: Final = Withheld.WITHHELD


class _ProtectedMark:
    """Marks a field whose value leaves the document."""

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], _CoreSchema]) -> _CoreSchema:
        """Publish the schema of the value alone: `Withheld` exists in code only."""
        return handler(Union[tuple(arg for arg in get_args(source) if arg is not Withheld)])  # noqa: UP007 - made here


_PROTECTED: Final = _ProtectedMark()
Protected = Annotated[T | Withheld, _PROTECTED]
"""A field that leaves the document: its digest stays, its value is disclosed apart or withheld (RFC 9901)."""


class Pattern:
    """A regular expression that a text must match as a whole, read by whoever validates at the edge."""

    def __init__(self, regex: str) -> None:
        self.regex = f"^(?:{regex})$"

    def __get_pydantic_core_schema__(self, source: object, handler: Callable[[object], _CoreSchema]) -> _CoreSchema:
        return {**handler(source), "pattern": self.regex}


def protected_names(cls: type[Any]) -> tuple[str, ...]:
    """Names of the fields that leave the document, in order of declaration."""
    return tuple(f.name for f in fields(cls) if _PROTECTED in getattr(f.type, "__metadata__", ()))


@dataclass_transform(frozen_default=True, kw_only_default=True)
def message(cls: type[T]) -> type[T]:
    """Make a frozen, slotted, keyword-only dataclass whose docstrings reach the published schema."""
    cls.__pydantic_config__ = {"use_attribute_docstrings": True, "extra": "forbid"}  # type: ignore[attr-defined]
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    for name in protected_names(made):
        # After the constructor is made: a decoder may find nothing there, a rule may not forget it.
        made.__dataclass_fields__[name].default = WITHHELD  # type: ignore[attr-defined]
    return made
