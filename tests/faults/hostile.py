"""Requests that have ended, hung or emptied SPARQL endpoints, each with the outcomes that are honest answers to it.

An outcome is a status and, for an error, the name of its problem type. Several are named where the speed and the
memory of the machine decide which limit is met first.
"""

from __future__ import annotations

from dataclasses import dataclass

from .harness import PREFIX

_XSD = "PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>\n"
_ALL = "?s ?p ?o"
_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i ."

TIMEOUT = "504 query-timeout"
MEMORY = "503 query-memory"
NESTING = "400 nesting"
SYNTAX = "400 query-syntax"
TOO_LARGE = "400 result-too-large"
FEDERATION = "403 federation"
#: The engine ends over values that it cannot put in an order, in some runs.
BROKEN = "200 broken"


@dataclass(frozen=True)
class Hostile:
    """A request: `text` is a query, an update or RDF, by `path`; `padding` more bytes of a comment follow it."""

    name: str
    text: str | bytes
    expected: frozenset[str]
    accept: str = "*/*"
    padding: int = 0
    path: str = "/sparql"
    content_type: str = "application/sparql-query"

    @property
    def body(self) -> bytes:
        """The bytes to send."""
        data = self.text if isinstance(self.text, bytes) else self.text.encode("utf-8", "surrogatepass")
        return data + b"#" * self.padding


def _query(name: str, text: str | bytes, *expected: str, accept: str = "*/*", padding: int = 0) -> Hostile:
    return Hostile(name, text, frozenset(expected), accept, padding)


def nested_queries() -> list[Hostile]:
    """Return queries that nest one thing in itself as deep as a text of 64 KiB lets them."""
    # name, what begins the query, one opening, the innermost, one closing, what ends it
    shapes = [
        ("groups", "SELECT * ", "{", _ALL, "}", ""),
        ("groups in a group", "SELECT * { ", "{", _ALL, "}", " }"),
        ("brackets in an expression", "SELECT ((", "(", "1", ")", ") AS ?x) {}"),
        ("brackets in a filter", "SELECT * { ?s ?p ?o FILTER(", "(", "?o = 1", ")", ") }"),
        ("CONCAT", "SELECT (", "CONCAT(", "'a'", ")", " AS ?x) {}"),
        ("IF", "SELECT (", "IF(true,1,", "1", ")", " AS ?x) {}"),
        ("COALESCE", "SELECT (", "COALESCE(", "1", ")", " AS ?x) {}"),
        ("EXISTS", "SELECT * { ?s ?p ?o ", "FILTER EXISTS { ?s ?p ?o ", "", "}", " }"),
        ("NOT EXISTS", "SELECT * { ?s ?p ?o ", "FILTER NOT EXISTS { ?s ?p ?o ", "", "}", " }"),
        ("not", "SELECT * { ?s ?p ?o FILTER(", "!", "true", "", ") }"),
        ("not in brackets", "SELECT * { ?s ?p ?o FILTER(", "!(", "true", ")", ") }"),
        ("minus signs", "SELECT (", "- ", "1", "", " AS ?x) {}"),
        ("plus signs", "SELECT (", "+ ", "1", "", " AS ?x) {}"),
        ("inverse paths", "SELECT * { ?s ", "^", "?p", "", " ?o }"),
        ("inverse paths of an IRI", "SELECT * { ?s ", "^(", "<x:p>", ")", " ?o }"),
        ("bracketed paths", "SELECT * { ?s ", "(", "<x:p>", ")", " ?o }"),
        ("repeated paths", "SELECT * { ?s ", "(", "<x:p>", ")*", " ?o }"),
        ("sub-selects", "", "SELECT * {", _ALL, "}", ""),
        ("sub-selects in groups", "SELECT * {", "{SELECT * {", _ALL, "}}", "}"),
        ("OPTIONAL", "SELECT * { ?s ?p ?o ", "OPTIONAL { ?s ?p ?o ", "", "}", " }"),
        ("MINUS", "SELECT * { ?s ?p ?o ", "MINUS { ?s ?p ?o ", "", "}", " }"),
        ("GRAPH", "SELECT * {", "GRAPH ?g {", _ALL, "}", "}"),
        ("UNION", "SELECT * {", "{{?s ?p ?o} UNION ", "{?s ?p ?o}", "}", "}"),
        ("triple terms", "SELECT * { ?s ?p ", "<<( ?s ?p ", "?o", " )>>", " }"),
        ("reified triples", "SELECT * { ", "<< ", "<x:s>", " <x:p> <x:o> >>", " ?q ?r }"),
        ("collections", "SELECT * { ?s ?p ", "(", "1", ")", " }"),
        ("blank node lists", "SELECT * { ?s ?p ", "[ ?p ", "1", "]", " }"),
        ("annotations", "SELECT * { ?s ?p ?o ", "{| ?p ?o ", "", "|}", " }"),
    ]
    expected = frozenset({NESTING, SYNTAX, TIMEOUT, MEMORY, "200", BROKEN, TOO_LARGE})
    queries = []
    for name, before, opening, inside, closing, after in shapes:
        depth = 60_000 // (len(opening) + len(closing))
        queries.append(Hostile(name, before + opening * depth + inside + closing * depth + after, expected))
    # What nests without brackets: chains of operators, which the parser makes into trees.
    chains = [
        ("chain of additions", "SELECT (1" + "+1" * 30_000 + " AS ?x) {}"),
        ("chain of ors", "SELECT * { ?s ?p ?o FILTER(?o" + "||?o" * 14_000 + ") }"),
        ("chain of ands", "SELECT * { ?s ?p ?o FILTER(?o" + "&&?o" * 14_000 + ") }"),
        ("chain of unions", "SELECT * { {?s ?p ?o}" + "UNION{?s ?p ?o}" * 4000 + " }"),
        ("chain of alternative paths", "SELECT * { ?s <x:p>" + "|<x:p>" * 10_000 + " ?o }"),
        ("chain of path steps", "SELECT * { ?s <x:p>" + "/<x:p>" * 10_000 + " ?o }"),
        ("chain of groups", "SELECT * { " + "{?s ?p ?o}" * 6000 + " }"),
        ("chain of optionals", "SELECT * { ?s ?p ?o " + "OPTIONAL{?s ?p ?o}" * 3400 + " }"),
        ("chain of binds", "SELECT * { " + "".join(f"BIND(1 AS ?v{n})" for n in range(3600)) + " }"),
        ("unclosed brackets", "SELECT * { FILTER(" + "(" * 60_000),
        ("unclosed groups", "SELECT * " + "{" * 60_000),
        ("closing brackets only", "SELECT * " + "}" * 60_000),
        ("mixed brackets", "SELECT * " + "({[" * 20_000),
    ]
    queries += [Hostile(name, text, expected) for name, text in chains]
    return queries


