"""Errors as problem details: every class has its kind, every kind its explanation, and nothing breaks out of a page."""

from __future__ import annotations

import ast
import inspect
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas import web
from computeatlas.model import errors
from computeatlas.model.errors import AtlasError, OverloadedError, QueryError, QuerySyntaxError, ReleaseError
from computeatlas.web.http.problem_kinds import KINDS
from computeatlas.web.http.problems import KIND_OF, Problem, RequestError, describe_error, render_problem

CLASSES = [kind for _, kind in inspect.getmembers(errors, inspect.isclass) if issubclass(kind, QueryError)]
SITE = "http://h/"
JSON, TEXT, HTML = "application/problem+json", "text/plain", "text/html"


@pytest.mark.parametrize("kind", [kind for kind in CLASSES if kind is not QueryError], ids=lambda kind: kind.__name__)
def test_every_error_of_a_query_has_its_kind(kind: type[AtlasError]) -> None:
    assert KIND_OF[kind] in KINDS
    problem = describe_error(kind("what"))
    assert problem is not None
    assert 400 <= problem.status < 600
    assert problem.title


def used_kinds() -> set[str]:
    """Return the kinds that the modules of web/ name as text."""
    found = set(KIND_OF.values())
    for path in Path(web.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            name = getattr(node, "func", None)
            if not isinstance(name, ast.Name) or name.id not in ("RequestError", "Problem"):
                continue
            first = node.args[0] if node.args else None
            if isinstance(first, ast.Constant):
                found.add(first.value)
            elif isinstance(first, ast.JoinedStr):
                head = first.values[0].value
                found |= {
                    kind for kind in ("two-queries", "two-updates", "no-query", "no-update") if kind.startswith(head)
                }
    return found


def test_every_kind_that_is_used_is_explained_and_every_kind_explained_is_used() -> None:
    assert len(used_kinds()) > 25
    # These two are for the errors that Flask knows.
    assert used_kinds() | {"http", "not-found"} == set(KINDS)


@pytest.mark.parametrize("name", KINDS)
def test_every_kind_is_explained(name: str) -> None:
    kind = KINDS[name]
    assert re.fullmatch(r"[a-z][a-z-]+", name)
    assert 400 <= kind.status < 600
    assert kind.title[0].isupper() or kind.title.startswith("?")
    assert kind.meaning.endswith((".", "`"))
    assert kind.meaning.count("`") % 2 == 0


def test_an_error_that_no_table_maps_is_nothing_to_tell() -> None:
    assert describe_error(ReleaseError("secret path")) is None


def test_an_error_of_syntax_has_its_place_and_repair() -> None:
    problem = describe_error(QuerySyntaxError("wrong", line=2, column=3, token="}", hint="close it"))
    assert problem is not None
    data = json.loads(render_problem(problem, JSON, SITE)[0])
    assert data == {
        "type": "http://h/problems#query-syntax",
        "title": problem.title,
        "status": 400,
        "detail": "line 2, column 3: wrong — close it",
        "line": 2,
        "column": 3,
        "token": "}",
        "repair": "close it",
    }


def test_who_is_turned_away_is_told_when_to_come_again() -> None:
    problem = describe_error(OverloadedError("busy", retry_after=7))
    assert problem is not None
    assert render_problem(problem, None, SITE)[1]["Retry-After"] == "7"


def test_the_headers_of_a_request_error_are_sent() -> None:
    problem = describe_error(RequestError("http", "No.", {"Allow": "GET"}))
    assert problem is not None
    _, headers = render_problem(problem, None, SITE)
    assert headers["Allow"] == "GET"
    assert (headers["Vary"], headers["Cache-Control"]) == ("Accept", "no-store")


@pytest.mark.parametrize(
    "accept, media_type",
    [
        (None, JSON),
        ("*/*", JSON),
        ("text/csv", JSON),
        ("application/sparql-results+json", JSON),
        ("text/plain", "text/plain;charset=utf-8"),
        ("text/html", "text/html;charset=utf-8"),
    ],
)
def test_the_form_follows_the_accept_header(accept: str | None, media_type: str) -> None:
    body, headers = render_problem(Problem("no-graph", "gone"), accept, SITE)
    assert headers["Content-Type"] == media_type
    assert b"gone" in body


class Reader(HTMLParser):
    """Collects the elements and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text: list[str] = []

    def handle_starttag(self, tag: str, attrs) -> None:
        self.elements.append(tag)
        assert {name for name, _ in attrs} <= {"lang", "charset", "href"}

    def handle_data(self, data: str) -> None:
        self.text.append(data)


@given(st.text(st.sampled_from("<>&\"'/scriptonmouse= \n"), max_size=40))
def test_html_is_escaped(detail: str) -> None:
    body, _ = render_problem(Problem("bad-iri", detail), HTML, 'http://h/"><script>')
    reader = Reader()
    reader.feed(body.decode())
    assert reader.elements == ["html", "meta", "title", "h1", "p", "p", "a", "a"]
    assert detail in "".join(reader.text)


@given(st.text(), st.sampled_from([JSON, TEXT, HTML]))
def test_any_detail_can_be_told(detail: str, accept: str) -> None:
    body, _ = render_problem(Problem("http", detail + "\ud800"), accept, SITE)
    text = body.decode()
    if accept == JSON:
        assert json.loads(text)["detail"] == detail.encode("utf-8", "replace").decode() + "?"
