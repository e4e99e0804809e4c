"""What docs/mission.md says shows something shows it in the story that is told to people."""

import re
from pathlib import Path

import pytest

from tests.api.knocking import Door, office

TOLD = (Path(__file__).parents[3] / "docs" / "mission.md").read_text(encoding="utf-8")
ENDLESS = "/v1/stream"
READS = sorted(
    set(re.findall(r"`(?:GET )?(/[a-z0-9/-]+(?:/[A-Z0-9-]+)?(?:\?[a-z_]+=[A-Za-z0-9:/-]+)*)`", TOLD)) - {ENDLESS}
)
GAO = office("gao")


@pytest.fixture
def door(told_door: Door) -> Door:
    return told_door


@pytest.mark.parametrize("path", READS)
def test_what_is_named_there_answers(door: Door, path: str) -> None:
    answer = door.client.get(path, headers=GAO)
    assert answer.status_code == 200, answer.text
    found = answer.json()
    assert found.get("items", [1]) if isinstance(found, dict) else found, "and has something to show"
