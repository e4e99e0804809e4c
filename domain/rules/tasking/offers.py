"""Which acts on a tasking nobody is offered, though no guard stands in their way: nothing is left to say."""

from collections.abc import Iterable

from domain.commands.tasking import (
    AssignTasking,
    ClaimCompletion,
    ExplainDelay,
    FailVerification,
    RecordTaskingDeadline,
    RescindTasking,
    ResumeTasking,
    TaskingCommand,
    VerifyCompletion,
)
from domain.errors import Refused
from domain.rules.asked import Asked
from domain.rules.seen import Seen, of_policy
from domain.rules.tasking.completing import SEPARATION, claims
from domain.rules.tasking.state import Tasking
from domain.values import StreamId


def offers(state: Tasking, command: type[TaskingCommand], asked: Asked, seen: Seen) -> None:
    """Raise Refused where whatever the command said would be refused as the tasking stands, or would add nothing."""
    if command is AssignTasking:
        if state.known:
            raise Refused("id-used")
    elif command is RecordTaskingDeadline:
        if state.due_at in state.passed:
            raise Refused("so-already")
    elif state.ended and command in {RescindTasking, VerifyCompletion}:
        raise Refused("so-already")  # by `may` it ended exactly so
    elif command is ResumeTasking:
        if asked.office not in state.waits:
            raise Refused("not-waiting")
    elif command is ExplainDelay:
        if state.due_at is None:
            raise Refused("no-due-date")
    elif command is ClaimCompletion:
        if asked.person is None:
            raise Refused("not-your-act")
        if asked.office in state.claims:
            raise Refused("so-already")
    elif command in {VerifyCompletion, FailVerification}:
        if asked.person is None:
            raise Refused("not-your-act")
        claims(state, asked, seen, _TYPES[command])


_TYPES = {
    VerifyCompletion: "tasking.verify-completion.v1",
    FailVerification: "tasking.fail-verification.v1",
}


def beside(state: Tasking, command: type[TaskingCommand], asked: Asked) -> Iterable[StreamId]:
    """What is read to know whether somebody may look at the claims of others."""
    if command in _TYPES:
        yield of_policy(SEPARATION)
