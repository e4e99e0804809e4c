"""The duties of the order, assigned on its day, and what invented offices made of them by November."""

import json
from datetime import datetime, timedelta
from typing import Any, Final

from api.demo.cast import LEADS, OMB, ONCD, SECRETARY, Somebody, named
from api.demo.tell import BEGINNING, FINDINGS, NEW_YORK, OPEN, Told, digest
from domain import wire
from domain.founding import taskings as duties

GAO: Final = Somebody("office/gao", "Morgan Example")
CNSS: Final = Somebody("office/cnss", "Noa Example")
OPM: Final = Somebody("office/opm", "Olin Example")
JUSTICE: Final = Somebody("office/justice", "Quinn Example")
INSPECTOR: Final = Somebody("office/ig-dhs", "Rowan Example")
DOD, DHS, TREASURY, NSA = (LEADS[code] for code in ("dod", "dhs", "treasury", "nsa"))


class DutyStory:
    """One duty, told by its code."""

    def __init__(self, told: Told, code: str) -> None:
        self.told, self.code = told, code

    def say(self, who: Somebody, on: str, command: str, protected: str = OPEN, **data: Any) -> None:  # noqa: ANN401 - fields
        month, day = map(int, on.split("-"))
        at = datetime(2026, month, day, 10, 5, tzinfo=NEW_YORK)
        self.told.say(who, at, f"tasking.{command}", {"tasking": self.code, **data}, protected)

    def claim(self, who: Somebody, on: str, n: int = 1) -> None:
        made = digest("evidence", self.code, who.actor, n)
        proof = {"digest": made, "holder": who.actor, "marking": FINDINGS, "media_type": "application/pdf"}
        statement = f"Invented: what {self.code} asks of us is done."
        self.say(who, on, "claim-completion", FINDINGS, evidence=[proof], statement=statement)

    def verify(self, who: Somebody, on: str) -> None:
        self.say(who, on, "verify-completion", FINDINGS, note="Invented: the evidence was read and holds.")

    def progress(self, who: Somebody, on: str, report: str) -> None:
        id = named("report", self.code, who.actor, on)
        self.say(who, on, "report-progress", FINDINGS, report_id=id, report=f"Invented: {report}")

    def explain(self, who: Somebody, on: str, expected_on: str, reason: str) -> None:
        id = named("report", self.code, who.actor, on)
        said = {"report_id": id, "expected_on": expected_on, "reason": f"Invented: {reason}"}
        self.say(who, on, "explain-delay", FINDINGS, **said)


def taskings(told: Told) -> None:
    """Every duty of the order, and some of the offices' own hardening."""
    for minutes, duty in enumerate(duties()):
        said = {name: value for name, value in _plain(duty).items() if name != "type" and value not in (None, [])}
        told.say(SECRETARY, BEGINNING + timedelta(hours=2, minutes=minutes), "tasking.assign", said)
    _thirty_days(told)
    _sixty_days(told)
    _standing(told)
    _hardening(told)


def _thirty_days(told: Told) -> None:
    systems = DutyStory(told, "EO14409-2-A")  # claimed in time, found wanting after the date, and so late
    systems.claim(CNSS, "07-01")
    systems.say(ONCD, "07-20", "fail-verification", FINDINGS, reason="Invented: two systems are missing from the list.")
    systems.explain(CNSS, "08-03", "2026-08-14", "the two systems are being added.")
    systems.claim(CNSS, "08-13", 2)
    systems.verify(ONCD, "09-01")

    department = DutyStory(told, "EO14409-2-B")
    department.progress(DOD, "06-15", "priorities are set for the networks of the Department.")
    department.claim(DOD, "06-30")
    department.say(DOD, "07-01", "verify-completion")  # refused: a lead does not verify
    department.verify(OMB, "07-10")

    directives = DutyStory(told, "EO14409-2-C-I")
    directives.claim(DHS, "06-29")
    directives.verify(INSPECTOR, "07-15")

    services = DutyStory(told, "EO14409-2-C-II")  # waits for money, is late, explains, and is given another date
    services.say(DHS, "06-22", "wait", FINDINGS, waiting_on="appropriations", reason="Invented: nothing is left.")
    services.explain(DHS, "07-06", "2026-09-25", "the appropriation is expected in August.")
    _amend(services, "07-20", due_on="2026-09-30", reason="Invented: section 5(b), subject to appropriations.")
    services.say(DHS, "08-17", "resume")
    services.progress(DHS, "08-31", "the programs are funded; two of three services run.")
    services.claim(DHS, "09-25")
    services.verify(OMB, "10-08")

    access = DutyStory(told, "EO14409-2-C-III")  # late still, and silent since August
    access.explain(DHS, "07-07", "2026-08-28", "rural hospitals have to be asked first.")
    access.progress(DHS, "08-05", "guidance for community banks is out.")

    clearinghouse = DutyStory(told, "EO14409-2-D")
    clearinghouse.progress(TREASURY, "06-18", "operators and developers have met.")
    clearinghouse.claim(TREASURY, "07-02")
    clearinghouse.verify(GAO, "07-24")

    grants = DutyStory(told, "EO14409-2-E")
    grants.say(OMB, "06-12", "wait", FINDINGS, waiting_on="office", waiting_for="oncd", reason="Invented: its list.")
    grants.claim(OMB, "06-26")
    grants.verify(GAO, "07-22")


