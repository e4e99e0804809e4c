"""Policies are tables of data, published in versions; what they say is parsed once, here."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, TypeAlias, assert_never

from domain import clocks
from domain.commands.record import PolicyCommand, PublishPolicy
from domain.errors import REFUSALS, Refused
from domain.events.record import PolicyEvent, PolicyPublished
from domain.recorded import Recorded
from domain.rules.asked import Asked
from domain.rules.seen import Seen
from domain.values import Citation, PolicyCode

NOTHING: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Who may give one command, and what it rests on."""

    by: tuple[str, ...]
    """`any-office`, `office:<code>`, `kind:<kind>`, `participant`, `clock`, `installation`; any of them."""
    post: str | None
    delegable: bool
    authorities: tuple[Citation, ...]
    """What may be cited, the usual one first; nothing where the act rests on no authority."""
    refusal: str
    """The code for somebody else who tries."""


Authority: TypeAlias = Mapping[str, Row]
"""Command type → who may give it."""
Omissions: TypeAlias = Mapping[str, str]
"""Code → what is missing."""
Separation: TypeAlias = frozenset[tuple[str, str]]
"""Pairs of commands that one person may not both give about one thing."""
Parsed: TypeAlias = clocks.Terms | clocks.Calendar | Authority | Omissions | Separation

COLUMNS: Final = {
    "authority": ("command", "by", "post", "delegable", "authorities", "refusal"),
    "omissions": ("code", "meaning"),
    "separation": ("first", "second"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One version of a policy, as its table says."""

    cited: Citation
    kind: str
    table: Parsed


@dataclass(frozen=True, slots=True)
class Policy:
    """Every version that was published, oldest first."""

    versions: tuple[Version, ...] = field(default=())

    @property
    def latest(self) -> Version:
        """The version in force. Raises Refused where none is published."""
        if not self.versions:
            raise Refused("policy-missing")
        return self.versions[-1]

    def clock(self) -> clocks.Terms:
        """The terms of the clock. Raises Refused where there is none."""
        if not isinstance(table := self.latest.table, clocks.Terms):
            raise Refused("policy-missing", f"{self.latest.cited} is not a clock.")
        return table

    def calendar(self) -> clocks.Calendar:
        """The calendar. Raises Refused where there is none."""
        if not isinstance(table := self.latest.table, clocks.Calendar):
            raise Refused("policy-missing", f"{self.latest.cited} is not a calendar.")
        return table


INITIAL: Final = Policy()


def cited(policy: PolicyCode, version: int) -> Citation:
    """How a version of a policy is cited."""
    return Citation(f"POLICY:{policy}-{version}")


def evolve(state: Policy, recorded: Recorded[PolicyEvent]) -> Policy:
    event = recorded.event
    match event:
        case PolicyPublished():
            version = Version(cited=cited(event.policy, event.policy_version), kind=event.kind, table=_parse(event))
            return replace(state, versions=(*state.versions, version))
        case _:
            assert_never(event)


def may(state: Policy, command: type[PolicyCommand], asked: Asked, seen: Seen) -> None:
    """Nothing but the authority table stands in the way of publishing."""


def decide(state: Policy, command: PolicyCommand, asked: Asked, seen: Seen) -> list[PolicyEvent]:
    match command:
        case PublishPolicy():
            event = published(command)
            if command.policy_version <= len(state.versions):
                return _again(state, event)
            if command.policy_version != len(state.versions) + 1:
                raise Refused("policy-version")
            _parse(event)
            return [event]
        case _:
            assert_never(command)


def published(command: PublishPolicy) -> PolicyPublished:
    """The event that publishes a policy. Raises Refused where the table does not fit its kind."""
    event = PolicyPublished(
        policy=command.policy,
        policy_version=command.policy_version,
        title=command.title,
        kind=command.kind,
        columns=command.columns,
        rows=command.rows,
    )
    _parse(event)
    return event


def _again(state: Policy, event: PolicyPublished) -> list[PolicyEvent]:
    if state.versions[event.policy_version - 1].table != _parse(event):
        raise Refused("exists")
    return []


def _parse(event: PolicyPublished) -> Parsed:
    citation = cited(event.policy, event.policy_version)
    if event.kind in COLUMNS and event.columns != COLUMNS[event.kind]:
        raise Refused("policy-table", f"A table of kind {event.kind} has the columns {COLUMNS[event.kind]}.")
    if any(len(row) != len(event.columns) for row in event.rows):
        raise Refused("policy-table", "Each row has a cell for each column.")
    try:
        match event.kind:
            case "clock":
                return clocks.terms(citation, event.columns, event.rows)
            case "calendar":
                return clocks.calendar(citation, event.columns, event.rows)
            case "authority":
                return {row[0]: _row(row) for row in event.rows}
            case "omissions":
                return {code: meaning for code, meaning in event.rows}  # noqa: C416 - rows are checked to be pairs
            case "separation":
                return frozenset((first, second) for first, second in event.rows)
            case _:
                raise Refused("policy-table", f"Docket knows no policy of kind {event.kind}.")
    except clocks.BadTable as error:
        raise Refused("policy-table", str(error)) from error


def _row(cells: tuple[str, ...]) -> Row:
    command, by, post, delegable, authorities, refusal = cells
    if delegable not in {"yes", "no"} or refusal not in REFUSALS or not by.split():
        raise Refused("policy-table", f"The row of {command} is not readable.")
    return Row(
        by=tuple(by.split()),
        post=None if post == NOTHING else post,
        delegable=delegable == "yes",
        authorities=tuple(Citation(word) for word in authorities.split() if word != NOTHING),
        refusal=refusal,
    )


def separated(policy: Policy, first: str, second: str) -> bool:
    """Whether two commands about one thing need two persons."""
    table = policy.latest.table
    return isinstance(table, frozenset) and (first, second) in table
