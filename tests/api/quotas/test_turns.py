"""What one actor reads is made one after the other, and leaves others as much time; nobody waits behind a wait."""

from collections.abc import Awaitable, Callable
from types import SimpleNamespace

import httpx2
import pytest
from anyio import create_task_group, move_on_after, run, wait_all_tasks_blocked
from fastapi.testclient import TestClient

from api.quotas import Quotas
from api.quotas.turns import Turn, Turns
from tests.api.knocking import NSA
from tests.api.quotas.test_quotas import Made, made
from tests.api.serving import served

__all__ = ["made"]


class Table:
    """Where people take turns, and notes whose it is."""

    def __init__(self) -> None:
        self.now = SimpleNamespace(at=100.0)
        self.turns = Turns(lambda: self.now.at)
        self.had: list[str] = []

    async def sits(self, actor: str, name: str) -> Turn:
        turn = Turn(self.turns, actor)
        await turn.begin()
        self.had.append(name)
        return turn


def at_a_table(told: Callable[[Table], Awaitable[None]]) -> None:
    run(told, Table())


def test_one_has_it_at_a_time_in_the_order_in_which_they_came_and_others_do_not_wait() -> None:
    async def told(table: Table) -> None:
        first = await table.sits("office/nsa", "first")
        async with create_task_group() as tasks:
            for name in ("second", "third"):
                tasks.start_soon(table.sits, "office/nsa", name)
                await wait_all_tasks_blocked()
            await table.sits("office/dhs", "other")
            assert (table.had, table.turns.waiting("office/nsa")) == (["first", "other"], 2)
            table.now.at += 2
            first.end()
            first.end()
            await wait_all_tasks_blocked()
            assert table.had == ["first", "other", "second"], "the third waits for the second"
            table.turns.end("office/nsa")
        assert table.had == ["first", "other", "second", "third"]

    at_a_table(told)


def test_while_others_read_the_next_of_a_line_begins_after_a_rest() -> None:
    async def told(table: Table) -> None:
        first = await table.sits("office/nsa", "first")
        async with create_task_group() as tasks:
            tasks.start_soon(table.sits, "office/nsa", "second")
            await wait_all_tasks_blocked()
            await table.sits("office/dhs", "other")
            table.now.at += 0.02
            first.end()
            await wait_all_tasks_blocked()
            assert table.had == ["first", "other"], "it rests"
        assert table.had == ["first", "other", "second"]

    at_a_table(told)


def test_who_gives_up_while_waiting_keeps_nobody_waiting() -> None:
    async def told(table: Table) -> None:
        first = await table.sits("office/nsa", "first")
        with move_on_after(0):
            await table.sits("office/nsa", "gives up")
        async with create_task_group() as tasks:
            tasks.start_soon(table.sits, "office/nsa", "third")
            await wait_all_tasks_blocked()
            first.end()
        assert table.had == ["first", "third"]
        table.turns.end("office/nsa")
        assert table.turns.waiting("office/nsa") == 0
        await table.sits("office/nsa", "fourth")

    at_a_table(told)


def test_those_who_wait_for_their_turn_count_as_being_answered(made: Made, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Turns, "waiting", lambda *_: 4)
    app = made(Quotas(requests=100, window_s=1, at_once=4, pause_s=0))
    with TestClient(app, base_url="http://127.0.0.1", client=("127.0.0.1", 1)) as client:
        first, second = (client.get("/v1/offices", headers=NSA) for _ in range(2))
    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 429, "too-many-at-once")


def test_nobody_waits_behind_somebody_who_waits_for_a_position(made: Made) -> None:
    quotas = Quotas(requests=100, window_s=1, at_once=10)
    with served(made(quotas)) as address, httpx2.Client(base_url=address, headers=NSA) as client:
        assert client.get("/v1/offices").status_code == 200
        waited: list[httpx2.Response] = []

        async def told() -> None:
            async with (
                httpx2.AsyncClient(base_url=address, headers=NSA, timeout=30) as patient,
                httpx2.AsyncClient(base_url=address, headers=NSA, timeout=30) as other,
                create_task_group() as tasks,
            ):

                async def waits() -> None:
                    later = {"min_position": 10**6}
                    waited.append(await patient.get("/v1/offices", params=later, headers={"prefer": "wait=20"}))

                tasks.start_soon(waits)
                while '"at-once";r=8' not in (await other.get("/v1/offices")).headers["ratelimit"]:
                    assert waited == []
                assert waited == [], "one was answered while the other waits"
                tasks.cancel_scope.cancel()

        run(told)
