"""Tests of pages meet a real browser: the machine's own Chromium, without a window."""

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright

from tests.services.kafka_engines import Missing

NAMES = ("chromium", "chromium-browser", "google-chrome")


@contextmanager
def chromium() -> Iterator[Browser]:
    """A started browser; it ends with the test. Raises Missing where the machine has none."""
    found = next((path for name in NAMES if (path := shutil.which(name))), None)
    if found is None:
        raise Missing("this machine has no Chromium")
    sandboxed = os.geteuid() != 0  # root's it refuses to build
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=found, chromium_sandbox=sandboxed)
        try:
            yield browser
        finally:
            browser.close()
