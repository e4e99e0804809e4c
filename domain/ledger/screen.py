"""What may not come in is turned away before anything is stored."""

from domain import signing
from domain.act import Act, Principal
from domain.circle import between
from domain.commands.record import RecordCommand
from domain.commands.vulnerability import VulnerabilityCommand
from domain.errors import TurnedAway
from domain.markings import CEILINGS, Marking, UnknownMarking, above, parse, sees
from domain.signing import Signature


def screened(act: Act, by: Principal, ceiling: str) -> Marking:
    """The marking of the document to be. Raises TurnedAway for what this ledger may not hold or this actor not mark."""
    try:
        marking = parse(act.marking)
        protected = parse(act.protected_marking or act.marking)
    except UnknownMarking as error:
        raise TurnedAway("marking-unknown", str(error)) from error
    if isinstance(act.command, VulnerabilityCommand) and marking.tlp is None:
        raise TurnedAway("tlp-missing")
    if isinstance(act.command, RecordCommand) and between(act.command.stream) is not None:
        raise TurnedAway("between-two")  # a refusal of it would tell others of a request, in what it protects
    if not marking <= protected:
        raise TurnedAway("marking-protected")
    if any(above(highest, protected) for highest in CEILINGS if highest == ceiling):
        raise TurnedAway("marking-above-ceiling")
    if not sees(by.clearance, protected):
        raise TurnedAway("marking-above-yours")
    return marking


def signature_of(act: Act, by: Principal) -> Signature | None:
    """The signature that an act carries; whether it holds is not asked here. Raises TurnedAway for what is none."""
    if act.signature is None:
        return None
    if by.actor.office is None:
        raise TurnedAway("signature-unsupported")
    try:
        return signing.read(act.signature)
    except signing.NotASignature as error:
        raise TurnedAway("signature-form", str(error)) from error
