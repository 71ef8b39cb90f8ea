"""SPARQL 1.1 Graph Store HTTP Protocol (https://www.w3.org/TR/sparql11-http-rdf-update/), case by case over HTTP."""

from __future__ import annotations

import itertools
from urllib.parse import quote

import pyoxigraph as ox
import pytest

pytestmark = pytest.mark.slow

TURTLE = "text/turtle"
ONE = "http://e.example/one"
TWO = "http://e.example/two"
NONE = "http://e.example/none"
ADA = "<http://e.example/ada> <http://e.example/name> "
COUNT = itertools.count()


def at(iri: str) -> str:
    """Return the target that names a graph indirectly."""
    return "store?graph=" + quote(iri, safe="")


def triples(answer) -> ox.Dataset:
    """Return the graph of an answer, in canonical form so that blank nodes compare."""
    assert answer.status == 200, answer
    return graph(answer.content, answer.media_type)


def graph(content: bytes | str, media_type: str = TURTLE) -> ox.Dataset:
    """Return the triples of a document, in canonical form."""
    parsed = ox.parse(content, format=ox.RdfFormat.from_media_type(media_type))
    found = ox.Dataset(ox.Quad(*quad.triple) for quad in parsed)
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return found


@pytest.fixture
def fresh(writable):
    """The name of a graph that is not there, and will not be there afterwards."""
    iri = f"http://e.example/fresh/{next(COUNT)}"
    yield iri
    writable.update(f"DROP SILENT GRAPH <{iri}>")


@pytest.fixture
def there(writable, fresh: str) -> str:
    """The name of a graph with one triple."""
    assert writable.put(at(fresh), TURTLE, ADA + "'first' .").status == 201
    return fresh


@pytest.fixture
def restored(writable):
    """Put the whole data set back as it was."""
    before = writable.get("store", ("Accept", "application/n-quads"))
    assert before.status == 200
    yield before.content
    assert writable.put("store", "application/n-quads", before.content).status in (200, 204)


# --- graph identification: https://www.w3.org/TR/sparql11-http-rdf-update/#graph-identification


@pytest.mark.parametrize("server", ["readonly", "writable"])
def test_a_named_graph_is_read_by_its_iri(request: pytest.FixtureRequest, server: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#indirect-graph-identification"""
    client = request.getfixturevalue(server)
    expected = f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ GRAPH <{ONE}> {{ ?s ?p ?o }} }}"
    assert triples(client.get(at(ONE))) == triples(client.query(expected, ("Accept", TURTLE)))
    assert len(triples(client.get(at(ONE)))) == 3


def test_the_default_graph_is_read_by_the_word(readonly) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#indirect-graph-identification"""
    expected = readonly.query("CONSTRUCT WHERE { ?s ?p ?o }", ("Accept", TURTLE))
    assert triples(readonly.get("store?default")) == triples(expected)
    assert len(triples(readonly.get("store?default"))) == 14


def test_the_union_default_graph_is_what_a_query_sees(union) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-get: the default graph of a CONSTRUCT."""
    expected = union.query("CONSTRUCT WHERE { ?s ?p ?o }", ("Accept", TURTLE))
    assert triples(union.get("store?default")) == triples(expected)


@pytest.mark.parametrize(
    "escaped", ["http%3A%2F%2Fe.example%2Fone", "http://e.example/one", "%68ttp://e.example/%6Fne"]
)
def test_the_graph_iri_is_percent_decoded(readonly, escaped: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#indirect-graph-identification"""
    assert readonly.get("store?graph=" + escaped).status == 200


def test_the_graph_iri_may_be_beyond_ascii(writable) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#indirect-graph-identification: an IRI, not only a URI."""
    iri = "http://e.example/日本"
    assert writable.put(at(iri), TURTLE, ADA + "'x' .").status == 201
    assert writable.ask(f"GRAPH <{iri}> {{ e:ada e:name 'x' }}")
    assert writable.send("DELETE", at(iri)).status in (200, 204)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize("iri", ["relative", "/path", "", "#part", "?q=1"])
