"""What views give has the schema of the types that it is made of, in the words that stand beside their fields."""

import ast
import sys
from collections.abc import Mapping
from functools import cache
from inspect import cleandoc, getsource
from itertools import pairwise
from typing import Any, Final

from msgspec import inspect as types

from api.contract.forms.answers import COUNT, PAGE
from api.contract.forms.events import NAMES_DESTROYED, NAMES_WITHHELD, PROTECTED
from api.contract.forms.words import (
    FROM_0,
    FROM_1,
    INSTANT,
    TEXT,
    WHOLE,
    WITHHELD,
    YES_NO,
    closed,
    many,
    named,
    one_of,
    ref,
    said,
)
from projections.audit_trail import AuditEntry
from projections.between import Between
from projections.case.at import CaseAt
from projections.case.row import CaseStatus
from projections.clearinghouse.at import VulnerabilityAt
from projections.clearinghouse.row import Vulnerability
from projections.clearinghouse.weeks import Week
from projections.criteria import Criteria, CriteriaAt, Difference
from projections.determined import Determined
from projections.directory.at import InstrumentAt, ParticipantAt, PolicyAt
from projections.directory.office_at import OfficeAt
from projections.directory.rows import Instrument, Office, Participant, Policy
from projections.leases import Lease, LeaseAt
from projections.oversight import Inquiry, InquiryAt, NoteAt, OversightNote
from projections.partners import ProgrammeReport, TrustedPartner
from projections.records import Record, RecordAt
from projections.refusals import Refusal
from projections.scans import Scan, ScanAt
from projections.signatures import SignatureAt
from projections.tasking.at import TaskingAt
from projections.tasking.rollup import Rollup
from projections.tasking.views import Duty
from projections.texts.at import SignedAt, ThresholdAt
from projections.texts.rows import Signed, Threshold
from projections.ticking import Clock
from projections.view import Part, Row

Schema = dict[str, Any]
NOT_TOLD: Final = frozenset({"scope"})
"""Fields of rows that are of no interest outside."""
NEVER_TOLD: Final = frozenset({"concerns"})
"""Fields of parts that say who is behind them: they decide who is shown a part, and are told to nobody."""
_FOUND: Final[Mapping[str, Schema]] = {
    "position": said(FROM_1, "Of the last event that touched it."),
    "stale": said(YES_NO, "An event could not be folded: what came after it is not in here yet."),
}
_DISCLOSED: Final[Mapping[str, Schema]] = {
    "protected": PROTECTED,
    "withheld": NAMES_WITHHELD,
    "destroyed": NAMES_DESTROYED,
}
_ENTRIES: Final[Mapping[str, type[Row]]] = {"AuditEntry": AuditEntry, "RefusalEntry": Refusal}
ROWS: Final[Mapping[str, tuple[type[Row], type[Any]]]] = {
    "Case": (CaseStatus, CaseAt),
    "Office": (Office, OfficeAt),
    "Instrument": (Instrument, InstrumentAt),
    "Policy": (Policy, PolicyAt),
    "Participant": (Participant, ParticipantAt),
    "Criteria": (Criteria, CriteriaAt),
    "Lease": (Lease, LeaseAt),
    "Scan": (Scan, ScanAt),
    "Record": (Record, RecordAt),
    "Inquiry": (Inquiry, InquiryAt),
    "OversightNote": (OversightNote, NoteAt),
    "Standard": (Signed, SignedAt),
    "Framework": (Signed, SignedAt),
    "Threshold": (Threshold, ThresholdAt),
    "Tasking": (Duty, TaskingAt),
    "Vulnerability": (Vulnerability, VulnerabilityAt),
}
_PAGES: Final = {
    "Cases": "CaseSummary",
    "Events": "Event",
    "Determinations": "Determination",
    "AuditEntries": "AuditEntry",
    "RefusalEntries": "RefusalEntry",
    "Offices": "OfficeSummary",
    "Instruments": "InstrumentSummary",
    "Policies": "PolicySummary",
    "Participants": "ParticipantSummary",
    "CriteriaList": "CriteriaSummary",
    "Leases": "LeaseSummary",
    "Scans": "ScanSummary",
    "Records": "RecordSummary",
    "Inquiries": "InquirySummary",
    "OversightNotes": "OversightNoteSummary",
    "Standards": "StandardSummary",
    "Frameworks": "FrameworkSummary",
    "Thresholds": "ThresholdSummary",
    "Taskings": "TaskingSummary",
    "Vulnerabilities": "VulnerabilitySummary",
    "TrustedPartners": "TrustedPartner",
    "ProgrammeReports": "ProgrammeReport",
}


def shapes() -> dict[str, Schema]:
    """Every page and item of every view, by name, and the types that they are made of."""
    made: dict[str, Schema] = {}
    _of(types.type_info(Clock), made)
    _of(types.type_info(Difference), made)
    _of(types.type_info(Rollup), made)
    _of(types.type_info(SignatureAt), made)
    _of(types.type_info(Week), made)
    for name, entry in _ENTRIES.items():
        key = {"key": said(FROM_1, "The event's position.")}
        made[name] = _object(entry, made, without=NOT_TOLD, more={**key, **_FOUND})
    for name, (row, now) in ROWS.items():
        lists = frozenset(field.name for field in _fields(row) if isinstance(field.type, types.ListType))
        then = {**_FOUND, "now": said(_of(types.type_info(now), made), "What follows from its parts.")}
        made[f"{name}Summary"] = _object(row, made, without=NOT_TOLD | lists, more=then)
        parts = said(_object(row, made, only=lists), "Every fact about it, in a list of its kind.")
        made[f"{name}Whole"] = _object(row, made, without=NOT_TOLD | lists, more={**then, "parts": parts})
    made["Determination"] = _determination(made)
    for partner in (TrustedPartner, ProgrammeReport):
        made[partner.__name__] = _object(partner, made, optional=_DISCLOSED)
    made["CasePartners"] = _case_partners()
    for name, item in _PAGES.items():
        made[name] = {**PAGE, "properties": {**PAGE["properties"], "items": many(ref(item))}}
    made["AuditEntries"]["properties"]["count"] = COUNT
    made["Between"] = _between(made)
    return made


