"""Amounts as people type them, in a dozen languages, and what is refused with its readings."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_compact_decimal, format_currency, format_decimal
from babel.units import format_unit
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.amounts.amount import AmountError, UnitWords, read_amount
from computeatlas.curate.amounts.qualifiers import words_before

UNITS = UnitWords(
    symbols={"MW": "mw", "GW": "gw", "%": "pct", "ha": "ha", "m²": "m2", "EFLOP/s": "eflops"},
    names={
        "megawatt": "mw",
        "gigawatt": "gw",
        "gpu": "gpu",
        "gpus": "gpu",
        "percent": "pct",
        "hectare": "ha",
        "exaflops": "eflops",
        "petabyte": "pb",
    },
    formats={"fp8": "fp8", "fp64": "fp64"},
)
LANGUAGES = ("en", "sv", "de", "fr", "es", "it", "nl", "nb", "da", "fi", "pl", "pt")


def name(text: str, language: str = "en") -> str:
    return read_amount(text, language, UNITS).name


@pytest.mark.parametrize(
    "language, text, expected",
    [
        ("en", "EUR 64.1 million", "eur-64100000"),
        ("de", "€64,1 Mio.", "eur-64100000"),
        ("de", "64,1 Mio. €", "eur-64100000"),
        ("en", "1.2 GW", "gw-1.2"),
        ("sv", "1,2 GW", "gw-1.2"),
        ("en", "1,2 GW", "gw-1.2"),
        ("en", "more than 8000 GPUs", "gpu-more-than-8000"),
        ("sv", "över 8 000 GPU", "gpu-more-than-8000"),
        ("de", "über 8.000 GPUs", "gpu-more-than-8000"),
        ("fr", "plus de 8 000 GPU", "gpu-more-than-8000"),
        ("fr", "plus de 8\u202f000\u00a0GPU", "gpu-more-than-8000"),
        ("en", "almost 2 MW", "mw-almost-2"),
        ("en", "500–800 MW", "mw-500-to-800"),
        ("en", "500-800 MW", "mw-500-to-800"),
        ("en", "between 500 and 800 MW", "mw-500-to-800"),
        ("de", "zwischen 500 und 800 MW", "mw-500-to-800"),
        ("fr", "entre 500 et 800 MW", "mw-500-to-800"),
        ("en", "about 500 to 800 MW", "mw-about-500-to-800"),
        ("en", "up to 40 %", "pct-at-most-40"),
        ("sv", "upp till 40 procent", "pct-at-most-40"),
        ("en", "SEK 95bn", "sek-95000000000"),
        ("sv", "95 mdr svenska kronor", "sek-95000000000"),
        ("en", "1.5 exaflops FP8", "eflops-fp8-1.5"),
        ("en", "1.5 EFLOP/s (FP8)", "eflops-fp8-1.5"),
        ("en", "1.5 FP64 exaflops", "eflops-fp64-1.5"),
        ("en", "EUR 1.2-1.4 billion", "eur-1200000000-to-1400000000"),
        ("en", "EUR 500 million to 1 billion", "eur-500000000-to-1000000000"),
        ("en", "EUR 500 million to EUR 1 billion", "eur-500000000-to-1000000000"),
        ("es", "8.200 millones de euros", "eur-8200000000"),
        ("es", "1 mil millones de euros", "eur-1000000000"),
        ("it", "1,2 miliardi di euro", "eur-1200000000"),
        ("de", "1,2 Milliarden Euro", "eur-1200000000"),
        ("fr", "près de 2 milliards d'euros", "eur-almost-2000000000"),
        ("nl", "ruim 2 miljard euro", "eur-more-than-2000000000"),
        ("nb", "2 mrd. norske kroner", "nok-2000000000"),
        ("da", "2 mia. danske kroner", "dkk-2000000000"),
        ("fi", "noin 1,5 miljardia euroa", "eur-about-1500000000"),
        ("pl", "10 mld zł", "pln-10000000000"),
        ("pt", "2 mil milhões de euros", "eur-2000000000"),
        ("pt-BR", "2 bilhões de euros", "eur-2000000000"),
        ("en", "£8.2bn", "gbp-8200000000"),
        ("en", "US$ 630 billion", "usd-630000000000"),
        ("de-CH", "CHF 1'224.50", "chf-1224.5"),
        ("de", "1.224 GPUs", "gpu-1224"),
        ("en", "1.224 GW", "gw-1.224"),
        ("en", "8000+ GPUs", "gpu-at-least-8000"),
        ("en", "≥ 100 MW", "mw-at-least-100"),
        ("en", "> 100 MW", "mw-more-than-100"),
        ("en", "~500 MW", "mw-about-500"),
        ("en", "100 MW or more", "mw-at-least-100"),
        ("en", "12.5e9 EUR", "eur-12500000000"),
        ("en", "0.50 GW", "gw-0.5"),
        # English words beside a document in another language, where its own rules make it no other number.
        ("de", "EUR 64.1 million", "eur-64100000"),
        ("sv", "more than 8000 GPUs", "gpu-more-than-8000"),
        ("zh", "5 MW", "mw-5"),
    ],
)
def test_an_amount_is_read_by_the_rules_of_its_language(language: str, text: str, expected: str) -> None:
    assert name(text, language) == expected


@pytest.mark.parametrize(
    "language, text, says",
    [
        ("sv", "95 miljarder kronor", "dkk-95000000000 or nok-95000000000 or sek-95000000000"),
        ("sv", "95 miljarder kronor", "write the code of the currency"),
        ("nb", "2 mrd. kr", "dkk-2000000000 or nok-2000000000 or sek-2000000000"),
        ("en", "$630 billion", "cad-630000000000 or usd-630000000000"),
        ("sv", "SEK 95bn", "sek-95000000000 or sek-95000000000000"),
        ("de", "1 billion EUR", "eur-1000000000 or eur-1000000000000"),
        ("de", "EUR 1.224 million", "eur-1224000 or eur-1224000000"),
        ("de", "more than 8.000 GPUs", "gpu-more-than-8 or gpu-more-than-8000"),
    ],
)
def test_an_ambiguous_amount_is_refused_with_its_readings(language: str, text: str, says: str) -> None:
    with pytest.raises(AmountError, match="can be read in several ways") as caught:
        name(text, language)
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "text, says",
    [
        ("500 bananas", "“bananas” is no unit or currency"),
        ("500 megawat", "did you mean megawatt"),
        ("10 mW", "did you mean MW?"),
        ("5", "“5” has no unit"),
        ("500 million", "“500 million” has no unit"),
        ("", "has no number"),
        ("twelve MW", "has no number"),
        ("1, 2, 3 MW", "has more than two numbers"),
        ("12,34,56 MW", "“12,34,56” is no number"),
        ("EUR 5 MW", "“EUR MW” is no unit or currency"),
        ("EUR 800-500 million", "write the lower end first"),
        ("500 MW to 1 GW", "in different units"),
        ("more than 500-800 MW", "is a range and has “more-than” as well"),
        ("500 with 800 MW", "has two numbers with “with” between them"),
    ],
)
def test_what_is_no_amount_is_refused_and_says_why(text: str, says: str) -> None:
    with pytest.raises(AmountError) as caught:
        name(text)
    assert says in str(caught.value)


NUMBERS = st.decimals(min_value=Decimal("0.01"), max_value=Decimal(999_999_999), places=2)


def decimal_of(text: str) -> str:
    return text.rstrip("0").rstrip(".") if "." in text else text


@given(number=NUMBERS, language=st.sampled_from(LANGUAGES))
def test_a_number_that_babel_writes_in_a_language_comes_back(number: Decimal, language: str) -> None:
    written = format_decimal(number, locale=language)
    assert name(f"{written} MW", language) == f"mw-{decimal_of(f'{number:f}')}"


@given(number=NUMBERS, language=st.sampled_from(LANGUAGES), code=st.sampled_from(("EUR", "PLN", "CHF", "GBP")))
def test_a_sum_that_babel_writes_in_a_language_comes_back(number: Decimal, language: str, code: str) -> None:
    written = format_currency(number, code, locale=language)
    assert name(written, language) == f"{code.lower()}-{decimal_of(f'{number:f}')}"
    named = format_currency(number, code, locale=language, format_type="name")
    assert name(named, language) == f"{code.lower()}-{decimal_of(f'{number:f}')}"


@given(
    number=st.integers(1, 999),
    power=st.sampled_from((3, 6, 9, 12)),
    language=st.sampled_from(LANGUAGES),
    style=st.sampled_from(("long", "short")),
)
def test_a_compact_number_that_babel_writes_comes_back_or_is_ambiguous(
    number: int, power: int, language: str, style: str
) -> None:
    value = number * 10**power
    written = format_compact_decimal(value, format_type=style, locale=language)  # type: ignore[arg-type]
    expected = f"eur-{value}"
    try:
        assert name(f"EUR {written}", language) == expected
    except AmountError as error:
        # English has other words for the same powers (Billion, bn), so the reading must be among those shown.
        assert language != "en"
        assert expected in str(error.why).removeprefix("it may mean ").split(" or ")


@given(
    number=st.integers(2, 10_000),
    language=st.sampled_from(LANGUAGES),
    unit=st.sampled_from((("power-megawatt", "mw"), ("power-gigawatt", "gw"), ("area-hectare", "ha"))),
)
def test_a_unit_that_babel_writes_in_words_comes_back(number: int, language: str, unit: tuple[str, str]) -> None:
    written = format_unit(number, unit[0], "long", locale=language)
    assert name(written, language) == f"{unit[1]}-{number}"


@given(number=NUMBERS, language=st.sampled_from(LANGUAGES), data=st.data())
def test_every_word_for_a_bound_is_understood(number: Decimal, language: str, data: st.DataObject) -> None:
    word, bound = data.draw(st.sampled_from(sorted(words_before(language).items())))
    written = format_decimal(number, locale=language)
    assert name(f"{word} {written} MW", language) == f"mw-{bound.value}-{decimal_of(f'{number:f}')}"


@given(text=st.text(max_size=40), language=st.sampled_from(LANGUAGES))
def test_any_text_is_an_amount_or_refused(text: str, language: str) -> None:
    try:
        assert name(text, language)
    except AmountError as error:
        assert error.what
        assert error.hint
