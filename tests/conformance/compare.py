"""Are two answers the same? Up to the names of blank nodes, and with or without the order of the rows.

Numbers, booleans and times are compared by value, all else as terms: `1` is `01` but not `1.0`, which has another
datatype. A store may keep values only, and where a test minds that, W3C's manifests say so
(mf:NoCanonicalizationOfNumerics).
"""

from __future__ import annotations

import re
import struct
from collections import Counter, defaultdict
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING

import pyoxigraph as ox

from .answers import Solutions

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

#: What a query is cut into to find its own ORDER BY: texts, IRIs, comments, braces, the words.
_TOKEN = re.compile(
    r'"""(?:\\.|[^\\])*?"""'
    r"|'''(?:\\.|[^\\])*?'''"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'(?:\\.|[^'\\\n])*'"
    r'|<[^<>"{}|^`\\\s]*>'
    r"|\#[^\n]*"
    r"|[{}]"
    r"|\bORDER\s+BY\b",
    re.IGNORECASE | re.DOTALL,
)


def orders_its_rows(query: str) -> bool:
    """Tell whether ORDER BY stands in the query itself, not only in a subquery."""
    depth = 0
    for token in _TOKEN.findall(query):
        depth += (token == "{") - (token == "}")
        if depth == 0 and token[:5].upper() == "ORDER":
            return True
    return False


def _float(text: str) -> str:
    return str(struct.unpack("f", struct.pack("f", float(text)))[0])


_XSD = "http://www.w3.org/2001/XMLSchema#"
#: Datatype → how to write each of its values in one way.
_SPELLINGS = {
    _XSD + "integer": lambda text: str(int(text)),
    _XSD + "decimal": lambda text: str(Decimal(text).normalize()),
    _XSD + "double": lambda text: str(float(text)),
    _XSD + "float": _float,
    _XSD + "boolean": lambda text: {"1": "true", "0": "false"}.get(text, text),
    **dict.fromkeys((_XSD + "dateTime", _XSD + "date", _XSD + "time"), lambda text: re.sub(r"[+-]00:00$", "Z", text)),
}


def by_value(term: object) -> object:
    """Return the term with its literals spelt in one way; an ill-typed literal is left alone."""
    if isinstance(term, ox.Triple):
        return ox.Triple(by_value(term.subject), term.predicate, by_value(term.object))
    if isinstance(term, ox.Literal) and term.datatype.value in _SPELLINGS:
        try:
            return ox.Literal(_SPELLINGS[term.datatype.value](term.value), datatype=term.datatype)
        except (ValueError, InvalidOperation, OverflowError):
            return term
    return term


def _nodes(value: object) -> Iterator[ox.BlankNode]:
    if isinstance(value, ox.BlankNode):
        yield value
    elif isinstance(value, ox.Triple):
        yield from _nodes(value.subject)
        yield from _nodes(value.object)
    elif isinstance(value, tuple):
        for part in value:
            yield from _nodes(part)


def _renamed(value: object, names: Mapping[ox.BlankNode, object]) -> object:
    """Return the value with its blank nodes replaced by their names."""
    if isinstance(value, ox.BlankNode):
        return ("blank", names[value])
    if isinstance(value, ox.Triple):
        value = ("triple", value.subject, value.predicate, value.object)
    if isinstance(value, tuple):
        return tuple(_renamed(part, names) for part in value)
    return str(value)


def _coloured(rows: Counter, colours: dict[ox.BlankNode, int]) -> dict[ox.BlankNode, int]:
    """Refine the colours: nodes of one colour are then seen by the rows around them in the same way."""
    while True:
        around = defaultdict(list)
        for row, count in rows.items():
            for node in set(_nodes(row)):
                around[node].append(hash((count, _renamed(row, {**colours, node: "here"}))))
        finer = {node: hash((colour, *sorted(around[node]))) for node, colour in colours.items()}
        if len(set(finer.values())) == len(set(colours.values())):
            return finer
        colours = finer


def _matched(left: Counter, right: Counter, ours: dict, theirs: dict, depth: int = 0) -> dict | None:
    ours, theirs = _coloured(left, ours), _coloured(right, theirs)
    if sorted(ours.values()) != sorted(theirs.values()):
        return None
    classes = Counter(ours.values())
    shared = next((node for node, colour in ours.items() if classes[colour] > 1), None)
    if shared is None:
        by_colour = {colour: node for node, colour in theirs.items()}
        mapping = {node: by_colour[colour] for node, colour in ours.items()}
        named = Counter({_renamed(row, mapping): count for row, count in left.items()})
        themselves = {node: node for node in theirs}
        return mapping if named == Counter({_renamed(row, themselves): n for row, n in right.items()}) else None
    for candidate in [node for node, colour in theirs.items() if colour == ours[shared]]:
        found = _matched(left, right, {**ours, shared: depth}, {**theirs, candidate: depth}, depth + 1)
        if found is not None:
            return found
    return None


def isomorphic(left: Iterable[tuple], right: Iterable[tuple]) -> bool:
    """Tell whether a renaming of blank nodes, one to one, makes the two bags of tuples equal."""
    left, right = Counter(left), Counter(right)
    ours, theirs = ({node: 0 for row in rows for node in _nodes(row)} for rows in (left, right))
    return len(left) == len(right) and _matched(left, right, ours, theirs) is not None


def _show(rows: Iterable[tuple], others: Iterable[tuple]) -> str:
    """Return the lines of `rows` that are not in `others`."""
    ours, theirs = (Counter(" | ".join(_text(cell) for cell in row) for row in side) for side in (rows, others))
    return "\n".join(sorted((ours - theirs).elements()))


def _text(cell: object) -> str:
    if isinstance(cell, tuple):
        return " | ".join(map(_text, cell))
    return "-" if cell is None else str(cell)


def _difference(actual: list[tuple], expected: list[tuple]) -> str | None:
    if isomorphic(actual, expected):
        return None
    return f"not expected:\n{_show(actual, expected)}\nmissing:\n{_show(expected, actual)}"


def graph_difference(actual: Iterable[ox.Quad], expected: Iterable[ox.Quad]) -> str | None:
    """Return what sets two data sets apart, None if they are isomorphic.

    https://www.w3.org/TR/rdf11-concepts/#graph-isomorphism
    """
    bags = (
        [(quad.subject, quad.predicate, by_value(quad.object), quad.graph_name) for quad in set(quads)]
        for quads in (actual, expected)
    )
    return _difference(*bags)


def answer_difference(
    actual: Solutions | bool, expected: Solutions | bool, *, ordered: bool, lax: bool = False
) -> str | None:
    """Return what sets two answers apart, None if they are the same.

    `ordered`: the rows must come in the same order. `lax`: a solution may come fewer times than expected, but once.
    """
    if isinstance(actual, bool) or isinstance(expected, bool):
        return None if actual is expected else f"{actual} instead of {expected}"
    if actual.variables != expected.variables:
        return f"variables {sorted(actual.variables)} instead of {sorted(expected.variables)}"
    names = sorted(expected.variables)
    ours, theirs = (
        [tuple(by_value(row.get(name)) for name in names) for row in answer.rows] for answer in (actual, expected)
    )
    if lax:
        most = Counter(theirs)
        if any(count > most[row] for row, count in Counter(ours).items()):
            return f"too often:\n{_show(ours, theirs)}"
        ours, theirs = list(set(ours)), list(set(theirs))
    if ordered:
        ours, theirs = list(enumerate(ours)), list(enumerate(theirs))
    return _difference(ours, theirs)
