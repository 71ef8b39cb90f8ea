"""Words as a search compares them: without case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata

#: Letters that Unicode does not take apart into a base and a mark, and what people without them type.
_PLAIN = str.maketrans(
    {"ø": "o", "æ": "ae", "œ": "oe", "đ": "d", "ð": "d", "ł": "l", "þ": "th", "ı": "i", "ħ": "h", "ŧ": "t"}
)
_WORD = re.compile(r"[^\W_]+")


def fold(text: str) -> str:
    """Return `text` in small letters without accents, so that Borlänge and BORLANGE are one.

    Compatibility forms are taken apart (UAX #15, https://www.unicode.org/reports/tr15/) and marks are dropped.
    """
    parts = unicodedata.normalize("NFKD", text.casefold())
    bare = "".join(character for character in parts if not unicodedata.combining(character))
    return bare.casefold().translate(_PLAIN)


def split(folded: str) -> tuple[str, ...]:
    """Return the words of a folded text: its runs of letters and digits."""
    return tuple(_WORD.findall(folded))
