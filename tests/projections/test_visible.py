"""What a reader is given is what a slow oracle allows, whether SQL, a row or a part is asked; and never more."""

import sqlite3
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, ClassVar

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import wire
from domain.act import ActorKind
from domain.events.case import AssessmentShared, Extent, SharedWith
from domain.events.record import ActionRefused
from domain.markings import AUDIENCES, EVERY_CATEGORY, TLP, Classification, Clearance, parse, sees
from domain.needs import ALL, Needs, needs
from projections.view import BETWEEN, EVERYBODY, Matter, Part, Row
from projections.visible import Sight
from projections.visible.conditions import YES, Among, Cleared, Every, Fact, IfAny, Some, check, settled
from projections.visible.shown import NEVER_TO_PARTICIPANTS, SHOWN, circle, shown
from tests.domain.test_markings import clearances, markings
from tests.projections.small_ledger import ACME, CLEARED, DEVELOPER, DHS, INSTALLATION, OTHER_DEVELOPER, principal
from tests.projections.some_recorded import recorded

NO_MARKINGS = ("", "SECRET//", "Unclassified", "EVERYBODY", "TOP SECRET//NOFORN//NOFORN", "CUI//FOUO")
AT = datetime(2026, 7, 6, tzinfo=UTC)
OFFICE = "office-dhs"


class Note(Part, kw_only=True):
    id: int


class Turn(Part, kw_only=True):
    id: int
    notes: list[Note]


class Case(Row, kw_only=True):
    turns: list[Turn]
    offices: dict[str, Turn]
    last: Turn | None
    plain: list[str]


texts = st.one_of(markings().map(str), st.sampled_from(NO_MARKINGS))
scopes = st.sampled_from([None, DEVELOPER, OTHER_DEVELOPER, EVERYBODY, f"{BETWEEN}dhs", f"{BETWEEN}nsa"])
matters = st.sampled_from(["case-1", "case-2", "tasking-A", "lease-1", "office-nsa", "nonsense-1", "none"])
a_need = st.sampled_from(["case", "tasking", "case-1", "case-2", "tasking-A", "vulnerability-1"])
some_needs = st.one_of(st.just(ALL), st.lists(a_need, max_size=4).map(needs))


@st.composite
def sights(draw: st.DrawFn) -> Sight:
    who = draw(st.sampled_from(["office", "oversight", "participant", "other participant"]))
    participant: Any = {"participant": DEVELOPER, "other participant": OTHER_DEVELOPER}.get(who)
    office: Any = None if participant else "dhs"
    clearance = draw(st.one_of(clearances(), st.just(CLEARED)))
    over = who == "oversight"
    return Sight(clearance=clearance, office=office, participant=participant, oversight=over, needs=draw(some_needs))


@st.composite
def parts(draw: st.DrawFn, /, kind: Any, **more: Any) -> Any:
    return kind(
        id=draw(st.integers(0, 10**9)),
        position=1,
        at=AT,
        marking=draw(texts),
        protected_marking=draw(texts),
        shown=draw(st.booleans()),
        **{name: draw(strategy) for name, strategy in more.items()},
    )


turns = parts(Turn, notes=st.lists(parts(Note), max_size=2))


@st.composite
def cases(draw: st.DrawFn) -> Case:
    return Case(
        marking=draw(texts),
        scope=draw(scopes),
        turns=draw(st.lists(turns, max_size=3)),
        offices=draw(st.dictionaries(st.sampled_from("abc"), turns, max_size=2)),
        last=draw(st.none() | turns),
        plain=draw(st.lists(st.text(max_size=3), max_size=2)),
    )


# the oracle: as slow and as plain as it can be said


def cleared(sight: Sight, text: str) -> bool:
    try:
        return sees(sight.clearance, parse(text))
    except ValueError:
        return False


def needed(sight: Sight, matter: str) -> bool:
    kind, named = matter.split("-", maxsplit=1)[0], sight.needs
    return named == ALL or matter == "office-nsa" or matter in named.streams or kind in named.kinds


