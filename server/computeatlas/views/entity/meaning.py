"""What a property is about: who, where, when, money … read from the ontology, by way of a few anchors."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from computeatlas.model.namespaces import ATLAS, DCTERMS, EDTF, PREFIXES, RDFS
from computeatlas.model.terms import iri, text_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.engine.table import Table
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
            Meaning.WHO: ("hasInvolvedActor", "cooperatesWith", "memberOf", "hasMember", "employees", "Actor"),
            Meaning.WHERE: ("locatedIn", "within", "isoCode", "Place", "Area"),
            Meaning.WHEN: ("status", "constructionTime"),
            Meaning.MONEY: (
                *("funds", "funder", "fundedBy", "fundingShare", "FundingCommitment", "MonetaryAmount"),
                *("Contract", "FinancingRound", "Stake", "contractFor", "roundTarget", "transactionKind"),
                *("stakeIn", "share"),
            ),
            Meaning.HARDWARE: (
                *("HardwareModel", "HardwareInstallation", "RankingEntry", "ComputingRate", "DataVolume"),
                *("manufacturer", "partOf", "housedIn", "newSupercomputerCount", "interconnect", "position", "ranking"),
                *("acceleratorCount", "nodeCount", "coreCount", "count", "installedIn", "ranked"),
            ),
            Meaning.POWER: (
                *("Power", "Energy", "Volume", "powerPerFacility", "renewableShare", "pue", "heatReuse", "cooling"),
            ),
            Meaning.PROGRAMME: (
                *("facilityCount", "expressionCount", "memberStateCount", "Programme", "Call", "LegalAct"),
            ),
            Meaning.PURPOSE: ("purpose", "expectedEffect", "useDomain", "intendedUser", "jobs"),
            Meaning.WORDS: ("assessment",),
        }.items()
        for name in names
    },
    # Properties that take a date.
    EDTF: Meaning.WHEN,
    **dict.fromkeys((PREFIXES["geo"] + "lat", PREFIXES["geo"] + "long"), Meaning.WHERE),
    **dict.fromkeys((PREFIXES["org"] + "holds", PREFIXES["org"] + "postIn"), Meaning.WHO),
    **dict.fromkeys((DCTERMS + "description", PREFIXES["skos"] + "definition", RDFS + "comment"), Meaning.WORDS),
}


def meanings_text(reader: Reader, properties: Iterable[str]) -> str | None:
    """Return the query for what those of `properties` are about that have no anchor; None where there are none."""
    rest = [node for name in dict.fromkeys(properties) if name not in ANCHORS and (node := iri(name))]
    return reader.text("entity_properties", p=rest) if rest else None


def meanings(properties: Iterable[str], table: Table | None) -> dict[str, Meaning]:
    """Return what each of `properties` is about; `table` is the answer to the query of `meanings_text`, if any."""
    properties = tuple(dict.fromkeys(properties))
    found = {name: ANCHORS[name] for name in properties if name in ANCHORS}
    above: dict[str, set[Meaning]] = {}
    for row in table.records() if table else ():
        if (anchor := text_of(row.get("above"))) in ANCHORS:
            above.setdefault(text_of(row["p"]), set()).add(ANCHORS[anchor])
    order = list(Meaning)
    for name in properties:
        found.setdefault(name, min(above.get(name, {Meaning.OTHER}), key=order.index))
    return found
