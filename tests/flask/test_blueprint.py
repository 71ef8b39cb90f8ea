"""The blueprint in an application of somebody else, on the real engine."""

from __future__ import annotations

import json
import threading
from typing import TYPE_CHECKING

import flask
import pyoxigraph as ox
import pytest
import rdflib

from computeatlas.flask import SparqlBlueprint, sparql_blueprint
from computeatlas.flask.sources import start_with
from computeatlas.model.errors import DataError, UsageError
from computeatlas.model.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from flask.testing import FlaskClient

    Serve = Callable[..., FlaskClient]

pytestmark = pytest.mark.slow

TURTLE = "<http://e/a> <http://e/p> 1 , 2 . <http://e/b> <http://e/p> <http://e/a> ."
MANY = 100_000
#: Takes longer than any limit of a test.
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?p ?b . ?c ?q ?d . ?e ?r ?f . ?g ?s ?h . ?i ?t ?j . ?k ?u ?l }"
JSON = {"Accept": "application/sparql-results+json"}


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Return what makes a client of an application with blueprints: `serve(blueprint, prefix="/data")`."""
    made: list[SparqlBlueprint] = []

    def begin(*blueprints: SparqlBlueprint, prefix: str = "/data") -> FlaskClient:
        app = flask.Flask("host")
        for blueprint in blueprints:
            made.append(blueprint)
            app.register_blueprint(blueprint, url_prefix=prefix if len(blueprints) == 1 else f"/{blueprint.name}")
        app.add_url_rule("/", "front", lambda: "the host's own page")
        return app.test_client()

    yield begin
    for blueprint in made:
        blueprint.close()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data.ttl"
    path.write_text(TURTLE)
    return path


def subjects(client: FlaskClient, path: str = "/data/sparql") -> set[str]:
    answer = client.get(path, query_string={"query": "SELECT DISTINCT ?s { ?s ?p ?o }"}, headers=JSON)
    assert answer.status_code == 200, answer.text
    return {row["s"]["value"] for row in json.loads(answer.data)["results"]["bindings"]}


def test_queries_are_answered_in_every_way_of_the_protocol(serve: Serve, file: Path) -> None:
    client = serve(sparql_blueprint(file))
    query = "SELECT ?o { <http://e/a> ?p ?o } ORDER BY ?o"
    answers = [
        client.get("/data/sparql", query_string={"query": query}, headers={"Accept": "text/csv"}),
        client.post("/data/sparql", data={"query": query}, headers={"Accept": "text/csv"}),
        client.post(
            "/data/sparql", data=query, headers={"Accept": "text/csv", "Content-Type": "application/sparql-query"}
        ),
        client.post("/data/sparql?format=csv", data={"query": query}),
    ]
    assert [answer.data for answer in answers] == [b"o\r\n1\r\n2\r\n"] * 4
    assert client.get("/").text == "the host's own page"
    turtle = client.get("/data/store?default", headers={"Accept": "text/turtle"})
    assert turtle.mimetype == "text/turtle"
    assert rdflib.Graph().parse(data=turtle.data, format="turtle").isomorphic(rdflib.Graph().parse(data=TURTLE))


def test_the_description_names_the_address_that_the_blueprint_has(serve: Serve, file: Path) -> None:
    client = serve(sparql_blueprint(file), prefix="/a/b")
    found = rdflib.Graph().parse(data=client.get("/a/b/sparql").data, format="turtle")
    endpoint = rdflib.URIRef("http://www.w3.org/ns/sparql-service-description#endpoint")
    assert {str(value) for value in found.objects(None, endpoint)} == {"http://localhost/a/b/sparql"}
    relative = "ASK { BIND(<x> AS ?x) FILTER(?x = <http://localhost/a/b/x>) }"
    relative = client.get("/a/b/sparql", query_string={"query": relative}, headers=JSON)
    assert json.loads(relative.data)["boolean"] is True


def test_errors_are_problem_details_that_lead_to_their_explanation(serve: Serve, file: Path) -> None:
    client = serve(sparql_blueprint(file))
    wrong = client.get("/data/sparql", query_string={"query": "SELECT ?s {\n ?s ?p"})
    assert (wrong.status_code, wrong.mimetype) == (400, "application/problem+json")
    problem = json.loads(wrong.data)
    assert (problem["line"], problem["type"]) == (2, "http://localhost/data/problems#query-syntax")
    page = client.get("/data/problems")
    assert 'id="query-syntax"' in page.text
    assert (
        client.get("/data/sparql", query_string={"query": "ASK {}"}, headers={"Accept": "image/png"}).status_code == 406
    )
    refused = client.put("/data/sparql", data="x")
    assert (refused.status_code, refused.headers["Allow"]) == (405, "GET, HEAD, POST, OPTIONS")
    assert client.post("/data/sparql", data="x", headers={"Content-Type": "text/plain"}).status_code == 415
    assert client.options("/data/store").headers["Allow"] == "GET, HEAD, OPTIONS"
    assert client.post("/data/sparql", data={"query": "ASK {} #" + "x" * 400_000}).status_code == 413
    assert (
        client.get("/data/sparql", query_string={"query": "ASK { SERVICE <http://127.0.0.1:9/> {} }"}).status_code
        == 403
    )


def test_a_runaway_query_ends_and_the_others_go_on(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "many.ttl"
    path.write_text("".join(f"<http://e/{n}> <http://e/p> {n % 7} .\n" for n in range(2000)))
    client = serve(sparql_blueprint(path, limits=Limits(timeout=2.0, workers=2)))
    slow: list[int] = []
    thread = threading.Thread(
        target=lambda: slow.append(client.get("/data/sparql", query_string={"query": RUNAWAY}).status_code)
    )
    thread.start()
    assert len(subjects(client)) == 2000
    thread.join()
    assert slow == [504]
    assert len(subjects(client)) == 2000


def test_a_long_answer_is_streamed_whole_and_frees_its_worker_when_left(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "many.ttl"
    path.write_text("".join(f"<http://e/{n}> <http://e/p> {n} .\n" for n in range(MANY)))
    client = serve(sparql_blueprint(path, limits=Limits(workers=1, cache=0)))
    asked = {"query": "SELECT ?s ?o { ?s ?p ?o }"}
    whole = client.get("/data/sparql", query_string=asked, headers={"Accept": "text/csv"})
    assert whole.is_streamed
    assert len(whole.data.splitlines()) == MANY + 1
    # Left before its end: the only worker answers the next query all the same.
    left = client.get("/data/sparql", query_string=asked, headers={"Accept": "text/csv"}, buffered=False)
    next(iter(left.response))
    left.close()
    one = client.get("/data/sparql", query_string={"query": "ASK {}"}, headers=JSON)
    assert json.loads(one.data)["boolean"] is True
    head = client.head("/data/sparql", query_string=asked)
    assert (head.status_code, head.data) == (200, b"")


def test_answers_have_tags_and_conditions_hold(serve: Serve, file: Path) -> None:
    client = serve(sparql_blueprint(file))
    asked = {"query": "SELECT ?s { ?s ?p ?o }"}
    tag = client.get("/data/sparql", query_string=asked, headers=JSON).headers["ETag"]
    again = client.get("/data/sparql", query_string=asked, headers={**JSON, "If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")


def test_only_the_token_writes_and_every_query_sees_it(serve: Serve, file: Path) -> None:
    client = serve(sparql_blueprint(file, token="secret-token"))
    update = {"update": "INSERT DATA { <http://e/new> <http://e/p> 3 }"}
    assert client.post("/data/update", data=update).status_code == 401
    assert client.post("/data/update", data=update, headers={"Authorization": "Bearer no"}).status_code == 401
    right = {"Authorization": "Bearer secret-token"}
    assert client.post("/data/update", data=update, headers=right).status_code == 204
    assert "http://e/new" in subjects(client)
    turtle = {**right, "Content-Type": "text/turtle"}
    put = client.put("/data/store?graph=http://e/g", data="<http://e/x> <http://e/p> 4 .", headers=turtle)
    assert put.status_code == 201
    assert client.get("/data/store", query_string={"graph": "http://e/g"}).status_code == 200
    posted = client.post("/data/store", data="<http://e/y> <http://e/p> 5 .", headers=turtle)
    assert posted.status_code == 201
    assert client.get(posted.headers["Location"].removeprefix("http://localhost")).status_code == 200
    assert (
        serve(sparql_blueprint(file, name="other")).post("/data/update", data=update, headers=right).status_code == 403
    )


def test_stores_of_others_are_copied(serve: Serve) -> None:
    store = ox.Store()
    store.load(b"<http://e/ox> <http://e/p> 1 .", format=ox.RdfFormat.TURTLE)
    store.add(
        ox.Quad(ox.NamedNode("http://e/oxg"), ox.NamedNode("http://e/p"), ox.Literal(1), ox.NamedNode("http://e/g"))
    )
    graph = rdflib.Graph().parse(data="<http://e/rdflib> <http://e/p> 1 .")
    data_set = rdflib.Dataset()
    data_set.default_graph.parse(data="<http://e/default> <http://e/p> 1 .")
    data_set.graph(rdflib.URIRef("http://e/g")).parse(data="<http://e/named> <http://e/p> 1 .")
    client = serve(
        sparql_blueprint(store, name="ox"),
        sparql_blueprint(graph, name="graph"),
        sparql_blueprint(data_set, name="set"),
        sparql_blueprint(data_set, name="union", union_default_graph=True),
    )
    assert subjects(client, "/ox/sparql") == {"http://e/ox"}
    assert subjects(client, "/graph/sparql") == {"http://e/rdflib"}
    assert subjects(client, "/set/sparql") == {"http://e/default"}
    assert subjects(client, "/union/sparql") == {"http://e/default", "http://e/named"}
    asked = {"query": "SELECT ?g { GRAPH ?g { ?s ?p ?o } }"}
    names = client.get("/set/sparql", query_string=asked, headers={"Accept": "text/csv"})
    assert names.text == "g\r\nhttp://e/g\r\n"


def test_several_paths_are_one_data_set(serve: Serve, file: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.nq"
    more.write_text("<http://e/c> <http://e/p> <http://e/d> .\n")
    client = serve(sparql_blueprint([file, str(more)]))
    assert subjects(client) == {"http://e/a", "http://e/b", "http://e/c"}


def test_what_cannot_be_served_is_said_at_once(tmp_path: Path, file: Path) -> None:
    with pytest.raises(UsageError, match=r"missing\.ttl.*cannot be read"):
        sparql_blueprint(tmp_path / "missing.ttl")
    unnamed = tmp_path / "data.txt"
    unnamed.write_text("")
    with pytest.raises(DataError, match=r"data\.txt.*not named after a format"):
        sparql_blueprint(unnamed)
    with pytest.raises(UsageError, match="int: cannot be served"):
        sparql_blueprint(7)  # type: ignore[arg-type]
    with pytest.raises(UsageError, match="name of a blueprint"):
        sparql_blueprint(file, name="a.b")
    with pytest.raises(UsageError, match="token"):
        sparql_blueprint(file, token="two words")


def test_malformed_data_are_a_problem_with_the_place_and_loading_is_tried_again(serve: Serve, tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_text("<http://e/a> <http://e/p>\n oops .")
    blueprint = sparql_blueprint(path)
    client = serve(blueprint)
    with pytest.raises(DataError, match="line 2"):
        blueprint.open()
    answer = client.get("/data/sparql", query_string={"query": "ASK {}"})
    assert answer.status_code == 400
    assert json.loads(answer.data)["line"] == 2


def test_a_closed_blueprint_opens_again(serve: Serve, file: Path) -> None:
    blueprint = sparql_blueprint(file)
    client = serve(blueprint)
    assert len(subjects(client)) == 2
    blueprint.close()
    blueprint.close()
    assert len(subjects(client)) == 2


def test_equal_data_have_equal_origins(file: Path, tmp_path: Path) -> None:
    once, twice = (start_with(file, 1 << 20, offline=True) for _ in range(2))
    assert once == twice
    file.write_text(TURTLE + " ")
    assert start_with(file, 1 << 20, offline=True).origin != once.origin
