"""A browser without a window goes to the provider and comes back."""

from typing import Any
from urllib.parse import urlsplit

import httpx2
from fastapi.testclient import TestClient

SESSION = "__Host-docket-session"
SIGNING_IN = "__Host-docket-signing-in"


def go(client: TestClient, return_to: str | None = None) -> str:
    """Begin; where the provider is to be met."""
    answer = client.get("/sign-in/go", params={} if return_to is None else {"return_to": return_to})
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def proved(address: str, subject: str = "sam", do: str = "sign-in") -> str:
    """Somebody proves who they are, or refuses; where the provider sends them back to, as a path of the pages."""
    answer = httpx2.post(address, data={"subject": subject, "do": do}, follow_redirects=False)
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["location"])
    return f"{parts.path}?{parts.query}"


def signed_in(client: TestClient, subject: str = "sam", return_to: str | None = None) -> Any:
    """The answer to whoever comes back."""
    return client.get(proved(go(client, return_to), subject))


def me(client: TestClient) -> Any:
    return client.get("/v1/me")


def is_nobody(client: TestClient) -> bool:
    """Whether the door does not know them."""
    answer = me(client)
    assert answer.status_code in {200, 401}, answer.text
    return bool(answer.status_code == 401)
