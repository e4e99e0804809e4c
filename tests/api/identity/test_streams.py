"""A stream lasts as long as whoever listens is known, with the rights that they had when it began."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx2
import pytest

from tests.api.identity.conftest import Write
from tests.api.identity.issuing import ISSUER, Issuer
from tests.api.identity.test_tokens import Knows
from tests.api.serving import served


@pytest.fixture(autouse=True)
def often(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.streaming.stream.KNOWN_S", 0.05)
    monkeypatch.setattr("api.identity.tokens.LEEWAY_S", 0)


@contextmanager
def listening(knows: Knows, *tokens: str) -> Iterator[tuple[httpx2.Client, list[Iterator[bytes]]]]:
    """Streams from the beginning of the record, each of whose first message is there."""
    with served(knows().app) as address, httpx2.Client(base_url=address, timeout=3) as client:  # type: ignore[arg-type]
        opened, streams = [], []
        for token in tokens:
            headers = {"Authorization": f"Bearer {token}", "Last-Event-ID": "0"}
            answer = client.send(client.build_request("GET", "/v1/stream", headers=headers), stream=True)
            assert answer.status_code == 200
            opened.append(answer)
            heard, stream = b"", answer.iter_bytes()
            while b"ledger.opened.v1" not in heard:
                heard += next(stream)
            streams.append(stream)
        yield client, streams
        for answer in opened:
            answer.close()


def ends(stream: Iterator[bytes]) -> None:
    """It ends whole: no client takes it for a broken connection. Raises ReadTimeout where it does not."""
    for _ in stream:
        pass


def test_it_ends_for_whoever_is_taken_off_the_roster_and_for_nobody_else(
    issuer: Issuer, knows: Knows, write: Write, listed: dict[str, Any]
) -> None:
    with listening(knows, issuer.token(), issuer.token("gao-audit")) as (client, (off, on)):
        time.sleep(0.3)
        began = time.monotonic()
        write(members=listed["members"][1:])
        ends(off)
        assert time.monotonic() - began < 5
        assert "docket_streams 1.0" in client.get("/metrics").text
        write(members=[])
        ends(on)


def test_it_ends_when_less_or_more_may_be_seen(
    issuer: Issuer, knows: Knows, write: Write, listed: dict[str, Any]
) -> None:
    with listening(knows, issuer.token()) as (_, (stream,)):
        lowered = {**listed["members"][0], "clearance": "UNCLASSIFIED", "cards": []}
        write(members=[lowered])
        ends(stream)


def test_it_ends_when_a_need_to_know_is_taken_away(
    issuer: Issuer, knows: Knows, write: Write, listed: dict[str, Any]
) -> None:
    first = {**listed["members"][0], "cards": []}
    write(members=[{**first, "needs": ["case", "tasking"]}])
    with listening(knows, issuer.token()) as (_, (stream,)):
        write(members=[{**first, "needs": ["tasking"]}])
        ends(stream)


def test_it_ends_when_the_token_has_expired(issuer: Issuer, knows: Knows) -> None:
    with listening(knows, issuer.token(exp=int(time.time()) + 2)) as (_, (stream,)):
        ends(stream)


def test_it_ends_while_nobody_can_be_known(issuer: Issuer, knows: Knows, write: Write) -> None:
    with listening(knows, issuer.token()) as (_, (stream,)):
        write("{")
        ends(stream)


def test_it_goes_on_while_nothing_changes(issuer: Issuer, knows: Knows, write: Write, listed: dict[str, Any]) -> None:
    with listening(knows, issuer.token()) as (_, (stream,)):
        more = {"acts_for": "office/dhs", "subjects": [{"issuer": ISSUER, "subject": "new"}]}
        write(members=[*listed["members"], more])
        with pytest.raises(httpx2.ReadTimeout):
            ends(stream)
