"""Words as a search compares them: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

#: Letters that Unicode does not take apart into a base and a mark, and what people without them type.
_PLAIN = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_WORD = re.compile(r"[^\W_]+")
_ASCII_WORD = re.compile(r"[a-z0-9]+")
_APOSTROPHES = re.compile(r"['’ʼ`´]")


def fold(text: str) -> str:
    """Return `text` in small letters without accents, so that Borlänge and BORLANGE are one.

    Compatibility forms are taken apart (UAX #15, https://www.unicode.org/reports/tr15/) and marks are dropped.
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in parts if not unicodedata.combining(character))
    return bare.casefold().translate(_PLAIN)


def ascii_words(text: str) -> list[str]:
    """Return the words of `text` in the letters a to z and digits; what has no such form, such as Greek, is left out.

    An apostrophe does not part a word.
    """
    return _ASCII_WORD.findall(fold(_APOSTROPHES.sub("", text)))


def slug(text: str) -> str:
    """Return the words of `text` as `ascii_words` has them, joined by hyphens; empty where there are none."""
    return "-".join(ascii_words(text))


def split(folded: str) -> tuple[str, ...]:
    """Return the words of a folded text: its runs of letters and digits."""
    return tuple(_WORD.findall(folded))
