"""Facilities as GeoJSON: https://www.rfc-editor.org/rfc/rfc7946."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.views.facility_points import points_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.views.facilities import Facility
    from computeatlas.views.facility_points import FacilityPoint
    from computeatlas.views.reader import Reader


def geojson(facilities: Iterable[Facility], reader: Reader, *, everywhere: bool = False) -> dict[str, object]:
    """Return the facilities as a FeatureCollection (https://www.rfc-editor.org/rfc/rfc7946), longitude first.

    A facility without coordinates is a Feature whose geometry is null, as section 3.2 has it; with `everywhere` it has
    the point of its country, and is null only where no source says where it is. `exact` says whether all points are
    those of the places themselves, `pointOf` what each is that of. `certainty` is that of the status, `placeCertainty`
    that of the place; several mean that the sources differ.
    """
    items = tuple(facilities)
    reader.need(
        name for item in items for name in (item.iri, *item.kinds, item.status, *(s.place for s in item.spots)) if name
    )
    features = []
    for item in items:
        points = points_of(item) if everywhere or item.pinned else ()
        features.append(_feature(item, points, reader))
    return {"type": "FeatureCollection", "features": features}


def _feature(facility: Facility, points: Sequence[FacilityPoint], reader: Reader) -> dict[str, object]:
    coordinates = [[point.longitude, point.latitude] for point in points]
    geometry: dict[str, object] | None = None
    if len(coordinates) == 1:
        geometry = {"type": "Point", "coordinates": coordinates[0]}
    elif coordinates:
        geometry = {"type": "MultiPoint", "coordinates": coordinates}
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
            "exact": all(point.exact for point in points) if points else None,
            "pointOf": [point.of for point in points],
        },
    }
