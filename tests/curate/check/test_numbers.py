"""The numbers of a text, in digits and words, Swedish and English."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from computeatlas.curate.amounts.qualifiers import Bound
from computeatlas.curate.check.numbers import MEGAWATT, PERCENT, SHARE, numbers_in, read_numbers

NO_BREAK, THIN, NARROW = "\u00a0", "\u2009", "\u202f"

IN_SWEDISH = [
    # digits
    ("12,8 miljarder", "12800000000"),
    ("det kostar 2,2 miljarder dollar", "2200000000"),
    ("över 630 miljarder", "630000000000"),
    ("1.234.567,5 och 1 234 567", "1234567.5 1234567"),
    (f"7{NO_BREAK}000, 8{THIN}000, 9{NARROW}000", "7000 8000 9000"),
    ("2.2 miljarder", "2200000000"),
    ("0,500 eller 0.500", "0.5"),
    ("år 2025 100 hallar", "2025 100"),
    ("den 31.3.2025", "31 3 2025"),
    ("2025-2026", "2025 2026"),
    ("på 1980-talet", "1980"),
    ("H100 och GB300, 5G och 3D", ""),
    # scales
    ("en miljard", "1000000000"),
    ("tre miljoner", "3000000"),
    ("fyra tusen", "4000"),
    ("två biljoner", "2000000000000"),
    ("tusen miljarder", "1000000000000"),
    ("9 mdr, 8 mdkr, 7 mkr, 6 tkr, 5 MSEK", "9000000000 8000000000 7000000 6000 5000000"),
    ("ett 20-miljardersprojekt", "20000000000"),
    ("en halv miljard", "500000000"),
    ("två och en halv miljarder", "2500000000"),
    ("½ miljard", "500000000"),
    ("två miljoner trehundra tusen", "2300000"),
    ("en miljardär, fem miljardärer", "5"),
    ("miljarder", ""),
    ("ett dussin", "12"),
    # words
    ("noll tre fem sju tretton", "0 3 5 7 13"),
    ("tjugotre, nittonhundraåttiofyra, ettusen", "23 1984 1000"),
    ("tjugoettusen", "21000"),
    ("tjugofem tusen", "25000"),
    ("hundra hallar", "100"),
    ("treton, tretjugo, femx", ""),
    ("a\u030atta, SJU", "8 7"),
    # ranges
    ("tre till fem miljarder", "3000000000 5000000000"),
    ("3–5 miljarder", "3000000000 5000000000"),
    ("3 à 5 miljarder", "3000000000 5000000000"),
    ("mellan 3 och 5 miljarder", "3000000000 5000000000"),
    ("mellan cirka tre och fem miljarder", "3000000000 5000000000"),
    ("3 och 5 miljarder", "3 5000000000"),
    ("två eller tre miljoner", "2000000 3000000"),
    ("ett till två år", "1 2"),
    ("mellan ett och två år", "1 2"),
    ("900 till 2 miljarder", "900 2000000000"),
    ("våren 2027 – 3000 miljarder", "2027 3000000000000"),
    ("10–20 procent", "10 0.1 20 0.2"),
    # shares
    ("50 %", "50 0.5"),
    ("100%", "100 1"),
    ("50 procent, 40-procentig", "50 0.5 40 0.4"),
    ("fem procentenheter", "5"),
    ("två femtedelar, hälften", "0.4 0.5"),
    ("en fjärdedel", "0.25"),
    # power
    ("1,4 GW", "1.4 1400"),
    ("en gigawatt", "1 1000"),
    ("500 kW", "500 0.5"),
    ("7 000 MW", "7000"),
    # an article is no number
    ("en hall i ett hus, en till", ""),
    ("ett år", "1"),
]
IN_ENGLISH = [
    ("2.2 billion", "2200000000"),
    ("three to five billion", "3000000000 5000000000"),
    ("1,234.5 and 1,234,567 and 20 000 000", "1234.5 1234567 20000000"),
    ("12,8 million", "12800000"),
    ("$5m, £6bn, 7k, $8 m, 9 mn", "5000000 6000000000 7000 8000000 9000000"),
    ("5 m", "5"),
    ("two trillion", "2000000000000"),
    ("a 20-billion-euro plan", "20000000000"),
    ("a million", "1000000"),
    ("half a billion", "500000000"),
    ("two and a half billion", "2500000000"),
    ("hundreds of billions", ""),
    ("seven thirteen zero", "7 13 0"),
    ("twenty-three, twenty four", "23 24"),
    ("one hundred and fifty", "150"),
    ("a hundred, the first hundred days", "100"),
    ("two hundred thousand", "200000"),
    ("one million two hundred thousand five hundred and six", "1200506"),
    ("two thousand and five, two thousand twenty-six", "2005 2026"),
    ("four thousand and two hundred", "4000 200"),
    ("a dozen", "12"),
    ("1 to 2", "1 2"),
    ("between 2 and 3 billion", "2000000000 3000000000"),
    ("between one hundred and two hundred", "100 200"),
    ("between three and one hundred and one million", "3000000 101000000"),
    ("2 and 3 billion", "2 3000000000"),
    ("two to three hundred", "200 300"),
    ("two to three hundred million", "200000000 300000000"),
    ("two to one hundred million", "2000000 100000000"),
    ("seven-eight", "7 8"),
    ("50 per cent, 40 percent, 30%", "50 0.5 40 0.4 30 0.3"),
    ("50/50", "50 0.5"),
    ("60/40", "60 0.6 40 0.4"),
    ("24/7", "24 7"),
    ("1/4", "1 4 0.25"),
    ("two fifths, one-quarter, three quarters, half", "0.4 0.25 0.75 0.5"),
    ("two fifth, one fifths", "2 1"),
    ("the fifth hall, the second one", "1"),
    ("one gigawatt", "1 1000"),
    ("1-2 GW", "1 1000 2 2000"),
    ("a one-hundred-megawatt hall", "100"),
    ("an H200, a 3D map", ""),
    ("in 2025-2026 or by 2027.", "2025 2026 2027"),
    ("a hall and an office", ""),
]
CASES = [("sv", *case) for case in IN_SWEDISH] + [("en", *case) for case in IN_ENGLISH]


@pytest.mark.parametrize("language, text, expected", CASES, ids=[f"{case[0]}: {case[1]}" for case in CASES])
def test_numbers_of_a_text(language: str, text: str, expected: str) -> None:
    assert numbers_in(text, language) == set(map(Decimal, expected.split()))


def test_a_third_is_near_enough_a_third() -> None:
    for text, language in (("a third", "en"), ("en tredjedel", "sv"), ("1/3", "en")):
        assert any(abs(number * 3 - 1) < Decimal("1e-50") for number in numbers_in(text, language))


def test_a_number_has_its_place_and_its_unit() -> None:
    text = "about 50 % of 3 to 5 billion, at 2 GW"
    assert [(text[n.start : n.end], n.value, n.unit) for n in read_numbers(text, "en")] == [
        ("50 %", 50, PERCENT),
        ("50 %", Decimal("0.5"), SHARE),
        ("3", 3 * 10**9, ""),
        ("5 billion", 5 * 10**9, ""),
        ("2 GW", 2, "GW"),
        ("2 GW", 2000, MEGAWATT),
    ]


@pytest.mark.parametrize(
    "text, language, further",
    [
        ("two further halls", "en", True),
        ("another two halls", "en", True),
        ("two more", "en", True),
        ("two halls", "en", False),
        ("more than two halls", "en", False),
        ("ytterligare två hallar", "sv", True),
        ("två till", "sv", True),
        ("två till fem", "sv", False),
    ],
)
def test_further_things_are_told_from_all_of_them(text: str, language: str, further: bool) -> None:
    assert {number.further for number in read_numbers(text, language)} == {further}


def test_a_share_gives_its_unit_to_nothing_else() -> None:
    assert [(n.value, n.unit) for n in read_numbers("7 – half of it", "en")] == [(7, ""), (Decimal("0.5"), SHARE)]


def test_the_language_decides_what_a_comma_is() -> None:
    assert numbers_in("1,234", "en-GB") == {Decimal(1234)}
    assert numbers_in("1,234", "SV") == {Decimal("1.234")}


def test_a_text_in_another_language_is_read_both_ways() -> None:
    assert numbers_in("1,234", "fi") == {Decimal(1234), Decimal("1.234")}
    assert numbers_in("seven, sju", "") == {Decimal(7)}


def test_an_identifier_is_no_number() -> None:
    assert numbers_in("9" * 31, "en") == set()
    assert numbers_in("9" * 30, "en") == {Decimal("9" * 30)}


def test_a_long_word_takes_no_long_time() -> None:
    assert numbers_in("femtio" * 50_000 + "x", "sv") == set()


# Numbers, written by other code than that which reads them.

#: Zero to nineteen, then the tens from twenty.
ENGLISH = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen
    eighteen nineteen twenty thirty forty fifty sixty seventy eighty ninety
"""
SWEDISH = """
    noll ett två tre fyra fem sex sju åtta nio tio elva tolv tretton fjorton femton sexton sjutton arton nitton
    tjugo trettio fyrtio femtio sextio sjuttio åttio nittio
"""


