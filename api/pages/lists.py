"""Every list that has a page: what the door is asked, what is said of each item, and what one may look for."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from api.pages.tables import Column, Form, Item, at
from api.pages.values import words
from domain.events.case import Result
from domain.events.lease import LeaseKind
from domain.events.office import OfficeKind
from domain.events.participant import ParticipantKind
from domain.events.tasking import TaskingKind
from domain.rules.case import Phase
from projections.clearinghouse.at import Stage
from projections.partners import Agreement
from projections.scans import ScanStanding
from projections.tasking.at import Stands

Options = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Filter:
    """Something that one may look for in a list."""

    name: str
    """As the door knows it."""
    label: str
    options: Options = ()
    """What it may be, and how that is called; none: it is written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listing:
    """A list that has a page."""

    path: str
    """Of the page; that of the door has `/v1` before it."""
    title: str
    says: str
    key: str
    """Where an item says which it is."""
    columns: tuple[Column, ...]
    filters: tuple[Filter, ...] = ()
    view: str | None = None
    """Whose stream says when to look again."""
    was: bool = True
    """Whether the door can say how it was."""
    also: Mapping[str, str] | None = None
    """Pages that belong to it: path → title."""


def _choices(enum: type[StrEnum], *without: str) -> Options:
    return tuple((each.value, words(each.value)) for each in enum if each not in without)


def _yes_no(yes: str, no: str) -> Options:
    return ("true", yes), ("false", no)


def _running(item: Item) -> Mapping[str, Any]:
    """The clock of a case that ends first."""
    clocks = [each for each in at("now.clocks")(item) or () if each["state"] == "running"]
    return min(clocks, key=lambda each: str(each["ends_at"]), default={})


def _in_force(item: Item) -> Mapping[str, Any]:
    return next((each for each in at("now.determinations")(item) or () if each["in_force"]), {})


def _access(item: Item) -> str:
    access = at("now.access")(item)
    return (
        "not-opened"
        if access is None
        else "open"
        if access["open"]
        else access["ends_because"] or "closed"
        if access["ended"]
        else "not-open"
    )


def _usable(item: Item) -> str:
    return "yes" if at("now.may_be_used")(item) else str(at("now.because")(item))


def _overdue(item: Item) -> str | None:
    if at("now.overdue")(item):
        return "overdue"
    return "late" if at("now.late")(item) else None


def _leads(item: Item) -> list[str]:
    return [each["office"] for each in at("now.leads")(item) or ()]


def _claimed(item: Item) -> list[str]:
    return [each["office"] for each in at("now.leads")(item) or () if each["claimed_at"]]


def _taker(item: Item) -> str | None:
    taker = item["taker"]
    return f"office/{taker['office']}" if taker["office"] else f"participant/{taker['participant']}"


def _lent(item: Item) -> str:
    return str(item["subject"]["tool"] or words(item["subject"]["kind"]))


def _targets(item: Item) -> str:
    return ", ".join(each["value"] for each in item["targets"])


def _page(path: str, key: str) -> Any:  # noqa: ANN401 - what `Column.to` is
    return lambda item: f"/{path}/{item[key]}"


def _case(item: Item) -> str:
    return f"{item['model']} {item['model_version']}"


_MARKING: Final = Column("marking", "Marking", at("marking"))
_POSITION: Final = Column("position", "Last event", at("position"), Form.EVENT)

