"""What every ledger begins with is well-formed, complete, and rests on the order as it was released."""

from hashlib import sha256
from itertools import chain
from pathlib import Path
from typing import get_args

import msgspec
import orjson
import pytest
from pydantic import TypeAdapter

from domain import clocks, rules
from domain.commands import Command
from domain.commands.office import RegisterOffice, RenameOffice
from domain.commands.record import IssueInstrument, OpenLedger, PublishPolicy
from domain.errors import REFUSALS
from domain.events.office import OfficeKind
from domain.founding import founding
from domain.rules.policy import NOTHING, Row
from domain.values import PolicyCode
from domain.wire import COMMANDS, canonical
from tests.domain.given import LEDGER, world

ROOT = Path(__file__).parents[2]
ORDER = ROOT / "tests" / "data" / "order" / "eo14409.txt"
DATA = ROOT / "domain" / "founding"
FOUNDING = founding(LEDGER, "TOP SECRET")
TABLES = {str(policy.policy): policy for policy in FOUNDING.policies}
OFFICES = {str(office.office): office for office in FOUNDING.offices}
AUTHORITY = TABLES["AUTHORITY"]
ROWS = {row[0]: row for row in AUTHORITY.rows}
POSTS = {f"{office.office}:{post.code}" for office in FOUNDING.offices for post in office.posts}


def read(name: str) -> object:
    return orjson.loads((DATA / f"{name}.json").read_bytes())


def test_the_order_is_the_one_that_was_released() -> None:
    (order,) = FOUNDING.instruments
    assert order.text == "sha256:" + sha256(ORDER.read_bytes()).hexdigest()
    assert (order.instrument, str(order.issued_on)) == ("EO14409", "2026-06-02")


def test_what_may_be_cited_of_the_order_stands_in_its_text() -> None:
    (order,) = FOUNDING.instruments
    text = " ".join(ORDER.read_text(encoding="utf-8").split())
    sections = dict(zip("123456789", text.split("Sec. "), strict=False))
    for provision in order.provisions:
        section, *parts = provision.replace(")", "").split("(")
        assert section in sections
        for part in parts:
            assert f"({part})" in sections[section], provision
    assert len(set(order.provisions)) == len(order.provisions)


@pytest.mark.parametrize("command", [*FOUNDING.offices, *FOUNDING.renamed, *FOUNDING.instruments, *FOUNDING.policies])
def test_each_part_has_the_form_of_its_command(
    command: RegisterOffice | RenameOffice | IssueInstrument | PublishPolicy,
) -> None:
    form = TypeAdapter(type(command))
    assert form.validate_json(canonical(command), strict=True) == command


def test_the_whole_has_the_form_of_its_command() -> None:
    assert TypeAdapter(OpenLedger).validate_json(canonical(FOUNDING), strict=True) == FOUNDING


def test_no_file_says_more_than_is_read() -> None:
    offices = read("offices")
    assert isinstance(offices, dict)
    assert offices.keys() == {"offices", "renamed"}
    for name, form in {"offices": tuple[RegisterOffice, ...], "renamed": tuple[RenameOffice, ...]}.items():
        said = orjson.loads(canonical(msgspec.convert(offices[name], form)))
        assert [{k: v for k, v in each.items() if k != "type"} for each in said] == offices[name]


def test_all_of_it_is_recorded_and_holds() -> None:
    known = world()
    for office in OFFICES:
        assert known.state(f"office-{office}").known
    for policy in TABLES:
        assert [version.cited for version in known.state(f"policy-{policy}").versions] == [f"POLICY:{policy}-1"]
    assert known.state("instrument-EO14409").known
    streams = [recorded.stream for recorded in known.log]
    assert known.log[0].event.type == "ledger.opened.v1"
    assert all(known.versions[stream] == streams.count(stream) for stream in streams)


# Offices


def test_the_five_offices_lead_and_nsa_is_part_of_defense() -> None:
    lead = {code for code, office in OFFICES.items() if office.kind is OfficeKind.LEAD}
    assert lead == {"dod", "commerce", "dhs", "treasury", "nsa"}
    assert {OFFICES[code].department for code in lead} == {"dod", "commerce", "dhs", "treasury"}


