"""What refers to a thing, page by page."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ATLAS, ID, graph_iri
from computeatlas.model.queryfile import read_query
from computeatlas.views.entity.incoming import PAGE, Reference, incoming_text, read_counts, read_incoming
from computeatlas.views.entity.statements import Origin
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader

THING = ox.NamedNode(ID + "thing")


def quads(links: set[tuple[int, int]], claimed: set[tuple[int, int]]) -> list[ox.Quad]:
    """Return a graph with a link to the thing for each pair of subject and property, stated or claimed."""
    graph = ox.NamedNode(graph_iri("entities"))
    made = [ox.Quad(ox.NamedNode(f"{ID}s{s}"), ox.NamedNode(f"{ID}p{p}"), THING, graph) for s, p in links]
    for s, p in claimed:
        claim = ox.NamedNode(f"{ID}claim/{s}-{p}")
        pairs = [("subject", f"{ID}s{s}"), ("predicate", f"{ID}p{p}"), ("object", THING.value)]
        made += [ox.Quad(claim, ox.NamedNode(ATLAS + name), ox.NamedNode(value)) for name, value in pairs]
    return made


@pytest.fixture(scope="module")
def views(project):
    return {path.stem: read_query(path) for path in project.views()}


PAIRS = st.sets(st.tuples(st.integers(0, 60), st.integers(0, 3)), max_size=150)


@given(PAIRS, PAIRS)
def test_the_pages_together_hold_each_reference_once(views, links, claimed) -> None:
    engine = EmbeddedEngine(quads(links, claimed))
    reader = Reader(lambda text: engine.table(Query(text)), views, Names(views["labels"]))
    counts = read_counts(reader.ask(reader.text("entity_incoming_counts", x=[THING])))

    def references(page: int) -> tuple[Reference, ...]:
        return read_incoming(reader.ask(incoming_text(reader, THING, page)))

    found = [one for page in range(1, counts.pages + 1) for one in references(page)]
    pairs = [(one.subject, one.by) for one in found]
    assert len(pairs) == len(set(pairs)) == counts.total
    assert set(pairs) == {(f"{ID}s{s}", f"{ID}p{p}") for s, p in links | claimed}
    for one in found:
        s, p = int(one.subject.removeprefix(ID + "s")), int(one.by.removeprefix(ID + "p"))
        assert one.origin is (Origin.STATED if (s, p) in links else None)
        assert one.claims == ((f"{ID}claim/{s}-{p}",) if (s, p) in claimed else ())
    assert references(counts.pages + 1) == ()
    assert all(len(references(page)) == PAGE for page in range(1, counts.pages))
