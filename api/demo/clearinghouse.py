"""A dozen invented vulnerabilities, from their reports to their ends: under embargo, in silence, and in public."""

from datetime import UTC, datetime
from typing import Any, Final

from api.demo.cast import AUTHORS, DEVELOPERS, LEADS, Somebody, named
from api.demo.tell import NEW_YORK, Told, digest

AMBER, RED, GREEN = (f"UNCLASSIFIED//TLP:{colour}" for colour in ("AMBER", "RED", "GREEN"))
TREASURY, DHS, NSA = LEADS["treasury"], LEADS["dhs"], LEADS["nsa"]
OPERATORS: Final = {
    "water": ("Prairie Water District (invented)", "operator", "water"),
    "clinic": ("Lakeside Clinic (invented)", "operator", "healthcare-public"),
    "bank": ("Cedar Community Bank (invented)", "operator", "financial-services"),
    "vendor": ("Lantern Software (invented)", "tool-vendor", "it"),
}
"""Who takes part beside the developers: name, kind and sector."""
YEAR: Final = 2026


def operator(key: str) -> Somebody:
    """Who speaks for one of them."""
    return Somebody(f"participant/{id_of(key)}", f"{OPERATORS[key][0].split()[0]} Liaison")


def id_of(key: str) -> str:
    """The participant's id."""
    return named("operator", key)


class Flaw:
    """One vulnerability, told by its number; its first day is that of the report."""

    def __init__(self, told: Told, number: int, title: str, marking: str = AMBER) -> None:
        self.told, self.number, self.title, self.marking = told, number, title, marking
        self.id = named("vulnerability", number)

    def say(self, who: Somebody, on: str, command: str, **data: Any) -> None:  # noqa: ANN401 - fields
        month, day = map(int, on.split("-"))
        at = datetime(YEAR, month, day, 11, 20 + self.number, tzinfo=NEW_YORK)
        marking = data.pop("marking", self.marking)
        said = {"vulnerability_id": self.id, **data}
        self.told.say(who, at, f"vulnerability.{command}", said, marking, marking=marking)

    def report(self, who: Somebody, on: str, product: str, sector: str = "it", **data: Any) -> None:  # noqa: ANN401 - fields
        package = f"pkg:generic/{product}"
        said = {
            "reporter": named("pseudonym", who.actor, self.number),
            "title": f"{self.title} (invented)",
            "affected": [{"vendor": None, "product": product, "package": package, "cpe": None, "versions": ["<4.2.0"]}],
            "sectors": [sector],
            "severities": [{"system": "CVSS:3.1", "vector": VECTOR, "source": None}],
            "weaknesses": ["CWE-125"],
            "description": f"An invented description of vulnerability {self.number}.",
            **data,
        }
        self.say(who, on, "report", **said)

    def take_up(self, on: str, who: Somebody = TREASURY) -> None:
        for command in ("acknowledge", "validate", "accept"):
            self.say(who, on, command)

    def contact(self, on: str, vendor: str, participant: str | None = None, **data: Any) -> str:  # noqa: ANN401 - fields
        party = named("party", self.number, vendor)
        said = {"party_id": party, "vendor": vendor, "participant": participant, "channel": "security contact", **data}
        self.say(TREASURY, on, "contact-vendor", **{name: value for name, value in said.items() if value is not None})
        return party

    def embargo(self, by: Somebody, other: Somebody, on: str, until: str | None, n: int = 1) -> str:
        embargo = named("embargo", self.number, n)
        self.say(
            by, on, "propose-embargo", embargo_id=embargo, **({} if until is None else {"ends_at": instant(until)})
        )
        self.say(other, on, "accept-embargo", embargo_id=embargo)
        return embargo

    def observe(self, who: Somebody, on: str, kind: str, n: int = 1) -> None:
        seen = named("observation", self.number, n)
        self.say(who, on, "observe-exploitation", observation_id=seen, kind=kind, description="Invented: it was seen.")

    def prioritize(self, on: str, exploitation: str, outcome: str, impact: str = "total") -> None:
        points = (
            ("ssvc:E:1.1.0", exploitation, {"none": "N", "public poc": "P", "active": "A"}[exploitation]),
            ("ssvc:A:2.0.0", "yes", "Y"),
            ("ssvc:TI:1.0.0", impact, {"total": "T", "partial": "P"}[impact]),
            ("ssvc:MWI:1.0.0", "medium", "M"),
        )
        said = [{"point": point, "raw": raw, "value": value} for point, raw, value in points]
        self.say(TREASURY, on, "prioritize", table="cisa:DT_CO", table_version="2.0.3", points=said, outcome=outcome)

    def fix(self, who: Somebody, on: str, party: str | None) -> str:
        remediation = named("remediation", self.number)
        said = {"party_id": party} if party else {}
        self.say(
            who,
            on,
            "report-remediation",
            remediation_id=remediation,
            kind="fix",
            fixed_versions=["4.2.0"],
            digest=digest("fix", self.number),
            **said,
        )
        return remediation

    def distribute(self, who: Somebody, on: str, remediation: str) -> None:
        self.say(
            who,
            on,
            "distribute-patch",
            distribution_id=named("distribution", self.number),
            remediation_id=remediation,
            channel="update service",
            digest=digest("fix", self.number),
            recipients=[name for name, *_ in OPERATORS.values()],
        )

    def publish(self, on: str) -> None:
        self.say(TREASURY, on, "publish", advisory=digest("advisory", self.number), marking=GREEN)

    def notify(self, on: str, key: str, matched_by: str, matched_on: str, by: Somebody = TREASURY) -> None:
        self.say(by, on, "match-operator", operator=id_of(key), matched_by=matched_by, matched_on=matched_on)
        self.say(by, on, "notify-operator", operator=id_of(key), channel="telephone", advice="Invented: update first.")


