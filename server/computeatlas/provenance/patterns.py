"""The triple patterns of a query, read by rdflib, each with the group that it stands in.

rdflib parses the skeleton of the query (`groups.skeleton`), resolves its names and makes its paths
(https://rdflib.readthedocs.io/en/stable/apidocs/rdflib.plugins.sparql/). What rdflib cannot parse is not traced.
"""

from __future__ import annotations

import functools
import itertools
import threading
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from pyparsing import ParseBaseException
from rdflib.paths import AlternativePath, InvPath, MulPath, NegatedPath, Path, SequencePath
from rdflib.plugins.sparql.algebra import translatePath, translatePName, translatePrologue, traverse
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import BNode, Literal, URIRef, Variable

from computeatlas.model.namespaces import shorten
from computeatlas.provenance.gaps import Gap, Reason
from computeatlas.provenance.query_groups import Layout, UnreadError, groups_of, read_layout, skeleton
from computeatlas.sparql.tokens import tokenize

#: Characters and tokens of a query that is taken apart: the time that rdflib needs grows with them, to a second or so.
MOST_CHARACTERS = 16 * 1024
_MOST_TOKENS = 2000
#: pyparsing finds out how many arguments an action takes when it is first called; two threads that call it at that
#: moment take a wrong number for right.
_PARSING = threading.Lock()


@dataclass(frozen=True)
class Var:
    """A variable, without its question mark."""

    name: str

    def __str__(self) -> str:
        return f"?{self.name}"


#: What may stand in a pattern; a term prints as SPARQL has it.
Slot = Var | ox.NamedNode | ox.Literal


@dataclass(frozen=True)
class Pattern:
    """A triple pattern; `graph` is where it must hold, None for the default graph.

    `mark` is a variable that is bound in the solutions that the pattern had a part in, None where that is all.
    """

    subject: Slot
    predicate: Slot
    object: Slot
    graph: Slot | None = None
    mark: Var | None = None

    def slots(self) -> tuple[Slot, ...]:
        """Return subject, predicate, object, and the graph where there is one."""
        triple = (self.subject, self.predicate, self.object)
        return triple if self.graph is None else (*triple, self.graph)


@dataclass(frozen=True)
class RawTriple:
    """A triple pattern as rdflib has it: nodes may be blank, the predicate a path."""

    subject: Any
    predicate: Any
    object: Any

    @property
    def is_plain(self) -> bool:
        """Whether solutions of the query bind all of it: no blank node, no path."""
        return not any(isinstance(node, (BNode, Path)) for node in (self.subject, self.predicate, self.object))


@dataclass(frozen=True)
class Reading:
    """A query taken apart: its layout, and by the number of each group its triples and its GRAPH term."""

    layout: Layout
    triples: dict[int, list[RawTriple]]
    graphs: dict[int, Any]


def read_query_patterns(text: str, base: str | None = None) -> Reading:
    """Return the patterns of `text`, a query that an engine has taken; relative IRIs are resolved against `base`.

    Raises UnreadError where the query cannot be taken apart. Takes time in proportion to the length.
    """
    if len(text) > MOST_CHARACTERS or sum(1 for _token in tokenize(text)) > _MOST_TOKENS:
        raise UnreadError(Gap(Reason.TOO_LONG))
    layout = read_layout(text)
    assert layout.select.body is not None
    try:
        with _PARSING:
            tree = parseQuery(_mark_inverse(skeleton(layout)))
        prologue = translatePrologue(tree[0], base)
        query = traverse(tree[1], visitPost=functools.partial(translatePName, prologue=prologue))
        query = traverse(query, visitPost=_translate_path)
    except RecursionError as error:
        raise UnreadError(Gap(Reason.TOO_LONG)) from error
    except (ParseBaseException, Exception) as error:
        # rdflib raises bare exceptions of many kinds for what it does not know.
        raise UnreadError(Gap(Reason.UNREAD)) from error
    triples: dict[int, list[RawTriple]] = {}
    graphs: dict[int, Any] = {}
    _walk(query.where, None, triples, graphs)
    expected = {group.number for group in groups_of(layout.select.body) if group.select is None}
    if set(triples) != expected:
        # The two readings of the text disagree.
        raise UnreadError(Gap(Reason.UNREAD))
    return Reading(layout, triples, graphs)


