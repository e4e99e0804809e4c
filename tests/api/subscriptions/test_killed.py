"""A door, a receiver or a database that is killed in the middle costs a message sent twice at most, and never one."""

import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path
from threading import Event, Thread
from uuid import uuid4

import httpx2
import structlog

from api.subscriptions.courier import Courier
from api.subscriptions.delivery import Deliveries
from api.subscriptions.kept import Kept
from api.subscriptions.signing import Safe
from api.tally import Tally
from consumers.apart.postgres import PostgresApart
from domain.ledger.sqlite import SQLiteRecorder
from projections.visible import Sight
from tests.api.knocking import NSA, Door, developer, digest, named_id, submission
from tests.api.subscriptions.conftest import Delivering, Opens
from tests.api.subscriptions.receiving import Receiver, Sent
from tests.services.postgres import Postgres, Server

ROOT = Path(__file__).parents[3]
MANY = 60
SUBMITTED = {"types": ["case.submitted.v1"]}


def until(there: Callable[[], bool], why: str, patience_s: float = 60.0) -> None:
    end = time.monotonic() + patience_s
    while not there():
        assert time.monotonic() < end, why
        time.sleep(0.02)


@contextmanager
def serving(folder: Path, hosts: str) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """`docket serve`, and where it answers."""
    said = folder / f"said-{uuid4()}"
    command = [sys.executable, "-m", "api", "serve", "--development", "--port", "0", "--data", str(folder / "data")]
    with said.open("wb") as out:
        process = subprocess.Popen(
            command, stdout=out, stderr=out, cwd=ROOT, env={**os.environ, "DOCKET_WEBHOOK_HOSTS": hosts}
        )
    try:
        found: list[str] = []

        def answers() -> bool:
            assert process.poll() is None, said.read_text()
            found.extend(re.findall(r"http://127\.0\.0\.1:[0-9]+", said.read_text()))
            with suppress(httpx2.HTTPError):
                return bool(found) and httpx2.get(f"{found[0]}/readyz", timeout=5).status_code == 200
            return False

        until(answers, "it does not answer")
        yield process, found[0]
    finally:
        process.kill()
        process.wait(30)


