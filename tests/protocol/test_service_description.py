"""What the endpoint says of itself is what it does: SPARQL 1.1 Service Description and VoID.

https://www.w3.org/TR/sparql11-service-description/ and https://www.w3.org/TR/void/
"""

from __future__ import annotations

import xml.etree.ElementTree as ET
from urllib.parse import quote

import pyoxigraph as ox
import pytest

pytestmark = pytest.mark.slow

SD = "http://www.w3.org/ns/sparql-service-description#"
VOID = "http://rdfs.org/ns/void#"
TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
GRAPHS = {"text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"}
SERVERS = pytest.mark.parametrize("server", ["readonly", "union", "writable"])

#: W3C's IRI of a format (https://www.w3.org/ns/formats/) → media type, and a document of one triple for input.
FORMATS = {
    "SPARQL_Results_JSON": ("application/sparql-results+json", None),
    "SPARQL_Results_XML": ("application/sparql-results+xml", None),
    "SPARQL_Results_CSV": ("text/csv", None),
    "SPARQL_Results_TSV": ("text/tab-separated-values", None),
    "Turtle": ("text/turtle", "<http://e.example/in> <http://e.example/p> 'it' ."),
    "N-Triples": ("application/n-triples", '<http://e.example/in> <http://e.example/p> "it" .'),
    "RDF_XML": (
        "application/rdf+xml",
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/">'
        '<rdf:Description rdf:about="http://e.example/in"><e:p>it</e:p></rdf:Description></rdf:RDF>',
    ),
    "JSON-LD": ("application/ld+json", '{"@id": "http://e.example/in", "http://e.example/p": "it"}'),
    "TriG": ("application/trig", "<http://e.example/in> <http://e.example/p> 'it' ."),
    "N-Quads": ("application/n-quads", '<http://e.example/in> <http://e.example/p> "it" .'),
    "N3": ("text/n3", "<http://e.example/in> <http://e.example/p> 'it' ."),
}
RESULTS = {name for name in FORMATS if name.startswith("SPARQL")}


class Description:
    """An RDF document, to be walked by property; its base is where it came from (RFC 3986, section 5.1.3)."""

    def __init__(self, answer, base: str) -> None:
        assert answer.status == 200, answer
        syntax = ox.RdfFormat.from_media_type(answer.media_type)
        parsed = ox.parse(answer.content, format=syntax, base_iri=base)
        self.quads = ox.Dataset(ox.Quad(*quad.triple) for quad in parsed)

    def objects(self, subject: object, name: str) -> list:
        """Return the values of a property."""
        return [quad.object for quad in self.quads.quads_for_subject(subject) if quad.predicate.value == name]

    def values(self, subject: object, name: str) -> list[str]:
        """Return the values of a property as text."""
        return [node.value for node in self.objects(subject, name)]

    def instances(self, name: str) -> list:
        """Return what is of a class."""
        quads = self.quads.quads_for_object(ox.NamedNode(name))
        return [quad.subject for quad in quads if quad.predicate.value == TYPE]

    def only(self, subject: object, name: str):
        """Return the one value of a property."""
        (node,) = self.objects(subject, name)
        return node


@pytest.fixture
def client(request: pytest.FixtureRequest, server: str):
    return request.getfixturevalue(server)


def describe(client) -> tuple[Description, object]:
    """Return the service description and the service that it is about."""
    found = Description(client.get("sparql", ("Accept", "text/turtle")), client.url + "sparql")
    (service,) = found.instances(SD + "Service")
    return found, service


def formats(found: Description, service: object, name: str) -> set[str]:
    """Return the local names of formats, each of which must be one of W3C's."""
    iris = set(found.values(service, SD + name))
    assert all(iri.startswith("http://www.w3.org/ns/formats/") for iri in iris)
    return {iri.rpartition("/")[2] for iri in iris}


def number(client, query: str) -> int:
    """Return the count that a query finds."""
    return int(client.column(query)[0])


# --- access: https://www.w3.org/TR/sparql11-service-description/#accessing


