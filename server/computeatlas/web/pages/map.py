"""`/map` and `/map.geojson`: facilities by place, kind and stage."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, render_template

from computeatlas.views import facilities
from computeatlas.views.facility_maps import draw_map
from computeatlas.views.geojson import geojson
from computeatlas.web.pages import parameters
from computeatlas.web.pages.context import context, reader
from computeatlas.web.pages.paging import page_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.engine.table import Term
    from computeatlas.views.facilities import Choices, Facility
    from computeatlas.views.reader import Reader

blueprint = Blueprint("map", __name__)


#: Facilities on a page of the table.
_ROWS = 30
#: Facilities of one group that are listed beside the map; of a larger one, how many there are at each place.
_LISTED = 12
#: What stands in addresses for the place of a facility of which no source says where it is.
_NOWHERE = "not-stated"


@dataclass(frozen=True)
class Filter:
    """What the reader chose among: the IRIs of kinds and stages, none of a sort where all are shown.

    `place` is the IRI of a place: what is just there is shown. Empty: what is nowhere; None: all.
    """

    choices: Choices
    kinds: tuple[str, ...]
    stages: tuple[str, ...]
    place: str | None = None

    @property
    def values(self) -> dict[str, list[Term]]:
        """The values of the query."""
        return facilities.chosen(self.choices, self.kinds, self.stages)

    @property
    def address(self) -> str:
        """The parameters of an address with this choice, from the question mark on."""
        return self.page(1)

    def page(self, number: int) -> str:
        """Return the parameters of the address of the page `number` of the table, from the question mark on."""
        pairs = [("kind", short_name(kind)) for kind in self.kinds]
        pairs += [("status", short_name(stage)) for stage in self.stages]
        pairs += [("place", short_name(self.place) or _NOWHERE)] if self.place is not None else []
        pairs += [("page", str(number))] if number > 1 else []
        return f"?{urlencode(pairs)}" if pairs else ""

    def at(self, place: str) -> str:
        """Return the parameters of the address of what is chosen at `place`; see the attribute."""
        return replace(self, place=place).address


def short_name(iri: str) -> str:
    """Return how a kind or a stage is named in an address: the last part of its IRI."""
    return iri.rsplit("/", 1)[-1].rsplit("#", 1)[-1].replace(" ", "-")


def read_filter(choices: Choices) -> Filter:
    """Return what the request chooses: any number of `kind` and `status`; empty values choose nothing.

    Raises RequestError (400) for a value that is not among the choices.
    """
    kinds, stages = _chosen("kind", choices.kinds), _chosen("status", choices.stages)
    # To choose everything is to choose nothing.
    return Filter(
        choices,
        kinds if len(kinds) < len(choices.kinds) else (),
        stages if len(stages) < len(choices.stages) else (),
    )


def _chosen(name: str, offered: Iterable[str]) -> tuple[str, ...]:
    known = {short_name(iri): iri for iri in offered}
    return tuple(known[value] for value in parameters.choices(name, known))


def read_chosen(view: Reader) -> tuple[Filter, tuple[Facility, ...]]:
    """Return what the request chooses, and the facilities of it by label.

    Raises RequestError (400) for a value that is not among the choices.
    """
    choice = read_filter(facilities.read_choices(view))
    found = facilities.read_facilities(view, choice.values)
    places = {short_name(spot.place): spot.place for item in found for spot in item.spots}
    wanted = parameters.argument("place")
    if wanted and not choice.address:
        # Of one kind and stage there may be none at a place where others are.
        parameters.choice("place", {*places, _NOWHERE})
    if wanted:
        choice = replace(choice, place="" if wanted == _NOWHERE else places.get(wanted, wanted))
        found = facilities.at_place(found, choice.place or "")
    return choice, found


@blueprint.get("/map")
def map_page() -> str:
    """Show the facilities that were chosen on a map, in lists beside it and, page by page, in a table below."""
    view = reader()
    choice, found = read_chosen(view)
    choices = choice.choices
    groups = facilities.unplaced(view, found)
    drawing = draw_map(found, groups, choices, context().assets.outlines)
    paging = page_of(found, parameters.page_number(), _ROWS)
    shown = facilities.with_roles(view, paging.rows)
    view.need_in(choices)
    view.need(mark.place for group in drawing.clusters for mark in group.marks)
    values = choice.values
    if choice.place is not None:
        values["facility"] = [ox.NamedNode(item.iri) for item in found]
    return render_template(
        "map.html",
        choice=choice,
        choices=choices,
        facilities=shown,
        paging=paging,
        listed=_LISTED,
        unplaced=groups,
        drawing=drawing,
        query=view.text("map_facilities", **values),
        short_name=short_name,
        not_stated=facilities.NOT_STATED,
        roles=(facilities.OPERATED_BY, facilities.BUILT_BY),
    )


@blueprint.get("/map.geojson")
def map_data() -> Response:
    """Return the facilities that were chosen as GeoJSON, labels in the reader's language."""
    view = reader()
    data = geojson(read_chosen(view)[1], view)
    return Response(json.dumps(data, ensure_ascii=False), mimetype="application/geo+json")
