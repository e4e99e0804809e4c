"""`docket publish` sends acts in parts, in order, and stops where the record cannot answer."""

import json
from collections.abc import Iterator

import httpx2
import pytest

from api.cli.publish import outcomes
from tests.api.knocking import DEVELOPER, Door, developer, named_id
from tests.api.serving import served


@pytest.fixture
def client(door: Door) -> Iterator[httpx2.Client]:
    with served(door.app) as url, httpx2.Client(base_url=url) as made:
        yield made


def enrolment(number: int) -> bytes:
    data = {"participant": DEVELOPER, "name": f"Acme {number}", "kind": "developer"}
    event = {"specversion": "1.0", "id": named_id("act", number), "source": "test", "marking": "UNCLASSIFIED"}
    return json.dumps(event | {"type": "participant.enrol.v1", "data": data}).encode()


def test_every_act_has_its_outcome_however_many_go_together(client: httpx2.Client) -> None:
    acts = [enrolment(number) for number in range(5)]
    found = list(outcomes(client, acts, developer(), together=2))
    assert [each["id"] for each in found] == [named_id("act", number) for number in range(5)]
    again = list(outcomes(client, acts, developer(), together=5))
    assert {each["outcome"] for each in again} <= {"repeated", "refused"}


def test_what_is_behind_an_answer_that_is_missing_is_not_sent() -> None:
    sent: list[bytes] = []

    def answer(request: httpx2.Request) -> httpx2.Response:
        sent.append(request.read())
        return httpx2.Response(200, text='{"outcome":"unavailable"}\n')

    with httpx2.Client(base_url="http://docket.example", transport=httpx2.MockTransport(answer)) as made:
        assert len(list(outcomes(made, [b"1", b"2", b"3", b"4"], {}, together=2))) == 1
    assert sent == [b"1\n2\n"]
