"""People act on the pages: three of them play one case in three browsers, and none sees what it may not."""

import re

import pytest
from playwright.sync_api import Error, Page, expect

from api.identity.development import DEVELOPMENT_COOKIE, DEVELOPMENT_HEADER
from api.pages.new_ids import MAKES
from consumers.acts.intake import OFFERED
from domain.values import UUID_FORM
from projections.case_status import CASE_STATUS
from tests.api.knocking import CASE, Door, developer, digest, named_id, office
from tests.api.story.looking import Looks, wrong

FULL = 'clearance="CUI//TLP:RED"; cui=all; audiences=all'
SECRETARY = office("secretariat", "S. Example", FULL)
TREASURY = office("treasury", "T. Example", FULL)
OUTSIDER = office("justice", "J. Example", 'clearance="UNCLASSIFIED"')
DIRECTOR = office("nsa", "Robin Example", FULL, person="e2f33466-9a41-5b0b-a092-32f1ae353357")
RELEASABLE = "An invented reason that everybody may read."
REASONS = "An invented reason that not everybody may read."
DISSENT = "An invented dissent that not everybody may read."
QUESTION = "An invented question that not everybody may read."


def sends(page: Page, act: str, **said: str) -> Page:
    """Fill in the form of an act and send it; it is recorded."""
    expect(page.locator("main h1")).to_have_text(act)
    for label, text in said.items():
        field = page.locator(f"[name={label}]")
        if field.evaluate("field => field.tagName") == "SELECT":
            field.select_option(text)
        else:
            field.fill(text)
    page.get_by_role("button", name=act, exact=True).click()
    expect(page.locator("#receipt")).to_contain_text("Recorded at position")
    return page


def acts(page: Page, act: str, **said: str) -> Page:
    """Choose an act of those that one can do, fill in its form and send it."""
    page.goto(page.url)
    page.locator("#can ~ .docket-options").get_by_role("link", name=act, exact=True).click()
    return sends(page, act, **said)


def test_three_people_follow_one_case_from_submission_through_the_determination(door: Door, looks: Looks) -> None:
    assert door.submitted(marking="UNCLASSIFIED").status_code == 201
    assert door.act("case.accept.v1", SECRETARY, {"case_id": CASE}).status_code == 201
    director, treasury, outsider = (looks(by) for by in (DIRECTOR, TREASURY, OUTSIDER))
    home = f"/cases/{CASE}"
    watching = outsider.goto(home)
    expect(watching.locator("#live")).to_have_text("Live")
    watching.evaluate("window.stayed = true")
    expect(watching.locator("#decided")).to_contain_text("Nobody has")

    # the director asks two offices: one answers, one never does
    page = director.goto(home)
    page.get_by_role("link", name="Ask offices for their views").click()
    asked = {"asked": "ostp\noncd", "question": f"sha256:{'0' * 64}", "protected_marking": "CUI//ISVI"}
    sends(page, "Open", **asked, question_text=QUESTION)
    expect(watching.locator("#silent")).to_contain_text("ostp")
    consultation = door.read(f"/v1/cases/{CASE}", SECRETARY).json()["now"]["consultations"][0]["consultation_id"]
    answer = {"consultation_id": consultation, "view": "concur"}
    assert door.act("consultation.answer.v1", office("oncd", clearance=FULL), answer).status_code == 201
    expect(watching.locator("#silent")).to_have_text("ostp")
    door.clock.later(days=30)
    page = director.goto(home)
    page.locator(".docket-asked").get_by_role("link", name="Close").click()
    sends(page, "Close")

    # and determines, which nobody else may
    page = director.goto(home)
    said = {"result": "warrants-additional-scrutiny", "reasons": RELEASABLE, "withheld_reasons": REASONS}
    acts(page, "Issue determination", **said, consultation=consultation, protected_marking="CUI//ISVI")
    for reader in (watching, treasury.goto(home)):
        expect(reader.locator("#decided")).to_contain_text("National Security Agency")
        expect(reader.locator("#decided")).to_contain_text("Warrants additional scrutiny")
        expect(reader.locator("#on-authority")).to_have_text("EO14409:3(a)")
        expect(reader.locator("#silent")).to_have_text("ostp")
        expect(reader.locator("#determined ~ .docket-beside")).to_contain_text(RELEASABLE)
    acts(treasury.page, "File dissent", reasons=DISSENT, marking="CUI//ISVI")
    expect(director.goto(home).locator("#disagreed")).to_have_text("treasury")

    # who may not know of the dissent sees neither it nor a byte of what was said under a marking above theirs
    assert door.docket.runner.wait(CASE_STATUS, door.recorder.head(), 10)
    expect(watching.locator("#decided")).to_contain_text("Warrants additional scrutiny")
    watching.wait_for_timeout(2500)
    assert watching.evaluate("window.stayed") is True, "it was loaded again"
    expect(watching.locator("#disagreed")).to_have_text("Nobody")
    secret = (REASONS, DISSENT, QUESTION)
    seen = {by: looking.goto(home).content() for by, looking in {"director": director, "outsider": outsider}.items()}
    assert [text in seen["director"] for text in secret] == [True, True, True]
    everything = [outsider.goto(path).content() for path in (home, "/", "/audit", "/authority", "/cases?format=html")]
    everything += [watching.content(), seen["outsider"]]
    assert not any(text in each for text in secret for each in everything)
    with pytest.raises(Error, match="Download is starting"):
        outsider.goto("/authority?format=csv")
    file = outsider.context.request.get(f"{outsider.address}/authority?format=csv").text()
    assert (RELEASABLE in file, REASONS in file) == (True, False)


