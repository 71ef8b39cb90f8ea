"""Which records a validation must look at: of records that no shape can tell apart, one stands for all.

A shape sees of a record its types, and at the properties that paths name how many values there are, of which kind,
types, datatype and language. Where a pattern or a bound reads the text of values as well, `Records.stand_ins` gathers
values of many records for one validation, since such a constraint holds for each value by itself
(https://www.w3.org/TR/shacl/#core-components). This is true of the constraints in `_SEEN` and `_READ`; shapes that
have others get no sample.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import RDF, RDFS, SH, XSD

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from computeatlas.turtle.lines import ParsedGraph

    Node = ox.NamedNode | ox.BlankNode
    Term = Node | ox.Literal | ox.Triple

_TYPE = ox.NamedNode(RDF + "type")
_STRING = ox.NamedNode(XSD + "string")
_SUBCLASS = ox.NamedNode(RDFS + "subClassOf")
#: Constraints on the number of values, which are taken out where values of many records are gathered.
_COUNTS = frozenset({"minCount", "maxCount", "qualifiedValueShape", "qualifiedMinCount", "qualifiedMaxCount"})
#: Constraints that see of a value what a sample keeps.
_SEEN = frozenset({"class", "languageIn", "nodeKind"})
#: Constraints that read the text of each value.
_READ = frozenset({"datatype", "flags", "in", "maxLength", "minLength", "pattern"}) | frozenset(
    {"maxExclusive", "maxInclusive", "minExclusive", "minInclusive"}
)
_TEXTS = frozenset({"description", "message", "name", "order"})
_TARGETS = frozenset({"targetClass", "targetSubjectsOf"})
#: How many values are gathered at one thing: so many records are looked at one by one where one of them is at fault.
_GATHERED = 200
_STAND_IN = "urn:x-computeatlas:stand-in:"


@dataclass(frozen=True)
class Sight:
    """What some shapes see of a graph besides types: the properties that they name."""

    #: All of them.
    properties: frozenset[ox.NamedNode]
    #: Those whose values must have a class.
    classed: frozenset[ox.NamedNode]
    #: Those of whose values the text is read.
    read: frozenset[ox.NamedNode]


def sight_of(shapes: Iterable[ox.Triple]) -> Sight | None:
    """Return what `shapes` see, or None where they have a constraint, target or path that is not known here."""
    parts: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in shapes:
        if triple.predicate == _TYPE and triple.object.value not in (SH + "NodeShape", SH + "PropertyShape"):  # type: ignore[union-attr]
            return None
        if triple.predicate.value.startswith(SH):
            parts[triple.subject][triple.predicate.value.removeprefix(SH)].append(triple.object)
    of_values = {one for shape in parts.values() for one in shape.get("qualifiedValueShape", ())}
    properties: set[Term] = set()
    classed: set[Term] = set()
    read: set[Term] = set()
    for shape, said in parts.items():
        paths = said.get("path", [])
        known = _SEEN | _TEXTS
        if shape not in of_values:
            known |= _READ | _COUNTS | {"path"} if paths else _TARGETS | {"property"}
        if not said.keys() <= known or not all(isinstance(path, ox.NamedNode) for path in paths):
            return None
        if _TYPE in paths or _SUBCLASS in paths or ("targetSubjectsOf" in said and "property" in said):
            return None
        properties |= {*paths, *said.get("targetSubjectsOf", ())}
        if any("class" in parts.get(part, ()) for part in (shape, *said.get("qualifiedValueShape", ()))):
            classed |= set(paths)
        # Each text is an xsd:string.
        if said.keys() & (_READ - {"datatype"}) or said.get("datatype", [_STRING]) != [_STRING]:
            read |= set(paths)
    return Sight(*(frozenset(p for p in some if isinstance(p, ox.NamedNode)) for some in (properties, classed, read)))


def of_single_values(shapes: Iterable[ox.Triple]) -> list[ox.Triple]:
    """Return `shapes` without the constraints on the number of values."""
    counts = {SH + name for name in _COUNTS}
    return [triple for triple in shapes if triple.predicate.value not in counts]


class Records:
    """The records of a graph, as shapes see them."""

    def __init__(self, graph: ParsedGraph, sight: Sight):
        self._sight = sight
        self._classes: list[ox.Triple] = []
        self._types: dict[Node, set[Node]] = defaultdict(set)
        self._said: dict[Node, set[tuple[ox.NamedNode, Term]]] = defaultdict(set)
        for _name, file in graph:
            for triple in file.triples:
                predicate = triple.predicate
                if predicate == _TYPE:
                    self._types[triple.subject].add(triple.object)  # type: ignore[index, arg-type]
                elif predicate == _SUBCLASS:
                    self._classes.append(triple)
                elif predicate in sight.properties:
                    self._said[triple.subject].add((predicate, triple.object))  # type: ignore[index]
        numbers: dict[frozenset[Node], int] = {}
        #: A number for the types of each record; without types it is 0.
        self._kind = {
            node: numbers.setdefault(frozenset(types), len(numbers) + 1) for node, types in self._types.items()
        }

    def stand_ins(self) -> tuple[list[ox.Triple], dict[str, set[tuple[int, ox.NamedNode, Term]]]]:
        """Return things that have the values whose text is read, and by their IRIs what they stand for.

        That is the number of a combination of types, a property and a value. They have the same types as the records
        and the values of many of them, hence not the right number of values.
        """
        gathered: dict[tuple[int, ox.NamedNode], dict[Term, Node]] = defaultdict(dict)
        for node, said in self._said.items():
            kind = self._kind.get(node, 0)
            for predicate, value in said:
                if predicate in self._sight.read:
                    gathered[kind, predicate].setdefault(value, node)
        triples = [*self._classes]
        stood: dict[str, set[tuple[int, ox.NamedNode, Term]]] = {}
        for (kind, predicate), values in gathered.items():
            listed = list(values.items())
            for start in range(0, len(listed), _GATHERED):
                thing = ox.NamedNode(f"{_STAND_IN}{len(stood)}")
                some = listed[start : start + _GATHERED]
                stood[thing.value] = {(kind, predicate, value) for value, _node in some}
                triples += [ox.Triple(thing, _TYPE, one) for one in self._types.get(some[0][1], ())]
                triples += [ox.Triple(thing, predicate, value) for value, _node in some]
                triples += self._types_of(value for value, _node in some)
        return triples, stood

    def alike(self, odd: Collection[tuple[int, ox.NamedNode, Term]]) -> list[list[Node]]:
        """Return the records in groups of those that no shape can tell apart; one that has a value of `odd` is alone.

        `odd` are types, properties and values as `stand_ins` gives them.
        """
        numbers: dict[tuple[object, ...], int] = {}
        groups: dict[tuple[object, ...], list[Node]] = defaultdict(list)
        for node in {**self._types, **self._said}:
            kind = self._kind.get(node, 0)
            said = self._said.get(node, ())
            seen: tuple[object, ...] = (node,)
            if not odd or not any((kind, predicate, value) in odd for predicate, value in said):
                looks = [self._look(predicate, value) for predicate, value in said]
                seen = (type(node), kind, *sorted(numbers.setdefault(look, len(numbers)) for look in looks))
            groups[seen].append(node)
        return list(groups.values())

    def _look(self, predicate: ox.NamedNode, value: Term) -> tuple[object, ...]:
        if isinstance(value, ox.Literal):
            return predicate, value.datatype, value.language
        return predicate, type(value), self._kind.get(value, 0) if predicate in self._sight.classed else 0  # type: ignore[arg-type]

    def describe(self, nodes: Collection[Node]) -> list[ox.Triple]:
        """Return what shapes see of `nodes`, with the types of their values and the hierarchy of classes."""
        triples = [*self._classes, *self._types_of(nodes)]
        for node in nodes:
            triples += [ox.Triple(node, predicate, value) for predicate, value in self._said.get(node, ())]
            triples += self._types_of(value for _predicate, value in self._said.get(node, ()))
        return triples

    def _types_of(self, terms: Iterable[Term]) -> Iterator[ox.Triple]:
        for term in terms:
            if isinstance(term, ox.NamedNode | ox.BlankNode):
                yield from (ox.Triple(term, _TYPE, one) for one in self._types.get(term, ()))
