"""Passages against the archived texts: does each resolve, is it still the text that was read, has it the figures?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from computeatlas.curate.check.figures import find_missing_figures
from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import UsageError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, DCTERMS, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.turtle.lines import ParsedGraph

_PREFIXES = """
PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
"""
_SOURCES = f"""{_PREFIXES}
SELECT ?source ?digest ?extent WHERE {{
  ?source a atlas:Source ; atlas:sha256 ?digest ; dcterms:extent ?extent .
}} ORDER BY STR(?source)
"""
_PASSAGES = f"""{_PREFIXES}
SELECT ?source ?passage ?start ?end ?digest WHERE {{
  ?passage atlas:inSource ?source ; oa:start ?start ; oa:end ?end ; atlas:sha256 ?digest .
}} ORDER BY STR(?passage)
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


def check_evidence(graph: ParsedGraph, archive: dict[str, str]) -> list[Finding]:
    """Return what is wrong with the evidence: sources and passages first, then figures that no passage has.

    `archive` has texts by their SHA-256, as `read_archive` returns them.
    """
    return [*find_broken_evidence(graph, archive), *find_missing_figures(graph, archive)]


def find_broken_evidence(graph: ParsedGraph, archive: dict[str, str]) -> list[Finding]:
    """Return a finding for each source that is not in the archive and each passage that does not match its text."""
    engine = EmbeddedEngine(graph.quads())
    texts: dict[str, str] = {}
    findings: list[Finding] = []
    for source, digest, extent in _values(engine, _SOURCES):
        if digest not in archive:
            findings.append(_unarchived(graph, source, digest))
            continue
        texts[source] = archive[digest]
        if len(texts[source]) != int(extent):
            findings.append(_wrong_extent(graph, source, extent, len(texts[source])))
    for source, passage, start, end, digest in _values(engine, _PASSAGES):
        if source not in texts:
            continue
        actual = hashlib.sha256(texts[source][int(start) : int(end)].encode()).hexdigest()
        if actual != digest:
            path, line = graph.place(passage, _SHA256, digest)
            what = f"characters {start} to {end} of {shorten(source)} do not have the digest of {shorten(passage)}"
            why = "the passage is not the text that was read when the claim was made"
            hint = f'fix the offsets, or write atlas:sha256 "{actual}" if they are right'
            findings.append(Finding(path, line, "passage-digest", what, why, hint))
    return findings


def _values(engine: EmbeddedEngine, query: str) -> list[list[str]]:
    return [[term.value for term in row if term is not None] for row in engine.table(Query(query)).rows]


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
