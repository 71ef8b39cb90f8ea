"""What an answer rests on, as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.provenance.lookup import spo

if TYPE_CHECKING:
    import pyoxigraph as ox

    from computeatlas.provenance.derivations import Derivation
    from computeatlas.provenance.sources import Claim, Document, Name, Sources, Support

Json = dict[str, object]


def to_json(sources: Sources) -> Json:
    """Return `sources` as a JSON object.

    - `weakest`: the modality of the least sure claim, a thing, or null; `oldest`: the earliest date of a claim, in
      ISO 8601, or null; `undated`: how many claims have no date.
    - `claims`: each with `modality`, `rank`, `date`, `statedBy` and `passages`, of which each has `document` (an IRI),
      `start` and `end` (in characters from 0, the end exclusive).
    - `documents`: each with `publishers`, `issued`, `page` and `language`.
    - `references`: things of which something is stated without a claim, each with `registers`, the IRIs it is from.
    - `traced`: the triples behind the answer, each with `triple` (three strings in N-Triples), `basis` (`claim`,
      `document`, `reference`, `term`, `metadata`, `inference`), `claims` and `documents` (IRIs), and for an inferred
      one `why`: `triple`, `graphs`, `rule`, `summary`, `premises` (the same again), `recorded`.
    - `untraced`: what is missing, each with `reason` (a code), `text` (what the code means) and `what` it is about.

    A thing has `iri` and `labels` by language; so have claims, documents and references.
    """
    return {
        "weakest": _thing(sources.weakest) if sources.weakest else None,
        "oldest": sources.oldest,
        "undated": sources.undated,
        "claims": [_claim(claim) for claim in sources.claims],
        "documents": [_document(document) for document in sources.documents],
        "references": [_thing(item.name) | {"registers": list(item.registers)} for item in sources.references],
        "traced": [_support(support) for support in sources.supports],
        "untraced": [{"reason": gap.reason.value, "text": gap.reason.text, "what": gap.what} for gap in sources.gaps],
    }


def _thing(name: Name) -> Json:
    return {"iri": name.iri, "labels": dict(name.labels)}


def _claim(claim: Claim) -> Json:
    return _thing(claim.name) | {
        "modality": _thing(claim.modality) if claim.modality else None,
        "rank": _thing(claim.rank) if claim.rank else None,
        "date": claim.date,
        "statedBy": [_thing(name) for name in claim.stated_by],
        "passages": [
            {"iri": place.iri, "document": place.document, "start": place.start, "end": place.end}
            for place in claim.passages
        ],
    }


def _document(document: Document) -> Json:
    return _thing(document.name) | {
        "publishers": [_thing(name) for name in document.publishers],
        "issued": document.issued,
        "page": document.page,
        "language": document.language,
    }


def _support(support: Support) -> Json:
    data: Json = {
        "triple": _triple(support.triple),
        "basis": support.basis.value,
        "claims": list(support.claims),
        "documents": list(support.documents),
    }
    return data | {"why": derivation_json(support.derivation)} if support.derivation else data


def derivation_json(derivation: Derivation) -> Json:
    """Return a derivation as a JSON object: `triple`, `graphs`, `rule`, `summary`, `premises`, `recorded`."""
    return {
        "triple": _triple(derivation.triple),
        "graphs": list(derivation.graphs),
        "rule": derivation.rule,
        "summary": derivation.summary,
        "premises": [derivation_json(premise) for premise in derivation.premises],
        "recorded": derivation.recorded,
    }


def _triple(triple: ox.Triple) -> list[str]:
    return [str(term) for term in spo(triple)]
