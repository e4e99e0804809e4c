"""A receiver of webhooks on this machine: it keeps what it was sent, and answers as it is told to."""

import json
import os
import ssl
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Condition, Thread
from time import monotonic
from typing import Any

from standardwebhooks.webhooks import Webhook

Answer = Callable[[BaseHTTPRequestHandler], None]


@dataclass(frozen=True)
class Sent:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def said(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.body)
        return found

    @property
    def position(self) -> int:
        return int(self.said["position"])

    def verified(self, secret: str) -> dict[str, Any]:
        """What it says, after the reference library has checked its signature."""
        found: dict[str, Any] = Webhook(secret).verify(self.body, self.headers)
        return found


def status(code: int, **headers: str) -> Answer:
    """Answers with a status and nothing more."""

    def answer(handler: BaseHTTPRequestHandler) -> None:
        handler.send_response(code)
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.send_header("Content-Length", "0")
        handler.end_headers()

    return answer


@dataclass
class Receiver:
    """What was sent, and how it is answered."""

    port: int = 0
    answer: Answer = field(default_factory=lambda: status(204))
    sent: list[Sent] = field(default_factory=list)
    came: Condition = field(default_factory=Condition)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook"

    @property
    def host(self) -> str:
        return f"127.0.0.1:{self.port}"

    @property
    def positions(self) -> list[int]:
        return [each.position for each in self.sent]

    def wait(self, there: Callable[[], bool], patience_s: float = 30.0) -> None:
        """Return once it is so. Raises AssertionError when it does not become so."""
        until = monotonic() + patience_s
        with self.came:
            while not there():
                assert monotonic() < until, [each.headers for each in self.sent]
                self.came.wait(0.05)


@contextmanager
def receiver(*, tls: ssl.SSLContext | None = None, kept: Path | None = None, port: int = 0) -> Iterator[Receiver]:
    """A receiver on a free port; `kept` is a file that gets a line for each request before it is answered."""
    receiving = Receiver()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            sent = Sent(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
            with receiving.came:
                receiving.sent.append(sent)
                receiving.came.notify_all()
            if kept is not None:
                with kept.open("a") as file:
                    file.write(json.dumps({"headers": sent.headers, "body": body.decode()}) + "\n")
                    file.flush()
                    os.fsync(file.fileno())
            receiving.answer(self)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", port), Handler)
    server.daemon_threads = True
    if tls is not None:
        server.socket = tls.wrap_socket(server.socket, server_side=True)
    receiving.port = server.server_address[1]
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield receiving
    finally:
        server.shutdown()
        server.server_close()


if __name__ == "__main__":
    with receiver(kept=Path(sys.argv[1]), port=int(sys.argv[2])) as alone:
        sys.stdout.write(f"{alone.port}\n")
        sys.stdout.flush()
        sys.stdin.read()
