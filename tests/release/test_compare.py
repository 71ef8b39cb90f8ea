"""What differs between two releases, told by things and not by lines."""

from __future__ import annotations

import bz2
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.namespaces import ATLAS, GRAPH, ID, RDF, RDFS, XSD
from computeatlas.model.project import Project
from computeatlas.release.build import DATA_NAME, build
from computeatlas.release.diff.compare import Comparison, Difference, compare
from computeatlas.release.load import load

CLAIMS = "graph_data/claims/hall.ttl"
THINGS = "graph_data/entities/things.ttl"
PAPER = "graph_data/sources/paper.ttl"
TERMS = "ontology/modules/{}.ttl"
UMBRELLA = "ontology/compute-atlas.ttl"
NONE = Difference((), (), ())

Compared = Callable[..., Comparison]


@pytest.fixture(scope="module")
def unchanged() -> list[EmbeddedEngine]:
    """The tiny graph as it is, once a test has built it."""
    return []


@pytest.fixture
def compared(tiny: Path, tmp_path: Path, unchanged: list[EmbeddedEngine]) -> Compared:
    """Compare the tiny graph with itself after replacements: `compared((file, old, new), …)`."""

    if not unchanged:
        unchanged.append(load(build(Project.find(tiny), tmp_path / "old"))[1])
    old = unchanged[0]

    def run(*edits: tuple[str, str, str], back: bool = False) -> Comparison:
        for file, before, after in edits:
            path = tiny / file
            text = path.read_text(encoding="utf-8")
            assert text.count(before) >= 1
            path.write_text(text.replace(before, after, 1), encoding="utf-8")
        new = load(build(Project.find(tiny), tmp_path / "new"))[1]
        return compare(new, old) if back else compare(old, new)

    return run


def words(comparison: Comparison) -> dict[str, dict[str, tuple[list[str], list[str]]]]:
    """Return the changed parts of claims: claim → part → words before and after."""
    return {
        change.thing.name: {
            part.predicate.words: ([v.words for v in part.before], [v.words for v in part.after])
            for part in change.parts
        }
        for change in comparison.claims.changed
    }


def test_a_release_does_not_differ_from_itself(compared: Compared) -> None:
    comparison = compared()
    assert not comparison
    assert comparison.claims == NONE


def test_names_of_blank_nodes_do_not_count(release: Path) -> None:
    nquads = bz2.decompress((release / DATA_NAME).read_bytes())
    renamed = EmbeddedEngine()
    renamed.load_nquads(nquads.replace(b"_:", b"_:other"))
    assert b"_:c14n" in nquads
    assert not compare(load(release)[1], renamed)


def test_the_file_in_which_a_thing_stands_does_not_count(tiny: Path, tmp_path: Path) -> None:
    old = load(build(Project.find(tiny), tmp_path / "old"))[1]
    header = (
        "@prefix owl: <http://www.w3.org/2002/07/owl#> .\n"
        "<https://w3id.org/compute-atlas/data/claims/moved> a owl:Ontology ;\n"
        "    owl:imports <https://w3id.org/compute-atlas/ontology> .\n"
    )
    text = (tiny / CLAIMS).read_text()
    (tiny / CLAIMS).unlink()
    (tiny / "graph_data/claims/moved.ttl").write_text(header + text)
    assert not compare(old, load(build(Project.find(tiny), tmp_path / "new"))[1])


def test_claims_added_and_removed_have_label_modality_and_rank(compared: Compared) -> None:
    comparison = compared((CLAIMS, "claim:hall-cost a", "claim:hall-price a"))
    (added,), (removed,) = comparison.claims.added, comparison.claims.removed
    assert (added.name, added.label, added.kinds) == (
        "claim:hall-price",
        "The hall may cost EUR 10",
        ("speculation", "normal"),
    )
    assert removed.name == "claim:hall-cost"
    assert comparison.claims.changed == ()


