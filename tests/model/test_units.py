"""The register of units, held against UCUM as another library has it."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st
from ucumvert import PintUcumRegistry

from computeatlas.model.namespaces import PREFIXES, SKOS
from computeatlas.model.units import read_units, shipped_units

UNITS = shipped_units()
SLUGS = st.sampled_from(sorted(UNITS.by_slug))
UCUM = "http://qudt.org/schema/qudt/ucumCode"


@pytest.fixture(scope="module")
def ucum() -> PintUcumRegistry:
    return PintUcumRegistry()


def triples(repository) -> list[ox.Triple]:
    data = (repository / "ontology/codes/unit.ttl").read_bytes()
    return [quad.triple for quad in ox.parse(data, format=ox.RdfFormat.TURTLE)]


def test_factors_are_those_of_ucum(repository, ucum: PintUcumRegistry) -> None:
    codes = {
        t.subject.value.rpartition("/")[2]: t.object.value for t in triples(repository) if t.predicate.value == UCUM
    }
    assert set(codes) == set(UNITS.by_slug)
    compared = 0
    for slug, code in codes.items():
        unit = UNITS.by_slug[slug]
        # What stands in braces is a remark: {GPU} is the unit 1, and FLOP/s are per second.
        if not code.startswith("{"):
            one, base = ucum.from_ucum(code), ucum.from_ucum(codes[unit.base])
            factor = (one / base).to_base_units().magnitude
            assert float(factor) == pytest.approx(float(unit.factor), rel=1e-12), slug
            compared += 1
    assert compared > 35


def test_every_prefix_is_there() -> None:
    families = {"W": " kMGT", "W.h": " kMGT", "By": " kMGTPE", "FLOP/s": " kMGTPEZ", "OP/s": " kMGTPEZ"}
    for base, prefixes in families.items():
        notations = [(prefix + base).strip() for prefix in prefixes]
        assert set(notations) <= UNITS.by_notation.keys()
        for notation, larger in pairwise(notations):
            assert UNITS.larger(UNITS.by_notation[notation]) == UNITS.by_notation[larger]
        assert UNITS.larger(UNITS.by_notation[notations[-1]]) is None
    assert {"m2", "har", "km2", "m3", "L", "mo", "d", "h", "a", "1", "%", "GPU"} <= UNITS.by_notation.keys()
    assert all(UNITS.larger(UNITS.by_notation[notation]) is None for notation in ("L", "m2", "GPU", "a", "d"))


@given(SLUGS, SLUGS, st.decimals(0, 10**9, places=6))
def test_conversion_there_and_back_changes_nothing(one: str, other: str, value: Decimal) -> None:
    here, there = UNITS.by_slug[one], UNITS.by_slug[other]
    converted = UNITS.convert(value, here.notation, there.notation)
    assert (converted is not None) == (here.base == there.base)
    if converted is not None:
        assert here.kind == there.kind
        back = UNITS.convert(converted, there.notation, here.notation)
        assert back is not None
        assert abs(back - value) <= abs(value) * Decimal("1e-20")


def test_what_measures_other_things_is_not_converted() -> None:
    assert UNITS.convert(Decimal(1200), "MW", "GW") == Decimal("1.2")
    for one, other in [("MW", "MW.h"), ("GPU", "node"), ("FLOP/s", "OP/s"), ("MW", "banana"), ("banana", "MW")]:
        assert UNITS.convert(Decimal(1), one, other) is None


def test_words_lead_to_the_nearest_unit() -> None:
    words = {"GPUs": "gpu", "hectares": "ha", "megawats": "mw", "petaflop": "pflops", "procent": "pct", "år": "year"}
    assert {word: UNITS.nearest(word) for word in words} == words
    assert UNITS.nearest("banana") is None
    assert UNITS.nearest("banana", cutoff=0) in UNITS.by_slug


def test_a_unit_that_lacks_a_part_is_left_out(repository) -> None:
    for part in ("notation", "factor"):
        kept = [t for t in triples(repository) if not (t.subject.value.endswith("/gw") and part in _lower(t))]
        units = read_units(kept)
        assert "gw" not in units.by_slug
        assert "mw" in units.by_slug
    assert not read_units([])


def _lower(triple: ox.Triple) -> str:
    return triple.predicate.value.lower()


def test_links_to_qudt_are_to_its_units(repository) -> None:
    links = [
        t.object.value for t in triples(repository) if t.predicate.value in (SKOS + "exactMatch", SKOS + "closeMatch")
    ]
    assert len(links) > 30
    assert all(link.startswith("http://qudt.org/vocab/unit/") for link in links)
    assert PREFIXES["unit"].endswith("/id/unit/")
