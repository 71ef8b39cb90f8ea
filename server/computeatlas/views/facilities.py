"""Facilities on the map: where each is, of which kind, at which stage, and how certain that is.

Nobody's coordinates are better than the place that a source names. A facility in a town is drawn at the town; one of
which only the country is known is counted in the country, and has no point of its own.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pycountry
import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS
from computeatlas.model.terms import decimal_of, iri, iri_of, text_of, whole_of
from computeatlas.views.drawing.map import Area, Mark, draw, window_around

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from computeatlas.engine.table import Term
    from computeatlas.views.drawing.map import Drawing, Outlines
    from computeatlas.views.reader import Reader

#: What stands for the stage of a facility of which no source gives one, in queries and in addresses.
NOT_STATED = "not stated"
#: The roles that the table of facilities has columns for.
OPERATED_BY, BUILT_BY = ATLAS + "operatedBy", ATLAS + "builtBy"
#: The width in pixels that the page of the map gives its drawing on an ordinary screen; the front page; other pages.
_LARGE, _FRONT, _SMALL = 800.0, 540.0, 400.0
#: A small map shows at least so much of the width of the whole.
_LEAST = 0.4


@dataclass(frozen=True)
class Spot:
    """A place where something is, the narrowest that is known.

    `at` is the place whose coordinates these are: `place` itself or a larger one around it, None where none has any.
    Not `exact`: the coordinates stand for an area, a larger place or a whole region or country. `country` is the ISO
    3166-1 alpha-2 code; `certainty` how the sources of it put it, empty where it is inferred.
    """

    place: str
    certainty: tuple[str, ...] = ()
    country: str | None = None
    at: str | None = None
    latitude: float | None = None
    longitude: float | None = None
    exact: bool = True


@dataclass(frozen=True)
class Role:
    """An actor's part in a facility and how the sources of it put it."""

    role: str
    actor: str
    certainty: tuple[str, ...]


@dataclass(frozen=True)
class Facility:
    """A facility as the map and its table show it; every value but `roles` is an IRI, `status` of what is current."""

    iri: str
    kinds: tuple[str, ...]
    stages: tuple[tuple[str, tuple[str, ...]], ...]
    spots: tuple[Spot, ...]
    roles: tuple[Role, ...] = ()

    @property
    def status(self) -> str:
        """Its stage, empty where none is stated."""
        return self.stages[0][0] if self.stages else ""

    @property
    def pinned(self) -> tuple[Spot, ...]:
        """The places with coordinates."""
        return tuple(spot for spot in self.spots if spot.at is not None)


@dataclass(frozen=True)
class Choices:
    """What one may choose among: kinds and stages with the number of facilities of each; `NOT_STATED` is a stage."""

    kinds: Mapping[str, int]
    stages: Mapping[str, int]

    def shape(self, kind: str) -> int:
        """Return the number of the shape that stands for `kind`, the same whatever is chosen."""
        return list(self.kinds).index(kind) if kind in self.kinds else len(self.kinds)


@dataclass(frozen=True)
class Unplaced:
    """Facilities that no point is known for, by the narrowest place that is: empty where no source says where."""

    place: str
    anchor: str
    facilities: tuple[Facility, ...]


def read_choices(reader: Reader) -> Choices:
    """Return the kinds and stages that there are, each kind by its IRI, stages by their IRI."""
    return _choices(reader.records("map_choices"))


def _choices(rows: Iterable[Mapping[str, Term]]) -> Choices:
    kinds: Counter[str] = Counter()
    stages: Counter[str] = Counter()
    for row in rows:
        kind, status = iri_of(row["kind"]), row["status"]
        # A stage that is no thing is none: the query gives such facilities as not stated.
        if kind is not None:
            number = whole_of(row["facilities"]) or 0
            kinds[kind] += number
            stages[text_of(status)] += number
    return Choices(
        dict(sorted(kinds.items())), dict(sorted(stages.items(), key=lambda item: (item[0] == NOT_STATED, item)))
    )


