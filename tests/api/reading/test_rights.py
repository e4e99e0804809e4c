"""What somebody may not see is answered like what is not there: same bytes, same headers, same look at the store."""

from collections.abc import Callable, Sequence
from threading import current_thread
from typing import Any

import pytest

from api.identity.development import DEVELOPMENT_HEADER
from domain.values import Variant, case_id
from projections.stores.sqlite import SQLiteViews
from tests.api.knocking import (
    CASE,
    DEVELOPER,
    NSA,
    Door,
    developer,
    digest,
    named_id,
    office,
    submission,
)

OTHER = case_id(DEVELOPER, digest("another manifest"), Variant("release"))
ABSENT = named_id("no such case")
UNCLEARED = office("dhs", "U. Example", clearance='clearance="UNCLASSIFIED"')
NEEDLESS = office("dhs", "N. Example", needs=f"tasking case-{OTHER}")
NEEDING = office("dhs", "I. Example", needs=f"case-{CASE}")
HIDDEN_FROM = pytest.mark.parametrize("by", [UNCLEARED, NEEDLESS], ids=["not cleared", "no need to know"])
TYPES = ("case.convey-concern.v1", "case.accept.v1", "case.withdraw.v1", "case.request-information.v1")


@pytest.fixture
def told(door: Door) -> Door:
    """A case that is CUI, and another that is everybody's."""
    assert door.submitted(marking="CUI").status_code == 201
    other = submission(digest("another manifest"), model="acme-2")
    assert door.act("case.submit.v1", developer(), other).status_code == 201
    return door


def reads(case: str) -> list[str]:
    return [f"/v1/cases/{case}{more}" for more in ("", "/history", "/options", "/partners")]


def said(answer: Any) -> tuple[Any, ...]:
    return answer.status_code, answer.content, sorted(answer.headers.items())


@HIDDEN_FROM
def test_absent_and_forbidden_are_the_same_bytes_and_headers(told: Door, by: dict[str, str]) -> None:
    forbidden, absent = (told.read("/v1/me/options", by, stream=f"case-{id}") for id in (CASE, ABSENT))
    assert said(forbidden) == said(absent)
    assert forbidden.status_code == 404
    event = told.read("/v1/audit/events", NSA, case_id=CASE).json()["items"][0]["event"]
    for hidden, absent in zip(reads(CASE), reads(ABSENT), strict=True):
        assert said(told.read(hidden, by)) == said(told.read(absent, by)), hidden
        assert told.read(hidden, NSA).status_code == 200
        assert told.read(hidden, by).status_code == 404
    forbidden, absent = (told.read(f"/v1/audit/events/{id}", by) for id in (event, named_id("no such event")))
    assert said(forbidden) == said(absent)
    assert forbidden.status_code == 404


