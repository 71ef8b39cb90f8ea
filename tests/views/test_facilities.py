"""Facilities on the map: what is known of their places, on made data and on the project's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.model.namespaces import ATLAS, GRAPH, ID, PREFIXES
from computeatlas.model.queryfile import read_query
from computeatlas.views import facilities
from computeatlas.views.drawing.map import BARE, Outline, Outlines
from computeatlas.views.facility_maps import overview_map, small_map
from computeatlas.views.geojson import geojson
from computeatlas.views.names import Names
from computeatlas.views.reader import Reader

if TYPE_CHECKING:
    from collections.abc import Callable

    from computeatlas.model.project import Project

HEADER = "".join(f"@prefix {prefix}: <{iri}> .\n" for prefix, iri in PREFIXES.items())
#: A town in a region in a country, and a facility there.
MADE = """
atlas:DataCentre rdfs:subClassOf atlas:Infrastructure .
place:land a atlas:Place , atlas:Country ; atlas:isoCode "SE" .
place:region a atlas:Place , atlas:Region ; atlas:within place:land .
place:town a atlas:Place , atlas:Locality ; atlas:within place:region , place:land ; geo:lat 60.5 ; geo:long 15.5 .
infra:hall a atlas:DataCentre , atlas:Infrastructure ; rdfs:label "Hall"@en .
"""
IN_TOWN = "infra:hall atlas:locatedIn place:town , place:region , place:land ."
#: A square around Sweden for the country 752.
OUTLINES = Outlines(BARE.projection, 1000, 1000, (Outline("752", "M400,200L600,200L600,400L400,400Z"),))


@pytest.fixture
def made(project: Project) -> Callable[[str], Reader]:
    """Return a reader of `MADE` and more Turtle, all of it in the graph of entities."""
    views = {path.stem: read_query(path) for path in project.views()}

    def make(more: str) -> Reader:
        graph = ox.NamedNode(GRAPH + "entities")
        triples = ox.parse(f"{HEADER}{MADE}{more}", format=ox.RdfFormat.TURTLE)
        found = EmbeddedEngine(ox.Quad(t.subject, t.predicate, t.object, graph) for t in triples)
        return Reader(lambda text: found.table(Query(text, union=True)), views, Names(views["labels"]))

    return make


@pytest.fixture
def reader(engine: EmbeddedEngine, project: Project) -> Reader:
    views = {path.stem: read_query(path) for path in project.views()}
    return Reader(lambda text: engine.table(Query(text)), views, Names(views["labels"]))


def everything(reader: Reader) -> tuple[facilities.Facility, ...]:
    return facilities.read_facilities(reader, facilities.chosen(facilities.read_choices(reader), (), ()))


def test_a_facility_in_a_town_stands_at_the_town(made) -> None:
    (hall,) = everything(made(IN_TOWN))
    (spot,) = hall.pinned
    assert (spot.place, spot.latitude, spot.longitude, spot.exact) == (ID + "place/town", 60.5, 15.5, True)
    assert spot.country == "SE"


def test_a_facility_known_by_country_has_no_point_and_counts_in_the_country(made) -> None:
    reader = made("infra:hall atlas:locatedIn place:land .")
    (hall,) = everything(reader)
    assert hall.pinned == ()
    drawing = overview_map(reader, OUTLINES)
    assert drawing.clusters == ()
    assert [(area.outline.code, area.things) for area in drawing.areas] == [("752", (hall.iri,))]
    assert drawing.land == ()


def test_a_facility_known_by_region_counts_in_its_country(made) -> None:
    reader = made("infra:hall atlas:locatedIn place:region , place:land .")
    (group,) = facilities.unplaced(reader, everything(reader))
    assert group.place == ID + "place/region"
    assert [area.place for area in overview_map(reader, OUTLINES).areas] == [ID + "place/region"]


@pytest.mark.parametrize("place", ["region", "land"])
def test_the_point_that_a_register_gives_for_an_area_is_not_exact(made, place: str) -> None:
    reader = made(f"infra:hall atlas:locatedIn place:{place} . place:{place} geo:lat 61.0 ; geo:long 14.0 .")
    (hall,) = everything(reader)
    assert [spot.exact for spot in hall.pinned] == [False]
    ((mark,),) = (group.marks for group in overview_map(reader, OUTLINES).clusters)
    assert not mark.exact


def test_a_town_without_coordinates_takes_those_of_the_nearest_place_around_it(made) -> None:
    more = """place:village a atlas:Locality ; atlas:within place:region , place:land .
        infra:hall atlas:locatedIn place:village , place:region , place:land .
        place:region geo:lat 61.0 ; geo:long 14.0 . place:land geo:lat 62.0 ; geo:long 15.0 ."""
    (hall,) = everything(made(more))
    assert [(spot.place, spot.at, spot.latitude, spot.exact) for spot in hall.spots] == [
        (ID + "place/village", ID + "place/region", 61.0, False)
    ]


def test_a_facility_without_a_place_is_listed_as_such(made) -> None:
    reader = made("")
    (group,) = facilities.unplaced(reader, everything(reader))
    assert group.place == ""
    assert [item.iri for item in group.facilities] == [ID + "infrastructure/hall"]
    assert overview_map(reader, OUTLINES).areas == ()


def test_a_facility_at_two_places_has_two_marks_and_a_multipoint(made) -> None:
    reader = made(
        IN_TOWN
        + " infra:hall atlas:locatedIn place:port . place:port a atlas:Locality ; geo:lat 58.0 ; geo:long 12.0 ."
    )
    marks = [mark for group in overview_map(reader, OUTLINES).clusters for mark in group.marks]
    assert {mark.thing for mark in marks} == {ID + "infrastructure/hall"}
    assert len(marks) == 2
    (feature,) = geojson(everything(reader), reader)["features"]
    assert feature["geometry"] == {"type": "MultiPoint", "coordinates": [[12.0, 58.0], [15.5, 60.5]]}


def test_coordinates_that_make_no_sense_are_none(made) -> None:
    more = "infra:hall atlas:locatedIn place:odd . place:odd a atlas:Locality ; geo:lat 95.0 ; geo:long 15.0 ."
    (hall,) = everything(made(more))
    assert hall.pinned == ()


def test_what_lies_outside_of_the_map_is_said_to(made) -> None:
    more = "infra:hall atlas:locatedIn place:far . place:far a atlas:Locality ; geo:lat 35.0 ; geo:long 139.0 ."
    drawing = overview_map(made(more), OUTLINES)
    assert [mark.thing for mark in drawing.outside] == [ID + "infrastructure/hall"]


def test_a_stage_has_the_certainty_of_the_claims_that_support_it(made) -> None:
    more = (
        IN_TOWN
        + """ infra:hall atlas:status status:selected .
        [] owl:annotatedSource infra:hall ; owl:annotatedProperty atlas:status ; owl:annotatedTarget status:selected ;
           atlas:supportedBy claim:one . claim:one atlas:modality modality:announced-plan ."""
    )
    (hall,) = everything(made(more))
    assert hall.stages == ((ID + "status/selected", (ID + "modality/announced-plan",)),)


def test_kinds_and_stages_choose(made) -> None:
    reader = made(
        IN_TOWN + " infra:net a atlas:SupportNetwork ; atlas:status status:selected .\n"
        "atlas:SupportNetwork rdfs:subClassOf atlas:Infrastructure ."
    )
    choices = facilities.read_choices(reader)
    assert choices.stages == {ID + "status/selected": 1, facilities.NOT_STATED: 2}

    def found(kinds: tuple[str, ...], stages: tuple[str, ...]) -> set[str]:
        chosen = facilities.chosen(choices, kinds, stages)
        return {item.iri.rsplit("/", 1)[1] for item in facilities.read_facilities(reader, chosen)}

    assert found((), ()) == {"hall", "net"}
    assert found((ATLAS + "DataCentre",), ()) == {"hall"}
    assert found((), (ID + "status/selected",)) == {"net"}
    assert found((), (facilities.NOT_STATED,)) == {"hall"}
    assert found((ATLAS + "DataCentre",), (ID + "status/selected",)) == set()


def test_a_kind_keeps_its_shape_whatever_is_chosen(reader: Reader) -> None:
    choices = facilities.read_choices(reader)
    shapes = [choices.shape(kind) for kind in choices.kinds]
    assert shapes == list(range(len(choices.kinds)))


def test_every_facility_of_the_graph_is_on_the_map_or_in_a_list(reader: Reader) -> None:
    known = {row["x"].value for row in reader.ask(f"SELECT ?x {{ ?x a <{ATLAS}Infrastructure> }}").records()}
    found = everything(reader)
    assert {item.iri for item in found} == known
    drawn = {mark.thing for group in overview_map(reader, OUTLINES).clusters for mark in group.marks}
    listed = {item.iri for group in facilities.unplaced(reader, found) for item in group.facilities}
    assert drawn | listed == known
    assert not drawn & listed


def test_a_small_map_shows_a_facility_a_place_and_a_country(made) -> None:
    reader = made(IN_TOWN)
    for thing in ("infrastructure/hall", "place/town"):
        drawing = small_map(reader, OUTLINES, [ID + thing])
        assert [mark.thing for group in drawing.clusters for mark in group.marks] == [ID + thing]
        assert drawing.window.width < OUTLINES.width
    country = small_map(reader, OUTLINES, [ID + "place/land"])
    assert [area.place for area in country.areas] == [ID + "place/land"]


@pytest.mark.parametrize("thing", ["infrastructure/hall", "infrastructure/nothing", "not an IRI"])
def test_there_is_no_small_map_of_what_has_no_place(made, thing: str) -> None:
    assert small_map(made(""), OUTLINES, [ID + thing]) is None
