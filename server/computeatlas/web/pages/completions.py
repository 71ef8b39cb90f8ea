"""What the editor completes with: the prefixes of the project, and the classes and properties of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from computeatlas.model.namespaces import PREFIXES

if TYPE_CHECKING:
    from computeatlas.engine.table import Ask
    from computeatlas.model.queryfile import QueryFile


def completions(ask: Ask, query: QueryFile) -> dict[str, Any]:
    """Return what may be completed, ready for JSON; raises what asking raises.

    `prefixes` maps prefixes to namespaces. `terms` has for each class and property its `iri`, its `kind` (`class` or
    `property`) and its `labels` by language, the empty string standing for none.
    """
    terms: dict[tuple[str, str], dict[str, str]] = {}
    for row in ask(query.text).records():
        term, kind, label = row["term"], row["kind"], row.get("label")
        if not isinstance(term, ox.NamedNode) or not isinstance(kind, ox.Literal):
            continue
        labels = terms.setdefault((term.value, kind.value), {})
        if isinstance(label, ox.Literal):
            labels.setdefault(label.language or "", label.value)
    return {
        "prefixes": PREFIXES,
        "terms": [{"iri": iri, "kind": kind, "labels": labels} for (iri, kind), labels in terms.items()],
    }
