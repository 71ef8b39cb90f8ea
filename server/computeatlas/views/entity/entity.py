"""The page of a thing, whatever it is: what is said of it, by whom, how sure that is, and what refers to it."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, BASE, DATASET_IRI, DCTERMS, OWL, PREFIXES, RDF, RDFS, VOID, graph_iri
from computeatlas.model.record_facts import read_quantity, read_source
from computeatlas.model.records import Records
from computeatlas.model.terms import iri_of, is_true, sort_key, whole_of
from computeatlas.sparql.rewrite import with_offset
from computeatlas.views.entity.incoming import PAGE, Counts, Reference, count_incoming, incoming_text, read_incoming
from computeatlas.views.entity.neighbourhood import Neighbourhood, neighbourhood
from computeatlas.views.entity.stages import Progress, progress
from computeatlas.views.entity.statements import Group, arrange
from computeatlas.views.entity.status import Status, read_status
from computeatlas.views.records import read_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from computeatlas.model.records import Claim, Passage, Quantity, Source
    from computeatlas.model.terms import Term
    from computeatlas.views.reader import Reader

#: As many claims as the queries `queries/views/entity_claims*.rq` take at a time.
CLAIMS = 200
_SKOS = PREFIXES["skos"]
_TYPE = RDF + "type"
_LABELS = frozenset({RDFS + "label", _SKOS + "prefLabel"})
_OTHER_NAMES = frozenset({_SKOS + "altLabel"})
_MATCHES = frozenset(_SKOS + name for name in ("exactMatch", "closeMatch", "broadMatch", "narrowMatch", "relatedMatch"))
_NOTES = frozenset(_SKOS + name for name in ("editorialNote", "scopeNote"))
#: Properties that the head of the page shows.
_IN_HEAD = frozenset({_TYPE, OWL + "deprecated", DCTERMS + "isReplacedBy"}) | _LABELS | _OTHER_NAMES | _MATCHES | _NOTES


class Kind(StrEnum):
    """What a thing is, as far as its page differs."""

    CLAIM = "claim"
    PASSAGE = "passage"
    SOURCE = "source"
    CODE = "code"
    QUANTITY = "quantity"
    GRAPH = "graph"
    DATASET = "dataset"
    THING = "thing"


@dataclass(frozen=True)
class Class:
    """A class of the data set and the number of its members."""

    iri: str
    part: str
    members: int


@dataclass(frozen=True)
class Page:
    """All that the page of a thing shows.

    `types` are those that are stated, `inferred_types` those that follow. `facts` gives every statement: property →
    values. `groups` hold what is said of it, with the claims; `claims` are those of its own section: of a claim itself,
    of a passage or a source those that it supports. `references` is a page of what refers to it.
    `numbers` gives the note of each passage that is cited. `uses` are statements in which the thing is the property.
    `texts` are the queries for `statements`, `claims` and what is `incoming`.
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

    @property
    def source(self) -> Source:
        """The source that the page is of."""
        return read_source(self.iri, self.facts)

    @property
    def quantity(self) -> Quantity | None:
        """The quantity that the page is of, None where it has no bounds."""
        return read_quantity(self.facts)


def status(reader: Reader, thing: ox.NamedNode) -> Status:
    """Return whether anything is known of `thing`, and whether another has taken its place: one query."""
    return read_status(reader.ask(reader.text("status", x=[thing])))


