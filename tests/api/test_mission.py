"""What the brief asked for, line by line: each is done here through the public door, from an empty record."""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product
from typing import Any

import pytest

from api.cli.taskings import run as print_duties
from domain.rules.policy.table import LONGEST_WINDOW_DAYS
from tests.api.knocking import CASE, DEVELOPER, MANIFEST, SECRETARIAT, Door, Hand, developer, digest, named_id, office

MADE_BY = developer()
DIRECTOR = office("nsa", "R. Example", person=named_id("director"))
NSA, DOD, COMMERCE = office("nsa", "N. Example"), office("dod", "O. Example"), office("commerce", "C. Example")
DHS, TREASURY = office("dhs", "H. Example"), office("treasury", "T. Example")
FIVE = {"nsa": NSA, "dod": DOD, "commerce": COMMERCE, "dhs": DHS, "treasury": TREASURY}
GAO, ONCD = office("gao", "G. Example"), office("oncd", "D. Example")
SUBJECTS = ("confidentiality", "cybersecurity", "insider-risk", "intellectual-property")
KINDS = ("protection", "use", "nondisclosure")


@pytest.fixture
def clock() -> Hand:
    return Hand(now=datetime(2026, 6, 3, 14, 0, tzinfo=UTC))


@dataclass
class Mission:
    """The offices at work."""

    door: Door

    def asks(self, by: dict[str, str], type: str, data: dict[str, Any]) -> Any:
        marking = {"marking": "UNCLASSIFIED//TLP:AMBER"} if type.startswith("vulnerability.") else {}
        return self.door.act(f"{type}.v1", by, data, **marking)

    def does(self, by: dict[str, str], type: str, **data: Any) -> Any:
        """An act that is recorded; a minute passes."""
        answer = self.asks(by, type, data)
        assert answer.status_code == 201, (type, answer.text)
        self.door.clock.later(minutes=1)
        return answer.json()

    def may_not(self, by: dict[str, str], type: str, **data: Any) -> str:
        """An act that a rule refuses: the code."""
        answer = self.asks(by, type, data)
        assert answer.status_code in {403, 404, 409, 422}, answer.text
        code: str = answer.json()["code"]
        return code

    def sees(self, path: str, by: dict[str, str] = GAO, **query: Any) -> Any:
        answer = self.door.read(path, by, **query)
        assert answer.status_code == 200, answer.text
        return answer.json()

    def takes_posts(self) -> None:
        self.does(
            SECRETARIAT,
            "office.assume-post",
            office="nsa",
            post="director",
            holder=named_id("director"),
            holder_name="R. Example",
            assumed_on="2026-06-02",
        )
        for code in FIVE:
            lead = named_id("lead", code)
            self.does(
                SECRETARIAT,
                "office.assume-post",
                office=code,
                post="assessment-lead",
                holder=lead,
                holder_name="L. Example",
                assumed_on="2026-06-02",
            )

    def offers(self) -> None:
        """A developer offers a model, and the secretariat finds the offer complete."""
        assert self.door.submitted(protected_marking="CUI").status_code == 201
        self.does(SECRETARIAT, "case.accept", case_id=CASE)

    def opens(self, code: str = "nsa") -> None:
        terms = [{"subject": s, "kind": k, "clause": "1"} for s, k in product(SUBJECTS, KINDS)]
        self.does(
            MADE_BY,
            "case.agree-access-terms",
            case_id=CASE,
            office=code,
            terms=terms,
            text=digest("terms"),
            framework=reference("FRAMEWORK"),
        )
        self.does(FIVE[code], "case.open-access", case_id=CASE, basis="EO14409:3(b)(i)", roster=["A. Example"])

    def assesses(self, code: str) -> None:
        which = named_id("assessment", code)
        self.does(
            FIVE[code],
            "case.propose-assessment",
            case_id=CASE,
            assessment_id=which,
            standard=reference("CYBER-EVAL"),
            finding="concern",
            severity="6.5",
            findings="It wrote an exploit (invented).",
        )
        lead = office(code, "L. Example", person=named_id("lead", code))
        self.does(lead, "case.file-assessment", case_id=CASE, assessment_id=which)

    def determines(self, number: int = 1, **more: Any) -> None:
        self.does(
            DIRECTOR,
            "case.issue-determination",
            **determination(number)
            | {"no_consultation_because": "It could not wait (invented)."}
            | {name: value for name, value in more.items() if value is not None},
        )