def test_a_refusal_shows_the_rule_and_keeps_what_was_written(door: Door, looks: Looks) -> None:
    assert door.submitted().status_code == 201
    looking = looks(TREASURY)
    page = looking.goto(f"/act/case.accept.v1?case_id={CASE}")
    first = page.locator("[name=id]").input_value()
    page.get_by_role("button", name="Accept").click()
    expect(page.locator("#problem")).to_contain_text("This act belongs to somebody else.")
    expect(page.locator("#problem")).to_contain_text("POLICY:AUTHORITY-1")
    assert page.locator("[name=id]").input_value() != first, "an id that is used up"
    page = looking.goto(f"/act/case.file-dissent.v1?case_id={CASE}")
    page.locator("[name=reasons]").fill("Invented reasons.")
    page.locator("[name=dissent_id]").fill("no id")
    page.get_by_role("button", name="File dissent").click()
    expect(page.locator("#problem")).to_contain_text("dissent_id")
    expect(page.locator("[name=reasons]")).to_have_value("Invented reasons.")


def test_a_form_that_is_sent_twice_is_recorded_once(door: Door) -> None:
    assert door.submitted().status_code == 201
    page = door.client.get(f"/act/case.accept.v1?case_id={CASE}", headers=SECRETARY)
    id = re.search(r'name="id" value="([^"]+)"', page.text)
    assert id is not None
    sent = {"id": id[1], "marking": "UNCLASSIFIED", "case_id": CASE}
    answers = [door.client.post("/act/case.accept.v1", data=sent, headers=SECRETARY | OURS) for _ in range(2)]
    position = [re.search("Recorded at position ([0-9]+)", answer.text) for answer in answers]
    assert position[0] is not None
    assert position[1] is not None
    assert position[0][1] == position[1][1]


OURS = {"Sec-Fetch-Site": "same-origin"}


@pytest.mark.parametrize("headers", [{"Sec-Fetch-Site": "cross-site"}, {"Origin": "http://elsewhere.example"}, {}])
def test_a_page_of_somewhere_else_acts_for_nobody(door: Door, headers: dict[str, str]) -> None:
    assert door.submitted().status_code == 201
    head = door.docket.recorder.head()
    cookie = {"Cookie": f"{DEVELOPMENT_COOKIE}={SECRETARY[DEVELOPMENT_HEADER]}"}
    sent = {"id": "01a20a23-37b2-7a95-8702-b2e1257b2e42", "marking": "UNCLASSIFIED", "case_id": CASE}
    for known in (SECRETARY, cookie):
        answer = door.client.post("/act/case.accept.v1", data=sent, headers={**known, **headers})
        assert answer.status_code == 403
    assert door.docket.recorder.head() == head


