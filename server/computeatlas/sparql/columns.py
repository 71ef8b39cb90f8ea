"""The columns of `SELECT *` in the order in which the query names its variables.

SPARQL leaves the order open (https://www.w3.org/TR/sparql11-query/#select); Oxigraph gives that of the alphabet. Which
variables are in scope is the engine's to say, so it is asked: `probe` writes a query with the same variables that costs
nothing to evaluate.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Collection

_MAY_BE_STAR = re.compile(r"SELECT(?:\s|#[^\r\n]*|DISTINCT|REDUCED)*+\*", re.IGNORECASE)


@dataclass(frozen=True)
class Star:
    """The `*` of a query that is a `SELECT *`, between its text `before` and `behind`.

    `names` are all variables of the text, in the order of their first appearance; not all of them are in scope.
    `group` is the stretch of the pattern's braces.
    """

    before: str
    behind: str
    group: tuple[int, int]
    names: tuple[str, ...]

    def probe(self) -> str:
        """Return a query with the same variables and without solutions, whatever the data."""
        text = f"{self.before}*{self.behind}"
        begin, end = self.group
        return f"{text[:begin]}{{ {text[begin:end]} FILTER(false) }}{text[end:]}"

    def select(self, variables: Collection[str]) -> str:
        """Return the query with `variables`, names of those in scope, in place of `*`; unchanged if there are none."""
        ordered = [f"?{name}" for name in self.names if name in variables]
        if not ordered or len(ordered) != len(variables):
            return f"{self.before}*{self.behind}"
        return f"{self.before} {' '.join(ordered)} {self.behind}"


def find_star(query: str) -> Star | None:
    """Return the `*` of `query`; None where it is no `SELECT *`, or where its columns are in order anyhow.

    `query` is SPARQL or not: what cannot be parsed may get any answer. Never raises.
    """
    # Most queries have no asterisk at all, and to look for one takes a hundredth of the time.
    if "*" not in query or not _MAY_BE_STAR.search(query):
        return None
    tokens = list(tokenize(query))
    outer = [token for token in tokens if token.depth == 0]
    form = next(
        (place for place, token in enumerate(outer) if token.says("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")), -1
    )
    if form < 0 or not outer[form].says("SELECT"):
        return None
    star = next((token for token in outer[form + 1 :] if not token.says("DISTINCT", "REDUCED")), None)
    opening = next((token for token in outer[form + 1 :] if token.marks("{")), None)
    closing = next((token for token in outer if opening and token.start > opening.start and token.marks("}")), None)
    if star is None or not star.marks("*") or opening is None or closing is None:
        return None
    names = tuple(dict.fromkeys(token.text[1:] for token in tokens if token.kind is Kind.VAR))
    if list(names) == sorted(names):
        return None
    return Star(query[: star.start], query[star.end :], (opening.start, closing.end), names)
