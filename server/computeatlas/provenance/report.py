"""What an answer rests on, as JSON for programs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.model.records import Grade
from computeatlas.model.terms import iri_of, text_of
from computeatlas.provenance.lookup import spo

if TYPE_CHECKING:
    import pyoxigraph as ox

    from computeatlas.model.records import Claim, Passage, Source
    from computeatlas.model.terms import Term
    from computeatlas.provenance.derivations import Derivation
    from computeatlas.provenance.sources import Sources
    from computeatlas.provenance.supports import Support

Json = dict[str, object]


def to_json(sources: Sources) -> Json:
    """Return `sources` as a JSON object.

    - `weakest`: the modality of the least sure claim, a thing, or null; `oldest`: the earliest date of a claim, in
      ISO 8601, or null; `undated`: how many claims have no date.
    - `evidence`: of all claims together the best `grade`, `archived` or `located`, or null, and the IRIs of the
      `independent` documents: of those with one origin, one.
    - `claims`: each with `modality`, `rank`, `date`, `statedBy`, the best `grade` of its passages, and `passages`, of
      which each has `document` (an IRI), `grade`, `start` and `end` (in characters from 0, the end exclusive) where it
      is archived, `locator`, `seenOn` and `address` (the page, at the passage) where it is only located.
    - `documents`: each with `publishers`, `issued`, `page`, `language`, `grade`, `kind` and `reliability` (things), and
      `copyOf` and `origins` (IRIs).
    - `references`: things of which something is stated without a claim, each with `registers`, the IRIs it is from.
    - `traced`: the triples behind the answer, each with `triple` (three strings in N-Triples), `basis` (`claim`,
      `document`, `reference`, `term`, `metadata`, `inference`), `claims` and `documents` (IRIs), and for an inferred
      one `why`: `triple`, `graphs`, `rule`, `summary`, `premises` (the same again), `recorded`.
    - `untraced`: what is missing, each with `reason` (a code), `text` (what the code means) and `what` it is about.

    A thing has `iri` and `labels` by language; so have claims, documents and references.
    """
    return {
        "weakest": _thing(sources, sources.weakest) if sources.weakest else None,
        "oldest": sources.oldest,
        "undated": sources.undated,
        "evidence": {
            "grade": sources.evidence.grade,
            "independent": [source.iri for source in sources.evidence.independent],
        },
        "claims": [_claim(sources, claim) for claim in sources.claims],
        "documents": [_document(sources, document) for document in sources.documents],
        "references": [_thing(sources, item.iri) | {"registers": list(item.registers)} for item in sources.references],
        "traced": [_support(support) for support in sources.supports],
        "untraced": [{"reason": gap.reason.value, "text": gap.reason.text, "what": gap.what} for gap in sources.gaps],
    }


def _thing(sources: Sources, iri: str) -> Json:
    return {"iri": iri, "labels": dict(sources.name(iri).labels)}


def _claim(sources: Sources, claim: Claim) -> Json:
    return _thing(sources, claim.iri) | {
        "modality": _thing(sources, claim.modality) if claim.modality else None,
        "rank": _thing(sources, claim.rank) if claim.rank else None,
        "date": str(claim.said) if claim.said else None,
        "dateInferred": claim.said_inferred,
        "statedBy": [_thing(sources, actor) for actor in claim.stated_by],
        "grade": claim.grade,
        "passages": [_passage(sources, place) for place in claim.passages if place.source],
    }


def _passage(sources: Sources, place: Passage) -> Json:
    data: Json = {"iri": place.iri, "document": place.source.iri if place.source else None, "grade": place.grade}
    if place.grade is not Grade.LOCATED:
        return data | {"start": place.start, "end": place.end}
    return data | {
        "locator": place.locator,
        "seenOn": place.seen_on,
        "address": sources.address_of(place),
    }


def _document(sources: Sources, document: Source) -> Json:
    return _thing(sources, document.iri) | {
        "publishers": [_publisher(sources, term) for term in document.publishers],
        "issued": document.issued_text or None,
        "dateInferred": document.date_inferred,
        "page": next(iter(document.pages), None),
        "language": next(iter(document.languages), None),
        "grade": document.grade,
        "kind": _thing(sources, document.kind) if document.kind else None,
        "reliability": _thing(sources, document.reliability) if document.reliability else None,
        "copyOf": list(document.copies),
        "origins": list(document.origins),
    }


def _publisher(sources: Sources, term: Term) -> Json:
    """Return a publisher as a thing; one that is given as a text has no IRI."""
    iri = iri_of(term)
    return _thing(sources, iri) if iri else {"iri": None, "labels": {"": text_of(term)}}


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
