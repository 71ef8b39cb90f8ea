"""The triples behind the rows of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.provenance.gaps import Gap, Reason
from computeatlas.provenance.instrument import TripleQuery, widen
from computeatlas.provenance.patterns import Var, read_query_patterns
from computeatlas.provenance.query_groups import UnreadError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from computeatlas.engine.table import Ask, Table, Term
    from computeatlas.provenance.patterns import Pattern, Slot

#: Triples that are looked up behind one answer.
MOST_TRIPLES = 5000
#: Terms in the solutions that are read for them, of each query: some megabytes.
_MOST_CELLS = 50_000


@dataclass(frozen=True)
class AnswerTriple:
    """A triple behind an answer; `annotates` is the statement that its subject, a nameless node, annotates."""

    triple: ox.Triple
    annotates: ox.Triple | None = None


@dataclass(frozen=True)
class AnswerTriples:
    """The triples behind an answer, each once, in the order in which they were found, and what is missing."""

    triples: tuple[AnswerTriple, ...]
    gaps: tuple[Gap, ...]


def find_triples(text: str, ask: Ask, *, base: str | None = None, most: int = MOST_TRIPLES) -> AnswerTriples:
    """Return the triples behind the answer to `text`, a SELECT or ASK query that the engine has answered.

    No more than `most` of them; a gap says that there are more. Relative IRIs are resolved against `base`. What cannot
    be traced is among the gaps. Raises what `ask` raises.
    """
    try:
        reading = read_query_patterns(text, base)
    except UnreadError as error:
        return AnswerTriples((), (error.gap,))
    if reading.layout.select.form not in ("SELECT", "ASK"):
        return AnswerTriples((), (Gap(Reason.FORM),))
    queries, gaps = widen(reading, _MOST_CELLS)
    found: dict[AnswerTriple, None] = {}
    solutions = 0
    for query in queries:
        for part, table in _solve(query, ask):
            solutions += len(table.rows)
            if len(table.rows) >= part.limit:
                gaps.append(Gap(Reason.CUT))
            for record in table.records():
                found.update(dict.fromkeys(triples_of(part, record)))
                if len(found) > most:
                    gaps.append(Gap(Reason.CUT))
                    break
    if queries and not solutions:
        gaps.append(Gap(Reason.FALSE))
    return AnswerTriples(tuple(found)[:most], tuple(dict.fromkeys(gaps)))


def _solve(query: TripleQuery, ask: Ask) -> Iterator[tuple[TripleQuery, Table]]:
    """Yield the solutions of `query`, or of narrower ones where it has too many."""
    table = ask(query.text)
    parts = query.narrowed() if len(table.rows) >= query.limit else []
    if len(parts) < 2:
        yield query, table
        return
    for part in parts:
        yield part, ask(part.text)


def triples_of(query: TripleQuery, record: Mapping[str, Term]) -> Iterator[AnswerTriple]:
    """Yield the triples that a solution of `query` makes of its patterns."""
    for pattern in query.patterns:
        triple = fill(pattern, record)
        if triple is None:
            continue
        names = query.annotated.get(pattern.subject.name) if isinstance(pattern.subject, Var) else None
        about = [record.get(name) for name in names or ()]
        yield AnswerTriple(triple, _triple(*about) if names and isinstance(triple.subject, ox.BlankNode) else None)


def fill(pattern: Pattern, record: Mapping[str, Term]) -> ox.Triple | None:
    """Return the triple that a solution makes of `pattern`, None where it had no part in it."""
    if pattern.mark is not None and pattern.mark.name not in record:
        return None
    return _triple(*(_value(slot, record) for slot in pattern.slots()[:3]))


def _value(slot: Slot, record: Mapping[str, Term]) -> Term | None:
    return record.get(slot.name) if isinstance(slot, Var) else slot


def _triple(subject: Term | None, predicate: Term | None, object_: Term | None) -> ox.Triple | None:
    if isinstance(subject, ox.NamedNode | ox.BlankNode) and isinstance(predicate, ox.NamedNode) and object_ is not None:
        return ox.Triple(subject, predicate, object_)
    return None
