"""What an issuer serves is fetched in one way: no redirect is followed, and neither time nor length is without end."""

from collections.abc import Mapping
from time import monotonic
from typing import Final

import httpx2

TIMEOUT_S: Final = 5.0
"""Seconds to connect, and between two parts of an answer."""
LONGEST_S: Final = 10.0
"""Seconds of a whole answer."""
LONGEST: Final = 1 << 20
"""Bytes of an answer."""


class NotFetched(Exception):
    """Nothing that can be read came back; the sentence repeats nothing that came in."""


def fetched(
    address: str, *, form: Mapping[str, str] | None = None, headers: Mapping[str, str] | None = None
) -> tuple[int, bytes]:
    """Status and body of what is there, or of what a form is answered with. Raises NotFetched."""
    method = "GET" if form is None else "POST"
    sent = {"Accept": "application/json", "Accept-Encoding": "identity", **(headers or {})}
    until, text = monotonic() + LONGEST_S, bytearray()
    try:
        with httpx2.stream(
            method, address, data=form, headers=sent, timeout=TIMEOUT_S, follow_redirects=False
        ) as answer:
            for part in answer.iter_bytes():
                text += part
                if len(text) > LONGEST:
                    raise NotFetched(f"an answer is longer than {LONGEST} bytes")
                if monotonic() > until:
                    raise NotFetched(f"an answer takes longer than {LONGEST_S:.0f} seconds")
            return answer.status_code, bytes(text)
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        raise NotFetched(f"no answer: {type(error).__name__}") from error
