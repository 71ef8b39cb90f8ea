"""What differs between two releases: claims, entities, sources, terms, and the triples that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, RDF, RDFS, shorten
from computeatlas.release.diff.things import Value, Words, in_words, ordered, read_things, read_triples

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.release.diff.things import Node, Things

_TYPE = RDF + "type"
_PASSAGE = ox.NamedNode(ATLAS + "Passage")
_SUPPORTED_BY = ATLAS + "supportedBy"
#: The parts of a claim in the order in which docs/model.md explains them.
_ORDER = [
    RDFS + "label",
    *(ATLAS + part for part in ("subject", "predicate", "object", "value", "modality", "rank", "rankReason")),
    *(ATLAS + part for part in ("scopePart", "scopePeriod", "statedBy", "asOf")),
    *(ATLAS + part for part in ("contradicts", "supersedes", "corroborates", "evidence")),
]


@dataclass(frozen=True)
class Part:
    """One property of a thing, with all its values in the older and in the newer release."""

    predicate: Value
    before: tuple[Value, ...]
    after: tuple[Value, ...]

    @property
    def removed(self) -> tuple[Value, ...]:
        return _without(self.before, self.after)

    @property
    def added(self) -> tuple[Value, ...]:
        return _without(self.after, self.before)


@dataclass(frozen=True)
class Thing:
    """A thing of one release: prefixed name, label or "", and in words what kind of thing it is.

    Kinds are the modality and rank of a claim, the name of the source of a passage, and the classes of anything else.
    A thing without IRI is named by what is said of it.
    """

    name: str
    label: str
    kinds: tuple[str, ...]


@dataclass(frozen=True)
class Change:
    """A thing that is in both releases, as it is in the newer one, and the parts that differ."""

    thing: Thing
    parts: tuple[Part, ...]


@dataclass(frozen=True)
class Difference:
    """Things of one sort that were added, removed and changed, each in the order of their names; false if none."""

    added: tuple[Thing, ...]
    removed: tuple[Thing, ...]
    changed: tuple[Change, ...]

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True)
class Statement:
    """A plain triple."""

    subject: Value
    predicate: Value
    value: Value


@dataclass(frozen=True)
class ChangedValue:
    """A property of a thing that has other values in the newer release than in the older, with these alone."""

    subject: Value
    predicate: Value
    before: tuple[Value, ...]
    after: tuple[Value, ...]


@dataclass(frozen=True)
class Statements:
    """Plain triples that were added and removed, in the order of their names; false if none."""

    added: tuple[Statement, ...]
    removed: tuple[Statement, ...]

    @property
    def changed(self) -> tuple[ChangedValue, ...]:
        """The properties of which values were removed and others added."""
        before, after = _by_property(self.removed), _by_property(self.added)
        return tuple(ChangedValue(*key, tuple(before[key]), tuple(after[key])) for key in before if key in after)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed)


@dataclass(frozen=True)
class Comparison:
    """All that differs between two releases; false where nothing does.

    `entered` are the claims of both releases on which the newer current view rests and the older does not, `left` those
    of which the contrary is so.
    """

    claims: Difference
    entities: Difference
    sources: Difference
    passages: Difference
    terms: Difference
    view: Statements
    inferred: Statements
    entered: tuple[Thing, ...] = ()
    left: tuple[Thing, ...] = ()

    def __bool__(self) -> bool:
        return any(vars(self).values())


def compare(old: EmbeddedEngine, new: EmbeddedEngine) -> Comparison:
    """Return what differs between the releases that the engines `old` and `new` hold.

    Names of blank nodes do not count, nor does the file in which a thing stands. Raises no error of its own.
    """
    words = in_words(old, new)
    old_claims, new_claims = read_things(old, "claims"), read_things(new, "claims")
    both = old_claims.keys() & new_claims.keys()
    was, now = _supporting(old) & both, _supporting(new) & both
    old_sources, old_passages = _apart(read_things(old, "sources"))
    new_sources, new_passages = _apart(read_things(new, "sources"))
    return Comparison(
        claims=_difference(old_claims, new_claims, words),
        entities=_difference(read_things(old, "entities"), read_things(new, "entities"), words),
        sources=_difference(old_sources, new_sources, words),
        passages=_difference(old_passages, new_passages, words),
        terms=_difference(read_things(old, "ontology"), read_things(new, "ontology"), words),
        view=_statements(old, new, "current", words),
        inferred=_statements(old, new, "inferred", words),
        entered=tuple(_thing(name, new_claims[name], words[1]) for name in sorted(now - was)),
        left=tuple(_thing(name, old_claims[name], words[0]) for name in sorted(was - now)),
    )


def _supporting(engine: EmbeddedEngine) -> set[str]:
    """Return the claims on which the current view rests."""
    return {
        value.value
        for _subject, predicate, value in read_triples(engine, "current")
        if predicate.value == _SUPPORTED_BY and isinstance(value, ox.NamedNode)
    }


def _by_property(statements: Iterable[Statement]) -> dict[tuple[Value, Value], list[Value]]:
    found: dict[tuple[Value, Value], list[Value]] = {}
    for statement in statements:
        found.setdefault((statement.subject, statement.predicate), []).append(statement.value)
    return found


def _without(values: tuple[Value, ...], others: tuple[Value, ...]) -> tuple[Value, ...]:
    """A value whose label alone changed is the same value."""
    names = {value.name for value in others}
    return tuple(value for value in values if value.name not in names)


def _apart(things: Things) -> tuple[Things, Things]:
    """Return the sources and the passages of a graph of sources."""
    passages = {name: parts for name, parts in things.items() if _PASSAGE in parts.get(_TYPE, ())}
    return {name: parts for name, parts in things.items() if name not in passages}, passages


def _difference(old: Things, new: Things, words: tuple[Words, Words]) -> Difference:
    before, after = words
    return Difference(
        added=tuple(_thing(name, new[name], after) for name in sorted(new.keys() - old.keys())),
        removed=tuple(_thing(name, old[name], before) for name in sorted(old.keys() - new.keys())),
        changed=tuple(
            Change(_thing(name, new[name], after), _changed_parts(old[name], new[name], words))
            for name in sorted(old.keys() & new.keys())
            if old[name] != new[name]
        ),
    )


def _thing(name: str, parts: dict[str, set[Node]], words: Words) -> Thing:
    if not parts:
        return Thing(name, "", ())
    kinds = [node for part in ("modality", "rank") for node in ordered(parts.get(ATLAS + part, ()))]
    kinds = kinds or ordered(parts.get(_TYPE, ()))
    # A kind is known as one, so a thing of the same label, such as the unit *company*, is not taken for it.
    told = [
        words.labels.get(kind if isinstance(kind, str) else kind.value) or words.value(kind).words for kind in kinds
    ]
    if _PASSAGE in kinds:
        told = [words.value(source).name for source in ordered(parts.get(ATLAS + "inSource", ()))]
    return Thing(shorten(name), words.labels.get(name, ""), tuple(told))


def _changed_parts(
    old: dict[str, set[Node]], new: dict[str, set[Node]], words: tuple[Words, Words]
) -> tuple[Part, ...]:
    before, after = words
    names = [name for name in {**old, **new} if old.get(name) != new.get(name)]
    names.sort(key=lambda name: (_ORDER.index(name) if name in _ORDER else len(_ORDER), name))
    return tuple(
        Part(
            (after if name in new else before).value(ox.NamedNode(name)),
            tuple(before.value(node) for node in ordered(old.get(name, ()))),
            tuple(after.value(node) for node in ordered(new.get(name, ()))),
        )
        for name in names
    )


def _statements(old: EmbeddedEngine, new: EmbeddedEngine, graph: str, words: tuple[Words, Words]) -> Statements:
    before, after = words
    was, now = _plain(old, graph), _plain(new, graph)
    return Statements(added=_told(now - was, after), removed=_told(was - now, before))


def _plain(engine: EmbeddedEngine, graph: str) -> set[tuple[Node, Node, Node]]:
    """Return the triples without blank nodes: the others annotate them."""
    return {
        (subject, predicate, value)
        for subject, predicate, value in read_triples(engine, graph)
        if isinstance(subject, ox.NamedNode) and isinstance(value, ox.NamedNode | ox.Literal)
    }


def _told(triples: set[tuple[Node, Node, Node]], words: Words) -> tuple[Statement, ...]:
    in_order = sorted(triples, key=lambda triple: tuple(map(str, triple)))
    return tuple(Statement(words.value(s), words.value(p), words.value(o)) for s, p, o in in_order)
