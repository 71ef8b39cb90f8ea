"""A claim as its curator gives it, and its parts as IRIs and literals that are known and fit together."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.source import LANGUAGES, date_literal
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, OWL, XSD, shorten

if TYPE_CHECKING:
    from computeatlas.curate.add.lookup import Lookup

#: Datatype → form of its literals, where a literal is more than text.
_FORMS = {
    XSD + "integer": re.compile(r"[+-]?[0-9]+"),
    XSD + "decimal": re.compile(r"[+-]?[0-9]*\.?[0-9]+"),
    XSD + "boolean": re.compile(r"true|false"),
    XSD + "string": re.compile(r".+", re.DOTALL),
}


@dataclass(frozen=True)
class NewClaim:
    """A claim as its curator gives it: prefixed names; offsets or stretches of the text; texts that end in @en or @sv.

    Identifier, labels and file (`topic`) are made where None.
    """

    source: str
    subject: str
    predicate: str
    modality: str
    passages: tuple[tuple[int, int], ...] = ()
    finds: tuple[str, ...] = ()
    objects: tuple[str, ...] = ()
    values: tuple[str, ...] = ()
    rank: str = "normal"
    reason: str | None = None
    stated_by: tuple[str, ...] = ()
    as_of: str | None = None
    name: str | None = None
    label_en: str | None = None
    label_sv: str | None = None
    topic: str | None = None


@dataclass(frozen=True)
class Terms:
    """The parts of a claim as the graph knows them."""

    subject: str
    predicate: str
    modality: str
    rank: str
    stated_by: tuple[str, ...]
    objects: tuple[str, ...]
    values: tuple[ox.Literal, ...]


def understand(new: NewClaim, known: Lookup, source: str) -> Terms:
    """Return the parts of `new`, a claim from `source`, as the graph knows them.

    Raises UsageError where one is missing, unknown, malformed or at odds with another.
    """
    terms = _terms(new, known)
    if not given(new.reason) and shorten(terms.rank) in ("rank:preferred", "rank:deprecated"):
        why = "readers must be able to judge the curators' judgement"
        raise UsageError(f"{shorten(terms.rank)} has no reason", why=why, hint="give one with --reason")
    if new.as_of is not None:
        date_literal(new.as_of, "--as-of")
    _require_holder(terms, known, source)
    _require_value(terms)
    _require_fit(terms, known)
    return terms


def given(text: str | None) -> str:
    """Return `text` without blanks around it, or "" where there is none."""
    return (text or "").strip()


def _terms(new: NewClaim, known: Lookup) -> Terms:
    described = "define it in graph_data/entities/, with a class and a label in English and Swedish"
    actors = known.members(ATLAS + "Actor")
    predicate = known.require(new.predicate, known.properties(), "a property of the ontology")
    # Before the values are read: those of another kind of property would be blamed for their form.
    if new.values and known.is_a(predicate, OWL + "ObjectProperty"):
        what = f"{shorten(predicate)} leads to things, not to literals"
        raise UsageError(what, hint="give --object instead of --value")
    if new.objects and known.is_a(predicate, OWL + "DatatypeProperty"):
        raise UsageError(f"{shorten(predicate)} gives literals, not things", hint="give --value instead of --object")
    things = known.entities | known.codes()
    return Terms(
        subject=known.require(new.subject, known.entities, "an entity of the graph", hint=described),
        predicate=predicate,
        modality=known.require(new.modality, known.codes("modality"), "a modality", prefix="modality"),
        rank=known.require(new.rank, known.codes("rank"), "a rank", prefix="rank"),
        stated_by=tuple(known.require(name, actors, "an actor of the graph", hint=described) for name in new.stated_by),
        objects=tuple(
            known.require(name, things, "an entity or code of the graph", hint=described) for name in new.objects
        ),
        values=tuple(_literal(value, predicate, known) for value in new.values),
    )


def _literal(text: str, predicate: str, known: Lookup) -> ox.Literal:
    """Return `text` as the range of `predicate` wants it; without a range of numbers it is words of a language."""
    for datatype in sorted(known.ranges(predicate) & _FORMS.keys()):
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


def _require_holder(terms: Terms, known: Lookup, source: str) -> None:
    if shorten(terms.modality) == "modality:opinion" and not terms.stated_by:
        publisher = known.publisher(source)
        own = f"; for the source's own, its publisher {shorten(publisher)}" if publisher else ""
        raise UsageError("the opinion is nobody's", why="an opinion is somebody's", hint=f"name --stated-by{own}")


def _require_value(terms: Terms) -> None:
    valued = bool(terms.objects or terms.values)
    if valued == (shorten(terms.modality) == "modality:stated-unknown"):
        what = "a value is given that is stated to be unknown" if valued else "no value is given"
        raise UsageError(what, hint="give --object or --value, or else --modality stated-unknown")


def _require_fit(terms: Terms, known: Lookup) -> None:
    name = shorten(terms.predicate)
    _require_kinds((terms.subject,), known.domains(terms.predicate), f"subject of {name}", known)
    _require_kinds(terms.objects, known.ranges(terms.predicate), f"object of {name}", known)


def _require_kinds(things: tuple[str, ...], kinds: set[str], role: str, known: Lookup) -> None:
    """Raise UsageError where one of `things` is of none of `kinds`: the reasoner would not say which part is wrong."""
    for thing in things:
        for kind in sorted(kinds):
            if not known.is_a(thing, kind):
                label = known.label(kind, "en")
                what = f"{shorten(thing)} cannot be the {role}"
                raise UsageError(
                    what,
                    why=f"it is not of the class {shorten(kind)} ({label})",
                    hint="name another, or another property",
                )
