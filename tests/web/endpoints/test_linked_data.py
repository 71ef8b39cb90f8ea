"""Every IRI of the graph leads to a description, in the format that is asked for."""

from __future__ import annotations

import http.client
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlsplit

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.embedded import EmbeddedEngine, Query
from computeatlas.engine.table import Table
from computeatlas.model.namespaces import ATLAS, BASE, ID
from computeatlas.model.queryfile import read_query
from computeatlas.model.terms import iri
from computeatlas.views.entity.status import read_status
from computeatlas.views.query import bind
from computeatlas.web.http.link_headers import link_header
from computeatlas.web.http.urls import FORMATS, iri_of, path_of, split_suffix

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MIMER = "/doc/infrastructure/mimer"
PARSERS = {
    "ttl": ox.RdfFormat.TURTLE,
    "nt": ox.RdfFormat.N_TRIPLES,
    "rdf": ox.RdfFormat.RDF_XML,
    "trig": ox.RdfFormat.TRIG,
    "nq": ox.RdfFormat.N_QUADS,
    "jsonld": ox.RdfFormat.JSON_LD,
}


class Reply:
    def __init__(self, response: http.client.HTTPResponse):
        self.status = response.status
        self.headers = {name.lower(): value for name, value in response.getheaders()}
        self.body = response.read()


def get(site: str, path: str, accept: str | None = None, method: str = "GET", **headers: str) -> Reply:
    host = urlsplit(site)
    connection = http.client.HTTPConnection(host.hostname or "", host.port)
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.request(method, path, headers=fields | ({"Accept": accept} if accept else {}))
    try:
        return Reply(connection.getresponse())
    finally:
        connection.close()


def triples(reply: Reply, name: str) -> set[tuple[str, str, str]]:
    found = ox.parse(reply.body, format=PARSERS[name])
    return {(str(q.subject), str(q.predicate), str(q.object)) for q in found if not isinstance(q.subject, ox.BlankNode)}


def test_an_identifier_sees_other_whatever_is_accepted(site: str) -> None:
    for accept in ("text/html", "text/turtle", None):
        reply = get(site, "/id/infrastructure/mimer", accept)
        assert (reply.status, reply.headers["location"]) == (303, MIMER)
        assert reply.headers["vary"] == "Accept"


def test_an_identifier_keeps_the_ending_that_names_a_format(site: str) -> None:
    assert get(site, "/id/infrastructure/mimer.ttl").headers["location"] == MIMER + ".ttl"
    assert get(site, "/id/infrastructure/mimer.html", "text/turtle").headers["location"] == MIMER + ".html"


@pytest.mark.parametrize("form", FORMATS, ids=lambda form: form.name)
def test_a_description_is_the_same_graph_in_every_format(site: str, form) -> None:
    by_accept = get(site, MIMER, form.media_type)
    by_ending = get(site, f"{MIMER}.{form.name}", "text/html")
    assert by_accept.status == by_ending.status == 200
    assert by_accept.headers["content-type"] == by_ending.headers["content-type"] == form.content_type
    assert by_ending.headers["content-location"] == by_accept.headers["content-location"] == f"{MIMER}.{form.name}"
    assert triples(by_accept, form.name) == triples(by_ending, form.name) == triples(get(site, MIMER + ".ttl"), "ttl")


def test_a_description_holds_what_is_said_what_refers_and_the_claims_with_passages_and_documents(
    site: str, engine: EmbeddedEngine
) -> None:
    found = triples(get(site, MIMER + ".nt"), "nt")
    thing = f"<{ID}infrastructure/mimer>"
    wanted = engine.table(
        Query(
            f"PREFIX atlas: <{ATLAS}> SELECT ?s ?p ?o WHERE {{ {{ {thing} ?p ?o BIND({thing} AS ?s) }} UNION"
            f" {{ ?s ?p {thing} BIND({thing} AS ?o) FILTER(isIRI(?s)) }} UNION"
            f" {{ ?s atlas:subject|atlas:object {thing} ; ?p ?o }} UNION"
            f" {{ ?c atlas:subject {thing} ; atlas:evidence ?s . ?s ?p ?o }} UNION"
            f" {{ ?c atlas:subject {thing} ; atlas:evidence/atlas:inSource ?s . ?s ?p ?o }} }}"
        )
    )
    expected = {tuple(str(term) for term in row) for row in wanted.rows}
    assert len(expected) > 200
    assert expected <= found


