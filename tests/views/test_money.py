"""Money by programme and as bars: no sum across anything, no bound invented."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.namespaces import ATLAS, ID, RDF, RDFS
from computeatlas.model.records import Claim, Quantity
from computeatlas.views.money import (
    AMOUNT,
    SCALE,
    SHARE,
    Chart,
    Entry,
    Line,
    Saying,
    Value,
    draw,
    read_entries,
    read_lines,
)

from .claimed import Made, node, quads_of, reader_of, text

DECIMAL = ox.NamedNode("http://www.w3.org/2001/XMLSchema#decimal")
COMMITMENT = ox.NamedNode(ATLAS + "FundingCommitment")
FUNDS = ATLAS + "funds"
COST = ATLAS + "costEstimate"


def amount(name: str, least: str | None, most: str | None, currency: str = "EUR", about: bool = False) -> list:
    """Return the triples of a quantity."""
    quantity = node(f"quantity/{name}")
    found = [(quantity, RDF + "type", ox.NamedNode(ATLAS + "MonetaryAmount"))]
    found.append((quantity, ATLAS + "currency", ox.Literal(currency)))
    if least is not None:
        found.append((quantity, ATLAS + "minValue", ox.Literal(least, datatype=DECIMAL)))
    if most is not None:
        found.append((quantity, ATLAS + "maxValue", ox.Literal(most, datatype=DECIMAL)))
    if about:
        found.append((quantity, ATLAS + "approximate", ox.Literal(True)))
    return found


def commitment(name: str) -> tuple:
    return node(f"funding/{name}"), RDF + "type", COMMITMENT


def test_a_commitment_stands_under_the_programmes_that_it_is_for_and_costs_stand_apart() -> None:
    site, prog = node("infrastructure/s"), node("programme/p")
    claims = [
        Made("a", (site,), subject="funding/a", property=FUNDS),
        Made("b", (prog,), subject="funding/b", property=FUNDS),
        Made("c", (node("quantity/q"),), subject="funding/c", property=AMOUNT),
        Made("d", (node("quantity/q"),), subject="infrastructure/s", property=COST),
    ]
    more = [
        *map(commitment, "abc"),
        *amount("q", "1.0", "1.0"),
        (prog, RDF + "type", ox.NamedNode(ATLAS + "Programme")),
        (site, ATLAS + "underProgramme", prog),
        *((ox.NamedNode(name), RDFS + "range", ox.NamedNode(ATLAS + "MonetaryAmount")) for name in (AMOUNT, COST)),
    ]
    assert read_lines(reader_of(quads_of(claims, more))) == (
        Line(ID + "funding/a", prog.value),
        Line(ID + "funding/b", prog.value),
        Line(ID + "funding/c"),
        Line(site.value, None, COST),
    )


def test_what_did_not_enter_the_view_stands_aside_and_amounts_keep_their_bounds() -> None:
    claims = [
        Made("a", (node("quantity/exact"),), "announced-plan", "preferred", "funding/f", AMOUNT),
        Made("b", (node("quantity/most"),), "estimate", "normal", "funding/f", AMOUNT),
        Made("c", (node("actor/x"), node("actor/y")), subject="funding/f", property=ATLAS + "funder"),
        Made("d", (ox.Literal("0.5", datatype=DECIMAL),), subject="funding/f", property=SHARE),
        Made("e", (text("big"), text("stor", "sv")), "opinion", subject="funding/f", property=ATLAS + "assessment"),
        Made("g", (node("funding/f"),), subject="infrastructure/s", property=ATLAS + "hasFunding"),
    ]
    more = [commitment("f"), *amount("exact", "2.5", "2.5", "SEK", about=True), *amount("most", None, "8.0")]
    reader = reader_of(quads_of(claims, more))
    (entry,), sums = read_entries(reader, read_lines(reader))
    assert [saying.property for saying in entry.sayings] == [
        AMOUNT,
        SHARE,
        ATLAS + "funder",
        FUNDS,
        ATLAS + "assessment",
    ]
    money, _share, funder, funds, opinion = entry.sayings
    assert [[term.value for term in value.terms] for value in money.values] == [[ID + "quantity/exact"]]
    assert [claim.iri for claim in money.aside] == [ID + "claim/b"]
    assert [[term.value for term in value.terms] for value in funder.values] == [[ID + "actor/x", ID + "actor/y"]]
    assert [claim.iri for value in funds.values for claim in value.claims] == [ID + "claim/g"]
    assert (opinion.values, [claim.iri for claim in opinion.aside]) == ((), [ID + "claim/e"])
    assert len(entry.claims) == len(claims)
    assert sums == {
        ID + "quantity/exact": Quantity(Decimal("2.5"), Decimal("2.5"), "SEK", approximate=True, is_money=True),
        ID + "quantity/most": Quantity(None, Decimal("8.0"), "EUR", is_money=True),
    }
    (chart,) = draw([entry], sums)
    assert [(bar.amount, bar.sure, bar.end) for bar in chart.bars] == [(ID + "quantity/exact", SCALE, SCALE)]


BOUNDS = st.one_of(
    st.decimals(0, 10**12, places=1).map(lambda n: (n, n)),
    st.decimals(0, 10**12, places=1).map(lambda n: (n, None)),
    st.decimals(0, 10**12, places=1).map(lambda n: (None, n)),
    st.tuples(st.decimals(0, 10**11, places=1), st.decimals(10**11, 10**12, places=1)),
)


@given(st.lists(st.tuples(BOUNDS, st.sampled_from(["EUR", "SEK", "USD"])), max_size=8))
def test_bars_are_true_to_scale_within_their_currency_only(rows: list) -> None:
    sums = {f"q{n}": Quantity(least, most, currency, is_money=True) for n, ((least, most), currency) in enumerate(rows)}
    claim = Claim("c")
    entries = [
        Entry(Line(f"f{n}"), (Saying(AMOUNT, (Value((ox.NamedNode(f"urn:{name}"),), (claim,)),), ()),))
        for n, name in enumerate(sums)
    ]
    charts = draw(entries, {f"urn:{name}": found for name, found in sums.items()})
    assert [chart.currency for chart in charts] == sorted({currency for _, currency in rows})
    assert sorted(bar.amount for chart in charts for bar in chart.bars) == sorted(f"urn:{name}" for name in sums)
    for chart in charts:
        assert {bar.quantity.unit for bar in chart.bars} == {chart.currency}
        for bar in chart.bars:
            assert 0 <= bar.sure <= bar.end <= SCALE
            assert bar.is_open == (bar.quantity.most is None)
            assert abs(bar.sure - length(bar.quantity.least, chart)) < 1
            assert bar.is_open or abs(bar.end - length(bar.quantity.most, chart)) < 1


def length(bound: Decimal | None, chart: Chart) -> Decimal:
    return (bound or Decimal(0)) * SCALE / chart.top


def test_no_money_is_an_empty_page() -> None:
    reader = reader_of([])
    assert read_lines(reader) == ()
    assert read_entries(reader, ()) == ((), {})
    assert draw((), {}) == ()


def test_of_a_converted_amount_the_original_is_drawn_and_both_are_known() -> None:
    claims = [Made("a", (node("quantity/converted"),), subject="funding/f", property=AMOUNT)]
    more = [
        commitment("f"),
        *amount("converted", "23.0", "23.0", "SEK", about=True),
        *amount("original", "2.2", None, "USD"),
        (node("quantity/original"), ATLAS + "lowerBoundStrict", ox.Literal(True)),
        (node("claim/a"), ATLAS + "convertedFrom", node("quantity/original")),
        (node("claim/a"), ATLAS + "conversionRate", ox.Literal("10.45", datatype=DECIMAL)),
    ]
    reader = reader_of(quads_of(claims, more))
    (entry,), sums = read_entries(reader, read_lines(reader))
    (claim,) = entry.claims
    assert (claim.converted_from, claim.conversion_rate) == (ID + "quantity/original", Decimal("10.45"))
    assert sums[ID + "quantity/original"] == Quantity(Decimal("2.2"), None, "USD", is_money=True, least_strict=True)
    (chart,) = draw([entry], sums)
    assert [(chart.currency, bar.amount, bar.is_open) for bar in chart.bars] == [
        ("USD", ID + "quantity/original", True)
    ]
