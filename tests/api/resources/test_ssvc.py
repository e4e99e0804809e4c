"""A decision table answers a selection list with the data of an act; another person sends the act."""

import json
from pathlib import Path

from tests.api.knocking import named_id, office

TREASURY = office("treasury", "T. Example")
LIST = Path(__file__).parents[2] / "data" / "ssvc" / "CVE-1900-1234-Decision_Point_Value_Selection-2-0-0.json"
IMPACT = {"namespace": "ssvc", "key": "MWI", "version": "1.0.0", "values": [{"name": "high", "key": "H"}]}


def test_the_tables_are_listed(door):
    found = door.client.get("/v1/ssvc", headers=TREASURY).json()
    assert {each["table"] for each in found} >= {"cisa:DT_CO", "cisa:DT_BOD2604"}
    assert door.client.get("/v1/ssvc").status_code == 401


def test_what_a_table_answers_is_the_data_of_an_act_that_the_rules_take(door):
    said = json.loads(LIST.read_bytes())
    said["selections"].append(IMPACT)
    answer = door.client.post("/v1/ssvc/cisa:DT_CO/2.0.3", json=said, headers=TREASURY)
    assert (answer.status_code, answer.json()["outcome"]) == (200, "AC")
    id, green = named_id("vulnerability"), {"marking": "UNCLASSIFIED//TLP:GREEN"}
    report = {"vulnerability_id": id, "reporter": named_id("me"), "title": "Invented"}
    door.act("vulnerability.report.v1", TREASURY, report, **green)
    data = {"vulnerability_id": id} | answer.json()
    for verb in ("acknowledge", "validate"):
        door.act(f"vulnerability.{verb}.v1", TREASURY, {"vulnerability_id": id}, **green)
    prioritized = door.act("vulnerability.prioritize.v1", TREASURY, data, **green)
    assert prioritized.status_code == 201, prioritized.text


def test_a_list_that_decides_nothing_and_a_table_that_is_not_known_are_told_apart(door):
    said = json.loads(LIST.read_bytes())
    undecided = door.client.post("/v1/ssvc/cisa:DT_CO/2.0.3", json=said, headers=TREASURY)
    assert (undecided.status_code, undecided.json()["code"]) == (422, "malformed")
    assert door.client.post("/v1/ssvc/cisa:DT_CO/9.9.9", json=said, headers=TREASURY).status_code == 404
