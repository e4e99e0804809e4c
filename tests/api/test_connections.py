"""What only a real connection shows: bodies that do not end, lines that come slowly, clients that are cut off."""

import json
import socket
from collections.abc import Iterator
from threading import Event
from time import sleep
from urllib.parse import urlsplit

import httpx2
import pytest

from api.acts.bodies import MOST_OF_ONE
from tests.api.knocking import DEVELOPER, Door, developer, named_id, submission
from tests.api.serving import served

ENROL = {
    "specversion": "1.0",
    "id": named_id("enrol"),
    "source": "urn:example",
    "type": "participant.enrol.v1",
    "marking": "UNCLASSIFIED",
    "data": {"participant": DEVELOPER, "name": "Acme", "kind": "developer"},
}
SUBMIT = ENROL | {"id": named_id("submit"), "type": "case.submit.v1", "data": submission()}
LINES = {"Content-Type": "application/x-ndjson"}


@pytest.fixture
def address(door: Door) -> Iterator[str]:
    with served(door.app) as address:
        yield address


def line(event: object) -> bytes:
    return json.dumps(event).encode() + b"\n"


def raw(address: str, *parts: bytes) -> socket.socket:
    """A connection on which the parts were sent, as they are."""
    at = urlsplit(address)
    assert at.hostname is not None
    connection = socket.create_connection((at.hostname, at.port or 80), timeout=5)
    for part in parts:
        connection.sendall(part)
    return connection


def head(address: str, media_type: str, **headers: str) -> bytes:
    said = developer() | {"Host": urlsplit(address).netloc, "Content-Type": media_type} | headers
    return b"".join([b"POST /v1/actions HTTP/1.1\r\n", *(f"{n}: {v}\r\n".encode() for n, v in said.items()), b"\r\n"])


def test_a_body_without_an_end_is_read_no_further_than_it_may_be_long(address: str) -> None:
    sent = 0

    def endless() -> Iterator[bytes]:
        nonlocal sent
        while sent < 1000 * MOST_OF_ONE:
            sent += 65536
            yield b" " * 65536

    headers = developer() | {"Content-Type": "application/cloudevents+json"}
    with httpx2.Client(base_url=address, timeout=5) as client:
        try:
            answer = client.post("/v1/actions", content=endless(), headers=headers)
            assert (answer.status_code, answer.json()["code"]) == (413, "body-too-large")
        except httpx2.WriteError:
            pass  # the server closed while this client was still writing
    assert sent < 50 * MOST_OF_ONE
    assert httpx2.get(f"{address}/livez").status_code == 200


def test_a_line_is_answered_while_the_next_one_is_still_to_come(door: Door, address: str) -> None:
    told = Event()

    def slowly() -> Iterator[bytes]:
        yield line(ENROL)
        assert told.wait(5), "no answer to the first line before the second was sent"
        yield line(SUBMIT)

    with (
        httpx2.Client(base_url=address, timeout=5) as client,
        raw(address, head(address, LINES["Content-Type"], **{"Transfer-Encoding": "chunked"})) as connection,
    ):
        first = line(ENROL)
        connection.sendall(b"%x\r\n%s\r\n" % (len(first), first))
        received = b""
        while b'"recorded"' not in received:
            received += connection.recv(65536)
        told.set()
        answer = client.post("/v1/actions", content=slowly(), headers=developer() | LINES)
    assert [json.loads(each)["outcome"] for each in answer.content.splitlines()] == ["repeated", "recorded"]


def test_a_connection_that_is_cut_in_the_middle_of_a_line_leaves_the_lines_before_it(door: Door, address: str) -> None:
    begin = door.recorder.head()
    whole = line(ENROL) + line(SUBMIT)
    cut = whole[: len(whole) - 20]
    with raw(address, head(address, LINES["Content-Type"], **{"Content-Length": str(len(whole))}), cut) as connection:
        received = b""
        while b'"recorded"' not in received:
            received += connection.recv(65536)
    sleep(0.2)
    assert door.recorder.head() == begin + 1
    again = httpx2.post(f"{address}/v1/actions", content=whole, headers=developer() | LINES)
    assert [json.loads(each)["outcome"] for each in again.content.splitlines()] == ["repeated", "recorded"]


def test_one_act_that_is_cut_off_does_not_act(door: Door, address: str) -> None:
    begin = door.recorder.head()
    body = json.dumps(ENROL).encode()
    length = {"Content-Length": str(len(body) + 1)}
    raw(address, head(address, "application/cloudevents+json", **length), body).close()
    sleep(0.2)
    assert door.recorder.head() == begin
    assert httpx2.get(f"{address}/livez").status_code == 200
