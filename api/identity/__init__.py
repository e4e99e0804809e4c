"""Who is asking is found out by one authenticator; what is believed of the actor's name comes from the record."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, Final, Protocol

from fastapi import Request

from api.problems import Problem
from api.quotas import Quotas
from api.tally import Tally
from domain.act import Principal

ROLES: Final = frozenset({"oversight", "operator"})
OF_A_FORM: Final = "of_a_form"
"""What a page notes of what it asks for a form that was sent to it. Nothing that comes over a connection can say so."""


class Unauthenticated(Exception):
    """Nobody is known to be asking; the sentence says why, and repeats nothing that came in."""


class Unavailable(Exception):
    """Who is asking cannot be found out now: the same request may be believed later. The sentence is for the log."""


class Authenticator(Protocol):
    """Finds out who sent a request."""

    @property
    def schemes(self) -> Mapping[str, Any]:
        """How OpenAPI describes it: security schemes by name, any of which will do."""

    @property
    def challenge(self) -> str:
        """What `WWW-Authenticate` tells whoever is not known (RFC 9110 §11.6.1)."""

    def __call__(self, request: Request) -> Principal:
        """Who is asking. Raises Unauthenticated, Unavailable."""

    def again(self, known_by: str) -> Principal:
        """Who somebody is now, by their `Principal.known_by`. Raises Unauthenticated, Unavailable."""


def caller(authenticator: Authenticator, tally: Tally, quotas: Quotas | None = None) -> Callable[[Request], Principal]:
    """A dependency that gives whoever asks, or ends the request with 401, 429 or 503."""

    def principal(request: Request) -> Principal:
        try:
            found = authenticator(request)
        except Unauthenticated as error:
            tally.unauthenticated(str(error), None if request.client is None else request.client.host)
            headers = {"WWW-Authenticate": authenticator.challenge}
            raise Problem("unauthenticated", str(error), headers=headers) from error
        except Unavailable as error:
            tally.unavailable("identity-unavailable", error, why=str(error))
            raise Problem("identity-unavailable") from error
        request.state.actor = str(found.actor)
        request.state.principal = found
        request.state.still_known = partial(_is_still, authenticator, request, found)
        if quotas is not None:
            quotas.enter(str(found.actor), request)
        return found

    return principal


def still_known(request: Request) -> Callable[[], bool]:
    """Whether whoever sent a request would be known now as they were then: to be asked of what lasts."""
    known: Callable[[], bool] = request.state.still_known
    return known


def takes_cookies(request: Request) -> bool:
    """Whether what a browser sends by itself may say who asks: for reading, and for a form that a page of ours sent."""
    return request.method in {"GET", "HEAD"} or getattr(request.state, OF_A_FORM, False)


def _is_still(authenticator: Authenticator, request: Request, then: Principal) -> bool:
    try:
        return authenticator(request) == then
    except (Unauthenticated, Unavailable):
        return False


class Nobody:
    """Knows nobody: what a server without any way to tell who is asking is made with."""

    schemes: Final[Mapping[str, Any]] = {
        "caller": {
            "type": "http",
            "scheme": "docket",
            "description": "Nobody is known here: this server was started without a way to tell who is asking.",
        }
    }
    challenge: Final = "Docket"

    def __call__(self, request: Request) -> Principal:
        raise Unauthenticated("This server has no way to tell who is asking.")

    def again(self, known_by: str) -> Principal:
        raise Unauthenticated("This server has no way to tell who anybody is.")
