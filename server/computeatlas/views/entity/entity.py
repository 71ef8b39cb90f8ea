"""The page of a thing, whatever it is: what is said of it, by whom, how sure that is, and what refers to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import DCTERMS, OWL, PREFIXES, RDF, RDFS, VOID, graph_iri
from computeatlas.model.record_facts import read_quantity, read_source
from computeatlas.model.records import Records
from computeatlas.model.terms import sort_key
from computeatlas.views.entity.gather import CLAIMS, Class, gather
from computeatlas.views.entity.incoming import Counts, Reference
from computeatlas.views.entity.kinds import Kind
from computeatlas.views.entity.neighbourhood import Neighbourhood, neighbourhood
from computeatlas.views.entity.stages import Progress, progress
from computeatlas.views.entity.statements import Group, arrange

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from computeatlas.model.records import Claim, Passage, Quantity, Source
    from computeatlas.model.terms import Term
    from computeatlas.views.entity.status import Status
    from computeatlas.views.reader import Reader

_SKOS = PREFIXES["skos"]
_TYPE = RDF + "type"
_LABELS = frozenset({RDFS + "label", _SKOS + "prefLabel"})
_OTHER_NAMES = frozenset({_SKOS + "altLabel"})
_MATCHES = frozenset(_SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"))
_NOTES = frozenset(_SKOS + name for name in ("editorialNote", "scopeNote"))
#: Properties that the head of the page shows.
_IN_HEAD = frozenset({_TYPE, OWL + "deprecated", DCTERMS + "isReplacedBy"}) | _LABELS | _OTHER_NAMES | _MATCHES | _NOTES

#: A page with more notes than this is long.
_LONG = 12


@dataclass(frozen=True)
class Page:
    """All that the page of a thing shows.

    `types` are those that are stated, `inferred_types` those that follow. `facts` gives every statement: property →
    values. `groups` hold what is said of it, with the claims; `claims` are those of its own section: of a claim itself,
    of a passage or a source those that it supports. `references` is a page of what refers to it.
    `numbers` gives the note of each passage that is cited. `uses` are statements in which the thing is the property.
    `texts` are the queries for `statements`, `claims` and what is `incoming`. `passage` is there where it is one.
    """

    iri: str
    kind: Kind
    status: Status
    types: tuple[str, ...] = ()
    inferred_types: tuple[str, ...] = ()
    other_names: tuple[Term, ...] = ()
    matches: tuple[tuple[str, Term], ...] = ()
    notes: tuple[Term, ...] = ()
    facts: Mapping[str, list[Term]] = field(default_factory=dict)
    groups: tuple[Group, ...] = ()
    claims: tuple[Claim, ...] = ()
    claims_page: int = 1
    claims_pages: int = 1
    counts: Counts = field(default_factory=lambda: Counts({}, 0))
    references: tuple[Reference, ...] = ()
    page: int = 1
    records: Records = field(default_factory=lambda: Records({}, {}))
    numbers: Mapping[Passage, int] = field(default_factory=dict)
    neighbours: Neighbourhood | None = None
    progress: Progress | None = None
    classes: tuple[Class, ...] = ()
    uses: tuple[tuple[str, Term], ...] = ()
    texts: Mapping[str, str] = field(default_factory=dict)
    passage: Passage | None = None

    @property
    def is_long(self) -> bool:
        """Whether so much is said that a list of contents helps."""
        return len(self.numbers) > _LONG

    @property
    def source(self) -> Source:
        """The source that the page is of."""
        return read_source(self.iri, self.facts)

    @property
    def quantity(self) -> Quantity | None:
        """The quantity that the page is of, None where it has no bounds."""
        return read_quantity(self.facts)


def read_page(reader: Reader, thing: ox.NamedNode, page: int = 1, claims_page: int = 1) -> Page:
    """Return the page of `thing`, with the references and the claims of those pages of them, which count from 1.

    Of a thing of which nothing is known it has no more than the status.
    """
    got = gather(reader, thing, page, claims_page)
    if got.status.is_missing:
        return Page(thing.value, Kind.THING, got.status)
    kind, facts, counts, references, records = got.kind, got.facts, got.counts, got.references, got.records
    claims = [records.claims[name] for name in got.claims if name in records.claims]
    elsewhere = _IN_HEAD | ({VOID + "classPartition"} if got.classes else set())
    said = {key: graphs for key, graphs in got.triples.items() if key[0] not in elsewhere}
    groups = (
        () if kind is Kind.CLAIM else arrange(reader, said, claims if kind.is_subject else (), got.about, thing.value)
    )
    types = sorted(facts.get(_TYPE, ()), key=sort_key)
    inferred = {t for t in types if got.triples[_TYPE, t] == {graph_iri("inferred")}}
    return Page(
        iri=thing.value,
        kind=kind,
        status=got.status,
        types=tuple(t.value for t in types if isinstance(t, ox.NamedNode) and t not in inferred),
        inferred_types=tuple(t.value for t in types if isinstance(t, ox.NamedNode) and t in inferred),
        other_names=_values(facts, _OTHER_NAMES),
        matches=tuple((name, value) for name in sorted(_MATCHES) for value in facts.get(name, ())),
        notes=_values(facts, _NOTES),
        facts=facts,
        groups=groups,
        claims=() if kind.is_subject else tuple(claims),
        claims_page=claims_page,
        claims_pages=max(1, -(-counts.claims_on // CLAIMS)),
        counts=counts,
        references=references,
        page=page,
        records=records,
        numbers=_number(_in_order(kind, groups, claims, references, records)),
        neighbours=neighbourhood(groups, references) if kind is Kind.THING else None,
        progress=progress(claims) if kind is Kind.THING else None,
        classes=got.classes,
        uses=got.uses,
        texts=got.texts,
        passage=got.passage,
    )


def _values(facts: Mapping[str, list[Term]], names: Iterable[str]) -> tuple[Term, ...]:
    return tuple(value for name in sorted(names) for value in facts.get(name, ()))


def _in_order(
    kind: Kind,
    groups: Iterable[Group],
    claims: Iterable[Claim],
    references: Iterable[Reference],
    records: Records,
) -> Iterator[Claim]:
    """Yield the claims in the order in which the page shows them."""
    if kind.is_subject:
        yield from (claim for group in groups for block in group.blocks for claim in block.claims)
    else:
        yield from claims
    for reference in references:
        yield from (records.claims[name] for name in reference.claims if name in records.claims)


def notes_by_document(numbers: Mapping[Passage, int]) -> dict[Source | None, list[tuple[Passage, int]]]:
    """Return the cited passages with their numbers, by document; None: the document is not given."""
    found: dict[Source | None, list[tuple[Passage, int]]] = {}
    for passage, number in numbers.items():
        found.setdefault(passage.source, []).append((passage, number))
    return found


def _number(claims: Iterable[Claim]) -> dict[Passage, int]:
    numbers: dict[Passage, int] = {}
    for claim in claims:
        for passage in claim.passages:
            numbers.setdefault(passage, len(numbers) + 1)
    return numbers
