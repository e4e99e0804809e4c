"""A receiver can be slow, wrong or hostile: Docket waits so long, reads so much, and goes nowhere else."""

import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from threading import Event, Thread, Timer
from time import sleep

import pytest

from api.subscriptions.places import Places
from api.subscriptions.sending import MOST_READ, Outcome, Sender, Stopped
from tests.api.subscriptions.receiving import Receiver, receiver, status
from tests.services.certificates import Authority

PLAIN = ssl.create_default_context()


def send(to: Receiver, *, timeout_s: float = 10.0, url: str | None = None, **more: object) -> Outcome:
    with Sender(Places([to.host]), PLAIN, Event(), timeout_s=timeout_s) as sender:
        return sender.send(url or to.url, {"X-Name": "value"}, b'{"a":1}')


def test_what_is_sent_arrives_as_it_is() -> None:
    with receiver() as to:
        assert send(to, url=f"{to.url}?a=b") == Outcome(said="accepted", taken=True)
    (sent,) = to.sent
    assert (sent.path, sent.body) == ("/hook?a=b", b'{"a":1}')
    assert (sent.headers["x-name"], sent.headers["host"]) == ("value", to.host)


@pytest.mark.parametrize("code", [200, 201, 202, 204, 299])
def test_every_status_that_says_success_takes_it(code: int) -> None:
    with receiver() as to:
        to.answer = status(code)
        assert send(to).taken


@pytest.mark.parametrize("code", [300, 400, 401, 403, 404, 409, 418, 422, 429, 500, 502, 503, 504])
def test_every_other_status_does_not(code: int) -> None:
    with receiver() as to:
        to.answer = status(code)
        assert send(to) == Outcome(said=f"status-{code}")


def test_410_says_that_nothing_more_is_wanted() -> None:
    with receiver() as to:
        to.answer = status(410)
        assert send(to) == Outcome(said="status-410", gone=True)


def test_retry_after_is_heard_in_seconds_where_it_means_something() -> None:
    with receiver() as to:
        for code, said, seconds in ((429, "120", 120), (503, "7", 7), (500, "7", None), (429, "soon", None)):
            to.answer = status(code, Retry_After=said)
            asked_for = send(to).asked_for
            assert (None if asked_for is None else asked_for.total_seconds()) == seconds, (code, said)


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
def test_no_redirect_is_followed(code: int) -> None:
    with receiver() as to, receiver() as elsewhere:
        to.answer = status(code, Location=elsewhere.url)
        with Sender(Places([to.host, elsewhere.host]), PLAIN, Event()) as sender:
            assert sender.send(to.url, {}, b"{}") == Outcome(said=f"status-{code}")
        assert not elsewhere.sent
        assert len(to.sent) == 1


def test_a_proxy_of_the_environment_is_not_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    with receiver() as to, receiver() as proxy:
        for name in ("http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://{proxy.host}")
        assert send(to).taken
        assert not proxy.sent


def test_whoever_is_not_listed_any_more_gets_nothing() -> None:
    with receiver() as to, Sender(Places(), PLAIN, Event()) as sender:
        assert sender.send(to.url, {}, b"{}") == Outcome(said="not-listed", elsewhere=True)
        assert not to.sent


def test_a_name_is_looked_up_once_and_connected_to_where_it_led_then() -> None:
    with receiver() as to:
        asked: list[str] = []

        def rebinding(host: str, port: int) -> list[str]:
            asked.append(host)
            return ["127.0.0.1"] if len(asked) == 1 else ["127.0.0.2"]

        with Sender(Places([f"localhost:{to.port}"], (), rebinding), PLAIN, Event()) as sender:
            assert sender.send(f"http://localhost:{to.port}/hook", {}, b"{}").taken
        assert asked == ["localhost"]
        assert to.sent[0].headers["host"] == f"localhost:{to.port}"


def test_a_name_that_leads_inside_is_not_connected_to() -> None:
    with receiver() as to:
        places = Places([f"hooks.example.gov:{to.port}"], (), lambda *_: ["127.0.0.1"])
        with Sender(places, PLAIN, Event()) as sender:
            assert sender.send(f"https://hooks.example.gov:{to.port}/", {}, b"{}") == Outcome(
                said="address-not-allowed"
            )
        assert not to.sent


def test_of_several_addresses_the_first_that_answers_is_taken() -> None:
    with receiver() as to:
        places = Places([f"localhost:{to.port}"], (), lambda *_: ["127.0.0.9", "127.0.0.1"])
        with Sender(places, PLAIN, Event()) as sender:
            assert sender.send(f"http://localhost:{to.port}/hook", {}, b"{}").taken


