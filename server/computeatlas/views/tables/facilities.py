"""Facilities as a table: what each is, where, at which stage, whose, how large, by when, and who says so."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS
from computeatlas.model.record_facts import Facts
from computeatlas.model.records import doubt
from computeatlas.model.terms import iri_of, text_of
from computeatlas.views.facility_points import PointOf, points_of
from computeatlas.views.names import iris_in
from computeatlas.views.tables import documents
from computeatlas.views.tables.sheet import Cell, Column, Sheet, join

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from computeatlas.model.records import Source
    from computeatlas.views.facilities import Facility
    from computeatlas.views.reader import Reader

#: Facilities, or documents, asked for in one query: the answer stays well below what a page may read.
_BATCH = 500
_CERTAINTY = Column("certainty", "säkerhet")
_STAGE, _PLACE = Column("Stage", "Skede"), Column("Place", "Plats")
#: Properties of which the facility itself has the values, with the narrowest place that is known.
_OWN = (ATLAS + "status", ATLAS + "locatedIn")
#: Property → heading of its column; beside each stands how certain it is.
_PROPERTIES = {
    ATLAS + "operatedBy": Column("Operator", "Driver"),
    ATLAS + "ownedBy": Column("Owner", "Ägare"),
    ATLAS + "builtBy": Column("Builder", "Bygger"),
    ATLAS + "underProgramme": Column("Programme", "Program"),
    ATLAS + "partOf": Column("Part of", "Del av"),
    ATLAS + "electricalPower": Column("Power", "Effekt"),
    ATLAS + "acceleratorCount": Column("Accelerators", "Acceleratorer"),
    ATLAS + "costEstimate": Column("Cost", "Kostnad"),
    ATLAS + "constructionStart": Column("Construction from", "Byggs från"),
    ATLAS + "operationalFrom": Column("In operation from", "I drift från"),
}
_POINTS = {
    PointOf.PLACE: Column("of the place", "ortens"),
    PointOf.AREA: Column("of an area around it", "ett omgivande områdes"),
    PointOf.COUNTRY: Column("of the country", "landets"),
}
COLUMNS = (
    Column("Facility", "Anläggning"),
    Column("Kind", "Slag"),
    *(
        column
        for heading in (_STAGE, _PLACE, *_PROPERTIES.values())
        for column in (heading, Column(f"{heading.en}: {_CERTAINTY.en}", f"{heading.sv}: {_CERTAINTY.sv}"))
    ),
    Column("Country", "Land"),
    Column("Latitude", "Latitud"),
    Column("Longitude", "Longitud"),
    Column("The point is that", "Punkten är"),
    *documents.COLUMNS,
    Column("Identifier", "Identifierare"),
)


@dataclass
class _Said:
    """What the current view says of a facility: property → value → IRIs of certainties, and the documents of it all."""

    values: dict[str, dict[str, set[str]]] = field(default_factory=lambda: defaultdict(dict))
    documents: dict[str, None] = field(default_factory=dict)


def facility_sheet(reader: Reader, facilities: Sequence[Facility]) -> Sheet:
    """Return `facilities` in their order."""
    said = _read(reader, [facility.iri for facility in facilities])
    sources = _sources(reader, (name for one in said.values() for name in one.documents))
    reader.need_in(facilities, [(one.values, list(one.documents)) for one in said.values()])
    reader.need(name for source in sources.values() for name in documents.named_in((source,)))
    return Sheet(COLUMNS, tuple(_row(facility, said[facility.iri], sources, reader) for facility in facilities))


def _read(reader: Reader, names: Sequence[str]) -> dict[str, _Said]:
    found = {name: _Said() for name in names}
    properties = [ox.NamedNode(name) for name in (*_OWN, *_PROPERTIES)]
    for start in range(0, len(names), _BATCH):
        nodes = [ox.NamedNode(name) for name in names[start : start + _BATCH]]
        for row in reader.records("table_facilities", facility=nodes, property=properties):
            of, name = found.get(text_of(row.get("facility"))), text_of(row.get("property"))
            if of is None or "value" not in row:
                continue
            certainty = of.values[name].setdefault(text_of(row["value"]), set())
            if modality := iri_of(row.get("certainty")):
                certainty.add(modality)
            if document := iri_of(row.get("document")):
                of.documents[document] = None
    return found


def _sources(reader: Reader, names: Iterable[str]) -> dict[str, Source]:
    nodes = [ox.NamedNode(name) for name in dict.fromkeys(names)]
    found: dict[str, Source] = {}
    for start in range(0, len(nodes), _BATCH):
        batch = nodes[start : start + _BATCH]
        facts = Facts(reader.records("table_documents", document=batch))
        found |= {node.value: facts.source(node) for node in batch}
    return found


def _row(facility: Facility, said: _Said, sources: dict[str, Source], reader: Reader) -> tuple[Cell, ...]:
    point = next(iter(points_of(facility)), None)
    places: dict[str, set[str]] = {}
    for spot in facility.spots:
        places.setdefault(spot.place, set()).update(spot.certainty)
    return (
        reader.label(facility.iri),
        join(reader.label(kind) for kind in facility.kinds),
        *_pair(dict(facility.stages), reader),
        *_pair(places, reader),
        *(cell for name in _PROPERTIES for cell in _pair(said.values.get(name, {}), reader)),
        join(spot.country or "" for spot in facility.spots),
        Decimal(repr(point.latitude)) if point else None,
        Decimal(repr(point.longitude)) if point else None,
        _POINTS[point.of].heading(reader.language) if point else "",
        *documents.cells([sources[name] for name in said.documents], reader),
        facility.iri,
    )


def _pair(values: Mapping[str, Collection[str]], reader: Reader) -> tuple[Cell, Cell]:
    """Return the cells of values, IRIs or texts, and of how certain they are: of each where that differs."""
    ordered = sorted(values)
    words = [reader.label(value) if value in iris_in(value) else value for value in ordered]
    certainties = [join(reader.label(name) for name in sorted(values[value], key=doubt)) for value in ordered]
    if len(set(certainties)) > 1:
        certainties = [f"{word}: {certainty}" for word, certainty in zip(words, certainties, strict=True)]
    return join(words), join(certainties)
