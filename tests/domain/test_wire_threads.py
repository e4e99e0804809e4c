"""Threads that read the first documents of a process at once read them by one form of each type."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

from domain import wire

THREADS = 8


def test_the_form_of_a_type_is_made_once_however_many_ask_first() -> None:
    wire._shape.cache_clear()
    begin = Barrier(THREADS)

    def forms() -> list[int]:
        begin.wait()
        return [id(wire.shape(type)) for type in wire.EVENTS]

    with ThreadPoolExecutor(THREADS) as pool:
        found = [each.result() for each in [pool.submit(forms) for _ in range(THREADS)]]
    assert all(each == found[0] for each in found)
