"""The graph against the archived documents, where these are there."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from computeatlas.curate.check.evidence import check_evidence, read_archive
from computeatlas.curate.passages import facts_of
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.turtle.lines import ParsedGraph

REPOSITORY = Path(__file__).parents[2]
#: A run of this many words of a document is a quotation.
WORDS = 7


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.lower())


def runs(text: str) -> Iterator[tuple[str, ...]]:
    found = words(text)
    return (tuple(found[i : i + WORDS]) for i in range(len(found) - WORDS + 1))


def test_every_passage_resolves_and_has_its_digest(parsed: ParsedGraph, archive: Path) -> None:
    engine = EmbeddedEngine(parsed.quads())
    assert check_evidence(parsed, engine, facts_of(parsed), read_archive(archive)) == []


def test_all_five_documents_are_sources(parsed: ParsedGraph, archive: Path) -> None:
    digests = {
        triple.object.value
        for file in parsed.files["sources"]
        for triple in file.triples
        if triple.predicate.value.endswith("#sha256")
    }
    assert set(read_archive(archive)) <= digests


def names_and_titles() -> list[str]:
    """Titles of documents and names of entities, which may be given as they are; the longest first."""
    found = set()
    for path in (REPOSITORY / "graph_data").glob("*/*.ttl"):
        if path.parent.name != "claims":
            text = path.read_text(encoding="utf-8")
            for line in re.findall(r"(?:rdfs:label|skos:altLabel|dcterms:title) (.*)", text):
                found |= set(re.findall(r'"(.*?)"@', line))
    # Short names would cut sentences into pieces too small to be found.
    return sorted((name for name in found if len(words(name)) >= 4), key=len, reverse=True)


def without(text: str, names: list[str]) -> list[str]:
    """Return the parts of `text` between the names in it."""
    return re.split("|".join(map(re.escape, names)), text)


@pytest.mark.slow
def test_no_file_of_the_project_quotes_a_document(archive: Path) -> None:
    names = names_and_titles()
    quotable = set().union(*(runs(part) for text in read_archive(archive).values() for part in without(text, names)))
    assert len(quotable) > 1000
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = [REPOSITORY / name for name in listing.stdout.splitlines()]
    assert len(paths) > 50
    quoted = {}
    for path in paths:
        if not path.is_file():
            continue
        text = path.read_text(encoding="utf-8", errors="replace")
        # To look for thousands of names takes long; few files have such a run with the names in it.
        if quotable.isdisjoint(runs(text)):
            continue
        if found := quotable & set().union(*map(runs, without(text, names))):
            quoted[path.name] = sorted(" ".join(run) for run in found)
    assert quoted == {}
