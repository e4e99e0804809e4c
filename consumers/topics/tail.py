"""Where a topic ends is asked of the topic itself, over what is committed; nothing else remembers it."""

from collections import deque
from collections.abc import Iterator, Sequence
from hashlib import sha256
from time import monotonic, sleep
from typing import Any, Final, NamedTuple, Self

from kafka import KafkaConsumer, KafkaProducer, TopicPartition

from consumers.topics.connection import Connection, Unreachable, discard
from consumers.topics.names import PARTITION
from consumers.topics.record import read_ledger
from domain.ledger.recorder import LedgerRecorder

DIVERGED: Final = 65
"""Exit code of a process that would have made two records out of one (EX_DATAERR of sysexits.h): never restart it."""
_NEAR: Final = 64
_FURTHER: Final = 16


class Diverged(Exception):
    """The store and the topics are not copies of one record; whoever writes goes no further."""


class Forked(Diverged):
    """They hold different documents at one position."""


class Ahead(Diverged):
    """The topic holds what the store has no more: the store went back."""


class LogMoved(Diverged):
    """The topic has lost its beginning."""


class Hanging(Exception):
    """A transaction of a topic of record does not end, so nobody can read what comes behind it."""


class End(NamedTuple):
    """The last event of the ledger topic; position 0 where there is none."""

    position: int
    digest: bytes
    """SHA-256 of the document."""


EMPTY: Final = End(0, b"")


class Ends:
    """Where readers of what is committed stop, and where the topics end. For one thread."""

    def __init__(self, connection: Connection, topics: Sequence[str]) -> None:
        self._patience_s = connection.patience_ms / 1000
        self._readers: list[KafkaConsumer] = []
        try:
            for committed in (True, False):
                self._readers.append(connection.reader(committed=committed))
            self._places = [existing(self._readers[0], topic) for topic in topics]
        except BaseException:
            self.close()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Again is not an error."""
        for reader in self._readers:
            reader.close()

    def hanging(self) -> list[str]:
        """Topics with a transaction that has not ended. Raises KafkaError."""
        stops, ends = (reader.end_offsets(self._places) for reader in self._readers)
        return [place.topic for place, stop in stops.items() if stop != ends[place]]

    def await_all(self) -> None:
        """Return once every transaction has ended: a commit returns a moment before. Raises Hanging, KafkaError."""
        until = monotonic() + self._patience_s
        while hanging := self.hanging():
            if monotonic() > until:
                raise Hanging(f"a transaction in {', '.join(hanging)} does not end, so nobody can read on behind it")
            sleep(0.02)


def fenced(connection: Connection, name: str, topics: Sequence[str]) -> KafkaProducer:
    """A producer of transactions that is the only one of its name, and in whose topics no transaction is open.

    A broker that was killed may forget to write where a transaction ended, although it told the producer so. Readers
    then stop in front of it until the next commit of that name, which shows them both; an aborted record in each topic
    settles it: what hung is there as a whole or gone. So read where a topic ends only after this. Raises Hanging,
    KafkaError, Unreachable.
    """
    producer = _initialised(connection, name)
    try:
        with Ends(connection, topics) as ends:
            if not ends.hanging():
                return producer
            _abort(producer, topics)
            ends.await_all()
    except BaseException:
        discard(producer)
        raise
    discard(producer)  # kafka-python's producer is of no use after an abort
    return _initialised(connection, name)


def last(connection: Connection, topic: str) -> Any:  # noqa: ANN401 - kafka-python's ConsumerRecord, or None
    """The last committed record of a topic; None where there is none. Raises KafkaError, Unreachable."""
    with connection.reader() as reader:
        place = existing(reader, topic)
        begin, end = reader.beginning_offsets([place])[place], reader.end_offsets([place])[place]
        back = _NEAR
        while end > begin:  # markers and aborted records have offsets, too: there may be none of ours up to here
            start = max(begin, end - back)
            found = deque(records(reader, place, start, end, patience_s=connection.patience_ms / 1000), maxlen=1)
            if found:
                return found[0]
            end, back = start, back * _FURTHER
    return None


def records(reader: KafkaConsumer, place: TopicPartition, start: int, end: int, *, patience_s: float) -> Iterator[Any]:
    """The committed records from offset `start` up to `end`, without it. Raises KafkaError.

    Raises Unreachable when nothing came for `patience_s`: a broker that is gone, or no right to read, shows as silence.
    """
    reader.assign([place])
    reader.seek(place, start)
    at, until = start, monotonic() + patience_s
    while at < end:
        for record in reader.poll(timeout_ms=500).get(place, ()):
            if record.offset < end:
                yield record
        if reader.position(place) > at:
            at, until = reader.position(place), monotonic() + patience_s
        elif monotonic() > until:
            raise Unreachable(f"{place.topic}: nothing from offset {at} on; is the broker there, may we READ?")


def end_of(connection: Connection, topic: str) -> End:
    """What the ledger topic ends with. Raises LogMoved, Unreadable, KafkaError, Unreachable."""
    whole(connection, topic)
    record = last(connection, topic)
    if record is None:
        return EMPTY
    kept = read_ledger(record)
    return End(kept.position, sha256(kept.document).digest())


def whole(connection: Connection, topic: str) -> None:
    """Raise LogMoved for a topic whose first records are gone."""
    with connection.reader() as reader:
        place = existing(reader, topic)
        if begin := reader.beginning_offsets([place])[place]:
            raise LogMoved(
                f"{topic} begins at offset {begin}: records of the complete copy are gone; look at its retention and"
                " at who may delete records, and restore the topic from another copy"
            )


def same(end: End, rows: Sequence[tuple[int, str, bytes]], recorder: LedgerRecorder, topic: str) -> None:
    """Raise Ahead or Forked unless `rows`, read from the store, begin with the event that the ledger topic ends with.

    Raises StoreError.
    """
    if not rows:
        raise Ahead(
            f"{topic} ends with position {end.position}, the store with {recorder.head()}: the store went back; stop"
            " whatever writes to it and run `docket restore --from-kafka`"
        )
    if rows[0][0] != end.position or sha256(rows[0][2]).digest() != end.digest:
        raise Forked(
            f"position {end.position} is one document in {topic} and another in the store: two records were made out"
            " of one, and a person has to say which goes on"
        )


def compare(recorder: LedgerRecorder, connection: Connection, topic: str) -> End:
    """What every writer does before its first act: hold the store against the ledger topic. Raises Diverged."""
    end = end_of(connection, topic)
    if end.position:
        same(end, recorder.read(end.position - 1, 1), recorder, topic)
    return end


def existing(reader: KafkaConsumer, topic: str) -> TopicPartition:
    """The one partition of a topic. Raises Unreachable."""
    if not reader.partitions_for_topic(topic):
        raise Unreachable(f"there is no topic {topic}, or we may not DESCRIBE it; `docket topics apply` makes it")
    return TopicPartition(topic, PARTITION)


def _initialised(connection: Connection, name: str) -> KafkaProducer:
    producer = connection.transactions(name)
    try:
        producer.init_transactions()
    except BaseException:
        discard(producer)
        raise
    return producer


def _abort(producer: KafkaProducer, topics: Sequence[str]) -> None:
    producer.begin_transaction()
    sent = [producer.send(topic, key=b"settles what hangs", value=b"", partition=PARTITION) for topic in topics]
    producer.flush(timeout=15)
    for future in sent:
        future.get(timeout=0)
    producer.abort_transaction()
