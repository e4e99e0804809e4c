"""Whatever is made up from the published contract is answered as the contract says, and never with an error of ours."""

import json
from typing import Any

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.knocking import SECRETARIAT, Door
from tests.api.serving import served


@schemathesis.serializer("application/x-ndjson")
def as_a_line(ctx: Any, value: Any) -> bytes:
    return json.dumps(value).encode() + b"\n"


def no_error_of_ours(ctx: Any, response: Any, case: Case) -> None:
    """A view that is not there in time is no error; all else of that kind is."""
    assert response.status_code < 500 or response.json()["code"] == "view-behind", response.text


CHECKS = [no_error_of_ours, status_code_conformance, content_type_conformance, response_schema_conformance]


def test_made_up_requests_are_answered_as_published(door: Door) -> None:
    with served(door.app) as address:
        schema = schemathesis.openapi.from_url(f"{address}/openapi.json")
        schema.config.update(base_url=address)
        operations = [
            found.ok()
            for found in schema.exclude(path_regex="^/v1/stream").get_all_operations()
            if isinstance(found, Ok)
        ]
        assert len(operations) > 60
        for operation in operations:

            @given(case=operation.as_strategy())
            @settings(max_examples=4, phases=[Phase.generate], suppress_health_check=list(HealthCheck), database=None)
            def knocks(case: Case) -> None:
                case.call_and_validate(headers=SECRETARIAT | {"Prefer": "wait=0"}, checks=CHECKS)

            knocks()
