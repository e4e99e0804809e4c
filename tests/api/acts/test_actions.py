"""An act comes in by the route of its command, and has one answer for ever."""

import json
from pathlib import Path
from typing import get_args

from api.clock import SimulatedClock, SystemClock
from consumers.acts.intake import OFFERED
from domain import wire
from domain.commands import Command
from domain.errors import TurnedAway
from tests.api.knocking import CASE, DEVELOPER, NSA, SECRETARIAT, START, Door, developer, named_id, office, submission

FOUNDING = Path(__file__).parents[3] / "domain" / "founding"


def test_what_was_recorded_is_answered_with_201_and_where_it_stands(door: Door) -> None:
    answer = door.submitted()
    assert answer.status_code == 201
    receipt = answer.json()
    assert [entry["type"] for entry in receipt["events"]] == ["case.submitted.v1", "participant.case-noted.v1"]
    assert receipt["events"][0]["stream"] == f"case-{CASE}"
    assert receipt["position"] == door.recorder.head() == receipt["events"][-1]["position"]
    assert answer.headers["etag"] == '"1"'
    assert receipt["recorded_at"] == "2026-09-01T14:00:00.000000Z"
    assert door.client.get(answer.headers["location"], headers=developer()).json() == receipt | {"repeated": True}


def test_the_same_act_again_gets_the_first_receipt_with_200(door: Door) -> None:
    first = door.submitted(id=named_id("mine"))
    head = door.recorder.head()
    again = door.act("case.submit.v1", developer(), submission(), id=named_id("mine"))
    assert (again.status_code, again.json()) == (200, first.json() | {"repeated": True})
    assert door.recorder.head() == head


def test_an_act_that_changes_nothing_is_answered_with_200_and_no_event(door: Door) -> None:
    door.submitted()
    again = door.act("case.submit.v1", developer(), submission())
    assert (again.status_code, again.json()["events"], again.json()["recorded_at"]) == (200, [], None)
    once_more = door.act("case.submit.v1", developer(), submission(), id=again.json()["command_id"])
    assert once_more.json() == again.json() | {"repeated": True}


def test_an_office_acts_under_the_name_of_the_day(door: Door) -> None:
    door.submitted()
    tomorrow = {"office": "nsa", "name": "Another Agency (invented)", "effective_on": "2026-09-02"}
    assert door.act("office.rename.v1", SECRETARIAT, tomorrow).status_code == 201
    names = []
    for n in range(2):
        dissent = {"case_id": CASE, "dissent_id": named_id("dissent", n), "reasons": "Invented."}
        position = door.act("case.file-dissent.v1", NSA, dissent).json()["position"]
        names.append(wire.load(door.recorder.documents([position])[position]).actor_name)
        door.clock.later(days=1)
    assert names == ["National Security Agency", "Another Agency (invented)"]


def test_an_id_that_said_something_else_is_a_conflict(door: Door) -> None:
    door.submitted(id=named_id("mine"))
    other = door.act("case.submit.v1", developer(), submission(model="other"), id=named_id("mine"))
    assert (other.status_code, other.json()["code"]) == (409, "id-reused")


def test_a_refusal_is_a_problem_with_its_rule_its_position_and_its_receipt_the_same_each_time(door: Door) -> None:
    door.submitted()
    refused = door.act("case.accept.v1", NSA, {"case_id": CASE}, id=named_id("mine"))
    said = refused.json()
    assert refused.headers["content-type"] == "application/problem+json"
    assert (refused.status_code, said["code"], said["rule"]) == (403, "not-your-act", "POLICY:AUTHORITY-1")
    assert said["type"] == "/problems/not-your-act"
    assert said["position"] == door.recorder.head() == said["receipt"]["events"][0]["position"]
    assert said["receipt"]["events"][0]["digest"].startswith("sha256:")
    again = door.act("case.accept.v1", NSA, {"case_id": CASE}, id=named_id("mine"))
    assert again.status_code == 403
    assert again.json() == said | {"receipt": said["receipt"] | {"repeated": True}}


def test_only_whoever_acted_gets_the_receipt(door: Door) -> None:
    location = door.submitted().headers["location"]
    theirs = door.client.get(location, headers=NSA)
    nobodys = door.client.get(f"/v1/actions/{named_id('never')}", headers=NSA)
    assert theirs.status_code == nobodys.status_code == 404
    assert theirs.content == nobodys.content


