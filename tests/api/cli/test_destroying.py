"""A payload is destroyed through the public door: what is left says so, and no file of the folder has it any more."""

from hashlib import sha256
from time import monotonic, sleep
from typing import Any

import pytest

from domain import wire
from tests.api.knocking import CASE, DEVELOPER, SECRETARIAT, Door, developer, digest, named_id, office

WORD = "7d1c7f0a-4c1b-4a55-9d57-a41f3c0a9b52"
CANARY = f"canary {WORD}"
"""What is searched is kept word by word."""
NSA, GAO = office("nsa", "N. Example", person=named_id("n")), office("gao", "G. Example")
CLERK = office("secretariat", "C. Example", person=named_id("clerk"))
BLIND = office("treasury", "T. Example", clearance='clearance="UNCLASSIFIED"')
SCHEDULE = {
    "policy": "RETENTION",
    "policy_version": 2,
    "title": "An invented schedule",
    "kind": "retention",
    "columns": ["event", "item", "starts_with", "days", "disposition"],
    "rows": [["case.concern-conveyed", "concerns-1", "case.concern-conveyed", "40", "DAA-0000-2026-0001 (invented)"]],
}
PATIENCE_S = 20.0


@pytest.fixture
def conveyed(door: Door) -> Any:
    """The receipt of a concern that NSA conveyed, with words that are somewhere now."""
    door.submitted()
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    said = {"case_id": CASE, "concern_id": named_id("concern"), "concern": CANARY}
    answer = door.act("case.convey-concern.v1", NSA, said, id=named_id("said"), protected_marking="CUI")
    assert answer.status_code == 201, answer.text
    assert door.act("policy.publish.v1", SECRETARIAT, SCHEDULE).status_code == 201
    door.clock.later(days=60)
    return answer.json()


def destroyed(door: Door, event: dict[str, Any]) -> Any:
    of = {"stream": event["stream"], "version": event["version"], "destruction_id": named_id("destruction")}
    assert door.act("record.propose-destruction.v1", NSA, {**of, "reason": "It is over."}).status_code == 201
    answer = door.act("record.destroy-payload.v1", CLERK, of)
    assert answer.status_code == 201, answer.text
    return answer.json()


def seen(door: Door, path: str, by: dict[str, str] = GAO, **query: Any) -> Any:
    answer = door.read(path, by, **query)
    assert answer.status_code == 200, answer.text
    return answer.json()


def test_whoever_was_shown_it_is_told_that_it_is_gone_and_others_what_they_always_were(
    door: Door, conveyed: Any
) -> None:
    (event,) = conveyed["events"]
    path = f"/v1/audit/events/{event['id']}"
    before, blind = seen(door, path), seen(door, path, BLIND)
    assert before["event"]["data"]["concern"] == CANARY
    assert (before["destroyed"], blind["destroyed"]) == ([], [])
    destroyed(door, event)
    after = seen(door, path)
    assert set(after["destroyed"]) == set(after["withheld"]) == {"act", "by", "concern"}
    assert after["said"]["destroyed"] is True
    assert CANARY not in str(after)
    still = seen(door, path, BLIND)
    assert (still["event"], still["withheld"], still["destroyed"]) == (blind["event"], blind["withheld"], [])
    (part,) = seen(door, f"/v1/cases/{CASE}")["parts"]["concerns"]
    assert (part["protected"], part["withheld"], part["destroyed"]) == ({}, ["concern"], ["concern"])
    stored = seen(door, path, form="document")
    assert (stored["disclosures"], stored["document"]) == ([], seen(door, path, BLIND, form="document")["document"])
    wire.verify(stored["document"].encode(), ())
    assert event["digest"] == "sha256:" + sha256(stored["document"].encode()).hexdigest()


