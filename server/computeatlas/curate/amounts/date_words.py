"""Dates as people type them in a dozen languages, read into EDTF: `Ende 2027`, `2º trimestre de 2027`, `12.3.2025`.

What is EDTF already, English or Swedish is read by `date_input`. Names of months and quarters of other languages are
those of Babel's locale data, which has no words for seasons, halves and thirds of a year.
"""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from computeatlas.curate.amounts.date_input import date_from_input
from computeatlas.curate.amounts.locale_words import locale_of, plain, spelling
from computeatlas.curate.amounts.qualifiers import Bound, language_of_words, words_before
from computeatlas.model.dates import EdtfDate, EdtfError, read_edtf
from computeatlas.model.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: Language → code of EDTF for a part of a year → words before the year, folded, by commas.
_PARTS: dict[str, dict[int, str]] = {
    "de": {
        37: "anfang,beginn,fruh",
        38: "mitte",
        39: "ende,spat",
        21: "fruhjahr,fruhling",
        22: "sommer",
        23: "herbst",
        24: "winter",
        40: "erstes halbjahr,ersten halbjahr,erste halfte,1. halbjahr",
        41: "zweites halbjahr,zweiten halbjahr,zweite halfte,2. halbjahr",
    },
    "fr": {
        37: "debut",
        38: "mi,milieu",
        39: "fin",
        21: "printemps",
        22: "ete",
        23: "automne",
        24: "hiver",
        40: "premier semestre,1er semestre",
        41: "second semestre,deuxieme semestre,2e semestre",
    },
    "es": {
        37: "principios,comienzos,inicios",
        38: "mediados",
        39: "finales,fines",
        21: "primavera",
        22: "verano",
        23: "otono",
        24: "invierno",
        40: "primer semestre",
        41: "segundo semestre",
    },
    "it": {
        37: "inizio,inizi",
        38: "meta",
        39: "fine",
        21: "primavera",
        22: "estate",
        23: "autunno",
        24: "inverno",
        40: "primo semestre",
        41: "secondo semestre",
    },
    "nl": {
        37: "begin",
        38: "midden,medio",
        39: "eind,einde",
        21: "voorjaar,lente",
        22: "zomer",
        23: "najaar,herfst",
        24: "winter",
        40: "eerste helft,eerste halfjaar",
        41: "tweede helft,tweede halfjaar",
    },
    "nb": {
        37: "begynnelsen,starten,tidlig",
        38: "midten",
        39: "slutten,sent",
        21: "varen,var",
        22: "sommeren,sommer",
        23: "hosten,host",
        24: "vinteren,vinter",
        40: "forste halvar",
        41: "andre halvar",
    },
    "da": {
        37: "begyndelsen,starten,tidligt,primo",
        38: "midten,medio",
        39: "slutningen,sent,ultimo",
        21: "foraret,forar",
        22: "sommeren,sommer",
        23: "efteraret,efterar",
        24: "vinteren,vinter",
        40: "forste halvar",
        41: "andet halvar",
    },
    "fi": {
        37: "alkuvuosi,alkuvuodesta,vuoden alku,vuoden alussa",
        39: "loppuvuosi,loppuvuodesta,vuoden loppu,vuoden lopussa",
        21: "kevat,kevaalla",
        22: "kesa,kesalla",
        23: "syksy,syksylla",
        24: "talvi,talvella",
        40: "alkupuolisko,ensimmainen vuosipuolisko",
        41: "loppupuolisko,toinen vuosipuolisko",
    },
    "pl": {
        37: "poczatek,na poczatku",
        38: "polowa,w polowie",
        39: "koniec,pod koniec",
        21: "wiosna,wiosne",
        22: "lato,latem",
        23: "jesien,jesienia",
        24: "zima",
        40: "pierwsza polowa,i polowa",
        41: "druga polowa,ii polowa",
    },
    "pt": {
        37: "inicio,comeco,principio",
        38: "meados",
        39: "final,fim,fins",
        21: "primavera",
        22: "verao",
        23: "outono",
        24: "inverno",
        40: "primeiro semestre",
        41: "segundo semestre",
    },
}
#: Words that say nothing of their own before a part of a year and before the year.
_BEFORE_PART = re.compile(r"^(?:(?:im|am|zum?|au|a l'|a la|a|en|no|in|i|het|den|de|la|el|il|w|u) )+")
_BEFORE_YEAR = re.compile(r"(?: (?:des jahres|de l'annee|de|del|di|do|van|av|af|i|in|roku|d')|[,-])+$")
_WITH_YEAR = re.compile(r"(?P<words>.*\D)(?P<year>\d{4})(?: ?r| roku)?")
_DAY = re.compile(r"(?P<day>\d{1,2})(?:\.|er|º|o|a)?(?: de| di)? (?P<month>.+)")
#: In EDTF 25 to 32 are seasons of one half of the earth, which nobody types.
_SHORT_RANGE = re.compile(r"(?P<first>\d{4})-(?P<last>2[5-9]|3[0-2])")
_NUMERIC = re.compile(r"(?P<first>\d{1,2})(?P<sign>[./-])(?P<second>\d{1,2})(?P=sign)(?P<year>\d{4})")


