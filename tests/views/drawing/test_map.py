"""Projection, outlines, windows and clusters."""

from __future__ import annotations

import json
import math
import shutil
import subprocess
from typing import TYPE_CHECKING

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from computeatlas.model.errors import UsageError
from computeatlas.views.drawing.clusters import Mark, cluster
from computeatlas.views.drawing.map import (
    BARE,
    Outline,
    Outlines,
    Projection,
    Window,
    draw,
    read_outlines,
    window_around,
)

if TYPE_CHECKING:
    from pathlib import Path

EUROPE = Projection((-10.0, -52.0), 1600.0, (430.0, 550.0))
latitudes = st.floats(-90, 90, allow_nan=False)
longitudes = st.floats(-180, 180, allow_nan=False)
coordinates = st.floats(0, 1000, allow_nan=False)
marks = st.lists(st.tuples(coordinates, coordinates), max_size=40, unique=True).map(
    lambda points: [Mark(x, y, f"http://e/{number}") for number, (x, y) in enumerate(points)]
)


def test_the_centre_is_where_the_projection_is_moved_to() -> None:
    assert EUROPE.point(52, 10) == pytest.approx((430, 550))


def test_a_pole_is_as_far_off_as_the_chord_to_it_is_long() -> None:
    # Equal-area: a point at the angle c from the centre is at the distance 2 R sin(c / 2).
    x, y = EUROPE.point(90, 0)
    assert (x, y) == pytest.approx((430, 550 - 2 * 1600 * math.sin(math.radians(38) / 2)))


def test_the_antipode_has_no_place() -> None:
    assert EUROPE.point(-52, -170) is None


@given(latitudes, longitudes)
def test_distance_from_the_centre_is_the_chord(latitude: float, longitude: float) -> None:
    point = EUROPE.point(latitude, longitude)
    assume(point is not None)
    one, other = (
        (math.cos(phi) * math.cos(lam), math.cos(phi) * math.sin(lam), math.sin(phi))
        for phi, lam in (
            (math.radians(52), math.radians(10)),
            (math.radians(latitude), math.radians(longitude)),
        )
    )
    assert math.dist(point, (430, 550)) == pytest.approx(1600 * math.dist(one, other), abs=1e-3)


@given(st.floats(35, 71), st.floats(-20, 40))
def test_north_is_up_and_east_is_right(latitude: float, longitude: float) -> None:
    here, north, east = (EUROPE.point(latitude + up, longitude + right) for up, right in ((0, 0), (0.1, 0), (0, 0.1)))
    assert north[1] < here[1]
    assert east[0] > here[0]


@pytest.mark.slow
def test_points_are_where_d3_puts_them(repository: Path, require) -> None:
    node, frontend = shutil.which("node"), repository / "server/frontend"
    require(node and (frontend / "node_modules/d3-geo/package.json").is_file(), "d3-geo (npm ci in server/frontend)")
    places = [[10, 52], [15.43714, 60.4858], [11.57549, 48.13743], [-24.5, 64.5], [34.8, 34.5], [-150, -20]]
    script = (
        "import { geoAzimuthalEqualArea } from 'd3-geo';"
        "const projection = geoAzimuthalEqualArea().rotate([-10, -52]).scale(1600).translate([430, 550]);"
        f"console.log(JSON.stringify({json.dumps(places)}.map(projection)))"
    )
    command = [node, "--input-type=module", "--eval", script]
    done = subprocess.run(command, cwd=frontend, check=True, capture_output=True, text=True, timeout=120)
    found = json.loads(done.stdout)
    for (longitude, latitude), theirs in zip(places, found, strict=True):
        assert EUROPE.point(latitude, longitude) == pytest.approx(theirs, abs=1e-6)


@pytest.mark.slow
def test_outlines_of_the_bundle_are_read_and_hold_the_small_countries(repository: Path, require) -> None:
    folder = repository / "server/computeatlas/web/static/bundle"
    require((folder / "manifest.json").is_file(), "the bundle (make bundle)")
    name = json.loads((folder / "manifest.json").read_text())["outlines.json"]
    outlines = read_outlines((folder / name).read_text("utf-8"))
    # Malta, Liechtenstein, Luxembourg, and Sweden around Falun.
    for code in ("470", "438", "442", "752"):
        country = outlines.country(code)
        assert country is not None
        assert country.box.holds(country.middle)
    assert outlines.country("752").box.holds(outlines.projection.point(60.60357, 15.62597))


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"projection": {"rotate": [1]}}'])
def test_what_is_no_file_of_outlines_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="outlines"):
        read_outlines(text)


