"""What a case was at a position is folded anew from its streams, as they were then."""

from collections.abc import Sequence
from typing import Any, Final, Protocol

from domain import wire
from domain.events.case import CaseConsultationOpened
from domain.values import CaseId
from projections.case.fold import read
from projections.case.row import CaseStatus
from projections.case_status import CASE_STATUS
from projections.view import R, View

_CASE: Final = "case-"


class Streams(Protocol):
    """Where streams are kept: the ledger's recorder."""

    def read_stream(
        self, stream: str, after_version: int = 0, upto_position: int | None = None
    ) -> list[tuple[int, int, bytes]]:
        """(position, version, document) of a stream, in order."""


def fold_case(recorder: Streams, case_id: CaseId, upto_position: int) -> CaseStatus | None:
    """The row of one case as it was at a position, folded anew; None where there was no such case yet.

    It is whole: give it to a reader through its `Sight.row`.
    """
    row: Any = refold(CASE_STATUS, recorder, case_streams(recorder, case_id), upto_position)
    return None if row is None else read(row)


def case_streams(recorder: Streams, case_id: CaseId) -> list[str]:
    """The stream of a case, and those of its consultations: a consultation opens before the case notes it."""
    stream = f"{_CASE}{case_id}"
    events = (wire.load(document).event for _, _, document in recorder.read_stream(stream))
    noted = [event.consultation_id for event in events if isinstance(event, CaseConsultationOpened)]
    return [stream, *(f"consultation-{id}" for id in noted)]


def refold(view: View[R], recorder: Streams, streams: Sequence[str], upto_position: int) -> R | None:
    """What a view makes of these streams up to a position, where all of it goes to one row, in its form for folding."""
    documents = {
        position: document
        for stream in streams
        for position, _, document in recorder.read_stream(stream, 0, upto_position)
    }
    row: R | None = None
    for position, document in sorted(documents.items()):
        recorded = wire.load(document)
        if view.keys(recorded):
            row = view.evolve(row, position, recorded)
    return row
