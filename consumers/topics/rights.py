"""Who may do what on Kafka: an office writes its own actions, the relay alone writes the record, nobody deletes."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from consumers.topics.names import Topics

EVERYBODY: Final = "User:*"
FORBIDDEN: Final = ("ALTER", "ALTER_CONFIGS", "DELETE")
"""What nobody may do to a topic: DELETE is of records too, ALTER of partitions. A super user is bound by no right."""


class Service(StrEnum):
    """A process of Docket's, as Kafka knows it."""

    API = "api"
    CHECKPOINTS = "checkpoints"
    INBOX = "inbox"
    PROJECTOR = "projector"
    RELAY = "relay"
    RESTORE = "restore"
    TIMER = "timer"


class Kind(StrEnum):
    """What a right is about, in Kafka's words."""

    TOPIC = "TOPIC"
    GROUP = "GROUP"
    TRANSACTIONAL_ID = "TRANSACTIONAL_ID"


class Right(NamedTuple):
    """One line of an access control list."""

    principal: str
    operation: str
    """In Kafka's words. READ and WRITE bring DESCRIBE with them."""
    kind: Kind
    name: str
    prefixed: bool = False
    """Whether it is about everything whose name begins so."""
    denied: bool = False

    def reaches(self, kind: Kind, name: str) -> bool:
        """Whether it is about this, too."""
        return self.kind == kind and (name.startswith(self.name) if self.prefixed else self.name in {name, "*"})

    def __str__(self) -> str:
        what = f"{self.kind.lower().replace('_', ' ')} {self.name}{'…' if self.prefixed else ''}"
        return f"{self.principal} {'may not' if self.denied else 'may'} {self.operation} {what}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Principals:
    """As whom the brokers know processes and offices: by user name, or by the rule that makes one of a certificate."""

    services: str = "User:docket-{service}"
    offices: str = "User:office-{office}"

    def __post_init__(self) -> None:
        for template, word in ((self.services, "{service}"), (self.offices, "{office}")):
            if not template.startswith("User:") or word not in template:
                raise ValueError(f"{template!r} has to begin with `User:` and to have {word} in it")

    def service(self, service: Service) -> str:
        """The principal of a process."""
        return self.services.replace("{service}", service)

    def office(self, office: str) -> str:
        """The principal of an office."""
        return self.offices.replace("{office}", office)


def rights(topics: Topics, offices: Sequence[str], principals: Principals) -> tuple[Right, ...]:
    """Every right that has to be granted, and what is denied to everybody."""

    def each() -> Iterator[Right]:
        for service in Service:
            yield from _of_service(service, principals.service(service), topics, offices)
        for office in offices:
            yield from _of_office(office, principals.office(office), topics)
        for operation in FORBIDDEN:
            yield Right(EVERYBODY, operation, Kind.TOPIC, f"{topics.prefix}.", prefixed=True, denied=True)

    return tuple(each())


def needed(service: Service, topics: Topics, offices: Sequence[str]) -> Mapping[str, frozenset[str]]:
    """What a process has to be allowed to do: topic → operations."""
    found: dict[str, set[str]] = {}
    for right in _of_service(service, "", topics, offices):
        if right.kind == Kind.TOPIC:
            found.setdefault(right.name, set()).add(right.operation)
    return {topic: frozenset(operations | {"DESCRIBE"}) for topic, operations in found.items()}


def _of_service(service: Service, who: str, topics: Topics, offices: Sequence[str]) -> Iterator[Right]:
    actions, outcomes = [topics.actions(office) for office in offices], [topics.outcomes(office) for office in offices]
    match service:
        case Service.RELAY:
            yield from _on([topics.ledger, topics.keys], who, "READ", "WRITE", "DESCRIBE_CONFIGS")
            yield from _writing_as([topics.relay], who)
        case Service.INBOX:
            yield from _on([topics.ledger, *actions], who, "READ", "DESCRIBE_CONFIGS")
            yield from _on(outcomes, who, "READ", "WRITE", "DESCRIBE_CONFIGS")
            yield from _writing_as([topics.inbox(office) for office in offices], who)
        case Service.PROJECTOR | Service.TIMER:
            yield from _on([topics.ledger], who, "READ", "DESCRIBE_CONFIGS")
        case Service.CHECKPOINTS:
            yield from _on([topics.ledger], who, "READ", "DESCRIBE_CONFIGS")
            yield from _on([topics.checkpoints], who, "WRITE", "DESCRIBE_CONFIGS")
        case Service.API:  # says of every topic whether it is as it has to be
            yield from _on([topics.ledger], who, "READ", "DESCRIBE_CONFIGS")
            yield from _on([topics.keys, topics.checkpoints, *actions, *outcomes], who, "DESCRIBE", "DESCRIBE_CONFIGS")
        case Service.RESTORE:
            yield from _on([topics.ledger, topics.keys], who, "READ", "DESCRIBE_CONFIGS")


def _of_office(office: str, who: str, topics: Topics) -> Iterator[Right]:
    yield from _on([topics.actions(office)], who, "WRITE")
    yield from _on([topics.outcomes(office), topics.checkpoints], who, "READ")
    yield Right(who, "READ", Kind.GROUP, topics.own(office), prefixed=True)
    yield Right(who, "WRITE", Kind.TRANSACTIONAL_ID, topics.own(office), prefixed=True)


def _on(names: Sequence[str], who: str, *operations: str) -> Iterator[Right]:
    for name in names:
        for operation in operations:
            yield Right(who, operation, Kind.TOPIC, name)


def _writing_as(names: Sequence[str], who: str) -> Iterator[Right]:
    for name in names:
        yield Right(who, "WRITE", Kind.TRANSACTIONAL_ID, name)
