"""Every view of the planted story, in either store: its reader is given what a slow oracle allows, and never more."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import msgspec
import orjson
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from consumers.inbox.attested import written
from domain import wire
from domain.markings import EVERYTHING, Clearance, parse, sees
from domain.needs import ALL, MATTERS, Needs, needs
from domain.recorded import Recorded
from projections.catalogue import views
from projections.folding.runner import Runner
from projections.view import Concerning, Journal, Part, Row, View
from projections.visible import Sight
from projections.visible.shown import PUBLIC, SHOWN
from tests.api.story.knowing import COMMON, circle_of, matter_of
from tests.api.story.planting import LEVELS, Told
from tests.domain.test_markings import clearances
from tests.projections.stores import Views, new_store

WHOLE = Sight(clearance=EVERYTHING, office=None, participant=None, oversight=True)
MOST = 100_000


@dataclass(repr=False)
class Kept:
    """All rows of all views, as they are kept, and of which matters the events are that made them."""

    store: Views
    rows: dict[str, dict[Any, Row]]
    matters: dict[tuple[str, Any], set[str]]
    participants: list[str]
    developers: dict[str, str]
    concerned: set[tuple[str, str]]
    events: list[tuple[Recorded[Any], dict[str, Any]]]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def kept(request: pytest.FixtureRequest, story: Told, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    folder: Path = tmp_path_factory.mktemp("kept")
    with new_store(request, folder) as store:
        runner = Runner(story.docket.recorder, store, [*views()])
        runner.catch_up()
        assert runner.alarms() == []
        rows = {v.name: {f.key: f.row for f in store.find(v, WHOLE, limit=MOST)} for v in views()}
        made = Kept(store, rows, defaultdict(set), [], {}, set(), [])
        for position, _, document in story.docket.recorder.read(0, MOST):
            recorded, said = wire.load(document), orjson.loads(document)
            made.events.append((recorded, said))
            matter = matter_of(said)
            for view in (each for each in views() if each.name not in UNCONFINED):
                for key in [position] if isinstance(view, Journal) else view.keys(recorded):
                    made.matters[view.name, key].add(matter)
            made.concerned |= concerned(said)
            if said["type"] == "case.submitted.v1":
                made.developers[said["data"]["case_id"]] = said["data"]["developer"]
        actors = {row.actor for row in rows["audit_trail"].values()}
        made.participants = sorted(each.partition("/")[2] for each in actors if each.startswith("participant/"))
        yield made


# the oracle: as slow and as plain as it can be said, from documents and whole rows


def cleared(sight: Sight, marking: str) -> bool:
    return sees(sight.clearance, parse(marking))


def needed(sight: Sight, matter: str) -> bool:
    kind = matter.split("-", maxsplit=1)[0]
    return sight.needs == ALL or kind in COMMON or kind in sight.needs.kinds or matter in sight.needs.streams


def whose(kept: Kept, view: View[Any], key: Any, row: Any, participant: str) -> bool:
    """Whether a participant may know a row by whose it is: for each view that shares some, how."""
    if row.scope in {participant, "*"}:
        return True
    match view.name:
        case "leases":
            return bool(row.developer == participant)
        case "audit_trail":
            return row.shown and kept.developers.get(row.case_id) == participant
        case "clearinghouse":
            return (key, participant) in kept.concerned
        case _:
            return False


def concerned(said: dict[str, Any]) -> set[tuple[str, str]]:
    """(vulnerability, participant) of each vendor that an event names, or that came with one merged, and operators."""
    data = said["data"]
    parties = [data] if said["type"] == "vulnerability.vendor-contacted.v1" else data.get("parties", [])
    parties = parties if said["type"].startswith("vulnerability.") else []
    named = {each["participant"] for each in parties} - {None}
    if said["type"] == "vulnerability.operator-notified.v1":
        named.add(data["operator"])
    return {(data["vulnerability_id"], each) for each in named}


def may_know(kept: Kept, sight: Sight, view: View[Any], key: Any) -> bool:
    row = kept.rows[view.name][key]
    of = kept.matters[view.name, key] if view.name not in UNCONFINED else {"policy-"}
    few = row.scope is not None and row.scope.startswith("oversight/")
    if sight.participant is None:
        own = not few or sight.oversight or row.scope == f"oversight/{sight.office}"
    else:
        own = whose(kept, view, key, row, sight.participant)
    return cleared(sight, row.marking) and own and all(needed(sight, each) for each in of)


UNCONFINED = {
    "seconds",
    "hours",
    "log",
    "offices",
    "instruments",
    "policies",
    "participants",
    "operator_uses",
    "frameworks",
}
"""Views of what is everybody's; when something was recorded is no secret."""


