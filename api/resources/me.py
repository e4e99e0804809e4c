"""Who is asking, as Docket knows them: for whom they act, what they may see, and which acts are theirs."""

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Query, Request, Response

from api.contract import gives
from api.problems import Problem
from api.reading import ANSWERS, Reading
from api.reading.rendering import answer, told_options
from domain.act import Principal
from domain.markings import Clearance
from domain.needs import Needs
from domain.rules.seen import of_office, of_participant
from domain.values import StreamId
from projections.options import options, rights
from projections.visible import Sight

_CONFINED: Final = (
    "Whoever vouches for you confines you to these: of all else you are told, and may act on it, as if there were none."
    " "
    "Offices, participants, instruments, policies, the framework and the criteria are told to everybody."
)


def router(reading: Reading) -> APIRouter:
    """Routes about whoever asks."""
    routes = APIRouter(tags=["me"], prefix="/v1", responses={**ANSWERS})

    @routes.get(
        "/me",
        operation_id="getMe",
        responses=gives("Me"),
        summary="Who you are here, what you may see, and which acts are yours, on what authority",
    )
    def me(request: Request, by: Annotated[Principal, Depends(reading.caller)]) -> Response:
        actor, ledger = by.actor, reading.ledger
        posts: list[str] = []
        known = False
        if actor.office is not None:
            office = ledger.state(of_office(actor.office)).state
            known = office.known
            posts = [post for post, holder in office.holders.items() if by.person and holder == by.person.id]
        elif actor.participant is not None:
            known = ledger.state(of_participant(actor.participant)).state.known
        said = {
            "actor": str(actor),
            "actor_name": actor.name,
            "ledger": f"urn:uuid:{ledger.opened.ledger}",
            "known": known,
            "person": None if by.person is None else {"id": by.person.id, "name": by.person.name},
            "attestation": by.attestation,
            "clearance": _told(by.clearance),
            "needs": _needs(by.needs),
            "roles": sorted(by.roles),
            "posts": sorted(posts),
            "rights": told_options(rights(ledger, by, reading.clock())),
        }
        return answer(request, said)

    @routes.get(
        "/me/options",
        operation_id="getOptions",
        responses=gives("OptionsOf"),
        summary="What you could do now with anything that has a stream, and why not the rest",
    )
    def possible(
        request: Request,
        by: Annotated[Principal, Depends(reading.caller)],
        sight: Annotated[Sight, Depends(reading.sight())],
        stream: Annotated[str, Query(max_length=200, description="Such as `tasking-EO14409-2C`.")],
    ) -> Response:
        now = reading.clock()
        said = told_options(options(reading.ledger, StreamId(stream), by, now))
        if not said:
            raise Problem("not-found")
        sight.looked_at(filter(None, [getattr(reading.ledger.state(StreamId(stream)).state, "marking", "")]))
        return answer(request, {"stream": stream, "at": now, "options": said})

    return routes


def _told(clearance: Clearance) -> dict[str, Any]:
    return {
        "classification": clearance.classification.name.replace("_", " "),
        "cui": None if clearance.cui is None else sorted(clearance.cui),
        "controls": sorted(clearance.controls),
        "country": clearance.country,
        "tlp": clearance.tlp.name,
    }


def _needs(needs: Needs) -> dict[str, Any]:
    told = needs.everything
    return {
        "everything": told,
        "kinds": sorted(needs.kinds),
        "matters": sorted(needs.streams),
        "why": "Nothing confines you: you are told of what your clearance allows." if told else _CONFINED,
    }