def reference(id: str, version: int = 1) -> dict[str, Any]:
    return {"id": id, "version": version, "digest": digest(id)}


def determination(number: int = 1) -> dict[str, Any]:
    return {
        "case_id": CASE,
        "determination_id": named_id("determination", number),
        "result": "warrants-additional-scrutiny",
        "standard": reference("CYBER-EVAL"),
        "threshold": reference("CYBER-LINE"),
        "reasons": "Its advanced cyber capabilities are above the threshold (invented).",
        "withheld_reasons": ["Which exploit (invented)."],
    }


@pytest.fixture
def mission(door: Door) -> Mission:
    made = Mission(door)
    made.takes_posts()
    return made


def test_b1_officials_get_access_to_a_model_and_assess_it_before_its_release(mission: Mission) -> None:
    mission.offers()
    mission.opens("treasury")
    mission.assesses("treasury")
    case = mission.sees(f"/v1/cases/{CASE}")
    assert case["now"]["access"]["open_for"] == ["treasury"]
    assert [(each["office"], each["filed"], each["late"]) for each in case["now"]["assessments"]] == [
        ("treasury", True, False)
    ]
    assert case["parts"]["releases"] == []


def test_b2_access_lasts_at_most_thirty_days_whatever_is_done(mission: Mission) -> None:
    mission.offers()
    mission.opens("nsa")
    access = mission.sees(f"/v1/cases/{CASE}")["now"]["access"]
    opened, ends = (datetime.fromisoformat(access[name]) for name in ("first_opened_at", "ceiling_at"))
    assert (ends - opened).days == LONGEST_WINDOW_DAYS == 30
    mission.door.clock.later(days=20)
    mission.does(MADE_BY, "case.close-access", case_id=CASE)
    mission.opens("dhs")
    assert mission.sees(f"/v1/cases/{CASE}")["now"]["access"]["ceiling_at"] == access["ceiling_at"]
    mission.door.clock.later(days=10)
    assert mission.sees(f"/v1/cases/{CASE}")["now"]["access"]["open"] is False, "and nobody had to say so"
    again = {"case_id": CASE, "basis": "EO14409:3(b)(i)", "roster": ["A. Example"]}
    assert mission.may_not(NSA, "case.open-access", **again) == "window-ended"


def test_b3_a_developer_takes_part_and_leaves_as_it_wants(mission: Mission) -> None:
    mission.offers()
    mission.opens("nsa")
    mission.does(MADE_BY, "case.withdraw", case_id=CASE)
    case = mission.sees(f"/v1/cases/{CASE}", MADE_BY)
    assert (case["now"]["phase"], case["now"]["access"]["open"]) == ("withdrawn", False)
    assert mission.door.submitted(id=named_id("again")).status_code == 201, "and may come back"
    mission.does(MADE_BY, "participant.withdraw", participant=DEVELOPER)
    assert mission.sees("/v1/participants", GAO)["items"][0]["now"]["takes_part"] is False


def test_b4_five_offices_work_on_one_case_each_by_its_own_acts(mission: Mission) -> None:
    mission.offers()
    for code in FIVE:
        mission.opens(code)
        mission.assesses(code)
    trail = mission.sees("/v1/audit/events", type="case.assessment-filed.v1")["items"]
    assert {each["actor"] for each in trail} == {f"office/{code}" for code in FIVE}
    assert all(each["authority"] == "EO14409:3(a)" for each in trail)
    assert mission.sees(f"/v1/cases/{CASE}")["now"]["access"]["open_for"] == sorted(FIVE)


