"""The rules of the house: which package may import which, how large things may be, and what is said only once."""

from __future__ import annotations

import ast
import io
import re
import tokenize
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
    "views.tables": {"model", "engine", "views"},
    "curate": {"model", "turtle", "engine"},
    "curate.amounts": {"model"},
    "curate.check": {"model", "turtle", "engine", "curate", "curate.amounts"},
    "curate.add": {"model", "turtle", "engine", "curate", "curate.amounts", "curate.check"},
    "release": {"model", "turtle", "engine", "curate", "curate.check"},
    "release.diff": {"model", "engine"},
    "web": set(),
    "web.http": {"model", "engine"},
    "web.endpoints": {"model", "sparql", "engine", "provenance", "views", "views.entity", "web.http"},
    "web.pages": {
        "model", "sparql", "engine", "provenance", "views", "views.drawing", "views.entity", "views.tables",
        "web.http", "web.endpoints",
    },
    "web.serve": {"model", "engine", "engine.pool", "web.http", "web.endpoints", "web.pages"},
    "flask": {"model", "engine", "engine.pool", "web.http", "web.endpoints"},
    "cli": {
        "model", "turtle", "sparql", "engine", "engine.pool", "provenance", "curate", "curate.check", "curate.add",
        "release", "release.diff", "views", "web.http", "web.serve",
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


def test_only_what_makes_the_engine_knows_which_one_it_is() -> None:
    """All else in web/ goes by the protocol of engines, which any endpoint can stand behind."""
    knowing = [path for path in MODULES if room_of(path).startswith("web") and "engine.pool" in rooms_imported(path)]
    assert [str(path.relative_to(PACKAGE)) for path in knowing] == ["web/serve/server.py"]


def test_arrows_make_no_circle() -> None:
    assert list(TopologicalSorter(ARROWS).static_order())


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_only_web_knows_flask_and_only_engine_and_release_the_store(path: Path) -> None:
    package = path.relative_to(PACKAGE).parts[0]
    names = imports(path)
    if package not in ("web", "flask"):
        assert not any(name.split(".")[0] in ("flask", "werkzeug", "uvicorn") for name in names)
    if package not in ("engine", "release", "flask"):
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


#: Sizes beyond which a module, a class and a list of parameters can no longer be taken in at once.
MODULE_LINES, CLASS_LINES, PARAMETERS = 350, 250, 7
#: A comment that gives the reason for an exception: `# Long: …` before a class or anywhere at the top level of a
#: module, `# Many parameters: …` before a function.
LONG, MANY = re.compile(r"\s*# Long: \S"), re.compile(r"\s*# Many parameters: \S")
#: What is too large and has no such comment. The list is exact: what has been mended is to be taken out.
TOO_LARGE: set[str] = set()
#: Names that parts of the program once had, for which the field has words (CONTRIBUTING.md).
RETIRED = re.compile(
    r"\b(nurser(y|ies)|keepers?|work(man|men)|courtesy|stillborn|last words|tongues?|bur(y|ied|ies)|tickets?|"
    r"complaints?)\b",
    re.IGNORECASE,
)


def _has_reason(lines: list[str], node: ast.AST, reason: re.Pattern[str]) -> bool:
    """Say whether a comment with the reason stands directly before the definition, its decorators included."""
    first = min([node.lineno, *(decorator.lineno for decorator in node.decorator_list)])
    before = first - 2
    while before >= 0 and lines[before].lstrip().startswith("#"):
        if reason.match(lines[before]):
            return True
        before -= 1
    return False


def too_large(text: str) -> set[str]:
    """Return the names of the classes and functions of a module that are too large, `""` for the module itself."""
    lines = text.splitlines()
    found = set()
    if len(lines) > MODULE_LINES and not any(line.startswith("#") and LONG.match(line) for line in lines):
        found.add("")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.ClassDef):
            # Decorators are not counted: `lineno` is that of the word `class`.
            if node.end_lineno - node.lineno + 1 > CLASS_LINES and not _has_reason(lines, node, LONG):
                found.add(node.name)
        elif isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)):
            arguments = node.args
            count = len([*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs])
            count += (arguments.vararg is not None) + (arguments.kwarg is not None)
            if count > PARAMETERS and not _has_reason(lines, node, MANY):
                found.add(node.name)
    return found


def prose(text: str) -> list[str]:
    """Return the comments and docstrings of a module."""
    comments = [
        token.string for token in tokenize.generate_tokens(io.StringIO(text).readline) if token.type == tokenize.COMMENT
    ]
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    nodes = [node for node in ast.walk(ast.parse(text)) if isinstance(node, documented)]
    return comments + [ast.get_docstring(node) or "" for node in nodes]


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_what_is_too_large_gives_its_reason(path: Path) -> None:
    name = path.relative_to(PACKAGE).as_posix()
    found = {f"{name} {part}".strip() for part in too_large(path.read_text(encoding="utf-8"))}
    assert found == {entry for entry in TOO_LARGE if entry.split(" ")[0] == name}, "TOO_LARGE is to say just this"


def test_what_is_listed_as_too_large_is_there() -> None:
    assert {entry.split(" ")[0] for entry in TOO_LARGE} <= {path.relative_to(PACKAGE).as_posix() for path in MODULES}


@pytest.mark.parametrize(
    "text, expected",
    [
        ("x = 1\n" * 350, set()),
        ("x = 1\n" * 351, {""}),
        ("# Long: a table.\n" + "x = 1\n" * 351, set()),
        ("# Long:\n" + "x = 1\n" * 351, {""}),
        ("def f():\n    # Long: only said of a function.\n    pass\n" + "x = 1\n" * 351, {""}),
        ("class A:\n" + "    x = 1\n" * 249, set()),
        ("class A:\n" + "    x = 1\n" * 250, {"A"}),
        ("# Long: it is.\n@final\nclass A:\n" + "    x = 1\n" * 250, set()),
        ("def f(a, b, c, /, d, *, e, f, g): ...", set()),
        ("async def f(a, b, c, /, d, *, e, f, g, h): ...", {"f"}),
        ("def f(a, b, c, d, e, f, *g, **h): ...", {"f"}),
        ("class A:\n    def f(self, a, b, c, d, e, f, g): ...", {"f"}),
        (
            "class A:\n    # Many parameters: the interface of X.\n    @x\n    def f(self, a, b, c, d, e, f, g): ...",
            set(),
        ),
        ("# Many parameters: of another.\n\ndef f(a, b, c, d, e, f, g, h): ...", {"f"}),
    ],
)
def test_what_is_too_large_is_found(text: str, expected: set[str]) -> None:
    assert too_large(text) == expected


@pytest.mark.parametrize("path", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_comments_use_the_words_of_the_field(path: Path) -> None:
    found = [part for part in prose(path.read_text(encoding="utf-8")) if RETIRED.search(part)]
    assert found == []


def test_retired_names_are_found_in_comments_and_docstrings_only() -> None:
    text = '"""A ticket."""\nnursery = "keeper"  # A Nursery.\n\ndef f():\n    """Tickets, and stickets."""\n'
    assert [part for part in prose(text) if RETIRED.search(part)] == [
        "# A Nursery.",
        "A ticket.",
        "Tickets, and stickets.",
    ]
