"""What a thing is: by its types, whatever the data say of inferences."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, RDF, RDFS
from computeatlas.views.entity.kinds import Kind, kind_of

if TYPE_CHECKING:
    from pathlib import Path


def test_every_class_of_quantities_makes_a_quantity(repository: Path) -> None:
    quads = ox.parse((repository / "ontology/modules/quantities.ttl").read_bytes(), format=ox.RdfFormat.TURTLE)
    classes = {
        quad.subject
        for quad in quads
        if quad.predicate.value == RDFS + "subClassOf" and quad.object == ox.NamedNode(ATLAS + "QuantityValue")
    }
    assert len(classes) >= 10
    for name in classes:
        assert kind_of("http://e/q", {RDF + "type": (name,)}) is Kind.QUANTITY