def hostile_queries(port: int) -> list[Hostile]:
    """Return the other hostile queries; those that would call another server call `port` on this machine."""
    there = f"http://127.0.0.1:{port}/sparql"
    words = " ".join(f"'value {number}'" for number in range(150))
    cross = f"VALUES ?v1 {{ {words} }} VALUES ?v2 {{ {words} }} VALUES ?v3 {{ {words} }} VALUES ?v4 {{ {words} }}"
    doubled = "BIND(CONCAT(?x0,?x0) AS ?x1)" + "".join(f" BIND(CONCAT(?x{n},?x{n}) AS ?x{n + 1})" for n in range(1, 40))
    replaced = "".join(f" BIND(REPLACE(?x{n},'a','aa') AS ?x{n + 1})" for n in range(40))
    terms = "".join(f"BIND(TRIPLE(<x:s>,<x:p>,?x{n}) AS ?x{n + 1})" for n in range(1, 1_300))
    star = " ".join(f"?s :p{number} ?o{number} ." for number in range(200))
    chain = " ".join(f"?v{number} :p ?v{number + 1} ." for number in range(40))
    many_in = ", ".join(str(number) for number in range(10_000))
    many_iris = ", ".join(f":i{number}" for number in range(5_000))
    rows = " ".join(f"({number} 'n{number}')" for number in range(3_500))
    stop = (TIMEOUT, MEMORY)
    return [
        # Parsing that takes time in powers of the depth.
        _query("REGEX 19 deep", "SELECT * { FILTER(" + "REGEX(" * 19, TIMEOUT, SYNTAX),
        _query("REGEX 60 deep", "SELECT * { ?s ?p ?o FILTER(" + "REGEX(" * 60, TIMEOUT, SYNTAX),
        _query("SUBSTR 40 deep", "SELECT * { ?s ?p ?o FILTER(" + "SUBSTR(" * 40, TIMEOUT, SYNTAX),
        _query(
            "REPLACE 40 deep, closed", f"SELECT ({'REPLACE(' * 40}'a'{',1,2)' * 40} AS ?x) {{}}", TIMEOUT, SYNTAX, "200"
        ),
        _query("collections 60 deep", "SELECT * { ?s ?p " + "(" * 60 + "1" + ")" * 60 + " }", TIMEOUT, SYNTAX, "200"),
        # Planning.
        _query("star of 200 patterns", PREFIX + f"SELECT * {{ {star} }}", *stop, "200"),
        _query("star of 200 bound patterns", PREFIX + f"SELECT * {{ {star.replace('?s', ':i1')} }}", *stop, "200"),
        _query("chain of 40 patterns", PREFIX + f"SELECT (COUNT(*) AS ?n) {{ {chain} }}", *stop),
        # Sorting what has no order.
        _query("ORDER BY numbers and strings of digits", "SELECT ?o { ?s ?p ?o } ORDER BY ?o", "200"),
        _query("ORDER BY mixed kinds with LIMIT", "SELECT ?o { ?s ?p ?o } ORDER BY ?o LIMIT 3", "200"),
        _query("ORDER BY mixed kinds, downwards", PREFIX + "SELECT ?o { ?s :mixed ?o } ORDER BY DESC(?o)", "200"),
        _query(
            "ORDER BY integers and dates",
            PREFIX + "SELECT ?o { { ?s :power ?o } UNION { ?s :day ?o } UNION { ?s :code ?o } } ORDER BY ?o LIMIT 1",
            "200",
        ),
        _query("MIN of mixed kinds", PREFIX + "SELECT (MIN(?o) AS ?m) (MAX(?o) AS ?n) { ?s ?p ?o }", "200"),
        _query("ORDER BY of a cross product", f"SELECT * {{ {_CROSS} }} ORDER BY ?c ?f ?i", *stop),
        # Memory.
        _query("CONCAT doubles", f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('aaaaaaaa' AS ?x0) {doubled} }}", *stop),
        _query("REPLACE doubles", f"SELECT (STRLEN(?x40) AS ?n) {{ BIND('aaaaaaaa' AS ?x0) {replaced} }}", *stop),
        _query("cross product, sorted", f"SELECT * {{ {cross} }} ORDER BY ?v4 ?v1", *stop),
        _query("cross product, joined", f"SELECT (GROUP_CONCAT(?v1) AS ?x) {{ {cross} }}", *stop),
        _query("cross product, distinct", f"SELECT DISTINCT ?v1 ?v2 ?v3 ?v4 {{ {cross} }}", *stop, TOO_LARGE, BROKEN),
        _query("cross product, counted distinct", f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {cross} }}", *stop),
        _query(
            "cross product, grouped",
            f"SELECT ?v1 ?v2 ?v3 ?v4 (COUNT(*) AS ?n) {{ {cross} }} GROUP BY ?v1 ?v2 ?v3 ?v4",
            *stop,
        ),
        _query("GROUP_CONCAT of everything three times", f"SELECT (GROUP_CONCAT(STR(?c)) AS ?x) {{ {_CROSS} }}", *stop),
        # Time.
        _query("cross product, counted", f"SELECT (COUNT(*) AS ?n) {{ {_CROSS} }}", *stop),
        _query(
            "cross product, filtered",
            f"SELECT * {{ {_CROSS} FILTER(STRLEN(CONCAT(STR(?c), STR(?f), STR(?i))) > 9999) }}",
            *stop,
        ),
        _query(
            "cross product, asked",
            f"ASK {{ {_CROSS} FILTER(STRLEN(CONCAT(STR(?b), STR(?e), STR(?h))) > 9999) }}",
            *stop,
        ),
        _query("DISTINCT of a cross product", f"SELECT DISTINCT ?a ?d ?g {{ {_CROSS} }}", *stop, TOO_LARGE, BROKEN),
        _query("paths of everything", PREFIX + "SELECT (COUNT(*) AS ?n) { ?s (:p|!:p)* ?o }", *stop, "200"),
        _query("paths of paths", PREFIX + "SELECT (COUNT(*) AS ?n) { ?s ((:p|!:p)*/(:p|!:p)*)* ?o }", *stop),
        _query("paths there and back", PREFIX + "SELECT (COUNT(*) AS ?n) { ?s (:p|^:p|!(:p|^:p))+ ?o }", *stop),
        _query("long paths", PREFIX + f"SELECT (COUNT(*) AS ?n) {{ ?s {'/'.join([':p'] * 30)} ?o }}", *stop),
        _query(
            "correlated EXISTS",
            f"SELECT * {{ {_ALL} FILTER NOT EXISTS {{ ?x ?y ?z . ?u ?v ?w FILTER(?z = ?o && ?w > ?z) }} }}",
            *stop,
        ),
        _query("MINUS of a cross product", f"SELECT * {{ ?a ?b ?c MINUS {{ {_CROSS} }} }}", *stop),
        _query(
            "OPTIONAL of a cross product",
            f"SELECT (COUNT(*) AS ?n) {{ {_ALL} OPTIONAL {{ ?d ?e ?f OPTIONAL {{ ?g ?h ?i }} }} }}",
            *stop,
        ),
        _query(
            "LATERAL of a cross product",
            f"SELECT (COUNT(*) AS ?n) {{ {_ALL} LATERAL {{ ?d ?e ?f LATERAL {{ ?g ?h ?i }} }} }}",
            *stop,
            SYNTAX,
        ),
        _query("huge OFFSET", f"SELECT * {{ {_CROSS} }} OFFSET 9000000000000000000", *stop),
        _query("huge LIMIT", f"SELECT * {{ {_ALL} }} LIMIT 9223372036854775807", "200"),
        _query("LIMIT beyond 64 bits", f"SELECT * {{ {_ALL} }} LIMIT 99999999999999999999999999", SYNTAX, "200"),
        _query(
            "regular expression with nested repeats",
            "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '(((((a*)*)*)*)*)*$')) }",
            "200",
            *stop,
            "400 query-evaluation",
        ),
        _query(
            "regular expression of great size",
            "SELECT * { ?s ?p ?o FILTER(REGEX(STR(?o), '((((a{100}){100}){100}){100})')) }",
            "200",
            *stop,
            "400 query-evaluation",
        ),
        _query(
            "regular expression out of the data",
            "SELECT * { ?s ?p ?o . ?a ?b ?c FILTER(REGEX(STR(?o), STR(?c))) }",
            *stop,
            TOO_LARGE,
            BROKEN,
        ),
        _query(
            "hashes of a cross product", f"SELECT (COUNT(SHA512(CONCAT(STR(?c), STR(?f)))) AS ?n) {{ {_CROSS} }}", *stop
        ),
        # Results.
        _query(
            "DESCRIBE of everything",
            f"DESCRIBE ?s ?o {{ {_ALL} }}",
            "200",
            *stop,
            TOO_LARGE,
            BROKEN,
            accept="text/turtle",
        ),
        _query(
            "DESCRIBE of a cross product", f"DESCRIBE * {{ {_CROSS} }}", *stop, TOO_LARGE, BROKEN, accept="text/turtle"
        ),
        _query(
            "CONSTRUCT of a cross product",
            f"CONSTRUCT {{ ?a ?e ?i }} {{ {_CROSS} }}",
            *stop,
            TOO_LARGE,
            BROKEN,
            accept="text/turtle",
        ),
        _query(
            "CONSTRUCT of new blank nodes",
            f"CONSTRUCT {{ [] ?b [ ?e [] ] }} {{ {_CROSS} }}",
            *stop,
            TOO_LARGE,
            BROKEN,
            accept="application/n-triples",
        ),
        _query("SELECT of a cross product", f"SELECT * {{ {_CROSS} }}", BROKEN, *stop),
        _query(
            "one row that is too large",
            "SELECT (GROUP_CONCAT(?x) AS ?y) { ?s ?p ?o . ?a :label ?b BIND(CONCAT(STR(?o), STR(?b)) AS ?x) }".replace(
                "SELECT", PREFIX + "SELECT"
            ),
            *stop,
            TOO_LARGE,
        ),
        _query(
            "JSON-LD of triple terms",
            "CONSTRUCT WHERE { ?s ?p ?o }",
            "406 not-acceptable",
            BROKEN,
            accept="application/ld+json",
        ),
        _query(
            "JSON-LD of one triple term",
            PREFIX + "CONSTRUCT WHERE { ?s :states ?o }",
            "406 not-acceptable",
            accept="application/ld+json",
        ),
        _query(
            "RDF/XML of a predicate that is no name",
            "CONSTRUCT { ?s <http://e.example/1/> ?o } WHERE { ?s <http://e.example/1/> ?o }",
            "406 not-acceptable",
            accept="application/rdf+xml",
        ),
        _query(
            "RDF/XML of control characters",
            PREFIX + "CONSTRUCT { :a :b ?x } { BIND('a\\u0001b' AS ?x) }",
            "406 not-acceptable",
            accept="application/rdf+xml",
        ),
        _query(
            "XML results of control characters",
            "SELECT ('a\\u0001b' AS ?x) {}",
            "406 not-acceptable",
            accept="application/sparql-results+xml",
        ),
        _query("triple terms 1 300 deep", f"SELECT ?x1300 {{ BIND(1 AS ?x1) {terms} }}", "200", *stop),
        _query(
            "triple terms 1 300 deep as a page",
            f"SELECT ?x1300 {{ BIND(1 AS ?x1) {terms} }}",
            "200",
            *stop,
            # A page has no type of problem to read.
            "400",
            "504",
            accept="text/html",
        ),
        # Texts.
        _query(
            "a text of 30 MB",
            "SELECT * { ?s ?p ?o }",
            "413 body-too-large",
            "413 query-too-long",
            "0 broken",
            padding=30_000_000,
        ),
        _query("a text just beyond the limit", "SELECT * { ?s ?p ?o }", "413 query-too-long", padding=65_536),
        _query("10 000 numbers in IN", f"SELECT * {{ ?s ?p ?o FILTER(?o IN ({many_in})) }}", "200", *stop, BROKEN),
        _query(
            "10 000 numbers in NOT IN", f"SELECT * {{ ?s ?p ?o FILTER(?o NOT IN ({many_in})) }}", "200", *stop, BROKEN
        ),
        _query(
            "5 000 IRIs in IN", PREFIX + f"SELECT * {{ ?s ?p ?o FILTER(?s IN ({many_iris})) }}", "200", *stop, BROKEN
        ),
        _query("3 500 rows of VALUES", f"SELECT * {{ VALUES (?a ?b) {{ {rows} }} }}", "200"),
        _query(
            "10 000 rows of VALUES",
            f"SELECT * {{ VALUES ?a {{ {'1 ' * 10_000} }} ?s ?p ?a }}",
            "200",
            *stop,
            TOO_LARGE,
            BROKEN,
        ),
        _query(
            "10 000 variables",
            f"SELECT {' '.join(f'?v{n}' for n in range(7_000))} {{ ?s ?p ?o }}",
            "200",
            *stop,
            TOO_LARGE,
            BROKEN,
        ),
        _query("10 000 prefixes", "PREFIX : <http://e.example/>\n" * 2_100 + "SELECT * { ?s :p ?o }", "200"),
        _query(
            "BASE of every length",
            "".join(f"BASE <{'a/' * n}>\n" for n in range(200)) + "SELECT * { <x> ?p ?o }",
            "200",
            SYNTAX,
        ),
        _query("NUL in a string", b"SELECT * { ?s ?p 'a\0b' }", "200", SYNTAX),
        _query("NUL in the middle", b"SELECT * {\0 ?s ?p ?o }", SYNTAX),
        _query("NULs only", b"\0" * 60_000, SYNTAX),
        _query("NUL by escape", "SELECT * { ?s ?p 'a\\u0000b' }", "200", SYNTAX),
        _query("lone surrogate by escape", "SELECT * { ?s ?p '\\uD800' }", SYNTAX),
        _query("lone surrogate by long escape", "SELECT * { ?s ?p '\\U0000DFFF' }", SYNTAX),
        _query("lone surrogate as UTF-8", b"SELECT * { ?s ?p '\xed\xa0\x80' }", "400 encoding"),
        _query("beyond Unicode by escape", "SELECT * { ?s ?p '\\UFFFFFFFF' }", SYNTAX),
        _query("bytes that are no UTF-8", b"SELECT * { ?s ?p '\xff\xfe' }", "400 encoding"),
        _query("UTF-16", "SELECT * { ?s ?p ?o }".encode("utf-16"), "400 encoding"),
        _query("escapes only", "\\u0020" * 10_000, SYNTAX),
        _query("comments only", "#\n" * 30_000, SYNTAX),
        _query("an unfinished string", "SELECT * { ?s ?p '" + "a" * 60_000, SYNTAX),
        _query("an unfinished long string", "SELECT * { ?s ?p '''" + "''" * 20_000 + "a", SYNTAX),
        _query("an unfinished IRI", "SELECT * { ?s ?p <" + "a" * 60_000, SYNTAX),
        _query(
            "a name of 60 000 letters", "SELECT ?" + "x" * 60_000 + " { ?s ?p ?o }", "200", *stop, TOO_LARGE, BROKEN
        ),
        _query("a number of 60 000 digits", f"SELECT ({'9' * 60_000} + 1 AS ?x) {{}}", "200", SYNTAX),
        _query("a decimal of 60 000 digits", f"SELECT (0.{'9' * 60_000} * 3 AS ?x) {{}}", "200", SYNTAX),
        _query(
            "the greatest integer and one",
            "SELECT (9223372036854775807 + 1 AS ?x) (9223372036854775807 * 2 AS ?y) {}",
            "200",
        ),
        _query(
            "the least integer by minus one", _XSD + "SELECT (xsd:integer('-9223372036854775808') / -1 AS ?x) {}", "200"
        ),
        _query(
            "dates without end",
            _XSD
            + "SELECT (xsd:dateTime('9999999999-01-01T00:00:00Z') + xsd:dayTimeDuration('P99999999999D') AS ?x) {}",
            "200",
        ),
        _query(
            "SUBSTR far away",
            "SELECT (SUBSTR('abc', 9223372036854775807, 9223372036854775807) AS ?x) {}",
            "200",
        ),
        _query("an unknown function", "SELECT (<http://e.example/f>(1) AS ?x) {}", "400 query-evaluation", "200"),
        # Ways out.
        _query("SERVICE", f"SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }}", FEDERATION),
        _query("SERVICE SILENT", f"SELECT * {{ SERVICE SILENT <{there}> {{ ?s ?p ?o }} }}", FEDERATION),
        _query("SERVICE in small letters", f"SELECT * {{ seRViCe <{there}> {{ ?s ?p ?o }} }}", FEDERATION),
        _query(
            "SERVICE glued to its prefix", f"PREFIX x: <{there}>\nSELECT * {{ SERVICEx: {{ ?s ?p ?o }} }}", FEDERATION
        ),
        _query(
            "SERVICESILENT", f"PREFIX x: <{there}>\nSELECT * {{ SERVICESILENTx: {{ ?s ?p ?o }} }}", FEDERATION, SYNTAX
        ),
        _query("SERVICE by escapes", f"SELECT * {{ S\\u0045RVICE <{there}> {{ ?s ?p ?o }} }}", FEDERATION, SYNTAX),
        _query("SERVICE behind a comment", f"SELECT * {{ SERVICE#x\n<{there}> {{ ?s ?p ?o }} }}", FEDERATION),
        _query(
            "SERVICE of a variable", f"SELECT * {{ VALUES ?u {{ <{there}> }} SERVICE ?u {{ ?s ?p ?o }} }}", FEDERATION
        ),
        _query(
            "SERVICE of a computed address",
            f"SELECT * {{ BIND(IRI(CONCAT('http://127.0.0.1:{port}', '/')) AS ?u) "
            "LATERAL { SERVICE ?u { ?s ?p ?o } } }",
            FEDERATION,
        ),
        _query(
            "SERVICE in EXISTS",
            f"SELECT * {{ ?s ?p ?o FILTER EXISTS {{ SERVICE <{there}> {{ ?s ?p ?o }} }} }}",
            FEDERATION,
        ),
        _query(
            "SERVICE in a sub-select",
            f"SELECT * {{ {{ SELECT * {{ SERVICE <{there}> {{ ?s ?p ?o }} }} }} }}",
            FEDERATION,
        ),
        _query("SERVICE in CONSTRUCT", f"CONSTRUCT {{ ?s ?p ?o }} {{ SERVICE <{there}> {{ ?s ?p ?o }} }}", FEDERATION),
        _query("FROM of another server", f"SELECT * FROM <{there}> {{ ?s ?p ?o }}", "200"),
        _query("FROM of a file", "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }", "200"),
        _query("an update as a query", "DELETE WHERE { ?s ?p ?o }", SYNTAX),
    ]


