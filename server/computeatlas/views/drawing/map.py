"""Maps: from latitude and longitude to the plane of a drawing, outlines of countries, windows, marks and clusters.

How a page gets a map. In the view function of a blueprint:

    from computeatlas.views.facilities import small_map
    from computeatlas.web.pages.map import outlines

    drawing = small_map(reader(), outlines(), [iri])          # None where nothing has a known place
    drawing = overview_map(reader(), outlines())              # all facilities: the front page

`iri` may be infrastructure, a place, or anything else that has `atlas:locatedIn`. In the template:

    {% from "_map.html" import map_of with context %}
    {% block head %}<link rel="stylesheet" href="{{ url_for('static', filename='map.css') }}">{% endblock %}
    {% if drawing %}{{ map_of(drawing, _("Where it is")) }}{% endif %}

The second argument names the drawing for those who do not see it. Lengths in a drawing are those of the outlines' file:
the whole of Europe is some 1000 wide. Nothing here knows the graph; `facilities` and `web.maps` do.
"""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from computeatlas.model.errors import UsageError
from computeatlas.views.drawing.clusters import APART, cluster, opening

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.views.drawing.clusters import Cluster, Mark

Point = tuple[float, float]
#: A corner of a path of the outlines' file, which has absolute `M` and `L`, and `Z`.
_CORNER = re.compile(r"(-?[\d.]+),(-?[\d.]+)")
#: Horizontal lines along which the broadest part of a country is looked for.
_LINES = 24


@dataclass(frozen=True)
class Projection:
    """Lambert's azimuthal equal-area projection of a sphere, in the terms of d3-geo.

    `rotate` is the negated longitude and latitude of the centre, `scale` the length of the radius in the drawing,
    `translate` the point of the drawing that shows the centre (https://d3js.org/d3-geo/azimuthal#geoAzimuthalEqualArea).
    """

    rotate: Point
    scale: float
    translate: Point

    def point(self, latitude: float, longitude: float) -> Point | None:
        """Return where the drawing shows a place given in degrees, None for the antipode of the centre.

        Formulas 24-2 to 24-4 of Snyder, Map Projections: A Working Manual (https://doi.org/10.3133/pp1395).
        """
        phi, phi_1 = math.radians(latitude), math.radians(-self.rotate[1])
        lam = math.radians(longitude + self.rotate[0])
        away = 1 + math.sin(phi_1) * math.sin(phi) + math.cos(phi_1) * math.cos(phi) * math.cos(lam)
        if away < 1e-12:
            return None
        k = self.scale * math.sqrt(2 / away)
        x = k * math.cos(phi) * math.sin(lam)
        y = k * (math.cos(phi_1) * math.sin(phi) - math.sin(phi_1) * math.cos(phi) * math.cos(lam))
        return self.translate[0] + x, self.translate[1] - y


@dataclass(frozen=True)
class Window:
    """A stretch of the drawing: its upper left corner, width and height."""

    x: float
    y: float
    width: float
    height: float

    @property
    def view_box(self) -> str:
        """The window as SVG writes it."""
        return " ".join(f"{value:.6g}" for value in (self.x, self.y, self.width, self.height))

    def holds(self, point: Point) -> bool:
        """Say whether `point` is in the window."""
        return self.x <= point[0] <= self.x + self.width and self.y <= point[1] <= self.y + self.height


@dataclass(frozen=True)
class Outline:
    """A country: its ISO 3166-1 numeric code, None where it has none, and the data of an SVG path."""

    code: str | None
    path: str

    @cached_property
    def rings(self) -> tuple[tuple[Point, ...], ...]:
        """The closed lines of the path."""
        parts = (part for part in self.path.split("Z") if part)
        return tuple(tuple((float(x), float(y)) for x, y in _CORNER.findall(part)) for part in parts)

    @cached_property
    def box(self) -> Window:
        """The smallest window that holds the country."""
        xs, ys = zip(*(corner for ring in self.rings for corner in ring), strict=True)
        return Window(min(xs), min(ys), max(xs) - min(xs), max(ys) - min(ys))

    @cached_property
    def middle(self) -> Point:
        """A point well inside the largest part of the country, where a mark for the whole of it may stand.

        The centre of gravity would not do: that of Norway is not in Norway.
        """
        ring = max(self.rings, key=_area)
        top, bottom = min(y for _x, y in ring), max(y for _x, y in ring)
        best = (0.0, ring[0])
        for line in range(_LINES):
            y = top + (bottom - top) * (line + 0.5) / _LINES
            for left, right in _inside(ring, y):
                x = (left + right) / 2
                turned = _inside([(b, a) for a, b in ring], x)
                tall = next((low - high for high, low in turned if high <= y <= low), 0.0)
                best = max(best, (min(right - left, tall), (x, y)))
        return best[1]


