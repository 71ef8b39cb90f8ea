"""Syntax errors for people: place, token and repair, and the grammar behind them."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from computeatlas.model.errors import QuerySyntaxError
from computeatlas.sparql.errors.explain import ROOM, explain, explain_evaluation
from computeatlas.sparql.errors.grammar import fault
from computeatlas.sparql.tokens import tokenize


def error_message(text: str, update: bool) -> str | None:
    """Return what Oxigraph says of `text`, None if it takes it."""
    store = ox.Store()
    try:
        if update:
            store.update(text)
        else:
            store.query(text, base_iri="http://e/" if "<rel>" not in text else None)
    except SyntaxError as error:
        return str(error)
    except (OSError, RuntimeError):
        pass
    return None


def refuse(text: str, update: bool = False) -> QuerySyntaxError:
    """Return the error for `text`, which Oxigraph must refuse."""
    assert error_message(text, update) is not None, "the engine takes it"
    return explain(text, error_message(text + ROOM, update) or "", update)


# Text, with the place of the fault behind ‸, the token there and what the repair says.
QUERIES = [
    ("SELECT * { ?s ?p ?o } ‸LIMT 3", "LIMT", "write LIMIT"),
    ("‸SELEKT * {}", "SELEKT", "write SELECT"),
    ("SELECT * { ‸OPTONAL { ?s ?p ?o } }", "OPTONAL", "write OPTIONAL"),
    ("SELECT * { ?s ?p ?o\n‸FILTR(?o > 1) }", "FILTR", "write FILTER"),
    ("SELECT * { ?s ‸skos:note ?o }", "skos:note", "PREFIX skos: <http://www.w3.org/2004/02/skos/core#>"),
    ("SELECT * { ?s ‸skoss:note ?o }", "skoss:note", "or write skos:"),
    ("SELECT * {\n\n ?s ‸my:note ?o }", "my:note", "PREFIX my: <…>"),
    ("SELECT * { ?s ‸skos:note ?o ) LIMT 3", "skos:note", "PREFIX skos:"),
    ("SELECT * { ?s ‸http://e/p ?o }", "http:", "the IRI in < and >"),
    ("SELECT * { ‸http://e/s ?p ?o }", "http:", "the IRI in < and >"),
    ("PREFIX e: ‸http://e/ SELECT * {}", "http:", "the IRI in < and >"),
    ("PREFIX ‸foaf <http://e/> SELECT * {}", "foaf", "foaf:"),
    ("SELECT * {\n?s ?p ?o‸", None, "add }: the { of line 1, column 10 is still open"),
    ("SELECT * { { ?s ?p ?o }‸", None, "add }: the { of line 1, column 10"),
    ("SELECT * { ?s ?p [ ?q ?r‸", None, "add ]: the [ of line 1, column 18"),
    ("SELECT * { FILTER(?x > 3 ‸}", "}", "add ) before it: the ( of line 1, column 18"),
    ("SELECT * { ?s ?p [ ?q ?r ‸}", "}", "add ] before it"),
    ("SELECT * { ?s ?p ?o ‸) }", ")", "take ) out"),
    ("SELECT * { ?s ?p ?o }‸}", "}", "take } out"),
    ("SELECT * { ?s ?p ‸'abc }\nFILTER(1=1) }", "'abc }", "add ': the string of line 1, column 18"),
    ('SELECT * {\n?s ?p "abc }‸', '"abc }', 'add ": the string of line 2, column 7'),
    ('SELECT * { ?s ?p """abc }\n }‸', '"""abc }', 'add """: the string of line 1, column 18'),
    ("SELECT * { ?s ?p ‸'\\q' }", "'\\q'", "escapes are"),
    ("SELECT * { ?s ?p ‸“abc” }", "“", "straight quotes"),
    ("SELECT * { ?s ?p ‸‘abc’ }", "‘", "straight quotes"),
    ("SELECT * { ?s ?p ?o ‸?s ?q ?r }", "?s", "put . between “?o” and “?s”"),
    ("SELECT * { ?s ?p ?o\n‸<http://e/a> ?q ?r }", "<http://e/a>", "put . between"),
    ("SELECT * { ‸?s ?p }", "?s", "complete the pattern “?s ?p”"),
    ("SELECT * { ?a ?b ?c . ‸?s ?p ?o, . }", "?s", "complete the pattern “?s ?p ?o,”"),
    ("SELECT * { ?s ?p ?o FILTER(?o =‸= 3) }", "=", "write = for =="),
    ("SELECT * { ?s ?p ?o FILTER(?o <‸> 3) }", ">", "write != for <>"),
    ("SELECT * { ?s ?p ?o FILTER(?o ‸& ?p) }", "&", "write &&"),
    ("SELECT * { ?s ?p ?o FILTER(?o ‸| ?p) }", "|", "write ||"),
    ("SELECT * { ?s ?p ?o FILTER(?o ‸AND ?p) }", "AND", "write &&"),
    ("SELECT * { ?s ?p ?o FILTER(?o ‸LIKE 'x') }", "LIKE", "CONTAINS"),
    ("SELECT * { ?s ?p ?o FILTER ‸?o > 3 }", "?o", "FILTER ( … )"),
    ("SELECT * { FILTER(CONTAINS(?o ‸'x')) }", "'x'", "put , between the arguments"),
    ("SELECT ‸COUNT(*) { ?s ?p ?o }", "COUNT", "write (COUNT(*) AS ?n)"),
    ("SELECT ?s ‸SUM(DISTINCT ?o) AS ?t { ?s ?p ?o }", "SUM", "write (SUM(DISTINCT ?o) AS ?value)"),
    ("SELECT (COUNT(*)‸) { ?s ?p ?o }", ")", "AS ?name"),
    ("SELECT (‸STRLENGTH(?o) AS ?x) { ?s ?p ?o }", "STRLENGTH", "no function STRLENGTH; the nearest is STRLEN"),
    ("SELECT (‸WIBBLE(?o) AS ?x) { ?s ?p ?o }", "WIBBLE", "no function WIBBLE"),
    ("SELECT (‸STRLEN(?a, ?b) AS ?x) {}", "STRLEN", "which arguments STRLEN takes"),
    ("‸INSERT DATA { <http://e/a> <http://e/b> 1 }", "INSERT", "send it to the update endpoint"),
    ("‸CLEAR ALL", "CLEAR", "send it to the update endpoint"),
    ("SELECT * FROM ‸table WHERE x = 3", "table", "what is sought goes in { }"),
    ("SELECT ‸name, age WHERE {}", "name", "?name"),
    ("SELECT ?a‸, ?b { ?a ?p ?b }", ",", "take the comma out"),
    ("SELECT ‸TOP 5 * {}", "TOP", "LIMIT"),
    ("SELECT ?a WHERE ‸?a ?p ?b", "?a", "in { }"),
    ("SELECT ?a { ?a ?p ?b } ORDER ‸?a", "?a", "ORDER BY"),
    ("SELECT ?a { ?a ?p ?b } ORDER BY DESC ‸?a", "?a", "DESC ( … )"),
    ("SELECT ?a { ?a ?p ?b } LIMIT 5‸, 10", ",", "LIMIT and OFFSET"),
    ("SELECT ?a { ?a ?p ?b } LIMIT 5 ‸ORDER BY ?a", "ORDER", "the order is"),
    ("SELECT ?a { ?a ?p ?b } LIMIT ‸-1", "-1", "a whole number"),
    ("SELECT ?a { ?a ?p ?b }‸;", ";", "take ; out"),
    ("SELECT ?a { ?a ‸A ?b }", "A", "write a in small letters"),
    ("SELECT ?a { ?a ?p ‸TRUE }", "TRUE", "write true in small letters"),
    ("SELECT ?a { ?a ‸name ?b }", "name", "a bare word is no term"),
    ("SELECT‸\u00a0* {}", "U+00A0", "write a space"),
    ("SELECT *‸", None, "the pattern in { }"),
    ("‸", None, "write a query"),
    ("CONSTRUCT { ?s ?p ?o }‸", None, "the pattern in { }"),
    ("SELECT * { ?s ‸<rel> ?o }", "<rel>", "BASE"),
    ("SELECT * { ?s ‸<http://e/%zz> ?o }", "<http://e/%zz>", "two digits"),
    ("SELECT * { ?s ?p 'x'‸@toolongtag }", "@toolongtag", "@en"),
    ("SELECT * { ?s ?p ?o BIND(1 AS ‸?s) }", "?s", "another variable"),
    ("SELECT * { { ?s ?p ?o } BIND(1 AS ‸?s) }", "?s", "another variable"),
    ("SELECT * { VALUES (?x ?y) { ('1'^^<http://e/t> 2) ‸(1 2 3) } }", "(", "UNDEF"),
    ("SELECT * { VALUES (?x ?y) { (1 'a'@en) ‸(1) } }", "(", "UNDEF"),
    ("SELECT * { _:a ?p ?o . { ‸_:a ?p ?o } }", "_:a", "in each"),
    ("SELECT * { _:a ?p ?o OPTIONAL { ?s ?p ?o } ‸_:a ?q ?r }", "_:a", "a variable"),
    ("SELECT * { ?s ?p ?o .‸. }", ".", "take . out"),
    ("SELECT * { ?s <http://e/p>‸{2} ?o }", "{", "p/p"),
    ("SELECT * { ?s ‸[] ?o }", "[", "a blank node cannot stand here"),
    ("SELECT * { ?s ?p ?o ‸UNION { ?s ?p ?o } }", "UNION", "in { }"),
    ("SELECT * { BIND(‸<< ?s ?p ?o >> AS ?t) }", "<<", "<<( … )>>"),
    ("‸SELECT ?x { ?s ?p ?o } GROUP BY ?s", "SELECT", "add the variable to GROUP BY"),
    ("‸SELECT * { ?s ?p ?o } GROUP BY ?s", "SELECT", "name the variables"),
    ("‸SELECT (?o AS ?s) { ?s ?p ?o }", "SELECT", "another variable"),
    ("‸SELECT ?s ?s { ?s ?p ?o }", "SELECT", "each variable once"),
]
UPDATES = [
    ("‸SELECT * {}", "SELECT", "send it to the query endpoint"),
    ("‸DELET WHERE {}", "DELET", "write DELETE"),
    ("‸UPDATE x SET y = 3", "UPDATE", "DELETE { … } INSERT"),
    ("INSERT { ?s ?p ?o }‸", None, "add WHERE"),
    ("INSERT DATA { ‸?s <http://e/p> 1 }", "?s", "INSERT { … } WHERE"),
    ("DELETE DATA { ‸_:a <http://e/p> 1 }", "_:a", "with a variable"),
    ("DELETE WHERE { ‸[] ?p ?o }", "[", "with a variable"),
    ("CLEAR ‸<http://e/g>", "<http://e/g>", "write GRAPH <http://e/g>"),
    ("CLEAR ALL ‸CLEAR ALL", "CLEAR", "put ; between"),
    ("INSERT { ?s ?p 1 } WHERE { ?s ?p ?o } ‸LIMIT 1", "LIMIT", "subquery"),
    ("‸", None, ""),
]