def test_a_relative_graph_iri_is_refused(writable, method: str, iri: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#indirect-graph-identification: MUST be absolute, else 400."""
    body = None if method in ("GET", "HEAD", "DELETE") else b""
    assert writable.send(method, at(iri), [("Content-Type", TURTLE)], body).status == 400


@pytest.mark.parametrize("method", ["GET", "PUT", "POST", "DELETE"])
@pytest.mark.parametrize(
    "query",
    [
        pytest.param("default&graph=http%3A%2F%2Fe.example%2Fone", id="default and a named graph"),
        pytest.param("graph=http%3A%2F%2Fe.example%2Fone&graph=http%3A%2F%2Fe.example%2Ftwo", id="two named graphs"),
        pytest.param("graph=http%3A%2F%2Fe.example%2Fa%20b", id="no IRI: a space"),
        pytest.param("graph=http%3A%2F%2Fe.example%2F%3Ex", id="no IRI: a bracket"),
        pytest.param("graph=http%3A%2F%2Fe.example%2F%E9", id="not UTF-8"),
    ],
)
def test_a_request_that_names_no_one_graph_is_refused(writable, method: str, query: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#indirect-graph-identification: one graph, by its IRI."""
    body = None if method in ("GET", "DELETE") else b""
    assert writable.send(method, "store?" + query, [("Content-Type", TURTLE)], body).status == 400
    assert writable.ask(f"GRAPH <{ONE}> {{ ?s ?p ?o }}")


def test_a_graph_is_named_directly_by_its_url(writable) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#direct-graph-identification: the request IRI is the graph IRI."""
    iri = writable.url + "store/people/ada"
    assert writable.put("store/people/ada", TURTLE, ADA + "'direct' .").status == 201
    assert writable.ask(f"GRAPH <{iri}> {{ e:ada e:name 'direct' }}")
    assert triples(writable.get("store/people/ada")) == triples(writable.get(at(iri)))
    assert writable.send("HEAD", "store/people/ada").status == 200
    assert writable.post("store/people/ada", TURTLE, ADA + "'more' .").status in (200, 204)
    assert len(triples(writable.get(at(iri)))) == 2
    assert writable.send("DELETE", "store/people/ada").status in (200, 204)
    assert writable.get("store/people/ada").status == 404


def test_relative_iris_of_a_payload_are_resolved_against_the_graph(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: the payload is the graph's, RFC 3986, section 5.1.3."""
    assert writable.put(at(fresh), TURTLE, "<> <#p> <x> .").status == 201
    base = fresh.rpartition("/")[0]
    assert writable.ask(f"GRAPH <{fresh}> {{ <{fresh}> <{fresh}#p> <{base}/x> }}")


# --- reading: https://www.w3.org/TR/sparql11-http-rdf-update/#http-get


def test_without_accept_a_graph_is_turtle_ntriples_or_rdfxml(readonly) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management: MUST be one of the three."""
    assert readonly.get(at(ONE)).media_type in (TURTLE, "application/n-triples", "application/rdf+xml")


@pytest.mark.parametrize("media_type", [TURTLE, "application/n-triples", "application/rdf+xml", "application/ld+json"])
@pytest.mark.parametrize("target", ["store?default", at(TWO)])
def test_a_graph_is_read_in_the_format_asked_for(readonly, target: str, media_type: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-get: any of those that Accept prefers."""
    answer = readonly.get(target, ("Accept", f"{media_type}, */*;q=0.1"))
    assert answer.media_type == media_type
    assert triples(answer) == triples(readonly.get(target))


@pytest.mark.parametrize("target", ["store?default", at(ONE), "store"])
@pytest.mark.parametrize("accept", ["image/png", "text/csv", "text/turtle;q=0, image/png"])
def test_a_format_that_is_not_there_is_not_acceptable(readonly, target: str, accept: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-get: 406."""
    assert readonly.get(target, ("Accept", accept)).status == 406


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_a_graph_that_is_not_there_is_not_found(readonly, method: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes: 404."""
    assert readonly.send(method, at(NONE)).status == 404


@pytest.mark.parametrize("target", ["store?default", at(ONE), "store"])
def test_a_graph_can_be_cached(readonly, target: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-get: cacheable wherever possible."""
    answer = readonly.get(target)
    assert (answer.get("ETag") or "").endswith('"')
    assert "no-store" not in answer.items("Cache-Control")
    assert "accept" in answer.items("Vary")
    again = readonly.get(target, ("If-None-Match", str(answer.get("ETag"))))
    assert again.status == 304
    assert again.content == b""


@pytest.mark.parametrize("target", ["store?default", at(ONE), "store"])
def test_head_is_a_get_without_content(readonly, target: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-head"""
    accept = ("Accept", "application/trig" if target == "store" else "application/n-triples")
    head, get = readonly.send("HEAD", target, [accept]), readonly.get(target, accept)
    assert head.content == b""
    assert (head.status, head.get("Content-Type"), head.get("ETag")) == (200, get.get("Content-Type"), get.get("ETag"))


@pytest.mark.parametrize("media_type", ["application/trig", "application/n-quads"])
def test_the_store_itself_is_read_as_a_data_set(readonly, media_type: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#graph-identification: without a graph, all of them."""
    answer = readonly.get("store", ("Accept", media_type))
    assert answer.media_type == media_type
    quads = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media_type)))
    names = [quad.graph_name for quad in quads]
    assert set(names) == {ox.DefaultGraph(), ox.NamedNode(ONE), ox.NamedNode(TWO)}
    assert len(set(quads)) == 14 + 3 + 4


# --- replacing: https://www.w3.org/TR/sparql11-http-rdf-update/#http-put


def test_put_creates_a_graph(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: MUST be created, and said by 201."""
    assert writable.put(at(fresh), TURTLE, ADA + "'new' .").status == 201
    assert triples(writable.get(at(fresh))) == graph(ADA + "'new' .")


def test_put_replaces_a_graph(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: 200 or 204, and nothing of the old is left."""
    assert writable.put(at(there), TURTLE, ADA + "'second' .").status in (200, 204)
    assert triples(writable.get(at(there))) == graph(ADA + "'second' .")


def test_put_touches_no_other_graph(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: MUST NOT be applied to another resource."""
    others = [triples(writable.get(target)) for target in ("store?default", at(ONE), at(TWO))]
    writable.put(at(there), TURTLE, ADA + "'third' .")
    assert [triples(writable.get(target)) for target in ("store?default", at(ONE), at(TWO))] == others


def test_put_of_a_data_set_touches_no_other_graph(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: MUST NOT be applied to another resource."""
    answer = writable.put(at(fresh), "application/trig", "<http://e.example/stray> { <http://e/s> <http://e/p> 1 }")
    assert answer.status in (400, 415)
    assert not writable.ask("GRAPH e:stray { ?s ?p ?o }")


def test_put_is_idempotent(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: the same as DROP and INSERT DATA, RFC 9110, 9.2.2."""
    body = "[] <http://e.example/p> [ <http://e.example/q> 1 ] ."
    assert writable.put(at(fresh), TURTLE, body).status == 201
    assert writable.put(at(fresh), TURTLE, body).status in (200, 204)
    assert triples(writable.get(at(fresh))) == graph(body)


def test_put_replaces_the_default_graph(writable, restored: bytes) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: DROP SILENT DEFAULT, then INSERT DATA."""
    assert writable.put("store?default", TURTLE, ADA + "'default' .").status in (200, 204)
    assert triples(writable.get("store?default")) == graph(ADA + "'default' .")
    assert len(triples(writable.get(at(ONE)))) == 3


def test_put_of_an_empty_document_makes_an_empty_graph(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: where empty graphs are kept, as here."""
    assert writable.put(at(fresh), TURTLE, "").status == 201
    assert len(triples(writable.get(at(fresh)))) == 0
    assert writable.column("SELECT ?g { GRAPH ?g {} }").count(fresh) == 1


def test_put_of_an_empty_document_empties_a_graph(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put"""
    assert writable.put(at(there), TURTLE, "").status in (200, 204)
    assert not writable.ask(f"GRAPH <{there}> {{ ?s ?p ?o }}")


def test_an_empty_body_that_is_no_document_is_refused(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put: the empty string is Turtle, but it is not RDF/XML."""
    assert writable.put(at(fresh), "application/rdf+xml", "").status == 400
    assert writable.get(at(fresh)).status == 404


# --- payloads: https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management


PAYLOADS = {
    "text/turtle": ADA + "'in every format' .",
    "Text/Turtle; charset=UTF-8": ADA + "'in every format' .",
    "application/n-triples": ADA + '"in every format" .',
    "application/rdf+xml": """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#">
        <rdf:Description rdf:about="http://e.example/ada"><name xmlns="http://e.example/">in every format</name>
        </rdf:Description></rdf:RDF>""",
    "application/ld+json": '{"@id": "http://e.example/ada", "http://e.example/name": "in every format"}',
}


@pytest.mark.parametrize("content_type", PAYLOADS)
@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_payload_is_parsed_by_its_content_type(writable, fresh: str, method: str, content_type: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management: MUST; any case: RFC 9110, 8.3.1."""
    answer = writable.send(method, at(fresh), [("Content-Type", content_type)], PAYLOADS[content_type].encode())
    assert answer.status == 201
    assert writable.ask(f"GRAPH <{fresh}> {{ e:ada e:name 'in every format' }}")


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_payload_of_no_content_type_is_tried_as_rdfxml(writable, fresh: str, method: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management: SHOULD."""
    assert writable.send(method, at(fresh), [], PAYLOADS["application/rdf+xml"].encode()).status == 201
    assert writable.ask(f"GRAPH <{fresh}> {{ e:ada e:name 'in every format' }}")


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize(
    "content_type, body",
    [
        (TURTLE, "<http://e.example/s> <http://e.example/p>"),
        (TURTLE, PAYLOADS["application/rdf+xml"]),
        (TURTLE, "<http://e.example/s> <http://e.example/p> 'é' .".encode("latin-1")),
        ("application/n-triples", ADA + "'single quotes' ."),
        ("application/rdf+xml", "<rdf:RDF>"),
        ("application/ld+json", "{"),
    ],
)
def test_a_payload_that_does_not_parse_changes_nothing(
    writable, there: str, method: str, content_type: str, body: str | bytes
) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes: 400, and the graph is as it was."""
    content = body.encode() if isinstance(body, str) else body
    assert writable.send(method, at(there), [("Content-Type", content_type)], content).status == 400
    assert triples(writable.get(at(there))) == graph(ADA + "'first' .")


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("target", ["store", "store?default", at(ONE)])
@pytest.mark.parametrize("content_type", ["text/csv", "application/pdf", "application/sparql-update", "nonsense"])
def test_a_content_type_that_is_not_rdf_is_unsupported(writable, method: str, target: str, content_type: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes: 415."""
    assert writable.send(method, target, [("Content-Type", content_type)], b"x").status == 415
    assert writable.ask(f"e:ada ?p ?o . GRAPH <{ONE}> {{ ?s ?q ?r }}")


# --- deleting: https://www.w3.org/TR/sparql11-http-rdf-update/#http-delete


def test_delete_deletes_a_graph(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-delete: 200 or 204."""
    assert writable.send("DELETE", at(there)).status in (200, 204)
    assert writable.get(at(there)).status == 404
    assert there not in writable.column("SELECT ?g { GRAPH ?g {} }")


def test_delete_of_a_graph_that_is_not_there_is_not_found(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-delete: MUST be 404, the second time too."""
    assert writable.send("DELETE", at(NONE)).status == 404
    assert writable.send("DELETE", at(there)).status in (200, 204)
    assert writable.send("DELETE", at(there)).status == 404


def test_delete_of_the_default_graph_empties_it(writable, restored: bytes) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-delete: DROP DEFAULT; the other graphs stay."""
    assert writable.send("DELETE", "store?default").status in (200, 204)
    assert len(triples(writable.get("store?default"))) == 0
    assert len(triples(writable.get(at(ONE)))) == 3


# --- adding: https://www.w3.org/TR/sparql11-http-rdf-update/#http-post


def test_post_adds_to_a_graph(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: an RDF merge."""
    assert writable.post(at(there), TURTLE, ADA + "'second' .").status in (200, 204)
    assert triples(writable.get(at(there))) == graph(ADA + "'first', 'second' .")


def test_post_of_what_is_there_changes_nothing(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: a graph is a set."""
    assert writable.post(at(there), TURTLE, ADA + "'first' .").status in (200, 204)
    assert triples(writable.get(at(there))) == graph(ADA + "'first' .")


def test_post_creates_a_graph_that_is_not_there(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: the same as INSERT DATA; 201 by RFC 9110, 15.3.2."""
    assert writable.post(at(fresh), TURTLE, ADA + "'new' .").status == 201
    assert triples(writable.get(at(fresh))) == graph(ADA + "'new' .")


def test_post_keeps_blank_nodes_apart(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: a merge, so equal labels are different nodes."""
    body = "_:b <http://e.example/p> 1 ."
    writable.post(at(fresh), TURTLE, body)
    writable.post(at(fresh), TURTLE, body)
    assert writable.column(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH <{fresh}> {{ ?s e:p 1 }} }}") == ["2"]


def test_post_adds_to_the_default_graph(writable) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: the same as INSERT DATA."""
    before = len(triples(writable.get("store?default")))
    assert writable.post("store?default", TURTLE, ADA + "'posted' .").status in (200, 204)
    assert len(triples(writable.get("store?default"))) == before + 1
    writable.update("DELETE DATA { e:ada e:name 'posted' }")


def test_post_to_the_store_makes_a_graph(writable) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: 201, and Location names the graph."""
    first, second = (writable.post("store", TURTLE, ADA + "'minted' .") for _ in range(2))
    assert first.status == second.status == 201
    names = [str(answer.get("Location")) for answer in (first, second)]
    assert len({*names, writable.url + "store"}) == 3
    assert all(name.startswith(("http://", "https://", "urn:")) for name in names)
    for name in names:
        assert writable.ask(f"GRAPH <{name}> {{ e:ada e:name 'minted' }}")
        assert triples(writable.get(at(name))) == graph(ADA + "'minted' .")
        assert writable.send("DELETE", at(name)).status in (200, 204)


def test_location_of_a_new_graph_can_be_followed(writable) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#direct-graph-identification with RFC 9110, section 15.3.2."""
    location = str(writable.post("store", TURTLE, ADA + "'followed' .").get("Location"))
    assert location.startswith(writable.url)
    target = location.removeprefix(writable.url)
    assert triples(writable.get(target)) == graph(ADA + "'followed' .")
    assert writable.send("DELETE", target).status in (200, 204)


@pytest.mark.parametrize("target", ["store", "store?default", at(ONE)])
def test_post_of_nothing_does_nothing(writable, target: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: an empty body SHOULD be 204."""
    before = writable.column("SELECT ?g { GRAPH ?g {} }")
    answer = writable.post(target, TURTLE, "")
    assert answer.status == 204
    assert answer.content == b""
    assert sorted(writable.column("SELECT ?g { GRAPH ?g {} }")) == sorted(before)


@pytest.mark.parametrize("path", ["stores", "stor", "nowhere/store"])
def test_what_is_neither_store_nor_graph_is_not_found(writable, path: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: 404."""
    assert writable.post(path, TURTLE, ADA + "'x' .").status == 404


# --- multipart: https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management


def multipart(*parts: tuple[str, str | None, str]) -> tuple[str, bytes]:
    """Return content type and body of a form with files: name, content type or None, content."""
    lines = []
    for name, content_type, content in parts:
        lines += ["--frontier", f'Content-Disposition: form-data; name="file"; filename="{name}"']
        lines += [f"Content-Type: {content_type}"] if content_type else []
        lines += ["", content]
    return 'multipart/form-data; boundary="frontier"', "\r\n".join([*lines, "--frontier--", ""]).encode()


BOTH = multipart(
    ("a.ttl", TURTLE, "_:b <http://e.example/p> 'turtle' ."),
    ("b.rdf", "application/rdf+xml", PAYLOADS["application/rdf+xml"]),
)


def test_post_of_files_adds_each(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: MUST be a merge of the documents into the graph."""
    assert writable.post(at(there), *BOTH).status in (200, 204)
    assert writable.ask(f"GRAPH <{there}> {{ ?s e:p 'turtle' . e:ada e:name 'first', 'in every format' }}")


def test_post_of_files_creates_a_graph(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post"""
    assert writable.post(at(fresh), *BOTH).status == 201
    assert len(triples(writable.get(at(fresh)))) == 2


def test_post_of_files_to_the_store_makes_a_graph(writable) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: comprised of the statements of the payload."""
    answer = writable.post("store", *BOTH)
    assert answer.status == 201
    name = str(answer.get("Location"))
    assert len(triples(writable.get(at(name)))) == 2
    assert writable.send("DELETE", at(name)).status in (200, 204)


def test_put_of_files_replaces_the_graph_by_all_of_them(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management: several documents, some indicated graph."""
    assert writable.put(at(there), *BOTH).status in (200, 204)
    assert len(triples(writable.get(at(there)))) == 2


def test_blank_nodes_of_two_files_are_apart(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: a merge of the graphs."""
    part = ("x.ttl", TURTLE, "_:b <http://e.example/p> 1 .")
    assert writable.post(at(fresh), *multipart(part, part)).status == 201
    assert writable.column(f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ GRAPH <{fresh}> {{ ?s e:p 1 }} }}") == ["2"]


def test_a_file_without_a_content_type_is_known_by_its_suffix_or_refused(writable, fresh: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post: MAY be found from the suffix, else 400."""
    answer = writable.post(at(fresh), *multipart(("a.ttl", None, ADA + "'by suffix' .")))
    assert answer.status == (201 if writable.ask(f"GRAPH <{fresh}> {{ e:ada e:name 'by suffix' }}") else 400)


def test_one_broken_file_keeps_the_others_out(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes: 400, and the graph is as it was."""
    assert writable.post(at(there), *multipart(("a.ttl", TURTLE, ADA + "'ok' ."), ("b.ttl", TURTLE, "<"))).status == 400
    assert triples(writable.get(at(there))) == graph(ADA + "'first' .")


def test_a_file_that_is_not_rdf_is_refused(writable, there: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes: a content type that is not understood."""
    assert writable.post(at(there), *multipart(("a.png", "image/png", "x"))).status in (400, 415)


# --- the whole data set, as Oxigraph's server has it


@pytest.mark.parametrize(
    "content_type, body",
    [
        ("application/trig", "<http://e.example/g> { <http://e.example/s> <http://e.example/p> 1 }"),
        (
            "application/n-quads",
            '<http://e.example/s> <http://e.example/p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> '
            "<http://e.example/g> .\n",
        ),
    ],
)
def test_put_of_a_data_set_replaces_all(writable, restored: bytes, content_type: str, body: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-put, for the store itself."""
    assert writable.put("store", content_type, body).status in (200, 204)
    assert writable.column("SELECT ?g { GRAPH ?g { ?s e:p 1 } }") == ["http://e.example/g"]
    assert not writable.ask("?s ?p ?o")
    assert writable.get(at(ONE)).status == 404


def test_post_of_a_data_set_adds_to_all(writable, restored: bytes) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-post, for the store itself."""
    body = f"<http://e.example/s> <http://e.example/p> 1 . <{ONE}> {{ <http://e.example/s> <http://e.example/p> 2 }}"
    assert writable.post("store", "application/trig", body).status in (200, 201, 204)
    assert writable.ask(f"e:ada ?p ?o . e:s e:p 1 . GRAPH <{ONE}> {{ e:s e:p 2 . e:one e:in 'one' }}")


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_a_broken_data_set_changes_nothing(writable, method: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes: 400."""
    body = b"<http://e.example/g> { <http://e.example/s> <http://e.example/p> 1 } <"
    assert writable.send(method, "store", [("Content-Type", "application/trig")], body).status == 400
    assert writable.ask(f"e:ada ?p ?o . GRAPH <{ONE}> {{ ?s ?q ?r }}")
    assert not writable.ask("GRAPH e:g { ?s ?p ?o }")


# --- conditions: https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management with RFC 9110, section 13


@pytest.mark.parametrize("method", ["PUT", "POST"])
def test_the_entity_tag_changes_with_the_graph(writable, there: str, method: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#http-head: a change makes what is cached stale."""
    tag = str(writable.get(at(there)).get("ETag"))
    assert writable.get(at(there), ("If-None-Match", tag)).status == 304
    writable.send(method, at(there), [("Content-Type", TURTLE)], (ADA + f"'by {method}' .").encode())
    answer = writable.get(at(there), ("If-None-Match", tag))
    assert answer.status == 200
    assert answer.get("ETag") not in (None, tag)
    assert f"by {method}" in answer.text


def test_the_answer_to_a_query_changes_with_an_update(writable, there: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-etag: no stale answer after a write."""
    query = f"SELECT ?n {{ GRAPH <{there}> {{ ?s ?p ?n }} }}"
    tag = str(writable.query(query).get("ETag"))
    writable.update(f"INSERT DATA {{ GRAPH <{there}> {{ e:ada e:name 'updated' }} }}")
    answer = writable.query(query, ("If-None-Match", tag))
    assert answer.status == 200
    assert "updated" in answer.text


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
def test_a_write_whose_condition_fails_is_not_done(writable, there: str, method: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-if-match: MUST NOT be performed; 412."""
    fields = [("Content-Type", TURTLE), ("If-Match", '"of another time"')]
    body = None if method == "DELETE" else (ADA + "'lost update' .").encode()
    assert writable.send(method, at(there), fields, body).status == 412
    assert triples(writable.get(at(there))) == graph(ADA + "'first' .")


def test_a_write_whose_condition_holds_is_done(writable, there: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-if-match: a writer who saw the newest state goes ahead."""
    tag = str(writable.get(at(there)).get("ETag"))
    answer = writable.put(at(there), TURTLE, ADA + "'safe' .", ("If-Match", tag))
    assert answer.status in (200, 204)
    assert triples(writable.get(at(there))) == graph(ADA + "'safe' .")


def test_put_only_if_it_is_not_there(writable, fresh: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match: `*` fails if there is a representation; 412."""
    condition = ("If-None-Match", "*")
    assert writable.put(at(fresh), TURTLE, ADA + "'mine' .", condition).status == 201
    assert writable.put(at(fresh), TURTLE, ADA + "'theirs' .", condition).status == 412
    assert triples(writable.get(at(fresh))) == graph(ADA + "'mine' .")


# --- methods and rights: https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes, #security


@pytest.mark.parametrize("target", ["store", "store?default", at(ONE)])
@pytest.mark.parametrize("method", ["PATCH", "TRACE", "PROPFIND"])
def test_other_methods_are_not_allowed(writable, method: str, target: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes: 405; `Allow` by RFC 9110, section 15.5.6."""
    answer = writable.send(method, target, [("Content-Type", "application/sparql-update")], b"CLEAR ALL")
    assert answer.status == 405
    assert {"get", "head", "put", "post", "delete"} <= answer.items("Allow")
    assert "patch" not in answer.items("Allow")
    assert writable.ask("e:ada ?p ?o")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE", "PATCH"])
@pytest.mark.parametrize("target", ["store", "store?default", at(ONE)])
def test_nothing_is_written_where_writes_are_off(readonly, method: str, target: str) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#security: 405 with what is allowed."""
    body = None if method == "DELETE" else (ADA + "'x' .").encode()
    answer = readonly.send(method, target, [("Content-Type", TURTLE)], body)
    assert answer.status == 405
    assert {"get", "head"} <= answer.items("Allow")
    assert not answer.items("Allow") & {"put", "post", "delete", "patch"}
    assert readonly.ask(f"e:ada ?p ?o . GRAPH <{ONE}> {{ ?s ?q ?r }}")


@pytest.mark.parametrize("method", ["PUT", "POST", "DELETE"])
@pytest.mark.parametrize("target", ["store", "store?default", at(ONE)])
@pytest.mark.parametrize("credentials", [None, "Bearer wrong", "Basic YTpi", "Bearer"])
def test_nothing_is_written_without_the_token(writable, method: str, target: str, credentials: str | None) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#security: 401; WWW-Authenticate by RFC 9110, section 15.5.2."""
    fields = [("Content-Type", TURTLE), *([("Authorization", credentials)] if credentials else [])]
    body = None if method == "DELETE" else (ADA + "'x' .").encode()
    answer = writable.anonymous().send(method, target, fields, body)
    assert answer.status == 401
    assert str(answer.get("WWW-Authenticate")).lower().startswith("bearer")
    assert writable.ask(f"e:ada ?p ?o . GRAPH <{ONE}> {{ ?s ?q ?r }}")
    assert not writable.ask("e:ada e:name 'x'")


def test_reading_needs_no_token(writable) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#security"""
    assert writable.anonymous().get(at(ONE)).status == 200


# --- literals that lose their form ------------------------------------------------------------------------------------


def test_a_write_says_how_many_literals_lose_their_form(writable, fresh: str) -> None:
    """An extension: the engine stores numbers and dates as values, which nobody should have to find out later."""
    answer = writable.put(at(fresh), TURTLE, b"<a:s> <a:p> 1.10, 007, 7, 'text' .")
    assert (answer.status, answer.get("atlas-literals-changed")) == (201, "2")
    assert "atlas-literals-changed" in {name.lower() for name in answer.items("access-control-expose-headers")}
    update = f"INSERT DATA {{ GRAPH <{fresh}> {{ <a:s> <a:q> 2.50 }} }}"
    answer = writable.post("update", "application/sparql-update", update)
    assert (answer.status, answer.get("atlas-literals-changed")) == (204, "1")


def test_a_write_that_keeps_all_forms_says_nothing_of_them(writable, fresh: str) -> None:
    assert writable.put(at(fresh), TURTLE, b"<a:s> <a:p> 1.1, 'text' .").get("atlas-literals-changed") is None
    update = f"INSERT DATA {{ GRAPH <{fresh}> {{ <a:s> <a:q> 2.5 }} }}"
    assert writable.post("update", "application/sparql-update", update).get("atlas-literals-changed") is None


# --- data that say too little ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("target", [at(NONE), "store?default", "store"])
@pytest.mark.parametrize("content_type", [None, "", ";charset=utf-8"])
@pytest.mark.parametrize("body", ["<e:s> <e:p> 1 .", '{"@id": "e:s", "e:p": 1}', "\n"])
def test_an_error_says_that_data_without_a_type_were_read_as_rdf_xml(
    writable, method: str, target: str, content_type: str | None, body: str
) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#graph-management: without Content-Type it is RDF/XML."""
    fields = [] if content_type is None else [("Content-Type", content_type)]
    answer = writable.send(method, target, fields, body.encode())
    assert answer.status == 400
    assert "no Content-Type was sent, so the data was read as RDF/XML" in answer.json["detail"]
    assert TURTLE in answer.json["repair"]


def test_an_error_of_data_with_a_type_says_nothing_of_that(writable) -> None:
    answer = writable.put(at(NONE), "application/rdf+xml", "<e:s> <e:p> 1 .")
    assert answer.status == 400
    assert "Content-Type" not in answer.json["detail"]


@pytest.mark.parametrize("method", ["PUT", "POST"])
@pytest.mark.parametrize("target", [at(NONE), "store?default", "store"])
@pytest.mark.parametrize(
    "body, what",
    [
        ('[{"@id": "e:s", "e:p": 1}, {"@id": "a b", "e:p": 2}]', "an @id is no IRI"),
        ('{"@id": "e:s", "name": "Ada"}', "no triple comes of this JSON-LD"),
    ],
)
def test_json_ld_that_would_be_left_out_is_refused(writable, method: str, target: str, body: str, what: str) -> None:
    """No 201 for data of which nothing, or not all, is there afterwards."""
    answer = writable.send(method, target, [("Content-Type", "application/ld+json")], body.encode())
    assert answer.status == 400
    assert what in answer.json["detail"]
    assert answer.json["repair"]


@pytest.mark.parametrize("body", ["[]", "{}", '{"@graph": []}', '{"@context": {"name": "e:name"}}'])
def test_json_ld_of_nothing_makes_an_empty_graph(writable, fresh: str, body: str) -> None:
    assert writable.put(at(fresh), "application/ld+json", body).status == 201
    assert writable.get(at(fresh)).status == 200