def test_links_name_the_document_what_it_describes_and_its_other_formats(site: str) -> None:
    for accept in ("text/turtle", "text/html"):
        links = get(site, MIMER, accept).headers["link"]
        assert f'<{site}doc/infrastructure/mimer>; rel="canonical"' in links
        assert f'<{ID}infrastructure/mimer>; rel="describes"' in links
        assert '</.well-known/void>; rel="describedby"' in links
        for form in FORMATS:
            assert f'<{MIMER}.{form.name}>; rel="alternate"; type="{form.media_type}"' in links


def test_a_client_that_has_it_gets_304_with_the_same_tag(site: str) -> None:
    for accept in ("text/turtle", "text/html"):
        first = get(site, MIMER, accept)
        again = get(site, MIMER, accept, If_None_Match=first.headers["etag"])
        assert (again.status, again.body) == (304, b"")
        assert again.headers["etag"] == first.headers["etag"]
        assert "Accept" in first.headers["vary"]
    assert get(site, MIMER, "application/n-triples", If_None_Match=first.headers["etag"]).status == 200


def test_head_has_the_headers_of_get(site: str) -> None:
    head, got = get(site, MIMER, "text/turtle", "HEAD"), get(site, MIMER, "text/turtle")
    assert head.body == b""
    assert {name: head.headers[name] for name in ("etag", "content-type", "link")} == {
        name: got.headers[name] for name in ("etag", "content-type", "link")
    }


def test_what_is_not_to_be_had_lists_what_is(site: str) -> None:
    reply = get(site, MIMER, "image/png")
    assert reply.status == 406
    assert "text/turtle (format=ttl)" in json.loads(reply.body)["detail"]


@pytest.mark.parametrize(
    "path",
    [
        "/doc/infrastructure/no-such-thing",
        "/doc/nothing",
        "/doc/infrastructure%2F..%2F..%2Fetc",
        "/doc/../../etc/passwd",
        "/doc/%3Cscript%3E",
        "/doc/%FF%FE",
        "/doc/" + "x" * 3000,
        "/graph/none",
        "/ontology/none",
        "/id/",
        "/describe?iri=http://example.org/none",
    ],
)
def test_what_is_unknown_is_a_404_that_says_so(site: str, path: str) -> None:
    reply = get(site, path, "text/turtle")
    assert reply.status == 404
    problem = json.loads(reply.body)
    assert problem["type"].endswith("#not-found")
    assert problem["detail"]


@pytest.mark.parametrize(
    "query", ["page=-1", "page=0", "page=x", "page=1&page=2", "page=9999999", "page=", "page=%D9%A1"]
)
def test_a_page_that_is_none_is_refused(site: str, query: str) -> None:
    reply = get(site, f"{MIMER}?{query}", "text/turtle")
    assert reply.status == 400
    assert json.loads(reply.body)["type"].endswith("#bad-parameter")


def test_a_description_by_parameter_needs_an_iri(site: str) -> None:
    assert get(site, "/describe", "text/turtle").status == 400
    assert get(site, "/describe?iri=no iri".replace(" ", "%20"), "text/turtle").status == 400


def test_an_iri_of_ours_given_as_parameter_leads_to_its_document(site: str) -> None:
    reply = get(site, "/describe?iri=" + quote(ID + "infrastructure/mimer", safe=""), "text/turtle")
    assert (reply.status, reply.headers["location"]) == (303, MIMER)


def test_the_address_of_the_terms_gives_the_whole_ontology(site: str, engine: EmbeddedEngine) -> None:
    found = {triple for triple in triples(get(site, "/ontology", "text/turtle"), "ttl") if triple[2][:2] != "_:"}
    table = engine.table(Query(f"SELECT ?s ?p ?o WHERE {{ GRAPH <{BASE}graph/ontology> {{ ?s ?p ?o }} }}"))
    expected = {tuple(map(str, row)) for row in table.rows if not any(isinstance(x, ox.BlankNode) for x in row)}
    assert found == expected
    assert len(found) > 500


