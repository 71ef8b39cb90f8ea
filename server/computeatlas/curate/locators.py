"""Locators: a few words of a document by which a reader finds a place in it again.

A locator is a pointer and never a sentence of the document, so it is bounded in words and in characters.
"""

from __future__ import annotations

import unicodedata

FEWEST_WORDS, MOST_WORDS = 3, 6
MOST_CHARACTERS = 60
#: So many characters may point to a place in fewer words: a long compound, a sum, the number of a case.
_DISTINCTIVE = 8
#: Scripts that put no blanks between words, by the beginnings of the names of their characters; see UAX #29,
#: https://www.unicode.org/reports/tr29/#Word_Boundaries. Two characters count as a word.
_UNSPACED = ("CJK", "HIRAGANA", "KATAKANA", "THAI ", "LAO ", "KHMER ", "MYANMAR ")
_CHARACTERS_A_WORD = 2


def count_words(locator: str) -> int:
    """Return the number of words of `locator`: what stands between blanks; in scripts without them, see above."""
    count = 0
    for word in locator.split():
        unspaced = sum(unicodedata.name(character, "").startswith(_UNSPACED) for character in word)
        count += -(-unspaced // _CHARACTERS_A_WORD) if unspaced else 1
    return count


def locator_fault(locator: str) -> str | None:
    """Return what is wrong with the length of `locator`, with the count, or None where it is in bounds."""
    words, characters = count_words(locator), len(locator)
    if words > MOST_WORDS:
        return f"has {words} words, more than {MOST_WORDS}"
    if characters > MOST_CHARACTERS:
        return f"has {characters} characters, more than {MOST_CHARACTERS}"
    if words < FEWEST_WORDS and characters < _DISTINCTIVE:
        return f"has {words} word{'' if words == 1 else 's'} and {characters} characters, too few to find a place by"
    return None
