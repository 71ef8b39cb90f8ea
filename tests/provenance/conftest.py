"""A way to ask the release, the rules, and a small graph of a test's own."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.queryfile import QueryFile, read_query

if TYPE_CHECKING:
    from computeatlas.engine.table import Ask


@pytest.fixture(scope="session")
def asking(engine: EmbeddedEngine) -> Ask:
    """Ask the release."""
    return lambda text: engine.table(Query(text))


@pytest.fixture(scope="session")
def rules(project) -> list[QueryFile]:
    return [read_query(path, require=("summary",)) for path in project.rules()]


@pytest.fixture(scope="session")
def graph() -> Callable[[str], Ask]:
    """Make a graph of Turtle, with the prefix `:`, in the graph `current`, and return a way to ask it."""

    def make(turtle: str) -> Ask:
        triples = ox.parse(f"@prefix : <http://e/> . {turtle}".encode(), format=ox.RdfFormat.TURTLE)
        name = ox.NamedNode("https://w3id.org/compute-atlas/graph/current")
        store = EmbeddedEngine(ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
        return lambda text: store.table(Query(text))

    return make
