"""The register of units, `ontology/codes/unit.ttl`, and the currencies of ISO 4217.

A unit has a notation, which the data give: its UCUM code (https://ucum.org/ucum) where UCUM has it, else one of ours;
and a slug, the last part of its IRI, with which the names of quantities begin.
"""

from __future__ import annotations

import difflib
from collections import defaultdict
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from itertools import pairwise
from typing import TYPE_CHECKING

import pycountry
import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, ID, RDFS, SKOS
from computeatlas.model.project import Project
from computeatlas.model.terms import decimal_of, iri_of, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from decimal import Decimal

    from computeatlas.model.terms import Term

    Said = Mapping[str, list[Term]]

MONEY = ATLAS + "MonetaryAmount"
COUNT = ATLAS + "Count"
RATE = ATLAS + "ComputingRate"

_UNITS, _FORMATS = ID + "scheme/unit", ID + "scheme/number-format"
#: Letters of SI prefixes, each a thousand times the one before.
_PREFIXES = ("", "k", "M", "G", "T", "P", "E", "Z")


@dataclass(frozen=True)
class Unit:
    """A unit: `factor` of the unit whose slug is `base` make one of it; `kind` is the IRI of its class of quantities.

    `labels` are its names by language, `texts` what is written after a number other than one, by language, where that
    is not the notation (under "" where it is the same in all). `words` are all names that people may give it.
    """

    slug: str
    notation: str
    kind: str
    base: str
    factor: Decimal
    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    texts: Mapping[str, str] = field(default_factory=dict, hash=False)
    words: frozenset[str] = frozenset()

    def text(self, language: str, *, one: bool = False) -> str:
        """Return what is written after a number; `one` says that the number is one."""
        if one and language in self.texts:
            return self.labels.get(language, self.texts[language])
        return self.texts.get(language) or self.texts.get("") or self.texts.get("en") or self.notation


class Units:
    """A register of units and of number formats, the notations of formats by their slugs."""

    def __init__(self, units: Iterable[Unit], formats: Mapping[str, str]):
        self.by_slug = {unit.slug: unit for unit in units}
        self.by_notation = {unit.notation: unit for unit in self.by_slug.values()}
        self.formats = dict(formats)

    def __bool__(self) -> bool:
        return bool(self.by_slug)

    @cached_property
    def _slugs(self) -> dict[str, str]:
        """Words in small letters by which somebody may mean a unit, and its slug; the slug of a unit comes first."""
        found = {unit.notation.lower(): slug for slug, unit in self.by_slug.items()}
        found |= {word.lower(): slug for slug, unit in self.by_slug.items() for word in unit.words}
        return found | {slug: slug for slug in self.by_slug}

    def nearest(self, word: str, cutoff: float = 0.6) -> str | None:
        """Return the slug of the unit that `word` names or nearly names, None where none is as near as `cutoff`.

        `cutoff` is from 0 to 1, as for `difflib.get_close_matches`.
        """
        near = difflib.get_close_matches(word.lower(), self._slugs, n=1, cutoff=cutoff)
        return self._slugs[near[0]] if near else None

    def larger(self, unit: Unit) -> Unit | None:
        """Return the unit with the next SI prefix, such as GW for MW; None where the register has none."""
        for prefix, after in pairwise(_PREFIXES):
            found = self.by_notation.get(after + unit.notation.removeprefix(prefix))
            if (
                unit.notation.startswith(prefix)
                and found
                and found.base == unit.base
                and found.factor == 1000 * unit.factor
            ):
                return found
        return None

    def convert(self, value: Decimal, notation: str, into: str) -> Decimal | None:
        """Return `value` in the unit of the notation `into`; None where one is unknown or they measure other things."""
        unit, other = self.by_notation.get(notation), self.by_notation.get(into)
        if unit is None or other is None or unit.base != other.base:
            return None
        return value * unit.factor / other.factor


def read_units(triples: Iterable[ox.Triple]) -> Units:
    """Return the register that `triples` describe, empty where they describe none.

    A unit that lacks its notation, class, base or a factor above zero is left out.
    """
    said: dict[str, dict[str, list[Term]]] = defaultdict(lambda: defaultdict(list))
    for triple in triples:
        if isinstance(triple.subject, ox.NamedNode) and not isinstance(triple.object, ox.Triple):
            said[triple.subject.value][triple.predicate.value].append(triple.object)
    units, formats = [], {}
    for name, facts in said.items():
        schemes = [iri_of(term) for term in facts.get(SKOS + "inScheme", ())]
        slug = name.rpartition("/")[2]
        if _UNITS in schemes and (unit := _read_unit(slug, facts)):
            units.append(unit)
        elif _FORMATS in schemes and facts.get(SKOS + "notation"):
            formats[slug] = text_of(facts[SKOS + "notation"][0])
    return Units(units, formats)


def _read_unit(slug: str, facts: Said) -> Unit | None:
    notation = next((text_of(term) for term in facts.get(SKOS + "notation", ())), "")
    kind = next((name for term in facts.get(ATLAS + "quantityClass", ()) if (name := iri_of(term))), None)
    base = next((name for term in facts.get(ATLAS + "baseUnit", ()) if (name := iri_of(term))), None)
    factor = next((n for term in facts.get(ATLAS + "unitFactor", ()) if (n := decimal_of(term)) is not None), None)
    if not (notation and kind and base and factor and factor > 0):
        return None
    labels, texts = _by_language(facts, RDFS + "label"), _by_language(facts, ATLAS + "unitText")
    words = {*labels.values(), *texts.values(), *map(text_of, facts.get(SKOS + "altLabel", ()))}
    return Unit(slug, notation, kind, base.rpartition("/")[2], factor, labels, texts, frozenset(words))


def _by_language(facts: Said, name: str) -> dict[str, str]:
    return {t.language or "": t.value for t in facts.get(name, ()) if isinstance(t, ox.Literal)}


def is_currency(code: str) -> bool:
    """Say whether ISO 4217 has the currency `code`, three capital letters."""
    # pycountry finds small letters too; the register has capitals.
    found = pycountry.currencies.get(alpha_3=code)
    return found is not None and found.alpha_3 == code


@lru_cache(maxsize=1)
def shipped_units() -> Units:
    """Return the register that came with the program, for graphs without one of their own."""
    codes = Project.find().root / "ontology" / "codes"
    triples: list[ox.Triple] = []
    for name in ("unit.ttl", "number-format.ttl"):
        triples += (quad.triple for quad in ox.parse((codes / name).read_bytes(), format=ox.RdfFormat.TURTLE))
    return read_units(triples)
