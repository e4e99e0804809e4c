"""People and systems as the roster knows them: by a token, by a card that a proxy has read, or by a session."""

from collections.abc import Mapping
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Any, Final

from fastapi import Request

from api.identity import Unauthenticated, takes_cookies
from api.identity.cards import HEADER, card
from api.identity.roster import Roster
from api.identity.sessions import COOKIE, Sessions
from api.identity.tokens import Tokens
from domain.act import Principal


class Known:
    """Believes one token or one card; both, or two of them, could be two people. Where there is neither, a session."""

    _SCHEMES: Final[Mapping[str, Any]] = {
        "token": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "A token of an issuer that this Docket trusts, for this Docket (RFC 9068).",
        },
        "card": {"type": "mutualTLS", "description": "A PIV card, read by the proxy before this Docket."},
    }
    challenge: Final = 'Bearer realm="docket"'

    def __init__(self, roster: Roster, tokens: Tokens | None = None, sessions: Sessions | None = None) -> None:
        self._roster, self._sessions = roster, sessions
        self._tokens = tokens or Tokens(roster)

    @property
    def schemes(self) -> Mapping[str, Any]:
        if self._sessions is None:
            return self._SCHEMES
        cookie = {"type": "apiKey", "in": "cookie", "name": self._sessions.named(COOKIE)}
        says = "The session of somebody who has signed in on the pages: for reading alone."
        return {**self._SCHEMES, "session": {**cookie, "description": says}}

    def __call__(self, request: Request) -> Principal:
        said = request.headers.getlist("authorization")
        cards = request.headers.getlist(HEADER)
        if cards and not self._is_proxy(request):
            raise Unauthenticated(f"The header {HEADER} is believed from the proxy that reads cards alone.")
        if not said and not cards and self._sessions is not None and takes_cookies(request):
            session = self._sessions.of(request)
            if session is None:
                raise Unauthenticated("Nobody has signed in here.")
            return self._roster.subject(*session)
        if len(said) + len(cards) != 1:
            raise Unauthenticated("One token or one card says who is asking.")
        if cards:
            return self._roster.card(card(cards[0]))
        scheme, _, token = said[0].partition(" ")
        if scheme.lower() != "bearer":
            raise Unauthenticated("A token is sent as `Authorization: Bearer …`.")
        return self._tokens.principal(token.strip(" "))

    def again(self, known_by: str) -> Principal:
        return self._roster.again(known_by)

    def _is_proxy(self, request: Request) -> bool:
        return request.client is not None and _address(request.client.host) in self._roster.listed().proxies


def _address(host: str) -> IPv4Address | IPv6Address | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address
