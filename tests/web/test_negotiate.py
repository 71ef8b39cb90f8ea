"""Which format a client gets, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.mediatypes import ResultKind, formats_for
from computeatlas.web.negotiate import choose_format, prefers_html

TABLES = formats_for(ResultKind.BINDINGS)
GRAPHS = formats_for(ResultKind.GRAPH)
BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"


@pytest.mark.parametrize(
    "accept, name",
    [
        (None, "json"),
        ("", "json"),
        ("*/*", "json"),
        ("text/*", "csv"),
        ("application/*", "json"),
        ("text/csv", "csv"),
        ("TEXT/CSV", "csv"),
        ("text/tab-separated-values", "tsv"),
        ("application/sparql-results+xml", "xml"),
        ("application/xml", "xml"),
        ("application/json", "json"),
        ("application/sparql-results+json;charset=utf-8", "json"),
        ("application/json; charset=UTF-8", "json"),
        ("text/csv;q=0.5, application/sparql-results+xml;q=0.9", "xml"),
        ("text/csv;q=0.9, */*;q=0.1", "csv"),
        ("*/*, text/csv;q=0.5", "json"),
        ("application/sparql-results+json;q=0, application/json;q=0, */*", "xml"),
        ("text/csv;q=0, text/*", "tsv"),
        ("text/csv;q=0", None),
        ("image/png", None),
        ("image/png, text/csv;q=0.1", "csv"),
        (BROWSER, "xml"),
    ],
)
def test_tables(accept: str | None, name: str | None) -> None:
    chosen = choose_format(accept, TABLES)
    assert (chosen.name if chosen else None) == name


@pytest.mark.parametrize(
    "accept, name",
    [
        (None, "ttl"),
        ("text/turtle", "ttl"),
        ("application/n-triples", "nt"),
        ("application/rdf+xml", "rdf"),
        ("application/ld+json", "jsonld"),
        ("application/json", "jsonld"),
        ("application/rdf+xml;q=0.5, text/turtle;q=0.4", "rdf"),
        ("text/csv", None),
    ],
)
def test_graphs(accept: str | None, name: str | None) -> None:
    chosen = choose_format(accept, GRAPHS)
    assert (chosen.name if chosen else None) == name


@pytest.mark.parametrize(
    "accept, html",
    [(BROWSER, True), ("text/html", True), ("*/*", False), (None, False), ("text/html;q=0.1, text/csv", False)],
)
def test_browsers_are_known_by_what_they_like_best(accept: str | None, html: bool) -> None:
    assert prefers_html(accept) is html


@given(st.text(max_size=60))
def test_no_header_breaks_it(accept: str) -> None:
    assert choose_format(accept, TABLES) in (*TABLES, None)
    assert prefers_html(accept) in (True, False)


@given(
    st.lists(
        st.tuples(st.sampled_from([f.media_type for f in TABLES]), st.integers(0, 10)),
        min_size=1,
        unique_by=lambda t: t[0],
    )
)
def test_nothing_refused_is_sent_and_nothing_better_is_passed_over(ranges) -> None:
    chosen = choose_format(", ".join(f"{name};q={quality / 10}" for name, quality in ranges), TABLES)
    best = max(quality for _, quality in ranges)
    assert (dict(ranges)[chosen.media_type] == best) if best else chosen is None
