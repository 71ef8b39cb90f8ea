"""Turtle with line numbers."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.model.project import Project
from computeatlas.turtle.lines import parse_file, parse_project

NAME = st.sampled_from(["a", "b", "c", "d", "e"])
WORD = st.text(st.characters(codec="utf-8", exclude_characters='"\\', exclude_categories=["Cc"]), max_size=12)
GAP = st.sampled_from([" ", "\n", "\n\n", " # note ; . \n", "\t\n  "])


@st.composite
def documents(draw) -> tuple[str, list[tuple[str, str, str, int]]]:
    """Turtle laid out at random, with the true line of each object."""
    text = "@prefix e: <http://e/> .\n"
    expected = []

    def put(token: str) -> int:
        nonlocal text
        text += draw(GAP)
        line = text.count("\n") + 1
        text += token
        return line

    for number in range(draw(st.integers(1, 4))):
        subject = f"s{number}"
        put(f"e:{subject}")
        for predicate_number in range(draw(st.integers(1, 3))):
            if predicate_number:
                put(";")
            put(f"e:p{predicate_number}")
            for value_number in range(draw(st.integers(1, 3))):
                if value_number:
                    put(",")
                value = f"{draw(WORD)}{value_number}"
                line = put(f'"{value}"')
                expected.append((f"http://e/{subject}", f"http://e/p{predicate_number}", value, line))
        put(".\n")
    return text, expected


@pytest.mark.slow
@settings(max_examples=150)
@given(documents())
def test_every_object_is_found_on_its_line(tmp_path_factory, document) -> None:
    text, expected = document
    path = tmp_path_factory.mktemp("turtle") / "f.ttl"
    path.write_text(text, encoding="utf-8", newline="")
    parsed, findings = parse_file(path, "f.ttl")
    assert findings == []
    for subject, predicate, value, line in expected:
        assert line in parsed.lines(subject, predicate, value)
    assert sum(len(parsed.lines(*triple[:3])) for triple in {e[:3] for e in expected}) == len(expected)


def test_objects_within_blank_nodes_and_lists_are_found(tmp_path) -> None:
    path = tmp_path / "f.ttl"
    path.write_text('@prefix e: <http://e/> .\ne:s e:p [\n  e:q "inner"\n] , (\n  "first"\n) ;\n  e:r """a\nb""" .\n')
    parsed, _ = parse_file(path, "f.ttl")
    triple = next(t for t in parsed.triples if t.object == ox.Literal("a\nb"))
    assert parsed.line_of(triple) == 7


def test_literals_keep_their_lexical_forms(tmp_path) -> None:
    path = tmp_path / "f.ttl"
    path.write_text("<http://e/s> <http://e/p> 2200000000.0 , 010 .\n")
    parsed, _ = parse_file(path, "f.ttl")
    assert [t.object.value for t in parsed.triples] == ["2200000000.0", "010"]


def test_windows_line_ends_count_once(tmp_path) -> None:
    path = tmp_path / "f.ttl"
    path.write_bytes(b'@prefix e: <http://e/> .\r\n\r\ne:s\r\n  e:p "v" .\r\n')
    parsed, _ = parse_file(path, "f.ttl")
    assert parsed.lines("http://e/s", "http://e/p", "v") == [4]


def test_blank_nodes_of_two_files_stay_apart(tiny) -> None:
    for name in ("one", "two"):
        path = tiny / f"graph_data/entities/{name}.ttl"
        path.write_text(f'_:x <http://www.w3.org/2000/01/rdf-schema#label> "{name}" .\n')
    graph, _ = parse_project(Project.find(tiny))
    files = [file for _name, file in graph if file.path.endswith(("one.ttl", "two.ttl"))]
    assert len({file.triples[0].subject for file in files}) == 2


# ---------- what no curated file may have


@pytest.mark.parametrize(
    "text, found",
    [
        ("@prefix : <#> .\n<> a :Thing .\n", [(1, "<#>"), (2, "<>")]),
        ("# <c>\n\n<http://e/s> <p>\n  '<x>' , <../o> .\n", [(3, "<p>"), (4, "<../o>")]),
        ("@base <folder/> .\n<http://e/s> <p> 1 .\n", [(1, "<folder/>"), (2, "<p>")]),
        ("<http://e/s> <p> 1 .\nBASE <http://e/>\n<s> <p> 1 .\n", [(1, "<p>")]),
        ('<http://e/s> <http://e/p> "1"^^<t> .\n', [(1, "<t>")]),
    ],
)
def test_a_relative_iri_without_a_base_is_a_finding_of_its_own(tmp_path, text: str, found) -> None:
    path = tmp_path / "f.ttl"
    path.write_text(text)
    parsed, findings = parse_file(path, "f.ttl")
    assert parsed is None
    assert [(finding.code, finding.line, finding.what.split()[0]) for finding in findings] == [
        ("relative-iri", line, iri) for line, iri in found
    ]
    assert all(finding.why and "@base" in finding.hint for finding in findings)


@pytest.mark.parametrize(
    "text",
    [
        "@base <http://e/> .\n<s> <p> <#o> .\n",
        "base <http://e/>\n@prefix : <#> .\n<> a :Thing .\n",
        "<\\u0068ttp://e/s> <mailto:a> <urn:x> .\n",
    ],
)
def test_iris_that_a_base_or_a_scheme_makes_whole_are_read(tmp_path, text: str) -> None:
    path = tmp_path / "f.ttl"
    path.write_text(text)
    assert parse_file(path, "f.ttl")[1] == []


def test_a_term_that_is_newer_than_turtle_1_1_is_found_on_its_line(tmp_path) -> None:
    path = tmp_path / "f.ttl"
    path.write_text('@prefix e: <http://e/> .\n# << no term >>\ne:s e:p "<<" ;\n  e:q <<( e:a e:b 1 )>> .\n')
    assert [(finding.code, finding.line) for finding in parse_file(path, "f.ttl")[1]] == [("turtle-1.1", 4)]
