"""An office writes its own actions and nothing else, only the relay writes the record, nobody takes anything away."""

import time
import uuid
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import pytest
from kafka import KafkaProducer, TopicPartition
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
from kafka.errors import (
    ClusterAuthorizationFailedError,
    KafkaError,
    TopicAuthorizationFailedError,
    TransactionalIdAuthorizationFailedError,
)

from consumers.settings import Settings
from consumers.topics.check import NotAsAgreed, TopicCheck
from consumers.topics.connection import Connection, Unreachable, discard
from consumers.topics.names import PARTITION, Topics
from consumers.topics.provision import Arrangement, apply, check
from consumers.topics.rights import Principals, Service
from tests.services.kafka_secured import SecuredKafka

OFFICES = ("dod", "nsa")


@dataclass(frozen=True)
class Arranged:
    """A ledger's topics on the broker of the tests, with rights, and whoever has some."""

    kafka: SecuredKafka
    asked: Arrangement
    folder: Path

    @property
    def topics(self) -> Topics:
        return self.asked.topics

    def by_password(self, principal: str, **more: object) -> Connection:
        """As the environment would say it."""
        password = self.folder / f"{uuid.uuid4().hex}.password"
        password.write_text(self.kafka.add_user(principal.removeprefix("User:")) + "\n")
        settings: dict[str, Any] = {
            "kafka": self.kafka.address("SCRAM"),
            "kafka_security": "SASL_PLAINTEXT",
            "kafka_user": principal.removeprefix("User:"),
            "kafka_password_file": password,
            **more,
        }
        return patient(Settings(**settings).connection())

    def service(self, service: Service) -> Connection:
        return self.by_password(self.asked.principals.service(service))

    def office(self, office: str) -> Connection:
        return self.by_password(self.asked.principals.office(office))


def patient(connection: Connection) -> Connection:
    return replace(connection, patience_ms=10_000)


@pytest.fixture(scope="module")
def arranged(secured_kafka: SecuredKafka, tmp_path_factory: pytest.TempPathFactory) -> Arranged:
    prefix = f"rights-{uuid.uuid4().hex[:8]}"
    principals = Principals(services=f"User:{prefix}-{{service}}", offices=f"User:{prefix}-office-{{office}}")
    asked = Arrangement(topics=Topics(prefix), offices=OFFICES, profile="single", principals=principals)
    assert apply(secured_kafka.admin(), asked, lower=False, say=lambda _: None) == []
    return Arranged(secured_kafka, asked, tmp_path_factory.mktemp("secrets"))


def test_an_office_writes_its_own_actions_by_password(arranged: Arranged) -> None:
    assert sent(arranged.office("dod"), arranged.topics.actions("dod")) == 0


def test_an_office_writes_its_own_actions_by_password_over_tls(arranged: Arranged) -> None:
    over_tls = {"kafka": arranged.kafka.address("SCRAMTLS"), "kafka_security": "SASL_SSL"}
    principal = arranged.asked.principals.office("nsa")
    connection = arranged.by_password(principal, **over_tls, kafka_ca_file=arranged.kafka.ca)
    assert sent(connection, arranged.topics.actions("nsa")) is not None


def test_an_office_writes_its_own_actions_and_no_others_by_certificate(arranged: Arranged, tmp_path: Path) -> None:
    certificate, key = arranged.kafka.certificate(
        arranged.asked.principals.office("nsa").removeprefix("User:"), tmp_path
    )
    connection = patient(
        Settings(
            kafka=arranged.kafka.address("MTLS"),
            kafka_security="SSL",
            kafka_ca_file=arranged.kafka.ca,
            kafka_certificate_file=certificate,
            kafka_key_file=key,
        ).connection()
    )
    assert sent(connection, arranged.topics.actions("nsa")) is not None
    with pytest.raises(TopicAuthorizationFailedError):
        sent(connection, arranged.topics.actions("dod"))


@pytest.mark.parametrize("what", ["actions of another", "its own outcomes", "the record", "its keys"])
def test_an_office_writes_nothing_else(arranged: Arranged, what: str) -> None:
    topics = arranged.topics
    topic = {
        "actions of another": topics.actions("nsa"),
        "its own outcomes": topics.outcomes("dod"),
        "the record": topics.ledger,
        "its keys": topics.keys,
    }[what]
    with pytest.raises(TopicAuthorizationFailedError):
        sent(arranged.office("dod"), topic)


def test_an_office_takes_nobody_else_s_name_in_transactions(arranged: Arranged) -> None:
    for name in (arranged.topics.relay, arranged.topics.inbox("dod"), f"{arranged.topics.own('nsa')}batches"):
        producer = arranged.office("dod").transactions(name)
        with thrown_away(producer), pytest.raises(TransactionalIdAuthorizationFailedError):
            producer.init_transactions()
    own = arranged.office("dod").transactions(f"{arranged.topics.own('dod')}batches")
    with thrown_away(own):
        own.init_transactions()


def test_an_office_may_know_of_its_two_topics_and_of_checkpoints_alone(arranged: Arranged) -> None:
    with closing(arranged.office("dod").admin()) as admin:
        known = {name for name in admin.list_topics() if name.startswith(arranged.topics.prefix)}
    topics = arranged.topics
    assert known == {topics.actions("dod"), topics.outcomes("dod"), topics.checkpoints}


