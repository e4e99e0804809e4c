"""Words are planted at every marking; whatever anybody is given is searched for those that they may not have."""

from io import BytesIO
from typing import Any

import httpx2
import pytest
from pypdf import PdfReader

from api.identity.development import DEVELOPMENT_HEADER, principal
from api.pages.lists import LISTS
from api.pages.showing import NAVIGATION
from api.pages.things import THINGS
from tests.api.knocking import named_id
from tests.api.serving import served
from tests.api.story.planting import FULL, Told
from tests.api.story.test_forms import ENDLESS, KEYS

READERS = {
    "an office without clearance": 'office/treasury; name="L. Example"; clearance="UNCLASSIFIED"',
    "an office that may see CUI": 'office/treasury; name="C. Example"; clearance="CUI"',
    "oversight of another office": 'office/gao; name="G. Example"; clearance="CUI//SP-CTI"; roles=oversight',
    "an office with secrets and no categories": 'office/dod; name="S. Example"; clearance="SECRET"',
}
WRITTEN = {
    "/v1/reports": ("?format=csv", "?format=pdf", "?public=true"),
    "/v1/clearinghouse": ("?format=csaf", "?format=cve", "?format=osv", "?format=stix"),
}
"""Other ways in which things are written."""
ALL = f'office/gao; name="A. Example"; {FULL}; roles=oversight'


def addresses(story: Told) -> list[str]:
    """Everything that can be read of the story, by whoever may see all of it, and every page about it."""
    found = list(NAVIGATION)
    found += [f"/cases/{each['case_id']}" for each in listed(story, "/v1/cases")]
    found += [f"/offices/{each['office']}" for each in listed(story, "/v1/offices")]
    found += [f"/audit/{each['position']}" for each in listed(story, "/v1/audit/events")]
    found += [f"{each.path}{way}" for each in LISTS for way in ("", "?format=csv")]
    found += [f"{path}/{each[KEYS[f'/v1{path}']]}" for path in THINGS for each in listed(story, f"/v1{path}")]
    found += [f"/reports/{each['code']}" for each in listed(story, "/v1/reports")]
    found += [f"/v1/audit/{each}" for each in ("proof/1", "tile/0/000", "tile/entries/000", "consistency?from=1")]
    found += [f"/v1/oversight/reads/{each}" for each in ("proof/1", "consistency?from=1")]
    found += ["/v1/audit/events?format=csv", "/v1/audit/events?format=ndjson", "/v1/audit/between?from=0"]
    for path, item in story.client.get("/openapi.json").json()["paths"].items():
        before, _, rest = path.partition("/{")
        after = rest.partition("}")[2]
        if "get" not in item or path == ENDLESS or "{command_id}" in path:
            continue
        if not rest:
            found.append(path)
        elif before == "/v1/audit/events":
            for entry in listed(story, before):
                found += [f"{before}/{entry['position']}", f"{before}/{entry['event']}?form=document"]
        elif before in KEYS:
            ways = ("", *WRITTEN.get(before, ())) if not after else ("",)
            found += [f"{before}/{each[KEYS[before]]}{after}{way}" for each in listed(story, before) for way in ways]
    return found


def listed(story: Told, path: str) -> list[dict[str, Any]]:
    answer = story.get(path, ALL, limit=1000)
    assert answer.status_code == 200, answer.text
    return answer.json()["items"]


def given(answer: Any) -> bytes:
    """All that an answer says, its headers too."""
    whole: bytes = answer.content.replace(b"\r\n ", b"")  # a calendar folds its lines
    if answer.headers.get("content-type") == "application/pdf":  # what it says is compressed, as numbers of glyphs
        whole += "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).encode()
    return whole + repr(sorted(answer.headers.items())).encode()


def test_the_words_are_there_for_whoever_may_see_them(story: Told) -> None:
    assert story.tally["recorded"] > 450, story.tally
    assert len(story.planted.words) >= 6
    said = b"".join(given(story.get(address, ALL)) for address in addresses(story))
    for number, marking in enumerate(story.planted.words):
        assert f"kanarie{number}x".encode() in said, marking


@pytest.mark.parametrize("reader", READERS)
def test_no_answer_has_a_word_that_its_reader_may_not_have(story: Told, reader: str) -> None:
    by = READERS[reader]
    clearance = principal(by, lambda _, code: code).clearance
    statuses = set()
    for address in addresses(story):
        alone = address.startswith(("/v1/audit/events/", "/audit/")) or "?" in address
        then = [] if alone else [{"as_of": str(story.docket.recorder.head())}]
        for query in ({}, *then):
            answer = story.get(address, by, **query)
            leaked = story.planted.seen_in(given(answer), clearance)
            assert not leaked, (address, query, answer.status_code, leaked)
            statuses.add(answer.status_code)
    assert statuses <= {200, 400, 404}, statuses


@pytest.mark.parametrize("reader", READERS)
def test_no_stream_has_one(story: Told, reader: str) -> None:
    by = READERS[reader]
    clearance = principal(by, lambda _, code: code).clearance
    with served(story.client.app) as address, httpx2.Client(base_url=address) as client:  # type: ignore[arg-type]
        for query in ({}, *({"view": view} for view in ("case_status", "final_authority", "clocks", "leases"))):
            heard = b""
            asked = {"headers": {DEVELOPMENT_HEADER: by, "Last-Event-ID": "0"}, "params": query, "timeout": 1.5}
            with client.stream("GET", "/v1/stream", **asked) as answer:  # type: ignore[arg-type]
                try:
                    for part in answer.iter_bytes():
                        heard += part
                except httpx2.ReadTimeout:
                    pass
            assert heard, query
            assert not story.planted.seen_in(heard, clearance), query


def test_a_participant_of_whom_nothing_tells_is_told_of_no_life(story: Told) -> None:
    stranger = f'participant/{named_id("stranger")}; name="T. Example"; {FULL}'
    for address in addresses(story):
        answer = story.get(address, stranger)
        named = {each for each in story.planted.lives_in(given(answer)) if each not in address}
        assert not named, (address, answer.status_code, named)
        assert answer.status_code in {200, 404} or answer.headers["content-type"] == "application/problem+json"


def test_nobody_is_told_anything(story: Told) -> None:
    nobody = principal('office/gao; clearance="UNCLASSIFIED"', lambda _, code: code).clearance
    open_to_all = ("/", "/docs", "/metrics", "/readyz", "/livez", "/openapi.json", "/asyncapi.json", "/problems")
    for address in (*open_to_all, *addresses(story)):
        answer = story.get(address, None)
        assert not story.planted.seen_in(given(answer), nobody), address
    assert not story.planted.seen_in(repr(story.log.entries).encode(), nobody), "the log holds no content"
    assert not any(b"kanarie" in repr(entry).encode() for entry in story.log.entries)
