"""The queries of the views, with values put in.

A view's query is a file that runs as it is: what changes from one page to another stands in `VALUES ?name { … }`, with
an example in the file. So no query text is glued from strings, and "view as SPARQL" shows what was asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from computeatlas.model.queryfile import QueryFile
from computeatlas.sparql.values import with_values

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.engine.table import Term

#: Name of the file, without its ending → query.
Queries = Mapping[str, QueryFile]


def bind(query: QueryFile, **values: Iterable[Term]) -> str:
    """Return the text of `query` with the rows of `VALUES ?name { … }` replaced by `values[name]`.

    Raises KeyError where the query has no such VALUES.
    """
    text = query.text
    for name, terms in values.items():
        text = with_values(text, name, [str(term) for term in terms])
    return text