def test_its_record_and_the_audit_trail_say_who_destroyed_it_by_what_schedule(door: Door, conveyed: Any) -> None:
    (event,) = conveyed["events"]
    receipt = destroyed(door, event)
    whole = seen(door, f"/v1/records/{event['id']}")
    assert (whole["now"]["destroyed"], whole["now"]["destruction_proposed"]) == (True, False)
    for wanted, found in (("true", [event["id"]]), ("false", [])):
        listed = seen(door, "/v1/records", destroyed=wanted)["items"]
        assert [each["event_id"] for each in listed if each["event_id"] == event["id"]] == found
    (gone,) = whole["parts"]["destructions"]
    assert gone["scheduled"]["item"] == "concerns-1"
    assert gone["scheduled"]["schedule"] == "POLICY:RETENTION-2"
    assert gone["actor"] == "office/secretariat"
    trail = seen(door, "/v1/audit/events", type="record.payload-destroyed.v1")["items"]
    assert [each["event"] for each in trail] == [receipt["events"][0]["id"]]
    history = seen(door, f"/v1/cases/{CASE}/history")["items"]
    assert {each["position"]: each["destroyed"] for each in history}[event["position"]] == ["act", "by", "concern"]


def test_the_same_act_gets_its_first_receipt_and_a_guess_gets_it_too(door: Door, conveyed: Any) -> None:
    destroyed(door, conveyed["events"][0])
    for words in (CANARY, "Was it this?"):
        said = {"case_id": CASE, "concern_id": named_id("concern"), "concern": words}
        again = door.act("case.convey-concern.v1", NSA, said, id=named_id("said"), protected_marking="CUI")
        assert again.status_code == 200
        assert again.json() == {**conveyed, "repeated": True}


def test_no_file_and_no_line_of_the_log_has_it_any_more(door: Door, conveyed: Any) -> None:
    (event,) = conveyed["events"]
    (kept,) = door.recorder.disclosures([event["position"]]).values()
    planted = {WORD.encode(), *kept}
    (found,) = seen(door, "/v1/audit/events", text=WORD)["items"]
    assert found["event"] == event["id"]
    assert {name.partition("-")[0] for name in holding(door, planted)} == {"ledger.db", "index.db"}
    destroyed(door, event)
    assert seen(door, "/v1/audit/events", text=WORD)["items"] == []
    until = monotonic() + PATIENCE_S
    while found := holding(door, planted):
        assert monotonic() < until, found
        sleep(0.05)
    assert {"ledger.db", "views.db"} <= {file.name for file in files(door)}
    assert CANARY not in str(door.log.entries)
    assert CANARY not in door.client.get("/v1/audit/events", headers=GAO).text


def holding(door: Door, planted: set[bytes]) -> list[str]:
    """Names of the files in which some of these bytes stand."""
    return [file.name for file in files(door) if any(one in file.read_bytes() for one in planted)]


def files(door: Door) -> list[Any]:
    return [file for file in door.folder.iterdir() if file.is_file()]


def test_a_developer_sees_that_what_it_said_was_destroyed(door: Door) -> None:
    door.submitted()
    rows = [[name, "cases-1", name, "40", "x"] for name in ("case.submitted", "participant.case-noted")]
    assert door.act("policy.publish.v1", SECRETARIAT, {**SCHEDULE, "rows": rows}).status_code == 201
    door.clock.later(days=60)
    (entry,) = seen(door, "/v1/audit/events", type="case.submitted.v1")["items"]
    of = {"stream": f"case-{CASE}", "version": 1, "destruction_id": named_id("destruction")}
    assert door.act("record.propose-destruction.v1", CLERK, of).status_code == 201
    refused = door.act("record.destroy-payload.v1", CLERK, of)
    assert (refused.status_code, refused.json()["code"]) == (403, "separate-persons")
    other = office("secretariat", "O. Example", person=named_id("other"))
    assert len(door.act("record.destroy-payload.v1", other, of).json()["events"]) == 2
    own = seen(door, f"/v1/audit/events/{entry['event']}", developer())
    assert "summary" in own["destroyed"]
    assert own["event"]["data"]["manifest"] == digest("manifest")
    assert seen(door, f"/v1/records/{entry['event']}", developer())["now"]["destroyed"] is True
    assert DEVELOPER in own["event"]["actor"]
    assert door.read(f"/v1/records/{entry['event']}", developer(named_id("rival"))).status_code == 404