#: Stands before a property of a negated set that is inverse: rdflib reads `!(^p)` and forgets p.
_INVERSE_NEXT = URIRef("urn:compute-atlas:inverse")


def _mark_inverse(bones: str) -> str:
    """Return the skeleton `bones` with `_INVERSE_NEXT` and `|` for each `^` in a negated property set."""
    mark = f"{_INVERSE_NEXT.n3()}|"
    parts: list[str] = []
    done, depth = 0, -1
    for before, token in itertools.pairwise(tokenize(bones)):
        if before.marks("!") and token.marks("("):
            depth = token.depth
        elif token.marks(")") and token.depth == depth:
            depth = -1
        elif token.marks("^") and depth >= 0:
            parts += bones[done : token.start], mark
            done = token.end
        elif before.marks("^") and parts and parts[-1] == f"({mark}":
            parts += bones[done : token.end], ")"
            done = token.end
        elif before.marks("!") and token.marks("^"):
            parts += bones[done : token.start], f"({mark}"
            done = token.end
    return "".join((*parts, bones[done:]))


def _translate_path(part: Any) -> Any:
    """Return what rdflib makes of a part of a path, with the inverse properties that `_mark_inverse` marked."""
    path = translatePath(part)
    if isinstance(path, NegatedPath):
        args = iter(path.args)
        path.args = [InvPath(next(args)) if arg == _INVERSE_NEXT else arg for arg in args]
    return path


def _walk(node: CompValue, graph: Any, triples: dict[int, list[RawTriple]], graphs: dict[int, Any]) -> None:
    """Note the triples of each group in `node` under the number that its first filter gives."""
    if node.name == "SubSelect":
        _walk(node.where, graph, triples, graphs)
        return
    parts = node.part or []
    number = next(number for part in parts if part.name == "Filter" and (number := _number(part.expr)) is not None)
    graphs[number] = graph
    found = triples.setdefault(number, [])
    for part in parts:
        if part.name == "TriplesBlock":
            flat = [term for statement in part.triples for term in statement]
            found += (RawTriple(*flat[i : i + 3]) for i in range(0, len(flat), 3))
        elif part.name == "GroupOrUnionGraphPattern":
            for branch in part.graph:
                _walk(branch, graph, triples, graphs)
        elif part.name == "OptionalGraphPattern":
            _walk(part.graph, graph, triples, graphs)
        elif part.name == "GraphGraphPattern":
            _walk(part.graph, part.term, triples, graphs)


def _number(expression: Any) -> int | None:
    """Return the number of a group, from the filter that the skeleton puts first."""
    while isinstance(expression, CompValue):
        expression = expression.expr
    return int(expression) if isinstance(expression, Literal) and expression.datatype is None else None


def slot_of(node: Any) -> Slot:
    """Return a node of rdflib, not blank, as a slot."""
    if isinstance(node, Variable):
        return Var(str(node))
    if isinstance(node, URIRef):
        return ox.NamedNode(str(node))
    if node.language:
        return ox.Literal(str(node), language=node.language)
    return ox.Literal(str(node), datatype=ox.NamedNode(str(node.datatype))) if node.datatype else ox.Literal(str(node))


