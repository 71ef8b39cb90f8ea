"""Errors: status, problem details (RFC 9457, https://www.rfc-editor.org/rfc/rfc9457), text and pages, case by case."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import quote, urlencode, urlsplit

import pytest

pytestmark = pytest.mark.slow

FORM = "application/x-www-form-urlencoded"
QUERY = "application/sparql-query"
UPDATE = "application/sparql-update"
TURTLE = "text/turtle"
NONE = "store?graph=http%3A%2F%2Fe.example%2Fnone"
ADD = "INSERT DATA { <http://e.example/s> <http://e.example/p> 1 }"
#: Runs for hours in little memory.
RUNAWAY = "SELECT (COUNT(*) AS ?n) { " + " ".join(f"?s{n} ?p{n} ?o{n} ." for n in range(9)) + " }"
#: 64 000 rows.
FORTY = "{ " + " ".join(map(str, range(40))) + " }"
MANY_ROWS = f"SELECT * {{ VALUES ?a {FORTY} VALUES ?b {FORTY} VALUES ?c {FORTY} }}"
#: A string that grows to 10 GB in a few steps.
GROWING = "SELECT (STRLEN(" + "REPLACE(" * 7 + "'xxxxxxxxxx'" + f", 'x', '{'x' * 20}')" * 7 + ") AS ?n) {}"
#: What shows the inside of the server.
INSIDE = re.compile(r"Traceback|File \"|site-packages|pyoxigraph|panicked|\.rs:\d|/computeatlas/|NotImplemented|Errno")


@dataclass(frozen=True)
class Case:
    """A request that fails: the server it goes to, what is sent, the status, the problem's name where it is fixed."""

    name: str
    server: str
    method: str
    target: str
    status: int
    content_type: str | None = None
    body: str | None = None
    kind: str | None = None
    authorization: str | None = None

    def send(self, request: pytest.FixtureRequest, *fields: tuple[str, str]):
        """Send the request, with more fields."""
        client = request.getfixturevalue(self.server)
        own = [("Content-Type", self.content_type), ("Authorization", self.authorization)]
        given = [(name, value) for name, value in own if value is not None]
        return client.send(self.method, self.target, [*given, *fields], self.body.encode() if self.body else None)


def by_get(query: str, **parameters: str) -> str:
    """Return the target of a query."""
    return "sparql?" + urlencode({"query": query, **parameters}, quote_via=quote)