@contextmanager
def receiving(kept: Path, port: int) -> Iterator[subprocess.Popen[str]]:
    """A receiver in a process of its own, which writes down what it gets before it answers."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.api.subscriptions.receiving", str(kept), str(port)],
        stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT,
    )  # fmt: skip
    try:
        assert process.stdout is not None
        assert process.stdout.readline() == f"{port}\n"
        yield process
    finally:
        process.kill()
        process.wait(30)


def came(kept: Path) -> list[Sent]:
    """What was written down, but for a last line that was cut off."""
    lines = kept.read_text().split("\n")[:-1] if kept.exists() else []
    return [Sent("", found["headers"], found["body"].encode()) for found in map(json.loads, lines)]


def offer(door: str, number: int) -> None:
    data = submission(manifest=digest(f"{number}"), model=f"m-{number}")
    said = {"id": named_id("offer", number), "marking": "UNCLASSIFIED", "data": data}
    httpx2.post(f"{door}/v1/actions/case.submit.v1", json=said, headers=developer(), timeout=30).raise_for_status()


def enrolled(door: str) -> None:
    data = {"participant": named_id("developer"), "name": "Acme", "kind": "developer"}
    said = {"id": named_id("enrol"), "marking": "UNCLASSIFIED", "data": data}
    httpx2.post(
        f"{door}/v1/actions/participant.enrol.v1", json=said, headers=developer(), timeout=30
    ).raise_for_status()


def in_order(positions: list[int]) -> bool:
    """Whether each comes, once or twice, after all that were before it."""
    seen: list[int] = []
    for position in positions:
        if position not in seen:
            if seen and position < seen[-1]:
                return False
            seen.append(position)
    return True


def begun(door: str, host: str) -> tuple[dict[str, str], list[int]]:
    """A subscription that is paused, and the positions of what it has to be sent."""
    enrolled(door)
    asked = {"url": f"http://{host}/hook", **SUBMITTED}
    made: dict[str, str] = httpx2.post(f"{door}/v1/subscriptions", json=asked, headers=NSA, timeout=30).json()
    does(door, made, "pause")
    for number in range(MANY):
        offer(door, number)
    query: dict[str, str | int] = {"type": "case.submitted.v1", "limit": 1000, "min_position": 2 * MANY}
    found = httpx2.get(f"{door}/v1/audit/events", params=query, headers=NSA, timeout=30).json()["items"]
    return made, [each["position"] for each in found]


def does(door: str, made: dict[str, str], what: str) -> None:
    httpx2.post(f"{door}/v1/subscriptions/{made['id']}/{what}", headers=NSA, timeout=30).raise_for_status()


def test_killed_again_and_again_it_sends_everything_in_order(tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept, host, kills = tmp_path / "kept", f"127.0.0.1:{port}", 0

    def more_than(number: int) -> Callable[[], bool]:
        return lambda: len(came(kept)) > number

    with serving(tmp_path, host) as (_, door):
        made, expected = begun(door, host)
    with receiving(kept, port):
        for life in range(3):
            with serving(tmp_path, host) as (process, door):
                if life == 0:
                    does(door, made, "resume")
                until(more_than(min(len(came(kept)) + 2, MANY - 1)), "nothing comes")
                os.kill(process.pid, signal.SIGKILL)
                process.wait(30)
                kills += len(came(kept)) < MANY
        with serving(tmp_path, host):
            until(lambda: expected[-1] in {each.position for each in came(kept)}, "the last does not come")
    sent = came(kept)
    assert kills, "it was never killed in the middle"
    positions = [each.position for each in sent]
    assert sorted(set(positions)) == expected, "nothing is missing"
    assert in_order(positions)
    assert len(positions) <= len(expected) + 3, "what was not written down is sent again, and nothing else"
    assert {each.verified(made["secret"])["position"] for each in sent} == set(expected)


def test_a_receiver_that_is_killed_gets_what_it_did_not_take_once_it_is_back(opens: Opens, tmp_path: Path) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    kept = tmp_path / "kept"
    delivering = opens(f"127.0.0.1:{port}")
    delivering.door.enrolled()
    id = delivering.subscribe(NSA, f"http://127.0.0.1:{port}/", **SUBMITTED)["id"]
    with receiving(kept, port) as process:
        submitted(delivering.door, 5)
        until(lambda: len(came(kept)) >= 2, "nothing comes")
        process.send_signal(signal.SIGKILL)
    submitted(delivering.door, 5)
    until(lambda: delivering.of(NSA, id)["attempts"] == 1, "it was tried in vain")
    assert delivering.of(NSA, id)["last_outcome"] in {"not-reached", "broke-off"}
    with receiving(kept, port):
        delivering.door.clock.later(seconds=10)
        until(lambda: delivering.of(NSA, id)["delivered"] == 10, "it is tried again")
    expected = [at for at, type, _ in delivering.door.recorder.read(0, 1000) if type == "case.submitted.v1"]
    positions = [each.position for each in came(kept)]
    assert sorted(set(positions)) == expected
    assert in_order(positions)


def submitted(door: Door, many: int) -> None:
    for _ in range(many):
        manifest = digest(f"case {door.acts}")
        assert door.act("case.submit.v1", developer(), submission(manifest=manifest)).status_code == 201


class Couriers:
    """Several doors that deliver from one store in PostgreSQL, each as a thread."""

    def __init__(self, delivering: Delivering, recorder: SQLiteRecorder, dsn: str) -> None:
        self._of, self._recorder, self._dsn = delivering, recorder, dsn

    @contextmanager
    def one(self) -> Iterator[tuple[Courier, PostgresApart]]:
        with closing(PostgresApart(self._dsn)) as apart:
            deliveries = Deliveries(
                kept=Kept(apart),
                recorder=self._recorder,
                known=self._of.roster.again,
                sight_of=Sight.of,
                readings=self._of.door.docket.readings,
                places=self._of.places,
                tls=ssl.create_default_context(),
                safe=Safe(),
                clock=lambda: datetime.now(UTC),
                tally=Tally(structlog.get_logger()),
            )
            courier, stop = Courier(apart, deliveries), Event()
            thread = Thread(target=courier.run, args=(stop,))
            thread.start()
            try:
                yield courier, apart
            finally:
                stop.set()
                thread.join(30)
                assert not thread.is_alive()


def copied(delivering: Delivering, url: str, to: PostgresApart) -> str:
    """A subscription as the door makes it, in the store that several share."""
    id: str = delivering.subscribe(NSA, url, **SUBMITTED)["id"]
    of = Kept(delivering.door.docket.apart).one(id)
    assert of is not None
    Kept(to).add(of)
    delivering.stop()
    return id


def test_of_several_doors_one_delivers_and_when_it_loses_its_claim_another_goes_on(
    opens: Opens, to: Receiver, postgres: Postgres
) -> None:
    delivering = opens(to.host)
    door, dsn = delivering.door, postgres.new_database()
    door.enrolled()
    with ExitStack() as doors:
        couriers = Couriers(delivering, door.recorder, dsn)
        _, apart = doors.enter_context(couriers.one())
        id = copied(delivering, to.url, apart)
        for _ in range(2):
            doors.enter_context(couriers.one())
        for _ in range(5):
            submitted(door, 4)
            apart.ask(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
                " WHERE datname = current_database() AND application_name = 'docket claims'"
            )
        expected = [at for at, type, _ in door.recorder.read(0, 1000) if type == "case.submitted.v1"]
        until(lambda: (of := Kept(apart).one(id)) is not None and of.position >= expected[-1], "it goes on")
    assert sorted(set(to.positions)) == expected, "nothing is missing"
    assert in_order(to.positions) or len(to.positions) > len(expected)


def test_doors_that_nothing_happens_to_send_each_message_once(opens: Opens, to: Receiver, postgres: Postgres) -> None:
    delivering = opens(to.host)
    door, dsn = delivering.door, postgres.new_database()
    door.enrolled()
    with ExitStack() as doors:
        couriers = Couriers(delivering, door.recorder, dsn)
        _, apart = doors.enter_context(couriers.one())
        copied(delivering, to.url, apart)
        for _ in range(2):
            doors.enter_context(couriers.one())
        submitted(door, 20)
        expected = [at for at, type, _ in door.recorder.read(0, 1000) if type == "case.submitted.v1"]
        to.wait(lambda: len(to.sent) >= len(expected))
        time.sleep(1.5)
    assert to.positions == expected


def test_a_database_that_dies_is_waited_for_and_nothing_is_missing(
    opens: Opens, to: Receiver, own_server: Server
) -> None:
    delivering = opens(to.host)
    door, dsn = delivering.door, own_server.new_database()
    door.enrolled()
    with Couriers(delivering, door.recorder, dsn).one() as (courier, apart):
        id = copied(delivering, to.url, apart)
        submitted(door, 5)
        to.wait(lambda: len(to.sent) >= 2)
        own_server.kill()
        until(lambda: courier.wrong() is not None, "it says so")
        submitted(door, 5)
        own_server.start()
        expected = [at for at, type, _ in door.recorder.read(0, 1000) if type == "case.submitted.v1"]
        until(lambda: (of := Kept(apart).one(id)) is not None and of.position >= expected[-1], "it goes on")
        until(lambda: courier.wrong() is None, "it is well again")
    assert sorted(set(to.positions)) == expected
    assert in_order(to.positions)


def test_the_receiver_of_the_documentation_takes_what_is_genuine_and_nothing_else(opens: Opens, tmp_path: Path) -> None:
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / "docs" / "agency.md").read_text(), re.DOTALL)
    (block,) = (each for each in blocks if "webhook-signature" in each)
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    delivering = opens(f"127.0.0.1:{port}")
    delivering.door.enrolled()
    made = delivering.subscribe(NSA, url, **SUBMITTED)
    (tmp_path / "receiver.py").write_text(block)
    command = [sys.executable, str(tmp_path / "receiver.py"), str(port), made["secret"]]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True) as process:
        try:
            until(lambda: _listens(port), "it does not listen")
            assert httpx2.post(url, content=b"{}", headers={
                "webhook-id": "a", "webhook-timestamp": str(int(time.time())), "webhook-signature": "v1,AAAA"
            }).status_code == 401  # fmt: skip
            submitted(delivering.door, 2)
            assert process.stdout is not None
            printed = [json.loads(process.stdout.readline()) for _ in range(2)]
            assert [each["event"]["type"] for each in printed] == ["case.submitted.v1"] * 2
            until(lambda: delivering.of(NSA, made["id"])["delivered"] == 2, "it was taken")
        finally:
            process.kill()


def _listens(port: int) -> bool:
    with suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
        return True
    return False
