"""Figures of claims against their passages: a claim that gives a number or a year has it from one of them.

Of a date its years are looked for, unless the claim says that the curators inferred it.

A count may be one that the curators made: a passage may list what is counted, or name two *further* halls. A claim
says so with an `atlas:rankReason` that begins with “Counted:”, and its count is then not looked for. Without these
words, such a count is a warning where the passages have no number or only further ones, and else an error, as every
other figure is.

A number of a quantity is looked for in every unit of its kind: 1 GW is in *1,000 megawatts*. That the quantity is more
than, less than or almost the number is looked for beside it: where only the claim has it, or only the passages, that is
a warning.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Context, Decimal, InvalidOperation
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.amounts.qualifiers import Bound
from computeatlas.curate.check.numbers import PLAIN, SHARE, Number, read_numbers
from computeatlas.engine.embedded import Query
from computeatlas.model.findings import Finding, Severity
from computeatlas.model.namespaces import ATLAS, EDTF, shorten
from computeatlas.model.record_facts import read_quantity
from computeatlas.model.terms import text_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from computeatlas.curate.passages import ArchivedPassage
    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.model.record_facts import Facts
    from computeatlas.model.records import Quantity
    from computeatlas.model.units import Units
    from computeatlas.turtle.lines import ParsedGraph

#: What a reason for a rank begins with where the curators counted.
COUNTED = "Counted:"

#: The years that a date in EDTF names; of a decade and the like, texts write other digits.
_YEARS = re.compile(r"(?<![0-9X-])[0-9]{4}(?![0-9X])")
_FIGURES = """
PREFIX atlas: <https://w3id.org/compute-atlas/ontology#>
PREFIX edtf: <http://id.loc.gov/datatypes/edtf/>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
SELECT DISTINCT ?claim ?property ?part ?given ?number ?unit WHERE {
  ?claim a atlas:Claim ; atlas:predicate ?property .
  {
    BIND(atlas:value AS ?part)
    ?claim ?part ?given
    BIND(?given AS ?number)
  } UNION {
    VALUES ?part { atlas:object atlas:convertedFrom }
    ?claim ?part ?given .
    ?given ?bound ?number
    VALUES ?bound { atlas:minValue atlas:maxValue }
    OPTIONAL { ?given atlas:unit|atlas:currency ?unit }
  }
  OPTIONAL { ?claim atlas:dateInferred ?inferred }
  FILTER(isNumeric(?number) || DATATYPE(?number) = xsd:gYear || (DATATYPE(?number) = edtf:EDTF && !BOUND(?inferred)))
} ORDER BY STR(?claim) STR(?given) ?number
"""
#: What leaves the number itself out; others differ by less than a reader may read into a sentence.
_STRICT = frozenset({Bound.MORE_THAN, Bound.LESS_THAN, Bound.ALMOST})
#: A third has no end in decimals; a claim may round it to two places or more.
_ENDLESS = 40
_FEWEST_PLACES = 2
_ROUNDING = Context(prec=80, traps=[])


@dataclass(frozen=True)
class _Figure:
    """A number that a claim gives: as which predicate, in which statement (`part` and `given`), in which unit."""

    claim: str
    predicate: str
    part: str
    given: str
    value: Decimal
    unit: str

    @property
    def is_count(self) -> bool:
        return self.part == ATLAS + "value" and self.predicate.endswith("Count")

    @property
    def is_share(self) -> bool:
        return self.part == ATLAS + "value" and self.predicate.endswith("Share")

    def readings(self, numbers: list[Number], units: Units) -> list[tuple[Decimal, Number]]:
        """Return those of `numbers` that are of the kind of this figure, each with its value in the figure's unit.

        A share may stand as a bare fraction (*0.5 of the cost*), but a bare *one* is no share of 100 per cent; what has
        a unit may stand bare, as under the heading of a table.
        """
        return [(value, number) for number in numbers if (value := self._in_own_unit(number, units)) is not None]

    def _in_own_unit(self, number: Number, units: Units) -> Decimal | None:
        if self.is_share:
            return number.value if number.unit == SHARE or (number.unit == PLAIN and number.value % 1) else None
        if number.unit == PLAIN:
            return number.value
        return number.value if number.unit == self.unit else units.convert(number.value, number.unit, self.unit)

    def found(self, numbers: list[Number], units: Units) -> list[Number]:
        """Return those of `numbers` that are this figure."""
        return [number for value, number in self.readings(numbers, units) if _agrees(value, self.value)]


def find_missing_figures(
    graph: ParsedGraph, engine: EmbeddedEngine, facts: Facts, passages: Mapping[str, ArchivedPassage]
) -> list[Finding]:
    """Return a finding for each number of a claim that none of its passages has, in the order of the claims.

    `engine` and `facts` hold the triples of `graph`, `passages` those passages that it describes fully, by their IRIs.
    A claim with a passage that is not in the archive as it was read is passed over: that is the fault to fix first.
    """
    findings = []
    for name, figures in groupby(_figures(engine), key=lambda figure: figure.claim):
        claim = facts.claim(name)
        cited = [passages.get(passage.iri) for passage in claim.passages]
        sound = [passage for passage in cited if passage is not None and passage.is_sound]
        if not sound or len(sound) < len(cited):
            continue
        numbers = [number for passage in sound for number in read_numbers(passage.text or "", passage.language)]
        counted = any(reason.value.startswith(COUNTED) for reason in claim.reasons)
        for figure in figures:
            found = figure.found(numbers, graph.units)
            if not found and not (figure.is_count and counted):
                findings.append(_missing(graph, figure, numbers))
            elif found and figure.part != ATLAS + "value":
                findings += _unsaid_bound(graph, facts, figure, {number.bound for number in found})
    return findings


def _unsaid_bound(graph: ParsedGraph, facts: Facts, figure: _Figure, said: set[Bound]) -> Iterator[Finding]:
    """Yield a finding where the quantity of `figure` leaves it out, as *more than* does, or where only passages do."""
    quantity = read_quantity(facts.of(ox.NamedNode(figure.given)))
    given = _bound_of(quantity) if quantity else None
    if given is None or given in said or (given not in _STRICT and not said <= _STRICT):
        return
    path, line = graph.place(figure.claim, figure.part, figure.given)
    shown, other = _show(figure.value, figure.unit), ", ".join(_say_bound(bound) for bound in sorted(said))
    what = f"{shorten(figure.claim)} gives {_say_bound(given)} {shown}, and its passages have {other}"
    why = "more than, at least and about are different statements"
    yield Finding(path, line, "bound-not-in-passage", what, why, "fix the name of the quantity", Severity.WARNING)


def _bound_of(quantity: Quantity) -> Bound | None:
    """Return what `quantity` is to its one number, None where it has two."""
    if quantity.least is not None and quantity.most is not None:
        if quantity.least != quantity.most:
            return None
        return Bound.ABOUT if quantity.approximate else Bound.EXACT
    if quantity.most is None:
        return Bound.MORE_THAN if quantity.least_strict else Bound.AT_LEAST
    if quantity.most_strict:
        return Bound.ALMOST if quantity.approximate else Bound.LESS_THAN
    return Bound.AT_MOST


def _say_bound(bound: Bound) -> str:
    return bound.replace("-", " ") or "exactly"


def _figures(engine: EmbeddedEngine) -> Iterator[_Figure]:
    for row in engine.table(Query(_FIGURES)).rows:
        claim, predicate, part, given, number, unit = map(text_of, row)
        is_date = isinstance(row[4], ox.Literal) and row[4].datatype.value == EDTF
        for text in _YEARS.findall(number) if is_date else [number]:
            try:
                yield _Figure(claim, predicate, part, given, Decimal(text), unit)
            except InvalidOperation:
                # A year with a time zone, say: nothing that a text would have.
                continue


def _agrees(written: Decimal, claimed: Decimal) -> bool:
    """Return whether a number of a text is the one of a claim; a fraction without end may be rounded."""
    if written == claimed:
        return True
    places, claimed_places = written.as_tuple().exponent, claimed.as_tuple().exponent
    if not isinstance(places, int) or not isinstance(claimed_places, int):
        return False  # infinite, or not a number
    endless = places <= -_ENDLESS and claimed_places <= -_FEWEST_PLACES
    return endless and _ROUNDING.quantize(written, Decimal(1).scaleb(claimed_places)) == claimed


def _missing(graph: ParsedGraph, figure: _Figure, numbers: list[Number]) -> Finding:
    path, line = graph.place(figure.claim, figure.part, figure.given)
    readings = [number for _value, number in figure.readings(numbers, graph.units)]
    what = f"{shorten(figure.claim)} gives {_show(figure.value, figure.unit)}, which is in none of its passages"
    held = sorted({(number.value, number.unit) for number in numbers})
    why = f"they have {', '.join(_show(*item) for item in held)}" if held else "they have no number"
    hint = "fix the number, or add the passage that has it"
    if not figure.is_count:
        return Finding(path, line, "figure-not-in-passage", what, why, hint)
    hint += f"; if you counted what they name, say what in an atlas:rankReason that begins with “{COUNTED}”"
    countable = not readings or any(number.further and number.value < figure.value for number in readings)
    severity = Severity.WARNING if countable else Severity.ERROR
    return Finding(path, line, "figure-not-in-passage", what, why, hint, severity)


def _show(value: Decimal, unit: str) -> str:
    """Return `value` without the zeros that end it, cut where it has no end, and with its unit."""
    plain = f"{value:f}" if len(f"{value:f}") < _ENDLESS else f"{value:.3f}…"
    if "." in plain:
        plain = plain.rstrip("0").rstrip(".")
    return f"{plain} {unit}".rstrip() if unit != SHARE else f"the share {plain}"
