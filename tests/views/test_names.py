"""Names of things in the reader's language."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.engine.table import Table
from computeatlas.model.queryfile import QueryFile, read_query
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader

LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
TITLE = ox.NamedNode("http://purl.org/dc/terms/title")


def node(name: str) -> ox.NamedNode:
    return ox.NamedNode("http://e/" + name)


@pytest.fixture
def asked() -> list[str]:
    return []


@pytest.fixture
def query(project) -> QueryFile:
    return next(read_query(path) for path in project.views() if path.stem == "labels")


@pytest.fixture
def reader(asked: list[str], query: QueryFile) -> Reader:
    labels = [
        ("both", LABEL, ox.Literal("Sweden", language="en")),
        ("both", LABEL, ox.Literal("Sverige", language="sv")),
        ("finnish", TITLE, ox.Literal("Ruotsi", language="fi")),
        ("plain", LABEL, ox.Literal("SE")),
    ]
    engine = EmbeddedEngine(ox.Quad(node(name), how, text) for name, how, text in labels)

    def ask(text: str) -> Table:
        asked.append(text)
        return engine.table(Query(text))

    return Reader(ask, {"labels": query}, Names(query), "sv")


@pytest.mark.parametrize(
    "name, label, language",
    [("both", "Sverige", "sv"), ("finnish", "Ruotsi", "fi"), ("plain", "SE", None), ("none", "<http://e/none>", None)],
)
def test_a_name_is_in_the_readers_language_or_another_or_the_iri(
    reader: Reader, name: str, label: str, language: str | None
) -> None:
    assert reader.label("http://e/" + name) == label
    assert reader.label_language("http://e/" + name) == language


def test_many_names_are_asked_for_once(reader: Reader, asked: list[str]) -> None:
    names = [f"http://e/{name}" for name in ("both", "finnish", "plain", "none", "both")]
    reader.need(names)
    for name in names:
        reader.label(name)
    reader.need(names)
    assert len(asked) == 1


def test_what_is_no_iri_is_its_own_name(reader: Reader, asked: list[str]) -> None:
    assert reader.label("no iri") == "<no iri>"
    assert asked == []
