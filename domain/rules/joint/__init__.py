"""What every lead office signs, on one text: a standard, or the voluntary framework. Silence is no signature."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Final

from domain.errors import Refused
from domain.events.framework import (
    FrameworkAdopted,
    FrameworkProposed,
    FrameworkSignedOff,
    FrameworkSignOffWithheld,
    FrameworkSuperseded,
)
from domain.events.standard import (
    StandardAdopted,
    StandardProposed,
    StandardSignedOff,
    StandardSignOffWithheld,
    StandardSuperseded,
)
from domain.markings import UnknownMarking, parse
from domain.rules import policy
from domain.rules.asked import Asked
from domain.rules.joint.state import INITIAL, Draft, Joint, evolve
from domain.rules.seen import Seen, of_policy
from domain.values import Citation, Digest, OfficeCode, PolicyCode, ReferenceCode, StreamId

__all__ = [
    "INITIAL",
    "Draft",
    "Joint",
    "Words",
    "adopt",
    "evolve",
    "known_to",
    "offers",
    "propose",
    "reads",
    "sign",
    "visible",
    "withhold",
]

SIGNOFF: Final = PolicyCode("SIGNOFF")
"""The policy that says which list of offices signs what."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """The events that say of one kind of text what happens to every kind."""

    kind: str
    proposed: type[StandardProposed | FrameworkProposed]
    signed: type[StandardSignedOff | FrameworkSignedOff]
    withheld: type[StandardSignOffWithheld | FrameworkSignOffWithheld]
    adopted: type[StandardAdopted | FrameworkAdopted]
    superseded: type[StandardSuperseded | FrameworkSuperseded]


def known_to(state: Joint, asked: Asked) -> bool:
    """Whether there is such a text, and the actor may see it."""
    return state.known and asked.may_see(state.marking)


def visible(state: Joint, asked: Asked) -> None:
    """A text that the actor may not see is answered like one that does not exist."""
    if not state.known:
        raise Refused("not-found")
    if not known_to(state, asked):
        raise Refused("not-cleared", hidden=True)


def reads(seen: Seen, kind: str) -> Iterable[StreamId]:
    """What a proposal reads: which list of offices signs, and that list."""
    yield of_policy(SIGNOFF)
    if of_policy(SIGNOFF) in seen and seen.policy(SIGNOFF).versions:
        yield of_policy(_code(_list(seen, kind)))


def propose(state: Joint, command: Any, office: OfficeCode, seen: Seen, words: Words) -> list[Any]:  # noqa: ANN401 - either
    if (same := state.known_as(command.version, command.digest)) is not None:
        if same.said != (command.title, command.holder, command.body_marking):
            raise Refused("exists")
        return []
    if command.version != state.next_version:
        raise Refused("version-gap")
    _must_not_be_of_another(state, office)
    _must_be_marking(command.body_marking)
    cited = _list(seen, words.kind)
    draft = state.draft
    return [
        words.proposed(
            code=command.code,
            version=command.version,
            digest=command.digest,
            holder=command.holder,
            body_marking=command.body_marking,
            title=command.title,
            proposed_by=office,
            signers=_signers(seen, cited),
            policy=cited,
            voided=() if draft is None else tuple(each for each in draft.signers if each in draft.signed),
        )
    ]


def offers(proposes: type, signs: type, withholds: type) -> Callable[[Joint, type, Asked, Seen], None]:
    """What a kind of text has as its `offers`, by its commands: what is none of these adopts."""

    def offered(state: Joint, command: type, asked: Asked, _: Seen) -> None:
        """Raise Refused where whatever the command said would be refused as things stand, or would add nothing."""
        if command is proposes:
            if state.draft is not None and asked.may_see(state.draft.marking):
                _must_not_be_of_another(state, asked.office)
            return
        draft = _up(state, asked)
        if command not in {signs, withholds}:
            _must_be_ready(draft, asked.office)
            return
        _must_sign(draft, asked.office)
        if asked.office in (draft.signed if command is signs else draft.withheld):
            raise Refused("so-already")

    return offered


def sign(state: Joint, command: Any, office: OfficeCode, words: Words) -> list[Any]:  # noqa: ANN401 - either
    if (adopted := state.version(command.version)) is not None and adopted.digest == command.digest:
        if office in adopted.signed:
            return []
        raise Refused("already-adopted")
    draft = _proposed(state, command.version, command.digest)
    _must_sign(draft, office)
    if office in draft.signed:
        return []
    return [words.signed(code=command.code, version=command.version, digest=command.digest, office=office)]


def withhold(state: Joint, command: Any, office: OfficeCode, words: Words) -> list[Any]:  # noqa: ANN401 - either
    if state.version(command.version) is not None:
        raise Refused("already-adopted")
    draft = _proposed(state, command.version, command.digest)
    _must_sign(draft, office)
    if office in draft.withheld:
        return []
    return [
        words.withheld(
            code=command.code,
            version=command.version,
            digest=command.digest,
            office=office,
            reasons=command.reasons,
        )
    ]


def adopt(state: Joint, command: Any, office: OfficeCode, words: Words) -> list[Any]:  # noqa: ANN401 - either
    if (adopted := state.version(command.version)) is not None and adopted.digest == command.digest:
        return []
    draft = _proposed(state, command.version, command.digest)
    _must_be_ready(draft, office)
    code: ReferenceCode = command.code
    before = state.versions[-1].number if state.versions else None
    made = [
        words.adopted(
            code=code, version=command.version, digest=command.digest, signed=draft.signers, supersedes=before
        )
    ]
    if before is None:
        return made
    return [*made, words.superseded(code=code, version=before, superseded_by=command.version)]


def _proposed(state: Joint, version: int, digest: Digest) -> Draft:
    draft = state.draft
    if draft is None or draft.version != version:
        raise Refused("not-proposed")
    if draft.digest != digest:
        raise Refused("reference-differs", "Another text of this version is proposed now.")
    return draft


def _up(state: Joint, asked: Asked) -> Draft:
    if state.draft is None or not asked.may_see(state.draft.marking):
        raise Refused("not-proposed")
    return state.draft


def _must_not_be_of_another(state: Joint, office: OfficeCode | None) -> None:
    if state.draft is not None and state.draft.proposed_by != office:
        raise Refused("not-your-act", "Another text of this version is put up by the office that proposed it.")


def _must_sign(draft: Draft, office: OfficeCode | None) -> None:
    if office not in draft.signers:
        raise Refused("not-a-signer")


def _must_be_ready(draft: Draft, office: OfficeCode | None) -> None:
    if office != draft.proposed_by:
        raise Refused("not-your-act", "The office that proposed a text puts it in force.")
    if missing := [each for each in draft.signers if each not in draft.signed]:
        raise Refused("sign-off-missing", f"Not signed by {', '.join(missing)}.")


def _must_be_marking(text: str) -> None:
    try:
        parse(text)
    except UnknownMarking as error:
        raise Refused("body-marking-unknown") from error


def _list(seen: Seen, kind: str) -> Citation:
    table = seen.policy(SIGNOFF).latest.table
    if not isinstance(table, dict) or not isinstance(found := table.get(kind), str):
        raise Refused("policy-missing", f"{seen.policy(SIGNOFF).latest.cited} does not say who signs a {kind}.")
    return Citation(found)


def _signers(seen: Seen, cited: Citation) -> tuple[OfficeCode, ...]:
    table = seen.policy(_code(cited)).version(cited).table
    if not isinstance(table, policy.Signers):
        raise Refused("policy-missing", f"{cited} is no list of offices that sign.")
    return table.offices


def _code(cited: Citation) -> PolicyCode:
    return PolicyCode(cited.removeprefix("POLICY:").rpartition("-")[0])
