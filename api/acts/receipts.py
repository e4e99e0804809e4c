"""An act has one answer, whichever way it came in: a receipt, or a problem that carries the receipt of its refusal."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime
from typing import Any, Final, Protocol

from fastapi import Response

from api.clock import Clock
from api.problems import CODES, members, problem, unavailable
from api.tally import Tally
from consumers.acts.outcome import of_refusal, outcome_of, status_of, told, told_away
from domain import wire
from domain.act import Act, Principal
from domain.errors import TurnedAway
from domain.ledger.ledger import Ledger
from domain.ledger.receipt import Receipt
from domain.values import CommandId, act_id

JSON: Final = "application/json"


class Published(Protocol):
    """Who knows what lies on the ledger topic; see `consumers.topics.published`."""

    def wait(self, position: int, timeout: float) -> object | None:
        """Where it lies, as text; None where it does not after so many seconds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reached:
    """What is told of an act that has reached a level."""

    headers: Mapping[str, str]
    proofs: Sequence[Mapping[str, object]] | None = None
    """What a receipt carries beside: the proof of each of its events."""


Ack = Callable[[Receipt, float], Reached | None]
"""What is told of an act that has reached a level, waiting so many seconds at most; None: it has not."""


def published(where: Published) -> Ack:
    """The level of what can be read on the ledger topic."""

    def reached(receipt: Receipt, timeout: float) -> Reached | None:
        place = where.wait(receipt.position, timeout)
        return None if place is None else Reached(headers={"Docket-Published": str(place)})

    return reached


@dataclass(frozen=True, slots=True, kw_only=True)
class Acting:
    """Lets acts into the ledger, counted and timed."""

    ledger: Ledger
    clock: Clock
    tally: Tally

    def __call__(self, act: Act, by: Principal, *, complete_at: datetime, if_version: int | None = None) -> Receipt:
        """The receipt, also of a refusal. Raises what `Ledger.act` raises."""
        with self.tally.timing(act.command.type) as outcome:
            try:
                taken_in_at = self.clock.taken_in(complete_at, act.claimed_at)
                receipt = self.ledger.act(act, by=by, taken_in_at=taken_in_at, if_version=if_version)
            except TurnedAway:
                outcome.append("turned-away")
                raise
            outcome.append(outcome_of(receipt))
        return replace(receipt, command_id=act.id)

    def outcome(self, act: Act, by: Principal, *, complete_at: datetime) -> dict[str, Any]:
        """What became of one act of many, as JSON has it."""
        try:
            return told(self(act, by, complete_at=complete_at))
        except TurnedAway as error:
            return self.refused_entry(error, by)
        except Exception as error:
            if (code := unavailable(error)) is None:
                raise
            self.tally.unavailable(code, error)
            return {"outcome": "unavailable", "status": int(CODES[code].status), "problem": members(code)}

    def refused_entry(self, error: TurnedAway, by: Principal) -> dict[str, Any]:
        """What is told of one of many that never became an act."""
        self.tally.turned_away(error.code, str(by.actor))
        return told_away(error)

    def again(self, command: CommandId, by: Principal) -> Receipt | None:
        """The receipt of an act of this actor; None where there is none."""
        receipt = self.ledger.receipt(act_id(self.ledger.opened.ledger, str(by.actor), command), by.clearance, by.needs)
        return None if receipt is None else replace(receipt, command_id=command)


def answer(receipt: Receipt, reached: Reached) -> Response:
    """The response to one act."""
    sent = {**reached.headers, "Location": f"/v1/actions/{receipt.command_id}"}
    whole = receipt if reached.proofs is None else {**_plain(receipt), "proofs": reached.proofs}
    if receipt.refused is not None:
        said = {**of_refusal(receipt), "receipt": whole}
        return problem(receipt.refused.code, receipt.refused.sentence, headers=sent, **said)
    if receipt.events:
        first = receipt.events[0].stream
        sent["ETag"] = f'"{max(entry.version for entry in receipt.events if entry.stream == first)}"'
    return Response(wire.canonical(whole), status_of(receipt), sent, JSON)


def _plain(receipt: Receipt) -> dict[str, object]:
    return {each.name: getattr(receipt, each.name) for each in fields(receipt)}
