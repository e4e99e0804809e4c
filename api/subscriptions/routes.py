"""Whoever may read may ask to be sent what it could read."""

from collections.abc import Callable, Mapping
from typing import Annotated, Any, Final, Literal

from annotated_types import Ge, Le, MaxLen
from fastapi import APIRouter, Depends, Request, Response
from pydantic import ConfigDict
from typing_extensions import TypedDict

from api.contract import PROBLEMS, gives
from api.reading import LARGEST
from api.reading.rendering import answer
from api.subscriptions import Owner
from api.subscriptions.desk import Desk, told
from api.subscriptions.places import LONGEST
from api.subscriptions.said import body_of, kept_nowhere, read, takes
from consumers.acts.intake import form
from domain.act import Principal

_NAMES: Final = 100
_BODY: Final = (413, 415, 422)
_Answers = Mapping[int | str, dict[str, Any]]


class Asked(TypedDict, total=False):
    """What somebody wants to be sent, and where."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # where pydantic looks for it

    url: Annotated[str, MaxLen(LONGEST)]
    types: Annotated[tuple[str, ...], MaxLen(_NAMES)]
    streams: Annotated[tuple[Annotated[str, MaxLen(200)], ...], MaxLen(_NAMES)]
    cases: Annotated[tuple[Annotated[str, MaxLen(200)], ...], MaxLen(_NAMES)]
    offices: Annotated[tuple[Annotated[str, MaxLen(40)], ...], MaxLen(_NAMES)]
    after: Annotated[int, Ge(0), Le(LARGEST)]
    scheme: Literal["v1", "v1a"]


class AskedAgain(TypedDict):
    """From where somebody wants everything again."""

    __pydantic_config__ = ConfigDict(extra="forbid")  # type: ignore[misc]  # where pydantic looks for it

    after: Annotated[int, Ge(0), Le(LARGEST)]


_ASKED: Final = form(Asked)
_AGAIN: Final = form(AskedAgain)


def router(desk: Desk) -> APIRouter:
    """Routes for subscriptions."""
    answers: dict[int | str, dict[str, Any]] = {status: PROBLEMS[status] for status in (401, 403, 404, 503)}
    routes = APIRouter(tags=["subscriptions"], prefix="/v1/subscriptions", responses=answers)
    By = Annotated[Principal, Depends(desk.reading.caller)]  # noqa: N806 - a type

    Said = Annotated[bytes, Depends(body_of(desk.reading.caller))]  # noqa: N806 - the same

    @routes.post(
        "",
        operation_id="subscribe",
        summary="Be sent events as webhooks, from now on or from behind a position",
        description=(
            "What is sent is what you may see when it is sent, in order, each until your receiver takes it. "
            "`secret` is told here and never again. Signatures are those of Standard Webhooks."
        ),
        responses={
            201: gives("SubscriptionWithSecret", "Subscribed")[200],
            **{status: PROBLEMS[status] for status in (400, 409, *_BODY)},
        },
        openapi_extra=takes("SubscriptionAsked"),
        status_code=201,
    )
    def subscribe(by: By, body: Said) -> Response:
        made = desk.subscribe(by, read(_ASKED, body))
        return kept_nowhere(made, 201, {"Location": f"/v1/subscriptions/{made['id']}"})

    @routes.get("", operation_id="listSubscriptions", summary="Your subscriptions", responses=gives("SubscriptionList"))
    def every(request: Request, by: By) -> Response:
        return answer(request, {"items": [told(each) for each in desk.kept.of(Owner.of(by))]})

    @routes.get(
        "/{id}",
        operation_id="getSubscription",
        summary="One of your subscriptions: how far it has come, and what stands in its way",
        responses=gives("Subscription"),
    )
    def one(request: Request, id: str, by: By) -> Response:
        return answer(request, told(desk.mine(id, by)))

    @routes.delete(
        "/{id}",
        operation_id="unsubscribe",
        summary="Be sent nothing more; what could not be delivered is forgotten",
        responses={204: {"description": "Deleted"}},
        status_code=204,
        response_class=Response,
    )
    def delete(id: str, by: By) -> Response:
        desk.delete(id, by)
        return Response(None, 204)

    @routes.post(
        "/{id}/replay",
        operation_id="replaySubscription",
        summary="Be sent everything again from behind a position; `webhook-id` says what you have already",
        responses={
            **gives("Subscription", "It begins there"),
            **{status: PROBLEMS[status] for status in (409, *_BODY)},
        },
        openapi_extra=takes("ReplayAsked"),
    )
    def replay(id: str, by: By, body: Said) -> Response:
        return kept_nowhere(desk.replay(id, by, read(_AGAIN, body)["after"]))

    def add(word: str, does: Callable[[str, Principal], object], *, name: str, summary: str, answers: _Answers) -> None:
        def done(id: str, by: By) -> Response:
            return kept_nowhere(does(id, by))

        routes.add_api_route(
            f"/{{id}}/{word}", done, methods=["POST"], operation_id=name, summary=summary, responses=dict(answers)
        )

    add(
        "pause",
        desk.pause,
        name="pauseSubscription",
        summary="Be sent nothing for now; what comes meanwhile is sent later",
        answers=gives("Subscription", "Paused"),
    )
    add(
        "resume",
        desk.resume,
        name="resumeSubscription",
        summary="Go on, whoever stopped it: what failed is tried at once",
        answers={**gives("Subscription", "Active"), 422: PROBLEMS[422]},
    )
    add(
        "rotate",
        desk.rotate,
        name="rotateSecret",
        summary="Have a new secret; for a day what is sent is signed with both",
        answers=gives("SubscriptionWithSecret", "The new secret, which is told here and never again"),
    )
    add(
        "test",
        desk.test,
        name="testSubscription",
        summary="Send something that says that it is a test, now, and tell what became of it",
        answers={**gives("SubscriptionTested", "What became of it"), 409: PROBLEMS[409]},
    )

    @routes.get(
        "/{id}/dead-letters",
        operation_id="listDeadLetters",
        summary="What your receiver did not take, however often it was tried, and you may still see",
        responses=gives("DeadLetters"),
    )
    def letters(request: Request, id: str, by: By) -> Response:
        return answer(request, desk.letters(id, by))

    return routes
