"""Requests that nobody would write: queries by a grammar, mutations of good ones, hostile heads and bodies."""

from __future__ import annotations

import random
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from .harness import PREFIX, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from .harness import Server

#: Symbol → its expansions, each a sequence of symbols and texts. What is no symbol stands for itself.
GRAMMAR: dict[str, list[str]] = {
    "query": ["select", "select", "select", "ask", "construct", "describe"],
    "select": ["SELECT modifier projection from WHERE group solution", "SELECT * group solution"],
    "modifier": ["", "", "DISTINCT", "REDUCED"],
    "projection": [
        "*",
        "var var",
        "var",
        "( expression AS ?new )",
        "( aggregate AS ?new )",
        "var ( expression AS ?new )",
    ],
    "from": ["", "", "", "FROM iri", "FROM NAMED iri"],
    "ask": ["ASK group"],
    "construct": ["CONSTRUCT { triples } WHERE group solution", "CONSTRUCT WHERE { triples }"],
    "describe": ["DESCRIBE iri", "DESCRIBE var group LIMIT 3"],
    "group": ["{ triples }", "{ triples }", "{ triples part }", "{ part part }", "{ select }", "{ }"],
    "part": [
        "FILTER ( expression )",
        "OPTIONAL group",
        "group UNION group",
        "MINUS group",
        "BIND ( expression AS ?new2 )",
        "VALUES var { term term }",
        "GRAPH term2 group",
        "FILTER EXISTS group",
        "FILTER NOT EXISTS group",
        "triples",
        "LATERAL group",
        "group",
    ],
    "triples": [
        "term path term .",
        "term path term .",
        "term path term . term path term .",
        "term path term ; path term , term .",
    ],
    "path": ["iri", "iri", "iri", "var", "a", "path2"],
    "path2": ["iri / iri", "iri | iri", "^ iri", "iri *", "iri +", "iri ?", "! iri", "( path2 ) / iri", "( path2 ) *"],
    "term": ["var", "var", "iri", "literal", "[]", "_:b", "( term term )", "[ iri term ]", "<<( term iri term )>>"],
    "term2": ["var", "iri"],
    "var": ["?a", "?b", "?c", "$d", "?é"],
    "iri": [":i1", ":p", ":label", ":power", ":mixed", "<http://e.example/i2>", "a:b", "<>", "<relative>"],
    "literal": [
        "1",
        "-1",
        "1.5",
        "1e400",
        "'a'",
        "'å'@sv",
        "'''l'''",
        "true",
        "'x'^^iri",
        "9223372036854775807",
        "'2020-02-30'^^<http://www.w3.org/2001/XMLSchema#date>",
        "'\\u0000'",
        "'\\\\'",
        '"\\""',
        "'a'@en--ltr",
    ],
    "expression": [
        "var",
        "literal",
        "iri",
        "expression operator expression",
        "! expression",
        "- expression",
        "( expression )",
        "function ( expression )",
        "function2 ( expression , expression )",
        "EXISTS group",
        "expression IN ( expression )",
        "IF ( expression , expression , expression )",
        "COALESCE ( expression , expression )",
        "aggregate",
    ],
    "operator": ["=", "!=", "<", ">=", "+", "-", "*", "/", "&&", "||"],
    "function": [
        "STR",
        "LANG",
        "DATATYPE",
        "BOUND",
        "ABS",
        "STRLEN",
        "UCASE",
        "YEAR",
        "MD5",
        "isIRI",
        "IRI",
        "BNODE",
        "UUID",
        "TRIPLE",
        "SUBJECT",
        "ENCODE_FOR_URI",
        "NOW",
        "<http://www.w3.org/2001/XMLSchema#integer>",
        "<x:f>",
    ],
    "function2": ["CONCAT", "REGEX", "STRDT", "STRLANG", "CONTAINS", "REPLACE", "SUBSTR", "sameTerm", "STRBEFORE"],
    "aggregate": [
        "COUNT ( * )",
        "SUM ( expression )",
        "MIN ( var )",
        "GROUP_CONCAT ( DISTINCT var )",
        "SAMPLE ( var )",
    ],
    "solution": [
        "",
        "",
        "LIMIT 5",
        "ORDER BY var",
        "ORDER BY DESC ( expression ) LIMIT 3",
        "GROUP BY var",
        "OFFSET 2",
        "HAVING ( expression )",
    ],
}