def _sixty_days(told: Told) -> None:
    hiring = DutyStory(told, "EO14409-2-F")  # five days late
    hiring.claim(OPM, "08-06")
    hiring.verify(OMB, "08-21")

    benchmarks = DutyStory(told, "EO14409-3-A")  # two of three have claimed
    benchmarks.claim(NSA, "07-29")
    benchmarks.claim(TREASURY, "07-31")
    benchmarks.say(DHS, "07-31", "wait", FINDINGS, waiting_on="office", waiting_for="commerce", reason="Invented.")
    for on, expected_on in (("08-04", "2026-09-15"), ("09-02", "2026-10-30"), ("10-01", "2026-12-11")):
        benchmarks.explain(DHS, on, expected_on, "the classified network is not there yet.")

    threshold = DutyStory(told, "EO14409-3-A-THRESHOLD")
    threshold.claim(NSA, "07-30")
    threshold.verify(ONCD, "08-14")

    for number, code in enumerate(("EO14409-3-B-I", "EO14409-3-B-II", "EO14409-3-B-III")):
        framework = DutyStory(told, code)
        for day, who in ((27, TREASURY), (28, DHS), (30, NSA)):
            framework.claim(who, f"07-{day + (number if day < 30 else 0)}")
        if code != "EO14409-3-B-III":  # claimed is not verified
            framework.verify(OMB, f"08-{18 + number}")


def _standing(told: Told) -> None:
    crimes = DutyStory(told, "EO14409-4")
    for on in ("07-14", "09-15", "11-17"):
        crimes.progress(JUSTICE, on, "cases are being prepared.")
    costs = DutyStory(told, "EO14409-5-D")
    costs.claim(DOD, "06-19")
    costs.verify(OMB, "06-30")


def _hardening(told: Told) -> None:
    mail = _own(told, DHS, "DHS-MAIL-1", "06-08", "Mail gateways (invented)", row="bod-26-04-1")
    mail.claim(DHS, "06-17")
    mail.verify(OMB, "06-25")

    edge = _own(told, DOD, "DOD-EDGE-1", "08-10", "Remote access at the edge (invented)", row="bod-26-04-15")
    edge.claim(DOD, "08-14")  # a day late
    edge.verify(OMB, "08-24")

    portal = _own(told, TREASURY, "TREASURY-PORTAL-1", "09-08", "Old filing portal (invented)", due_on="2026-10-30")
    _own(told, TREASURY, "TREASURY-PORTAL-2", "09-21", "New filing portal (invented)", due_on="2026-12-18")
    gone = "Invented: the old portal was switched off."
    portal.say(TREASURY, "09-22", "rescind", replaced_by="TREASURY-PORTAL-2", reason=gone)


def _own(  # noqa: PLR0917 - one line of the story each
    told: Told, who: Somebody, code: str, on: str, title: str, row: str | None = None, due_on: str | None = None
) -> DutyStory:
    duty = DutyStory(told, code)
    duty.say(
        who,
        on,
        "assign",
        FINDINGS,
        kind="hardening",
        provision="EO14409:2(b)" if who == DOD else "EO14409:2(c)(i)",
        hardening=None if row is None else {"policy": "POLICY:HARDENING-1", "row": row},
        title=title,
        words=f"Invented: harden {title.lower()}.",
        leads=[who.actor.removeprefix("office/")],
        due_on=due_on,
    )
    return duty


def _amend(duty: DutyStory, on: str, **data: Any) -> None:  # noqa: ANN401 - fields
    (known,) = (_plain(each) for each in duties() if each.tasking == duty.code)
    terms = {name: known[name] for name in ("title", "leads", "consulted", "coordinated")}
    duty.say(SECRETARY, on, "amend", **{**terms, **data})


def _plain(duty: object) -> dict[str, Any]:
    said: dict[str, Any] = json.loads(wire.canonical(duty))
    return said
