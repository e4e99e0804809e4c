"""Vulnerabilities are reported and looked up over HTTP; who reported one stands in no answer to anybody else."""

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest

from domain.values import ParticipantId
from tests.api.knocking import DEVELOPER, Door, developer, digest, named_id, office
from tests.api.listening import listening
from tests.api.serving import served

VENDOR, OPERATOR = ParticipantId(named_id("vendor")), ParticipantId(named_id("operator"))
CLEARED = 'clearance="CUI//TLP:RED"; cui=all'
REPORTER = developer(DEVELOPER, CLEARED)
BY_VENDOR, BY_OPERATOR = developer(VENDOR, CLEARED), developer(OPERATOR, CLEARED)
TREASURY, GAO = office("treasury", "T. Example"), office("gao", "G. Example")
ID = named_id("vulnerability")
AMBER = "UNCLASSIFIED//TLP:AMBER"
PATH = f"/v1/clearinghouse/{ID}"


def act(door: Door, verb: str, by: dict[str, str], *, marking: str = AMBER, **data: Any) -> Any:
    answer = door.act(f"vulnerability.{verb}.v1", by, {"vulnerability_id": ID, **data}, marking=marking)
    assert answer.status_code == 201, answer.text
    return answer


def report(door: Door) -> Any:
    door.enrolled()
    for id, name, kind in ((VENDOR, "Orrery", "developer"), (OPERATOR, "Prairie Water", "operator")):
        door.act("participant.enrol.v1", developer(id), {"participant": id, "name": name, "kind": kind})
    source = {
        "format": "cve",
        "id": "CVE-1900-0001",
        "digest": digest("cve"),
        "holder": f"Acme {DEVELOPER}",
        "media_type": "application/json",
    }
    evidence = {"digest": digest("e"), "holder": "Acme", "marking": "UNCLASSIFIED", "media_type": "text/plain"}
    affected = {"vendor": "Orrery", "product": "orrery-tls", "package": None, "cpe": None, "versions": ["<4.2.0"]}
    return act(
        door,
        "report",
        REPORTER,
        reporter=named_id("pseudonym"),
        title="It reads past the end of a record (invented)",
        aliases=["CVE-1900-0001"],
        affected=[affected],
        sectors=["water"],
        source=source,
        evidence=[evidence],
        description="A record of length 0 is read as one of 16 KiB.",
    )


def coordinate(door: Door) -> None:
    """The whole cast has acted: reporter, vendor, operator and offices."""
    report(door)
    for verb in ("acknowledge", "validate", "accept"):
        act(door, verb, TREASURY)
    party, embargo = named_id("party"), named_id("embargo")
    act(door, "contact-vendor", TREASURY, party_id=party, vendor="Orrery", participant=VENDOR, channel="mail")
    act(door, "report-vendor-status", BY_VENDOR, party_id=party, status="affected", statement="We see it.")
    act(door, "propose-embargo", REPORTER, embargo_id=embargo)
    act(door, "accept-embargo", BY_VENDOR, embargo_id=embargo)
    act(door, "match-operator", TREASURY, operator=OPERATOR, matched_by="sector", matched_on="water")
    act(door, "notify-operator", TREASURY, operator=OPERATOR, channel="telephone", advice="Update.")
    seen = {"observation_id": named_id("seen"), "kind": "attacks"}
    act(door, "observe-exploitation", REPORTER, **seen, description="Three pumps stopped.")


def test_a_vulnerability_is_followed_from_its_report(door: Door) -> None:
    report(door)
    said = door.read(PATH, REPORTER).json()
    assert (said["now"]["stage"], said["now"]["awaited"]) == ("received", ["acknowledgement", "validation"])
    (reported,) = said["parts"]["reports"]
    assert reported["protected"] == {"description": "A record of length 0 is read as one of 16 KiB."}
    (listed,) = door.read("/v1/clearinghouse", TREASURY, state="received").json()["items"]
    assert (listed["vulnerability_id"], listed["aliases"]) == (ID, ["CVE-1900-0001"])
    assert door.read("/v1/clearinghouse", TREASURY, state="accepted").json()["items"] == []
    assert door.client.get("/v1/clearinghouse?state=done", headers=TREASURY).status_code == 400


def test_an_act_without_a_tlp_colour_is_turned_away(door: Door) -> None:
    report(door)
    answer = door.act("vulnerability.acknowledge.v1", TREASURY, {"vulnerability_id": ID})
    assert (answer.status_code, answer.json()["code"]) == (422, "tlp-missing")


def test_it_is_not_there_for_whom_it_does_not_concern(door: Door) -> None:
    report(door)
    for path in (PATH, f"/v1/clearinghouse/{named_id('none')}"):
        answer = door.read(path, BY_VENDOR)
        assert (answer.status_code, answer.json()["code"]) == (404, "not-found")
    assert door.read("/v1/clearinghouse", BY_VENDOR).json()["items"] == []


