"""Cases, their determinations, and whom developer and government let in before the public."""

from collections.abc import Mapping
from typing import Any, Final

from api.pages.lists.listing import MARKING, Filter, Listing, choices, model, page, yes_no
from api.pages.tables import Column, Form, Item, at
from domain.events.case import Result
from domain.rules.case import Phase
from projections.partners import Agreement


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


CASES: Final = Listing(
    path="/cases",
    title="Cases",
    says="Each is one version of one model, offered by its developer for early access.",
    key="case_id",
    columns=(
        Column("model", "Model", model, to=page("cases", "case_id")),
        Column("developer", "Developer", at("developer_name"), to=page("participants", "developer")),
        Column("stands", "Stands", lambda item: at("now.outcome")(item) or at("now.phase")(item), Form.WORDS),
        Column("access", "Access", _access, Form.WORDS),
        Column("access_ends", "Access ends", at("now.access.ends_at"), Form.INSTANT),
        Column("determination", "Determination in force", lambda item: _in_force(item).get("result"), Form.WORDS),
        Column("dissents", "Dissents", lambda item: len(_in_force(item).get("dissents", ())) or None, Form.COUNT),
        Column("next_clock", "Next clock", lambda item: _running(item).get("what"), Form.WORDS),
        Column("next_ends", "Ends", lambda item: _running(item).get("ends_at"), Form.INSTANT),
        MARKING,
    ),
    filters=(
        Filter("phase", "Phase", choices(Phase, "unknown")),
        Filter("open", "Open", yes_no("Open", "Closed or withdrawn")),
        Filter("access_open", "Access", yes_no("Open now", "Not open now")),
        Filter("determined", "Determination", yes_no("Determined", "Not determined")),
        Filter("result", "Result", choices(Result)),
        Filter("office", "Office that takes part"),
    ),
    view="case_status",
    also={"/partners": "Trusted partners", "/programmes": "Developers' own programmes"},
)
PARTNERS: Final = Listing(
    path="/partners",
    called="/trusted-partners",
    title="Trusted partners",
    says="Selected by developer and government together (EO14409:3(b)(iii)).",
    key="selection_id",
    columns=(
        Column("partner", "Partner", at("partner")),
        Column("case", "Case", model, to=page("cases", "case_id")),
        Column("developer", "Developer", at("developer_name"), to=page("participants", "developer")),
        Column("state", "Stands", at("state"), Form.WORDS),
        Column("proposed_by", "Proposed by", at("proposed_by"), Form.WORDS),
        Column("proposed", "Proposed", at("proposed_at"), Form.INSTANT),
        Column("position", "Proposal", at("position"), Form.EVENT),
        Column("answered", "Answered", at("answered_at"), Form.INSTANT),
        Column("answer", "Answer", at("answer_position"), Form.EVENT),
    ),
    filters=(Filter("state", "Stands", choices(Agreement)), Filter("partner", "Partner")),
    view="partners",
)
PROGRAMMES: Final = Listing(
    path="/programmes",
    called="/programme-participants",
    title="Developers' own programmes",
    says="What developers reported of whom they let in themselves.",
    key="position",
    columns=(
        Column("case", "Case", model, to=page("cases", "case_id")),
        Column("developer", "Developer", at("developer_name"), to=page("participants", "developer")),
        Column("organisations", "Organisations", at("organisations_count"), Form.COUNT),
        Column("latest", "Latest", at("latest"), Form.YES_NO),
        Column("position", "Report", at("position"), Form.EVENT),
    ),
    view="partners",
)
DETERMINATIONS: Final = (
    Column("determination", "Determination", at("determination_id")),
    Column("case", "Case", at("case_id")),
    Column("model", "Model", model),
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
