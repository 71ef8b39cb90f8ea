"""`/sparql` and the pages, through Flask's test client."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import urlencode

import pyoxigraph as ox
import pytest

from computeatlas.model.errors import AtlasError
from computeatlas.web import problems

if TYPE_CHECKING:
    from flask import Flask
    from flask.testing import FlaskClient

ASK = "ASK { ?s ?p ?o }"
SELECT = "SELECT ?s { ?s a <https://w3id.org/compute-atlas/ontology#Country> } ORDER BY STR(?s)"
CONSTRUCT = "CONSTRUCT { ?s a ?c } WHERE { ?s a ?c } LIMIT 3"
FORM = "application/x-www-form-urlencoded"
DIRECT = "application/sparql-query"


def problem_of(response) -> dict:
    assert response.content_type == "application/problem+json"
    body = json.loads(response.data)
    assert body["status"] == response.status_code
    assert body["title"]
    assert body["detail"]
    assert "Traceback" not in response.text
    return body


def test_query_by_get(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": ASK})
    assert response.status_code == 200
    assert response.content_type == "application/sparql-results+json"
    assert response.json["boolean"] is True


def test_query_by_post_of_a_form(client: FlaskClient) -> None:
    assert client.post("/sparql", data={"query": ASK}).json["boolean"] is True


@pytest.mark.parametrize("content_type", [DIRECT, f"{DIRECT};charset=utf-8", "Application/SPARQL-Query"])
def test_query_posted_directly(client: FlaskClient, content_type: str) -> None:
    assert client.post("/sparql", data=ASK, content_type=content_type).json["boolean"] is True


def test_query_posted_directly_takes_its_data_set_from_the_url(client: FlaskClient) -> None:
    url = "/sparql?default-graph-uri=http://e/none"
    assert client.post(url, data=ASK, content_type=DIRECT).json["boolean"] is False


@pytest.mark.parametrize("method", ["get", "post"])
def test_default_graph_of_the_request(client: FlaskClient, method: str) -> None:
    pairs = [("query", ASK), ("default-graph-uri", "http://e/none")]
    response = (
        client.get("/sparql?" + urlencode(pairs))
        if method == "get"
        else client.post("/sparql", data=urlencode(pairs), content_type=FORM)
    )
    assert response.json["boolean"] is False


def test_head_has_headers_and_no_body(client: FlaskClient) -> None:
    response = client.head("/sparql", query_string={"query": ASK})
    assert response.status_code == 200
    assert response.data == b""
    assert response.content_type == "application/sparql-results+json"


@pytest.mark.parametrize(
    "accept, content_type",
    [
        ("application/sparql-results+json", "application/sparql-results+json"),
        ("application/sparql-results+xml", "application/sparql-results+xml"),
        ("text/csv", "text/csv;charset=utf-8"),
        ("text/tab-separated-values", "text/tab-separated-values;charset=utf-8"),
    ],
)
def test_tables_by_accept(client: FlaskClient, accept: str, content_type: str) -> None:
    response = client.get("/sparql", query_string={"query": SELECT}, headers={"Accept": accept})
    assert response.content_type == content_type
    assert response.headers["Vary"] == "Accept"
    assert b"place/sweden" in response.data


@pytest.mark.parametrize(
    "accept", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_graphs_by_accept(client: FlaskClient, accept: str) -> None:
    response = client.get("/sparql", query_string={"query": CONSTRUCT}, headers={"Accept": accept})
    assert response.mimetype == accept
    assert len(list(ox.parse(response.data, format=ox.RdfFormat.from_media_type(accept)))) == 3


def test_format_parameter_beats_accept(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": SELECT, "format": "csv"}, headers={"Accept": "text/html"})
    assert response.mimetype == "text/csv"


def test_format_parameter_in_a_form(client: FlaskClient) -> None:
    assert client.post("/sparql", data={"query": SELECT, "format": "tsv"}).mimetype == "text/tab-separated-values"


@pytest.mark.parametrize(
    "how", [{"headers": {"Accept": "image/png"}}, {"query_string": {"query": SELECT, "format": "png"}}]
)
def test_no_such_format_lists_those_that_are(client: FlaskClient, how: dict) -> None:
    response = client.get("/sparql", **{"query_string": {"query": SELECT}, **how})
    assert response.status_code == 406
    assert "text/csv (format=csv)" in problem_of(response)["detail"]


def test_a_malformed_query_has_line_and_column(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT *\n{ ?s ?p ?o } LIMT 3"})
    assert response.status_code == 400
    body = problem_of(response)
    assert (body["line"], body["column"]) == (2, 14)
    assert body["type"].endswith("/problems#query-syntax")


def test_an_undeclared_prefix_has_its_repair(client: FlaskClient) -> None:
    body = problem_of(client.get("/sparql", query_string={"query": "SELECT * { ?s skos:note ?o }"}))
    assert body["repair"] == "add PREFIX skos: <http://www.w3.org/2004/02/skos/core#> at the top"


def test_an_unknown_function_is_named(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELECT (<http://e/f>(1) AS ?x) {}"})
    assert response.status_code == 400
    assert "http://e/f" in problem_of(response)["detail"]


def test_an_update_is_no_query(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": "CLEAR ALL"}).status_code == 400


@pytest.mark.parametrize(
    "pairs, kind",
    [([("query", ASK), ("query", ASK)], "two-queries"), ([("update", "CLEAR ALL")], "no-query")],
)
def test_a_form_has_one_query(client: FlaskClient, pairs: list, kind: str) -> None:
    response = client.post("/sparql", data=urlencode(pairs), content_type=FORM)
    assert response.status_code == 400
    assert problem_of(response)["type"].endswith("#" + kind)


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", ""])
def test_another_content_type_is_refused(client: FlaskClient, content_type: str) -> None:
    response = client.post("/sparql", data=ASK, content_type=content_type)
    assert response.status_code == 415
    assert DIRECT in response.headers["Accept-Post"]


@pytest.mark.parametrize("body, content_type", [(b"ASK {} # \xe5", DIRECT), (b"query=ASK+%7B%7D%E5", FORM)])
def test_other_encodings_than_utf8_are_refused(client: FlaskClient, body: bytes, content_type: str) -> None:
    response = client.post("/sparql", data=body, content_type=content_type)
    assert response.status_code == 400
    assert problem_of(response)["type"].endswith("#encoding")


def test_unknown_parameters_are_passed_over(client: FlaskClient) -> None:
    assert client.get("/sparql", query_string={"query": ASK, "colour": "red"}).status_code == 200


@pytest.mark.parametrize("method", ["put", "delete", "patch"])
def test_other_methods_are_not_allowed(client: FlaskClient, method: str) -> None:
    response = getattr(client, method)("/sparql")
    assert response.status_code == 405
    assert "POST" in response.headers["Allow"]
    problem_of(response)


@pytest.mark.parametrize("accept", ["text/turtle", "application/rdf+xml", "*/*", None])
def test_without_a_query_a_program_gets_the_service_description(client: FlaskClient, manifest, accept) -> None:
    response = client.get("/sparql", headers={"Accept": accept} if accept else {})
    form = ox.RdfFormat.from_media_type(response.mimetype)
    triples = {(q.subject, q.predicate.value, q.object) for q in ox.parse(response.data, format=form)}
    sd = "http://www.w3.org/ns/sparql-service-description#"
    service = ox.NamedNode("http://localhost/sparql")
    assert (service, sd + "feature", ox.NamedNode(sd + "UnionDefaultGraph")) in triples
    assert {o.value for _, p, o in triples if p == sd + "name"} == set(manifest.graphs)


def test_without_a_query_a_browser_gets_a_form(client: FlaskClient) -> None:
    response = client.get("/sparql", headers={"Accept": "text/html"})
    assert response.mimetype == "text/html"
    assert "<textarea" in response.text


def test_a_browser_gets_a_table_in_which_nothing_is_markup(client: FlaskClient) -> None:
    query = 'SELECT ("<script>alert(1)</script>" AS ?x) (<javascript:alert(1)> AS ?y) {}'
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": "text/html"})
    assert response.status_code == 200
    assert "&lt;script&gt;" in response.text
    assert "<script" not in response.text
    assert 'href="javascript' not in response.text


def test_a_browser_with_a_malformed_query_gets_400(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": "SELEKT"}, headers={"Accept": "text/html"})
    assert response.status_code == 400


def test_front_page_lists_every_question_as_a_link_that_runs(client: FlaskClient, project) -> None:
    from html.parser import HTMLParser

    links = []

    class Links(HTMLParser):
        def handle_starttag(self, tag: str, attributes: list) -> None:
            if tag == "a":
                links.append(dict(attributes)["href"])

    Links().feed(client.get("/").text)
    queries = [link for link in links if link.startswith("/sparql?query=")]
    assert len(queries) == len(project.questions())
    for link in queries:
        response = client.get(link, headers={"Accept": "text/csv"})
        assert response.status_code == 200
        assert len(response.text.splitlines()) > 1


def test_healthz_names_the_release(client: FlaskClient, manifest) -> None:
    assert client.get("/healthz").json == {
        "status": "ok",
        "version": manifest.version,
        "digest": manifest.digest,
        "quads": manifest.quads,
    }


def test_unknown_page_is_a_problem(client: FlaskClient) -> None:
    assert problem_of(client.get("/nowhere"))["status"] == 404


def test_a_fault_of_ours_is_a_500_with_a_number_that_is_in_the_log(app: Flask, caplog) -> None:
    @app.get("/fault")
    def fault() -> str:
        raise ZeroDivisionError("secret")

    response = app.test_client().get("/fault")
    body = problem_of(response)
    assert response.status_code == 500
    assert "secret" not in response.text
    assert body["id"] in caplog.text
    assert "ZeroDivisionError" in caplog.text


def test_every_problem_that_is_answered_is_explained(client: FlaskClient) -> None:
    page = client.get("/problems").text
    for _status, kind in problems.STATUS.values():
        assert f'id="{kind}"' in page
    for kind in ("no-query", "two-queries", "encoding", "not-acceptable", "content-type", "http", "internal"):
        assert f'id="{kind}"' in page


def test_an_error_of_ours_that_no_table_maps_is_a_500(app: Flask, caplog) -> None:
    @app.get("/unmapped")
    def unmapped() -> str:
        raise AtlasError("not for users")

    assert app.test_client().get("/unmapped").status_code == 500
    assert "not for users" in caplog.text
