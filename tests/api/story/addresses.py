"""Everything that can be read of the planted story, and all that an answer says."""

from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from pypdf import PdfReader

from api.pages.lists import LISTS
from api.pages.showing import NAVIGATION
from api.pages.things import THINGS
from tests.api.story.knowing import Knowing, Nobody
from tests.api.story.planting import FULL, Told
from tests.api.story.test_forms import ENDLESS, KEYS

ALL = f'office/gao; name="A. Example"; {FULL}; roles=oversight'
WRITTEN = {
    "/v1/reports": ("?format=csv", "?format=pdf", "?public=true"),
    "/v1/clearinghouse": ("?format=csaf", "?format=cve", "?format=osv", "?format=stix"),
}
"""Other ways in which things are written."""
EVENTS = "/v1/audit/events"


@dataclass(frozen=True)
class Addresses:
    """Addresses of all that there is, and every event as the audit trail lists it."""

    once: list[str]
    events: list[dict[str, Any]]
    discussed: set[str]
    """Events of which the record says something."""

    def of(self, story: Told, reader: Knowing | Nobody) -> Iterator[str]:
        """What a reader asks for: all of it, with each event as its document and disclosures.

        Whatever else is told of an event is made of these, by what it is, how much of it its reader is given, and
        whether something was said of it: of events that are alike in that, one is asked for.
        """
        yield from self.once
        alike: set[tuple[object, ...]] = set()
        for event in self.events:
            yield f"{EVENTS}/{event['event']}?form=document"
            fact = story.planted.of_event[event["event"]]
            is_known = reader.knows(fact)
            like = (event["type"], is_known, is_known and reader.is_told(fact), event["event"] in self.discussed)
            if like not in alike:
                alike.add(like)
                yield f"{EVENTS}/{event['position']}"
                yield f"/audit/{event['position']}"


def everything(story: Told) -> Addresses:
    """As whoever may see all of it is told."""
    discussed = {each["event_id"] for each in listed(story, "/v1/records")}
    return Addresses([*dict.fromkeys(_once(story))], listed(story, EVENTS), discussed)


def _once(story: Told) -> Iterator[str]:
    yield from NAVIGATION
    for each in LISTS:
        yield from (each.path, f"{each.path}?format=csv")
    for path in ("/cases", "/offices", *THINGS):
        yield from (f"{path}/{each[KEYS[f'/v1{path}']]}" for each in listed(story, f"/v1{path}"))
    yield from ("/oversight/reads", "/oversight/reads?format=csv")
    yield from (f"/reports/{each['code']}" for each in listed(story, "/v1/reports"))
    yield from (f"/v1/audit/{each}" for each in ("proof/1", "tile/0/000", "tile/entries/000", "consistency?from=1"))
    yield from (f"/v1/oversight/reads/{each}" for each in ("proof/1", "consistency?from=1"))
    yield from (f"{EVENTS}?format=csv", f"{EVENTS}?format=ndjson", "/v1/audit/between?from=0")
    head = story.docket.recorder.head()
    for path, item in story.client.get("/openapi.json").json()["paths"].items():
        before, _, rest = path.partition("/{")
        after = rest.partition("}")[2]
        if "get" not in item or path == ENDLESS or "{command_id}" in path or (before == EVENTS and rest):
            continue
        ids = [f"/{each[KEYS[before]]}" for each in listed(story, before)] if rest and before in KEYS else []
        takes = {each["name"] for each in item["get"].get("parameters", ())}
        ways = [*WRITTEN.get(before, ())] if ids and not after else []
        for id in ids if rest else [""]:
            yield from (f"{before}{id}{after}{way}" for way in ("", *ways))
            if "as_of" in takes:
                yield f"{before}{id}{after}?as_of={head}"


def listed(story: Told, path: str) -> list[dict[str, Any]]:
    answer = story.get(path, ALL, limit=1000)
    assert answer.status_code == 200, answer.text
    items: list[dict[str, Any]] = answer.json()["items"]
    return items


def given(answer: Any) -> bytes:
    """All that an answer says, its headers too."""
    whole: bytes = answer.content.replace(b"\r\n ", b"")  # a calendar folds its lines
    if answer.headers.get("content-type") == "application/pdf":  # what it says is compressed, as numbers of glyphs
        whole += "".join(page.extract_text() for page in PdfReader(BytesIO(answer.content)).pages).encode()
    return whole + repr(sorted(answer.headers.items())).encode()
