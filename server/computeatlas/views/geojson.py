"""Facilities as GeoJSON: https://www.rfc-editor.org/rfc/rfc7946."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.views.facilities import Facility
    from computeatlas.views.reader import Reader


def geojson(facilities: Iterable[Facility], reader: Reader) -> dict[str, object]:
    """Return the facilities as a FeatureCollection (https://www.rfc-editor.org/rfc/rfc7946), longitude first.

    A facility without coordinates is a Feature whose geometry is null, as section 3.2 has it. `certainty` is that of
    the status, `placeCertainty` that of the place; several mean that the sources differ.
    """
    items = tuple(facilities)
    reader.need(
        name for item in items for name in (item.iri, *item.kinds, item.status, *(s.place for s in item.spots)) if name
    )
    return {"type": "FeatureCollection", "features": [_feature(item, reader) for item in items]}


def _feature(facility: Facility, reader: Reader) -> dict[str, object]:
    points = [[spot.longitude, spot.latitude] for spot in facility.pinned]
    geometry: dict[str, object] | None = None
    if len(points) == 1:
        geometry = {"type": "Point", "coordinates": points[0]}
    elif points:
        geometry = {"type": "MultiPoint", "coordinates": points}
    return {
        "type": "Feature",
        "id": facility.iri,
        "geometry": geometry,
        "properties": {
            "iri": facility.iri,
            "label": reader.label(facility.iri),
            "kind": list(facility.kinds),
            "kindLabel": [reader.label(kind) for kind in facility.kinds],
            "status": facility.status or None,
            "statusLabel": reader.label(facility.status) if facility.status else None,
            "certainty": [one for _stage, certainty in facility.stages for one in certainty],
            "place": [spot.place for spot in facility.spots],
            "placeLabel": [reader.label(spot.place) for spot in facility.spots],
            "placeCertainty": sorted({one for spot in facility.spots for one in spot.certainty}),
            "exact": all(spot.exact for spot in facility.pinned) if points else None,
        },
    }