def hostile_writes(port: int) -> list[Hostile]:
    """Return updates and uploads that fail, each of which must change nothing; addresses are on `port`."""
    there = f"http://127.0.0.1:{port}/data.ttl"
    late = (TIMEOUT, MEMORY)
    laughs = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 10))
    bomb = (
        f'<?xml version="1.0"?><!DOCTYPE r [<!ENTITY a0 "ha">{laughs}]>'
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e.example/">'
        '<rdf:Description rdf:about="http://e.example/x"><e:p>&a9;</e:p></rdf:Description></rdf:RDF>'
    )
    deep = 100_000

    def update(name: str, text: str, *expected: str) -> Hostile:
        return Hostile(name, text, frozenset(expected), path="/update", content_type="application/sparql-update")

    def upload(name: str, text: str, content_type: str, *expected: str) -> Hostile:
        return Hostile(name, text, frozenset(expected), path="/store?graph=x:uploaded", content_type=content_type)

    return [
        update("LOAD", f"LOAD <{there}>", FEDERATION),
        update("LOAD SILENT", f"LOAD SILENT <{there}>", FEDERATION),
        update("LOAD INTO", f"load <{there}> INTO GRAPH <x:g>", FEDERATION),
        update("LOAD behind another", f"INSERT DATA {{ <x:a> <x:b> <x:c> }} ; LOAD <{there}>", FEDERATION),
        update("LOAD glued to its prefix", f"PREFIX x: <{there}>\nLOADx:", FEDERATION),
        update("LOAD of a file", "LOAD <file:///etc/passwd>", FEDERATION),
        update(
            "SERVICE in an update", f"INSERT {{ ?s ?p ?o }} WHERE {{ SERVICE <{there}> {{ ?s ?p ?o }} }}", FEDERATION
        ),
        update("INSERT of a cross product", f"INSERT {{ ?a ?e ?i }} WHERE {{ {_CROSS} }}", *late),
        update("DELETE of a cross product", f"DELETE {{ ?a ?e ?i }} WHERE {{ {_CROSS} }}", *late),
        update(
            "an update that fails at its second operation",
            "INSERT DATA { <x:a> <x:b> <x:c> } ; INSERT DATA { ?v }",
            SYNTAX,
        ),
        update(
            "an update that runs out of time at its second",
            "CLEAR DEFAULT ; INSERT DATA { <x:a> <x:b> <x:c> } ; INSERT { ?a ?e ?i } WHERE { "
            "VALUES ?a { <x:1> <x:2> <x:3> } VALUES ?e { <x:p> } "
            f"{' '.join(f'VALUES ?w{n} {{ 1 2 3 4 5 6 7 8 9 }}' for n in range(12))} BIND(?w0 AS ?i) }}",
            *late,
        ),
        upload("an entity bomb", bomb, "application/rdf+xml", *late, "400 data"),
        upload(
            "JSON-LD 100 000 deep",
            '{"http://e.example/p":' * deep + "1" + "}" * deep,
            "application/ld+json",
            "400 data",
        ),
        upload(
            "JSON-LD arrays 100 000 deep",
            '{"http://e.example/p":' + "[" * deep + "]" * deep + "}",
            "application/ld+json",
            "400 data",
        ),
        upload(
            "triple terms 100 000 deep",
            "<x:s> <x:p> " + "<<( <x:s> <x:p> " * deep + "1" + " )>>" * deep + " .",
            "text/turtle",
            "201",
            "204",
        ),
        upload(
            "collections 100 000 deep", "<x:s> <x:p> " + "(" * deep + ")" * deep + " .", "text/turtle", "201", "204"
        ),
        upload(
            "blank nodes 100 000 deep",
            "<x:s> <x:p> " + "[ <x:p> " * deep + "1" + " ]" * deep + " .",
            "text/turtle",
            "201",
            "204",
        ),
        upload("Turtle that is wrong at its end", "<x:s> <x:p> <x:o> .\n" * 5000 + "oops", "text/turtle", "400 data"),
        upload("N-Triples of NULs", "\0" * 50_000, "application/n-triples", "400 data"),
        upload("an unknown format", "hello", "application/x-hello", "415 content-type"),
    ]