def portioned(sight: Sight, value: Any) -> tuple[Any, int]:
    """A value without the parts that are not for this reader, and how many are not; `None, 1` for one that is not."""
    if isinstance(value, Part):
        shown = sight.participant is None or value.shown
        shown = shown or (isinstance(value, Concerning) and value.concerns == sight.participant)
        summed = not value.tells_of or sight.needs == ALL or value.tells_of in sight.needs.kinds
        if not (cleared(sight, value.marking) and shown and summed):
            return None, 1
    if isinstance(value, msgspec.Struct):
        told, out = {}, 0
        for name in value.__struct_fields__:
            told[name], hidden = portioned(sight, getattr(value, name))
            out += hidden
        return told, out
    if isinstance(value, list | tuple):
        each = [portioned(sight, one) for one in value]
        gone = [one is not None and left is None for one, (left, _) in zip(value, each, strict=True)]
        return [left for (left, _), is_gone in zip(each, gone, strict=True) if not is_gone], sum(n for _, n in each)
    if isinstance(value, dict):
        pairs = {key: (one, *portioned(sight, one)) for key, one in value.items()}
        left = {key: left for key, (one, left, _) in pairs.items() if one is None or left is not None}
        return left, sum(n for _, _, n in pairs.values())
    return value, 0


def plain(value: Any) -> Any:
    return portioned(replace(WHOLE), value)[0]


@st.composite
def sights(draw: st.DrawFn, kept: Kept) -> Sight:
    who = draw(st.sampled_from(["office", "oversight", *kept.participants]))
    level = st.sampled_from(LEVELS).map(lambda text: written(text, every_audience=True))
    streams = sorted({each for of in kept.matters.values() for each in of if each.partition("-")[0] in MATTERS})
    some = st.lists(st.sampled_from([*sorted(MATTERS), *streams]), max_size=8).map(needs)
    return Sight(
        clearance=draw(st.one_of(clearances(), level, st.just(EVERYTHING))),
        office="nsa" if who in {"office", "oversight"} else None,  # type: ignore[arg-type]
        participant=None if who in {"office", "oversight"} else who,  # type: ignore[arg-type]
        oversight=who == "oversight",
        needs=draw(st.one_of(st.just(ALL), some)),
    )


checked = settings(
    max_examples=30,
    deadline=None,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)


@checked
@given(data=st.data())
def test_every_view_gives_what_the_oracle_allows(kept: Kept, data: st.DataObject) -> None:
    sight = data.draw(sights(kept))
    for view in views():
        found = {each.key: each.row for each in kept.store.find(view, sight, limit=MOST)}
        allowed = [key for key in kept.rows[view.name] if may_know(kept, sight, view, key)]
        assert sorted(found) == sorted(allowed), view.name
        for key, row in found.items():
            told, out = portioned(sight, kept.rows[view.name][key])
            assert (plain(row) | {"withheld": 0}, row.withheld) == (told, out), (view.name, key)
        some = data.draw(st.sampled_from([*kept.rows[view.name], None]), label=view.name)
        if some is not None:
            assert (kept.store.get(view, sight, some) is not None) is (some in found)
        is_withheld = len(allowed) < len(kept.rows[view.name]) if sight.oversight else None
        assert kept.store.withheld(view, sight) is is_withheld, view.name


@checked
@given(data=st.data())
def test_every_event_is_given_as_the_oracle_allows_and_what_it_protects(kept: Kept, data: st.DataObject) -> None:
    sight = data.draw(sights(kept))
    for recorded, said in kept.events:
        developer = kept.developers.get(recorded.stream.removeprefix("case-"))
        own = sight.participant is None or recorded.actor == f"participant/{sight.participant}"
        shown = said["type"] in SHOWN | PUBLIC or said["data"].get("shared_with") == "developer"
        among = (circle := circle_of(said)) is None or sight.oversight or circle == sight.office
        allowed = cleared(sight, said["marking"]) and needed(sight, matter_of(said)) and among
        allowed = allowed and (own or (developer == sight.participant and shown))
        assert sight.event(recorded, developer) is allowed, said
        for name in ("by", "act", "ground", "reasons"):
            told = cleared(sight, said["protectedmarking"]) and (own or (shown and name not in {"by", "act"}))
            told = told and (sight.participant is None or name != "ground")
            assert sight.disclosable(recorded, name) is told, (name, said)


@checked
@given(data=st.data())
def test_more_clearance_and_more_needs_never_show_less(kept: Kept, data: st.DataObject) -> None:
    less, other = data.draw(sights(kept)), data.draw(sights(kept))
    more = replace(less, clearance=both(less.clearance, other.clearance), needs=wider(less.needs, other.needs))
    for view in views():
        before = {each.key: positions(each.row) for each in kept.store.find(view, less, limit=MOST)}
        after = {each.key: positions(each.row) for each in kept.store.find(view, more, limit=MOST)}
        assert before.keys() <= after.keys(), view.name
        assert all(before[key] <= after[key] for key in before), view.name


def both(one: Clearance, other: Clearance) -> Clearance:
    cui = None if one.cui is None and other.cui is None else (one.cui or frozenset()) | (other.cui or frozenset())
    return replace(
        one,
        classification=max(one.classification, other.classification),
        cui=cui,
        controls=one.controls | other.controls,
        tlp=max(one.tlp, other.tlp),
    )


def wider(one: Needs, other: Needs) -> Needs:
    return Needs(kinds=one.kinds | other.kinds, streams=one.streams | other.streams)


def positions(value: Any) -> set[int]:
    """Of every part that is left."""
    match value:
        case msgspec.Struct():
            own = {value.position} if isinstance(value, Part) else set()
            return own.union(*(positions(getattr(value, name)) for name in value.__struct_fields__))
        case list() | tuple():
            return set().union(*map(positions, value))
        case dict():
            return set().union(*map(positions, value.values()))
        case _:
            return set()
