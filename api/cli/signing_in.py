"""What the settings say of signing in becomes a provider that is asked and sessions that are kept."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from api.identity.client import Client
from api.identity.provider import Provider
from api.identity.roster import Roster
from api.identity.sessions import Sessions
from api.identity.tokens import Tokens
from api.pages.sign_in_pages import SignIn
from api.settings import Settings
from consumers.apart import Apart


def signing_in(
    settings: Settings, store: Apart, clock: Callable[[], datetime], roster: Roster, tokens: Tokens
) -> SignIn:
    """Raises ValueError where a setting is missing or wrong, or where the roster says nothing of the issuer."""
    client = Client(
        issuer=_needed(settings, "oidc_issuer"),
        id=_needed(settings, "oidc_client_id"),
        address=_needed(settings, "address"),
        hosts=frozenset(settings.oidc_hosts),
        secret=settings.oidc_client_secret_file,
        key=settings.oidc_client_key_file,
        acr=settings.oidc_acr,
        max_age_s=settings.oidc_max_age,
    )
    sessions = Sessions(
        store, clock, idle_s=settings.session_idle, longest_s=settings.session_longest, secure=client.is_secure
    )
    made = SignIn(provider=Provider(client, tokens), sessions=sessions, roster=roster)
    if wrong := made.wrong():
        raise ValueError(wrong)
    return made


def _needed(settings: Settings, name: str) -> Any:  # noqa: ANN401 - what the field holds
    if (value := getattr(settings, name)) is None:
        raise ValueError(f"signing in takes DOCKET_{name.upper()}")
    return value
