"""Development: a header says who is asking, on loopback and nowhere else."""

import re
from collections.abc import Mapping
from ipaddress import ip_address
from typing import Any, Final
from urllib.parse import unquote, unquote_to_bytes
from uuid import UUID

from fastapi import Request

from api.identity import ROLES, Unauthenticated, takes_cookies
from consumers.acts.named import Named
from consumers.inbox.attested import LOWEST, written
from domain.act import Actor, ActorKind, Attestation, Person, Principal
from domain.markings import Clearance, UnknownMarking
from domain.needs import ALL, Needs, UnknownMatter, needs
from domain.values import PersonId, derived

DEVELOPMENT_HEADER: Final = "Docket-Development-Principal"
DEVELOPMENT_COOKIE: Final = "docket-development-principal"
"""The same for pages: percent-encoded, for reading and for forms of ours alone."""


class DevelopmentHeader:
    """Believes a header, on loopback alone. Whoever constructs it has switched development on.

    An item of RFC 9651, whose parameters are all optional::

        Docket-Development-Principal: office/nsa; name="A. Example"; clearance="SECRET//CUI//SP-CTI//FED ONLY//TLP:RED"

    The item is `office/<code>` or `participant/<uuid>`. `name` is the person's (`%"…"` where it is not ASCII),
    `person` its UUID, by default derived from actor and name; without either nobody acts in person. `clearance` is
    written as the highest marking that the person may see, by default UNCLASSIFIED; `cui=all` adds every category,
    `audiences=all` every audience; `country` is a trigraph, by default USA. `roles` are `oversight` and `operator`.
    `needs` names the matters of which it is told, by default all: `needs="tasking case-<uuid>"`.

    Raises ValueError where the server is not bound to loopback.
    """

    schemes: Final[Mapping[str, Any]] = {
        "caller": {
            "type": "apiKey",
            "in": "header",
            "name": DEVELOPMENT_HEADER,
            "description": 'For development on loopback alone: `office/nsa; name="A. Example"; clearance="CUI"`.',
        }
    }
    challenge: Final = "Docket"

    def __init__(self, *, bound_to: str, named: Named) -> None:
        if not _is_loopback(bound_to):
            raise ValueError(f"a header is believed on loopback alone, and the server is bound to {bound_to}")
        self._named = named

    def __call__(self, request: Request) -> Principal:
        if request.client is None or not _is_loopback(request.client.host):
            raise Unauthenticated("A header is believed from this machine alone.")
        if any(name in request.headers for name in ("forwarded", "x-forwarded-for", "x-real-ip", "via")):
            raise Unauthenticated("A header is not believed that came through a proxy.")
        # a page of somewhere else whose name was made to lead here sends its own name
        if not _is_loopback(request.url.hostname or ""):
            raise Unauthenticated("A header is believed where the host is this machine by name.")
        said = request.headers.getlist(DEVELOPMENT_HEADER)
        if not said and takes_cookies(request) and DEVELOPMENT_COOKIE in request.cookies:
            said = [unquote(request.cookies[DEVELOPMENT_COOKIE])]
        if len(said) != 1:
            raise Unauthenticated(f"The header {DEVELOPMENT_HEADER} says who is asking, once.")
        return principal(said[0], self._named)

    def again(self, known_by: str) -> Principal:
        return principal(known_by, self._named)


_ITEM: Final = re.compile(r"(office|participant)/([a-z0-9-]{1,40})")
_PARAMETER: Final = re.compile(
    r"""[ ]*;[ ]*(?P<name>[a-z]+)=(?:
        "(?P<text>(?:[ !#-\[\]-~]|\\["\\])*)"
        |%"(?P<display>(?:[ !\x23-\x24&-~]|%[0-9a-f]{2})*)"
        |(?P<token>[0-9A-Za-z*][-!\x23-'*+./0-9:A-Z^-z|~]*)
    )""",
    re.VERBOSE,
)
_CODE: Final = re.compile("[a-z][a-z0-9-]{0,39}")
_KNOWN: Final = frozenset({"name", "person", "clearance", "cui", "audiences", "country", "needs", "roles"})
_MALFORMED: Final = f"The header {DEVELOPMENT_HEADER} does not have its form."


def principal(text: str, named: Named) -> Principal:
    """Whom a development header names. Raises Unauthenticated."""
    item = _ITEM.match(text)
    if item is None:
        raise Unauthenticated(_MALFORMED)
    said: dict[str, str] = {}
    at = item.end()
    while found := _PARAMETER.match(text, at):
        name = found["name"]
        if name in said or name not in _KNOWN:
            raise Unauthenticated(f"{_MALFORMED} It has {', '.join(sorted(_KNOWN))}, each once.")
        said[name] = _value(found)
        at = found.end()
    if text[at:].strip(" "):
        raise Unauthenticated(_MALFORMED)
    actor = _actor(item[1], item[2], named)
    roles = frozenset(said.get("roles", "").split())
    if not roles <= ROLES:
        raise Unauthenticated(f"The roles are {' and '.join(sorted(ROLES))}.")
    return Principal(
        actor=actor,
        person=_person(actor, said),
        attestation=Attestation.DEVELOPMENT_HEADER,
        clearance=_clearance(said),
        roles=roles,
        needs=_needs(said),
        known_by=text,
    )


def _value(found: re.Match[str]) -> str:
    if found["display"] is not None:
        try:
            return unquote_to_bytes(found["display"]).decode()
        except UnicodeDecodeError:
            raise Unauthenticated(_MALFORMED) from None
    if found["text"] is not None:
        return re.sub(r"\\(.)", r"\1", found["text"])
    return found["token"]


def _actor(kind: str, id: str, named: Named) -> Actor:
    of = ActorKind(kind)
    if not (_CODE.fullmatch(id) if of is ActorKind.OFFICE else _is_uuid(id)):
        raise Unauthenticated("An office is known by its code, a participant by its UUID.")
    return Actor(of, id, named(of, id))


def _person(actor: Actor, said: Mapping[str, str]) -> Person | None:
    name, person = said.get("name"), said.get("person")
    if name is None and person is None:
        return None
    if person is not None and not _is_uuid(person):
        raise Unauthenticated("A person is known by a UUID.")
    if name is not None and not (len(name.strip()) > 0 and len(name) <= 200 and name.isprintable()):
        raise Unauthenticated("A name is one line of at most 200 characters.")
    return Person(id=PersonId(person or derived("person", str(actor), name or "")), name=name or "nobody known")


def _clearance(said: Mapping[str, str]) -> Clearance:
    try:
        return written(
            said.get("clearance", LOWEST),
            every_category=said.get("cui") == "all",
            every_audience=said.get("audiences") == "all",
            country=said.get("country", "USA"),
        )
    except UnknownMarking as error:
        raise Unauthenticated("The clearance of the header is none that Docket knows.") from error


def _needs(said: Mapping[str, str]) -> Needs:
    try:
        return needs(said["needs"].split()) if "needs" in said else ALL
    except UnknownMatter as error:
        raise Unauthenticated("The needs of the header name a matter that is none.") from error


def _is_uuid(text: str) -> bool:
    try:
        return str(UUID(text)) == text
    except ValueError:
        return False


def _is_loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
