"""Made claims: as quads of the graphs in which a release has them, with the current view that the rule derives."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.current_view import annotate, derive_current_view
from computeatlas.curate.derived_days import derived_quads
from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ATLAS, DCTERMS, GRAPH, ID, PREFIXES, RDF, RDFS
from computeatlas.model.project import Project
from computeatlas.model.queryfile import QueryFile, read_query
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.engine.table import Term

OA = PREFIXES["oa"]


def node(name: str) -> ox.NamedNode:
    """Return the IRI of `KIND/NAME`."""
    return ox.NamedNode(ID + name)


def text(words: str, language: str = "en") -> ox.Literal:
    """Return a text with its language."""
    return ox.Literal(words, language=language)


@dataclass(frozen=True)
class Made:
    """A claim to be made; `subject`, `documents` and `contradicts` are names such as `infrastructure/x`."""

    name: str
    values: tuple[Term, ...] = ()
    modality: str = "reported"
    rank: str = "normal"
    subject: str = "infrastructure/x"
    property: str = ATLAS + "facilityCount"
    date: str = ""
    documents: tuple[str, ...] = ("source/d",)
    contradicts: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    part: str = ""
    period: str = ""


def quads_of(claims: Iterable[Made], more: Iterable[tuple[ox.NamedNode, str, Term]] = ()) -> list[ox.Quad]:
    """Return `claims`, their passages and documents, the view that follows from them, and `more` triples."""
    triples = [ox.Triple(s, ox.NamedNode(p), o) for s, p, o in more]
    triples.append(
        ox.Triple(ox.NamedNode(ATLAS + "facilityCount"), ox.NamedNode(ATLAS + "changesInTime"), ox.Literal(True))
    )
    for claim in claims:
        triples += _triples(claim)
    quads = [ox.Quad(t.subject, t.predicate, t.object, ox.NamedNode(GRAPH + "claims")) for t in dict.fromkeys(triples)]
    quads += derived_quads(quads)
    derived = annotate(derive_current_view(EmbeddedEngine(quads), read_query(Project.find().derivation())))
    current = ox.NamedNode(GRAPH + "current")
    return quads + [ox.Quad(t.subject, t.predicate, t.object, current) for t in derived]


def reader_of(quads: Sequence[ox.Quad], language: str = "en") -> Reader:
    """Return a reader of `quads`."""
    engine = EmbeddedEngine(quads)
    return Reader(lambda words: engine.table(Query(words)), views(), Names(views()["labels"]), language)


@cache
def views() -> dict[str, QueryFile]:
    """Return the queries of the views by name."""
    return {path.stem: read_query(path) for path in Project.find().views()}


def _triples(claim: Made) -> list[ox.Triple]:
    found: list[tuple[ox.NamedNode, str, Term]] = []
    name = node(f"claim/{claim.name}")
    found += [
        (name, RDF + "type", ox.NamedNode(ATLAS + "Claim")),
        (name, RDFS + "label", text(f"claim {claim.name}")),
        (name, ATLAS + "subject", node(claim.subject)),
        (name, ATLAS + "predicate", ox.NamedNode(claim.property)),
        (name, ATLAS + "modality", node(f"modality/{claim.modality}")),
        (name, ATLAS + "rank", node(f"rank/{claim.rank}")),
    ]
    found += [(name, ATLAS + ("value" if isinstance(v, ox.Literal) else "object"), v) for v in claim.values]
    found += [(name, ATLAS + "contradicts", node(f"claim/{other}")) for other in claim.contradicts]
    found += [(name, ATLAS + "supersedes", node(f"claim/{other}")) for other in claim.supersedes]
    if claim.part:
        found.append((name, ATLAS + "scopePart", node(claim.part)))
    if claim.period:
        found.append((name, ATLAS + "scopePeriod", ox.Literal(claim.period)))
    if claim.date:
        found.append((name, ATLAS + "asOf", ox.Literal(claim.date)))
    for document in claim.documents:
        passage = node(f"passage/{claim.name}-{document.replace('/', '-')}")
        found += [
            (name, ATLAS + "evidence", passage),
            (passage, RDF + "type", ox.NamedNode(ATLAS + "Passage")),
            (passage, ATLAS + "inSource", node(document)),
            (passage, OA + "start", ox.Literal(1)),
            (passage, OA + "end", ox.Literal(9)),
            (node(document), RDF + "type", ox.NamedNode(ATLAS + "Source")),
            (node(document), DCTERMS + "title", text(f"title of {document}")),
        ]
    return [ox.Triple(s, ox.NamedNode(p), o) for s, p, o in found]