def test_an_act_at_another_version_is_412_and_uses_up_no_id(door: Door) -> None:
    door.submitted()
    head = door.recorder.head()
    accept = {"case_id": CASE}
    late = door.act("case.accept.v1", SECRETARIAT, accept, id=named_id("mine"), headers={"If-Match": '"7"'})
    assert (late.status_code, late.json()["code"], door.recorder.head()) == (412, "version-moved", head)
    right = door.act("case.accept.v1", SECRETARIAT, accept, id=named_id("mine"), headers={"If-Match": '"1"'})
    assert (right.status_code, right.headers["etag"]) == (201, '"2"')


def test_a_precondition_tells_nobody_that_there_is_something_that_they_may_not_know_of(door: Door) -> None:
    door.enrolled()
    door.act("case.submit.v1", developer(), submission(), marking="CUI")
    plain = office("secretariat", clearance="clearance=UNCLASSIFIED")
    stranger = developer(named_id("other developer"))
    for who, command in ((plain, "case.accept.v1"), (stranger, "case.withdraw.v1"), (stranger, "case.accept.v1")):
        answers = {
            (answer.status_code, answer.json()["code"], answer.json()["detail"])
            for case in (CASE, named_id("none"))
            for version in ('"0"', '"1"', '"2"')
            for answer in [door.act(command, who, {"case_id": case}, headers={"If-Match": version})]
        }
        assert len(answers) == 1, answers


def test_a_precondition_that_cannot_be_read_is_not_ignored(door: Door) -> None:
    door.submitted()
    for wrong in ("1", 'W/"1"', '"1", "2"', "*", '"-1"', '"1e3"', '"99999999999"'):
        answer = door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}, headers={"If-Match": wrong})
        assert (answer.status_code, answer.json()["code"]) == (400, "parameter-wrong"), wrong


def test_an_ack_level_that_is_not_known_is_400_and_nothing_acts(open_door: Door) -> None:
    head = open_door.recorder.head()
    body = {"id": named_id("a"), "marking": "UNCLASSIFIED", "data": {}}
    answer = open_door.client.post("/v1/actions/case.accept.v1?ack=carved-in-stone", json=body, headers=SECRETARIAT)
    assert (answer.status_code, answer.json()["detail"]) == (400, "The ack levels here are stored, proved.")
    assert open_door.recorder.head() == head


def test_a_command_that_nobody_gives_has_no_route(open_door: Door) -> None:
    for type in ("case.license.v1", "ledger.open.v1", "case.record-access-end.v1", "case.submit.v2"):
        answer = open_door.client.post(f"/v1/actions/{type}", json={}, headers=SECRETARIAT)
        assert (answer.status_code, answer.json()["code"]) == (404, "command-unknown"), type


def test_every_command_is_offered_except_what_the_table_of_authority_gives_to_the_clock() -> None:
    rows = json.loads((FOUNDING / "authority.json").read_text())["rows"]
    clocks = {command for command, by, *_ in rows if by == "clock"}
    assert clocks
    assert set(OFFERED) == {wire.type_name(cls) for cls in get_args(Command)} - clocks - {"ledger.open.v1"}


def test_every_event_says_how_the_person_is_known_and_whose_name_the_record_has(door: Door) -> None:
    door.submitted()
    said = json.loads(door.recorder.read(door.recorder.head() - 2, 1)[0][2])
    assert (said["attestation"], said["actor"], said["actorname"]) == (
        "development-header",
        f"participant/{DEVELOPER}",
        "Acme",
    )


def test_a_simulated_clock_goes_where_acts_say_it_is_and_never_back() -> None:
    clock = SimulatedClock(START)
    assert clock.taken_in(SystemClock()(), START.replace(day=3)) == clock() == START.replace(day=3)
    assert clock.taken_in(SystemClock()(), START) == START.replace(day=3)
    assert clock.taken_in(SystemClock()(), None) == START.replace(day=3)


def test_a_simulated_clock_is_not_moved_by_a_mistaken_year() -> None:
    clock = SimulatedClock(START)
    try:
        clock.taken_in(START, START.replace(year=2062))
    except TurnedAway as error:
        assert error.code == "malformed"  # noqa: PT017 - what is checked is that the clock stands
    assert clock() == START


def test_a_real_clock_does_not_care_what_an_act_claims() -> None:
    assert SystemClock().taken_in(START, START.replace(year=2030)) == START
