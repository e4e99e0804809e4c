"""What the table of a policy says is read once, here; and some things no table may say."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, TypeAlias, get_args

from domain import clocks
from domain.commands import Command
from domain.errors import REFUSALS, Refused
from domain.events.office import OfficeKind
from domain.events.record import PolicyPublished
from domain.rules.policy.schedule import SCHEDULE, Schedule, is_lawful, schedule
from domain.values import Citation, OfficeCode, PolicyCode

NOTHING: Final = "-"


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """Who may give one command, and what it rests on."""

    by: tuple[str, ...]
    """`any-office`, `office:<code>`, `kind:<kind>`, `participant`, `clock`, `docket`; any of them."""
    post: str | None
    delegable: bool
    """Whether somebody may act so for another person of the same office."""
    authorities: tuple[Citation, ...]
    """What may be cited, the usual one first; nothing where the act rests on no authority."""
    refusal: str
    """The code for somebody else who tries."""

    def names_office(self, office: OfficeCode, kind: OfficeKind | None) -> bool:
        """Whether an office of this kind may give the command."""
        return not {"any-office", f"office:{office}", f"kind:{kind}"}.isdisjoint(self.by)


Authority: TypeAlias = Mapping[str, Row]
"""Command type → who may give it."""
Omissions: TypeAlias = Mapping[str, str]
"""Code → what is missing; and of a choice, what is chosen for → the policy that is chosen, as it is cited."""
Separation: TypeAlias = frozenset[tuple[str, str]]
"""Pairs of commands that one person may not both give about one thing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class HardeningAction:
    """What has to be done to assets of a class, and within how many days."""

    asset_class: str
    category: str
    action: str
    days: int | None
    """Calendar days; None: whenever the system is upgraded."""


Hardening: TypeAlias = Mapping[str, HardeningAction]
"""Code of a row → what it asks for."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Whole numbers by name."""

    values: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Signers:
    """The offices that sign, all of them."""

    offices: tuple[OfficeCode, ...]


Parsed: TypeAlias = (
    clocks.Terms | clocks.Calendar | Authority | Omissions | Separation | Hardening | Limits | Signers | Schedule
)

COLUMNS: Final = {
    "authority": ("command", "by", "post", "delegable", "authorities", "refusal"),
    "omissions": ("code", "meaning"),
    "separation": ("first", "second"),
    "hardening": ("row", "asset_class", "category", "action", "days"),
    "limits": ("limit", "value"),
    "sectors": ("sector", "name"),
    "sign-off": ("office",),
    "choice": ("for", "policy"),
    "retention": SCHEDULE,
}
FIXED: Final[Mapping[str, tuple[str, ...]]] = {
    "case.withdraw.v1": ("participant", NOTHING, "no", NOTHING),
    "case.report-release.v1": ("participant", NOTHING, "no", NOTHING),
    "participant.withdraw.v1": ("participant", NOTHING, "no", NOTHING),
    "case.issue-determination.v1": ("office:nsa", "director", "no"),
    "threshold.determine.v1": ("office:nsa", "director", "no"),
}
"""What no table of authority may say otherwise: that participation is voluntary, and whose the final authority is."""
ALWAYS_SIGN: Final = frozenset({"treasury", "nsa", "dhs"})
"""EO14409:3: whose joint work a standard and the framework are, whoever signs beside them."""
WINDOW: Final = PolicyCode("ACCESS-WINDOW")
LONGEST_NUMBER: Final = 9
"""Digits of a limit."""
LONGEST_WINDOW_DAYS: Final = 30
"""EO14409:3(b)(ii): a window may be shorter, and nothing makes it longer."""
ZONE: Final = "America/New_York"
"""Whose days and hours the window of access has."""


def cited(policy: PolicyCode, version: int) -> Citation:
    """How a version of a policy is cited."""
    return Citation(f"POLICY:{policy}-{version}")