def chosen(choices: Choices, kinds: Sequence[str], stages: Sequence[str]) -> dict[str, list[Term]]:
    """Return the values of `map_facilities` for kinds and stages by their IRIs; none chosen means all."""
    terms: list[Term] = []
    for stage in stages or list(choices.stages):
        node = iri(stage)
        terms.append(node if node and stage != NOT_STATED else ox.Literal(stage))
    return {"kind": [ox.NamedNode(kind) for kind in kinds or list(choices.kinds)], "wanted": terms}


def read_facilities(reader: Reader, values: Mapping[str, Iterable[Term]]) -> tuple[Facility, ...]:
    """Return the facilities that `map_facilities` gives with `values`, by label."""
    rows = _by_facility(reader.records("map_facilities", **values))
    roles: dict[str, list[dict[str, Term]]] = {}
    if rows:
        roles = _by_facility(reader.records("map_roles", facility=[ox.NamedNode(name) for name in rows]))
    facilities = [_facility(name, found, roles.get(name, [])) for name, found in rows.items()]
    reader.need_in(facilities)
    return tuple(sorted(facilities, key=lambda facility: (reader.label(facility.iri).casefold(), facility.iri)))


def unplaced(reader: Reader, facilities: Iterable[Facility]) -> tuple[Unplaced, ...]:
    """Return the facilities without coordinates by their narrowest place, places by label, those without one last."""
    by_place: dict[str, list[Facility]] = {}
    for facility in facilities:
        if not facility.pinned:
            for place in [spot.place for spot in facility.spots] or [""]:
                by_place.setdefault(place, []).append(facility)
    reader.need(place for place in by_place if place)
    ordered = sorted(by_place, key=lambda place: (not place, reader.label(place).casefold() if place else ""))
    return tuple(Unplaced(place, f"only-{number}", tuple(by_place[place])) for number, place in enumerate(ordered, 1))


def draw_map(
    facilities: Iterable[Facility],
    groups: Iterable[Unplaced],
    choices: Choices,
    outlines: Outlines,
    pixels: float = _LARGE,
) -> Drawing:
    """Return the map of all facilities: those with coordinates as marks, the others as numbers in their countries."""
    marks = [
        mark
        for facility in facilities
        for spot in facility.pinned
        if (mark := _mark(facility, spot, choices, outlines))
    ]
    return draw(outlines, marks, _areas(groups, outlines), pixels=pixels)


def overview_map(reader: Reader, outlines: Outlines) -> Drawing:
    """Return the map of all facilities as the front page shows it."""
    choices = read_choices(reader)
    facilities = read_facilities(reader, chosen(choices, (), ()))
    return draw_map(facilities, unplaced(reader, facilities), choices, outlines, _FRONT)


def small_map(reader: Reader, outlines: Outlines, things: Iterable[str]) -> Drawing | None:
    """Return a small map around where `things` are, None where that is not known or is outside of the map.

    They may be infrastructure, organizations or places. Where only a country is known, that country is marked.
    """
    nodes = [node for thing in things if (node := iri(thing))]
    if not nodes:
        return None
    spots, offered = reader.ask_all(reader.text("map_spots", facility=nodes), reader.text("map_choices"))
    rows = _by_facility(spots.records())
    if not rows:
        return None
    choices = _choices(offered.records())
    found = [_facility(name, some, []) for name, some in rows.items()]
    marks = [mark for item in found for spot in item.pinned if (mark := _mark(item, spot, choices, outlines))]
    marks = [mark for mark in marks if outlines.whole.holds((mark.x, mark.y))]
    areas = _areas(unplaced(reader, found), outlines)
    points = [(mark.x, mark.y) for mark in marks]
    for area in areas:
        box = area.outline.box
        points += [(box.x, box.y), (box.x + box.width, box.y + box.height)]
    if not points:
        return None
    window = window_around(outlines, points, least=_LEAST * outlines.width)
    return draw(outlines, marks, areas, pixels=_SMALL, window=window)


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