def test_b5_nsa_has_the_final_authority_and_dissent_stands_beside_it(mission: Mission) -> None:
    mission.offers()
    because = {"no_consultation_because": "It could not wait (invented)."}
    for code in FIVE.keys() - {"nsa"}:
        assert mission.may_not(FIVE[code], "case.issue-determination", **determination(), **because) == (
            "not-the-final-authority"
        )
    assert mission.may_not(NSA, "case.issue-determination", **determination(), **because) == "post-not-held"
    mission.does(TREASURY, "case.file-dissent", case_id=CASE, dissent_id=named_id("dissent"), reasons="Too early.")
    mission.determines()
    mission.determines(2, supersedes=named_id("determination", 1), ground="new-evidence", result="does-not-warrant")
    first, second = mission.sees("/v1/final-authority", case_id=CASE)["items"]
    assert (first["in_force"], second["in_force"]) == (False, True)
    assert [each["office"] for each in first["dissents"]] == ["treasury"]
    assert first["withheld_reasons_count"] == 1


def test_b6_five_offices_sign_one_text_of_a_classified_standard(mission: Mission) -> None:
    text = {"code": "CYBER-EVAL", "version": 1, "digest": digest("CYBER-EVAL")}
    described = {"holder": "office/nsa", "body_marking": "SECRET//NOFORN", "title": "How it is measured (invented)"}
    mission.does(NSA, "standard.propose", **text, **described)
    mission.does(DHS, "standard.withhold-sign-off", **text, reasons="Not yet (invented).")
    assert mission.may_not(NSA, "standard.adopt", **text) == "sign-off-missing"
    for by in FIVE.values():
        mission.does(by, "standard.sign-off", **text)
    mission.does(NSA, "standard.adopt", **text)
    standard = mission.sees("/v1/standards/CYBER-EVAL")
    assert sorted(standard["now"]["in_force"]["signed"]) == sorted(FIVE)
    assert len(standard["parts"]["withholdings"]) == 1, "what was withheld stays"
    mission.offers()
    mission.assesses("dhs")
    assert mission.sees(f"/v1/cases/{CASE}")["parts"]["filings"][0]["standard"]["checked"] is True


def test_b7_an_office_strengthens_its_own_defences_with_evidence_that_another_verifies(mission: Mission) -> None:
    task = "DHS-MAIL-1"
    mission.does(
        DHS,
        "tasking.assign",
        tasking=task,
        kind="hardening",
        provision="POLICY:AUTHORITY-1",
        title="Close the mail gateway (invented)",
        words="Every gateway is updated.",
        leads=["dhs"],
        due_on="2026-07-01",
    )
    assert mission.may_not(DHS, "tasking.claim-completion", tasking=task, evidence=[]) == "malformed"
    proof = {"digest": digest("proof"), "holder": "DHS", "marking": "CUI", "media_type": "text/plain"}
    mission.does(DHS, "tasking.claim-completion", tasking=task, evidence=[proof])
    assert mission.may_not(DHS, "tasking.verify-completion", tasking=task) == "verified-by-lead"
    mission.does(office("omb", "B. Example"), "tasking.verify-completion", tasking=task)
    assert mission.sees(f"/v1/taskings/{task}")["now"]["state"] == "verified"


def test_b8_a_covered_model_and_a_tool_are_lent_while_the_developer_agrees_and_time_runs(mission: Mission) -> None:
    hospital, lease, of_model = named_id("hospital"), named_id("lease"), named_id("lease", "model")
    by_hospital = developer(hospital)
    enrol = {"participant": hospital, "name": "Prairie Hospital (invented)", "kind": "operator"}
    mission.does(by_hospital, "participant.enrol", **enrol)
    lent = {
        "participant": hospital,
        "purpose": "Defence of its own systems",
        "scope": "Its own networks",
        "sector": "healthcare-public",
        "terms": digest("terms"),
        "until": "2026-07-15T04:00:00Z",
    }
    mission.does(DHS, "lease.open", lease_id=lease, kind="tool", tool="scanner (invented)", **lent)
    mission.offers()
    of_case = {"lease_id": of_model, "kind": "covered-model", "case_id": CASE, **lent}
    assert mission.may_not(DHS, "lease.open", **of_case) == "not-covered"
    mission.determines()
    mission.does(DHS, "lease.open", **of_case)

    def asked(which: str, number: int) -> str:
        receipt = mission.does(by_hospital, "lease.check", lease_id=which, check=digest(f"check {number}"))
        (event,) = receipt["events"]
        said: str = mission.sees(f"/v1/audit/events/{event['id']}")["event"]["data"]["answer"]
        return said

    assert (asked(lease, 1), asked(of_model, 2)) == ("usable", "developer-has-not-agreed")
    mission.does(MADE_BY, "lease.agree", lease_id=of_model)
    assert asked(of_model, 3) == "usable"
    mission.does(MADE_BY, "lease.end-agreement", lease_id=of_model)
    assert asked(of_model, 4) == "developer-ended"
    assert mission.sees(f"/v1/leases/{of_model}", MADE_BY)["now"]["because"] == "developer-ended"
    mission.door.clock.later(days=45)
    assert asked(lease, 5) == "expired", "and no job had to say so"
    assert mission.sees("/v1/leases", by_hospital, overdue="true")["items"], "nobody attested June"