def may_know(sight: Sight, row: Row, matter: str) -> bool:
    if not cleared(sight, row.marking) or not needed(sight, matter):
        return False
    if sight.participant is not None:
        return row.scope in {sight.participant, "*"}
    few = row.scope is not None and row.scope.startswith("oversight/")
    return not few or sight.oversight or row.scope == f"oversight/{sight.office}"


def may_see(sight: Sight, part: Part) -> bool:
    return cleared(sight, part.marking) and (sight.participant is None or part.shown)


def everything(case: Case) -> list[Turn]:
    return [*case.turns, *case.offices.values(), *([case.last] if case.last else [])]


def left(sight: Sight, case: Case) -> tuple[list[int], int]:
    """Ids of the parts that are left, and how many were taken out."""
    ids, out = [], 0
    for turn in everything(case):
        if not may_see(sight, turn):
            out += 1
            continue
        ids.append(turn.id)
        ids += [note.id for note in turn.notes if may_see(sight, note)]
        out += sum(not may_see(sight, note) for note in turn.notes)
    return ids, out


def told(sight: Sight, rows: list[Row], matters: list[str]) -> list[int]:
    """Which of these rows SQL finds."""
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE some (id INTEGER PRIMARY KEY, marking TEXT NOT NULL, scope TEXT, m TEXT)")
        kept = [(n, row.marking, row.scope, matter) for n, (row, matter) in enumerate(zip(rows, matters, strict=True))]
        connection.executemany("INSERT INTO some VALUES (?, ?, ?, ?)", kept)
        condition, values = sight.condition({row.marking for row in rows}, prefix="s.", matter=Matter("m"))
        found = connection.execute(f"SELECT id FROM some s WHERE {condition} ORDER BY id", values).fetchall()  # noqa: S608
    connection.close()
    return [id for (id,) in found]


@given(sight=sights(), rows=st.lists(st.tuples(texts, scopes, matters), max_size=12))
def test_sql_finds_what_the_oracle_allows(sight: Sight, rows: list[tuple[str, str | None, str]]) -> None:
    made = [Row(marking=marking, scope=scope) for marking, scope, _ in rows]
    of = [matter for _, _, matter in rows]
    allowed = [n for n, (row, matter) in enumerate(zip(made, of, strict=True)) if may_know(sight, row, matter)]
    assert told(sight, made, of) == allowed


@given(
    sight=sights(), ids=st.lists(st.sampled_from(["1", "2", "A"]), max_size=6), kind=st.sampled_from(["case", "lease"])
)
def test_sql_finds_what_is_needed_by_ids_too(sight: Sight, ids: list[str], kind: str) -> None:
    with sqlite3.connect(":memory:") as connection:
        connection.execute("CREATE TABLE some (id INTEGER PRIMARY KEY, marking TEXT NOT NULL, scope TEXT, m TEXT)")
        connection.executemany(
            "INSERT INTO some (marking, scope, m) VALUES ('UNCLASSIFIED', '*', ?)", [(id,) for id in ids]
        )
        condition, values = sight.condition(["UNCLASSIFIED"], matter=Matter("m", kind))
        found = connection.execute(f"SELECT m FROM some WHERE {condition} ORDER BY id", values).fetchall()  # noqa: S608
    connection.close()
    assert [id for (id,) in found] == [id for id in ids if needed(sight, f"{kind}-{id}")]


@given(sight=sights(), case=cases())
def test_a_row_is_given_without_the_parts_that_the_oracle_forbids(sight: Sight, case: Case) -> None:
    kept = msgspec.json.encode(case)
    given_ = sight.portions(case)
    assert msgspec.json.encode(case) == kept, "what is kept is not what is given"
    ids, out = left(sight, case)
    found = [id for turn in everything(given_) for id in (turn.id, *(note.id for note in turn.notes))]
    assert (found, given_.withheld) == (ids, out)
    assert given_.plain == case.plain


class Sum(Part, kw_only=True):
    tells_of: ClassVar[str] = "case"
    id: int


@given(sight=sights(), part=parts(Sum))
def test_what_sums_up_matters_is_for_whoever_needs_to_know_of_all(sight: Sight, part: Any) -> None:
    assert sight.part(part) is (may_see(sight, part) and "case" in sight.needs.kinds)


