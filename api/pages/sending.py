"""What changes something is a form, which a page of Docket itself has sent, and no longer than an act may be."""

from urllib.parse import parse_qsl

from fastapi import Request

from api.acts.bodies import MOST_OF_ONE, media_type, whole
from api.pages.asking import NotShown
from api.problems import CODES, Problem, members

_MOST_FIELDS = 1000


def own(request: Request) -> None:
    """Only a page of ours may send what changes something. Raises NotShown.

    Browsers say where a request comes from, and no page can say otherwise (Fetch Metadata; RFC 6454 §7 before it).
    """
    site = request.headers.get("sec-fetch-site")
    origin = request.headers.get("origin")
    if site != "same-origin" and (site is not None or origin != str(request.base_url).rstrip("/")):
        title = "Only a page of Docket itself may send this."
        raise NotShown(403, {"code": "not-from-here", "title": title, "status": 403, "detail": title})


async def form(request: Request) -> dict[str, str]:
    """What a form of ours says, by the names of its fields. Raises NotShown."""
    own(request)
    try:
        media_type(request, "application/x-www-form-urlencoded")
        text = (await whole(request, MOST_OF_ONE)).decode("ascii")
        return dict(parse_qsl(text, keep_blank_values=True, errors="strict", max_num_fields=_MOST_FIELDS))
    except Problem as problem:
        raise _no(problem.code, problem.detail) from problem
    except ValueError as error:
        raise _no("request-refused", "The form cannot be read.") from error


def _no(code: str, detail: str | None) -> NotShown:
    return NotShown(CODES[code].status, members(code, detail))
