"""An invented request of the Government Accountability Office to Homeland Security, and a note beside it."""

from typing import Any

from domain.commands.oversight import (
    CloseOversightRequest,
    NoteForOversight,
    Place,
    ProduceToOversight,
    RecordOversightDue,
    RequestForOversight,
    WithholdFromOversight,
)
from domain.events.oversight import (
    Ground,
    OversightClosed,
    OversightDuePassed,
    OversightNoted,
    OversightProduced,
    OversightRequested,
    OversightWithheld,
    ProducedEvent,
)
from domain.values import Evidence, InquiryId, ProductionId, StreamId, WithholdingId
from tests.domain.cast import CLOCK, DHS, GAO, named
from tests.domain.facts import TEXT
from tests.domain.given import BEFORE, DAY, NOON, given, on
from tests.domain.once import Once, story
from tests.domain.requests import but
from tests.domain.streams.scan import FIRST, PUMPS, requested

INQUIRY = InquiryId(f"dhs-{named('inquiry', 'first')}")
OF_OVERSEER = InquiryId(f"gao-{named('inquiry', 'overseer')}")
DUE = NOON + 5 * DAY
PRODUCTION, WITHHOLDING = ProductionId(named("production", "1")), WithholdingId(named("withholding", "1"))
asked_for = requested(FIRST, PUMPS, by=DHS)[0]
event = given(asked_for).world.log[-1]
document = Evidence(digest=TEXT, holder="office/dhs", marking="CUI", media_type="application/pdf")
_BETWEEN: Any = {"inquiry_id": INQUIRY, "requested_by": GAO.office, "office": DHS.office}

request = RequestForOversight(
    inquiry_id=INQUIRY, question=TEXT, question_text="Who asked for that scan? (invented)", due_at=DUE
)
produce = ProduceToOversight(
    inquiry_id=INQUIRY,
    production_id=PRODUCTION,
    events=(Place(stream=event.stream, version=event.version),),
    documents=(document,),
    statement="This is what there is (invented).",
)
withhold = WithholdFromOversight(
    inquiry_id=INQUIRY,
    withholding_id=WITHHOLDING,
    items=3,
    decided_by="Director (invented)",
    ground=Ground.ORIGINATOR_CONTROL,
    citation="ORCON (invented)",
    what="Three letters of another agency (invented).",
)
due = RecordOversightDue(inquiry_id=INQUIRY)
close = CloseOversightRequest(inquiry_id=INQUIRY, statement="That will do (invented).")
note = NoteForOversight(
    inquiry_id=OF_OVERSEER, about=StreamId(f"oversight-{INQUIRY}"), note="They took their time (invented)."
)

opened = on(
    BEFORE,
    OversightRequested(question=TEXT, due_at=DUE, question_text=request.question_text, **_BETWEEN),
    by=GAO,
)
timeless = on(BEFORE, OversightRequested(question=TEXT, due_at=None, question_text=None, **_BETWEEN), by=GAO)
produced = on(
    BEFORE,
    OversightProduced(
        production_id=PRODUCTION,
        events=(ProducedEvent(stream=event.stream, version=event.version, event_id=event.id),),
        documents=(document,),
        complete=False,
        late=False,
        statement=produce.statement,
        **_BETWEEN,
    ),
    by=DHS,
)
withheld = on(
    BEFORE,
    OversightWithheld(
        withholding_id=WITHHOLDING,
        items=3,
        decided_by=withhold.decided_by,
        ground=withhold.ground,
        citation=withhold.citation,
        late=False,
        what=withhold.what,
        **_BETWEEN,
    ),
    by=DHS,
)
passed = on(DUE, OversightDuePassed(due_at=DUE, silent=True, **_BETWEEN), by=CLOCK)
closed = on(BEFORE, OversightClosed(productions=1, items_withheld=3, statement=close.statement, **_BETWEEN), by=GAO)
noted = on(
    BEFORE,
    OversightNoted(inquiry_id=OF_OVERSEER, office=GAO.office, about=note.about, note=note.note),
    by=GAO,
)

ONCE = [
    Once(request, GAO),
    Once(produce, DHS, (asked_for, opened)),
    Once(withhold, DHS, (opened,)),
    Once(due, CLOCK, (opened,), DUE),
    Once(close, GAO, (opened, produced, withheld)),
    Once(note, GAO),
]
STORIES = {
    "not-audited": story(asks=but(request, inquiry_id=OF_OVERSEER), by=GAO),
    "nothing-produced": story(opened, asks=but(produce, events=(), documents=()), by=DHS),
    "note-not-yours": story(asks=but(note, inquiry_id=INQUIRY), by=GAO),
}