@given(sight=sights(), more=some_needs, case=cases(), matter=matters)
def test_more_needs_never_show_less(sight: Sight, more: Needs, case: Case, matter: str) -> None:
    wider = replace(
        sight, needs=Needs(kinds=sight.needs.kinds | more.kinds, streams=sight.needs.streams | more.streams)
    )
    assert told(sight, [case], [matter]) <= told(wider, [case], [matter])
    assert wider.portions(case) == sight.portions(case)


@given(sight=sights(), other=clearances(), case=cases(), matter=matters)
def test_more_clearance_never_shows_less(sight: Sight, other: Clearance, case: Case, matter: str) -> None:
    was = sight.clearance
    cui = None if was.cui is None and other.cui is None else (was.cui or frozenset()) | (other.cui or frozenset())
    more = replace(
        sight,
        clearance=Clearance(
            classification=max(was.classification, other.classification),
            cui=cui,
            controls=was.controls | other.controls,
            country=was.country,
            tlp=max(was.tlp, other.tlp),
        ),
    )
    assert told(sight, [case], [matter]) <= told(more, [case], [matter])
    less_row, more_row = sight.portions(case), more.portions(case)
    assert {t.id for t in everything(less_row)} <= {t.id for t in everything(more_row)}
    for part in everything(case):
        assert more.protected(part) or not sight.protected(part)


@pytest.mark.parametrize("text", NO_MARKINGS)
def test_what_is_no_marking_is_seen_by_nobody(text: str) -> None:
    for who in (ACME, DHS, INSTALLATION):
        sight = Sight.of(who, oversight=True)
        assert not sight.marked(text)
        assert told(sight, [Row(marking=text, scope=DEVELOPER)], [OFFICE]) == []


def test_a_marking_that_is_not_among_those_that_occur_is_not_seen() -> None:
    condition, values = Sight.of(DHS).condition(["CUI"])
    assert condition.startswith("(marking IN (?) AND (scope IS NULL OR ")
    assert values == ("CUI", f"{BETWEEN}dhs")


@pytest.mark.parametrize("participant", [ACME, principal(ActorKind.PARTICIPANT, OTHER_DEVELOPER, "Zenith")])
def test_a_participant_is_given_its_own_rows_and_what_is_everybodys(participant: Any) -> None:
    sight = Sight.of(participant)
    rows = [Row(marking="UNCLASSIFIED", scope=scope) for scope in (None, DEVELOPER, OTHER_DEVELOPER, EVERYBODY)]
    found = [rows[n].scope for n in told(sight, rows, [OFFICE] * len(rows))]
    assert found == [participant.actor.id, EVERYBODY]


def test_offices_are_given_the_rows_of_every_participant_by_clearance_alone() -> None:
    rows = [Row(marking="CUI", scope=scope) for scope in (None, DEVELOPER, OTHER_DEVELOPER, EVERYBODY)]
    assert told(Sight.of(DHS), rows, [OFFICE] * 4) == [0, 1, 2, 3]
    uncleared = Clearance(
        classification=Classification.TOP_SECRET, cui=None, controls=AUDIENCES, country="USA", tlp=TLP.RED
    )
    assert told(Sight.of(replace(DHS, clearance=uncleared)), rows, [OFFICE] * 4) == []


def test_oversight_sees_by_clearance_and_only_an_office_is_oversight() -> None:
    row = Row(marking="SECRET", scope=None)
    low = Clearance(
        classification=Classification.UNCLASSIFIED, cui=EVERY_CATEGORY, controls=AUDIENCES, country="USA", tlp=TLP.RED
    )
    assert told(Sight.of(DHS, oversight=True), [row], [OFFICE])
    assert not told(Sight.of(replace(DHS, clearance=low), oversight=True), [row], [OFFICE])
    assert not Sight.of(ACME, oversight=True).oversight


def test_what_is_between_oversight_and_an_office_is_theirs_alone() -> None:
    row = Row(marking="UNCLASSIFIED", scope=f"{BETWEEN}dhs")
    nobody = Sight(clearance=CLEARED, office=None, participant=None, oversight=False)
    assert told(Sight.of(DHS), [row], [OFFICE])
    assert told(Sight.of(principal(ActorKind.OFFICE, "gao", "GAO"), oversight=True), [row], [OFFICE])
    for other in (Sight.of(principal(ActorKind.OFFICE, "nsa", "NSA")), Sight.of(ACME), nobody):
        assert not told(other, [row], [OFFICE])


