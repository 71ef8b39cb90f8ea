"""Which format a client gets, case by case."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.mediatypes import ResultKind, formats_for
from computeatlas.web.http.negotiate import choose_coding, choose_format, prefers_html, problem_type

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


@pytest.mark.parametrize(
    "header, coding",
    [
        (None, "identity"),
        ("", "identity"),
        ("identity", "identity"),
        ("gzip", "gzip"),
        ("GZIP", "gzip"),
        ("x-gzip", "gzip"),
        ("x-gzip;q=0, gzip;q=0", "identity"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("gzip, deflate", "gzip"),
        ("deflate", "identity"),
        ("br;q=0.5, gzip", "gzip"),
        ("br;q=0.5, gzip;q=0.5", "br"),
        ("br;q=0, *", "zstd"),
        ("*", "br"),
        ("*;q=0", "identity"),
        ("*;q=0, gzip", "gzip"),
        ("gzip;q=0", "identity"),
        ("identity;q=1, gzip;q=0.5", "identity"),
        ("identity;q=0.5, gzip", "gzip"),
        ("identity;q=0", "identity"),
        ("identity;q=0, *;q=0", "identity"),
    ],
)
def test_content_codings(header: str | None, coding: str) -> None:
    assert choose_coding(header) == coding


@given(st.dictionaries(st.sampled_from(["br", "zstd", "gzip", "identity", "*", "deflate"]), st.integers(0, 10)))
def test_a_coding_that_is_sent_is_wanted_and_none_is_wanted_more(wanted: dict[str, int]) -> None:
    chosen = choose_coding(", ".join(f"{name};q={quality / 10}" for name, quality in wanted.items()))
    if chosen != "identity":
        quality = wanted.get(chosen, wanted.get("*", 0))
        others = [wanted.get(name, wanted.get("*", 0)) for name in ("br", "zstd", "gzip")]
        assert quality > 0
        assert quality == max(others)
        assert quality >= wanted.get("identity", 0)


@pytest.mark.parametrize(
    "accept, media_type",
    [
        (None, "application/problem+json"),
        (" ", "application/problem+json"),
        ("*/*", "application/problem+json"),
        ("application/json", "application/problem+json"),
        ("application/problem+json", "application/problem+json"),
        ("application/sparql-results+xml", "application/problem+json"),
        ("text/*", "application/problem+json"),
        ("text/plain", "text/plain"),
        ("text/plain;charset=utf-8", "text/plain"),
        ("text/plain;q=0.5, application/problem+json", "application/problem+json"),
        ("text/plain;q=0", "application/problem+json"),
        ("text/html;q=0.5, text/plain;q=0.4", "text/html"),
        ("text/html;q=0.1, text/csv", "text/html"),
        (BROWSER, "text/html"),
    ],
)
def test_the_form_of_an_error(accept: str | None, media_type: str) -> None:
    assert problem_type(accept) == media_type


@given(st.text(max_size=60))
def test_no_header_breaks_codings_and_errors(header: str) -> None:
    assert choose_coding(header) in ("identity", "br", "zstd", "gzip")
    assert problem_type(header) in ("application/problem+json", "text/plain", "text/html")
