"""Several doors to one record: what is done through one is read and heard through the others, whichever is killed."""

import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from consumers.topics.tail import DIVERGED
from domain import wire
from domain.ledger.postgres import PostgresRecorder
from projections.transparency.proof import Proof
from tests.api.knocking import NSA, SECRETARIAT, developer, digest, named_id, submission
from tests.api.listening import listening
from tests.services.kafka import Kafka
from tests.services.postgres import Postgres
from tests.services.stack import Ended, Stack, stack

ENOUGH_S = 60


def until(there: Callable[[], bool], why: str) -> None:
    """Return when it is so."""
    end = time.monotonic() + ENOUGH_S
    while not there():
        assert time.monotonic() < end, why
        time.sleep(0.05)


def readiness(door: str) -> tuple[int, dict[str, str]]:
    answer = httpx2.get(f"{door}/readyz", timeout=30)
    return answer.status_code, answer.json()["wrong"]


def act(door: str, type: str, by: dict[str, str], data: dict[str, Any], id: str | None = None) -> httpx2.Response:
    body = {"id": id or str(uuid4()), "marking": "UNCLASSIFIED", "data": data}
    return httpx2.post(f"{door}/v1/actions/{type}", json=body, headers=by, timeout=30)


def enrolled(door: str) -> None:
    """There is a developer."""
    data = {"participant": named_id("developer"), "name": "Acme", "kind": "developer"}
    assert act(door, "participant.enrol.v1", developer(), data).status_code == 201


def submitted(door: str, model: str, id: str | None = None) -> dict[str, Any]:
    """The receipt of a model that somebody offers."""
    answer = act(door, "case.submit.v1", developer(), submission(manifest=digest(model), model=model), id)
    assert answer.status_code in {200, 201}, answer.text
    receipt: dict[str, Any] = answer.json()
    return receipt


def read(door: str, receipt: dict[str, Any], **headers: str) -> httpx2.Response:
    """The case of a receipt, as of it at least."""
    case = receipt["events"][0]["stream"].removeprefix("case-")
    return httpx2.get(
        f"{door}/v1/cases/{case}",
        params={"min_position": receipt["position"]},
        headers={**SECRETARIAT, "Prefer": "wait=20", **headers},
        timeout=30,
    )


@pytest.fixture
def several(kafka: Kafka, postgres: Postgres, tmp_path: Path) -> Iterator[Stack]:
    """Topics and an empty database, of which nothing runs yet."""
    dsn, prefix = postgres.new_database(), f"shared-{uuid4().hex[:8]}"
    with stack(bootstrap=kafka.bootstrap, postgres=dsn, prefix=prefix, folder=tmp_path / "stack") as made:
        yield made


def test_several_doors_are_the_doors_to_one_record(several: Stack, postgres: Postgres) -> None:
    """One story, because a stack takes seconds to start."""
    with ThreadPoolExecutor(2) as both:
        one, other = both.map(several.api, ["one", "other"])
    one_of_two_that_began_at_once_founded_the_ledger(several)
    status, wrong = readiness(one)
    assert (status, "case_status" in wrong) == (503, True), "nobody folds"
    several.consumer("relay")
    several.consumer("projector")
    several.consumer("checkpoints")
    until(lambda: readiness(one)[0] == readiness(other)[0] == 200, "they are not ready")
    until(lambda: httpx2.get(f"{one}/v1/audit/checkpoint", timeout=30).status_code == 200, "nothing is signed")
    enrolled(one)
    what_was_done_through_one_is_read_through_the_other(one, other)
    what_is_done_is_proved_to_whoever_waits_for_that(one, other)
    what_is_done_through_either_is_heard_through_the_other(one, other)
    both_decide_one_stream_at_once_and_each_act_is_recorded_once(one, other)
    kill_9_of_one_leaves_the_other_and_it_comes_back_with_everything(several, one, other)
    nobody_writes_to_a_store_that_has_less_than_was_published(several, other, postgres)


def one_of_two_that_began_at_once_founded_the_ledger(several: Stack) -> None:
    with closing(PostgresRecorder(several.postgres, verify=wire.verify)) as recorder:
        types = [type for _, type, _ in recorder.read(0, 10_000)]
    assert (types[0], types.count("ledger.opened.v1"), types.count("action.refused.v1")) == ("ledger.opened.v1", 1, 0)