def below_hundred(number: int, words: str, hyphen: str) -> str:
    listed = words.split()
    if number < 20:
        return listed[number]
    tens, ones = divmod(number, 10)
    return listed[18 + tens] + (hyphen + listed[ones] if ones else "")


def in_english(number: int) -> str:
    if number < 100:
        return below_hundred(number, ENGLISH, "-")
    for size, name in ((10**6, "million"), (1000, "thousand"), (100, "hundred and")):
        if number >= size:
            head, rest = divmod(number, size)
            return f"{in_english(head)} {name} {in_english(rest)}" if rest else f"{in_english(head)} {name.split()[0]}"
    raise AssertionError


def in_swedish(number: int) -> str:
    if number < 100:
        return below_hundred(number, SWEDISH, "")
    size, name = (1000, "tusen") if number >= 1000 else (100, "hundra")
    head, rest = divmod(number, size)
    return (in_swedish(head) + name).replace("ttt", "tt") + (in_swedish(rest) if rest else "")


def grouped(number: int, separator: str) -> str:
    return f"{number:,}".replace(",", separator)


@given(st.integers(0, 10**6 - 1))
@example(1000)
@example(21000)
@example(100_000)
def test_numbers_written_in_swedish_words_are_read(number: int) -> None:
    # Alone, *ett* is an article.
    assert numbers_in(f"vi har {in_swedish(number)} hus", "sv") == ({Decimal(number)} if number != 1 else set())


