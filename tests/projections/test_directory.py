"""The directory says who stands behind an act: names by day, the rest as recorded, each to who may know."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from functools import reduce
from typing import Any

import pytest

from domain import wire
from domain.act import Person, Principal
from domain.commands.office import (
    AssumePost,
    GrantDelegation,
    RegisterKey,
    RenameOffice,
    RevokeDelegation,
    RevokeKey,
    VacatePost,
)
from domain.commands.participant import (
    AcceptFramework,
    DeclareSectors,
    EnrolParticipant,
    SetBudget,
    WithdrawParticipant,
)
from domain.commands.record import AmendInstrument, PublishPolicy, RevokeInstrument
from domain.events.office import Algorithm, OfficeKind
from domain.events.participant import ParticipantKind
from domain.founding import founding
from domain.recorded import Recorded
from domain.rules.office import INITIAL, evolve
from domain.values import (
    DelegationId,
    InstrumentCode,
    KeyId,
    OfficeCode,
    ParticipantId,
    PolicyCode,
    PostCode,
    Reference,
)
from projections.directory.office_at import Because, Delegated, OfficeAt, PostAt
from projections.directory.queries import (
    instrument,
    instruments,
    office,
    offices,
    participant,
    participants,
    policies,
    policy,
)
from projections.directory.views import INSTRUMENTS, OFFICES, PARTICIPANTS, POLICIES
from projections.folding.runner import Runner
from projections.visible import Sight
from tests.projections.small_ledger import (
    ACME,
    BEGIN,
    CLEARED,
    CUI,
    DHS,
    LEDGER,
    OPEN,
    SECRET,
    SECRETARIAT,
    UNCLEARED,
    ZENITH,
    Small,
    digest,
    uuid,
)
from tests.projections.stores import Views

VIEWS = (OFFICES, INSTRUMENTS, POLICIES, PARTICIPANTS)
FOUNDED: Any = founding(LEDGER, "TOP SECRET")
LEAD = PostCode("assessment-lead")
OFFICE = OfficeCode("dhs")
ORDER = InstrumentCode("EO14409")
SEEN_BY_DHS = Sight.of(DHS)
DAY = timedelta(days=1)
SCOPE = ("case.open-access.v1", "case.return-copies.v1")
FIRST, SECOND, THIRD = (DelegationId(uuid(900 + number)) for number in range(3))


def colleague(number: int) -> Principal:
    """Another person of the same office."""
    return replace(DHS, person=Person(id=uuid(700 + number), name=f"Colleague {number}"))


ANNA, BEN, CARL = map(colleague, range(3))


def who(principal: Principal) -> Any:
    assert principal.person is not None
    return principal.person.id


class Directory:
    """A ledger and what the directory makes of it."""

    def __init__(self, ledger: Small, store: Views) -> None:
        self.ledger, self.store = ledger, store
        self.runner = Runner(ledger.recorder, store, VIEWS)

    def __getattr__(self, name: str) -> Any:
        return getattr(self.ledger, name)

    def caught_up(self) -> Views:
        self.runner.catch_up()
        return self.store

    def at(self, moment: datetime | None = None, *, as_of: int | None = None, sight: Sight = SEEN_BY_DHS) -> OfficeAt:
        told = office(self.caught_up(), sight, OFFICE, moment or self.ledger.now, as_of=as_of)
        assert told is not None
        return told.now

    def lead(self, **more: Any) -> PostAt:
        (post,) = [each for each in self.at(**more).posts if each.post == LEAD]
        return post

    def assume(self, holder: Principal, on: date = date(2026, 7, 6)) -> int:
        assert holder.person is not None
        command = AssumePost(
            office=OFFICE, post=LEAD, holder=holder.person.id, holder_name=holder.person.name, assumed_on=on
        )
        self.ledger.done(command, SECRETARIAT)
        return self.ledger.recorder.head()

    def vacate(self, holder: Principal, on: date = date(2026, 7, 9)) -> int:
        self.ledger.done(VacatePost(office=OFFICE, post=LEAD, holder=who(holder), vacated_on=on), SECRETARIAT)
        return self.ledger.recorder.head()

    def grant(self, id: DelegationId, giver: Principal, taker: Principal, **more: Any) -> int:
        settings: dict[str, Any] = {"valid_from": BEGIN, "valid_until": BEGIN + 10 * DAY, "onward": True} | more
        command = GrantDelegation(
            scope=SCOPE,
            office=OFFICE,
            delegation_id=id,
            taker=who(taker),
            taker_name="Somebody",
            post=LEAD,
            **settings,
        )
        self.ledger.done(command, giver)
        return self.ledger.recorder.head()

    def revoke(self, id: DelegationId, by: Principal, **more: Any) -> int:
        self.ledger.done(RevokeDelegation(office=OFFICE, delegation_id=id), by, **more)
        return self.ledger.recorder.head()

    def delegations(self, **more: Any) -> dict[DelegationId, Delegated]:
        return {each.delegation_id: each.state for each in self.at(**more).delegations}

    def chain(self) -> None:
        """Anna lets Ben act, Ben lets Carl, Carl lets Anna."""
        self.assume(ANNA)
        self.grant(FIRST, ANNA, BEN)
        self.grant(SECOND, BEN, CARL, parent=FIRST)
        self.grant(THIRD, CARL, DHS, parent=SECOND)


@pytest.fixture
def directory(ledger: Small, store: Views) -> Directory:
    return Directory(ledger, store)


def test_all_that_the_ledger_was_founded_with_is_there_in_its_order(directory: Directory) -> None:
    store, now = directory.caught_up(), directory.ledger.now
    everything = offices(store, SEEN_BY_DHS, now)
    assert [told.facts.office for told in everything.found] == [each.office for each in FOUNDED.offices]
    assert [told.facts.posts for told in everything.found] == [each.posts for each in FOUNDED.offices]
    tables = policies(store, SEEN_BY_DHS).found
    assert [(told.facts.policy, told.now.in_force.rows) for told in tables] == [
        (each.policy, each.rows) for each in FOUNDED.policies
    ]
    (order,) = instruments(store, SEEN_BY_DHS).found
    assert (order.facts.instrument, order.now.provisions) == (ORDER, FOUNDED.instruments[0].provisions)
    assert order.now.in_force


def test_a_list_goes_on_behind_its_cursor_and_ends(directory: Directory) -> None:
    store, now = directory.caught_up(), directory.ledger.now
    codes: list[str] = []
    after: int | None = 0
    while after is not None:
        page = offices(store, SEEN_BY_DHS, now, after=after, limit=3)
        codes += [told.facts.office for told in page.found]
        after = page.after
    assert codes == [each.office for each in FOUNDED.offices]


def test_offices_are_found_by_kind_and_by_department(directory: Directory) -> None:
    store, now = directory.caught_up(), directory.ledger.now
    leads = offices(store, SEEN_BY_DHS, now, kind=OfficeKind.LEAD).found
    assert {told.facts.office for told in leads} == {"dod", "commerce", "dhs", "treasury", "nsa"}
    defense = offices(store, SEEN_BY_DHS, now, department=OfficeCode("dod")).found
    assert {"dod", "nsa"} <= {told.facts.office for told in defense}
    assert {told.facts.department for told in defense} == {"dod"}


@pytest.mark.parametrize(
    ("moment", "name"),
    [
        (datetime(2025, 9, 5, 3, 59, tzinfo=UTC), "Department of Defense"),
        (datetime(2025, 9, 5, 4, tzinfo=UTC), "Department of War"),
    ],
)
def test_a_name_is_in_force_from_the_day_that_begins_in_new_york(
    directory: Directory, moment: datetime, name: str
) -> None:
    told = office(directory.caught_up(), SEEN_BY_DHS, OfficeCode("dod"), moment)
    assert told is not None
    assert told.now.name == name


def test_names_follow_their_days_and_not_the_order_in_which_they_were_recorded(directory: Directory) -> None:
    for name, day in (("Late", 20), ("Wrong", 10), ("Early", 10)):
        directory.done(RenameOffice(office=OFFICE, name=name, effective_on=date(2026, 8, day)), SECRETARIAT)
    before = directory.recorder.head() - 1
    first, *others = directory.at().names
    assert (first.since, first.until) == (None, date(2026, 8, 10))
    assert [(each.name, each.since, each.until) for each in others] == [
        ("Early", date(2026, 8, 10), date(2026, 8, 20)),
        ("Late", date(2026, 8, 20), None),
    ]
    middle = datetime(2026, 8, 15, tzinfo=UTC)
    assert directory.at(middle).name == "Early"
    assert directory.at(middle, as_of=before).name == "Wrong"


def test_a_post_has_its_holders_one_after_another_and_may_be_vacant(directory: Directory) -> None:
    before = directory.recorder.head()
    anna = directory.assume(ANNA, date(2026, 7, 6))
    gone = directory.vacate(ANNA, date(2026, 7, 9))
    ben = directory.assume(BEN, date(2026, 7, 12))
    post = directory.lead()
    assert post.holder == who(BEN)
    assert [(t.holder, t.assumed_on, t.vacated_on, t.position, t.vacated) for t in post.terms] == [
        (who(ANNA), date(2026, 7, 6), date(2026, 7, 9), anna, gone),
        (who(BEN), date(2026, 7, 12), None, ben, None),
    ]
    then = [directory.lead(as_of=position).holder for position in (before, anna, gone, ben)]
    assert then == [None, who(ANNA), None, who(BEN)]


def test_a_delegation_is_live_between_its_instants_alone(directory: Directory) -> None:
    directory.assume(ANNA)
    directory.grant(FIRST, ANNA, BEN, valid_from=BEGIN + DAY, valid_until=BEGIN + 2 * DAY)
    instant = timedelta(microseconds=1)
    moments = (BEGIN + DAY - instant, BEGIN + DAY, BEGIN + 2 * DAY - instant, BEGIN + 2 * DAY)
    assert [directory.delegations(moment=moment)[FIRST] for moment in moments] == [
        Delegated.NOT_YET,
        Delegated.LIVE,
        Delegated.LIVE,
        Delegated.EXPIRED,
    ]


def test_a_revocation_ends_what_was_passed_on_and_nothing_before_it(directory: Directory) -> None:
    directory.chain()
    before = directory.recorder.head()
    end = directory.revoke(SECOND, BEN)
    ended = {each.delegation_id: each.ended for each in directory.at().delegations}
    assert ended[FIRST] is None
    assert [(e.because, e.position) for e in (ended[SECOND], ended[THIRD]) if e is not None] == [
        (Because.REVOKED, end),
        (Because.CASCADED, end),
    ]
    assert directory.delegations() == {FIRST: Delegated.LIVE, SECOND: Delegated.REVOKED, THIRD: Delegated.REVOKED}
    assert set(directory.delegations(as_of=before).values()) == {Delegated.LIVE}
    assert set(directory.delegations(as_of=end - 2)) == {FIRST, SECOND}


def test_what_a_holder_delegated_ends_when_the_post_becomes_vacant(directory: Directory) -> None:
    directory.chain()
    directory.revoke(THIRD, CARL)
    end = directory.vacate(ANNA)
    directory.assume(BEN)
    later = DelegationId(uuid(950))
    directory.grant(later, BEN, CARL)
    found = {each.delegation_id: each for each in directory.at().delegations}
    because = {id: each.ended.because for id, each in found.items() if each.ended is not None}
    assert because == {FIRST: Because.VACATED, SECOND: Because.VACATED, THIRD: Because.REVOKED}
    first = found[FIRST].ended
    assert first is not None
    assert first.position == end
    assert found[later].state is Delegated.LIVE


def test_what_had_expired_is_not_called_revoked(directory: Directory) -> None:
    directory.assume(ANNA)
    directory.grant(FIRST, ANNA, BEN, valid_until=BEGIN + DAY)
    directory.ledger.now = BEGIN + 2 * DAY
    directory.vacate(ANNA)
    (delegation,) = directory.at().delegations
    assert delegation.state is Delegated.EXPIRED
    assert delegation.ended is not None


def test_at_every_position_the_directory_says_of_an_office_what_the_rules_go_by(directory: Directory) -> None:
    directory.chain()
    directory.done(register_key("one"), DHS)
    directory.revoke(SECOND, BEN)
    directory.vacate(ANNA)
    directory.assume(CARL)
    directory.grant(DelegationId(uuid(950)), CARL, ANNA)
    directory.done(RevokeKey(office=OFFICE, key_id=KeyId("one")), DHS)
    directory.done(register_key("two"), DHS)
    stream = directory.recorder.read_stream(f"office-{OFFICE}")
    assert len(stream) > 10
    for number in range(1, len(stream) + 1):
        events: list[Recorded[Any]] = [wire.load(document) for _, _, document in stream[:number]]
        rules = reduce(evolve, events, INITIAL)
        at = events[-1].recorded_at
        told = directory.at(at, as_of=stream[number - 1][0])
        assert {p.post: p.holder for p in told.posts if p.holder is not None} == rules.holders
        live = {each.delegation_id: each.state is Delegated.LIVE for each in told.delegations}
        assert live == {id: each.in_force(at) for id, each in rules.delegations.items()}
        assert {each.key_id: each.revoked is None for each in told.keys} == {k: v.live for k, v in rules.keys.items()}


def register_key(id: str) -> RegisterKey:
    return RegisterKey(office=OFFICE, key_id=KeyId(id), algorithm=Algorithm.ED25519, public_key="A" * 43)


def test_a_participant_is_told_of_names_and_keys_of_an_office_and_not_of_its_people(directory: Directory) -> None:
    directory.chain()
    directory.done(register_key("one"), DHS)
    directory.done(RenameOffice(office=OFFICE, name="Another name", effective_on=date(2026, 7, 1)), SECRETARIAT)
    told = office(directory.caught_up(), Sight.of(ACME), OFFICE, directory.ledger.now)
    assert told is not None
    assert (told.now.name, [key.key_id for key in told.now.keys]) == ("Another name", ["one"])
    assert told.now.delegations == ()
    assert {post.post for post in told.now.posts} >= {LEAD}
    assert all(post.terms == () for post in told.now.posts)
    assert told.facts.withheld == 4


def test_who_is_not_cleared_for_a_revocation_is_told_that_something_is_withheld(directory: Directory) -> None:
    directory.chain()
    directory.revoke(FIRST, ANNA, marking=SECRET)
    low = Sight.of(replace(DHS, clearance=UNCLEARED))
    assert set(directory.delegations().values()) == {Delegated.REVOKED}
    told = office(directory.caught_up(), low, OFFICE, directory.ledger.now)
    assert told is not None
    assert {each.state for each in told.now.delegations} == {Delegated.LIVE}
    assert told.facts.withheld == 1


def test_an_instrument_is_what_it_was_amended_to_until_it_is_revoked(directory: Directory) -> None:
    issued = directory.recorder.head()
    amended = AmendInstrument(
        instrument=ORDER, amended_on=date(2026, 7, 7), text=digest("other"), provisions=("2", "3(a)")
    )
    directory.done(amended, SECRETARIAT)
    after = directory.recorder.head()
    directory.done(RevokeInstrument(instrument=ORDER, revoked_on=date(2026, 7, 8)), SECRETARIAT)
    store = directory.caught_up()
    then = [instrument(store, SEEN_BY_DHS, ORDER, as_of=position) for position in (issued, after, None)]
    assert [told and (told.now.in_force, told.now.provisions, told.now.revoked_on) for told in then] == [
        (True, FOUNDED.instruments[0].provisions, None),
        (True, ("2", "3(a)"), None),
        (False, ("2", "3(a)"), date(2026, 7, 8)),
    ]
    assert instruments(store, SEEN_BY_DHS, in_force=True).found == ()
    assert len(instruments(store, SEEN_BY_DHS, in_force=True, as_of=after).found) == 1
    assert instrument(store, SEEN_BY_DHS, ORDER, as_of=1) is None


def test_every_version_of_a_policy_stays_with_its_table(directory: Directory) -> None:
    (first,) = [each for each in FOUNDED.policies if each.kind == "omissions"]
    code = PolicyCode(first.policy)
    before = directory.recorder.head()
    rows = (*first.rows, ("no-such-thing", "Something that was never there"))
    directory.done(
        PublishPolicy(policy=code, policy_version=2, title="More", kind="omissions", columns=first.columns, rows=rows),
        SECRETARIAT,
    )
    store = directory.caught_up()
    told, then = policy(store, Sight.of(ACME), code), policy(store, Sight.of(ACME), code, as_of=before)
    assert told is not None
    assert then is not None
    assert [each.rows for each in told.facts.versions] == [first.rows, rows]
    assert (told.now.citation, then.now.citation) == (f"POLICY:{code}-2", f"POLICY:{code}-1")
    assert (told.now.in_force.title, then.now.in_force.rows) == ("More", first.rows)
    assert [each.facts.policy for each in policies(store, SEEN_BY_DHS, kind="omissions").found] == [code]


def test_a_participant_sees_itself_and_no_other_and_offices_see_every_one(directory: Directory) -> None:
    directory.enrol(ACME, ZENITH)
    directory.submit("Orion")
    directory.submit("Lyra", by=ZENITH)
    store = directory.caught_up()
    zenith = ParticipantId(ZENITH.actor.id)
    assert participant(store, Sight.of(ACME), zenith) is None
    assert [told.now.name for told in participants(store, Sight.of(ACME)).found] == [ACME.actor.name]
    assert [told.now.name for told in participants(store, SEEN_BY_DHS).found] == [ACME.actor.name, ZENITH.actor.name]
    told = participant(store, Sight.of(ZENITH), zenith)
    assert told is not None
    assert (told.now.kind, told.now.cases, told.facts.withheld) == (ParticipantKind.DEVELOPER, 1, 0)


def test_a_participant_has_what_it_said_last_and_may_leave_and_come_back(directory: Directory) -> None:
    directory.enrol(ACME)
    acme = ParticipantId(ACME.actor.id)
    framework = Reference(id="Framework", version=2, digest=digest("framework"))
    for command in (
        AcceptFramework(participant=acme, framework=framework),
        DeclareSectors(participant=acme, sectors=("energy",)),
        DeclareSectors(participant=acme, sectors=("water", "energy")),
        SetBudget(participant=acme, maintainer="kernel", reports_per_month=5),
        SetBudget(participant=acme, maintainer="browser", reports_per_month=7),
        SetBudget(participant=acme, maintainer="kernel", reports_per_month=3),
        WithdrawParticipant(participant=acme),
    ):
        directory.done(command, ACME)
    left = directory.recorder.head()
    again = EnrolParticipant(participant=acme, name="Acme Again", kind=ParticipantKind.OPERATOR)
    directory.done(again, ACME)
    store = directory.caught_up()
    now, then = participant(store, SEEN_BY_DHS, acme), participant(store, SEEN_BY_DHS, acme, as_of=left)
    assert now is not None
    assert then is not None
    assert (now.now.takes_part, then.now.takes_part) == (True, False)
    assert (now.now.name, then.now.name) == ("Acme Again", ACME.actor.name)
    assert then.now.left_at is not None
    assert then.now.framework is not None
    assert (then.now.framework.version, then.now.sectors) == (2, ("water", "energy"))
    assert then.now.budgets == {"kernel": 3, "browser": 7}
    assert len(participants(store, SEEN_BY_DHS, takes_part=False, as_of=left).found) == 1
    assert participants(store, SEEN_BY_DHS, takes_part=False).found == ()
    assert len(participants(store, SEEN_BY_DHS, sector="water").found) == 1
    assert participants(store, SEEN_BY_DHS, sector="finance").found == ()


def test_cases_count_up_to_a_position_and_only_those_that_a_reader_may_know(directory: Directory) -> None:
    directory.enrol(ACME)
    enrolled = directory.recorder.head()
    directory.submit("One")
    first = directory.recorder.head()
    directory.submit("Two", marking=CUI)
    directory.submit("Three")
    store, acme = directory.caught_up(), ParticipantId(ACME.actor.id)

    def cases(sight: Sight, as_of: int | None = None) -> int:
        told = participant(store, sight, acme, as_of=as_of)
        assert told is not None
        return told.now.cases

    assert [cases(SEEN_BY_DHS, position) for position in (enrolled, first, None)] == [0, 1, 3]
    assert cases(Sight.of(replace(DHS, clearance=UNCLEARED))) == 2
    assert cases(Sight(clearance=CLEARED, office=None, participant=acme, oversight=False)) == 3


def test_what_was_enrolled_higher_is_not_there_for_who_is_not_cleared(directory: Directory) -> None:
    command = EnrolParticipant(participant=ParticipantId(ACME.actor.id), name="Acme", kind=ParticipantKind.DEVELOPER)
    directory.done(command, ACME, marking=SECRET)
    store = directory.caught_up()
    assert participants(store, Sight.of(replace(DHS, clearance=UNCLEARED))).found == ()
    (told,) = participants(store, SEEN_BY_DHS).found
    assert told.facts.marking != OPEN
