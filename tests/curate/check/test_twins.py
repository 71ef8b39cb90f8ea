"""Two entities that are probably one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from computeatlas.curate.check.run import check_project
from computeatlas.curate.check.twins import find_twins
from computeatlas.model.findings import Severity
from computeatlas.model.namespaces import PREFIXES
from computeatlas.model.project import Project
from computeatlas.turtle.lines import parse_project

if TYPE_CHECKING:
    from pathlib import Path

HEAD = "\n".join(f"@prefix {prefix}: <{iri}> ." for prefix, iri in PREFIXES.items()) + "\n"
PLACES = """
place:sweden a atlas:Country ; rdfs:label "Sweden"@en , "Sverige"@sv ; atlas:within place:europe .
place:norway a atlas:Country ; rdfs:label "Norway"@en , "Norge"@sv ; atlas:within place:europe .
place:europe a atlas:Place ; rdfs:label "Europe"@en , "Europa"@sv .
place:falun a atlas:Locality ; rdfs:label "Falun"@en , "Falun"@sv ; atlas:within place:sweden .
place:lule a atlas:Locality ; rdfs:label "Luleå"@en , "Luleå"@sv ; atlas:within place:sweden .
actor:evroc a atlas:Company ; rdfs:label "Evroc"@en , "Evroc"@sv .
actor:nscale a atlas:Company ; rdfs:label "Nscale"@en , "Nscale"@sv .
"""


def thing(name: str, label: str, kind: str = "DataCentre") -> str:
    return f'{name} a atlas:{kind} ; rdfs:label "{label}"@en , "{label}"@sv .\n'


def claim(subject: str, predicate: str, value: str) -> str:
    name = f"{subject}-{predicate}-{value}".replace(":", "-").lower()
    return (
        f'claim:{name} a atlas:Claim ; rdfs:label "A"@en , "B"@sv ; atlas:subject {subject} ; '
        f"atlas:predicate atlas:{predicate} ; atlas:object {value} ; atlas:modality modality:reported ; "
        "atlas:rank rank:normal ; atlas:evidence psg:paper-0-31 .\n"
    )


def pairs(root: Path, entities: str, claims: str = "") -> list[str]:
    """Return what is warned of when these are added to the tiny graph."""
    (root / "graph_data/entities/more.ttl").write_text(HEAD + PLACES + entities, encoding="utf-8")
    (root / "graph_data/claims/more.ttl").write_text(HEAD + claims, encoding="utf-8")
    graph, findings = parse_project(Project.find(root))
    assert findings == []
    found = find_twins(graph)
    assert all(one.severity is Severity.WARNING and one.code == "probable-twin" and one.line for one in found)
    return [one.what.partition(":")[2].partition(": ")[0] for one in found]


ONE, TWO = thing("infra:evroc-a", "Evroc AI factory"), thing("infra:evroc-b", "Evroc’s AI-factory")
FALUN = [claim("infra:evroc-a", "locatedIn", "place:falun"), claim("infra:evroc-b", "locatedIn", "place:falun")]


@pytest.mark.parametrize(
    "entities, claims, expected",
    [
        # Called the same.
        (thing("infra:a", "Hall One AB") + thing("infra:b", "the hall-one"), "", 1),
        # By an alternative name.
        (thing("infra:a", "Mimer") + thing("infra:b", "NAISS") + 'infra:b skos:altLabel "MIMER"@en .', "", 1),
        # Nearly the same, in one town, with one owner, or with nothing in common.
        (ONE + TWO, "".join(FALUN), 1),
        (ONE + TWO,
         claim("infra:evroc-a", "ownedBy", "actor:evroc") + claim("infra:evroc-b", "builtBy", "actor:evroc"), 1),
        (ONE + TWO, "", 0),
        # In a town and in its country, in two towns, in two countries of a continent.
        (ONE + TWO, FALUN[0] + claim("infra:evroc-b", "locatedIn", "place:sweden"), 1),
        (ONE + TWO, FALUN[0] + claim("infra:evroc-b", "locatedIn", "place:lule"), 0),
        (ONE + TWO, FALUN[0] + claim("infra:evroc-b", "locatedIn", "place:norway"), 0),
        # The same name in two towns is two things.
        (thing("infra:a", "Campus") + thing("infra:b", "Campus"),
         claim("infra:a", "locatedIn", "place:lule") + claim("infra:b", "locatedIn", "place:falun"), 0),
        # A whole and its part, and what is said to be two.
        (ONE + TWO, "".join(FALUN) + claim("infra:evroc-b", "partOf", "infra:evroc-a"), 0),
        (ONE + TWO + "infra:evroc-b owl:differentFrom infra:evroc-a .", "".join(FALUN), 0),
        (ONE + TWO + "infra:evroc-a owl:differentFrom infra:evroc-b .", "".join(FALUN), 0),
        # Another number, other firms.
        (thing("infra:a", "Hall 1 in Falun") + thing("infra:b", "Hall 2 in Falun"),
         claim("infra:a", "locatedIn", "place:falun") + claim("infra:b", "locatedIn", "place:falun"), 0),
        (thing("infra:a", "Data centre of Evroc in Falun") + thing("infra:b", "Data centre of Nscale in Falun"),
         claim("infra:a", "locatedIn", "place:falun") + claim("infra:b", "locatedIn", "place:falun"), 0),
        # Another town, of which one is not in the graph; a town that is misspelt is the same.
        (thing("infra:a", "Evroc data centre in Falun") + thing("infra:b", "Evroc data centre in Borås"),
         claim("infra:a", "builtBy", "actor:evroc") + claim("infra:b", "builtBy", "actor:evroc"), 0),
        (thing("infra:a", "Evroc data centre in Falun") + thing("infra:b", "Evroc data centre in Fahlun"),
         claim("infra:a", "builtBy", "actor:evroc") + claim("infra:b", "builtBy", "actor:evroc"), 1),
        # Classes that exclude each other, and kinds that are not compared.
        (thing("infra:a", "Lumi", "AIFactory") + thing("infra:b", "LUMI", "Supercomputer"), "", 0),
        (thing("actor:a", "Falck", "Person") + thing("actor:b", "Falck AB", "Company"), "", 0),
        (thing("actor:a", "Mimer", "Company") + thing("infra:b", "Mimer"), "", 0),
    ],
)  # fmt: skip
def test_pairs_are_found_and_no_others(tiny: Path, entities: str, claims: str, expected: int) -> None:
    assert len(pairs(tiny, entities, claims)) == expected


def test_the_warning_names_both_and_says_what_to_do(tiny: Path) -> None:
    (tiny / "graph_data/entities/more.ttl").write_text(HEAD + thing("actor:the-builder", "The Builder Ltd", "Company"))
    warning = next(f for f in check_project(Project.find(tiny)).findings if f.code == "probable-twin")
    assert warning.what == "actor:the-builder is probably actor:builder: both are called “Builder” or “The Builder Ltd”"
    assert "actor:the-builder owl:differentFrom actor:builder" in warning.hint


def test_saying_that_they_are_two_is_no_fault(tiny: Path) -> None:
    text = HEAD + thing("actor:the-builder", "The Builder Ltd", "Company")
    (tiny / "graph_data/entities/more.ttl").write_text(text + "actor:the-builder owl:differentFrom actor:builder .\n")
    assert check_project(Project.find(tiny)).findings == []


def test_what_many_have_in_common_makes_no_pair_of_each_two(tiny: Path) -> None:
    """Five hundred halls of one builder, told apart by their numbers."""
    entities = "".join(thing(f"infra:hall-{n}", f"Hall {n}") for n in range(500))
    assert pairs(tiny, entities, "".join(claim(f"infra:hall-{n}", "builtBy", "actor:evroc") for n in range(500))) == []


def test_few_pairs_of_the_real_graph_are_warned_of(project: Project) -> None:
    """They were read one by one; a false one is answered with owl:differentFrom."""
    graph, _findings = parse_project(project)
    assert len(find_twins(graph)) < 10
