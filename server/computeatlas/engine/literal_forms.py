"""Literals that Oxigraph gives back in another form than the data have them.

It stores numbers, truth values, dates and durations as values: `1.10` comes back as `1.1`, and what is an `xsd:byte` as
an `xsd:integer` (RDF 1.1 Concepts, 3.3, has literals equal by their forms, https://www.w3.org/TR/rdf11-concepts/).
Most literals are settled by patterns; the engine itself is asked about the rest.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

import pyoxigraph as ox

from computeatlas.model.namespaces import XSD

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_DATE = r"\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])"
_TIME = r"(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d"
#: Nothing, as a pattern.
_NEVER = r"(?!)"
_SHORT_INTEGER = r"[+-]?\d{1,18}"


class _Rule(NamedTuple):
    """Forms of a datatype that are kept for certain, and forms that are changed for certain."""

    kept: re.Pattern[str]
    changed: re.Pattern[str]


def _rule(kept: str, changed: str = _NEVER) -> _Rule:
    return _Rule(re.compile(kept, re.ASCII), re.compile(changed, re.ASCII))


_SIZED_INTEGERS = ("byte", "short", "int", "long", "unsignedByte", "unsignedShort", "unsignedInt", "unsignedLong")
_SIGNED_INTEGERS = ("nonNegativeInteger", "positiveInteger", "nonPositiveInteger", "negativeInteger")
_DURATIONS = ("duration", "yearMonthDuration", "dayTimeDuration")
#: Local name of a datatype that Oxigraph knows → what is certain of its forms.
_RULES = {
    "boolean": _rule("true|false", "[01]"),
    "integer": _rule(r"0|-?[1-9]\d{0,17}", r"[+-]?0\d{0,17}|\+\d{1,18}"),
    "decimal": _rule(r"0|-?[1-9]\d{0,14}|-?(?:0|[1-9]\d{0,8})\.\d{0,7}[1-9]", r"[+-]?\d{1,9}\.\d{0,7}0"),
    "double": _rule(
        r"0|-?[1-9]\d{0,5}|-?(?:0|[1-9]\d{0,3})\.\d{0,5}[1-9]", r"[+-]?\d{1,9}(?:\.\d{1,9})?[eE][+-]?\d{1,2}"
    ),
    "float": _rule(r"0|-?[1-9]\d{0,5}|-?(?:0|[1-9]\d{0,1})\.\d{0,2}[1-9]", r"[+-]?\d{1,5}(?:\.\d{1,5})?[eE][+-]?\d"),
    "date": _rule(_DATE + "Z?", _DATE + r"[+-]00:00"),
    "dateTime": _rule(
        rf"{_DATE}T{_TIME}(?:\.\d{{0,5}}[1-9])?Z?", rf"{_DATE}T{_TIME}(?:\.\d{{0,5}}0Z?|(?:\.\d{{1,6}})?[+-]00:00)"
    ),
    "dateTimeStamp": _rule(_NEVER, rf"{_DATE}T{_TIME}(?:\.\d{{1,6}})?Z"),
    "time": _rule(_TIME + r"(?:\.\d{0,5}[1-9])?Z?", _TIME + r"(?:\.\d{0,5}0Z?|(?:\.\d{1,6})?[+-]00:00)"),
    "gYear": _rule(r"\d{4}Z?"),
    "gYearMonth": _rule(r"\d{4}-(?:0[1-9]|1[0-2])Z?"),
    "gMonthDay": _rule(r"--(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])Z?"),
    "gMonth": _rule(r"--(?:0[1-9]|1[0-2])Z?"),
    "gDay": _rule(r"---(?:0[1-9]|1\d|2[0-8])Z?"),
    **{name: _rule(_NEVER) for name in _DURATIONS},
    **{name: _rule(_NEVER, _SHORT_INTEGER) for name in (*_SIZED_INTEGERS, *_SIGNED_INTEGERS)},
}
_BY_DATATYPE = {XSD + name: rule for name, rule in _RULES.items()}
#: Datatype → what says that a form of it is kept for certain.
_KEPT = {datatype: rule.kept.fullmatch for datatype, rule in _BY_DATATYPE.items()}
#: How a form begins that is changed: as a number, a date, a duration, infinity or what is no number, in either case.
_BEGINS = frozenset("0123456789+-.PIiNn")
#: Literals of which it is remembered what the engine made of them.
_REMEMBERED = 65_536
#: How many triple terms around another are looked through.
_DEEPEST = 8
#: Examples that are kept.
_EXAMPLES = 3


def is_changed(literal: ox.Literal) -> bool:
    """Say whether the engine gives `literal` back in another form or type."""
    rule = _BY_DATATYPE.get(literal.datatype.value)
    if rule is None:
        return False
    form = literal.value
    if rule.kept.fullmatch(form):
        return False
    return bool(rule.changed.fullmatch(form)) or given_back(literal) != literal


@lru_cache(_REMEMBERED)
def given_back(literal: ox.Literal) -> ox.Literal:
    """Return `literal` as the engine gives it back."""
    store = ox.Store()
    store.add(ox.Quad(_ANY, _ANY, literal))
    return next(quad.object for quad in store if isinstance(quad.object, ox.Literal))


_ANY = ox.NamedNode("x:x")


class LiteralForms:
    """Counts the literals that lose their form, among quads on their way into a store."""

    def __init__(self) -> None:
        self.changed = 0
        self.examples: list[str] = []

    def watch(self, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
        """Yield `quads`, and count."""
        # This runs once for every quad of a data set, so names are local and few terms are made: each is a copy.
        literal, triple, begins, kept_by = ox.Literal, ox.Triple, _BEGINS, _KEPT
        for quad in quads:
            thing = quad.object
            if type(thing) is literal:
                form = thing.value
                if form[:1] in begins:
                    kept = kept_by.get(thing.datatype.value)
                    if kept is not None and not kept(form) and is_changed(thing):
                        self._count(thing)
            elif type(thing) is triple:
                self._look(thing)
            yield quad

    def look_at(self, quads: Iterable[ox.Quad]) -> None:
        """Count in `quads`, which go nowhere."""
        for _quad in self.watch(quads):
            pass

    def _look(self, triple: ox.Triple) -> None:
        """Count the literal in a triple term, which may stand in a few triple terms.

        Deeper ones are passed over: each step copies all that is within, so the whole way would be quadratic.
        """
        thing = triple.object
        for _ in range(_DEEPEST):
            if not isinstance(thing, ox.Triple):
                break
            thing = thing.object
        if isinstance(thing, ox.Literal) and is_changed(thing):
            self._count(thing)

    def _count(self, literal: ox.Literal) -> None:
        self.changed += 1
        if len(self.examples) < _EXAMPLES:
            example = f"{_show(literal)} → {_show(given_back(literal))}"
            if example not in self.examples:
                self.examples.append(example)

    def __str__(self) -> str:
        """Return the number with some examples, in words."""
        literals = "1 literal comes" if self.changed == 1 else f"{self.changed} literals come"
        return f"{literals} back in another form, such as {', '.join(self.examples)}"


def _show(literal: ox.Literal) -> str:
    form = literal.value if len(literal.value) <= _SHOWN else literal.value[:_SHOWN] + "…"
    return f'"{form}"^^xsd:{literal.datatype.value.removeprefix(XSD)}'


#: Longer forms are cut in an example.
_SHOWN = 40
