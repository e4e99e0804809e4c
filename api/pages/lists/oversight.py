"""What oversight asked of whom, what overseers noted for each other, and what oversight read."""

from typing import Final

from api.pages.lists.listing import MARKING, Filter, Listing, page, yes_no
from api.pages.tables import Column, Form, Item, at
from api.pages.values import words


def _asks(item: Item) -> str:
    return f"{item['requested_by']} asks {item['office']}"


def _stands(item: Item) -> str:
    now = item["now"]
    return "overdue" if now["overdue"] else "open" if now["open"] else "closed"


def _grounds(item: Item) -> str | None:
    return ", ".join(map(words, item["now"]["grounds"])) or None


REQUESTS: Final = Listing(
    path="/oversight",
    title="Oversight",
    says="What overseers asked of offices, what was produced, and what was withheld on which ground. Overseers see "
    "every request, an office those that were made of it.",
    key="inquiry_id",
    columns=(
        Column("request", "Request", _asks, to=page("oversight", "inquiry_id")),
        Column("stands", "Stands", _stands, Form.WORDS),
        Column("due", "Due", at("due_at"), Form.INSTANT),
        Column("productions", "Times produced", at("now.productions"), Form.COUNT),
        Column("complete", "All is produced", at("now.complete"), Form.YES_NO),
        Column("withheld", "Items withheld", at("now.items_withheld"), Form.COUNT),
        Column("grounds", "On the ground of", _grounds),
        Column("position", "Last event", at("position"), Form.EVENT),
        MARKING,
    ),
    filters=(
        Filter("office", "Of which office"),
        Filter("requested_by", "By which overseer"),
        Filter("open", "Open", yes_no("Open", "Closed")),
        Filter("overdue", "Due", yes_no("Overdue", "Not overdue")),
        Filter("produced", "An event or a stream that was produced"),
    ),
    view="oversight",
    of_overseers={"/oversight/notes": "Notes of overseers", "/oversight/reads": "What oversight read"},
)
NOTES: Final = Listing(
    path="/oversight/notes",
    title="Notes of overseers",
    says="What overseers noted for themselves and for each other. No office that they oversee is shown any of it.",
    key="inquiry_id",
    columns=(
        Column("noted", "Noted", at("noted_at"), Form.INSTANT, to=page("oversight/notes", "inquiry_id")),
        Column("office", "By", lambda item: [item["office"]], Form.OFFICES),
        Column("about", "About", at("about"), Form.STREAM),
        Column("position", "Event", at("position"), Form.EVENT),
        MARKING,
    ),
    filters=(Filter("about", "About which stream"),),
    view="oversight_notes",
    of_overseers={"/oversight": "Requests", "/oversight/reads": "What oversight read"},
)
READS: Final = Listing(
    path="/oversight/reads",
    title="What oversight read",
    says="Before an overseer is given anything that is marked, it is recorded here, in a ledger and a tree apart. "
    "Nobody who is overseen is shown any of it, and whoever looks here is recorded here.",
    key="position",
    columns=(
        Column("position", "Reading", at("position"), Form.COUNT),
        Column("recorded", "Recorded", at("event.time"), Form.INSTANT),
        Column("office", "Overseer", lambda item: [item["event"]["data"]["office"]], Form.OFFICES),
        Column("way", "How", at("event.data.way"), Form.WORDS),
        Column("asked", "What was asked", at("event.data.asked")),
        Column("marked", "Marked parts", at("event.data.marked"), Form.COUNT),
        Column("highest", "Highest marking", at("event.data.highest"), Form.MARKING),
    ),
    filters=(Filter("office", "Overseer"),),
    was=False,
)
"""It has a page of its own, which shows the checkpoint of its log too."""
