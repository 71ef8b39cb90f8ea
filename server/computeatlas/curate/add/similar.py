"""Duplicates and near-duplicates: claims that say the same, things that are called alike."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.curate.likeness import keys, near, spelled
from computeatlas.model.namespaces import ATLAS, shorten

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from computeatlas.curate.add.lookup import Lookup
    from computeatlas.curate.add.resolve import Terms
    from computeatlas.model.terms import Term

#: What tells two claims of one document apart that give the same value: how, by whom and when it is said.
_MANNER = ("modality", "statedBy", "asOf")
#: Subject or part, property, and period.
Question = tuple[str, str, str]


@dataclass(frozen=True)
class Twin:
    """A claim that says what a new one says: `name` is its IRI, `exact` whether nothing tells the two apart."""

    name: str
    exact: bool


@dataclass(frozen=True)
class _Said:
    """A claim as far as it may say what another says: its values, its documents, and all else that tells them apart."""

    name: str
    values: frozenset[Term]
    sources: frozenset[str]
    manner: frozenset[str]


class ClaimIndex:
    """What claims say, by the question that they answer."""

    def __init__(self, known: Lookup):
        self._by_question: defaultdict[Question, list[_Said]] = defaultdict(list)
        for name in known.claims():
            said = known.said(name)
            subject = _first(said, "scopePart") or _first(said, "subject")
            question = (subject, _first(said, "predicate"), _first(said, "scopePeriod"))
            values = frozenset(t for key in ("object", "value") for t in said.get(ATLAS + key, ()))
            manner = frozenset(t.value for key in _MANNER for t in said.get(ATLAS + key, ()))
            self._by_question[question].append(_Said(name, values, frozenset(known.sources_of(name)), manner))

    def add(self, name: str, terms: Terms) -> None:
        """Take a new claim called `name` into account for those that follow."""
        self._by_question[_question(terms)].append(_said(name, terms))

    def twins(self, terms: Terms) -> list[Twin]:
        """Return the claims that give the same value to the same question, those of the same document first."""
        new = _said("", terms)
        found = [
            Twin(one.name, exact=bool(new.sources & one.sources) and new.manner == one.manner)
            for one in self._by_question.get(_question(terms), ())
            if new.values and _same(one.values, new.values)
        ]
        return sorted(found, key=lambda twin: not twin.exact)


def _question(terms: Terms) -> Question:
    period = terms.scope_period.value if terms.scope_period else ""
    return (terms.scope_part or terms.subject, terms.predicate, period)


def _said(name: str, terms: Terms) -> _Said:
    manner = {terms.modality, *terms.stated_by, *([terms.as_of.value] if terms.as_of else [])}
    return _Said(name, terms.all_values, frozenset([terms.source]), frozenset(manner))


def _first(said: Mapping[str, Collection[Term]], key: str) -> str:
    return min((term.value for term in said.get(ATLAS + key, ())), default="")


def _same(some: frozenset[Term], others: frozenset[Term]) -> bool:
    """Return whether two sets of values are the same, words also where they are spelled otherwise."""
    return _folded(some) == _folded(others)


def _folded(values: frozenset[Term]) -> set[tuple[str, str]]:
    return {
        (spelled(term.value), term.language) if isinstance(term, ox.Literal) and term.language else (term.value, "")
        for term in values
    }


def things_called(labels: Collection[str], known: Lookup, among: Collection[str]) -> tuple[list[str], list[str]]:
    """Return the things of `among` that have one of `labels`, and those with a label like one, the nearest first.

    Labels are compared without case, accents and punctuation, and without regard to the order of their words; those
    that differ in article, legal form or words for a data centre alone are alike.
    """
    spellings = known.spellings(among)
    same: dict[str, None] = {}
    alike: dict[str, None] = {}
    for label in dict.fromkeys(map(spelled, labels)):
        bare_alike = [spelling for spelling in spellings if not keys(label).isdisjoint(keys(spelling))]
        for spelling in dict.fromkeys((*near(label, list(spellings)), *bare_alike)):
            found = same if _sorted(spelling) == _sorted(label) else alike
            found.update(dict.fromkeys(sorted(spellings[spelling])))
    return list(same), [name for name in alike if name not in same]


def _sorted(spelling: str) -> list[str]:
    return sorted(spelling.split(" "))


def listed(names: Collection[str], known: Lookup) -> str:
    """Return `names` with their English labels, for a message."""
    return ", ".join(f"{shorten(name)} ({known.label(name, 'en')})" for name in names)
