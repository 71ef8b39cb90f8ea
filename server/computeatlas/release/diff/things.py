"""A release read as things: what it says of each, and how it names them for people."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.embedded import Query
from computeatlas.model.namespaces import DCTERMS, OWL, RDF, RDFS, XSD, graph_iri, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from computeatlas.engine.embedded import EmbeddedEngine

    #: A blank node is text: what it says, because its name differs from release to release.
    Node = ox.NamedNode | ox.Literal | str
    #: Thing → property → values.
    Things = dict[str, dict[str, set[Node]]]
    Triple = tuple[ox.NamedNode | ox.BlankNode, ox.NamedNode, object]

_TYPE = RDF + "type"
_FIRST = RDF + "first"
_REST = RDF + "rest"
_ONTOLOGY = ox.NamedNode(OWL + "Ontology")
#: Literals of these are understood without their datatype.
_PLAIN = {XSD + "integer", XSD + "boolean"}


@dataclass(frozen=True)
class Value:
    """A value: `name` is exact, as Turtle writes it; `words` is for people."""

    name: str
    words: str


class Words:
    """How one release names things: `labels` by IRI, and which of them are `ambiguous`."""

    def __init__(self, engine: EmbeddedEngine):
        self.labels: dict[str, str] = {}
        self.ambiguous: frozenset[str] = frozenset()
        # The English label counts, else a title, else the first label of any language.
        query = f"""SELECT ?thing ?label {{
          VALUES (?property ?order) {{ (<{RDFS}label> 1) (<{DCTERMS}title> 2) }}
          ?thing ?property ?label FILTER(isIRI(?thing) && isLiteral(?label))
        }} ORDER BY STR(?thing) IF(LANG(?label) = "en", 0, 1) ?order STR(?label)"""
        for thing, label in engine.table(Query(query)).rows:
            if isinstance(thing, ox.NamedNode) and isinstance(label, ox.Literal):
                self.labels.setdefault(thing.value, label.value)

    def value(self, node: Node) -> Value:
        """Return `node` exactly and in words: its label, with the name behind it where things share that label."""
        if isinstance(node, str):
            return Value(node, node)
        if isinstance(node, ox.Literal):
            return Value(_turtle(node), _literal_words(node))
        name = shorten(node.value)
        label = self.labels.get(node.value, name)
        return Value(name, f"{label} ({name})" if label in self.ambiguous else label)


def in_words(old: EmbeddedEngine, new: EmbeddedEngine) -> tuple[Words, Words]:
    """Return the words of two releases, in which a label is ambiguous when two things bear it in either or between."""
    pair = (Words(old), Words(new))
    bearers: dict[str, set[str]] = defaultdict(set)
    for words in pair:
        for thing, label in words.labels.items():
            bearers[label].add(thing)
    ambiguous = frozenset(label for label, things in bearers.items() if len(things) > 1)
    for words in pair:
        words.ambiguous = ambiguous
    return pair


def read_things(engine: EmbeddedEngine, graph: str) -> Things:
    """Return what the named graph `graph` says of each thing, by IRI or, where it has none, by what is said of it.

    What the files say of themselves, their ontology header and imports, is left out.
    """
    described = _Described(read_triples(engine, graph))
    things: Things = {}
    for subject, parts in described.top():
        if isinstance(subject, ox.NamedNode):
            things[subject.value] = {
                predicate: {described.node(value) for value in values} for predicate, values in parts.items()
            }
        else:
            things[str(described.node(subject))] = {}
    return things


def read_triples(engine: EmbeddedEngine, graph: str) -> Iterator[Triple]:
    """Yield the triples of the named graph `graph`, in no order."""
    everything = Query("SELECT ?s ?p ?o { ?s ?p ?o }", default_graphs=(graph_iri(graph),))
    for subject, predicate, value in engine.table(everything).rows:
        if isinstance(subject, ox.NamedNode | ox.BlankNode) and isinstance(predicate, ox.NamedNode):
            yield subject, predicate, value


def ordered(nodes: Iterable[Node]) -> list[Node]:
    """Return `nodes` in the order of their text."""
    return sorted(nodes, key=str)


class _Described:
    """Triples by subject, with blank nodes told by what they say."""

    def __init__(self, triples: Iterable[Triple]):
        self._stated: dict[object, dict[str, set[object]]] = {}
        self._inner: set[object] = set()
        for subject, predicate, value in triples:
            if predicate.value == OWL + "imports" or (predicate.value == _TYPE and value == _ONTOLOGY):
                continue
            self._stated.setdefault(subject, {}).setdefault(predicate.value, set()).add(value)
            if isinstance(value, ox.BlankNode):
                self._inner.add(value)

    def top(self) -> Iterator[tuple[object, dict[str, set[object]]]]:
        """Yield every subject that is not a blank node inside another statement, with its values by property."""
        for subject, parts in self._stated.items():
            if subject not in self._inner:
                yield subject, parts

    def node(self, node: object, above: tuple[object, ...] = ()) -> Node:
        """Return a named node or literal as it is, a blank node as text; `above` are the blank nodes around it."""
        if isinstance(node, ox.NamedNode | ox.Literal):
            return node
        if node in above:
            return "[…]"
        parts = self._stated.get(node, {})
        if _FIRST in parts:
            return f"( {' '.join(self._members(node, above))} )"
        lines = [f"{shorten(name)} {' , '.join(self._texts(parts[name], (*above, node)))}" for name in sorted(parts)]
        return f"[ {' ; '.join(lines)} ]" if lines else "[]"

    def _members(self, head: object, above: tuple[object, ...]) -> Iterator[str]:
        inside = [*above]
        while isinstance(head, ox.BlankNode) and head not in inside:
            inside.append(head)
            parts = self._stated.get(head, {})
            yield from self._texts(parts.get(_FIRST, ()), tuple(inside))
            head = next(iter(parts.get(_REST, ())), None)

    def _texts(self, values: Iterable[object], above: tuple[object, ...]) -> list[str]:
        nodes = (self.node(value, above) for value in values)
        return sorted(node if isinstance(node, str) else _turtle(node) for node in nodes)


def _turtle(node: ox.NamedNode | ox.Literal) -> str:
    if isinstance(node, ox.NamedNode):
        return shorten(node.value)
    if node.language or node.datatype.value == XSD + "string":
        return str(node)
    return f"{ox.Literal(node.value)}^^{shorten(node.datatype.value)}"


def _literal_words(literal: ox.Literal) -> str:
    if literal.language:
        return f"“{literal.value}” ({literal.language})"
    datatype = literal.datatype.value
    if datatype == XSD + "string":
        return f"“{literal.value}”"
    # A decimal without a point would read as an integer.
    if datatype in _PLAIN or (datatype == XSD + "decimal" and "." in literal.value):
        return literal.value
    return f"{literal.value} ({shorten(datatype)})"
