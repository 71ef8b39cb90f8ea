"""Content negotiation, content codings, conditional requests and CORS, case by case over HTTP.

RFC 9110 (https://www.rfc-editor.org/rfc/rfc9110) and the Fetch standard (https://fetch.spec.whatwg.org/#http-cors-protocol).
"""

from __future__ import annotations

import csv
import gzip
import importlib
import io
import json
import re
import xml.etree.ElementTree as ET
from urllib.parse import quote

import pyoxigraph as ox
import pytest

pytestmark = pytest.mark.slow

#: Short name → the media types that an answer in that format may have.
TYPES = {
    "json": {"application/sparql-results+json", "application/json"},
    "xml": {"application/sparql-results+xml"},
    "csv": {"text/csv"},
    "tsv": {"text/tab-separated-values"},
    "html": {"text/html"},
    "ttl": {"text/turtle"},
    "nt": {"application/n-triples"},
    "rdf": {"application/rdf+xml"},
    "jsonld": {"application/ld+json"},
    "trig": {"application/trig"},
    "nq": {"application/n-quads"},
}
QUERIES = {
    "SELECT": "SELECT ?n { <http://e.example/ada> <http://e.example/name> ?n }",
    "ASK": "ASK { <http://e.example/ada> <http://e.example/name> ?n }",
    "CONSTRUCT": "CONSTRUCT WHERE { <http://e.example/ada> <http://e.example/name> ?n }",
    "DESCRIBE": "DESCRIBE <http://e.example/ada>",
}
ANY = "any"
TABLE = "json|xml|csv|tsv"
GRAPH = "ttl|nt|rdf|jsonld|trig|nq"
RESULTS_JSON = "application/sparql-results+json"
RESULTS_XML = "application/sparql-results+xml"
FIREFOX = "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,*/*;q=0.8"
JAVA = "text/html, image/gif, image/jpeg, *; q=.2, */*; q=.2"

