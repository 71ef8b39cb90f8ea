"""Numbers that are outweighed by others: when `check` warns, over units and bounds."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from computeatlas.curate.current_view import annotate, derive_current_view
from computeatlas.curate.derived_days import derived_quads
from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import graph_iri
from computeatlas.model.project import Project
from computeatlas.model.queryfile import read_query

PREFIXES = """@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix modality: <https://w3id.org/compute-atlas/id/modality/> .
@prefix rank: <https://w3id.org/compute-atlas/id/rank/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix : <http://e/> .
atlas:electricalPower atlas:changesInTime true .
:w skos:notation "W" ; atlas:baseUnit :w ; atlas:unitFactor 1.0 .
:mw skos:notation "MW" ; atlas:baseUnit :w ; atlas:unitFactor 1000000.0 .
:gw skos:notation "GW" ; atlas:baseUnit :w ; atlas:unitFactor 1000000000.0 .
:gwh skos:notation "GWh" ; atlas:baseUnit :j ; atlas:unitFactor 3600000000000.0 .
:early a atlas:Claim ; atlas:asOf "2024" ; atlas:object :a .
:late a atlas:Claim ; atlas:asOf "2025" ; atlas:object :b .
:early atlas:subject :x ; atlas:predicate atlas:electricalPower ;
    atlas:modality modality:reported ; atlas:rank rank:normal .
:late atlas:subject :x ; atlas:predicate atlas:electricalPower ;
    atlas:modality modality:reported ; atlas:rank rank:normal .
"""


def warned(given: str, kept: str, more: str = "") -> list[tuple[str, str]]:
    """Return the claims named in warnings: the outweighed one and the one that outweighs it."""
    text = PREFIXES + f":a {given} . :b {kept} . {more}"
    quads = list(ox.parse(text.encode(), format=ox.RdfFormat.TURTLE))
    engine = EmbeddedEngine([*quads, *derived_quads(quads)])
    project = Project.find()
    view = derive_current_view(engine, read_query(project.derivation()))
    current = ox.NamedNode(graph_iri("current"))
    engine.add(ox.Quad(t.subject, t.predicate, t.object, current) for t in annotate(view))
    rule = next(path for path in project.checks() if path.stem == "value_outweighed_by_far")
    return [
        (row["focus"].value[-5:], row["other"].value[-4:]) for row in engine.table(Query(rule.read_text())).records()
    ]


def power(number: str, unit: str = "MW") -> str:
    return f'atlas:minValue {number} ; atlas:maxValue {number} ; atlas:unit "{unit}"'


FOUND = [("early", "late")]


@pytest.mark.parametrize(
    ("given", "kept", "found"),
    [
        (power("100.0"), power("49.0"), FOUND),
        (power("49.0"), power("100.0"), FOUND),
        (power("100.0"), power("50.0"), []),
        (power("1.2", "GW"), power("1000.0"), []),
        (power("1.2", "GW"), power("500.0"), FOUND),
        (power("1.2", "GW"), power("1.2", "GWh"), []),
        (power("1.2", "GW"), power("1.2", "W"), FOUND),
        ('atlas:minValue 10.0 ; atlas:unit "MW"', power("100.0"), []),
        ('atlas:minValue 1000.0 ; atlas:unit "MW"', power("100.0"), FOUND),
        ('atlas:minValue 40.0 ; atlas:maxValue 60.0 ; atlas:unit "MW"', power("100.0"), []),
        ('atlas:minValue 10.0 ; atlas:maxValue 40.0 ; atlas:unit "MW"', power("100.0"), FOUND),
        ('atlas:maxValue 9.0 ; atlas:currency "EUR"', 'atlas:minValue 99.0 ; atlas:currency "EUR"', FOUND),
        ('atlas:maxValue 9.0 ; atlas:currency "EUR"', 'atlas:minValue 99.0 ; atlas:currency "SEK"', []),
    ],
)
def test_numbers_of_one_kind_that_differ_by_more_than_a_half_are_pointed_out(
    given: str, kept: str, found: list[tuple[str, str]]
) -> None:
    assert warned(given, kept) == found


@pytest.mark.parametrize(
    "said",
    [
        ":late atlas:supersedes :early",
        ":late atlas:contradicts :early",
        ":early atlas:contradicts :late",
        ":early atlas:scopePart :hall",
        ':early atlas:scopePeriod "2024"',
        ":early atlas:scopePart :hall . :late atlas:scopePart :annex",
    ],
)
def test_what_is_said_of_scope_or_of_the_pair_ends_the_warning(said: str) -> None:
    assert warned(power("1.0"), power("100.0"), f"{said} .") == []


def test_claims_on_one_part_for_one_period_are_compared() -> None:
    same = "".join(f':{name} atlas:scopePart :hall ; atlas:scopePeriod "2025" . ' for name in ("early", "late"))
    assert warned(power("1.0"), power("100.0"), same) == FOUND