CASES = [
    Case("syntax of a query", "readonly", "GET", by_get("SELEC * {}"), 400, kind="query-syntax"),
    Case("undeclared prefix", "readonly", "GET", by_get("ASK { ?s skos:note ?o }"), 400, kind="query-syntax"),
    Case("unknown function", "readonly", "GET", by_get("SELECT (<http://e/f>(1) AS ?x) {}"), 400),
    Case("syntax of an update", "writable", "POST", "update", 400, UPDATE, "INSRT DATA {}"),
    Case("an update that fails", "writable", "POST", "update", 400, UPDATE, "CREATE GRAPH <http://e.example/one>"),
    Case("no query", "readonly", "POST", "sparql", 400, FORM, "x=1"),
    Case("two queries", "readonly", "GET", "sparql?query=ASK%7B%7D&query=ASK%7B%7D", 400),
    Case("not UTF-8", "readonly", "GET", "sparql?query=%FF", 400),
    Case("no IRI", "readonly", "GET", by_get("ASK {}", **{"default-graph-uri": "http://e/a b"}), 400),
    Case("nested too deep", "readonly", "POST", "sparql", 400, QUERY, "ASK " + "{" * 5000 + "}" * 5000),
    Case("no number for a time-out", "readonly", "GET", by_get("ASK {}", timeout="soon"), 400),
    Case("syntax of a payload", "writable", "PUT", NONE, 400, TURTLE, "<http://e/s>"),
    Case("two graphs", "readonly", "GET", "store?default&graph=http%3A%2F%2Fe%2F", 400),
    Case("no token", "anonymous", "POST", "update", 401, UPDATE, ADD),
    Case("wrong token", "writable", "POST", "update", 401, UPDATE, ADD, authorization="Bearer wrong"),
    Case("no token for a graph", "anonymous", "PUT", NONE, 401, TURTLE, "# nothing"),
    Case("wrong token for a graph", "writable", "DELETE", NONE, 401, authorization="Bearer wrong"),
    Case("SERVICE", "readonly", "GET", by_get("ASK { SERVICE <http://127.0.0.1:9/> { ?s ?p ?o } }"), 403),
    Case("SERVICE SILENT", "readonly", "GET", by_get("ASK { SERVICE SILENT <http://127.0.0.1:9/> {} }"), 403),
    Case("LOAD", "writable", "POST", "update", 403, UPDATE, "LOAD <http://127.0.0.1:9/>"),
    Case("LOAD SILENT", "writable", "POST", "update", 403, UPDATE, "LOAD SILENT <http://127.0.0.1:9/>"),
    Case(
        "SERVICE in an update", "writable", "POST", "update", 403, UPDATE, "INSERT {} WHERE { SERVICE <http://e/> {} }"
    ),
    Case("writes are off: update", "readonly", "POST", "update", 403, UPDATE, ADD),
    Case("no such graph", "readonly", "GET", NONE, 404),
    Case("no such page", "readonly", "GET", "no/such/page", 404),
    Case("writes are off: store", "readonly", "PUT", NONE, 405, TURTLE, "# nothing"),
    Case("method of a query", "readonly", "DELETE", "sparql", 405),
    Case("method of an update", "writable", "GET", "update", 405),
    Case("method of a graph", "writable", "PATCH", NONE, 405, UPDATE, ADD),
    Case("no such format", "readonly", "GET", by_get("ASK {}", format="png"), 406),
    Case("too long a query", "narrow", "POST", "sparql", 413, QUERY, "ASK {}" + " " * 5000),
    Case("too long a query by GET", "narrow", "GET", "sparql?query=ASK%7B%7D" + "%20" * 5000, 413),
    Case("too large a body", "narrow", "PUT", NONE, 413, TURTLE, "#" + "x" * 60_000),
    Case("media type of a query", "readonly", "POST", "sparql", 415, "text/plain", "ASK {}"),
    Case("media type of an update", "writable", "POST", "update", 415, "text/plain", ADD),
    Case("media type of a payload", "writable", "PUT", NONE, 415, "text/csv", "a,b"),
    Case("too large a result", "cramped", "POST", "sparql", 400, QUERY, MANY_ROWS, "result-too-large"),
    Case("time-out", "narrow", "POST", "sparql", 504, QUERY, RUNAWAY),
    Case("out of memory", "cramped", "POST", "sparql", 503, QUERY, GROWING, "query-memory"),
]
every_error = pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)


# --- problem details: https://www.rfc-editor.org/rfc/rfc9457#name-members-of-a-problem-detail


def problem(answer) -> dict:
    """Return the members of a problem, which must be as the RFC has them and show nothing of the inside."""
    assert answer.media_type == "application/problem+json", answer
    body = answer.json
    assert isinstance(body, dict)
    assert re.fullmatch(r"https?://[^#]+/problems#[a-z][a-z-]*", body["type"])
    assert body["status"] == answer.status
    assert isinstance(body["title"], str)
    assert isinstance(body["detail"], str)
    assert body["title"].strip()
    assert body["detail"].strip()
    assert not INSIDE.search(answer.text)
    return body


@every_error
def test_an_error_has_its_status(request: pytest.FixtureRequest, case: Case) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-status-codes"""
    assert case.send(request).status == case.status


@every_error
def test_an_error_is_a_problem(request: pytest.FixtureRequest, case: Case) -> None:
    """https://www.rfc-editor.org/rfc/rfc9457#name-members-of-a-problem-detail: type, title, status, detail."""
    answer = case.send(request)
    body = problem(answer)
    assert case.kind is None or body["type"].endswith("#" + case.kind)
    assert answer.get("X-Content-Type-Options") == "nosniff"
    assert answer.get("ETag") is None


# One of each status is enough to see who renders it; those that take a second are left out.
SHOWN = [case for case in CASES if case.name not in ("time-out", "out of memory", "too large a result")]