class DateError(UsageError):
    """A text that is no date, or one with two readings, which the message shows."""


def read_date_words(text: str, language: str) -> EdtfDate:
    """Return the date that `text` is in a document in `language`, a BCP 47 tag.

    Raises DateError where the text is no date, or is ambiguous.
    """
    if short := _SHORT_RANGE.fullmatch(plain(text)):
        first, last = short["first"], f"{short['first'][:2]}{short['last']}"
        what = f"“{text}” can be read in two ways"
        why = "it is a range of years to a reader, and the code of a season in EDTF"
        raise DateError(what, why=why, hint=f"write {first}/{last} for the years, or the season as in 2025-21 (spring)")
    numeric = _numeric(plain(text), language)
    if numeric is not None:
        return numeric
    try:
        return date_from_input(plain(text))
    except EdtfError as error:
        found = _words(spelling(text), language_of_words(language), language)
        if found is None:
            raise DateError(f"“{text}” is no date", why=error.why, hint=error.hint) from error
        return found


def _words(text: str, words: str, language: str) -> EdtfDate | None:
    for about in (word for word, bound in words_before(words).items() if bound is Bound.ABOUT):
        if text.startswith(about + " "):
            inner = text.removeprefix(about + " ")
            plain_date = read_edtf(inner) or _words(inner, words, language)
            return read_edtf(f"{plain_date.text}~") if plain_date else None
    match = _WITH_YEAR.fullmatch(text)
    if match is None:
        return None
    part = _BEFORE_YEAR.sub("", match["words"].rstrip()).strip()
    part = _BEFORE_PART.sub("", part + " ", count=1).strip() if not part[0].isdigit() else part
    year, months = match["year"], _months(language)
    if code := _parts(words).get(part) or _quarters(language).get(part) or months.get(part):
        return read_edtf(f"{year}-{code:02}")
    if (day := _DAY.fullmatch(part)) and (month := months.get(day["month"].rstrip(". "))):
        return read_edtf(f"{year}-{month:02}-{int(day['day']):02}")
    return None


def _numeric(text: str, language: str) -> EdtfDate | None:
    """Return a date in digits, in the order of the language; raises DateError where Americans read it otherwise."""
    match = _NUMERIC.fullmatch(text)
    if match is None:
        return None
    first, second, year = int(match["first"]), int(match["second"]), match["year"]
    day_first = read_edtf(f"{year}-{second:02}-{first:02}")
    month_first = read_edtf(f"{year}-{first:02}-{second:02}") if match["sign"] != "." else None
    locale = locale_of(language)
    if locale.language != "en":
        return day_first
    found = [one for one in (day_first, month_first) if one]
    if len({one.text for one in found}) > 1:
        if locale.territory:
            return month_first if locale.territory == "US" else day_first
        why = f"it may mean {' or '.join(one.text for one in found)}"
        raise DateError(f"“{text}” can be read in two ways", why=why, hint="write the year first, as in 2027-06-15")
    return found[0] if found else None


@cache
def _parts(language: str) -> dict[str, int]:
    return {word: code for code, words in _PARTS.get(language, {}).items() for word in words.split(",")}


@cache
def _months(language: str) -> dict[str, int]:
    """Return the names of months, whole and shortened, as they stand alone and in a date."""
    return dict(_names(locale_of(language).months))


@cache
def _quarters(language: str) -> dict[str, int]:
    """Return the names of quarters with their codes in EDTF."""
    return {name: 32 + number for name, number in _names(locale_of(language).quarters)}


def _names(forms: Mapping[str, Mapping[str, Mapping[int, str]]]) -> Iterator[tuple[str, int]]:
    for context in ("format", "stand-alone"):
        for width in ("wide", "abbreviated"):
            for number, name in forms[context][width].items():
                if not name.isdigit():
                    yield spelling(name), number
