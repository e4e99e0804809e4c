"""Topics are made as they have to be; what differs later is found, and nothing that is kept is let go in passing."""

import json
import uuid
from contextlib import closing
from dataclasses import replace
from typing import Any

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.admin import ConfigResource, ConfigResourceType
from typer.testing import CliRunner

from api.cli import app
from consumers.settings import Settings
from consumers.topics.check import NotAsAgreed, TopicCheck
from consumers.topics.connection import Connection
from consumers.topics.drift import Drift, look
from consumers.topics.names import PARTITION, Topics
from consumers.topics.profile import loses, wanted
from consumers.topics.provision import Arrangement, CannotMend, WouldLose, apply, check
from consumers.topics.rights import Principals, Service
from consumers.topics.tail import LogMoved
from tests.services.kafka import Kafka

OFFICES = ("dod", "nsa")
DAY = str(24 * 3600 * 1000)


def arrangement(**more: Any) -> Arrangement:
    given: dict[str, Any] = {
        "topics": Topics(f"topics-{uuid.uuid4().hex[:8]}"),
        "offices": OFFICES,
        "profile": "single",
        "principals": Principals(),
    }
    return Arrangement(**(given | more))


@pytest.fixture
def connection(kafka: Kafka) -> Connection:
    return Connection(bootstrap=kafka.bootstrap)


def test_topics_are_made_once_as_they_have_to_be(connection: Connection) -> None:
    asked = arrangement()
    said: list[str] = []
    again: list[str] = []
    assert apply(connection, asked, lower=False, say=said.append) == []
    assert said[:-1] == [f"{topic.name}: made" for topic in asked.wanted]
    assert check(connection, asked) == []
    assert apply(connection, asked, lower=False, say=again.append) == []
    assert again == said[-1:] == ["rights: the brokers ask nobody for any, so everybody may do everything"]


def test_what_is_not_there_is_drift(connection: Connection) -> None:
    asked = arrangement()
    assert check(connection, asked) == [Drift(topic.name, "topic", "missing", "there") for topic in asked.wanted]


def test_retention_that_was_cut_behind_our_back_is_found_and_mended(connection: Connection) -> None:
    asked = arrangement()
    said: list[str] = []
    apply(connection, asked, lower=False, say=lambda _: None)
    alter(connection, asked.topics.ledger, {"retention.ms": DAY})
    assert check(connection, asked) == [Drift(asked.topics.ledger, "retention.ms", DAY, "-1")]
    assert apply(connection, asked, lower=False, say=said.append) == []
    assert f"{asked.topics.ledger}: retention.ms was {DAY}, is -1" in said


def test_what_would_let_go_of_what_is_kept_is_not_done_in_passing(connection: Connection) -> None:
    asked = arrangement()
    apply(connection, asked, lower=False, say=lambda _: None)
    alter(connection, asked.topics.actions("dod"), {"retention.ms": "-1"})
    alter(connection, asked.topics.ledger, {"retention.ms": DAY})
    with pytest.raises(WouldLose, match=r"actions\.dod\.v1: retention\.ms from -1 to 604800000"):
        apply(connection, asked, lower=False, say=lambda _: None)
    assert len(check(connection, asked)) == 2  # nor was anything else done
    assert apply(connection, asked, lower=True, say=lambda _: None) == []


def test_partitions_and_replicas_are_found_and_not_touched(connection: Connection, kafka: Kafka) -> None:
    asked = arrangement()
    kafka.make_topic(asked.topics.ledger, partitions=2, settings=asked.wanted[0].settings)
    with pytest.raises(CannotMend, match=r"has 2 partitions and has to have 1"):
        apply(connection, asked, lower=True, say=lambda _: None)
    one_broker = wanted(asked.topics, OFFICES, "single")
    three = [replace(topic, replicas=3) for topic in one_broker if topic.name == asked.topics.ledger]
    with closing(connection.admin()) as admin:
        found = look(admin, three)
    assert (found[asked.topics.ledger].partitions, found[asked.topics.ledger].replicas) == (2, 1)
    assert Drift(asked.topics.ledger, "replicas", "1", "3") in check(connection, replace(asked, profile="production"))


def test_a_record_that_does_not_begin_at_its_beginning_is_drift(connection: Connection) -> None:
    asked = arrangement()
    apply(connection, asked, lower=False, say=lambda _: None)
    fill(connection, asked.topics.ledger, 3)
    assert check(connection, asked) == []
    with closing(connection.admin()) as admin:
        admin.delete_records({TopicPartition(asked.topics.ledger, PARTITION): 2})
    assert [(drift.what, drift.found[:2]) for drift in check(connection, asked)] == [("first offset", "2:")]
    relay = TopicCheck(connection, service=Service.RELAY, topics=asked.topics, offices=OFFICES, profile=asked.profile)
    with pytest.raises(LogMoved, match=r"what stood before it is gone"):
        relay.refuse()


def test_production_needs_brokers_that_ask_for_rights(connection: Connection) -> None:
    found = check(connection, arrangement(profile="production"))
    assert Drift("rights", "authorizer", "none", "one that asks everybody for rights") in found


def test_outcomes_outlast_the_actions_that_they_are_of() -> None:
    topics = {topic.name: topic.settings for topic in wanted(Topics(), OFFICES, "production")}
    for office in OFFICES:
        acts, outcomes = topics[Topics().actions(office)], topics[Topics().outcomes(office)]
        assert int(acts["retention.ms"]) + int(acts["segment.ms"]) < int(outcomes["retention.ms"])


