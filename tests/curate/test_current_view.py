"""From claims to the current view: each rule of the derivation, by small sets of claims."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from computeatlas.curate.current_view import Assertion, annotate, derive_current_view
from computeatlas.curate.derived_days import derived_quads
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.errors import QueryEvaluationError
from computeatlas.model.namespaces import ATLAS, ID, OWL, RDF
from computeatlas.model.project import Project
from computeatlas.model.queryfile import parse_query_text, read_query

THING = ox.NamedNode(ID + "infrastructure/thing")
TIMELESS = ATLAS + "renewableShare"
CHANGING = ATLAS + "facilityCount"


def view(*claims: tuple, predicate: str = TIMELESS) -> list[int]:
    """Return the values that enter the current view; a claim is (value, modality, rank[, date])."""
    quads = [ox.Quad(ox.NamedNode(CHANGING), ox.NamedNode(ATLAS + "changesInTime"), ox.Literal(True))]
    for number, (value, modality, rank, *date) in enumerate(claims):
        claim = ox.NamedNode(f"{ID}claim/c{number}")
        parts = {
            RDF + "type": ox.NamedNode(ATLAS + "Claim"),
            ATLAS + "subject": THING,
            ATLAS + "predicate": ox.NamedNode(predicate),
            ATLAS + "value": ox.Literal(value),
            ATLAS + "modality": ox.NamedNode(f"{ID}modality/{modality}"),
            ATLAS + "rank": ox.NamedNode(f"{ID}rank/{rank}"),
        }
        if date:
            parts[ATLAS + "asOf"] = ox.Literal(date[0])
        quads += [ox.Quad(claim, ox.NamedNode(p), o) for p, o in parts.items()]
    derived = derive_current_view(
        EmbeddedEngine([*quads, *derived_quads(quads)]), read_query(Project.find().derivation())
    )
    return sorted(int(assertion.triple.object.value) for assertion in derived)


@pytest.mark.parametrize("modality", ["reported", "announced-plan", "estimate"])
def test_what_is_said_to_be_so_enters(modality: str) -> None:
    assert view((1, modality, "normal")) == [1]


@pytest.mark.parametrize("modality", ["prediction", "speculation", "opinion", "stated-unknown"])
@pytest.mark.parametrize("rank", ["normal", "preferred"])
def test_prediction_speculation_opinion_and_the_unknown_never_enter(modality: str, rank: str) -> None:
    assert view((1, modality, rank)) == []


def test_deprecated_never_enters() -> None:
    assert view((1, "reported", "deprecated")) == []


def test_preferred_beats_normal() -> None:
    assert view((1, "reported", "normal"), (2, "reported", "preferred")) == [2]


def test_two_normal_claims_stand_side_by_side() -> None:
    assert view((1, "reported", "normal"), (2, "announced-plan", "normal")) == [1, 2]


def test_a_preferred_speculation_does_not_push_out_a_report() -> None:
    assert view((1, "reported", "normal"), (2, "speculation", "preferred")) == [1]


@pytest.mark.parametrize("firm", ["reported", "announced-plan"])
def test_an_estimate_yields_to_a_firm_value(firm: str) -> None:
    assert view((1, "estimate", "normal"), (2, firm, "normal")) == [2]


def test_an_estimate_does_not_yield_to_a_deprecated_value() -> None:
    assert view((1, "estimate", "normal"), (2, "reported", "deprecated")) == [1]


def test_a_preferred_estimate_beats_a_normal_report() -> None:
    assert view((1, "estimate", "preferred"), (2, "reported", "normal")) == [1]


def test_of_a_property_that_changes_in_time_the_latest_counts() -> None:
    claims = [(7, "reported", "normal", "2024-12-10"), (13, "reported", "normal", "2025-03")]
    assert view(*claims, predicate=CHANGING) == [13]
    assert view(*claims, predicate=TIMELESS) == [7, 13]


def test_a_month_is_earlier_than_a_day_in_it_and_a_year_than_its_months() -> None:
    claims = [
        (1, "reported", "normal", "2024"),
        (2, "reported", "normal", "2024-12"),
        (3, "reported", "normal", "2024-12-10"),
    ]
    assert view(*claims, predicate=CHANGING) == [3]


def test_claims_of_the_same_date_stand_side_by_side() -> None:
    assert view((1, "reported", "normal", "2025"), (2, "reported", "normal", "2025"), predicate=CHANGING) == [1, 2]


def test_a_later_estimate_does_not_push_out_a_report_and_yields_to_it() -> None:
    claims = [(1, "reported", "normal", "2024"), (2, "estimate", "normal", "2025")]
    assert view(*claims, predicate=CHANGING) == [1]


def test_a_later_speculation_or_deprecated_claim_does_not_push_out_a_report() -> None:
    claims = [
        (1, "reported", "normal", "2024"),
        (2, "speculation", "normal", "2025"),
        (3, "reported", "deprecated", "2026"),
    ]
    assert view(*claims, predicate=CHANGING) == [1]


def test_an_axiom_names_every_claim_of_a_triple() -> None:
    triple = ox.Triple(THING, ox.NamedNode(TIMELESS), ox.Literal(1))
    claims = [ox.NamedNode(ID + "claim/a"), ox.NamedNode(ID + "claim/b")]
    view = (Assertion(triple, tuple(claims)),)
    written = list(annotate(view))
    assert written[0] == triple
    axiom = next(t.subject for t in written if t.object == ox.NamedNode(OWL + "Axiom"))
    supported = [t.object for t in written if t.subject == axiom and t.predicate.value == ATLAS + "supportedBy"]
    assert supported == claims
    assert list(annotate(view)) == written


def test_a_derivation_of_another_shape_is_refused() -> None:
    engine = EmbeddedEngine([ox.Quad(THING, ox.NamedNode(TIMELESS), ox.Literal(1))])
    rule = parse_query_text("odd", "SELECT (1 AS ?s) ?p (2 AS ?v) (3 AS ?c) { ?x ?p ?y }")
    with pytest.raises(QueryEvaluationError, match="odd"):
        derive_current_view(engine, rule)