def test_b9_treasury_coordinates_a_vulnerability_from_report_to_patch(mission: Mission) -> None:
    mission.door.enrolled()
    vulnerability, party = named_id("vulnerability"), named_id("party")
    reporter = developer(DEVELOPER, 'clearance="CUI//TLP:RED"; cui=all')
    mission.does(
        reporter,
        "vulnerability.report",
        vulnerability_id=vulnerability,
        reporter=named_id("pseudonym"),
        title="It reads past the end of a record (invented)",
        affected=[{"vendor": "Orrery", "product": "orrery-tls", "package": None, "cpe": None, "versions": ["<4.2.0"]}],
        sectors=["water"],
        description="A record of length 0 is read as one of 16 KiB.",
    )
    for verb in ("acknowledge", "validate", "accept"):
        mission.does(TREASURY, f"vulnerability.{verb}", vulnerability_id=vulnerability)
    mission.does(
        TREASURY,
        "vulnerability.contact-vendor",
        vulnerability_id=vulnerability,
        party_id=party,
        vendor="Orrery",
        channel="mail",
    )
    found = mission.sees(f"/v1/clearinghouse/{vulnerability}", TREASURY)
    assert [each["status"] for each in found["now"]["parties"]] == ["no-answer"]
    assert mission.may_not(DOD, "vulnerability.accept", vulnerability_id=vulnerability) == "not-your-act"


def test_b9_scans_stand_in_one_calendar_and_meet_by_consent_alone(mission: Mission) -> None:
    first, second = named_id("scan", "first"), named_id("scan", "second")
    said = {
        "owner_name": "Prairie Water (invented)",
        "agreement": digest("agreement"),
        "purpose": "Known flaws (invented)",
        "starts_at": "2026-06-10T00:00:00Z",
        "ends_at": "2026-06-12T00:00:00Z",
    }
    block, half = ({"kind": "cidr", "value": value} for value in ("192.0.2.0/24", "192.0.2.128/25"))
    mission.does(DHS, "scan.request", scan_id=first, targets=[block], **said)
    mission.does(TREASURY, "scan.request", scan_id=second, targets=[half], **said)

    def stands(scan: str) -> Any:
        return mission.sees(f"/v1/scans/{scan}")["now"]

    assert (stands(first)["standing"], stands(second)["standing"]) == ("deconflicted", "conflicted")
    assert stands(second)["waits_for"] == [first]
    assert mission.may_not(TREASURY, "scan.deconflict", scan_id=second) == "scan-conflicts"
    mission.does(DHS, "scan.consent", scan_id=second, other=first)
    assert stands(second)["standing"] == "deconflicted"

    def found(**query: Any) -> list[str]:
        return [each["scan_id"] for each in mission.sees("/v1/scans", **query)["items"]]

    assert found(target="192.0.2.7") == [first]
    assert found(target="192.0.2.200", office="treasury") == [second]
    assert found(begin="2026-06-11T00:00:00Z", end="2026-06-13T00:00:00Z") == [first, second]
    assert found(begin="2026-06-12T00:00:00Z") == []
    assert mission.door.read("/v1/scans", GAO, target="http://").json()["code"] == "parameter-wrong"
    mission.door.clock.later(days=10)
    mission.does(DHS, "scan.complete", scan_id=first, outcome="performed")
    assert (stands(first)["standing"], stands(second)["standing"]) == ("completed", "passed")


