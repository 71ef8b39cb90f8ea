"""SPARQL 1.1 Protocol (https://www.w3.org/TR/sparql11-protocol/), case by case over HTTP."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from urllib.parse import quote, urlencode

import pyoxigraph as ox
import pytest

pytestmark = pytest.mark.slow

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
JSON = ("Accept", "application/sparql-results+json")
ONE = "http://e.example/one"
TWO = "http://e.example/two"
#: In which graphs the default graph of the query has its triples; in which its named graphs.
DEFAULT = "SELECT DISTINCT ?in { ?s <http://e.example/in> ?in }"
NAMED = "SELECT DISTINCT ?g { GRAPH ?g { ?s <http://e.example/in> ?in } }"
ASK = "ASK { ?s <http://e.example/in> 'default' }"


def values(answer) -> set[str]:
    """Return what a SELECT of one variable found."""
    assert answer.status == 200, answer
    results = answer.json
    (name,) = results["head"]["vars"]
    return {row[name]["value"] for row in results["results"]["bindings"]}


def send_query(client, how: str, text: str, *dataset: tuple[str, str]):
    """Send a query in one of the three ways of section 2.1."""
    if how == "get":
        return client.get("sparql?" + urlencode([("query", text), *dataset], quote_via=quote), JSON)
    if how == "form":
        return client.post("sparql", FORM, urlencode([("query", text), *dataset]), JSON)
    return client.post("sparql?" + urlencode(dataset), QUERY, text, JSON)


def send_update(client, how: str, text: str, *dataset: tuple[str, str]):
    """Send an update in one of the two ways of section 2.2."""
    if how == "form":
        return client.post("update", FORM, urlencode([("update", text), *dataset]))
    return client.post("update?" + urlencode(dataset), UPDATE, text)


every_way_to_query = pytest.mark.parametrize("how", ["get", "form", "direct"])
every_way_to_update = pytest.mark.parametrize("how", ["form", "direct"])


# --- query: https://www.w3.org/TR/sparql11-protocol/#query-operation


@every_way_to_query
def test_query_is_answered(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-operation: by GET, POST of a form, POST of the query."""
    answer = send_query(readonly, how, ASK)
    assert answer.status == 200
    assert answer.json["boolean"] is True


