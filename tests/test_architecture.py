"""The house: a room imports only rooms to its left, and files stay short."""

import ast
import sys
from pathlib import Path

import pytest

APP = Path(__file__).resolve().parent.parent / "app"
LEFT = {
    "engine": set(),
    "story": {"engine"},
    "descent": {"engine", "story"},
    "language": {"engine", "story", "descent"},
    "work": {"engine", "story", "descent", "language"},
    "library": {"engine", "story", "descent", "language", "work"},
    "web": {"engine", "story", "descent", "language", "work"},
}
RIGHT = {"main", "__main__"}
FILES = sorted(path.relative_to(APP).as_posix() for path in APP.rglob("*.py"))
STDLIB = sys.stdlib_module_names


def imports(path: Path) -> set[str]:
    """Every module that a file imports, inside functions too, by its full name."""
    package = ["app", *path.relative_to(APP).parent.parts]
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) + 1 - node.level] if node.level else []
            module = ".".join([*base, *([node.module] if node.module else [])])
            found |= {f"{module}.{alias.name}" for alias in node.names}
    return found


@pytest.mark.parametrize("file", FILES)
def test_imports_go_left(file):
    room = file.split("/")[0] if "/" in file else ""
    for name in imports(APP / file):
        parts = name.split(".")
        if parts[0] != "app" or len(parts) == 1:
            continue
        other = parts[1]
        if room in LEFT:
            assert other in LEFT[room] | {room, "__version__"}, f"{file} imports {name}"
        elif file == "__init__.py":
            raise AssertionError(f"{file} imports {name}")


@pytest.mark.parametrize("file", [file for file in FILES if file.startswith("engine/")])
def test_the_engine_needs_numpy_only(file):
    for name in imports(APP / file):
        assert name.split(".")[0] in STDLIB | {"numpy", "app"}, f"{file} imports {name}"


def test_every_room_is_known():
    rooms = {path.parent.name for path in APP.glob("*/__init__.py")}
    assert rooms <= set(LEFT)
    assert {Path(file).stem for file in FILES if "/" not in file} <= RIGHT | {"__init__"}


@pytest.mark.parametrize("file", FILES)
def test_files_are_short_and_say_what_they_are(file):
    text = (APP / file).read_text(encoding="utf-8")
    assert len(text.splitlines()) <= 400
    assert ast.get_docstring(ast.parse(text)), f"{file} has no docstring"


def test_a_wrong_import_would_be_found(tmp_path, monkeypatch):
    wrong = tmp_path / "engine" / "wrong.py"
    wrong.parent.mkdir()
    wrong.write_text("from ..web import api\nimport app.language.run\nfrom app import main\n")
    monkeypatch.setitem(globals(), "APP", tmp_path)
    assert imports(wrong) == {"app.web.api", "app.language.run", "app.main"}
