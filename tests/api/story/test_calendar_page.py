"""On a page somebody makes an address for a calendar program, sees it once and whether it is in use, and ends it."""

import re

from tests.api.knocking import Door, office
from tests.api.story.test_acting import OURS

TREASURY = office("treasury", "T. Example", 'clearance="CUI//TLP:RED"; cui=all; audiences=all')


def test_an_address_is_made_on_a_page_and_taken_back(door: Door) -> None:
    sent = {"label": "A telephone", "days": "30"}
    made = door.client.post("/calendars", data=sent, headers=TREASURY | OURS)
    assert (made.status_code, made.headers["cache-control"]) == (201, "no-store")
    found = re.search(r'id="address"[^>]*>http://127\.0\.0\.1:8040(/calendar/[^<]+\.ics)<', made.text)
    assert found is not None
    path = found[1]
    assert b"BEGIN:VEVENT" in door.client.get(path).content
    later = door.client.get("/calendars", headers=TREASURY)
    assert ("A telephone" in later.text, path in later.text, "Never" in later.text) == (True, False, False)
    id = re.search(r'action="(/calendars/[^"]+/end)"', later.text)
    assert id is not None
    assert door.client.post(id[1], headers=TREASURY).status_code == 403, "a page of somewhere else"
    assert door.client.get(path).status_code == 200
    ended = door.client.post(id[1], headers=TREASURY | OURS)
    assert (ended.status_code, "You have none." in ended.text) == (200, True)
    assert door.client.get(path).status_code == 404


def test_what_is_wrong_is_said_on_the_page(door: Door) -> None:
    for days in ("0", "4000", "ten", "9" * 40):
        answer = door.client.post("/calendars", data={"label": "Mine", "days": days}, headers=TREASURY | OURS)
        assert (answer.status_code, 'id="problem"' in answer.text, 'value="Mine"' in answer.text) == (422, True, True)
    assert "You have none." in door.client.get("/calendars", headers=TREASURY).text
    assert door.client.get("/calendars").status_code == 401
