"""What the front page shows of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox
import pytest

from computeatlas.engine.embedded import Query
from computeatlas.model.queryfile import parse_query_text, read_query
from computeatlas.views.drawing.map import BARE, Outline, Outlines
from computeatlas.views.drawing.simplify import coarsen
from computeatlas.views.front import Citation, read_front
from computeatlas.views.names import Names
from computeatlas.views.questions import front_questions, read_questions
from computeatlas.views.reader import Reader

from .claimed import Made, quads_of, reader_of

if TYPE_CHECKING:
    from computeatlas.engine.embedded import EmbeddedEngine
    from computeatlas.model.project import Project


@pytest.fixture
def reader(engine: EmbeddedEngine, project: Project) -> Reader:
    views = {path.stem: read_query(path) for path in project.views()}
    return Reader(lambda text: engine.table(Query(text)), views, Names(views["labels"]))


def test_each_count_is_the_number_of_rows_of_the_query_it_links_to(reader: Reader) -> None:
    counts = read_front(reader).counts
    assert {"facilities", "claims", "contradictions"} <= {count.name for count in counts}
    for count in counts:
        assert count.number == len(reader.ask(count.query).rows), count.name


def test_latest_claims_are_in_the_order_of_time_and_none_is_deprecated(reader: Reader) -> None:
    latest = read_front(reader).latest
    dates = [one.date for one in latest]
    assert dates == sorted(dates, reverse=True)
    assert len(latest) == 6
    deprecated = {row["x"].value for row in reader.ask(_DEPRECATED).records()}
    assert deprecated
    assert not deprecated & {one.claim.iri for one in latest}


def test_latest_claims_are_ordered_by_days_and_not_by_the_text_of_dates() -> None:
    """As text, the second quarter of 2025, "2025-34", came before July."""
    dates = ("2025-34", "2025-07", "2024", "2025-33?", "2026/..", "soon")
    quads = quads_of(Made(f"c{number}", (ox.Literal(number),), date=date) for number, date in enumerate(dates))
    assert [one.date for one in read_front(reader_of(quads)).latest] == [
        *("2026/..", "2025-07", "2025-34", "2025-33?", "2024"),
    ]


_DEPRECATED = """SELECT ?x { ?x <https://w3id.org/compute-atlas/ontology#rank>
<https://w3id.org/compute-atlas/id/rank/deprecated> }"""


def test_every_question_has_title_and_summary_in_both_languages(project: Project) -> None:
    queries = [read_query(path) for path in project.questions()]
    for language in ("en", "sv"):
        questions = read_questions(queries, language)
        assert {question.language for question in questions} == {language}
        assert all(question.title.endswith("?") for question in questions)
    titles = {question.title for language in ("en", "sv") for question in read_questions(queries, language)}
    assert len(titles) == 2 * len(queries)


def test_six_questions_stand_on_the_front_page_in_their_order(project: Project) -> None:
    queries = [read_query(path) for path in project.questions()]
    places = sorted(int(query.header["front"]) for query in queries if "front" in query.header)
    assert places == [1, 2, 3, 4, 5, 6]
    first = next(query for query in queries if query.header.get("front") == "1")
    assert front_questions(queries, "en")[0].title == first.title


def test_a_question_without_a_translation_is_in_english() -> None:
    query = parse_query_text("q", "#+ summary: All.\n#+ title: What?\nASK {}")
    assert [(q.title, q.language) for q in read_questions([query], "sv")] == [("What?", "en")]


def test_bibtex_escapes_what_tex_would_take_for_commands() -> None:
    entry = Citation(("A & B_{1}",), "100 % \\ atlas", "1.0", "ab12", "http://h/dataset").bibtex()
    assert entry.startswith("@misc{100-atlas-1-0,")
    assert r"author = {{A \& B\_\textbraceleft{}1\textbraceright{}}}," in entry
    assert r"title = {{100 \% \textbackslash{} atlas}}," in entry
    assert "note = {SHA-256 ab12}," in entry


def test_coarse_outlines_keep_common_borders_and_lose_small_islands() -> None:
    west = Outline("001", "M0,0L10.2,0.1L10.4,5L10.1,10L0,10ZM50,50L50.4,50L50.4,50.3Z")
    east = Outline("002", "M10.2,0.1L20,0L20,10L10.1,10L10.4,5Z")
    speck = Outline("003", "M30,30L30.2,30L30.2,30.3Z")
    found = coarsen(Outlines(BARE.projection, 100, 100, (west, east, speck)), 2).countries
    assert found[0].path == "M0,0L10,0L10,4L10,10L0,10Z"
    assert {(10.0, 0.0), (10.0, 4.0), (10.0, 10.0)} <= set(found[1].rings[0])
    assert found[2] == speck
