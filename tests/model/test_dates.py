"""Dates in EDTF: which texts are dates, the days between which they lie, and how they are ordered."""

from __future__ import annotations

import calendar
from datetime import date
from itertools import pairwise

import pytest
from edtf import parse_edtf as library
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.dates import EdtfError, Precision, parse_edtf, place_of, read_date, read_edtf

from .edtf_texts import EDTF, PARTS, PLAIN


def days(text: str) -> tuple[str | None, str | None]:
    found = parse_edtf(text)
    return tuple(day.isoformat() if day else None for day in (found.earliest, found.latest))


@pytest.mark.parametrize(
    "text, earliest, latest, precision",
    [
        ("2027", "2027-01-01", "2027-12-31", Precision.YEAR),
        ("2024-02", "2024-02-01", "2024-02-29", Precision.MONTH),
        ("2024-12-10", "2024-12-10", "2024-12-10", Precision.DAY),
        ("2024-12-10T10:00:00Z", "2024-12-10", "2024-12-10", Precision.DAY),
        ("2027-22", "2027-06-01", "2027-08-31", Precision.SEASON),
        ("2027-30", "2027-01-01", "2028-02-29", Precision.SEASON),
        ("2027-34", "2027-04-01", "2027-06-30", Precision.QUARTER),
        ("2027-34?", "2027-04-01", "2027-06-30", Precision.QUARTER),
        ("2027-39", "2027-09-01", "2027-12-31", Precision.THIRD),
        ("2027-41~", "2027-07-01", "2027-12-31", Precision.HALF),
        ("2026-06?", "2026-06-01", "2026-06-30", Precision.MONTH),
        ("2004-06~-11", "2004-06-11", "2004-06-11", Precision.DAY),
        ("202X", "2020-01-01", "2029-12-31", Precision.OTHER),
        ("2027-06-XX", "2027-06-01", "2027-06-30", Precision.OTHER),
        ("156X-02-29", "1560-02-29", "1569-02-28", Precision.OTHER),
        ("1950S2", "1900-01-01", "1999-12-31", Precision.OTHER),
        ("2025/2026", "2025-01-01", "2026-12-31", Precision.INTERVAL),
        ("2027-34/2028-02~", "2027-04-01", "2028-02-29", Precision.INTERVAL),
        ("2027/..", "2027-01-01", None, Precision.INTERVAL),
        ("2027/", "2027-01-01", None, Precision.INTERVAL),
        ("../2027-06", None, "2027-06-30", Precision.INTERVAL),
        ("[1667,1668,1670..1672]", "1667-01-01", "1672-12-31", Precision.SET),
        ("{1960, 1961-12}", "1960-01-01", "1961-12-31", Precision.SET),
        ("[..1984]", None, "1984-12-31", Precision.SET),
    ],
)
def test_the_days_of_a_date(text: str, earliest: str | None, latest: str | None, precision: Precision) -> None:
    assert days(text) == (earliest, latest)
    assert parse_edtf(text).precision is precision


@pytest.mark.parametrize("code", [24, 28, 30])
def test_winter_is_in_two_years_and_is_either(code: int) -> None:
    """The library has it end in December."""
    assert days(f"2027-{code}") == ("2027-01-01", "2028-02-29")
    assert days(f"9999-{code}") == ("9999-01-01", "9999-12-31")


@pytest.mark.parametrize(
    "text, uncertain, approximate",
    [("2026", False, False), ("2026?", True, False), ("2026~", False, True), ("2026%", True, True)],
)
def test_what_is_uncertain_or_approximate(text: str, uncertain: bool, approximate: bool) -> None:
    found = parse_edtf(text)
    assert (found.is_uncertain, found.is_approximate) == (uncertain, approximate)
    assert days(text) == days("2026"), "the days are those that are written"


