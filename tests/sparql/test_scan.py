"""What a text asks for: no request to another host unseen, no harmless text refused, compared with the engine.

Whether a query has called a service is seen from pyoxigraph: with `ftp://` as the address a call raises OSError and
nothing is sent. A service is called only where the pattern before it has solutions, hence the triple in the store.
"""

from __future__ import annotations

import json
import subprocess
import sys

import pyoxigraph as ox
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from computeatlas.sparql.scan import scan

PROLOGUE = "PREFIX : <ftp://no/> PREFIX u: <ftp://no/> PREFIX e: <http://e/> "


@pytest.fixture(scope="module")
def store() -> ox.Store:
    store = ox.Store()
    store.add(ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o")))
    return store


def calls(store: ox.Store, text: str) -> bool | None:
    """Return whether evaluation sends a request, None if the text is no query."""
    try:
        result = store.query(text)
        if isinstance(result, ox.QuerySolutions):
            list(result)
    except SyntaxError:
        return None
    except OSError as error:
        assert "scheme" in str(error)
        return True
    except RuntimeError as error:
        # A variable names the service, and the engine would have asked it had there been a value.
        return "service name" in str(error)
    return False


FEDERATED = [
    "SELECT * { SERVICE <ftp://no/> {} }",
    "SELECT * { service <ftp://no/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE\n#{\n<ftp://no/>#\n{} }",
    "SELECT * { SERVICE ?u {} }",
    PROLOGUE + "SELECT * { SERVICEu:x{} }",
    PROLOGUE + "SELECT * { SERVICE:x{} }",
    PROLOGUE + "SELECT * { {}SERVICEu:x{} }",
    PROLOGUE + "PREFIX SERVICE: <http://e/> SELECT * { SERVICE:x{} }",
    PROLOGUE + "PREFIX SERVICEu: <http://e/> SELECT * { ?s ?p ?o . SERVICEu:x { ?s ?p ?o } }",
    PROLOGUE + "SELECT * { ?s ?p ?o FILTER(1=1)SERVICE u:x {} }",
    PROLOGUE + "SELECT * { VALUES ?x {1}SERVICE u:x {} }",
    PROLOGUE + "SELECT * { VALUES ?x {'''abc' } SERVICE u:x {} }",
    PROLOGUE + "SELECT * { VALUES ?x {'''abc' } SERVICE u:x {} #\\uD800 '''\n}",
    PROLOGUE + "SELECT * { ?x ?p ?y FILTER('a'<?y)SERVICE?u#>\n {} }",
    PROLOGUE + "SELECT * { ?x ?p ?y FILTER(BOUND(?y)<=?y||1=1)SERVICE?u#>\n {} }",
    PROLOGUE + "SELECT * { BIND(<http://e/\\u+041#> AS ?z) SERVICE u:x {} }",
    PROLOGUE + "PREFIX FILTERe: <http://e/> SELECT * { FILTERe:s ?p ?o SERVICE u:x {} }",
    PROLOGUE + "SELECT * { { SELECT * { SERVICE u:x {} } } }",
    PROLOGUE + "SELECT * { FILTER EXISTS { SERVICE u:x {} } }",
    PROLOGUE + "SELECT * { BIND(u:x AS ?u) LATERAL { SERVICE ?u {} } }",
    PROLOGUE + "ASK{SERVICE u:x{}}",
    PROLOGUE + "DESCRIBE ?x { SERVICE u:x { ?x ?y ?z } }",
    PROLOGUE + "CONSTRUCT { ?s ?p ?o } { SERVICE u:x { ?s ?p ?o } }",
]


@pytest.mark.parametrize("text", FEDERATED)
def test_a_service_is_seen(store: ox.Store, text: str) -> None:
    assert calls(store, text) is not None
    seen = scan(text)
    assert seen.federated
    assert seen.volatile
    assert "SERVICE" in text[seen.federated_at :].upper()


#: The object that each needs comes last in its pattern, and no solution is there: the text must parse, no more.
GLUED = [
    "?s ?p trueSERVICE u:x {}",
    "?s ?p falseSERVICESILENTu:x {}",
    "?s ?p true.SERVICE:x {}",
    "?s ?p 1SERVICE u:x {}",
    "?s ?p 1.SERVICE:x {}",
    "?s ?p 1e1SERVICEu:x {}",
    "?s ?p 'x'SERVICE u:x {}",
    "?s ?p <http://e/>SERVICE u:x {}",
    "?s ?p []SERVICE u:x {}",
    "?s ?p (1)SERVICE u:x {}",
    "?s ?p ?o.SERVICE u:x {}",
    "?s ?p e:a.b.SERVICE u:x {}",
    "?s ?p e:a.b.SERVICEu:x {}",
    "?s ?p e:a.b.SERVICESILENT?u {}",
    "?s ?p <<( ?a ?b ?c )>>SERVICE u:x {}",
    "<< ?a ?b ?c >>SERVICE u:x {}",
    "?s ?p 'x'@en SERVICE u:x {}",
    "?s ?p ?o, 1 servicex:x {}",
    "?s ?p ?o; servicex:x {}",
    "?s e:p/e:q ?o servicex:x {}",
    "?s ?p 'x'@en servicex:x {}",
    "?s ?p 'x'^^e:t servicex:x {}",
    "?s ?p (1 2) servicex:x {}",
    "FILTER(?s < 1) servicex:x {}",
    "FILTER(?s < 1) ?s ?p ?o servicex:x {}",
    "?s e:p* ?o servicex:x {}",
    "?s a ?o servicex:x {}",
    "?s e:p|^e:q ?o FILTER(?s<?o)SERVICE?u#>\n{}",
    "FILTERe:f(?s<?o)SERVICE?u#>\n{}",
    "FILTER<http://e/f>(?s<?o)SERVICE?u#>\n{}",
    "FILTER e:f (1,(?s<?o))SERVICE?u#>\n{}",
    "?s ?p trueFILTER(?s<?o)SERVICE?u#>\n{}",
    "?s ?p e:a.b.FILTERe:f(?s<?o)SERVICE?u#>\n{}",
    "BIND(EXISTS{?s <http://e/> ?o}<?o AS ?x)SERVICE?u#>\n{}",
    "{SELECT(?s<?o AS ?x){}ORDERBYe:f(?s)(?s<?o)}SERVICE?u#>\n{}",
    "{SELECT(SUM(?s)AS?x)(?s<?t AS ?y){}GROUPBY?s ?t(?s)HAVING(?s<?t)(?s<?t)}SERVICE?u#>\n{}",
    "FILTER(<<(?s ?p ?o)>><?o)SERVICE?u#>\n{}",
]


@pytest.mark.parametrize("pattern", GLUED)
def test_a_service_glued_to_what_is_before_it_is_seen(store: ox.Store, pattern: str) -> None:
    declared = "PREFIX servicex: <http://e/> PREFIX x: <http://e/> " if "servicex" in pattern else ""
    text = f"{PROLOGUE}{declared}SELECT * {{ {pattern} }}"
    try:
        store.query(text)
    except SyntaxError:
        pytest.fail("the engine does not take it, so it proves nothing")
    except (OSError, RuntimeError):
        pass
    assert scan(text).federated


def test_a_prefix_that_looks_like_a_filter_hides_nothing(store: ox.Store) -> None:
    text = PROLOGUE + "PREFIX FILTERe: <http://e/> ASK { ?s ?p ?o FILTERe:f(?s<?o)SERVICE?u#>\n{} }"
    assert calls(store, text) is not None
    assert scan(text).federated


@pytest.mark.parametrize(
    "pattern",
    ["\\u0053ERVICE <ftp://no/> {}", "SERVIC\\U00000045 <ftp://no/> {}", "SERVICE \\u003Cftp://no/> {}", "\\u007B}"],
)
def test_the_engine_knows_escapes_in_strings_and_iris_only(store: ox.Store, pattern: str) -> None:
    """Should this fail with a new version of the engine, then the tokenizer has to learn them too."""
    assert calls(store, f"SELECT * {{ {pattern} }}") is None


HARMLESS = [
    "SELECT ?service { ?service ?p 'SERVICE <ftp://no/> {}' }",
    "SELECT * { ?s ?p '''\nSERVICE ?x { ?y }\n''' }",
    "SELECT * { ?s ?p ?o } # SERVICE <ftp://no/> {}",
    "SELECT * { ?s <http://e/SERVICE> ?o }",
    "SELECT * { GRAPH <http://e/SERVICE?x#>\n{ ?s ?p ?o } }",
    "SELECT * { ?s <http://e/#> '''\nSERVICE ?x {\n''' }",
    "PREFIX service: <http://e/> SELECT * { ?s service:x ?o . ?x service:service service:x, service: }",
    "PREFIX service: <http://e/> SELECT * { GRAPH service:x { ?s ?p ?o } }",
    "PREFIX service: <http://e/> SELECT * FROM service:x FROM NAMED service:y { ?s ?p ?o }",
    "PREFIX service: <http://e/> DESCRIBE service:x { ?s ?p ?o }",
    "PREFIX service: <http://e/> SELECT * { ?s service:p service:o {} }",
    "PREFIX service: <http://e/> SELECT * { ?s service:p ?o, service:o {} }",
    "PREFIX service: <http://e/> SELECT * { ?s service:p 'x'@en, 1 ; a service:o {} }",
    "PREFIX service: <http://e/> SELECT * { ?s service:p/service:p service:o {} }",
    "PREFIX service: <http://e/> SELECT * { ?s service:p* service:o {} }",
    "PREFIX service: <http://e/> SELECT * { [ service:p service:o ] a service:o {} }",
    "PREFIX service: <http://e/> SELECT * { (1 2) (service:p|service:q) service:o {} }",
    "SELECT $SERVICE { ?s ?p $SERVICE {} }",
    "ASK { _:SERVICE ?p ?o }",
    "ASK { ?s ?p 'x'@SERVICE }",
    "PREFIX e: <http://e/> ASK { ?s ?p e:a.SERVICE {} }",
    "PREFIX bye: <http://e/> ASK { bye:a bye:b (?x <http://e/SERVICE>) }"[:0]
    + "ASK { ?s ?p (?x <http://e/#SERVICE>) {} }",
]


@pytest.mark.parametrize("text", HARMLESS)
def test_the_word_alone_is_no_offence(store: ox.Store, text: str) -> None:
    assert calls(store, text) is False
    assert not scan(text).federated


_SPELLINGS = st.sampled_from(
    ["SERVICE", "service", "Service", "SERVICESILENT", "service silent", "SERVICE#\n", "\\u0053ERVICE"]
)
_NAMES = st.sampled_from(
    [" <ftp://no/>", "<ftp://no/>", " u:x", "u:x", ":x", "?u", " $u", "SILENT:x", "#{\nu:x", "x:y"]
)
_CALLS = st.builds("{}{}{{}}".format, _SPELLINGS, _NAMES)
_TEXTS = st.one_of(_CALLS, _SPELLINGS, st.sampled_from(["", "SERVICE u:x {", "}", "?x{", "#", "\n", "{}"]))
_TERMS = st.one_of(
    st.sampled_from(
        ["?s", "?service", "e:s", "<http://e/s>", "e:a.b", "e:a.b.", "true", "1", "1.", "'o'", "_:b", "[]"]
    ),
    st.builds("'{}'".format, _TEXTS),
    st.builds('"""{}"""'.format, _TEXTS),
    st.builds("'''{}".format, _TEXTS),
    st.builds("<http://e/{}>".format, _TEXTS),
    st.builds("e:{}".format, _SPELLINGS),
    st.builds("?{}".format, _SPELLINGS),
    st.builds("'x'@{}".format, _SPELLINGS),
)
_EXPRESSIONS = st.builds(
    "{}{}{}".format, _TERMS, st.sampled_from(["<", "<=", ">", "=", "<?x&&?y>", " < ", "<1||1<"]), _TERMS
)
_GAP = st.sampled_from(["", " ", " . ", ".", "\n", "#\n"])
_BITS = st.recursive(
    st.one_of(
        _CALLS,
        st.builds("?s ?p {}".format, _TERMS),
        st.builds("?s {} ?o".format, st.sampled_from(["<http://e/p>", "e:p|^e:q", "(e:p/<http://e/q>)*", "a"])),
        st.builds("?s ?p ({} {})".format, _TERMS, _TERMS),
        st.builds("FILTER({})".format, _EXPRESSIONS),
        st.builds("BIND({} AS ?x)".format, _EXPRESSIONS),
        st.builds(
            "FILTER{}({})".format,
            st.sampled_from([" e:f", "e:f", "<http://e/f>", " REGEX", "NOTEXISTS{}FILTER"]),
            _EXPRESSIONS,
        ),
        st.builds("#{}\n".format, _TEXTS),
        st.builds("VALUES(?x){{({})}}".format, _TERMS),
    ),
    lambda inner: st.one_of(
        st.builds(
            "{}{{{}}}".format,
            st.sampled_from(["", "OPTIONAL", "GRAPH ?g", "GRAPH service:x ", "LATERAL", "FILTER EXISTS"]),
            inner,
        ),
        st.builds("{}{}{}".format, inner, _GAP, inner),
        st.builds("{{SELECT({} AS ?y){{{}}}ORDERBY?s({})}}".format, _EXPRESSIONS, inner, _EXPRESSIONS),
    ),
    max_leaves=6,
)
_PREFIXES = st.sampled_from(
    ["", "PREFIX service: <http://e/> ", "PREFIX SERVICEu: <http://e/> ", "PREFIXFILTERe:<http://e/>"]
)
_QUERIES = st.builds(
    (PROLOGUE + "{}SELECT * {{{}}}{}").format, _PREFIXES, _BITS, st.sampled_from(["", "ORDERBY(1<2)", "#SERVICE"])
)


def asks_for_a_service(text: str) -> bool | None:
    """Return whether the engine finds a service in `text`, None if it is no query.

    It cannot be asked, but it takes only an IRI or a variable for a service: with SERVICE taken away, as in any letter
    case of SERVUCE, a text with a call is no query any more, and one in which the word is no keyword still is one.
    """
    store = ox.Store()

    def parses(query: str) -> bool:
        try:
            store.query(query)
        except SyntaxError:
            return False
        except (OSError, RuntimeError):
            pass
        return True

    if not parses(text):
        return None
    lower = text.replace("SERVICE", "SERVUCE").replace("service", "servuce").replace("Service", "Servuce")
    return not parses(lower)


@pytest.mark.slow
@settings(max_examples=1000, deadline=None)
@example(PROLOGUE + "SELECT * {?s ?p e:a.b.SERVICE u:x{}}")
@example(PROLOGUE + "SELECT * {FILTER(?s<?o)SERVICE?u#>\n{}}")
@given(_QUERIES)
def test_a_query_is_federated_if_and_only_if_the_engine_finds_a_service(text: str) -> None:
    truth = asks_for_a_service(text)
    if truth is not None and "FILTERe:<" not in text:
        assert scan(text).federated == truth
    elif truth:
        # With both `FILTERe:` and `e:` declared, doubt is settled for the worse.
        assert scan(text).federated


@pytest.mark.parametrize(
    "text",
    [
        "LOAD <http://e/>",
        "load<http://e/>",
        "LOAD SILENT <http://e/> INTO GRAPH <http://e/g>",
        "PREFIX u: <http://e/> LOADu:x",
        "PREFIX u: <http://e/> CLEAR ALL;LOADSILENTu:x",
        "PREFIX LOADu: <http://e/> PREFIX u: <http://e/> LOADu:x",
        "PREFIX LOADu: <http://e/> PREFIX u: <http://e/> CLEAR ALL; LOADu:x",
        "INSERT DATA {}; # LOAD\nLOAD <http://e/>",
        "INSERT { ?s ?p ?o } WHERE { SERVICE <http://e/> { ?s ?p ?o } }",
        "DELETE {} WHERE{}; DELETE {} WHERE { ?s ?p true SERVICE ?u {} }",
    ],
)
def test_a_request_of_an_update_is_seen(text: str) -> None:
    assert scan(text, update=True).federated


@pytest.mark.parametrize(
    "text",
    [
        "INSERT DATA { <http://e/LOAD> <http://e/load> 'LOAD <http://e/>' } # LOAD <http://e/>",
        "CLEAR SILENT GRAPH <http://e/LOAD>; MOVE SILENT <http://e/load> TO <http://e/LOAD>",
        "PREFIX load: <http://e/> INSERT DATA { load:x load:load load: }",
        "PREFIX load: <http://e/> CLEAR SILENT GRAPH load:x; COPY load:x TO load:y; ADD GRAPH load:x TO DEFAULT",
        "PREFIX load: <http://e/> WITH load:g DELETE { ?load ?p ?o } USING load:g USING NAMED load:h WHERE {}",
    ],
)
def test_load_that_is_no_operation_is_no_offence(text: str) -> None:
    ox.Store().update(text)
    assert not scan(text, update=True).federated


def test_load_in_a_query_is_no_word_of_the_language() -> None:
    assert not scan("LOAD <http://e/>").federated


@pytest.mark.parametrize(
    "text, volatile",
    [
        ("SELECT (NOW() AS ?x) {}", True),
        ("SELECT (now ( ) AS ?x) {}", True),
        ("SELECT * { FILTER(RAND()<0.5) }", True),
        ("SELECT * { ?s ?p trueFILTERRAND() }", True),
        ("SELECT * {} ORDERBYRAND()", True),
        ("SELECT (UUID() AS ?x) (STRUUID() AS ?y) {}", True),
        ("SELECT (STRUUID() AS ?y) {}", True),
        ("SELECT (BNODE('x') AS ?y) {}", True),
        ("PREFIX e: <http://e/> SELECT * { ?s ?p e:a.b.FILTERRAND() }", True),
        ("SELECT ?now { ?now ?p 'NOW() RAND()' } # UUID()", False),
        ("PREFIX known: <http://e/rand> SELECT * { ?s known:now ?brand FILTER(BOUND(?brand)) }", False),
        ("SELECT * { ?s ?p ?o }", False),
    ],
)
def test_answers_that_change_by_themselves(text: str, volatile: bool) -> None:
    ox.Store().query(text)
    assert scan(text).volatile is volatile


@pytest.mark.parametrize(
    "text, depth",
    [
        ("", 0),
        ("ASK {}", 1),
        ("ASK { { {} } {} }", 3),
        ("ASK { FILTER(!(!!(1=1))) }", 7),
        ("ASK { ?s ?p [ ?q ( 1 2 ) ] }", 3),
        ("ASK { ?s ?p <<( ?s ?p <<( ?s ?p ?o )>> )>> }", 3),
        ("ASK { << << ?s ?p ?o >> ?p ?o >> ?p ?o }", 3),
        ("ASK { FILTER(- - -1 = 1) }", 4),
        ("ASK { ?s ^(^<http://e/p>) ?o {| ?p ?o |} }", 4),
        ("ASK { ?s ?p '((((', <http://e/((((> } # ((((", 1),
    ],
)
def test_nesting_is_the_greatest_depth(text: str, depth: int) -> None:
    assert scan(text, nesting=-1).nesting == depth
    assert scan(text).nesting >= depth


def test_deep_nesting_has_its_place() -> None:
    text = "ASK { FILTER(" + "(" * 100 + "1" + ")" * 100 + ") }"
    seen = scan(text, nesting=100)
    assert seen.nesting == 102
    assert text[seen.nesting_at] == "("
    assert seen.nesting_at == text.index("1") - 1


def test_many_brackets_side_by_side_are_not_deep() -> None:
    assert scan("ASK {" + "{} " * 1000 + "}", nesting=100).nesting == 2


@given(st.text(alphabet="({[<!-+^ ]})>'\"#\n?ax", max_size=60), st.integers(-1, 20))
def test_nesting_is_never_less_than_it_is(text: str, enough: int) -> None:
    exact = scan(text, nesting=-1).nesting
    seen = scan(text, nesting=enough).nesting
    assert seen == exact if seen > enough else seen >= exact


@given(st.text(), st.booleans())
def test_any_text_can_be_looked_at(text: str, update: bool) -> None:
    seen = scan(text + "SERVICE LOAD", update)
    assert (seen.federated_at is None) is not seen.federated
    assert scan(text, update).nesting <= len(text)


@pytest.mark.parametrize("depth, ends", [(50, 0)])
def test_a_text_within_the_limit_of_nesting_is_parsed_without_harm(depth: int, ends: int) -> None:
    """In a process of its own: too deep a text would end it."""
    text = "ASK { FILTER(" + "!(" * depth + "true" + ")" * depth + ") }"
    assert scan(text).nesting >= depth
    code = f"import json, pyoxigraph; pyoxigraph.Store().query(json.loads({json.dumps(text)!r}))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == ends
