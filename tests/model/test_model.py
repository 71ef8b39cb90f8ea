"""Names, errors, query headers and manifests."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.model.errors import AtlasError, ReleaseError, UsageError
from computeatlas.model.manifest import Manifest
from computeatlas.model.namespaces import PREFIXES, graph_iri, shorten
from computeatlas.model.project import Project
from computeatlas.model.queryfile import parse_query_text

LOCAL = st.from_regex(r"[A-Za-z][A-Za-z0-9-]{0,20}", fullmatch=True)


@given(st.sampled_from(sorted(PREFIXES)), LOCAL)
def test_shorten_gives_back_the_prefixed_name(prefix: str, local: str) -> None:
    assert shorten(PREFIXES[prefix] + local) == f"{prefix}:{local}"


@given(st.text(min_size=1, max_size=30))
def test_shorten_never_loses_an_unknown_iri(text: str) -> None:
    iri = "https://example.org/" + text
    assert shorten(iri) == f"<{iri}>"


def test_shorten_leaves_paths_below_a_prefix_whole() -> None:
    assert shorten(PREFIXES["claim"] + "a/b") == f"<{PREFIXES['claim']}a/b>"


def test_graph_iri_refuses_a_name_that_no_release_has() -> None:
    with pytest.raises(ValueError, match="curent"):
        graph_iri("curent")


def test_an_error_is_one_line_of_where_what_why_and_mend() -> None:
    error = AtlasError("is broken", where="here", why="because", hint="fix it")
    assert str(error) == "here: is broken — because — fix it"


def test_query_header_joins_continued_lines_and_stops_at_the_query() -> None:
    query = parse_query_text("q", "#+ summary: one\n#+   two\n#+ title: T\nASK {}\n#+ late: no\n")
    assert query.header == {"summary": "one two", "title": "T"}
    assert query.title == "T"


def test_query_without_a_required_header_is_refused_by_name() -> None:
    with pytest.raises(UsageError, match=r"q: the header has no `#\+ title:`"):
        parse_query_text("q", "#+ summary: s\nASK {}", require=("summary", "title"))


MANIFEST = Manifest("1", "d", 3, {"g": 3}, {"f": {"sha256": "0", "bytes": 1}}, {"i": "0"}, "1")


def test_manifest_survives_json() -> None:
    assert Manifest.from_json(MANIFEST.to_json(), where="m") == MANIFEST


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"layout": 1}', '{"layout": 1, "extra": 2}'])
def test_manifest_of_another_shape_is_a_release_error(text: str) -> None:
    with pytest.raises(ReleaseError, match="is not the manifest of a release"):
        Manifest.from_json(text, where="m")


def test_manifest_of_another_layout_is_refused() -> None:
    text = json.dumps(json.loads(MANIFEST.to_json()) | {"layout": 99})
    with pytest.raises(ReleaseError, match="layout 99"):
        Manifest.from_json(text, where="m")


def test_inputs_are_the_files_that_make_a_release(project: Project) -> None:
    names = [name for name, _path in project.inputs()]
    assert names == sorted(names)
    assert "graph_data/claims/falun.ttl" in names
    assert "queries/derive/current_view.rq" in names
    assert "ontology/rules/prp_trp.rq" in names


def test_a_graph_without_rules_of_its_own_uses_the_shipped_ones(tiny) -> None:
    names = [name for name, _path in Project.find(tiny).inputs()]
    assert "shipped/queries/derive/current_view.rq" in names
    assert "ontology/rules/prp_trp.rq" in names