@SERVERS
def test_the_endpoint_describes_itself(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#accessing: at the endpoint, by a GET without a query."""
    found, service = describe(client)
    assert found.values(service, SD + "endpoint") == [client.url + "sparql"]


@pytest.mark.parametrize("accept", [None, "*/*", "application/*"])
def test_the_description_is_rdf(readonly, accept: str | None) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#accessing: MUST be had in a serialisation of RDF."""
    answer = readonly.get("sparql", *([("Accept", accept)] if accept else []))
    assert answer.status == 200
    assert answer.media_type in GRAPHS
    assert Description(answer, readonly.url).instances(SD + "Service")


@pytest.mark.parametrize("media_type", sorted(GRAPHS))
def test_the_description_is_negotiated(readonly, media_type: str) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#accessing: SHOULD use content negotiation."""
    answer = readonly.get("sparql", ("Accept", media_type))
    assert answer.media_type == media_type
    assert "accept" in answer.items("Vary")
    assert len(Description(answer, readonly.url).quads) == len(describe(readonly)[0].quads)


def test_the_description_is_not_acceptable_as_an_image(readonly) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#accessing with RFC 9110, section 15.5.7."""
    assert readonly.get("sparql", ("Accept", "image/png")).status == 406


def test_a_browser_gets_a_page(readonly) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#accessing: people are served too."""
    answer = readonly.get("sparql", ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))
    assert answer.status == 200
    assert answer.media_type == "text/html"


def test_head_of_the_description(readonly) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#accessing with RFC 9110, section 9.3.2."""
    head, get = (readonly.send(method, "sparql", [("Accept", "text/turtle")]) for method in ("HEAD", "GET"))
    assert (head.status, head.get("Content-Type"), head.content) == (200, get.get("Content-Type"), b"")


# --- formats


@SERVERS
def test_result_formats_are_named(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-resultFormat"""
    found, service = describe(client)
    assert {*RESULTS, "Turtle", "N-Triples", "RDF_XML", "JSON-LD"} <= formats(found, service, "resultFormat")


@SERVERS
@pytest.mark.parametrize("name", FORMATS)
def test_a_result_format_is_named_if_and_only_if_it_is_to_be_had(client, name: str) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-resultFormat"""
    found, service = describe(client)
    media_type = FORMATS[name][0]
    query = "SELECT ?n { ?s ?p ?n }" if name in RESULTS else "CONSTRUCT WHERE { ?s ?p ?o }"
    answer = client.query(query, ("Accept", media_type))
    had = answer.status == 200 and answer.media_type == media_type
    assert had == (name in formats(found, service, "resultFormat"))
    if had and name == "SPARQL_Results_XML":
        assert ET.fromstring(answer.content).tag == "{http://www.w3.org/2005/sparql-results#}sparql"
    if had and name not in RESULTS:
        assert list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media_type)))


@pytest.mark.parametrize("name", [name for name in FORMATS if name not in RESULTS])
def test_an_input_format_is_named_if_and_only_if_it_is_accepted(writable, name: str) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-inputFormat"""
    found, service = describe(writable)
    media_type, document = FORMATS[name]
    quads = media_type in ("application/trig", "application/n-quads")
    target = "store" if quads else "store?default"
    answer = writable.post(target, media_type, str(document))
    accepted = answer.status in (200, 201, 204) and writable.ask(
        "{ e:in e:p 'it' } UNION { GRAPH ?g { e:in e:p 'it' } }"
    )
    writable.update("DELETE WHERE { e:in ?p ?o }")
    assert accepted == (name in formats(found, service, "inputFormat"))


@pytest.mark.parametrize("server", ["readonly", "union"])
def test_no_input_format_where_nothing_is_accepted(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-inputFormat"""
    found, service = describe(client)
    assert formats(found, service, "inputFormat") == set()


# --- languages and features


