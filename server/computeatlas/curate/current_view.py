"""From claims to the current view: the plain triples that a user meets.

The rule is a query of the graph (`queries/derive/current_view.rq`): one row (?s ?p ?v ?c) for each triple and claim.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import QueryEvaluationError
from computeatlas.model.namespaces import ATLAS, OWL, RDF

if TYPE_CHECKING:
    from collections.abc import Iterator

    from computeatlas.model.queryfile import QueryFile

_TYPE = ox.NamedNode(RDF + "type")
_AXIOM = ox.NamedNode(OWL + "Axiom")
_SOURCE = ox.NamedNode(OWL + "annotatedSource")
_PROPERTY = ox.NamedNode(OWL + "annotatedProperty")
_TARGET = ox.NamedNode(OWL + "annotatedTarget")
_SUPPORTED_BY = ox.NamedNode(ATLAS + "supportedBy")


def derive_current_view(engine: EmbeddedEngine, rule: QueryFile) -> dict[ox.Triple, list[ox.NamedNode]]:
    """Return each triple of the current view with the claims that support it, both in the order of their text.

    Raises QueryError where `rule` is no query of that shape.
    """
    supported: dict[ox.Triple, set[str]] = {}
    table = engine.table(Query(rule.text))
    for subject, predicate, value, claim in table.rows:
        if not (isinstance(subject, ox.NamedNode) and isinstance(predicate, ox.NamedNode) and value and claim):
            raise QueryEvaluationError(f"a row of {rule.name} does not bind ?s ?p ?v ?c to IRIs and a value")
        supported.setdefault(ox.Triple(subject, predicate, value), set()).add(claim.value)
    return {
        triple: [ox.NamedNode(claim) for claim in sorted(supported[triple])] for triple in sorted(supported, key=str)
    }


def annotate(supported: dict[ox.Triple, list[ox.NamedNode]]) -> Iterator[ox.Triple]:
    """Yield the triples and, for each, an owl:Axiom that names its claims.

    The form is the annotation of axioms in https://www.w3.org/TR/owl2-mapping-to-rdf/#Translation_of_Annotations.
    The label of each blank node is made of the triple, so that two builds give the same bytes.
    """
    for triple, claims in supported.items():
        yield triple
        axiom = ox.BlankNode("a" + hashlib.sha256(str(triple).encode()).hexdigest()[:32])
        yield ox.Triple(axiom, _TYPE, _AXIOM)
        yield ox.Triple(axiom, _SOURCE, triple.subject)
        yield ox.Triple(axiom, _PROPERTY, triple.predicate)
        yield ox.Triple(axiom, _TARGET, triple.object)
        for claim in claims:
            yield ox.Triple(axiom, _SUPPORTED_BY, claim)