def _by_facility(rows: Iterable[dict[str, Term]]) -> dict[str, list[dict[str, Term]]]:
    """Return the rows of each facility that has an IRI."""
    found: dict[str, list[dict[str, Term]]] = {}
    for row in rows:
        if (name := iri_of(row["facility"])) is not None:
            found.setdefault(name, []).append(row)
    return found


def _facility(name: str, rows: list[dict[str, Term]], roles: list[dict[str, Term]]) -> Facility:
    """Return a facility made of its rows: each row is one of the ways to combine its values."""
    kinds = sorted({kind for row in rows if (kind := iri_of(row.get("kind")))})
    stages: dict[str, set[str]] = {}
    spots: dict[tuple[str, str | None], tuple[dict[str, Term], set[str]]] = {}
    for row in rows:
        if (stage := iri_of(row.get("status"))) is not None:
            stages.setdefault(stage, set()).update(_iris(row, "certainty"))
        if (place := iri_of(row.get("place"))) is not None:
            key = (place, iri_of(row.get("spot")))
            spots.setdefault(key, (row, set()))[1].update(_iris(row, "placeCertainty"))
    parts: dict[tuple[str, str], set[str]] = {}
    for row in roles:
        role, actor = iri_of(row["role"]), iri_of(row["actor"])
        if role is not None and actor is not None:
            parts.setdefault((role, actor), set()).update(_iris(row, "certainty"))
    return Facility(
        name,
        tuple(kinds),
        tuple((stage, tuple(sorted(certainty))) for stage, certainty in sorted(stages.items())),
        tuple(_spot(row, tuple(sorted(certainty))) for _key, (row, certainty) in sorted(spots.items(), key=_by_place)),
        tuple(Role(role, actor, tuple(sorted(certainty))) for (role, actor), certainty in parts.items()),
    )


def _by_place(item: tuple[tuple[str, str | None], object]) -> tuple[str, str]:
    return item[0][0], item[0][1] or ""


def _iris(row: dict[str, Term], name: str) -> list[str]:
    return [value] if (value := iri_of(row.get(name))) is not None else []


def _spot(row: dict[str, Term], certainty: tuple[str, ...]) -> Spot:
    place, at, country = text_of(row["place"]), iri_of(row.get("spot")), text_of(row.get("country")) or None
    latitude, longitude = _degrees(row, "latitude", 90), _degrees(row, "longitude", 180)
    if at is None or latitude is None or longitude is None:
        return Spot(place, certainty, country)
    return Spot(place, certainty, country, at, latitude, longitude, exact=place == at and "area" not in row)


def _degrees(row: dict[str, Term], name: str, most: int) -> float | None:
    """Return a number of degrees, None where there is none that makes sense."""
    value = decimal_of(row.get(name))
    return float(value) if value is not None and abs(value) <= most else None


def _mark(facility: Facility, spot: Spot, choices: Choices, outlines: Outlines) -> Mark | None:
    if spot.latitude is None or spot.longitude is None:
        return None
    point = outlines.projection.point(spot.latitude, spot.longitude)
    if point is None:
        return None
    kind = facility.kinds[0] if facility.kinds else ""
    shape = choices.shape(kind)
    return Mark(*point, facility.iri, kind, shape, facility.status, exact=spot.exact)


def _areas(groups: Iterable[Unplaced], outlines: Outlines) -> list[Area]:
    """Return the countries of facilities without coordinates, each once: what is known only by region counts there."""
    found: dict[str, Area] = {}
    for group in groups:
        codes = {spot.country for item in group.facilities for spot in item.spots if spot.place == group.place}
        for code in sorted(code for code in codes if code):
            country = pycountry.countries.get(alpha_2=code)
            outline = outlines.country(country.numeric) if country else None
            if outline is None or outline.code is None:
                continue
            things = tuple(item.iri for item in group.facilities)
            before = found.get(outline.code)
            if before:
                things = tuple(dict.fromkeys((*before.things, *things)))
            found[outline.code] = Area(outline, group.place, things, before.anchor if before else group.anchor)
    return sorted(found.values(), key=lambda area: (area.y, area.x))