def test_nobody_deletes_records_or_topics_or_changes_settings(arranged: Arranged) -> None:
    topics = arranged.topics
    for who, topic in (
        (arranged.office("dod"), topics.actions("dod")),
        (arranged.service(Service.RELAY), topics.ledger),
        (arranged.service(Service.INBOX), topics.outcomes("dod")),
    ):
        with closing(who.admin()) as admin:
            with pytest.raises(TopicAuthorizationFailedError):
                admin.delete_records({TopicPartition(topic, PARTITION): 0})
            with pytest.raises(KafkaError):
                admin.delete_topics([topic])
            resource = ConfigResource(ConfigResourceType.TOPIC, topic, {"retention.ms": "1000"})
            answer = admin.alter_configs([resource], raise_on_unknown=False)
            assert "TopicAuthorizationFailed" in answer["topic"][topic]
    assert check(arranged.kafka.admin(), arranged.asked) == []


def test_the_relay_writes_the_record_and_its_keys_in_one_transaction(arranged: Arranged) -> None:
    producer = arranged.service(Service.RELAY).transactions(arranged.topics.relay)
    with thrown_away(producer):
        producer.init_transactions()
        producer.begin_transaction()
        futures = [producer.send(topic, b"value", b"key") for topic in (arranged.topics.ledger, arranged.topics.keys)]
        producer.flush(timeout=15)
        assert all(future.succeeded() for future in futures)
        producer.commit_transaction()


def test_the_inbox_writes_outcomes_and_not_the_record(arranged: Arranged) -> None:
    connection = arranged.service(Service.INBOX)
    producer = connection.transactions(arranged.topics.inbox("nsa"))
    with thrown_away(producer):
        producer.init_transactions()
        producer.begin_transaction()
        future = producer.send(arranged.topics.outcomes("nsa"), b"outcome", b"key")
        producer.flush(timeout=15)
        assert future.succeeded()
        producer.commit_transaction()
    with pytest.raises(TopicAuthorizationFailedError):
        sent(connection, arranged.topics.ledger)


@pytest.mark.parametrize("service", Service)
def test_every_process_has_the_rights_that_it_looks_for_at_its_start(arranged: Arranged, service: Service) -> None:
    checked(arranged, service, arranged.service(service)).refuse()


def test_a_process_without_its_rights_refuses_to_start_and_says_which(arranged: Arranged) -> None:
    with pytest.raises(NotAsAgreed, match=r"our right to WRITE is missing"):
        checked(arranged, Service.RELAY, arranged.service(Service.RESTORE)).refuse()


@pytest.mark.parametrize("who", ["super user", "relay"])
def test_in_production_no_process_may_be_able_to_take_anything_away(arranged: Arranged, who: str) -> None:
    connection = arranged.kafka.admin() if who == "super user" else arranged.service(Service.RELAY)
    check = TopicCheck(connection, service=Service.RELAY, topics=arranged.topics, offices=OFFICES, profile="production")
    could = {drift.what for drift in check.drift() if drift.wanted == "denied to everybody"}
    assert could == ({"our right to ALTER, ALTER_CONFIGS, DELETE"} if who == "super user" else set())


def test_a_wrong_password_says_what_to_look_at(arranged: Arranged) -> None:
    user = arranged.asked.principals.office("dod").removeprefix("User:")
    security = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": user}
    wrong = Connection(
        bootstrap=arranged.kafka.address("SCRAM"),
        security={**security, "sasl_plain_password": "not it"},
        patience_ms=1500,
    )
    with pytest.raises(Unreachable, match=r"user, password or certificate"):
        wrong.admin()


def test_a_right_that_nobody_should_have_is_found(arranged: Arranged) -> None:
    pattern = ResourcePattern(ResourceType.TOPIC, f"{arranged.topics.prefix}.led", ACLResourcePatternType.PREFIXED)
    surplus = ACL("User:somebody", "*", ACLOperation.WRITE, ACLPermissionType.ALLOW, pattern)
    with closing(arranged.kafka.admin().admin()) as admin:
        admin.create_acls([surplus])
        try:
            found = awaited(lambda: check(arranged.kafka.admin(), arranged.asked))
            assert [(drift.what, drift.found) for drift in found] == [
                (f"User:somebody may WRITE topic {arranged.topics.prefix}.led…", "granted")
            ]
        finally:
            admin.delete_acls([surplus])


def checked(arranged: Arranged, service: Service, connection: Connection) -> TopicCheck:
    return TopicCheck(connection, service=service, topics=arranged.topics, offices=OFFICES, profile="single")


def sent(connection: Connection, topic: str) -> int:
    """The offset of a record that was sent. Raises what the broker says."""
    producer = connection.producer()
    with thrown_away(producer):
        future = producer.send(topic, b"value", b"key")
        try:
            return int(future.get(timeout=15).offset)
        except ClusterAuthorizationFailedError as error:  # what a producer is told that may write nowhere
            raise TopicAuthorizationFailedError from error


@contextmanager
def thrown_away(producer: KafkaProducer) -> Iterator[None]:
    try:
        yield
    finally:
        discard(producer)


def awaited(ask):
    until = time.monotonic() + 10
    while not (found := ask()) and time.monotonic() < until:
        time.sleep(0.05)
    return found
