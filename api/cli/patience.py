"""Who is told to ask again later does so: what was turned down by its quota alone was not taken in."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from http import HTTPStatus
from time import sleep
from typing import Final

import httpx2

_WAIT_S: Final = 1
_LONGEST_S: Final = 600


@contextmanager
def patiently(send: Callable[[], AbstractContextManager[httpx2.Response]]) -> Iterator[httpx2.Response]:
    """The answer to a request, which is sent again for as long as the door answers 429, when it says so."""
    while True:
        with send() as answer:
            if answer.status_code != HTTPStatus.TOO_MANY_REQUESTS:
                yield answer
                return
            said = answer.headers.get("retry-after", "")
        sleep(min(_LONGEST_S, int(said)) if said.isdecimal() else _WAIT_S)