def _between(made: dict[str, Schema]) -> Schema:
    point = closed({"position": FROM_0, "at": INSTANT})
    _of(types.type_info(Between), made)
    inner = made.pop(Between.__name__)["properties"]
    return closed(
        {
            "from": point,
            "until": point,
            "happened": inner["happened"],
            "cases": inner["cases"],
            "determinations": closed({"issued": inner["issued"], "superseded": inner["superseded"]}),
            "clocks": closed({"started": inner["clocks_started"], "ended": inner["clocks_ended"]}),
        },
        cleandoc(Between.__doc__ or ""),
        optional={"withheld": WITHHELD},
    )


def _case_partners() -> Schema:
    return closed(
        {
            "case_id": TEXT,
            "trusted_partners": many(ref("TrustedPartner")),
            "programme": many(ref("ProgrammeReport")),
        },
        "The trusted partners of a case, and its developer's own programme.",
    )


def _determination(made: dict[str, Schema]) -> Schema:
    count = said(WHOLE, "Parts of the record of this case that are not this reader's to see.")
    more = {"parts_withheld": count, "stale": _FOUND["stale"]}
    return _object(Determined, made, without=frozenset({"withheld"}), more=more, optional=_DISCLOSED)


def _of(type: types.Type, made: dict[str, Schema]) -> Schema:
    """The schema of a type; structs that it is made of are put into `made` and referred to."""
    match type:
        case types.StructType(cls=cls):
            if _NAMED.setdefault(cls.__name__, cls) is not cls:
                raise TypeError(f"{cls} and {_NAMED[cls.__name__]} would have one name in the contract")
            if cls.__name__ not in made:
                is_part = issubclass(cls, Part)
                made[cls.__name__] = _object(
                    cls,
                    made,
                    without=NEVER_TOLD if is_part else frozenset(),
                    optional=_DISCLOSED if is_part else {},
                )
            return ref(cls.__name__)
        case types.DataclassType(cls=cls):
            return _object(cls, made)
        case types.UnionType(types=each):
            return {"anyOf": [_of(one, made) for one in each]}
        case types.ListType(item_type=item) | types.VarTupleType(item_type=item):
            return many(_of(item, made))
        case types.DictType(value_type=value):
            return named(_of(value, made))
        case types.EnumType(cls=cls):
            return one_of([each.value for each in cls])
        case _:
            return dict(_PLAIN[type.__class__])


_NAMED: Final[dict[str, type[Any]]] = {}
"""The struct that each name stands for: no other may have it."""
_PLAIN: Final[Mapping[type[types.Type], Schema]] = {
    types.StrType: TEXT,
    types.IntType: WHOLE,
    types.BoolType: YES_NO,
    types.NoneType: {"type": "null"},
    types.DateTimeType: INSTANT,
    types.DateType: {"type": "string", "format": "date"},
}


def _object(
    cls: type[Any],
    made: dict[str, Schema],
    *,
    without: frozenset[str] = frozenset(),
    only: frozenset[str] | None = None,
    more: Mapping[str, Schema] | None = None,
    optional: Mapping[str, Schema] | None = None,
) -> Schema:
    words = _words(cls)
    properties = {
        field.name: _of(field.type, made) | ({"description": words[field.name]} if field.name in words else {})
        for field in _fields(cls)
        if field.name not in without and (only is None or field.name in only)
    } | dict(more or {})
    return closed(properties, cleandoc(cls.__doc__ or ""), optional=optional)


def _fields(cls: type[Any]) -> tuple[types.Field, ...]:
    match types.type_info(cls):
        case types.StructType(fields=fields) | types.DataclassType(fields=fields):
            return fields
        case other:
            raise TypeError(f"{other} has no fields")


def _words(cls: type[Any]) -> dict[str, str]:
    """The docstrings of a class's fields, with those that it inherits."""
    said: dict[str, str] = {}
    for each in reversed(cls.__mro__):
        if each.__module__.partition(".")[0] in {"domain", "projections"}:
            said |= _documented(each.__module__).get(each.__name__, {})
    return said


@cache
def _documented(module: str) -> dict[str, dict[str, str]]:
    """The docstrings of fields of every class of a module."""
    said: dict[str, dict[str, str]] = {}
    for declared in ast.parse(getsource(sys.modules[module])).body:
        if isinstance(declared, ast.ClassDef):
            fields = said[declared.name] = {}
            for pair in pairwise(declared.body):
                match pair:
                    case ast.AnnAssign(target=ast.Name(id=name)), ast.Expr(value=ast.Constant(value=str(text))):
                        fields[name] = " ".join(text.split())
                    case _:
                        pass
    return said
