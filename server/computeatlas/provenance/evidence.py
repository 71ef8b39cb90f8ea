"""The claims and documents behind an answer, and what is stated without a claim, looked up by IRI."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from computeatlas.model.namespaces import DCTERMS, PREFIXES, RDF
from computeatlas.model.record_facts import Facts
from computeatlas.model.terms import iri, iri_of, text_of
from computeatlas.provenance.lookup import ask_many, labels_of
from computeatlas.provenance.names import Name

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pyoxigraph as ox

    from computeatlas.engine.table import Ask
    from computeatlas.model.records import Claim, Source

_PREFIXES = "".join(f"PREFIX {name}: <{PREFIXES[name]}>\n" for name in ("atlas", "dcterms", "foaf", "oa"))
_CLAIMS = f"""{_PREFIXES}SELECT DISTINCT ?s ?p ?o WHERE {{
  {{
    VALUES (?claim) {{ }}
    ?claim a atlas:Claim ; ?p ?o . BIND(?claim AS ?s)
    FILTER(?p IN (<{RDF}type>, atlas:modality, atlas:rank, atlas:asOf, atlas:dateInferred, atlas:statedBy,
      atlas:evidence))
  }} UNION {{
    VALUES (?claim) {{ }}
    ?claim atlas:evidence ?s . ?s ?p ?o FILTER(?p IN (
      atlas:inSource, oa:start, oa:end, atlas:locator, atlas:seenOn))
  }} UNION {{
    VALUES (?claim) {{ }}
    ?claim atlas:evidence/atlas:inSource/atlas:copyOf* ?s . ?s ?p ?o FILTER(?p IN (
      dcterms:issued, atlas:dateInferred, atlas:copyOf))
  }}
}}"""
_DOCUMENTS = f"""{_PREFIXES}SELECT DISTINCT ?s ?p ?o WHERE {{
  {{
    VALUES (?document) {{ }}
    ?document a atlas:Source ; ?p ?o . BIND(?document AS ?s)
    FILTER(?p IN (<{RDF}type>, dcterms:title, dcterms:publisher, dcterms:issued, atlas:dateInferred, dcterms:language,
      foaf:page, atlas:sha256, atlas:sourceKind, atlas:reliability, atlas:copyOf))
  }} UNION {{
    VALUES (?document) {{ }}
    ?document a atlas:Source ; atlas:copyOf+ ?s . ?s ?p ?o FILTER(?p = atlas:copyOf)
  }}
}}"""
_REGISTERS = f"SELECT ?thing ?register WHERE {{ VALUES (?thing) {{ }} ?thing <{DCTERMS}source> ?register }}"


def read_claims(ask: Ask, iris: Iterable[str]) -> list[Claim]:
    """Return the claims among `iris`, in their order, with their passages and the dates of their sources."""
    nodes = _nodes(sorted(set(iris)))
    facts = Facts(ask_many(ask, _CLAIMS, ("claim",), [(node,) for node in nodes]))
    return [facts.claim(node.value) for node in nodes if RDF + "type" in facts.of(node)]


def read_documents(ask: Ask, iris: Iterable[str]) -> list[Source]:
    """Return the documents among `iris`, in the order of their dates and IRIs, those without a date last."""
    nodes = _nodes(sorted(set(iris)))
    facts = Facts(ask_many(ask, _DOCUMENTS, ("document",), [(node,) for node in nodes]))
    documents = [facts.source(node) for node in nodes if facts.of(node)]
    return sorted(documents, key=_by_date)


def _by_date(document: Source) -> tuple[bool, date, str, str]:
    first = document.issued.days[0] if document.issued else date.max
    return not document.issued_text, first, document.issued_text, document.iri


def read_registers(ask: Ask, things: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Return for each of `things` the registers that it is from, by their IRIs."""
    found: dict[str, set[str]] = {thing: set() for thing in things}
    for row in ask_many(ask, _REGISTERS, ("thing",), [(node,) for node in _nodes(found)]):
        if register := iri_of(row["register"]):
            found[text_of(row["thing"])].add(register)
    return {thing: tuple(sorted(registers)) for thing, registers in found.items()}


def read_names(
    ask: Ask, claims: Iterable[Claim], documents: Iterable[Source], things: Iterable[str] = ()
) -> dict[str, Name]:
    """Return by IRI the names of `claims` and of what they name, of `documents` and their publishers, and of `things`.

    A document is named by its titles.
    """
    wanted = dict.fromkeys(things)
    for claim in claims:
        wanted.update(dict.fromkeys(name for name in (claim.iri, claim.modality, claim.rank, *claim.stated_by) if name))
    titles: dict[str, dict[str, str]] = {}
    for document in documents:
        wanted.update(dict.fromkeys(name for term in document.publishers if (name := iri_of(term))))
        wanted.update(dict.fromkeys(name for name in (document.kind, document.reliability) if name))
        titles[document.iri] = {title.language or "": title.value for title in document.titles}
    labels = labels_of(ask, wanted) | titles
    return {name: Name(name, tuple(sorted(found.items()))) for name, found in labels.items()}


def _nodes(iris: Iterable[str]) -> list[ox.NamedNode]:
    """Return `iris` as terms without what is no IRI: data may have a text where a claim belongs."""
    return [node for text in iris if (node := iri(text))]
