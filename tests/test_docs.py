"""Documents that cannot drift: generated parts are current, commands and claims that they name exist."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path

import pytest

from computeatlas.cli.main import cli

REPOSITORY = Path(__file__).parents[1]
PAGES = [*REPOSITORY.glob("*.md"), *REPOSITORY.glob("docs/*.md")]


def test_the_list_of_checks_is_current() -> None:
    spec = importlib.util.spec_from_file_location("generate", REPOSITORY / "docs/generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    text = module.PAGE.read_text(encoding="utf-8")
    assert module.page(text) == text, "run python docs/generate.py"
    assert "`claim-evidence`" in text


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_command_that_is_named_exists(page: Path) -> None:
    for line in re.findall(r"computeatlas ([a-z]+)", page.read_text(encoding="utf-8")):
        assert line in cli.commands, (page.name, line)


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
    assert [name for name in cli.commands if f"computeatlas {name}" not in readme] == []
