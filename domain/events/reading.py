"""What oversight read, in a ledger apart from the record that it read: no office that it oversees is ever shown it."""

from enum import StrEnum
from typing import Annotated, Literal, TypeAlias

from annotated_types import MaxLen, MinLen

from domain.message import Protected, message
from domain.values import AnOffice, AReading, Count, MarkingText, Whole


class Way(StrEnum):
    """How something was given."""

    ANSWER = "answer"
    """At once: a list, one thing, a report, a page."""
    STREAM = "stream"
    """As it comes, for as long as the stream lasts."""
    READS = "reads"
    """An answer out of the ledger of reads itself."""


@message
class ReadingRecorded:
    """Somebody of an overseer was about to be given something that is marked."""

    type: Literal["reading.recorded.v1"] = "reading.recorded.v1"
    reading_id: AReading
    office: AnOffice
    """The overseer."""
    way: Way
    marked: Count
    """Rows, parts of rows and events above plain UNCLASSIFIED that the answer was made from; 0 for a stream."""
    first_position: Whole | None
    """The first event among them, as far as they say which: of the record, or of the ledger of reads."""
    last_position: Whole | None
    highest: MarkingText
    """The join of all that it was made from; of a stream, of all that there was and that the reader may see."""
    asked: Protected[Annotated[str, MinLen(1), MaxLen(100_000)]]
    """The method, and the path with its parameters, as they were sent."""


ReadingEvent: TypeAlias = ReadingRecorded
