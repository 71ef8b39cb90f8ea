"""`/map` and `/map.geojson`: facilities by place, kind and stage."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from flask import Blueprint, Response, render_template

from computeatlas.views import facilities
from computeatlas.views.facility_maps import draw_map
from computeatlas.views.geojson import geojson
from computeatlas.web.pages import parameters
from computeatlas.web.pages.context import context, reader

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.engine.table import Term
    from computeatlas.views.facilities import Choices

blueprint = Blueprint("map", __name__)


@dataclass(frozen=True)
class Filter:
    """What the reader chose among: the IRIs of kinds and stages, none of a sort where all are shown."""

    choices: Choices
    kinds: tuple[str, ...]
    stages: tuple[str, ...]

    @property
    def values(self) -> dict[str, list[Term]]:
        """The values of the query."""
        return facilities.chosen(self.choices, self.kinds, self.stages)

    @property
    def address(self) -> str:
        """The parameters of an address with this choice, from the question mark on."""
        pairs = [("kind", short_name(kind)) for kind in self.kinds]
        pairs += [("status", short_name(stage)) for stage in self.stages]
        return f"?{urlencode(pairs)}" if pairs else ""


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


@blueprint.get("/map")
def map_page() -> str:
    """Show the facilities that were chosen on a map, in lists beside it and in a table below."""
    view = reader()
    choices = facilities.read_choices(view)
    choice = read_filter(choices)
    found = facilities.read_facilities(view, choice.values)
    groups = facilities.unplaced(view, found)
    drawing = draw_map(found, groups, choices, context().assets.outlines)
    view.need_in(found, choices, groups)
    return render_template(
        "map.html",
        choice=choice,
        choices=choices,
        facilities=found,
        unplaced=groups,
        drawing=drawing,
        query=view.text("map_facilities", **choice.values),
        short_name=short_name,
        not_stated=facilities.NOT_STATED,
        roles=(facilities.OPERATED_BY, facilities.BUILT_BY),
    )


@blueprint.get("/map.geojson")
def map_data() -> Response:
    """Return the facilities that were chosen as GeoJSON, labels in the reader's language."""
    view = reader()
    choice = read_filter(facilities.read_choices(view))
    data = geojson(facilities.read_facilities(view, choice.values), view)
    return Response(json.dumps(data, ensure_ascii=False), mimetype="application/geo+json")
