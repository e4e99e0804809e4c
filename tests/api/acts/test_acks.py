"""An answer says how far the act has come, and never more than is so."""

from collections.abc import Iterator
from threading import Event, Thread

import pytest
from fastapi.testclient import TestClient

from api.acts.receipts import published as level
from api.app import Services, build_app
from api.identity.development import DevelopmentHeader
from consumers.acts.named import names_of
from consumers.topics.published import Published
from tests.api.knocking import CASE, DEVELOPER, NSA, Docket, Hand, developer, named_id
from tests.consumers.ledger_topic import LedgerTopic
from tests.services.kafka import Kafka

ENROL = {"participant": DEVELOPER, "name": "Acme", "kind": "developer"}


@pytest.fixture
def topic(kafka: Kafka) -> LedgerTopic:
    return LedgerTopic(kafka)


@pytest.fixture
def client(docket: Docket, clock: Hand, topic: LedgerTopic) -> Iterator[TestClient]:
    """A door that knows what is on the ledger topic."""
    published, stop = Published(topic.connection, topic.topics.ledger), Event()
    following = Thread(target=published.run, args=(stop,))
    following.start()
    authenticator = DevelopmentHeader(bound_to="127.0.0.1", named=names_of(docket.ledger))
    app = build_app(
        Services(docket=docket, clock=clock, authenticator=authenticator, acks={"published": level(published)})
    )
    with TestClient(app, base_url="http://127.0.0.1:8040", client=("127.0.0.1", 50000)) as made:
        yield made
    stop.set()
    following.join()
    published.close()


def test_published_says_where_once_the_relay_was_there_and_stored_until_then(
    client: TestClient, docket: Docket, topic: LedgerTopic
) -> None:
    body = {"id": named_id("enrol"), "marking": "UNCLASSIFIED", "data": ENROL}
    path = "/v1/actions/participant.enrol.v1?ack=published"
    waiting = client.post(path, json=body, headers=developer() | {"Prefer": "wait=0"})
    assert (waiting.status_code, waiting.headers["docket-ack"]) == (201, "stored")
    assert "docket-published" not in waiting.headers

    relay = Thread(target=topic.publish, args=(docket.recorder.read(0, 1_000),))
    relay.start()
    again = client.post(path, json=body, headers=developer() | {"Prefer": "wait=20"})
    relay.join()
    assert again.json() == waiting.json() | {"repeated": True}
    assert again.headers["docket-ack"] == "published"
    name, partition, offset = again.headers["docket-published"].split("/")
    assert (name, partition) == (topic.topics.ledger, "0")
    assert int(offset) >= again.json()["position"] - 1

    plain = client.post(path.removesuffix("?ack=published"), json=body, headers=developer())
    assert plain.headers["docket-ack"] == "stored"
    assert "docket-published" not in plain.headers


def test_a_cloudevent_and_a_refusal_wait_too(client: TestClient, docket: Docket, topic: LedgerTopic) -> None:
    topic.publish(docket.recorder.read(0, 1_000))
    before = docket.recorder.head()
    event = {
        "specversion": "1.0",
        "id": named_id("refused"),
        "source": "urn:test",
        "type": "case.accept.v1",
        "marking": "UNCLASSIFIED",
        "data": {"case_id": CASE},
    }
    headers = NSA | {"content-type": "application/cloudevents+json", "Prefer": "wait=0"}
    refused = client.post("/v1/actions?ack=published", json=event, headers=headers)
    assert (refused.status_code, refused.headers["docket-ack"]) == (403, "stored")
    assert docket.recorder.head() == before + 1
    topic.publish(docket.recorder.read(before, 10))
    refused = client.post("/v1/actions?ack=published", json=event, headers=headers | {"Prefer": "wait=20"})
    assert refused.headers["docket-ack"] == "published"
    assert refused.headers["docket-published"].startswith(f"{topic.topics.ledger}/0/")
    unknown = client.post("/v1/actions?ack=proved", json=event, headers=headers)
    assert unknown.status_code == 400
    assert "stored, published" in unknown.json()["detail"]
