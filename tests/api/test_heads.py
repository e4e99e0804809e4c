"""HEAD tells what GET would: the same status and headers and nothing else, with the same rights, and on the record."""

import pytest

from tests.api.audit.test_reads import asked
from tests.api.knocking import CASE, NSA, SECRETARIAT, Door, office

GAO = office("gao", "G. Example")


@pytest.mark.parametrize(
    "path", ["/v1/cases", "/v1/cases?limit=x", "/v1/nothing", "/cases", "/", "/livez", "/openapi.json", "/docs"]
)
def test_the_headers_are_those_of_get_and_there_is_no_body(open_door: Door, path: str) -> None:
    for by in (NSA, {}):
        whole, head = (open_door.client.request(method, path, headers=by) for method in ("GET", "HEAD"))
        assert head.status_code == whole.status_code
        assert head.headers == whole.headers
        assert head.content == b""


def test_the_head_of_a_stream_ends_after_its_headers(open_door: Door) -> None:
    for path in ("/v1/stream", "/v1/stream?view=cases", "/v1/stream?view=case_status"):
        assert open_door.client.head(path, headers=NSA).content == b""
    answer = open_door.client.head("/v1/stream", headers=NSA)
    assert (answer.status_code, answer.headers["content-type"]) == (200, "text/event-stream; charset=utf-8")


def test_where_nothing_is_read_there_is_no_head_either(open_door: Door) -> None:
    answer = open_door.client.head("/v1/actions", headers=NSA)
    assert (answer.status_code, answer.headers["allow"]) == (405, "POST")


def test_what_an_overseer_asks_for_so_is_recorded_as_a_reading(door: Door) -> None:
    assert door.submitted(marking="CUI").status_code == 201
    assert door.act("case.accept.v1", SECRETARIAT, {"case_id": CASE}, marking="CUI").status_code == 201
    assert door.read("/v1/cases", NSA).status_code == 200
    for path in (f"/v1/cases/{CASE}", f"/cases/{CASE}"):
        assert door.client.head(path, headers=GAO).status_code == 200
    assert asked(door) == [f"HEAD /v1/cases/{CASE}", f"HEAD /cases/{CASE}"]