@pytest.mark.parametrize(
    ("setting", "found", "asked", "answer"),
    [
        ("retention.ms", "-1", "1000", True),
        ("retention.ms", "2000", "1000", True),
        ("retention.ms", "1000", "2000", False),
        ("retention.ms", "1000", "-1", False),
        ("min.insync.replicas", "2", "1", True),
        ("cleanup.policy", "delete", "compact", True),
        ("unclean.leader.election.enable", "true", "false", False),
        ("segment.ms", "2000", "1000", False),
    ],
)
def test_a_change_loses_something_or_does_not(setting: str, found: str, asked: str, answer: bool) -> None:  # noqa: FBT001 - a table's column
    assert loses(setting, found, asked) is answer


def test_a_process_that_has_to_do_with_a_topic_that_drifted_is_not_ready_and_does_not_start(
    connection: Connection,
) -> None:
    asked, now = arrangement(), [0.0]
    apply(connection, asked, lower=False, say=lambda _: None)
    alter(connection, asked.topics.actions("dod"), {"retention.ms": "-1"})
    relay, inbox = (
        TopicCheck(
            connection,
            service=service,
            topics=asked.topics,
            offices=OFFICES,
            profile="single",
            every_s=100.0,
            clock=lambda: now[0],
        )
        for service in (Service.RELAY, Service.INBOX)
    )
    relay.refuse()
    assert relay() is None
    with pytest.raises(NotAsAgreed, match=r"actions\.dod\.v1: retention\.ms is -1"):
        inbox.refuse()
    assert "retention.ms is -1" in str(inbox())

    alter(connection, asked.topics.ledger, {"retention.ms": DAY})
    assert relay() is None  # what was found holds for a while
    now[0] = 101.0
    relay()
    looked(relay)
    assert "retention.ms is 86400000, has to be -1" in str(relay())


def test_brokers_that_do_not_answer_make_a_process_unready_and_nobody_waits_for_them() -> None:
    nowhere = Connection(bootstrap="127.0.0.1:1", patience_ms=300)
    check = TopicCheck(nowhere, service=Service.API, topics=Topics(), offices=OFFICES, profile="single")
    assert check() == "not looked at yet"
    looked(check)
    assert check() == "Unreachable: the brokers did not answer"


def test_the_command_line_makes_checks_and_exits_as_it_says(connection: Connection, kafka: Kafka) -> None:
    topics = Topics(f"topics-{uuid.uuid4().hex[:8]}")
    environment = {"DOCKET_KAFKA": kafka.bootstrap, "DOCKET_TOPICS": topics.prefix, "DOCKET_OFFICES": "dod"}

    def docket(*words: str) -> tuple[int, dict[str, Any]]:
        done = CliRunner(env=environment).invoke(app, ["topics", *words, "--json"])
        return done.exit_code, json.loads(done.stdout)

    code, said = docket("check")
    assert (code, {drift["found"] for drift in said["drift"]}) == (1, {"missing"})
    code, said = docket("apply", "--office", "nsa", "--office", "dhs")
    assert (code, said["drift"]) == (0, [])
    assert docket("check", "--office", "nsa", "--office", "dhs")[0] == 0
    assert docket("check")[1]["drift"][0]["about"] == topics.actions("dod")
    alter(connection, topics.ledger, {"retention.ms": DAY})
    code, said = docket("check", "--office", "nsa")
    assert code == 1
    assert said["drift"] == [{"about": topics.ledger, "what": "retention.ms", "found": DAY, "wanted": "-1"}]


def test_the_command_line_says_what_is_missing_and_whom_it_could_not_reach() -> None:
    missing = CliRunner(env={"DOCKET_KAFKA": None}).invoke(app, ["topics", "check"])
    assert (missing.exit_code, missing.stderr) == (1, "docket: set DOCKET_KAFKA\n")


def test_the_offices_of_the_order_act_over_kafka_unless_others_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("DOCKET_OFFICES", raising=False)
    assert Settings().offices == ("dod", "commerce", "dhs", "treasury", "nsa")
    monkeypatch.setenv("DOCKET_OFFICES", "nsa, gao")
    assert Settings().offices == ("nsa", "gao")


@pytest.mark.parametrize("template", ["User:everybody", "{office}"])
def test_two_offices_are_never_one_principal(template: str) -> None:
    with pytest.raises(ValueError, match=r"has to begin with `User:` and to have \{office\} in it"):
        Principals(offices=template)


def alter(connection: Connection, topic: str, settings: dict[str, str]) -> None:
    with closing(connection.admin()) as admin:
        answer = admin.alter_configs([ConfigResource(ConfigResourceType.TOPIC, topic, settings)])
        assert answer["topic"][topic] == "OK"
        for name, value in settings.items():  # seen by whoever asks next
            while described(admin, topic)[name]["value"] != value:
                pass


def described(admin: KafkaAdminClient, topic: str) -> dict[str, Any]:
    said = admin.describe_configs([ConfigResource(ConfigResourceType.TOPIC, topic)], config_filter="all")
    return dict(said["topic"][topic])


def fill(connection: Connection, topic: str, records: int) -> None:
    with closing(connection.producer()) as producer:
        for _ in range(records):
            producer.send(topic, b"value", b"key").get(timeout=15)


def looked(check: TopicCheck) -> None:
    assert check._looking is not None
    check._looking.join(timeout=30)
