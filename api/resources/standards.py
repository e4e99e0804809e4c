"""Which standards, thresholds and framework are in force, who signed them, and who has not said anything."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response

from api.contract import gives
from api.reading import ANSWERS, Page, Reading, When
from api.reading.rendering import told, told_page
from projections import known
from projections.texts.at import signed_at, threshold_at
from projections.texts.views import FRAMEWORKS, STANDARDS, THRESHOLDS
from projections.view import View
from projections.visible import Sight


def router(reading: Reading) -> APIRouter:
    """Two routes for each kind of text: all of them, and one."""
    routes = APIRouter(tags=["standards"], prefix="/v1", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same

    def publish(view: View[Any], tell: Any, schema: str, word: str) -> None:  # noqa: ANN401 - what is said of a row
        folded = [Depends(reading.reached(view))]

        @routes.get(
            f"/{view.name}",
            operation_id=f"list{schema}s",
            responses=gives(f"{schema}s"),
            summary=f"Every {word} with what is in force of it",
            dependencies=folded,
        )
        def every(*, request: Request, sight: Seeing, page: Paged, when: At) -> Response:
            found: known.Page[Any, Any] = known.page(
                reads, sight, view, tell=tell, as_of=when.position, after=page.after, limit=page.limit
            )
            return told_page(request, reads, view, sight, page, found)

        @routes.get(
            f"/{view.name}/{{code}}",
            operation_id=f"get{schema}",
            responses=gives(f"{schema}Whole"),
            summary=f"One {word}: every version, and who signed what",
            dependencies=folded,
        )
        def one(*, request: Request, code: str, sight: Seeing, when: At) -> Response:
            found: known.Told[Any, Any] | None = known.one(reads, sight, view, code, as_of=when.position, tell=tell)
            return told(request, recorder, sight, found)

    publish(STANDARDS, signed_at, "Standard", "standard")
    publish(THRESHOLDS, threshold_at, "Threshold", "threshold")
    publish(FRAMEWORKS, signed_at, "Framework", "framework")
    return routes