@pytest.mark.parametrize(
    "marked, token, says, update", [(*case, False) for case in QUERIES] + [(*case, True) for case in UPDATES[:-1]]
)
def test_an_error_has_its_place_its_token_and_a_repair(marked: str, token: str | None, says: str, update: bool) -> None:
    before, _, _ = marked.partition("‸")
    error = refuse(marked.replace("‸", ""), update)
    assert (error.line, error.column) == (before.count("\n") + 1, len(before) - before.rfind("\n"))
    assert error.token == token
    assert says in (error.hint or "")


def test_the_variable_that_is_not_grouped_is_named() -> None:
    assert "?y" in refuse("SELECT ?x (SUM(?z) AS ?n) ?y { ?x ?y ?z } GROUP BY ?x").what


#: Valid texts, of which pieces are taken out, put in or changed.
VALID = [
    "PREFIX e: <http://e/> SELECT DISTINCT ?s (SUM(?o) AS ?n) FROM <http://e/g> WHERE { ?s e:p/e:q* ?o ; a e:T,"
    " [ e:p 'x'@en ] . FILTER(?o < 3 && !BOUND(?z) || REGEX(STR(?s), '^a')) } GROUP BY ?s HAVING(COUNT(*) > 1)"
    " ORDER BY DESC(?n) LIMIT 5",
    "SELECT * { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p '''a\nb''' } } MINUS { ?s ?p 1.5e3 } OPTIONAL { ?s ?p ?q }"
    " BIND(IF(?o IN (1, 2), ?o, 'x') AS ?b) VALUES (?v ?w) { (1 UNDEF) (<http://e/> true) } }",
    "PREFIX e: <http://e/> CONSTRUCT { ?s e:p [ e:q (1 2) ] }"
    " WHERE { << ?s ?p ?o >> e:q <<( ?a ?b ?c )>> . ?s ^e:p ?o {| e:q 1 |} }",
    "ASK { ?s ?p ?o LATERAL { ?s ?p 1 } FILTER NOT EXISTS { SELECT ?s { ?s ?p ?o } LIMIT 1 } }",
    "DESCRIBE ?x <http://e/y> WHERE { ?x ?p _:b } # comment",
    "PREFIX e: <http://e/> INSERT DATA { e:a e:b e:c . GRAPH e:g { e:a e:b 'x'^^e:t } } ; DELETE WHERE { ?s ?p ?o }",
    "WITH <http://e/g> DELETE { ?s ?p ?o } INSERT { ?s ?p 1 } USING NAMED <http://e/h> WHERE { ?s ?p ?o };CLEAR ALL",
    "LOAD SILENT <ftp://e/> INTO GRAPH <http://e/g> ; COPY <http://e/a> TO DEFAULT ; CREATE SILENT GRAPH <http://e/b>",
]
_ODDITIES = ["“", "&", "'", '"""', "\\", "é", "\x00", "LIMT"]
_PIECES = sorted({token.text for text in VALID for token in tokenize(text)}) + _ODDITIES