VECTOR: Final = "CVSS:3.1/AV:N/AC:L/PR:N/UI:N/S:U/C:H/I:N/A:N"


def instant(on: str) -> str:
    """Noon of a day of the story, in New York."""
    month, day = map(int, on.split("-"))
    at = datetime(YEAR, month, day, 12, tzinfo=NEW_YORK)
    return at.astimezone(UTC).isoformat().replace("+00:00", "Z")


def clearinghouse(told: Told) -> None:
    """All of them; each function is one life."""
    _beside_the_developers(told)
    orrery, quill = DEVELOPERS[5], DEVELOPERS[3]
    library = _fixed_under_embargo(told, orrery.speaks, orrery.id)
    _attacked(told)
    _silent_vendor(told)
    _duplicate(told, library)
    _found_invalid(told)
    _merged(told)
    _split(told)
    _put_off(told)
    _queue(told, quill.id)
    _exploit_published(told)
    _no_embargo(told)


def _beside_the_developers(told: Told) -> None:
    for minute, (key, (name, kind, sector)) in enumerate(OPERATORS.items()):
        at = datetime(YEAR, 6, 4, 9, minute, tzinfo=NEW_YORK)
        who = operator(key)
        told.say(who, at, "participant.enrol", {"participant": id_of(key), "name": name, "kind": kind})
        told.say(who, at, "participant.declare-sectors", {"participant": id_of(key), "sectors": [sector]})
    at = datetime(YEAR, 6, 5, 9, 0, tzinfo=NEW_YORK)
    for developer, maintainer, each_month in (
        (DEVELOPERS[5], "epicycle runtime", 4),
        (DEVELOPERS[3], "smith tools", 1),
    ):
        budget = {"participant": developer.id, "maintainer": maintainer, "reports_per_month": each_month}
        told.say(developer.speaks, at, "participant.set-budget", budget)


