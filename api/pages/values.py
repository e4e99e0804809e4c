"""How a value is written for people follows from its form or its name; what somebody wrote is shown as it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from urllib.parse import quote
from zoneinfo import ZoneInfo

import orjson
from markupsafe import Markup

from api.pages.closed import is_closed
from api.pages.tables import Form
from domain.values import UUID_FORM

ZONE: Final = ZoneInfo("America/New_York")
"""Where business days are counted (POLICY:CALENDAR)."""
NOTHING: Final = Markup("–")
_STEPS: Final = ((timedelta(days=1), "day"), (timedelta(hours=1), "hour"), (timedelta(minutes=1), "minute"))
_INSTANT: Final = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z")
_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_UUID: Final = re.compile(UUID_FORM)
_CODED: Final = re.compile("[a-z]+(-[a-z0-9]+)+")
_OF_CODES: Final = frozenset({"Clock", "Code", "Event", "Result", "Stands", "Submissions"})
"""What columns of reports are about in codes that Docket itself gave; in others stands what somebody wrote."""
_SHORT: Final = 8
_LONG: Final = 36
_DIGEST: Final = 19
STREAMS: Final[Mapping[str, str]] = {
    "case": "cases",
    "office": "offices",
    "participant": "participants",
    "instrument": "instruments",
    "policy": "policies",
    "lease": "leases",
    "scan": "scans",
    "tasking": "taskings",
    "vulnerability": "clearinghouse",
    "standard": "standards",
    "threshold": "thresholds",
    "framework": "frameworks",
    "criteria": "criteria",
    "oversight": "oversight",
}
"""Kind of stream → where the page of what it holds stands."""
_OF_OFFICES: Final = frozenset(
    [
        "office",
        "offices",
        "opened_by",
        "assigned_by",
        "requested_by",
        "verified_by",
        "requester",
        "leads",
        "consulted",
        "coordinated",
        "signed",
        "open_for",
        "waiting_for",
        "waiting_on",
        "unclaimed",
        "outstanding",
        "coordinating",
        "department",
        "not_shared_with",
        "shared_with",
    ]
)
_IDS: Final[Mapping[str, str]] = {
    "case_id": "case",
    "lease_id": "lease",
    "vulnerability_id": "vulnerability",
    "duplicate_of": "vulnerability",
    "merged_into": "vulnerability",
    "split_into": "vulnerability",
    "scan_id": "scan",
    "participant": "participant",
    "developer": "participant",
    "notified": "participant",
    "tasking": "tasking",
}


@dataclass(frozen=True, slots=True)
class Writing:
    """Writes values as they are at an instant; `names` says what ids are called, as far as its reader knows them."""

    now: datetime
    names: Mapping[str, str]

    def at(self, text: str | None) -> Markup:
        """An instant, exact and relative; a dash where there is none."""
        if text is None:
            return NOTHING
        said = Markup('<time datetime="%s">%s</time> <span class="docket-far">(%s)</span>')
        return said % (text, exact(text), relative(text, self.now))

    def is_ahead(self, as_of: str) -> bool:
        """Whether an instant is still to come; a position never is."""
        return not as_of.isdecimal() and read_instant(as_of) > self.now

    def cell(self, form: Form, value: Any) -> Markup:  # noqa: ANN401 - JSON, of each form
        """A value of a column."""
        if value is None or value == []:
            return NOTHING
        match form:
            case Form.INSTANT:
                return self.at(value)
            case Form.WORDS:
                return Markup.escape(words(value))
            case Form.CODE:
                return code(value)
            case Form.DAY:
                return Markup.escape(day(value))
            case Form.YES_NO:
                return Markup.escape("Yes" if value else "No")
            case Form.OFFICES:
                return Markup(", ").join(map(office, value))
            case Form.ACTOR:
                return self.actor(value)
            case Form.STREAM:
                return self.stream(value)
            case Form.PARTICIPANT:
                return self.thing("participant", value)
            case Form.EVENT:
                return event(value)
            case Form.MARKING:
                return Markup("//<wbr>").join(value.split("//"))
            case Form.TEXT | Form.COUNT:
                return Markup.escape(value)

    def named(self, name: str, value: Any) -> Markup:  # noqa: ANN401 - JSON, of each kind
        """A value by the name that it bears."""
        match value:
            case None | "":
                return NOTHING
            case bool():
                return Markup.escape("Yes" if value else "No")
            case int():
                return event(value) if name.endswith("position") or name == "positions" else Markup.escape(value)
            case str() if _INSTANT.fullmatch(value):
                return self.at(value)
            case str() if _DAY.fullmatch(value):
                return Markup.escape(day(value))
            case str() if is_closed(name, value):
                return Markup.escape(words(value))
            case str() if name in _OF_OFFICES and re.fullmatch("[a-z][a-z0-9-]*", value):
                return office(value)
            case str() if name == "stream":
                return self.stream(value)
            case str() if value.startswith(("office/", "participant/")):
                return self.actor(value)
            case str() if name in _IDS:
                return self.thing(_IDS[name], value)
            case str() if _UUID.fullmatch(value):
                return code(value, f"{value[:_SHORT]}…")
            case str() if value.startswith("sha256:"):
                return code(value, f"{value[:_DIGEST]}…")
            case _:
                return Markup.escape(value)

    def actor(self, text: str) -> Markup:
        """Whoever acts, with their page where they have one."""
        kind, _, id = text.partition("/")
        match kind:
            case "office":
                return office(id)
            case "participant":
                return self.thing("participant", id)
            case _:
                return Markup.escape(words(text.replace("/", " ")))

    def authority(self, citation: str | None) -> Markup:
        """What an act rests on, with its page."""
        return authority(citation)

    def stream(self, text: str) -> Markup:
        """What a stream holds, by its name where it is known; its events where it has no page."""
        kind, _, id = text.partition("-")
        if kind in STREAMS:
            return self.thing(kind, id)
        label = f"{words(kind)} {id[:_SHORT]}…" if _UUID.fullmatch(id) else text
        return Markup('<a href="/audit?stream=%s">%s</a>') % (quote(text, safe=""), label)

    def thing(self, kind: str, id: str) -> Markup:
        """Something that has a page, by its name, or by its kind and the beginning of its id."""
        label = self.names.get(id) or (f"{words(kind)} {id[:_SHORT]}…" if _UUID.fullmatch(id) else _shortened(id))
        return Markup('<a href="/%s/%s">%s</a>') % (STREAMS[kind], quote(id, safe=""), label)


def _shortened(id: str) -> str:
    """An id that says something before it becomes one of chance: `nsa-01a20a23…`."""
    says, chance = id[:-_LONG], id[-_LONG:]
    return f"{says}{chance[:_SHORT]}…" if says and _UUID.fullmatch(chance) else id


def authority(citation: str | None) -> Markup:
    """What an act rests on, with the page of the policy or of the instrument that it cites."""
    if citation is None:
        return NOTHING
    if found := re.fullmatch("POLICY:([A-Z0-9-]+)-[0-9]+", citation):
        return Markup('<a href="/policies/%s">%s</a>') % (found[1], citation)
    if found := re.fullmatch("([A-Z0-9]+):.+", citation):
        return Markup('<a href="/instruments/%s">%s</a>') % (found[1], citation)
    return Markup.escape(citation)


def office(code: str) -> Markup:
    """An office by its code."""
    return Markup('<a href="/offices/%s">%s</a>') % (quote(code, safe=""), code)


def event(position: object) -> Markup:
    """An event by its position."""
    return Markup('<a href="/audit/%s">%s</a>') % (position, position)


def code(whole: object, short: str | None = None) -> Markup:
    """What machines say, which may be shortened; the whole of it is one click or one look away."""
    if short is None:
        return Markup('<span class="docket-code">%s</span>') % whole
    return Markup('<span class="docket-code" title="%s">%s</span>') % (whole, short)


def read_instant(text: str) -> datetime:
    """An instant as the door writes it."""
    return datetime.fromisoformat(text).astimezone(UTC)


def exact(text: str) -> str:
    """An instant where business days are counted, to the minute and with its zone."""
    there = read_instant(text).astimezone(ZONE)
    return f"{there.day} {there:%b %Y, %H:%M %Z}"


def day(text: str) -> str:
    """A day as people write it."""
    on = date.fromisoformat(text)
    return f"{on.day} {on:%b %Y}"


def relative(text: str, now: datetime) -> str:
    """How far an instant is from now, in the largest unit that fits."""
    away = read_instant(text) - now
    for step, name in _STEPS:
        if (count := int(abs(away) / step)) >= 1:
            many = f"{count} {name}{'' if count == 1 else 's'}"
            return f"in {many}" if away > timedelta(0) else f"{many} ago"
    return "now"


def words(code: object) -> str:
    """A code as words: `warrants-additional-scrutiny` → `Warrants additional scrutiny`."""
    said = str(code).replace("-", " ").replace("_", " ")
    return said[:1].upper() + said[1:]


def label(text: str, head: str) -> str:
    """What a row of a report is about: codes as words where its column has codes of ours, all else as it is written."""
    return words(text) if head in _OF_CODES and _CODED.fullmatch(text) else text


def reference(written: str) -> str:
    """A reference to a text, as a command has it: which one, and which version."""
    said = orjson.loads(written)
    return f"{said['id']}, version {said['version']}"


def asks(command: str) -> str:
    """What a command asks for: `case.issue-determination.v1` → `Issue determination`."""
    return words(command.split(".")[1])


def happened(type: str) -> str:
    """What a type of event says: `case.determination-issued.v1` → `Determination issued`, `lease.opened.v1` → `Lease
    opened`.
    """
    kind, verb, *_ = type.split(".")
    speaks_for_itself = kind == "case" and "-" in verb and not verb.startswith("consultation-")
    return words(verb if speaks_for_itself else f"{kind} {verb}")
