"""The documents behind an answer as entries of a bibliography: BibTeX, CSL-JSON, and plain text."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from computeatlas.model import bibtex
from computeatlas.model.dates import Precision
from computeatlas.model.namespaces import shorten
from computeatlas.model.records import Grade
from computeatlas.model.terms import iri_of, text_of
from computeatlas.model.text import slug

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.model.dates import EdtfDate
    from computeatlas.model.records import Claim, Passage, Source
    from computeatlas.provenance.sources import Sources

_LONGEST_KEY = 80
_INFERRED = "date inferred by the curators"
_GRADES = {Grade.ARCHIVED: "text archived and verified", Grade.LOCATED: "located, text not archived"}


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
        issued = document.issued
        fields = {
            "title": bibtex.verbatim(_title(sources, document)),
            "author": " and ".join(map(bibtex.verbatim, _publishers(sources, document))),
            "year": f"{issued.days[0].year:04}" if issued else "",
            "month": str(issued.components[1]) if issued and len(issued.components) > 1 else "",
            "date": _biblatex_date(issued) if issued else "",
            "url": bibtex.address(_page(document)),
            "langid": bibtex.escape(_language(document)),
            "note": bibtex.escape(f"{document.iri}. {_standing(sources, document)}"),
            "addendum": _INFERRED if document.date_inferred else "",
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
        issued = document.issued
        item: dict[str, object] = {"id": document.iri, "type": "webpage", "title": _title(sources, document)}
        if publishers:
            item["author"] = [{"literal": publisher} for publisher in publishers]
            item["container-title"] = ", ".join(publishers)
        if issued:
            item["issued"] = _csl_date(issued)
        if document.pages:
            item["URL"] = _page(document)
        if document.languages:
            item["language"] = _language(document)
        item["note"] = _standing(sources, document) + (f"; {_INFERRED}" if document.date_inferred else "")
        items.append(item)
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def to_text(sources: Sources, language: str = "en") -> str:
    """Return what an answer rests on as plain text: certainty, date, documents with claims, and what is missing."""
    count = len(sources.evidence.independent)
    lines = [
        f"Claims: {len(sources.claims)}",
        f"Independent documents: {count}",
        f"Weakest certainty: {sources.name(sources.weakest).label(language) if sources.weakest else '-'}",
        f"Oldest date: {sources.oldest or '-'}",
    ]
    if sources.undated:
        lines.append(f"Claims without a date: {sources.undated}")
    if sources.evidence.is_located_only:
        lines.append("All evidence is located and not archived: no text was kept to verify it by.")
    elif unread := sum(claim.grade is Grade.LOCATED for claim in sources.claims):
        lines.append(f"Claims on located evidence alone: {unread}")
    for document in sources.documents:
        lines += ["", entry_text(sources, document), f"  [{_standing(sources, document)}]"]
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
    date += f" ({_INFERRED})" if document.date_inferred else ""
    parts = [publishers, _title(sources, document), date, _page(document) or document.iri]
    return ". ".join(part for part in parts if part)


def _claim_text(sources: Sources, claim: Claim, places: Sequence[Passage], language: str) -> str:
    said = [sources.name(claim.modality).label(language)] if claim.modality else []
    said += [f"{claim.said}{f' ({_INFERRED})' if claim.said_inferred else ''}"] if claim.said else []
    said += [sources.name(actor).label(language) for actor in claim.stated_by]
    where = ", ".join(_place_text(sources, place) for place in places)
    label = sources.name(claim.iri).label(language)
    return f"{label} ({'; '.join(said)}) {shorten(claim.iri)}, {where}"


def _place_text(sources: Sources, place: Passage) -> str:
    if place.grade is not Grade.LOCATED:
        return f"characters {_offset(place.start)}-{_offset(place.end)}"
    address = sources.address_of(place)
    return f"at “{place.locator}”, seen {place.seen_on}" + (f" <{address}>" if address else "")


def _standing(sources: Sources, document: Source) -> str:
    """Return how well a document can be checked: its grade, kind and reliability, and what it copies."""
    parts = [_GRADES[document.grade]]
    parts += [sources.name(name).label("en") for name in (document.kind, document.reliability) if name]
    parts += [f"a copy of {shorten(name)}" for name in document.copies]
    return "; ".join(parts)


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


def _biblatex_date(when: EdtfDate) -> str:
    """Return a date as biblatex reads it, which is less than EDTF: what has no form of its own becomes two days."""
    if not when.components:
        return "/".join(day.isoformat() if day else ".." for day in (when.earliest, when.latest))
    if when.precision in (Precision.DAY, Precision.MONTH, Precision.YEAR):
        doubt = "%" if when.is_uncertain and when.is_approximate else "?" if when.is_uncertain else "~"
        return when.iso + (doubt if when.is_uncertain or when.is_approximate else "")
    return "/".join(day.isoformat() for day in when.days)


def _csl_date(when: EdtfDate) -> dict[str, object]:
    """Return a date as CSL-JSON has it: what is no year, month or day becomes a range of days, within a year that year.

    Processors leave out a range within one year.
    """
    first, last = when.days
    if when.precision in (Precision.DAY, Precision.MONTH, Precision.YEAR):
        ends = [when.components]
    elif first.year == last.year:
        ends = [(first.year,)]
    else:
        ends = [(day.year, day.month, day.day) for day in (first, last)]
    said: dict[str, object] = {"date-parts": [list(end) for end in ends]}
    return {**said, "circa": True} if when.is_uncertain or when.is_approximate else said


def _key(iri: str, taken: set[str]) -> str:
    """Return a key in ASCII from the last part of `iri` that is not among `taken`."""
    base = slug(iri.rstrip("/#").rsplit("/", 1)[-1])[:_LONGEST_KEY] or "source"
    key, count = base, 1
    while key in taken:
        count += 1
        key = f"{base}-{count}"
    return key