@SERVERS
def test_the_query_language_is_named_and_spoken(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-supportedLanguage: property paths came with 1.1."""
    found, service = describe(client)
    assert SD + "SPARQL11Query" in found.values(service, SD + "supportedLanguage")
    assert client.query("ASK { ?s <http://e.example/in>|<http://e.example/name> ?o }").status == 200


@SERVERS
def test_the_update_language_is_named_if_and_only_if_it_is_spoken(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-supportedLanguage"""
    found, service = describe(client)
    answer = client.post("update", "application/sparql-update", "DELETE DATA { <http://e/no> <http://e/p> 1 }")
    assert (answer.status in (200, 204)) == (SD + "SPARQL11Update" in found.values(service, SD + "supportedLanguage"))


@SERVERS
def test_every_language_named_is_one_of_the_specification(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-supportedLanguage"""
    found, service = describe(client)
    known = {SD + name for name in ("SPARQL10Query", "SPARQL11Query", "SPARQL11Update")}
    assert set(found.values(service, SD + "supportedLanguage")) <= known


@SERVERS
def test_union_default_graph_is_named_if_and_only_if_it_is_so(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-uniondefaultgraph: shown by a query."""
    found, service = describe(client)
    union = client.ask("e:one e:in 'one' . e:two e:in 'two'")
    assert union == (SD + "UnionDefaultGraph" in found.values(service, SD + "feature"))


def test_both_kinds_of_default_graph_are_tested(readonly, union) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-uniondefaultgraph: the two servers differ in it."""
    assert [SD + "UnionDefaultGraph" in d.values(s, SD + "feature") for d, s in map(describe, (readonly, union))] == [
        False,
        True,
    ]


@SERVERS
def test_nothing_is_fetched(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-dereferencesuris: not said, and FROM fetches nothing."""
    found, service = describe(client)
    assert SD + "DereferencesURIs" not in found.values(service, SD + "feature")
    loop = f"{client.url}sparql?query={quote('CONSTRUCT WHERE { ?s ?p ?o }')}"
    answer = client.query(f"ASK FROM <{loop}> {{ ?s ?p ?o }}", ("Accept", "application/sparql-results+json"))
    assert answer.json["boolean"] is False


@SERVERS
def test_federation_is_not_said_where_it_is_off(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-basicfederatedquery: without --allow-service."""
    found, service = describe(client)
    assert SD + "BasicFederatedQuery" not in found.values(service, SD + "feature")
    assert client.query("SELECT * { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }").status == 403


@SERVERS
def test_a_data_set_is_not_required(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-requiresdataset"""
    found, service = describe(client)
    assert SD + "RequiresDataset" not in found.values(service, SD + "feature")
    assert client.query("ASK {}").status == 200


def test_empty_graphs_are_said_if_and_only_if_they_are_kept(writable) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-emptygraphs"""
    found, service = describe(writable)
    writable.update("CREATE SILENT GRAPH e:empty-graph")
    kept = writable.get("store?graph=" + quote("http://e.example/empty-graph", safe="")).status == 200
    writable.update("DROP SILENT GRAPH e:empty-graph")
    assert kept == (SD + "EmptyGraphs" in found.values(service, SD + "feature"))


@SERVERS
def test_every_feature_named_is_one_of_the_specification(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#instances: in W3C's namespace only its own terms."""
    found, service = describe(client)
    known = {"DereferencesURIs", "UnionDefaultGraph", "RequiresDataset", "EmptyGraphs", "BasicFederatedQuery"}
    features = {iri.removeprefix(SD) for iri in found.values(service, SD + "feature") if iri.startswith(SD)}
    assert features <= known


@SERVERS
def test_every_extension_function_named_can_be_called(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-extensionFunction: an unknown one would be an error."""
    found, service = describe(client)
    names = [name for name in found.values(service, SD + "extensionFunction") if "/geosparql/relate" not in name]
    calls = " ".join(f"(<{name}>('x', 'y', 'z') AS ?v{index})" for index, name in enumerate(names))
    assert client.query(f"SELECT (1 AS ?one) {calls} {{}}").status == 200


# --- the data set


@SERVERS
def test_named_graphs_are_those_that_are_there(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-namedGraph"""
    found, service = describe(client)
    dataset = found.only(service, SD + "defaultDataset")
    names = [found.only(node, SD + "name").value for node in found.objects(dataset, SD + "namedGraph")]
    assert sorted(names) == sorted(client.column("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"))
    assert len(names) >= 2


@SERVERS
def test_counts_of_triples_are_true(client) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-graph, https://www.w3.org/TR/void/#statistics"""
    found, service = describe(client)
    dataset = found.only(service, SD + "defaultDataset")
    default = found.only(dataset, SD + "defaultGraph")
    said = {"": int(found.only(default, VOID + "triples").value)}
    for node in found.objects(dataset, SD + "namedGraph"):
        graph = found.only(node, SD + "graph")
        said[found.only(node, SD + "name").value] = int(found.only(graph, VOID + "triples").value)
    counted = {"": number(client, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }")}
    for name in client.column("SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"):
        counted[name] = number(client, f"SELECT (COUNT(*) AS ?n) {{ GRAPH <{name}> {{ ?s ?p ?o }} }}")
    assert said == counted


def test_the_description_stays_true_after_a_write(writable) -> None:
    """https://www.w3.org/TR/sparql11-service-description/#sd-namedGraph: of the data as they are now."""
    writable.update("INSERT DATA { GRAPH e:written { e:s e:p 1, 2, 3 } }")
    found, service = describe(writable)
    dataset = found.only(service, SD + "defaultDataset")
    counts = {
        found.only(node, SD + "name").value: found.only(found.only(node, SD + "graph"), VOID + "triples").value
        for node in found.objects(dataset, SD + "namedGraph")
    }
    writable.update("DROP GRAPH e:written")
    assert counts.get("http://e.example/written") == "3"
    found, service = describe(writable)
    dataset = found.only(service, SD + "defaultDataset")
    names = [found.only(node, SD + "name").value for node in found.objects(dataset, SD + "namedGraph")]
    assert "http://e.example/written" not in names


# --- VoID: https://www.w3.org/TR/void/


def void(client) -> tuple[Description, object]:
    """Return the VoID description and the data set that the endpoint serves."""
    found = Description(client.get(".well-known/void", ("Accept", "text/turtle")), client.url)
    (dataset,) = [
        node
        for node in found.instances(VOID + "Dataset")
        if client.url + "sparql" in found.values(node, VOID + "sparqlEndpoint")
    ]
    return found, dataset


@SERVERS
def test_void_is_at_its_well_known_place(client) -> None:
    """https://www.w3.org/TR/void/#well-known and https://www.w3.org/TR/void/#sparql: it leads to the endpoint."""
    void(client)


@SERVERS
@pytest.mark.parametrize(
    "name, query",
    [
        pytest.param("triples", "SELECT (COUNT(*) AS ?n) { SELECT DISTINCT ?s ?p ?o { %s } }", id="triples"),
        pytest.param("properties", "SELECT (COUNT(DISTINCT ?p) AS ?n) { %s }", id="properties"),
        pytest.param("classes", "SELECT (COUNT(DISTINCT ?c) AS ?n) { %s ?s a ?c }", id="classes"),
        pytest.param("distinctSubjects", "SELECT (COUNT(DISTINCT ?s) AS ?n) { %s }", id="subjects"),
        pytest.param("distinctObjects", "SELECT (COUNT(DISTINCT ?o) AS ?n) { %s }", id="objects"),
    ],
)
def test_statistics_of_void_are_true(client, name: str, query: str) -> None:
    """https://www.w3.org/TR/void/#statistics: of the default graph, or of all graphs; triples must be there."""
    found, dataset = void(client)
    said = [int(value) for value in found.values(dataset, VOID + name)]
    every = "{ ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } }"
    if name == "classes":
        every = "{ ?s a ?c } UNION { GRAPH ?g { ?s a ?c } }"
        true = {
            number(client, "SELECT (COUNT(DISTINCT ?c) AS ?n) { ?s a ?c }"),
            number(client, f"SELECT (COUNT(DISTINCT ?c) AS ?n) {{ {every} }}"),
        }
    else:
        true = {number(client, query % "?s ?p ?o"), number(client, query % every)}
        if name == "triples":
            # Some count a triple once in each graph.
            true.add(number(client, f"SELECT (COUNT(*) AS ?n) {{ {every} }}"))
    assert set(said) <= true
    assert len(said) == 1 or name != "triples"


@SERVERS
def test_void_says_how_many_triples_each_class_and_property_has(client) -> None:
    """https://www.w3.org/TR/void/#class-property-partitions: where partitions are given they are true."""
    found, dataset = void(client)
    for node in found.objects(dataset, VOID + "propertyPartition"):
        name = found.only(node, VOID + "property").value
        said = int(found.only(node, VOID + "triples").value)
        assert said == number(client, f"SELECT (COUNT(*) AS ?n) {{ ?s <{name}> ?o }}"), name
    for node in found.objects(dataset, VOID + "classPartition"):
        name = found.only(node, VOID + "class").value
        said = int(found.only(node, VOID + "entities").value)
        assert said == number(client, f"SELECT (COUNT(DISTINCT ?s) AS ?n) {{ ?s a <{name}> }}"), name
    assert found.instances(VOID + "Dataset")
