"""Sums of money: commitments by programme, what things are said to cost, and bars on one scale for each currency.

Nothing is added up. Which commitments contain others, or pay for the same thing, the graph does not say.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from decimal import Decimal
from itertools import groupby
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS
from computeatlas.model.terms import iri, iri_of, pick_language, sort_key, text_of
from computeatlas.views.records import read_claims

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from computeatlas.model.records import Claim, Quantity
    from computeatlas.model.terms import Term
    from computeatlas.views.reader import Reader

AMOUNT = ATLAS + "amount"
SHARE = ATLAS + "fundingShare"
#: What a reader asks first of a commitment; other properties follow by name.
_FIRST = (AMOUNT, SHARE, ATLAS + "funder", ATLAS + "funds")
#: A bar's length is counted in thousandths of the scale.
SCALE = 1000
#: How far a bar without an upper bound goes on beyond its lower bound.
_BEYOND = 60


@dataclass(frozen=True)
class Line:
    """A line of the page: a commitment under a programme (None: under none), or something with a cost.

    `property` is None for a commitment, and what the cost is otherwise.
    """

    subject: str
    programme: str | None = None
    property: str | None = None


@dataclass(frozen=True)
class Value:
    """Values that the same claims give, with these claims."""

    terms: tuple[Term, ...]
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Saying:
    """What is said of a thing by one property: `values` are in the current view, `aside` are claims that are not."""

    property: str
    values: tuple[Value, ...]
    aside: tuple[Claim, ...]


@dataclass(frozen=True)
class Entry:
    """A line with what is said on it."""

    line: Line
    sayings: tuple[Saying, ...]

    @property
    def has_amount(self) -> bool:
        """Whether an amount of it is in the current view."""
        return any(saying.property == AMOUNT and saying.values for saying in self.sayings)

    @property
    def claims(self) -> tuple[Claim, ...]:
        """Every claim on it, once, in the order in which it is shown."""
        shown = []
        for saying in self.sayings:
            shown += [claim for value in saying.values for claim in value.claims]
            shown += saying.aside
        return tuple(dict.fromkeys(shown))


@dataclass(frozen=True)
class Bar:
    """The amount of the IRI `amount` as a bar: `sure` thousandths of it full, then up to `end` for what it may be.

    `is_open`: it has no upper bound, so the end is not where the money ends.
    """

    subject: str
    amount: str
    quantity: Quantity
    claims: tuple[Claim, ...]
    sure: int
    end: int
    is_open: bool


@dataclass(frozen=True)
class Chart:
    """The bars of one currency, the longest first; a whole bar, `SCALE`, is `top` of the currency."""

    currency: str
    top: Decimal
    bars: tuple[Bar, ...]


def read_lines(reader: Reader) -> tuple[Line, ...]:
    """Return all lines: commitments by programme, those without a programme after them, then costs."""
    groups, costs = reader.ask_all(reader.text("money_groups"), reader.text("money_cost_groups"))
    pairs = [(iri_of(row.get("programme")), iri_of(row["commitment"])) for row in groups.records()]
    under = [Line(name, programme) for programme, name in pairs if programme and name]
    rest = [Line(name) for programme, name in pairs if name and not programme]
    priced = [(iri_of(row["subject"]), iri_of(row["property"])) for row in costs.records()]
    return (*under, *rest, *(Line(subject, None, name) for subject, name in priced if subject and name))


def read_entries(reader: Reader, lines: Sequence[Line]) -> tuple[tuple[Entry, ...], dict[str, Quantity]]:
    """Return what is said on each of `lines`, and the amounts of money in it by IRI.

    The claims are those that the rows of `money_claims` and `money_cost_claims` name.
    """
    said: dict[tuple[str, str | None], dict[str, dict[str, None]]] = defaultdict(lambda: defaultdict(dict))
    given: dict[tuple[str, str], dict[Term, None]] = defaultdict(dict)
    asked = []
    for view, is_cost in (("money_claims", False), ("money_cost_claims", True)):
        chosen = dict.fromkeys(line.subject for line in lines if bool(line.property) == is_cost)
        if subjects := [node for name in chosen if (node := iri(name))]:
            asked.append((reader.text(view, subject=subjects, language=[ox.Literal(reader.language)]), is_cost))
    for table, (_text, is_cost) in zip(reader.ask_all(*(text for text, _ in asked)), asked, strict=True):
        for row in table.records():
            name, claim = iri_of(row["property"]), iri_of(row["claim"])
            if name and claim:
                said[text_of(row["subject"]), name if is_cost else None][name][claim] = None
                if "value" in row:
                    given[claim, name][row["value"]] = None
    records = read_claims(reader, (claim for names in said.values() for some in names.values() for claim in some))
    entries = (_entry(reader, line, said[line.subject, line.property], given, records.claims) for line in lines)
    return tuple(entries), {name: found for name, found in records.quantities.items() if found.is_money}


def draw(entries: Iterable[Entry], sums: Mapping[str, Quantity]) -> tuple[Chart, ...]:
    """Return one chart for each currency of the amounts that commitments have in the current view, by its code.

    Of an amount that was converted, the one that its source starts from is drawn.
    """
    found: dict[tuple[str, str], tuple[Claim, ...]] = {}
    for entry in entries:
        for saying in entry.sayings:
            if saying.property == AMOUNT and not entry.line.property:
                found |= {
                    (entry.line.subject, name): value.claims
                    for value in saying.values
                    for name in (_original(value) or [term.value for term in value.terms])
                    if name in sums
                }
    bars = [
        Bar(subject, name, sums[name], claims, 0, 0, sums[name].most is None)
        for (subject, name), claims in found.items()
    ]
    bars.sort(key=lambda bar: (bar.quantity.unit, -_length(bar.quantity), bar.subject))
    return tuple(_chart(currency, list(several)) for currency, several in groupby(bars, lambda bar: bar.quantity.unit))


def _original(value: Value) -> list[str]:
    """Return the amount that `value` was converted from, where all of its claims say so of one amount."""
    found = {claim.converted_from for claim in value.claims}
    return [name for name in found if name] if len(found) == 1 else []


def _chart(currency: str, bars: Sequence[Bar]) -> Chart:
    """Return the chart of `bars`, whose lengths are still to be set."""
    top = max((_length(bar.quantity) for bar in bars), default=Decimal(0)) or Decimal(1)
    # What goes on beyond its lower bound needs room for it.
    room = SCALE - _BEYOND if any(bar.is_open for bar in bars) else SCALE
    drawn = []
    for bar in bars:
        sure = _part(bar.quantity.least, top, room)
        end = sure + _BEYOND if bar.is_open else _part(bar.quantity.most, top, room)
        drawn.append(replace(bar, sure=min(sure, end), end=end))
    return Chart(currency, top * SCALE / room, tuple(drawn))


def _part(bound: Decimal | None, top: Decimal, room: int) -> int:
    return int(max(bound or Decimal(0), Decimal(0)) * room / top)


def _length(amount: Quantity) -> Decimal:
    return max(amount.least or Decimal(0), amount.most or Decimal(0))


def _entry(
    reader: Reader,
    line: Line,
    said: Mapping[str, Mapping[str, None]],
    given: Mapping[tuple[str, str], Mapping[Term, None]],
    claims: Mapping[str, Claim],
) -> Entry:
    places = {name: place for place, name in enumerate(_FIRST)}
    names = sorted(said, key=lambda name: (places.get(name, len(places)), name))
    return Entry(line, tuple(_saying(reader, name, [claims[c] for c in said[name]], given) for name in names))


def _saying(
    reader: Reader, name: str, claims: Sequence[Claim], given: Mapping[tuple[str, str], Mapping[Term, None]]
) -> Saying:
    values: dict[Term, list[Claim]] = defaultdict(list)
    for claim in claims:
        if claim.in_view:
            for term in pick_language(given.get((claim.iri, name), ()), reader.language):
                values[term].append(claim)
    together: dict[tuple[Claim, ...], list[Term]] = defaultdict(list)
    for term in sorted(values, key=sort_key):
        together[tuple(values[term])].append(term)
    shown = tuple(Value(tuple(terms), support) for support, terms in together.items())
    return Saying(name, shown, tuple(claim for claim in claims if not claim.in_view))
