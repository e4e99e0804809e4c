"""A text that offices sign, as it stands: what is proposed, who signed that, and what is in force."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, TypeAlias, assert_never

from domain.events.framework import (
    FrameworkAdopted,
    FrameworkEvent,
    FrameworkProposed,
    FrameworkSignedOff,
    FrameworkSignOffWithheld,
    FrameworkSuperseded,
)
from domain.events.standard import (
    StandardAdopted,
    StandardEvent,
    StandardProposed,
    StandardSignedOff,
    StandardSignOffWithheld,
    StandardSuperseded,
)
from domain.recorded import Recorded
from domain.values import Citation, Digest, OfficeCode

JointEvent: TypeAlias = StandardEvent | FrameworkEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """A version that was put in force, or determined."""

    number: int
    digest: Digest
    marking: str
    """Of the event that put it in force: to whom may not see that, it does not exist."""
    since: datetime
    """When what put it in force was taken in."""
    signed: tuple[OfficeCode, ...] = ()
    said: tuple[str, ...] = ()
    """What else was said of it: title, holder, marking of its text, and why nobody was consulted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """What is up for signing."""

    version: int
    digest: Digest
    marking: str
    proposed_by: OfficeCode
    said: tuple[str, ...]
    """Title, holder and marking of the text."""
    signers: tuple[OfficeCode, ...]
    policy: Citation
    signed: frozenset[OfficeCode] = frozenset()
    withheld: frozenset[OfficeCode] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Versions:
    """What of a text is or was in force, oldest first."""

    known: bool = False
    marking: str = ""
    versions: tuple[Version, ...] = ()

    @property
    def next_version(self) -> int:
        """The number of the version that may come next."""
        return len(self.versions) + 1

    def version(self, number: int) -> Version | None:
        """A version that is or was in force."""
        return self.versions[number - 1] if 0 < number <= len(self.versions) else None

    def in_force(self, at: datetime, may_see: Callable[[str], bool]) -> Version | None:
        """The version in force at an instant, as far as somebody may see: a hidden one supersedes nothing for them."""
        seen = [each for each in self.versions if each.since <= at and may_see(each.marking)]
        return seen[-1] if seen else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint(Versions):
    """A text that offices sign."""

    draft: Draft | None = None

    def known_as(self, number: int, digest: Digest) -> Draft | Version | None:
        """What this version is with this text, proposed or in force."""
        draft, version = self.draft, self.version(number)
        if draft is not None and (draft.version, draft.digest) == (number, digest):
            return draft
        return version if version is not None and version.digest == digest else None


INITIAL: Final = Joint()


def evolve(state: Joint, recorded: Recorded[JointEvent]) -> Joint:
    event = recorded.event
    match event:
        case StandardProposed() | FrameworkProposed():
            draft = Draft(
                version=event.version,
                digest=event.digest,
                marking=recorded.marking,
                proposed_by=event.proposed_by,
                said=(event.title, event.holder, event.body_marking),
                signers=event.signers,
                policy=event.policy,
            )
            return replace(state, known=True, marking=state.marking or recorded.marking, draft=draft)
        case StandardSignedOff() | FrameworkSignedOff():
            return _said(state, {event.office: True})
        case StandardSignOffWithheld() | FrameworkSignOffWithheld():
            return _said(state, {event.office: False})
        case StandardAdopted() | FrameworkAdopted():
            version = Version(
                number=event.version,
                digest=event.digest,
                marking=recorded.marking,
                since=recorded.taken_in_at,
                signed=event.signed,
                said=() if state.draft is None else state.draft.said,
            )
            return replace(state, draft=None, versions=(*state.versions, version))
        case StandardSuperseded() | FrameworkSuperseded():
            return state
        case _:
            assert_never(event)


def _said(state: Joint, said: Mapping[OfficeCode, bool]) -> Joint:
    if state.draft is None:
        return state
    yes = frozenset(office for office, signs in said.items() if signs)
    no = frozenset(said) - yes
    draft = state.draft
    return replace(state, draft=replace(draft, signed=draft.signed - no | yes, withheld=draft.withheld - yes | no))