def what_was_done_through_one_is_read_through_the_other(one: str, other: str) -> None:
    id = named_id("through one")
    receipt = submitted(one, "Read", id)
    seen = read(other, receipt)
    assert (seen.status_code, seen.json()["model"]) == (200, "Read"), seen.text
    again = submitted(other, "Read", id)
    assert again == receipt | {"repeated": True}


def what_is_done_is_proved_to_whoever_waits_for_that(one: str, other: str) -> None:
    id = named_id("proved")
    receipt = submitted(one, "Proved", id)
    data = submission(manifest=digest("Proved"), model="Proved")
    answer = act(other, "case.submit.v1?ack=proved", developer() | {"Prefer": "wait=20"}, data, id)
    assert answer.headers["docket-ack"] == "proved", answer.text
    proofs = [Proof.read(each["proof"].encode()) for each in answer.json()["proofs"]]
    assert [proof.index + 1 for proof in proofs] == [each["position"] for each in receipt["events"]]


def what_is_done_through_either_is_heard_through_the_other(one: str, other: str) -> None:
    for acting, hearing in ((one, other), (other, one)):
        with listening(hearing, NSA) as sent:
            receipt = submitted(acting, f"Heard {acting}")
            heard = [next(message for message in sent if message.id == receipt["position"]).id]
        assert heard == [receipt["position"]]


def both_decide_one_stream_at_once_and_each_act_is_recorded_once(one: str, other: str) -> None:
    receipt = submitted(one, "Contended")
    case = receipt["events"][0]["stream"].removeprefix("case-")
    ids = [str(uuid4()) for _ in range(10)]

    def convey(number: int) -> int:
        data = {"case_id": case, "concern_id": ids[number % 10], "concern": f"Concern {number % 10} (invented)."}
        return act((one, other)[number % 2], "case.convey-concern.v1", NSA, data, ids[number % 10]).status_code

    with ThreadPoolExecutor(8) as pool:
        statuses = list(pool.map(convey, range(20)))
    assert sorted(statuses) == [200] * 10 + [201] * 10


def kill_9_of_one_leaves_the_other_and_it_comes_back_with_everything(several: Stack, one: str, other: str) -> None:
    before = submitted(one, "Before")
    several.processes["one"].kill()
    during = submitted(other, "During")
    back = several.api("one again")
    assert [read(back, receipt).status_code for receipt in (before, during)] == [200, 200]
    assert submitted(back, "After")["position"] > during["position"]
    assert several.processes["one again"].stop() == 0


def nobody_writes_to_a_store_that_has_less_than_was_published(several: Stack, door: str, postgres: Postgres) -> None:
    published = httpx2.post(
        f"{door}/v1/actions/case.submit.v1",
        params={"ack": "published"},
        json={
            "id": str(uuid4()),
            "marking": "UNCLASSIFIED",
            "data": submission(manifest=digest("Published"), model="Published"),
        },
        headers={**developer(), "Prefer": "wait=20"},
        timeout=30,
    )
    assert published.headers["docket-ack"] == "published", published.text
    went_back = Stack(
        bootstrap=several.bootstrap, postgres=postgres.new_database(), prefix=several.prefix, folder=several.folder
    )
    writers = [went_back.consumer(kind, f"{kind} of less") for kind in ("inbox", "timer")]
    for writer in writers:
        assert writer.wait() == DIVERGED, writer.said()
        assert "docket restore --from-kafka" in writer.said()
    with pytest.raises(Ended, match=f"(?s)ended with {DIVERGED}.*docket restore --from-kafka"):
        went_back.api("api of less")


def test_a_door_under_which_the_store_goes_back_ends_and_says_so(several: Stack, postgres: Postgres) -> None:
    several.api("founds")
    assert several.processes["founds"].stop() == 0
    earlier = postgres.new_database(copy_of=several.postgres)
    door = several.api("goes back")
    enrolled(door)
    submitted(door, "Lost")
    postgres.exchange(several.postgres, by=earlier)
    assert several.processes["goes back"].wait() == 1
    assert "the record cannot go on" in several.processes["goes back"].said()
