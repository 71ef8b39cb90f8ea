"""Passages against the archived texts: does each resolve, and is it still the text that was read?"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import UsageError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, shorten

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.curate.parse import ParsedGraph

_PASSAGES = """
PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
PREFIX dcterms: <http://purl.org/dc/terms/>
PREFIX oa: <http://www.w3.org/ns/oa#>
SELECT ?source ?digest ?extent ?passage ?start ?end ?passageDigest WHERE {
  ?source a atlas:Source ; atlas:sha256 ?digest ; dcterms:extent ?extent .
  OPTIONAL { ?passage atlas:inSource ?source ; oa:start ?start ; oa:end ?end ; atlas:sha256 ?passageDigest }
} ORDER BY STR(?source) STR(?passage)
"""


def read_archive(directory: Path) -> dict[str, str]:
    """Return the texts of the archive by the SHA-256 of their bytes; files are found by digest, not by name.

    Raises UsageError where the directory is missing. Files that are not UTF-8 cannot be evidence and are passed over.
    """
    if not directory.is_dir():
        raise UsageError("no such directory", where=str(directory), mend="name the archive with --archive DIR")
    texts = {}
    for path in sorted(directory.rglob("*")):
        if path.is_file():
            data = path.read_bytes()
            try:
                texts[hashlib.sha256(data).hexdigest()] = data.decode("utf-8")
            except UnicodeDecodeError:
                continue
    return texts


def find_broken_evidence(graph: ParsedGraph, archive: dict[str, str]) -> list[Finding]:
    """Return a finding for each source that is not in the archive and each passage that does not match its text."""
    findings: list[Finding] = []
    missing: set[str] = set()
    for row in EmbeddedEngine(graph.quads()).table(Query(_PASSAGES)).rows:
        source, digest, extent, passage, start, end, passage_digest = (t.value if t is not None else None for t in row)
        text = archive.get(digest)
        if text is None:
            if source not in missing:
                missing.add(source)
                findings.append(
                    _at(
                        graph,
                        (source, ATLAS + "sha256", digest),
                        "source-not-archived",
                        f"no file of the archive has the digest of {shorten(source)}",
                        "its passages cannot be checked",
                        "add the file to the archive, or mend the digest",
                    )
                )
            continue
        if len(text) != int(extent) and source not in missing:
            missing.add(source)
            findings.append(
                _at(
                    graph,
                    (source, "http://purl.org/dc/terms/extent", extent),
                    "wrong-extent",
                    f"{shorten(source)} has {len(text)} characters in the archive, not {extent}",
                    "passages beyond its end would go unnoticed",
                    f"write dcterms:extent {len(text)}",
                )
            )
        if passage is None:
            continue
        actual = hashlib.sha256(text[int(start) : int(end)].encode()).hexdigest()
        if actual != passage_digest:
            findings.append(
                _at(
                    graph,
                    (passage, ATLAS + "sha256", passage_digest),
                    "passage-digest",
                    f"characters {start} to {end} of {shorten(source)} do not have the digest of {shorten(passage)}",
                    "the passage is not the text that was read when the claim was made",
                    f'mend the offsets, or write atlas:sha256 "{actual}" if they are right',
                )
            )
    return findings


def _at(graph: ParsedGraph, statement: tuple[str, str, str], code: str, what: str, why: str, mend: str) -> Finding:
    path, line = graph.place(*statement)
    return Finding(path, line, code, what, why, mend)
