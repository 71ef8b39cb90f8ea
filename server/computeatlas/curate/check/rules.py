"""Rules that cross records: one SELECT query a file, a row is a finding.

A rule binds `?focus`, the thing that has the fault, and optionally `?predicate` and `?value`, which lead to the line.
Its header says severity, what, why and hint; `{name}` in them is replaced by the value of the variable.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.current_view import annotate
from computeatlas.engine.embedded import EmbeddedEngine, Query, show
from computeatlas.model.errors import QueryError, UsageError
from computeatlas.model.findings import Finding, Severity
from computeatlas.model.namespaces import graph_iri
from computeatlas.model.queryfile import read_query

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from computeatlas.curate.current_view import Assertion
    from computeatlas.turtle.lines import ParsedGraph

_SLOT = re.compile(r"\{(\w+)\}")


def find_rule_breaches(
    graph: ParsedGraph, engine: EmbeddedEngine, view: Iterable[Assertion], rules: list[Path]
) -> list[Finding]:
    """Return a finding for each row of each rule over the files and the current view, in the order of the rules.

    `engine` holds the files; `view` is added to it.

    Raises UsageError where a rule has no proper header or is no query.
    """
    current = ox.NamedNode(graph_iri("current"))
    engine.add(ox.Quad(t.subject, t.predicate, t.object, current) for t in annotate(view))
    return [finding for path in rules for finding in _breaches(graph, engine, path)]


def _breaches(graph: ParsedGraph, engine: EmbeddedEngine, path: Path) -> Iterator[Finding]:
    rule = read_query(path, require=("summary", "severity", "what", "why", "hint"))
    try:
        table = engine.table(Query(rule.text))
    except QueryError as error:
        raise UsageError("is no query that can be run", where=str(path), why=str(error)) from error
    for row in table.rows:
        bound = {name: term for name, term in zip(table.variables, row, strict=True) if term is not None}
        focus = bound["focus"].value
        predicate = bound["predicate"].value if "predicate" in bound else None
        value = bound["value"].value if "value" in bound else None
        file, line = graph.place(focus, predicate, value)
        words = {name: show(term) for name, term in bound.items()}
        what, why, hint = (_fill(rule.header[key], words) for key in ("what", "why", "hint"))
        yield Finding(file, line, rule.name.replace("_", "-"), what, why, hint, Severity(rule.header["severity"]))


def _fill(template: str, words: dict[str, str]) -> str:
    """Replace the slots of `template`; a word may hold braces of its own, so this is not str.format."""
    return _SLOT.sub(lambda match: words.get(match[1], match[0]), template)