def read_page(reader: Reader, thing: ox.NamedNode, page: int = 1, claims_page: int = 1) -> Page:
    """Return the page of `thing`, with the references and the claims of those pages of them, which count from 1.

    Of a thing of which nothing is known it has no more than the status.
    """
    triples: dict[tuple[str, Term], set[str]] = {}
    statements = reader.text("entity_statements", x=[thing])
    for row in reader.ask(statements).records():
        found = triples.setdefault((row["p"].value, row["o"]), set())
        if "g" in row:
            found.add(row["g"].value)
    state = _status(reader, thing, triples)
    if state.is_missing:
        return Page(thing.value, Kind.THING, state)
    facts: dict[str, list[Term]] = defaultdict(list)
    for name, value in sorted(triples, key=lambda pair: (pair[0], sort_key(pair[1]))):
        facts[name].append(value)
    kind = kind_of(thing.value, facts)
    texts = {
        "statements": statements,
        "claims": "" if kind is Kind.CLAIM else _claims_text(reader, thing, kind, claims_page),
        "incoming": incoming_text(reader, thing, page),
    }
    names = _claims(reader, thing, texts["claims"])
    references = read_incoming(reader, texts["incoming"])
    counts = _counts(reader, thing, references, names, page, claims_page)
    records = read_claims(reader, [*names, *(claim for reference in references for claim in reference.claims)])
    claims = [records.claims[name] for name in names]
    uses = () if facts or references else _uses(reader, thing)
    classes = tuple(_classes(reader, thing)) if kind is Kind.DATASET else ()
    reader.need(_named(thing, triples, records, references, uses, classes))
    elsewhere = _IN_HEAD | ({VOID + "classPartition"} if classes else set())
    said = {key: graphs for key, graphs in triples.items() if key[0] not in elsewhere}
    groups = () if kind is Kind.CLAIM else arrange(reader, said, claims if _is_subject(kind) else ())
    types = sorted(facts.get(_TYPE, ()), key=sort_key)
    inferred = {t for t in types if triples[_TYPE, t] == {graph_iri("inferred")}}
    return Page(
        iri=thing.value,
        kind=kind,
        status=state,
        types=tuple(t.value for t in types if isinstance(t, ox.NamedNode) and t not in inferred),
        inferred_types=tuple(t.value for t in types if isinstance(t, ox.NamedNode) and t in inferred),
        other_names=_values(facts, _OTHER_NAMES),
        matches=tuple((name, value) for name in sorted(_MATCHES) for value in facts.get(name, ())),
        notes=_values(facts, _NOTES),
        facts=facts,
        groups=groups,
        claims=() if _is_subject(kind) else tuple(claims),
        claims_page=claims_page,
        claims_pages=max(1, -(-counts.claims_on // CLAIMS)),
        counts=counts,
        references=references,
        page=page,
        records=records,
        numbers=_number(_in_order(kind, groups, claims, references, records)),
        neighbours=neighbourhood(groups, references) if kind is Kind.THING else None,
        progress=progress(claims) if kind is Kind.THING else None,
        classes=classes,
        uses=uses,
        texts=texts,
    )


def kind_of(name: str, facts: Mapping[str, list[Term]]) -> Kind:
    """Return what the thing called `name` is, by its types or else by its name."""
    types = {term.value for term in facts.get(_TYPE, ())}
    by_type = {
        ATLAS + "Claim": Kind.CLAIM,
        ATLAS + "Passage": Kind.PASSAGE,
        ATLAS + "Source": Kind.SOURCE,
        ATLAS + "QuantityValue": Kind.QUANTITY,
        ATLAS + "MonetaryAmount": Kind.QUANTITY,
        _SKOS + "Concept": Kind.CODE,
    }
    found = next((kind for name, kind in by_type.items() if name in types), None)
    if found is None and name == DATASET_IRI:
        found = Kind.DATASET
    if found is None and name.startswith(BASE + "graph/"):
        found = Kind.GRAPH
    return found or Kind.THING


def _claims_view(kind: Kind) -> str:
    return {Kind.PASSAGE: "entity_claims_by_passage", Kind.SOURCE: "entity_claims_by_source"}.get(kind, "entity_claims")


def _is_subject(kind: Kind) -> bool:
    """Whether the claims of the page are those on the thing itself."""
    return kind not in (Kind.CLAIM, Kind.PASSAGE, Kind.SOURCE)


def _claims_text(reader: Reader, thing: ox.NamedNode, kind: Kind, page: int) -> str:
    return with_offset(reader.text(_claims_view(kind), x=[thing]), (page - 1) * CLAIMS)


def _claims(reader: Reader, thing: ox.NamedNode, text: str) -> list[str]:
    """Return the claims that `text` asks for; without it the thing is a claim itself."""
    if not text:
        return [thing.value]
    rows = reader.ask(text).records()
    return list(dict.fromkeys(row["claim"].value for row in rows if isinstance(row["claim"], ox.NamedNode)))


def _counts(
    reader: Reader,
    thing: ox.NamedNode,
    references: tuple[Reference, ...],
    claims: list[str],
    page: int,
    claims_page: int,
) -> Counts:
    """Return how much there is, without asking where all of it is at hand."""
    if page == claims_page == 1 and len(references) < PAGE and len(claims) < CLAIMS:
        numbers: dict[str, int] = defaultdict(int)
        for reference in references:
            numbers[reference.by] += 1
        return Counts(dict(numbers), len(claims))
    counts = count_incoming(reader, thing)
    # Of a passage or a document the claims are not on it; one more page is offered while the pages are full.
    there = (claims_page - 1) * CLAIMS + len(claims) + (len(claims) == CLAIMS)
    return Counts(counts.by_property, max(counts.claims_on, there))


def _status(reader: Reader, thing: ox.NamedNode, triples: Iterable[tuple[str, Term]]) -> Status:
    """Return the status of `thing`, from what is said of it where that tells."""
    by_name = defaultdict(list)
    for name, value in triples:
        by_name[name].append(value)
    if not by_name:
        return status(reader, thing)
    deprecated = any(is_true(value) for value in by_name[OWL + "deprecated"])
    successors = sorted(t.value for t in by_name[DCTERMS + "isReplacedBy"] if isinstance(t, ox.NamedNode))
    return Status(is_missing=False, is_deprecated=deprecated, successors=tuple(successors))


def _uses(reader: Reader, thing: ox.NamedNode) -> tuple[tuple[str, Term], ...]:
    return tuple((row["s"].value, row["o"]) for row in reader.records("entity_uses", x=[thing]))


def _classes(reader: Reader, thing: ox.NamedNode) -> Iterator[Class]:
    for row in reader.records("entity_classes", x=[thing]):
        name, part, members = iri_of(row["class"]), iri_of(row["part"]), whole_of(row["entities"])
        if name is not None and part is not None and members is not None:
            yield Class(name, part, members)


def _values(facts: Mapping[str, list[Term]], names: Iterable[str]) -> tuple[Term, ...]:
    return tuple(value for name in sorted(names) for value in facts.get(name, ()))


def _named(
    thing: ox.NamedNode,
    triples: Iterable[tuple[str, Term]],
    records: Records,
    references: Iterable[Reference],
    uses: Iterable[tuple[str, Term]],
    classes: Iterable[Class],
) -> Iterator[str]:
    """Yield everything whose name the page shows, so that all names are fetched at once."""
    yield thing.value
    for name, value in triples:
        yield name
        if isinstance(value, ox.NamedNode):
            yield value.value
    for claim in records.claims.values():
        yield from (name for name in (claim.iri, claim.subject, claim.predicate, claim.modality, claim.rank) if name)
        yield from claim.stated_by
        yield from claim.contradicts
        yield from (value.value for value in claim.values if isinstance(value, ox.NamedNode))
        for source in claim.sources:
            yield source.iri
            yield from (term.value for term in source.publishers if isinstance(term, ox.NamedNode))
        for subject, name, value in claim.supports:
            yield from (subject, name)
            if isinstance(value, ox.NamedNode):
                yield value.value
    for reference in references:
        yield from (reference.subject, reference.by)
    for subject, value in uses:
        yield subject
        if isinstance(value, ox.NamedNode):
            yield value.value
    for one in classes:
        yield one.iri


def _in_order(
    kind: Kind,
    groups: Iterable[Group],
    claims: Iterable[Claim],
    references: Iterable[Reference],
    records: Records,
) -> Iterator[Claim]:
    """Yield the claims in the order in which the page shows them."""
    if _is_subject(kind):
        yield from (claim for group in groups for block in group.blocks for claim in block.claims)
    else:
        yield from claims
    for reference in references:
        yield from (records.claims[name] for name in reference.claims)


def _number(claims: Iterable[Claim]) -> dict[Passage, int]:
    numbers: dict[Passage, int] = {}
    for claim in claims:
        for passage in claim.passages:
            numbers.setdefault(passage, len(numbers) + 1)
    return numbers
