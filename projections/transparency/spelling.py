"""How a note spells bytes and names: one spelling each (C2SP signed-note)."""

from base64 import b64decode, b64encode
from binascii import Error as NotBase64

from projections.transparency.tree import Unproved


def is_name(name: str) -> bool:
    """Whether somebody may be called so in a note."""
    return bool(name) and "+" not in name and not any(each.isspace() for each in name)


def to_base64(raw: bytes) -> str:
    """As notes write bytes."""
    return b64encode(raw).decode()


def from_base64(text: str) -> bytes:
    """Bytes as notes write them, in their one form. Raises Unproved."""
    try:
        raw = b64decode(text.encode("ascii"))
    except (NotBase64, UnicodeEncodeError) as error:
        raise Unproved("this is no base64") from error
    if to_base64(raw) != text:
        raise Unproved("base64 in another form than the one")
    return raw
