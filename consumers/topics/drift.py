"""What the brokers say is compared with what has to be; nothing here changes anything."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from typing import Any, Final, NamedTuple

from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import (
    ACLFilter,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    OffsetSpec,
    ResourcePatternFilter,
    ResourceType,
)
from kafka.errors import SecurityDisabledError, for_code

from consumers.topics.connection import Connection
from consumers.topics.names import PARTITION
from consumers.topics.profile import Wanted
from consumers.topics.rights import FORBIDDEN, Kind, Right

_ABSENT: Final = 3  # UNKNOWN_TOPIC_OR_PARTITION
_BROKER: Final = {"auto.create.topics.enable": "false", "delete.topic.enable": "false"}
"""Of every broker: nobody, not even a super user, makes a topic by mistake or deletes one."""
BEGINNING: Final = "first offset"
"""What differs where the record has lost its beginning: that is mended by nobody."""


class Drift(NamedTuple):
    """One thing that is not as it has to be."""

    about: str
    what: str
    found: str
    wanted: str

    def __str__(self) -> str:
        return f"{self.about}: {self.what} is {self.found}, has to be {self.wanted}"


class Found(NamedTuple):
    """How a topic is."""

    partitions: int
    replicas: int
    settings: Mapping[str, str]
    """Empty where we may not read them."""
    begins: int | None
    """Offset of the first record that is left; None where nobody asked."""
    may: frozenset[str]
    """What we may do to it, in Kafka's words; all of it where the brokers grant nothing and deny nothing."""


def drift(connection: Connection, asked: Sequence[Wanted]) -> list[Drift]:
    """What of these topics is not as it has to be. Raises Unreachable, KafkaError."""
    with closing(connection.admin()) as admin:
        return list(differences(asked, look(admin, asked)))


def look(admin: KafkaAdminClient, asked: Sequence[Wanted]) -> dict[str, Found]:
    """How these topics are; without those that are not there. Raises KafkaError."""
    said = {topic["name"]: topic for topic in admin.describe_topics([topic.name for topic in asked])}
    there = [topic for topic in asked if said[topic.name]["error_code"] != _ABSENT]
    for topic in there:
        if code := said[topic.name]["error_code"]:
            raise for_code(code)(f"topic {topic.name}")
    if not there:
        return {}
    settings = _settings(admin, ConfigResourceType.TOPIC, [topic.name for topic in there])
    begin = {TopicPartition(topic.name, PARTITION): OffsetSpec.EARLIEST for topic in there if topic.for_ever}
    offsets = admin.list_partition_offsets(begin) if begin else {}
    return {
        topic.name: Found(
            partitions=len(said[topic.name]["partitions"]),
            replicas=min((len(one["replica_nodes"]) for one in said[topic.name]["partitions"]), default=0),
            settings=settings[topic.name],
            begins=offsets[TopicPartition(topic.name, PARTITION)].offset if topic.for_ever else None,
            may=frozenset(said[topic.name]["authorized_operations"] or ()),
        )
        for topic in there
    }


def differences(asked: Sequence[Wanted], found: Mapping[str, Found]) -> Iterator[Drift]:
    """What of these topics is not as it has to be."""
    for topic in asked:
        if (it := found.get(topic.name)) is None:
            yield Drift(topic.name, "topic", "missing", "there")
            continue
        if it.partitions != 1:
            yield Drift(topic.name, "partitions", str(it.partitions), "1")
        if it.replicas != topic.replicas:
            yield Drift(topic.name, "replicas", str(it.replicas), str(topic.replicas))
        if it.begins:
            yield Drift(topic.name, BEGINNING, f"{it.begins}: what stood before it is gone", "0")
        for name, value in topic.settings.items():
            if (is_now := it.settings.get(name, "not to be read")) != value:
                yield Drift(topic.name, name, is_now, value)


def missing_rights(
    found: Mapping[str, Found], needed: Mapping[str, frozenset[str]], *, no_more: bool
) -> Iterator[Drift]:
    """What we may not do and have to; with `no_more` also what nobody may do and we could."""
    for topic, operations in needed.items():
        if (it := found.get(topic)) is None:
            continue
        if lacking := operations - it.may:
            yield Drift(topic, f"our right to {', '.join(sorted(lacking))}", "missing", "granted")
        if no_more and (could := it.may & {*FORBIDDEN}):
            yield Drift(topic, f"our right to {', '.join(sorted(could))}", "granted", "denied to everybody")


def brokers(admin: KafkaAdminClient) -> Iterator[Drift]:
    """What of the brokers themselves is not as it has to be. Raises KafkaError."""
    ids = [str(broker["broker_id"]) for broker in admin.describe_cluster()["brokers"]]
    for id, settings in _settings(admin, ConfigResourceType.BROKER, ids).items():
        for name, value in _BROKER.items():
            if (is_now := settings.get(name, "not to be read")) != value:
                yield Drift(f"broker {id}", name, is_now, value)


def granted(admin: KafkaAdminClient) -> set[Right] | None:
    """Every right that the brokers know about topics, groups and transactions; None where they ask nobody for any.

    Raises KafkaError: to be told takes DESCRIBE of the cluster.
    """
    every = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    try:
        found, _ = admin.describe_acls(ACLFilter(None, None, ACLOperation.ANY, ACLPermissionType.ANY, every))
    except SecurityDisabledError:
        return None
    return {
        Right(
            acl.principal if acl.host == "*" else f"{acl.principal} at {acl.host}",
            acl.operation.name,
            Kind(acl.resource_pattern.resource_type.name),
            acl.resource_pattern.resource_name,
            prefixed=acl.resource_pattern.pattern_type == ACLResourcePatternType.PREFIXED,
            denied=acl.permission_type == ACLPermissionType.DENY,
        )
        for acl in found
        if acl.resource_pattern.resource_type.name in set(Kind)
    }


def unlike(asked: Iterable[Right], found: Iterable[Right]) -> Iterator[Drift]:
    """Rights that are missing, and rights to what is ours that nobody should have."""
    asked, found = set(asked), set(found)
    for right in sorted(asked - found):
        yield Drift("rights", str(right), "missing", "denied" if right.denied else "granted")
    ours = {(right.kind, right.name) for right in asked if not right.prefixed}
    for right in sorted(found - asked):
        if not right.denied and any(right.reaches(kind, name) for kind, name in ours):
            yield Drift("rights", str(right), "granted", "nobody's")


def _settings(admin: KafkaAdminClient, kind: Any, names: Sequence[str]) -> dict[str, dict[str, str]]:  # noqa: ANN401 - kafka-python has no types
    said = admin.describe_configs([ConfigResource(kind, name) for name in names], config_filter="all")
    each = said.get(kind.name.lower(), {})
    return {name: {key: one["value"] for key, one in each.get(name, {}).items()} for name in names}