@pytest.mark.slow
def test_every_iri_of_the_graph_is_described(site: str, engine: EmbeddedEngine) -> None:
    table = engine.table(
        Query(
            "SELECT DISTINCT ?x WHERE { GRAPH ?g { { ?x ?p ?o } UNION { ?s ?x ?o } UNION { ?s ?p ?x } }"
            f' FILTER(isIRI(?x) && STRSTARTS(STR(?x), "{BASE}")) }}'
        )
    )
    ours = sorted(row[0].value for row in table.rows if row[0] is not None)
    assert len(ours) > 700
    host = urlsplit(site)
    connection = http.client.HTTPConnection(host.hostname or "", host.port)
    failed = []
    for name in ours:
        # As w3id.org would send on whoever follows the IRI: its path below the namespace, without the fragment.
        path = "/" + name.removeprefix(BASE).partition("#")[0]
        for accept in ("application/n-triples", "text/html"):
            target = path
            for _hop in range(3):
                connection.request("GET", target, headers={"Accept": accept})
                response = connection.getresponse()
                body = response.read()
                if response.status != 303:
                    break
                target = response.headers["Location"]
            # The namespace of the terms has their address; what is there speaks of the ontology without the #.
            described = f"<{name.removesuffix('#')}>".encode() in body if accept != "text/html" else b"<h1" in body
            if response.status != 200 or not described:
                failed.append((name, accept, response.status))
    connection.close()
    assert not failed


@pytest.fixture(scope="module")
def other(serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of data that are not ours: deprecated things, a thing that much refers to."""
    path: Path = tmp_path_factory.mktemp("data") / "data.ttl"
    many = "\n".join(f"<{ID}actor/a{number}> <{ATLAS}cooperatesWith> <{ID}actor/hub> ." for number in range(1200))
    path.write_text(
        f"""@prefix owl: <http://www.w3.org/2002/07/owl#> . @prefix dcterms: <http://purl.org/dc/terms/> .
        @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
        <{ID}actor/old> owl:deprecated true ; dcterms:isReplacedBy <{ID}actor/new> .
        <{ID}actor/gone> owl:deprecated true .
        <{ID}actor/new> rdfs:label "New"@en .
        <{ID}actor/odd> rdfs:label "<script>alert(1)</script>"@en , "\u202eשלום"@he .
        {many}
        """,
        encoding="utf-8",
    )
    with serving("--data", str(path)) as url:
        yield url


@pytest.mark.slow
def test_a_deprecated_thing_is_gone_and_names_its_successor(other: str) -> None:
    reply = get(other, "/doc/actor/old", "text/turtle")
    assert reply.status == 410
    assert f"<{ID}actor/new>" in json.loads(reply.body)["detail"]
    assert reply.headers["link"] == '</doc/actor/new>; rel="successor-version"'
    assert get(other, "/doc/actor/gone.nt").status == 410
    assert get(other, "/doc/actor/new", "text/turtle").status == 200


@pytest.mark.slow
def test_what_much_refers_to_is_described_page_by_page_and_whole(other: str) -> None:
    target, found, pages = "/doc/actor/hub.nt", set(), 0
    while target:
        reply = get(other, target)
        assert reply.status == 200
        found |= {s for s, _p, o in triples(reply, "nt") if o == f"<{ID}actor/hub>"}
        pages += 1
        following = [part for part in reply.headers["link"].split(", ") if part.endswith('rel="next"')]
        target = following[0][1:].partition(">")[0] if following else ""
    assert len(found) == 1200
    assert pages == 3


NAMES = st.text(st.characters(exclude_categories=("Cs",), exclude_characters="\x00"), min_size=1, max_size=30)


@given(NAMES)
def test_paths_lead_back_to_the_iri(name: str) -> None:
    thing = iri(ID + "actor/" + name)
    if thing is not None:
        path = path_of(thing.value)
        assert path.isascii()
        if path.startswith("/describe?"):
            assert parse_qs(urlsplit(path).query)["iri"] == [thing.value]
        else:
            assert iri_of(path) == thing.value
            assert split_suffix(path) == (path, None, False)
            assert "?" not in path
            assert "#" not in path


#: Names of things that a path does not say as it is, or not alone.
ODD = [
    "%3EIGW",
    "a%2Fb",
    "a/b",
    "%41",
    "A",
    "caf%C3%A9",
    "café",
    "日本",
    "%e3",
    "%FF",
    "v1.ttl",
    "v2.html",
    "v3.nt",
    "v3",
    "two//slashes",
    "../up",
    "a/./b",
    "end/",
    "query?x=1",
    "frag#ment",
    "plus+and&=;,",
    "100%25",
]


@pytest.fixture(scope="module")
def odd(serving, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of things with odd names, each with a number of its own."""
    path: Path = tmp_path_factory.mktemp("odd") / "data.nt"
    lines = [f'<{ID}actor/{name}> <http://e/p> "is {number}" .' for number, name in enumerate(ODD)]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    with serving("--data", str(path)) as url:
        yield url


def follow(site: str, path: str, accept: str) -> Reply:
    for _hop in range(4):
        reply = get(site, path, accept)
        if reply.status != 303:
            break
        path = reply.headers["location"]
    return reply


@pytest.mark.slow
@pytest.mark.parametrize("number, name", list(enumerate(ODD)))
@pytest.mark.parametrize("accept", ["application/n-triples", "text/html"])
def test_a_thing_with_an_odd_name_is_reached_by_its_link(odd: str, number: int, name: str, accept: str) -> None:
    reply = follow(odd, path_of(f"{ID}actor/{name}"), accept)
    assert reply.status == 200
    assert reply.headers["content-type"].startswith(accept)
    said = reply.body.decode()
    assert f"is {number}" in said
    assert not [other for other in range(len(ODD)) if other != number and f'is {other}"' in said]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name", ["%3EIGW", "a%2Fb", "a/b", "v1.ttl", "v2.html", "two//slashes", "%FF", "caf%C3%A9", "end/"]
)
@pytest.mark.parametrize("accept", ["application/n-triples", "text/html"])
def test_an_identifier_is_followed_as_it_was_sent(odd: str, name: str, accept: str) -> None:
    # An IRI beyond ASCII has the same URI as one with its escapes.
    number = ODD.index("café" if name == "caf%C3%A9" else name)
    reply = follow(odd, f"/id/actor/{name}", accept)
    assert (reply.status, f"is {number}" in reply.body.decode()) == (200, True)
    links = reply.headers.get("link", "")
    assert links.isascii()


