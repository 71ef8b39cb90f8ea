"""What a thing is, as far as its page differs."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from computeatlas.model.namespaces import ATLAS, BASE, DATASET_IRI, ID, PREFIXES, RDF
from computeatlas.model.terms import iri_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from computeatlas.model.terms import Term

_TYPE = RDF + "type"


class Kind(StrEnum):
    """What a thing is, as far as its page differs."""

    CLAIM = "claim"
    PASSAGE = "passage"
    SOURCE = "source"
    CODE = "code"
    QUANTITY = "quantity"
    GRAPH = "graph"
    DATASET = "dataset"
    THING = "thing"

    @property
    def is_subject(self) -> bool:
        """Whether the claims of its page are those on the thing itself."""
        return self not in (Kind.CLAIM, Kind.PASSAGE, Kind.SOURCE)

    @property
    def claims_view(self) -> str:
        """The query for the claims of its page; empty for a claim, which is on a page of its own."""
        views = {
            Kind.CLAIM: "",
            Kind.PASSAGE: "entity_claims_by_passage",
            Kind.SOURCE: "entity_claims_by_source",
        }
        return views.get(self, "entity_claims")


#: The classes of quantity values: data without inferences give one of them only.
_QUANTITIES = (
    *("QuantityValue", "MonetaryAmount", "Power", "Energy", "ComputingRate", "Count"),
    *("Duration", "Area", "Volume", "DataVolume", "Ratio"),
)
_BY_TYPE = {
    ATLAS + "Claim": Kind.CLAIM,
    ATLAS + "Passage": Kind.PASSAGE,
    ATLAS + "Source": Kind.SOURCE,
    **{ATLAS + name: Kind.QUANTITY for name in _QUANTITIES},
    PREFIXES["skos"] + "Concept": Kind.CODE,
}
_BY_NAME = {
    ID + "claim/": Kind.CLAIM,
    ID + "passage/": Kind.PASSAGE,
    ID + "source/": Kind.SOURCE,
    ID + "quantity/": Kind.QUANTITY,
}


def kind_of(name: str, facts: Mapping[str, Iterable[Term]]) -> Kind:
    """Return what the thing called `name` is, by its types or else by its name."""
    types = {iri_of(term) for term in facts.get(_TYPE, ())}
    found = next((kind for name, kind in _BY_TYPE.items() if name in types), None)
    if found is None and name == DATASET_IRI:
        found = Kind.DATASET
    if found is None and name.startswith(BASE + "graph/"):
        found = Kind.GRAPH
    return found or Kind.THING


def guess_kind(name: str) -> Kind:
    """Return what the thing called `name` is likely to be, before anything is known of it."""
    return next((kind for start, kind in _BY_NAME.items() if name.startswith(start)), Kind.THING)
