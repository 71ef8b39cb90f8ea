"""What follows from the graph by the OWL RL rules in `ontology/rules/`, run to a fixpoint.

Each rule is a CONSTRUCT query named after its rule in https://www.w3.org/TR/owl2-profiles/#OWL_2_RL. Membership in an
anonymous class is kept as a type while the rules run and dropped in the end.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import AtlasError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.model.queryfile import QueryFile

#: More rounds than the longest chain of inferences in such a graph has; beyond, a rule makes new nodes without end.
_MOST_ROUNDS = 100


def infer(triples: Iterable[ox.Triple], rules: list[QueryFile]) -> list[ox.Triple]:
    """Return the triples that follow from `triples` by `rules` and are not among them, without blank nodes, sorted.

    Raises QueryError where a rule does not construct a graph, AtlasError where the rules reach no fixpoint.
    """
    asserted = set(triples)
    engine = EmbeddedEngine(ox.Quad(t.subject, t.predicate, t.object) for t in asserted)
    known = set(asserted)
    for _round in range(_MOST_ROUNDS):
        fresh: set[ox.Triple] = set()
        for rule in rules:
            # The store was filled without named graphs, and each rule sees what the one before it found.
            new = {triple for triple in engine.graph(Query(rule.text)) if triple not in known}
            engine.add(ox.Quad(t.subject, t.predicate, t.object) for t in new)
            known |= new
            fresh |= new
        if not fresh:
            return sorted((t for t in known - asserted if not _has_blank_node(t)), key=str)
    raise AtlasError(f"the inference rules did not come to rest in {_MOST_ROUNDS} rounds", hint="see ontology/rules/")


def _has_blank_node(triple: ox.Triple) -> bool:
    return isinstance(triple.subject, ox.BlankNode) or isinstance(triple.object, ox.BlankNode)
