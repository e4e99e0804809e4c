"""A problem repeats nothing that came in; and a weaker sight is found out by the words that it lets through."""

from typing import Any

import pytest

from api.identity.development import DEVELOPMENT_HEADER, principal
from projections.visible import Sight
from tests.api.story.planting import Told
from tests.api.story.test_leaks import ALL, READERS, given, listed

WORD = "kanarie0x"
MALFORMED = [
    b'{"id": "kanarie0x',
    b'{"id": "kanarie0x", "marking": "kanarie0x", "data": {}}',
    b'{"id": 1, "marking": "SECRET", "data": {"case_id": "kanarie0x", "kanarie0x": "kanarie0x"}}',
    b'["kanarie0x"]',
    b'{"id": "11111111-1111-5111-8111-111111111111", "marking": "TOP SECRET//kanarie0x", "data": {"case_id": "x"}}',
    b"\xff kanarie0x",
]


def clearance(by: str) -> Any:
    return principal(by, lambda _, code: code).clearance


@pytest.mark.parametrize("body", MALFORMED, ids=str)
@pytest.mark.parametrize("path", ["/v1/actions/case.accept.v1", "/v1/actions", "/v1/actions/kanarie.of.v1"])
def test_a_problem_repeats_nothing_of_a_body_that_is_wrong(story: Told, path: str, body: bytes) -> None:
    by = {DEVELOPMENT_HEADER: ALL}
    for kind in ("application/json", "application/cloudevents+json", "application/x-ndjson", "text/kanarie0x"):
        answer = story.client.post(path, content=body, headers={**by, "content-type": kind})
        told = given(answer).decode("utf-8", "replace").replace('/kanarie0x"', "")  # where it is wrong is a pointer
        assert WORD not in told, (kind, answer.text)
    assert WORD not in repr(story.log.entries)


def test_a_problem_repeats_nothing_of_a_query_or_of_a_header(story: Told) -> None:
    for path in ("/v1/cases?phase=kanarie0x", "/v1/cases?as_of=kanarie0x", "/v1/stream?view=kanarie0x", "/kanarie0x"):
        assert WORD not in given(story.get(path, ALL)).decode(), path
    answer = story.client.get("/v1/cases", headers={DEVELOPMENT_HEADER: "office/kanarie0x; clearance=kanarie0x"})
    assert WORD not in given(answer).decode()
    assert WORD not in repr(story.log.entries)


def weakened_markings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sight, "marked", lambda *_: True)


def weakened_protected(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sight, "disclosable", lambda *_: True)


def weakened_events(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sight, "event", lambda *_: True)


@pytest.mark.parametrize("weaken", [weakened_markings, weakened_protected, weakened_events])
def test_each_weaker_sight_leaks_words_that_the_search_finds(
    story: Told, weaken: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that finds nothing has to be able to find something."""
    by = READERS["an office that may see CUI"]
    paths = [f"/v1/cases/{each['case_id']}" for each in listed(story, "/v1/cases")]
    paths += [f"{path}/history" for path in paths] + ["/v1/clearinghouse"]
    paths += [f"/v1/audit/events/{each['position']}" for each in listed(story, "/v1/audit/events")]

    def leaks() -> set[str]:
        return set().union(*(story.planted.seen_in(given(story.get(path, by)), clearance(by)) for path in paths))

    assert leaks() == set()
    weaken(monkeypatch)
    assert leaks()
