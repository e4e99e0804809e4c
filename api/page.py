"""The page for people is a few files that came with Docket; it asks the door like everybody else."""

from pathlib import Path
from typing import Final

from fastapi import APIRouter, Response
from starlette.staticfiles import StaticFiles

STATIC: Final = Path(__file__).parent / "static"
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


def router() -> APIRouter:
    """The route of the page."""
    routes = APIRouter(include_in_schema=False)

    @routes.get("/")
    def page() -> Response:
        headers = {"Content-Security-Policy": POLICY}
        return Response((STATIC / "index.html").read_bytes(), media_type="text/html", headers=headers)

    return routes


def files() -> StaticFiles:
    """The page's files, and what is vendored."""
    return StaticFiles(directory=STATIC)
