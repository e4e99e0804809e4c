"""`docket publish`: acts from files, through the same door as everybody's."""

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from time import perf_counter
from typing import Any, Final

import httpx2
import orjson
from rich.progress import BarColumn, MofNCompleteColumn, TextColumn

from api.cli.patience import patiently
from api.cli.say import REFUSED, TURNED_AWAY, UNREACHABLE, bar, fail, result, tell
from api.cli.signing import OwnKey, signed

OUTCOMES: Final = ("recorded", "nothing-new", "repeated", "refused", "turned-away", "unavailable")
MOST_TOLD: Final = 100
"""Acts that were not recorded that the JSON object holds; the error stream tells them all."""
TOGETHER: Final = 500
"""Acts in one request: this client writes all of it before it reads, and the answers to more would wait for that."""


def outcomes(
    client: httpx2.Client, lines: Sequence[bytes], headers: dict[str, str], *, together: int = TOGETHER
) -> Iterator[dict[str, Any]]:
    """What became of each act, as the answers come. Raises httpx2.HTTPError, or ValueError with the problem."""
    sent = {"content-type": "application/x-ndjson", **headers}
    for first in range(0, len(lines), together):
        part, answered = lines[first : first + together], 0
        with patiently(partial(_send, client, part, sent)) as answer:
            if answer.status_code >= 400:
                answer.read()
                raise ValueError(answer.text)
            for line in answer.iter_lines():
                if line:
                    answered += 1
                    yield orjson.loads(line)
        if answered < len(part):
            return  # the record could not answer: what comes later would overtake what did not act


def _send(
    client: httpx2.Client, part: Sequence[bytes], headers: dict[str, str]
) -> AbstractContextManager[httpx2.Response]:
    body = (line + b"\n" for line in part)
    return client.stream("POST", "/v1/actions", content=body, headers=headers, timeout=60)


def run(files: list[Path], headers: dict[str, str], *, url: str, json: bool, key: OwnKey | None = None) -> None:
    """Send what the files hold, signed where there is a key; count what became of it, and tell what was wrong."""
    placed = [
        (str(file), number, line)
        for file in files
        for number, line in enumerate(file.read_bytes().splitlines(), 1)
        if line.strip()
    ]
    lines = [line for _, _, line in placed]
    if key is not None:
        lines = signed(lines, key, headers, url=url)
    tally: Counter[str] = Counter()
    unrecorded: list[dict[str, Any]] = []
    began = perf_counter()
    columns = (TextColumn("publishing"), BarColumn(), MofNCompleteColumn(), TextColumn("{task.fields[speed]} acts/s"))
    with bar(*columns) as progress:
        task = progress.add_task("publish", total=len(lines), speed=0)
        try:
            with httpx2.Client(base_url=url) as client:
                for outcome, (file, number, _) in zip(outcomes(client, lines, headers), placed, strict=False):
                    tally[outcome["outcome"]] += 1
                    if (problem := outcome.get("problem")) is not None:
                        tell(f"{file}:{number}: {outcome['id'] or 'no id'}: {sentence(problem)}")
                        if len(unrecorded) < MOST_TOLD:
                            unrecorded.append({"file": file, "line": number, **outcome})
                    progress.update(task, advance=1, speed=round(tally.total() / (perf_counter() - began)))
        except ValueError as error:
            fail(f"nothing was taken in: {error}", TURNED_AWAY)
        except httpx2.HTTPError as error:
            fail(f"{url} does not answer after {tally.total()} acts, send them again: {error}", UNREACHABLE)
    said: dict[str, object] = {"acts": len(lines), **{name: tally[name] for name in OUTCOMES}}
    if json:
        wrong = sum(tally[name] for name in ("refused", "turned-away", "unavailable"))
        said |= {"unrecorded": unrecorded, "untold": wrong - len(unrecorded)}
    result("Published", said, json=json)
    if tally["unavailable"] or tally.total() < len(lines):
        fail("the record could not answer; send all of it again", TURNED_AWAY)
    if tally["turned-away"]:
        fail("something was turned away", TURNED_AWAY)
    if tally["refused"]:
        fail("a rule refused something; the record says which", REFUSED)


def sentence(problem: dict[str, Any]) -> str:
    """A problem in one line: its code, what is wrong, and where."""
    where = (": ".join(filter(None, (each.get("pointer"), each["detail"]))) for each in problem.get("errors", ()))
    return " ".join((f"{problem['code']}: {problem['detail']}", *where))
