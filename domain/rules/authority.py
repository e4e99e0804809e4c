"""Every act rests on an authority, belongs to somebody, and may belong to a post: one table of data says which."""

from dataclasses import dataclass
from typing import Final

from domain.act import ActorKind
from domain.errors import Refused
from domain.rules.asked import Asked
from domain.rules.office import Delegation, Office
from domain.rules.policy import Row
from domain.rules.seen import Seen
from domain.values import Citation, InstrumentCode, PolicyCode, PostCode

POLICY: Final = "AUTHORITY"
_POLICY_CITED: Final = "POLICY:"


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """On what an act rests, as it will be recorded."""

    authority: Citation | None
    post: PostCode | None


def instrument_of(citation: Citation) -> InstrumentCode | None:
    """The instrument that a citation names; None where it names a policy."""
    return None if citation.startswith(_POLICY_CITED) else InstrumentCode(citation.partition(":")[0])


def policy_of(citation: Citation) -> PolicyCode | None:
    """The policy that a citation names; None where it names an instrument."""
    if not citation.startswith(_POLICY_CITED):
        return None
    return PolicyCode(citation.removeprefix(_POLICY_CITED).rpartition("-")[0])


def row(command_type: str, seen: Seen) -> Row:
    """Who may give a command. Raises Refused where the table in force does not say."""
    table = seen.policy(POLICY).latest.table
    if not isinstance(table, dict) or not isinstance(found := table.get(command_type), Row):
        raise Refused("policy-missing", f"The policy {POLICY} does not say who may do this.")
    return found


def standing(command_type: str, asked: Asked, seen: Seen) -> Standing:
    """On what such a command of this actor rests. Raises Refused where it rests on nothing."""
    if command_type == "ledger.open.v1":  # before it there is no table
        if asked.by.kind is not ActorKind.INSTALLATION:
            raise Refused("not-your-act")
        return Standing(authority=None, post=None)
    found = row(command_type, seen)
    office = _registered(asked, seen)
    if not _is_one_of(found.by, asked, office):
        raise Refused(found.refusal)
    return Standing(authority=_authority(found, asked, seen), post=_post(found, command_type, asked, office))


def _registered(asked: Asked, seen: Seen) -> Office | None:
    if asked.office is None:
        return None
    office = seen.office(asked.office)
    if not office.known:
        raise Refused("office-unknown")
    return office


def _is_one_of(by: tuple[str, ...], asked: Asked, office: Office | None) -> bool:
    match asked.by.kind:
        case ActorKind.OFFICE:
            assert office is not None  # noqa: S101 - `_registered` has made sure
            mine = {"any-office", f"office:{asked.by.id}", f"kind:{office.kind}"}
        case kind:
            mine = {str(kind)}
    return not mine.isdisjoint(by)


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


def _post(found: Row, command_type: str, asked: Asked, office: Office | None) -> PostCode | None:
    if office is None:
        return None
    if asked.delegation is not None:
        if found.post is not None and not found.delegable:
            raise Refused("not-delegable")
        delegation = _delegated(office, command_type, asked)
        if found.post is not None and delegation.post != found.post:
            raise Refused("delegation-out-of-scope")
        return delegation.post
    post = asked.post if found.post is None else PostCode(found.post)
    if post is None:
        return None
    if asked.post not in {None, post} or asked.person is None or office.holders.get(post) != asked.person:
        raise Refused("post-not-held")
    return post


def _delegated(office: Office, command_type: str, asked: Asked) -> Delegation:
    delegation = None if asked.delegation is None else office.delegations.get(asked.delegation)
    if delegation is None:
        raise Refused("delegation-unknown")
    if delegation.taker != asked.person:
        raise Refused("delegation-not-yours")
    if not delegation.in_force(asked.recorded_at):
        raise Refused("delegation-not-in-force")
    if command_type not in delegation.scope:
        raise Refused("delegation-out-of-scope")
    return delegation
