"""Two entities that are probably one: of one kind, called the same, or nearly so with a place or owner in common.

What is in different places is two, and so are a whole and its part. Of others `owl:differentFrom` says that they are.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from itertools import combinations, product
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.likeness import bare, keys, near, numbers, spelled
from computeatlas.model.findings import Finding, Severity
from computeatlas.model.namespaces import ATLAS, ID, OWL, PREFIXES, RDF, RDFS, SKOS, shorten

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from computeatlas.turtle.lines import ParsedGraph

#: With a place or an owner in common, names may differ more than those of which nothing else is known.
_CLOSE = 85.0
#: At 75 one letter in four differs: below that two words are two names.
_MISSPELT = 75.0
_TYPE, _WITHIN = RDF + "type", ATLAS + "within"
_SUBJECT, _PREDICATE, _OBJECT = ATLAS + "subject", ATLAS + "predicate", ATLAS + "object"
_NAMES = frozenset((RDFS + "label", SKOS + "prefLabel", SKOS + "altLabel"))
_PLACES = frozenset(ATLAS + name for name in ("locatedIn", "country", "seat", "stateOf", "within"))
_OWNERS = frozenset(
    (
        *(ATLAS + name for name in ("ownedBy", "operatedBy", "hostedBy", "builtBy", "proposedBy", "manufacturer")),
        PREFIXES["org"] + "holds",
    )
)
#: What is related so, in either direction, is known to be two.
_APART = frozenset(
    (
        *(ATLAS + name for name in ("partOf", "housedIn", "parentOrganization", "memberOf", "hasMember", "within")),
        OWL + "differentFrom",
    )
)
#: Kinds of place that are narrow enough to have in common; the continent is none.
_NARROW = frozenset(ATLAS + name for name in ("Locality", "Region", "Country"))


@dataclass
class _Thing:
    """What is known of an entity: all are IRIs but the labels. `apart` are things that it is known not to be."""

    labels: dict[str, None] = field(default_factory=dict)
    types: set[str] = field(default_factory=set)
    places: set[str] = field(default_factory=set)
    owners: set[str] = field(default_factory=set)
    apart: set[str] = field(default_factory=set)


def find_twins(graph: ParsedGraph) -> list[Finding]:
    """Return a warning for each two entities that are probably one, at the one whose IRI comes later."""
    found = _Twins(graph)
    return [
        Finding(
            *graph.place(other, RDFS + "label"),
            "probable-twin",
            f"{shorten(other)} is probably {shorten(one)}: {why}",
            "of one thing under two identifiers a reader finds half of the claims, and counts it twice",
            f"give the claims of both to one of them, or write that they are two: {shorten(other)} owl:differentFrom "
            f"{shorten(one)}",
            Severity.WARNING,
        )
        for (one, other), why in sorted(found.pairs().items())
    ]


class _Twins:
    """Finds the pairs in a parsed graph."""

    def __init__(self, graph: ParsedGraph):
        self._things: defaultdict[str, _Thing] = defaultdict(_Thing)
        self._above: defaultdict[str, set[str]] = defaultdict(set)
        self._disjoint = _Disjoint(graph)
        for file in graph.files["entities"]:
            for triple in file.triples:
                subject, value = triple.subject, triple.object
                if not isinstance(subject, ox.NamedNode) or not subject.value.startswith(ID):
                    continue
                if triple.predicate.value in _NAMES and isinstance(value, ox.Literal):
                    self._things[subject.value].labels[value.value] = None
                elif isinstance(value, ox.NamedNode):
                    self._take(subject.value, triple.predicate.value, value.value)
        for subjects, predicates, objects in _claimed(graph):
            for part in product(subjects, predicates, objects):
                self._take(*part)
        self._reached: dict[str, set[str]] = {}
        # Quantities are what their names say.
        self._kinds = {
            iri: kind for iri in self._things if (kind := iri.removeprefix(ID).partition("/")[0]) != "quantity"
        }
        # The names of actors and places that are one word.
        self._named = {
            name
            for iri, kind in self._kinds.items()
            if kind in ("actor", "place")
            for label in self._things[iri].labels
            if " " not in (name := bare(label))
        }

    def _take(self, subject: str, predicate: str, value: str) -> None:
        thing = self._things[subject]
        if predicate == _TYPE:
            thing.types.add(value)
        elif predicate in _OWNERS:
            thing.owners.add(value)
        if predicate in _PLACES:
            thing.places.add(value)
        if predicate == _WITHIN:
            self._above[subject].add(value)
        if predicate in _APART:
            thing.apart.add(value)
            self._things[value].apart.add(subject)

    def pairs(self) -> dict[tuple[str, str], str]:
        """Return what is probably one, the lesser IRI first, and why."""
        found: dict[tuple[str, str], str] = {}
        for one, other, why in (*self._called_the_same(), *self._called_nearly_the_same()):
            if self._may_be_one(one, other):
                found.setdefault((one, other), why)
        return found

    def _called_the_same(self) -> Iterator[tuple[str, str, str]]:
        named: defaultdict[tuple[str, str], dict[str, str]] = defaultdict(dict)
        for iri, kind in self._kinds.items():
            for label in self._things[iri].labels:
                for key in keys(label):
                    named[kind, key].setdefault(iri, label)
        for called in named.values():
            for one, other in combinations(sorted(called), 2):
                labels = dict.fromkeys((called[one], called[other]))
                yield one, other, "both are called " + " or ".join(f"“{label}”" for label in labels)

    def _called_nearly_the_same(self) -> Iterator[tuple[str, str, str]]:
        # By kind, numbers in the name, and what they have in common: to compare each with each would take the square of
        # their number.
        groups: defaultdict[tuple[str, str, tuple[str, ...]], defaultdict[str, list[str]]]
        groups = defaultdict(lambda: defaultdict(list))
        for iri, kind in self._kinds.items():
            thing = self._things[iri]
            places = set().union(*map(self._around, thing.places))
            shared = thing.owners | {place for place in places if self._things[place].types & _NARROW}
            for name in {form(label) for label in thing.labels for form in (bare, spelled)} if shared else ():
                for common in shared:
                    groups[kind, common, numbers(name)][name].append(iri)
        for (_kind, common, _numbers), called in sorted(groups.items()):
            names = sorted(called)
            for place, name in enumerate(names):
                for like in near(name, names[place + 1 :], _CLOSE):
                    if self._name_others(name, like):
                        continue
                    why = f"“{name}” and “{like}” are nearly the same, and both have {shorten(common)}"
                    for one, other in {(min(a, b), max(a, b)) for a in called[name] for b in called[like] if a != b}:
                        yield one, other, why

    def _name_others(self, name: str, like: str) -> bool:
        """Say whether two names differ in naming other things: the sites of two firms, or of a firm in two towns.

        A name that is only misspelt is no other.
        """
        different = set(name.split()) - set(like.split()), set(like.split()) - set(name.split())
        one, other = (" ".join(sorted(words)) for words in different)
        if " " not in name or " " not in like or not one or not other or any(near(one, [other], _MISSPELT)):
            return False
        # In Swedish a name has an s where it is somebody's.
        return any(word in self._named or word.removesuffix("s") in self._named for word in set.union(*different))

    def _around(self, place: str) -> set[str]:
        """Return `place` and all that it lies in."""
        if place not in self._reached:
            self._reached[place] = reached(place, self._above)
        return self._reached[place]

    def _may_be_one(self, one: str, other: str) -> bool:
        """Say whether nothing tells two things apart: relation, places, or classes that exclude each other."""
        a, b = self._things[one], self._things[other]
        if other in a.apart or self._disjoint.excludes(a.types, b.types):
            return False
        return not (a.places and b.places) or any(
            here in self._around(there) or there in self._around(here) for here in a.places for there in b.places
        )


def _claimed(graph: ParsedGraph) -> Iterator[tuple[Iterable[str], Iterable[str], Iterable[str]]]:
    """Yield subjects, predicates and objects of each claim; of one that is well formed, one of each."""
    for file in graph.files["claims"]:
        parts: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
        for triple in file.triples:
            name, value = triple.predicate.value, triple.object
            if name in (_SUBJECT, _PREDICATE, _OBJECT) and isinstance(value, ox.NamedNode):
                parts[str(triple.subject)][name].append(value.value)
        for said in parts.values():
            yield said[_SUBJECT], said[_PREDICATE], said[_OBJECT]


class _Disjoint:
    """Which classes the ontology says to exclude each other; what excludes a class excludes those below it."""

    def __init__(self, graph: ParsedGraph):
        said: dict[str, dict[object, list[object]]] = {
            name: defaultdict(list)
            for name in (RDFS + "subClassOf", OWL + "disjointWith", OWL + "members", RDF + "first", RDF + "rest")
        }
        for file in graph.files["ontology"]:
            for triple in file.triples:
                if triple.predicate.value in said:
                    said[triple.predicate.value][triple.subject].append(triple.object)
        self._above = {
            _name(kind): {_name(wider) for wider in found} for kind, found in said[RDFS + "subClassOf"].items()
        }
        self._pairs = {
            frozenset((_name(one), _name(other)))
            for one, others in said[OWL + "disjointWith"].items()
            for other in others
        }
        for found in said[OWL + "members"].values():
            members: dict[object, str] = {}
            node: object = found[0]
            while node not in members and said[RDF + "first"].get(node):
                members[node] = _name(said[RDF + "first"][node][0])
                node = next(iter(said[RDF + "rest"].get(node, [])), None)
            self._pairs |= {frozenset(pair) for pair in combinations(members.values(), 2)}

    def excludes(self, some: Iterable[str], others: Iterable[str]) -> bool:
        """Say whether a thing of the classes `some` cannot have the classes `others`."""
        wider, wider_others = (
            {above for kind in kinds for above in reached(kind, self._above)} for kinds in (some, others)
        )
        return any(frozenset((one, other)) in self._pairs for one in wider for other in wider_others)


def _name(term: object) -> str:
    return str(getattr(term, "value", term))


def reached(start: str, steps: Mapping[str, set[str]]) -> set[str]:
    """Return `start` and all that `steps` lead to from it."""
    found, unseen = {start}, [start]
    while unseen:
        further = steps.get(unseen.pop(), set()) - found
        found |= further
        unseen += further
    return found