def _fixed_under_embargo(told: Told, vendor: Somebody, vendor_id: str) -> Flaw:
    flaw = Flaw(told, 1, "A runtime reads past the end of a record")
    flaw.report(DEVELOPERS[0].speaks, "06-09", "epicycle-runtime", aliases=["CVE-1900-1001"])
    flaw.say(NSA, "06-09", "validate")  # refused: nobody has assigned it
    flaw.take_up("06-10")
    party = flaw.contact("06-11", "Orrery Intelligence (invented)", vendor_id, maintainer="epicycle runtime")
    flaw.embargo(TREASURY, vendor, "06-12", "07-20")
    flaw.say(vendor, "06-15", "report-vendor-status", party_id=party, status="under-investigation")
    flaw.say(
        vendor, "06-22", "report-vendor-status", party_id=party, status="affected", statement="Invented: so it is."
    )
    flaw.prioritize("06-23", "none", "Act")  # refused: the table says Track
    flaw.prioritize("06-23", "none", "Track")
    flaw.embargo(vendor, DEVELOPERS[0].speaks, "07-14", "07-31", 2)  # whoever reported it agrees to another end
    remediation = flaw.fix(vendor, "07-24", party)
    flaw.notify("07-25", "water", "package", "pkg:generic/epicycle-runtime")
    flaw.say(vendor, "07-27", "report-vendor-status", party_id=party, status="fixed", agrees_to_publication=True)
    flaw.publish("07-28")  # refused: the embargo is in force
    flaw.say(TREASURY, "07-30", "end-embargo")
    flaw.publish("07-30")
    flaw.distribute(vendor, "07-31", remediation)
    flaw.say(TREASURY, "08-20", "close", outcome="remediated", marking=GREEN)
    return flaw


def _attacked(told: Told) -> None:
    flaw = Flaw(told, 2, "A pump controller accepts commands from anybody", RED)
    flaw.report(operator("water"), "06-24", "pump-console", "water", claims_exploited=True)
    flaw.take_up("06-24")
    flaw.say(TREASURY, "06-24", "assign-coordination", office="dhs")
    flaw.contact("06-25", "Lantern Software (invented)", id_of("vendor"))
    flaw.embargo(DHS, operator("vendor"), "06-26", None)
    flaw.observe(operator("water"), "06-29", "attacks")  # ends the embargo at once
    flaw.prioritize("06-29", "active", "Act")
    flaw.notify("06-30", "clinic", "sector", "water", DHS)
    flaw.observe(DHS, "07-02", "attacks", 2)
    flaw.say(DHS, "07-03", "report-public", reference="https://example.org/invented/pumps")
    flaw.publish("07-03")
    flaw.distribute(operator("vendor"), "07-20", flaw.fix(operator("vendor"), "07-19", None))
    flaw.say(DHS, "09-01", "close", outcome="remediated")


def _silent_vendor(told: Told) -> None:
    flaw = Flaw(told, 3, "A router forgets who is logged in")
    flaw.report(AUTHORS["commerce"], "07-06", "harbor-router")
    flaw.take_up("07-07")
    flaw.contact("07-08", "Harbor Networks (invented)")
    flaw.contact("07-22", "Harbor Networks (invented)", attempt=2)
    flaw.publish("08-10")  # refused: the vendor has its time
    flaw.publish("08-24")
    flaw.say(TREASURY, "10-05", "close", outcome="no-remedy", marking=GREEN)


def _duplicate(told: Told, of: Flaw) -> None:
    flaw = Flaw(told, 4, "The epicycle runtime leaks memory")
    flaw.report(operator("bank"), "07-13", "epicycle-runtime", "financial-services")
    flaw.say(TREASURY, "07-14", "acknowledge")
    flaw.say(TREASURY, "07-14", "mark-duplicate", duplicate_of=of.id)
    flaw.say(TREASURY, "08-21", "close", outcome="duplicate")


def _found_invalid(told: Told) -> None:
    flaw = Flaw(told, 5, "A text editor opens files that it is told to open")
    flaw.report(operator("clinic"), "07-15", "plain-editor")
    flaw.say(TREASURY, "07-16", "acknowledge")
    flaw.say(TREASURY, "07-20", "reject", reason="Invented: that is what it is for.")
    flaw.say(TREASURY, "07-21", "close", outcome="not-a-vulnerability")


