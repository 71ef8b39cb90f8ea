"""How a language writes numbers, money and units, from the locale data of Unicode (CLDR, https://cldr.unicode.org).

Babel brings the data. Spellings are folded: small letters, no accents, single blanks, no full stop at the end.
"""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from decimal import Decimal
from functools import cache, lru_cache
from typing import TYPE_CHECKING, TypeVar

from babel import Locale, UnknownLocaleError, localedata
from babel.core import get_global
from babel.languages import get_official_languages
from babel.numbers import get_territory_currencies

from computeatlas.model.text import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_T = TypeVar("_T")

#: What an amount in a language that Babel does not know is read as.
FALLBACK = "en"
#: Registers of units may have names in either spelling.
_ENGLISH = ("en", "en_GB")
#: A bare *krona*, *dollar* or *$* means the money of one of these territories, or of one in Europe.
_BEYOND_EUROPE = ("US", "CA")
#: At par with sterling, which is what a bare *pound* means.
_NEVER_BARE = frozenset({"GIP"})
#: What newspapers write and CLDR lacks.
_ALSO = {"sv": {"mdr": Decimal(10**9)}}
_BLANKS = re.compile(r"[\s\u00a0\u2007\u2009\u202f]+")
#: In every language digits may be grouped by a blank or an apostrophe.
_GROUPS = frozenset(" '’")
_GROUPED = re.compile(r"\d{1,3}(?P<group>[ '’.,])\d{3}(?:(?P=group)\d{3})*(?:(?P<decimal>[.,])\d+)?")
_PLAIN = re.compile(r"\d+(?:(?P<decimal>[.,])\d+)?")
_POWER = re.compile(r"\d+(?:\.\d+)?[eE]\d{1,2}")


@dataclass(frozen=True)
class LocaleWords:
    """The separators and the words of a language; a spelling that has several meanings has all of them."""

    language: str
    decimal: str
    group: str
    #: Spelling → what it multiplies a number with.
    scales: Mapping[str, frozenset[Decimal]]
    #: Spelling of a name, a sign or a code → codes of ISO 4217.
    money: Mapping[str, frozenset[str]]
    #: Spelling → English names of the unit in CLDR, such as *megawatt*.
    units: Mapping[str, frozenset[str]]

    def number(self, text: str) -> Decimal | None:
        """Return the number that `text` is by the rules of this language, None where it is none."""
        text = plain(text)
        if _POWER.fullmatch(text):
            return Decimal(text)
        groups, decimal = _GROUPS | {self.group}, self.decimal
        if (match := _GROUPED.fullmatch(text)) and match["group"] in groups and match["decimal"] in (None, decimal):
            return Decimal(text.replace(match["group"], "").replace(decimal, "."))
        if (match := _PLAIN.fullmatch(text)) and match["decimal"] in (None, decimal):
            return Decimal(text.replace(decimal, "."))
        return None


def plain(text: str) -> str:
    """Return `text` with single ordinary blanks, and none around it."""
    return _BLANKS.sub(" ", text).strip()


# Words at the beginning of an amount are tried one by one, on the same few letters of each.
@lru_cache(maxsize=8192)
def spelling(text: str) -> str:
    """Return `text` as the words of this module are spelled."""
    return plain(fold(plain(text))).rstrip(".")


@cache
def locale_words(language: str) -> LocaleWords:
    """Return the words of `language`, a tag such as `sv` or `de-CH`; those of English where CLDR lacks it.

    Separators are those of the region that the tag names; words are those of the language and all its regions in
    Europe, since a document seldom says for which it was written.
    """
    own = locale_of(language)
    locales = list(_locales(own))
    symbols = own.number_symbols["latn"]
    scales: defaultdict[str, set[Decimal]] = defaultdict(set)
    scales.update({word: {factor} for word, factor in _ALSO.get(own.language, {}).items()})
    for locale in locales:
        for word, factor in _scales(locale):
            scales[word].add(factor)
    return LocaleWords(
        own.language,
        symbols["decimal"],
        plain(symbols["group"]) or " ",
        _frozen(scales),
        _money(locales),
        _units(locales),
    )


def locale_of(language: str) -> Locale:
    """Return the locale of the tag `language`, without its region if CLDR lacks it; English for an unknown one."""
    parts = language.replace("_", "-").split("-")
    for tag in ("-".join(parts), parts[0]):
        try:
            return Locale.parse(tag, sep="-")
        except (UnknownLocaleError, ValueError):
            continue
    return Locale.parse(FALLBACK)


def _frozen(sets: Mapping[str, set[_T]]) -> dict[str, frozenset[_T]]:
    return {word: frozenset(found) for word, found in sets.items() if word}


