"""Programs that speak SPARQL, each in every way that it has, against the real server.

What they send is theirs to choose: SPARQLWrapper repeats its format in three parameters, by its own name and by media
types.
"""

from __future__ import annotations

import urllib.request
from urllib.parse import urlencode
from xml.dom.minidom import Document

import pandas
import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import CSV, GET, JSON, JSONLD, N3, POST, POSTDIRECTLY, RDF, RDFXML, TSV, TURTLE, URLENCODED, XML
from SPARQLWrapper import SPARQLWrapper as Wrapper

from computeatlas.model.namespaces import ATLAS, ID

MIMER = f"<{ID}infrastructure/mimer>"
QUERIES = {
    "SELECT": f"SELECT ?value {{ {MIMER} <{ATLAS}locatedIn> ?value }}",
    "ASK": f"ASK {{ {MIMER} ?property ?value }}",
    "CONSTRUCT": f"CONSTRUCT WHERE {{ {MIMER} ?property ?value }}",
    "DESCRIBE": f"DESCRIBE {MIMER}",
}
RESULTS_XML, RESULTS_JSON = "application/sparql-results+xml", "application/sparql-results+json"
#: SPARQLWrapper's name of a format (None: its default) → media type of a table, and of a graph. Where a format cannot
#: carry the result, the wrapper itself says `Accept: */*`, and gets what the server likes best.
FORMATS = {
    None: (RESULTS_XML, "application/rdf+xml"),
    XML: (RESULTS_XML, "application/rdf+xml"),
    JSON: (RESULTS_JSON, "application/ld+json"),
    TURTLE: (RESULTS_JSON, "text/turtle"),
    N3: (RESULTS_JSON, "text/turtle"),
    RDF: (RESULTS_JSON, "application/rdf+xml"),
    RDFXML: (RESULTS_JSON, "application/rdf+xml"),
    CSV: ("text/csv", "text/turtle"),
    TSV: ("text/tab-separated-values", "text/turtle"),
    JSONLD: (RESULTS_JSON, "application/ld+json"),
}
#: By negotiation alone the names of these say nothing: the wrapper sends no media type for them.
UNNAMED = {JSON: "text/turtle", RDF: "text/turtle"}
#: Media type → what SPARQLWrapper makes of it.
MADE = {
    RESULTS_XML: Document,
    RESULTS_JSON: dict,
    "application/rdf+xml": rdflib.Graph,
    "application/ld+json": rdflib.Graph,
    "text/turtle": bytes,
    "text/csv": bytes,
    "text/tab-separated-values": bytes,
}
#: It warns of formats that do not suit the query, and makes graphs in a way that RDFLib advises against.
UNEASY = pytest.mark.filterwarnings("ignore:.*returned:RuntimeWarning", "ignore::DeprecationWarning")


@UNEASY
@pytest.mark.parametrize("by_parameters", [True, False], ids=["parameters", "accept"])
@pytest.mark.parametrize("name", FORMATS, ids=str)
@pytest.mark.parametrize("form", QUERIES)
def test_sparqlwrapper_gets_each_form_in_each_format(
    site: str, form: str, name: str | None, by_parameters: bool
) -> None:
    table, graph = FORMATS[name]
    expected = table if form in ("SELECT", "ASK") else graph
    if not by_parameters and form in ("CONSTRUCT", "DESCRIBE"):
        expected = UNNAMED.get(name, expected)
    for method, how in ((GET, URLENCODED), (POST, URLENCODED), (POST, POSTDIRECTLY)):
        wrapper = Wrapper(site + "sparql")
        wrapper.setQuery(QUERIES[form])
        wrapper.setMethod(method)
        wrapper.setRequestMethod(how)
        wrapper.setOnlyConneg(not by_parameters)
        if name is not None:
            wrapper.setReturnFormat(name)
        answer = wrapper.query()
        assert answer.info()["content-type"].partition(";")[0] == expected, (method, how)
        made = answer.convert()
        assert isinstance(made, MADE[expected])
        if isinstance(made, rdflib.Graph):
            assert len(made) > 5
        elif isinstance(made, bytes):
            assert made.strip()