def keeps_the_law(event: PolicyPublished, table: Parsed) -> None:
    """What a policy may not choose. Asked when it is published, never when history is read."""
    if event.kind == "authority":
        commands = {command.__dataclass_fields__["type"].default for command in get_args(Command)} - {"ledger.open.v1"}
        if wrong := sorted(commands ^ {row[0] for row in event.rows}):
            raise Refused("policy-table", f"A table of authority has a row for every command: see {wrong[0]}.")
        for row in event.rows:
            fixed = FIXED.get(row[0], ())
            if row[1 : 1 + len(fixed)] != fixed:
                raise Refused("policy-table", f"No policy changes who may {row[0]}, nor on what it rests.")
    if isinstance(table, Signers) and (missing := sorted(ALWAYS_SIGN - set(table.offices))):
        raise Refused("policy-table", f"Section 3 of the order has {missing[0]} sign.")
    if isinstance(table, Schedule):
        is_lawful(event.rows)
    if event.policy == WINDOW and not (
        isinstance(table, clocks.Terms)
        and table.ends is clocks.Ends.CEILING
        and table.zone == ZONE
        and table.length_days is not None
        and table.length_days <= LONGEST_WINDOW_DAYS
    ):
        raise Refused("policy-table", f"Access ends at most {LONGEST_WINDOW_DAYS} days later, at the same time of day.")


def parsed(event: PolicyPublished) -> Parsed:
    """What a table says. Raises Refused where it does not have the form that its kind needs."""
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
                _once(event)
                return {row[0]: _row(row) for row in event.rows}
            case "omissions" | "choice" | "sectors":
                _once(event)
                return {code: meaning for code, meaning in event.rows}  # noqa: C416 - rows are checked to be pairs
            case "separation":
                return frozenset((first, second) for first, second in event.rows)
            case "sign-off":
                _once(event)
                if not event.rows:
                    raise Refused("policy-table", "Somebody has to sign.")
                return Signers(tuple(OfficeCode(office) for (office,) in event.rows))
            case "hardening":
                _once(event)
                return {row[0]: _hardening(row) for row in event.rows}
            case "retention":
                _once(event)
                return schedule(citation, event.rows, zone=ZONE)
            case "limits":
                _once(event)
                return Limits({name: _number(value) for name, value in event.rows})
            case _:
                raise Refused("policy-table", f"Docket knows no policy of kind {event.kind}.")
    except clocks.BadTable as error:
        raise Refused("policy-table", str(error)) from error


def _once(event: PolicyPublished) -> None:
    if len({row[0] for row in event.rows}) < len(event.rows):
        raise Refused("policy-table", "Something stands in two rows.")


def _number(cell: str) -> int:
    if not (cell.isascii() and cell.isdigit() and len(cell) <= LONGEST_NUMBER):
        raise Refused("policy-table", "A limit is a whole number.")
    return int(cell)


def _is_somebody(word: str) -> bool:
    kind, _, code = word.partition(":")
    match kind:
        case "any-office" | "participant" | "clock" | "docket":
            return not code
        case "office":
            return bool(code)
        case "kind":
            return code in set(OfficeKind)
        case _:
            return False


def _row(cells: tuple[str, ...]) -> Row:
    command, by, post, delegable, authorities, refusal = cells
    if (
        delegable not in {"yes", "no"}
        or refusal not in REFUSALS
        or not by.split()
        or not all(map(_is_somebody, by.split()))
    ):
        raise Refused("policy-table", f"The row of {command} is not readable.")
    return Row(
        by=tuple(by.split()),
        post=None if post == NOTHING else post,
        delegable=delegable == "yes",
        authorities=tuple(Citation(word) for word in authorities.split() if word != NOTHING),
        refusal=refusal,
    )


def _hardening(cells: tuple[str, ...]) -> HardeningAction:
    row, asset_class, category, action, days = cells
    if days != NOTHING and not (days.isascii() and days.isdecimal() and 1 <= int(days) <= clocks.LONGEST_DAYS):
        raise Refused("policy-table", f"The row {row} says no number of days.")
    return HardeningAction(
        asset_class=asset_class,
        category=category,
        action=action,
        days=None if days == NOTHING else int(days),
    )