def test_b14_an_event_stays_as_it_was_recorded_and_what_is_wrong_in_it_is_said_beside_it(mission: Mission) -> None:
    mission.door.enrolled()
    mission.offers()
    (offered,) = mission.sees("/v1/audit/events", type="case.submitted.v1")["items"]
    event = mission.sees(f"/v1/audit/events/{offered['key']}")["event"]
    of = {"stream": event["subject"], "version": event["streamversion"]}

    def now() -> Any:
        return mission.sees(f"/v1/records/{event['id']}")["now"]

    assert mission.door.read(f"/v1/records/{event['id']}", GAO).status_code == 404
    erratum = {"erratum_id": named_id("erratum"), "erratum": "The summary names another version."}
    assert mission.may_not(TREASURY, "record.file-erratum", **of, **erratum) == "not-your-act"
    mission.does(MADE_BY, "record.file-erratum", **of, **erratum)
    challenge = {"challenge_id": named_id("challenge")}
    said = {**challenge, "proposed": "CUI", "reason": "It says what the model can do."}
    mission.does(TREASURY, "record.challenge-marking", **of, **said)
    assert (now()["errata"], now()["open_challenges"]) == (1, [named_id("challenge")])
    answer = {**challenge, "outcome": "to-change", "handled_as": "CUI", "reason": "So it does."}
    assert mission.may_not(DHS, "record.answer-challenge", **of, **answer) == "not-your-act"
    mission.does(SECRETARIAT, "record.answer-challenge", **of, **answer)
    assert (now()["handled_as"], now()["open_challenges"]) == ("CUI", [])
    mission.does(GAO, "record.place-hold", **of, hold_id=named_id("hold"), basis="Inquiry 7 (invented)")
    assert [each["event_id"] for each in mission.sees("/v1/records", held="true")["items"]] == [event["id"]]
    assert mission.may_not(DHS, "record.release-hold", **of, hold_id=named_id("hold")) == "not-your-act"
    mission.does(GAO, "record.release-hold", **of, hold_id=named_id("hold"))
    assert mission.sees("/v1/records", held="true")["items"] == []
    read = mission.sees(f"/v1/audit/events/{offered['key']}")
    assert (read["event"], read["said"]) == (event, now()), "the event is as it was, and points to what was said"
    own = mission.sees(f"/v1/records/{event['id']}", MADE_BY)
    assert [len(own["parts"][part]) for part in ("errata", "challenges", "answers", "holds")] == [1, 0, 1, 0]


def test_b10_nothing_here_is_a_licence(mission: Mission) -> None:
    mission.offers()
    mission.determines()
    (determined,) = mission.sees("/v1/final-authority", case_id=CASE)["items"]
    assert "no license, preclearance or permit" in determined["notice"]
    mission.does(
        MADE_BY,
        "case.report-release",
        case_id=CASE,
        audience="public",
        released_at="2026-06-03T14:00:00Z",
    )
    assert mission.sees(f"/v1/cases/{CASE}")["parts"]["releases"][0]["audience"] == "public", "whatever was determined"


def test_b11_every_duty_of_the_order_has_its_date_and_is_claimed_and_verified(
    mission: Mission, capsys: pytest.CaptureFixture[str]
) -> None:
    print_duties()
    duties = [json.loads(line) for line in capsys.readouterr().out.splitlines()]
    assert len(duties) > 10
    for duty in duties:
        mission.does(SECRETARIAT, duty["type"].removesuffix(".v1"), **duty["data"])
    due = {item["tasking"]: item["now"]["due_at"] for item in mission.sees("/v1/taskings", limit=1000)["items"]}
    assert due["EO14409-2-D"] == "2026-07-03T04:00:00.000000Z", "the end of Thursday 2 July in New York"
    assert due["EO14409-3-A"] == "2026-08-02T04:00:00.000000Z", "the end of Saturday 1 August in New York"
    mission.door.clock.later(days=70)
    overdue = {item["tasking"] for item in mission.sees("/v1/taskings", overdue="true", limit=1000)["items"]}
    assert {"EO14409-2-D", "EO14409-3-A"} <= overdue


