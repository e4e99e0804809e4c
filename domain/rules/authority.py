"""Every act rests on an authority, belongs to somebody, and may belong to a post: one table of data says which."""

from dataclasses import dataclass

from domain.act import ActorKind
from domain.errors import Refused
from domain.rules.asked import Asked
from domain.rules.office import Delegation, Office
from domain.rules.policy import AUTHORITY, Row, who_may
from domain.rules.seen import Seen
from domain.values import Citation, DelegationId, InstrumentCode, OfficeCode, PolicyCode, PostCode

_POLICY_CITED = "POLICY:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """On what an act rests, as it will be recorded."""

    authority: Citation | None = None
    post: PostCode | None = None
    delegation: DelegationId | None = None


def instrument_of(citation: Citation) -> InstrumentCode | None:
    """The instrument that a citation names; None where it names a policy."""
    return None if citation.startswith(_POLICY_CITED) else InstrumentCode(citation.partition(":")[0])


def policy_of(citation: Citation) -> PolicyCode | None:
    """The policy that a citation names; None where it names an instrument."""
    if not citation.startswith(_POLICY_CITED):
        return None
    return PolicyCode(citation.removeprefix(_POLICY_CITED).rpartition("-")[0])


def standing(command_type: str, asked: Asked, seen: Seen) -> Standing:
    """On what such a command of this actor rests. Raises Refused where it rests on nothing."""
    if command_type == "ledger.open.v1":  # before it there is no table
        if asked.by.kind is not ActorKind.INSTALLATION:
            raise Refused("not-your-act")
        return Standing()
    found = who_may(command_type, seen.policy(AUTHORITY))
    office = _registered(asked, seen)
    if not _is_one_of(found, asked, office):
        raise Refused(found.refusal)
    if found.post is None and not found.authorities:
        return Standing()  # what rests on nothing cannot rest on the wrong thing: a withdrawal is never refused for it
    authority = _authority(found, asked, seen)
    if asked.delegation is not None:
        delegation = _delegated(found, command_type, asked, office)
        return Standing(authority=authority, post=delegation.post, delegation=asked.delegation)
    return Standing(authority=authority, post=_post(found, asked, office))


def _registered(asked: Asked, seen: Seen) -> Office | None:
    if asked.office is None:
        return None
    office = seen.office(asked.office)
    if not office.known:
        raise Refused("office-unknown")
    return office


def _is_one_of(found: Row, asked: Asked, office: Office | None) -> bool:
    if office is None:
        return str(asked.by.kind) in found.by
    return found.names_office(OfficeCode(asked.by.id), office.kind)


def _authority(found: Row, asked: Asked, seen: Seen) -> Citation | None:
    if asked.authority is None:
        if not found.authorities:
            return None
        cited = found.authorities[0]
    elif asked.authority in found.authorities:
        cited = asked.authority
    else:
        raise Refused("authority-not-fitting")
    if (instrument := instrument_of(cited)) is not None:
        if not seen.instrument(instrument).bears(cited.partition(":")[2]):
            raise Refused("authority-revoked")
    elif (policy := policy_of(cited)) is not None and cited not in {v.cited for v in seen.policy(policy).versions}:
        raise Refused("authority-revoked")
    return cited


def _post(found: Row, asked: Asked, office: Office | None) -> PostCode | None:
    post = asked.post if found.post is None or office is None else PostCode(found.post)
    if post is None:
        return None
    held = office is not None and asked.person is not None and office.holders.get(post) == asked.person
    if not held or asked.post not in {None, post}:
        raise Refused("post-not-held")
    return post


def _delegated(found: Row, command_type: str, asked: Asked, office: Office | None) -> Delegation:
    if not found.delegable:
        raise Refused("not-delegable")
    delegation = None if office is None or asked.delegation is None else office.delegations.get(asked.delegation)
    if delegation is None:
        raise Refused("delegation-unknown")
    if delegation.taker != asked.person:
        raise Refused("delegation-not-yours")
    if not delegation.in_force(asked.recorded_at):
        raise Refused("delegation-not-in-force")
    if command_type not in delegation.scope or found.post not in {None, delegation.post}:
        raise Refused("delegation-out-of-scope")
    if asked.post not in {None, delegation.post}:
        raise Refused("post-not-held")
    return delegation
