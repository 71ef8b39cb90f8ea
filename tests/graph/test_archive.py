"""The graph against the archived documents, where these are there."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from computeatlas.curate.check import check_project
from computeatlas.curate.evidence import read_archive
from computeatlas.curate.parse import parse_project

REPOSITORY = Path(__file__).parents[2]
#: A run of this many words of a document is a quotation.
WORDS = 7


def words(text: str) -> list[str]:
    return re.findall(r"[^\W_]+(?:['’-][^\W_]+)*", text.lower())


def runs(text: str) -> set[tuple[str, ...]]:
    found = words(text)
    return {tuple(found[i : i + WORDS]) for i in range(len(found) - WORDS + 1)}


def test_every_passage_resolves_and_has_its_digest(project, archive: Path) -> None:
    assert check_project(project, archive=archive, reason=False).findings == []


def test_all_five_documents_are_sources(project, archive: Path) -> None:
    graph, _ = parse_project(project)
    digests = {
        triple.object.value
        for file in graph.files["sources"]
        for triple in file.triples
        if triple.predicate.value.endswith("#sha256")
    }
    assert set(read_archive(archive)) <= digests


def test_no_file_of_the_project_quotes_a_document(archive: Path) -> None:
    """Titles may be given; they are taken out of the documents before comparing."""
    titles = set(
        re.findall(
            r'dcterms:title "(.*?)"@',
            "".join(path.read_text(encoding="utf-8") for path in (REPOSITORY / "graph_data/sources").glob("*.ttl")),
        )
    )
    quotable: set[tuple[str, ...]] = set()
    for text in read_archive(archive).values():
        for title in titles:
            text = text.replace(title, "\0.\0")
        for part in text.split("\0"):
            quotable |= runs(part)
    assert len(quotable) > 1000
    names = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    assert len(names) > 50
    quoted = {}
    for name in names:
        path = REPOSITORY / name
        if path.is_file():
            text = path.read_text(encoding="utf-8", errors="replace")
            for title in titles:
                text = text.replace(title, " . ")
            if found := runs(text) & quotable:
                quoted[name] = [" ".join(run) for run in sorted(found)]
    assert quoted == {}
