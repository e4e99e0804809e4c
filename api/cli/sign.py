"""`docket sign`: the signature of a statement that a page, or whoever prepared an act, gives to be signed."""

import orjson
import typer

from api.cli.say import TURNED_AWAY, fail, result
from api.cli.signing import OwnKey
from domain import signing


def run(statement: str, key: OwnKey, *, json: bool) -> None:
    """Print the signature. What is no statement of an act is not signed: a key signs nothing that it cannot read."""
    said = statement.strip().encode()
    if not signing.is_statement(said):
        fail("nothing was signed: this is no statement of an act, as a page gives it", TURNED_AWAY)
    made = signing.sign(said, key.private, key.id)
    if json:
        result("signed", {"signature": made, "statement": orjson.loads(said)}, json=True)
    else:
        typer.echo(made)
