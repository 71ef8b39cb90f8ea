"""A point inside each country, which stands for the whole of it where no nearer place is known.

It is the point of the country's largest part that is furthest from its border, to a tenth of a degree, worked out from
the outlines of Natural Earth (1:50 million, public domain; https://www.naturalearthdata.com/).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

_TABLE = Path(__file__).with_name("country_points.tsv")


def point_of(country: str) -> tuple[float, float] | None:
    """Return latitude and longitude in degrees for an ISO 3166-1 alpha-2 code, None for what is none."""
    return _points().get(country)


@lru_cache(maxsize=1)
def _points() -> dict[str, tuple[float, float]]:
    rows = (line.split("\t") for line in _TABLE.read_text("utf-8").splitlines())
    return {code: (float(latitude), float(longitude)) for code, latitude, longitude in rows}
