"""A path that leads nowhere is a page for people, and a problem of RFC 9457 for programs."""

from typing import Any

import pytest

from tests.api.knocking import SECRETARIAT, Door

PEOPLE = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        ("GET", "/nowhere", 404, "route-unknown"),
        ("GET", "/cases/x/y", 404, "route-unknown"),
        ("GET", "/v2/cases", 404, "route-unknown"),
        ("POST", "/cases", 405, "method-unknown"),
        ("GET", "/offices/" + "a" * 201, 400, "parameter-wrong"),
        ("GET", "/static/nothing.css", 404, "route-unknown"),
    ],
)
def test_a_path_that_leads_nowhere(door: Door, method: str, path: str, status: int, code: str) -> None:
    def ask(**headers: str) -> Any:
        return door.client.request(method, path, headers={**SECRETARIAT, **headers})

    page = ask(**PEOPLE)
    assert (page.status_code, page.headers["content-type"]) == (status, "text/html; charset=utf-8")
    assert code in page.text
    assert "<nav" in page.text
    problem = ask()
    assert (problem.status_code, problem.json()["code"]) == (status, code)
    assert problem.headers["content-type"] == "application/problem+json"
    assert page.headers["vary"] == problem.headers["vary"] == "Accept"
    assert page.headers.get("allow") == problem.headers.get("allow")


@pytest.mark.parametrize(
    ("path", "status", "code"),
    [
        ("/v1/nowhere", 404, "route-unknown"),
        ("/v1/cases/x", 404, "not-found"),
        ("/v1/cases?limit=x", 400, "parameter-wrong"),
        ("/v1/cases?nonsense=1", 400, "parameter-wrong"),
        ("/v1/actions", 405, "method-unknown"),
    ],
)
def test_where_programs_ask_it_is_a_problem_whatever_they_say_they_read(
    door: Door, path: str, status: int, code: str
) -> None:
    answer = door.client.get(path, headers={**SECRETARIAT, **PEOPLE})
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["content-type"] == "application/problem+json"
    assert "vary" not in answer.headers
