"""Names made of words, and the language that words are in."""

from __future__ import annotations

import re

from computeatlas.model.text import ascii_words

#: The commonest words of each language that the other language does not have.
_COMMON = {
    "en": frozenset(
        re.findall(r"\w+", "the of and to in is that it with as by be are this from at which or an a not has its was")
    ),
    "sv": frozenset(
        re.findall(r"\w+", "och att det som på är av för med den till inte har ett de en kan ska vid från eller när")
    ),
}
#: The same without marks, as they stand in names.
_FILLERS = frozenset().union(*_COMMON.values()) | {"for", "on", "pa", "ar", "fran", "nar"}
_WORD = re.compile(r"[a-z0-9]+")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")
#: A language is told by at least this many common words, and twice as many as those of the other language.
_ENOUGH = 3


def slug(text: str, words: int = 5) -> str:
    """Return a name of at most `words` words of `text`: ASCII letters a to z and digits, joined by hyphens.

    Words that every text has are left out if others are left. The name is "" where `text` has no such letters.
    """
    found = ascii_words(text)
    significant = [word for word in found if word not in _FILLERS]
    return "-".join((significant or found)[:words])


def kebab(name: str) -> str:
    """Return the name of a term, such as `locatedIn`, with hyphens: `located-in`."""
    return "-".join(_WORD.findall(_HUMP.sub("-", name).lower()))


def language_of(text: str) -> str | None:
    """Return "en" or "sv" by the commonest words of `text`, or None where they do not tell."""
    words = re.findall(r"[^\W\d_]+", text.lower())
    counts = {language: sum(word in common for word in words) for language, common in _COMMON.items()}
    best, other = sorted(counts, key=lambda language: -counts[language])
    return best if counts[best] >= _ENOUGH and counts[best] >= 2 * counts[other] else None
