"""Who has signed in stays known for a while: their browser keeps a random number, and this Docket its digest alone."""

import sqlite3
from collections.abc import Callable
from datetime import datetime
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any, Final

import psycopg
from fastapi import Request, Response

from api.identity import Unauthenticated, Unavailable
from api.identity.provider import Ended
from consumers.apart import Apart

COOKIE: Final = "docket-session"
_HEARD_S: Final = 3600
"""Seconds for which a logout token is remembered: longer than one is believed."""
_HEAR: Final = "INSERT INTO logout_tokens (issuer, jti, until) VALUES (?, ?, ?) ON CONFLICT DO NOTHING RETURNING jti"
_SEEN_TIMES: Final = 30
"""Somebody is noted as active at most so often within the idle limit: a session may end that much early, never late."""


class Sessions:
    """Sessions in a store that every door shares. None outlives either limit, both in seconds.

    `secure` is whether browsers come over TLS: only on loopback may they not.
    """

    def __init__(
        self, store: Apart, clock: Callable[[], datetime], *, idle_s: int, longest_s: int, secure: bool
    ) -> None:
        if not 0 < idle_s <= longest_s:
            raise ValueError("a session ends idle before it ends at all")
        self._store, self._clock, self.idle_s, self.longest_s, self._secure = store, clock, idle_s, longest_s, secure

    def named(self, cookie: str) -> str:
        """A cookie that no other host and no unencrypted page can set (RFC 6265bis §4.1.3)."""
        return f"__Host-{cookie}" if self._secure else cookie

    def begin(self, issuer: str, subject: str, sid: str | None = None) -> str:
        """A new session; what its cookie holds. Those that are over are forgotten. Raises Unavailable.

        `sid` is what the issuer calls the session at its side.
        """
        secret, now = token_urlsafe(32), self._now()
        over = (now - self.idle_s * 1000, now - self.longest_s * 1000)
        self._ask("DELETE FROM sessions WHERE seen_at <= ? OR began_at <= ?", *over)
        self._ask(
            "INSERT INTO sessions (id, issuer, subject, sid, began_at, seen_at) VALUES (?, ?, ?, ?, ?, ?)",
            *(_id(secret), issuer, subject, sid, now, now),
        )
        return secret

    def is_sent(self, request: Request) -> bool:
        """Whether a request brings the cookie of a session, whatever that is worth."""
        return self.named(COOKIE) in request.cookies

    def of(self, request: Request) -> tuple[str, str] | None:
        """Issuer and subject of whoever sends a session's cookie; None without one.

        Only somebody who goes to a page or sends a form is active: a page that looks again by itself is not.

        Raises Unauthenticated, Unavailable.
        """
        secret = request.cookies.get(self.named(COOKIE))
        if secret is None:
            return None
        rows = self._ask("SELECT issuer, subject, began_at, seen_at FROM sessions WHERE id = ?", _id(secret))
        if not rows:
            raise Unauthenticated("The session is over. Sign in again.")
        ((issuer, subject, began_at, seen_at),) = rows
        now = self._now()
        if now - seen_at >= self.idle_s * 1000 or now - began_at >= self.longest_s * 1000:
            self.end(request)
            raise Unauthenticated("The session is over. Sign in again.")
        is_active = request.headers.get("sec-fetch-mode") == "navigate"
        if is_active and now - seen_at >= self.idle_s * 1000 // _SEEN_TIMES:
            self._ask("UPDATE sessions SET seen_at = ? WHERE id = ? AND seen_at < ?", now, _id(secret), now)
        return issuer, subject

    def end(self, request: Request) -> None:
        """End the session of whoever sends its cookie; without one there is nothing to end. Raises Unavailable."""
        secret = request.cookies.get(self.named(COOKIE))
        if secret is not None:
            self._ask("DELETE FROM sessions WHERE id = ?", _id(secret))

    def end_elsewhere(self, issuer: str, ended: Ended) -> int:
        """End what an issuer says to have ended; how many sessions. Raises Unauthenticated for what was heard before.

        Raises Unavailable.
        """
        now = self._now()
        named = [("subject = ?", ended.subject), ("sid = ?", ended.session)]
        said = [(sql, value) for sql, value in named if value is not None]
        where = " AND ".join(["issuer = ?", *(sql for sql, _ in said)])
        try:
            with self._store.together() as ask:
                ask("DELETE FROM logout_tokens WHERE until <= ?", (now,))
                if not ask(_HEAR, (issuer, ended.jti, now + _HEARD_S * 1000)):
                    raise Unauthenticated("This logout token was heard before.")
                values = (issuer, *(value for _, value in said))
                return len(ask(f"DELETE FROM sessions WHERE {where} RETURNING id", values))  # noqa: S608 - our names
        except (sqlite3.OperationalError, psycopg.OperationalError) as error:
            raise Unavailable("the store of sessions does not answer") from error

    def keep(self, answer: Response, cookie: str, value: str, *, max_age_s: int | None = None) -> None:
        """Let the browser keep something that no script sees and no other site's form sends; until it closes, or less.

        An empty value takes it away.
        """
        answer.set_cookie(
            self.named(cookie),
            value,
            max_age=max_age_s if value else 0,
            path="/",
            secure=self._secure,
            httponly=True,
            samesite="lax",  # a provider sends people back from its own site
        )

    def _now(self) -> int:
        return int(self._clock().timestamp() * 1000)

    def _ask(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
        try:
            return self._store.ask(sql, values)
        except (sqlite3.OperationalError, psycopg.OperationalError) as error:
            raise Unavailable("the store of sessions does not answer") from error


def _id(secret: str) -> str:
    return sha256(secret.encode()).hexdigest()
