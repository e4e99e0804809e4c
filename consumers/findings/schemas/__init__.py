"""What a foreign document has to look like, by the schemas that their owners publish; nothing is fetched."""

import re
from functools import cache
from importlib.resources import files
from typing import Any, Final

import jsonschema_rs
import orjson

from consumers.acts.intake import Malformed, Wrong

_CVSS: Final = ("2.0", "3.0", "3.1")
_HARMLESS: Final = re.compile("[a-zA-Z0-9_][a-zA-Z0-9_.-]{0,39}")
_MOST: Final = 10


def schema(name: str) -> Any:  # noqa: ANN401 - JSON
    """A schema by its file."""
    return orjson.loads(files(__name__).joinpath(f"{name}.json").read_bytes())


@cache
def validator(name: str) -> jsonschema_rs.Validator:
    """What holds a document against a schema, offline; `kev-entry` is one entry of the catalogue."""
    if name == "kev-entry":
        whole = schema("kev")
        said = {**whole["$defs"]["vulnerability"], "$schema": whole["$schema"]}
    else:
        said = schema(name)
    near = [(f"https://www.first.org/cvss/cvss-v{version}.json", schema(f"cvss-v{version}")) for version in _CVSS]
    return jsonschema_rs.validator_for(said, registry=jsonschema_rs.Registry(near), validate_formats=True)


def check(name: str, document: object) -> None:
    """Raises Malformed with where, and by which rule of the schema, a document is not as it has to be."""
    wrong = []
    for error in validator(name).iter_errors(document):
        rule = next((str(part) for part in reversed(error.schema_path) if not str(part).isdecimal()), "")
        wrong.append(Wrong(_pointer(error.instance_path), f"The schema of the format wants something else: {rule}."))
        if len(wrong) == _MOST:
            break
    if wrong:
        raise Malformed("The document does not have the form of its format.", errors=wrong)


def _pointer(path: list[str | int]) -> str:
    parts = []
    for part in map(str, path):
        if not _HARMLESS.fullmatch(part):
            break  # a name that came in may be content
        parts.append(part)
    return "".join(f"/{part}" for part in parts)
