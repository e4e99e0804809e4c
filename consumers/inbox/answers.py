"""Each record of an office gets one answer: what became of the act, or why it is none; again gets the same receipt."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from structlog.typing import FilteringBoundLogger

from consumers.acts import cloudevent
from consumers.acts.intake import Malformed, Wrong
from consumers.acts.named import names_of
from consumers.acts.outcome import CODES, INTERNAL, members, told, told_away
from consumers.inbox import arrival
from consumers.inbox.arrival import NoEvent
from consumers.inbox.attested import NAMES, attested
from domain.act import Actor, ActorKind
from domain.errors import TurnedAway
from domain.faults import frames
from domain.ledger import StoreError, Unstorable
from domain.ledger.ledger import Busy, Ledger, NotOpen
from domain.markings import CEILINGS, UnknownMarking, parse
from domain.rules.office import Office
from domain.rules.seen import of_office
from domain.values import OfficeCode

AWAY: Final = (Busy, NotOpen, StoreError)
"""What is raised while the record cannot answer: the same record is asked again until it can."""
SPILL: Final = "marking-above-ceiling"
_MARKS: Final = ("marking", "protectedmarking")


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What became of one record."""

    offset: int
    """Of the record, in the office's topic of actions."""
    id: str | None
    """The command's, where the record has one that may be repeated."""
    outcome: str
    """recorded, repeated, nothing-new, refused, turned-away, unreadable or failed."""
    code: str | None
    body: dict[str, Any]
    """As HTTP answers an item of a batch, with the offset instead of the index."""

    @property
    def spilled(self) -> bool:
        """Whether the record is marked above what this deployment may hold."""
        return self.code == SPILL


class Answers:
    """Lets an office's records into the ledger, one at a time."""

    def __init__(
        self, *, ledger: Ledger, office: str, clock: Callable[[], datetime], log: FilteringBoundLogger
    ) -> None:
        self._ledger, self._office, self._clock, self._log = ledger, OfficeCode(office), clock, log
        self._named = names_of(ledger)

    def to(self, record: Any) -> Answer:  # noqa: ANN401 - kafka-python's ConsumerRecord
        """What became of it. Raises those of AWAY; nothing else that a record holds is raised."""
        answer = self._to(record)
        if answer.spilled:
            # never a word of it, only where it lies: somebody has to delete it there
            self._log.critical("spill", topic=record.topic, offset=record.offset)
        elif answer.outcome in {"turned-away", "unreadable"}:
            self._log.warning(answer.outcome, code=answer.code, actor=f"office/{self._office}")
        return answer

    def _to(self, record: Any) -> Answer:  # noqa: ANN401 - the same
        id: str | None = None
        event: dict[str, Any] = {}
        try:
            self._check(text for name, text in arrival.attributes(record) if name in _MARKS)
            event = arrival.event_in(record)
            self._check(event.get(name) for name in _MARKS)
            id = said if _is_uuid(said := event.get("id")) else None
            receipt = self._act(event, record)
        except NoEvent as error:
            body = told_away(Malformed(str(error)), "unreadable") | {"digest": arrival.digest(record)}
            return self._answer(record, None, body)
        except TurnedAway as error:
            return self._answer(record, None if error.code == SPILL else id, told_away(error))
        except Unstorable as error:
            return self._failed(record, id, error)
        except AWAY:
            raise
        except Exception as error:  # noqa: BLE001 - one record that meets an error of ours must not stop the others
            return self._failed(record, id, error)
        return self._answer(record, id, told(receipt))

    def _act(self, event: dict[str, Any], record: Any) -> Any:  # noqa: ANN401 - the same
        wrong: list[Wrong] = []
        by = attested(event, self._actor(), wrong)
        act = cloudevent.asked(event, elsewhere=NAMES, already=wrong)
        now = self._clock()
        # what its sender alone says of the time is not believed, nor a broker that is ahead of us
        taken_in_at = min(now, arrival.appended_at(record) or now)
        return replace(self._ledger.act(act, by=by, taken_in_at=taken_in_at), command_id=act.id)

    def _actor(self) -> Actor:
        office: Office = self._ledger.state(of_office(self._office)).state
        if not office.known:
            raise TurnedAway("not-known-yet", "The office of this topic is not registered.")
        return Actor(ActorKind.OFFICE, self._office, self._named(ActorKind.OFFICE, self._office))

    def _check(self, texts: Iterator[object]) -> None:
        """Raises TurnedAway for a spill, before anything else is asked of the record."""
        ceiling = self._ledger.opened.ceiling
        higher = CEILINGS[CEILINGS.index(ceiling) + 1 :]
        if any(_level(text) in higher for text in texts if isinstance(text, str)):
            raise TurnedAway(SPILL)

    def _failed(self, record: Any, id: str | None, error: Exception) -> Answer:  # noqa: ANN401 - the same
        where = {"topic": record.topic, "offset": record.offset}
        self._log.error("failed", error=type(error).__name__, traceback=frames(error), **where)
        said = CODES[INTERNAL]
        body = {"outcome": "failed", "status": int(said.status), "problem": members(INTERNAL, said)}
        return self._answer(record, id, body)

    def _answer(self, record: Any, id: str | None, body: dict[str, Any]) -> Answer:  # noqa: ANN401 - the same
        return Answer(
            offset=record.offset,
            id=id,
            outcome=body["outcome"],
            code=body.get("problem", {}).get("code"),
            body={"offset": record.offset, "id": id} | body,
        )


def _level(text: str) -> str:
    """What a marking begins with, or a text that is meant to be one: also what is not known may lie too high."""
    try:
        marking = parse(text)
    except UnknownMarking:
        return text.partition("//")[0].strip().upper()
    return "CUI" if marking.cui is not None and not marking.classification else marking.classification.text


def _is_uuid(value: object) -> bool:
    try:
        return isinstance(value, str) and str(UUID(value)) == value
    except ValueError:
        return False
