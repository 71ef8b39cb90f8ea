"""The documents behind an answer as entries of a bibliography: BibTeX, CSL-JSON, and plain text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from computeatlas.model import bibtex
from computeatlas.model.namespaces import shorten
from computeatlas.model.terms import iri_of, text_of
from computeatlas.model.text import slug

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.model.records import Claim, Passage, Source
    from computeatlas.provenance.sources import Sources

_LONGEST_KEY = 80


def to_bibtex(sources: Sources) -> str:
    """Return the documents of `sources` as BibTeX entries, in their order; keys are made from the IRIs and are unique.

    `@misc` with `year` and `month`, which every style knows, and `url` and `date` for those that know them
    (https://ctan.org/pkg/biblatex). Without documents it is an empty string.
    """
    keys: set[str] = set()
    entries = []
    for document in sources.documents:
        key = _key(document.iri, keys)
        keys.add(key)
        date = _date_parts(document)
        fields = {
            "title": bibtex.verbatim(_title(sources, document)),
            "author": " and ".join(map(bibtex.verbatim, _publishers(sources, document))),
            "year": str(date[0]) if date else "",
            "month": str(date[1]) if len(date) > 1 else "",
            "date": "-".join(f"{part:02}" for part in date),
            "url": bibtex.address(_page(document)),
            "langid": bibtex.escape(_language(document)),
            "note": bibtex.escape(document.iri),
        }
        entries.append(bibtex.entry(key, fields))
    return "".join(f"{entry}\n\n" for entry in entries)


def to_csl(sources: Sources) -> str:
    """Return the documents of `sources` as CSL-JSON, a list of items in their order.

    https://github.com/citation-style-language/schema/blob/master/schemas/input/csl-data.json
    """
    items = []
    for document in sources.documents:
        publishers = _publishers(sources, document)
        date = _date_parts(document)
        item: dict[str, object] = {"id": document.iri, "type": "webpage", "title": _title(sources, document)}
        if publishers:
            item["author"] = [{"literal": publisher} for publisher in publishers]
            item["container-title"] = ", ".join(publishers)
        if date:
            item["issued"] = {"date-parts": [list(date)]}
        if document.pages:
            item["URL"] = _page(document)
        if document.languages:
            item["language"] = _language(document)
        items.append(item)
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def to_text(sources: Sources, language: str = "en") -> str:
    """Return what an answer rests on as plain text: certainty, date, documents with claims, and what is missing."""
    lines = [
        f"Claims: {len(sources.claims)}",
        f"Weakest certainty: {sources.name(sources.weakest).label(language) if sources.weakest else '-'}",
        f"Oldest date: {sources.oldest or '-'}",
    ]
    if sources.undated:
        lines.append(f"Claims without a date: {sources.undated}")
    for document in sources.documents:
        lines += ["", entry_text(sources, document)]
        for claim in sources.claims:
            places = claim.passages_in(document.iri)
            if places:
                lines.append(f"  - {_claim_text(sources, claim, places, language)}")
    if sources.references:
        lines += ["", "Stated without a claim, from registers or by the curators:"]
        for reference in sources.references:
            registers = f" ({', '.join(reference.registers)})" if reference.registers else ""
            lines.append(f"  - {sources.name(reference.iri).label(language)}{registers}")
    if sources.gaps:
        lines += ["", "Not traced:"]
        lines += (f"  - {gap.reason.text}{f' [{gap.what}]' if gap.what else ''}" for gap in sources.gaps)
    return "\n".join(lines) + "\n"


def entry_text(sources: Sources, document: Source) -> str:
    """Return a document as one line: publishers, title, date and address, or the IRI where it has none."""
    publishers = ", ".join(_publishers(sources, document))
    date = document.issued_text or "n.d."
    parts = [publishers, _title(sources, document), date, _page(document) or document.iri]
    return ". ".join(part for part in parts if part)


def _claim_text(sources: Sources, claim: Claim, places: Sequence[Passage], language: str) -> str:
    said = [sources.name(claim.modality).label(language)] if claim.modality else []
    said += [str(claim.said)] if claim.said else []
    said += [sources.name(actor).label(language) for actor in claim.stated_by]
    where = ", ".join(f"{_offset(place.start)}-{_offset(place.end)}" for place in places)
    label = sources.name(claim.iri).label(language)
    return f"{label} ({'; '.join(said)}) {shorten(claim.iri)}, characters {where}"


def _offset(number: int | None) -> str:
    return "?" if number is None else str(number)


def _title(sources: Sources, document: Source) -> str:
    return sources.name(document.iri).label(_language(document) or "en")


def _publishers(sources: Sources, document: Source) -> list[str]:
    """Return the names of the publishers; one that is given as a text is named by it."""
    language = _language(document) or "en"
    names = ((iri_of(term), text_of(term)) for term in document.publishers)
    return [sources.name(iri).label(language) if iri else text for iri, text in names]


def _page(document: Source) -> str:
    return next(iter(document.pages), "")


def _language(document: Source) -> str:
    return next(iter(document.languages), "")


def _date_parts(document: Source) -> tuple[int, ...]:
    """Return year, month and day as far as they are known."""
    date = document.issued
    return tuple(part for part in (date.year, date.month, date.day) if part) if date else ()


def _key(iri: str, taken: set[str]) -> str:
    """Return a key in ASCII from the last part of `iri` that is not among `taken`."""
    base = slug(iri.rstrip("/#").rsplit("/", 1)[-1])[:_LONGEST_KEY] or "source"
    key, count = base, 1
    while key in taken:
        count += 1
        key = f"{base}-{count}"
    return key
