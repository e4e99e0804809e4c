"""What an issuer serves is fetched without following it elsewhere, and neither its length nor its slowness holds us."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any

import pytest

from api.identity import fetching
from api.identity.fetching import LONGEST, NotFetched, fetched

Answers = Callable[[BaseHTTPRequestHandler], None]


@contextmanager
def answering(answer: Answers) -> Iterator[tuple[str, list[str]]]:
    """An address at which everything is answered so, and the paths that were asked for."""
    asked: list[str] = []

    class Serves(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            asked.append(self.path)
            answer(self)

        def do_POST(self) -> None:
            self.do_GET()

        def log_message(self, format: str, *args: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Serves)
    server.daemon_threads = True
    thread = Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", asked
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def test_nobody_is_led_elsewhere() -> None:
    def away(request: BaseHTTPRequestHandler) -> None:
        request.send_response(307)
        request.send_header("Location", "/elsewhere")
        request.end_headers()

    with answering(away) as (address, asked):
        assert fetched(address)[0] == 307
        assert fetched(address, form={"a": "b"})[0] == 307
        assert asked == ["/", "/"]


def test_an_answer_without_end_is_given_up() -> None:
    def long(request: BaseHTTPRequestHandler) -> None:
        assert request.headers["Accept-Encoding"] == "identity"
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b" " * 65536)
        except OSError:
            return

    with answering(long) as (address, _), pytest.raises(NotFetched, match=str(LONGEST)):
        fetched(address)


def test_an_answer_that_trickles_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "LONGEST_S", 0.2)

    def slow(request: BaseHTTPRequestHandler) -> None:
        request.send_response(200)
        request.end_headers()
        try:
            while True:
                request.wfile.write(b" ")
                request.wfile.flush()
                time.sleep(0.05)
        except OSError:
            return

    with answering(slow) as (address, _), pytest.raises(NotFetched, match="takes longer"):
        fetched(address)


def test_nobody_there_is_no_answer() -> None:
    with pytest.raises(NotFetched, match="ConnectError"):
        fetched("http://127.0.0.1:9/")
