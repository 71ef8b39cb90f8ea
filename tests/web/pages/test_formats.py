"""Numbers and quantities as pages write them: any number that data may hold, in both languages."""

from __future__ import annotations

from decimal import Decimal

import pyoxigraph as ox
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.namespaces import XSD
from computeatlas.model.records import Quantity
from computeatlas.web.pages.formats import compact, decimal, percent, say_quantity, say_share, say_value

NUMBERS = st.decimals(-(10**39), 10**39, allow_nan=False, places=3)


@pytest.mark.parametrize(
    "quantity, english",
    [
        (Quantity(Decimal(8000), None, "GPU", least_strict=True), "more than 8,000 GPUs"),
        (Quantity(None, Decimal(2), "GW", approximate=True, most_strict=True), "almost 2 GW"),
        (Quantity(Decimal(1000), None, "MW"), "at least 1 GW"),
        (Quantity(None, Decimal(1234), "MW"), "at most 1,234 MW"),
        (Quantity(Decimal(500), Decimal(800), "MW"), "500 to 800 MW"),
        (Quantity(Decimal(1), Decimal(2), "a", approximate=True), "about 1 to 2 years"),
        (Quantity(Decimal(1), Decimal(2), "MW", least_strict=True), "more than 1 and at most 2 MW"),
        (Quantity(Decimal(7), Decimal(7), "furlong"), "7 furlong"),
        (Quantity(Decimal("64100000"), Decimal("64100000"), "EUR", is_money=True), "EUR 64.1 million"),
        (Quantity(Decimal("64123456.78"), None, "EUR", is_money=True), "at least EUR 64,123,456.78"),
    ],
)
def test_quantities_are_said_with_their_bounds(quantity: Quantity, english: str) -> None:
    with Flask(__name__).test_request_context("/", headers={"Accept-Language": "en"}):
        assert say_quantity(quantity) == english


@given(NUMBERS, st.sampled_from(["en", "sv"]))
def test_no_number_of_the_data_raises(number: Decimal, tag: str) -> None:
    literal = ox.Literal(f"{number:f}", datatype=ox.NamedNode(XSD + "decimal"))
    with Flask(__name__).test_request_context("/", headers={"Accept-Language": tag}):
        assert all((decimal(number), compact(number), percent(number), say_value(literal), say_share(literal)))
        assert say_quantity(Quantity(number, None, "MW"))
