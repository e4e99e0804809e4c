"""Whatever dies under an inbox, each act takes effect once and each record is answered once."""

import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Event, Thread
from typing import Any

import pytest
from kafka import KafkaAdminClient, TopicPartition
from kafka.errors import KafkaError
from structlog import wrap_logger

from consumers.inbox.answers import Answer
from consumers.inbox.inbox import Inbox, Untold
from consumers.inbox.inboxes import Inboxes
from consumers.opening import now
from consumers.topics.profile import wanted
from consumers.topics.provision import apply_topics
from domain import wire
from domain.ledger.ledger import Ledger
from domain.ledger.receipt import Receipt
from domain.ledger.recorder import LedgerRecorder, WentBack
from tests.consumers.asking import Office, concern
from tests.consumers.sharing_a_ledger import ENOUGH_S, shared, until
from tests.projections.small_ledger import Small, small
from tests.services.kafka import Broker, Kafka
from tests.services.postgres import Postgres, Server

ROOT = Path(__file__).parents[2]
MANY = 500


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    made = small(tmp_path / "ledger.db")
    made.enrol()
    yield made
    made.recorder.close()


@pytest.fixture
def office(kafka: Kafka) -> Office:
    return Office(kafka)


def conveyed(recorder: LedgerRecorder) -> list[str]:
    """The commands whose concerns are in the ledger, in order."""
    rows = recorder.read(0, 10_000)
    return [wire.load(document).command_id for _, type, document in rows if type == "case.concern-conveyed.v1"]


def asked(case: str, many: int, first: int = 0) -> list[dict[str, Any]]:
    return [concern(case, number) for number in range(first, first + many)]


def offsets(office: Office) -> list[int]:
    return [each.data["offset"] for each in office.told()]


def until_it_ends(inbox: Inbox) -> None:
    while True:
        inbox.step()


def until_head(recorder: LedgerRecorder, position: int) -> None:
    until(lambda: recorder.head() >= position, f"position {position} is not reached")


def spawned(environment: Mapping[str, str]) -> subprocess.Popen[str]:
    """The process as it is run, which stops when told to, or when the test ends."""
    command = [sys.executable, "-m", "consumers", "inbox"]
    return subprocess.Popen(command, cwd=ROOT, env=os.environ | environment, stderr=subprocess.PIPE, text=True)


