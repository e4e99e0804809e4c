"""What somebody may see is decided here and nowhere else: clearance, need to know, whose it is, type of event."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, lru_cache
from typing import Any, Final, TypeVar

import msgspec
from msgspec import inspect as types

from domain.act import ActorKind, Principal
from domain.circle import OVERSIGHT, between
from domain.events import Event
from domain.events.case import AssessmentShared, SharedWith
from domain.events.reading import ReadingRecorded
from domain.events.record import ActionRefused
from domain.markings import TLP, Classification, Clearance, UnknownMarking, parse, sees
from domain.matters import matter_of
from domain.needs import ALL, COMMON, Needs
from domain.recorded import ENVELOPE, Recorded
from domain.values import OfficeCode, ParticipantId, StreamId
from projections.given import Given
from projections.view import BETWEEN, EVERYBODY, Concerning, Matter, Part, R

S = TypeVar("S", bound=msgspec.Struct)

SHOWN: Final = frozenset(
    {
        "case.returned.v1",
        "case.accepted.v1",
        "case.review-lapsed.v1",
        "case.access-terms-agreed.v1",
        "case.access-opened.v1",
        "case.access-closed.v1",
        "case.copies-returned.v1",
        "case.terms-breached.v1",
        "case.publicity-asserted.v1",
        "case.became-public.v1",
        "case.information-requested.v1",
        "case.concern-conveyed.v1",
        "case.determination-issued.v1",
        "case.reconsideration-answered.v1",
        "case.trusted-partner-proposed.v1",
        "case.trusted-partner-selected.v1",
        "case.trusted-partner-not-agreed.v1",
        "case.closed.v1",
        "lease.opened.v1",
        "lease.developer-agreed.v1",
        "lease.developer-ended.v1",
        "lease.revoked.v1",
        "lease.expired.v1",
        "scan.requested.v1",
        "scan.deconflicted.v1",
        "scan.conflicted.v1",
        "scan.consented.v1",
        "scan.completed.v1",
        "record.challenge-answered.v1",
        "record.payload-destroyed.v1",
    }
)
"""What a participant is shown of its own case, lease or event, or of a scan of what it owns, whoever did it; beside it,
what it did itself, and assessments that were shared with it. A type that is not here stays among offices."""

PUBLIC: Final = frozenset(
    {
        "office.registered.v1",
        "office.renamed.v1",
        "office.key-registered.v1",
        "office.key-revoked.v1",
        "office.signatures-required.v1",
        "instrument.issued.v1",
        "instrument.amended.v1",
        "instrument.revoked.v1",
        "policy.published.v1",
        "criteria.published.v1",
        "framework.proposed.v1",
        "framework.adopted.v1",
        "framework.superseded.v1",
    }
)
"""What every participant is shown where it may know the row: whom it deals with, and what acts rest on. Who holds a
post, and who acts for whom, stays among offices."""

PUBLISHED: Final = frozenset(
    {
        "criteria.published.v1",
        "policy.published.v1",
        "instrument.issued.v1",
        "instrument.amended.v1",
        "instrument.revoked.v1",
        "framework.adopted.v1",
        "framework.superseded.v1",
    }
)
"""What anybody at all is told, of whom nothing is known: what everybody is to go by. Of each that is marked
UNCLASSIFIED and nothing else, what it says openly; nothing of it that is protected."""
UNMARKED: Final = "UNCLASSIFIED"


def published(recorded: Recorded[Event]) -> bool:
    """Whether anybody at all may be told of it."""
    return recorded.event.type in PUBLISHED and recorded.marking == UNMARKED


_SHOWN_TO_PARTICIPANTS: Final = SHOWN | PUBLIC
_PLAIN: Final = (
    types.StrType,
    types.IntType,
    types.BoolType,
    types.NoneType,
    types.DateTimeType,
    types.DateType,
    types.EnumType,
)
NEVER_TO_PARTICIPANTS: Final = frozenset({"ground"})
"""Protected names that no participant is given, not even of its own acts: a refusal's true ground may be hidden."""


_OF_OVERSIGHT: Final = f"{OVERSIGHT.rstrip('-')}."
_OFFICE: Final = f"{ActorKind.OFFICE}/"


def circle(recorded: Recorded[Event]) -> OfficeCode | None:
    """The only office, beside oversight, that may know of an event; None where its marking alone decides.

    What an office was refused of oversight it knows itself, whatever request it named.
    """
    event = recorded.event
    if isinstance(event, ReadingRecorded):
        return event.office
    if not isinstance(event, ActionRefused):
        return between(recorded.stream)
    if not event.command.startswith(_OF_OVERSIGHT):
        return None
    if recorded.actor.startswith(_OFFICE):
        return OfficeCode(recorded.actor.removeprefix(_OFFICE))
    return between(event.addressed)


