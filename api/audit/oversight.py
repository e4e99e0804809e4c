"""What oversight asks of offices, what they produce and withhold, and what overseers noted for each other."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.reading import ANSWERS, Page, Reading, When
from api.reading.rendering import told, told_page
from projections import known
from projections.oversight import INQUIRIES, NOTES, Inquiry, InquiryAt, inquiry_at, note_at
from projections.visible import Sight

_CODE: Final = Query(max_length=40)


def router(reading: Reading) -> APIRouter:
    """All requests and one; all notes and one."""
    routes = APIRouter(tags=["oversight"], prefix="/v1/oversight", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same

    @routes.get(
        "",
        operation_id="listInquiries",
        responses=gives("Inquiries"),
        summary="Requests of oversight: all of them for overseers, for any other office its own",
        dependencies=[Depends(reading.reached(INQUIRIES))],
    )
    def every(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        office: Annotated[str | None, _CODE] = None,
        requested_by: Annotated[str | None, _CODE] = None,
        open: Annotated[bool | None, Query(description="Nobody has closed it.")] = None,
        overdue: Annotated[bool | None, Query(description="Its time has passed, and not all is produced.")] = None,
    ) -> Response:
        def tell(row: Inquiry) -> InquiryAt | None:
            now = inquiry_at(row, when.at)
            return now if open in {None, now.open} and overdue in {None, now.overdue} else None

        asked = [(f"{name} = ?", code) for name, code in (("office", office), ("requested_by", requested_by)) if code]
        found: known.Page[Any, Any] = known.page(
            reads,
            sight,
            INQUIRIES,
            tell=tell,
            as_of=when.position,
            after=page.after,
            limit=page.limit,
            where=" AND ".join(sql for sql, _ in asked),
            values=[code for _, code in asked],
        )
        return told_page(request, reads, INQUIRIES, sight, page, found)

    @routes.get(
        "/notes",
        operation_id="listOversightNotes",
        responses=gives("OversightNotes"),
        summary="What overseers noted; no other office is shown any",
        dependencies=[Depends(reading.reached(NOTES))],
    )
    def notes(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        about: Annotated[str | None, Query(max_length=200, description="The stream that it is about.")] = None,
    ) -> Response:
        found: known.Page[Any, Any] = known.page(
            reads,
            sight,
            NOTES,
            tell=note_at,
            as_of=when.position,
            after=page.after,
            limit=page.limit,
            where="" if about is None else "about = ?",
            values=[] if about is None else [about],
        )
        return told_page(request, reads, NOTES, sight, page, found)

    @routes.get(
        "/notes/{id}",
        operation_id="getOversightNote",
        responses=gives("OversightNoteWhole"),
        summary="One note",
        dependencies=[Depends(reading.reached(NOTES))],
    )
    def note(*, request: Request, id: str, sight: Seeing, when: At) -> Response:
        return told(request, recorder, sight, known.one(reads, sight, NOTES, id, as_of=when.position, tell=note_at))

    @routes.get(
        "/{id}",
        operation_id="getInquiry",
        responses=gives("InquiryWhole"),
        summary="One request, with what was produced and what was withheld",
        dependencies=[Depends(reading.reached(INQUIRIES))],
    )
    def one(*, request: Request, id: str, sight: Seeing, when: At) -> Response:
        found = known.one(reads, sight, INQUIRIES, id, as_of=when.position, tell=lambda row: inquiry_at(row, when.at))
        return told(request, recorder, sight, found)

    return routes
