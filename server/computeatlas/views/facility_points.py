"""Points that stand for facilities where programs want one for each: of the place itself, or of an area around it.

Unlike the map, which makes no point up, these take that of the country where nothing nearer is known, and say so.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from computeatlas.views.country_points import point_of

if TYPE_CHECKING:
    from computeatlas.views.facilities import Facility


class PointOf(StrEnum):
    """What a point is that of: the place that is known, an area around it, or the whole country."""

    PLACE = "place"
    AREA = "area"
    COUNTRY = "country"


@dataclass(frozen=True)
class FacilityPoint:
    """Latitude and longitude in degrees, and what they are those of."""

    latitude: float
    longitude: float
    of: PointOf

    @property
    def exact(self) -> bool:
        """Whether it is the point of the place itself."""
        return self.of is PointOf.PLACE


def points_of(facility: Facility) -> tuple[FacilityPoint, ...]:
    """Return a point for each place of `facility` that has coordinates, or else for each of its countries.

    Empty where no source says where it is.
    """
    pinned = [
        FacilityPoint(spot.latitude, spot.longitude, PointOf.PLACE if spot.exact else PointOf.AREA)
        for spot in facility.pinned
        if spot.latitude is not None and spot.longitude is not None
    ]
    if pinned:
        return tuple(pinned)
    found = (point_of(spot.country) for spot in facility.spots if spot.country)
    return tuple(FacilityPoint(*point, PointOf.COUNTRY) for point in dict.fromkeys(found) if point)
