"""What is asked of whom, and what was lent to whom."""

from typing import Final

from api.pages.lists.listing import MARKING, Filter, Listing, choices, page, yes_no
from api.pages.tables import Column, Form, Item, at
from api.pages.values import words
from domain.events.lease import LeaseKind
from domain.events.tasking import TaskingKind
from projections.tasking.at import Stands


def _overdue(item: Item) -> str | None:
    if at("now.overdue")(item):
        return "overdue"
    return "late" if at("now.late")(item) else None


def _leads(item: Item) -> list[str]:
    return [each["office"] for each in at("now.leads")(item) or ()]


def _claimed(item: Item) -> list[str]:
    return [each["office"] for each in at("now.leads")(item) or () if each["claimed_at"]]


def _usable(item: Item) -> str:
    return "yes" if at("now.may_be_used")(item) else str(at("now.because")(item))


def _taker(item: Item) -> str | None:
    taker = item["taker"]
    return f"office/{taker['office']}" if taker["office"] else f"participant/{taker['participant']}"


def _lent(item: Item) -> str:
    return str(item["subject"]["tool"] or words(item["subject"]["kind"]))


TASKINGS: Final = Listing(
    path="/taskings",
    title="Taskings",
    says="What the order and the offices ask of whom. Claimed, verified and late are three facts.",
    key="tasking",
    columns=(
        Column("section", "Section", at("now.provision")),
        Column("title", "What", at("now.title"), to=page("taskings", "tasking")),
        Column("leads", "Leads", _leads, Form.OFFICES),
        Column("due", "Due", at("now.due_at"), Form.INSTANT),
        Column("claimed", "Claimed by", _claimed, Form.OFFICES),
        Column("state", "State", at("now.state"), Form.WORDS),
        Column("verified", "Verified", at("now.verified_at"), Form.INSTANT),
        Column("late", "Late", _overdue, Form.WORDS),
        MARKING,
    ),
    filters=(
        Filter("section", "Section"),
        Filter("lead", "Lead"),
        Filter("kind", "Kind", choices(TaskingKind)),
        Filter("state", "State", choices(Stands)),
        Filter("overdue", "Overdue", yes_no("Overdue", "Not overdue")),
    ),
    view="taskings",
)
LEASES: Final = Listing(
    path="/leases",
    title="Leases",
    says="Who was lent which tool or covered model, for what, and until when.",
    key="lease_id",
    columns=(
        Column("lent", "What is lent", _lent, to=page("leases", "lease_id")),
        Column("taker", "To whom", _taker, Form.ACTOR),
        Column("opened_by", "Opened by", lambda item: [item["opened_by"]], Form.OFFICES),
        Column("purpose", "Purpose", at("purpose")),
        Column("sector", "Sector", at("sector"), Form.WORDS),
        Column("usable", "May be used", _usable, Form.WORDS),
        Column("until", "Until", at("until"), Form.INSTANT),
        Column("overdue", "Months not attested", lambda item: ", ".join(item["now"]["overdue"]) or None),
        MARKING,
    ),
    filters=(
        Filter("kind", "Kind", choices(LeaseKind)),
        Filter("usable", "May be used", yes_no("Now", "Not now")),
        Filter("overdue", "Attested", yes_no("Not every month", "Every month")),
        Filter("sector", "Sector"),
        Filter("taker", "Taker"),
    ),
    view="leases",
)
