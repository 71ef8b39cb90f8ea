"""Names of things in the reader's language."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.engine.table import Table
from computeatlas.model.queryfile import QueryFile, read_query
from computeatlas.model.records import Claim
from computeatlas.views.names import Names, iris_in
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


@given(st.recursive(st.sampled_from([*"abc"]), lambda inner: st.lists(inner, max_size=3) | st.tuples(inner, inner)))
def test_every_iri_in_a_value_is_found_and_nothing_else(shape: object) -> None:
    def build(part: object) -> tuple[object, set[str]]:
        """Return a value of this shape in which IRIs stand in every way that a view has them, and these IRIs."""
        if isinstance(part, str):
            iri = f"http://e/{part}"
            ways: dict[str, object] = {
                "a": Claim(iri, values=(node("value"), ox.Literal("no iri")), as_of_text="2024"),
                "b": {iri: "a text: with words", "plain": 7},
                "c": ox.Triple(ox.NamedNode(iri), node("p"), ox.Literal("x")),
            }
            return ways[part], {iri} | {"a": {node("value").value}, "b": set(), "c": {node("p").value}}[part]
        built = [build(inner) for inner in part]
        return [value for value, _ in built], set().union(*(found for _, found in built))

    value, expected = build(shape)
    assert set(iris_in(value)) == expected
