"""Topics and rights are made as they have to be; what would let go of anything that is kept is not done in passing."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Final

from kafka import KafkaAdminClient
from kafka.admin import (
    ACL,
    ACLOperation,
    ACLPermissionType,
    ACLResourcePatternType,
    ConfigResource,
    ConfigResourceType,
    ResourcePattern,
    ResourceType,
)
from kafka.errors import KafkaError

from consumers.topics.connection import Connection
from consumers.topics.drift import Drift, Found, brokers, differences, granted, look, unlike
from consumers.topics.names import Topics
from consumers.topics.profile import Profile, Wanted, loses, wanted
from consumers.topics.rights import Principals, Right, rights

SETTLES_S: Final = 5.0
"""Seconds within which every broker knows what a controller accepted."""


class WouldLose(Exception):
    """A setting would be changed so that what is kept now may go; nothing was changed."""


class CannotMend(Exception):
    """The brokers would not do it, or it is not done here; the sentence says what and why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrangement:
    """How a ledger's part of Kafka has to be."""

    topics: Topics
    offices: Sequence[str]
    profile: Profile
    principals: Principals

    @property
    def wanted(self) -> tuple[Wanted, ...]:
        """Its topics."""
        return wanted(self.topics, self.offices, self.profile)

    @property
    def rights(self) -> tuple[Right, ...]:
        """Who may do what."""
        return rights(self.topics, self.offices, self.principals)


def check(connection: Connection, asked: Arrangement) -> list[Drift]:
    """What is not as it has to be: topics, brokers, rights. Raises Unreachable, CannotMend.

    Where the brokers ask nobody for rights, that is as it has to be for one broker, and is not in production.
    """
    with _admin(connection) as admin:
        found = [*differences(asked.wanted, look(admin, asked.wanted)), *brokers(admin)]
        if (known := granted(admin)) is not None:
            return [*found, *unlike(asked.rights, known)]
    if asked.profile == "production":
        found.append(Drift("rights", "authorizer", "none", "one that asks everybody for rights"))
    return found


def apply(connection: Connection, asked: Arrangement, *, lower: bool, say: Callable[[str], None]) -> list[Drift]:
    """Make everything as it has to be, say what was done, and return what is not so still.

    Raises WouldLose unless `lower`, CannotMend, Unreachable. It takes a super user: ALTER is denied to everybody.
    """
    with _admin(connection) as admin:
        apply_topics(admin, asked.wanted, lower=lower, say=say)
        if not apply_rights(admin, asked.rights, say=say):
            say("rights: the brokers ask nobody for any, so everybody may do everything")
    until = time.monotonic() + SETTLES_S
    while (left := check(connection, asked)) and time.monotonic() < until:
        time.sleep(0.2)
    return left


@contextmanager
def _admin(connection: Connection) -> Iterator[KafkaAdminClient]:
    admin = connection.admin()
    try:
        yield admin
    except KafkaError as error:
        raise CannotMend(f"the brokers answer {type(error).__name__}: {error}") from error
    finally:
        admin.close()


def apply_topics(admin: KafkaAdminClient, asked: Sequence[Wanted], *, lower: bool, say: Callable[[str], None]) -> None:
    """Make what is missing, change what differs, and say each.

    Raises WouldLose unless `lower`, CannotMend for partitions, and KafkaError. Replicas are moved by other tools.
    """
    found = look(admin, asked)
    changes = {topic.name: _changed(topic, found[topic.name]) for topic in asked if topic.name in found}
    _refuse(asked, found, changes, lower=lower)
    for topic in asked:
        if topic.name not in found:
            _create(admin, topic)
            say(f"{topic.name}: made")
    for name, settings in changes.items():
        if settings:
            _alter(admin, name, settings)
        for setting, value in settings.items():
            say(f"{name}: {setting} was {found[name].settings.get(setting)}, is {value}")


def apply_rights(admin: KafkaAdminClient, asked: Iterable[Right], *, say: Callable[[str], None]) -> bool:
    """Grant and deny what is missing, and say each; False where the brokers ask nobody for rights.

    Takes nothing away. Raises CannotMend, KafkaError.
    """
    if (known := granted(admin)) is None:
        return False
    missing = sorted({*asked} - known)
    if not missing:
        return True
    answer = admin.create_acls([_line(right) for right in missing])
    if answer["failed"]:
        raise CannotMend(f"the brokers refused {len(answer['failed'])} rights: {answer['failed'][0].__name__}")
    for right in missing:
        say(f"rights: {right}")
    return True


def _changed(topic: Wanted, found: Found) -> dict[str, str]:
    return {name: value for name, value in topic.settings.items() if found.settings.get(name) != value}


def _refuse(
    asked: Sequence[Wanted], found: dict[str, Found], changes: dict[str, dict[str, str]], *, lower: bool
) -> None:
    for topic in asked:
        if topic.name in found and found[topic.name].partitions != 1:
            raise CannotMend(
                f"{topic.name} has {found[topic.name].partitions} partitions and has to have 1: what was written to it "
                "has no order any more, and Kafka takes no partition away"
            )
    losing = [
        f"{name}: {setting} from {found[name].settings[setting]} to {value}"
        for name, settings in changes.items()
        for setting, value in settings.items()
        if setting in found[name].settings and loses(setting, found[name].settings[setting], value)
    ]
    if losing and not lower:
        raise WouldLose(f"nothing was changed, for this would let go of what is kept: {'; '.join(losing)}")


def _create(admin: KafkaAdminClient, topic: Wanted) -> None:
    wanted = {"num_partitions": 1, "replication_factor": topic.replicas, "configs": dict(topic.settings)}
    admin.create_topics({topic.name: wanted}, wait_for_metadata=True)


def _alter(admin: KafkaAdminClient, name: str, settings: dict[str, str]) -> None:
    answer = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, name, settings)])
    if (said := answer["topic"][name]) != "OK":
        raise CannotMend(f"{name}: the brokers would not change {', '.join(settings)}: {said}")


def _line(right: Right) -> ACL:
    pattern = ACLResourcePatternType.PREFIXED if right.prefixed else ACLResourcePatternType.LITERAL
    return ACL(
        right.principal,
        "*",
        ACLOperation[right.operation],
        ACLPermissionType.DENY if right.denied else ACLPermissionType.ALLOW,
        ResourcePattern(ResourceType[right.kind], right.name, pattern),
    )
