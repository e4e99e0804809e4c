"""An office's actions are answered in their order, each once; where its inbox stands is what its last outcome says.

A process that dies anywhere here has told the outcomes of a batch as a whole or not at all. Acts whose outcomes it did
not tell are asked of the ledger again, which gives their first receipts.
"""

from collections.abc import Callable, Sequence
from contextlib import ExitStack
from datetime import datetime
from threading import Event
from time import monotonic
from typing import Any, Final

from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from structlog.typing import FilteringBoundLogger

from consumers.inbox.answers import AWAY, Answer, Answers
from consumers.inbox.outcome_record import offset_of, outcome_record
from consumers.inbox.tally import InboxTally
from consumers.process import Watchdog
from consumers.topics import tail
from consumers.topics.connection import Connection, Unreachable, discard
from consumers.topics.names import PARTITION, Topics
from consumers.topics.tail import Ends
from domain.ledger.ledger import Ledger
from domain.ledger.recorder import Closed, WentBack

BATCH_S: Final = 0.5
"""Seconds after which a batch takes no further record: an outcome does not wait longer for its neighbours."""
BATCH: Final = 500
"""Records of a batch, at most."""
_IDLE_MS: Final = 500
_AGAIN_S: Final = 0.5
_FLUSH_S: Final = 15.0


class Untold(Unreachable):
    """An outcome was not taken by the brokers; nothing of its batch can be read."""


class Inbox:
    """Answers one office. Making one fences every other of this office, and goes on behind its last outcome.

    Making one raises tail.Hanging, Unreadable, Unreachable, KafkaError. Any exception ends it: make another.
    """

    def __init__(
        self,
        *,
        ledger: Ledger,
        connection: Connection,
        topics: Topics,
        office: str,
        clock: Callable[[], datetime],
        tally: InboxTally,
        log: FilteringBoundLogger,
    ) -> None:
        self._ledger, self._topics, self._office = ledger, topics, office
        self._answers = Answers(ledger=ledger, office=office, clock=clock, log=log)
        self._tally, self._log = tally, log
        self._actions = TopicPartition(topics.actions(office), PARTITION)
        self._waiting: list[Any] = []
        self._shown = True
        self._open = ExitStack()
        with ExitStack() as opened:
            outcomes = topics.outcomes(office)
            self._producer: KafkaProducer = tail.fenced(connection, topics.inbox(office), [outcomes])
            opened.callback(discard, self._producer)
            self._ends = opened.enter_context(Ends(connection, [outcomes]))
            self._reader: KafkaConsumer = opened.enter_context(connection.reader(max_poll_records=BATCH))
            tail.existing(self._reader, self._actions.topic)
            self._reader.assign([self._actions])
            # only now: before the fence a predecessor could still commit
            self._reader.seek(self._actions, self._begin(tail.last(connection, outcomes)))
            self._open = opened.pop_all()

    @property
    def position(self) -> int:
        """The offset of the record that is answered next, or where the next one will be."""
        if self._waiting:
            return int(self._waiting[0].offset)
        return int(self._reader.position(self._actions))

    def step(self) -> int:
        """Answer a batch of what comes next; how many records that was.

        Raises StoreError where the store answers no more for good, Untold, KafkaError.
        """
        if not self._waiting:
            self._waiting = self._reader.poll(timeout_ms=_IDLE_MS).get(self._actions, [])
        try:
            answers = self._answered()
            if answers:
                self._tell(answers)
        except BaseException:
            self.close()  # kafka-python's producer cannot be trusted after an exception
            raise
        # moves after the commit: a process that dies in between asks the topic of outcomes
        del self._waiting[: len(answers)]
        if answers:
            self._shown = False
            self._tally.answered(self._office, answers)
        self._measure()
        return len(answers)

    def run(self, told: Event, watchdog: Watchdog) -> None:
        """Answer until told to stop; then what was begun is finished."""
        while not told.is_set():
            watchdog.beat()
            if self.step():
                continue
            if self._waiting:  # the store is away; the same record is asked again, and nothing overtakes it
                told.wait(_AGAIN_S)
            else:
                self._see()
        self.close()

    def close(self) -> None:
        """Let go of Kafka; outcomes that are not committed are not told. Again is not an error."""
        self._open.close()

    def _begin(self, last: Any) -> int:  # noqa: ANN401 - kafka-python's ConsumerRecord, or None
        """The offset to go on with; where the last outcome has expired, what is left is asked again, with no harm."""
        begin: int = self._reader.beginning_offsets([self._actions])[self._actions]
        end: int = self._reader.end_offsets([self._actions])[self._actions]
        at = begin if last is None else offset_of(last) + 1
        if at > end:
            self._log.error("actions went back", topic=self._actions.topic, answered=at, end=end)
            at = begin
        if at < begin:
            self._log.error("actions expired unanswered", topic=self._actions.topic, answered=at, begin=begin)
        self._tally.began(self._office, unread=max(0, begin - at))
        return max(at, begin)

    def _answered(self) -> list[Answer]:
        """Answers to what waits, as far as the store gives them."""
        answers: list[Answer] = []
        until = monotonic() + BATCH_S
        try:
            for record in self._waiting:
                answers.append(self._answers.to(record))
                if monotonic() > until:
                    break
        except (WentBack, Closed):
            raise
        except AWAY as error:
            self._tally.ready(self._office, is_ready=False)
            self._log.error("the record cannot answer", office=self._office, error=type(error).__name__)
        else:
            self._tally.ready(self._office, is_ready=True)
        return answers

    def _tell(self, answers: Sequence[Answer]) -> None:
        outcomes, ledger = self._topics.outcomes(self._office), self._ledger.opened.ledger
        self._producer.begin_transaction()
        sent = []
        for answer in answers:
            made = outcome_record(answer, actions=self._actions.topic, ledger=ledger)
            headers = made.headers
            sent.append(self._producer.send(outcomes, key=made.key, value=made.value, headers=headers, partition=0))
        self._producer.flush(timeout=_FLUSH_S)
        for future in sent:  # a commit says nothing of records that were lost before it
            if not future.succeeded():
                raise Untold(f"an outcome was not taken: {future.exception!r}")
        self._producer.commit_transaction()

    def _measure(self) -> None:
        if (end := self._reader.highwater(self._actions)) is not None:
            self._tally.behind(self._office, max(0, end - self.position))

    def _see(self) -> None:
        """When there is time: what was told last can be read, or this inbox ends and its successor settles it.

        A broker that was killed after a commit may never show it by itself (see `tail.fenced`).
        """
        if not self._shown:
            self._ends.await_all()
            self._shown = True
