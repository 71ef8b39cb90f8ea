"""Names of quantities: each says one quantity, and each quantity that can be said has one name."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.namespaces import ATLAS, ID, RDF, RDFS
from computeatlas.model.quantities import QuantityNameError, describe_quantity, name_of, plain, read_name
from computeatlas.model.quantity_text import say
from computeatlas.model.record_facts import read_quantity
from computeatlas.model.records import Quantity
from computeatlas.model.units import is_currency, shipped_units

UNITS = shipped_units()
RATES = sorted(slug for slug, unit in UNITS.by_slug.items() if unit.kind == ATLAS + "ComputingRate")
CURRENCIES = ["eur", "sek", "usd", "jpy", "gbp"]
NUMBERS = st.decimals(0, 10**15, places=3).map(plain)
WORDS = st.sampled_from(["", "about", "at-least", "at-most", "more-than", "less-than", "almost"])


@st.composite
def names(draw) -> str:
    head = draw(st.sampled_from([*UNITS.by_slug, *CURRENCIES]))
    if head in RATES and draw(st.booleans()):
        head += "-" + draw(st.sampled_from(sorted(UNITS.formats)))
    if draw(st.booleans()):
        low, high = sorted(draw(st.lists(NUMBERS, min_size=2, max_size=2, unique=True)), key=Decimal)
        return f"{head}{draw(st.sampled_from(['', '-about']))}-{low}-to-{high}"
    word = draw(WORDS)
    return f"{head}-{word}-{draw(NUMBERS)}" if word else f"{head}-{draw(NUMBERS)}"


BOUNDS = st.none() | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**39), max_value=10**39)
QUANTITIES = st.builds(
    Quantity,
    least=BOUNDS,
    most=BOUNDS,
    unit=st.sampled_from(sorted(UNITS.by_notation)) | st.text(max_size=8),
    approximate=st.booleans(),
    is_money=st.booleans(),
    least_strict=st.booleans(),
    most_strict=st.booleans(),
    number_format=st.sampled_from(["", "FP8"]) | st.text(max_size=8),
)


@given(names())
def test_a_name_comes_back_from_its_quantity_and_from_its_triples(name: str) -> None:
    quantity = read_name(name, UNITS)
    assert name_of(quantity, UNITS) == name
    said = defaultdict(list)
    for triple in describe_quantity(ID + "quantity/" + name, quantity, UNITS):
        assert triple.subject.value == ID + "quantity/" + name
        said[triple.predicate.value].append(triple.object)
    assert read_quantity(said) == quantity
    assert len(said[RDF + "type"]) == 1
    assert sorted(label.language for label in said[RDFS + "label"]) == ["en", "sv"]
    assert len(said[ATLAS + "unit"]) + len(said[ATLAS + "currency"]) == 1
    for key in ("minValue", "maxValue"):
        assert all("." in bound.value and "e" not in bound.value.lower() for bound in said[ATLAS + key])


@given(QUANTITIES, st.sampled_from(["en", "sv", "de", ""]))
def test_saying_a_quantity_never_raises(quantity: Quantity, language: str) -> None:
    said = say(quantity, UNITS, language)
    assert bool(said) == (quantity.least is not None or quantity.most is not None)


@given(st.text(max_size=30) | names().map(lambda name: name + "0") | names().map(lambda name: name.replace("-", " ")))
def test_a_name_is_read_or_refused_with_a_hint(name: str) -> None:
    try:
        assert name_of(read_name(name, UNITS), UNITS) == name
    except QuantityNameError as fault:
        assert fault.what
        assert fault.hint


@pytest.mark.parametrize(
    "name, english, swedish",
    [
        ("mw-at-least-1000", "at least 1 GW", "minst 1 GW"),
        ("mw-1234", "1,234 MW", "1\u00a0234 MW"),
        ("gw-almost-2", "almost 2 GW", "knappt 2 GW"),
        ("eur-3000000000-to-5000000000", "EUR 3 to 5 billion", "3 till 5 miljarder EUR"),
        ("sek-about-12800000000", "about SEK 12.8 billion", "omkring 12,8 miljarder SEK"),
        ("sek-almost-8000000000", "almost SEK 8 billion", "knappt 8 miljarder SEK"),
        ("usd-more-than-630000000000", "more than USD 630 billion", "mer än 630 miljarder USD"),
        ("eur-1000000", "EUR 1 million", "1 miljon EUR"),
        ("eur-1234567", "EUR 1,234,567", "1\u00a0234\u00a0567 EUR"),
        ("gpu-more-than-8000", "more than 8,000 GPUs", "fler än 8\u00a0000 GPU:er"),
        ("gpu-less-than-100", "fewer than 100 GPUs", "färre än 100 GPU:er"),
        ("gpu-1", "1 GPU", "1 GPU"),
        ("job-1", "1 job", "1 arbetstillfälle"),
        ("job-at-most-250", "at most 250 jobs", "högst 250 arbetstillfällen"),
        ("year-1-to-2", "1 to 2 years", "1 till 2 år"),
        ("pct-about-40", "about 40%", "omkring 40 %"),
        ("ratio-1.15", "1.15", "1,15"),
        ("m2-36000", "36,000 m²", "36\u00a0000 m²"),
        ("twh-less-than-1.5", "less than 1.5 TWh", "mindre än 1,5 TWh"),
        ("eflops-fp8-1.5", "1.5 EFLOP/s (FP8)", "1,5 EFLOP/s (FP8)"),
        ("zflops-fp4-about-1-to-2", "about 1 to 2 ZFLOP/s (FP4)", "omkring 1 till 2 ZFLOP/s (FP4)"),
    ],
)
def test_quantities_are_said_as_people_write_them(name: str, english: str, swedish: str) -> None:
    quantity = read_name(name, UNITS)
    assert (say(quantity, UNITS, "en"), say(quantity, UNITS, "sv")) == (english, swedish)


@pytest.mark.parametrize(
    "name, what, hint",
    [
        ("banana-3", "“banana” is no unit", "the nearest is"),
        ("megawatt-5", "“megawatt” is no unit", "write mw-5"),
        ("gpus-more-than-5", "“gpus” is no unit", "write gpu-more-than-5"),
        ("data-centres-over-3", "“data-centres” is no unit", "write datacentre-over-3"),
        ("EUR-5", "", ""),
        ("xyz-5", "“xyz” is no unit", ""),
        ("mw-over-5", "“over” is no word", "write mw-more-than-5"),
        ("mw-atleast-5", "“atleast” is no word", "write mw-at-least-5"),
        ("mw-1000.0", "another name", "write mw-1000"),
        ("mw-01", "another name", "write mw-1"),
        ("mw-5-to-5", "another name", "write mw-5"),
        ("mw-6-to-5", "swapped", "lesser number first"),
        ("mw-at-least-5-to-6", "of a range", "write mw-5-to-6"),
        ("mw-fp8-5", "no number format", "write mw-5"),
        ("eflops-fp9-5", "“fp9” is no number format", "write eflops-fp8-5"),
        ("mw", "does not end in a number", "UNIT-NUMBER"),
        ("mw-1e3", "does not end in a number", "UNIT-NUMBER"),
        ("eur-1234567890123456789", "too many digits", "larger unit"),
    ],
)
def test_a_name_that_says_no_quantity_is_refused_with_the_nearest(name: str, what: str, hint: str) -> None:
    with pytest.raises(QuantityNameError) as raised:
        read_name(name, UNITS)
    assert what in raised.value.what
    assert hint in raised.value.hint


def test_hints_lead_to_names_that_are_read() -> None:
    for name in ("megawatt-5", "mw-over-5", "mw-01", "mw-fp8-5", "eflops-fp9-5", "mw-at-least-5-to-6", "percent-7"):
        with pytest.raises(QuantityNameError) as raised:
            read_name(name, UNITS)
        assert read_name(raised.value.hint.removeprefix("write "), UNITS)


@pytest.mark.parametrize(
    "quantity",
    [
        Quantity(unit="MW"),
        Quantity(Decimal(1), Decimal(1), "banana"),
        Quantity(Decimal(1), Decimal(1), "sek", is_money=True),
        Quantity(Decimal(1), Decimal(2), "MW", least_strict=True),
        Quantity(Decimal(1), None, "MW", approximate=True),
        Quantity(Decimal(1), Decimal(1), "EFLOP/s", number_format="FP9"),
    ],
)
def test_what_no_name_says_has_none(quantity: Quantity) -> None:
    with pytest.raises(ValueError, match=r"no |one of"):
        name_of(quantity, UNITS)


def test_no_unit_is_called_as_a_currency_is() -> None:
    assert [slug for slug in UNITS.by_slug if is_currency(slug.upper())] == []
