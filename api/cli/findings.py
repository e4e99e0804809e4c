"""`docket findings`: documents of others from files, through the same door as everybody's."""

from collections import Counter
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx2
import orjson

from api.cli.patience import patiently
from api.cli.say import REFUSED, TURNED_AWAY, UNREACHABLE, fail, result

OUTCOMES: Final = ("recorded", "nothing-new", "repeated", "refused", "turned-away", "unavailable")
PART: Final = 8 * 1024 * 1024
"""Bytes of one request."""


def lines(file: Path) -> Iterator[bytes]:
    """The documents in a file: one, one a line, or each entry of the KEV catalogue."""
    body = file.read_bytes()
    try:
        whole = orjson.loads(body)
    except orjson.JSONDecodeError:
        yield from (line for line in body.splitlines() if line.strip())
        return
    if isinstance(whole, dict) and "catalogVersion" in whole and isinstance(whole.get("vulnerabilities"), list):
        yield from map(orjson.dumps, whole["vulnerabilities"])
    else:
        yield orjson.dumps(whole)


def parts(all_lines: Iterator[bytes]) -> Iterator[bytes]:
    """The lines as bodies that are not too long: a batch may be sent in parts."""
    body = b""
    for line in all_lines:
        if body and len(body) + len(line) >= PART:
            yield body
            body = b""
        body += line + b"\n"
    if body:
        yield body


def run(
    files: list[Path], *, batch: str, marking: str, format: str | None, headers: dict[str, str], url: str, json: bool
) -> None:
    """Send what the files hold, and count what became of it."""
    asked = {"batch_id": batch, "marking": marking} | ({} if format is None else {"format": format})
    headers = {**headers, "content-type": "application/x-ndjson"}
    address = f"{url}/v1/clearinghouse/findings"
    tally: Counter[str] = Counter()
    linked = 0
    try:
        for body in parts(line for file in files for line in lines(file)):
            send = partial(httpx2.stream, "POST", address, content=body, headers=headers, params=asked, timeout=60)
            with patiently(send) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    fail(f"not taken in after {tally.total()} findings: {answer.text}", TURNED_AWAY)
                for told in map(orjson.loads, filter(None, answer.iter_lines())):
                    tally[told["outcome"]] += 1
                    linked += bool(_same_as(told))
    except httpx2.HTTPError as error:
        fail(f"{url} does not answer after {tally.total()} findings, send them again: {error}", UNREACHABLE)
    said = {"findings": tally.total(), **{name: tally[name] for name in OUTCOMES}, "linked": linked}
    result("Reported", said, json=json)
    if tally["turned-away"] or tally["unavailable"]:
        fail("something was turned away", TURNED_AWAY)
    if tally["refused"]:
        fail("a rule refused something; the record says which", REFUSED)


def _same_as(told: dict[str, Any]) -> list[Any]:
    found: list[Any] = told.get("finding", {}).get("same_as", [])
    return found
