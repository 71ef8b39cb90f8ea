"""The inference rules of `ontology/rules/` read backwards: from what a rule concludes to the premises that it needs.

A rule is a CONSTRUCT of one triple. Its filter against what is known already falls away; a filter of the form
`NOT EXISTS { A FILTER NOT EXISTS { B } }`, for all A there is B, makes a premise of each B.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from computeatlas.model.errors import AtlasError
from computeatlas.provenance.answer_triples import fill
from computeatlas.provenance.gaps import Gap, Reason
from computeatlas.provenance.instrument import widen
from computeatlas.provenance.lookup import ask_many, spo
from computeatlas.provenance.patterns import Pattern, Reading, Var, read_query_patterns, slot_of
from computeatlas.provenance.query_groups import Group, Layout, UnreadError, read_layout
from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import pyoxigraph as ox

    from computeatlas.engine.table import Ask, Term
    from computeatlas.model.queryfile import QueryFile
    from computeatlas.provenance.instrument import TripleQuery

#: Terms in the ways to a batch of conclusions by one rule that are looked at.
_MOST_CELLS = 50_000
#: Rules that are remembered.
_REMEMBERED = 256


@dataclass(frozen=True)
class Step:
    """One use of a rule: its name, its summary, and the premises, each once."""

    rule: str
    summary: str
    premises: tuple[ox.Triple, ...]


@dataclass(frozen=True)
class BackwardRule:
    """A rule read backwards: `head` is what it concludes, `query` finds the premises.

    `keys` are the variables that tell one use of the rule from another; premises of one use may be in several rows.
    """

    name: str
    summary: str
    head: Pattern
    query: TripleQuery
    keys: tuple[str, ...]

    def steps(self, ask: Ask, conclusions: Iterable[ox.Triple]) -> dict[ox.Triple, list[Step]]:
        """Return the uses of the rule in the graph that `ask` asks that yield any of `conclusions`.

        Raises what `ask` raises.
        """
        rows = [row for triple in conclusions if (row := self._bind(triple)) is not None]
        uses: dict[tuple[object, ...], dict[ox.Triple, None]] = {}
        ends: dict[tuple[object, ...], ox.Triple] = {}
        for record in ask_many(ask, self.query.text, _variables(self.head), rows):
            conclusion = fill(self.head, record)
            if conclusion is None:
                continue
            key: tuple[object, ...] = (conclusion, *(record.get(name) for name in self.keys))
            ends[key] = conclusion
            filled = (fill(pattern, record) for pattern in self.query.patterns)
            uses.setdefault(key, {}).update(dict.fromkeys(triple for triple in filled if triple is not None))
        found: dict[ox.Triple, list[Step]] = {}
        for key, premises in uses.items():
            found.setdefault(ends[key], []).append(Step(self.name, self.summary, tuple(premises)))
        return found

    def _bind(self, triple: ox.Triple) -> tuple[Term, ...] | None:
        """Return the values of the head's variables that make it `triple`, None where none do."""
        bound: dict[str, Term] = {}
        for slot, term in zip(self.head.slots(), spo(triple), strict=True):
            if isinstance(slot, Var):
                if bound.setdefault(slot.name, term) != term:
                    return None
            elif slot != term:
                return None
        return tuple(bound.values())


def read_rules(files: Sequence[QueryFile]) -> tuple[BackwardRule, ...]:
    """Return the rules in `files` read backwards.

    Raises AtlasError for one that is no CONSTRUCT of a single triple.
    """
    return tuple(_read(file.name, file.summary, file.text) for file in files)


@lru_cache(maxsize=_REMEMBERED)
def _read(name: str, summary: str, text: str) -> BackwardRule:
    """Return a rule read backwards; remembered, since rdflib takes 10 ms for each."""
    try:
        layout = read_layout(text)
        if layout.select.template is None:
            raise UnreadError(Gap(Reason.FORM))
        prologue = text[: layout.prologue]
        template = text[slice(*layout.select.template)]
        head = _head(read_query_patterns(f"{prologue} ASK {template}"))
        core, universal = _without_guards(layout, template)
        bare = _without(layout, layout.select.body)
        place = f"VALUES ({' '.join(f'?{name}' for name in _variables(head))}) {{ }}"
        # The values come first, so that an engine begins with them.
        reading = read_query_patterns(f"{prologue} SELECT * WHERE {{ {place} {core} {universal} }}")
        queries, _gaps = widen(reading, _MOST_CELLS)
        keys = {token.text[1:] for token in tokenize(f"{prologue} ASK {{ {bare} }}") if token.kind is Kind.VAR}
        query = queries[0]
    except (UnreadError, IndexError) as error:
        raise AtlasError("the rule cannot be read backwards", where=name, hint="see ontology/rules/") from error
    used = dict.fromkeys(slot.name for p in query.patterns for slot in p.slots() if isinstance(slot, Var))
    return BackwardRule(name, summary, head, query, tuple(name for name in used if name in keys))


def _head(reading: Reading) -> Pattern:
    """Return the one pattern of a template."""
    triples = [triple for found in reading.triples.values() for triple in found]
    if len(triples) != 1 or not triples[0].is_plain:
        raise UnreadError(Gap(Reason.FORM))
    triple = triples[0]
    return Pattern(slot_of(triple.subject), slot_of(triple.predicate), slot_of(triple.object))


def _variables(head: Pattern) -> tuple[str, ...]:
    return tuple(dict.fromkeys(slot.name for slot in head.slots() if isinstance(slot, Var)))


def _without_guards(layout: Layout, template: str) -> tuple[str, str]:
    """Return the pattern of a rule without the filter against `template`, and what its other filters ask of all."""
    assert layout.select.body is not None
    body = layout.select.body
    parts, universal = [], []
    place = body.start + 1
    for start, end in body.hidden:
        inner = _absent(layout.text[start:end])
        if inner is None:
            continue
        if _says(inner) == _says(template):
            parts.append(layout.text[place:start])
            place = end
        else:
            universal.append(_for_all(layout.text[: layout.prologue], inner))
    parts.append(layout.text[place : body.end - 1])
    return "".join(parts), " ".join(universal)


def _without(layout: Layout, body: Group | None) -> str:
    """Return the pattern of a rule without filters, whose variables may be of no use of the rule."""
    assert body is not None
    ends = [body.start + 1, *(end for _start, end in body.hidden)]
    starts = [*(start for start, _end in body.hidden), body.end - 1]
    return " ".join(layout.text[begin:end] for begin, end in zip(ends, starts, strict=True))


def _absent(stretch: str) -> str | None:
    """Return the group of `FILTER NOT EXISTS { … }`, None where `stretch` is something else."""
    tokens = list(tokenize(stretch))
    if [token.text.upper() for token in tokens[:3]] != ["FILTER", "NOT", "EXISTS"]:
        return None
    return stretch[tokens[3].start :]


def _says(group: str) -> list[str]:
    """Return the tokens of a group, without a full stop at its end."""
    texts = [token.text for token in tokenize(group)]
    return [text for i, text in enumerate(texts) if text != "." or i < len(texts) - 2]


def _for_all(prologue: str, group: str) -> str:
    """Return the patterns A and B of `{ A FILTER NOT EXISTS { B } }`, nothing where the group is of another form."""
    layout = read_layout(f"{prologue} ASK {group}")
    assert layout.select.body is not None
    for start, end in layout.select.body.hidden:
        inner = _absent(layout.text[start:end])
        if inner is not None:
            body = layout.select.body
            return f"{layout.text[body.start : start]} {layout.text[end : body.end]} {inner}"
    return ""
