"""What passes between oversight and an office is given to the two, by every way out, and to nobody else."""

from collections.abc import Iterator
from typing import Any

import httpx2

from api.pages.showing import NAVIGATION
from tests.api.knocking import DEVELOPER, NSA, SECRETARIAT, Door, developer, digest, named_id, office
from tests.api.serving import served

GAO, INSPECTOR = office("gao", "G. Example"), office("ig-nsa", "I. Example")
DHS, TREASURY = office("dhs", "D. Example"), office("treasury", "T. Example")
ASKED, NOTE = f"nsa-{named_id('inquiry')}", f"gao-{named_id('note')}"
QUESTION, ANSWER, REMARK = "kanariequestion", "kanarieanswer", "kanarieremark"
DUE = "2026-09-11T00:00:00Z"


def request(door: Door, by: dict[str, str] = GAO, **more: Any) -> Any:
    said = {"inquiry_id": ASKED, "question": digest("question"), "question_text": f"{QUESTION} (invented)"}
    return door.act("oversight.request.v1", by, said | {"due_at": DUE} | more)


def produce(door: Door, by: dict[str, str] = NSA, **more: Any) -> Any:
    opened = {"stream": "office-nsa", "version": 1}
    said = {"inquiry_id": ASKED, "production_id": named_id("production"), "events": [opened], "statement": ANSWER}
    return door.act("oversight.produce.v1", by, said | more)


def withhold(door: Door, by: dict[str, str] = NSA) -> Any:
    said = {
        "inquiry_id": ASKED,
        "withholding_id": named_id("withholding"),
        "items": 4,
        "decided_by": "The Director (invented)",
        "ground": "sources-and-methods",
        "citation": "An invented section",
        "what": "Four letters (invented).",
    }
    return door.act("oversight.withhold.v1", by, said)


def note(door: Door, by: dict[str, str] = GAO, **more: Any) -> Any:
    said = {"inquiry_id": NOTE, "about": f"oversight-{ASKED}", "note": REMARK}
    return door.act("oversight.note.v1", by, said | more)


def told(door: Door) -> None:
    """A request with all that may come of it, what others tried meanwhile, and a note."""
    assert request(door).status_code == 201
    assert produce(door).status_code == 201
    assert withhold(door).status_code == 201
    assert note(door).status_code == 201
    door.enrolled()
    for by in (DHS, SECRETARIAT):
        assert produce(door, by).json()["code"] == "not-found"
    assert request(door, INSPECTOR).json()["code"] == "not-found", "the id is another overseer's"
    assert note(door, NSA, inquiry_id=f"nsa-{named_id('x')}", note="x").json()["code"] == "not-your-act"


def test_a_request_goes_to_an_office_that_produces_and_withholds(door: Door) -> None:
    told(door)
    for by in (GAO, INSPECTOR, NSA):
        (listed,) = door.read("/v1/oversight", by).json()["items"]
        assert (listed["inquiry_id"], listed["requested_by"], listed["office"]) == (ASKED, "gao", "nsa")
        whole = door.read(f"/v1/oversight/{ASKED}", by).json()
        now = whole["now"]
        assert (now["open"], now["overdue"], now["productions"], now["items_withheld"]) == (True, False, 1, 4)
        assert now["grounds"] == ["sources-and-methods"]
        (asked,) = whole["parts"]["oversight_requests"]
        assert asked["protected"]["question_text"].startswith(QUESTION)
        (produced,) = whole["parts"]["oversight_productions"]
        assert produced["events"][0]["stream"] == "office-nsa"
        assert produced["protected"]["statement"] == ANSWER
    found = door.read("/v1/oversight", GAO, office="nsa", requested_by="gao", open="true").json()["items"]
    assert len(found) == 1
    assert door.read("/v1/oversight", GAO, requested_by="ig-nsa").json()["items"] == []


