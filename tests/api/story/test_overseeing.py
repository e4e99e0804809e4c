"""Pages show an office what oversight asks of it, and overseers alone what they noted and what they read."""

import re
from datetime import UTC, datetime
from typing import Any

import pytest

from api.pages.values import Writing
from projections.oversight import INQUIRIES
from tests.api.knocking import Door, office

FULL = 'clearance="CUI//TLP:RED"; cui=all; audiences=all'
GAO = office("gao", "G. Example", FULL, roles="oversight")
DHS, TREASURY = office("dhs", "D. Example", FULL), office("treasury", "T. Example", FULL)


def page(door: Door, path: str, by: dict[str, str], status: int = 200, **query: str) -> str:
    answer = door.client.get(path, headers=by, params=query)
    assert answer.status_code == status, (path, answer.text)
    return answer.text


def keys(shown: str) -> list[str]:
    return re.findall(r'data-key="([^"]+)"', shown)


def inquiries(door: Door, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = door.read("/v1/oversight", GAO, **query).json()["items"]
    return found


def test_overseers_see_every_request_and_an_office_its_own(door: Door) -> None:
    everyone = {each["inquiry_id"]: each["office"] for each in inquiries(door)}
    assert set(keys(page(door, "/oversight", GAO))) == everyone.keys()
    assert set(keys(page(door, "/oversight", DHS))) == {id for id, of in everyone.items() if of == "dhs"} != set()
    (other,) = [id for id, of in everyone.items() if of == "treasury"]
    page(door, f"/oversight/{other}", DHS, 404)
    assert other in page(door, f"/oversight/{other}", TREASURY)


def test_a_request_says_what_was_produced_and_on_which_ground_something_is_withheld(door: Door) -> None:
    (scans,) = inquiries(door, office="dhs")
    shown = page(door, f"/oversight/{scans['inquiry_id']}", GAO)
    for said in (
        "Which scans of others&#39; systems",
        "Originator control",
        "ORCON, of an invented agency",
        "gao asks dhs",
    ):
        assert said in shown, said
    whole = door.read(f"/v1/oversight/{scans['inquiry_id']}", GAO).json()
    (produced,) = whole["parts"]["oversight_productions"][0]["events"]
    assert f"/scans/{produced['stream'].removeprefix('scan-')}" in shown
    for asked in (produced["stream"], produced["event_id"]):
        assert keys(page(door, "/oversight", GAO, produced=asked)) == [scans["inquiry_id"]]
    assert f"/oversight?produced={produced['event_id']}" in page(door, f"/audit/{produced['event_id']}", GAO)
    assert keys(page(door, "/oversight", GAO, produced="case-x")) == []


def test_what_an_office_can_do_about_a_request_is_on_its_page(door: Door) -> None:
    (scans,) = inquiries(door, office="dhs")
    mine = page(door, f"/oversight/{scans['inquiry_id']}", DHS)
    assert f"/act/oversight.produce.v1?inquiry_id={scans['inquiry_id']}" in mine
    assert "oversight.close.v1" not in mine
    theirs = page(door, f"/oversight/{scans['inquiry_id']}", GAO)
    assert "/act/oversight.close.v1" not in theirs, "it is closed already"
    asked = inquiries(door, open="true")[0]
    asker = office(asked["requested_by"], clearance=FULL, roles="oversight")
    ours = page(door, f"/oversight/{asked['inquiry_id']}", asker)
    assert f"/act/oversight.close.v1?inquiry_id={asked['inquiry_id']}" in ours
    assert 'href="/act/oversight.request.v1"' in theirs, "another one has another id"


def test_notes_are_there_for_overseers_alone(door: Door) -> None:
    (note,) = door.read("/v1/oversight/notes", GAO).json()["items"]
    assert keys(page(door, "/oversight/notes", GAO)) == [note["inquiry_id"]]
    for path in (f"/oversight/notes/{note['inquiry_id']}", f"/oversight/{note['inquiry_id']}"):
        assert "ask again in spring" in page(door, path, GAO)
        page(door, path, DHS, 404)
    nothing = page(door, "/oversight/notes", DHS)
    assert (keys(nothing), "Nothing that you may see fits" in nothing) == ([], True)
    assert 'href="/oversight/notes"' not in page(door, "/oversight", DHS)


def test_what_oversight_read_is_there_for_overseers_alone_and_stands_under_a_signed_end(door: Door) -> None:
    page(door, "/oversight/reads", DHS, 404)
    shown = page(door, "/oversight/reads", GAO)
    signed = door.client.get("/v1/oversight/reads/checkpoint", headers=GAO).text
    assert signed
    assert signed.splitlines()[0] in shown
    before = door.docket.readings.recorder.head()
    assert door.docket.runner.wait(INQUIRIES, door.recorder.head(), 10)
    (scans,) = inquiries(door, office="dhs")
    page(door, f"/oversight/{scans['inquiry_id']}", GAO)
    latest = page(door, "/oversight/reads", GAO)
    assert f"GET /oversight/{scans['inquiry_id']}" in latest
    assert int(keys(latest)[-1]) > before
    file = door.client.get("/oversight/reads?format=csv", headers=GAO)
    assert file.text.splitlines()[0] == '"position","recorded","office","way","asked","marked","highest"'
    assert 'href="/oversight/reads"' in page(door, "/oversight", GAO)


def test_whoever_is_confined_is_told_to_what_on_the_first_page(door: Door) -> None:
    case = door.read("/v1/cases", GAO, limit=1).json()["items"][0]["case_id"]
    confined = office("dhs", "N. Example", FULL, needs=f"tasking case-{case}")
    shown = page(door, "/", confined)
    assert "You need to know of every tasking, and of <a" in shown
    assert f'href="/cases/{case}"' in shown.partition('id="confined"')[2].partition("</p>")[0]
    assert 'id="confined"' not in page(door, "/", DHS)


def test_what_somebody_wrote_is_shown_as_it_is_and_what_the_record_has_words_for_in_words(door: Door) -> None:
    cases = door.read("/v1/cases", GAO, limit=1000).json()["items"]
    case = next(each for each in cases if each["model"] == "mosaic-agents")
    (submitted, *_) = door.read("/v1/audit/events", GAO, stream=f"case-{case['case_id']}").json()["items"]
    shown = page(door, f"/audit/{submitted['position']}", GAO)
    assert "<dt>Model</dt><dd>mosaic-agents</dd>" in shown
    assert "Mosaic agents" not in shown
    (determined, *_) = door.read("/v1/audit/events", GAO, type="case.determination-issued.v1").json()["items"]
    shown = page(door, f"/audit/{determined['position']}", GAO)
    assert re.search("<dt>Result</dt><dd>(Warrants additional scrutiny|Does not warrant)</dd>", shown)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("result", "does-not-warrant", "Does not warrant"),
        ("kind", "covered-model", "Covered model"),
        ("steps", "fix-ready", "Fix ready"),
        ("shared_with", "developer", "Developer"),
        ("kind", "sign-off", "sign-off"),
        ("model", "aurora-4", "aurora-4"),
        ("reasons", "does-not-warrant", "does-not-warrant"),
    ],
)
def test_only_values_of_a_closed_set_are_said_in_words(name: str, value: str, said: str) -> None:
    assert Writing(datetime(2026, 11, 20, tzinfo=UTC), {}).named(name, value) == said
