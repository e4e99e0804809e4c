"""The rights that are granted are enough: every process does its work as its own principal, and no office does it."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from kafka import TopicPartition
from typer.testing import CliRunner

from api.cli import app
from consumers.topics.connection import Connection, discard
from consumers.topics.names import PARTITION, Topics
from consumers.topics.rights import Principals, Service
from tests.services.composed import DOOR, ONCE, OURS, composed
from tests.services.kafka_secured import SecuredKafka
from tests.services.postgres import Postgres


def test_a_whole_docket_works_with_the_rights_that_it_was_granted(
    secured_kafka: SecuredKafka, postgres: Postgres, tmp_path: Path
) -> None:
    CliRunner().invoke(app, ["secrets", str(tmp_path)])
    given = {"bootstrap": secured_kafka.address("SCRAM"), "dsn": postgres.new_database(), "folder": tmp_path}
    with composed(**given) as docket:
        principals = Principals(
            services=f"User:{docket.prefix}-{{service}}", offices=f"User:{docket.prefix}-{{office}}"
        )
        everywhere = {
            "DOCKET_SERVICE_PRINCIPALS": principals.services,
            "DOCKET_OFFICE_PRINCIPALS": principals.offices,
            "DOCKET_OFFICES": "nsa,dod",
        }
        own = {name: by_password(secured_kafka, principals.service(Service(name)), tmp_path) for name in OURS}
        docket.more = {name: everywhere | own[name] for name in OURS} | {
            ONCE: everywhere | {"DOCKET_KAFKA": secured_kafka.bootstrap}
        }
        docket.once()
        docket.start()
        docket.awaited(docket.ready)
        docket.awaited(docket.folded)

        topics = Topics(docket.prefix)
        office = connection(secured_kafka, principals.office("nsa"))
        ask(office, topics.actions("nsa"), {"specversion": "1.0", "type": "no.such-command.v1"})
        docket.awaited(outcomes_of(office, topics.outcomes("nsa")))
        assert docket.stop() == dict.fromkeys((DOOR, *OURS), 0), docket.said()


def by_password(kafka: SecuredKafka, principal: str, folder: Path) -> dict[str, str]:
    user = principal.removeprefix("User:")
    password = folder / f"{user}.password"
    password.write_text(kafka.add_user(user))
    return {
        "DOCKET_KAFKA": kafka.address("SCRAM"),
        "DOCKET_KAFKA_SECURITY": "SASL_PLAINTEXT",
        "DOCKET_KAFKA_USER": user,
        "DOCKET_KAFKA_PASSWORD_FILE": str(password),
    }


def connection(kafka: SecuredKafka, principal: str) -> Connection:
    user = principal.removeprefix("User:")
    security = {"security_protocol": "SASL_PLAINTEXT", "sasl_mechanism": "SCRAM-SHA-512", "sasl_plain_username": user}
    return Connection(
        bootstrap=kafka.address("SCRAM"), security={**security, "sasl_plain_password": kafka.add_user(user)}
    )


def ask(office: Connection, topic: str, event: dict[str, Any]) -> None:
    producer = office.producer()
    try:
        headers = [("content-type", b"application/cloudevents+json")]
        producer.send(topic, json.dumps(event).encode(), b"any", headers=headers).get(timeout=15)
    finally:
        discard(producer)


def outcomes_of(office: Connection, topic: str) -> Callable[[], bool]:
    """Whether the office got its one answer, and may read it."""
    partition = TopicPartition(topic, PARTITION)

    def answered() -> bool:
        reader = office.reader()
        try:
            reader.assign([partition])
            reader.seek(partition, 0)
            got = reader.poll(timeout_ms=1000).get(partition, ())
            return [json.loads(record.value)["data"]["outcome"] for record in got] == ["turned-away"]
        finally:
            reader.close()

    return answered
