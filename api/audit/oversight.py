"""What oversight asks of offices, what they produce and withhold, and what overseers noted for each other."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.contract import gives
from api.reading import ANSWERS, Reading
from api.reading.rows import Many, One, many, one
from projections.oversight import INQUIRIES, NOTES, Inquiry, InquiryAt, OversightNote, inquiry_at, note_at

_CODE: Final = Query(max_length=40)
_PRODUCED: Final = Query(max_length=200, description="An event that was produced, by its id, or a stream of one.")


def router(reading: Reading) -> APIRouter:
    """All requests and one; all notes and one."""
    routes = APIRouter(tags=["oversight"], prefix="/v1/oversight", responses={**ANSWERS})

    @routes.get(
        "",
        operation_id="listInquiries",
        responses=gives("Inquiries"),
        summary="Requests of oversight: all of them for overseers, for any other office its own",
    )
    def every(
        *,
        asked: Annotated[Many[Inquiry], many(reading, INQUIRIES)],
        office: Annotated[str | None, _CODE] = None,
        requested_by: Annotated[str | None, _CODE] = None,
        open: Annotated[bool | None, Query(description="Nobody has closed it.")] = None,
        overdue: Annotated[bool | None, Query(description="Its time has passed, and not all is produced.")] = None,
        produced: Annotated[str | None, _PRODUCED] = None,
    ) -> Response:
        def tell(row: Inquiry) -> InquiryAt | None:
            now = inquiry_at(row, asked.when.at)
            fits = open in {None, now.open} and overdue in {None, now.overdue}
            return now if fits and (produced is None or _produced(row, produced)) else None

        offices = [("office = ?", office), ("requested_by = ?", requested_by)]
        return asked.listed(tell, [(sql, code) for sql, code in offices if code])

    @routes.get(
        "/notes",
        operation_id="listOversightNotes",
        responses=gives("OversightNotes"),
        summary="What overseers noted; no other office is shown any",
    )
    def notes(
        *,
        asked: Annotated[Many[OversightNote], many(reading, NOTES)],
        about: Annotated[str | None, Query(max_length=200, description="The stream that it is about.")] = None,
    ) -> Response:
        return asked.listed(note_at, [] if about is None else [("about = ?", about)])

    @routes.get(
        "/notes/{id}", operation_id="getOversightNote", responses=gives("OversightNoteWhole"), summary="One note"
    )
    def note(id: str, asked: Annotated[One[OversightNote], one(reading, NOTES)]) -> Response:
        return asked.told(id, note_at)

    @routes.get(
        "/{id}",
        operation_id="getInquiry",
        responses=gives("InquiryWhole"),
        summary="One request, with what was produced and what was withheld",
    )
    def inquiry(id: str, asked: Annotated[One[Inquiry], one(reading, INQUIRIES)]) -> Response:
        return asked.told(id, lambda row: inquiry_at(row, asked.when.at))

    return routes


def _produced(row: Inquiry, id: str) -> bool:
    """Whether an event was produced that is this one, or stands in this stream."""
    return any(id in {each.event_id, each.stream} for made in row.oversight_productions for each in made.events)
