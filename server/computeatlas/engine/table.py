"""A SELECT result, copied: what code reads that asks the graph something, wherever the engine is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.terms import Term

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Ask", "AskAll", "Table", "Term", "read_table"]


@dataclass(frozen=True)
class Table:
    """A copied SELECT result: names of the variables, and rows of terms or None."""

    variables: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]

    def filled(self, variable: str) -> int:
        """Return in how many rows `variable`, one of the table's, is bound."""
        place = self.variables.index(variable)
        return sum(row[place] is not None for row in self.rows)

    def records(self) -> Iterator[dict[str, Term]]:
        """Yield each row as a mapping of variable to term, without the variables that are not bound.

        A triple term (https://www.w3.org/TR/rdf12-concepts/#section-triple-terms), which nothing here can link to or
        ask for, is given as a literal of its text.
        """
        for row in self.rows:
            yield {
                name: ox.Literal(str(term)) if isinstance(term, ox.Triple) else term
                for name, term in zip(self.variables, row, strict=True)
                if term is not None
            }


#: Asks a query and returns its table; raises what the engine raises.
Ask = Callable[[str], Table]
#: Asks several queries together and returns their tables in the same order; raises what the first failed one raises.
AskAll = Callable[[Sequence[str]], list[Table]]


def read_table(data: bytes) -> Table:
    """Return the table that `data` holds in the SPARQL 1.1 Query Results JSON Format.

    An ASK result is one row with the variable `answer`. Raises SyntaxError for anything else.
    https://www.w3.org/TR/sparql11-results-json/
    """
    result = ox.parse_query_results(data, format=ox.QueryResultsFormat.JSON)
    if isinstance(result, ox.QueryBoolean):
        return Table(("answer",), ((ox.Literal(bool(result)),),))
    names = tuple(variable.value for variable in result.variables)
    return Table(names, tuple(tuple(row[name] for name in names) for row in result))
