"""The parts of a new claim as IRIs and literals that are known and fit together."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.add.fields import Faults, given
from computeatlas.curate.add.source import date_literal
from computeatlas.curate.add.values import DESCRIBED, ValueReader
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from computeatlas.curate.add.fields import NewClaim, Say
    from computeatlas.curate.add.lookup import Lookup
    from computeatlas.turtle.statement import Term


@dataclass(frozen=True)
class Terms:
    """The parts of a claim as the graph knows them; `objects` are things, `values` literals."""

    source: str
    subject: str
    predicate: str
    modality: str
    rank: str
    objects: tuple[str, ...] = ()
    values: tuple[ox.Literal, ...] = ()
    stated_by: tuple[str, ...] = ()
    as_of: ox.Literal | None = None
    scope_part: str | None = None
    scope_period: ox.Literal | None = None
    contradicts: tuple[str, ...] = ()
    supersedes: tuple[str, ...] = ()
    corroborates: tuple[str, ...] = ()

    @property
    def all_values(self) -> frozenset[Term]:
        """What the claim gives as value, things and literals."""
        return frozenset([*(ox.NamedNode(thing) for thing in self.objects), *self.values])


class Resolver:
    """Reads the parts of new claims; claims of the same batch may name one another by `siblings`, their IRIs."""

    def __init__(self, known: Lookup, say: Say, siblings: Collection[str] = ()):
        self._known = known
        self._say = say
        self._claims = {*known.claims(), *siblings}

    def resolve(self, new: NewClaim, faults: Faults) -> Terms | None:
        """Return the parts of `new` as the graph knows them; None where one is missing or unknown.

        What is missing, unknown, malformed or at odds with another part is put into `faults`.
        """
        known = self._known
        source = subject = predicate = modality = rank = ""
        with faults.of("source"):
            hint = "add it with `computeatlas add source`"
            sources = known.members(ATLAS + "Source")
            source = known.require(new.source, sources, "a source of the graph", prefix="src", hint=hint)
        with faults.of("subject"):
            subject = known.require_called(new.subject, known.entities, "an entity of the graph", hint=DESCRIBED)
        with faults.of("predicate"):
            predicate = known.require_called(new.predicate, known.properties(), "a property of the ontology")
        with faults.of("modality"):
            modality = known.require(new.modality, known.codes("modality"), "a modality", prefix="modality")
        with faults.of("rank"):
            rank = known.require(new.rank, known.codes("rank"), "a rank", prefix="rank")
            self._require_reason(new, rank)
        if not (source and subject and predicate and modality and rank):
            return None
        objects, values = self._values(new, predicate, source, faults)
        terms = Terms(
            source=source,
            subject=subject,
            predicate=predicate,
            modality=modality,
            rank=rank,
            objects=tuple(objects),
            values=tuple(values),
            stated_by=self._actors(new, faults),
            as_of=self._date(new.as_of, "as_of", source, faults),
            scope_part=self._scope_part(new, faults),
            scope_period=self._date(new.scope_period, "scope_period", source, faults),
            contradicts=self._others(new.contradicts, "contradicts", faults),
            supersedes=self._others(new.supersedes, "supersedes", faults),
            corroborates=self._others(new.corroborates, "corroborates", faults),
        )
        if not any(fault.field in ("objects", "values") for fault in faults):
            self._require_value(terms, faults)
        self._require_holder(terms, faults)
        self._require_fit(terms, faults)
        return terms

    def _values(self, new: NewClaim, predicate: str, source: str, faults: Faults) -> tuple[list[str], list[ox.Literal]]:
        reader = ValueReader(self._known, self._known.language(source), self._say)
        objects: list[str] = []
        values: list[ox.Literal] = []
        for name in new.objects:
            with faults.of("objects"):
                objects.append(reader.thing(name, predicate).value)
        for text in new.values:
            with faults.of("values"):
                value = reader.value(text, predicate)
                if isinstance(value, ox.Literal):
                    values.append(value)
                else:
                    objects.append(value.value)
        return objects, values

    def _actors(self, new: NewClaim, faults: Faults) -> tuple[str, ...]:
        actors = self._known.members(ATLAS + "Actor")
        found = []
        for name in new.stated_by:
            with faults.of("stated_by"):
                found.append(self._known.require_called(name, actors, "an actor of the graph", hint=DESCRIBED))
        return tuple(found)

    def _others(self, names: Iterable[str], field: str, faults: Faults) -> tuple[str, ...]:
        found = []
        for name in names:
            with faults.of(field):
                hint = "name a claim of the graph or of another row"
                found.append(self._known.require(name, self._claims, "a claim", prefix="claim", hint=hint))
        return tuple(found)

    def _scope_part(self, new: NewClaim, faults: Faults) -> str | None:
        if not given(new.scope_part):
            return None
        with faults.of("scope_part"):
            name, what = given(new.scope_part), "an entity of the graph"
            return self._known.require_called(name, self._known.entities, what, hint=DESCRIBED)
        return None

    def _date(self, text: str | None, field: str, source: str, faults: Faults) -> ox.Literal | None:
        with faults.of(field):
            if given(text):
                return date_literal(given(text), self._say(field), self._known.language(source) or "en")
        return None

    def _require_reason(self, new: NewClaim, rank: str) -> None:
        if not given(new.reason) and shorten(rank) in ("rank:preferred", "rank:deprecated"):
            why = "readers must be able to judge the curators' judgement"
            raise UsageError(f"{shorten(rank)} has no reason", why=why, hint=f"give one with {self._say('reason')}")

    def _require_holder(self, terms: Terms, faults: Faults) -> None:
        if shorten(terms.modality) != "modality:opinion" or terms.stated_by:
            return
        publisher = self._known.publisher(terms.source)
        own = f"; for the source's own, its publisher {shorten(publisher)}" if publisher else ""
        with faults.of("stated_by"):
            hint = f"name {self._say('stated_by')}{own}"
            raise UsageError("the opinion is nobody's", why="an opinion is somebody's", hint=hint)

    def _require_value(self, terms: Terms, faults: Faults) -> None:
        valued = bool(terms.objects or terms.values)
        if valued == (shorten(terms.modality) == "modality:stated-unknown"):
            what = "a value is given that is stated to be unknown" if valued else "no value is given"
            hint = f"give {_either(self._say('objects'), self._say('values'))}, or else "
            with faults.of("values"):
                raise UsageError(what, hint=f"{hint}{self._say('modality')} stated-unknown")

    def _require_fit(self, terms: Terms, faults: Faults) -> None:
        name, predicate = shorten(terms.predicate), terms.predicate
        with faults.of("subject"):
            self._require_kinds((terms.subject,), self._known.domains(predicate), f"subject of {name}")
        with faults.of("objects"):
            self._require_kinds(terms.objects, self._known.ranges(predicate), f"object of {name}")

    def _require_kinds(self, things: tuple[str, ...], kinds: set[str], role: str) -> None:
        """Raise UsageError if one of `things` is of none of `kinds`: the reasoner would not say which part is wrong."""
        for thing in things:
            for kind in sorted(kinds):
                if not self._known.is_a(thing, kind):
                    label = self._known.label(kind, "en")
                    raise UsageError(
                        f"{shorten(thing)} cannot be the {role}",
                        why=f"it is not of the class {shorten(kind)} ({label})",
                        hint="name another, or another property",
                    )


def _either(one: str, other: str) -> str:
    return one if one == other else f"{one} or {other}"