CASES: Final = Listing(
    path="/cases",
    title="Cases",
    says="Each is one version of one model, offered by its developer for early access.",
    key="case_id",
    columns=(
        Column("model", "Model", _case, to=_page("cases", "case_id")),
        Column("developer", "Developer", at("developer_name"), to=_page("participants", "developer")),
        Column("stands", "Stands", lambda item: at("now.outcome")(item) or at("now.phase")(item), Form.WORDS),
        Column("access", "Access", _access, Form.WORDS),
        Column("access_ends", "Access ends", at("now.access.ends_at"), Form.INSTANT),
        Column("determination", "Determination in force", lambda item: _in_force(item).get("result"), Form.WORDS),
        Column("dissents", "Dissents", lambda item: len(_in_force(item).get("dissents", ())) or None, Form.COUNT),
        Column("next_clock", "Next clock", lambda item: _running(item).get("what"), Form.WORDS),
        Column("next_ends", "Ends", lambda item: _running(item).get("ends_at"), Form.INSTANT),
        _MARKING,
    ),
    filters=(
        Filter("phase", "Phase", _choices(Phase, "unknown")),
        Filter("open", "Open", _yes_no("Open", "Closed or withdrawn")),
        Filter("access_open", "Access", _yes_no("Open now", "Not open now")),
        Filter("determined", "Determination", _yes_no("Determined", "Not determined")),
        Filter("result", "Result", _choices(Result)),
        Filter("office", "Office that takes part"),
    ),
    view="case_status",
    also={"/partners": "Trusted partners", "/programmes": "Developers' own programmes"},
)
CLEARINGHOUSE: Final = Listing(
    path="/clearinghouse",
    title="Clearinghouse",
    says="Vulnerabilities, from the report until the public knows. Treasury coordinates.",
    key="vulnerability_id",
    columns=(
        Column("title", "What", at("title"), to=_page("clearinghouse", "vulnerability_id")),
        Column("aliases", "Known as", lambda item: ", ".join(item["aliases"]) or None, Form.CODE),
        Column("stage", "Stage", at("now.stage"), Form.WORDS),
        Column("priority", "Priority", at("now.priority.outcome"), Form.CODE),
        Column("exploited", "Exploited", lambda item: at("now.exploited")(item) or None, Form.YES_NO),
        Column("embargo", "Embargo", at("now.embargo"), Form.WORDS),
        Column("embargo_ends", "Embargo ends", at("now.embargo_ends_at"), Form.INSTANT),
        Column("awaited", "Awaited", lambda item: len(item["now"]["awaited"]) or None, Form.COUNT),
        Column("published", "Published", at("now.published_at"), Form.INSTANT),
        _MARKING,
    ),
    filters=(
        Filter("stage", "Stage", _choices(Stage)),
        Filter("embargoed", "Embargo", _yes_no("In force", "Not in force")),
        Filter("exploited", "Exploited", _yes_no("Seen", "Not seen")),
        Filter("silent", "Vendors", _yes_no("One is silent", "None is silent")),
        Filter("alias", "Known as"),
        Filter("vendor", "Vendor"),
        Filter("sector", "Sector"),
    ),
    view="clearinghouse",
    also={"/scans": "Scans"},
)
LEASES: Final = Listing(
    path="/leases",
    title="Leases",
    says="Who was lent which tool or covered model, for what, and until when.",
    key="lease_id",
    columns=(
        Column("lent", "What is lent", _lent, to=_page("leases", "lease_id")),
        Column("taker", "To whom", _taker, Form.ACTOR),
        Column("opened_by", "Opened by", lambda item: [item["opened_by"]], Form.OFFICES),
        Column("purpose", "Purpose", at("purpose")),
        Column("sector", "Sector", at("sector"), Form.WORDS),
        Column("usable", "May be used", _usable, Form.WORDS),
        Column("until", "Until", at("until"), Form.INSTANT),
        Column("overdue", "Months not attested", lambda item: ", ".join(item["now"]["overdue"]) or None),
        _MARKING,
    ),
    filters=(
        Filter("kind", "Kind", _choices(LeaseKind)),
        Filter("usable", "May be used", _yes_no("Now", "Not now")),
        Filter("overdue", "Attested", _yes_no("Not every month", "Every month")),
        Filter("sector", "Sector"),
        Filter("taker", "Taker"),
    ),
    view="leases",
)
TASKINGS: Final = Listing(
    path="/taskings",
    title="Taskings",
    says="What the order and the offices ask of whom. Claimed, verified and late are three facts.",
    key="tasking",
    columns=(
        Column("section", "Section", at("now.provision")),
        Column("title", "What", at("now.title"), to=_page("taskings", "tasking")),
        Column("leads", "Leads", _leads, Form.OFFICES),
        Column("due", "Due", at("now.due_at"), Form.INSTANT),
        Column("claimed", "Claimed by", _claimed, Form.OFFICES),
        Column("state", "State", at("now.state"), Form.WORDS),
        Column("verified", "Verified", at("now.verified_at"), Form.INSTANT),
        Column("late", "Late", _overdue, Form.WORDS),
        _MARKING,
    ),
    filters=(
        Filter("section", "Section"),
        Filter("lead", "Lead"),
        Filter("kind", "Kind", _choices(TaskingKind)),
        Filter("state", "State", _choices(Stands)),
        Filter("overdue", "Overdue", _yes_no("Overdue", "Not overdue")),
    ),
    view="taskings",
)
OFFICES: Final = Listing(
    path="/offices",
    title="Offices",
    says="Who may act for the government, through which posts, and by whose delegation.",
    key="office",
    columns=(
        Column("office", "Code", at("office"), Form.CODE, to=_page("offices", "office")),
        Column("name", "Name", at("now.name")),
        Column("kind", "Kind", at("kind"), Form.WORDS),
        Column("department", "Department", at("department"), Form.CODE),
        Column(
            "held", "Posts held", lambda item: sum(1 for each in item["now"]["posts"] if each["holder"]), Form.COUNT
        ),
        Column(
            "delegations",
            "Delegations in force",
            lambda item: sum(1 for each in item["now"]["delegations"] if each["state"] == "live"),
            Form.COUNT,
        ),
        _POSITION,
    ),
    filters=(Filter("kind", "Kind", _choices(OfficeKind)), Filter("department", "Department")),
    view="offices",
    also={"/participants": "Participants", "/instruments": "Instruments", "/policies": "Policies"},
)
PARTICIPANTS: Final = Listing(
    path="/participants",
    title="Participants",
    says="Developers, operators, governments of states and towns, and vendors that take part, because they want to.",
    key="participant",
    columns=(
        Column("name", "Name", at("now.name"), to=_page("participants", "participant")),
        Column("kind", "Kind", at("now.kind"), Form.WORDS),
        Column("takes_part", "Takes part", at("now.takes_part"), Form.YES_NO),
        Column("cases", "Cases", at("now.cases"), Form.COUNT),
        Column("sectors", "Sectors", lambda item: ", ".join(map(words, item["now"]["sectors"])) or None),
        Column("left", "Left", at("now.left_at"), Form.INSTANT),
        _POSITION,
    ),
    filters=(
        Filter("kind", "Kind", _choices(ParticipantKind)),
        Filter("takes_part", "Takes part", _yes_no("Yes", "No longer")),
        Filter("sector", "Sector"),
    ),
    view="participants",
)
INSTRUMENTS: Final = Listing(
    path="/instruments",
    title="Instruments",
    says="What every authority goes back to: the order itself.",
    key="instrument",
    columns=(
        Column("instrument", "Code", at("instrument"), Form.CODE, to=_page("instruments", "instrument")),
        Column("title", "Title", at("title")),
        Column("in_force", "In force", at("now.in_force"), Form.YES_NO),
        _POSITION,
    ),
    filters=(Filter("in_force", "In force", _yes_no("In force", "Not in force")),),
)
POLICIES: Final = Listing(
    path="/policies",
    title="Policies",
    says="Where the order is silent, what was chosen, in which version.",
    key="policy",
    columns=(
        Column("citation", "Cited as", at("now.citation"), Form.CODE, to=_page("policies", "policy")),
        Column("title", "What it says", at("now.in_force.title")),
        Column("kind", "Kind", at("kind"), Form.WORDS),
        Column("version", "Version", at("now.in_force.policy_version"), Form.COUNT),
        _POSITION,
    ),
)
SCANS: Final = Listing(
    path="/scans",
    title="Scans",
    says="One calendar for all, so that two scans of one target do not meet without consent.",
    key="scan_id",
    columns=(
        Column("targets", "Targets", _targets, to=_page("scans", "scan_id")),
        Column("requested_by", "Requested by", lambda item: [item["requested_by"]], Form.OFFICES),
        Column("purpose", "Purpose", at("purpose")),
        Column("starts", "Starts", at("starts_at"), Form.INSTANT),
        Column("ends", "Ends", at("ends_at"), Form.INSTANT),
        Column("standing", "Stands", at("now.standing"), Form.WORDS),
        _MARKING,
    ),
    filters=(
        Filter("standing", "Stands", _choices(ScanStanding)),
        Filter("office", "Requested by"),
        Filter("target", "Target"),
    ),
    view="scans",
)
PARTNERS: Final = Listing(
    path="/partners",
    title="Trusted partners",
    says="Selected by developer and government together (EO14409:3(b)(iii)).",
    key="selection_id",
    columns=(
        Column("partner", "Partner", at("partner")),
        Column("case", "Case", _case, to=_page("cases", "case_id")),
        Column("developer", "Developer", at("developer_name"), to=_page("participants", "developer")),
        Column("state", "Stands", at("state"), Form.WORDS),
        Column("proposed_by", "Proposed by", at("proposed_by"), Form.WORDS),
        Column("proposed", "Proposed", at("proposed_at"), Form.INSTANT),
        Column("position", "Proposal", at("position"), Form.EVENT),
        Column("answered", "Answered", at("answered_at"), Form.INSTANT),
        Column("answer", "Answer", at("answer_position"), Form.EVENT),
    ),
    filters=(Filter("state", "Stands", _choices(Agreement)), Filter("partner", "Partner")),
    view="partners",
)
PROGRAMMES: Final = Listing(
    path="/programmes",
    title="Developers' own programmes",
    says="What developers reported of whom they let in themselves.",
    key="position",
    columns=(
        Column("case", "Case", _case, to=_page("cases", "case_id")),
        Column("developer", "Developer", at("developer_name"), to=_page("participants", "developer")),
        Column("organisations", "Organisations", at("organisations_count"), Form.COUNT),
        Column("latest", "Latest", at("latest"), Form.YES_NO),
        Column("position", "Report", at("position"), Form.EVENT),
    ),
    view="partners",
)
REFUSALS: Final = Listing(
    path="/refusals",
    title="Refusals",
    says="What was asked and refused, and by which rule. It is part of the record.",
    key="key",
    columns=(
        Column("position", "Position", at("position"), Form.EVENT),
        Column("recorded", "Recorded", at("recorded_at"), Form.INSTANT),
        Column("command", "Asked", at("command"), Form.CODE),
        Column("actor", "By", at("actor"), Form.ACTOR),
        Column("addressed", "Of", at("addressed"), Form.STREAM),
        Column("code", "Refused because", at("code"), Form.WORDS),
        Column("rule", "Rule", at("rule")),
        _MARKING,
    ),
    filters=(Filter("actor", "By (office/nsa)"), Filter("addressed", "Stream"), Filter("code", "Code")),
    view="refusals",
    was=False,
)
RECORDS: Final = Listing(
    path="/records",
    title="Said of events",
    says="Errata, challenges of markings, holds, destructions: what was said of an event after it happened.",
    key="event_id",
    columns=(
        Column("event", "Event", at("about.type"), Form.CODE, to=_page("records", "event_id")),
        Column("stream", "Of", at("about.stream"), Form.STREAM),
        Column("errata", "Errata", at("now.errata"), Form.COUNT),
        Column("challenges", "Open challenges", lambda item: len(item["now"]["open_challenges"]), Form.COUNT),
        Column("holds", "Holds", lambda item: len(item["now"]["holds"]), Form.COUNT),
        Column("destroyed", "Payload destroyed", at("now.destroyed"), Form.YES_NO),
        Column("handled_as", "Handled as", at("now.handled_as")),
        _POSITION,
    ),
    filters=(
        Filter("challenged", "Challenge", _yes_no("Waits for an answer", "None waits")),
        Filter("held", "Hold", _yes_no("Held", "Not held")),
        Filter("destroyed", "Payload", _yes_no("Destroyed", "Not destroyed")),
    ),
    view="records",
)
DETERMINATIONS: Final = (
    Column("determination", "Determination", at("determination_id")),
    Column("case", "Case", at("case_id")),
    Column("model", "Model", _case),
    Column("developer", "Developer", at("developer_name")),
    Column("result", "Result", at("result")),
    Column("in_force", "In force", at("in_force")),
    Column("in_force_from", "From", at("in_force_from")),
    Column("in_force_until", "Until", at("in_force_until")),
    Column("reasons", "Reasons", at("reasons")),
    Column("no_consultation_because", "No consultation because", at("no_consultation_because")),
    Column("dissents", "Dissents", lambda item: [each["office"] for each in item["dissents"]]),
    Column("marking", "Marking", at("marking")),
    Column("position", "Position", at("position")),
)
"""What a file says of a determination."""
EVENTS: Final = tuple(
    Column(code, words(code), at(code))
    for code in (
        "position",
        "event",
        "recorded_at",
        "taken_in_at",
        "type",
        "actor",
        "actor_name",
        "authority",
        "delegation",
        "stream",
        "version",
        "case_id",
        "marking",
        "digest",
    )
)
"""What a file says of an event."""
LISTS: Final[Iterable[Listing]] = (
    CASES,
    CLEARINGHOUSE,
    LEASES,
    TASKINGS,
    OFFICES,
    PARTICIPANTS,
    INSTRUMENTS,
    POLICIES,
    SCANS,
    PARTNERS,
    PROGRAMMES,
    REFUSALS,
    RECORDS,
)
DOORS: Final[Mapping[str, str]] = {"/partners": "/v1/trusted-partners", "/programmes": "/v1/programme-participants"}
"""Where the door calls a list otherwise than its page."""
