"""Over the whole story: of what anybody is offered on anything, some filling would be accepted."""

import re
from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from domain import rules, wire
from domain.act import Actor, ActorKind
from domain.commands.case import SubmitCase
from domain.errors import Refused
from domain.ledger.ledger import Ledger
from domain.values import PersonId, StreamId
from tests.api.knocking import SECRETARIAT, Door, office
from tests.api.story.conftest import LATER
from tests.domain.cast import Somebody, named
from tests.domain.rules.test_offers import ELSEWHERE, accepted
from tests.domain.world import World, asked

GAO = office("gao", clearance='clearance="CUI//TLP:RED"; cui=all; audiences=all', roles="oversight")
OF_A_KIND = 3
"""Streams of one kind that are looked at: from the first to the last, as far apart as they go."""
NO_POST = PersonId(named("person", "without a post"))


OF_A_FORM = {"policy-table", "reference-differs", "not-found"}
"""What is said of examples that do not fit this story: another kind of table, another digest, nothing to merge into."""


class OfLedger(World):
    """The record of a ledger, for whoever asks its rules: nothing is appended."""

    def __init__(self, ledger: Ledger) -> None:
        super().__init__()
        self._ledger = ledger

    def state(self, stream: str) -> Any:
        return self._ledger.state(StreamId(stream)).state


def everybody(known: OfLedger, actors: set[str]) -> Iterator[Somebody]:
    """Whoever acted: an office through whoever holds a post of it, and through somebody who holds none."""
    for text in sorted(actors):
        kind, _, id = text.partition("/")
        actor = Actor(kind=ActorKind(kind), id=id, name=id)
        yield Somebody(actor=actor, person=None if actor.kind is ActorKind.CLOCK else NO_POST)
        if actor.office is not None:
            for person in sorted(set(known.state(f"office-{id}").holders.values())):
                yield Somebody(actor=actor, person=person)


def test_of_what_anybody_in_the_story_is_offered_some_filling_would_be_accepted(told_door: Door) -> None:
    recorder, known = told_door.ledger.recorder, OfLedger(told_door.ledger)
    recorded = [wire.load(each) for each in recorder.documents(range(1, recorder.head() + 1)).values()]
    people = [*everybody(known, {each.actor for each in recorded})]
    streams: dict[str, dict[StreamId, None]] = defaultdict(dict)
    for each in recorded:
        streams[each.stream.partition("-")[0]].setdefault(each.stream)
    operators = [each.partition("-")[2] for each in streams["participant"]]
    offered, wrong = 0, set()
    for kind, of in streams.items():
        if kind in {"record", "ledger", "refusal", "calendar"}:
            continue
        for stream in [*of][:: max(1, len(of) // OF_A_KIND)]:
            for command in set(rules.commands_on(kind)) - {SubmitCase}:  # whose id follows from what it says
                for by in people:
                    try:
                        known.offered(command, stream, asked(by, LATER))
                    except Refused:
                        continue
                    offered += 1
                    no = accepted(known, command, stream, by, LATER, operators if kind == "vulnerability" else ())
                    if no not in {None, *ELSEWHERE, *OF_A_FORM}:
                        wrong.add((rules.type_of(command), stream, str(by.actor), no))
    assert not wrong
    assert offered > 500


def test_a_page_offers_what_the_door_offers_and_nothing_of_what_is_over(told_door: Door) -> None:
    over = told_door.read("/v1/taskings", GAO, state="verified", limit=1).json()["items"][0]
    request = told_door.read("/v1/oversight", GAO, open="false", limit=1).json()["items"][0]
    case = told_door.read("/v1/cases", GAO, open="true", limit=1).json()["items"][0]
    for by in (GAO, office(over["now"]["leads"][0]["office"]), SECRETARIAT):
        assert offered(told_door, by, f"tasking-{over['tasking']}", f"/taskings/{over['tasking']}") == []
        offered(told_door, by, f"case-{case['case_id']}", f"/cases/{case['case_id']}")
    stream, page = f"oversight-{request['inquiry_id']}", f"/oversight/{request['inquiry_id']}"
    assert "oversight.close.v1" not in offered(told_door, GAO, stream, page)


def offered(door: Door, by: dict[str, str], stream: str, page: str) -> list[str]:
    """What somebody is offered on a thing; its page says the same."""
    options = door.read("/v1/me/options", by, stream=stream).json()["options"]
    may = [each["command"] for each in options if each["may"]]
    shown = door.client.get(page, headers=by).text
    id = re.escape(page.rpartition("/")[2])
    assert re.findall(rf'<li><a href="/act/([a-z0-9.-]+)\?[a-z_]+={id}">', shown) == may
    return may
