"""Scans in the invented story: two that meet and agree, one that gives way unasked, one of which nobody told."""

from datetime import datetime, timedelta
from typing import Any, Final

from api.demo.cast import LEADS, Somebody, named
from api.demo.leases import HOSPITAL
from api.demo.tell import NEW_YORK, OPEN, Told, digest

_BEGAN: Final = datetime(2026, 8, 3, 10, 0, tzinfo=NEW_YORK)


def scans(told: Told) -> None:
    """Asked for, found to meet or not, consented to, performed or not."""
    whole = _asked(told, 0, "whole", "dhs", {"cidr": "192.0.2.0/24", "domain": "hospital.example"}, days=3)
    half = _asked(told, 0.1, "half", "treasury", {"cidr": "192.0.2.128/25"}, days=2)
    told.say(LEADS["dhs"], _at(0.3), "scan.consent", {"scan_id": half, "other": whole})
    kept = _asked(told, 1, "kept", "nsa", {"package": "pkg:pypi/pump"}, days=14, marking="CUI")
    part = _asked(told, 1.1, "part", "commerce", {"package": "pkg:pypi/pump@2.1"}, days=5)
    _asked(told, 2, "forgotten", "dod", {"domain": "depot.example"}, days=1)
    for days, scan, who, outcome in (
        (9, whole, "dhs", "performed"),
        (9.2, half, "treasury", "performed-in-part"),
        (12, part, "commerce", "performed"),
        (20, kept, "nsa", "performed"),
    ):
        said = {"scan_id": scan, "outcome": outcome, "statement": "Told by an invented office."}
        marking = "CUI" if scan == kept else OPEN
        told.say(LEADS[who], _at(days), "scan.complete", said, marking, marking=marking)
    told.say(LEADS["nsa"], _at(13), "scan.deconflict", {"scan_id": kept}, "CUI", marking="CUI")


def _asked(
    told: Told, after: float, title: str, who: str, of: dict[str, str], *, days: int, marking: str = OPEN
) -> str:
    scan = named("scan", title)
    begins = _at(after + 4).replace(hour=20, minute=0)
    data: dict[str, Any] = {
        "scan_id": scan,
        "owner_participant": _id(HOSPITAL) if "cidr" in of else None,
        "owner_name": None if "cidr" in of else "Somebody who owns it (invented)",
        "agreement": digest("agreement", scan),
        "targets": [{"kind": kind, "value": value} for kind, value in of.items()],
        "purpose": "Known flaws of what is reached from outside",
        "starts_at": begins.isoformat(),
        "ends_at": (begins + timedelta(days=days)).isoformat(),
    }
    told.say(LEADS[who], _at(after), "scan.request", data, marking, marking=marking)
    return scan


def _at(days: float) -> datetime:
    return _BEGAN + timedelta(days=days)


def _id(who: Somebody) -> str:
    return who.actor.removeprefix("participant/")