def test_b12_anybody_can_tell_which_models_will_be_looked_at_and_how_much_of_that_is_withheld(mission: Mission) -> None:
    end, down = {"factor": None, "pointer": "unlikely-to-be-looked-at"}, {"factor": "scale", "pointer": None}
    likely = {"factor": None, "pointer": "likely-to-be-looked-at"}
    factors = [
        {
            "code": code,
            "question": f"{code}? (invented)",
            "text": "As far as you know.",
            "yes": likely,
            "no": no,
            "unknown": no,
        }
        for code, no in (("exploits", down), ("scale", end))
    ]
    said = {"code": "EARLY-LOOK", "title": "Criteria (invented)", "process": "An offer is read.", "withheld_count": 2}
    because = {"no_consultation_because": "It is a test."}
    first = {**said, **because, "version": 1, "factors": factors, "effective_on": "2026-06-04"}
    mission.does(NSA, "criteria.publish", **first)
    changed = {**first, "version": 2, "factors": factors[1:], "effective_on": "2026-06-20"}
    assert mission.may_not(NSA, "criteria.publish", **changed) == "notice-too-short"
    mission.does(NSA, "criteria.publish", **changed | {"effective_on": "2026-07-10"})
    assert mission.sees("/v1/criteria/EARLY-LOOK"), "and nobody below asks before the view is there"
    anybody = mission.door.client
    walked = anybody.post(
        "/v1/criteria/EARLY-LOOK/self-check", json={"version": 1, "answers": {"exploits": "no"}}
    ).json()
    assert (walked["pointer"], walked["withheld_count"]) == ("unlikely-to-be-looked-at", 2)
    compared = anybody.get("/v1/criteria/EARLY-LOOK/diff", params={"from": 1, "to": 2}).json()
    assert [each["code"] for each in compared["removed"]] == ["exploits"]


def test_b13_a_trusted_partner_is_selected_by_both_sides(mission: Mission) -> None:
    mission.offers()
    mission.does(
        MADE_BY,
        "case.report-programme-participants",
        case_id=CASE,
        report_id=named_id("report"),
        organisations=[f"Organisation {n} (invented)" for n in range(150)],
    )
    selection = named_id("selection")
    mission.does(
        MADE_BY,
        "case.propose-trusted-partner",
        case_id=CASE,
        selection_id=selection,
        partner="Prairie Hospital (invented)",
        purpose="Defence of its systems.",
    )
    assert mission.may_not(MADE_BY, "case.select-trusted-partner", case_id=CASE, selection_id=selection) == (
        "own-proposal"
    )
    mission.does(DHS, "case.select-trusted-partner", case_id=CASE, selection_id=selection)
    now = mission.sees(f"/v1/cases/{CASE}")["now"]
    assert (now["organisations_count"], now["partners"][0]["settled"]) == (150, "selected")


def test_b14_agencies_publish_overseers_query_and_dashboards_follow(mission: Mission) -> None:
    """Over HTTP; over Kafka it is tests/test_several_machines.py, and live it is tests/api/streaming/test_stream.py."""
    head = mission.door.recorder.head()
    mission.offers()
    published = mission.sees("/v1/audit/events", GAO, after=head)["items"]
    assert [each["type"] for each in published] == [
        "participant.enrolled.v1",
        "case.submitted.v1",
        "participant.case-noted.v1",
        "case.accepted.v1",
    ]
    (then,) = [mission.sees(f"/v1/cases/{CASE}", GAO, as_of=published[1]["position"])]
    assert (then["now"]["phase"], mission.sees(f"/v1/cases/{CASE}")["now"]["phase"]) == ("under-review", "accepted")
    document = mission.sees(f"/v1/audit/events/{published[1]['position']}", GAO, form="document")
    assert MANIFEST in json.dumps(document)
