"""Passages against the archived texts: each is there, has the digest of its text, and the figures of its claims."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.check.figures import find_missing_figures
from computeatlas.curate.passages import read_passages, text_digest
from computeatlas.model.errors import UsageError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, DCTERMS, shorten
from computeatlas.model.records import Grade
from computeatlas.model.terms import sort_key, text_of, whole_of

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from computeatlas.curate.passages import ArchivedPassage
    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.model.record_facts import Facts
    from computeatlas.turtle.lines import ParsedGraph

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


def check_evidence(graph: ParsedGraph, engine: EmbeddedEngine, facts: Facts, archive: dict[str, str]) -> list[Finding]:
    """Return what is wrong with archived evidence: sources, then passages, then figures that no passage has.

    `engine` and `facts` hold the triples of `graph`; `archive` has texts by their SHA-256, as `read_archive` returns
    them. Of located evidence there is no text, so nothing of it is found right or wrong here; see `count_unread`.
    """
    passages = read_passages(graph, facts, archive)
    return [
        *find_broken_sources(graph, facts, archive),
        *find_broken_passages(graph, passages.values()),
        *find_missing_figures(graph, engine, facts, passages),
    ]


def count_unread(graph: ParsedGraph, facts: Facts) -> int:
    """Return how many claims of `graph` rest, wholly or in part, on passages of which no text is archived."""
    claims = (facts.claim(name) for name in graph.members(ATLAS + "Claim"))
    return sum(any(passage.grade is Grade.LOCATED for passage in claim.passages) for claim in claims)


def find_broken_sources(graph: ParsedGraph, facts: Facts, archive: dict[str, str]) -> list[Finding]:
    """Return a finding for each source that is not in the archive, or has another length there.

    A source without digest or length is a finding of the shapes.
    """
    findings = []
    for name in sorted(graph.members(ATLAS + "Source")):
        said = facts.of(ox.NamedNode(name))
        extents = said.get(_EXTENT, ())
        for digest in sorted(text_of(term) for term in said.get(_SHA256, ()) if extents):
            if digest not in archive:
                findings.append(_unarchived(graph, name, digest))
                continue
            actual = len(archive[digest])
            findings += [
                _wrong_extent(graph, name, text_of(extent), actual)
                for extent in sorted(extents, key=sort_key)
                if whole_of(extent) != actual
            ]
    return findings


def find_broken_passages(graph: ParsedGraph, passages: Iterable[ArchivedPassage]) -> list[Finding]:
    """Return a finding for each passage whose text in the archive does not have its digest.

    Passages of sources that are not in the archive are passed over: the source is the fault to fix first.
    """
    findings = []
    for passage in passages:
        if passage.document is None or passage.is_sound:
            continue
        record = passage.record
        path, line = graph.place(record.iri, _SHA256, record.digest)
        why = "the passage is not the text that was read when the claim was made"
        if passage.text is None:
            what = f"{shorten(record.iri)} does not say where in {shorten(passage.source)} it is"
            hint = "give oa:start and oa:end as offsets in characters"
        else:
            stretch = f"characters {record.start} to {record.end} of {shorten(passage.source)}"
            what = f"{stretch} do not have the digest of {shorten(record.iri)}"
            hint = f'fix the offsets, or write atlas:sha256 "{text_digest(passage.text)}" if they are right'
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
