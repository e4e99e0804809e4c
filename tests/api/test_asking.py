"""A page is made of whole answers: what broke off is an error, and what is a problem is shown as one."""

import anyio
import pytest
from fastapi import Request
from starlette.types import Receive, Scope, Send

from api.pages.asking import Asking, NotShown

PROBLEM = b'{"code":"internal"}'


def asked(status: int, *parts: bytes) -> object:
    """What a page gets of a route that begins to answer so, and then raises."""

    async def breaks_off(scope: Scope, receive: Receive, send: Send) -> None:
        if status:
            await send({"type": "http.response.start", "status": status, "headers": []})
        for part in parts:
            await send({"type": "http.response.body", "body": part, "more_body": True})
        raise ZeroDivisionError

    request = Request({"type": "http", "headers": [], "path": "/"})
    return anyio.run(Asking(breaks_off), request, "/v1/cases")


@pytest.mark.parametrize("parts", [(), (b'{"items":[]}',)])
@pytest.mark.parametrize("status", [0, 200, 404])
def test_an_answer_that_broke_off_is_none(status: int, parts: tuple[bytes, ...]) -> None:
    with pytest.raises(ZeroDivisionError):
        asked(status, *(parts if status else ()))


def test_an_error_of_ours_is_shown_as_the_problem_that_it_was_answered_with() -> None:
    with pytest.raises(NotShown) as shown:
        asked(500, PROBLEM)
    assert (shown.value.status, shown.value.problem) == (500, {"code": "internal"})
