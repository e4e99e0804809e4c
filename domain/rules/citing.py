"""What an act cites is held against what Docket knows of it; of what it does not know, it says so."""

import re
from collections.abc import Iterable
from enum import StrEnum
from typing import Final

from domain.errors import Refused
from domain.rules.asked import Asked
from domain.rules.joint.state import Draft, Joint, Version, Versions
from domain.rules.seen import Seen
from domain.values import Cited, Reference, StreamId, unchecked

_CODE: Final = re.compile("[A-Z][A-Z0-9-]{0,39}")


class Text(StrEnum):
    """What is cited by version and digest: the kind of stream that its versions stand in."""

    STANDARD = "standard"
    THRESHOLD = "threshold"
    FRAMEWORK = "framework"


def of_text(kind: Text, reference: Reference | None) -> Iterable[StreamId]:
    """The stream that a reference may be to; none where it is called as no stream is."""
    if reference is not None and _CODE.fullmatch(reference.id):
        yield StreamId(f"{kind}-{reference.id}")


def cited(kind: Text, reference: Reference, asked: Asked, seen: Seen, *, in_force: bool = True) -> Cited:
    """A reference, checked where its text is known to the actor.

    Raises Refused where that version has another digest, was never in force, or, if `in_force`, was not so as the act
    was taken in: a version that came into force since then makes nobody late.
    """
    if (known := _known(kind, reference, asked, seen)) is None:
        return unchecked(reference)
    version = known.version(reference.version)
    if version is None or not asked.may_see(version.marking):
        raise Refused("version-not-in-force", f"Version {reference.version} of {reference.id} was never in force.")
    if version.digest != reference.digest:
        raise Refused("reference-differs")
    if in_force and known.in_force(asked.taken_in_at, asked.may_see) != version:
        raise Refused("version-not-in-force")
    return _checked(reference)


def named(kind: Text, reference: Reference, asked: Asked, seen: Seen) -> Cited:
    """A reference to something that may still be a proposal, or is to come; checked where this text is known.

    Raises Refused where that version is known to the actor with another digest.
    """
    known = _known(kind, reference, asked, seen)
    if known is None:
        return unchecked(reference)
    version = known.version(reference.version)
    draft = known.draft if isinstance(known, Joint) else None
    texts: list[Version | Draft] = [] if version is None else [version]
    texts += [draft] if draft is not None and draft.version == reference.version else []
    digests = {text.digest for text in texts if asked.may_see(text.marking)}
    if digests and reference.digest not in digests:
        raise Refused("reference-differs")
    return _checked(reference) if digests else unchecked(reference)


def _known(kind: Text, reference: Reference, asked: Asked, seen: Seen) -> Versions | None:
    """What is known of it; None also where the actor may not know, who is answered as if there were nothing.

    Participants know of the framework, its proposals included (it is designed with them, EO14409:3(b)), and of nothing
    else.
    """
    if asked.participant is not None and kind is not Text.FRAMEWORK:
        return None
    for stream in of_text(kind, reference):
        known = seen.text(stream)
        if known.known and asked.may_see(known.marking):
            return known
    return None


def _checked(reference: Reference) -> Cited:
    return Cited(id=reference.id, version=reference.version, digest=reference.digest, checked=True)
