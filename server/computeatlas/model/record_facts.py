"""The one reader of records: claims, passages, sources and quantities from rows of subject, property and value.

Nothing here raises because of what the data hold. A value of the wrong kind is left out, of several values where one
is expected the first in the order of `sort_key` is taken, and bounds are taken as wide as they are given.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, DCTERMS, OWL, PREFIXES
from computeatlas.model.records import Claim, Passage, Quantity, Records, Source
from computeatlas.model.terms import date_of, decimal_of, iri_of, is_true, sort_key, text_of, whole_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping
    from decimal import Decimal

    from computeatlas.model.terms import Term

    #: What is said of one thing: IRI of a property → values.
    Said = Mapping[str, Collection[Term]]

_OA = PREFIXES["oa"]
_PAGE = PREFIXES["foaf"] + "page"
_COPY_OF = ATLAS + "copyOf"


class Facts:
    """Rows of subject, property and value, by subject; passages and sources are made of them once each."""

    def __init__(self, rows: Iterable[Mapping[str, Term]]):
        """Take rows that bind `s`, `p` and `o`; others, and those whose property is no IRI, are passed over."""
        self._said: dict[Term, dict[str, dict[Term, None]]] = {}
        self._take((row["s"], row["p"], row["o"]) for row in rows if {"s", "p", "o"} <= row.keys())
        self._sources: dict[Term, Source] = {}
        self._passages: dict[Term, Passage] = {}
        self._supports: dict[str, set[tuple[str, str, Term]]] | None = None
        self._later: dict[str, set[str]] | None = None

    @classmethod
    def of_statements(cls, statements: Iterable[tuple[Term, Term, Term]]) -> Facts:
        """Return the facts of `statements`: subject, property and value of each."""
        facts = cls(())
        facts._take(statements)
        return facts

    def _take(self, statements: Iterable[tuple[Term, Term, Term]]) -> None:
        for subject, predicate, value in statements:
            if name := iri_of(predicate):
                self._said.setdefault(subject, {}).setdefault(name, {})[value] = None

    def of(self, term: Term) -> Said:
        """Return what is said of `term`."""
        return self._said.get(term, {})

    def records(self, claims: Iterable[str]) -> Records:
        """Return the claims of these IRIs, in their order, and every quantity in the rows."""
        quantities = {text_of(term): found for term, said in self._said.items() if (found := read_quantity(said))}
        return Records({name: self.claim(name) for name in claims}, quantities)

    def claim(self, name: str) -> Claim:
        """Return the claim of the IRI `name`, empty but for that where the rows do not speak of it."""
        said = self.of(ox.NamedNode(name))
        values = {*said.get(ATLAS + "object", ()), *said.get(ATLAS + "value", ())}
        as_of = _dated(said.get(ATLAS + "asOf", ()))
        evidence = sorted(said.get(ATLAS + "evidence", ()), key=sort_key)
        passages = sorted(
            dict.fromkeys(self.passage(term) for term in evidence if not isinstance(term, ox.Literal)), key=_by_place
        )
        return Claim(
            iri=name,
            subject=_one_iri(said, ATLAS + "subject"),
            predicate=_one_iri(said, ATLAS + "predicate"),
            values=tuple(sorted(values, key=sort_key)),
            modality=_one_iri(said, ATLAS + "modality"),
            rank=_one_iri(said, ATLAS + "rank"),
            reasons=_literals(said, ATLAS + "rankReason"),
            stated_by=_iris(said, ATLAS + "statedBy"),
            as_of=date_of(as_of),
            as_of_text=text_of(as_of),
            date_inferred=any(map(is_true, said.get(ATLAS + "dateInferred", ()))),
            passages=tuple(passages),
            contradicts=_iris(said, ATLAS + "contradicts"),
            supports=tuple(sorted(self._supported(name), key=lambda t: (t[0], t[1], sort_key(t[2])))),
            converted_from=_one_iri(said, ATLAS + "convertedFrom"),
            conversion_rate=decimal_of(_first(said, ATLAS + "conversionRate")),
            part=_one_iri(said, ATLAS + "scopePart"),
            period=text_of(_first(said, ATLAS + "scopePeriod")),
            supersedes=_iris(said, ATLAS + "supersedes"),
            superseded_by=tuple(sorted(self._superseding(name))),
            corroborates=_iris(said, ATLAS + "corroborates"),
        )

    def passage(self, term: Term) -> Passage:
        """Return the passage `term`."""
        if term not in self._passages:
            said = self.of(term)
            sources = [t for t in said.get(ATLAS + "inSource", ()) if not isinstance(t, ox.Literal)]
            source = min(sources, key=sort_key, default=None)
            self._passages[term] = Passage(
                iri=text_of(term),
                source=self.source(source) if source is not None else None,
                start=whole_of(_first(said, _OA + "start")),
                end=whole_of(_first(said, _OA + "end")),
                digest=text_of(_first(said, ATLAS + "sha256")),
                locator=text_of(_first(said, ATLAS + "locator")),
                seen_on=text_of(_first(said, ATLAS + "seenOn")),
            )
        return self._passages[term]

    def source(self, term: Term) -> Source:
        """Return the source `term`."""
        if term not in self._sources:
            found = read_source(text_of(term), self.of(term))
            self._sources[term] = replace(found, origins=self._origins(term))
        return self._sources[term]

    def _origins(self, source: Term) -> tuple[str, ...]:
        """Return the IRIs of the documents at the end of what `source` copies, as far as the rows say.

        Those of a circle of copies, which has no end, are all that are in it.
        """
        seen: dict[Term, bool] = {}
        waiting = [source]
        while waiting:
            term = waiting.pop()
            copied = [other for other in self.of(term).get(_COPY_OF, ()) if isinstance(other, ox.NamedNode)]
            seen[term] = bool(copied)
            waiting += [other for other in copied if other not in seen]
        ends = [term for term, is_copy in seen.items() if not is_copy]
        return tuple(sorted(text_of(term) for term in ends or seen))

    def _superseding(self, claim: str) -> set[str]:
        """Return the claims that supersede `claim`."""
        if self._later is None:
            self._later = defaultdict(set)
            for later, said in self._said.items():
                for earlier in _iris(said, ATLAS + "supersedes"):
                    self._later[earlier].add(text_of(later))
        return self._later.get(claim, set())

    def _supported(self, claim: str) -> set[tuple[str, str, Term]]:
        """Return the triples of the current view that rest on `claim`."""
        if self._supports is None:
            self._supports = defaultdict(set)
            for said in self._said.values():
                subject, name = _one_iri(said, OWL + "annotatedSource"), _one_iri(said, OWL + "annotatedProperty")
                if subject is None or name is None:
                    continue
                for by in said.get(ATLAS + "supportedBy", ()):
                    self._supports[text_of(by)].update(
                        (subject, name, value) for value in said.get(OWL + "annotatedTarget", ())
                    )
        return self._supports.get(claim, set())


def spread(rows: Iterable[Mapping[str, Term]], columns: Iterable[tuple[str, str, str]]) -> Iterator[dict[str, Term]]:
    """Yield for `Facts` what rows with one column for each value say.

    Each of `columns` gives the variable of the subject, the IRI of the property, and the variable of the value.
    """
    named = [(subject, ox.NamedNode(name), value) for subject, name, value in columns]
    for row in rows:
        for subject, name, value in named:
            if subject in row and value in row:
                yield {"s": row[subject], "p": name, "o": row[value]}


def read_source(name: str, said: Said) -> Source:
    """Return the source of the IRI `name` from what is said of it; of several dates the earliest counts.

    What it copies is followed no further, so `origins` are empty.
    """
    issued = _dated(said.get(DCTERMS + "issued", ()))
    return Source(
        iri=name,
        pages=_iris(said, _PAGE),
        publishers=tuple(sorted(said.get(DCTERMS + "publisher", ()), key=sort_key)),
        issued=date_of(issued),
        issued_text=text_of(issued),
        date_inferred=any(map(is_true, said.get(ATLAS + "dateInferred", ()))),
        languages=tuple(t.value for t in _literals(said, DCTERMS + "language")),
        titles=_literals(said, DCTERMS + "title"),
        digest=text_of(_first(said, ATLAS + "sha256")),
        kind=_one_iri(said, ATLAS + "sourceKind"),
        reliability=_one_iri(said, ATLAS + "reliability"),
        copies=_iris(said, _COPY_OF),
    )


def read_quantity(said: Said) -> Quantity | None:
    """Return the quantity of which `said` gives the bounds.

    None where it gives none, or gives a bound that is no number: what is left would be another quantity.
    """
    bounds = [said.get(ATLAS + key, ()) for key in ("minValue", "maxValue")]
    lower, upper = ([number for term in terms if (number := decimal_of(term)) is not None] for terms in bounds)
    if not (lower or upper) or any(terms and not read for terms, read in zip(bounds, (lower, upper), strict=True)):
        return None
    least: Decimal | None = min(lower, default=None)
    most: Decimal | None = max(upper, default=None)
    currency, unit = _first(said, ATLAS + "currency"), _first(said, ATLAS + "unit")
    flags = ("approximate", "lowerBoundStrict", "upperBoundStrict")
    approximate, above, below = (any(is_true(term) for term in said.get(ATLAS + key, ())) for key in flags)
    return Quantity(
        least,
        most,
        text_of(unit if currency is None else currency),
        approximate,
        currency is not None,
        least_strict=above and least is not None,
        most_strict=below and most is not None,
        number_format=text_of(_first(said, ATLAS + "numberFormat")),
    )


def _by_place(passage: Passage) -> tuple[str, int, int, str]:
    """Return what orders passages as they stand in their sources."""
    return passage.source.iri if passage.source else "", passage.start or 0, passage.end or 0, passage.iri


def _dated(terms: Collection[Term]) -> Term | None:
    """Return the term with the earliest date, the first in order where none is a date."""
    dates = [(date, sort_key(term), term) for term in terms if (date := date_of(term))]
    return min(dates, key=lambda item: item[:2])[2] if dates else min(terms, key=sort_key, default=None)


def _first(said: Said, key: str) -> Term | None:
    return min(said.get(key, ()), key=sort_key, default=None)


def _iris(said: Said, key: str) -> tuple[str, ...]:
    return tuple(sorted({term.value for term in said.get(key, ()) if isinstance(term, ox.NamedNode)}))


def _one_iri(said: Said, key: str) -> str | None:
    return next(iter(_iris(said, key)), None)


def _literals(said: Said, key: str) -> tuple[ox.Literal, ...]:
    return tuple(t for t in sorted(said.get(key, ()), key=sort_key) if isinstance(t, ox.Literal))
