"""Which acts an office has signed: it says so itself, by an act that is signed; the secretariat can only end it."""

from domain.commands.office import RequireSignatures
from domain.errors import Refused
from domain.events.office import OfficeEvent, OfficeKind, SignaturesRequired, SignedActs
from domain.rules.asked import Asked
from domain.rules.office.state import Office
from domain.rules.policy import AUTHORITY, who_may
from domain.rules.seen import Seen, of_office


def is_secretariat(asked: Asked, seen: Seen) -> bool:
    """Whether the secretariat asks."""
    of = asked.office
    return of is not None and of_office(of) in seen and seen.office(of).kind is OfficeKind.SECRETARIAT


def require(state: Office, command: RequireSignatures, asked: Asked, seen: Seen) -> list[OfficeEvent]:
    ends = command.acts is SignedActs.NONE
    if command.office != asked.office and not ends:
        raise Refused("not-your-act")
    if (command.acts is SignedActs.LISTED) != bool(command.commands):
        raise Refused("signed-acts-unclear")
    for command_type in command.commands:
        _must_be_of(state, command, command_type, seen)
    if not ends and asked.signed is None:
        raise Refused("signature-required", "Whoever requires signatures can sign.")
    if (state.signed_acts, state.signed_commands) == (command.acts, frozenset(command.commands)):
        return []
    return [
        SignaturesRequired(office=command.office, acts=command.acts, commands=command.commands, reason=command.reason)
    ]


def _must_be_of(state: Office, command: RequireSignatures, command_type: str, seen: Seen) -> None:
    """What is mistyped would be signed by nobody."""
    try:
        row = who_may(command_type, seen.policy(AUTHORITY))
    except Refused as unknown:
        raise Refused("signed-acts-unclear", f"Nobody does {command_type}.") from unknown
    if not row.names_office(command.office, state.kind):
        raise Refused("signed-acts-unclear", f"This office does no {command_type}.")
