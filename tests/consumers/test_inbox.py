"""An office that asks over Kafka is answered as one that asks over HTTP, record by record, whatever a record holds."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from api.contract.asyncapi import asyncapi
from domain import wire
from domain.act import Attestation
from domain.commands.office import RenameOffice
from domain.message import WITHHELD
from domain.rules.seen import of_office
from domain.values import OfficeCode
from tests.consumers.asking import PERSON, STRUCTURED, Office, binary, concern, event, named
from tests.projections.small_ledger import SECRETARIAT, Small, small
from tests.services.kafka import Kafka

DEEP = b'{"specversion":"1.0","data":' + b"[" * 100_000 + b"]" * 100_000 + b"}"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Small]:
    made = small(tmp_path / "ledger.db")
    made.enrol()
    yield made
    made.recorder.close()


@pytest.fixture
def case(ledger: Small) -> str:
    return ledger.submit()


@pytest.fixture
def office(kafka: Kafka) -> Office:
    return Office(kafka)


def test_each_record_is_answered_by_what_became_of_it(ledger: Small, case: str, office: Office) -> None:
    first = concern(case, 1)
    told = office.answered(
        ledger.ledger,
        first,
        first,
        concern(case, 1, time="2026-07-01T00:00:00Z"),
        event("case.accept.v1", named("accept"), {"case_id": case}),
        concern(case, 2, marking=None),
        concern(case, 3, marking="CUI//SP-CTI"),
        event("case.nothing.v1", named("nothing"), {}),
        concern(case, 4, id="no uuid"),
    )
    assert [(each.outcome, each.data["status"]) for each in told] == [
        ("recorded", 201),
        ("repeated", 200),
        ("turned-away", 409),
        ("refused", 403),
        ("turned-away", 422),
        ("turned-away", 403),
        ("turned-away", 404),
        ("turned-away", 422),
    ]
    assert [each.code for each in told[2:]] == [
        "id-reused",
        "not-your-act",
        "marking-missing",
        "marking-above-yours",
        "command-unknown",
        "malformed",
    ]
    recorded, repeated = (each.data["receipt"] for each in told[:2])
    assert repeated == recorded | {"repeated": True}
    assert told[3].data["problem"]["receipt"]["events"], "a refusal is recorded"
    assert [each.data["id"] for each in told] == [
        *[named("act", 1)] * 3,
        named("accept"),
        named("act", 2),
        named("act", 3),
        named("nothing"),
        None,
    ]
    assert told[0].key == named("act", 1).encode()
    outcomes = {each.outcome for each in told}
    assert {kind: office.figure("outcomes_total", outcome=kind) for kind in outcomes} == {
        "recorded": 1,
        "repeated": 1,
        "refused": 1,
        "turned-away": 5,
    }
    assert (office.figure("offset"), office.figure("lag")) == (7, 0)


def test_an_outcome_is_a_cloudevent_that_names_the_record_it_answers(ledger: Small, case: str, office: Office) -> None:
    office.ask(concern(case, 1), concern(case, 2, marking=None), event("case.accept.v1", named("a"), {"case_id": case}))
    office.send([(b"{", STRUCTURED)])
    published = asyncapi(version="1", topics=office.topics, offices=[office.code])["components"]
    form = published["messages"]["action.outcome.v1"]
    payload = jsonschema_rs.validator_for({**form["payload"], "components": published}, validate_formats=True)
    told = office.answered(ledger.ledger)
    assert [each.outcome for each in told] == ["recorded", "turned-away", "refused", "unreadable"]
    for offset, each in enumerate(told):
        payload.validate(each.event)
        jsonschema_rs.validator_for(form["headers"]).validate(
            {name: value.decode() for name, value in each.headers.items()}
        )
        assert each.headers["source-offset"] == str(offset).encode()
        assert each.data["offset"] == offset
        attributes = {name.removeprefix("ce_"): value.decode() for name, value in each.headers.items() if "ce_" in name}
        assert attributes == {name: each.event[name] for name in attributes}
        assert attributes["source"] == f"urn:uuid:{ledger.ledger.opened.ledger}"
        assert (attributes["type"], attributes["subject"]) == ("action.outcome.v1", office.actions.topic)
    assert len({each.event["id"] for each in told}) == 4


def test_records_sent_twice_and_in_another_order_take_effect_once(ledger: Small, case: str, office: Office) -> None:
    one, other = concern(case, 1), concern(case, 2)
    told = office.answered(ledger.ledger, other, one, other, one, one, other)
    assert [each.outcome for each in told] == ["recorded"] * 2 + ["repeated"] * 4
    first = {each.data["id"]: each.data["receipt"] for each in told[:2]}
    assert [each.data["receipt"] for each in told[2:]] == [
        first[each.data["id"]] | {"repeated": True} for each in told[2:]
    ]


def test_both_modes_of_cloudevents_ask_for_the_same(ledger: Small, case: str, office: Office) -> None:
    office.ask(concern(case, 1))
    office.send([binary(concern(case, 1))])
    assert [each.outcome for each in office.answered(ledger.ledger)] == ["recorded", "repeated"]


def test_who_acts_is_whom_the_topic_and_its_office_say(ledger: Small, case: str, office: Office) -> None:
    (told,) = office.answered(ledger.ledger, concern(case, 1, source="urn:office:nsa"))
    position = told.data["receipt"]["position"]
    (document,) = ledger.recorder.documents([position]).values()
    recorded = wire.load(document, ledger.recorder.disclosures([position])[position])
    assert (recorded.actor, recorded.attestation) == ("office/dhs", Attestation.OFFICE)
    assert recorded.by is not None
    assert recorded.by is not WITHHELD
    assert (recorded.by.person, recorded.by.name) == (PERSON["person"], PERSON["personname"])


def test_an_office_is_called_what_it_is_called_that_day(ledger: Small, case: str, office: Office) -> None:
    before = ledger.ledger.state(of_office(OfficeCode("dhs"))).state.named[0]
    tomorrow = (ledger.now + timedelta(days=1)).date()
    renamed = RenameOffice(office=OfficeCode("dhs"), name="Homeland (invented)", effective_on=tomorrow)
    ledger.done(renamed, SECRETARIAT)
    (today,) = office.answered(ledger.ledger, concern(case, 1))
    ledger.now += timedelta(days=2)
    _, later = office.answered(ledger.ledger, concern(case, 2))
    names = [
        wire.load(document).actor_name
        for told in (today, later)
        for document in ledger.recorder.documents([told.data["receipt"]["position"]]).values()
    ]
    assert names == [before, "Homeland (invented)"]


@pytest.mark.parametrize(
    ("said", "pointers"),
    [
        ({"personname": None}, {"/personname"}),
        ({"person": None}, {"/person"}),
        ({"person": "H. Example"}, {"/person"}),
        ({"personclearance": "EVERYTHING"}, {"/personclearance"}),
        ({"personneeds": "everything"}, {"/personneeds"}),
        ({"personneeds": "tasking  case-1"}, {"/personneeds"}),
        ({"personage": "5"}, {"/personage"}),
        ({"personname": "two\nlines", "time": "soon"}, {"/personname", "/time"}),
    ],
)
def test_a_person_who_is_badly_attested_does_not_act(
    ledger: Small, case: str, office: Office, said: dict[str, Any], pointers: set[str]
) -> None:
    (told,) = office.answered(ledger.ledger, concern(case, 1, **said))
    assert told.code == "malformed"
    assert {wrong["pointer"] for wrong in told.data["problem"]["errors"]} == pointers


def test_whoever_is_attested_without_a_clearance_marks_nothing_above_the_lowest(
    ledger: Small, case: str, office: Office
) -> None:
    told = office.answered(
        ledger.ledger,
        concern(case, 1, personclearance=None),
        concern(case, 2, personclearance=None, marking="UNCLASSIFIED//TLP:GREEN"),
    )
    assert [each.outcome for each in told] == ["recorded", "turned-away"]
    assert told[1].code == "marking-above-yours"


def test_what_is_taken_in_was_taken_in_when_the_broker_appended_it(
    kafka: Kafka, office: Office, tmp_path: Path
) -> None:
    ledger = small(tmp_path / "ledger.db")
    ledger.now = datetime.now(UTC) - timedelta(minutes=5)
    ledger.enrol()
    case = ledger.submit()
    before = datetime.now(UTC)
    office.ask(concern(case, 1, time="2020-01-01T00:00:00Z"))
    after = datetime.now(UTC)
    ledger.now = after + timedelta(hours=1)
    (told,) = office.answered(ledger.ledger)
    (document,) = ledger.recorder.documents([told.data["receipt"]["position"]]).values()
    recorded = wire.load(document)
    assert before - timedelta(milliseconds=1) <= recorded.taken_in_at <= after
    assert recorded.recorded_at == ledger.now
    ledger.recorder.close()


def test_a_time_that_only_the_sender_states_is_not_believed(kafka: Kafka, tmp_path: Path) -> None:
    office = Office(kafka, settings={"message.timestamp.type": "CreateTime"})
    ledger = small(tmp_path / "ledger.db")
    ledger.enrol()
    case = ledger.submit()
    ledger.now = datetime.now(UTC)
    with_a_past = concern(case, 1)
    office.send_at(with_a_past, datetime(2026, 1, 1, tzinfo=UTC))
    (told,) = office.answered(ledger.ledger)
    (document,) = ledger.recorder.documents([told.data["receipt"]["position"]]).values()
    assert wire.load(document).taken_in_at >= ledger.now
    ledger.recorder.close()


def test_an_office_that_is_not_registered_is_turned_away_until_it_is(ledger: Small, case: str, kafka: Kafka) -> None:
    office = Office(kafka, code="nobody")
    head = ledger.recorder.head()
    told = office.answered(ledger.ledger, concern(case, 1), event("case.nothing.v1", named("nothing"), {}))
    assert {(each.outcome, each.code) for each in told} == {("turned-away", "not-known-yet")}
    assert ledger.recorder.head() == head


def test_records_that_are_no_events_stop_nobody(ledger: Small, case: str, kafka: Kafka) -> None:
    office = Office(kafka, settings={"max.message.bytes": str(8 * 1024 * 1024)})
    bad: list[tuple[bytes | None, list[tuple[str, bytes]]]] = [
        (b"{", STRUCTURED),
        (b"\xff\xfe", STRUCTURED),
        (DEEP, STRUCTURED),
        (b"[]", STRUCTURED),
        (b"", STRUCTURED),
        (None, STRUCTURED),
        (None, []),
        (b"plain", []),
        (b"{}", [*STRUCTURED, *STRUCTURED]),
        (b"{}", [("content-type", b"\xff")]),
        (b"{}", [("content-type", b"application/cloudevents+avro")]),
        (b"{}", [("content-type", b"application/cloudevents+json; charset=latin1")]),
        (b"{}", [("ce_specversion", b"1.0"), ("ce_specversion", b"1.0")]),
        (b"{}", [("ce_specversion", b"1.0"), ("ce_type", b"\xff")]),
        (b'"' + b"x" * 5 * 1024 * 1024 + b'"', STRUCTURED),
    ]
    good = concern(case, 1)
    office.send([record for each in bad for record in (each, (binary(good)[0], [*binary(good)[1], ("any", b"\xff")]))])
    told = office.answered(ledger.ledger)
    assert [each.outcome for each in told[::2]] == ["unreadable"] * len(bad)
    assert [each.outcome for each in told[1::2]] == ["recorded"] + ["repeated"] * (len(bad) - 1)
    for offset, each in enumerate(told[::2]):
        assert each.data["offset"] == 2 * offset
        assert each.data["digest"].startswith("sha256:")
        assert each.data["id"] is None


def test_a_null_value_in_binary_mode_is_an_event_without_data(ledger: Small, case: str, office: Office) -> None:
    office.send([(None, binary(concern(case, 1))[1])])
    (told,) = office.answered(ledger.ledger)
    assert (told.outcome, told.data["problem"]["errors"][0]["pointer"]) == ("turned-away", "/data")


def test_what_is_marked_above_the_ceiling_is_answered_by_its_offset_alone(kafka: Kafka, tmp_path: Path) -> None:
    ledger = small(tmp_path / "ledger.db", ceiling="CUI")
    ledger.enrol()
    case = ledger.submit()
    office = Office(kafka)
    spills = [
        concern(case, 1, marking="SECRET//NOFORN"),
        concern(case, 2, protectedmarking="SECRET//NOFORN"),
        concern(case, 3, marking="TOP SECRET//SI//NOFORN"),
        concern(case, 4, marking="secret", person="nobody", data=None),
    ]
    broken = binary(concern(case, 5, marking="CONFIDENTIAL//NOFORN"))
    office.ask(*spills)
    office.send([broken, (b"{", broken[1])])
    told = office.answered(ledger.ledger, concern(case, 6, marking="CUI"))
    assert told.pop().outcome == "recorded"
    assert len(told) == 6
    for offset, each in enumerate(told):
        assert set(each.data) == {"offset", "id", "outcome", "status", "problem"}
        assert (each.data["offset"], each.data["id"], each.code) == (offset, None, "marking-above-ceiling")
        assert set(each.data["problem"]) == {"type", "title", "status", "detail", "code"}
        assert each.key == each.event["id"].encode()
    alarms = [entry for entry in office.log.entries if entry["event"] == "spill"]
    assert alarms == [
        {"event": "spill", "log_level": "critical", "topic": office.actions.topic, "offset": offset}
        for offset in range(6)
    ]
    assert office.figure("spills_total") == 6
    ledger.recorder.close()


def test_what_is_turned_away_is_logged_without_its_content(ledger: Small, case: str, office: Office) -> None:
    office.answered(ledger.ledger, concern(case, 1, marking=None), concern(case, 2, marking="EVERYBODY"))
    assert [entry for entry in office.log.entries if entry["log_level"] == "warning"] == [
        {"event": "turned-away", "log_level": "warning", "code": code, "actor": "office/dhs"}
        for code in ("marking-missing", "marking-unknown")
    ]