@st.composite
def mutants(draw: st.DrawFn) -> tuple[str, bool]:
    """Return a valid text after some changes to its tokens, and whether it is an update."""
    whole = draw(st.sampled_from(VALID))
    pieces = [token.text for token in tokenize(whole)]
    for _ in range(draw(st.integers(1, 3))):
        place = draw(st.integers(0, len(pieces) - 1))
        pieces[place : place + draw(st.integers(0, 2))] = draw(st.lists(st.sampled_from(_PIECES), max_size=1))
        pieces = pieces or ["x"]
    return draw(st.sampled_from([" ", "\n"])).join(pieces), draw(st.booleans()) or "ASK" not in whole


def shows_no_machinery(words: str) -> bool:
    """Return whether `words` are for people: one line, no classes of characters, no list of what was expected."""
    return "\n" not in words and len(words) < 700 and not re.search(r"\.\.=|\[_\]|u\{|expected one of|EOF", words)


@settings(max_examples=400, deadline=None)
@given(mutants())
def test_every_refused_mutant_is_explained_at_a_place_inside_the_text(mutant: tuple[str, bool]) -> None:
    text, update = mutant
    if error_message(text, update) is None:
        return
    error = refuse(text, update)
    lines = text.split("\n")
    assert error.line is not None
    assert error.column is not None
    assert 1 <= error.line <= len(lines)
    assert 1 <= error.column <= len(lines[error.line - 1]) + 1
    assert shows_no_machinery(str(error))
    assert error.hint
    if error.token is not None and "ends too early" not in error.what and not error.token.startswith("U+"):
        assert text.split("\n")[error.line - 1][error.column - 1 :].startswith(error.token.split(" ")[0])


