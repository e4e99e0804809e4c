"""Which standards, thresholds and framework are in force, who signed them, and who has not said anything."""

from typing import Annotated, Any

from fastapi import APIRouter, Response

from api.contract import gives
from api.reading import ANSWERS, Reading
from api.reading.rows import Many, One, many, one
from projections.texts.at import signed_at, threshold_at
from projections.texts.views import FRAMEWORKS, STANDARDS, THRESHOLDS
from projections.view import View


def router(reading: Reading) -> APIRouter:
    """Two routes for each kind of text: all of them, and one."""
    routes = APIRouter(tags=["standards"], prefix="/v1", responses={**ANSWERS})

    def publish(view: View[Any], tell: Any, schema: str, word: str) -> None:  # noqa: ANN401 - what is said of a row
        @routes.get(
            f"/{view.name}",
            operation_id=f"list{schema}s",
            responses=gives(f"{schema}s"),
            summary=f"Every {word} with what is in force of it",
        )
        def every(asked: Annotated[Many[Any], many(reading, view)]) -> Response:
            return asked.listed(tell)

        @routes.get(
            f"/{view.name}/{{code}}",
            operation_id=f"get{schema}",
            responses=gives(f"{schema}Whole"),
            summary=f"One {word}: every version, and who signed what",
        )
        def text(code: str, asked: Annotated[One[Any], one(reading, view)]) -> Response:
            return asked.told(code, tell)

    publish(STANDARDS, signed_at, "Standard", "standard")
    publish(THRESHOLDS, threshold_at, "Threshold", "threshold")
    publish(FRAMEWORKS, signed_at, "Framework", "framework")
    return routes
