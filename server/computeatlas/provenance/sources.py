"""From the triples behind an answer to those who say so: claims, passages and documents, and what needs none."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, DCTERMS, ID, PREFIXES, RDFS, graph_iri, shorten
from computeatlas.provenance.answer_triples import Behind, trace
from computeatlas.provenance.derivations import Derivation, explain
from computeatlas.provenance.gaps import Gap, Reason
from computeatlas.provenance.lookup import ask_many, locate, spo

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from computeatlas.engine.table import Ask, Term
    from computeatlas.model.queryfile import QueryFile
    from computeatlas.provenance.answer_triples import Trace

#: From the surest to the least sure, as docs/model.md has them. What is not among them is less sure than all.
CERTAINTIES = tuple(
    f"{ID}modality/{name}"
    for name in ("reported", "announced-plan", "estimate", "speculation", "opinion", "stated-unknown")
)
_SUPPORTED_BY = ATLAS + "supportedBy"
_PREFIXES = "".join(
    f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("atlas", "dcterms", "foaf", "oa", "owl", "rdfs")
)
_CURRENT = f"GRAPH <{graph_iri('current')}>"
_SUPPORT = f"""{_PREFIXES}SELECT ?s ?p ?o ?claim WHERE {{ %VALUES% {_CURRENT} {{
  ?axiom owl:annotatedSource ?s ; owl:annotatedProperty ?p ; owl:annotatedTarget ?o ; atlas:supportedBy ?claim }} }}"""
_CLAIMS = f"""{_PREFIXES}SELECT ?claim ?modality ?rank ?date ?who WHERE {{ %VALUES% ?claim a atlas:Claim .
  OPTIONAL {{ ?claim atlas:modality ?modality }} OPTIONAL {{ ?claim atlas:rank ?rank }}
  OPTIONAL {{ ?claim atlas:asOf ?date }} OPTIONAL {{ ?claim atlas:statedBy ?who }} }}"""
_EVIDENCE = f"""{_PREFIXES}SELECT ?claim ?passage ?document ?start ?end WHERE {{ %VALUES%
  ?claim atlas:evidence ?passage . ?passage atlas:inSource ?document ; oa:start ?start ; oa:end ?end
}} ORDER BY ?document ?start ?end"""
_DOCUMENTS = f"""{_PREFIXES}SELECT ?document ?title ?publisher ?issued ?page ?language WHERE {{ %VALUES%
  ?document a atlas:Source . OPTIONAL {{ ?document dcterms:title ?title }}
  OPTIONAL {{ ?document dcterms:publisher ?publisher }} OPTIONAL {{ ?document dcterms:issued ?issued }}
  OPTIONAL {{ ?document foaf:page ?page }} OPTIONAL {{ ?document dcterms:language ?language }} }}"""
_OF_PASSAGES = f"{_PREFIXES}SELECT ?passage ?document WHERE {{ %VALUES% ?passage atlas:inSource ?document }}"
_REGISTERS = f"SELECT ?thing ?register WHERE {{ %VALUES% ?thing <{DCTERMS}source> ?register }}"
_LABELS = f"SELECT ?thing ?label WHERE {{ %VALUES% ?thing <{RDFS}label> ?label }}"


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
class Name:
    """A thing with its labels, by language."""

    iri: str
    labels: tuple[tuple[str, str], ...] = ()

    def label(self, language: str = "en") -> str:
        """Return the label in `language`, else in English, else any, else the IRI as short as it goes."""
        labels = dict(self.labels)
        return labels.get(language) or labels.get("en") or next(iter(labels.values()), "") or shorten(self.iri)


@dataclass(frozen=True)
class Passage:
    """A stretch of a document, in characters from 0, the end exclusive."""

    iri: str
    document: str
    start: int
    end: int


@dataclass(frozen=True)
class Document:
    """A source: `issued` is a date of any precision in ISO 8601, `language` a tag of BCP 47; None where unknown."""

    name: Name
    publishers: tuple[Name, ...]
    issued: str | None
    page: str | None
    language: str | None


@dataclass(frozen=True)
class Claim:
    """A claim. `date` is when it was true or said, else when the oldest of its documents was issued, or None."""

    name: Name
    modality: Name | None
    rank: Name | None
    date: str | None
    stated_by: tuple[Name, ...]
    passages: tuple[Passage, ...]


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


@dataclass(frozen=True)
class Reference:
    """A thing of which something is stated without a claim, and the registers that it is from."""

    name: Name
    registers: tuple[str, ...]


@dataclass(frozen=True)
class Sources:
    """What an answer rests on.

    `weakest` is the modality of its least sure claim, `oldest` the earliest date of a claim, in ISO 8601; `undated` is
    how many claims have none. `gaps` are the parts that could not be traced.
    """

    supports: tuple[Support, ...]
    claims: tuple[Claim, ...]
    documents: tuple[Document, ...]
    references: tuple[Reference, ...]
    weakest: Name | None
    oldest: str | None
    undated: int
    gaps: tuple[Gap, ...]


def cite(
    text: str,
    ask: Ask,
    rules: Sequence[QueryFile],
    *,
    base: str | None = None,
    ask_anywhere: Ask | None = None,
) -> Sources:
    """Return what the answer to the query `text`, which the engine has answered, rests on.

    `ask` asks in the data set that the query was asked in, `ask_anywhere` in the whole release, where the two differ;
    `rules` are the inference rules of the release. Raises what these raise.
    """
    return sources_of(trace(text, ask, base=base), ask_anywhere or ask, rules)


def sources_of(traced: Trace, ask: Ask, rules: Sequence[QueryFile]) -> Sources:
    """Return what the triples of a trace rest on. Raises what `ask` raises."""
    gaps = list(traced.gaps)
    supports = _supports(traced.triples, ask, rules, gaps)
    claims, passages = _claims(ask, (iri for support in supports for iri in support.claims))
    known = {claim.name.iri for claim in claims}
    # The file headers in the graph of the claims are none.
    supports = [replace(item, claims=tuple(iri for iri in item.claims if iri in known)) for item in supports]
    cited = [passage.document for found in passages.values() for passage in found]
    documents = _documents(ask, [*cited, *(iri for support in supports for iri in support.documents)])
    finished = tuple(_dated(claim, passages.get(claim.name.iri, ()), documents) for claim in claims)
    dates = [claim.date for claim in finished if claim.date]
    modalities = [claim.modality for claim in finished if claim.modality]
    return Sources(
        tuple(supports),
        finished,
        tuple(documents.values()),
        _references(ask, supports),
        max(modalities, key=lambda modality: _doubt(modality.iri), default=None),
        min(dates, default=None),
        len(finished) - len(dates),
        tuple(dict.fromkeys(gaps)),
    )


def _doubt(modality: str) -> int:
    return CERTAINTIES.index(modality) if modality in CERTAINTIES else len(CERTAINTIES)


def _supports(found: Iterable[Behind], ask: Ask, rules: Sequence[QueryFile], gaps: list[Gap]) -> list[Support]:
    """Return what each triple rests on, and note in `gaps` what cannot be told."""
    plain = [item.triple for item in found if not isinstance(item.triple.subject, ox.BlankNode)]
    plain = [triple for triple in plain if not isinstance(triple.object, ox.BlankNode)]
    annotated = {item: item.annotates for item in found if item.annotates}
    graphs = locate(ask, plain)
    inferred = [triple for triple in plain if _basis(graphs.get(triple, ())) is Basis.INFERENCE]
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


def _basis(graphs: Sequence[str]) -> Basis:
    return next((basis for name, basis in _BASES.items() if name in graphs), Basis.METADATA)


def _rest(
    triple: ox.Triple, graphs: Sequence[str], claims: Mapping[ox.Triple, tuple[str, ...]], documents: Mapping[str, str]
) -> Support:
    """Return what a triple that is not inferred rests on."""
    basis = _basis(graphs)
    subject = _value(triple.subject)
    if "current" in graphs:
        return Support(triple, basis, claims[triple])
    if basis is Basis.CLAIM:
        return Support(triple, basis, (subject,))
    if basis is Basis.DOCUMENT:
        return Support(triple, basis, (), (documents.get(subject, subject),))
    return Support(triple, basis)


def _annotation_claims(triple: ox.Triple, claims: tuple[str, ...]) -> tuple[str, ...]:
    """Return the claims that an annotation rests on: the one that it names, else all of its statement."""
    return (_value(triple.object),) if triple.predicate.value == _SUPPORTED_BY else claims


def _claims_on(ask: Ask, statements: Iterable[ox.Triple]) -> dict[ox.Triple, tuple[str, ...]]:
    statements = list(dict.fromkeys(statements))
    found: dict[ox.Triple, dict[str, None]] = {statement: {} for statement in statements}
    for row in ask_many(ask, _SUPPORT, ("s", "p", "o"), map(spo, statements)):
        found[ox.Triple(row["s"], row["p"], row["o"])][row["claim"].value] = None  # type: ignore[arg-type]
    return {statement: tuple(sorted(claims)) for statement, claims in found.items()}


def _documents_described(ask: Ask, located: Iterable[tuple[ox.Triple, tuple[str, ...]]]) -> dict[str, str]:
    """Return the document of each passage that is the subject of a triple of the graph `sources`."""
    subjects = [spo(triple)[:1] for triple, graphs in located if "sources" in graphs]
    rows = ask_many(ask, _OF_PASSAGES, ("passage",), subjects)
    return {row["passage"].value: row["document"].value for row in rows}


def _claims(ask: Ask, iris: Iterable[str]) -> tuple[list[Claim], dict[str, tuple[Passage, ...]]]:
    """Return the claims without passages and without the dates of documents, by IRI, and the passages of each."""
    wanted = [(ox.NamedNode(iri),) for iri in sorted(set(iris))]
    rows: dict[str, dict[str, dict[str, None]]] = {}
    for row in ask_many(ask, _CLAIMS, ("claim",), wanted):
        parts = rows.setdefault(row["claim"].value, {"modality": {}, "rank": {}, "date": {}, "who": {}})
        for name, values in parts.items():
            if name in row:
                values[row[name].value] = None
    passages: dict[str, dict[Passage, None]] = {}
    for row in ask_many(ask, _EVIDENCE, ("claim",), wanted):
        start, end = int(row["start"].value), int(row["end"].value)
        passage = Passage(row["passage"].value, row["document"].value, start, end)
        passages.setdefault(row["claim"].value, {})[passage] = None
    things = list(rows)
    things += [iri for parts in rows.values() for name in ("modality", "rank", "who") for iri in parts[name]]
    names = names_of(ask, things)
    claims = [
        Claim(
            names[iri],
            next((names[value] for value in parts["modality"]), None),
            next((names[value] for value in parts["rank"]), None),
            min(parts["date"], default=None),
            tuple(names[value] for value in sorted(parts["who"])),
            (),
        )
        for iri, parts in sorted(rows.items())
    ]
    return claims, {iri: tuple(found) for iri, found in passages.items()}


def _dated(claim: Claim, passages: Sequence[Passage], documents: Mapping[str, Document]) -> Claim:
    issued = [documents[passage.document].issued for passage in passages if passage.document in documents]
    date = claim.date or min((date for date in issued if date), default=None)
    return Claim(claim.name, claim.modality, claim.rank, date, claim.stated_by, tuple(passages))


def _documents(ask: Ask, iris: Iterable[str]) -> dict[str, Document]:
    """Return the documents among `iris`, by IRI, in the order of their dates and IRIs, those without a date last."""
    titles: dict[str, dict[str, str]] = {}
    parts: dict[str, dict[str, dict[str, None]]] = {}
    for row in ask_many(ask, _DOCUMENTS, ("document",), [(ox.NamedNode(iri),) for iri in sorted(set(iris))]):
        iri = row["document"].value
        found = parts.setdefault(iri, {"publisher": {}, "issued": {}, "page": {}, "language": {}})
        for name, values in found.items():
            if name in row:
                values[row[name].value] = None
        title = row.get("title")
        if isinstance(title, ox.Literal):
            titles.setdefault(iri, {})[title.language or ""] = title.value
    names = names_of(ask, (iri for found in parts.values() for iri in found["publisher"]))
    documents = {
        iri: Document(
            Name(iri, tuple(sorted(titles.get(iri, {}).items()))),
            tuple(names[publisher] for publisher in sorted(found["publisher"])),
            *(min(found[name], default=None) for name in ("issued", "page", "language")),
        )
        for iri, found in parts.items()
    }
    return dict(sorted(documents.items(), key=lambda item: (item[1].issued is None, item[1].issued or "", item[0])))


def _references(ask: Ask, supports: Iterable[Support]) -> tuple[Reference, ...]:
    """Return the things of which something is stated without a claim, also where only a derivation needs it."""
    things: dict[str, None] = {}
    for support in supports:
        ends = support.derivation.leaves() if support.derivation else ()
        triples = [leaf.triple for leaf in ends if _basis(leaf.graphs) is Basis.REFERENCE]
        triples += [support.triple] if support.basis is Basis.REFERENCE else []
        things.update(dict.fromkeys(_value(triple.subject) for triple in triples))
    registers: dict[str, set[str]] = {}
    for row in ask_many(ask, _REGISTERS, ("thing",), [(ox.NamedNode(iri),) for iri in things]):
        registers.setdefault(row["thing"].value, set()).add(row["register"].value)
    names = names_of(ask, things)
    return tuple(Reference(names[iri], tuple(sorted(registers.get(iri, ())))) for iri in sorted(things))


def names_of(ask: Ask, iris: Iterable[str]) -> dict[str, Name]:
    """Return the names of `iris`. Raises what `ask` raises."""
    wanted = dict.fromkeys(iris)
    labels: dict[str, dict[str, str]] = {iri: {} for iri in wanted}
    for row in ask_many(ask, _LABELS, ("thing",), [(ox.NamedNode(iri),) for iri in wanted]):
        label = row["label"]
        if isinstance(label, ox.Literal):
            labels[row["thing"].value][label.language or ""] = label.value
    return {iri: Name(iri, tuple(sorted(found.items()))) for iri, found in labels.items()}


def describe(triple: ox.Triple) -> str:
    """Return a triple for people: IRIs as prefixed names, literals as their text."""
    return " ".join(shorten(term.value) if isinstance(term, ox.NamedNode) else term.value for term in spo(triple))


def _value(term: Term | ox.Triple) -> str:
    assert not isinstance(term, ox.Triple)
    return term.value
