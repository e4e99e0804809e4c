"""There is no licensing regime: nothing that can be said of a model or its release says that it may or may not be."""

import re
from collections.abc import Iterator
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any, get_args

import pytest

from domain import rules
from domain.commands import Command
from domain.errors import REFUSALS, TURNED_AWAY
from domain.events import CaseEvent, Event
from domain.events.case import NOTICE, CaseClosed, DeterminationIssued, Outcome, ReleaseReported, Result
from domain.rules.case.guards import GUARDS, by_developer
from domain.rules.case.state import Phase
from domain.wire import type_name
from tests.domain.cast import NSA
from tests.domain.everything import types_in
from tests.domain.facts import under_way
from tests.domain.given import given
from tests.domain.requests import but, determine, report_release, withdraw

FORBIDDEN = re.compile(
    r"(?:pre|dis|un)?(?:approv|authoriz|authoris|den(?:y|ie)|licen[cs]|permit|permission|ban(?!k)|block|forbid|prohibit"
    r"|allow|veto|certif|sanction|enjoin|embargo)|(?:pre)?clear(?!ance)"
)
"""The words that the record does not have for a release or a model, and what else would say the same of a release."""
ABOUT_WHO_READS = {"not-cleared"}
"""It is the actor who is not cleared, never a model."""
OF_THE_CLEARINGHOUSE = re.compile(r"embargo")
"""What the parties to a vulnerability keep among themselves: never anything of a model or its release."""
MESSAGES = (*get_args(Event), *get_args(Command))


def words(name: str) -> list[str]:
    """The words that a name is made of, however it is written."""
    return re.findall(r"[a-z]+", re.sub(r"([a-z0-9])([A-Z])", r"\1 \2", name).lower())


def says(name: str) -> list[str]:
    return [word for word in words(name) if FORBIDDEN.match(word)]


def names_in(cls: Any) -> Iterator[str]:
    """Every name that such a message publishes: of types, of fields, of choices."""
    yield type_name(cls)
    for each in types_in(cls):
        if is_dataclass(each):
            made: Any = each
            yield made.__name__
            yield from (field.name for field in fields(made))
        elif isinstance(each, type) and issubclass(each, Enum):
            yield each.__name__
            for member in each:
                yield from (member.name, str(member.value))


@pytest.mark.parametrize("cls", MESSAGES, ids=type_name)
def test_no_message_can_say_that_a_release_may_or_may_not_be(cls: Any) -> None:
    said = [word for name in names_in(cls) for word in says(name)]
    about_vulnerabilities = type_name(cls).startswith("vulnerability.")
    assert [word for word in said if not (about_vulnerabilities and OF_THE_CLEARINGHOUSE.match(word))] == []


@pytest.mark.parametrize("cls", get_args(CaseEvent), ids=type_name)
def test_no_state_of_a_case_is_called_so_either(cls: Any) -> None:
    states = [Phase, type(rules.STREAMS["case"].initial)]
    assert [name for state in states for name in vars(state) if not name.startswith("_") and says(name)] == []
    assert says(cls.__doc__.partition("(")[0]) == []


def test_no_refusal_is_called_so() -> None:
    codes = {*REFUSALS, *TURNED_AWAY} - ABOUT_WHO_READS
    assert [word for code in codes for word in says(code) if not OF_THE_CLEARINGHOUSE.match(word)] == []


@pytest.mark.parametrize(
    "name", ["ReleaseApproved", "release_denied", "case.cleared.v1", "LICENSED", "is-permitted", "banned", "unblocked"]
)
def test_such_a_name_would_be_found(name: str) -> None:
    assert says(name)


@pytest.mark.parametrize("name", ["clearance", "bank_name", "declined", "determined"])
def test_other_names_would_not(name: str) -> None:
    assert says(name) == []


@pytest.mark.parametrize("result", Result)
def test_every_determination_carries_the_notice(result: Result) -> None:
    (issued,) = given(*under_way).when(but(determine, result=result), by=NSA).events()
    assert isinstance(issued, DeterminationIssued)
    assert issued.notice == NOTICE
    for word in ("no license", "preclearance", "permit", "no condition of any release", "no right or benefit"):
        assert word in NOTICE


def test_nobody_writes_a_notice_of_their_own() -> None:
    assert "notice" not in {field.name for field in fields(determine)}


def test_what_stands_in_the_way_of_a_release_report_is_only_whose_it_is() -> None:
    assert GUARDS[type(report_release)] == GUARDS[type(withdraw)] == (by_developer,)


def test_a_release_is_a_report_by_the_developer_and_nothing_that_an_office_says() -> None:
    about_release = [cls for cls in get_args(CaseEvent) if "release" in words(type_name(cls))]
    assert {type_name(cls) for cls in about_release} == {"case.release-plan-revised.v1", "case.release-reported.v1"}
    assert {field.name for field in fields(ReleaseReported)} == {"type", "case_id", "audience", "released_at"}


def test_a_case_ends_with_a_determination_or_without_one_and_with_nothing_else() -> None:
    assert {str(outcome) for outcome in Outcome} == {"determined", "no-determination-recorded"}
    assert {field.name for field in fields(CaseClosed)} == {"type", "case_id", "outcome", "determination"}
