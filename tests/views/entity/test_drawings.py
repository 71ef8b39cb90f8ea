"""The drawing of stages in time and that of the neighbours of a thing."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.dates import read_date
from computeatlas.model.namespaces import ATLAS, ID
from computeatlas.model.records import Claim, Passage, Source
from computeatlas.views.entity.incoming import Reference
from computeatlas.views.entity.meaning import Meaning
from computeatlas.views.entity.neighbourhood import neighbourhood
from computeatlas.views.entity.stages import progress
from computeatlas.views.entity.statements import Group, Origin, PropertyStatements, Statement


def claim(name: str, predicate: str, value: str, as_of: str = "", issued: str = "") -> Claim:
    source = Source("http://e/d", issued=read_date(issued))
    passages = (Passage("http://e/p", source, 0, 1),)
    date = read_date(as_of)
    return Claim(name, "http://e/s", ATLAS + predicate, (ox.Literal(value),), as_of=date, passages=passages)


def test_claims_on_other_properties_make_no_drawing() -> None:
    assert progress([claim("http://e/1", "builtBy", "x", "2024")]) is None


def test_marks_stand_in_order_of_time_and_those_without_a_date_last_and_nowhere() -> None:
    drawing = progress(
        [
            claim("http://e/undated", "status", "announced"),
            claim("http://e/late", "status", "operational", "2026"),
            claim("http://e/early", "status", "announced", "", "2024-06"),
        ]
    )
    assert [mark.claim.iri.rsplit("/", 1)[-1] for mark in drawing.marks] == ["early", "late", "undated"]
    assert drawing.marks[0].x < drawing.marks[1].x
    assert drawing.marks[2].x is None
    assert [mark.is_documents for mark in drawing.marks] == [True, False, False]
    assert [year for year, _ in drawing.years] == [2024, 2025, 2026, 2027]


@given(st.lists(st.tuples(st.integers(1900, 2300), st.integers(1900, 2300)), min_size=1, max_size=12))
def test_everything_lies_within_the_drawing(pairs) -> None:
    claims = [claim(f"http://e/{i}", "operationalFrom", str(b), str(a)) for i, (a, b) in enumerate(pairs)]
    drawing = progress(claims)
    places = [place for mark in drawing.marks for place in (mark.x, mark.until)]
    assert all(0 < place < drawing.width for place in places)
    assert all(0 < mark.y < drawing.height for mark in drawing.marks)
    assert [x for _, x in drawing.years] == sorted(x for _, x in drawing.years)


def test_a_planned_year_that_is_no_year_has_no_place() -> None:
    (mark,) = progress([claim("http://e/1", "operationalFrom", "soon", "2024")]).marks
    assert mark.until is None


def group(values: list[tuple[str, Origin]]) -> Group:
    statements = tuple(Statement(ox.NamedNode(ID + name), origin) for name, origin in values)
    return Group(Meaning.WHO, (PropertyStatements(ATLAS + "builtBy", statements),))


def test_nothing_linked_makes_no_drawing() -> None:
    statement = Statement(ox.Literal("text"), Origin.STATED)
    assert neighbourhood([Group(Meaning.WORDS, (PropertyStatements(ATLAS + "purpose", (statement,)),))], []) is None


@given(st.lists(st.tuples(st.integers(0, 20), st.sampled_from(list(Origin))), max_size=30), st.integers(0, 20))
def test_each_neighbour_is_there_once_on_its_side_and_inside(values, number: int) -> None:
    references = [Reference(ATLAS + "funds", f"{ID}r{i}", Origin.STATED) for i in range(number)]
    drawing = neighbourhood([group([(str(n), origin) for n, origin in values])], references)
    if drawing is None:
        assert not values
        assert not references
        return
    keys = [(one.iri, one.outgoing) for one in drawing.neighbours]
    assert len(keys) == len(set(keys)) <= 16
    assert len(keys) + drawing.left_out == len({n for n, _ in values}) + number
    for one in drawing.neighbours:
        assert 0 <= one.x <= drawing.width - drawing.box
        assert 0 <= one.y < drawing.height
    said = {n for n, origin in values if origin is not Origin.INFERRED}
    right = [one for one in drawing.neighbours if one.outgoing]
    assert [one.inferred for one in right] == sorted(one.inferred for one in right)
    assert all(one.inferred == (int(one.iri.removeprefix(ID)) not in said) for one in right)


def test_a_claim_outside_the_view_makes_no_neighbour() -> None:
    assert neighbourhood([], [Reference(ATLAS + "funds", ID + "r", None)]) is None
