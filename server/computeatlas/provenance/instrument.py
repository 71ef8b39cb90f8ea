"""From a query to the queries whose solutions bind every triple pattern of it.

The text of the query stays, so that the engine evaluates what was asked. What its solutions hide is added beside it:
paths and blank nodes are written again with variables, and what an aggregation, a LIMIT or a subquery swallows is
joined to it once more, by the variables that the two share. Variables that the query hides get other names there.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from computeatlas.model.namespaces import ATLAS, OWL, RDF
from computeatlas.provenance.patterns import Expander, Pattern, Slot, Var, slot_of
from computeatlas.provenance.query_groups import Group, Role, Select
from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.provenance.gaps import Gap
    from computeatlas.provenance.patterns import Reading

#: What is never annotated.
_NOTHING = "urn:compute-atlas:nothing"
_ANNOTATION = tuple(OWL + name for name in ("annotatedSource", "annotatedProperty", "annotatedTarget"))
#: Who asks for these asks for annotations of statements.
_OF_AXIOMS = frozenset((*_ANNOTATION, ATLAS + "supportedBy", ATLAS + "scopePeriod", RDF + "type"))
#: No more queries than this are made of one.
_MOST_PARTS = 16


@dataclass(frozen=True)
class TripleQuery:
    """A query and the patterns that each of its solutions fills.

    Its text is `head`, `SELECT DISTINCT` and the variables of the patterns, `body`, and a LIMIT such that solutions
    times variables are `cells` at most. `annotated` has the variables of nodes that may be annotations of statements,
    and by each the variables of the subject, property and value of the statement.
    """

    head: str
    body: str
    patterns: tuple[Pattern, ...]
    annotated: dict[str, tuple[str, str, str]]
    cells: int

    @property
    def variables(self) -> tuple[str, ...]:
        """The variables of a solution."""
        slots = (slot for pattern in self.patterns for slot in (*pattern.slots(), pattern.mark))
        own = [slot.name for slot in slots if isinstance(slot, Var)]
        return tuple(dict.fromkeys([*own, *(name for node in own for name in self.annotated.get(node, ()))]))

    @property
    def limit(self) -> int:
        """How many solutions the query has at most."""
        return max(1, self.cells // max(1, len(self.variables)))

    @property
    def text(self) -> str:
        """The query."""
        # Without a variable there is one solution or none, and any variable tells which.
        names = " ".join(f"?{name}" for name in self.variables or ("trace",))
        return f"{self.head}SELECT DISTINCT {names} {self.body} LIMIT {self.limit}"

    def narrowed(self) -> list[TripleQuery]:
        """Return queries for fewer patterns each: those that the same part of the query, such as an OPTIONAL, has.

        All have the same pattern as this one, but solutions that differ elsewhere only are one. That is needed where
        several OPTIONALs have many solutions each, which the query multiplies.
        """
        marks = dict.fromkeys(pattern.mark for pattern in self.patterns)
        if len(marks) > _MOST_PARTS:
            return [self]
        parts = (tuple(p for p in self.patterns if p.mark == mark) for mark in marks)
        return [replace(self, patterns=part) for part in parts]


def widen(reading: Reading, cells: int) -> tuple[list[TripleQuery], list[Gap]]:
    """Return the queries for all patterns of `reading`, and what they leave out.

    Each has a LIMIT, such that solutions times variables are `cells` at most.

    There is one for the query itself and one for each subquery that aggregates or has a LIMIT.
    """
    stem = _stem(reading.layout.text)
    expander = Expander(stem)
    queries = []
    for target, opened in _scopes(reading.layout.select, frozenset()):
        query = _Writer(reading, expander, stem, target, opened).write(cells)
        if query is not None:
            queries.append(query)
    return queries, [*reading.layout.gaps, *expander.gaps]


def _stem(text: str) -> str:
    """Return a beginning of names that no variable of `text` has."""
    names = [token.text[1:] for token in tokenize(text) if token.kind is Kind.VAR]
    stem = "trace"
    while any(name.startswith(stem) for name in names):
        stem += "_"
    return stem


def _swallows(select: Select) -> bool:
    """Return whether solutions of the pattern are lost on the way to the rows of `select`."""
    return select.aggregated or select.limited


def _scopes(select: Select, around: frozenset[int]) -> Iterable[tuple[Select, frozenset[int]]]:
    """Yield the whole query and each select that swallows solutions, with the starts of those around it and its own."""
    opened = around | {select.start}
    yield select, opened
    assert select.body is not None
    yield from _inner_scopes(select.body, opened)


def _inner_scopes(group: Group, opened: frozenset[int]) -> Iterable[tuple[Select, frozenset[int]]]:
    if group.select is not None:
        if _swallows(group.select):
            yield from _scopes(group.select, opened)
        elif group.select.body is not None:
            yield from _inner_scopes(group.select.body, opened)
    for child in group.children:
        yield from _inner_scopes(child, opened)


class _Writer:
    """Writes the query whose solutions bind the patterns of the select `target`."""

    def __init__(self, reading: Reading, expander: Expander, stem: str, target: Select, opened: frozenset[int]):
        self._reading = reading
        self._layout = reading.layout
        self._text = reading.layout.text
        self._prologue = self._text[: reading.layout.prologue]
        self._expander = expander
        self._stem = stem
        self._target = target
        self._opened = opened

    def write(self, cells: int) -> TripleQuery | None:
        """Return the query, None where the target has no pattern of its own."""
        select = self._layout.select
        assert select.body is not None
        swallows = _swallows(select)
        inner, patterns = self._group(select.body, None, select)
        if not patterns:
            return None
        if swallows:
            body, patterns = self._open(select, inner, patterns, None)
        elif select.values:
            body = f"{inner} {self._text[slice(*select.values)]} "
        else:
            body = inner
        annotated = self._annotated(patterns)
        for number, (node, variables) in enumerate(annotated.items()):
            about = " ; ".join(f"<{iri}> ?{name}" for iri, name in zip(_ANNOTATION, variables, strict=True))
            # A node without a value would match every annotation there is.
            sure = f"{self._stem}N{number}"
            body += f" BIND(COALESCE(?{node}, <{_NOTHING}>) AS ?{sure}) OPTIONAL {{ ?{sure} {about} }}"
        dataset = self._text[slice(*select.dataset)] if select.dataset else ""
        where = f"{dataset} WHERE {{ {body} }}"
        return TripleQuery(self._prologue, where, tuple(dict.fromkeys(patterns)), annotated, cells)

    def _annotated(self, patterns: Iterable[Pattern]) -> dict[str, tuple[str, str, str]]:
        nodes = dict.fromkeys(
            pattern.subject.name
            for pattern in patterns
            if isinstance(pattern.subject, Var)
            and (isinstance(pattern.predicate, Var) or pattern.predicate.value in _OF_AXIOMS)
        )
        return {node: (f"{self._stem}S{i}", f"{self._stem}P{i}", f"{self._stem}O{i}") for i, node in enumerate(nodes)}

    def _group(self, group: Group, mark: Var | None, scope: Select) -> tuple[str, list[Pattern]]:
        """Return the text of `group`, which belongs to `scope`, with what its solutions hide, and its patterns."""
        own = self._expander.fresh() if group.role in (Role.BRANCH, Role.OPTIONAL) else None
        if group.select is not None:
            return self._subquery(group, group.select, own, mark, scope)
        parts = ["{"]
        patterns: list[Pattern] = []
        place = group.start + 1
        for child in group.children:
            text, found = self._group(child, own or mark, scope)
            parts += self._text[place : child.start], text
            patterns += found
            place = child.end
        parts.append(self._text[place : group.end - 1])
        if scope is self._target:
            graph = self._reading.graphs[group.number]
            added = []
            for triple in self._reading.triples[group.number]:
                where: Slot | None = None if graph is None else slot_of(graph)
                text, found = self._expander.expand(triple, where, own or mark)
                added.append(text)
                patterns += found
            if any(added):
                # A group of its own needs no full stop before it.
                parts.append(f" {{ {''.join(added)}}}")
        if own and patterns:
            parts.append(f" BIND(1 AS {own})")
        parts.append(" }")
        return "".join(parts), patterns

    def _subquery(
        self, group: Group, select: Select, own: Var | None, mark: Var | None, scope: Select
    ) -> tuple[str, list[Pattern]]:
        swallows = _swallows(select)
        if swallows and select.start not in self._opened:
            return self._text[group.start : group.end], []
        assert select.body is not None
        inner, patterns = self._group(select.body, own or mark, select if swallows else scope)
        if not patterns and not swallows:
            return self._text[group.start : group.end], []
        text, patterns = self._open(select, inner, patterns, own)
        return f"{{ {text} }}", patterns

    def _open(self, select: Select, inner: str, patterns: list[Pattern], own: Var | None) -> tuple[str, list[Pattern]]:
        """Return what stands for `select` so that solutions of `inner`, its pattern, can be seen.

        `own` is a variable to be bound where there is one.
        """
        made = select.made_keys if select.aggregated else select.assigned
        assigned = {item.variable for item in select.assigned}
        seen = {name for name in self._variables(inner) if not name.startswith(self._stem)}
        seen |= {item.variable for item in made}
        hidden = set() if select.star else seen - set(select.variables) - (set() if select.aggregated else assigned)
        names = {name: f"{self._stem}s{select.start}_{name}" for name in hidden}
        inner = self._rename(inner, names)
        for item in made:
            inner += self._rename(f" BIND({self._text[item.start : item.end]} AS ?{item.variable})", names)
        if own:
            inner += f" BIND(1 AS {own})"
        if select.values and not _swallows(select):
            inner += f" {self._rename(self._text[slice(*select.values)], names)}"
        inner = f"{{ {inner} }}"
        patterns = [_renamed(pattern, names) for pattern in patterns]
        if not _swallows(select):
            return inner, patterns
        return f"{{ {self._projecting(select, names)} }} {inner} ", patterns

    def _projecting(self, select: Select, names: dict[str, str]) -> str:
        """Return `select` as a subquery that gives, under their new names, more of the variables that it hides."""
        if select.form != "SELECT":
            return ""
        more = ""
        if not select.distinct and not select.star:
            keys = [*select.keys, *(item.variable for item in select.made_keys)]
            told = (name for name in (keys if select.aggregated else sorted(names)) if name in names)
            more = "".join(f" (?{name} AS ?{names[name]})" for name in told)
        head = self._text[select.start : select.head] + more
        if select.dataset is None:
            return head + self._text[select.head : select.end]
        start, end = select.dataset
        return head + self._text[select.head : start] + self._text[end : select.end]

    def _variables(self, text: str) -> set[str]:
        return {name for name, _start, _end in self._occurrences(text)}

    def _rename(self, text: str, names: dict[str, str]) -> str:
        parts: list[str] = []
        place = 0
        for name, start, end in self._occurrences(text):
            if name in names:
                parts += text[place:start], f"?{names[name]}"
                place = end
        return "".join((*parts, text[place:]))

    def _occurrences(self, text: str) -> list[tuple[str, int, int]]:
        """Return each variable in `text`, a piece of a group, with start and end."""
        # The prologue is read too: which prefixes there are decides where a name ends.
        before = f"{self._prologue} SELECT * {{ "
        tokens = [token for token in tokenize(before + text) if token.start >= len(before) and token.kind is Kind.VAR]
        return [(token.text[1:], token.start - len(before), token.end - len(before)) for token in tokens]


def _renamed(pattern: Pattern, names: dict[str, str]) -> Pattern:
    def rename(slot: Slot | None) -> Slot | None:
        return Var(names.get(slot.name, slot.name)) if isinstance(slot, Var) else slot

    subject, predicate, object_ = (rename(slot) for slot in pattern.slots()[:3])
    assert subject is not None
    assert predicate is not None
    assert object_ is not None
    return replace(pattern, subject=subject, predicate=predicate, object=object_, graph=rename(pattern.graph))
