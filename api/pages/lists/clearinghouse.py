"""Vulnerabilities, and scans that look for them."""

from typing import Final

from api.pages.lists.listing import MARKING, Filter, Listing, choices, page, yes_no
from api.pages.tables import Column, Form, Item, at
from projections.clearinghouse.at import Stage
from projections.scans import ScanStanding


def _targets(item: Item) -> str:
    return ", ".join(each["value"] for each in item["targets"])


CLEARINGHOUSE: Final = Listing(
    path="/clearinghouse",
    title="Clearinghouse",
    says="Vulnerabilities, from the report until the public knows. Treasury coordinates.",
    key="vulnerability_id",
    columns=(
        Column("title", "What", at("title"), to=page("clearinghouse", "vulnerability_id")),
        Column("aliases", "Known as", lambda item: ", ".join(item["aliases"]) or None, Form.CODE),
        Column("stage", "Stage", at("now.stage"), Form.WORDS),
        Column("priority", "Priority", at("now.priority.outcome"), Form.CODE),
        Column("exploited", "Exploited", lambda item: at("now.exploited")(item) or None, Form.YES_NO),
        Column("embargo", "Embargo", at("now.embargo"), Form.WORDS),
        Column("embargo_ends", "Embargo ends", at("now.embargo_ends_at"), Form.INSTANT),
        Column("awaited", "Awaited", lambda item: len(item["now"]["awaited"]) or None, Form.COUNT),
        Column("published", "Published", at("now.published_at"), Form.INSTANT),
        MARKING,
    ),
    filters=(
        Filter("stage", "Stage", choices(Stage)),
        Filter("embargoed", "Embargo", yes_no("In force", "Not in force")),
        Filter("exploited", "Exploited", yes_no("Seen", "Not seen")),
        Filter("silent", "Vendors", yes_no("One is silent", "None is silent")),
        Filter("alias", "Known as"),
        Filter("vendor", "Vendor"),
        Filter("sector", "Sector"),
    ),
    view="clearinghouse",
    also={"/scans": "Scans"},
)
SCANS: Final = Listing(
    path="/scans",
    title="Scans",
    says="One calendar for all, so that two scans of one target do not meet without consent.",
    key="scan_id",
    columns=(
        Column("targets", "Targets", _targets, to=page("scans", "scan_id")),
        Column("requested_by", "Requested by", lambda item: [item["requested_by"]], Form.OFFICES),
        Column("purpose", "Purpose", at("purpose")),
        Column("starts", "Starts", at("starts_at"), Form.INSTANT),
        Column("ends", "Ends", at("ends_at"), Form.INSTANT),
        Column("standing", "Stands", at("now.standing"), Form.WORDS),
        MARKING,
    ),
    filters=(
        Filter("standing", "Stands", choices(ScanStanding)),
        Filter("office", "Requested by"),
        Filter("target", "Target"),
    ),
    view="scans",
)
