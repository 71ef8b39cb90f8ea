"""The tokens that a text is cut into before its numbers are read: digits, words, dashes, signs of per cent."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from computeatlas.curate.check.number_words import Kind, Language, Meaning, fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

LONGEST = 30  # Longer runs of digits are no quantities but identifiers.
_VULGAR = {"½": "0.5", "¼": "0.25", "¾": "0.75"}
_SPACE = "[ \u00a0\u2009\u202f]"  # space, no-break, thin, narrow no-break
_TOKEN = re.compile(
    rf"""
      (?P<name>[^\W\d_]+[0-9][^\W_]*)                                   # H100: the digits are part of a name
    | (?P<grouped>[1-9][0-9]{{0,2}}(?:{_SPACE}[0-9]{{3}})+(?![0-9])(?:[.,][0-9]+(?![.,]?[0-9]))?)
    | (?P<digits>[0-9]+(?:[.,][0-9]+)*)
    | (?P<vulgar>[½¼¾])                                                 # for Python a letter, so before the words
    | (?P<percent>%|\bper\s+cent\b)
    | (?P<word>[^\W\d_](?:[^\W\d_]|[\u0300-\u036f])*)                   # with combining accents
    | (?P<dash>[-\u2010-\u2015\u2212])
    | (?P<slash>/)
    | (?P<other>\S)
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True)
class Token:
    """What stands in a text from `start` to `end`, and what it means."""

    meaning: Meaning
    text: str
    start: int
    end: int

    @property
    def kind(self) -> Kind:
        return self.meaning.kind

    @property
    def value(self) -> Decimal:
        return self.meaning.value


def tokenise(text: str, language: Language) -> Iterator[Token]:
    """Yield the tokens of `text` in their order; digits that are part of the name of a model are left out."""
    for match in _TOKEN.finditer(text):
        group, found, (start, end) = match.lastgroup, match[0], match.span()
        if group in ("digits", "grouped"):
            if not _is_model(text, end, language):
                yield from _digits(found, start, language)
        elif group == "word":
            yield Token(language.meaning(found), found, start, end)
        elif group == "vulgar":
            yield Token(Meaning(Kind.DIGITS, Decimal(_VULGAR[found])), found, start, end)
        else:
            kinds = {"percent": Kind.PERCENT, "dash": Kind.DASH, "slash": Kind.SLASH}
            yield Token(Meaning(kinds.get(group or "", Kind.OTHER)), found, start, end)


def _is_model(text: str, end: int, language: Language) -> bool:
    """Return whether a capital is glued to the digits that end at `end`, as in 5G or 3D."""
    glued = re.match(r"[^\W\d_]+", text[end : end + 2])
    return bool(glued and len(glued[0]) == 1 and glued[0].isupper() and fold(glued[0]) not in language.joined)


def _digits(found: str, start: int, language: Language) -> Iterator[Token]:
    """Yield the number that `found` is in `language`, or each of its parts where it is a date or a version."""
    for value, begin, end in _values(found, language):
        if end - begin <= LONGEST:
            meaning = Meaning(Kind.DIGITS, Decimal(value))
            yield Token(meaning, found[begin:end], start + begin, start + end)


def _values(found: str, language: Language) -> Iterable[tuple[str, int, int]]:
    thousands, decimal = re.escape(language.thousands), re.escape(language.decimal)
    bare = re.sub(_SPACE, "", found)
    grouped = re.fullmatch(rf"[1-9][0-9]{{0,2}}(?:{thousands}[0-9]{{3}})+(?:{decimal}[0-9]+)?", bare)
    if grouped:
        bare = bare.replace(language.thousands, "")
    # The other language's decimal sign is one wherever it cannot divide thousands.
    if re.fullmatch(r"[0-9]+(?:[.,][0-9]+)?", bare):
        return [(bare.replace(",", "."), 0, len(found))]
    return [(part[0], *part.span()) for part in re.finditer("[0-9]+", found)]
