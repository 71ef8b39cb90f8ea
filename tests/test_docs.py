"""Documents that cannot drift: generated parts are current, commands and claims that they name exist."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from computeatlas.cli.main import COMMANDS
from computeatlas.engine.embedded import Query

from .test_house import ARROWS

if TYPE_CHECKING:
    from types import ModuleType

    from computeatlas.engine.embedded import EmbeddedEngine

REPOSITORY = Path(__file__).parents[1]
PAGES = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")]
#: Files that name other files in text or comments.
NAMING = sorted(
    path
    for pattern in (
        "*.md",
        "docs/*",
        "server/computeatlas/**/*",
        "server/frontend/*",
        "server/frontend/src/*",
        "queries/**/*",
    )
    for path in REPOSITORY.glob(pattern)
    if path.suffix in (".md", ".py", ".html", ".css", ".js", ".mjs", ".rq") and "bundle" not in path.parts
)
#: What the name of a file may be relative to.
#: What the name of a file may be relative to.
ROOTS = [
    REPOSITORY / root for root in ("", "server", "server/computeatlas", "server/computeatlas/web", "server/frontend")
]
_FILE_NAME = re.compile(r"(?<![\w/.:<*-])((?:[a-z_]+/)+[a-z_]+\.(?:py|md|rq|ttl|html|css|js|mjs|txt|csv|tsv))\b")


@pytest.fixture(scope="module")
def generate() -> ModuleType:
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs/generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_list_of_checks_is_current(generate: ModuleType) -> None:
    text = generate.CHECKS.read_text(encoding="utf-8")
    assert generate.page(text, generate.checks()) == text, "run python docs/generate.py"
    assert "`claim-evidence`" in text


def test_the_coverage_in_the_codebook_is_current(generate: ModuleType, engine: EmbeddedEngine) -> None:
    text = generate.CODEBOOK.read_text(encoding="utf-8")
    assert generate.page(text, generate.coverage(engine)) == text, "run python docs/generate.py"
    assert "`atlas:electricalPower`" in text


def test_the_coverage_in_the_codebook_is_what_a_recount_gives(generate: ModuleType, engine: EmbeddedEngine) -> None:
    """Of facilities by kind, counted thing by thing; of one property, from all the things that may have it."""
    atlas = "https://w3id.org/compute-atlas/ontology#"

    def things(pattern: str) -> set[str]:
        text = (
            f"PREFIX atlas: <{atlas}> PREFIX graph: <https://w3id.org/compute-atlas/graph/> SELECT ?x {{ {pattern} }}"
        )
        return {row["x"].value for row in engine.table(Query(text)).records()}

    rows = [line.strip("| ").split(" | ") for line in generate.CODEBOOK.read_text("utf-8").splitlines()]
    head = next(row for row in rows if row[0] == "kind")
    for kind, name in (("Supercomputer", "supercomputer"), ("AIFactory", "AI factory")):
        row = dict(zip(head, next(row for row in rows if row[0] == name), strict=True))
        all_of_it = things(f"GRAPH graph:entities {{ ?x a atlas:{kind} }}")
        assert row["things"] == str(len(all_of_it))
        for field, known in (("place", "locatedIn"), ("electrical power", "electricalPower"), ("stage", "status")):
            share = len(all_of_it & things(f"?x atlas:{known} ?any")) / len(all_of_it)
            assert abs(share * 100 - int(row[field].replace("< 1", "0"))) <= 1, (kind, field)
    amount = next(row for row in rows if "`atlas:contractValue`" in row)
    contracts = things("?x a atlas:Contract")
    assert amount[3] == str(len(contracts & things("?x atlas:contractValue ?any")))


def test_the_holes_that_the_codebook_names_are_there(engine: EmbeddedEngine) -> None:
    """Who fills one takes it out of the codebook."""
    ask = """PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
    PREFIX infra: <https://w3id.org/compute-atlas/id/infrastructure/> ASK { %s }"""
    mimer = """VALUES ?x { infra:mimer infra:mimer-supercomputer } ?x atlas:usesHardware|atlas:usesAccelerator|
      atlas:acceleratorCount|atlas:performance|atlas:electricalPower|atlas:hasInstallation ?any"""
    factories = "VALUES ?kind { atlas:AIFactory atlas:AIFactoryAntenna } ?x a ?kind ; atlas:electricalPower ?any"
    for hole in (mimer, factories):
        assert engine.table(Query(ask % hole)).rows[0][0].value == "false", hole


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    for line in re.findall(r"computeatlas ([a-z]+)", page.read_text(encoding="utf-8")):
        assert line in COMMANDS, (page.name, line)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_claim_that_is_named_exists(page: Path) -> None:
    claims = "".join(path.read_text(encoding="utf-8") for path in REPOSITORY.glob("graph_data/claims/*.ttl"))
    for name in re.findall(r"`claim:([a-z0-9-]+)`", page.read_text(encoding="utf-8")):
        assert f"\nclaim:{name} a atlas:Claim" in claims, (page.name, name)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    for target in re.findall(r"\]\((?!https?://)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), (page.name, target)


def test_every_command_is_in_the_readme() -> None:
    readme = (REPOSITORY / "README.md").read_text(encoding="utf-8")
    assert [name for name in COMMANDS if f"computeatlas {name}" not in readme] == []


def test_every_file_that_is_named_exists() -> None:
    found = [
        (str(path.relative_to(REPOSITORY)), name)
        for path in NAMING
        for name in _FILE_NAME.findall(path.read_text(encoding="utf-8"))
        if not any((root / name).exists() for root in (*ROOTS, path.parent))
    ]
    assert found == []
    assert len(NAMING) > 200


def test_the_drawing_of_the_rooms_has_each_room_below_those_that_import_it() -> None:
    text = (REPOSITORY / "CONTRIBUTING.md").read_text(encoding="utf-8")
    drawing = re.search(r"```\n(cli .*?)```", text, re.DOTALL)[1]
    drawn = [line.split()[0] for line in drawing.splitlines()]
    assert "flask" in drawing.splitlines()[1]
    assert set(drawn) | {"flask", "web"} == set(ARROWS)
    for room, imported in ARROWS.items():
        if room in drawn:
            assert all(drawn.index(room) < drawn.index(other) for other in imported), room
