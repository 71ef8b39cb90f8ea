"""What the page of a thing needs, asked in three rounds: what is said, the claims, and the names of all that."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from computeatlas.model.namespaces import DCTERMS, OWL
from computeatlas.model.record_facts import Facts
from computeatlas.model.records import Records
from computeatlas.model.terms import iri_of, is_true, sort_key, text_of, whole_of
from computeatlas.sparql.rewrite import with_offset
from computeatlas.views.entity.incoming import PAGE, Counts, Reference, incoming_text, read_counts, read_incoming
from computeatlas.views.entity.kinds import Kind, guess_kind, kind_of
from computeatlas.views.entity.meaning import Meaning, meanings, meanings_text
from computeatlas.views.entity.status import Status, read_status
from computeatlas.views.names import iris_in
from computeatlas.views.records import claim_nodes, claims_text, records_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    import pyoxigraph as ox

    from computeatlas.engine.table import Table
    from computeatlas.model.records import Passage
    from computeatlas.model.terms import Term
    from computeatlas.views.reader import Reader

#: As many claims as the queries `queries/views/entity_claims*.rq` take at a time.
CLAIMS = 200


@dataclass(frozen=True)
class Class:
    """A class of the data set and the number of its members."""

    iri: str
    part: str
    members: int


@dataclass(frozen=True)
class Gathered:
    """What is known of a thing, in the order in which it was asked.

    `triples` has for each property and value the graphs in which the thing has it, `facts` for each property the
    values. `claims` are the IRIs of the claims of the page, `about` what each property is about. `texts` are the
    queries for `statements`, `claims` and what is `incoming`. `passage` is there where the thing is one.
    """

    status: Status
    kind: Kind = Kind.THING
    triples: Mapping[tuple[str, Term], set[str]] = field(default_factory=dict)
    facts: Mapping[str, list[Term]] = field(default_factory=dict)
    claims: tuple[str, ...] = ()
    references: tuple[Reference, ...] = ()
    counts: Counts = field(default_factory=lambda: Counts({}, 0))
    records: Records = field(default_factory=lambda: Records({}, {}))
    uses: tuple[tuple[str, Term], ...] = ()
    classes: tuple[Class, ...] = ()
    about: Mapping[str, Meaning] = field(default_factory=dict)
    texts: Mapping[str, str] = field(default_factory=dict)
    passage: Passage | None = None


def status(reader: Reader, thing: ox.NamedNode) -> Status:
    """Return whether anything is known of `thing`, and whether another has taken its place: one query."""
    return read_status(reader.ask(reader.text("status", x=[thing])))


def gather(reader: Reader, thing: ox.NamedNode, page: int, claims_page: int) -> Gathered:
    """Return what the page of `thing` needs, with the labels of all that fetched, in three rounds.

    One more is needed where the type of a thing says something else than its name, and so has other claims.
    """
    guessed = guess_kind(thing.value)
    texts = {
        "statements": reader.text("entity_statements", x=[thing]),
        "incoming": incoming_text(reader, thing, page),
        "claims": _claims_text(reader, thing, guessed, claims_page),
    }
    statements, incoming, *claimed = reader.ask_all(*(text for text in texts.values() if text))
    triples = _triples(statements)
    facts: dict[str, list[Term]] = defaultdict(list)
    for name, value in sorted(triples, key=lambda pair: (pair[0], sort_key(pair[1]))):
        facts[name].append(value)
    kind = kind_of(thing.value, facts)
    if kind.claims_view != guessed.claims_view:
        texts["claims"] = _claims_text(reader, thing, kind, claims_page)
        claimed = reader.ask_all(texts["claims"]) if texts["claims"] else []
    claims = tuple(_claims(claimed[0])) if claimed else (thing.value,) if kind is Kind.CLAIM else ()
    references = read_incoming(incoming)
    nodes = claim_nodes([*claims, *(claim for reference in references for claim in reference.claims)])
    is_all = page == claims_page == 1 and len(references) < PAGE and len(claims) < CLAIMS
    more = {
        "records": claims_text(reader, nodes) if nodes else "",
        "status": "" if facts else reader.text("status", x=[thing]),
        "uses": "" if facts or references else reader.text("entity_uses", x=[thing]),
        "classes": reader.text("entity_classes", x=[thing]) if kind is Kind.DATASET else "",
        "passage": reader.text("passage", x=[thing]) if kind is Kind.PASSAGE else "",
        "counts": "" if is_all else reader.text("entity_incoming_counts", x=[thing]),
    }
    asked = {name: text for name, text in more.items() if text}
    found = dict(zip(asked, reader.ask_all(*asked.values()), strict=True))
    state = read_status(found["status"]) if "status" in found else _status(facts)
    if state.is_missing:
        return Gathered(state)
    records = records_in(found["records"], nodes) if nodes else Records({}, {})
    uses = tuple((text_of(row["s"]), row["o"]) for row in found["uses"].records()) if "uses" in found else ()
    classes = tuple(_classes(found["classes"])) if "classes" in found else ()
    passage = Facts(found["passage"].records()).passage(thing) if "passage" in found else None
    properties = [name for name, _value in triples]
    properties += [claim.predicate for claim in records.claims.values() if claim.predicate]
    # Of a property that has an anchor nothing is asked.
    text = meanings_text(reader, properties)
    named = iris_in((thing, list(triples), records, references, uses, classes, passage))
    tables = reader.ask_naming(named, *([text] if text else []))
    return Gathered(
        status=state,
        kind=kind,
        triples=triples,
        facts=facts,
        claims=claims,
        references=references,
        counts=_count(found.get("counts"), references, len(claims), claims_page),
        records=records,
        uses=uses,
        classes=classes,
        about=meanings(properties, next(iter(tables), None)),
        texts={name: texts[name] for name in ("statements", "claims", "incoming")},
        passage=passage,
    )


def _triples(table: Table) -> dict[tuple[str, Term], set[str]]:
    triples: dict[tuple[str, Term], set[str]] = {}
    for row in table.records():
        found = triples.setdefault((text_of(row["p"]), row["o"]), set())
        if "g" in row:
            found.add(text_of(row["g"]))
    return triples


def _claims_text(reader: Reader, thing: ox.NamedNode, kind: Kind, page: int) -> str:
    if not kind.claims_view:
        return ""
    return with_offset(reader.text(kind.claims_view, x=[thing]), (page - 1) * CLAIMS)


def _claims(table: Table) -> list[str]:
    return list(dict.fromkeys(name for row in table.records() if (name := iri_of(row["claim"]))))


def _count(table: Table | None, references: tuple[Reference, ...], claims: int, claims_page: int) -> Counts:
    """Return how much there is; without `table`, all of it is at hand."""
    if table is None:
        return Counts(dict(Counter(reference.by for reference in references)), claims)
    counts = read_counts(table)
    # Of a passage or a document the claims are not on it; one more page is offered while the pages are full.
    there = (claims_page - 1) * CLAIMS + claims + (claims == CLAIMS)
    return Counts(counts.by_property, max(counts.claims_on, there))


def _status(facts: Mapping[str, list[Term]]) -> Status:
    """Return the status of a thing of which something is said."""
    deprecated = any(is_true(value) for value in facts.get(OWL + "deprecated", ()))
    successors = sorted(name for t in facts.get(DCTERMS + "isReplacedBy", ()) if (name := iri_of(t)))
    return Status(is_missing=False, is_deprecated=deprecated, successors=tuple(successors))


def _classes(table: Table) -> Iterator[Class]:
    for row in table.records():
        name, part, members = iri_of(row["class"]), iri_of(row["part"]), whole_of(row["entities"])
        if name is not None and part is not None and members is not None:
            yield Class(name, part, members)