def scope_of(recorded: Recorded[Event]) -> str | None:
    """The scope of a row that begins with an event which few may know of; None for any other."""
    office = circle(recorded)
    return None if office is None else f"{BETWEEN}{office}"


def shown(recorded: Recorded[Event], participant: str | None) -> bool:
    """Whether the participant whose row this is may see what the event added to it."""
    if participant is not None and recorded.actor == f"{ActorKind.PARTICIPANT}/{participant}":
        return True
    if isinstance(recorded.event, AssessmentShared):
        return recorded.event.shared_with is SharedWith.DEVELOPER
    return recorded.event.type in SHOWN or recorded.event.type in PUBLIC


@dataclass(frozen=True, slots=True, kw_only=True)
class Sight:
    """What one reader may see. More clearance never shows less."""

    clearance: Clearance
    office: OfficeCode | None
    participant: ParticipantId | None
    """A participant sees its own rows and what is everybody's, and in them only what is shown to it."""
    oversight: bool
    """It is told that rows are withheld from it, and knows what stands between overseers and offices; all else that it
    is given goes by clearance, as with every office."""
    needs: Needs = ALL
    """Of which matters it is told at all."""
    given: Given | None = field(default=None, compare=False, repr=False)
    """Where what it lets through is noted, if that is recorded."""

    @classmethod
    def of(cls, principal: Principal, *, oversight: bool = False, given: Given | None = None) -> "Sight":
        """The sight of whoever asks; `oversight` where its office is registered as oversight."""
        actor = principal.actor
        return cls(
            clearance=principal.clearance,
            office=actor.office,
            participant=actor.participant,
            oversight=oversight and actor.office is not None,
            needs=principal.needs,
            given=given,
        )

    def marked(self, marking: str) -> bool:
        """Whether it is cleared for what is marked so; never for what is no marking."""
        return _cleared(self.clearance, marking)

    def condition(
        self,
        markings: Iterable[str],
        *,
        prefix: str = "",
        table: str = "",
        shared: str = "",
        matter: Matter | None = None,
    ) -> tuple[str, tuple[object, ...]]:
        """SQL over the columns `marking` and `scope` that finds the rows it may know, and the values for its `?`.

        `markings` are those that occur in the table; one that is not among them is not seen. `shared` and `matter` are
        the view's.
        """
        cleared = sorted(marking for marking in markings if self.marked(marking))
        if not cleared:
            return "1 = 0", ()
        sql, values = f"{prefix}marking IN ({', '.join('?' * len(cleared))})", tuple[object, ...](cleared)
        if self.participant is not None:
            own = f"{prefix}scope IN (?, '{EVERYBODY}')"
            sql = f"{sql} AND ({own} OR ({shared.format(table=table)}))" if shared else f"{sql} AND {own}"
            values = (*values, self.participant, *((self.participant,) if shared else ()))
        elif not self.oversight:
            scope, begins = f"{prefix}scope", len(BETWEEN)
            sql = f"{sql} AND ({scope} IS NULL OR substr({scope}, 1, {begins}) <> '{BETWEEN}' OR {scope} = ?)"
            values = (*values, f"{BETWEEN}{self.office}")
        needed = self._needed(matter, prefix)
        return (sql, values) if needed is None else (f"{sql} AND ({needed[0]})", (*values, *needed[1]))

    def _needed(self, matter: Matter | None, prefix: str) -> tuple[str, tuple[object, ...]] | None:
        """SQL that finds the rows of what it needs to know of; None where that is every one."""
        if matter is None or self.needs.everything:
            return None
        column = f"{prefix}{matter.column}"
        if matter.kind:
            if self.needs.whole(matter.kind):
                return None
            ids = sorted(self.needs.ids(matter.kind))
            return (f"{column} IN ({', '.join('?' * len(ids))})", tuple(ids)) if ids else ("1 = 0", ())
        named = sorted(self.needs.streams)
        either = [f"{column} LIKE ?"] * len(kinds := sorted(COMMON | self.needs.kinds))
        either += [f"{column} IN ({', '.join('?' * len(named))})"] if named else []
        return " OR ".join(either), (*(f"{kind}-%" for kind in kinds), *named)

    def row(self, row: R, matter: StreamId) -> R | None:
        """A row of this matter as this reader gets it; None where it may not know that it exists.

        A `shared` row asks SQL.
        """
        if not self.marked(row.marking) or not self.needs.cover(matter):
            return None
        if self.participant is not None and row.scope not in {self.participant, EVERYBODY}:
            return None
        if row.scope is not None and row.scope.startswith(BETWEEN) and not self._among(row.scope.removeprefix(BETWEEN)):
            return None
        return self.portions(row)

    def portions(self, row: R, position: int | None = None) -> R:
        """A row that it may know, without the parts that it may not see; they are counted in `withheld`.

        `position` is that of the last event that touched it.
        """
        self._took(row.marking, position)
        portioned, withheld = self._portioned(row)
        portioned.withheld = withheld
        return portioned

    def part(self, part: Part) -> bool:
        """Whether it may see a part of a row that it may know."""
        return (
            self.marked(part.marking) and self._shows(part) and (not part.tells_of or self.needs.whole(part.tells_of))
        )

    def event(self, recorded: Recorded[Event], developer: str | None, position: int | None = None) -> bool:
        """Whether it is given an event; `developer` is whose case its stream is, if it is one."""
        if is_given := self._knows(recorded, developer):
            self._took(recorded.marking, position)
        return is_given

    def _knows(self, recorded: Recorded[Event], developer: str | None) -> bool:
        if not self.marked(recorded.marking) or not self.needs.cover(matter_of(recorded)):
            return False
        if (office := circle(recorded)) is not None and not self._among(office):
            return False
        if self.participant is None or recorded.actor == f"{ActorKind.PARTICIPANT}/{self.participant}":
            return True
        return developer == self.participant and shown(recorded, self.participant)

    def protected(self, of: Part | Recorded[Event], position: int | None = None) -> bool:
        """Whether protected values are joined to something that it may see."""
        if joined := self._joins(of):
            self._took(of.protected_marking, of.position if isinstance(of, Part) else position)
        return joined

    def _joins(self, of: Part | Recorded[Event]) -> bool:
        if not self.marked(of.protected_marking):
            return False
        if self.participant is None:
            return True
        return self._shows(of) if isinstance(of, Part) else shown(of, self.participant)

    def looked_at(self, markings: Iterable[str]) -> None:
        """Note what an answer counts or is found by, though it shows none of it."""
        for marking in markings:
            self._took(marking, None)

    def _took(self, marking: str, position: int | None) -> None:
        if self.given is not None:
            self.given.took(marking, position)

    def _among(self, office: str) -> bool:
        """Whether it may know of what stands between oversight and this office."""
        return self.oversight or self.office == office

    def _shows(self, part: Part) -> bool:
        if self.participant is None or part.shown:
            return True
        return isinstance(part, Concerning) and part.concerns == self.participant

    def disclosable(self, recorded: Recorded[Event], name: str, position: int | None = None) -> bool:
        """Whether the protected value of this name is joined to an event that it may see.

        A participant learns the person and the signature behind its own acts alone.
        """
        if not self.protected(recorded, position):
            return False
        if self.participant is None:
            return True
        own = recorded.actor == f"{ActorKind.PARTICIPANT}/{self.participant}"
        return name not in NEVER_TO_PARTICIPANTS and (own or name not in ENVELOPE)

    def _portioned(self, whole: S) -> tuple[S, int]:
        """A copy in which parts, at any depth, are only those that it may see; and how many are not."""
        kept: dict[str, Any] = {}
        withheld = 0
        for name in _holding(type(whole)):
            value = getattr(whole, name)
            found, hidden = self._value(value)
            withheld += hidden
            if found is not value:
                kept[name] = found
        return msgspec.structs.replace(whole, **kept), withheld

    def _value(self, value: Any) -> tuple[Any, int]:  # noqa: ANN401 - whatever a row is made of
        match value:
            case Part():
                if not self.part(value):
                    return None, 1
                self._took(value.marking, value.position)
                return self._portioned(value)
            case msgspec.Struct():
                return self._portioned(value)
            case list() | tuple():
                found = [(one, self._value(one)) for one in value]
                kept = [one for whole, (one, _) in found if one is not None or whole is None]
                return type(value)(kept), sum(hidden for _, (_, hidden) in found)
            case dict():
                pairs = [(key, whole, self._value(whole)) for key, whole in value.items()]
                left = {key: one for key, whole, (one, _) in pairs if one is not None or whole is None}
                return left, sum(hidden for _, _, (_, hidden) in pairs)
            case _:
                return value, 0


ANYBODY: Final = Sight(
    clearance=Clearance(
        classification=Classification.UNCLASSIFIED, cui=None, controls=frozenset(), country="USA", tlp=TLP.CLEAR
    ),
    office=None,
    participant=ParticipantId("anybody"),
    oversight=False,
)
"""What somebody sees of whom nothing is known: what every participant may know, and nothing that is anybody's own."""


@cache
def _holding(cls: type[msgspec.Struct]) -> tuple[str, ...]:
    """The fields that can hold parts: all but those of which each value is plain."""
    found = types.type_info(cls)
    if not isinstance(found, types.StructType):
        raise TypeError(f"{cls} has no fields")
    return tuple(field.name for field in found.fields if not _is_plain(field.type))


def _is_plain(of: types.Type) -> bool:
    return all(map(_is_plain, of.types)) if isinstance(of, types.UnionType) else isinstance(of, _PLAIN)


@lru_cache(maxsize=16384)
def _cleared(clearance: Clearance, marking: str) -> bool:
    try:
        return sees(clearance, parse(marking))
    except UnknownMarking:
        return False
