"""Whom tokens and cards stand for is data: one file, read again as soon as it changes."""

from collections.abc import Iterator, Mapping
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Annotated, Final, Literal

import orjson
from annotated_types import MaxLen, MinLen
from pydantic import BaseModel, ConfigDict, Field, HttpUrl, ValidationError, model_validator

from api.identity import ROLES, Unauthenticated, Unavailable
from api.identity.files import Watched, bounded
from consumers.acts.named import Named
from consumers.inbox.attested import written
from domain.act import Actor, ActorKind, Attestation, Person, Principal
from domain.markings import Clearance, UnknownMarking
from domain.needs import ALL, Needs, needs
from domain.values import UUID_FORM, APerson, Line

CARD: Final = f"urn:uuid:{UUID_FORM}"
_ACTOR: Final = f"office/[a-z][a-z0-9-]{{0,39}}|participant/{UUID_FORM}"
_LONGEST: Final = 16 << 20


class _Form(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Issuer(_Form):
    """Who gives tokens, for whom, and by which keys they are known."""

    issuer: Annotated[str, MinLen(1), MaxLen(400)]
    """`iss`, to the letter."""
    audience: Annotated[str, MinLen(1), MaxLen(400)] | None = None
    """`aud`: what the issuer calls this Docket; None: people sign in there, and no bearer token of it is believed."""
    type: Literal["at+jwt", "JWT"] = "at+jwt"
    """`typ`: `at+jwt` for access tokens of RFC 9068, which no other token can be taken for."""
    keys: Annotated[HttpUrl | Path, Field(union_mode="left_to_right")]  # any text could be a path
    """A JWK Set (RFC 7517): a file, or an address that it is fetched from."""


class Subject(_Form):
    """What an issuer calls somebody."""

    issuer: Annotated[str, MinLen(1), MaxLen(400)]
    subject: Annotated[str, MinLen(1), MaxLen(400)]


class OfPerson(_Form):
    """Somebody who acts in person."""

    id: APerson
    name: Line


class Member(_Form):
    """A person, or a system where `person` is missing: for whom it acts, and what it may see."""

    acts_for: Annotated[str, Field(pattern=f"^(?:{_ACTOR})$")]
    person: OfPerson | None = None
    clearance: Annotated[str, MinLen(1), MaxLen(400)] = "UNCLASSIFIED"
    """The highest marking that it may see."""
    every_category: bool = False
    """Whether it may see every category of CUI, not those of `clearance` alone."""
    every_audience: bool = False
    """Whether it is in the audience of every dissemination control."""
    country: Annotated[str, Field(pattern="^[A-Z]{3}$")] = "USA"
    needs: Literal["all"] | tuple[Annotated[str, MinLen(1), MaxLen(80)], ...] = "all"
    """The matters of which it is told: kinds of streams, such as `tasking`, and single ones, such as `case-<uuid>`."""
    roles: frozenset[str] = frozenset()
    subjects: tuple[Subject, ...] = ()
    cards: tuple[Annotated[str, Field(pattern=f"^{CARD}$")], ...] = ()
    """UUIDs of PIV cards (FIPS 201-3 §4.2.1), as their certificates carry them."""

    @model_validator(mode="after")
    def _fits(self) -> "Member":
        if not self.roles <= ROLES:
            raise ValueError(f"roles are {' and '.join(sorted(ROLES))}")
        if self.cards and self.person is None:
            raise ValueError("a card is a person's")
        if not self.subjects and not self.cards:
            raise ValueError("nothing leads to this member: it has neither subjects nor cards")
        try:
            self.cleared()
        except UnknownMarking as unknown:
            raise ValueError("the clearance is no marking that Docket knows") from unknown
        self.needed()
        return self

    def known_by(self) -> Iterator[tuple[str, str]]:
        """What leads to it: an issuer and what that calls it, or no issuer and a card."""
        yield from ((each.issuer, each.subject) for each in self.subjects)
        yield from (("", card) for card in self.cards)

    def cleared(self) -> Clearance:
        """What it may see, as far as markings say. Raises UnknownMarking."""
        return written(
            self.clearance,
            every_category=self.every_category,
            every_audience=self.every_audience,
            country=self.country,
        )

    def needed(self) -> Needs:
        """What it needs to know of. Raises UnknownMatter."""
        return ALL if self.needs == "all" else needs(self.needs)


class Listed(_Form):
    """The file: who gives tokens, which proxies read cards, and who is who."""

    issuers: tuple[Issuer, ...] = ()
    proxies: tuple[IPv4Address | IPv6Address, ...] = ()
    """Addresses of proxies that have read a card before they say so in `Client-Cert` (RFC 9440)."""
    members: tuple[Member, ...]

    @model_validator(mode="after")
    def _fits(self) -> "Listed":
        issuers = [each.issuer for each in self.issuers]
        if len(set(issuers)) != len(issuers):
            raise ValueError("an issuer stands here twice")
        known_by = [each for member in self.members for each in member.known_by()]
        if len(set(known_by)) != len(known_by):
            raise ValueError("a subject or a card stands here twice, and could be two")
        if unknown := {issuer for issuer, _ in known_by if issuer} - set(issuers):
            raise ValueError(f"nothing is known of the issuer {min(unknown)}")
        return self


class Roster:
    """The file as it stands. Raises Unavailable where it is not there, or not of its form.

    Once it becomes unreadable nobody is known until it is mended: who was taken off it must not come in.
    """

    def __init__(self, path: Path, named: Named) -> None:
        self._file, self._named = Watched(path, _known), named
        self.listed()

    def listed(self) -> Listed:
        """What the file says now. Raises Unavailable."""
        return self._file.now()[0]

    def wrong(self) -> str | None:
        """What is wrong with the file now, for whoever watches over readiness; None where nothing is."""
        try:
            self.listed()
        except Unavailable as error:
            return str(error)
        return None

    def subject(self, issuer: str, subject: str) -> Principal:
        """Whom a token stands for. Raises Unauthenticated, Unavailable."""
        return self._principal((issuer, subject), Attestation.OIDC)

    def card(self, card: str) -> Principal:
        """Whose card this is. Raises Unauthenticated, Unavailable."""
        return self._principal(("", card), Attestation.PIV)

    def again(self, known_by: str) -> Principal:
        """Whom the same leads to that led to somebody before. Raises Unauthenticated, Unavailable."""
        issuer, subject = orjson.loads(known_by)
        return self.subject(issuer, subject) if issuer else self.card(subject)

    def _principal(self, by: tuple[str, str], how: Attestation) -> Principal:
        member = self._file.now()[1].get(by)
        if member is None:
            raise Unauthenticated("Nobody of that name is on the roster.")
        kind, _, id = member.acts_for.partition("/")
        person = None if member.person is None else Person(id=member.person.id, name=member.person.name)
        return Principal(
            actor=Actor(ActorKind(kind), id, self._named(ActorKind(kind), id)),
            person=person,
            attestation=how,
            clearance=member.cleared(),
            roles=member.roles,
            needs=member.needed(),
            known_by=orjson.dumps(by).decode(),
        )


def _known(path: Path) -> tuple[Listed, Mapping[tuple[str, str], Member]]:
    """What a file says, and its members by what leads to them. Raises Unavailable."""
    try:
        listed = Listed.model_validate_json(bounded(path, _LONGEST))
        return listed, {by: member for member in listed.members for by in member.known_by()}
    except ValidationError as error:
        first = error.errors(include_url=False, include_input=False, include_context=False)[0]
        where = "/".join(map(str, first["loc"])) or "the whole"
        raise Unavailable(f"{path}: {where}: {first['msg']}") from error
