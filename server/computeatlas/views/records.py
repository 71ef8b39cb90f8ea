"""Claims with all that is recorded of them, read in one query for many."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.dates import PartialDate, read_date
from computeatlas.model.namespaces import ATLAS, DCTERMS, OWL, PREFIXES
from computeatlas.views.query import iri

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from computeatlas.engine.table import Term
    from computeatlas.views.reader import Reader

_OA = PREFIXES["oa"]
_FOAF = PREFIXES["foaf"]


@dataclass(frozen=True)
class Document:
    """A source: where it is to be read, who published it, when and in which language; its title is its label."""

    iri: str
    pages: tuple[str, ...] = ()
    publishers: tuple[Term, ...] = ()
    issued: PartialDate | None = None
    languages: tuple[str, ...] = ()


@dataclass(frozen=True)
class Passage:
    """A stretch of a document, from character `start` up to `end`, which are None where they are not said."""

    iri: str
    document: Document | None
    start: int | None
    end: int | None


@dataclass(frozen=True)
class Quantity:
    """A number with a unit or a currency, within bounds: equal ones where it is exact, one where it is open."""

    least: Decimal | None = None
    most: Decimal | None = None
    unit: str = ""
    approximate: bool = False


@dataclass(frozen=True)
class Claim:
    """What a source says of `subject`: that it has `predicate` with `values`.

    `supports`: the triples of the current view that rest on the claim. `contradicts`: claims, both ways. Modality, rank
    and predicate are None where the data lack them.
    """

    iri: str
    subject: str | None = None
    predicate: str | None = None
    values: tuple[Term, ...] = ()
    modality: str | None = None
    rank: str | None = None
    reasons: tuple[ox.Literal, ...] = ()
    stated_by: tuple[str, ...] = ()
    as_of: PartialDate | None = None
    as_of_text: str = ""
    passages: tuple[Passage, ...] = ()
    contradicts: tuple[str, ...] = ()
    supports: tuple[tuple[str, str, Term], ...] = ()

    @property
    def documents(self) -> tuple[Document, ...]:
        """The documents of its passages, each once."""
        return tuple(dict.fromkeys(passage.document for passage in self.passages if passage.document))

    @property
    def in_view(self) -> bool:
        """Whether the current view holds something that rests on it."""
        return bool(self.supports)

    @property
    def issued(self) -> PartialDate | None:
        """When the oldest of its documents was issued."""
        return min((document.issued for document in self.documents if document.issued), default=None)


@dataclass(frozen=True)
class Records:
    """Claims by IRI, in the order in which they were asked for, and the quantities that they give, by IRI."""

    claims: dict[str, Claim] = field(default_factory=dict)
    quantities: dict[str, Quantity] = field(default_factory=dict)


def read_claims(reader: Reader, claims: Iterable[str]) -> Records:
    """Return what is recorded of each of `claims`; what is no IRI is left out."""
    nodes = [node for text in dict.fromkeys(claims) if (node := iri(text))]
    if not nodes:
        return Records()
    facts: dict[Term, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for row in reader.records("entity_records", claim=nodes):
        facts[row["s"]][_iri(row["p"])].append(row["o"])
    passages = _Passages(facts)
    supports: dict[str, list[tuple[str, str, Term]]] = defaultdict(list)
    for said in list(facts.values()):
        for claim in said.get(ATLAS + "supportedBy", ()):
            triple = _first(said, OWL + "annotatedSource"), _first(said, OWL + "annotatedProperty")
            for value in said.get(OWL + "annotatedTarget", ()):
                supports[_iri(claim)].append((_iri(triple[0]), _iri(triple[1]), value))
    quantities = {term.value: found for term, said in facts.items() if (found := make_quantity(said))}
    return Records(
        {node.value: _claim(node.value, facts.get(node, {}), passages, supports[node.value]) for node in nodes},
        quantities,
    )


def pick_language(values: Iterable[Term], language: str) -> tuple[Term, ...]:
    """Return `values` without the texts that are in another language, where there are texts in `language`."""
    values = tuple(values)
    tagged = {value.language for value in values if isinstance(value, ox.Literal) and value.language}
    wanted = language if language in tagged else "en" if "en" in tagged else None
    if wanted is None:
        return values
    return tuple(v for v in values if not isinstance(v, ox.Literal) or not v.language or v.language == wanted)


def sort_key(term: Term) -> tuple[str, str]:
    """Return what orders terms the same way each time."""
    return term.value, str(term)


class _Passages:
    """The passages and documents in what was read, each made once."""

    def __init__(self, facts: Mapping[Term, Mapping[str, list[Term]]]):
        self._facts = facts
        self._documents: dict[Term, Document] = {}
        self._passages: dict[Term, Passage] = {}

    def passage(self, term: Term) -> Passage:
        if term not in self._passages:
            said = self._facts.get(term, {})
            source = _first(said, ATLAS + "inSource")
            document = self.document(source) if source else None
            self._passages[term] = Passage(
                _iri(term), document, _whole(_first(said, _OA + "start")), _whole(_first(said, _OA + "end"))
            )
        return self._passages[term]

    def document(self, term: Term) -> Document:
        if term not in self._documents:
            self._documents[term] = make_document(_iri(term), self._facts.get(term, {}))
        return self._documents[term]


def make_document(name: str, said: Mapping[str, list[Term]]) -> Document:
    """Return the document `name` from what is said of it: property → values."""
    issued = [date for term in said.get(DCTERMS + "issued", ()) if (date := read_date(term.value))]
    return Document(
        iri=name,
        pages=tuple(sorted(t.value for t in said.get(_FOAF + "page", ()) if isinstance(t, ox.NamedNode))),
        publishers=tuple(sorted(said.get(DCTERMS + "publisher", ()), key=sort_key)),
        issued=min(issued, default=None),
        languages=tuple(sorted(t.value for t in said.get(DCTERMS + "language", ()))),
    )


def make_quantity(said: Mapping[str, list[Term]]) -> Quantity | None:
    """Return the quantity of which `said` gives the bounds; None where it gives none."""
    least, most = (_decimal(_first(said, ATLAS + key)) for key in ("minValue", "maxValue"))
    if least is None and most is None:
        return None
    unit = _first(said, ATLAS + "currency") or _first(said, ATLAS + "unit")
    approximate = _first(said, ATLAS + "approximate")
    return Quantity(
        least, most, unit.value if unit else "", approximate is not None and approximate.value in ("true", "1")
    )


def _claim(
    name: str, said: Mapping[str, list[Term]], passages: _Passages, supports: list[tuple[str, str, Term]]
) -> Claim:
    def names(key: str) -> tuple[str, ...]:
        return tuple(sorted({term.value for term in said.get(ATLAS + key, ()) if isinstance(term, ox.NamedNode)}))

    def one(key: str) -> str | None:
        return next(iter(names(key)), None)

    values = {*said.get(ATLAS + "object", ()), *said.get(ATLAS + "value", ())}
    dates = sorted(term.value for term in said.get(ATLAS + "asOf", ()))
    found = [passages.passage(term) for term in said.get(ATLAS + "evidence", ()) if isinstance(term, ox.NamedNode)]
    found.sort(key=lambda p: (p.document.iri if p.document else "", p.start or 0, p.end or 0, p.iri))
    return Claim(
        iri=name,
        subject=one("subject"),
        predicate=one("predicate"),
        values=tuple(sorted(values, key=sort_key)),
        modality=one("modality"),
        rank=one("rank"),
        reasons=tuple(t for t in sorted(said.get(ATLAS + "rankReason", ()), key=sort_key) if isinstance(t, ox.Literal)),
        stated_by=names("statedBy"),
        as_of=read_date(dates[0]) if dates else None,
        as_of_text=dates[0] if dates else "",
        passages=tuple(dict.fromkeys(found)),
        contradicts=names("contradicts"),
        supports=tuple(sorted(set(supports), key=lambda t: (t[0], t[1], sort_key(t[2])))),
    )


def _first(said: Mapping[str, list[Term]], key: str) -> Term | None:
    return min(said.get(key, ()), key=sort_key, default=None)


def _iri(term: Term | None) -> str:
    return term.value if term is not None else ""


def _decimal(term: Term | None) -> Decimal | None:
    try:
        number = Decimal(term.value) if isinstance(term, ox.Literal) else None
    except InvalidOperation:
        return None
    return number if number is not None and number.is_finite() else None


def _whole(term: Term | None) -> int | None:
    return int(term.value) if term is not None and term.value.isascii() and term.value.isdigit() else None


def could_enter(claim: Claim) -> bool:
    """Whether the modality of `claim` lets it enter the current view, which its rank or another claim may prevent."""
    kept_out = ("speculation", "opinion", "stated-unknown")
    return claim.modality is not None and claim.modality.rsplit("/", 1)[-1] not in kept_out
