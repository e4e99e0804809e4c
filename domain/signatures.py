"""What the signatures of a whole ledger are worth: each event by the keys and requirements that stood before it."""

from collections.abc import Mapping, Sequence
from typing import Any, Final, get_args

from domain import wire
from domain.events.office import KeyRegistered, KeyRevoked, OfficeEvent, SignaturesRequired
from domain.events.record import ActionRefused
from domain.message import WITHHELD
from domain.recorded import Recorded
from domain.rules.office import INITIAL, Office, evolve
from domain.rules.seen import of_office
from domain.rules.signature import is_required
from domain.signing import Verdict, judged
from domain.values import LedgerId, OfficeCode, StreamId

_OFFICE: Final = "office/"
_OFFICE_EVENTS: Final = get_args(OfficeEvent)
_ASKED_BY: Final[Mapping[type, str]] = {
    KeyRegistered: "office.register-key.v1",
    KeyRevoked: "office.revoke-key.v1",
    SignaturesRequired: "office.require-signatures.v1",
}
"""By which command what the requirements turn on is asked; of others an event does not say by which it was."""


class Signatures:
    """Reads a ledger event by event from its first, and keeps its offices and nothing else of it."""

    def __init__(self, ledger: LedgerId) -> None:
        self._ledger = ledger
        self._offices: dict[StreamId, Office] = {}

    def verdict(self, document: bytes, disclosures: Sequence[bytes] = (), *, whole: bool = True) -> Verdict:
        """What the signature of the next event is worth: as `signing.verdict` says, or MISSING where one has to be.

        That is found where every act had to be signed, of acts that settle what counts, and of those of a person over
        Kafka. Where acts were listed it is not: by which command an event came about does not stand in it. Where not
        the `whole` of what was before it has been read, a key may have come, and a requirement gone, without a trace.
        Raises wire.Corrupt and LookupError for what no rules made.
        """
        recorded: Recorded[Any] = wire.load(document, disclosures)
        office = self._offices.get(of_office(OfficeCode(recorded.actor.removeprefix(_OFFICE))), INITIAL)
        found = judged(recorded, ledger=self._ledger, keys=office.keys, whole=whole)
        if found is Verdict.NOT_SIGNED and whole and _is_missing(recorded, office):
            found = Verdict.MISSING
        if isinstance(recorded.event, _OFFICE_EVENTS):
            of = self._offices.get(recorded.stream, INITIAL)
            self._offices[recorded.stream] = evolve(of, recorded)
        return found


def _is_missing(recorded: Recorded[Any], office: Office) -> bool:
    if isinstance(recorded.event, ActionRefused):
        return False
    is_person = recorded.by is not WITHHELD and recorded.by is not None
    return is_required(_ASKED_BY.get(type(recorded.event), ""), office, recorded.attestation, is_person=is_person)