def test_every_command_has_a_form(door: Door) -> None:
    for command in OFFERED:
        answer = door.client.get(f"/act/{command}", headers=SECRETARY)
        assert answer.status_code == 200, command
        schema = door.client.get(f"/schemas/{command}").json()
        written = set(re.findall(r'name="([a-z_0-9]+)"', answer.text))
        assert written >= {*schema["properties"], "id", "marking"}, command
    assert door.client.get("/act/case.invented.v1", headers=SECRETARY).status_code == 404
    assert door.client.get("/act/case.accept.v1").status_code == 401


def test_a_new_id_is_suggested_only_where_the_command_makes_what_bears_it(door: Door) -> None:
    assert door.submitted().status_code == 201
    assertion = named_id("assertion")
    evidence = {
        "digest": digest("evidence"),
        "holder": "developer",
        "marking": "UNCLASSIFIED",
        "media_type": "text/plain",
    }
    said = {"case_id": CASE, "assertion_id": assertion, "evidence": [evidence], "part": "An invented part."}
    assert door.act("case.assert-publicity.v1", developer(), said).status_code == 201
    asserting = written(door, "case.assert-publicity.v1", case_id=CASE)
    assert SUGGESTED in asserting
    assert re.search(f'name="assertion_id" value="{UUID_FORM}"', asserting)
    assert assertion not in asserting
    confirming = written(door, "case.confirm-publicity.v1", case_id=CASE)
    assert SUGGESTED not in confirming
    assert re.search('name="assertion_id" type="text" value=""[^>]* required', confirming)
    assert f"The case has: {assertion}" in confirming


@pytest.mark.parametrize("command", ["oversight.close.v1", "oversight.request.v1"])
def test_an_id_that_the_address_says_is_not_called_new(door: Door, command: str) -> None:
    inquiry = f"nsa-{named_id('inquiry')}"
    form = written(door, command, inquiry_id=inquiry)
    assert f'name="inquiry_id" type="text" value="{inquiry}"' in form
    assert SUGGESTED not in form


def test_the_id_of_what_oversight_asks_or_notes_begins_with_the_code_of_the_office_that_it_is_with(door: Door) -> None:
    gao = office("gao", clearance=FULL)
    asks, notes = (door.client.get(f"/act/oversight.{act}.v1", headers=gao).text for act in ("request", "note"))
    offices = re.findall(rf'<option value="([a-z-]+)-{UUID_FORM}">', asks)
    assert {"nsa", "dhs"} <= {*offices}
    assert "gao" not in offices
    assert re.search(rf'name="inquiry_id" value="gao-{UUID_FORM}"', notes)


def test_every_id_that_one_command_makes_another_refers_to(door: Door) -> None:
    required = {
        (command, name)
        for command in OFFERED
        for name in door.client.get(f"/schemas/{command}").json().get("required", ())
    }
    made = {(command, name) for command, names in MAKES.items() for name in names}
    assert made <= required
    ids = {name for _, name in required if name.endswith("_id")}
    assert ids - {name for _, name in made} == {"case_id", "key_id"}, "one follows from what it is about; one is a name"


SUGGESTED = "A new one is suggested"


def written(door: Door, command: str, **said: str) -> str:
    """The form of a command."""
    answer = door.client.get(f"/act/{command}", params=said, headers=SECRETARY)
    assert answer.status_code == 200
    return answer.text


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_forms_can_be_used_by_everybody(door: Door, looks: Looks, scheme: str) -> None:
    looking = looks(SECRETARY, "narrow", color_scheme=scheme, bypass_csp=True)
    for command in (
        "case.accept.v1",
        "case.issue-determination.v1",
        "case.propose-assessment.v1",
        "criteria.publish.v1",
    ):
        assert wrong(looking.goto(f"/act/{command}")) == [], command


@pytest.mark.parametrize(
    ("body", "status", "type"),
    [
        (b"id=%ff", 400, "application/x-www-form-urlencoded"),
        (b"a" * (1024 * 1024 + 1), 413, "application/x-www-form-urlencoded"),
        (b"&".join([b"a=1"] * 1001), 400, "application/x-www-form-urlencoded"),
        (b"{}", 415, "application/json"),
    ],
)
def test_a_form_that_cannot_be_read_is_turned_away_by_a_page(door: Door, body: bytes, status: int, type: str) -> None:
    headers = {**SECRETARY, **OURS, "content-type": type}
    answer = door.client.post("/act/case.accept.v1", content=body, headers=headers)
    assert (answer.status_code, answer.headers["content-type"]) == (status, "text/html; charset=utf-8")
