"""The one calendar of scans: what is scanned when and by whom, what has to wait, and how each went."""

from ipaddress import ip_network
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Page, Reading, When, instant_in
from api.reading.rendering import told, told_page
from domain.errors import Refused
from domain.events.scan import ScanTarget, TargetKind
from domain.rules.targets import Targets, checked
from projections import known
from projections.instants import microseconds
from projections.scans import SCANS, Scan, ScanAt, ScanStanding, scan_at
from projections.visible import Sight

_ID: Final = Query(max_length=40)
_MOMENT: Final = Query(max_length=40, description="An instant: scans whose windows have one from it on, or before it.")
_TARGET: Final = Query(max_length=1000, description="An address, a block, a domain or a package: scans that meet it.")


def router(reading: Reading) -> APIRouter:
    """All scans, and one."""
    routes = APIRouter(tags=["scans"], prefix="/v1/scans", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same
    folded = [Depends(reading.reached(SCANS))]

    @routes.get("", operation_id="listScans", responses=gives("Scans"), summary="Scans", dependencies=folded)
    def every(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        standing: ScanStanding | None = None,
        office: Annotated[str | None, _ID] = None,
        owner: Annotated[str | None, _ID] = None,
        target: Annotated[str | None, _TARGET] = None,
        begin: Annotated[str | None, _MOMENT] = None,
        end: Annotated[str | None, _MOMENT] = None,
    ) -> Response:
        meeting = None if target is None else Targets([_target(target)])

        def tell(row: Scan) -> ScanAt | None:
            now = scan_at(row, when.at)
            fits = (
                standing in {None, now.standing}
                and office in {None, row.requested_by}
                and owner in {None, row.owner.office, row.owner.participant, row.owner.name}
                and (meeting is None or any(map(meeting.meet, row.targets)))
            )
            return now if fits else None

        bounds = [("ends_us > ?", "begin", begin), ("starts_us < ?", "end", end)]
        asked = [(sql, microseconds(instant_in(name, text))) for sql, name, text in bounds if text is not None]
        found: known.Page[Any, Any] = known.page(
            reads,
            sight,
            SCANS,
            tell=tell,
            as_of=when.position,
            after=page.after,
            limit=page.limit,
            where=" AND ".join(sql for sql, _ in asked),
            values=[moment for _, moment in asked],
        )
        return told_page(request, reads, SCANS, sight, page, found)

    @routes.get("/{id}", operation_id="getScan", responses=gives("ScanWhole"), summary="One scan", dependencies=folded)
    def one(*, request: Request, id: str, sight: Seeing, when: At) -> Response:
        found = known.one(reads, sight, SCANS, id, as_of=when.position, tell=lambda row: scan_at(row, when.at))
        return told(request, recorder, sight, found)

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
