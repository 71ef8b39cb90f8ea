"""Search by name: what is found, in which order, and what is forgiven."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import Query
from computeatlas.model.namespaces import ID
from computeatlas.model.queryfile import read_query
from computeatlas.model.text import fold, split
from computeatlas.views import search
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader
from computeatlas.views.search import LONGEST, Name, SearchIndex, read_index, read_types

if TYPE_CHECKING:
    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.model.project import Project


def name(label: str, *, iri: str = "", language: str = "en", alternative: bool = False, kind: str = "entity") -> Name:
    return Name(iri or f"http://e/{label.replace(' ', '-')}", label, language, alternative, kind)


def labels(index: SearchIndex, text: str, language: str = "en") -> list[str]:
    return [hit.name.label for hit in index.find(text, language)]


@pytest.fixture
def reader(engine: EmbeddedEngine, project: Project) -> Reader:
    views = {path.stem: read_query(path) for path in project.views()}
    return Reader(lambda text: engine.table(Query(text)), views, Names(views["labels"]))


@pytest.mark.parametrize(
    "text, plain",
    [
        ("Borlänge", "borlange"),
        ("ÅÄÖ", "aao"),
        ("Łódź", "lodz"),
        ("Straße", "strasse"),
        ("ﬁn", "fin"),
        ("Ørsted", "orsted"),
    ],
)
def test_accents_and_case_are_folded(text: str, plain: str) -> None:
    assert fold(text) == plain


@given(st.text(max_size=60))
def test_folding_twice_changes_no_word(text: str) -> None:
    assert split(fold(fold(text))) == split(fold(text))


def test_exact_beats_prefix_beats_word_beats_part_beats_misspelt() -> None:
    names = ["Falun", "Falun hall", "Hall in Falun", "Oldfalunhall", "Falin"]
    index = SearchIndex([name(label) for label in reversed(names)])
    assert labels(index, "falun") == names


def test_claims_come_after_all_else_but_before_what_is_misspelt() -> None:
    index = SearchIndex([name("Falun is a town", kind="claim"), name("The site in Falun"), name("Falin")])
    assert labels(index, "falun") == ["The site in Falun", "Falun is a town", "Falin"]


def test_of_equals_the_readers_language_comes_first() -> None:
    index = SearchIndex([name("plan one", language="en"), name("plan två", language="sv")])
    assert labels(index, "plan", "sv")[0] == "plan två"
    assert labels(index, "plan", "en")[0] == "plan one"


def test_a_thing_is_found_once_by_its_best_name() -> None:
    two = [name("Mimer", iri="http://e/m", alternative=True), name("MIMER hall", iri="http://e/m")]
    assert labels(SearchIndex(two), "mimer") == ["Mimer"]


def test_all_words_must_be_there() -> None:
    index = SearchIndex([name("Hall in Falun"), name("Hall in Lund")])
    assert labels(index, "falun hall") == ["Hall in Falun"]
    assert labels(index, "falun lund") == []


@pytest.mark.parametrize("text", ["borlnge", "Borlnage", "bolränge", "borlangge", "borlenge", "borlng", "borleng"])
def test_small_misspellings_are_forgiven_and_said(text: str) -> None:
    (hit,) = SearchIndex([name("Borlänge"), name("Falun")]).find(text, "en")
    assert (hit.name.label, hit.is_misspelt) == ("Borlänge", True)


def test_short_words_are_taken_as_they_are() -> None:
    assert labels(SearchIndex([name("EU"), name("ES")]), "ee") == []


def test_an_iri_and_a_prefixed_name_find_what_they_name() -> None:
    index = SearchIndex([name("MIMER", iri=ID + "infrastructure/mimer")])
    for text in (ID + "infrastructure/mimer", f"<{ID}infrastructure/mimer>", "infra:mimer"):
        assert labels(index, text) == ["MIMER"]


def test_only_so_many_characters_count() -> None:
    index = SearchIndex([name("falun")])
    assert labels(index, "falun" + " " * LONGEST + "lund") == ["falun"]


@given(st.text(max_size=300), st.lists(st.text(min_size=1, max_size=20), max_size=20))
def test_every_name_is_found_by_itself_and_nothing_breaks(text: str, others: list[str]) -> None:
    index = SearchIndex([name(label, iri=f"http://e/{number}") for number, label in enumerate(others)])
    assert len({hit.name.iri for hit in index.find(text, "en")}) <= len(others)
    for label in others:
        if split(fold(label)):
            assert fold(labels(index, label)[0]).strip() == fold(label).strip()


def test_names_of_the_graph_are_indexed_with_their_kinds(reader: Reader) -> None:
    index = read_index(reader)
    found = {
        hit.name.iri: hit.name.kind for text in ("MIMER", "fundedBy", "reported") for hit in index.find(text, "en")
    }
    assert found[ID + "infrastructure/mimer"] == "entity"
    assert found["https://w3id.org/compute-atlas/ontology#fundedBy"] == "term"
    assert found[ID + "modality/reported"] == "code"
    assert index.things(["claim"]) == sorted(
        row["x"].value
        for row in reader.ask("SELECT ?x { ?x a <https://w3id.org/compute-atlas/ontology#Claim> }").records()
    )
    assert not index.is_cut


def test_alternative_names_of_the_graph_are_found(reader: Reader) -> None:
    index = read_index(reader)
    rows = list(reader.ask("SELECT ?x ?l { ?x <http://www.w3.org/2004/02/skos/core#altLabel> ?l }").records())
    assert rows
    for row in rows:
        assert row["x"].value in [hit.name.iri for hit in index.find(row["l"].value, "en")]


@pytest.mark.slow
def test_batches_lose_nothing_where_they_end_in_the_middle_of_a_thing(reader: Reader, monkeypatch) -> None:
    whole = read_index(reader)
    text = reader.queries["search_labels"].text
    assert "LIMIT 10000" in text
    # More than a thing has names, as few of ours have.
    small = type(reader.queries["search_labels"])("search_labels", text.replace("LIMIT 10000", "LIMIT 23"), {})
    monkeypatch.setattr(search, "_BATCH", 23)
    parts = read_index(Reader(reader.ask, {**reader.queries, "search_labels": small}, reader.names))
    assert sorted(parts._names) == sorted(whole._names)


def test_more_names_than_the_bound_are_left_out_and_that_is_known(reader: Reader, monkeypatch) -> None:
    monkeypatch.setattr(search, "LARGEST", 50)
    monkeypatch.setattr(search, "_BATCH", 20)
    text = reader.queries["search_labels"].text.replace("LIMIT 10000", "LIMIT 20")
    small = type(reader.queries["search_labels"])("search_labels", text, {})
    index = read_index(Reader(reader.ask, {**reader.queries, "search_labels": small}, reader.names))
    assert index.is_cut
    assert len({name.label for name in index._names if name.language}) <= 50


def test_the_narrowest_classes_of_things_are_read(reader: Reader) -> None:
    mimer = ID + "infrastructure/mimer"
    types = read_types(reader, [mimer])[mimer]
    assert "https://w3id.org/compute-atlas/ontology#AIFactory" in types
    assert "https://w3id.org/compute-atlas/ontology#Infrastructure" not in types
    assert read_types(reader, []) == {}