@pytest.mark.parametrize("case", SHOWN, ids=lambda case: case.name)
def test_an_error_is_text_for_who_wants_text(request: pytest.FixtureRequest, case: Case) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-accept: `text/plain` before others."""
    answer = case.send(request, ("Accept", "text/plain, application/problem+json;q=0.5"))
    assert answer.status == case.status
    assert (answer.media_type, answer.parameter("charset")) == ("text/plain", "utf-8")
    assert "accept" in answer.items("Vary")
    assert answer.text.strip()
    assert not answer.text.lstrip().startswith(("{", "<"))
    assert not INSIDE.search(answer.text)


# A browser takes anything, so a format that there is not gives way to that.
@pytest.mark.parametrize("case", [case for case in SHOWN if case.name != "no such format"], ids=lambda case: case.name)
def test_an_error_is_a_page_for_a_browser(request: pytest.FixtureRequest, case: Case) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-accept: `text/html` before others."""
    answer = case.send(request, ("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8"))
    assert answer.status == case.status
    assert (answer.media_type, answer.parameter("charset")) == ("text/html", "utf-8")
    assert "accept" in answer.items("Vary")
    assert re.match(r"\s*<!doctype html>", answer.text, re.IGNORECASE)
    assert not INSIDE.search(answer.text)


@pytest.mark.parametrize(
    "accept",
    [
        None,
        "*/*",
        "application/*",
        "application/json",
        "application/problem+json",
        "application/sparql-results+xml",
        "nonsense",
    ],
)
def test_an_error_is_a_problem_for_programs(readonly, accept: str | None) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-400-bad-request: an error is told, whatever was asked for."""
    answer = readonly.query("SELEC", *([("Accept", accept)] if accept else []))
    assert answer.status == 400
    problem(answer)


def test_the_title_belongs_to_the_type(request: pytest.FixtureRequest) -> None:
    """https://www.rfc-editor.org/rfc/rfc9457#name-title: SHOULD NOT change from one occurrence to the next."""
    titles: dict[str, set[str]] = {}
    for case in SHOWN:
        body = problem(case.send(request))
        titles.setdefault(body["type"].partition("#")[2], set()).add(body["title"])
    assert {kind: said for kind, said in titles.items() if len(said) > 1} == {}


def test_the_type_leads_to_an_explanation(request: pytest.FixtureRequest) -> None:
    """https://www.rfc-editor.org/rfc/rfc9457#name-type: SHOULD be documentation that people can read."""
    types = {problem(case.send(request))["type"] for case in SHOWN if case.server == "readonly"}
    readonly = request.getfixturevalue("readonly")
    pages = {urlsplit(kind).path.lstrip("/") for kind in types}
    assert len(pages) == 1
    page = readonly.get(pages.pop(), ("Accept", "text/html"))
    assert page.status == 200
    assert [kind for kind in sorted(types) if f'id="{urlsplit(kind).fragment}"' not in page.text] == []


# --- what goes with a status


@pytest.mark.parametrize("case", [case for case in CASES if case.status == 405], ids=lambda case: case.name)
def test_a_method_that_is_not_allowed_comes_with_those_that_are(request: pytest.FixtureRequest, case: Case) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-405-method-not-allowed: MUST generate `Allow`."""
    answer = case.send(request)
    allowed = answer.items("Allow")
    assert allowed
    assert case.method.lower() not in allowed


@pytest.mark.parametrize("case", [case for case in CASES if case.status == 401], ids=lambda case: case.name)
def test_an_unknown_writer_is_challenged(request: pytest.FixtureRequest, case: Case) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-401-unauthorized and RFC 6750, section 3: error only with a token."""
    challenge = str(case.send(request).get("WWW-Authenticate"))
    assert challenge.lower().startswith("bearer")
    assert ('error="invalid_token"' in challenge) == (case.authorization is not None)


def test_a_token_is_not_repeated(writable) -> None:
    """RFC 6750, section 5 (https://www.rfc-editor.org/rfc/rfc6750#section-5.3): tokens are not shown."""
    answer = writable.post("update", UPDATE, ADD, ("Authorization", "Bearer secret-of-somebody"))
    assert answer.status == 401
    assert "secret-of-somebody" not in answer.text + str(answer.fields)


