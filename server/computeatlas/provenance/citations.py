"""The documents behind an answer as entries of a bibliography: BibTeX, CSL-JSON, and plain text."""

from __future__ import annotations

import json
import re
import unicodedata
from typing import TYPE_CHECKING

from computeatlas.model.namespaces import shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.provenance.sources import Claim, Document, Name, Passage, Sources

#: Characters that mean something to TeX. Braces become commands, because BibTeX counts even those behind a backslash.
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\textbraceleft{}",
    "}": r"\textbraceright{}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{character: f"\\{character}" for character in "&%$#_"},
}
_TEX_SPECIAL = re.compile(r"[\\{}~^&%$#_]")
#: What an address may hold besides letters and figures without upsetting BibTeX; the rest is percent-encoded.
_ADDRESS = re.compile(r"[^A-Za-z0-9\-._~:/?#\[\]@!$&'()*+,;=%]")
_DATE = re.compile(r"(\d{4})(?:-(\d\d))?(?:-(\d\d))?")


def to_bibtex(documents: Sequence[Document]) -> str:
    """Return `documents` as BibTeX entries in UTF-8, in their order; keys are made from the IRIs and are unique.

    `@misc` with `year` and `month`, which every style knows, and `url` and `date` for those that know them
    (https://ctan.org/pkg/biblatex). An empty sequence gives an empty string.
    """
    keys: set[str] = set()
    entries = []
    for document in documents:
        key = _key(document.name.iri, keys)
        keys.add(key)
        date = _date(document.issued)
        fields = {
            # The outer braces keep the capitals of the title.
            "title": f"{{{_tex(_title(document))}}}",
            "author": " and ".join(f"{{{_tex(_publisher(name, document))}}}" for name in document.publishers),
            "year": str(date[0]) if date else "",
            "month": str(date[1]) if len(date) > 1 else "",
            "date": "-".join(f"{part:02}" for part in date),
            "url": _ADDRESS.sub(_percent, document.page or ""),
            "langid": document.language or "",
            "note": _tex(document.name.iri),
        }
        lines = [f"  {name} = {{{value}}}," for name, value in fields.items() if value]
        entries.append("\n".join((f"@misc{{{key},", *lines, "}")))
    return "".join(f"{entry}\n\n" for entry in entries)


def to_csl(documents: Sequence[Document]) -> str:
    """Return `documents` as CSL-JSON, a list of items in their order.

    https://github.com/citation-style-language/schema/blob/master/schemas/input/csl-data.json
    """
    items = []
    for document in documents:
        publishers = [_publisher(name, document) for name in document.publishers]
        date = _date(document.issued)
        item: dict[str, object] = {"id": document.name.iri, "type": "webpage", "title": _title(document)}
        if publishers:
            item["author"] = [{"literal": publisher} for publisher in publishers]
            item["container-title"] = ", ".join(publishers)
        if date:
            item["issued"] = {"date-parts": [list(date)]}
        if document.page:
            item["URL"] = document.page
        if document.language:
            item["language"] = document.language
        items.append(item)
    return json.dumps(items, ensure_ascii=False, indent=2) + "\n"


def to_text(sources: Sources, language: str = "en") -> str:
    """Return what an answer rests on as plain text: certainty, date, documents with claims, and what is missing."""
    lines = [
        f"Claims: {len(sources.claims)}",
        f"Weakest certainty: {sources.weakest.label(language) if sources.weakest else '-'}",
        f"Oldest date: {sources.oldest or '-'}",
    ]
    if sources.undated:
        lines.append(f"Claims without a date: {sources.undated}")
    for document in sources.documents:
        lines += ["", entry_text(document)]
        for claim in sources.claims:
            places = [passage for passage in claim.passages if passage.document == document.name.iri]
            if places:
                lines.append(f"  - {_claim_text(claim, places, language)}")
    if sources.references:
        lines += ["", "Stated without a claim, from registers or by the curators:"]
        for reference in sources.references:
            registers = f" ({', '.join(reference.registers)})" if reference.registers else ""
            lines.append(f"  - {reference.name.label(language)}{registers}")
    if sources.gaps:
        lines += ["", "Not traced:"]
        lines += (f"  - {gap.reason.text}{f' [{gap.what}]' if gap.what else ''}" for gap in sources.gaps)
    return "\n".join(lines) + "\n"


def entry_text(document: Document) -> str:
    """Return a document as one line: publishers, title, date and address, or the IRI where it has none."""
    publishers = ", ".join(_publisher(name, document) for name in document.publishers)
    parts = [publishers, _title(document), document.issued or "n.d.", document.page or document.name.iri]
    return ". ".join(part for part in parts if part)


def _claim_text(claim: Claim, places: Sequence[Passage], language: str) -> str:
    said = [claim.modality.label(language)] if claim.modality else []
    said += [claim.date] if claim.date else []
    said += [name.label(language) for name in claim.stated_by]
    where = ", ".join(f"{place.start}-{place.end}" for place in places)
    return f"{claim.name.label(language)} ({'; '.join(said)}) {shorten(claim.name.iri)}, characters {where}"


def _title(document: Document) -> str:
    return document.name.label(document.language or "en")


def _publisher(name: Name, document: Document) -> str:
    return name.label(document.language or "en")


def _tex(text: str) -> str:
    return _TEX_SPECIAL.sub(lambda match: _TEX[match[0]], " ".join(text.split()))


def _percent(match: re.Match[str]) -> str:
    return "".join(f"%{byte:02X}" for byte in match[0].encode("utf-8", "replace"))


def _date(issued: str | None) -> tuple[int, ...]:
    """Return year, month and day as far as they are known."""
    match = _DATE.match(issued or "")
    return tuple(int(part) for part in match.groups() if part) if match else ()


def _key(iri: str, taken: set[str]) -> str:
    """Return a key in ASCII from the last part of `iri` that is not among `taken`."""
    name = unicodedata.normalize("NFKD", iri.rstrip("/#").rsplit("/", 1)[-1]).encode("ascii", "ignore").decode()
    base = re.sub(r"[^A-Za-z0-9:-]+", "-", name).strip("-") or "source"
    key, count = base, 1
    while key in taken:
        count += 1
        key = f"{base}-{count}"
    return key
