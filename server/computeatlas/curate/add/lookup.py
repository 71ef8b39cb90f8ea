"""Look-ups in a parsed graph by prefixed name: actors, properties, codes, sources, passages and labels."""

from __future__ import annotations

import difflib
from collections import defaultdict
from functools import cached_property
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.amounts.quantity import unit_words
from computeatlas.curate.likeness import spelled
from computeatlas.curate.passages import facts_of
from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, ID, OWL, PREFIXES, RDFS, shorten
from computeatlas.model.quantities import QuantityNameError, read_name
from computeatlas.model.quantity_text import say
from computeatlas.model.terms import text_of
from computeatlas.model.units import MONEY

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from computeatlas.curate.amounts.amount import UnitWords
    from computeatlas.model.record_facts import Said
    from computeatlas.model.records import Passage, Quantity, Source
    from computeatlas.turtle.lines import ParsedGraph

_HEAD = """
PREFIX graph: <https://w3id.org/compute-atlas/graph/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
"""
_CLASSES = "SELECT ?thing ?class { ?thing a/rdfs:subClassOf* ?class FILTER(isIRI(?thing) && isIRI(?class)) }"
_BELOW = "SELECT ?class ?above { ?class rdfs:subClassOf+ ?above FILTER(isIRI(?class) && isIRI(?above)) }"
_LABELS = "SELECT ?thing (LANG(?label) AS ?language) ?label { ?thing rdfs:label ?label } ORDER BY STR(?label)"
_SPELLINGS = "SELECT ?thing ?label { ?thing rdfs:label|skos:prefLabel|skos:altLabel ?label FILTER(isIRI(?thing)) }"
_ENTITIES = "SELECT DISTINCT ?thing { GRAPH graph:entities { ?thing a ?class } FILTER(isIRI(?thing)) }"
_CODES = "SELECT ?code ?scheme { ?code skos:inScheme ?scheme }"
_PARTS = """SELECT DISTINCT ?property ?part ?class {
  VALUES ?part { rdfs:domain rdfs:range }
  ?property rdfs:subPropertyOf* ?above . ?above ?part ?class FILTER(isIRI(?class))
}"""
#: How many near names a message gives.
_NEAR = 3


