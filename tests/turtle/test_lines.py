"""Turtle with line numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.model.namespaces import ATLAS
from computeatlas.model.project import Project
from computeatlas.turtle.lines import parse_file, parse_project, parse_text

if TYPE_CHECKING:
    from pathlib import Path

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


QUANTITY = "https://w3id.org/compute-atlas/id/quantity/"


def use(tiny: Path, name: str) -> int:
    """Let a claim of the tiny graph have the quantity `name`; returns the line on which it does."""
    path = tiny / "graph_data/claims/hall.ttl"
    text = path.read_text(encoding="utf-8").replace("atlas:object qty:eur-10 ;", f"atlas:object qty:{name} ;")
    path.write_text(text, encoding="utf-8")
    return text.splitlines().index(f"    atlas:object qty:{name} ;") + 1


def test_a_quantity_gets_its_triples_from_its_name_at_its_first_use(tiny: Path) -> None:
    line = use(tiny, "sek-more-than-8000000")
    graph, findings = parse_project(Project.find(tiny))
    assert findings == []
    iri = QUANTITY + "sek-more-than-8000000"
    assert graph.place(iri) == ("graph_data/claims/hall.ttl", line)
    assert graph.place(iri, ATLAS + "minValue", "8000000.0") == ("graph_data/claims/hall.ttl", line)
    said = {(q.predicate.value, str(q.object)) for q in graph.quads() if q.subject == ox.NamedNode(iri)}
    assert (ATLAS + "currency", '"SEK"') in said
    assert any(value.startswith('"true"') for name, value in said if name == ATLAS + "lowerBoundStrict")
    graphs = {q.graph_name.value.rpartition("/")[2] for q in graph.quads() if q.subject == ox.NamedNode(iri)}
    assert graphs == {"entities"}
    assert iri in graph.members(ATLAS + "MonetaryAmount")


def test_a_quantity_that_a_file_describes_keeps_to_what_it_says(tiny: Path) -> None:
    graph, _findings = parse_project(Project.find(tiny))
    path, _line = graph.place(QUANTITY + "eur-10")
    assert path == "graph_data/entities/things.ttl"
    assert sum(file.path == path for _name, file in graph) == 1


def test_a_quantity_without_a_class_of_its_own_has_that_of_its_unit(tiny: Path) -> None:
    path = tiny / "graph_data/entities/things.ttl"
    words = 'rdfs:label "x"@en , "x"@sv ; atlas:minValue 1.0'
    text = f'qty:hand a atlas:QuantityValue ; {words} ; atlas:unit "GW" .\n'
    path.write_text(path.read_text(encoding="utf-8") + text, encoding="utf-8")
    graph, _findings = parse_project(Project.find(tiny))
    assert graph.members(ATLAS + "Power") == {QUANTITY + "hand"}


def test_a_name_that_says_no_quantity_has_no_triples(tiny: Path) -> None:
    line = use(tiny, "banana-3")
    graph, findings = parse_project(Project.find(tiny))
    assert findings == []
    assert graph.place(QUANTITY + "banana-3") == ("", 0)
    assert [(iri, file.path, file.line_of(use)) for iri, (file, use) in graph.undescribed_quantities().items()] == [
        (QUANTITY + "banana-3", "graph_data/claims/hall.ttl", line)
    ]


def test_a_graph_may_have_units_of_its_own(tiny: Path) -> None:
    (tiny / "ontology/codes/unit.ttl").write_text(
        """@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
<https://w3id.org/compute-atlas/id/unit/banana> skos:notation "banana" ; atlas:quantityClass atlas:Count ;
    atlas:baseUnit <https://w3id.org/compute-atlas/id/unit/banana> ; atlas:unitFactor 1.0 ;
    skos:inScheme <https://w3id.org/compute-atlas/id/scheme/unit> .
""",
        encoding="utf-8",
    )
    use(tiny, "banana-3")
    graph, _findings = parse_project(Project.find(tiny))
    assert graph.members(ATLAS + "Count") == {QUANTITY + "banana-3"}
    (tiny / "ontology/codes/unit.ttl").unlink()
    graph, _findings = parse_project(Project.find(tiny))
    assert "mw" in graph.units.by_slug


def test_a_claim_without_a_rank_is_of_normal_rank(tiny) -> None:
    path = tiny / "graph_data/claims/hall.ttl"
    path.write_text(path.read_text().replace("    atlas:rank rank:normal ;\n", "", 1))
    graph, findings = parse_project(Project.find(tiny))
    assert findings == []
    ranks = [t for _name, file in graph for t in file.triples if t.predicate.value.endswith("#rank")]
    assert sorted(t.object.value.rpartition("/")[2] for t in ranks) == ["normal"] * 3
    assert len({t.subject for t in ranks}) == 3


@pytest.mark.parametrize(
    "text",
    [
        '@prefix : <http://e/> . :a :b "x"@en--ltr .',
        '@prefix : <http://e/> . :a :b "x"@en-GB--rtl .',
        'VERSION "1.2"\nPREFIX : <http://e/> :a :b :c .',
        '@version\n"1.2" .\n@prefix : <http://e/> . :a :b :c .',
        "@prefix : <http://e/> . :a :b :c ~ :r .",
        '@prefix : <http://e/> . :a :b "2026"~:r .',
        "@prefix : <http://e/> . :a :b :c {| :d :e |} .",
        "@prefix : <http://e/> . :a :b <<( :c :d :e )>> .",
    ],
)
def test_what_is_newer_than_turtle_1_1_is_refused(text: str) -> None:
    parsed, findings = parse_text(text, "new.ttl")
    assert parsed is None
    assert [finding.path for finding in findings] == ["new.ttl"]


@pytest.mark.parametrize(
    "text",
    [
        '@prefix : <http://e/> . :a :b "2026~"^^:edtf , "2026~/2027%"^^:edtf .',
        '# ---- a rule\n@prefix owl: <http://www.w3.org/2002/07/owl#> . <http://e/> owl:versionInfo "0.1" .',
    ],
)
def test_dates_rules_and_versions_of_ontologies_are_turtle_1_1(text: str) -> None:
    parsed, findings = parse_text(text, "old.ttl")
    assert parsed is not None
    assert not findings
