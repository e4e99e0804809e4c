"""Who asks too much is told when to ask again, and takes nothing from anybody else."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from time import monotonic, sleep
from types import SimpleNamespace
from typing import Any

import httpx2
import orjson
import pytest
from anyio import create_task_group, run, wait_all_tasks_blocked
from fastapi import FastAPI
from fastapi.testclient import TestClient
from starlette.requests import Request

from api.app import Services, build_app
from api.cli.patience import patiently
from api.identity.development import DevelopmentHeader
from api.problems import Problem
from api.quotas import Quotas
from api.quotas.metered import Metered
from consumers.acts.named import names_of
from tests.api.knocking import NSA, SECRETARIAT, Docket, Hand, named_id
from tests.api.serving import served

Made = Callable[..., FastAPI]


@pytest.fixture
def made(docket: Docket) -> Made:
    def made(quotas: Quotas) -> FastAPI:
        authenticator = DevelopmentHeader(bound_to="127.0.0.1", named=names_of(docket.ledger))
        return build_app(Services(docket=docket, clock=Hand(), authenticator=authenticator, quotas=quotas))

    return made


def request() -> Request:
    return Request({"type": "http"})


def test_a_quota_is_spent_refills_as_time_goes_and_is_one_actor_s_own() -> None:
    now = SimpleNamespace(at=0.0)
    quotas = Quotas(requests=4, window_s=8, at_once=100, streams=7, body_bytes=9, clock=lambda: now.at)
    for _ in range(4):
        quotas.enter("office/nsa", request())
    with pytest.raises(Problem) as spent:
        quotas.enter("office/nsa", request())
    assert (spent.value.code, dict(spent.value.headers or {})) == (
        "quota-spent",
        {
            "RateLimit-Policy": ('"requests";q=4;w=8, "at-once";q=100, "streams";q=7, "bodies";q=9;qu="content-bytes"'),
            "RateLimit": '"requests";r=0;t=8, "at-once";r=96, "streams";r=7, "bodies";r=9',
            "Retry-After": "2",
        },
    )
    quotas.enter("office/dhs", request())
    now.at = 2.0
    quotas.enter("office/nsa", request())
    with pytest.raises(Problem):
        quotas.enter("office/nsa", request())
    now.at = 1000.0
    for _ in range(4):
        quotas.enter("office/nsa", request())
    with pytest.raises(Problem):
        quotas.enter("office/nsa", request())


def test_a_request_counts_once_and_until_it_is_answered() -> None:
    quotas = Quotas(requests=100, window_s=1, at_once=2)
    first, second = request(), request()
    for each in (first, first, second):
        quotas.enter("office/nsa", each)
    with pytest.raises(Problem) as full:
        quotas.enter("office/nsa", request())
    assert full.value.code == "too-many-at-once"
    first.state.entered.leave()
    quotas.enter("office/nsa", request())


def test_whoever_is_silent_is_forgotten_and_nobody_who_is_being_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.quotas._KEPT", 2)
    quotas, asked = Quotas(requests=1, window_s=1000, at_once=2), [request() for _ in range(3)]
    for number, each in enumerate(asked):
        quotas.enter(f"office/{number}", each)
        if number:
            each.state.entered.leave()
    with pytest.raises(Problem):
        quotas.enter("office/0", request())


@pytest.mark.parametrize("wrong", ["requests", "window_s", "at_once", "streams", "body_bytes"])
def test_a_quota_of_nothing_is_none(wrong: str) -> None:
    asked: Any = {"requests": 1, "window_s": 1, "at_once": 1, "streams": 1, "body_bytes": 1, wrong: 0}
    with pytest.raises(ValueError, match="lets something in"):
        Quotas(**asked)


def test_over_http_it_is_told_with_every_answer_and_its_end_is_a_problem(made: Made) -> None:
    app = made(Quotas(requests=3, window_s=1000, at_once=5, pause_s=0))
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:

        def asks(by: dict[str, str]) -> Any:
            return client.get("/v1/offices", headers=by)

        told = [asks(NSA) for _ in range(4)]
        assert [each.status_code for each in told] == [200, 200, 200, 429]
        assert [each.headers["ratelimit"].split(";")[1] for each in told] == ["r=2", "r=1", "r=0", "r=0"]
        assert '"at-once";r=4, "streams";r=5' in told[0].headers["ratelimit"]
        assert (told[3].json()["code"], told[3].headers["retry-after"]) == ("quota-spent", "334")
        assert told[3].headers["content-type"] == "application/problem+json"
        assert asks(SECRETARIAT).status_code == 200
        assert client.get("/livez").status_code == 200
        assert "ratelimit" not in client.get("/livez").headers


def test_a_head_counts_as_what_it_is_the_head_of_and_that_of_a_stream_is_over_at_once(made: Made) -> None:
    app = made(Quotas(requests=3, window_s=1000, at_once=5, streams=1, pause_s=0))
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        told = [client.head(path, headers=NSA) for path in ("/v1/stream", "/v1/stream", "/v1/offices", "/v1/offices")]
        assert [each.status_code for each in told] == [200, 200, 200, 429]
        assert [each.headers["ratelimit"].split(";")[1] for each in told] == ["r=2", "r=1", "r=0", "r=0"]


def test_a_stream_counts_while_it_is_open(made: Made) -> None:
    quotas = Quotas(requests=1000, window_s=1, at_once=2, pause_s=0)
    with served(made(quotas)) as address, httpx2.Client(base_url=address) as client, ExitStack() as streams:
        opened = [streams.enter_context(client.stream("GET", "/v1/stream", headers=NSA)) for _ in range(2)]
        assert [each.status_code for each in opened] == [200, 200]
        refused = client.get("/v1/offices", headers=NSA)
        assert (refused.status_code, refused.json()["code"]) == (429, "too-many-at-once")
        assert client.get("/v1/offices", headers=SECRETARIAT).status_code == 200
        opened[0].close()
        end = monotonic() + 10
        while client.get("/v1/offices", headers=NSA).status_code == 429:
            assert monotonic() < end, "a stream that is closed counts no longer"
            sleep(0.02)


def test_of_what_is_answered_at_once_only_so_many_are_streams(made: Made) -> None:
    quotas = Quotas(requests=1000, window_s=1, at_once=10, streams=1, pause_s=0)
    with served(made(quotas)) as address, httpx2.Client(base_url=address) as client:
        with client.stream("GET", "/v1/stream", headers=NSA) as opened:
            assert (opened.status_code, '"streams";r=0' in opened.headers["ratelimit"]) == (200, True)
            refused = client.get("/v1/stream", headers=NSA)
            assert (refused.status_code, refused.json()["code"], refused.headers["retry-after"]) == (
                429,
                "too-many-at-once",
                "1",
            )
            assert "1 streams" in refused.json()["detail"]
            assert client.get("/v1/offices", headers=NSA).status_code == 200
            with client.stream("GET", "/v1/stream", headers=SECRETARIAT) as other:
                assert other.status_code == 200
        end = monotonic() + 10
        while '"streams";r=1' not in client.get("/v1/offices", headers=NSA).headers["ratelimit"]:
            assert monotonic() < end, "a stream that is closed counts no longer"
            sleep(0.02)


def test_the_bodies_of_one_actor_are_only_so_long_together() -> None:
    quotas = Quotas(requests=100, window_s=1, at_once=10, body_bytes=10)
    first, second, other = request(), request(), request()
    for actor, each in (("office/nsa", first), ("office/nsa", second), ("office/dhs", other)):
        quotas.enter(actor, each)
    first.state.entered.take(4)
    first.state.entered.take(4)
    with pytest.raises(Problem) as alone:
        first.state.entered.take(3)
    assert (alone.value.code, alone.value.detail) == ("body-too-large", "A body here has at most 10 bytes.")
    with pytest.raises(Problem) as together:
        second.state.entered.take(3)
    assert (together.value.code, dict(together.value.headers or {})) == (
        "too-many-at-once",
        {"Retry-After": "1", "Connection": "close"},
    )
    other.state.entered.take(10)
    first.state.entered.leave()
    second.state.entered.take(10)
    assert '"bodies";r=0' in second.state.entered.headers["RateLimit"]


def test_a_body_that_is_longer_than_its_sender_may_send_is_not_taken_in(made: Made) -> None:
    app = made(Quotas(requests=100, window_s=1, at_once=10, body_bytes=1000))
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        sent = {**NSA, "content-type": "application/json"}
        long = client.post("/v1/actions/case.accept.v1", content=b" " * 1001, headers=sent)
        assert (long.status_code, long.json()["code"]) == (413, "body-too-large")
        short = client.post("/v1/actions/case.accept.v1", content=b" " * 1000, headers=sent)
        assert (short.status_code, '"bodies";r=0' in short.headers["ratelimit"]) == (422, True)
        assert '"bodies";r=1000' in client.get("/v1/offices", headers=NSA).headers["ratelimit"]


def test_whoever_is_turned_down_is_told_so_later_and_when_too_many_wait_their_connections_end() -> None:
    told: list[tuple[int, str | None]] = []

    async def nothing(*_: Any) -> Any:
        raise AssertionError("it was turned down")

    async def asks(metered: Metered) -> None:
        async def send(message: Any) -> None:
            if message["type"] == "http.response.start":
                headers = dict(message["headers"])
                told.append((message["status"], headers.get(b"connection", b"").decode() or None))

        await metered({"type": "http", "path": "/v1/offices", "headers": []}, nothing, send)

    async def all_of_them() -> None:
        quotas = Quotas(requests=1, window_s=1000, at_once=5, pause_s=3600, waiting=2)
        quotas.enter("office/nsa", Request({"type": "http", "headers": []}))
        metered = Metered(nothing, quotas)
        async with create_task_group() as tasks:
            for _ in range(2):
                tasks.start_soon(asks, metered)
            await wait_all_tasks_blocked()
            assert told == [], "they wait"
            await asks(metered)
            assert told == [(429, "close")]
            tasks.cancel_scope.cancel()
        quotas = Quotas(requests=1, window_s=1000, at_once=2, pause_s=0)
        quotas.enter("office/nsa", Request({"type": "http", "headers": []}))
        await asks(Metered(nothing, quotas))

    run(all_of_them)
    assert told == [(429, "close"), (429, None)]


def line(number: int) -> dict[str, Any]:
    return {
        "specversion": "1.0",
        "id": named_id("line", number),
        "source": "office/nsa",
        "type": "case.accept.v1",
        "marking": "UNCLASSIFIED",
        "data": {"case_id": named_id("none")},
    }


def test_each_act_of_a_batch_counts_and_what_it_costs_beyond_is_owed(made: Made) -> None:
    app = made(Quotas(requests=10, window_s=1000, at_once=5, pause_s=0))
    lines = b"".join(orjson.dumps(line(number)) + b"\n" for number in range(25))
    sent = {**NSA, "content-type": "application/x-ndjson"}
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        told = client.post("/v1/actions", content=lines, headers=sent)
        assert told.status_code == 200
        assert len(told.text.splitlines()) == 25, "a batch that was let in is not cut off"
        owing = client.get("/v1/offices", headers=NSA)
        assert (owing.status_code, owing.json()["code"]) == (429, "quota-spent")
        assert 1590 <= int(owing.headers["retry-after"]) <= 1600, "15 acts more than it had, and one to ask"
        assert '"requests";r=0' in owing.headers["ratelimit"]
        assert client.get("/v1/offices", headers=SECRETARIAT).status_code == 200
        batch = client.post(
            "/v1/actions",
            json=[line(number) for number in range(4)],
            headers={**SECRETARIAT, "content-type": "application/cloudevents-batch+json"},
        )
        assert batch.status_code == 200
        left = client.get("/v1/offices", headers=SECRETARIAT).headers["ratelimit"]
        assert left.startswith('"requests";r=4;'), "one, four of a batch, one"


def test_who_has_nothing_left_is_turned_down_before_anything_is_asked(
    made: Made, docket: Docket, monkeypatch: pytest.MonkeyPatch
) -> None:
    app = made(Quotas(requests=2, window_s=1000, at_once=5, pause_s=0))
    asked: list[str] = []
    known = DevelopmentHeader.__call__

    def asking(authenticator: DevelopmentHeader, request: Request) -> Any:
        asked.append(request.url.path)
        return known(authenticator, request)

    monkeypatch.setattr(DevelopmentHeader, "__call__", asking)
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        first = [client.get("/v1/offices", headers=NSA).status_code for _ in range(2)]
        asked.clear()
        answers = [client.post("/v1/actions/case.accept.v1", content=b"x" * 100, headers=NSA) for _ in range(3)]
        assert (first, asked) == ([200, 200], [])
        assert {(each.status_code, each.content) for each in answers} == {(429, answers[0].content)}
        assert answers[0].json()["code"] == "quota-spent"
        assert answers[0].headers["x-content-type-options"] == "nosniff"
        other = NSA | {"Docket-Development-Principal": NSA["Docket-Development-Principal"] + '; country="USA"'}
        assert client.get("/v1/offices", headers=other).status_code == 429, "in other words, it is the same office"
        assert asked == ["/v1/offices"]
        assert client.get("/livez", headers=NSA).status_code == 200
        assert client.get("/v1/offices").status_code == 401


def test_who_publishes_waits_when_told_to_and_sends_the_same_again(monkeypatch: pytest.MonkeyPatch) -> None:
    waited: list[float] = []
    monkeypatch.setattr("api.cli.patience.sleep", waited.append)
    answers = iter([httpx2.Response(429, headers={"retry-after": "7"}), httpx2.Response(429), httpx2.Response(200)])

    @contextmanager
    def send() -> Iterator[httpx2.Response]:
        yield next(answers)

    with patiently(send) as answer:
        assert answer.status_code == 200
    assert waited == [7, 1]
