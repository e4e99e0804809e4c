"""Who was lent what, whether it may be used now, and whose use nobody has attested."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.reading import ANSWERS, Page, Reading, When
from api.reading.rendering import told, told_page
from domain.events.lease import LeaseKind
from projections import known
from projections.leases import LEASES, Lease, LeaseAt, lease_at
from projections.visible import Sight

_ID: Final = Query(max_length=40)


def router(reading: Reading) -> APIRouter:
    """All leases, and one."""
    routes = APIRouter(tags=["leases"], prefix="/v1/leases", responses={**ANSWERS})
    reads, recorder = reading.reads, reading.ledger.recorder
    Seeing = Annotated[Sight, Depends(reading.sight())]  # noqa: N806 - a type
    Paged = Annotated[Page, Depends(reading.page)]  # noqa: N806 - the same
    At = Annotated[When, Depends(reading.when())]  # noqa: N806 - the same
    folded = [Depends(reading.reached(LEASES))]

    @routes.get("", operation_id="listLeases", responses=gives("Leases"), summary="Leases", dependencies=folded)
    def every(
        *,
        request: Request,
        sight: Seeing,
        page: Paged,
        when: At,
        kind: LeaseKind | None = None,
        taker: Annotated[str | None, _ID] = None,
        developer: Annotated[str | None, _ID] = None,
        sector: Annotated[str | None, _ID] = None,
        usable: bool | None = None,
        overdue: Annotated[bool | None, Query(description="Of a month that is over the taker said nothing.")] = None,
    ) -> Response:
        def tell(row: Lease) -> LeaseAt | None:
            now = lease_at(row, when.at)
            fits = (
                kind in {None, row.subject.kind}
                and taker in {None, row.taker.office, row.taker.participant}
                and developer in {None, row.developer}
                and sector in {None, row.sector}
                and usable in {None, now.may_be_used}
                and overdue in {None, bool(now.overdue)}
            )
            return now if fits else None

        found: known.Page[Any, Any] = known.page(
            reads, sight, LEASES, tell=tell, as_of=when.position, after=page.after, limit=page.limit
        )
        return told_page(request, reads, LEASES, sight, page, found)

    @routes.get(
        "/{id}", operation_id="getLease", responses=gives("LeaseWhole"), summary="One lease", dependencies=folded
    )
    def one(*, request: Request, id: str, sight: Seeing, when: At) -> Response:
        found = known.one(reads, sight, LEASES, id, as_of=when.position, tell=lambda row: lease_at(row, when.at))
        return told(request, recorder, sight, found)

    return routes
