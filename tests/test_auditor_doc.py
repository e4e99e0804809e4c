"""Every block of docs/auditor.md is carried out, in order, against a demonstration; and every fault has its test."""

import ast
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.test_readme import demonstration  # noqa: F401 - the demonstration that the README starts

ROOT = Path(__file__).parent.parent
AUDITOR = (ROOT / "docs" / "auditor.md").read_text(encoding="utf-8")
FAULTS = (ROOT / "docs" / "faults.md").read_text(encoding="utf-8")
BLOCKS = re.findall(r"```sh\n(.*?)```", AUDITOR, re.DOTALL)
ROW = re.compile(r"^\| (\d+) \| .+ \| .+ \| `(tests/[\w/]+\.py)::(test_\w+)`(?: .*)?\|$", re.MULTILINE)


@pytest.mark.xdist_group("demonstration")
def test_what_an_auditor_does_ends_as_it_says(demonstration: tuple[str, Path], tmp_path: Path):  # noqa: F811 - the fixture
    """One after the other: each goes on from what the one before it has left on the desk."""
    address, folder = demonstration
    path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    assert len(BLOCKS) == 6
    for block in BLOCKS:
        said = block.replace("http://127.0.0.1:8040", address).replace(".docket/demo", str(folder))
        command = ["bash", "-euc", said]
        environ = os.environ | {"PATH": path}
        done = subprocess.run(command, cwd=tmp_path, env=environ, capture_output=True, text=True, check=False)
        assert done.returncode == 0, done.stderr + done.stdout
        if "changed.zip" in said:
            assert re.search(r"^docket: bytes: position \d+: ", done.stdout, re.MULTILINE), done.stdout
        elif "docket verify" in said:
            assert done.stdout.strip()


def test_every_fault_has_a_test_that_is_there():
    rows = ROW.findall(FAULTS)
    assert [int(number) for number, _, _ in rows] == list(range(1, len(rows) + 1))
    assert len(rows) >= 50
    assert len(ROW.findall(FAULTS)) == len(re.findall(r"^\| \d+ \|", FAULTS, re.MULTILINE)), "a row that is none"
    for _, file, name in rows:
        tree = ast.parse((ROOT / file).read_text(encoding="utf-8"))
        assert name in {each.name for each in ast.walk(tree) if isinstance(each, ast.FunctionDef)}, f"{file}::{name}"
