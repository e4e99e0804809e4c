"""Whoever acts on what it may not see is given, by every read, what it would be given had there been nothing."""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import msgspec
from hypothesis import Phase, given, settings
from hypothesis import strategies as st

from domain import wire
from domain.ledger.sqlite import SQLiteRecorder
from domain.values import ConsultationId, Digest, case_id
from projections.audit_trail import AUDIT_TRAIL, Wanted, trail
from projections.directory.views import OFFICES
from projections.disclosed import disclosed
from projections.reads import Found
from projections.refusals import REFUSALS, refusals
from projections.stores.sqlite import SQLiteViews
from projections.view import View
from projections.visible import Sight
from tests.domain import requests
from tests.domain.cast import (
    CLOCK,
    DEVELOPER,
    DHS,
    GAO,
    NSA,
    NSA_LEAD,
    RIVAL,
    SECRETARIAT,
    TREASURY,
    TREASURY_ANALYST,
    Somebody,
    named,
)
from tests.domain.facts import CASE, CONSULTATION, SELECTION, VARIANT
from tests.domain.requests import but
from tests.domain.rules.test_hidden import ASKED
from tests.domain.world import NOON, OPEN
from tests.projections.stage import SECRET, Stage, principal, stage

ELSEWHERE = Digest("sha256:" + "e" * 64)
HISTORY: tuple[tuple[Any, Somebody], ...] = (
    (requests.submit, DEVELOPER),
    (requests.accept, SECRETARIAT),
    (requests.agree_terms, DEVELOPER),
    (requests.open_access, TREASURY),
    (requests.consult, NSA),
    (requests.request_information, TREASURY),
    (requests.propose, TREASURY_ANALYST),
    (requests.file, TREASURY),
    (requests.propose_partner, TREASURY),
)
CAST = (SECRETARIAT, TREASURY, NSA, NSA_LEAD, DHS, GAO, DEVELOPER)
UNSEEING = [by.cleared_for_nothing() for by in (*CAST, CLOCK)]
NEEDLESS = [by.needing("tasking") for by in CAST]
ASKING = [but(each, consultation_id=SELECTION) if each == requests.consult else each for each in ASKED.values()]
QUESTIONS = st.one_of(
    st.tuples(st.sampled_from(ASKING), st.sampled_from([*UNSEEING, RIVAL]), st.just(OPEN)),
    st.tuples(st.sampled_from(ASKING), st.sampled_from([RIVAL, *NEEDLESS]), st.sampled_from(["CUI", SECRET])),
    st.tuples(st.sampled_from(ASKING), st.sampled_from(NEEDLESS), st.just(OPEN)),
)
COUNTED: tuple[View[Any], ...] = (REFUSALS, AUDIT_TRAIL)
SALTED = {"digest", "_sd"}


@cache
def founded() -> bytes:
    with TemporaryDirectory() as folder:
        made = stage(Path(folder))
        made.recorder.close()
        made.store.close()
        return Path(folder, "ledger.db").read_bytes()


def lived(folder: Path, steps: int, *, there: bool) -> Stage:
    """A ledger with the case that will be asked about, marked so that few may see it; or with another in its place."""
    (folder / "ledger.db").write_bytes(founded())
    recorder = SQLiteRecorder(folder / "ledger.db", verify=wire.verify)
    made = Stage(recorder, SQLiteViews(folder / "views.db"), now=NOON)
    made.acts = 1000
    case = CASE if there else case_id(DEVELOPER.participant, ELSEWHERE, VARIANT)
    consultation = CONSULTATION if there else ConsultationId(named("consultation", "elsewhere"))
    names = {"case_id": case, "consultation_id": consultation} | ({} if there else {"manifest": ELSEWHERE})
    for command, by in HISTORY[:steps]:
        made.do((but(command, **{k: v for k, v in names.items() if hasattr(command, k)}), by), marking=SECRET)
    return made


def unsalted(value: Any) -> Any:
    match value:
        case dict():
            return {name: unsalted(each) for name, each in value.items() if name not in SALTED}
        case list() | tuple():
            return [unsalted(each) for each in value]
        case _:
            return value


def read(on: Stage, sight: Sight) -> Any:
    """Everything that this reader is given: rows, entries, events with their disclosures, and what is counted."""
    store = on.seen()
    events = disclosed(on.recorder, range(1, on.recorder.head() + 1), sight)
    rows: list[Found[Any]] = [*refusals(store, sight, limit=1000), *trail(store, sight, Wanted(), limit=1000)]
    return unsalted(
        [
            [(row.key, row.position, msgspec.structs.asdict(row.row)) for row in rows],
            [store.withheld(view, sight) for view in COUNTED],
            [(at, event.filled(), event.withheld, event.recorded.marking) for at, event in events.items()],
        ]
    )


def test_what_every_participant_is_shown_holds_nothing_of_a_person() -> None:
    with TemporaryDirectory() as folder:
        on = lived(Path(folder), 0, there=True)
        on.do((requests.grant, TREASURY), (requests.register_key, TREASURY), (requests.revoke_key, TREASURY))
        by = Sight.of(principal(RIVAL))
        found = on.seen().get(OFFICES, by, "treasury")
        events = disclosed(on.recorder, range(1, on.recorder.head() + 1), by)
        on.recorder.close()
        on.store.close()
    assert found is not None
    told = str(msgspec.to_builtins(found.row))
    assert "key-1" in told
    assert found.row.withheld
    persons = {TREASURY.id, TREASURY_ANALYST.id, requests.grant.taker_name, requests.grant.delegation_id}
    assert not [each for each in persons if str(each) in told]
    assert {event.recorded.actor for event in events.values()} == {str(RIVAL.actor)}


@settings(max_examples=40, deadline=None, phases=(Phase.explicit, Phase.generate))
@given(steps=st.integers(1, len(HISTORY)), questions=st.lists(QUESTIONS, min_size=1, max_size=12))
def test_an_act_on_a_hidden_case_leaves_its_actor_what_an_act_on_an_absent_one_leaves(
    steps: int, questions: list[tuple[Any, Somebody, str]]
) -> None:
    said = []
    for there in (True, False):
        with TemporaryDirectory() as folder:
            on = lived(Path(folder), steps, there=there)
            receipts = [on.ask(command, by, marking=marking) for command, by, marking in questions]
            askers = {principal(by): None for _, by, _ in questions}
            sights = [Sight.of(by, oversight=over) for by in askers for over in (False, True)]
            said.append((unsalted(msgspec.to_builtins(receipts)), [read(on, sight) for sight in sights]))
            on.recorder.close()
            on.store.close()
    assert said[0] == said[1]
