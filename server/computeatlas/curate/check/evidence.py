"""Passages against the archived texts: does each resolve, is it still the text that was read, has it the figures?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from computeatlas.curate.check.figures import find_missing_figures
from computeatlas.curate.passages import read_integer, read_passages
from computeatlas.engine.embedded import Query
from computeatlas.model.errors import UsageError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, DCTERMS, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from computeatlas.curate.passages import Passage
    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.turtle.lines import ParsedGraph

_SOURCES = """
PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
SELECT ?source ?digest ?extent WHERE {
  ?source a atlas:Source ; atlas:sha256 ?digest ; dcterms:extent ?extent .
} ORDER BY STR(?source)
"""
_EXTENT = DCTERMS + "extent"
_SHA256 = ATLAS + "sha256"


def read_archive(directory: Path) -> dict[str, str]:
    """Return the texts of the archive by the SHA-256 of their bytes; files are found by digest, not by name.

    Raises UsageError where the directory is missing. Files that are not UTF-8 cannot be evidence and are passed over.
    """
    if not directory.is_dir():
        raise UsageError("no such directory", where=str(directory), hint="name the archive with --archive DIR")
    texts = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            try:
                texts[hashlib.sha256(data).hexdigest()] = data.decode("utf-8")
            except UnicodeDecodeError:
                continue
    return texts


def check_evidence(graph: ParsedGraph, engine: EmbeddedEngine, archive: dict[str, str]) -> list[Finding]:
    """Return what is wrong with the evidence: sources, then passages, then figures that no passage has.

    `engine` holds the triples of `graph`; `archive` has texts by their SHA-256, as `read_archive` returns them.
    """
    passages = read_passages(engine, archive)
    return [
        *find_broken_sources(graph, engine, archive),
        *find_broken_passages(graph, passages.values()),
        *find_missing_figures(graph, engine, passages),
    ]


def find_broken_sources(graph: ParsedGraph, engine: EmbeddedEngine, archive: dict[str, str]) -> list[Finding]:
    """Return a finding for each source that is not in the archive, or has another length there."""
    findings = []
    for row in engine.table(Query(_SOURCES)).rows:
        source, digest, extent = (term.value for term in row if term is not None)
        if digest not in archive:
            findings.append(_unarchived(graph, source, digest))
        elif (number := read_integer(extent)) is not None and number != len(archive[digest]):
            # An extent that is no integer is a finding of the shapes.
            findings.append(_wrong_extent(graph, source, extent, len(archive[digest])))
    return findings


def find_broken_passages(graph: ParsedGraph, passages: Iterable[Passage]) -> list[Finding]:
    """Return a finding for each passage whose text in the archive does not have its digest.

    Passages of sources that are not in the archive are passed over: the source is the fault to fix first.
    """
    findings = []
    for passage in passages:
        if passage.text is None or passage.is_sound:
            continue
        path, line = graph.place(passage.iri, _SHA256, passage.digest)
        stretch = f"characters {passage.start} to {passage.end} of {shorten(passage.source)}"
        what = f"{stretch} do not have the digest of {shorten(passage.iri)}"
        why = "the passage is not the text that was read when the claim was made"
        actual = hashlib.sha256(passage.text.encode()).hexdigest()
        hint = f'fix the offsets, or write atlas:sha256 "{actual}" if they are right'
        findings.append(Finding(path, line, "passage-digest", what, why, hint))
    return findings


def _unarchived(graph: ParsedGraph, source: str, digest: str) -> Finding:
    path, line = graph.place(source, _SHA256, digest)
    what = f"no file of the archive has the digest of {shorten(source)}"
    hint = "add the file to the archive, or fix the digest"
    return Finding(path, line, "source-not-archived", what, "its passages cannot be checked", hint)


def _wrong_extent(graph: ParsedGraph, source: str, extent: str, actual: int) -> Finding:
    path, line = graph.place(source, _EXTENT, extent)
    what = f"{shorten(source)} has {actual} characters in the archive, not {extent}"
    why = "passages beyond its end would go unnoticed"
    return Finding(path, line, "wrong-extent", what, why, f"write dcterms:extent {actual}")
