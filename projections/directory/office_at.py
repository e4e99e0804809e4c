"""An office at a point in time follows from its row: its name by day, posts and delegations by what is recorded."""

from collections.abc import Iterator
from datetime import date, datetime
from enum import StrEnum
from itertools import zip_longest
from typing import Final
from zoneinfo import ZoneInfo

import msgspec

from domain.events.office import Algorithm, SignedActs
from domain.rules.policy import ZONE
from domain.values import DelegationId, KeyId, PersonId, PostCode
from projections.directory.rows import Grant, Office

_ZONE: Final = ZoneInfo(ZONE)


class NameAt(msgspec.Struct, kw_only=True, frozen=True):
    """A name, and the days on which it is in force (New York)."""

    name: str
    since: date | None
    """None: from the beginning."""
    until: date | None
    """Exclusive; None: no other name is known to follow."""
    position: int


class TermAt(msgspec.Struct, kw_only=True, frozen=True):
    """From when until when a person held a post: by day as the office says, by position as it counted for acts."""

    holder: PersonId
    assumed_on: date
    vacated_on: date | None
    position: int
    """Of the event that has the holder's name among its protected values."""
    vacated: int | None
    """Position at which the post became vacant."""


class PostAt(msgspec.Struct, kw_only=True, frozen=True):
    """A post and all who held it, first to last."""

    post: PostCode
    title: str
    personal: bool
    holder: PersonId | None
    """Whose acts count as the post's; None: it is vacant."""
    terms: tuple[TermAt, ...]


class Delegated(StrEnum):
    """What a delegation is at a point in time."""

    NOT_YET = "not-yet"
    LIVE = "live"
    EXPIRED = "expired"
    REVOKED = "revoked"
    """Ended before its time."""


class Because(StrEnum):
    """Why a delegation ended before its time."""

    REVOKED = "revoked"
    CASCADED = "cascaded"
    """One that it was passed on from was revoked."""
    VACATED = "vacated"
    """The post whose authority it passes on became vacant."""


class EndAt(msgspec.Struct, kw_only=True, frozen=True):
    """Which event ended a delegation."""

    because: Because
    position: int
    at: datetime


class DelegationAt(msgspec.Struct, kw_only=True, frozen=True):
    """Who may act for whom, in what, and whether that holds."""

    delegation_id: DelegationId
    giver: PersonId
    taker: PersonId
    post: PostCode
    scope: tuple[str, ...]
    valid_from: datetime
    valid_until: datetime
    """Exclusive."""
    onward: bool
    parent: DelegationId | None
    state: Delegated
    ended: EndAt | None
    """The event that ended it, whether or not its time was over before."""
    position: int
    """Of the event that has the taker's name among its protected values."""


class KeyAt(msgspec.Struct, kw_only=True, frozen=True):
    """A public key of an office. What it signed before it was revoked stays valid."""

    key_id: KeyId
    algorithm: Algorithm
    public_key: str
    registered_at: datetime
    revoked_at: datetime | None
    position: int
    revoked: int | None
    """Position at which it was revoked."""


class OfficeAt(msgspec.Struct, kw_only=True, frozen=True):
    """An office at a point in time."""

    name: str
    """In force on that day."""
    names: tuple[NameAt, ...]
    posts: tuple[PostAt, ...]
    delegations: tuple[DelegationAt, ...]
    keys: tuple[KeyAt, ...]
    signed_acts: SignedActs
    """Which of its acts have to be signed."""
    signed_commands: tuple[str, ...]
    """Where listed acts have to be: the types of command."""


def office_at(row: Office, at: datetime) -> OfficeAt:
    """The office at an instant, by all that its row shows: see `parts.upto` for what was recorded up to a position."""
    day = at.astimezone(_ZONE).date()
    names = tuple(_names(row))
    ends = {each.key_id: each for each in row.key_ends}
    required = row.requirements[-1] if row.requirements else None
    return OfficeAt(
        name=next(each.name for each in reversed(names) if each.since is None or each.since <= day),
        names=names,
        posts=tuple(_posts(row)),
        delegations=tuple(_delegations(row, at)),
        keys=tuple(
            KeyAt(
                key_id=key.key_id,
                algorithm=key.algorithm,
                public_key=key.public_key,
                registered_at=key.at,
                revoked_at=None if (end := ends.get(key.key_id)) is None else end.at,
                position=key.position,
                revoked=None if end is None else end.position,
            )
            for key in row.keys
        ),
        signed_acts=SignedActs.NONE if required is None else required.acts,
        signed_commands=() if required is None else required.commands,
    )


def _names(row: Office) -> Iterator[NameAt]:
    """A name holds until the day of the next one; of two for one day the one that was recorded last."""
    given: dict[date | None, tuple[str, int]] = {None: (row.name, row.began)}
    given |= {each.effective_on: (each.name, each.position) for each in row.renamings}
    days = sorted(day for day in given if day is not None)
    for since, until in zip((None, *days), (*days, None), strict=True):
        name, position = given[since]
        yield NameAt(name=name, since=since, until=until, position=position)


def _posts(row: Office) -> Iterator[PostAt]:
    for post in row.posts:
        turns = [each for each in row.assumptions if each.post == post.code]
        nexts = [each.position for each in turns[1:]]
        ends = [each for each in row.vacancies if each.post == post.code]
        terms: list[TermAt] = []
        for turn, before in zip_longest(turns, nexts):
            left = (e for e in ends if turn.position < e.position and (before is None or e.position < before))
            end = next(left, None)
            terms.append(
                TermAt(
                    holder=turn.holder,
                    assumed_on=turn.assumed_on,
                    vacated_on=None if end is None else end.vacated_on,
                    position=turn.position,
                    vacated=None if end is None else end.position,
                )
            )
        yield PostAt(
            post=post.code,
            title=post.title,
            personal=post.personal,
            holder=terms[-1].holder if terms and terms[-1].vacated is None else None,
            terms=tuple(terms),
        )


def _delegations(row: Office, at: datetime) -> Iterator[DelegationAt]:
    ends = _ends(row)
    for grant in row.grants:
        ended = ends.get(grant.delegation_id)
        yield DelegationAt(
            delegation_id=grant.delegation_id,
            giver=grant.giver,
            taker=grant.taker,
            post=grant.post,
            scope=grant.scope,
            valid_from=grant.valid_from,
            valid_until=grant.valid_until,
            onward=grant.onward,
            parent=grant.parent,
            state=_state(grant, ended, at),
            ended=ended,
            position=grant.position,
        )


def _ends(row: Office) -> dict[DelegationId, EndAt]:
    """What first ended each delegation."""
    ends = [
        (each.position, id, Because.REVOKED if id == each.delegation_id else Because.CASCADED, each.at)
        for each in row.revocations
        for id in (each.delegation_id, *each.cascaded)
    ]
    ends += [
        (each.position, grant.delegation_id, Because.VACATED, each.at)
        for each in row.vacancies
        for grant in row.grants
        if grant.post == each.post and grant.position < each.position
    ]
    first = sorted(ends, reverse=True)
    return {id: EndAt(because=because, position=position, at=at) for position, id, because, at in first}


def _state(grant: Grant, ended: EndAt | None, at: datetime) -> Delegated:
    if ended is not None and ended.at < grant.valid_until:
        return Delegated.REVOKED
    if at >= grant.valid_until:
        return Delegated.EXPIRED
    if ended is not None:
        return Delegated.REVOKED
    return Delegated.NOT_YET if at < grant.valid_from else Delegated.LIVE
