"""The rules of the house: which package may import which, and what is said only once."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

import computeatlas

PACKAGE = Path(computeatlas.__file__).parent
REPOSITORY = Path(__file__).resolve().parents[1]
#: Package → the packages of ours that it may import.
ARROWS = {
    "model": set(),
    "sparql": {"model"},
    "engine": {"model", "sparql"},
    "trace": {"model", "sparql", "engine"},
    "views": {"model", "sparql", "engine"},
    "curate": {"model", "engine"},
    "release": {"model", "engine", "curate"},
    "web": {"model", "sparql", "engine", "trace", "views", "release"},
    "cli": {"model", "engine", "trace", "curate", "release", "web"},
}
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


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_imports_run_one_way(path: Path) -> None:
    package = path.relative_to(PACKAGE).parts[0]
    ours = {name.split(".")[1] for name in imports(path) if name.startswith("computeatlas.")}
    allowed = ARROWS[package] | {package, "__version__"}
    assert ours <= allowed


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_web_knows_flask_and_only_engine_and_release_the_store(path: Path) -> None:
    package = path.relative_to(PACKAGE).parts[0]
    names = imports(path)
    if package != "web":
        assert not any(name.split(".")[0] in ("flask", "werkzeug", "uvicorn", "a2wsgi") for name in names)
    if package not in ("engine", "release"):
        assert "ox.Store" not in path.read_text(encoding="utf-8")


def test_every_package_has_its_arrows() -> None:
    assert {path.parent.name for path in MODULES} == set(ARROWS)


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
