"""The record itself: what was refused, what was said of events, and what a file says of an event."""

from typing import Final

from api.pages.lists.listing import MARKING, POSITION, Filter, Listing, page, yes_no
from api.pages.tables import Column, Form, at
from api.pages.values import words

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
        MARKING,
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
        Column("event", "Event", at("about.type"), Form.CODE, to=page("records", "event_id")),
        Column("stream", "Of", at("about.stream"), Form.STREAM),
        Column("errata", "Errata", at("now.errata"), Form.COUNT),
        Column("challenges", "Open challenges", lambda item: len(item["now"]["open_challenges"]), Form.COUNT),
        Column("holds", "Holds", lambda item: len(item["now"]["holds"]), Form.COUNT),
        Column("destroyed", "Payload destroyed", at("now.destroyed"), Form.YES_NO),
        Column("handled_as", "Handled as", at("now.handled_as")),
        POSITION,
    ),
    filters=(
        Filter("challenged", "Challenge", yes_no("Waits for an answer", "None waits")),
        Filter("held", "Hold", yes_no("Held", "Not held")),
        Filter("destroyed", "Payload", yes_no("Destroyed", "Not destroyed")),
    ),
    view="records",
)
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