#: Accept (None: no such field; a tuple: several fields), what a table may be sent as, what a graph may be sent as,
#: and the rule of RFC 9110 that decides. `406` stands for a refusal, `400` for a field that cannot be read.
ACCEPT = [
    # absent and empty
    (None, ANY, ANY, "12.5.1: without the field anything is acceptable"),
    ("", ANY, ANY, "12.5.1: an empty field says nothing"),
    (" ", ANY, ANY, "5.5: white space around a value is not part of it"),
    # wildcards
    ("*/*", ANY, ANY, "12.5.1: */* is everything"),
    ("*/*;q=0.1", ANY, ANY, "12.4.2: little wanted is wanted"),
    ("text/*", "csv|tsv", "ttl", "12.5.1: type/* is all of its subtypes"),
    ("application/*", "json|xml", "nt|rdf|jsonld|trig|nq", "12.5.1: type/* is all of its subtypes"),
    ("image/*", "406", "406", "15.5.7: nothing on offer is an image"),
    # exact types
    (RESULTS_JSON, "json", "406", "12.5.1: an exact type"),
    (RESULTS_XML, "xml", "406", "12.5.1: an exact type"),
    ("text/csv", "csv", "406", "12.5.1: an exact type"),
    ("text/tab-separated-values", "tsv", "406", "12.5.1: an exact type"),
    ("text/turtle", "406", "ttl", "12.5.1: an exact type"),
    ("application/n-triples", "406", "nt", "12.5.1: an exact type"),
    ("application/rdf+xml", "406", "rdf", "12.5.1: an exact type"),
    ("application/ld+json", "406", "jsonld", "12.5.1: an exact type"),
    # fair names for the same thing
    ("application/json", "json", "jsonld", "8.3.1: JSON is what the structured suffix says"),
    ("application/xml", "xml", "rdf", "8.3.1: XML is what the structured suffix says"),
    ("text/xml", "xml", "rdf", "8.3.1: the older name of application/xml (RFC 7303)"),
    ("text/plain", "406", "nt", "8.3.1: how N-Triples were served before they had a type"),
    # case
    ("TEXT/CSV, TEXT/TURTLE", "csv", "ttl", "8.3.1: types in any case"),
    ("Application/SPARQL-Results+XML, Application/RDF+XML", "xml", "rdf", "8.3.1: types in any case"),
    ("TEXT/*", "csv|tsv", "ttl", "8.3.1: ranges in any case"),
    (
        "text/csv;Q=0.1, text/tab-separated-values;Q=0.9, text/turtle",
        "tsv",
        "ttl",
        "5.6.6: parameter names in any case",
    ),
    # parameters
    (f"{RESULTS_JSON};charset=utf-8, text/turtle;charset=utf-8", "json", "ttl", "12.5.1: charset tells no two apart"),
    (f"{RESULTS_JSON}; charset=UTF-8", "json", "406", "12.5.1: charset tells no two apart"),
    ('text/csv; charset="utf-8", text/turtle; charset="UTF-8"', "csv", "ttl", "5.6.6: quoted values"),
    ("text/csv;header=present", "csv", "406", "12.5.1: a parameter that we do not know"),
    ('text/csv;x="a,b;q=0";q=0.5, text/tab-separated-values;q=0.4', "csv", "406", "5.6.4: commas in quotes"),
    ('text/turtle;x="\\"";q=0.5, application/n-triples;q=0.4', "406", "ttl", "5.6.4: quotes in quotes"),
    (
        "application/ld+json;profile=http://www.w3.org/ns/json-ld#expanded",
        "406",
        "jsonld|406",
        "8.3.1: a JSON-LD profile",
    ),
    (f"{RESULTS_XML};q=0.9;ext=1, {RESULTS_JSON};q=0.8", "xml", "406", "12.5.1: an old accept-ext is passed over"),
    # weights
    (f"{RESULTS_XML};q=0.8, {RESULTS_JSON};q=0.9", "json", "406", "12.4.2: the heavier"),
    (f"{RESULTS_JSON};q=0.8, {RESULTS_XML};q=0.9", "xml", "406", "12.4.2: the heavier, though it is named later"),
    ("text/csv;q=0.001, text/tab-separated-values;q=0.002", "tsv", "406", "12.4.2: three digits count"),
    ("text/csv;q=0.5, text/tab-separated-values", "tsv", "406", "12.4.2: no weight is 1"),
    ("text/csv;q=1.000, text/tab-separated-values;q=0.999", "csv", "406", "12.4.2: 1.000 is 1"),
    ("text/turtle;q=0.3, application/rdf+xml;q=0.5, application/n-triples;q=.4", "406", "rdf", "12.4.2: the heavier"),
    ("application/n-triples;q=0.9, text/turtle;q=0.8", "406", "nt", "12.4.2: the heavier"),
    ("text/csv ; q=0.4 , text/tab-separated-values ;q=0.6", "tsv", "406", "5.6.3: optional white space"),
    ("text/csv\t;\tq=0.4\t,\ttext/tab-separated-values", "tsv", "406", "5.6.3: a tab is white space too"),
    ("image/png, text/csv;q=0.1, text/turtle;q=0.1", "csv", "ttl", "12.5.1: what cannot be had does not count"),
    ("text/csv, text/turtle", "csv", "ttl", "12.5.1: of the two only one can carry the result"),
    (f"text/turtle, {RESULTS_XML};q=0.1", "xml", "ttl", "12.5.1: of the two only one can carry the result"),
    # refusals by weight nought
    ("text/csv;q=0", "406", "406", "12.4.2: nought is not acceptable, and nothing else is named"),
    ("text/csv;q=0.0, text/turtle;q=0.000", "406", "406", "12.4.2: nought with digits"),
    ("*/*;q=0", "406", "406", "12.4.2: nothing is acceptable"),
    ("*/*;q=0, text/csv, text/turtle", "csv", "ttl", "12.5.1: the exact type beats the wildcard"),
    ("text/csv;q=0, text/*", "tsv", "ttl", "12.5.1: the exact type beats the range"),
    ("text/csv;q=0, text/turtle;q=0, */*", "json|xml|tsv", "nt|rdf|jsonld|trig|nq", "12.5.1: all but those"),
    ("text/*;q=0, */*;q=0.5", "json|xml", "nt|rdf|jsonld|trig|nq", "12.5.1: the range beats */*"),
    ("application/*;q=0, */*", "csv|tsv", "ttl", "12.5.1: the range beats */*"),
    ("text/html;q=0, */*", TABLE, GRAPH, "12.5.1: no page"),
    # precedence of the more specific
    ("*/*, text/csv;q=0.1, text/turtle;q=0.1", "json|xml|tsv", "nt|rdf|jsonld|trig|nq", "12.5.1: the specific lowers"),
    ("*/*;q=0.1, text/csv;q=0.2, application/n-triples;q=0.2", "csv", "nt", "12.5.1: the specific raises"),
    ("text/*;q=0.3, text/csv;q=0.7, text/turtle;q=0.7, */*;q=0.5", "csv", "ttl", "12.5.1: the example of the section"),
    ("text/*;q=0.9, application/*;q=0.1", "csv|tsv", "ttl", "12.5.1: the heavier range"),
    ("text/*;q=0.1, application/*;q=0.9", "json|xml", "nt|rdf|jsonld|trig|nq", "12.5.1: the heavier range"),
    # browsers and libraries
    (FIREFOX, "html|xml", "html|rdf", "12.5.1: a browser gets its page, or XML at 0.9"),
    ("text/html", "html|406", "html|406", "12.5.1: a page, if there is one"),
    (f"text/html;q=0.1, {RESULTS_XML}, application/rdf+xml", "xml", "rdf", "12.4.2: the page is wanted least"),
    (JAVA, "html|any", "html|any", "12.5.1: `*` alone is no media range, but */* follows"),
    (f"{RESULTS_XML}, {RESULTS_JSON};q=0.5, application/rdf+xml", "xml", "rdf", "12.4.2: as SPARQL clients send it"),
    ("application/rdf+xml, text/turtle;q=0.9, */*;q=0.1", ANY, "rdf", "12.4.2: as RDF clients send it"),
    # lists
    ((RESULTS_XML, "text/csv;q=0.5"), "xml", "406", "5.3: fields of one name are one list"),
    (("text/csv;q=0.1", f"{RESULTS_XML};q=0.2", "text/turtle"), "xml", "ttl", "5.3: fields of one name are one list"),
    (",, text/csv ,, text/turtle,", "csv", "ttl", "5.6.1.2: empty elements are ignored"),
    (", ".join(["image/png;q=0.9"] * 50 + ["text/csv", "text/turtle"]), "csv", "ttl", "12.5.1: a long list"),
    # what cannot be read does no harm
    ("text/csv;q=abc, text/turtle;q=abc", "csv|406|400", "ttl|406|400", "2.4: a weight that is no number"),
    ("text/csv;q=2, text/turtle;q=-1", "csv|406|400", "ttl|406|400", "2.4: a weight out of range"),
    ("text/csv;q, text/turtle;q=", "csv|406|400", "ttl|406|400", "2.4: a weight without a value"),
    ("text", "any|406|400", "any|406|400", "2.4: no media range"),
    ("/;;,=,*/csv,\x7f", "any|406|400", "any|406|400", "2.4: nonsense"),
    ('text/csv;x="unclosed, text/turtle', "any|406|400", "any|406|400", "2.4: a quote that is not closed"),
    ("Å/*, text/csv, text/turtle", "csv|406|400", "ttl|406|400", "5.5: octets beyond ASCII"),
]


