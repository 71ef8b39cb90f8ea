"""The value of a claim as its property wants it: a thing, a quantity, a date, a number or words."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.lookup import expand
from computeatlas.curate.add.source import LANGUAGES, date_literal
from computeatlas.curate.amounts.quantity import read_quantity
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, EDTF, OWL, PREFIXES, XSD, shorten
from computeatlas.model.quantities import QuantityNameError, read_name

if TYPE_CHECKING:
    from computeatlas.curate.add.fields import Say
    from computeatlas.curate.add.lookup import Lookup

#: Datatype → form of its literals, where a literal is more than text.
_FORMS = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.?[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
    XSD + "string": re.compile(r".+", re.DOTALL),
}
_TAGGED = re.compile(rf".*@(?:{'|'.join(LANGUAGES)})", re.DOTALL)
DESCRIBED = "define it in graph_data/entities/, with a class and a label in English and Swedish"
_QUANTITY = ATLAS + "QuantityValue"


class ValueReader:
    """Reads the values of claims of one document, whose language its amounts and dates are in."""

    def __init__(self, known: Lookup, language: str, say: Say):
        self._known = known
        self._language = language
        self._say = say

    def value(self, text: str, predicate: str) -> ox.NamedNode | ox.Literal:
        """Return what `text` is as a value of `predicate`; raises UsageError where it is none."""
        if not self._known.is_a(predicate, OWL + "ObjectProperty"):
            return self._literal(text, predicate)
        if self.wants_quantity(predicate):
            return self._quantity(text, predicate)
        # Before the thing is looked for: words would be blamed for being none.
        if _TAGGED.fullmatch(text):
            what = f"{shorten(predicate)} leads to things, not to literals"
            raise UsageError(what, hint=f"give {self._say('objects')} instead of {self._say('values')}")
        return self.thing(text, predicate)

    def thing(self, text: str, predicate: str) -> ox.NamedNode:
        """Return the thing that `text` names; raises UsageError where the graph has none of that name."""
        if self._known.is_a(predicate, OWL + "DatatypeProperty"):
            what = f"{shorten(predicate)} gives literals, not things"
            raise UsageError(what, hint=f"give {self._say('values')} instead of {self._say('objects')}")
        if self.wants_quantity(predicate):
            return self._quantity(text, predicate)
        things = self._known.entities | self._known.codes()
        return ox.NamedNode(self._known.require_called(text, things, "an entity or code of the graph", hint=DESCRIBED))

    def wants_quantity(self, predicate: str) -> bool:
        """Say whether the values of `predicate` are quantities."""
        return any(kind == _QUANTITY or self._known.is_below(kind, _QUANTITY) for kind in self._known.ranges(predicate))

    def _quantity(self, text: str, predicate: str) -> ox.NamedNode:
        """Return the quantity that `text` is: its name, or an amount as people type it."""
        iri = expand(text)
        if iri in self._known.entities:
            return ox.NamedNode(iri)
        units = self._known.graph.units
        if not iri.startswith(PREFIXES["qty"]):
            # A ratio has no unit that anybody writes.
            if ATLAS + "Ratio" in self._known.ranges(predicate) and text[-1:].isdigit():
                text += " ratio"
            name = read_quantity(text, self._language, units, self._known.unit_words)
            return ox.NamedNode(PREFIXES["qty"] + name)
        try:
            read_name(iri.removeprefix(PREFIXES["qty"]), units)
        except QuantityNameError as error:
            hint = f"{error.hint}; or type the amount, such as EUR 64.1 million"
            raise UsageError(f"{text} is no quantity", why=error.what, hint=hint) from error
        return ox.NamedNode(iri)

    def _literal(self, text: str, predicate: str) -> ox.Literal:
        """Return `text` as the range of `predicate` wants it; without one that is a datatype it is words."""
        if EDTF in self._known.ranges(predicate):
            return date_literal(text, self._say("values"), self._language)
        for datatype in sorted(self._known.ranges(predicate) & _FORMS.keys()):
            if not _FORMS[datatype].fullmatch(text):
                what = f"{text!r} is not a value of {shorten(predicate)}"
                raise UsageError(what, hint=f"give an {shorten(datatype)}, such as {_example(datatype)}")
            # A decimal without a point would be an integer in Turtle.
            decimal = datatype == XSD + "decimal" and "." not in text
            return ox.Literal(f"{text}.0" if decimal else text, datatype=ox.NamedNode(datatype))
        words, at, language = text.rpartition("@")
        if not (at and words.strip() and language in LANGUAGES):
            why = f"values of {shorten(predicate)} are words"
            raise UsageError(f"the language of {text!r} is not given", why=why, hint="end it with @en or @sv")
        return ox.Literal(words, language=language)


def _example(datatype: str) -> str:
    return {"integer": "13", "decimal": "0.5", "boolean": "true"}.get(datatype.removeprefix(XSD), "text")
