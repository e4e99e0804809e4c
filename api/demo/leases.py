"""What is lent in the invented story: a tool to a hospital, another to a county, a covered model to the Treasury."""

from datetime import datetime, timedelta
from typing import Any, Final

from api.demo.cast import LEADS, Somebody, named
from api.demo.tell import NEW_YORK, Told, digest

HOSPITAL: Final = Somebody(f"participant/{named('operator', 'Prairie Hospital')}", "Noor Example")
COUNTY: Final = Somebody(f"participant/{named('government', 'Sand County')}", "Ona Example")
_BEGAN: Final = datetime(2026, 7, 8, 9, 30, tzinfo=NEW_YORK)


def leases(told: Told) -> None:
    """Enrolled, lent, checked, attested for one month and not for another, taken back, and left to expire."""
    for who, name, kind in (
        (HOSPITAL, "Prairie Hospital (invented)", "operator"),
        (COUNTY, "Sand County (invented)", "state-or-local-government"),
    ):
        participant = who.actor.removeprefix("participant/")
        enrol = {"participant": participant, "name": name, "kind": kind}
        told.say(who, _BEGAN - timedelta(days=1), "participant.enrol", enrol)
    scanner = _lend(told, 0, "scanner", HOSPITAL, sector="healthcare-public", until="2026-12-31T05:00:00Z")
    mapper = _lend(told, 1, "mapper", COUNTY, sector="water", until="2026-09-01T04:00:00Z")
    third = _lend(told, 2, "watcher", HOSPITAL, sector="healthcare-public", until="2026-12-31T05:00:00Z")
    for days, lease, who in ((3, scanner, HOSPITAL), (4, mapper, COUNTY), (70, mapper, COUNTY), (90, third, HOSPITAL)):
        asked = {"lease_id": lease, "check": digest("check", lease, days)}
        told.say(who, _BEGAN + timedelta(days=days), "lease.check", asked)
    for month in ("2026-07-01", "2026-08-01", "2026-09-01"):
        said = {"lease_id": scanner, "month_on": month, "statement": "On our own systems, every night. Invented."}
        told.say(HOSPITAL, _BEGAN + timedelta(days=62), "lease.attest-use", said)
    taken = {"lease_id": third, "reason": "The invented watcher was found to have a flaw of its own."}
    told.say(LEADS["dhs"], _BEGAN + timedelta(days=80), "lease.revoke", taken)


def _lend(told: Told, days: int, tool: str, to: Somebody, *, sector: str, until: str) -> str:
    lease = named("lease", tool)
    data: dict[str, Any] = {
        "lease_id": lease,
        "participant": to.actor.removeprefix("participant/"),
        "kind": "tool",
        "tool": f"{tool} (invented)",
        "purpose": "Defence of its own systems",
        "scope": "Its own networks",
        "sector": sector,
        "terms": digest("terms", lease),
        "until": until,
    }
    told.say(LEADS["dhs"], _BEGAN + timedelta(days=days), "lease.open", data)
    return lease