def test_what_an_office_was_refused_of_oversight_it_knows_with_oversight_alone() -> None:
    said: Any = {"refused_act": "a", "code": "not-found", "rule": None, "sentence": "s", "ground": "g", "body": "{}"}
    asked = f"oversight-dhs-{'0' * 8}-0000-5000-8000-{'0' * 12}"
    refused = ActionRefused(command="oversight.produce.v1", addressed=asked, **said)
    other = ActionRefused(command="lease.open.v1", addressed=asked, **said)
    told = {actor: circle(recorded(refused, actor=actor)) for actor in ("office/nsa", "office/gao", "clock/oversight")}
    assert told == {"office/nsa": "nsa", "office/gao": "gao", "clock/oversight": "dhs"}
    assert circle(recorded(other)) is None


some_facts = st.sampled_from([Fact.KIND, Fact.CIRCLE, Fact.SHOWN])
leaves = st.one_of(
    st.builds(Cleared, st.just(Fact.MARKING), clearances()),
    *(st.builds(leaf, some_facts, st.frozensets(st.sampled_from(["a", "b", YES]))) for leaf in (Among, IfAny)),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.lists(inner, max_size=3).map(tuple).flatmap(lambda of: st.sampled_from([Every(of), Some(of)])),
)
of_things = st.dictionaries(some_facts, st.sampled_from(["a", "b", YES, None]))


@given(condition=conditions, thing=of_things, fact=some_facts)
def test_what_is_left_of_a_condition_holds_of_what_the_whole_holds(
    condition: Any, thing: dict[Fact, str | None], fact: Fact
) -> None:
    facts = {each: lambda of, each=each: of[each] for each in thing} | {Fact.MARKING: lambda _: "CUI"}
    left = settled(condition, fact, thing.get(fact))
    assert check(left, facts)(thing) is check(condition, facts)(thing)
    others = {name: says for name, says in facts.items() if name is not fact}
    assert check(left, others)(thing) is check(left, facts)(thing), "the fact is not asked for any more"


def test_every_type_that_is_shown_is_a_fact_of_something_that_is_somebodys_own() -> None:
    assert set(wire.EVENTS) >= SHOWN
    assert {name.partition(".")[0] for name in SHOWN} == {"case", "lease", "record", "scan"}
    protected = {name for cls in wire.EVENTS for name in wire.shape(cls).protected}
    assert protected >= NEVER_TO_PARTICIPANTS


def test_what_offices_do_among_themselves_is_not_shown_to_a_developer() -> None:
    among_offices = {name for name in wire.EVENTS if name not in SHOWN}
    assert among_offices >= {
        "case.assessment-proposed.v1",
        "case.assessment-filed.v1",
        "case.assessment-shared.v1",
        "case.assessment-not-shared.v1",
        "case.consultation-opened.v1",
        "case.consultation-closed.v1",
        "case.dissent-filed.v1",
        "consultation.opened.v1",
        "consultation.answered.v1",
        "action.refused.v1",
    }


def test_a_developer_is_shown_its_own_acts_and_assessments_that_were_shared_with_it() -> None:
    assert shown(recorded("case.submitted.v1", actor=f"participant/{DEVELOPER}"), DEVELOPER)
    assert not shown(recorded("case.submitted.v1", actor=f"participant/{DEVELOPER}"), OTHER_DEVELOPER)
    assert shown(recorded("case.accepted.v1"), OTHER_DEVELOPER), "whose case it is, the row says"
    assert not shown(recorded("case.dissent-filed.v1"), DEVELOPER)
    for with_, is_shown in ((SharedWith.DEVELOPER, True), (SharedWith.RESEARCHERS, False)):
        about: Any = {"case_id": "c", "assessment_id": "a"}
        event = AssessmentShared(**about, shared_with=with_, extent=Extent.WHOLE, reason=None)
        assert shown(recorded(event), DEVELOPER) is is_shown
