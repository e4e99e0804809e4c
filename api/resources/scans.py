"""The one calendar of scans: what is scanned when and by whom, what has to wait, and how each went."""

from ipaddress import ip_network
from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Reading, instant_in
from api.reading.rows import Many, One, many, one
from domain.errors import Refused
from domain.events.scan import ScanTarget, TargetKind
from domain.rules.targets import Targets, checked
from projections.instants import microseconds
from projections.scans import SCANS, Scan, ScanAt, ScanStanding, scan_at

_ID: Final = Query(max_length=40)
_MOMENT: Final = Query(max_length=40, description="An instant: scans whose windows have one from it on, or before it.")
_TARGET: Final = Query(max_length=1000, description="An address, a block, a domain or a package: scans that meet it.")


def router(reading: Reading) -> APIRouter:
    """All scans, and one."""
    routes = APIRouter(tags=["scans"], prefix="/v1/scans", responses={**ANSWERS})

    @routes.get("", operation_id="listScans", responses=gives("Scans"), summary="Scans")
    def every(
        *,
        asked: Annotated[Many[Scan], many(reading, SCANS)],
        standing: ScanStanding | None = None,
        office: Annotated[str | None, _ID] = None,
        owner: Annotated[str | None, _ID] = None,
        target: Annotated[str | None, _TARGET] = None,
        begin: Annotated[str | None, _MOMENT] = None,
        end: Annotated[str | None, _MOMENT] = None,
    ) -> Response:
        meeting = None if target is None else Targets([_target(target)])

        def tell(row: Scan) -> ScanAt | None:
            now = scan_at(row, asked.when.at)
            fits = (
                standing in {None, now.standing}
                and office in {None, row.requested_by}
                and owner in {None, row.owner.office, row.owner.participant, row.owner.name}
                and (meeting is None or any(map(meeting.meet, row.targets)))
            )
            return now if fits else None

        bounds = [("ends_us > ?", "begin", begin), ("starts_us < ?", "end", end)]
        within = [(sql, microseconds(instant_in(name, text))) for sql, name, text in bounds if text is not None]
        return asked.listed(tell, within)

    @routes.get("/{id}", operation_id="getScan", responses=gives("ScanWhole"), summary="One scan")
    def scan(id: str, asked: Annotated[One[Scan], one(reading, SCANS)]) -> Response:
        return asked.told(id, lambda row: scan_at(row, asked.when.at))

    return routes


def _target(text: str) -> ScanTarget:
    """What somebody asks for: an address is the block of itself alone."""
    try:
        if text.startswith("pkg:"):
            return checked(ScanTarget(kind=TargetKind.PACKAGE, value=text))
        try:
            return ScanTarget(kind=TargetKind.CIDR, value=str(ip_network(text)))
        except ValueError:
            return checked(ScanTarget(kind=TargetKind.DOMAIN, value=text.lower().rstrip(".")))
    except Refused as refused:
        raise Problem("parameter-wrong", "A target is an address, a block of them, a domain or a package.") from refused
