"""From claims to the current view: the plain triples that a user meets.

The rule is a query of the graph (`queries/derive/current_view.rq`): one row (?s ?p ?v ?c ?period) for each triple and
claim, `?period` "" where the claim is for no period.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import QueryEvaluationError
from computeatlas.model.namespaces import ATLAS, OWL, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from computeatlas.model.queryfile import QueryFile

_TYPE = ox.NamedNode(RDF + "type")
_AXIOM = ox.NamedNode(OWL + "Axiom")
_SOURCE = ox.NamedNode(OWL + "annotatedSource")
_PROPERTY = ox.NamedNode(OWL + "annotatedProperty")
_TARGET = ox.NamedNode(OWL + "annotatedTarget")
_SUPPORTED_BY = ox.NamedNode(ATLAS + "supportedBy")
_PERIOD = ox.NamedNode(ATLAS + "scopePeriod")
_COLUMNS = ("s", "p", "v", "c", "period")
_NO_PERIOD = ox.Literal("")


@dataclass(frozen=True)
class Assertion:
    """A triple of the current view with the claims that support it, in the order of their IRIs.

    `period` is the period that its figure is for, None where it is for none; a triple has an assertion for each.
    """

    triple: ox.Triple
    claims: tuple[ox.NamedNode, ...]
    period: ox.Literal | None = None


def derive_current_view(engine: EmbeddedEngine, rule: QueryFile) -> tuple[Assertion, ...]:
    """Return the current view of the claims in `engine`, in the order of the text of triples and periods.

    Raises QueryError where `rule` is no query of that shape.
    """
    supported: dict[tuple[ox.Triple, ox.Literal], set[str]] = {}
    for row in engine.table(Query(rule.text)).records():
        subject, predicate, value, claim, period = (row.get(name) for name in _COLUMNS)
        if not (
            isinstance(subject, ox.NamedNode)
            and isinstance(predicate, ox.NamedNode)
            and value is not None
            and isinstance(claim, ox.NamedNode)
            and isinstance(period, ox.Literal)
        ):
            raise QueryEvaluationError(
                f"a row of {rule.name} does not bind ?s ?p ?c to IRIs, ?v to a value and ?period to a literal"
            )
        supported.setdefault((ox.Triple(subject, predicate, value), period), set()).add(claim.value)
    return tuple(
        Assertion(triple, tuple(map(ox.NamedNode, sorted(claims))), None if period == _NO_PERIOD else period)
        for (triple, period), claims in sorted(supported.items(), key=lambda item: tuple(map(str, item[0])))
    )


def annotate(view: Iterable[Assertion]) -> Iterator[ox.Triple]:
    """Yield the triples of `view`, each once, and for each assertion an owl:Axiom that names its claims and its period.

    The form is the annotation of axioms in https://www.w3.org/TR/owl2-mapping-to-rdf/#Translation_of_Annotations.
    The label of each blank node is made of triple and period, so that two builds give the same bytes.
    """
    before: ox.Triple | None = None
    for assertion in view:
        triple = assertion.triple
        if triple != before:
            yield triple
        before = triple
        name = str(triple) if assertion.period is None else f"{triple} {assertion.period}"
        axiom = ox.BlankNode("a" + hashlib.sha256(name.encode()).hexdigest()[:32])
        yield ox.Triple(axiom, _TYPE, _AXIOM)
        yield ox.Triple(axiom, _SOURCE, triple.subject)
        yield ox.Triple(axiom, _PROPERTY, triple.predicate)
        yield ox.Triple(axiom, _TARGET, triple.object)
        if assertion.period is not None:
            yield ox.Triple(axiom, _PERIOD, assertion.period)
        for claim in assertion.claims:
            yield ox.Triple(axiom, _SUPPORTED_BY, claim)
