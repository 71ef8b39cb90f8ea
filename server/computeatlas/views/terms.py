"""The terms of the data: classes as a tree, properties by class, code lists, and examples of their use."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, OWL, RDF, RDFS, SKOS
from computeatlas.model.terms import iri, whole_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from computeatlas.engine.table import Table
    from computeatlas.model.terms import Term as Value
    from computeatlas.views.reader import Reader

#: Type → what sort of term it makes; the first that a term has counts.
_SORTS = {
    OWL + "ObjectProperty": "object",
    OWL + "DatatypeProperty": "data",
    OWL + "AnnotationProperty": "annotation",
    RDF + "Property": "property",
    OWL + "Class": "class",
    RDFS + "Class": "class",
}
_NAMES = (RDFS + "label", SKOS + "prefLabel")
_DEFINITIONS = (SKOS + "definition", RDFS + "comment")
_NOTE = SKOS + "scopeNote"
#: Relation of `terms_relations` → its name here.
_MATCHES = tuple(SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch"))
#: Examples are looked for among so many properties; a vocabulary has fewer.
_MOST_EXAMPLES = 300
#: Queries for examples in one round: a server lets so many wait for one client.
_TOGETHER = 16


@dataclass(frozen=True)
class Example:
    """A statement that uses a property, or, with `claim`, a claim that is not in the current view."""

    subject: str
    value: Value
    claim: str | None = None


@dataclass(frozen=True)
class Term:
    """A class or property. Texts are by language; everything else is by IRI.

    `sort`: `class`, `object`, `data`, `annotation` or `property`. `traits` are the types that say how a property
    behaves. `above` are the direct superclasses or superproperties, `below` the reverse. `number` counts the members of
    a class, 0 for a property.
    """

    iri: str
    sort: str
    is_own: bool
    traits: tuple[str, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    notes: Mapping[str, str] = field(default_factory=dict)
    above: tuple[str, ...] = ()
    below: tuple[str, ...] = ()
    domains: tuple[str, ...] = ()
    ranges: tuple[str, ...] = ()
    inverses: tuple[str, ...] = ()
    equivalents: tuple[str, ...] = ()
    disjoint: tuple[str, ...] = ()
    matches: tuple[str, ...] = ()
    chains: tuple[tuple[str, ...], ...] = ()
    examples: tuple[Example, ...] = ()
    number: int = 0


@dataclass(frozen=True)
class Code:
    """A code of a list, with texts by language."""

    iri: str
    names: Mapping[str, str]
    definitions: Mapping[str, str]


@dataclass(frozen=True)
class CodeList:
    """A list of codes."""

    iri: str
    names: Mapping[str, str]
    definitions: Mapping[str, str]
    codes: tuple[Code, ...]


@dataclass(frozen=True)
class Vocabulary:
    """The terms of the data by IRI, in order, and the code lists."""

    terms: Mapping[str, Term]
    lists: tuple[CodeList, ...]

    def of_sort(self, *sorts: str, own: bool = True) -> list[Term]:
        """Return the terms of some sorts, those of our own vocabulary or those of others."""
        return [term for term in self.terms.values() if term.sort in sorts and term.is_own == own]

    def roots(self) -> list[Term]:
        """Return the classes that the tree begins with: those without a superclass, or with none that is declared."""
        return [t for t in self.terms.values() if t.sort == "class" and not any(up in self.terms for up in t.above)]

    def properties_of(self, iri: str) -> list[Term]:
        """Return the properties whose domain the class `iri` is, one of them at least."""
        return [term for term in self.terms.values() if iri in term.domains]

    def without_domain(self) -> list[Term]:
        """Return our own properties that have no domain."""
        return [term for term in self.terms.values() if term.is_own and term.sort != "class" and not term.domains]


def read_vocabulary(reader: Reader) -> Vocabulary:
    """Return the terms of the data that `reader` reads, and the code lists."""
    asked = ("terms_terms", "terms_texts", "terms_relations", "terms_chains", "terms_members", "terms_codes")
    tables = dict(zip(asked, reader.ask_all(*(reader.text(view) for view in asked)), strict=True))
    types: defaultdict[str, set[str]] = defaultdict(set)
    for row in tables["terms_terms"].records():
        types[_text(row["term"])].add(_text(row["type"]))
    texts: defaultdict[str, defaultdict[str, dict[str, str]]] = defaultdict(lambda: defaultdict(dict))
    for row in tables["terms_texts"].records():
        text = row["text"]
        if isinstance(text, ox.Literal):
            texts[_text(row["term"])][_text(row["property"])].setdefault(text.language or "", text.value)
    relations: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in tables["terms_relations"].records():
        relations[_text(row["term"])][_text(row["relation"])].append(_text(row["other"]))
    chains: defaultdict[str, defaultdict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in tables["terms_chains"].records():
        chains[_text(row["term"])][str(row["chain"])].append(_text(row["member"]))
    numbers = {_text(row["class"]): whole_of(row["number"]) or 0 for row in tables["terms_members"].records()}
    above = {name: _direct(name, relations) for name in types}
    below: defaultdict[str, list[str]] = defaultdict(list)
    for term, ups in above.items():
        for up in ups:
            below[up].append(term)
    examples = _examples(reader, [name for name, found in types.items() if _sort(found) != "class"][:_MOST_EXAMPLES])
    terms = {}
    for name, found in types.items():
        sort = _sort(found)
        said = relations[name]
        terms[name] = Term(
            iri=name,
            sort=sort,
            is_own=name.startswith(ATLAS),
            traits=tuple(sorted(kind for kind in found if kind not in _SORTS)),
            names=_first(texts[name], _NAMES),
            definitions=_first(texts[name], _DEFINITIONS),
            notes=texts[name].get(_NOTE, {}),
            above=above[name],
            below=tuple(below[name]),
            domains=tuple(said[RDFS + "domain"]),
            ranges=tuple(said[RDFS + "range"]),
            inverses=tuple(said[OWL + "inverseOf"]),
            equivalents=(*said[OWL + "equivalentClass"], *said[OWL + "equivalentProperty"]),
            disjoint=tuple(said[OWL + "disjointWith"]),
            matches=tuple(other for match in _MATCHES for other in said[match]),
            chains=tuple(sorted(tuple(members) for members in chains[name].values())),
            examples=examples.get(name, ()),
            number=numbers.get(name, 0) if sort == "class" else 0,
        )
    return Vocabulary(terms, _lists(tables["terms_codes"], texts))


def _lists(table: Table, texts: Mapping[str, Mapping[str, dict[str, str]]]) -> tuple[CodeList, ...]:
    members: defaultdict[str, list[str]] = defaultdict(list)
    for row in table.records():
        members[_text(row["scheme"])].append(_text(row["code"]))

    def said(iri: str) -> tuple[dict[str, str], dict[str, str]]:
        return _first(texts.get(iri, {}), _NAMES), _first(texts.get(iri, {}), _DEFINITIONS)

    return tuple(
        CodeList(scheme, *said(scheme), tuple(Code(code, *said(code)) for code in codes))
        for scheme, codes in members.items()
    )


def _sort(types: Iterable[str]) -> str:
    return next((sort for name, sort in _SORTS.items() if name in types), "property")


def _examples(reader: Reader, properties: Sequence[str]) -> dict[str, tuple[Example, ...]]:
    """Return examples of the use of each of `properties`: statements, or else claims that are not in the view."""
    found: dict[str, tuple[Example, ...]] = {}
    for view in ("terms_examples", "terms_claims"):
        left = [node for name in properties if name not in found and (node := iri(name))]
        for start in range(0, len(left), _TOGETHER):
            some = left[start : start + _TOGETHER]
            tables = reader.ask_all(*(reader.text(view, property=[node]) for node in some))
            found |= {node.value: _read_examples(table) for node, table in zip(some, tables, strict=True) if table.rows}
    return found


def _read_examples(table: Table) -> tuple[Example, ...]:
    return tuple(
        Example(_text(row["subject"]), row["value"], _text(row["claim"]) if "claim" in row else None)
        for row in table.records()
    )


def _direct(iri: str, relations: Mapping[str, Mapping[str, list[str]]]) -> tuple[str, ...]:
    """Return what is directly above a term: without what is above something else that is above it."""

    def up(term: str) -> list[str]:
        said = relations.get(term, {})
        return [
            other for name in ("subClassOf", "subPropertyOf") for other in said.get(RDFS + name, ()) if other != term
        ]

    direct = dict.fromkeys(up(iri))
    farther: set[str] = set()
    waiting = [other for near in direct for other in up(near)]
    while waiting:
        other = waiting.pop()
        if other not in farther:
            farther.add(other)
            waiting += up(other)
    # Terms that are above each other would all be left out.
    return tuple(direct) if iri in farther else tuple(other for other in direct if other not in farther)


def _first(texts: Mapping[str, dict[str, str]], names: tuple[str, ...]) -> dict[str, str]:
    return next((texts[name] for name in names if texts.get(name)), {})


def _text(term: Value) -> str:
    return str(term.value)