def test_nobody_there_and_a_name_that_nobody_knows_are_not_reached() -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        host = f"127.0.0.1:{free.getsockname()[1]}"
    with Sender(Places([host]), PLAIN, Event()) as sender:
        assert sender.send(f"http://{host}/", {}, b"{}") == Outcome(said="not-reached")

    def unknown(*_: object) -> list[str]:
        raise socket.gaierror("unknown")

    with Sender(Places(["hooks.example.gov:443"], (), unknown), PLAIN, Event()) as sender:
        assert sender.send("https://hooks.example.gov/", {}, b"{}") == Outcome(said="not-reached")


@contextmanager
def talking(*said: bytes, pause_s: float = 0.0, then_silent: bool = False) -> Iterator[Receiver]:
    """A server that says bytes, whatever it is asked."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        over = Event()

        def talk() -> None:
            while not over.is_set():
                try:
                    connection, _ = listening.accept()
                except OSError:
                    return
                with connection:
                    connection.recv(65536)
                    try:
                        for each in said:
                            connection.sendall(each)
                            sleep(pause_s)
                        if then_silent:
                            over.wait(30)
                    except OSError:
                        continue

        thread = Thread(target=talk, daemon=True)
        thread.start()
        try:
            yield Receiver(port=listening.getsockname()[1])
        finally:
            over.set()
            listening.shutdown(socket.SHUT_RDWR)
            thread.join(10)


def test_silence_ends_when_the_time_for_all_of_it_is_over() -> None:
    with talking(then_silent=True) as to:
        assert send(to, timeout_s=1.0) == Outcome(said="timed-out")


def test_a_drop_now_and_then_does_not_keep_it_longer() -> None:
    with talking(*[b"HTTP/1.1 200 OK\r\n", *[b"X-Drop: 1\r\n"] * 1000], pause_s=0.1) as to:
        assert send(to, timeout_s=1.0) == Outcome(said="timed-out")


def test_an_answer_is_read_so_far_and_no_further() -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Length: 999999999\r\n\r\n"
    with talking(endless, *[b"x" * MOST_READ] * 3, then_silent=True) as to:
        assert send(to).taken, "what it decided stands in its status"


def test_headers_without_end_are_no_answer() -> None:
    with talking(b"HTTP/1.1 200 OK\r\n", *[b"X-More: " + b"y" * 8192 + b"\r\n"] * 50) as to:
        assert send(to) == Outcome(said="broke-off")


@pytest.mark.parametrize("said", [b"", b"nonsense\r\n\r\n", b"HTTP/1.1 200 OK\r\nContent-Le"])
def test_what_is_no_answer_is_one_that_broke_off(said: bytes) -> None:
    with talking(said) as to:
        assert send(to) == Outcome(said="broke-off")


def test_whoever_stops_is_not_kept_by_a_receiver() -> None:
    stop = Event()
    with talking(then_silent=True) as to, Sender(Places([to.host]), PLAIN, stop, timeout_s=120.0) as sender:
        Timer(0.3, stop.set).start()
        with pytest.raises(Stopped):
            sender.send(to.url, {}, b"{}")


@pytest.fixture
def certified(tmp_path: Path) -> tuple[ssl.SSLContext, Path]:
    """A server's TLS, and the file of whom to believe."""
    authority = Authority.new()
    authority.write(tmp_path)
    key, certificate = authority.issue("receiver")
    (tmp_path / "server.pem").write_text(key + certificate)
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(tmp_path / "server.pem")
    return tls, tmp_path / "ca.pem"


def test_over_tls_the_certificate_has_to_be_of_the_name_and_of_somebody_who_is_believed(
    certified: tuple[ssl.SSLContext, Path],
) -> None:
    tls, ca = certified
    believing = ssl.create_default_context(cafile=str(ca))
    with receiver(tls=tls) as to:

        def outcome(host: str, believed: ssl.SSLContext, networks: tuple[str, ...] = ()) -> Outcome:
            places = Places([f"{host}:{to.port}"], networks, lambda *_: ["127.0.0.1"])
            with Sender(places, believed, Event()) as sender:
                return sender.send(f"https://{host}:{to.port}/hook", {}, b"{}")

        assert outcome("localhost", believing).taken
        assert outcome("localhost", PLAIN) == Outcome(said="tls-failed")
        assert outcome("hooks.example.gov", believing, ("127.0.0.0/8",)) == Outcome(said="tls-failed")
        assert len(to.sent) == 1, "nothing was said to whoever is not who it says"


def test_each_message_has_a_connection_of_its_own() -> None:
    with receiver() as to, Sender(Places([to.host]), PLAIN, Event()) as sender:
        ports = set()

        def noting(handler: BaseHTTPRequestHandler) -> None:
            ports.add(handler.client_address[1])
            status(204)(handler)

        to.answer = noting
        assert all(sender.send(to.url, {}, b"{}").taken for _ in range(20))
        assert len(ports) == 20
        assert {each.headers["connection"] for each in to.sent} == {"close"}