def test_an_unsupported_media_type_comes_with_those_that_are(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-415-unsupported-media-type"""
    answer = readonly.post("sparql", "text/plain", "ASK {}")
    said = answer.text + str(answer.get("Accept-Post"))
    assert QUERY in said
    assert FORM in said


def test_head_of_an_error_has_no_content(readonly) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-head"""
    answer = readonly.send("HEAD", by_get("SELEC"))
    assert (answer.status, answer.media_type, answer.content) == (400, "application/problem+json", b"")


def test_one_query_too_many_is_told_when_to_come_back(narrow) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-503-service-unavailable: with `Retry-After`."""
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: narrow.post("sparql", QUERY, RUNAWAY), range(6)))
    statuses = [answer.status for answer in answers]
    assert set(statuses) <= {503, 504}
    assert 503 in statuses
    assert 504 in statuses
    for answer in answers:
        if answer.status == 503:
            problem(answer)
            assert int(str(answer.get("Retry-After"))) >= 1
    assert narrow.query("ASK {}").status == 200


def test_too_many_requests_are_told_when_to_come_back(rated) -> None:
    """https://www.rfc-editor.org/rfc/rfc6585#section-4: 429, with `Retry-After`."""
    answers = [rated.query("ASK {}") for _ in range(6)]
    assert answers[0].status == 200
    refused = [answer for answer in answers if answer.status != 200]
    assert refused
    for answer in refused:
        assert answer.status == 429
        problem(answer)
        assert 1 <= int(str(answer.get("Retry-After"))) <= 60


def test_a_time_out_may_be_lowered(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: `timeout` in seconds; the server's own is 30."""
    assert readonly.query(RUNAWAY, timeout="0.3").status == 504


def test_a_time_out_may_not_be_raised(narrow) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: the server's limit of one second stays."""
    assert narrow.query(RUNAWAY, timeout="25").status == 504


# --- syntax errors: where, what, and what to do

#: `¦` stands before the token that is at fault; the token; what the repair must say, if there is an obvious one.
SYNTAX = [
    ("¦SELEC * {}", "SELEC", "SELECT"),
    ("SELECT *\n{ ?s ?p ?o } ¦LIMT 3", "LIMT", "LIMIT"),
    ("SELECT * WHERE { ?s ?p ?o } ORDER ¦?s", "?s", None),
    ("ASK { ?s ¦skos:note ?o }", "skos:note", "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"),
    ("PREFIX e: <http://e/>\nASK { ?s e:a ?o .\n  ?s ¦nowhere:b ?o }", "nowhere:b", "PREFIX nowhere:"),
    ("ASK { ?s ?p 'Å日😀' } ¦}", "}", None),
    ("SELECT ?s\r\nWHERE {\r\n  ?s ?p ?o }\r\n¦}", "}", None),
    ("SELECT ?x { ?x ?p ?o FILTER(?x = 1 ¦}", "}", None),
    ("SELECT ?s # } ?\n{ ?s ?p ?o } ¦LIMIT", None, None),
    ("ASK { ?s ?p ¦'unclosed }", None, None),
    ("ASK { ?s ?p ¦<http://e/a b> }", None, None),
    ("SELECT ?s ¦WERE { ?s ?p ?o }", "WERE", "WHERE"),
]


@pytest.mark.parametrize("marked, token, repair", SYNTAX)
def test_a_syntax_error_has_its_place(readonly, marked: str, token: str | None, repair: str | None) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: line and column in characters from 1, token, repair."""
    before, _, after = marked.partition("¦")
    lines = re.split(r"\r?\n", before)
    answer = readonly.post("sparql", QUERY, before + after)
    assert answer.status == 400
    body = problem(answer)
    assert body["type"].endswith("#query-syntax")
    if token is None:
        assert body["line"] in (len(lines), len(lines) + 1)
        assert body["column"] >= 1
    else:
        assert (body["line"], body["column"], body["token"]) == (len(lines), len(lines[-1]) + 1, token)
    if repair is not None:
        assert repair in body["repair"]


def test_a_query_that_ends_too_early_says_so(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: the place is the end of the query."""
    query = "SELECT ?s WHERE {\n ?s ?p ?o"
    body = problem(readonly.post("sparql", QUERY, query))
    assert (body["line"], body["column"]) == (2, 10)
    assert "}" in body["detail"] + str(body.get("repair"))


def test_a_syntax_error_in_an_update_has_its_place(writable) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#update-failure"""
    body = problem(writable.post("update", UPDATE, "INSERT DATA {\n <http://e/s> foaf:name 'x' }"))
    assert (body["line"], body["column"], body["token"]) == (2, 15, "foaf:name")
    assert "PREFIX foaf: <http://xmlns.com/foaf/0.1/>" in body["repair"]


def test_a_syntax_error_in_a_payload_has_its_line(writable) -> None:
    """https://www.w3.org/TR/sparql11-http-rdf-update/#status-codes"""
    body = problem(writable.put(NONE, TURTLE, "<http://e/s> <http://e/p> 1 .\n<http://e/s> <http://e/p> ] ."))
    assert body["line"] == 2


def test_a_place_is_told_in_text_and_on_the_page_too(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: for people"""
    for accept in ("text/plain", "text/html"):
        answer = readonly.query("SELECT *\n{ ?s ?p ?o } LIMT 3", ("Accept", accept))
        assert answer.media_type == accept
        assert re.search(r"line\W+2\b", answer.text, re.IGNORECASE)
        assert "LIMT" in answer.text


@pytest.mark.parametrize(
    "query", ["SELECT (<http://e.example/fn>(1) AS ?x) {}", "ASK { FILTER(<http://e.example/fn>(1)) }"]
)
def test_an_unknown_function_is_named(readonly, query: str) -> None:
    """https://www.w3.org/TR/sparql11-query/#extensionFunctions"""
    answer = readonly.query(query)
    assert answer.status == 400
    assert "http://e.example/fn" in problem(answer)["detail"]


def test_the_grammar_is_not_listed(readonly) -> None:
    """https://www.w3.org/TR/sparql11-protocol/#query-failure: character ranges and rules are not for people."""
    for text in ("SELECT ?s WHERE { ?s ¦ }", "SELECT", "ASK { ?s ?p ?o", "ASK { ?s ?p 'x }"):
        detail = problem(readonly.query(text))["detail"]
        assert not re.search(r"one of|\\u\{|\['|'\.\.", detail), detail


# --- nothing of a request runs in a browser

SCRIPT = "<script>alert(1)</script>"
QUOTED = '"><img src=x onerror=alert(1)>'


@pytest.mark.parametrize("evil", [SCRIPT, QUOTED])
@pytest.mark.parametrize(
    "target",
    [
        pytest.param("sparql?query={}", id="the query"),
        pytest.param("sparql?query=ASK%7B%3Fs%20%3Fp%20{}", id="a token"),
        pytest.param("sparql?query=SELECT('{}'%20AS%20%3Fx)%7B%7D", id="a value"),
        pytest.param("sparql?query=ASK%7B%7D&format={}", id="the format"),
        pytest.param("sparql?query=ASK%7B%7D&timeout={}", id="the time-out"),
        pytest.param("sparql?query=ASK%7B%7D&default-graph-uri={}", id="the data set"),
        pytest.param("store?graph={}", id="the graph"),
        pytest.param("store?graph=http%3A%2F%2Fe%2F{}", id="the graph, absolute"),
        pytest.param("{}", id="the path"),
        pytest.param("store/{}", id="the path of a graph"),
    ],
)
@pytest.mark.parametrize("accept", ["text/html", "text/html,*/*;q=0.8", "*/*"])
def test_nothing_of_the_request_is_markup_in_the_answer(readonly, target: str, evil: str, accept: str) -> None:
    """https://html.spec.whatwg.org/multipage/parsing.html: what is echoed is escaped, or is no page."""
    answer = readonly.get(target.format(quote(evil, safe="")), ("Accept", accept))
    assert answer.status < 500
    assert answer.get("X-Content-Type-Options") == "nosniff"
    if answer.media_type in ("text/html", "application/xhtml+xml", "image/svg+xml", None):
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
        assert answer.get("Content-Security-Policy") is not None


@pytest.mark.parametrize("header", ["Host", "Origin", "Referer", "X-Forwarded-Host", "User-Agent"])
def test_nothing_of_a_header_is_markup_in_the_answer(readonly, header: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-host-and-authority: a foreign Host is refused or escaped."""
    answer = readonly.query("SELEC", ("Accept", "text/html"), (header, SCRIPT))
    assert answer.status == 400
    assert "<script>alert" not in answer.text


@pytest.mark.parametrize("text", ["a\r\nSet-Cookie: x=1", "a\nX-Injected: 1"])
def test_nothing_of_the_request_becomes_a_header(readonly, text: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc9110#name-field-values: no line break gets into a field."""
    for target in (f"sparql?query=ASK%7B%7D&format={quote(text)}", f"store?graph={quote(text)}", quote(text)):
        answer = readonly.get(target)
        assert answer.get("Set-Cookie") is None
        assert answer.get("X-Injected") is None
        assert 400 <= answer.status < 500