def test_a_changed_claim_is_told_by_its_parts_in_words(compared: Compared) -> None:
    edit = (
        CLAIMS,
        "rank:normal ;\n    atlas:evidence psg:paper-0-31 .",
        'rank:deprecated ;\n    atlas:rankReason "It is wrong."@en ;\n'
        "    atlas:evidence psg:paper-0-31 , psg:paper-32-48 .",
    )
    comparison = compared(edit)
    assert words(comparison) == {
        "claim:hall-built-by": {
            "rank": (["normal"], ["deprecated"]),
            "reason for rank": ([], ["“It is wrong.” (en)"]),
            "evidence": (["psg:paper-0-31"], ["psg:paper-0-31", "psg:paper-32-48"]),
        }
    }
    parts = comparison.claims.changed[0].parts
    # In the order in which the parts of a claim are explained, not in that of the alphabet.
    assert [part.predicate.name for part in parts] == ["atlas:rank", "atlas:rankReason", "atlas:evidence"]
    assert [value.name for value in parts[2].added] == ["psg:paper-32-48"]
    assert parts[2].removed == ()
    assert [s.predicate.words for s in comparison.view.removed] == ["built by"]


def test_turned_round_what_was_added_is_removed(compared: Compared) -> None:
    comparison = compared((CLAIMS, "claim:hall-cost a", "claim:hall-price a"), back=True)
    assert [thing.name for thing in comparison.claims.added] == ["claim:hall-cost"]
    assert [thing.name for thing in comparison.claims.removed] == ["claim:hall-price"]


def test_a_new_label_of_a_value_changes_the_entity_and_no_claim(compared: Compared) -> None:
    comparison = compared((THINGS, '"Builder"@en', '"Maker"@en'))
    assert comparison.claims == NONE
    (change,) = comparison.entities.changed
    assert change.thing.label == "Maker"
    assert [part.predicate.name for part in change.parts] == ["rdfs:label"]


def test_a_value_that_stays_is_neither_added_nor_removed_when_its_label_changes(compared: Compared) -> None:
    comparison = compared(
        (THINGS, '"Builder"@en', '"Maker"@en'),
        (CLAIMS, "atlas:object actor:builder ;", "atlas:object actor:builder , actor:other ;"),
        (THINGS, "infra:hall a", 'actor:other a atlas:Company ; rdfs:label "Other"@en , "Annan"@sv .\n\ninfra:hall a'),
    )
    (part,) = comparison.claims.changed[0].parts
    assert [value.words for value in part.added] == ["Other"]
    assert part.removed == ()


def test_things_with_one_label_are_told_apart_by_name(compared: Compared) -> None:
    comparison = compared(
        (
            THINGS,
            "infra:hall a",
            'actor:twin a atlas:Company ; rdfs:label "Builder"@en , "Byggare"@sv .\n\ninfra:hall a',
        ),
        (CLAIMS, "atlas:object actor:builder ;", "atlas:object actor:twin ;"),
    )
    assert words(comparison) == {
        "claim:hall-built-by": {"claim object": (["Builder (actor:builder)"], ["Builder (actor:twin)"])}
    }
    assert [thing.name for thing in comparison.entities.added] == ["actor:twin"]
    assert comparison.entities.added[0].kinds == ("company",)


def test_sources_and_passages_are_apart(compared: Compared) -> None:
    comparison = compared(
        (PAPER, '"Paper"@en', '"The paper"@en'),
        (PAPER, "oa:end 31", "oa:end 30"),
    )
    assert [change.thing.name for change in comparison.sources.changed] == ["src:paper"]
    assert comparison.sources.changed[0].thing.label == "The paper"
    assert [change.thing.name for change in comparison.passages.changed] == ["psg:paper-0-31"]
    assert comparison.entities == comparison.claims == NONE


def test_a_change_inside_a_class_expression_is_a_change_of_its_class(compared: Compared) -> None:
    comparison = compared(
        (TERMS.format("hardware"), "owl:someValuesFrom atlas:AcceleratorModel", "owl:someValuesFrom prov:Entity")
    )
    (change,) = comparison.terms.changed
    assert change.thing.name == "atlas:AIDataCentre"
    (part,) = change.parts
    assert "owl:someValuesFrom atlas:AcceleratorModel" in part.before[0].words
    assert "owl:someValuesFrom prov:Entity" in part.after[0].words
    # The members of a list keep their order.
    assert "( atlas:DataCentre [" in part.after[0].words


def test_an_axiom_without_name_is_told_by_what_it_says(compared: Compared) -> None:
    comparison = compared(
        (UMBRELLA, "( atlas:Locality atlas:Region atlas:Country )", "( atlas:Locality atlas:Country )")
    )
    (added,), (removed,) = comparison.terms.added, comparison.terms.removed
    assert added.name == "[ rdf:type owl:AllDisjointClasses ; owl:members ( atlas:Locality atlas:Country ) ]"
    assert "atlas:Locality atlas:Region atlas:Country" in removed.name


