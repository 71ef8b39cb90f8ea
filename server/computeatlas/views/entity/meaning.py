"""What a property is about: who, where, when, money … read from the ontology, by way of a few anchors."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from computeatlas.model.namespaces import ATLAS, DCTERMS, PREFIXES, RDFS
from computeatlas.model.terms import iri

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.views.reader import Reader


class Meaning(StrEnum):
    """Groups of statements, in the order in which a page shows them."""

    WHO = "who"
    WHERE = "where"
    WHEN = "when"
    MONEY = "money"
    HARDWARE = "hardware"
    POWER = "power"
    PROGRAMME = "programme"
    PURPOSE = "purpose"
    WORDS = "words"
    OTHER = "other"


#: Property, property above it or class of its values → what it is about. A property that is not here is about what the
#: first of those above it is about that are; so a new property finds its group by its place in the ontology.
ANCHORS = {
    **{
        ATLAS + name: meaning
        for meaning, names in {
            Meaning.WHO: ("hasInvolvedActor", "cooperatesWith", "Actor"),
            Meaning.WHERE: ("locatedIn", "within", "isoCode", "Place"),
            Meaning.WHEN: ("status", "plannedOperationalYear", "constructionTime"),
            Meaning.MONEY: ("funds", "funder", "fundedBy", "fundingShare", "FundingCommitment", "MonetaryAmount"),
            Meaning.HARDWARE: ("AcceleratorModel", "manufacturer", "partOf", "newSupercomputerCount"),
            Meaning.POWER: ("powerPerFacility", "renewableShare"),
            Meaning.PROGRAMME: ("facilityCount", "expressionCount", "memberStateCount", "Programme", "Call"),
            Meaning.PURPOSE: ("purpose", "expectedEffect", "useDomain", "intendedUser"),
            Meaning.WORDS: ("assessment",),
        }.items()
        for name in names
    },
    **dict.fromkeys((PREFIXES["geo"] + "lat", PREFIXES["geo"] + "long"), Meaning.WHERE),
    **dict.fromkeys((PREFIXES["org"] + "holds", PREFIXES["org"] + "postIn"), Meaning.WHO),
    **dict.fromkeys((DCTERMS + "description", PREFIXES["skos"] + "definition", RDFS + "comment"), Meaning.WORDS),
}


def meanings(reader: Reader, properties: Iterable[str]) -> dict[str, Meaning]:
    """Return what each of `properties` is about; asks only if there is one that has no anchor of its own."""
    properties = tuple(dict.fromkeys(properties))
    found = {name: ANCHORS[name] for name in properties if name in ANCHORS}
    rest = [node for name in properties if name not in found and (node := iri(name))]
    above: dict[str, set[Meaning]] = {}
    if rest:
        for row in reader.records("entity_properties", p=rest):
            if row["above"].value in ANCHORS:
                above.setdefault(row["p"].value, set()).add(ANCHORS[row["above"].value])
    order = list(Meaning)
    for name in properties:
        found.setdefault(name, min(above.get(name, {Meaning.OTHER}), key=order.index))
    return found
