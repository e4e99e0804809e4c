"""How every topic has to be, by profile: what differs on a broker is drift, and drift keeps Docket from being ready."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from consumers.topics.names import Topics

Profile = Literal["single", "production"]
"""One broker, whose loss is everybody's; or three, of which one may be lost at any time."""

_HOUR_MS: Final = 60 * 60 * 1000
_DAY_MS: Final = 24 * _HOUR_MS
_REPLICAS: Final[Mapping[Profile, int]] = {"single": 1, "production": 3}
_IN_SYNC: Final[Mapping[Profile, int]] = {"single": 1, "production": 2}

_EVERY: Final = {
    "compression.type": "producer",
    "max.message.bytes": "1048588",  # what a relay may send, and the few bytes that Kafka adds
    "message.timestamp.type": "LogAppendTime",  # by the sender's time a record of the future would be refused
    "retention.bytes": "-1",
    "unclean.leader.election.enable": "false",  # a replica that lags would make acknowledged records vanish
}
_RECORD: Final = {"cleanup.policy": "delete", "retention.ms": "-1"}
_KEYS: Final = {
    # a tombstone has taken a key off every disk some hours after it was written, if writing goes on:
    # only closed segments are compacted, and what compaction replaced stays a minute longer
    "cleanup.policy": "compact",
    "file.delete.delay.ms": "60000",
    "max.compaction.lag.ms": str(_HOUR_MS),
    "min.cleanable.dirty.ratio": "0.01",
    "min.compaction.lag.ms": "0",
    "segment.ms": str(_HOUR_MS),
    # tombstones outlast whoever reads the topic from its beginning, or that reader keeps a destroyed key
    "delete.retention.ms": str(30 * _DAY_MS),
}
CLEARS_S: Final = (int(_KEYS["segment.ms"]) + int(_KEYS["max.compaction.lag.ms"]) + _HOUR_MS) / 1000
"""Seconds after which a key that was destroyed is on no disk any more, if its topic is written to: its segment is
closed, compacted, and taken off the disk; an hour is room for brokers that are busy."""
_ACTIONS: Final = {"cleanup.policy": "delete", "retention.ms": str(7 * _DAY_MS), "segment.ms": str(_DAY_MS)}
# longer than actions: the last outcome says where the inbox stands, and it may not go before what it stands behind
_OUTCOMES: Final = {"cleanup.policy": "delete", "retention.ms": str(30 * _DAY_MS), "segment.ms": str(_DAY_MS)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """How one topic has to be. Every topic has one partition: what is in it has one order."""

    name: str
    replicas: int
    settings: Mapping[str, str]
    for_ever: bool = False
    """Whether nothing in it may ever go: then its log begins at offset 0."""


def wanted(topics: Topics, offices: Sequence[str], profile: Profile) -> tuple[Wanted, ...]:
    """The topics of a ledger: the record, its keys, its checkpoints, and two for each office."""

    def each() -> Iterator[tuple[str, Mapping[str, str]]]:
        yield topics.ledger, _RECORD
        yield topics.keys, _KEYS
        yield topics.checkpoints, _RECORD
        for office in offices:
            yield topics.actions(office), _ACTIONS
            yield topics.outcomes(office), _OUTCOMES

    everywhere = {**_EVERY, "min.insync.replicas": str(_IN_SYNC[profile])}
    return tuple(
        Wanted(
            name=name,
            replicas=_REPLICAS[profile],
            settings={**everywhere, **its_own},
            for_ever=name in {topics.ledger, topics.checkpoints},
        )
        for name, its_own in each()
    )


def loses(setting: str, found: str, asked: str) -> bool:
    """Whether a change of this setting lets something go, or be lost, that is kept now."""
    match setting:
        case "cleanup.policy" | "message.timestamp.type":
            return True
        case "retention.ms" | "retention.bytes" | "delete.retention.ms" | "min.insync.replicas":
            return int(asked) != -1 and (int(found) == -1 or int(asked) < int(found))
        case "unclean.leader.election.enable":
            return asked == "true"
        case _:
            return False