_PIECES = [
    *(
        "{",
        "}",
        "(",
        ")",
        "[",
        "]",
        "<<",
        ">>",
        "<<(",
        ")>>",
        "<",
        ">",
        "'",
        '"',
        "'''",
        ".",
        ";",
        ",",
        "|",
        "^",
        "!",
        "\\",
    ),
    *(
        "SELECT",
        "WHERE",
        "FILTER",
        "UNION",
        "OPTIONAL",
        "ORDER BY",
        "GRAPH",
        "VALUES",
        "#",
        "\n",
        "\0",
        "\t",
        "\\u0041",
    ),
    *(
        "\\uD800",
        "\\U00110000",
        "é",
        "😀",
        "\ufeff",
        "\u202e",
        "?x",
        "$",
        "@",
        "^^",
        "1e999",
        "BASE <",
        "PREFIX :",
        "LOAD",
    ),
    *("ſERVICE", "İ", "\x1c", "\x85", "\u2028", "%", "&", "+", "-", "/", "*", "::", "_:", "a:b:c", "<a b>", "REGEX("),
]
#: What a browser accepts.
_BROWSER = "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"
_ENDINGS = ("json", "xml", "csv", "tsv", "ttl", "nt", "rdf", "jsonld", "trig", "nq", "html", "", "x")
_ACCEPTS = (
    "*/*",
    "text/html",
    _BROWSER,
    "text/csv",
    "application/json;q=0",
    "application/sparql-results+xml",
    ";;;q=",
    "a/b, */*;q=0.000",
    "text/*;q=x",
    "application/ld+json",
    "application/rdf+xml",
    "," * 500,
    "text/turtle;" + "a=b;" * 300,
    "\xff",
    "*",
    "*/x",
)
_TYPES = (
    "application/sparql-query",
    "application/x-www-form-urlencoded",
    "APPLICATION/SPARQL-QUERY; charset=UTF-16",
    "text/plain",
    "multipart/form-data",
    "multipart/form-data; boundary=",
    ";",
    "",
    "application/sparql-query;charset=x;" + "y=z;" * 200,
    'application/sparql-query; charset="',
    "application/sparql-update",
)
_FIELDS = (
    ("Host", ("", "a b", "[::1", "x:99999999", "é", "e.example:", "'\"><script>")),
    ("Accept", _ACCEPTS),
    ("Accept-Encoding", ("gzip", "br;q=0, zstd", "x", "*;q=0", "identity;q=0", "gzip;q=x,,,", "," * 1000)),
    ("Content-Encoding", ("gzip", "identity", "x")),
    ("Authorization", ("Bearer", "Bearer \xff", "Basic eDp5", "Bearer " + "x" * 5000, "")),
    ("If-None-Match", ("*", '"', 'W/"x"', ",,,", '"' + "x" * 3000 + '"')),
    ("Origin", ("null", "http://x", "\xff")),
    ("X-Forwarded-For", ("1.2.3.4", "x", "," * 100, "[::1]:80")),
    ("Access-Control-Request-Method", ("POST", "x")),
    ("Range", ("bytes=0-1", "bytes=-", "x")),
    ("Cookie", ("session=x", "=" * 1000)),
    ("Expect", ("x",)),
)
_METHODS = ("GET", "POST", "HEAD", "PUT", "DELETE", "OPTIONS", "PATCH")
_PATHS = (
    "/sparql",
    "/sparql",
    "/sparql",
    "/store",
    "/store/x",
    "/update",
    "/",
    "/healthz",
    "/metrics",
    "/.well-known/void",
    "/problems",
    "/static/x",
    "/nowhere",
    "/sparql/",
    "//sparql",
    "/%00",
    "/%ff",
    "/sparql;x",
    "/store?default&graph=x:y",
    "/store?graph=",
    "/store?graph=%00",
    "/store?graph=a%20b",
    "/store?graph=http://%5B",
    "/store?x",
    "/sparql/cite",
    "/map?kind=%00&status=%ff",
    "/timeline?lang=%00",
    "/money?page=1e9",
    "/conflicts?page=%D9%A3",
    "/search?q=%ff%00(((((",
    "/search/suggestions?q=%ED%A0%80",
    "/doc/%00/%ff",
    "/doc/infrastructure/x.html.ttl.",
    "/id/../../x",
    "/describe?iri=http://%5B",
    "/why?s=x:y&p=%00&o=_:b",
    "/ontology/%2e%2e/x",
)


