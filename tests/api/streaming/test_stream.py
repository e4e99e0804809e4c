"""Streams bring each position once, in order, to whoever may know of it; and they end when they are told to."""

import asyncio
from collections.abc import Iterator
from threading import Lock
from time import monotonic, sleep
from typing import Any

import httpx2
import pytest

from api.streaming.fanout import Fanout, Mark, Stretch
from projections.case_status import CASE_STATUS
from tests.api.knocking import CASE, NSA, SECRETARIAT, Door, developer, digest, named_id, office, submission
from tests.api.listening import Message, listening
from tests.api.serving import served

PLAIN = office("treasury", clearance="clearance=UNCLASSIFIED")


@pytest.fixture
def address(door: Door) -> Iterator[str]:
    with served(door.app) as address:
        yield address


def until(sent: Iterator[Message], position: int) -> list[Message]:
    """Messages up to a position."""
    found = []
    for message in sent:
        found.append(message)
        if message.id is not None and message.id >= position:
            return found
    raise AssertionError(f"the stream ended before {position}")


def events(found: list[Message]) -> list[int | None]:
    return [message.id for message in found if message.event is not None]


def figure(door: Door, name: str) -> float:
    lines = door.client.get("/metrics").text.splitlines()
    return float(next(line for line in lines if line.startswith(f"{name} ")).split()[1])


def test_what_is_recorded_now_is_told_now_once_for_each_position(door: Door, address: str) -> None:
    door.enrolled()
    with listening(address, NSA) as sent:
        wait_for(lambda: figure(door, "docket_streams") == 1)
        receipt = door.act("case.submit.v1", developer(), submission()).json()
        found = until(sent, receipt["position"])
    assert events(found) == [entry["position"] for entry in receipt["events"]]
    first = next(message for message in found if message.event == "case.submitted.v1")
    assert first.data["event"]["data"]["summary"] == "An invented model."
    assert first.data["position"] == first.id


def test_whoever_comes_back_goes_on_behind_the_last_message(door: Door, address: str) -> None:
    door.submitted()
    head = door.recorder.head()
    with listening(address, NSA | {"Last-Event-ID": "0"}) as sent:
        begun = [next(sent) for _ in range(10)]
    assert begun[-1].id is not None
    with listening(address, NSA | {"Last-Event-ID": str(begun[-1].id)}) as sent:
        rest = until(sent, head)
    assert events([*begun, *rest]) == list(range(1, head + 1))
    with listening(address, NSA, after=head - 1) as sent:
        assert events(until(sent, head)) == [head]


def test_what_may_not_be_known_is_not_told_and_what_is_protected_is_withheld(door: Door, address: str) -> None:
    door.enrolled()
    begin = door.recorder.head()
    hidden = door.act("case.submit.v1", developer(), submission(digest("hidden")), marking="CUI").json()
    door.act("case.submit.v1", developer(), submission(), protected_marking="CUI")
    head = door.recorder.head()
    with listening(address, PLAIN, after=begin) as sent:
        plain = until(sent, head)
    assert not {entry["position"] for entry in hidden["events"]} & set(events(plain))
    (told,) = [message for message in plain if message.event == "case.submitted.v1"]
    assert "summary" in told.data["withheld"]
    assert "An invented model." not in str(plain)
    with listening(address, developer(named_id("other developer")), after=0) as sent:
        theirs = until(sent, head)
    assert [message.event for message in theirs if (message.event or "").startswith(("case.", "participant."))] == []
    with listening(address, NSA, after=begin) as sent:
        assert events(until(sent, head)) == list(range(begin + 1, head + 1))


def test_a_listener_gets_what_it_asked_for_and_still_learns_how_far_it_is(door: Door, address: str) -> None:
    door.submitted()
    accepted = door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}).json()["position"]
    refused = door.act("case.accept.v1", NSA, {"case_id": CASE}).json()["position"]
    for query, wanted in (
        ({"type": ["case.accepted.v1", "action.refused.v1"]}, [accepted, refused]),
        ({"office": "secretariat"}, [accepted]),
        ({"stream": f"case-{CASE}"}, [accepted - 2, accepted]),
        ({"stream": f"case-{CASE}", "office": "secretariat", "type": "case.accepted.v1"}, [accepted]),
    ):
        with listening(address, NSA, after=0, **query) as sent:
            found = until(sent, refused)
        assert events(found) == wanted, query
        assert found[-1].id == refused


def test_a_stream_that_cannot_be_is_refused_before_it_begins(door: Door, address: str) -> None:
    with httpx2.Client(base_url=address, timeout=3) as client:
        for headers, query, status, code in (
            ({}, {}, 401, "unauthenticated"),
            (office("atlantis"), {}, 403, "office-unknown"),
            (NSA, {"after": 10_000}, 409, "position-ahead"),
            (NSA | {"Last-Event-ID": "10000"}, {}, 409, "position-ahead"),
            (NSA | {"Last-Event-ID": "latest"}, {}, 400, "parameter-wrong"),
            (NSA, {"after": "-1"}, 400, "parameter-wrong"),
            (NSA, {"type": "case.licensed.v1"}, 400, "parameter-wrong"),
            (NSA, {"view": "nothing"}, 400, "parameter-wrong"),
        ):
            answer = client.get("/v1/stream", headers=headers, params=query)
            assert (answer.status_code, answer.json()["code"]) == (status, code), (headers, query)


