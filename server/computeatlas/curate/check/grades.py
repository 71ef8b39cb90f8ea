"""The grade of each piece of evidence: archived or located, whole and not half of either.

An archived passage has offsets and a digest, in a source whose text is archived: `check --archive` reads both. A
located passage has a few words that find it again and the day on which it was seen, in a source that is known by its
address alone. What the parts themselves look like is checked by `ontology/shapes/source.ttl`.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.languages import language_fault
from computeatlas.curate.locators import FEWEST_WORDS, MOST_CHARACTERS, MOST_WORDS, locator_fault
from computeatlas.model.dates import Precision, read_edtf
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, DCTERMS, PREFIXES, shorten
from computeatlas.model.terms import sort_key, text_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.model.record_facts import Facts, Said
    from computeatlas.turtle.lines import ParsedGraph

_IN_SOURCE = ATLAS + "inSource"
_START, _END = PREFIXES["oa"] + "start", PREFIXES["oa"] + "end"
_SHA256, _EXTENT = ATLAS + "sha256", DCTERMS + "extent"
_LOCATOR, _SEEN = ATLAS + "locator", ATLAS + "seenOn"
_ISSUED, _LANGUAGE, _PAGE = DCTERMS + "issued", DCTERMS + "language", PREFIXES["foaf"] + "page"
_WHY_LANGUAGE = "its title could not be marked for readers, nor the numbers in its passages be read"
#: The form of a day or a month; a text of another form is a finding of the shapes.
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}(?:-[0-9]{2})?")
#: What a passage of each grade has, with the code of the finding where it is missing.
_ARCHIVED_PASSAGE = {_START: "passage-start", _END: "passage-end", _SHA256: "passage-digest"}
_LOCATED_PASSAGE = {_LOCATOR: "passage-locator", _SEEN: "passage-seen"}
_ARCHIVED_SOURCE = {_EXTENT: "source-extent", _SHA256: "source-digest"}
_LOCATED_SOURCE = {_ISSUED: "source-issued", _PAGE: "source-page"}
_HINTS = {
    _START: "write the offset of its first character; the first of the text is 0",
    _END: "write the offset behind its last character",
    _SHA256: "write the digest; `computeatlas add` reckons it",
    _LOCATOR: f"write {FEWEST_WORDS} to {MOST_WORDS} words of the document that find the place",
    _SEEN: 'write the day on which the document was read, as "2026-11-20"',
    _EXTENT: "write the number of Unicode characters of the archived text",
    _ISSUED: "write the date of the document as exactly as it is known",
    _PAGE: "write the address of the document as <https://…>",
}


def find_grade_faults(graph: ParsedGraph, facts: Facts) -> list[Finding]:
    """Return what is wrong with the grades of sources and passages, in the order of their IRIs.

    `facts` are those of `graph`.
    """
    findings: list[Finding] = []
    for name in sorted(graph.members(ATLAS + "Source")):
        findings += _source_faults(graph, name, facts.of(ox.NamedNode(name)))
    for name in sorted(graph.members(ATLAS + "Passage")):
        findings += _passage_faults(graph, name, facts)
    return findings


def _source_faults(graph: ParsedGraph, name: str, said: Said) -> Iterator[Finding]:
    if said.keys() & _ARCHIVED_SOURCE.keys():
        yield from _missing(graph, name, said, _ARCHIVED_SOURCE, "its archived text could not be told from another")
    else:
        why = "a document whose text is not archived is found again by address and date only"
        yield from _missing(graph, name, said, _LOCATED_SOURCE, why)
    for tag in _texts(said, _LANGUAGE):
        if fault := language_fault(tag):
            path, line = graph.place(name, _LANGUAGE, tag)
            what, hint = f"{shorten(name)} is in the language {fault[0]}", fault[1]
            yield Finding(path, line, "source-language", what, _WHY_LANGUAGE, hint)


def _passage_faults(graph: ParsedGraph, name: str, facts: Facts) -> Iterator[Finding]:
    said = facts.of(ox.NamedNode(name))
    archived, located = said.keys() & _ARCHIVED_PASSAGE.keys(), said.keys() & _LOCATED_PASSAGE.keys()
    if archived and located:
        what = f"{shorten(name)} has both {_listed(archived)} and {_listed(located)}"
        yield _of_grade(graph, name, min(located), what, "leave out the one or the other")
        return
    if not archived and not located:
        hint = "give oa:start, oa:end and atlas:sha256 of the archived text, or atlas:locator and atlas:seenOn"
        yield _of_grade(graph, name, None, f"{shorten(name)} does not say where in its source it is", hint)
        return
    why = "its place cannot be found" if archived else "nobody could find the place again, or tell when it was there"
    yield from _missing(graph, name, said, _ARCHIVED_PASSAGE if archived else _LOCATED_PASSAGE, why)
    for source in sorted(said.get(_IN_SOURCE, ()), key=sort_key):
        yield from _mixed(graph, name, source, facts, is_archived=bool(archived))
    for locator in _texts(said, _LOCATOR):
        if fault := locator_fault(locator):
            path, line = graph.place(name, _LOCATOR, locator)
            why = "a locator is a pointer to the place and no sentence of the document"
            hint = f"give {FEWEST_WORDS} to {MOST_WORDS} words, at most {MOST_CHARACTERS} characters, of the document"
            yield Finding(path, line, "locator-length", f"the locator of {shorten(name)} {fault}", why, hint)
    for seen in _texts(said, _SEEN):
        if _DAY.fullmatch(seen) and not _is_in_calendar(seen):
            path, line = graph.place(name, _SEEN, seen)
            what = f"“{seen}” is no day of the calendar"
            yield Finding(path, line, "passage-seen", what, "nobody could tell what was read", _HINTS[_SEEN])


def _mixed(graph: ParsedGraph, name: str, source: object, facts: Facts, *, is_archived: bool) -> Iterator[Finding]:
    """Yield a finding where a passage is of another grade than its source, if that is described."""
    described = facts.of(source) if isinstance(source, ox.NamedNode) else {}
    if not described or is_archived == bool(described.keys() & _ARCHIVED_SOURCE.keys()):
        return
    short = shorten(text_of(source))
    if is_archived:
        what = f"{shorten(name)} has offsets, and the text of {short} is not archived"
        hint = f"archive it and give dcterms:extent and atlas:sha256 of {short}, or give the passage an atlas:locator"
    else:
        what = f"{shorten(name)} has a locator, and the text of {short} is archived"
        hint = "give oa:start, oa:end and atlas:sha256, which can be verified"
    yield _of_grade(graph, name, _IN_SOURCE, what, hint)


def _of_grade(graph: ParsedGraph, name: str, predicate: str | None, what: str, hint: str) -> Finding:
    path, line = graph.place(name, predicate)
    why = "evidence is either archived, and verified, or located; readers are told which"
    return Finding(path, line, "passage-grade", what, why, hint)


def _missing(graph: ParsedGraph, name: str, said: Said, parts: dict[str, str], why: str) -> Iterator[Finding]:
    for predicate, code in parts.items():
        if predicate not in said:
            path, line = graph.place(name)
            yield Finding(path, line, code, f"{shorten(name)} has no {shorten(predicate)}", why, _HINTS[predicate])


def _listed(predicates: set[str]) -> str:
    return ", ".join(sorted(map(shorten, predicates)))


def _texts(said: Said, predicate: str) -> list[str]:
    """Return the texts that `predicate` gives; a value of another kind is a finding of the shapes."""
    return sorted(term.value for term in said.get(predicate, ()) if isinstance(term, ox.Literal) and not term.language)


def _is_in_calendar(text: str) -> bool:
    when = read_edtf(text)
    return when is not None and when.precision in (Precision.DAY, Precision.MONTH)