def cases() -> list:
    """Return one case for each row of the table and kind of query."""
    made = []
    for accept, table, graph, rule in ACCEPT:
        for kind in QUERIES:
            carries, formats = (graph, GRAPH) if kind in ("CONSTRUCT", "DESCRIBE") else (table, TABLE)
            allowed = carries.replace(ANY, formats)
            # A truth value has no CSV or TSV: https://www.w3.org/TR/sparql11-results-csv-tsv/ is of SELECT only.
            if kind == "ASK" and set(allowed.split("|")) & {"csv", "tsv"}:
                allowed += "|406|json|xml" if "," in str(accept) else "|406"
            shown = "absent" if accept is None else str(accept)[:60]
            made.append(
                pytest.param(kind, accept, allowed, id=f"{kind} {shown} ({rule})".encode("ascii", "replace").decode())
            )
    return made


def fields(accept: str | tuple[str, ...] | None) -> list[tuple[str, str]]:
    """Return the Accept fields of a request."""
    values = () if accept is None else (accept,) if isinstance(accept, str) else accept
    return [("Accept", value) for value in values]


@pytest.mark.parametrize("kind, accept, allowed", cases())
def test_accept(readonly, kind: str, accept: str | tuple[str, ...] | None, allowed: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-accept, by the rule in the name of the case."""
    answer = readonly.query(QUERIES[kind], *fields(accept))
    if answer.status in (400, 406):
        assert str(answer.status) in allowed.split("|"), answer
        return
    assert answer.status == 200, answer
    names = [name for name in allowed.split("|") if answer.media_type in TYPES.get(name, ())]
    assert names, f"{answer.media_type} is none of {allowed}"


@pytest.mark.parametrize("kind", QUERIES)
@pytest.mark.parametrize("accept", [None, "*/*", "application/json", "text/html", "image/png"])
def test_what_depends_on_accept_says_so(readonly, kind: str, accept: str | None) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-vary: refusals too."""
    assert "accept" in readonly.query(QUERIES[kind], *fields(accept)).items("Vary")


@pytest.mark.parametrize("kind", QUERIES)
def test_a_refusal_lists_what_is_on_offer(readonly, kind: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-406-not-acceptable: so that a client can choose."""
    answer = readonly.query(QUERIES[kind], ("Accept", "image/png"))
    assert answer.status == 406
    assert "accept" in answer.items("Vary")
    offers = {"SELECT": (RESULTS_JSON, RESULTS_XML, "text/csv", "text/tab-separated-values"), "ASK": (RESULTS_JSON,)}
    for offer in offers.get(
        kind, ("text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json")
    ):
        assert offer in answer.text


@pytest.mark.parametrize("kind, name", [("SELECT", "json"), ("ASK", "json"), ("CONSTRUCT", "ttl"), ("DESCRIBE", "ttl")])
@pytest.mark.parametrize("accept", [None, "*/*"])
def test_without_a_wish_it_is_json_or_turtle(readonly, kind: str, name: str, accept: str | None) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-proactive-negotiation: the server's own choice, always the same."""
    assert readonly.query(QUERIES[kind], *fields(accept)).media_type in TYPES[name]


@pytest.mark.parametrize("how", ["get", "form", "direct"])
@pytest.mark.parametrize(
    "kind, name, expected",
    [
        ("SELECT", "json", "json"),
        ("SELECT", "xml", "xml"),
        ("SELECT", "csv", "csv"),
        ("SELECT", "tsv", "tsv"),
        ("ASK", "json", "json"),
        ("ASK", "xml", "xml"),
        ("CONSTRUCT", "ttl", "ttl"),
        ("CONSTRUCT", "nt", "nt"),
        ("CONSTRUCT", "rdf", "rdf"),
        ("CONSTRUCT", "jsonld", "jsonld"),
        ("CONSTRUCT", "trig", "trig"),
        ("CONSTRUCT", "nq", "nq"),
        ("DESCRIBE", "ttl", "ttl"),
        ("CONSTRUCT", "json", "jsonld"),
        ("CONSTRUCT", "xml", "rdf"),
        # What cannot carry the result, or is no format, gives way to the header.
        ("SELECT", "ttl", "csv"),
        ("CONSTRUCT", "csv", "rdf"),
        ("SELECT", "png", "html"),
    ],
)
def test_format_parameter_beats_accept(readonly, how: str, kind: str, name: str, expected: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-proactive-negotiation: what the URL names, Accept cannot change."""
    accept = ("Accept", "text/html, text/csv, application/rdf+xml")
    text = QUERIES[kind]
    if how == "get":
        answer = readonly.query(text, accept, format=name)
    elif how == "form":
        body = f"format={name}&query=" + text.replace("?", "%3F").replace(" ", "+")
        answer = readonly.post("sparql", "application/x-www-form-urlencoded", body, accept)
    else:
        answer = readonly.post(f"sparql?format={name}", "application/sparql-query", text, accept)
    if expected == "406":
        assert answer.status == 406
    else:
        assert answer.status == 200
        assert answer.media_type in TYPES[expected]


#: Names of formats that clients of other servers send in `format=`, as they stand in the URL → our names of them.
NAMES = {
    "SELECT": {
        "JSON": "json",
        "application/sparql-results+json": "json",
        "application%2Fsparql-results%2Bjson": "json",
        "application%2Fjson": "json",
        "sparql-results+json": "json",
        "sparql-json": "json",
        "srx": "xml",
        "text/xml": "xml",
        "application/sparql-results%2Bxml": "xml",
        "CSV": "csv",
        "text/csv": "csv",
        "text%2Fcsv%3B%20charset%3Dutf-8": "csv",
        "text/tab-separated-values": "tsv",
        "text/html": "html",
    },
    "CONSTRUCT": {
        "turtle": "ttl",
        "TTL": "ttl",
        "n3": "ttl",
        "text/n3": "ttl",
        "text/rdf+n3": "ttl",
        "application/x-turtle": "ttl",
        "text%2Fturtle;%20charset=utf-8": "ttl",
        "ntriples": "nt",
        "N-Triples": "nt",
        "text/plain": "nt",
        "rdf+xml": "rdf",
        "rdf%2Bxml": "rdf",
        "rdfxml": "rdf",
        "RDF/XML": "rdf",
        "application/xml": "rdf",
        "application/rdf%2Bxml": "rdf",
        "json-ld": "jsonld",
        "JSONLD": "jsonld",
        "ld%2Bjson": "jsonld",
        "application/json": "jsonld",
        "nquads": "nq",
        "n-quads": "nq",
        "text/x-nquads": "nq",
        "application/x-trig": "trig",
    },
}


@pytest.mark.parametrize(
    "kind, name, expected", [(kind, name, value) for kind, names in NAMES.items() for name, value in names.items()]
)
def test_the_usual_names_of_formats_are_known(readonly, kind: str, name: str, expected: str) -> None:
    """`format` is no parameter of the protocol, and every server has its own names for it."""
    target = "sparql?query=" + quote(QUERIES[kind]) + "&format=" + name
    # What is not known gives way to this header, so the header must not be what decides.
    accept = "text/turtle" if expected == "ttl" else "application/x-nothing"
    answer = readonly.get(target, ("Accept", accept))
    assert answer.status == 200, answer
    assert answer.media_type in TYPES[expected]


@pytest.mark.parametrize(
    "target, accept, expected",
    [
        ("sparql?query={}&format=no-such", "text/turtle", "ttl"),
        ("sparql?query={}&format=no-such", "*/*", "ttl"),
        ("sparql?query={}&format=no-such", "image/png", "406"),
        ("sparql?query={}&format=no-such", None, "406"),
        ("sparql?query={}&format=" + "x" * 5000, "text/turtle", "ttl"),
        ("sparql?query={}&format=csv", "text/turtle;q=0.2", "ttl"),
        ("sparql?format=no-such", "application/rdf+xml", "rdf"),
        ("sparql?format=rdf+xml", "image/png", "rdf"),
        (".well-known/void?format=no-such", "application/n-triples", "nt"),
        (".well-known/void?format=Turtle", "image/png", "ttl"),
        ("store?format=no-such", "application/trig", "trig"),
        ("store?default&format=N-TRIPLES", "text/turtle", "nt"),
        ("describe?iri=http://e.example/ada&format=no-such", "text/turtle", "ttl"),
        ("describe?iri=http://e.example/ada&format=json-ld", "text/html", "jsonld"),
        # SPARQLWrapper sends its wish in three parameters, and in the header.
        ("sparql?query={}&format=turtle&output=turtle&results=turtle", "text/turtle,*/*;q=0.5", "ttl"),
        ("sparql?query={}&output=csv&results=csv", "application/n-triples", "nt"),
    ],
)
def test_an_unknown_format_does_not_beat_a_header_that_can_be_met(readonly, target, accept, expected) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-proactive-negotiation"""
    answer = readonly.get(target.format(quote(QUERIES["CONSTRUCT"])), *fields(accept))
    if expected == "406":
        assert answer.status == 406
    else:
        assert answer.status == 200, answer
        assert answer.media_type in TYPES[expected]


# --- content types and what is in them

ODD = "http://e.example/odd"
LINES = "one\rtwo\nthree\r\nfour\tfive"
QUOTES = "say \"yes\", or 'no'; \\ back"
MARKUP = "<b>&amp;</b> ]]>"
BEYOND = "Å 日本 😀"
STRINGS = {"lines": LINES, "quotes": QUOTES, "markup": MARKUP, "beyond": BEYOND, "empty": "", "spaces": "  two  "}
#: One row: every odd string in its variable.
ROW = (
    f"SELECT {' '.join('?' + name for name in STRINGS)} {{ "
    + " ".join(f"<{ODD}> <http://e.example/{name}> ?{name} ." for name in STRINGS)
    + " }"
)


@pytest.mark.parametrize(
    "kind, accept, charset",
    [
        ("SELECT", RESULTS_JSON, (None, "utf-8")),
        ("SELECT", RESULTS_XML, (None, "utf-8")),
        ("SELECT", "text/csv", ("utf-8",)),
        ("SELECT", "text/tab-separated-values", ("utf-8",)),
        ("ASK", RESULTS_JSON, (None, "utf-8")),
        ("ASK", RESULTS_XML, (None, "utf-8")),
        ("CONSTRUCT", "text/turtle", ("utf-8",)),
        ("CONSTRUCT", "application/n-triples", (None, "utf-8")),
        ("CONSTRUCT", "application/rdf+xml", (None, "utf-8")),
        ("CONSTRUCT", "application/ld+json", (None, "utf-8")),
    ],
)
def test_text_says_its_charset(readonly, kind: str, accept: str, charset: tuple[str | None, ...]) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-content-type: text/* without one is guessed at."""
    answer = readonly.query(QUERIES[kind], ("Accept", accept))
    assert answer.media_type == accept
    assert answer.parameter("charset") in charset
    assert answer.get("X-Content-Type-Options") == "nosniff"


def test_strings_survive_json(readonly) -> None:
    """https://www.w3.org/TR/sparql11-results-json/#select-encode-terms"""
    document = json.loads(readonly.query(ROW, ("Accept", RESULTS_JSON)).content)
    assert document["head"]["vars"] == list(STRINGS)
    (row,) = document["results"]["bindings"]
    assert {name: row[name]["value"] for name in STRINGS} == STRINGS
    assert row["beyond"]["xml:lang"] == "sv"
    assert {cell["type"] for cell in row.values()} == {"literal"}


def test_strings_survive_xml(readonly) -> None:
    """https://www.w3.org/TR/rdf-sparql-XMLres/#vb-results; XML 1.0, section 2.11, turns a plain CR into a LF."""
    root = ET.fromstring(readonly.query(ROW, ("Accept", RESULTS_XML)).content)
    space = "{http://www.w3.org/2005/sparql-results#}"
    found = {node.get("name"): node.find(space + "literal") for node in root.iter(space + "binding")}
    assert {name: node.text or "" for name, node in found.items()} == STRINGS
    assert found["beyond"].get("{http://www.w3.org/XML/1998/namespace}lang") == "sv"


def test_strings_survive_csv(readonly) -> None:
    """https://www.w3.org/TR/sparql11-results-csv-tsv/#csv: quoting as in RFC 4180."""
    content = readonly.query(ROW, ("Accept", "text/csv")).content
    rows = list(csv.reader(io.StringIO(content.decode("utf-8"), newline="")))
    assert rows == [list(STRINGS), list(STRINGS.values())]


def test_csv_lines_end_in_crlf(readonly) -> None:
    """https://www.w3.org/TR/sparql11-results-csv-tsv/#csv and RFC 4180, section 2."""
    content = readonly.query(
        "SELECT ?x ?y { VALUES (?x ?y) { (1 UNDEF) (<http://e/> 'a') } }", ("Accept", "text/csv")
    ).content
    assert content.startswith(b"x,y\r\n")
    assert sorted(content.split(b"\r\n")) == [b"", b"1,", b"http://e/,a", b"x,y"]


def test_csv_quotes_what_needs_it(readonly) -> None:
    """RFC 4180, section 2: commas, quotes and line breaks; a quote is doubled."""
    query = "SELECT (('a,b') AS ?c) (('say \"x\"') AS ?q) (('l\\nm') AS ?n) (('plain') AS ?p) {}"
    content = readonly.query(query, ("Accept", "text/csv")).content
    assert content == b'c,q,n,p\r\n"a,b","say ""x""","l\nm",plain\r\n'


def test_strings_survive_tsv(readonly) -> None:
    """https://www.w3.org/TR/sparql11-results-csv-tsv/#tsv: terms as in Turtle; no raw tab, CR or LF inside."""
    lines = readonly.query(ROW, ("Accept", "text/tab-separated-values")).content.decode().split("\n")
    assert lines[0].rstrip("\r") == "\t".join("?" + name for name in STRINGS)
    cells = lines[1].rstrip("\r").split("\t")
    assert len(cells) == len(STRINGS)
    document = " ".join(f"<http://e/s> <http://e/p{index}> {cell} ." for index, cell in enumerate(cells))
    assert [quad.object.value for quad in ox.parse(document, format=ox.RdfFormat.TURTLE)] == list(STRINGS.values())
    assert lines[2:] in ([""], [])


def test_kinds_of_terms_in_tsv(readonly) -> None:
    """https://www.w3.org/TR/sparql11-results-csv-tsv/#tsv: IRIs in brackets, unbound is empty."""
    query = "SELECT ?a ?b ?c ?d { VALUES (?a ?b ?c ?d) { (<http://e/x> 1 UNDEF 'z'@en) } }"
    lines = readonly.query(query, ("Accept", "text/tab-separated-values")).text.splitlines()
    cells = lines[1].split("\t")
    assert cells[0] == "<http://e/x>"
    assert cells[1] in ("1", '"1"^^<http://www.w3.org/2001/XMLSchema#integer>')
    assert cells[2:] == ["", '"z"@en']


@pytest.mark.parametrize(
    "media_type", ["text/turtle", "application/n-triples", "application/rdf+xml", "application/ld+json"]
)
def test_strings_survive_graphs(readonly, media_type: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-success: what is parsed is what was stored."""
    query = f"CONSTRUCT WHERE {{ <{ODD}> ?p ?o }}"
    answer = readonly.query(query, ("Accept", media_type))
    quads = list(ox.parse(answer.content, format=ox.RdfFormat.from_media_type(media_type)))
    found = {quad.predicate.value.rpartition("/")[2]: quad.object for quad in quads}
    assert isinstance(found.pop("blank"), ox.BlankNode)
    assert found.pop("typed") == ox.Literal("x", datatype=ox.NamedNode("http://e.example/type"))
    assert found.pop("beyond") == ox.Literal(BEYOND, language="sv")
    assert {name: term.value for name, term in found.items()} == {
        **{name: text for name, text in STRINGS.items() if name != "beyond"},
        "whole": "42",
        "exact": "1.5",
    }


def test_unbound_variables_are_left_out_of_json_and_xml(readonly) -> None:
    """https://www.w3.org/TR/sparql11-results-json/#select-bindings, https://www.w3.org/TR/rdf-sparql-XMLres/#results"""
    query = "SELECT ?x ?y { VALUES (?x ?y) { (UNDEF 1) } }"
    (row,) = json.loads(readonly.query(query, ("Accept", RESULTS_JSON)).content)["results"]["bindings"]
    assert set(row) == {"y"}
    root = ET.fromstring(readonly.query(query, ("Accept", RESULTS_XML)).content)
    space = "{http://www.w3.org/2005/sparql-results#}"
    assert [node.get("name") for node in root.iter(space + "variable")] == ["x", "y"]
    assert [node.get("name") for node in root.iter(space + "binding")] == ["y"]


@pytest.mark.parametrize("accept", [RESULTS_JSON, RESULTS_XML, "text/csv", "text/tab-separated-values"])
def test_no_rows_is_a_whole_document(readonly, accept: str) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-success: an empty result is a result."""
    answer = readonly.query("SELECT ?x ?y { FILTER(false) }", ("Accept", accept))
    assert answer.status == 200
    if accept == RESULTS_JSON:
        assert json.loads(answer.content) == {"head": {"vars": ["x", "y"]}, "results": {"bindings": []}}
    elif accept == RESULTS_XML:
        assert not list(ET.fromstring(answer.content).iter("{http://www.w3.org/2005/sparql-results#}result"))
    else:
        assert answer.text.splitlines() == (["x,y"] if accept == "text/csv" else ["?x\t?y"])


# --- content codings: https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding

#: A result of some 60 kB, worth compressing.
LARGE = (
    "SELECT ?a ?b ?c { VALUES ?a { "
    + " ".join(f"'value {n}'" for n in range(1000))
    + " } BIND(?a AS ?b) BIND(?a AS ?c) }"
)


def decoded(answer) -> bytes:
    """Return the content without its coding."""
    coding = (answer.get("Content-Encoding") or "identity").lower()
    if coding == "identity":
        return answer.content
    if coding in ("gzip", "x-gzip"):
        return gzip.decompress(answer.content)
    if coding == "br":
        return importlib.import_module("brotli").decompress(answer.content)
    assert coding == "zstd", coding
    return importlib.import_module("zstandard").ZstdDecompressor().decompressobj().decompress(answer.content)


def large(client, *given: tuple[str, str], method: str = "POST"):
    """Ask for the large result."""
    body = LARGE.encode()
    return client.send(
        method, "sparql", [("Content-Type", "application/sparql-query"), ("Accept", "text/csv"), *given], body
    )


@pytest.mark.parametrize(
    "value, codings",
    [
        pytest.param("gzip", {"gzip"}, id="gzip"),
        pytest.param("br", {"br"}, id="br"),
        pytest.param("zstd", {"zstd"}, id="zstd"),
        pytest.param("GZIP", {"gzip"}, id="in any case"),
        pytest.param("gzip, deflate, br, zstd", {"gzip", "br", "zstd"}, id="as browsers send it"),
        pytest.param("gzip;q=0.5, br;q=0.9", {"br"}, id="the heavier"),
        pytest.param("br;q=0.5, gzip;q=0.9", {"gzip"}, id="the heavier, though the other is smaller"),
        pytest.param("gzip ; q=1.0 , br ; q=0", {"gzip"}, id="white space"),
        pytest.param("zstd;q=0, br;q=0, *", {"gzip", "identity"}, id="all but those"),
        pytest.param("*", {"gzip", "br", "zstd", "identity"}, id="anything"),
        pytest.param("identity", {"identity"}, id="as it is"),
        pytest.param("", {"identity"}, id="an empty field refuses every coding"),
        pytest.param("gzip;q=0", {"identity"}, id="refused"),
        pytest.param("gzip;q=0, *;q=0, identity", {"identity"}, id="only as it is"),
        pytest.param("identity;q=1, gzip;q=0.1", {"identity", "gzip"}, id="as it is, rather"),
        pytest.param("sdch, compress", {"identity"}, id="codings that are not there"),
        pytest.param("identity;q=0, gzip;q=0.1", {"gzip"}, id="not as it is"),
        pytest.param("*;q=0, gzip", {"gzip"}, id="nothing but gzip"),
        pytest.param("gzip;q=x, ;;, =", {"gzip", "identity"}, id="nonsense does no harm"),
    ],
)
def test_accept_encoding(readonly, value: str, codings: set[str]) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding"""
    answer = large(readonly, ("Accept-Encoding", value))
    assert answer.status == 200
    assert (answer.get("Content-Encoding") or "identity").lower() in codings
    assert "accept-encoding" in answer.items("Vary")
    assert decoded(answer).count(b"\r\n") == 1001


@pytest.mark.parametrize("value", ["*;q=0", "identity;q=0", "identity;q=0, sdch"])
def test_no_acceptable_coding(readonly, value: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding: refused, or sent in another coding."""
    answer = large(readonly, ("Accept-Encoding", value))
    if answer.status == 200:
        assert value != "*;q=0" or answer.get("Content-Encoding") is None
        assert decoded(answer).count(b"\r\n") == 1001
    else:
        assert answer.status in (406, 415)


def test_without_accept_encoding_nothing_is_compressed(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding: plain clients read no coding."""
    answer = large(readonly)
    assert answer.get("Content-Encoding") is None
    assert "accept-encoding" in answer.items("Vary")


def test_a_coding_has_an_entity_tag_of_its_own(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-example-entity-tags-varying: other octets."""
    query = "SELECT ?a { VALUES ?a { " + " ".join(f"'value {n}'" for n in range(500)) + " } }"
    plain, packed = (readonly.query(query, ("Accept-Encoding", coding)) for coding in ("identity", "gzip"))
    assert packed.get("Content-Encoding") == "gzip"
    assert plain.get("ETag") is not None
    assert plain.get("ETag") != packed.get("ETag") or str(plain.get("ETag")).startswith("W/")
    again = readonly.query(query, ("Accept-Encoding", "gzip"), ("If-None-Match", str(packed.get("ETag"))))
    assert again.status == 304


def test_errors_can_be_read_with_any_coding(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-accept-encoding: for errors too."""
    answer = readonly.query("SELEC", ("Accept-Encoding", "gzip, br, zstd"))
    assert answer.status == 400
    assert json.loads(decoded(answer))["status"] == 400


# --- conditional requests: https://www.rfc-editor.org/rfc/rfc9110#name-conditional-requests


@pytest.fixture(scope="module")
def tagged(readonly):
    """An answer with an entity tag."""
    answer = readonly.query(QUERIES["SELECT"], ("Accept", RESULTS_JSON))
    assert re.fullmatch(r'(W/)?"[\x21\x23-\x7e]*"', str(answer.get("ETag")))
    return answer


@pytest.mark.parametrize(
    "condition, status",
    [
        pytest.param("{tag}", 304, id="the tag"),
        pytest.param("W/{tag}", 304, id="weak: compared weakly"),
        pytest.param('"other", {tag}', 304, id="in a list"),
        pytest.param('"with, comma" , W/{tag} ,"x"', 304, id="in a list with commas in tags"),
        pytest.param("*", 304, id="anything"),
        pytest.param('"other"', 200, id="another"),
        pytest.param('W/"other", "more"', 200, id="others"),
        pytest.param("{bare}", 200, id="without quotes it is no tag"),
        pytest.param('"*"', 200, id="a star in quotes is a tag"),
        pytest.param("", 200, id="empty"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_if_none_match(readonly, tagged, method: str, condition: str, status: int) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-if-none-match"""
    tag = str(tagged.get("ETag")).removeprefix("W/")
    target = "sparql?query=" + QUERIES["SELECT"].replace(" ", "%20")
    given = [("Accept", RESULTS_JSON), ("If-None-Match", condition.format(tag=tag, bare=tag.strip('"')))]
    answer = readonly.send(method, target, given)
    assert answer.status == status
    assert (answer.content == b"") == (status == 304 or method == "HEAD")


def test_several_if_none_match_fields_are_one_list(readonly, tagged) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-field-lines-and-combined-fi"""
    given = [("Accept", RESULTS_JSON), ("If-None-Match", '"x"'), ("If-None-Match", str(tagged.get("ETag")))]
    assert readonly.query(QUERIES["SELECT"], *given).status == 304


@pytest.mark.parametrize("condition", ["*", '"x"', "{tag}"])
@pytest.mark.parametrize(
    "target, status",
    [
        ("sparql?query=SELEC", 400),
        ("sparql?query=ASK%7B%7D&format=png", 406),
        ("store?graph=http%3A%2F%2Fe.example%2Fnone", 404),
        ("sparql?query=SELECT(%3Chttp%3A%2F%2Fe%2Ff%3E(1)AS%20%3Fx)%7B%7D", 400),
        ("sparql?query=ASK%7BSERVICE%3Chttp%3A%2F%2Fe%2F%3E%7B%7D%7D", 403),
    ],
)
def test_a_condition_does_not_hide_an_error(readonly, target: str, status: int, condition: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#section-13.2.1: MUST be ignored unless the answer would be a 2xx."""
    tag = str(readonly.get(target).get("ETag"))
    assert readonly.get(target, ("If-None-Match", condition.format(tag=tag))).status == status


def test_not_modified_has_the_fields_of_the_answer(readonly, tagged) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-304-not-modified: those that a cache needs."""
    answer = readonly.query(QUERIES["SELECT"], ("Accept", RESULTS_JSON), ("If-None-Match", str(tagged.get("ETag"))))
    assert answer.status == 304
    for name in ("ETag", "Vary", "Cache-Control", "Content-Location", "Expires"):
        assert answer.get(name) == tagged.get(name), name
    assert tagged.get("Cache-Control") is not None
    assert answer.get("Date") is not None
    assert answer.get("Content-Type") in (None, tagged.get("Content-Type"))


def test_the_tag_stays_while_the_data_stay(readonly, tagged) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-etag"""
    answer = readonly.query(QUERIES["SELECT"], ("Accept", RESULTS_JSON))
    assert (answer.status, answer.get("ETag")) == (200, tagged.get("ETag"))
    assert answer.content == tagged.content


@pytest.mark.parametrize("kind", QUERIES)
def test_tags_of_formats_differ(readonly, kind: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-etag: representations that differ have tags that differ."""
    graph = kind in ("CONSTRUCT", "DESCRIBE")
    types = ("text/turtle", "application/rdf+xml", "application/ld+json") if graph else (RESULTS_JSON, RESULTS_XML)
    tags = [readonly.query(QUERIES[kind], ("Accept", accept)).get("ETag") for accept in types]
    assert None not in tags
    assert len(set(tags)) == len(types)


def test_tags_of_queries_and_data_sets_differ(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-etag"""
    query = "SELECT ?o { ?s <http://e.example/in> ?o }"
    tags = [
        readonly.query(query).get("ETag"),
        readonly.query(query.replace("in>", "name>")).get("ETag"),
        readonly.query(query, **{"default-graph-uri": "http://e.example/one"}).get("ETag"),
        readonly.query(query, **{"named-graph-uri": "http://e.example/one"}).get("ETag"),
    ]
    assert None not in tags
    assert len(set(tags)) == len(tags)


@pytest.mark.parametrize("kind", QUERIES)
@pytest.mark.parametrize("accept", [None, RESULTS_XML, "application/rdf+xml", "image/png"])
def test_head_equals_get(readonly, kind: str, accept: str | None) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-head: the same fields, no content."""
    target = "sparql?query=" + QUERIES[kind].replace(" ", "%20")
    head, get = (readonly.send(method, target, fields(accept)) for method in ("HEAD", "GET"))
    assert head.content == b""
    for name in ("Content-Type", "ETag", "Vary", "Cache-Control", "Content-Encoding", "Access-Control-Allow-Origin"):
        assert head.get(name) == get.get(name), name
    assert head.status == get.status
    assert head.get("Content-Length") in (None, str(len(get.content)))


@pytest.mark.parametrize(
    "expression",
    ["NOW()", "RAND()", "UUID()", "STRUUID()", "now()", "Rand ( )", "uuid\n(\n)", "IF(true, RAND(), 1)"],
)
def test_an_answer_that_changes_has_no_tag(readonly, expression: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-etag: a tag of the query would call different answers the same."""
    answer = readonly.query(f"SELECT ({expression} AS ?x) {{}}", ("Accept", RESULTS_JSON), ("If-None-Match", '"x"'))
    assert answer.status == 200
    assert answer.get("ETag") is None
    assert answer.items("Cache-Control") & {"no-store", "no-cache"}


@pytest.mark.parametrize("expression", ["UUID()", "STRUUID()", "RAND()"])
def test_an_answer_that_changes_is_not_taken_from_a_cache(readonly, expression: str) -> None:
    """https://www.w3.org/TR/sparql11-query/#func-uuid: a new one at each call."""
    query = f"SELECT ({expression} AS ?x) {{}}"
    assert readonly.query(query).content != readonly.query(query).content


@pytest.mark.parametrize(
    "query", ["SELECT ('NOW()' AS ?x) {} # RAND()", "SELECT ?now { ?now <http://e/UUID()> ?rand }"]
)
def test_words_in_strings_comments_and_names_are_no_such_functions(readonly, query: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-etag: a tag should be sent where it can be."""
    assert readonly.query(query).get("ETag") is not None


def test_errors_are_not_cached(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc9111#name-storing-responses-in-caches: not kept."""
    answer = readonly.query("SELEC")
    assert answer.get("ETag") is None
    assert answer.items("Cache-Control") & {"no-store", "no-cache"} or answer.get("Cache-Control") is None


# --- cross-origin requests: https://fetch.spec.whatwg.org/#http-cors-protocol

ORIGIN = ("Origin", "https://app.example")
SAFE_METHODS = {"get", "head", "post"}
SAFE_FIELDS = {"accept", "accept-language", "content-language", "content-type", "range"}


def readable(answer) -> None:
    """The Fetch standard's CORS check, for a request without credentials; and with `Vary` if the origin is echoed."""
    allowed = answer.all("Access-Control-Allow-Origin")
    assert allowed in (["*"], [ORIGIN[1]])
    assert allowed == ["*"] or "origin" in answer.items("Vary")
    assert not (allowed == ["*"] and answer.get("Access-Control-Allow-Credentials"))


@pytest.mark.parametrize("accept", [RESULTS_JSON, "text/csv"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "POST"])
def test_a_simple_request_can_be_read(readonly, method: str, accept: str) -> None:
    """https://fetch.spec.whatwg.org/#cors-check"""
    body = b"query=ASK{}" if method == "POST" else None
    target = "sparql" if body else "sparql?query=ASK%7B%7D"
    given = [ORIGIN, ("Accept", accept.replace("text/csv", RESULTS_XML))]
    if body:
        given.append(("Content-Type", "application/x-www-form-urlencoded"))
    answer = readonly.send(method, target, given, body)
    assert answer.status == 200
    readable(answer)


@pytest.mark.parametrize(
    "target",
    ["sparql?query=SELEC", "sparql?query=ASK%7B%7D&format=png", "store?graph=http://e/none", "sparql", "store"],
)
def test_errors_and_other_resources_can_be_read_too(readonly, target: str) -> None:
    """https://fetch.spec.whatwg.org/#cors-check: else a script learns nothing but `failed`."""
    readable(readonly.get(target, ORIGIN))


def test_not_modified_can_be_read_too(readonly, tagged) -> None:
    """https://fetch.spec.whatwg.org/#cors-check: where the script itself set the tag."""
    given = [ORIGIN, ("Accept", RESULTS_JSON), ("If-None-Match", str(tagged.get("ETag")))]
    answer = readonly.query(QUERIES["SELECT"], *given)
    assert answer.status == 304
    readable(answer)


def test_fields_that_scripts_need_are_exposed(readonly) -> None:
    """https://fetch.spec.whatwg.org/#http-access-control-expose-headers: beyond the safelisted ones."""
    exposed = readonly.query("ASK {}", ORIGIN).items("Access-Control-Expose-Headers")
    assert "*" in exposed or {"etag", "link", "retry-after", "location"} <= exposed


@pytest.mark.parametrize(
    "server, target, method, given",
    [
        ("readonly", "sparql", "GET", "if-none-match"),
        ("readonly", "sparql", "POST", "content-type"),
        ("readonly", "sparql", "POST", "accept,content-type"),
        ("readonly", "store?default", "GET", "if-none-match"),
        ("writable", "update", "POST", "authorization,content-type"),
        ("writable", "update", "POST", "authorization,content-encoding,content-type"),
        ("writable", "store?graph=http://e/x", "PUT", "authorization,content-type"),
        ("writable", "store?graph=http://e/x", "POST", "authorization,content-type,if-match"),
        ("writable", "store?graph=http://e/x", "DELETE", "authorization"),
    ],
)
def test_preflight(request: pytest.FixtureRequest, server: str, target: str, method: str, given: str) -> None:
    """https://fetch.spec.whatwg.org/#cors-preflight-fetch: method and fields are allowed, no token is asked for."""
    asked = [("Access-Control-Request-Method", method), ("Access-Control-Request-Headers", given)]
    answer = request.getfixturevalue(server).anonymous().send("OPTIONS", target, [ORIGIN, *asked])
    assert 200 <= answer.status < 300
    readable(answer)
    assert method.lower() in answer.items("Access-Control-Allow-Methods") | SAFE_METHODS
    allowed = answer.items("Access-Control-Allow-Headers")
    # Of a request without credentials `*` stands for every field but Authorization.
    missing = set(given.split(",")) - allowed - ({"accept"})
    assert not missing or ("*" in allowed and "authorization" not in missing)
    assert re.fullmatch(r"\d+", answer.get("Access-Control-Max-Age") or "0")
    assert answer.content == b""


@pytest.mark.parametrize("method", ["PUT", "DELETE"])
def test_preflight_does_not_allow_what_is_off(readonly, method: str) -> None:
    """https://fetch.spec.whatwg.org/#cors-preflight-fetch: a method that is not listed is not sent."""
    answer = readonly.send("OPTIONS", "store?default", [ORIGIN, ("Access-Control-Request-Method", method)])
    assert 200 <= answer.status < 300
    readable(answer)
    assert method.lower() not in answer.items("Access-Control-Allow-Methods")
    assert "*" not in answer.items("Access-Control-Allow-Methods")