def _locales(own: Locale) -> Iterator[Locale]:
    yield Locale.parse(own.language)
    for name in sorted(localedata.locale_identifiers()):
        language, _, territory = name.partition("_")
        if language == own.language and territory in _europe():
            yield Locale.parse(name)


@cache
def _europe() -> frozenset[str]:
    """Return the territories with a time zone of Europe."""
    zones: Mapping[str, str] = get_global("zone_territories")
    return frozenset(territory for zone, territory in zones.items() if zone.startswith("Europe/"))


@cache
def _bare_money() -> frozenset[str]:
    """Return the currencies that a name or sign without a country can mean."""
    territories = _europe() | set(_BEYOND_EUROPE)
    found = {code for territory in territories for code in get_territory_currencies(territory)}
    return frozenset(found - _NEVER_BARE)


def _scales(locale: Locale) -> Iterator[tuple[str, Decimal]]:
    """Yield the words for powers of ten: a pattern such as `00 miljoner` stands for ten of them at 10 000 000."""
    for forms in locale.compact_decimal_formats.values():
        for patterns in forms.values():
            for magnitude, pattern in patterns.items():
                shown = pattern.pattern.replace("'", "")
                zeros = shown.count("0")
                word = spelling(shown.replace("0", ""))
                if zeros and word:
                    yield word, Decimal(magnitude) / 10 ** (zeros - 1)


def _units(locales: list[Locale]) -> dict[str, frozenset[str]]:
    """Return the English names of units by their names in `locales`; symbols are the same in all languages."""
    english = _english_units()
    found: defaultdict[str, set[str]] = defaultdict(set)
    for unit, names in _long_names(locales).items():
        for name in names if unit in english else ():
            found[name] |= english[unit]
    return _frozen(found)


@cache
def _english_units() -> dict[str, set[str]]:
    """Return the English names of each unit by its identifier in CLDR."""
    return _long_names([Locale.parse(name) for name in _ENGLISH])


def _long_names(locales: list[Locale]) -> dict[str, set[str]]:
    """Return the names of units, in each number, by the identifier of the unit in CLDR.

    Most regions of a language repeat its names, and spelling one takes a while: each is spelled once.
    """
    texts: defaultdict[str, set[str]] = defaultdict(set)
    for locale in locales:
        for unit, lengths in locale._data["unit_patterns"].items():
            patterns = lengths["long"].values() if "long" in lengths else ()
            texts[unit].update(text for text in patterns if isinstance(text, str) and "{0}" in text)
    return {unit: {spelling(text.replace("{0}", "")) for text in found} for unit, found in texts.items()}


def _money(locales: list[Locale]) -> dict[str, frozenset[str]]:
    """Return codes by name, sign and code; a noun alone, such as *kronor*, and a shared sign stand for several."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    nouns: defaultdict[str, set[str]] = defaultdict(set)
    current = _current_money()
    for name, code in _money_names(locales, current):
        words = spelling(name).split(" ")
        found[" ".join(words)].add(code)
        for noun in {words[0], words[-1]}:
            nouns[noun].add(code)
    for code in current:
        found[spelling(code)].add(code)
    for sign, shared in _signs().items():
        (found if len(shared) == 1 else nouns)[spelling(sign)].update(shared)
    for noun, candidates in nouns.items():
        if noun not in found:
            found[noun] = candidates & _bare_money() or candidates
    return _frozen(found)


def _money_names(locales: list[Locale], codes: Iterable[str]) -> set[tuple[str, str]]:
    """Return the names of the currencies `codes`, in each number, with the code of each."""
    found: set[tuple[str, str]] = set()
    for locale in locales:
        plurals = dict(locale._data["currency_names_plural"])
        for code in codes:
            found.update(
                (name, code) for name in (locale.currencies.get(code), *plurals.get(code, {}).values()) if name
            )
    return found


@cache
def _current_money() -> frozenset[str]:
    """Return the codes that are legal tender somewhere today."""
    territories: Mapping[str, object] = get_global("territory_currencies")
    return frozenset(code for territory in territories for code in get_territory_currencies(territory))


@cache
def _signs() -> dict[str, frozenset[str]]:
    """Return the currencies that a sign stands for in the languages of Europe: `kr` is money of three countries."""
    found: defaultdict[str, set[str]] = defaultdict(set)
    current = _current_money()
    languages = {language for territory in _europe() for language in get_official_languages(territory)}
    for name in [*sorted(languages & set(localedata.locale_identifiers())), "en_US", "en_CA"]:
        for code, sign in Locale.parse(name)._data["currency_symbols"].items():
            if code in current and sign != code:
                found[sign.rstrip(".")].add(code)
    return {sign: frozenset(codes) for sign, codes in found.items()}
