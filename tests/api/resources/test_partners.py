"""Trusted partners are shown with both sides' words, and a developer's own programme as it reported it."""

from typing import Any

import jsonschema_rs

from domain.values import ParticipantId, Variant, case_id
from tests.api.knocking import CASE, NSA, SECRETARIAT, Door, developer, digest, named_id, office, submission

DHS = office("dhs", "H. Example")
TREASURY = office("treasury", "T. Example")
PLAIN = office("commerce", clearance="clearance=UNCLASSIFIED")
HOSPITAL, BANK, UTILITY = "Prairie Hospital (invented)", "Lakeside Bank (invented)", "Valley Water (invented)"
INVITED = [f"Invented organisation {number}" for number in range(150)]


def propose(door: Door, partner: str, by: dict[str, str]) -> Any:
    data = {"case_id": CASE, "selection_id": named_id(partner), "partner": partner, "purpose": f"To defend {partner}."}
    answer = door.act("case.propose-trusted-partner.v1", by, data, protected_marking="CUI//PROPIN")
    assert answer.status_code == 201, answer.text
    return answer


def answered(door: Door, act: str, partner: str, by: dict[str, str], **more: Any) -> None:
    data = {"case_id": CASE, "selection_id": named_id(partner), **more}
    answer = door.act(f"case.{act}-trusted-partner.v1", by, data)
    assert answer.status_code == 201, answer.text


def told(door: Door) -> int:
    """Both sides propose; one partner is selected, one not agreed, one not answered. The position before the last."""
    door.submitted()
    door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE})
    propose(door, HOSPITAL, developer())
    propose(door, BANK, developer())
    propose(door, UTILITY, TREASURY)
    answered(door, "select", HOSPITAL, DHS)
    before = door.recorder.head()
    answered(door, "disagree", BANK, TREASURY, reason="Not ready.")
    report = {"case_id": CASE, "report_id": named_id("report"), "organisations": INVITED}
    said = door.act("case.report-programme-participants.v1", developer(), report, protected_marking="CUI//PROPIN")
    assert said.status_code == 201, said.text
    return before


def states(found: Any) -> dict[str, tuple[str, str]]:
    return {each["partner"]: (each["proposed_by"], each["state"]) for each in found.json()["items"]}


def test_a_partner_is_proposed_by_either_side_and_selected_by_both(door: Door) -> None:
    before = told(door)
    now = {
        HOSPITAL: ("developer", "selected"),
        BANK: ("developer", "not-agreed"),
        UTILITY: ("government", "proposed"),
    }
    assert states(door.read("/v1/trusted-partners", NSA)) == now
    then = states(door.read("/v1/trusted-partners", NSA, as_of=before))
    assert then == now | {BANK: ("developer", "proposed")}
    assert list(states(door.read("/v1/trusted-partners", NSA, state="selected"))) == [HOSPITAL]
    assert list(states(door.read("/v1/trusted-partners", NSA, partner="valley"))) == [UTILITY]
    assert door.read("/v1/trusted-partners", NSA, case_id=named_id("none")).json()["items"] == []
    assert states(door.read("/v1/trusted-partners", developer())) == now
    assert states(door.read("/v1/trusted-partners", developer(named_id("other")))) == {}


def test_a_programme_of_150_organisations_is_counted_for_all_and_named_for_those_who_may_see_it(door: Door) -> None:
    told(door)
    (report,) = door.read("/v1/programme-participants", NSA).json()["items"]
    assert (report["organisations_count"], report["latest"]) == (150, True)
    assert report["protected"] == {"organisations": INVITED}
    (hidden,) = door.read("/v1/programme-participants", PLAIN).json()["items"]
    assert (hidden["organisations_count"], hidden["protected"]) == (150, {})
    assert hidden["withheld"] == ["organisations"]
    assert door.read("/v1/programme-participants", developer(named_id("other"))).json()["items"] == []


def test_one_case_has_its_partners_beside_its_programme_and_a_hidden_case_has_none(door: Door) -> None:
    told(door)
    path = f"/v1/cases/{CASE}/partners"
    whole = door.read(path, NSA).json()
    assert [each["partner"] for each in whole["trusted_partners"]] == [HOSPITAL, BANK, UTILITY]
    assert whole["trusted_partners"][0]["protected"] == {"purpose": f"To defend {HOSPITAL}."}
    assert [each["organisations_count"] for each in whole["programme"]] == [150]
    assert door.read(path, developer(named_id("other"))).status_code == 404
    schemas = door.client.get("/openapi.json").json()["components"]["schemas"]
    for name, found in (("CasePartners", whole), ("TrustedPartners", door.read("/v1/trusted-partners", NSA).json())):
        jsonschema_rs.validate({"$ref": f"#/components/schemas/{name}", "components": {"schemas": schemas}}, found)


def test_partners_of_a_case_that_is_marked_higher_occur_in_no_list(door: Door) -> None:
    door.enrolled()
    hidden = submission(digest("hidden"))
    assert door.act("case.submit.v1", developer(), hidden, marking="CUI").status_code == 201
    id = case_id(ParticipantId(named_id("developer")), digest("hidden"), Variant("release"))
    data = {"case_id": id, "selection_id": named_id("canary"), "partner": "Canary Clinic (invented)", "purpose": "-"}
    door.act("case.accept.v1", SECRETARIAT, {"case_id": id}, marking="CUI")
    said = door.act("case.propose-trusted-partner.v1", developer(), data, marking="CUI")
    assert said.status_code == 201, said.text
    assert "Canary" in door.read("/v1/trusted-partners", NSA).text
    assert "Canary" not in door.read("/v1/trusted-partners", PLAIN).text
    assert door.read(f"/v1/cases/{id}/partners", PLAIN).status_code == 404
