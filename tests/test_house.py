"""The rules of the house: which package may import which, and what is said only once."""

from __future__ import annotations

import ast
import re
import tomllib
from graphlib import TopologicalSorter
from pathlib import Path

import pytest

import computeatlas

PACKAGE = Path(computeatlas.__file__).parent
REPOSITORY = Path(__file__).resolve().parents[1]
#: Room → the rooms whose modules it may import. A room is a folder; each may import within itself.
ARROWS = {
    "model": set(),
    "turtle": {"model"},
    "sparql": {"model"},
    "sparql.errors": {"model", "sparql"},
    "engine": {"model", "sparql", "sparql.errors"},
    "engine.pool": {"model", "engine"},
    "provenance": {"model", "sparql", "engine"},
    "views.drawing": {"model"},
    "views": {"model", "sparql", "engine", "views.drawing"},
    "views.entity": {"model", "sparql", "engine", "views"},
    "curate": {"model", "turtle", "engine"},
    "curate.check": {"model", "turtle", "engine", "curate"},
    "curate.add": {"model", "turtle", "engine", "curate", "curate.check"},
    "release": {"model", "turtle", "engine", "curate", "curate.check"},
    "release.diff": {"model", "engine"},
    "web": set(),
    "web.http": {"model", "engine", "engine.pool"},
    "web.endpoints": {"model", "sparql", "engine", "engine.pool", "views", "views.entity", "web.http"},
    "web.pages": {
        "model", "sparql", "engine", "engine.pool", "provenance", "views", "views.drawing", "views.entity", "web.http",
        "web.endpoints",
    },
    "web.serve": {"model", "engine.pool", "web.http", "web.endpoints", "web.pages"},
    "cli": {
        "model", "turtle", "engine", "engine.pool", "provenance", "curate", "curate.check", "curate.add", "release",
        "release.diff", "web.http", "web.serve",
    },
}  # fmt: skip
MODULES = sorted(path for path in PACKAGE.rglob("*.py") if path.parent != PACKAGE)


def imports(path: Path) -> set[str]:
    """Return the dotted names that the module imports anywhere, in functions too."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def room_of(path: Path) -> str:
    """Return the dotted name of the folder that a module stands in."""
    return ".".join(path.relative_to(PACKAGE).parts[:-1])


def rooms_imported(path: Path) -> set[str]:
    """Return the rooms of ours that the module imports from, `computeatlas` itself for its version."""
    rooms = set()
    for name in imports(path):
        parts = name.split(".")
        if parts[0] != "computeatlas":
            continue
        # The name may be that of a module or of something in one.
        module = next(
            PACKAGE.joinpath(*parts[1:end]).with_suffix(".py")
            for end in range(len(parts), 1, -1)
            if PACKAGE.joinpath(*parts[1:end]).with_suffix(".py").exists() or end == 2
        )
        rooms.add(room_of(module) if module.exists() else ".".join(parts))
    return rooms


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    room = room_of(path)
    assert rooms_imported(path) <= ARROWS[room] | {room, "computeatlas.__version__"}


def test_arrows_make_no_circle() -> None:
    assert list(TopologicalSorter(ARROWS).static_order())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_web_knows_flask_and_only_engine_and_release_the_store(path: Path) -> None:
    package = path.relative_to(PACKAGE).parts[0]
    names = imports(path)
    if package != "web":
        assert not any(name.split(".")[0] in ("flask", "werkzeug", "uvicorn", "a2wsgi") for name in names)
    if package not in ("engine", "release"):
        assert "ox.Store" not in path.read_text(encoding="utf-8")


def test_every_package_has_its_arrows() -> None:
    assert {room_of(path) for path in MODULES} == set(ARROWS)


def test_version_is_said_the_same_everywhere() -> None:
    version = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]["version"]
    ontology = (REPOSITORY / "ontology/compute-atlas.ttl").read_text(encoding="utf-8")
    assert f'owl:versionInfo "{version}"' in ontology
    assert f"owl:versionIRI <https://w3id.org/compute-atlas/ontology/{version}>" in ontology
    assert re.search(rf"^version: {re.escape(version)}$", (REPOSITORY / "CITATION.cff").read_text(), re.MULTILINE)
    assert f"## {version}" in (REPOSITORY / "CHANGELOG.md").read_text(encoding="utf-8")
    assert computeatlas.__version__ == version


def test_every_dependency_is_explained() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    names = [re.split(r"[<>=!~]", entry)[0] for entry in project["dependencies"]]
    names += [re.split(r"[<>=!~]", entry)[0] for entry in project["optional-dependencies"]["test"]]
    decisions = (REPOSITORY / "docs/decisions.md").read_text(encoding="utf-8")
    assert [name for name in names if f"`{name}`" not in decisions] == []


def test_every_dependency_has_a_lower_and_an_upper_bound() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["project"]
    entries = [*project["dependencies"], *project["optional-dependencies"]["test"]]
    assert [entry for entry in entries if not re.fullmatch(r"[\w-]+>=[\d.]+,<[\d.]+", entry)] == []
