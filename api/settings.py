"""What the environment may say. Only the command line reads it; everything else is handed what it needs."""

from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Level = Literal["UNCLASSIFIED", "CUI", "CONFIDENTIAL", "SECRET", "TOP SECRET"]


class Settings(BaseSettings):
    """Each is the environment variable `DOCKET_<NAME>`; the command line overrides it."""

    model_config = SettingsConfigDict(env_prefix="DOCKET_", env_ignore_empty=True, extra="ignore")

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
    quota_streams: int = Field(default=50, ge=1)
    """How many of these may be streams."""
    quota_body_bytes: int = Field(default=64 * 1024 * 1024, ge=1)
    """Bytes of the bodies of each that are taken in at the same time."""
    address: str | None = None
    """Where browsers reach the pages, `https://docket.example.gov`: what a provider sends people back to."""
    oidc_issuer: str | None = None
    """The OpenID provider that people sign in with, one of the roster's issuers (docs/operations.md)."""
    oidc_client_id: str | None = None
    """What it calls this Docket."""
    oidc_client_secret_file: Path | None = None
    oidc_client_key_file: Path | None = None
    oidc_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """Further hosts that its metadata may lead to, with `,` between them."""
    oidc_acr: Annotated[tuple[str, ...], NoDecode] = ()
    """How somebody has to prove who they are, with spaces between them: one of these has to be what it says."""
    oidc_max_age: int | None = Field(default=None, ge=0)
    """Seconds since somebody proved it, at most."""
    session_idle: int = Field(default=1800, ge=1)
    """Seconds without anything done after which a session ends (SP 800-63B)."""
    session_longest: int = Field(default=43200, ge=1)
    """Seconds after which it ends whatever is done."""
    webhook_hosts: Annotated[tuple[str, ...], NoDecode] = ()
    """`host:port` of receivers that anything is sent to, with `,` between them. Only those of this machine may do
    without TLS."""
    webhook_networks: Annotated[tuple[str, ...], NoDecode] = ()
    """Networks, such as `10.2.0.0/16`, that names of receivers may lead into, beside public addresses."""
    webhook_ca_file: Path | None = None
    """Whom receivers' certificates are believed from, instead of those that the machine believes."""
    webhook_keys: Path | None = None
    """File of the keyring that seals the secrets of subscriptions."""
    development: bool = False
    """Whether a header may say who is asking. Works on loopback only."""

    @field_validator("oidc_hosts", "oidc_acr", "webhook_hosts", "webhook_networks", mode="before")
    @classmethod
    def _parted(cls, said: object) -> object:
        return tuple(said.replace(",", " ").split()) if isinstance(said, str) else said
