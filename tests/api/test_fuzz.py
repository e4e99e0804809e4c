"""Whatever is made up from the published contract is answered as the contract says, and never with an error of ours."""

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from schemathesis import Case
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from tests.api.knocking import SECRETARIAT, Door
from tests.api.serving import served

CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


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
                case.call_and_validate(headers=SECRETARIAT, checks=CHECKS)

            knocks()