@every_way_to_query
def test_query_beyond_ascii_is_understood(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct: the encoding is UTF-8."""
    assert values(send_query(readonly, how, "SELECT ('Å 日本 😀' AS ?x) {}")) == {"Å 日本 😀"}


@pytest.mark.parametrize("first", [True, False])
@pytest.mark.parametrize("how", ["get", "form"])
def test_parameters_come_in_any_order(readonly, how: str, first: bool) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-get: query before or after its data set."""
    pairs = [("query", DEFAULT), ("default-graph-uri", ONE)]
    text = urlencode(pairs if first else pairs[::-1])
    answer = readonly.get("sparql?" + text, JSON) if how == "get" else readonly.post("sparql", FORM, text, JSON)
    assert values(answer) == {"one"}


@pytest.mark.parametrize("how", ["get", "form"])
def test_only_the_ampersand_separates_parameters(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-get: a semicolon belongs to the value."""
    text = "query=ASK%20{?s%20?p%20?o;default-graph-uri%20?x}".replace("default-graph-uri", "?q").replace("{", "%7B")
    text = text.replace("}", "%7D")
    answer = readonly.get("sparql?" + text, JSON) if how == "get" else readonly.post("sparql", FORM, text, JSON)
    assert answer.status == 200
    assert answer.json["boolean"] is True


@pytest.mark.parametrize("space", ["+", "%20"])
def test_spaces_of_a_form_are_plus_or_percent_encoded(readonly, space: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-post-urlencoded"""
    body = "query=" + space.join(["SELECT", "('a%2Bb'", "AS", "?x)", "{}"])
    assert values(readonly.post("sparql", FORM, body, JSON)) == {"a+b"}


def test_every_character_may_be_percent_encoded(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-get and RFC 3986, section 2.1: in either case of digits."""
    encoded = "".join(f"%{byte:02x}" if index % 2 else f"%{byte:02X}" for index, byte in enumerate(ASK.encode()))
    assert readonly.get(f"sparql?query={encoded}", JSON).json["boolean"] is True


@pytest.mark.parametrize(
    "content_type",
    [FORM, f"{FORM};charset=UTF-8", f"{FORM} ; charset=utf-8", FORM.upper(), "Application/X-WWW-Form-urlencoded"],
)
def test_form_is_known_by_its_media_type(readonly, content_type: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-post-urlencoded; any case, parameters: RFC 9110, 8.3.1."""
    assert readonly.post("sparql", content_type, urlencode({"query": ASK}), JSON).status == 200


@pytest.mark.parametrize(
    "content_type",
    [QUERY, f"{QUERY};charset=UTF-8", f'{QUERY}; charset="utf-8"', QUERY.upper(), "Application/SPARQL-Query"],
)
def test_query_is_known_by_its_media_type(readonly, content_type: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct; any case, parameters: RFC 9110, 8.3.1."""
    assert readonly.post("sparql", content_type, ASK, JSON).status == 200


def test_header_names_in_any_case(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#protocol: HTTP holds, here RFC 9110, section 5.1."""
    fields = [("cOnTeNt-TyPe", QUERY), ("ACCEPT", "application/sparql-results+xml")]
    answer = readonly.send("POST", "sparql", fields, ASK.encode())
    assert answer.status == 200
    assert answer.media_type == "application/sparql-results+xml"


def test_body_in_chunks(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#protocol: HTTP holds, here RFC 9112, section 7.1."""
    chunks = b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in (ASK[:7].encode(), ASK[7:].encode()))
    fields = [("Content-Type", QUERY), ("Transfer-Encoding", "chunked"), JSON]
    answer = readonly.send("POST", "sparql", fields, chunks + b"0\r\n\r\n")
    assert answer.status == 200
    assert answer.json["boolean"] is True


@pytest.mark.parametrize("how", ["get", "form"])
def test_two_queries_are_refused(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-operation: exactly one, even if both say the same."""
    assert send_query(readonly, how, ASK, ("query", ASK)).status == 400


@pytest.mark.parametrize("content_type, body", [(FORM, urlencode({"query": ASK})), (QUERY, ASK)])
def test_a_second_query_in_the_url_of_a_post_is_refused(readonly, content_type: str, body: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-operation: exactly one, wherever it stands."""
    target = "sparql?" + urlencode({"query": "ASK { FILTER(false) }"})
    assert readonly.post(target, content_type, body, JSON).status == 400


@pytest.mark.parametrize("body", ["", "x=1", urlencode({"default-graph-uri": ONE})])
def test_form_without_a_query_is_refused(readonly, body: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-operation: exactly one."""
    assert readonly.post("sparql", FORM, body).status == 400


def test_data_set_without_a_query_is_refused(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-operation: a GET with parameters is no plain GET."""
    assert readonly.get("sparql?" + urlencode({"default-graph-uri": ONE})).status == 400


@pytest.mark.parametrize("body", [b"", b" \n"])
def test_empty_query_posted_directly_is_refused(readonly, body: bytes) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: the empty string is no query."""
    assert readonly.post("sparql", QUERY, body).status == 400


@pytest.mark.parametrize("path", ["sparql", "update"])
def test_query_and_update_in_one_request_are_refused(writable, path: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#protocol: a request is one operation, not a choice of two."""
    pairs = {"query": ASK, "update": "INSERT DATA { <http://e.example/both> <http://e.example/p> 1 }"}
    assert writable.post(path, FORM, urlencode(pairs)).status == 400
    assert not writable.ask("e:both ?p ?o")


@every_way_to_query
def test_unknown_parameters_are_ignored(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-operation names those that mean something."""
    assert send_query(readonly, how, ASK, ("callback", "f"), ("x", "")).json["boolean"] is True


@pytest.mark.parametrize("content_type", ["text/plain", "application/json", UPDATE, "application/sparql-quer", "x"])
def test_query_of_another_media_type_is_refused(readonly, content_type: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct; the status: RFC 9110, section 15.5.16."""
    assert readonly.post("sparql", content_type, ASK).status == 415


@pytest.mark.parametrize("body", [ASK, urlencode({"query": ASK})])
def test_query_without_a_content_type_is_refused(readonly, body: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct: neither a form nor a query unless it says so."""
    assert readonly.post("sparql", None, body).status in (400, 415)


@pytest.mark.parametrize("method", ["PUT", "DELETE", "PATCH"])
def test_query_by_another_method_is_refused(readonly, method: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-operation: GET or POST; `Allow` by RFC 9110, section 15.5.6."""
    answer = readonly.send(method, "sparql?" + urlencode({"query": ASK}), [("Content-Type", QUERY)], b"")
    assert answer.status == 405
    assert {"get", "post"} <= answer.items("Allow")


def test_head_of_a_query_is_a_get_without_content(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#protocol: HTTP holds, here RFC 9110, section 9.3.2."""
    answer = readonly.send("HEAD", "sparql?" + urlencode({"query": ASK}), [JSON])
    assert answer.status == 200
    assert answer.media_type == "application/sparql-results+json"
    assert answer.content == b""


def test_head_of_a_broken_query_has_the_status_of_the_get(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#protocol: HTTP holds, here RFC 9110, section 9.3.2."""
    answer = readonly.send("HEAD", "sparql?query=SELEC")
    assert answer.status == 400
    assert answer.content == b""


@pytest.mark.parametrize(
    "path, methods",
    [("sparql", {"get", "head", "post", "options"}), ("update", {"post", "options"}), ("store", {"get", "head"})],
)
def test_options_lists_the_methods(writable, path: str, methods: set[str]) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#protocol: HTTP holds, here RFC 9110, section 9.3.7."""
    answer = writable.send("OPTIONS", path)
    assert answer.status == 204
    assert methods <= answer.items("Allow")


# --- encodings


@pytest.mark.parametrize("how", ["get", "form"])
@pytest.mark.parametrize("octets", ["%E9", "%C3%28", "%C0%AF", "%ED%A0%80", "%F5%80%80%80", "%FF"])
def test_percent_encoded_octets_that_are_not_utf8_are_refused(readonly, how: str, octets: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-get, RFC 3986, 2.5: no replacement character sneaks in."""
    text = f"query=ASK%7B%3Fs%20%3Fp%20'{octets}'%7D"
    answer = readonly.get("sparql?" + text) if how == "get" else readonly.post("sparql", FORM, text)
    assert answer.status == 400


@pytest.mark.parametrize("path, content_type", [("sparql", QUERY), ("update", UPDATE)])
@pytest.mark.parametrize("charset", ["", ";charset=iso-8859-1", ";charset=utf-8"])
def test_bodies_that_are_not_utf8_are_refused(writable, path: str, content_type: str, charset: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-post-direct: UTF-8 is the only charset."""
    text = "ASK { ?s ?p 'é' }" if path == "sparql" else "INSERT DATA { <http://e/bad> <http://e/p> 'é' }"
    answer = writable.post(path, content_type + charset, text.encode("latin-1"))
    assert answer.status in (400, 415)


@pytest.mark.parametrize("text", ["%ZZ", "100%", "%", "%4"])
def test_a_percent_sign_that_encodes_nothing_does_no_harm(readonly, text: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-get: it is refused, or stands for itself."""
    answer = readonly.get(f"sparql?query=SELECT%20('{text}'%20AS%20%3Fx)%7B%7D".encode(), JSON)
    assert answer.status == 400 or values(answer) == {text}


def test_raw_octets_in_the_target_do_no_harm(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-via-get: what is not ASCII is percent-encoded."""
    assert readonly.get("sparql?query=ASK%20{%20?s%20?p%20'é'%20}".encode("latin-1")).status == 400


@every_way_to_query
def test_nul_in_a_query_does_no_harm(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: outside of a string it is in no query."""
    assert send_query(readonly, how, "ASK {\0}").status == 400


# --- data set: https://www.w3.org/TR/sparql11-protocol/#dataset


@every_way_to_query
@pytest.mark.parametrize(
    "dataset, default, named",
    [
        pytest.param([], {"default"}, {ONE, TWO}, id="none: the service's own"),
        pytest.param([("default-graph-uri", ONE)], {"one"}, set(), id="one default graph, no named graph"),
        pytest.param([("default-graph-uri", ONE), ("default-graph-uri", TWO)], {"one", "two"}, set(), id="merged"),
        pytest.param([("named-graph-uri", TWO)], set(), {TWO}, id="one named graph, empty default graph"),
        pytest.param([("named-graph-uri", ONE), ("named-graph-uri", TWO)], set(), {ONE, TWO}, id="named graphs"),
        pytest.param([("default-graph-uri", ONE), ("named-graph-uri", TWO)], {"one"}, {TWO}, id="both"),
        pytest.param([("default-graph-uri", "http://e.example/none")], set(), set(), id="a graph that is not there"),
    ],
)
def test_data_set_of_the_request(readonly, how: str, dataset: list, default: set[str], named: set[str]) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#dataset"""
    assert values(send_query(readonly, how, DEFAULT, *dataset)) == default
    assert values(send_query(readonly, how, NAMED, *dataset)) == named


@every_way_to_query
def test_data_set_of_the_query(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#dataset: FROM and FROM NAMED hold where the request names none."""
    assert values(send_query(readonly, how, DEFAULT.replace("{", f"FROM <{ONE}> {{", 1))) == {"one"}
    assert values(send_query(readonly, how, NAMED.replace("{", f"FROM NAMED <{TWO}> {{", 1))) == {TWO}


@every_way_to_query
@pytest.mark.parametrize(
    "clause, dataset, default, named",
    [
        pytest.param(f"FROM <{ONE}>", ("default-graph-uri", TWO), {"two"}, set(), id="FROM"),
        pytest.param(f"FROM NAMED <{ONE}>", ("named-graph-uri", TWO), set(), {TWO}, id="FROM NAMED"),
        pytest.param(f"FROM <{ONE}>", ("named-graph-uri", TWO), set(), {TWO}, id="FROM against named"),
        pytest.param(
            f"FROM NAMED <{ONE}>", ("default-graph-uri", TWO), {"two"}, set(), id="FROM NAMED against default"
        ),
    ],
)
def test_data_set_of_the_request_beats_that_of_the_query(
    readonly, how: str, clause: str, dataset: tuple[str, str], default: set[str], named: set[str]
) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#dataset: the request's MUST be used, as a whole."""
    assert values(send_query(readonly, how, DEFAULT.replace("{", clause + " {", 1), dataset)) == default
    assert values(send_query(readonly, how, NAMED.replace("{", clause + " {", 1), dataset)) == named


@pytest.mark.parametrize("name", ["default-graph-uri", "named-graph-uri"])
@every_way_to_query
def test_a_graph_name_that_is_no_iri_is_refused(readonly, how: str, name: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-operation: the parameters are graph URIs."""
    assert send_query(readonly, how, ASK, (name, "http://e.example/a b>")).status == 400


# --- answers: https://www.w3.org/TR/sparql11-protocol/#query-success


@pytest.mark.parametrize(
    "media_type",
    [
        "application/sparql-results+json",
        "application/sparql-results+xml",
        "text/csv",
        "text/tab-separated-values",
    ],
)
def test_select_is_a_results_document(readonly, media_type: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-success: of the media type of its format."""
    answer = readonly.query("SELECT ?n { <http://e.example/ada> <http://e.example/name> ?n }", ("Accept", media_type))
    assert answer.status == 200
    assert answer.media_type == media_type
    if media_type.endswith("json"):
        assert json.loads(answer.content)["results"]["bindings"][0]["n"] == {"type": "literal", "value": "Ada"}
    elif media_type.endswith("xml"):
        found = ET.fromstring(answer.content).iter("{http://www.w3.org/2005/sparql-results#}literal")
        assert [node.text for node in found] == ["Ada"]
    else:
        assert answer.text.splitlines() == (["n", "Ada"] if media_type == "text/csv" else ["?n", '"Ada"'])


@pytest.mark.parametrize("media_type", ["application/sparql-results+json", "application/sparql-results+xml"])
@pytest.mark.parametrize("truth", [True, False])
def test_ask_is_a_results_document(readonly, media_type: str, truth: bool) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-success: of the media type of its format."""
    answer = readonly.query(f"ASK {{ FILTER({str(truth).lower()}) }}", ("Accept", media_type))
    assert answer.status == 200
    assert answer.media_type == media_type
    if media_type.endswith("json"):
        document = json.loads(answer.content)
        assert document["boolean"] is truth
        assert "head" in document
    else:
        node = ET.fromstring(answer.content).find("{http://www.w3.org/2005/sparql-results#}boolean")
        assert node is not None
        assert node.text == str(truth).lower()


@pytest.mark.parametrize(
    "media_type",
    ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"],
)
@pytest.mark.parametrize(
    "query",
    [
        pytest.param("CONSTRUCT WHERE { <http://e.example/ada> ?p ?o }", id="construct"),
        pytest.param("DESCRIBE <http://e.example/ada>", id="describe"),
    ],
)
def test_construct_and_describe_are_graphs(readonly, query: str, media_type: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-success: an RDF serialisation, of its media type."""
    answer = readonly.query(query, ("Accept", media_type))
    assert answer.status == 200
    assert answer.media_type == media_type
    triples = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media_type)))
    assert len({quad.triple for quad in triples}) == 3


# --- failures: https://www.w3.org/TR/sparql11-protocol/#query-failure


@every_way_to_query
@pytest.mark.parametrize(
    "text",
    [
        "SELECT ?s WHERE { ?s ?p ",
        "SELEC * {}",
        "ASK { ?s e:undeclared ?o }",
        "SELECT ?s { ?s ?p ?o } GROUP BY ?p",
        "INSERT DATA { <http://e/s> <http://e/p> 1 }",
        "ASK {} ASK {}",
    ],
)
def test_what_is_no_query_is_a_bad_request(readonly, how: str, text: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: 400, never a 2xx and never a 5xx."""
    assert send_query(readonly, how, text).status == 400


def test_a_failed_query_says_what_failed(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: content for people or machines."""
    answer = readonly.query("ASK { ?s undeclared:p ?o }")
    assert answer.status == 400
    assert "undeclared" in answer.text


# --- update: https://www.w3.org/TR/sparql11-protocol/#update-operation


@every_way_to_update
def test_update_is_carried_out(writable, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-success: a 2xx, and it is done."""
    answer = send_update(writable, how, f"INSERT DATA {{ <http://e.example/up-{how}> <http://e.example/p> 'Å' }}")
    assert answer.status in (200, 204)
    assert writable.ask(f"e:up-{how} e:p 'Å'")
    assert send_update(writable, how, f"DELETE WHERE {{ <http://e.example/up-{how}> ?p ?o }}").status in (200, 204)
    assert not writable.ask(f"e:up-{how} ?p ?o")


def test_update_has_no_content(writable) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-success: the content is ours to choose; there is none."""
    answer = send_update(writable, "direct", "DELETE DATA { <http://e.example/no> <http://e.example/p> 1 }")
    assert answer.status == 204
    assert answer.content == b""


@pytest.mark.parametrize(
    "content_type",
    [f"{FORM};charset=UTF-8", FORM.upper(), f"{UPDATE}; charset=utf-8", "Application/SPARQL-Update"],
)
def test_update_is_known_by_its_media_type(writable, content_type: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-operation; any case, parameters: RFC 9110, 8.3.1."""
    text = "DELETE DATA { <http://e.example/no> <http://e.example/p> 1 }"
    body = urlencode({"update": text}) if "form" in content_type.lower() else text
    assert writable.post("update", content_type, body).status in (200, 204)


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "PATCH"])
def test_update_by_another_method_is_refused(writable, method: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-operation: POST only; `Allow` by RFC 9110, section 15.5.6."""
    text = "INSERT DATA { <http://e.example/by-get> <http://e.example/p> 1 }"
    answer = writable.send(method, "update?" + urlencode({"update": text}))
    assert answer.status == 405
    assert "post" in answer.items("Allow")
    assert not writable.ask("e:by-get ?p ?o")


@pytest.mark.parametrize("name", ["query", "update"])
def test_a_get_of_the_query_endpoint_updates_nothing(writable, name: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-operation: not by GET, not as a query."""
    text = "INSERT DATA { <http://e.example/sneaked> <http://e.example/p> 1 }"
    assert writable.get("sparql?" + urlencode({name: text})).status == 400
    assert not writable.ask("e:sneaked ?p ?o")


@pytest.mark.parametrize(
    "content_type, body",
    [(FORM, urlencode({"query": "CLEAR ALL"})), (QUERY, "CLEAR ALL"), (FORM, urlencode({"update": "CLEAR ALL"}))],
)
def test_a_post_to_the_query_endpoint_updates_nothing(writable, content_type: str, body: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: an update is no query."""
    assert writable.post("sparql", content_type, body).status == 400
    assert writable.ask("e:ada ?p ?o")


def test_two_updates_are_refused(writable) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-operation: exactly one."""
    text = "INSERT DATA { <http://e.example/twice> <http://e.example/p> 1 }"
    assert send_update(writable, "form", text, ("update", text)).status == 400
    assert not writable.ask("e:twice ?p ?o")


@pytest.mark.parametrize("body", ["", urlencode({"using-graph-uri": ONE}), urlencode({"query": ASK})])
def test_form_without_an_update_is_refused(writable, body: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-operation: exactly one."""
    assert writable.post("update", FORM, body).status == 400


@pytest.mark.parametrize("content_type", ["text/plain", QUERY, "application/json"])
def test_update_of_another_media_type_is_refused(writable, content_type: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-via-post-direct; the status: RFC 9110, section 15.5.16."""
    assert writable.post("update", content_type, "CLEAR ALL").status == 415
    assert writable.ask("e:ada ?p ?o")


@pytest.mark.parametrize("body", ["CLEAR ALL", urlencode({"update": "CLEAR ALL"})])
def test_update_without_a_content_type_is_refused(writable, body: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-via-post-direct"""
    assert writable.post("update", None, body).status in (400, 415)
    assert writable.ask("e:ada ?p ?o")


@every_way_to_update
@pytest.mark.parametrize("text", ["INSERT DATA { ?s ?p ?o }", "INSRT DATA {}", ASK, "CLEAR ALL; DROP", "\0"])
def test_what_is_no_update_is_a_bad_request(writable, how: str, text: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-failure: 400, and nothing of it is done."""
    assert send_update(writable, how, text).status == 400
    assert writable.ask("e:ada ?p ?o")


def test_octets_of_an_update_form_that_are_not_utf8_are_refused(writable) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-via-post-urlencoded"""
    body = "update=INSERT%20DATA%20%7B%3Chttp://e/x%3E%20%3Chttp://e/p%3E%20'%E9'%7D"
    assert writable.post("update", FORM, body).status == 400


def test_an_update_that_fails_halfway_is_not_done_at_all(writable) -> None:
    """https://www.w3.org/TR/sparql11-update/#updateLanguage: a request should be atomic."""
    text = f"INSERT DATA {{ <http://e.example/half> <http://e.example/p> 1 }} ; CREATE GRAPH <{ONE}>"
    assert 400 <= send_update(writable, "direct", text).status < 600
    assert not writable.ask("e:half ?p ?o")


def test_operations_of_an_update_follow_each_other(writable) -> None:
    """https://www.w3.org/TR/sparql11-update/#updateLanguage: in lexical order, each seeing the one before."""
    writable.update(
        "INSERT DATA { e:seq e:p 1 } ; INSERT { e:seq e:q ?o } WHERE { e:seq e:p ?o } ; DELETE DATA { e:seq e:p 1 }"
    )
    assert writable.column("SELECT ?p { e:seq ?p ?o }") == ["http://e.example/q"]
    writable.update("DELETE WHERE { e:seq ?p ?o }")


def test_unknown_parameters_of_an_update_are_ignored(writable) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-operation names those that mean something."""
    text = "DELETE DATA { <http://e.example/no> <http://e.example/p> 1 }"
    assert send_update(writable, "form", text, ("x", "y")).status in (200, 204)


# --- data set of an update: https://www.w3.org/TR/sparql11-protocol/#update-dataset


@pytest.fixture
def copied(writable):
    """Run an update whose WHERE clause copies what it sees to `e:copy`; return what it saw, and clear up."""

    def run(how: str, where: str, *dataset: tuple[str, str]) -> set[str]:
        text = f"PREFIX e: <http://e.example/> INSERT {{ e:copy e:saw ?x }} WHERE {{ {where} }}"
        answer = send_update(writable, how, text, *dataset)
        assert answer.status in (200, 204), answer
        seen = set(writable.column("SELECT ?x { e:copy e:saw ?x }"))
        writable.update("DELETE WHERE { e:copy ?p ?o }")
        return seen

    return run


@every_way_to_update
@pytest.mark.parametrize(
    "dataset, default, named",
    [
        pytest.param([], {"default"}, {ONE, TWO}, id="none"),
        pytest.param([("using-graph-uri", ONE)], {"one"}, set(), id="one default graph"),
        pytest.param([("using-graph-uri", ONE), ("using-graph-uri", TWO)], {"one", "two"}, set(), id="merged"),
        pytest.param([("using-named-graph-uri", TWO)], set(), {TWO}, id="one named graph"),
        pytest.param([("using-named-graph-uri", ONE), ("using-named-graph-uri", TWO)], set(), {ONE, TWO}, id="two"),
        pytest.param([("using-graph-uri", ONE), ("using-named-graph-uri", TWO)], {"one"}, {TWO}, id="both"),
    ],
)
def test_data_set_of_an_update(copied, how: str, dataset: list, default: set[str], named: set[str]) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-dataset: as if by USING and USING NAMED."""
    assert copied(how, "?s e:in ?x", *dataset) == default
    assert copied(how, "GRAPH ?x { ?s e:in ?y }", *dataset) == named


@every_way_to_update
def test_data_set_of_an_update_holds_for_every_operation(writable, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-dataset: for every operation of the request."""
    text = """PREFIX e: <http://e.example/>
        INSERT { e:each e:first ?in } WHERE { ?s e:in ?in } ;
        INSERT { e:each e:second ?in } WHERE { ?s e:in ?in }"""
    assert send_update(writable, how, text, ("using-graph-uri", TWO)).status in (200, 204)
    assert writable.column("SELECT ?x { e:each e:first ?x }") == ["two"]
    assert writable.column("SELECT ?x { e:each e:second ?x }") == ["two"]
    writable.update("DELETE WHERE { e:each ?p ?o }")


@every_way_to_update
def test_data_set_of_an_update_does_not_move_what_is_written(writable, how: str) -> None:
    """https://www.w3.org/TR/sparql11-update/#deleteInsert: USING rules the WHERE clause only."""
    text = "INSERT DATA { <http://e.example/kept> <http://e.example/p> 1 }"
    assert send_update(writable, how, text, ("using-graph-uri", ONE)).status in (200, 204)
    assert writable.ask("e:kept e:p 1")
    assert not writable.ask(f"GRAPH <{ONE}> {{ e:kept e:p 1 }}")
    writable.update("DELETE WHERE { e:kept ?p ?o }")


@every_way_to_update
@pytest.mark.parametrize("name", ["using-graph-uri", "using-named-graph-uri"])
@pytest.mark.parametrize(
    "text",
    [
        pytest.param(f"INSERT {{ ?s e:c 1 }} USING <{ONE}> WHERE {{ ?s e:in ?o }}", id="USING"),
        pytest.param(f"INSERT {{ ?s e:c 1 }} USING NAMED <{ONE}> WHERE {{ ?s e:in ?o }}", id="USING NAMED"),
        pytest.param(f"WITH <{ONE}> INSERT {{ ?s e:c 1 }} WHERE {{ ?s e:in ?o }}", id="WITH"),
        pytest.param(
            f"INSERT DATA {{ e:x e:c 1 }} ; WITH <{ONE}> DELETE {{ ?s e:c 1 }} WHERE {{ ?s e:c 1 }}", id="later"
        ),
    ],
)
def test_data_set_of_an_update_given_twice_is_refused(writable, how: str, name: str, text: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-dataset: an error, so nothing is done."""
    answer = send_update(writable, how, "PREFIX e: <http://e.example/> " + text, (name, TWO))
    assert answer.status == 400
    assert not writable.ask("{ ?s e:c ?o } UNION { GRAPH ?g { ?s e:c ?o } }")


@every_way_to_update
def test_words_in_strings_and_comments_are_no_second_data_set(writable, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-dataset: a clause is meant, not the word."""
    text = f"""# USING <{ONE}>
        INSERT {{ <http://e.example/word> <http://e.example/p> "WITH <x> USING <y>" }} WHERE {{}}"""
    assert send_update(writable, how, text, ("using-graph-uri", TWO)).status in (200, 204)
    assert writable.ask('e:word e:p "WITH <x> USING <y>"')
    writable.update("DELETE WHERE { e:word ?p ?o }")


# --- base IRI: https://www.w3.org/TR/sparql11-protocol/#base-iri


@every_way_to_query
def test_relative_iris_of_a_query_have_a_base(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#base-iri: the service's own, here the endpoint."""
    assert values(send_query(readonly, how, "SELECT (<there> AS ?x) {}")) == {readonly.url + "there"}


@every_way_to_query
def test_base_of_a_query_is_its_own(readonly, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#base-iri: BASE of the query comes first."""
    query = "BASE <http://b.example/a/> SELECT (<there> AS ?x) {}"
    assert values(send_query(readonly, how, query)) == {"http://b.example/a/there"}


@every_way_to_update
def test_relative_iris_of_an_update_have_a_base(writable, how: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#base-iri: the service's own, here the endpoint."""
    text = "INSERT DATA { <http://e.example/base> <http://e.example/p> <there> }"
    assert send_update(writable, how, text).status in (200, 204)
    assert writable.column("SELECT ?o { e:base e:p ?o }") == [writable.url + "there"]
    writable.update("DELETE WHERE { e:base ?p ?o }")


def test_the_server_is_not_worn_out_by_updates(writable) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-success: the three hundredth is carried out like the first."""
    writable.update("INSERT DATA { e:counter e:at 0 }")
    for _ in range(300):
        writable.update("DELETE { ?c e:at ?n } INSERT { ?c e:at ?m } WHERE { ?c e:at ?n BIND(?n + 1 AS ?m) }")
    assert writable.column("SELECT ?n { e:counter e:at ?n }") == ["300"]
    writable.update("DELETE WHERE { e:counter ?p ?o }")


# --- what older clients send

EMPTY = ["default-graph-uri", "named-graph-uri", "format", "timeout", "output"]


@pytest.mark.parametrize("name", EMPTY)
def test_an_empty_parameter_is_none(readonly, name: str) -> None:
    """Forms send the fields that nobody filled in: a parameter without a value says nothing."""
    expected = readonly.query("SELECT * { ?s ?p ?o } ORDER BY STR(?s) STR(?p)", ("Accept", "text/csv"))
    answer = readonly.query("SELECT * { ?s ?p ?o } ORDER BY STR(?s) STR(?p)", ("Accept", "text/csv"), **{name: ""})
    assert answer.status == 200, answer
    assert len(answer.content.splitlines()) == len(expected.content.splitlines()) > 3
    body = urlencode({"query": "ASK { ?s ?p ?o }", name: ""})
    assert readonly.post("sparql", "application/x-www-form-urlencoded", body).json["boolean"] is True


def test_an_empty_graph_of_an_update_is_none(writable) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-dataset"""
    pairs = {"using-graph-uri": "", "using-named-graph-uri": "", "update": "DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }"}
    answer = writable.post("update", "application/x-www-form-urlencoded", urlencode(pairs))
    assert answer.status == 204, answer


@pytest.mark.parametrize("value", ["0", "0.0", "00"])
def test_a_timeout_of_nought_is_the_limit_of_the_server(readonly, value: str) -> None:
    """Virtuoso and its clients write no limit of their own so."""
    assert readonly.query("ASK { ?s ?p ?o }", timeout=value).json["boolean"] is True
    assert readonly.query("ASK { ?s ?p ?o }", timeout="-1").status == 400


@pytest.mark.parametrize("target", ["sparql/", ".well-known/void/", "metrics/"])
def test_a_slash_too_many_leads_to_the_endpoint(readonly, target: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-308-permanent-redirect: method and body stay."""
    answer = readonly.get(target + "?query=ASK%7B%7D&format=json", ("Accept", "text/html"))
    assert answer.status == 308
    assert answer.get("Location") == f"/{target[:-1]}?query=ASK%7B%7D&format=json"
    assert readonly.get(target).get("Location") == f"/{target[:-1]}"
    assert readonly.send("OPTIONS", target).status == 204


@pytest.mark.parametrize("target", ["sparql/", "update/"])
def test_a_post_with_a_slash_too_many_keeps_its_method(readonly, target: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-308-permanent-redirect"""
    answer = readonly.post(target, "application/sparql-query", "ASK {}")
    assert (answer.status, answer.get("Location")) == (308, f"/{target[:-1]}")


MARK = "\ufeff"


def test_a_byte_order_mark_before_a_query_is_skipped(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc3629#section-6: editors write it, and nobody sees it."""
    text = MARK + "ASK { ?s ?p ?o }"
    assert readonly.query(text).json["boolean"] is True
    for content_type, body in (
        ("application/sparql-query", text),
        ("application/x-www-form-urlencoded", urlencode({"query": text})),
    ):
        assert readonly.post("sparql", content_type, body).json["boolean"] is True
    page = readonly.query(text, ("Accept", "text/html"))
    assert (page.status, page.media_type) == (200, "text/html")


def test_a_byte_order_mark_before_an_update_is_skipped(writable) -> None:
    """https://www.rfc-editor.org/rfc/rfc3629#section-6"""
    text = MARK + "DELETE { ?s ?p 1 } WHERE { ?s ?p 1 }"
    assert writable.post("update", "application/sparql-update", text).status == 204
    assert writable.post("update", "application/x-www-form-urlencoded", urlencode({"update": text})).status == 204


EVERYTHING = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?o"


@pytest.mark.parametrize("accept", ["application/sparql-results+json", "text/csv", "text/html"])
def test_everything_can_be_sorted_whatever_its_kind(site: str, ask, accept: str) -> None:
    # The engine's own sort of these values ends its process.
    assert ask(site, EVERYTHING + f" LIMIT 5 # {accept}", accept)
    # A table of the whole graph is more than a page may hold.
    most = " LIMIT 20000" if accept == "text/html" else ""
    assert ask(site, EVERYTHING + f"{most} # {accept}", accept)


def test_columns_of_a_star_are_in_the_order_of_the_query(site: str, ask) -> None:
    assert ask(site, "SELECT * { ?subject ?property ?object } LIMIT 1", "text/csv").startswith(
        "subject,property,object\r\n"
    )
