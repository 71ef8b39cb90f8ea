"""Names that are the same or nearly so: what `check` and `add` tell probable doubles by."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from rapidfuzz import fuzz, process

from computeatlas.model.text import fold, split

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: From 0 to 100: at 88 one letter in eight differs (https://rapidfuzz.github.io/RapidFuzz/Usage/fuzz.html#ratio).
ALIKE = 88.0
#: Forms of companies, as they begin or end a name: https://en.wikipedia.org/wiki/List_of_legal_entity_types_by_country
_LEGAL_FORMS = frozenset(
    (
        "ab", "aktiebolag", "publ", "as", "asa", "oy", "oyj", "hf", "ehf", "aps", "gmbh", "mbh", "ag", "kg", "kgaa",
        "se", "aktiengesellschaft", "ltd", "limited", "plc", "llp", "llc", "inc", "incorporated", "corp", "corporation",
        "sa", "sas", "sasu", "sarl", "srl", "spa", "sl", "slu", "lda", "bv", "nv", "doo", "dd", "sro", "zrt", "kft",
        "ood", "ead",
    )
)  # fmt: skip
#: Words that one source writes and another leaves out.
_ARTICLE = "the"
_DATA_CENTRE = re.compile(
    r"\b(?:data ?cent(?:re|er)s?|datacentr(?:et|en)|datacentra|datacenters|rechenzentrum|centros? de datos)\b"
)
#: Letters with points or strokes between them, such as those of S.p.A. and A/S.
_ABBREVIATED = re.compile(r"\b(\w)[./](?=\w\b)")
#: Words that tell things of a series apart, as numbers do.
_NUMERALS = frozenset(
    (
        "i", "ii", "iii", "iv", "v", "vi", "vii", "viii", "ix", "x", "plus", "one", "two", "three", "ett", "tva", "tre",
        "north", "south", "east", "west",
    )
)  # fmt: skip


def spelled(label: str) -> str:
    """Return `label` as it is compared: its words without case, accents and punctuation."""
    return " ".join(split(fold(label)))


def bare(label: str) -> str:
    """Return `label` as `spelled` does, without article, legal forms at either end, and words for a data centre.

    A label of nothing else keeps them.
    """
    words = _words(label)
    kept = " ".join(_DATA_CENTRE.sub(" ", " ".join(words)).split())
    return kept or " ".join(words)


def keys(label: str) -> frozenset[str]:
    """Return what two labels that are one name have in common: their words run together, as `bare` has them or not."""
    return frozenset(("".join(_words(label)), bare(label).replace(" ", "")))


def near(name: str, others: Sequence[str], least: float = ALIKE) -> Iterator[str]:
    """Yield those of `others` that are at least `least` like `name`, the nearest first, in whatever order their words.

    All are names as `spelled` or `bare` has them.
    """
    found = process.extract(name, others, scorer=fuzz.token_sort_ratio, score_cutoff=least, limit=None)
    return (other for other, _score, _place in found)


def numbers(name: str) -> tuple[str, ...]:
    """Return the numbers, numerals and words with digits of a name: Jean Zay 3 is not Jean Zay 4, nor Jean Zay."""
    return tuple(sorted(word for word in name.split() if word in _NUMERALS or any(sign.isdigit() for sign in word)))


def _words(label: str) -> list[str]:
    # A plus is the only difference between the names of some machines.
    words = [word for word in split(fold(_ABBREVIATED.sub(r"\1", label).replace("+", " plus "))) if word != _ARTICLE]
    begin, end = 0, len(words)
    while end - begin > 1 and words[end - 1] in _LEGAL_FORMS:
        end -= 1
    while end - begin > 1 and words[begin] in _LEGAL_FORMS:
        begin += 1
    return words[begin:end]
