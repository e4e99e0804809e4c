"""What passes between oversight and an office stays between the two: its stream's name says which office that is."""

from typing import Final

from domain.values import InquiryId, OfficeCode, StreamId

OVERSIGHT: Final = "oversight-"
"""What the name of every such stream begins with."""
_UUID: Final = len("-00000000-0000-0000-0000-000000000000")


def office_of(inquiry: InquiryId) -> OfficeCode:
    """With whom a life of oversight is: the office that is asked, or, of a note, the overseer that wrote it."""
    return OfficeCode(inquiry[:-_UUID])


def between(stream: StreamId | str) -> OfficeCode | None:
    """The office that, beside oversight, may know of a stream; None where that is not how it is decided."""
    if not stream.startswith(OVERSIGHT):
        return None
    return office_of(InquiryId(stream.removeprefix(OVERSIGHT)))
