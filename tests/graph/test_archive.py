"""The graph against the archived documents, where these are there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from computeatlas.curate.check.evidence import read_archive
from computeatlas.curate.check.run import check_project
from computeatlas.turtle.lines import parse_project

REPOSITORY = Path(__file__).parents[2]
#: A run of this many words of a document is a quotation.
WORDS = 7


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + WORDS]) for i in range(len(found) - WORDS + 1)}


def test_every_passage_resolves_and_has_its_digest(project, archive: Path) -> None:
    findings = check_project(project, archive=archive, reason=False).findings
    # Which of the things that are called alike are one is the curators' to say; test_twins.py counts them.
    assert [finding for finding in findings if finding.code != "probable-twin"] == []


def test_all_five_documents_are_sources(project, archive: Path) -> None:
    graph, _ = parse_project(project)
    digests = {
        triple.object.value
        for file in graph.files["sources"]
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
        if path.is_file():
            parts = without(path.read_text(encoding="utf-8", errors="replace"), names)
            if found := set().union(*map(runs, parts)) & quotable:
                quoted[path.name] = sorted(" ".join(run) for run in found)
    assert quoted == {}