def test_a_term_added_is_told(compared: Compared) -> None:
    term = (
        'atlas:roofArea a owl:DatatypeProperty ; rdfs:label "roof area"@en , "takyta"@sv ;\n'
        '    skos:definition "Gives the area of a roof."@en , "Anger ett taks yta."@sv .\n\natlas:amount a'
    )
    (thing,) = compared((TERMS.format("money"), "atlas:amount a", term)).terms.added
    assert (thing.name, thing.label, thing.kinds) == ("atlas:roofArea", "roof area", ("owl:DatatypeProperty",))


def test_current_view_and_what_follows_are_told(compared: Compared) -> None:
    comparison = compared((CLAIMS, "modality:speculation", "modality:estimate"))
    (statement,) = comparison.view.added
    assert (statement.subject.name, statement.predicate.words, statement.value.words) == (
        "infra:hall",
        "cost estimate",
        "EUR 10",
    )
    assert comparison.view.removed == ()
    also_an_opinion = compared(
        (
            CLAIMS,
            "modality:reported ;\n    atlas:rank rank:normal ;",
            "modality:opinion ;\n    atlas:statedBy actor:builder ;\n    atlas:rank rank:normal ;",
        )
    )
    assert [s.predicate.name for s in also_an_opinion.view.removed] == ["atlas:builtBy"]
    assert "atlas:hasInvolvedActor" in {s.predicate.name for s in also_an_opinion.inferred.removed}


def _engine(claims: dict[str, str]) -> EmbeddedEngine:
    engine = EmbeddedEngine()
    lines = [
        f"<{ID}claim/{name}> <{predicate}> <{value}> <{GRAPH}claims> .\n"
        for name, rank in claims.items()
        for predicate, value in ((RDF + "type", ATLAS + "Claim"), (ATLAS + "rank", f"{ID}rank/{rank}"))
    ]
    engine.load_nquads("".join(lines).encode())
    return engine


CLAIM_SETS = st.dictionaries(st.sampled_from("abcdef"), st.sampled_from(["normal", "preferred", "deprecated"]))


@given(old=CLAIM_SETS, new=CLAIM_SETS)
@settings(max_examples=60, deadline=None)
def test_every_difference_is_told_once_and_in_order(old: dict[str, str], new: dict[str, str]) -> None:
    claims = compare(_engine(old), _engine(new)).claims
    assert [thing.name for thing in claims.added] == [f"claim:{name}" for name in sorted(new.keys() - old.keys())]
    assert [thing.name for thing in claims.removed] == [f"claim:{name}" for name in sorted(old.keys() - new.keys())]
    assert [
        (change.thing.name, [(part.before[0].name, part.after[0].name) for part in change.parts])
        for change in claims.changed
    ] == [
        (f"claim:{name}", [(f"rank:{old[name]}", f"rank:{new[name]}")])
        for name in sorted(old.keys() & new.keys())
        if old[name] != new[name]
    ]


def test_a_part_that_went_with_its_property_is_told_by_the_label_it_had() -> None:
    old, new = _engine({"a": "normal"}), _engine({"a": "normal"})
    old.load_nquads(
        f'<{ID}claim/a> <{ATLAS}colour> "red" <{GRAPH}claims> .\n'
        f'<{ATLAS}colour> <{RDFS}label> "colour"@en <{GRAPH}ontology> .\n'.encode()
    )
    (part,) = compare(old, new).claims.changed[0].parts
    assert (part.predicate.words, part.removed[0].words, part.after) == ("colour", "“red”", ())


def test_the_same_digits_of_another_datatype_differ_in_words() -> None:
    old, new = _engine({"a": "normal"}), _engine({"a": "normal"})
    for engine, datatype in ((old, "integer"), (new, "decimal")):
        engine.load_nquads(f'<{ID}claim/a> <{ATLAS}value> "7"^^<{XSD}{datatype}> <{GRAPH}claims> .\n'.encode())
    (part,) = compare(old, new).claims.changed[0].parts
    assert ([value.words for value in part.before], [value.words for value in part.after]) == (
        ["7"],
        ["7 (xsd:decimal)"],
    )
    assert part.after[0].name == '"7"^^xsd:decimal'
