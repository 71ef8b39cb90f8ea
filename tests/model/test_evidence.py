"""What claims rest on: documents by their origins and not by their copies, and the best grade of passages."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.evidence import Evidence, evidence_of, independent
from computeatlas.model.namespaces import ATLAS
from computeatlas.model.record_facts import Facts
from computeatlas.model.records import Claim, Grade, Passage, Source

BASE = "http://e/"


def sources_of(copies: dict[str, list[str]]) -> dict[str, Source]:
    """Return documents by name; `copies` has for each the names of those that it copies."""
    copy_of = ox.NamedNode(ATLAS + "copyOf")
    rows = [
        {"s": ox.NamedNode(BASE + name), "p": copy_of, "o": ox.NamedNode(BASE + other)}
        for name, others in copies.items()
        for other in others
    ]
    facts = Facts(rows)
    return {name: facts.source(ox.NamedNode(BASE + name)) for name in copies}


def names(copies: dict[str, list[str]], cited: str) -> str:
    """Return the names of the documents that count among those named by the letters of `cited`."""
    sources = sources_of(copies)
    return "".join(source.iri.removeprefix(BASE) for source in independent(sources[name] for name in cited))


def test_copies_of_one_document_count_once_and_the_document_before_its_copies() -> None:
    copies = {"a": [], "b": ["a"], "c": ["b"], "d": []}
    assert names(copies, "abc") == "a"
    assert names(copies, "bc") == "b"
    assert names(copies, "bcd") == "bd"
    assert names(copies, "cc") == "c"
    assert names(copies, "") == ""


def test_a_document_that_copies_several_adds_none_of_its_own_beside_one_of_them() -> None:
    copies = {"a": [], "b": [], "m": ["a", "b"]}
    assert names(copies, "m") == "m"
    assert names(copies, "am") == "a"
    assert names(copies, "abm") == "ab"


def test_a_copy_of_a_document_that_is_not_cited_counts_with_its_twin_once() -> None:
    assert names({"a": ["x"], "b": ["x"]}, "ab") == "a"


def test_a_circle_of_copies_counts_once() -> None:
    assert names({"a": ["b"], "b": ["a"]}, "ab") == "a"


@given(st.dictionaries(st.sampled_from("abcdefg"), st.lists(st.sampled_from("abcdefgxy"), max_size=3)))
def test_whatever_copies_what_at_least_one_counts_and_no_two_share_an_origin(copies: dict[str, list[str]]) -> None:
    cited = sources_of(copies).values()
    kept = independent(cited)
    assert bool(kept) == bool(copies)
    assert set(kept) <= set(cited)
    origins = [origin for source in kept for origin in source.origins]
    assert len(origins) == len(set(origins))


def test_the_grade_of_claims_is_the_best_of_their_passages() -> None:
    one, two = Source("http://e/1"), Source("http://e/2", copies=("http://e/1",), origins=("http://e/1",))
    archived = Passage("http://e/a", one, 0, 9)
    located = Passage("http://e/l", two, locator="three words here", seen_on="2026-11-20")
    nowhere = Passage("http://e/n", one)
    assert [p.grade for p in (archived, located, nowhere)] == [Grade.ARCHIVED, Grade.LOCATED, None]
    assert evidence_of([]) == Evidence()
    assert evidence_of([Claim("http://e/c", passages=(nowhere,))]).grade is None
    alone = evidence_of([Claim("http://e/c", passages=(located, nowhere))])
    assert alone.is_located_only
    assert (alone.documents, alone.independent, alone.copies) == ((one, two), (one,), 1)
    both = evidence_of([Claim("http://e/c", passages=(located,)), Claim("http://e/d", passages=(archived,))])
    assert both.grade is Grade.ARCHIVED
    assert not both.is_located_only