def test_rows_of_a_view_are_told_as_they_change(door: Door, address: str) -> None:
    door.enrolled()
    with listening(address, NSA, view="case_status") as sent:
        wait_for(lambda: figure(door, "docket_streams") == 1)
        door.act("case.submit.v1", developer(), submission())
        told = next(message for message in sent if message.event)
        (row,) = told.data["rows"]
        assert (told.event, row["key"], row["case_id"]) == ("case_status", CASE, CASE)
        accepted = door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}).json()["position"]
        told = until(sent, accepted)[-1]
        assert len(told.data["rows"][0]["acceptances"]) == 1


def test_of_a_row_that_may_not_be_seen_not_even_the_key_is_told(door: Door, address: str) -> None:
    door.enrolled()
    begin = door.recorder.head()
    door.act("case.submit.v1", developer(), submission(), marking="CUI")
    head = door.recorder.head()
    door.docket.runner.wait(CASE_STATUS, head, 5)
    with listening(address, PLAIN, view="case_status", after=begin) as sent:
        found = until(sent, head)
    assert CASE not in str(found)
    with listening(address, NSA, view="case_status", after=begin) as sent:
        assert CASE in str(until(sent, head))


def test_after_a_rebuild_everything_is_read_again(door: Door, address: str) -> None:
    door.submitted()
    with listening(address, NSA, view="case_status") as sent:
        wait_for(lambda: figure(door, "docket_streams") == 1)
        door.docket.runner.rebuild(CASE_STATUS)
        told = next(message for message in sent if message.event)
    assert (told.event, told.data) == ("reset", {"view": "case_status"})


def test_a_client_that_leaves_leaves_nothing_behind(door: Door, address: str) -> None:
    for _ in range(5):
        with listening(address, NSA, after=0) as sent:
            next(sent)
            assert figure(door, "docket_streams") == 1
        wait_for(lambda: figure(door, "docket_streams") == 0)


def test_a_server_that_stops_ends_its_streams_at_once(door: Door) -> None:
    with served(door.app) as address, listening(address, NSA, after=0) as sent:
        next(sent)
        began = monotonic()
        door.app.state.end_streams()
        for _ in sent:
            pass
        assert monotonic() - began < 2


class Counter:
    """Moves when it is told to, and counts how often somebody loads and encodes."""

    def __init__(self, head: int) -> None:
        self.head, self.loaded, self.encoded, self.lock = head, 0, 0, Lock()

    def mark(self) -> Mark:
        return Mark(self.head)

    def wait(self, beyond: Mark, timeout: float) -> bool:
        sleep(min(timeout, 0.005))
        return self.mark() > beyond

    def load(self, after: Mark, upto: Mark) -> tuple[Mark, Mark]:
        with self.lock:
            self.loaded += 1
        return after, upto

    def encode(self, after: Mark, upto: Mark) -> Stretch:
        with self.lock:
            self.encoded += 1
        return Stretch(upto, b"%d-%d " % (after.position, upto.position))


async def reads_to(fanout: Fanout[tuple[Mark, Mark]], counter: Counter, key: str, after: int, head: int) -> bytes:
    body = b""
    await fanout.mark()
    async for stretch in fanout.stretches(key, Mark(after), lambda between: counter.encode(*between)):
        body += stretch.body
        if stretch.upto.position >= head:
            break
    return body


def test_what_many_read_is_loaded_once_and_what_they_see_alike_encoded_once() -> None:
    async def many() -> tuple[set[bytes], int, int]:
        counter = Counter(1000)
        fanout = Fanout(counter, counter.load, most=100)
        kinds = ("same", "another") * 25
        bodies = await asyncio.gather(*(reads_to(fanout, counter, kind, 0, 1000) for kind in kinds))
        other = await reads_to(fanout, counter, "other", 950, 1000)
        fanout.stop()
        await asyncio.to_thread(fanout.join)
        return {*bodies, other}, counter.loaded, counter.encoded

    bodies, loaded, encoded = asyncio.run(many())
    assert bodies == {b"".join(b"%d-%d " % (n, n + 100) for n in range(0, 1000, 100)), b"950-1000 "}
    assert (loaded, encoded) == (11, 21)


def test_one_that_leaves_takes_nothing_away_from_the_others_and_a_failure_is_not_kept() -> None:
    async def leaves() -> tuple[bytes, int]:
        counter = Counter(10)
        fanout = Fanout(counter, counter.load, most=100)
        slow = counter.encode

        def slowly(after: Mark, upto: Mark) -> Stretch:
            sleep(0.1)
            return slow(after, upto)

        counter.encode = slowly  # type: ignore[method-assign]
        leaving = asyncio.create_task(reads_to(fanout, counter, "same", 0, 10))
        staying = asyncio.create_task(reads_to(fanout, counter, "same", 0, 10))
        await asyncio.sleep(0.05)
        leaving.cancel()
        body = await staying

        def fails(after: Mark, upto: Mark) -> Stretch:
            raise OSError("no disk")

        counter.encode = fails  # type: ignore[method-assign]
        with pytest.raises(OSError, match="no disk"):
            await reads_to(fanout, counter, "failing", 0, 10)
        counter.encode = slow  # type: ignore[method-assign]
        again = await reads_to(fanout, counter, "failing", 0, 10)
        fanout.stop()
        await asyncio.to_thread(fanout.join)
        return body + again, counter.encoded

    assert asyncio.run(leaves()) == (b"0-10 0-10 ", 2)


def wait_for(holds: Any, seconds: float = 3) -> None:
    began = monotonic()
    while not holds():
        assert monotonic() - began < seconds, "it did not come"
        sleep(0.01)
