"""Which events are shown to whom beside what their markings say: whose they are, and of what type."""

from typing import Final

from domain.act import ActorKind
from domain.circle import OVERSIGHT, between
from domain.events import Event
from domain.events.case import AssessmentShared, SharedWith
from domain.events.reading import ReadingRecorded
from domain.events.record import ActionRefused
from domain.recorded import Recorded
from domain.values import OfficeCode
from projections.given import PLAIN
from projections.view import BETWEEN

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


def published(recorded: Recorded[Event]) -> bool:
    """Whether anybody at all may be told of it."""
    return recorded.event.type in PUBLISHED and recorded.marking == PLAIN


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
