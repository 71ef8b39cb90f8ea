"""The language that a query asks for labels in: `FILTER(LANG(?label) = "en")`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from computeatlas.sparql.tokens import Token


def with_language(query: str, wanted: str, given: str = "en") -> str:
    """Return `query` with the language tag `wanted` where it compares `LANG(…)` of a variable with the tag `given`.

    Changed are strings behind `LANG(?x) =`, in the list behind `LANG(?x) IN`, and in `LANGMATCHES(LANG(?x), …)`; all
    other text stays as it is. `wanted` is a tag of BCP 47, so that it needs no escapes.
    """
    tokens = list(tokenize(query))
    parts: list[str] = []
    done = 0
    for token in _compared(tokens):
        if token.text[1:-1] == given:
            parts += query[done : token.start], f'"{wanted}"'
            done = token.end
    return "".join((*parts, query[done:]))


def _compared(tokens: Sequence[Token]) -> Iterator[Token]:
    """Yield the strings that the language of a variable is compared with."""
    for place in range(len(tokens) - 5):
        word, opening, variable, closing, behind = tokens[place : place + 5]
        if not word.says("LANG") or not opening.marks("(") or variable.kind is not Kind.VAR or not closing.marks(")"):
            continue
        if behind.marks("=", ",") and tokens[place + 5].kind is Kind.STRING:
            yield tokens[place + 5]
        elif behind.says("IN") and tokens[place + 5].marks("("):
            depth = tokens[place + 5].depth
            for token in tokens[place + 6 :]:
                if token.depth <= depth:
                    break
                if token.kind is Kind.STRING:
                    yield token