@given(st.integers(0, 10**6 - 1))
@example(1000)
@example(100_000)
@example(999_999)
def test_numbers_written_in_english_words_are_read(number: int) -> None:
    assert numbers_in(f"we own {in_english(number)} houses", "en") == {Decimal(number)}


@given(st.integers(1, 999), st.integers(1, 999))
def test_millions_and_thousands_in_english_words_are_read(millions: int, thousands: int) -> None:
    number = millions * 10**6 + thousands * 1000
    assert numbers_in(f"we own {in_english(number)} houses", "en") == {Decimal(number)}


@given(st.integers(0, 10**15), st.sampled_from([" ", NO_BREAK, THIN, NARROW]), st.integers(0, 99))
def test_grouped_digits_are_read(number: int, space: str, hundredths: int) -> None:
    expected = Decimal(number) + Decimal(hundredths) / 100
    for separators, language in ((space + ",", "sv"), (".,", "sv"), (space + ".", "en"), (",.", "en")):
        written = f"{grouped(number, separators[0])}{separators[1]}{hundredths:02}"
        assert numbers_in(f"({written})", language) == {expected}


@given(st.decimals(Decimal("0.01"), 999, places=2), st.sampled_from(["billion", "miljarder"]))
def test_decimals_with_a_scale_are_read(number: Decimal, scale: str) -> None:
    language, written = ("en", str(number)) if scale == "billion" else ("sv", str(number).replace(".", ","))
    assert numbers_in(f"{written} {scale}", language) == {number * 10**9}


@given(st.integers(1, 98), st.integers(1, 98))
def test_the_scale_of_a_range_is_that_of_both_ends(low: int, more: int) -> None:
    high = low + more
    expected = {Decimal(low * 10**6), Decimal(high * 10**6)}
    for joint in (" to ", "-", "–", " or "):
        assert numbers_in(f"{low}{joint}{high} million", "en") == expected
    assert numbers_in(f"between {in_english(low)} and {in_english(high)} million", "en") == expected
    assert numbers_in(f"mellan {in_swedish(low)} och {in_swedish(high)} miljoner", "sv") == expected


@given(st.integers(1900, 2100), st.integers(1900, 2100))
def test_years_are_read(first: int, last: int) -> None:
    for language in ("sv", "en"):
        assert numbers_in(f"{first}–{last}, {last}.", language) == {Decimal(first), Decimal(last)}


PIECES = """
    en ett a an half halv och and till to - – / , . % per cent procent miljarder billion hundred hundra tusen thousand
    mellan between third tredjedel gigawatt MW 1 20 2,5 2.5 0 0/0 100 1/0 999999999999999999999999999999 tre three
    twenty ytterligare further more ½ $ m k å\u030a dozen år
"""
GAPS = st.sampled_from(["", " ", "\n", NO_BREAK])


