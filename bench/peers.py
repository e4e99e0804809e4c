"""What ours is held against over HTTP: the smallest FastAPI apps that do the same, or nothing.

python -m bench.peers inserts|nothing|streams FOLDER
"""

import asyncio
import sqlite3
import sys
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from typing import Annotated, Any

import orjson
from fastapi import FastAPI, Query, Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.sse import EventSourceResponse, ServerSentEvent

from api.server import address, bound, server

Insert = Callable[[str, bytes], int]
EVENTS = "events.ndjson"
"""In the folder of `streams`: [position, type, data] of each event, as ours sent it."""


def durable(path: Path) -> Insert:
    """One insert, on the disk when it returns: one connection behind one lock."""
    connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute("CREATE TABLE IF NOT EXISTS acts (position INTEGER PRIMARY KEY, type TEXT, body BLOB)")
    lock = Lock()

    def insert(type: str, body: bytes) -> int:
        with lock:
            return connection.execute("INSERT INTO acts (type, body) VALUES (?, ?)", (type, body)).lastrowid or 0

    return insert


def acting(insert: Insert) -> FastAPI:
    """One insert for each request, or for each of its lines."""
    app = FastAPI(openapi_url=None)

    @app.post("/v1/actions/{type}")
    def one(type: str, body: dict[str, Any]) -> dict[str, int]:
        return {"position": insert(type, orjson.dumps(body))}

    @app.post("/v1/actions")
    async def lines(request: Request) -> Response:
        body = await request.body()
        positions = await run_in_threadpool(lambda: [insert("", line) for line in body.splitlines()])
        told = (orjson.dumps({"outcome": "recorded", "position": position}) for position in positions)
        return Response(b"\n".join(told), media_type="application/x-ndjson")

    return app


def streaming(folder: Path) -> FastAPI:
    """What is there from the beginning, and each act as it comes, through FastAPI's own EventSourceResponse."""
    app, insert = FastAPI(openapi_url=None), durable(folder / "peer.db")
    kept: list[tuple[int, str, str]] = [orjson.loads(line) for line in (folder / EVENTS).read_bytes().splitlines()]
    listeners: set[asyncio.Queue[tuple[int, str, str]]] = set()

    objects = [(position, type, orjson.loads(data)) for position, type, data in kept]

    def message(position: int, type: str, data: str) -> ServerSentEvent:
        return ServerSentEvent(raw_data=data, event=type, id=str(position))

    @app.get("/v1/stream", response_class=EventSourceResponse)
    async def stream(
        *, after: int = -1, objects_wanted: Annotated[bool, Query(alias="objects")] = False
    ) -> AsyncIterator[ServerSentEvent]:
        queue: asyncio.Queue[tuple[int, str, str]] = asyncio.Queue()
        listeners.add(queue)
        yield ServerSentEvent(comment="from here")
        try:
            if objects_wanted:
                for position, type, value in objects:
                    yield ServerSentEvent(data=value, event=type, id=str(position))
            elif after >= 0:
                for event in kept:
                    yield message(*event)
            while True:
                yield message(*await queue.get())
        finally:
            listeners.discard(queue)

    @app.post("/v1/actions/{type}")
    async def one(type: str, body: dict[str, Any]) -> dict[str, int]:
        now = datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        data = orjson.dumps(body | {"time": now})
        position = await run_in_threadpool(insert, type, data)
        for queue in listeners:
            queue.put_nowait((position, type, data.decode()))
        return {"position": position}

    return app


def main() -> None:
    name, folder = sys.argv[1], Path(sys.argv[2])
    match name:
        case "inserts":
            app = acting(durable(folder / "peer.db"))
        case "nothing":
            app = acting(lambda _, __: 0)
        case _:
            app = streaming(folder)
    with bound("127.0.0.1", 0) as listening:
        sys.stderr.write(f"serving on {address(listening)}\n")
        sys.stderr.flush()
        server(app).run([listening])


if __name__ == "__main__":
    main()