def test_outlines_are_read() -> None:
    text = json.dumps(
        {
            "width": 1000,
            "height": 900,
            "projection": {"rotate": [-10, -52], "scale": 1600, "translate": [430, 550]},
            "countries": [{"id": "752", "d": "M1,2L3,2L3,4Z"}, {"id": None, "d": "M5,5L6,5L6,6Z"}],
        }
    )
    found = read_outlines(text)
    assert found.projection == EUROPE
    assert found.whole == Window(0, 0, 1000, 900)
    assert found.country("752").rings == (((1, 2), (3, 2), (3, 4)),)
    assert found.country("1") is None


def test_the_middle_is_inside_where_the_centre_of_gravity_is_not() -> None:
    # A horseshoe that is open above, with a small island in its mouth.
    horseshoe = Outline("1", "M0,0L10,0L10,80L90,80L90,0L100,0L100,100L0,100ZM45,40L50,40L50,45L45,45Z")
    x, y = horseshoe.middle
    assert y > 80 or x < 10 or x > 90
    assert 0 < x < 100
    assert 0 < y < 100


@given(st.lists(st.tuples(coordinates, coordinates), min_size=3, max_size=9, unique=True))
def test_the_middle_is_within_the_box(corners: list[tuple[float, float]]) -> None:
    path = "M" + "L".join(f"{x:.1f},{y:.1f}" for x, y in corners) + "Z"
    country = Outline("1", path)
    assert country.box.holds(country.middle)


@given(marks, st.floats(1, 300))
def test_each_mark_is_in_one_cluster_no_farther_from_its_first_than_allowed(found: list[Mark], apart: float) -> None:
    groups = cluster(found, apart)
    assert sorted(mark.thing for group in groups for mark in group.marks) == sorted(mark.thing for mark in found)
    for group in groups:
        first = group.marks[0]
        assert all(math.dist((first.x, first.y), (mark.x, mark.y)) <= apart for mark in group.marks)


@given(marks, st.floats(1, 300))
def test_first_marks_of_clusters_are_apart(found: list[Mark], apart: float) -> None:
    firsts = [group.marks[0] for group in cluster(found, apart)]
    for index, one in enumerate(firsts):
        assert all(math.dist((one.x, one.y), (other.x, other.y)) > apart for other in firsts[index + 1 :])


def test_marks_at_one_place_are_moved_apart_and_others_stay() -> None:
    (group,) = cluster([Mark(5, 5, "a"), Mark(5, 5, "b"), Mark(9, 5, "c")], 10)
    shifts = {mark.thing: mark.shift for mark in group.marks}
    assert shifts["c"] == (0, 0)
    assert math.dist(shifts["a"], shifts["b"]) >= 24
    assert group.apart_from == 4


def test_a_cluster_at_one_place_never_comes_apart() -> None:
    (group,) = cluster([Mark(5, 5, "a"), Mark(5, 5, "b")], 10)
    assert group.apart_from == 0


@given(st.lists(st.tuples(coordinates, coordinates), min_size=1, max_size=9), st.floats(10, 900))
def test_a_window_holds_its_points_and_lies_in_the_drawing(points: list[tuple[float, float]], least: float) -> None:
    window = window_around(BARE, points, least=least)
    assert window.width >= least
    assert window.height / window.width == pytest.approx(BARE.height / BARE.width)
    assert window.x >= 0
    assert window.x + window.width <= BARE.width + 1e-6
    grown = Window(window.x - 1e-6, window.y - 1e-6, window.width + 2e-6, window.height + 2e-6)
    assert all(grown.holds(point) for point in points)


def test_a_drawing_has_the_countries_of_its_window_and_says_what_is_outside() -> None:
    near, far = Outline("1", "M0,0L50,0L50,50Z"), Outline("2", "M800,800L900,800L900,900Z")
    outlines = Outlines(EUROPE, 1000, 1000, (near, far))
    drawing = draw(outlines, [Mark(20, 20, "a"), Mark(850, 850, "b")], pixels=100, window=Window(0, 0, 100, 100))
    assert drawing.land == (near,)
    assert [mark.thing for group in drawing.clusters for mark in group.marks] == ["a"]
    assert [mark.thing for mark in drawing.outside] == ["b"]
    assert drawing.unit == 1
