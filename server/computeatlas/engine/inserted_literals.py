"""The literals that a SPARQL update writes out in its INSERT DATA, as they stand there.

The engine makes an update without showing its quads, so they are found in its text:
https://www.w3.org/TR/sparql11-update/#insertData. What an update computes or copies is not looked at.
"""

from __future__ import annotations

from contextlib import suppress
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.sparql.tokens import Kind, Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterator

_NUMBERS = (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE)


def inserted_literals(update: str, base: str | None) -> Iterator[ox.Quad]:
    """Yield a quad for each literal with a datatype in the INSERT DATA of `update`, a well-formed update.

    Subjects, predicates and graphs are not those of the data.
    """
    turtle = "".join(_turtle(token for token in tokenize(update) if token.kind is not Kind.COMMENT))
    # The update is made by now: what SPARQL alone can write is better left out than an error.
    with suppress(SyntaxError):
        yield from ox.parse(turtle, format=ox.RdfFormat.TURTLE, base_iri=base)


def _turtle(tokens: Iterator[Token]) -> Iterator[str]:
    """Yield lines of Turtle, in which prefixes and literals are written as in SPARQL: each prefix, each literal."""
    before = last = Token(Kind.ERROR, "", 0, 0, 0)
    inside = False
    for token in tokens:
        if not inside:
            inside = token.says("DATA") and last.says("INSERT")
            if last.says("BASE"):
                yield f"BASE {token.text}\n"
            elif before.says("PREFIX"):
                yield f"PREFIX {last.text} {token.text}\n"
        elif token.marks("}") and not token.depth:
            inside = False
        elif token.kind in _NUMBERS:
            sign = last.text if last.marks("+", "-") else ""
            yield f"<x:x> <x:x> {sign}{token.text} .\n"
        elif before.kind is Kind.STRING and last.marks("^^"):
            yield f"<x:x> <x:x> {before.text}^^{token.text} .\n"
        before, last = last, token