def test_kill_9_in_the_middle_of_many_acts_loses_none_and_does_none_twice(office: Office, postgres: Postgres) -> None:
    dsn = postgres.new_database()
    with KafkaAdminClient(bootstrap_servers=office.kafka.bootstrap) as admin:
        apply_topics(admin, wanted(office.topics, [office.code], "single"), lower=True, say=lambda _: None)
    environment = {
        "DOCKET_POSTGRES": dsn,
        "DOCKET_KAFKA": office.kafka.bootstrap,
        "DOCKET_TOPICS": office.topics.prefix,
        "DOCKET_OFFICES": office.code,
    }
    with shared(dsn) as ledger:
        events = asked(ledger.submit(), MANY)
        begin = ledger.recorder.head()
        office.ask(*events)
        for reached in (begin + MANY // 5, begin + 3 * MANY // 5):
            process = spawned(environment)
            until_head(ledger.recorder, reached)
            process.kill()
            process.communicate()
        assert ledger.recorder.head() < begin + MANY, "it was not in the middle"
        process = spawned(environment)
        until(lambda: len(conveyed(ledger.recorder)) == MANY, "not everything is recorded")
        until(lambda: offsets(office)[-1:] == [MANY - 1], "not everything is answered")
        process.terminate()
        _, said = process.communicate(timeout=ENOUGH_S)
        assert process.returncode == 0, said
        assert conveyed(ledger.recorder) == [event["id"] for event in events]
    told = office.told()
    assert [each.data["offset"] for each in told] == list(range(MANY))
    assert {each.outcome for each in told} <= {"recorded", "repeated"}
    receipts = {each.data["receipt"]["position"] for each in told}
    assert receipts == set(range(begin + 1, begin + MANY + 1))


class Dying(Inbox):
    """Dies when it has acted, before it says so."""

    def _tell(self, answers: list[Answer]) -> None:  # type: ignore[override]  # a list is what it is given
        raise KeyboardInterrupt


def test_acts_whose_outcomes_were_not_told_are_answered_by_their_first_receipts(ledger: Small, office: Office) -> None:
    case = ledger.submit()
    office.ask(*asked(case, 3))
    with pytest.raises(KeyboardInterrupt), office.answering(ledger.ledger, Dying) as dying:
        until_it_ends(dying)
    assert (len(conveyed(ledger.recorder)), office.told()) == (3, [])
    told = office.answered(ledger.ledger, concern(case, 3))
    assert [each.outcome for each in told] == ["repeated"] * 3 + ["recorded"]
    assert len(conveyed(ledger.recorder)) == 4


def test_a_second_inbox_fences_the_first_and_neither_acts_twice(ledger: Small, office: Office) -> None:
    case = ledger.submit()
    with office.answering(ledger.ledger) as first:
        office.ask(*asked(case, 2))
        office.catch_up(first)
        with office.answering(ledger.ledger) as second:
            office.ask(*asked(case, 2, first=2))
            with pytest.raises((KafkaError, Untold)):
                until_it_ends(first)  # it acts, and may not say so
            office.catch_up(second)
    assert [(each.data["offset"], each.outcome) for each in office.told()] == [
        (0, "recorded"),
        (1, "recorded"),
        (2, "repeated"),
        (3, "repeated"),
    ]
    assert len(conveyed(ledger.recorder)) == 4


def test_a_store_that_is_away_is_waited_for_at_the_same_record(office: Office, own_server: Server) -> None:
    with shared(own_server.new_database()) as ledger:
        case = ledger.submit()
        with office.answering(ledger.ledger) as inbox:
            office.ask(*asked(case, 2))
            office.catch_up(inbox)
            own_server.kill()
            office.ask(*asked(case, 3, first=2))
            until(lambda: inbox.step() == 0 and office.figure("ready") == 0, "the store answers although it is away")
            assert (inbox.position, offsets(office)) == (2, [0, 1])
            own_server.start()
            office.catch_up(inbox)
            assert office.figure("ready") == 1
        assert [each.outcome for each in office.told()] == ["recorded"] * 5
        assert len(conveyed(ledger.recorder)) == 5


class Sick(Ledger):
    """Raises what it is told to, for one command."""

    raises: BaseException
    at: str

    def act(self, act: Any, **more: Any) -> Receipt:
        if act.id == self.at:
            raise self.raises
        return super().act(act, **more)


def sick(ledger: Small, raises: BaseException, event: Mapping[str, Any]) -> Sick:
    made = Sick(ledger.recorder, clock=lambda: ledger.now)
    made.raises, made.at = raises, event["id"]
    return made


def test_a_store_that_went_back_ends_the_inbox_which_tells_nothing_more(ledger: Small, office: Office) -> None:
    events = asked(ledger.submit(), 2)
    office.ask(*events)
    with (
        office.answering(sick(ledger, WentBack("it went back"), events[1])) as inbox,
        pytest.raises(WentBack),
    ):
        until_it_ends(inbox)
    assert office.told() == []


def test_an_error_of_ours_is_told_of_its_record_and_stops_no_other(ledger: Small, office: Office) -> None:
    events = asked(ledger.submit(), 3)
    told = office.answered(sick(ledger, LookupError("Concern 1 (invented)."), events[1]), *events)
    assert [each.outcome for each in told] == ["recorded", "failed", "recorded"]
    assert (told[1].code, told[1].data["status"]) == ("internal", 500)
    (failed,) = [entry for entry in office.log.entries if entry["event"] == "failed"]
    assert failed["error"] == "LookupError"
    assert "invented" not in str(failed)
    again = office.answered(ledger.ledger, events[1])
    assert again[-1].outcome == "recorded", "sent again after the fix"


def deleted(office: Office, topic: str, before: int) -> None:
    """What retention does in time."""
    with KafkaAdminClient(bootstrap_servers=office.kafka.bootstrap) as admin:
        admin.delete_records({TopicPartition(topic, 0): before})


def test_where_the_last_outcome_has_expired_what_is_left_is_answered_again(ledger: Small, office: Office) -> None:
    case = ledger.submit()
    first = office.answered(ledger.ledger, *asked(case, 3))
    deleted(office, office.topics.outcomes(office.code), -1)
    told = office.answered(ledger.ledger, concern(case, 3))
    assert [each.outcome for each in told] == ["repeated"] * 3 + ["recorded"]
    assert [each.data["receipt"]["events"] for each in told[:3]] == [each.data["receipt"]["events"] for each in first]
    assert [each.event["id"] for each in told[:3]] == [each.event["id"] for each in first]


def test_actions_that_expired_unanswered_are_an_alarm(ledger: Small, office: Office) -> None:
    case = ledger.submit()
    office.answered(ledger.ledger, *asked(case, 2))
    office.ask(*asked(case, 4, first=2))
    deleted(office, office.actions.topic, 5)
    told = office.answered(ledger.ledger)
    assert [each.data["offset"] for each in told] == [0, 1, 5]
    assert office.figure("unread_total") == 3
    assert [entry["answered"] for entry in office.log.entries if entry["event"] == "actions expired unanswered"] == [2]


def test_a_broker_that_is_killed_leaves_each_record_answered_once(tmp_path: Path, own_broker: Broker) -> None:
    ledger = small(tmp_path / "ledger.db")
    ledger.enrol()
    case, office = ledger.submit(), Office(own_broker)
    told = Event()
    with office.answering(ledger.ledger) as inbox:
        office.ask(*asked(case, 50))

        def answer() -> None:
            try:
                while not told.is_set():
                    inbox.step()
            except (KafkaError, Untold):
                pass

        answering = Thread(target=answer)
        answering.start()
        until(lambda: len(conveyed(ledger.recorder)) > 10, "nothing is recorded")
        own_broker.kill()
        own_broker.start()
        told.set()
        answering.join(ENOUGH_S)
        assert not answering.is_alive()
    answered = office.answered(ledger.ledger, *asked(case, 10, first=50))
    assert [each.data["offset"] for each in answered] == list(range(60))
    assert len(conveyed(ledger.recorder)) == 60
    ledger.recorder.close()


def test_an_inbox_that_is_fenced_ends_those_of_all_offices(ledger: Small, kafka: Kafka) -> None:
    case = ledger.submit()
    dhs = Office(kafka)
    commerce = Office(kafka, code="commerce", topics=dhs.topics)
    inboxes = Inboxes(
        ledger=ledger.ledger,
        connection=dhs.connection,
        topics=dhs.topics,
        clock=now,
        tally=dhs.tally,
        log=wrap_logger(None, processors=[dhs.log]),
    )
    ended: list[BaseException] = []

    def run() -> None:
        try:
            inboxes.run(["commerce", "dhs"], Event())
        except BaseException as error:  # noqa: BLE001 - handed to the test
            ended.append(error)

    running = Thread(target=run)
    running.start()
    commerce.ask(concern(case, 1))
    dhs.ask(concern(case, 2))
    until(lambda: [len(commerce.told()), len(dhs.told())] == [1, 1], "they are not answered")
    with dhs.answering(ledger.ledger):
        dhs.ask(concern(case, 3))
        running.join(ENOUGH_S)
    assert not running.is_alive()
    assert [type(error) for error in ended if not isinstance(error, (KafkaError, Untold))] == []
    assert len(ended) == 1