_GRAPHS = ("", "x", "%00", "http://[", "http://%5B", "a%20b", "%F0%9F%98%80")
_TAILS = (
    *("", "query=ASK%7B%7D", "query=", "query=%C3%28", "=" * 50, "%" * 50),
    *(f"query=ASK%7B%7D&timeout={value}" for value in ("nan", "-1", "x", "1e999", "0")),
    *(f"query=ASK%7B%7D&format={name}" for name in _ENDINGS),
    *(f"default-graph-uri={iri}" for iri in _GRAPHS),
    *(f"query=ASK%7B%7D&default-graph-uri={iri}" for iri in _GRAPHS),
)


@dataclass(frozen=True)
class Request:
    """A request to send."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


def generate(chance: random.Random, depth: int = 7) -> str:
    """Return a query by the grammar, with prefixes or without."""

    def expand(symbol: str, left: int) -> str:
        choices = GRAMMAR.get(symbol)
        if choices is None:
            return symbol
        # Deep down, what is short is taken, so that it ends.
        chosen = chance.choice(choices) if left > 0 else min(choices, key=len)
        return " ".join(expand(part, left - 1) for part in chosen.split()) if left > -12 else ""

    return (PREFIX + "PREFIX a: <x:>\n" if chance.random() < 0.9 else "") + expand("query", depth)


def mutate(chance: random.Random, text: str, others: Sequence[str]) -> str:
    """Return `text` after one to four accidents."""
    for _ in range(chance.randint(1, 4)):
        at = chance.randint(0, len(text))
        to = min(len(text), at + chance.choice((1, 2, 5, 20, 100)))
        kind = chance.randrange(8)
        if kind == 0:
            text = text[:at] + text[to:]
        elif kind == 1:
            text = text[:at] + text[at:to] * chance.choice((2, 3, 50)) + text[to:]
        elif kind == 2:
            text = text[:at] + chance.choice(_PIECES) * chance.choice((1, 1, 2, 300)) + text[at:]
        elif kind == 3:
            other = chance.choice(others)
            begin = chance.randint(0, len(other))
            text = text[:at] + other[begin : begin + 80] + text[to:]
        elif kind == 4:
            text = text[:at] + chr(chance.choice((chance.randrange(128), chance.randrange(0x800, 0xD800)))) + text[to:]
        elif kind == 5:
            text = text[:at]
        elif kind == 6:
            words = text.split(" ")
            chance.shuffle(words)
            text = " ".join(words)
        else:
            text = text[:at] + text[at:to].swapcase()[::-1] + text[to:]
    return text[:60_000]


def hostile_request(chance: random.Random, text: str) -> Request:
    """Return a request with a head or a body that nobody would send."""
    headers = {name: chance.choice(values) for name, values in _FIELDS if chance.random() < 0.25}
    headers["Content-Type"] = chance.choice(_TYPES)
    body: bytes = chance.choice((
        text.encode("utf-8", "surrogatepass"),
        bytes(chance.randrange(256) for _ in range(chance.randrange(200))),
        b"query=" + text.encode()[:200],
        b"query=%" + b"%zz&" * 50,
        b"&" * 2000,
        b"query=ASK{}&query=ASK{}",
        b"",
    ))  # fmt: skip
    path = chance.choice(_PATHS)
    tail = chance.choice(_TAILS)
    method = chance.choice(_METHODS)
    if method in ("GET", "HEAD", "OPTIONS"):
        body = b""
    return Request(method, path + ("&" if "?" in path else "?") * bool(tail) + tail, body, headers)


def requests(chance: random.Random, good: Sequence[str], count: int) -> Iterator[Request]:
    """Yield `count` requests: of five, two generated queries, two mutations of the `good` ones, one hostile request.

    A sixth of the queries comes by the form of a browser, for a page.
    """
    for number in range(count):
        kind = number % 5
        text = generate(chance)
        if kind in (1, 3):
            text = mutate(chance, chance.choice([*good, text]), good)
        if kind == 4:
            yield hostile_request(chance, text)
            continue
        body = text.encode("utf-8", "surrogatepass")
        if number % 6 == 0:
            yield _as_form(chance, body)
            continue
        headers = {
            "Content-Type": "application/sparql-query",
            "Accept": chance.choice(
                (
                    *("*/*", "text/csv", "application/n-triples, */*;q=0.5"),
                    *("application/sparql-results+xml, */*;q=0.1", _BROWSER),
                )
            ),
        }
        yield Request("POST", "/sparql", body, headers)


def _as_form(chance: random.Random, query: bytes) -> Request:
    """Return the request of a browser whose form has `query`: its answer, or the sources behind that."""
    more = chance.choice(({}, {}, {"cite": "true"}, {"cite": "x"}, {"lang": "sv"}, {"page": "2"}))
    form = urlencode({"query": query, **more})
    if len(form) < 20_000 and chance.random() < 0.5:
        return Request("GET", "/sparql?" + form, headers={"Accept": _BROWSER})
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Accept": _BROWSER}
    return Request("POST", "/sparql", form.encode(), headers)


@dataclass
class Outcomes:
    """How many requests ended how, and those that ended as none may."""

    counts: dict[str, int] = field(default_factory=dict)
    bad: list[tuple[Request, str]] = field(default_factory=list)


def send_all(server: Server, items: Sequence[Request], outcomes: Outcomes, source: str) -> None:
    """Send the requests one after another over one connection, and count how each ended.

    Bad are an internal error, and no answer at all where it is not the connection that was at fault.
    """
    with server.client(source) as client:
        for item in items:
            reply = client.send_exactly(item.method, item.path, item.body, item.headers)
            outcome = reply.outcome
            outcomes.counts[outcome] = outcomes.counts.get(outcome, 0) + 1
            if reply.status == 0 or (reply.status == 500 and b"internal" in reply.body[:2000]):
                outcomes.bad.append((item, outcome))


def send_over_three(server: Server, items: Sequence[Request]) -> Outcomes:
    """Send the requests over three connections at once, and return how they ended."""
    outcomes = Outcomes()
    threads = [
        threading.Thread(target=send_all, args=(server, items[part::3], outcomes, f"127.0.0.{part + 2}"))
        for part in range(3)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return outcomes


def warm_up(server: Server, good: Sequence[str], count: int, seed: int) -> int:
    """Send six times `count` requests; return the most memory that the server then had, in bytes.

    What is made at the first request of a kind stays, and a worker keeps a little of what it has used, so a server with
    workers that have hardly worked has less than it will have. From there on it should grow no more.
    """
    most = 0
    for number in range(6):
        send_over_three(server, list(requests(random.Random(seed + number), good, count)))
        wait_until(server.is_whole, "all workers are there")
        most = max(most, server.memory())
    return most