@HIDDEN_FROM
def test_absent_and_forbidden_are_asked_of_the_store_in_the_same_words(
    told: Door, by: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[tuple[str, int]] = []
    look = SQLiteViews.look

    def note(what: str, found: Any) -> Any:
        if current_thread().name.startswith("AnyIO"):  # what answers requests; views are folded beside it
            asked.append((what, len(found)))
        return found

    def looking(store: SQLiteViews, read: Callable[[Any], Any]) -> Any:
        def counted(ask: Any) -> Any:
            def asking(sql: str, values: Sequence[object]) -> Any:
                return note(sql, ask(sql, values))

            return read(asking)

        return look(store, counted)

    def reading(name: str) -> None:
        read = getattr(type(told.recorder), name)

        def counted(recorder: Any, *given: Any, **more: Any) -> Any:
            return note(name, read(recorder, *given, **more))

        monkeypatch.setattr(type(told.recorder), name, counted)

    monkeypatch.setattr(SQLiteViews, "look", looking)
    for name in ("documents", "disclosures", "read_stream", "read", "select_events"):
        reading(name)

    def work(path: str) -> list[tuple[str, int]]:
        asked.clear()
        assert told.read(path, by).status_code == 404
        return [*asked]

    for hidden, absent in zip(reads(CASE), reads(ABSENT), strict=True):
        work(hidden), work(absent)
        assert work(hidden) == work(absent), hidden
        assert work(hidden), "it was counted"
    told.read(reads(CASE)[0], NSA)
    assert len(asked) > len(work(reads(CASE)[0])), "what is there is more to read"


@HIDDEN_FROM
def test_lists_and_counts_hold_nothing_of_it(told: Door, by: dict[str, str]) -> None:
    assert [each["key"] for each in told.read("/v1/refusals", by).json()["items"]] == []
    for path in ("/v1/cases", "/v1/clocks", "/v1/audit/events", "/v1/final-authority", "/v1/reports"):
        assert CASE not in told.read(path, by).text, path
        assert CASE in told.read(path, NSA).text or path in {"/v1/reports", "/v1/final-authority"}, path
    assert OTHER in told.read("/v1/cases", by).text


def test_who_needs_to_know_of_a_matter_is_told_of_it_and_of_no_other(told: Door) -> None:
    listed = told.read("/v1/cases", NEEDING).json()["items"]
    assert [each["case_id"] for each in listed] == [CASE]
    entries = told.read("/v1/audit/events", NEEDING, limit=1000).json()["items"]
    assert {each["matter"] for each in entries} >= {f"case-{CASE}", "office-nsa"}
    assert f"case-{OTHER}" not in {each["matter"] for each in entries}
    noted = [each["type"] for each in entries if each["stream"] == f"participant-{DEVELOPER}"]
    assert noted == ["participant.enrolled.v1", "participant.case-noted.v1"], "of its two cases, one"
    participant = told.read(f"/v1/participants/{DEVELOPER}", NEEDING).json()
    assert (participant["now"]["cases"], participant["parts"]["notes"]) == (0, []), "a sum tells of all"
    assert told.read(f"/v1/participants/{DEVELOPER}", NSA).json()["now"]["cases"] == 2


@HIDDEN_FROM
@pytest.mark.parametrize("type", TYPES)
def test_an_act_on_it_is_answered_like_one_on_what_is_not_there(told: Door, by: dict[str, str], type: str) -> None:
    more = {
        "case.convey-concern.v1": {"concern_id": named_id("concern"), "concern": "We are concerned."},
        "case.request-information.v1": {"request_id": named_id("request"), "questions": "Which data?"},
    }.get(type, {})
    answers = [told.act(type, by, {"case_id": case, **more}) for case in (CASE, ABSENT)]
    assert len({each.status_code for each in answers}) == 1
    codes = [(each.json()["code"], each.json().get("detail")) for each in answers]
    assert codes[0] == codes[1]
    assert told.read("/v1/cases", by).json()["items"] != []
    for of in ("/v1/refusals", "/v1/audit/events"):
        told_of = [each for each in told.read(of, by, limit=1000).json()["items"] if each["actor"] == "office/dhs"]
        assert not [each for each in told_of if CASE in str(each)] or by is UNCLEARED


def test_a_confined_reader_may_act_on_what_is_its_own(told: Door) -> None:
    concern = {"concern_id": named_id("concern"), "concern": "We are concerned."}
    answer = told.act("case.convey-concern.v1", NEEDING, {"case_id": CASE, **concern}, marking="CUI")
    assert answer.status_code == 201, answer.text
    elsewhere = told.act("case.convey-concern.v1", NEEDING, {"case_id": OTHER, **concern}, marking="CUI")
    assert elsewhere.json()["code"] == "not-found"


def test_what_i_need_to_know_of_is_told_to_me_and_why(told: Door) -> None:
    mine = told.read("/v1/me", NEEDING).json()["needs"]
    assert (mine["everything"], mine["kinds"], mine["matters"]) == (False, [], [f"case-{CASE}"])
    assert "confines you" in mine["why"]
    assert told.read("/v1/me", NSA).json()["needs"]["everything"] is True


def test_a_tag_changes_with_what_is_told_and_with_nothing_else(told: Door) -> None:
    path = f"/v1/cases/{OTHER}"
    before = {name: told.read(path, by) for name, by in {"uncleared": UNCLEARED, "needless": NEEDLESS}.items()}
    concern = {"concern_id": named_id("concern"), "concern": "We are concerned."}
    assert told.act("case.convey-concern.v1", NSA, {"case_id": CASE, **concern}, marking="CUI").status_code == 201
    for name, by in {"uncleared": UNCLEARED, "needless": NEEDLESS}.items():
        tag = before[name].headers["etag"]
        assert told.read(path, by | {"If-None-Match": tag}).status_code == 304, (
            "what is hidden changed, and nothing else"
        )
        assert told.read(path, by).content == before[name].content
        assert "last-modified" not in told.read(path, by).headers
    assert told.act("case.convey-concern.v1", NSA, {"case_id": OTHER, **concern}).status_code == 201
    assert told.read(path, UNCLEARED).headers["etag"] != before["uncleared"].headers["etag"]


def test_what_a_hidden_part_says_changes_no_tag_and_no_byte(told: Door, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two parts that differ in all that they say, and are hidden from the reader, leave it the same answer but for
    where they stand: that something is withheld is told, and no more.
    """
    path, told_of = f"/v1/cases/{OTHER}", []
    for number, words in enumerate(("One thing.", "Quite another thing, and more of it.")):
        concern = {"concern_id": named_id("concern", number), "concern": words}
        assert told.act("case.convey-concern.v1", NSA, {"case_id": OTHER, **concern}, marking="CUI").status_code == 201
        answer = told.read(path, UNCLEARED)
        whole = answer.json()
        told_of.append({name: each for name, each in whole.items() if name not in {"position", "withheld"}})
        assert whole["withheld"] == number + 1
    assert told_of[0] == told_of[1]


@pytest.mark.parametrize("wrong", ['needs="cases"', 'needs="office"', 'needs="case-"'])
def test_a_need_that_names_no_matter_is_turned_down(told: Door, wrong: str) -> None:
    answer = told.client.get("/v1/me", headers={DEVELOPMENT_HEADER: f"office/dhs; {wrong}"})
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthenticated")
