"""Of what somebody is offered, some filling is accepted: nothing is refused by how things stand, or by who asks.

That nothing is accepted which was not offered, every test of the rules says: see `World.decide`.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import fields, is_dataclass, replace
from datetime import date, datetime
from enum import Enum
from itertools import chain, combinations, islice, product
from typing import Any, NewType, get_args, get_origin, get_type_hints
from uuid import UUID, uuid5

import pytest

from api.pages.new_ids import MAKES
from domain import rules
from domain.commands import Command
from domain.errors import Refused
from domain.values import Digest, StreamId, VulnerabilityId
from tests.domain import cast, requests
from tests.domain.cast import Somebody
from tests.domain.facts import reference
from tests.domain.given import DAY, World, world
from tests.domain.once import Once
from tests.domain.requests import but
from tests.domain.rules.test_again import ONCE
from tests.domain.streams import oversight, vulnerability
from tests.domain.world import asked

ALL = tuple(each for each in vars(cast).values() if isinstance(each, Somebody))
THIRD = VulnerabilityId(str(uuid5(UUID(int=0), "third")))
MORE: tuple[Command, ...] = (
    replace(requests.provide, evidence=(oversight.document,)),
    replace(requests.declare_sectors, sectors=("water",)),
    replace(requests.accept_framework, framework=reference("ANOTHER")),
    replace(oversight.produce, events=()),
    replace(vulnerability.split, into=(replace(vulnerability.split.into[0], vulnerability_id=THIRD),)),
    replace(vulnerability.prioritize, table="invented", table_version="1"),
)
"""Further examples, where more is needed than another id, date or choice."""
EXAMPLES: dict[type[Any], list[Any]] = {}
for each in (*(once.command for once in ONCE), *MORE):
    EXAMPLES.setdefault(type(each), []).append(each)
OTHER_ASSIGNED = but(vulnerability.assigned, vulnerability_id=vulnerability.OTHER)
MOST = 3000
ELSEWHERE = {"signature-required"}
"""What stands in the way of the act, and not of the option: that says that the office has it signed."""
FRESH = str(uuid5(UUID(int=0), "fresh"))
_ID = re.compile(r".*[0-9a-f]{8}-[0-9a-f]{4}-.*")


def ids_in(state: object) -> Iterator[str]:
    """Every id, code and digest that a state names."""
    if isinstance(state, str):
        yield state
    elif isinstance(state, dict):
        for name, each in state.items():
            yield from ids_in(name)
            yield from ids_in(each)
    elif isinstance(state, tuple | frozenset | list):
        for each in state:
            yield from ids_in(each)
    elif is_dataclass(state):
        for field in fields(state):
            yield from ids_in(getattr(state, field.name))


def values(hint: Any, known: set[str], at: datetime) -> list[Any]:
    """What a field of this type may say, of what a record has."""
    if isinstance(hint, NewType):
        if hint is Digest:
            return [*sorted(each for each in known if each.startswith("sha256:")), "sha256:" + "e" * 64]
        if hint.__name__.endswith("Id"):
            return [FRESH, *sorted(each for each in known if _ID.fullmatch(each))]
        if hint.__name__ in {"OfficeCode", "PostCode", "ParticipantId"}:
            return sorted(known)
        return values(hint.__supertype__, known, at)
    if isinstance(hint, type) and issubclass(hint, Enum):
        return list(hint)
    if hint is bool:
        return [True, False]
    if hint is int:
        return [1, 2, 3]
    if hint is datetime:
        return [at - DAY, at + DAY, at + 40 * DAY]
    if hint is date:
        return [at.date().replace(day=1), at.date() + 40 * DAY]
    if get_origin(hint) is tuple:
        return [(each,) for each in values(get_args(hint)[0], known, at)]
    if args := get_args(hint):
        return [each for arg in args for each in values(arg, known, at)] + ([None] if type(None) in args else [])
    return []


def fillings(command: Any, stream: StreamId, known: set[str], at: datetime) -> Iterator[Any]:
    """The example of a command on a stream, and others that differ from it in up to three fields."""
    of = rules.rules_of(stream)
    assert of is not None
    hints = get_type_hints(type(command))
    if of.id_field in hints:
        command = replace(command, **{of.id_field: stream.partition("-")[2]})
    makes = {name: FRESH for name in MAKES.get(command.type, ()) if name in hints}
    may_say = {name: values(hints[name], known, at) for name in hints if name not in {"type", of.id_field, *makes}}
    yield command
    for many in range(4):
        for names in combinations([name for name, some in may_say.items() if some], many):
            for said in product(*(may_say[name] for name in names)):
                yield replace(command, **{**makes, **dict(zip(names, said, strict=True))})


def accepted(  # noqa: PLR0917 - what is asked of whom
    known: World, command: type[Any], stream: StreamId, by: Somebody, at: datetime, also: Iterable[str] = ()
) -> str | None:
    """None where some filling adds something; else what was answered first. `also` are ids that it may name."""
    first = None
    ids = set(ids_in(known.state(stream))) | {by.actor.id, *also}
    if by.person is not None:
        ids.add(by.person)
    tries = chain.from_iterable(islice(fillings(each, stream, ids, at), MOST) for each in EXAMPLES[command])
    for filled in tries:
        question = asked(by, at)
        try:
            if rules.target(filled, question) != stream:
                continue
            if known.decide(filled, question)[0]:
                return None
            first = first or "nothing follows"
        except Refused as refused:
            first = first or refused.code
    return first or "nothing fits the stream"


@pytest.mark.parametrize("once", ONCE[:-1], ids=lambda once: once.command.type)
def test_what_is_offered_before_and_after_an_act_is_accepted_in_some_form(once: Once) -> None:
    known = world(*once.facts, vulnerability.other_reported, OTHER_ASSIGNED)
    wrong = set()
    for is_done in (False, True):
        stream = rules.target(once.command, asked(once.by, once.at))
        begun = known.versions[stream] > 0 and not stream.startswith("record-")  # of an event nobody is told options
        for command in rules.commands_on(stream.partition("-")[0]) if begun else ():
            for by in ALL:
                try:
                    known.offered(command, stream, asked(by, once.at))
                except Refused:
                    continue
                no = accepted(known, command, stream, by, once.at)
                if no not in {None, *ELSEWHERE}:
                    wrong.add((rules.type_of(command), str(by.actor), str(by.person), no))
        if not is_done:
            known.act(once.command, by=once.by, at=once.at)
    assert not wrong
