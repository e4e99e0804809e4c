"""A demonstration on invented data: forty cases from 2 June 2026 on, told as CloudEvents for the public intake."""

from pathlib import Path
from typing import Final

STORY: Final = tuple(sorted(Path(__file__).parent.glob("*.ndjson")))
"""Files of the story in their order, an act a line."""
