"""What the environment may say. Only the command line reads it; everything else is handed what it needs."""

from pathlib import Path
from typing import Literal

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

Level = Literal["UNCLASSIFIED", "CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"]


class Settings(BaseSettings):
    """Each is the environment variable `DOCKET_<NAME>`; the command line overrides it."""

    model_config = SettingsConfigDict(env_prefix="DOCKET_", extra="ignore")

    data: Path = Path(".docket/data")
    """Folder of `ledger.db`, `views.db` and `apart.db`."""
    host: str = "127.0.0.1"
    port: int = Field(default=8040, ge=0, le=65535)
    """0 takes a free one."""
    ceiling: Level = "UNCLASSIFIED"
    """The highest marking that a ledger which is opened now may hold. An open ledger keeps its own."""
    roster: Path | None = None
    """File that says whom tokens and cards stand for (docs/operations.md)."""
    quota: int = Field(default=1000, ge=1)
    """Requests that each office or participant may send in `quota_window` seconds."""
    quota_window: int = Field(default=10, ge=1)
    """Seconds."""
    quota_at_once: int = Field(default=100, ge=1)
    """Requests and streams of each that are answered at the same time."""
    development: bool = False
    """Whether a header may say who is asking. Works on loopback only."""
