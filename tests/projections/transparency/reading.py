"""Where the vectors of other projects lie, and how they are read."""

import json
from base64 import b64decode
from pathlib import Path
from typing import Any, Final

VECTORS: Final = Path(__file__).parents[2] / "data" / "transparency"


def read(name: str) -> Any:
    """A file of JSON."""
    return json.loads((VECTORS / name).read_bytes())


def raw(text: str) -> bytes:
    """Bytes as most vectors write them."""
    return b64decode(text)