@pytest.mark.parametrize(
    "text, why",
    [
        ("2026-13", "there is no month 13"),
        ("2026-42", "there is no month 42"),
        ("2025-02-30", "that month has 28 days"),
        ("2025-34-01", "there is no month 34"),
        ("2025-00", "no month and no day is 00"),
        ("2025-01-00", "no month and no day is 00"),
        ("0000", "years are 0001 to 9999 here"),
        ("2026/2025", "it ends before it begins"),
        ("{1990..1980}", "it ends before it begins"),
        ("../..", "neither end is known"),
        ("/", "neither end is known"),
        ("[..]", "neither end is known"),
        ("[..2020,2021..]", "it is open on both sides"),
        ("2025/2026/2027", "an interval has two ends, with one / between them"),
        ("[2025,2026}", "its brackets do not match"),
        ("[", "its brackets do not match"),
        ("2027-Q2", "no form of EDTF fits it"),
        ("late 2027", "no form of EDTF fits it"),
        ("2027/open", "no form of EDTF fits it"),
        (" 2027", "no form of EDTF fits it"),
        ("2027\n", "no form of EDTF fits it"),
        ("٢٠٢٧", "no form of EDTF fits it"),
        ("XXXX", "no form of EDTF fits it"),
        ("Y17000", "no form of EDTF fits it"),
        ("-0100", "no form of EDTF fits it"),
        ("", "no form of EDTF fits it"),
        ("[" + "2027," * 50 + "2027]", "it has more than 200 characters"),
    ],
)
def test_what_is_no_date_says_why(text: str, why: str) -> None:
    with pytest.raises(EdtfError) as caught:
        parse_edtf(text)
    assert caught.value.why == why
    assert caught.value.hint
    assert read_edtf(text) is None


@pytest.mark.parametrize("text", ["2027-1X", "2027-X1", "2027-02-3X", "2027-~1X", "[2027-1X,2028]", "2027-1X/.."])
def test_a_month_with_one_unspecified_digit_is_refused_in_silence(text: str, capsys: pytest.CaptureFixture) -> None:
    """The library prints its arguments and raises an AttributeError."""
    assert read_edtf(text) is None
    assert capsys.readouterr() == ("", "")


@given(EDTF)
def test_every_date_lies_between_its_days(text: str) -> None:
    found = parse_edtf(text)
    assert str(found) == text
    first, last = found.days
    assert first <= last
    assert found.earliest in (first, None)
    assert found.latest in (last, None)


@given(st.one_of(PLAIN, PARTS))
def test_plain_dates_are_read_as_the_library_reads_them(text: str) -> None:
    found, theirs = parse_edtf(text), library(text)
    if text[5:] not in ("24", "28", "30"):
        assert (found.earliest, found.latest) == (
            date(*theirs.lower_strict()[:3]),
            date(*theirs.upper_strict()[:3]),
        )


@given(st.text(max_size=30) | st.text("0123456789-/.?~%XYSET[]{},:+ ", max_size=30))
def test_any_text_is_a_date_or_says_why_not(text: str) -> None:
    try:
        found = parse_edtf(text)
    except EdtfError as error:
        assert error.why
        assert error.hint
    else:
        assert found.days[0] <= found.days[1]


@given(st.lists(EDTF, max_size=8))
def test_order_is_that_of_the_first_days(texts: list[str]) -> None:
    ordered = sorted(map(parse_edtf, texts))
    assert all((one.earliest or date.min) <= (other.earliest or date.min) for one, other in pairwise(ordered))
    assert all(one <= other and not other < one for one, other in pairwise(ordered))


def test_what_is_less_exact_comes_before_what_lies_in_it() -> None:
    texts = ["2024", "2024-01", "2024-01-01", "2024-01-02", "2024-05", "2025"]
    assert [str(found) for found in sorted(map(parse_edtf, reversed(texts)))] == texts


@pytest.mark.parametrize(
    "text, same",
    [
        ("2024-12-10T23:59:59.5+01:00", "2024-12-10"),
        ("2024-12-10Z", "2024-12-10"),
        ("2024-12+01:00", "2024-12"),
        ("2024Z", "2024"),
        (" 2024-12-10 ", "2024-12-10"),
        ("2024-34?", "2024-34?"),
    ],
)
def test_values_of_xml_schema_are_read_without_time_and_zone(text: str, same: str) -> None:
    assert read_date(text) == parse_edtf(same)


@pytest.mark.parametrize("text", ["", "soon", "20270", "-2027", "2027-02-30", "2027-02-30T00:00:00Z"])
def test_what_is_no_date_of_either_kind_is_none(text: str) -> None:
    assert read_date(text) is None


@given(st.dates())
def test_days_lie_in_their_year(day: date) -> None:
    assert day.year <= place_of(day) < place_of(day, end=True) <= day.year + 1
    last = date(day.year, 12, 31)
    assert place_of(last, end=True) == day.year + 1
    assert place_of(date(day.year, 1, 1)) == day.year
    assert calendar.isleap(day.year) or place_of(last) == day.year + 364 / 365


@pytest.mark.parametrize(
    "text, components",
    [("2024-12-10", (2024, 12, 10)), ("2024-12~", (2024, 12)), ("2024-34", (2024,)), ("2024/2025", ()), ("202X", ())],
)
def test_components_are_what_is_known(text: str, components: tuple[int, ...]) -> None:
    assert parse_edtf(text).components == components
