"""Somebody's browser, and all that it did."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from playwright.sync_api import BrowserContext, ConsoleMessage, Page

SIZES = {"wide": (1280, 900), "narrow": (390, 844)}
AXE = Path("tests/data/axe/axe.min.js")
PATIENCE_MS = 20_000


@dataclass
class Looking:
    """Somebody's browser, and all that it did."""

    context: BrowserContext
    page: Page
    address: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def told(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    def goto(self, path: str) -> Page:
        self.page.goto(f"{self.address}{path}")
        return self.page

    def is_at_home(self) -> bool:
        """It asked Docket alone, and had nothing to complain about."""
        elsewhere = [url for url in self.asked if urlsplit(url).scheme != "data" and not url.startswith(self.address)]
        return bool(self.asked) and (elsewhere, self.complaints) == ([], [])


Looks = Callable[..., Looking]


def wrong(page: Page, only: Sequence[str] | None = None) -> list[str]:
    """What axe finds against WCAG 2.2 AA and its best practices, or of some of its rules alone."""
    if page.evaluate("typeof axe === 'undefined'"):
        page.evaluate(AXE.read_text())
    asked = {"resultTypes": ["violations"]} | ({} if only is None else {"runOnly": list(only)})
    found = page.evaluate("asked => axe.run(document, asked)", asked)
    return [f"{each['id']}: {node['html'][:200]}" for each in found["violations"] for node in each["nodes"]]
