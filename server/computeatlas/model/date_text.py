"""Dates in words, in English and Swedish: "second quarter of 2027", "andra kvartalet 2027"."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from babel.dates import format_date

from computeatlas.model.dates import Precision, bare

if TYPE_CHECKING:
    from computeatlas.model.dates import EdtfDate

#: Language → parts of a year by their code in EDTF, with the year as `{}`.
_PARTS: dict[str, dict[int, str]] = {
    "en": {
        **dict.fromkeys((21, 25, 29), "spring {}"),
        **dict.fromkeys((22, 26, 30), "summer {}"),
        **dict.fromkeys((23, 27, 31), "autumn {}"),
        **dict.fromkeys((24, 28, 32), "winter {}"),
        **{33 + n: f"{name} quarter of {{}}" for n, name in enumerate(("first", "second", "third", "fourth"))},
        **{37 + n: f"{name} {{}}" for n, name in enumerate(("early", "mid", "late"))},
        **{40 + n: f"{name} half of {{}}" for n, name in enumerate(("first", "second"))},
    },
    "sv": {
        **dict.fromkeys((21, 25, 29), "våren {}"),
        **dict.fromkeys((22, 26, 30), "sommaren {}"),
        **dict.fromkeys((23, 27, 31), "hösten {}"),
        **dict.fromkeys((24, 28, 32), "vintern {}"),
        **{33 + n: f"{name} kvartalet {{}}" for n, name in enumerate(("första", "andra", "tredje", "fjärde"))},
        **{37 + n: f"{name} av {{}}" for n, name in enumerate(("början", "mitten", "slutet"))},
        **{40 + n: f"{name} halvåret {{}}" for n, name in enumerate(("första", "andra"))},
    },
}
#: Language → all else that is said of dates.
_WORDS: dict[str, dict[str, str]] = {
    "en": {
        "uncertain": "{} (uncertain)",
        "approximate": "about {}",
        "decade": "the {}s",
        "some month": "some month of {}",
        "some day": "some day of {}",
        "some day of a month": "some day of {}",
        "between": "between {} and {}",
        "to": "{} to {}",
        "from": "from {} on",
        "from, end unknown": "from {}, end unknown",
        "until": "until {}",
        "until, start unknown": "until {}, start unknown",
        "or later": "{} or later",
        "or earlier": "{} or earlier",
        "or": "or",
        "and": "and",
    },
    "sv": {
        "uncertain": "{} (osäkert)",
        "approximate": "omkring {}",
        "decade": "{}-talet",
        "some month": "någon månad {}",
        "some day": "någon dag {}",
        "some day of a month": "någon dag i {}",
        "between": "mellan {} och {}",
        "to": "{} till {}",
        "from": "från {}",
        "from, end unknown": "från {}, slutet okänt",
        "until": "till {}",
        "until, start unknown": "till {}, början okänd",
        "or later": "{} eller senare",
        "or earlier": "{} eller tidigare",
        "or": "eller",
        "and": "och",
    },
}


@lru_cache(maxsize=8192)
def say_date(when: EdtfDate, language: str) -> str:
    """Return `when` in words, as exact as it is, in Swedish (`sv`) or else in English."""
    words = _WORDS.get(language, _WORDS["en"])
    if when.precision is Precision.SET:
        members = [_member(part, language) for part in when.parts if part]
        return _join(members, words["or" if when.text.startswith("[") else "and"])
    if when.precision is Precision.INTERVAL:
        return _interval(when, language)
    text = _plain(when, language)
    if when.is_approximate:
        text = words["approximate"].format(text)
    return words["uncertain"].format(text) if when.is_uncertain else text


def _plain(when: EdtfDate, language: str) -> str:
    """Return a date that is no interval and no set, without what says that it is uncertain or approximate."""
    words = _WORDS.get(language, _WORDS["en"])
    locale = "sv" if language == "sv" else "en"
    text = bare(when.text)
    first, last = when.days
    if when.precision is Precision.YEAR:
        return text
    if when.precision in (Precision.DAY, Precision.MONTH):
        return format_date(first, "d MMMM yyyy" if when.precision is Precision.DAY else "MMMM yyyy", locale=locale)
    if when.precision is not Precision.OTHER:
        return _PARTS[locale][int(text[5:7])].format(text[:4])
    if re.fullmatch(r"[0-9]{3}X", text):
        return words["decade"].format(f"{text[:3]}0")
    if re.fullmatch(r"[0-9]{4}-XX", text):
        return words["some month"].format(text[:4])
    if re.fullmatch(r"[0-9]{4}-XX-XX", text):
        return words["some day"].format(text[:4])
    if re.fullmatch(r"[0-9]{4}-[0-9]{2}-XX", text):
        return words["some day of a month"].format(format_date(first, "MMMM yyyy", locale=locale))
    if (first.month, first.day, last.month, last.day) == (1, 1, 12, 31):
        return words["to"].format(f"{first.year:04}", f"{last.year:04}")
    return words["between"].format(*(format_date(day, "d MMMM yyyy", locale=locale) for day in (first, last)))


def _interval(when: EdtfDate, language: str) -> str:
    words = _WORDS.get(language, _WORDS["en"])
    start, end = when.parts
    if start and end:
        return words["to"].format(say_date(start, language), say_date(end, language))
    if start:
        key = "from" if when.text.endswith("..") else "from, end unknown"
        return words[key].format(say_date(start, language))
    key = "until" if when.text.startswith("..") else "until, start unknown"
    return words[key].format(say_date(end, language)) if end else when.text


def _member(when: EdtfDate, language: str) -> str:
    """Return a member of a set; one that is open on a side says so in other words than an interval."""
    words = _WORDS.get(language, _WORDS["en"])
    if when.precision is not Precision.INTERVAL or all(when.parts):
        return say_date(when, language)
    start, end = when.parts
    known = say_date(start or end, language) if start or end else when.text
    return words["or later" if start else "or earlier"].format(known)


def _join(texts: list[str], last: str) -> str:
    return f"{', '.join(texts[:-1])} {last} {texts[-1]}" if len(texts) > 1 else texts[0]