def test_who_is_consulted_and_who_oversees_is_there() -> None:
    kinds = {code: office.kind for code, office in OFFICES.items()}
    assert {"oncd", "ostp", "omb"} <= {code for code, kind in kinds.items() if kind is OfficeKind.CONSULTED}
    assert {"gao", "ig-nsa", "ig-dod"} <= {code for code, kind in kinds.items() if kind is OfficeKind.OVERSIGHT}
    assert [code for code, kind in kinds.items() if kind is OfficeKind.SECRETARIAT] == ["secretariat"]


def test_no_office_stands_twice_and_each_is_part_of_a_department_that_is_there() -> None:
    assert len(OFFICES) == len(FOUNDING.offices)
    for office in FOUNDING.offices:
        assert office.department in OFFICES
        assert len({post.code for post in office.posts}) == len(office.posts)
    assert {renamed.office for renamed in FOUNDING.renamed} <= OFFICES.keys()


def test_the_director_of_nsa_is_a_post_that_is_personal() -> None:
    (director,) = (post for post in OFFICES["nsa"].posts if post.code == "director")
    assert director.personal


# The table of authority


def test_there_is_a_row_for_every_command_but_the_one_that_opens() -> None:
    assert ROWS.keys() == COMMANDS.keys() - {"ledger.open.v1"}
    assert len(ROWS) == len(AUTHORITY.rows) == len(get_args(Command)) - 1


@pytest.mark.parametrize("row", AUTHORITY.rows, ids=lambda row: row[0])
def test_a_row_names_what_is_known(row: tuple[str, ...]) -> None:
    _, by, post, delegable, authorities, refusal = row
    kinds = {f"kind:{kind}" for kind in OfficeKind}
    assert set(by.split()) <= {"any-office", "participant", "clock", *kinds, *(f"office:{code}" for code in OFFICES)}
    assert refusal in REFUSALS
    if post != NOTHING:
        who = [
            code for code, o in OFFICES.items() if {f"office:{code}", f"kind:{o.kind}", "any-office"} & {*by.split()}
        ]
        assert who
        assert {f"{code}:{post}" for code in who} <= POSTS, "an office that may do it has no such post"
        personal = {each.personal for code in who for each in OFFICES[code].posts if each.code == post}
        assert personal == {delegable == "no"}
    for authority in authorities.split():
        if authority != NOTHING:
            instrument, _, provision = authority.partition(":")
            known = (
                {f"{code}-1" for code in TABLES} if instrument == "POLICY" else {*FOUNDING.instruments[0].provisions}
            )
            assert provision in known


@pytest.mark.parametrize("row", AUTHORITY.rows, ids=lambda row: row[0])
def test_who_is_nobody_s_deputy_cannot_delegate(row: tuple[str, ...]) -> None:
    offices = [word for word in row[1].split() if word == "any-office" or ":" in word]
    assert row[3] in {"yes", "no"}
    if not offices:
        assert row[3] == "no"


def test_every_order_provision_that_is_cited_can_be_borne() -> None:
    order = world().state("instrument-EO14409")
    table = world().state("policy-AUTHORITY").latest.table
    cited = set(chain.from_iterable(row.authorities for row in table.values() if isinstance(row, Row)))
    assert all(order.bears(each.partition(":")[2]) for each in cited if each.startswith("EO14409:"))


# Clocks and other policies


def test_every_policy_that_a_rule_reads_is_there_with_its_calendar() -> None:
    known = world()
    for policy in rules.POLICIES.values():
        assert known.state(f"policy-{policy}").versions, policy
    for table in FOUNDING.policies:
        if table.kind == "clock":
            terms = known.state(f"policy-{table.policy}").clock()
            if terms.calendar is not None:
                assert isinstance(known.state("policy-FEDERAL-HOLIDAYS").calendar(terms.calendar), clocks.Calendar)


def test_the_window_of_access_is_thirty_days() -> None:
    terms = world().state("policy-ACCESS-WINDOW").clock()
    assert (terms.length_days, terms.ends, terms.zone) == (30, clocks.Ends.CEILING, "America/New_York")


def test_the_code_of_a_policy_is_told_from_its_version() -> None:
    for code in TABLES:
        assert PolicyCode(f"POLICY:{code}-1".removeprefix("POLICY:").rpartition("-")[0]) == code


def test_author_and_filer_are_two_persons() -> None:
    assert ("case.propose-assessment.v1", "case.file-assessment.v1") in world().state("policy-SEPARATION").latest.table


@pytest.mark.parametrize("pair", TABLES["SEPARATION"].rows)
def test_what_is_separated_are_commands(pair: tuple[str, ...]) -> None:
    assert set(pair) <= COMMANDS.keys()