class Expander:
    """Writes what solutions hide, paths and blank nodes, as triple patterns with variables of its own.

    Its variables begin with `stem`, which must begin no variable of the query.
    """

    def __init__(self, stem: str):
        self._stem = stem
        self._count = 0
        self._blank: dict[str, Var] = {}
        self.gaps: list[Gap] = []

    def fresh(self) -> Var:
        """Return a variable that is used nowhere."""
        self._count += 1
        return Var(f"{self._stem}{self._count}")

    def expand(self, triple: RawTriple, graph: Slot | None, mark: Var | None) -> tuple[str, list[Pattern]]:
        """Return `triple` as text for a group, and the patterns that its solutions fill.

        The text is empty where the query's own text binds all.
        """
        subject, object_ = self._slot(triple.subject), self._slot(triple.object)
        if triple.is_plain:
            return "", [Pattern(subject, slot_of(triple.predicate), object_, graph, mark)]
        if isinstance(triple.predicate, (MulPath, NegatedPath)) and not _has_blank_end(triple):
            self._gap(triple.predicate)
            return "", []
        return self._path(subject, triple.predicate, object_, graph, mark)

    def _slot(self, node: Any) -> Slot:
        if isinstance(node, BNode):
            return self._blank.setdefault(str(node), Var(f"{self._stem}b{len(self._blank)}"))
        return slot_of(node)

    def _path(
        self, subject: Slot, path: Any, object_: Slot, graph: Slot | None, mark: Var | None
    ) -> tuple[str, list[Pattern]]:
        if not isinstance(path, Path):
            predicate = slot_of(path)
            return f"{subject} {predicate} {object_} . ", [Pattern(subject, predicate, object_, graph, mark)]
        if isinstance(path, InvPath):
            if isinstance(path.arg, Path):
                return self._path(object_, path.arg, subject, graph, mark)
            predicate = slot_of(path.arg)
            # Written as it was: the other way round, a literal might be the subject.
            return f"{subject} ^{predicate} {object_} . ", [Pattern(object_, predicate, subject, graph, mark)]
        if isinstance(path, SequencePath):
            stops = [subject, *(self.fresh() for _ in path.args[1:]), object_]
            steps = [self._path(stops[i], step, stops[i + 1], graph, mark) for i, step in enumerate(path.args)]
            return "".join(text for text, _ in steps), [pattern for _, patterns in steps for pattern in patterns]
        if isinstance(path, AlternativePath):
            branches, patterns = [], []
            for way in path.args:
                own = self.fresh()
                text, found = self._path(subject, way, object_, graph, own)
                branches.append(f"{{ {text}BIND(1 AS {own}) }}")
                patterns += found
            return " UNION ".join(branches) + " ", patterns
        self._gap(path)
        return f"{subject} {write_path(path)} {object_} . ", []

    def _gap(self, path: Path) -> None:
        reason = Reason.REPEATED_PATH if isinstance(path, MulPath) else Reason.NEGATED_PATH
        self.gaps.append(Gap(reason, write_path(path, names=True)))


def _has_blank_end(triple: RawTriple) -> bool:
    return isinstance(triple.subject, BNode) or isinstance(triple.object, BNode)


def write_path(path: Any, *, names: bool = False) -> str:
    """Return a path of rdflib as SPARQL, with prefixed names for people where `names`.

    Brackets stand where the grammar wants them: https://www.w3.org/TR/sparql11-query/#rPath.
    """
    return _write_path(path, _ALTERNATIVE, names)


#: How tightly the parts of a path hold together; one stands in brackets in a place that wants a higher number.
_ALTERNATIVE, _SEQUENCE, _INVERSE, _MODIFIED, _PRIMARY = range(5)


def _write_path(path: Any, place: int, names: bool) -> str:
    if not isinstance(path, Path):
        return shorten(str(path)) if names else f"<{path}>"
    if isinstance(path, AlternativePath):
        written, level = "|".join(_write_path(part, _SEQUENCE, names) for part in path.args), _ALTERNATIVE
    elif isinstance(path, SequencePath):
        written, level = "/".join(_write_path(part, _INVERSE, names) for part in path.args), _SEQUENCE
    elif isinstance(path, InvPath):
        written, level = f"^{_write_path(path.arg, _MODIFIED, names)}", _INVERSE
    elif isinstance(path, MulPath):
        written, level = f"{_write_path(path.path, _PRIMARY, names)}{path.mod}", _MODIFIED
    else:
        assert isinstance(path, NegatedPath)
        written, level = f"!({'|'.join(_write_path(part, _INVERSE, names) for part in path.args)})", _PRIMARY
    return f"({written})" if level < place else written
