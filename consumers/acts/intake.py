"""What comes in becomes an act, or is turned away with every reason at once: the same over HTTP and over Kafka."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Annotated, Any, Final, TypeAlias

import orjson
from annotated_types import MaxLen, MinLen
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic_core import ErrorDetails, SchemaValidator
from typing_extensions import TypedDict

from domain.act import Act
from domain.commands import Command
from domain.errors import TurnedAway
from domain.message import Pattern
from domain.values import ACitation, ACommand, ADelegation, APost, Instant
from domain.wire import COMMANDS

INSTANT: Final = r"^(?:19|20|21)\d\d-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,6})?(?:Z|[+-]\d\d:\d\d)$"
"""RFC 3339 with seconds, at most six digits of them, and a zone; from 1900 to 2199."""
DAY: Final = r"^(?:19|20|21)\d\d-\d\d-\d\d$"


def _offered(type: str) -> bool:
    """Whether somebody may ask for it: what the clock records begins `record-`, and only the installation opens."""
    kind, _, verb = type.partition(".")
    return kind != "ledger" and not verb.startswith("record-")


OFFERED: Final[Mapping[str, type[Command]]] = {type: cls for type, cls in COMMANDS.items() if _offered(type)}
"""The commands that an office or a participant may give, by their types."""


@dataclass(frozen=True, slots=True)
class Wrong:
    """One thing that is wrong with what came in."""

    pointer: str
    """Where (RFC 6901), in the body that came in."""
    detail: str


class Malformed(TurnedAway):
    """What came in does not have its form; `errors` says all that is wrong, and repeats no value."""

    def __init__(self, sentence: str | None = None, *, errors: Sequence[Wrong] = (), code: str = "malformed") -> None:
        super().__init__(code, sentence)
        self.errors = tuple(errors)


class Said(TypedDict, total=False):
    """What surrounds a command."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # where pydantic looks for it

    id: ACommand
    marking: Annotated[str, MinLen(1), MaxLen(400)]
    protected_marking: Annotated[str, MinLen(1), MaxLen(400)] | None
    authority: ACitation | None
    post: APost | None
    delegation: ADelegation | None
    claimed_at: Instant | None
    signature: Annotated[str, MaxLen(1000), Pattern(r"[A-Za-z0-9_-]+\.\.[A-Za-z0-9_-]+")] | None


Names: TypeAlias = Mapping[str, str]
"""What a front calls a field of ours, where that is another name."""


def act(type: str, body: Mapping[str, Any], *, names: Names | None = None, already: Sequence[Wrong] = ()) -> Act:
    """The act that `body` asks for: what `Said` has, and `data`, the command without its type.

    `already` is what a front found wrong. Raises TurnedAway (command-unknown) and Malformed (also marking-missing).
    """
    cls = OFFERED.get(type)
    if cls is None:
        raise TurnedAway("command-unknown")
    said = {name: value for name, value in body.items() if name != "data"}
    wrong: list[Wrong] = [*already]
    surrounds = checked(_SAID, said, "", names or {}, wrong)
    if "id" not in said:
        wrong.append(Wrong("/id", _MISSING))
    command: Any = None
    if "data" not in body:
        wrong.append(Wrong("/data", _MISSING))
    else:
        data = body["data"]
        if isinstance(data, dict) and "type" in data:
            wrong.append(Wrong("/data/type", "The type stands outside of the data."))
            data = {name: value for name, value in data.items() if name != "type"}
        command = checked(_form_of(type), data, "/data", {}, wrong)
    if "marking" not in said:
        raise Malformed(code="marking-missing", errors=[Wrong("/marking", _MISSING), *wrong])
    if wrong:
        raise Malformed(errors=wrong)
    return Act(command=command, **surrounds)


def checked(form: SchemaValidator, value: object, at: str, names: Names, wrong: list[Wrong]) -> Any:  # noqa: ANN401 - what the form makes
    """What `value` is in a form; None where it does not have it, and what is wrong is added to `wrong`, below `at`."""
    try:
        return form.validate_json(orjson.dumps(value))
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=True, include_input=False)
        wrong.extend(Wrong(at + _pointer(each, names), _sentence(each)) for each in found)
    return None


_MISSING: Final = "This field is missing."
_UNKNOWN: Final = frozenset({"extra_forbidden", "unexpected_keyword_argument"})
_HARMLESS: Final = re.compile("[a-zA-Z_][a-zA-Z0-9_-]{0,39}")
_SENTENCES: Final[Mapping[str, str]] = {
    "missing": _MISSING,
    "missing_argument": _MISSING,
    "extra_forbidden": "There is no such field.",
    "unexpected_keyword_argument": "There is no such field.",
    "dataclass_type": "This has to be an object.",
    "dict_type": "This has to be an object.",
    "tuple_type": "This has to be an array.",
    "string_type": "This has to be a text.",
    "int_type": "This has to be a whole number.",
    "bool_type": "This has to be true or false.",
    "string_pattern_mismatch": "The text does not have the form {pattern}",
    "string_too_long": "The text has more than {max_length} characters.",
    "string_too_short": "The text has fewer than {min_length} characters.",
    "too_long": "There are more than {max_length} items.",
    "too_short": "There are fewer than {min_length} items.",
    "greater_than_equal": "The number is less than {ge}.",
    "less_than_equal": "The number is more than {le}.",
    "enum": "This has to be {expected}.",
    "literal_error": "This has to be {expected}.",
}
"""What a validator finds, in our words: with what the schema says, never with what came in."""


def _sentence(found: ErrorDetails) -> str:
    if found["type"] == "string_pattern_mismatch" and found["ctx"]["pattern"] in {INSTANT, DAY}:
        return "This has to be an instant with its zone, or a day, as RFC 3339 writes it, from 1900 to 2199."
    sentence = _SENTENCES.get(found["type"], "This is not what it has to be.")
    return sentence.format_map(found.get("ctx", {}))


def _pointer(found: ErrorDetails, names: Names) -> str:
    parts = [str(part) for part in found["loc"]]
    if found["type"] in _UNKNOWN and not _HARMLESS.fullmatch(parts[-1]):
        parts.pop()  # a name that came in may be content: only what looks like a name of ours is repeated
    if parts:
        parts[0] = names.get(parts[0], parts[0])
    return "".join("/" + part.replace("~", "~0").replace("/", "~1") for part in parts)


def _exact(schema: Any) -> Any:  # noqa: ANN401 - a schema of pydantic is nested dicts and lists
    """The same schema, where nothing is taken for something else: days and instants are texts as RFC 3339 has them.

    The strictness of pydantic ends at each nested class, and takes a number for an instant.
    """
    match schema:
        case {"type": "date" | "datetime" as kind}:
            text = {"type": "str", "strict": True, "pattern": DAY if kind == "date" else INSTANT}
            return {"type": "chain", "steps": [text, schema]}
        case {"type": "str" | "int" | "bool"}:
            return {**schema, "strict": True}
        case dict():
            return {name: _exact(inner) for name, inner in schema.items()}
        case list():
            return [_exact(inner) for inner in schema]
        case _:
            return schema


def form(of: Any) -> SchemaValidator:  # noqa: ANN401 - a type
    """The form of a type, in which nothing is taken for something else."""
    return SchemaValidator(_exact(TypeAdapter(of).core_schema))


@cache
def _form_of(type: str) -> SchemaValidator:
    """The form of a command, made when it is first asked for: all of them take a second of the start of a process."""
    return form(OFFERED[type])


_SAID: Final = form(Said)