@given(st.text(), st.text(), st.booleans())
def test_no_text_and_no_message_is_too_odd(text: str, said: str, update: bool) -> None:
    for message in (said, f"error at 1:1: expected {said}", f"error at 99:99: expected one of {said}, [_], SELECT"):
        error = explain(text, message, update)
        assert error.line is not None
        assert 1 <= error.line <= text.count("\n") + 1
        assert "\n" not in str(error)


@pytest.mark.parametrize("text", VALID)
def test_the_grammar_takes_what_is_valid(text: str) -> None:
    update = any(word in text for word in ("INSERT", "LOAD"))
    assert error_message(text, update) is None
    assert fault(list(tokenize(text)), update) is None
    found = fault(list(tokenize(text)), not update)
    assert found is not None


@pytest.mark.slow
@settings(max_examples=400, deadline=None)
@given(mutants())
def test_the_grammar_refuses_nothing_that_the_engine_takes(mutant: tuple[str, bool]) -> None:
    text, update = mutant
    if error_message(text, update) is None:
        found = fault(list(tokenize(text)), update)
        # The engine takes templates of updates without the full stop between triples that the grammar wants.
        assert found is None or (update and "." in found.expected)


def test_the_grammar_decides_by_one_token() -> None:
    """No two alternatives begin with the same terminal: otherwise the first would hide the second."""
    from computeatlas.sparql.errors.grammar import _grammar

    def check(node: object, rule: str) -> None:
        if node.kind == "any":
            assert sum(part.nullable for part in node.parts) <= 1, rule
            for part in node.parts:
                assert not any(part.first & other.first for other in node.parts if other is not part), rule
        if node.kind == "many":
            assert not node.parts[0].nullable, rule
        for part in node.parts:
            check(part, rule)

    for name, node in _grammar().items():
        check(node, name)


