"""A client of server-sent events, as plain as the format."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import httpx2


@dataclass(frozen=True)
class Message:
    """One message, or, where `event` is None, a mere id."""

    id: int | None
    event: str | None
    data: Any


@contextmanager
def listening(address: str, by: dict[str, str], path: str = "/v1/stream", **query: Any) -> Iterator[Iterator[Message]]:
    """Messages as they come, comments left out; three seconds of nothing are a failure."""
    with (
        httpx2.Client(base_url=address, timeout=3) as client,
        client.stream("GET", path, params=query, headers=by) as answer,
    ):
        assert answer.status_code == 200, answer.read()
        assert answer.headers["content-type"].startswith("text/event-stream")
        yield messages(answer)


def messages(answer: httpx2.Response) -> Iterator[Message]:
    said: dict[str, str] = {}
    for line in answer.iter_lines():
        if line and not line.startswith(":"):
            name, _, value = line.partition(": ")
            said[name] = value
        elif not line and said:
            id = int(said["id"]) if "id" in said else None
            yield Message(id, said.get("event"), json.loads(said["data"]) if "data" in said else None)
            said = {}
