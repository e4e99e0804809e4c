"""Who acts, and what their authority goes back to."""

from typing import Final

from api.pages.lists.listing import POSITION, Filter, Listing, choices, page, yes_no
from api.pages.tables import Column, Form, at
from api.pages.values import words
from domain.events.office import OfficeKind
from domain.events.participant import ParticipantKind

OFFICES: Final = Listing(
    path="/offices",
    title="Offices",
    says="Who may act for the government, through which posts, and by whose delegation.",
    key="office",
    columns=(
        Column("office", "Code", at("office"), Form.CODE, to=page("offices", "office")),
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
        POSITION,
    ),
    filters=(Filter("kind", "Kind", choices(OfficeKind)), Filter("department", "Department")),
    view="offices",
    also={"/participants": "Participants", "/instruments": "Instruments", "/policies": "Policies"},
)
PARTICIPANTS: Final = Listing(
    path="/participants",
    title="Participants",
    says="Developers, operators, governments of states and towns, and vendors that take part, because they want to.",
    key="participant",
    columns=(
        Column("name", "Name", at("now.name"), to=page("participants", "participant")),
        Column("kind", "Kind", at("now.kind"), Form.WORDS),
        Column("takes_part", "Takes part", at("now.takes_part"), Form.YES_NO),
        Column("cases", "Cases", at("now.cases"), Form.COUNT),
        Column("sectors", "Sectors", lambda item: ", ".join(map(words, item["now"]["sectors"])) or None),
        Column("left", "Left", at("now.left_at"), Form.INSTANT),
        POSITION,
    ),
    filters=(
        Filter("kind", "Kind", choices(ParticipantKind)),
        Filter("takes_part", "Takes part", yes_no("Yes", "No longer")),
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
        Column("instrument", "Code", at("instrument"), Form.CODE, to=page("instruments", "instrument")),
        Column("title", "Title", at("title")),
        Column("in_force", "In force", at("now.in_force"), Form.YES_NO),
        POSITION,
    ),
    filters=(Filter("in_force", "In force", yes_no("In force", "Not in force")),),
)
POLICIES: Final = Listing(
    path="/policies",
    title="Policies",
    says="Where the order is silent, what was chosen, in which version.",
    key="policy",
    columns=(
        Column("citation", "Cited as", at("now.citation"), Form.CODE, to=page("policies", "policy")),
        Column("title", "What it says", at("now.in_force.title")),
        Column("kind", "Kind", at("kind"), Form.WORDS),
        Column("version", "Version", at("now.in_force.policy_version"), Form.COUNT),
        POSITION,
    ),
)