@dataclass(frozen=True)
class Outlines:
    """The countries and how they are projected; without countries where no outlines were made."""

    projection: Projection
    width: float
    height: float
    countries: tuple[Outline, ...] = ()

    @property
    def whole(self) -> Window:
        """The window that shows everything."""
        return Window(0, 0, self.width, self.height)

    def within(self, window: Window) -> tuple[Outline, ...]:
        """Return the countries of which something may be seen in `window`."""
        return tuple(
            country
            for country in self.countries
            if country.box.x <= window.x + window.width
            and window.x <= country.box.x + country.box.width
            and country.box.y <= window.y + window.height
            and window.y <= country.box.y + country.box.height
        )

    def country(self, code: str) -> Outline | None:
        """Return the country with an ISO 3166-1 numeric code."""
        return next((country for country in self.countries if country.code == code), None)


#: Where points stand when no outlines were made: centred as EPSG:3035 is, from Iceland to Cyprus.
BARE = Outlines(Projection((-10.0, -52.0), 1600.0, (430.0, 550.0)), 1000.0, 1000.0)


def read_outlines(text: str) -> Outlines:
    """Return the outlines of a file that `server/frontend/outlines.mjs` makes; raises UsageError for anything else."""
    try:
        data = json.loads(text)
        made = data["projection"]
        projection = Projection(
            (float(made["rotate"][0]), float(made["rotate"][1])),
            float(made["scale"]),
            (float(made["translate"][0]), float(made["translate"][1])),
        )
        countries = tuple(Outline(item["id"], item["d"]) for item in data["countries"])
        return Outlines(projection, float(data["width"]), float(data["height"]), countries)
    except (ValueError, KeyError, TypeError, IndexError) as error:
        raise UsageError("is not a file of outlines", why=str(error), hint="make it again: make bundle") from error


@dataclass(frozen=True)
class Area:
    """A country in which things are of which no more is known than that; `place` is what the graph says, at (x, y)."""

    outline: Outline
    place: str
    things: tuple[str, ...]
    anchor: str

    @property
    def x(self) -> float:
        """Where its number stands, from the left."""
        return self.outline.middle[0]

    @property
    def y(self) -> float:
        """Where its number stands, from above."""
        return self.outline.middle[1]


@dataclass(frozen=True)
class Drawing:
    """A map, ready to be drawn: `land` below, `areas` in it, `clusters` (many of one mark) on top.

    `outside` are the marks that the window does not show. `unit` is how long a pixel is in the drawing at the width
    that the page is expected to give it.
    """

    window: Window
    unit: float
    land: tuple[Outline, ...]
    areas: tuple[Area, ...]
    clusters: tuple[Cluster, ...]
    outside: tuple[Mark, ...] = ()


def draw(
    outlines: Outlines,
    marks: Sequence[Mark],
    areas: Iterable[Area] = (),
    *,
    pixels: float,
    window: Window | None = None,
) -> Drawing:
    """Return the drawing of `marks` and `areas` for a map that is `pixels` wide; `window` is the whole if not given."""
    seen = window or outlines.whole
    unit = seen.width / pixels
    shown = tuple(areas)
    known = {area.outline.code for area in shown}
    land = tuple(country for country in outlines.within(seen) if country.code is None or country.code not in known)
    inside = [mark for mark in marks if seen.holds((mark.x, mark.y))]
    outside = tuple(mark for mark in marks if not seen.holds((mark.x, mark.y)))
    return Drawing(seen, unit, land, shown, opening(cluster(inside, APART * unit)), outside)


def window_around(outlines: Outlines, points: Sequence[Point], *, least: float) -> Window:
    """Return a window of the drawing's proportions around `points`, `least` wide at least, within the whole drawing.

    Raises ValueError where there are no points.
    """
    left, right = min(x for x, _y in points), max(x for x, _y in points)
    top, bottom = min(y for _x, y in points), max(y for _x, y in points)
    ratio = outlines.height / outlines.width
    width = min(max(least, 1.5 * (right - left), 1.5 * (bottom - top) / ratio), outlines.width)
    height = width * ratio
    x = min(max((left + right - width) / 2, 0), outlines.width - width)
    y = min(max((top + bottom - height) / 2, 0), outlines.height - height)
    return Window(x, y, width, height)


def _area(ring: Sequence[Point]) -> float:
    return abs(sum(x * ring[index - 1][1] - y * ring[index - 1][0] for index, (x, y) in enumerate(ring)))


def _inside(ring: Sequence[Point], y: float) -> list[Point]:
    """Return the stretches of the horizontal line at `y` that are inside `ring`, each from left to right."""
    crossings = []
    for index, (x, down) in enumerate(ring):
        before_x, before_y = ring[index - 1]
        if (down > y) != (before_y > y):
            crossings.append(before_x + (y - before_y) * (x - before_x) / (down - before_y))
    crossings.sort()
    return list(zip(crossings[::2], crossings[1::2], strict=True))