@given(
    st.one_of(
        st.text(),
        st.lists(st.tuples(st.sampled_from(PIECES.split()), GAPS)).map(lambda pairs: "".join(map("".join, pairs))),
    )
)
@example("tusen " * 500)
@example("1/0 0/0 0 %")
@example("\ud800 7\x00")
@example("٣ ² ½")
def test_no_text_raises_and_every_number_has_a_place(text: str) -> None:
    for language in ("sv", "en", "", "-"):
        for number in read_numbers(text, language):
            assert 0 <= number.start < number.end <= len(text)
            assert text[number.start : number.end].strip() == text[number.start : number.end]
            assert number.value.is_finite()
            assert number.value >= 0


@pytest.mark.parametrize(
    "language, text, unit, value",
    [
        ("en", "84 hectares", "har", "84"),
        ("sv", "84 hektar", "har", "84"),
        ("en", "36,000 square metres", "m2", "36000"),
        ("sv", "36 000 kvadratmeter", "m2", "36000"),
        ("sv", "5 kvm", "m2", "5"),
        ("en", "5 m²", "m2", "5"),
        ("en", "2 square kilometres", "km2", "2"),
        ("en", "1.5 exaflops", "EFLOP/s", "1.5"),
        ("en", "1.5 ExaFLOPS", "EFLOP/s", "1.5"),
        ("en", "1.5 EFLOP/s", "EFLOP/s", "1.5"),
        ("sv", "40 exaflop", "EFLOP/s", "40"),
        ("en", "20 petaflop per second", "PFLOP/s", "20"),
        ("en", "7.3 TWh", "TW.h", "7.3"),
        ("en", "8 terawatt-hours", "TW.h", "8"),
        ("sv", "3 gigawattimmar", "GW.h", "3"),
        ("en", "12 petabytes", "PBy", "12"),
        ("en", "100 PB", "PBy", "100"),
        ("en", "1,000 cubic metres", "m3", "1000"),
        ("en", "18 months", "mo", "18"),
        ("en", "an 18-month plan", "mo", "18"),
        ("en", "half a year", "a", "0.5"),
        ("sv", "ett till två år", "a", "2"),
        ("en", "2 TW", "TW", "2"),
        ("en", "40%", "%", "40"),
    ],
)
def test_numbers_have_units_of_every_kind(language: str, text: str, unit: str, value: str) -> None:
    assert (Decimal(value), unit) in [(number.value, number.unit) for number in read_numbers(text, language)]


@pytest.mark.parametrize(
    "language, text, bound",
    [
        ("en", "more than 8,000 GPUs", Bound.MORE_THAN),
        ("en", "over EUR 3 billion", Bound.MORE_THAN),
        ("en", "nearly 2 GW", Bound.ALMOST),
        ("en", "almost a gigawatt", Bound.ALMOST),
        ("en", "less than $5m", Bound.LESS_THAN),
        ("en", "up to 40%", Bound.AT_MOST),
        ("en", "at least one gigawatt", Bound.AT_LEAST),
        ("en", "2 years or more, they say", Bound.AT_LEAST),
        ("en", "about 500 MW", Bound.ABOUT),
        ("en", "a thunder 500 MW", Bound.EXACT),
        ("en", "500 MW", Bound.EXACT),
        ("sv", "över 630 miljarder", Bound.MORE_THAN),
        ("sv", "drygt 500 MW", Bound.MORE_THAN),
        ("sv", "fler än 8 000 GPU:er", Bound.MORE_THAN),
        ("sv", "knappt 8 miljarder kronor", Bound.ALMOST),
        ("sv", "nästan en gigawatt", Bound.ALMOST),
        ("sv", "mindre än 40 procent", Bound.LESS_THAN),
        ("sv", "minst 1 GW", Bound.AT_LEAST),
        ("sv", "cirka 12,8 miljarder", Bound.ABOUT),
    ],
)
def test_the_word_beside_a_number_is_its_bound(language: str, text: str, bound: Bound) -> None:
    assert {number.bound for number in read_numbers(text, language)} == {bound}


def test_an_article_before_a_time_is_no_number_in_english() -> None:
    assert read_numbers("three million a year", "en")[-1].value == 3 * 10**6
    assert numbers_in("once a year, a month or a day", "en") == set()
