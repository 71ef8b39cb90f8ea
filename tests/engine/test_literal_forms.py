"""Literals that lose their form: what is said of one is what the engine does with it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from computeatlas.engine.literal_forms import _RULES, LiteralForms, given_back, is_changed
from computeatlas.model.namespaces import XSD

NAMES = [*_RULES, "string", "anyURI", "token", "hexBinary"]
two = st.integers(0, 61).map("{:02}".format)
zones = st.sampled_from(["", "Z", "+00:00", "-00:00", "+05:30", "-14:00"])
fractions = st.sampled_from(["", ".0", ".1", ".10", ".100000", ".123456", ".000", ".1234567890", "."])
dates = st.builds("{}-{}-{}".format, st.sampled_from(["2023", "0000", "-0001", "12023", "02023", "1"]), two, two)
times = st.builds("{}:{}:{}{}".format, two, two, two, fractions)
numbers = st.from_regex(r"[+-]?[0-9]{0,20}(\.[0-9]{0,20})?([eE][+-]?[0-9]{1,3})?", fullmatch=True)
durations = st.from_regex(
    r"-?P([0-9]{1,3}Y)?([0-9]{1,3}M)?([0-9]{1,3}D)?(T([0-9]{1,3}H)?([0-9]{1,2}(\.[0-9]{1,3})?S)?)?", fullmatch=True
)
forms = st.one_of(
    numbers,
    durations,
    st.builds("{}{}".format, dates, zones),
    st.builds("{}{}".format, times, zones),
    st.builds("{}T{}{}".format, dates, times, zones),
    st.from_regex(r"(--)?(-?[0-9]{2,5})(-[0-9]{2}){0,2}(Z|\+00:00)?", fullmatch=True),
    st.sampled_from(
        ["true", "false", "0", "1", "NaN", "INF", "+INF", "inf", "nan", "Infinity", "-INF", "", " 1", "１", "24:00:00"]
    ),
    st.text(max_size=5),
)


def literal(form: str, name: str) -> ox.Literal:
    return ox.Literal(form, datatype=ox.NamedNode(XSD + name))


@given(forms, st.sampled_from(NAMES))
@example("2023-06-04T20:36:33.100000", "dateTime")
@example("7", "byte")
@example("inf", "double")
@example("nan", "float")
@example("-infinity", "double")
@example("1.10", "decimal")
@example("24:00:00", "time")
@example("0.100000000000000005", "double")
@example("16777217", "float")
@example("0.3333333", "float")
@example("99999.5", "float")
@example("123456", "float")
@example("9999999999999999", "double")
def test_what_is_said_of_a_literal_is_what_the_engine_does(form: str, name: str) -> None:
    found = literal(form, name)
    changed = given_back(found) != found
    assert is_changed(found) == changed
    counted = LiteralForms()
    counted.look_at([ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), found)])
    assert counted.changed == changed


@pytest.mark.parametrize(
    "form, name, changed",
    [
        ("2023-06-04T20:36:33.100000", "dateTime", True),
        ("2023-06-04T20:36:33.1Z", "dateTime", False),
        ("7", "byte", True),
        ("7", "integer", False),
        ("007", "integer", True),
        ("1.10", "decimal", True),
        ("1.1", "decimal", False),
        ("24:00:00", "time", True),
        ("1", "boolean", True),
        ("1.0E0", "double", True),
        ("text", "string", False),
        ("no number", "integer", False),
    ],
)
def test_examples(form: str, name: str, changed: bool) -> None:
    assert is_changed(literal(form, name)) is changed


def test_literals_are_counted_on_their_way() -> None:
    turtle = b"""@prefix x: <http://www.w3.org/2001/XMLSchema#> .
        <a:s> <a:p> 1.10, 1.1, "7"^^x:byte, "text", "text"@en, <a:o>, [ <a:p> 01 ] ."""
    quads = list(ox.parse(turtle, format=ox.RdfFormat.TURTLE))
    nested = ox.Triple(ox.NamedNode("a:s"), ox.NamedNode("a:p"), literal("02", "integer"))
    quads.append(ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), nested))
    counted = LiteralForms()
    assert list(counted.watch(quads)) == quads
    assert counted.changed == 4
    assert str(counted) == (
        '4 literals come back in another form, such as "1.10"^^xsd:decimal → "1.1"^^xsd:decimal,'
        ' "7"^^xsd:byte → "7"^^xsd:integer, "01"^^xsd:integer → "1"^^xsd:integer'
    )


def test_nothing_is_counted_where_all_is_kept() -> None:
    quads = list(ox.parse(b"<a:s> <a:p> 1, 1.5, true, 'x' .", format=ox.RdfFormat.TURTLE))
    counted = LiteralForms()
    assert list(counted.watch(quads)) == quads
    assert (counted.changed, counted.examples) == (0, [])


@pytest.mark.parametrize("name", _RULES)
def test_no_form_that_is_changed_begins_otherwise(name: str) -> None:
    """The look at the first character leaves nothing out, whichever form follows that a datatype knows."""
    rests = ["", "1", "0", "1.0", "INF", "nf", "an", "nfinity", "rue", "alse", "P1Y", "2023-01-01", "24:00:00"]
    for first in [*map(chr, range(1, 0x100)), "\u2212", "\uff11", "\u221e", "\ufeff"]:
        for rest in rests:
            found = literal(first + rest, name)
            if given_back(found) != found:
                counted = LiteralForms()
                counted.look_at([ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), found)])
                assert counted.changed == 1, found
