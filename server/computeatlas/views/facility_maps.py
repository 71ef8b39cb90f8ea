"""Facilities drawn on maps: those with coordinates as marks, the others as numbers in their countries."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pycountry

from computeatlas.model.terms import iri
from computeatlas.views.drawing.clusters import Mark
from computeatlas.views.drawing.map import Area, draw, window_around
from computeatlas.views.facilities import choices_in, chosen, facilities_in, read_choices, read_facilities, unplaced

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.views.drawing.map import Drawing, Outlines
    from computeatlas.views.facilities import Choices, Facility, Spot, Unplaced
    from computeatlas.views.reader import Reader

#: The width in pixels that the page of the map gives its drawing on an ordinary screen; the front page; other pages.
_LARGE, _FRONT, _SMALL = 800.0, 540.0, 400.0
#: A small map shows at least so much of the width of the whole.
_LEAST = 0.4


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
    found = facilities_in(spots.records())
    if not found:
        return None
    choices = choices_in(offered.records())
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


def _mark(facility: Facility, spot: Spot, choices: Choices, outlines: Outlines) -> Mark | None:
    if spot.latitude is None or spot.longitude is None:
        return None
    point = outlines.projection.point(spot.latitude, spot.longitude)
    if point is None:
        return None
    kind = facility.kinds[0] if facility.kinds else ""
    shape = choices.shape(kind)
    return Mark(*point, facility.iri, kind, shape, facility.status, exact=spot.exact, place=spot.place)


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
