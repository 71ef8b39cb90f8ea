"""Statements put into Turtle text: the graph gets them and nothing else, and the text that was there stays."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.namespaces import PREFIXES
from computeatlas.turtle.edit import extended, places
from computeatlas.turtle.statement import Part, Statement

from .documents import COMMENTED, DOCUMENTS, laid_out

NEW = Statement(
    ox.NamedNode(PREFIXES["claim"] + "new"),
    (
        Part(ox.NamedNode(PREFIXES["rdf"] + "type"), (ox.NamedNode(PREFIXES["atlas"] + "Claim"),)),
        Part(ox.NamedNode(PREFIXES["rdfs"] + "label"), (ox.Literal("new # ; .", language="en"),)),
    ),
)
PREFIX_LINES = [f"@prefix {prefix}: <{PREFIXES[prefix]}> ." for prefix in ("atlas", "claim", "rdfs")]


def triples(text: str, *more: ox.Triple) -> ox.Dataset:
    parsed = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, base_iri="http://base/")
    dataset = ox.Dataset([*parsed, *(ox.Quad(t.subject, t.predicate, t.object) for t in more)])
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def without_additions(text: str) -> str:
    """Return `text` without the lines of `NEW` and the prefixes that it needs, line ends and all."""
    for addition in (*NEW.text().splitlines(), *PREFIX_LINES):
        assert text.count(addition) == 1
        text = text.replace(addition, "")
    return text


@pytest.mark.slow
@settings(max_examples=300)
@given(st.data())
def test_the_statement_is_added_and_every_character_stays(data) -> None:
    text, _comments = data.draw(laid_out(data.draw(DOCUMENTS), COMMENTED))
    at = data.draw(st.sampled_from([None, *(place.start for place in places(text, "f.ttl"))]))
    result = extended(text, NEW, where="f.ttl", at=at)
    assert triples(result) == triples(text, *NEW.triples())
    # Nothing but line ends is added around the additions, and the rest stands in its order.
    rest, position = without_additions(result), 0
    for character in rest:
        if position < len(text) and character == text[position]:
            position += 1
        else:
            assert character in "\r\n"
    assert position == len(text)
    assert result.count("\r\n") >= text.count("\r\n")
    new = [place.iri for place in places(result, "f.ttl")]
    old = [place.iri for place in places(text, "f.ttl")]
    before = len(old) if at is None else [place.start for place in places(text, "f.ttl")].index(at)
    expected = [*old[:before], "claim:new", *old[before:]]
    assert [iri.replace(PREFIXES["claim"], "claim:") for iri in new] == expected


def test_comments_above_a_statement_belong_to_it_and_those_beside_the_one_before_do_not() -> None:
    text = (
        "# head\n\n# of a\n<http://e/a> a <http://e/C> . # beside a\n"
        "# of b\n  # and more\n <http://e/b> a <http://e/C> .\n"
        "[] a <http://e/C> .<http://e/c> a <http://e/C> .\n"
    )
    found = {place.iri: text[place.start :].split("<")[0] for place in places(text, "f.ttl")}
    assert found == {"http://e/a": "# of a\n", "http://e/b": "# of b\n  # and more\n ", "http://e/c": ""}


@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_prefixes_go_before_the_first_that_they_precede_or_behind_the_last(ends: str) -> None:
    text = "# head\n@prefix b: <http://b/> . # b\nPREFIX d: <http://d/> # d\n\n<http://e/s> b:p d:o ."
    expected = (
        f"# head\n{PREFIX_LINES[0]}\n@prefix b: <http://b/> . # b\n{PREFIX_LINES[1]}\nPREFIX d: <http://d/> # d\n"
        f"{PREFIX_LINES[2]}\n\n<http://e/s> b:p d:o .\n\n{NEW.text()}"
    )
    result = extended(text.replace("\n", ends), NEW, where="f.ttl")
    assert result == expected.replace("\n", ends)


def test_a_prefix_at_the_end_of_a_file_without_a_line_end() -> None:
    result = extended("@prefix a: <http://a/> .", NEW, where="f.ttl")
    assert result.splitlines() == ["@prefix a: <http://a/> .", *PREFIX_LINES, "", *NEW.text().splitlines()]


def test_a_prefix_counts_from_where_it_is_declared() -> None:
    text = "<http://e/s> a <http://e/C> .\n\n@prefix rdfs: <http://other/> .\n<http://e/t> a <http://e/C> .\n"
    first, second = (place.start for place in places(text, "f.ttl"))
    assert triples(extended(text, NEW, where="f.ttl", at=first)) == triples(text, *NEW.triples())
    for at in (second, None):
        with pytest.raises(UsageError, match=r"f\.ttl: the prefix rdfs: stands for <http://other/> here"):
            extended(text, NEW, where="f.ttl", at=at)


def test_what_is_not_turtle_is_not_extended() -> None:
    with pytest.raises(FindingsError):
        extended("e:x a e:C .", NEW, where="f.ttl")