@pytest.mark.parametrize(
    "name, form, media_type",
    [
        ("turtle", "CONSTRUCT", "text/turtle"),
        ("rdf+xml", "CONSTRUCT", "application/rdf+xml"),
        ("rdf xml", "CONSTRUCT", "application/rdf+xml"),
        ("json-ld", "CONSTRUCT", "application/ld+json"),
        ("n3", "CONSTRUCT", "text/turtle"),
        ("xml", "CONSTRUCT", "application/rdf+xml"),
        ("json", "CONSTRUCT", "application/ld+json"),
        ("application/json", "CONSTRUCT", "application/ld+json"),
        ("text/turtle", "CONSTRUCT", "text/turtle"),
        ("csv", "CONSTRUCT", "text/turtle"),
        ("nonsense", "CONSTRUCT", "text/turtle"),
        ("text/csv", "SELECT", "text/csv"),
        ("tsv", "SELECT", "text/tab-separated-values"),
        ("xml", "SELECT", RESULTS_XML),
        ("json", "SELECT", RESULTS_JSON),
        ("application/json", "SELECT", RESULTS_JSON),
        ("application/sparql-results+json", "SELECT", RESULTS_JSON),
        ("turtle", "SELECT", RESULTS_JSON),
        ("nonsense", "SELECT", RESULTS_JSON),
    ],
)
def test_a_format_by_any_usual_name_and_else_by_accept(site: str, name: str, form: str, media_type: str) -> None:
    address = site + "sparql?" + urlencode({"query": QUERIES[form], "format": name})
    request = urllib.request.Request(address, headers={"Accept": "*/*"})
    with urllib.request.urlopen(request) as response:
        assert response.headers["content-type"].partition(";")[0] == media_type


@pytest.mark.parametrize("method", ["GET", "POST", "POST_FORM"])
@pytest.mark.parametrize("results", ["xml", "json", "csv", "tsv"])
def test_rdflib_asks_by_its_store(site: str, results: str, method: str) -> None:
    graph = rdflib.Graph(SPARQLStore(site + "sparql", returnFormat=results, method=method))
    assert len(list(graph.query(QUERIES["SELECT"]))) > 0
    if results in ("xml", "json"):
        # The other two have no form for a truth value.
        assert graph.query(QUERIES["ASK"]).askAnswer is True
    for form in ("CONSTRUCT", "DESCRIBE"):
        if results == "xml":
            assert len(graph.query(QUERIES[form]).graph) > 5
        else:
            # The store then accepts tables alone, of a graph too: a 406, which by POST it returns as a tuple.
            with pytest.raises((ValueError, AttributeError), match=r"SPARQL query|'tuple' object"):
                len(graph.query(QUERIES[form]).graph)
    if results != "csv":
        # CSV does not tell IRIs from texts: https://www.w3.org/TR/sparql11-results-csv-tsv/#csv-terms
        subject = rdflib.URIRef(ID + "infrastructure/mimer")
        assert {kind for _s, _p, kind in graph.triples((subject, rdflib.RDF.type, None))} >= {
            rdflib.URIRef(ATLAS + "AIFactory")
        }


def test_pandas_reads_an_answer_that_is_asked_for_as_csv(site: str) -> None:
    address = site + "sparql?" + urlencode({"query": QUERIES["SELECT"], "format": "csv"})
    assert list(pandas.read_csv(address).columns) == ["value"]
    # By its header too, which pandas sends where it is told.
    named = site + "sparql?" + urlencode({"query": QUERIES["SELECT"]})
    assert list(pandas.read_csv(named, storage_options={"Accept": "text/csv"}).columns) == ["value"]