class Lookup:
    """The things of a parsed graph, to look names up in."""

    def __init__(self, graph: ParsedGraph):
        self.graph = graph
        self._facts = facts_of(graph)
        self._engine = EmbeddedEngine(graph.quads())
        self._members: dict[str, set[str]] = {}
        self._classes: dict[str, set[str]] = {}
        for thing, kind in self._rows(_CLASSES):
            self._members.setdefault(kind, set()).add(thing)
            self._classes.setdefault(thing, set()).add(kind)
        self._below = {(kind, above) for kind, above in self._rows(_BELOW)}
        self._labels: dict[str, dict[str, str]] = {}
        for thing, language, label in self._rows(_LABELS):
            self._labels.setdefault(thing, {}).setdefault(language, label)
        self._spellings: dict[str, set[str]] = {}
        for thing, label in self._rows(_SPELLINGS):
            self._spellings.setdefault(spelled(label), set()).add(thing)
        self._passages: dict[str, list[Passage]] | None = None
        self._codes: dict[str, set[str]] = {}
        for code, scheme in self._rows(_CODES):
            self._codes.setdefault(scheme, set()).add(code)
        self._bounds: dict[tuple[str, str], set[str]] = {}
        for name, part, kind in self._rows(_PARTS):
            self._bounds.setdefault((name, part), set()).add(kind)
        self._used = {
            term.value
            for _name, file in graph
            for triple in file.triples
            for term in (triple.subject, triple.object)
            if isinstance(term, ox.NamedNode)
        }
        self.entities = {thing for (thing,) in self._rows(_ENTITIES)}

    def _rows(self, query: str) -> list[list[str]]:
        rows = self._engine.table(Query(_HEAD + query)).rows
        return [[term.value for term in row if term is not None] for row in rows]

    def members(self, *classes: str) -> set[str]:
        """Return the IRIs of all that has one of these classes, or a subclass of one."""
        return set().union(*(self._members.get(name, ()) for name in classes))

    def codes(self, scheme: str | None = None) -> set[str]:
        """Return the IRIs of the code list `scheme`, such as "rank", or those of all lists."""
        if scheme is None:
            return set().union(*self._codes.values())
        return self._codes.get(f"{ID}scheme/{scheme}", set())

    def properties(self) -> set[str]:
        """Return the IRIs of all properties."""
        return self.members(*(OWL + kind for kind in ("ObjectProperty", "DatatypeProperty", "AnnotationProperty")))

    def is_a(self, thing: str, kind: str) -> bool:
        """Say whether `thing` has the class `kind` or a subclass of it."""
        if thing not in self._classes and (quantity := self.quantity(thing)):
            units = self.graph.units.by_notation
            own = MONEY if quantity.is_money else units[quantity.unit].kind
            return kind == own or self.is_below(own, kind)
        return kind in self._classes.get(thing, ())

    def is_below(self, kind: str, above: str) -> bool:
        """Say whether the class `kind` is a subclass of `above`, and another class."""
        return (kind, above) in self._below

    def domains(self, predicate: str) -> set[str]:
        """Return the named classes that every subject of `predicate` has."""
        return self._bounds.get((predicate, RDFS + "domain"), set())

    def ranges(self, predicate: str) -> set[str]:
        """Return the named classes and datatypes that every value of `predicate` has."""
        return self._bounds.get((predicate, RDFS + "range"), set())

    def spellings(self, iris: Collection[str]) -> dict[str, set[str]]:
        """Return the labels of `iris`, alternative ones too, as `spelled` has them, each with the things called so."""
        found = ((spelling, things.intersection(iris)) for spelling, things in self._spellings.items())
        return {spelling: things for spelling, things in found if things}

    def is_used(self, iri: str) -> bool:
        """Say whether `iri` is the subject or the object of a statement."""
        return iri in self._used

    @cached_property
    def unit_words(self) -> UnitWords:
        """What the units of the register are called."""
        return unit_words(self.graph.units)

    def quantity(self, iri: str) -> Quantity | None:
        """Return the quantity that the name `iri` says, None where it says none."""
        if not iri.startswith(PREFIXES["qty"]):
            return None
        try:
            return read_name(iri.removeprefix(PREFIXES["qty"]), self.graph.units)
        except QuantityNameError:
            return None

    def label(self, iri: str, language: str) -> str:
        """Return the label of `iri` in `language`, else in any language, else its prefixed name."""
        if iri not in self._labels and (quantity := self.quantity(iri)):
            return say(quantity, self.graph.units, language)
        labels = self._labels.get(iri, {})
        return labels.get(language) or next(iter(labels.values()), shorten(iri))

    def text_of(self, source: str, texts: Mapping[str, str]) -> str:
        """Return the text of `source` from `texts`, which are by digest; raises UsageError where it is not there."""
        digest = self._source(source).digest
        if digest in texts:
            return texts[digest]
        raise UsageError(
            f"no file of the archive has the digest of {shorten(source)}",
            why="offsets and digests of passages are taken from the text",
            hint="name the directory that holds it with --archive DIR",
        )

    def passages(self, source: str) -> list[Passage]:
        """Return the passages of `source`, in the order of their IRIs."""
        if self._passages is None:
            self._passages = defaultdict(list)
            for name in sorted(self.graph.members(ATLAS + "Passage")):
                passage = self._facts.passage(ox.NamedNode(name))
                if passage.source:
                    self._passages[passage.source.iri].append(passage)
        return self._passages.get(source, [])

    def locators(self, source: str) -> dict[str, str]:
        """Return the located passages of `source` by their locators."""
        found = ((passage.iri, self.said(passage.iri).get(ATLAS + "locator", ())) for passage in self.passages(source))
        return {text_of(term): iri for iri, terms in found for term in terms}

    def digest(self, passage: str) -> str:
        """Return the digest that the graph gives for `passage`, "" where it gives none."""
        return self._facts.passage(ox.NamedNode(passage)).digest

    def is_archived(self, source: str) -> bool:
        """Say whether the text of `source` is archived: it then has a digest."""
        return bool(self._source(source).digest)

    def language(self, source: str) -> str:
        """Return the tag of the language of `source`, "" where it has none."""
        return next(iter(self._source(source).languages), "")

    def claims(self) -> list[str]:
        """Return the IRIs of all claims, in order."""
        return sorted(self.graph.members(ATLAS + "Claim"))

    def said(self, iri: str) -> Said:
        """Return what is said of `iri`: the values of each property."""
        return self._facts.of(ox.NamedNode(iri))

    def sources_of(self, claim: str) -> set[str]:
        """Return the sources of the passages that `claim` rests on."""
        evidence = self.said(claim).get(ATLAS + "evidence", ())
        passages = [self._facts.passage(term) for term in evidence if not isinstance(term, ox.Literal)]
        return {passage.source.iri for passage in passages if passage.source}

    def publisher(self, source: str) -> str | None:
        """Return the publisher of `source`, or None."""
        return next((term.value for term in self._source(source).publishers if isinstance(term, ox.NamedNode)), None)

    def with_digest(self, digest: str) -> str | None:
        """Return the source with the digest `digest`, the first of several by its IRI, or None."""
        sources = sorted(self.graph.members(ATLAS + "Source"))
        return next((name for name in sources if self._source(name).digest == digest), None)

    def with_page(self, address: str) -> str | None:
        """Return the first source by its IRI at `address`, whatever stands behind a # there, or None."""
        wanted = address.partition("#")[0]
        sources = sorted(self.graph.members(ATLAS + "Source"))
        same = (name for name in sources if any(p.partition("#")[0] == wanted for p in self._source(name).pages))
        return next(same, None)

    def _source(self, name: str) -> Source:
        return self._facts.source(ox.NamedNode(name))

    def where(self, subject: str) -> str:
        """Return `path:line` of the place that defines `subject`, or "" where nothing does."""
        path, line = self.graph.place(subject)
        return f"{path}:{line}" if path else ""

    def require(self, name: str, among: Collection[str], what: str, *, prefix: str = "", hint: str = "") -> str:
        """Return the IRI of `among` that `name` means: a prefixed name, an IRI, or a bare name behind `prefix`.

        Raises UsageError, saying that it is not `what`, with near names and then `hint`.
        """
        iri = expand(name if ":" in name or not prefix else f"{prefix}:{name}")
        if iri in among:
            return iri
        near = self.near(name, among)
        advice = f"did you mean {' or '.join(near)}?" if near else ""
        raise UsageError(
            f"{name} is not {what}",
            why="the graph has none of that name" if iri not in self._classes else "it is something else",
            hint="; ".join(part for part in (advice, hint) if part) or None,
        )

    def require_called(self, name: str, among: Collection[str], what: str, *, hint: str = "") -> str:
        """Return the IRI of `among` that `name` means, as `require` does, or the only one with `name` as a label.

        Raises UsageError where several have it.
        """
        named = sorted(self._spellings.get(spelled(name), set()).intersection(among))
        if expand(name) in among or not named:
            return self.require(name, among, what, hint=hint)
        if len(named) == 1:
            return named[0]
        listed = ", ".join(map(shorten, named))
        raise UsageError(f"several things are called {name}", why=f"they are {listed}", hint="name one of them")

    def near(self, name: str, among: Collection[str]) -> list[str]:
        """Return the prefixed names of up to three of `among` with a name or label like `name`, the nearest first."""
        spellings: dict[str, str] = {}
        for iri in sorted(among):
            short = shorten(iri)
            for spelling in (short, short.partition(":")[2], *self._labels.get(iri, {}).values()):
                spellings.setdefault(spelling.lower(), short)
        close = difflib.get_close_matches(name.lower(), spellings, n=3 * _NEAR, cutoff=0.6)
        return list(dict.fromkeys(spellings[spelling] for spelling in close))[:_NEAR]


def expand(name: str) -> str:
    """Return the IRI of the prefixed name `name`, or the IRI itself; any other name comes back as it is."""
    if name.startswith("<") and name.endswith(">"):
        return name[1:-1]
    prefix, colon, local = name.partition(":")
    return PREFIXES[prefix] + local if colon and prefix in PREFIXES else name
