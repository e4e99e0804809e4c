"""`docket sign`: the signature of a statement that a page, or whoever prepared an act, gives to be signed."""

from typing import Final

import typer

from api.cli.say import TURNED_AWAY, fail, result
from api.cli.signing import OwnKey
from consumers.acts import strict_json
from domain import signing, wire

_SAYS: Final = ["act", "actor", "id", "ledger", "person"]


def run(statement: str, key: OwnKey, *, json: bool) -> None:
    """Print the signature. What is no statement of an act is not signed: a key signs nothing that it cannot read."""
    said = statement.strip().encode()
    try:
        read = strict_json.read(said)
    except strict_json.NotStrict as error:
        fail(f"nothing was signed: {error}", TURNED_AWAY)
    if not isinstance(read, dict) or sorted(read) != _SAYS or wire.canonical(read) != said:
        fail(f"nothing was signed: a statement is JSON in canonical form, of {', '.join(_SAYS)}", TURNED_AWAY)
    made = signing.sign(said, key.private, key.id)
    if json:
        result("signed", {"signature": made, "statement": read}, json=True)
    else:
        typer.echo(made)