@pytest.mark.slow
def test_deep_texts_do_no_harm() -> None:
    for text in (
        "(" * 20_000,
        "SELECT * {" * 20_000,
        "ASK { FILTER(" + "!(" * 20_000 + "1",
        "ASK{?s ?p " + "[?p " * 20_000,
    ):
        assert explain(text, "error at 1:1: expected [_]").line == 1


@pytest.mark.parametrize(
    "query, what, hint",
    [
        ("SELECT (<http://e/f>(1) AS ?x) {}", "no function <http://e/f>", "GeoSPARQL"),
        ("SELECT (<http://www.w3.org/2001/XMLSchema#anyURI>(1) AS ?x) {}", "xsd:anyURI is no cast", "xsd:string"),
        ("SELECT * { SERVICE ?u {} }", "SERVICE is given a variable", "LATERAL"),
        ("SELECT * { SERVICE <ftp://e/> {} }", "begins with ftp:", "http:"),
        ("SELECT * { SERVICE <http://127.0.0.1:1/> {} }", "cannot be had", "SERVICE SILENT"),
    ],
)
def test_what_the_engine_cannot_evaluate_is_named_with_a_repair(query: str, what: str, hint: str) -> None:
    with pytest.raises((OSError, RuntimeError)) as caught:
        list(ox.Store().query(query))
    error = explain_evaluation(str(caught.value))
    assert what in error.what
    assert hint in (error.hint or "")


@pytest.mark.parametrize(
    "update, what",
    [
        ("CREATE GRAPH <http://e/g>; CREATE GRAPH <http://e/g>", "graph <http://e/g> already exists"),
        ("DROP GRAPH <http://e/g>", "graph <http://e/g> does not exist"),
        ("LOAD <file:///x>", "cannot be had"),
    ],
)
def test_what_the_engine_cannot_do_in_an_update_is_named(update: str, what: str) -> None:
    with pytest.raises((OSError, RuntimeError)) as caught:
        ox.Store().update(update)
    error = explain_evaluation(str(caught.value))
    assert what in error.what
    assert "SILENT" in (error.hint or "")


@given(st.text())
def test_any_failure_is_one_line(said: str) -> None:
    error = explain_evaluation(said)
    assert "\n" not in error.what
    assert error.what
