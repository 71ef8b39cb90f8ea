"""What each triple behind an answer rests on: claims, a document, reference data, or a rule and its premises."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, PREFIXES, graph_iri, shorten
from computeatlas.model.terms import iri_of, text_of
from computeatlas.provenance.derivations import Derivation, explain
from computeatlas.provenance.gaps import Gap, Reason
from computeatlas.provenance.lookup import ask_many, locate, spo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from computeatlas.engine.table import Ask
    from computeatlas.model.queryfile import QueryFile
    from computeatlas.provenance.answer_triples import AnswerTriple

_SUPPORTED_BY = ATLAS + "supportedBy"
_PREFIXES = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("atlas", "owl"))
_SUPPORT = f"""{_PREFIXES}SELECT ?s ?p ?o ?claim WHERE {{ VALUES (?s ?p ?o) {{ }} GRAPH <{graph_iri("current")}> {{
  ?axiom owl:annotatedSource ?s ; owl:annotatedProperty ?p ; owl:annotatedTarget ?o ; atlas:supportedBy ?claim }} }}"""
_OF_PASSAGES = f"""{_PREFIXES}SELECT ?passage ?document WHERE {{
  VALUES (?passage) {{ }} ?passage atlas:inSource ?document }}"""


class Basis(StrEnum):
    """What a triple behind an answer rests on."""

    CLAIM = "claim"
    DOCUMENT = "document"
    REFERENCE = "reference"
    TERM = "term"
    METADATA = "metadata"
    INFERENCE = "inference"


#: Named graph → what its triples rest on; the first that a triple is in counts.
_BASES = {
    "current": Basis.CLAIM,
    "claims": Basis.CLAIM,
    "sources": Basis.DOCUMENT,
    "entities": Basis.REFERENCE,
    "ontology": Basis.TERM,
    "metadata": Basis.METADATA,
    "inferred": Basis.INFERENCE,
}


@dataclass(frozen=True)
class Support:
    """A triple behind an answer, what it rests on, and the IRIs of the claims and documents among that.

    `derivation` is there for an inferred triple.
    """

    triple: ox.Triple
    basis: Basis
    claims: tuple[str, ...] = ()
    documents: tuple[str, ...] = ()
    derivation: Derivation | None = None


def find_supports(
    found: Iterable[AnswerTriple], ask: Ask, rules: Sequence[QueryFile], gaps: list[Gap]
) -> list[Support]:
    """Return what each triple rests on, and note in `gaps` what cannot be told. Raises what `ask` raises."""
    plain = [item.triple for item in found if not isinstance(item.triple.subject, ox.BlankNode)]
    plain = [triple for triple in plain if not isinstance(triple.object, ox.BlankNode)]
    annotated = {item: item.annotates for item in found if item.annotates}
    graphs = locate(ask, plain)
    inferred = [triple for triple in plain if basis_of(graphs.get(triple, ())) is Basis.INFERENCE]
    derivations = explain(inferred, ask, rules) if inferred else {}
    leaves = {leaf.triple: leaf.graphs for item in derivations.values() for leaf in item.leaves()}
    current = [t for t, names in (graphs | leaves).items() if "current" in names]
    claims = _claims_on(ask, [*current, *annotated.values()])
    passages = _documents_described(ask, (graphs | leaves).items())
    supports = []
    for item in found:
        triple = item.triple
        if item in annotated:
            supports.append(Support(triple, Basis.CLAIM, _annotation_claims(triple, claims[annotated[item]])))
        elif triple not in graphs:
            nameless = isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)
            gaps.append(Gap(Reason.BLANK) if nameless else Gap(Reason.LOST, describe(triple)))
        elif triple in derivations:
            derivation = derivations[triple]
            ends = derivation.leaves()
            gaps += (Gap(Reason.STEPS, describe(leaf.triple)) for leaf in ends if not leaf.recorded)
            rests = [_rest(leaf.triple, leaf.graphs, claims, passages) for leaf in ends if leaf.recorded]
            supports.append(
                Support(
                    triple,
                    Basis.INFERENCE,
                    tuple(dict.fromkeys(iri for rest in rests for iri in rest.claims)),
                    tuple(dict.fromkeys(iri for rest in rests for iri in rest.documents)),
                    derivation,
                )
            )
        else:
            supports.append(_rest(triple, graphs[triple], claims, passages))
    return supports


def basis_of(graphs: Sequence[str]) -> Basis:
    """Return what the triples rest on that are in `graphs`, by their short names."""
    return next((basis for name, basis in _BASES.items() if name in graphs), Basis.METADATA)


def _rest(
    triple: ox.Triple, graphs: Sequence[str], claims: Mapping[ox.Triple, tuple[str, ...]], documents: Mapping[str, str]
) -> Support:
    """Return what a triple that is not inferred rests on."""
    basis = basis_of(graphs)
    subject = text_of(triple.subject)
    if "current" in graphs:
        return Support(triple, basis, claims[triple])
    if basis is Basis.CLAIM:
        return Support(triple, basis, (subject,))
    if basis is Basis.DOCUMENT:
        return Support(triple, basis, (), (documents.get(subject, subject),))
    return Support(triple, basis)


def _annotation_claims(triple: ox.Triple, claims: tuple[str, ...]) -> tuple[str, ...]:
    """Return the claims that an annotation rests on: the one that it names, else all of its statement."""
    return (text_of(triple.object),) if triple.predicate.value == _SUPPORTED_BY else claims


def _claims_on(ask: Ask, statements: Iterable[ox.Triple]) -> dict[ox.Triple, tuple[str, ...]]:
    statements = list(dict.fromkeys(statements))
    found: dict[ox.Triple, dict[str, None]] = {statement: {} for statement in statements}
    for row in ask_many(ask, _SUPPORT, ("s", "p", "o"), map(spo, statements)):
        if claim := iri_of(row["claim"]):
            found[ox.Triple(row["s"], row["p"], row["o"])][claim] = None  # type: ignore[arg-type]
    return {statement: tuple(sorted(claims)) for statement, claims in found.items()}


def _documents_described(ask: Ask, located: Iterable[tuple[ox.Triple, tuple[str, ...]]]) -> dict[str, str]:
    """Return the document of each passage that is the subject of a triple of the graph `sources`."""
    subjects = [spo(triple)[:1] for triple, graphs in located if "sources" in graphs]
    rows = ask_many(ask, _OF_PASSAGES, ("passage",), subjects)
    return {text_of(row["passage"]): text_of(row["document"]) for row in rows}


def describe(triple: ox.Triple) -> str:
    """Return a triple for people: IRIs as prefixed names, literals as their text."""
    return " ".join(shorten(term.value) if isinstance(term, ox.NamedNode) else term.value for term in spo(triple))
