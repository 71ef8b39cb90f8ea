"""VALUES blocks: https://www.w3.org/TR/sparql11-query/#inline-data."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from computeatlas.sparql.tokens import Token


def with_values(query: str, name: str, terms: Iterable[str]) -> str:
    """Return `query` with the data of each `VALUES ?name { … }` replaced by `terms`, which are terms of SPARQL.

    Raises KeyError where it has no such VALUES.
    """
    return _with_data(query, (name,), " ".join(terms))


def with_rows(query: str, names: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return `query` with the data of each `VALUES (?name …) { … }` replaced by `rows` of terms of SPARQL.

    Raises KeyError where it has no VALUES of just these variables, in this order.
    """
    return _with_data(query, ("(", *names, ")"), " ".join(f"({' '.join(row)})" for row in rows))


def values_of(query: str, name: str) -> tuple[str, ...]:
    """Return the terms of the first `VALUES ?name { … }` of `query` as they are written, none where it has none."""
    block = next(_blocks(query, (name,)), ())
    return tuple(token.text for token in block[1:-1])


def _with_data(query: str, names: Sequence[str], data: str) -> str:
    parts: list[str] = []
    done = 0
    for block in _blocks(query, names):
        parts += query[done : block[0].end], f" {data} "
        done = block[-1].start
    if not parts:
        raise KeyError(" ".join(names))
    return "".join((*parts, query[done:]))


def _blocks(query: str, names: Sequence[str]) -> Iterator[Sequence[Token]]:
    """Yield the tokens of the data of each VALUES of these variables, from its `{` to its `}`."""
    tokens = [token for token in tokenize(query) if token.kind is not Kind.COMMENT]
    for index, token in enumerate(tokens):
        opening = index + 1 + len(names)
        if not token.says("VALUES") or opening >= len(tokens) or not tokens[opening].marks("{"):
            continue
        if [_bare(between) for between in tokens[index + 1 : opening]] == list(names):
            depth = tokens[opening].depth
            behind = range(opening + 1, len(tokens))
            closing = next(place for place in behind if tokens[place].marks("}") and tokens[place].depth == depth)
            yield tokens[opening : closing + 1]


def _bare(token: Token) -> str:
    """Return the name of a variable, or a token as it is."""
    return token.text[1:] if token.kind is Kind.VAR else token.text