def test_a_vendor_and_an_operator_are_told_the_report_and_what_concerns_them(door: Door) -> None:
    coordinate(door)
    for by, own in ((BY_VENDOR, "contacts"), (BY_OPERATOR, "notices")):
        said = door.read(PATH, by).json()
        (reported,) = said["parts"]["reports"]
        assert reported["protected"]["description"].startswith("A record")
        assert len(said["parts"][own]) == 1
        assert said["parts"]["sources"] == said["parts"]["observations"] == said["parts"]["matches"] == []
        assert (said["now"]["exploited"], said["now"]["embargo"]) == (True, "exited")
        assert door.read("/v1/clearinghouse", by).json()["items"][0]["reporter"] == named_id("pseudonym")
    (notice,) = door.read(PATH, BY_OPERATOR).json()["parts"]["notices"]
    assert notice["protected"] == {"advice": "Update."}
    (own,) = door.read(PATH, BY_VENDOR).json()["now"]["parties"]
    assert own["status"] == "affected"


@pytest.mark.parametrize("by", [BY_VENDOR, BY_OPERATOR], ids=["vendor", "operator"])
def test_nobody_else_who_takes_part_learns_who_reported_it(door: Door, by: dict[str, str]) -> None:
    coordinate(door)
    stream = f"vulnerability-{ID}"
    events = door.read("/v1/audit/events", TREASURY, stream=stream).json()["items"]
    assert DEVELOPER in {each["actor"].removeprefix("participant/") for each in events}, "offices have it in the record"
    paths = [
        path for path, operations in door.client.get("/openapi.json").json()["paths"].items() if "get" in operations
    ]
    asked = [path for path in paths if path.startswith("/v1/") and path != "/v1/stream"]
    assert len(asked) > 15
    for path in asked:
        theirs = "command_id" if "{command_id}" in path else "event"
        for id in [ID, DEVELOPER, *(each[theirs] for each in events)]:
            filled = re.sub(r"\{\w+\}", id, path)
            answer = door.read(filled, by)
            assert answer.status_code in {200, 400, 404}, filled
            said = answer.text.replace(filled, "")
            assert DEVELOPER not in said, filled
            assert "Acme" not in said, filled
            if filled == path:
                break
    for query in ({"stream": stream}, {"actor": f"participant/{DEVELOPER}"}, {"type": "vulnerability.reported.v1"}):
        (*found,) = door.read("/v1/audit/events", by, **query).json()["items"]
        assert {each["actor"] for each in found} <= {f"participant/{VENDOR}", f"participant/{OPERATOR}"}


def everything(address: str, by: dict[str, str], begin: int, head: int, view: str | None) -> Iterator[str]:
    """All that a stream says behind a position, up to another."""
    with listening(address, by, after=begin, **({} if view is None else {"view": view})) as sent:
        for message in sent:
            yield json.dumps(message.data)
            if message.id is not None and message.id >= head:
                return


@pytest.mark.parametrize("by", [BY_VENDOR, BY_OPERATOR], ids=["vendor", "operator"])
def test_nor_does_anybody_from_streams_or_from_documents_of_other_formats(door: Door, by: dict[str, str]) -> None:
    assert door.read("/v1/clearinghouse", TREASURY).json()["items"] == [], "the view is there from the beginning"
    door.enrolled()
    begin = door.recorder.head()
    coordinate(door)
    head = door.recorder.head()
    assert door.read(PATH, by).status_code == 200, "the view has it all"
    with served(door.app) as address:
        for view, expected in ((None, "participant.enrolled.v1"), ("clearinghouse", named_id("pseudonym"))):
            told = "".join(everything(address, by, begin, head, view))
            assert expected in told
            assert DEVELOPER not in told
            assert "Acme" not in told
    for format in ("csaf", "cve", "osv", "stix"):
        answer = door.read(PATH, by, format=format)
        assert answer.status_code in {200, 400}
        assert DEVELOPER not in answer.text
        assert "Acme" not in answer.text


def test_vulnerabilities_are_counted_by_weeks_as_far_as_their_reader_sees_them(door: Door) -> None:
    report(door)
    door.clock.later(days=15)
    again: dict[str, Any] = {
        "vulnerability_id": named_id("another"),
        "reporter": named_id("another pseudonym"),
        "title": "Another",
    }
    source = {"format": "cve", "id": "CVE-1900-0002", "digest": digest("2"), "holder": "A", "media_type": "text/plain"}
    said: dict[str, Any] = {
        "description": "Invented.",
        "source": source,
        "evidence": [],
        "affected": [],
        "aliases": [],
        "sectors": [],
    }
    act(door, "report", REPORTER, **again, **said)
    counted = door.read("/v1/clearinghouse/weeks", TREASURY).json()["items"]
    assert [(each["monday"], each["reported"]) for each in counted] == [
        ("2026-08-31", 1),
        ("2026-09-07", 0),
        ("2026-09-14", 1),
    ]
    assert [each["published"] for each in counted] == [0, 0, 0]
    (named,) = door.read("/v1/clearinghouse/weeks", TREASURY, alias="cve-1900-0001").json()["items"]
    assert named["monday"] == "2026-08-31"
    stranger = developer(named_id("stranger"), CLEARED)
    assert door.read("/v1/clearinghouse/weeks", stranger).json()["items"] == []
