"""A problem repeats nothing that came in; and each weaker decision is found out by the words that it lets through."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from api.identity.development import DEVELOPMENT_HEADER
from domain.markings import AUDIENCES, EVERY_CATEGORY, TLP, Classification
from domain.needs import ALL as EVERY_MATTER
from projections.visible import Sight, deciding
from projections.visible.conditions import ALWAYS
from tests.api.story.addresses import ALL, Addresses, given
from tests.api.story.knowing import Knowing
from tests.api.story.planting import FULL, Told
from tests.api.story.test_leaks import DEVELOPER

WORD = "kanarie0x"
MALFORMED = [
    b'{"id": "kanarie0x',
    b'{"id": "kanarie0x", "marking": "kanarie0x", "data": {}}',
    b'{"id": 1, "marking": "SECRET", "data": {"case_id": "kanarie0x", "kanarie0x": "kanarie0x"}}',
    b'["kanarie0x"]',
    b'{"id": "11111111-1111-5111-8111-111111111111", "marking": "TOP SECRET//kanarie0x", "data": {"case_id": "x"}}',
    b"\xff kanarie0x",
]


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


def cleared(**more: Any) -> Callable[[pytest.MonkeyPatch], None]:
    """One part of a clearance is not asked for any more."""

    def weaken(monkeypatch: pytest.MonkeyPatch) -> None:
        made = Sight.__post_init__

        def unasking(sight: Sight) -> None:
            object.__setattr__(sight, "clearance", replace(sight.clearance, **more))
            made(sight)

        monkeypatch.setattr(Sight, "__post_init__", unasking)

    return weaken


def always(name: str) -> Callable[[pytest.MonkeyPatch], None]:
    """One branch of the decision holds for everybody."""
    return lambda monkeypatch: monkeypatch.setattr(deciding, name, lambda _: ALWAYS)


def every_matter(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sight, "of", lambda by, **more: MADE(replace(by, needs=EVERY_MATTER), **more))


def everybody_oversees(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Sight, "of", lambda by, **more: replace(MADE(by, **more), oversight=True))


MADE = Sight.of
LOW = 'office/treasury; name="L. Example"; clearance="UNCLASSIFIED"; audiences=all'
WEAKER: dict[str, tuple[Callable[[pytest.MonkeyPatch], None], str]] = {
    "classification": (
        cleared(classification=Classification.TOP_SECRET),
        'office/treasury; name="L. Example"; clearance="CUI//TLP:RED"; cui=all; audiences=all',
    ),
    "categories": (
        cleared(cui=EVERY_CATEGORY),
        'office/treasury; name="L. Example"; clearance="SECRET//TLP:RED"; audiences=all',
    ),
    "dissemination": (
        cleared(controls=AUDIENCES),
        'office/treasury; name="L. Example"; clearance="SECRET//CUI//TLP:RED"; cui=all',
    ),
    "nations": (cleared(country="USA"), f'office/treasury; name="L. Example"; {FULL}; country=GBR'),
    "TLP": (
        cleared(tlp=TLP.RED),
        'office/treasury; name="L. Example"; clearance="SECRET//CUI"; cui=all; audiences=all',
    ),
    "need to know": (always("needed"), f'office/dhs; name="N. Example"; {FULL}; needs="tasking"'),
    "needs": (every_matter, f'office/dhs; name="N. Example"; {FULL}; needs="tasking"'),
    "the circle": (always("not_between_others"), f'office/nsa; name="O. Example"; {FULL}'),
    "the role": (everybody_oversees, f'office/nsa; name="O. Example"; {FULL}'),
    "whose it is": (always("of_its_own"), f'participant/{DEVELOPER}; name="D. Example"; {FULL}'),
    "what is shown": (always("shown_to"), f'participant/{DEVELOPER}; name="D. Example"; {FULL}'),
    "rows and events": (always("known"), LOW),
    "parts": (always("seen"), LOW),
    "what is joined": (always("joined"), LOW),
    "what is disclosed": (always("disclosed"), LOW),
}
"""Branch → how it is weakened, and a reader whom nothing else keeps from what it keeps."""


@pytest.mark.parametrize("branch", WEAKER)
def test_each_branch_of_the_decision_that_is_weakened_is_found_out(
    story: Told, addresses: Addresses, branch: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A search that finds nothing has to be able to find something: where it finds it, there was nothing before."""
    weaken, by = WEAKER[branch]
    reader = Knowing.of(by)

    def leaks(address: str) -> set[str]:
        return story.planted.leaked_in(given(story.get(address, by)), reader)

    telling = (each for each in addresses.once if each.startswith(TELLING) and "format=" not in each)
    with monkeypatch.context() as weakened:
        weaken(weakened)
        found = next(filter(leaks, telling))
    assert not leaks(found)


TELLING = ("/v1/cases/", "/v1/leases", "/v1/clearinghouse/", "/v1/oversight/", "/v1/audit/export")
