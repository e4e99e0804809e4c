"""Who was lent what, whether it may be used now, and whose use nobody has attested."""

from typing import Annotated, Final

from fastapi import APIRouter, Query, Response

from api.contract import gives
from api.reading import ANSWERS, Reading
from api.reading.rows import Many, One, many, one
from domain.events.lease import LeaseKind
from projections.leases import LEASES, Lease, LeaseAt, lease_at

_ID: Final = Query(max_length=40)


def router(reading: Reading) -> APIRouter:
    """All leases, and one."""
    routes = APIRouter(tags=["leases"], prefix="/v1/leases", responses={**ANSWERS})

    @routes.get("", operation_id="listLeases", responses=gives("Leases"), summary="Leases")
    def every(
        *,
        asked: Annotated[Many[Lease], many(reading, LEASES)],
        kind: LeaseKind | None = None,
        taker: Annotated[str | None, _ID] = None,
        developer: Annotated[str | None, _ID] = None,
        sector: Annotated[str | None, _ID] = None,
        usable: bool | None = None,
        overdue: Annotated[bool | None, Query(description="Of a month that is over the taker said nothing.")] = None,
    ) -> Response:
        def tell(row: Lease) -> LeaseAt | None:
            now = lease_at(row, asked.when.at)
            fits = (
                kind in {None, row.subject.kind}
                and taker in {None, row.taker.office, row.taker.participant}
                and developer in {None, row.developer}
                and sector in {None, row.sector}
                and usable in {None, now.may_be_used}
                and overdue in {None, bool(now.overdue)}
            )
            return now if fits else None

        return asked.listed(tell)

    @routes.get("/{id}", operation_id="getLease", responses=gives("LeaseWhole"), summary="One lease")
    def lease(id: str, asked: Annotated[One[Lease], one(reading, LEASES)]) -> Response:
        return asked.told(id, lambda row: lease_at(row, asked.when.at))

    return routes