def test_late_says_so_by_the_clock_and_by_what_comes_late(door: Door) -> None:
    told(door)
    door.clock.later(days=20)
    assert produce(door, production_id=named_id("late"), complete=True).status_code == 201
    assert door.read("/v1/oversight", GAO, overdue="true").json()["items"] == [], "all is produced, if late"
    whole = door.read(f"/v1/oversight/{ASKED}", GAO).json()
    assert [each["late"] for each in whole["parts"]["oversight_productions"]] == [False, True]
    other = f"dhs-{named_id('inquiry')}"
    assert request(door, inquiry_id=other, due_at="2026-09-30T00:00:00Z").status_code == 201
    door.clock.later(days=20)
    assert [each["inquiry_id"] for each in door.read("/v1/oversight", GAO, overdue="true").json()["items"]] == [other]
    assert [each["what"] for each in door.read("/v1/clocks", DHS).json()["items"]] == ["oversight"]
    assert door.read("/v1/clocks", SECRETARIAT).json()["items"] == []
    assert door.act("oversight.close.v1", GAO, {"inquiry_id": other}).status_code == 201
    (passed,) = door.read("/v1/clocks", DHS).json()["items"]
    assert (passed["state"], passed["waiting_for"]) == ("passed", []), "it was closed too late to stop it"


def test_nobody_says_elsewhere_what_was_said_to_oversight(door: Door) -> None:
    told(door)
    said = {"stream": f"oversight-{ASKED}", "version": 1, "erratum_id": named_id("erratum"), "erratum": "Not so."}
    head = door.recorder.head()
    for by in (GAO, NSA, DHS):
        assert door.act("record.file-erratum.v1", by, said).json()["code"] == "between-two"
    assert door.recorder.head() == head, "nothing of it is recorded"


def ways(door: Door) -> Iterator[str]:
    """Every address at which something of this record can be read, and every page."""
    yield from NAVIGATION
    for path, item in door.client.get("/openapi.json").json()["paths"].items():
        if "get" in item and "{" not in path and path != "/v1/stream":
            yield path
    for position in range(1, door.recorder.head() + 1):
        yield f"/v1/audit/events/{position}"
        yield f"/v1/audit/events/{position}?form=document"
        yield f"/audit/{position}"
    for id in (ASKED, NOTE):
        yield from (f"/v1/oversight/{id}", f"/v1/oversight/notes/{id}", f"/v1/audit/events?stream=oversight-{id}")
    yield from (f"/v1/offices/{code}" for code in ("nsa", "gao", "dhs"))
    yield from (f"/v1/reports/{each['code']}" for each in door.read("/v1/reports", GAO).json()["items"])


def heard(door: Door, by: dict[str, str]) -> bytes:
    """Everything that somebody is given, by every way out."""
    said = b""
    for way in ways(door):
        answer = door.client.get(way, headers=by)
        assert answer.status_code in {200, 404} or answer.headers["content-type"] == "application/problem+json", way
        said += b"" if answer.status_code == 404 else answer.content  # which names what was asked for
        said += repr(sorted(answer.headers.items())).encode()
    views = ("oversight", "oversight_notes", "clocks", "refusals", "audit_trail")
    with served(door.app) as address, httpx2.Client(base_url=address) as client:
        for query in ({}, *({"view": view} for view in views)):
            asked: dict[str, Any] = {"headers": by | {"Last-Event-ID": "0"}, "params": query, "timeout": 1.0}
            with client.stream("GET", "/v1/stream", **asked) as answer:
                try:
                    for part in answer.iter_bytes():
                        said += part
                except httpx2.ReadTimeout:
                    pass
    return said


def test_no_way_out_tells_anybody_else(door: Door) -> None:
    told(door)
    door.read("/v1/oversight", GAO)
    secrets = {ASKED: ASKED.removeprefix("nsa-"), NOTE: NOTE.removeprefix("gao-")}
    words = {*secrets.values(), QUESTION, ANSWER, REMARK}
    may_have = {
        "oversight": (INSPECTOR, words),
        "the office that was asked": (NSA, {secrets[ASKED], QUESTION, ANSWER}),
        "another office": (TREASURY, set()),
        "a participant": (developer(DEVELOPER), set()),
    }
    for who, (by, allowed) in may_have.items():
        said = heard(door, by).decode("utf-8", "replace")
        assert {word for word in words if word in said} <= allowed, who
    said = heard(door, INSPECTOR).decode("utf-8", "replace")
    assert {word for word in words if word in said} == words
    of_dhs = door.read("/v1/refusals", DHS).json()["items"]
    assert [each["actor"] for each in of_dhs] == ["office/dhs"], "its own, and no other's"