def _merged(told: Told) -> None:
    first, second = (Flaw(told, n, f"A parser never ends, seen from {where}") for n, where in ((6, "one"), (7, "two")))
    vendor = operator("vendor")
    first.report(DEVELOPERS[1].speaks, "08-03", "lantern-parser")
    second.report(DEVELOPERS[2].speaks, "08-05", "lantern-parser")
    for flaw, on, until in ((first, "08-06", "09-30"), (second, "08-07", "09-10")):
        flaw.take_up(on)
        flaw.contact(on, "Lantern Software (invented)", id_of("vendor"))
        flaw.embargo(vendor, TREASURY, on, until)
    second.say(TREASURY, "08-17", "merge", into=first.id)  # the embargo that ends first goes on
    party = named("party", 6, "Lantern Software (invented)")
    first.say(vendor, "08-24", "report-vendor-status", party_id=party, status="affected")
    first.fix(vendor, "09-04", party)
    first.publish("09-11")  # its embargo has passed, as a clock says


def _split(told: Told) -> None:
    flaw = Flaw(told, 8, "Two faults in a scheduler")
    flaw.report(DEVELOPERS[4].speaks, "08-18", "tide-scheduler")
    flaw.take_up("08-19")
    parts = [
        {"vulnerability_id": named("vulnerability", 8, part), "title": f"Fault {part} of a scheduler (invented)"}
        for part in ("a", "b")
    ]
    flaw.contact("08-20", "Tide (invented)")
    flaw.say(TREASURY, "08-26", "split-up", into=parts)
    flaw.say(TREASURY, "08-27", "close", outcome="split")


def _put_off(told: Told) -> None:
    flaw = Flaw(told, 9, "A printer prints its own manual", RED)
    flaw.report(AUTHORS["nsa"], "09-02", "harbor-printer")
    flaw.say(TREASURY, "09-03", "acknowledge")
    flaw.say(TREASURY, "09-04", "validate")
    flaw.say(TREASURY, "09-04", "assign-coordination", office="nsa")
    flaw.say(
        NSA,
        "09-08",
        "refer-equities",
        referral_id=named("referral", 9),
        to="Equities Review Board (invented)",
        reason="Invented.",
    )
    flaw.say(TREASURY, "09-09", "defer", reason="Invented: nobody is at risk.")


def _queue(told: Told, vendor_id: str) -> None:
    for number, on, reason in ((10, "09-14", None), (11, "09-16", None), (11, "09-17", "Invented: it is exploited.")):
        flaw = Flaw(told, number, f"Fault {number} in a build tool")
        if reason is None:
            flaw.report(operator("vendor"), on, "smith-build")
            flaw.take_up(on)
        urgent = {} if reason is None else {"urgent_because": reason}
        flaw.contact(on, "Quill & Anvil (invented)", vendor_id, maintainer="smith tools", **urgent)  # one is refused


def _exploit_published(told: Told) -> None:
    flaw = Flaw(told, 12, "A model server answers to strangers")
    flaw.report(DEVELOPERS[2].speaks, "10-06", "mosaic-server")
    flaw.take_up("10-07")
    flaw.contact("10-08", "Halcyon Research (invented)", DEVELOPERS[0].id)
    flaw.embargo(TREASURY, DEVELOPERS[0].speaks, "10-09", "11-30")
    flaw.observe(DEVELOPERS[2].speaks, "10-21", "exploit-public")
    flaw.prioritize("10-21", "public poc", "Track", "partial")
    flaw.publish("10-22")


def _no_embargo(told: Told) -> None:
    flaw = Flaw(told, 13, "A clock is wrong on Mondays")
    flaw.report(DEVELOPERS[3].speaks, "11-02", "harbor-clock")
    flaw.take_up("11-03")
    party = flaw.contact("11-04", "Orrery Intelligence (invented)", DEVELOPERS[5].id)
    embargo = named("embargo", 13, 1)
    flaw.say(DEVELOPERS[3].speaks, "11-05", "propose-embargo", embargo_id=embargo, ends_at=instant("12-18"))
    flaw.say(DEVELOPERS[5].speaks, "11-06", "reject-embargo", embargo_id=embargo)
    flaw.say(DEVELOPERS[5].speaks, "11-09", "report-vendor-status", party_id=party, status="not-affected")
    flaw.publish("11-12")
