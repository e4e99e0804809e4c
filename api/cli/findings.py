"""`docket findings`: documents of others from files, through the same door as everybody's."""

from collections import Counter
from collections.abc import Iterable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import httpx2
import orjson

from api.cli.patience import patiently
from api.cli.publish import sentence
from api.cli.say import REFUSED, TURNED_AWAY, UNREACHABLE, fail, result, tell

OUTCOMES: Final = ("recorded", "nothing-new", "repeated", "refused", "turned-away", "unavailable")
PART: Final = 8 * 1024 * 1024
"""Bytes of one request."""


def lines(file: Path) -> Iterator[tuple[str, bytes]]:
    """The documents in a file, and where each stands: one, one a line, or each entry of the KEV catalogue."""
    body = file.read_bytes()
    try:
        whole = orjson.loads(body)
    except orjson.JSONDecodeError:
        yield from ((f"{file}:{number}", line) for number, line in enumerate(body.splitlines(), 1) if line.strip())
        return
    if isinstance(whole, dict) and "catalogVersion" in whole and isinstance(whole.get("vulnerabilities"), list):
        for number, each in enumerate(whole["vulnerabilities"]):
            yield f"{file}#/vulnerabilities/{number}", orjson.dumps(each)
    else:
        yield str(file), orjson.dumps(whole)


def parts(placed: Iterable[tuple[str, bytes]]) -> Iterator[tuple[list[str], bytes]]:
    """The lines as bodies that are not too long, with where each stands: a batch may be sent in parts."""
    places: list[str] = []
    body = b""
    for place, line in placed:
        if body and len(body) + len(line) >= PART:
            yield places, body
            places, body = [], b""
        places.append(place)
        body += line + b"\n"
    if body:
        yield places, body


def run(
    files: list[Path], *, batch: str, marking: str, format: str | None, headers: dict[str, str], url: str, json: bool
) -> None:
    """Send what the files hold, count what became of it, and tell what was wrong and where, but not what it says."""
    asked = {"batch_id": batch, "marking": marking} | ({} if format is None else {"format": format})
    headers = {**headers, "content-type": "application/x-ndjson"}
    address = f"{url}/v1/clearinghouse/findings"
    tally: Counter[str] = Counter()
    linked = 0
    try:
        for places, body in parts(placed for file in files for placed in lines(file)):
            send = partial(httpx2.stream, "POST", address, content=body, headers=headers, params=asked, timeout=60)
            with patiently(send) as answer:
                if answer.status_code >= 400:
                    answer.read()
                    fail(f"not taken in after {tally.total()} findings: {answer.text}", TURNED_AWAY)
                for told in map(orjson.loads, filter(None, answer.iter_lines())):
                    tally[told["outcome"]] += 1
                    if (problem := told.get("problem")) is not None:
                        tell(f"{_place(places, told)}: {sentence(problem)}")
                    linked += bool(_same_as(told))
    except httpx2.HTTPError as error:
        fail(f"{url} does not answer after {tally.total()} findings, send them again: {error}", UNREACHABLE)
    said = {"findings": tally.total(), **{name: tally[name] for name in OUTCOMES}, "linked": linked}
    result("Reported", said, json=json)
    if tally["turned-away"] or tally["unavailable"]:
        fail("something was turned away", TURNED_AWAY)
    if tally["refused"]:
        fail("a rule refused something; the record says which", REFUSED)


def _place(places: list[str], told: dict[str, Any]) -> str:
    """Where a finding stands: its document, and which of its findings it is where it has several."""
    index, part = told["index"], told.get("part", 0)
    place = places[index] if index < len(places) else "after the last"
    return f"{place}, finding {part + 1}" if part else place


def _same_as(told: dict[str, Any]) -> list[Any]:
    found: list[Any] = told.get("finding", {}).get("same_as", [])
    return found
