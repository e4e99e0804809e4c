"""The rooms, the shape of a file and what may stand in one are checked, not agreed upon."""

import ast
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
ROOMS = ("domain", "projections", "consumers", "api")
SAYS_NOTHING = {"utils", "util", "helpers", "helper", "base", "core", "manager", "common", "misc"}

# written in halves, so that this file does not contain what it forbids
REGISTRY_HOSTS = [
    ".".join(halves)
    for halves in (
        ("pypi", "org"),
        ("pythonhosted", "org"),
        ("registry", "npmjs"),
        ("repo", "maven"),
        ("repo1", "maven"),
        ("deb", "debian"),
        ("crates", "io"),
        ("proxy", "golang"),
    )
]
HOMES = [f"/{'/'.join(halves)}/" for halves in (("root",), ("work",), ("farm",), ("opt", "pypi"))]
ABSOLUTE = re.compile(r"(?<![\w.})-])(?:" + "|".join(HOMES) + "|/" + r"(?:home|Users)/[a-z][\w.-]*/)")


def modules() -> list[Path]:
    return sorted(path for room in ROOMS for path in (ROOT / room).rglob("*.py"))


def opening_sentence(path: Path) -> str:
    docstring = ast.get_docstring(ast.parse(path.read_text(encoding="utf-8"))) or ""
    return " ".join(docstring.partition("\n\n")[0].split())


def tracked_texts() -> Iterator[tuple[str, str]]:
    """Name and content of every file that git would take along: tracked, or new and not ignored."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout
    for name in filter(None, names.split("\0")):
        path = ROOT / name
        if path.is_file() and b"\0" not in (content := path.read_bytes()):
            yield name, content.decode(errors="replace")


def not_to_be_said(text: str) -> list[str]:
    return [host for host in REGISTRY_HOSTS if host in text.lower()] + ABSOLUTE.findall(text)


def test_imports_go_one_way() -> None:
    lint = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache"]
    done = subprocess.run(lint, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_every_room_is_there_and_has_a_door() -> None:
    assert {path.relative_to(ROOT).parts[0] for path in modules()} == set(ROOMS)
    assert [str(path) for path in modules() if not (path.parent / "__init__.py").exists()] == []


def test_every_module_opens_with_a_sentence() -> None:
    openings = {str(path.relative_to(ROOT)): opening_sentence(path) for path in modules()}
    assert {name: said for name, said in openings.items() if len(said.split()) < 3 or said[-1] not in ".:?!"} == {}


def test_every_module_has_a_name_that_says_something() -> None:
    names = {path.relative_to(ROOT): {*path.relative_to(ROOT).parent.parts, path.stem.strip("_")} for path in modules()}
    assert [str(path) for path, parts in names.items() if parts & SAYS_NOTHING] == []


def test_no_file_names_a_registry_or_a_folder_of_the_machine_that_it_was_written_on() -> None:
    """What is installed is named by version and hash; where it comes from, and where to, is each machine's affair."""
    found = {name: said for name, text in tracked_texts() if (said := not_to_be_said(text))}
    assert found == {}


def test_what_may_not_be_said_would_be_found() -> None:
    assert not_to_be_said(f"see HTTPS://{REGISTRY_HOSTS[0].upper()}/simple") == [REGISTRY_HOSTS[0]]
    assert not_to_be_said(f"log in {HOMES[0]}x and {HOMES[1]}main") == HOMES[:2]
    assert not_to_be_said("in /" + "home/somebody/docket") == ["/" + "home/somebody/"]
    assert not_to_be_said(f"GET /v1/cases{HOMES[1]}home") == []