@pytest.mark.slow
def test_links_of_a_page_and_its_data_name_the_thing_as_it_is(odd: str) -> None:
    for accept in ("text/turtle", "text/html"):
        reply = get(odd, "/doc/actor/a%2Fb", accept)
        assert f'<{odd}doc/actor/a%2Fb>; rel="canonical"' in reply.headers["link"]
        assert f'<{ID}actor/a%2Fb>; rel="describes"' in reply.headers["link"]
        assert reply.headers["content-location"].startswith("/doc/actor/a%2Fb.")
        assert get(odd, reply.headers["content-location"], accept).status == 200
    page = get(odd, "/doc/actor/a%2Fb", "text/html").body.decode()
    assert 'href="/doc/actor/a%2Fb.ttl"' in page


@pytest.mark.slow
def test_an_ending_is_one_where_the_name_without_it_is_known(odd: str) -> None:
    reply = get(odd, "/doc/actor/v3.nt", "text/html")
    assert (reply.status, "is 13" in reply.body.decode()) == (200, True)


@given(NAMES, st.sampled_from([form.name for form in FORMATS]))
def test_an_ending_is_taken_off_once(name: str, ending: str) -> None:
    path, form, html = split_suffix(f"/doc/{name}.{ending}")
    assert path == f"/doc/{name}"
    assert form is not None
    assert form.name == ending
    assert not html


@given(NAMES)
def test_a_link_header_is_ascii_in_one_line(name: str) -> None:
    value = link_header("http://127.0.0.1/", f"/doc/actor/{name}")
    assert value.isascii()
    assert value.isprintable()


def test_a_thing_of_which_nothing_is_said_is_missing(engine: EmbeddedEngine, project) -> None:
    query = next(read_query(path) for path in project.views() if path.stem == "status")

    def status(name: str) -> Table:
        return engine.table(Query(bind(query, x=[ox.NamedNode(name)])))

    assert read_status(status(ID + "nothing/at-all")).is_missing
    assert not read_status(status(ID + "infrastructure/mimer")).is_missing
    # Used as a property only, or referred to only.
    assert not read_status(status("http://www.w3.org/2002/07/owl#annotatedSource")).is_missing
    assert not read_status(status(BASE + "ontology/0.1.0")).is_missing
