"""Tokens of SPARQL: each terminal, the cuts that Oxigraph makes, and any text at all."""

from __future__ import annotations

import itertools
import signal
from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.sparql.tokens import FUNCTIONS, KEYWORDS, Kind, tokenize


def cut(text: str) -> list[str]:
    return [token.text for token in tokenize(text)]


def kinds(text: str) -> list[Kind]:
    return [token.kind for token in tokenize(text)]


def is_query(text: str) -> bool:
    try:
        ox.Store().query(text)
    except SyntaxError:
        return False
    return True


@pytest.mark.parametrize(
    "text, kind",
    [
        ("<http://e/a#b>", Kind.IRI),
        ("<>", Kind.IRI),
        ("<http://e/å\\u0041\\U00000042>", Kind.IRI),
        ("<http://e/\\u+041>", Kind.IRI),
        ("e:a", Kind.PNAME),
        (":", Kind.PNAME),
        ("e:", Kind.PNAME),
        (":0a", Kind.PNAME),
        ("é.ü-1:a:b.c.d", Kind.PNAME),
        ("e:a\\~\\,\\'%2f·‿", Kind.PNAME),
        ("\U00010000:\U000effff", Kind.PNAME),
        ("_:a", Kind.BLANK),
        ("_:0..b-", Kind.BLANK),
        ("?x", Kind.VAR),
        ("$1å_", Kind.VAR),
        ("''", Kind.STRING),
        ('"a\\"\\u0041"', Kind.STRING),
        ("'''a\n'b''c'''", Kind.STRING),
        ('"""a""b\\\\"""', Kind.STRING),
        ("@en", Kind.LANGTAG),
        ("@sr-Latn-RS--ltr", Kind.LANGTAG),
        ("10", Kind.INTEGER),
        ("-10", Kind.INTEGER),
        (".5", Kind.DECIMAL),
        ("+1.50", Kind.DECIMAL),
        ("1e5", Kind.DOUBLE),
        ("-1.E+5", Kind.DOUBLE),
        (".5e-5", Kind.DOUBLE),
        ("SELECT", Kind.NAME),
        ("encode_for_uri", Kind.NAME),
        ("Whatever_1", Kind.NAME),
        ("'a", Kind.ERROR),
        ('"a\\q b"', Kind.ERROR),
        ("'\\uD800'", Kind.ERROR),
        ("'\\U00110000'", Kind.ERROR),
        ("\u00a0", Kind.ERROR),
        ("å", Kind.ERROR),
        ("_", Kind.ERROR),
        ("&", Kind.ERROR),
        ("\\", Kind.ERROR),
        ("\x00", Kind.ERROR),
        *[
            (mark, Kind.PUNCT)
            for mark in (
                "{",
                "}",
                "(",
                ")",
                "[",
                "]",
                ".",
                ",",
                ";",
                "*",
                "/",
                "|",
                "^",
                "!",
                "=",
                "<",
                ">",
                "+",
                "-",
                "?",
                "~",
            )
        ],
        *[(mark, Kind.PUNCT) for mark in ("<<", ">>", "<<(", ")>>", "{|", "|}", "^^", "&&", "||", "!=", "<=", ">=")],
    ],
)
def test_a_terminal_is_one_token(text: str, kind: Kind) -> None:
    assert [(token.kind, token.text) for token in tokenize(text)] == [(kind, text)]


@pytest.mark.parametrize(
    "text, parts",
    [
        ("e:a.", "e:a ."),
        ("_:a.", "_:a ."),
        ("?a.?b", "?a . ?b"),
        ("1.?b", "1 . ?b"),
        ("?x+1", "?x +1"),
        ("e:a%2", "e:a % 2"),
        ("e:p?/e:q", "e:p ? / e:q"),
        ("''''a'''", "''''a'''"),
        ("'''a''''", "'''a''' '"),
        ("'''a' b", "'' 'a' b"),
        ("'''a'\\uD800", "'' 'a' \\ uD800"),
        ("<a b>", "< a b >"),
        ("<<<s><p><o>>>", "<< <s> <p> <o> >>"),
        ("<<(?s ?p ?o)>>", "<<( ?s ?p ?o )>>"),
        ("SELECT?x", "SELECT ?x"),
        ("SELECTDISTINCT*", "SELECT DISTINCT *"),
        ("LIMIT10OFFSET5VALUES?x", "LIMIT 10 OFFSET 5 VALUES ?x"),
        ("trueSERVICESILENT?x", "true SERVICE SILENT ?x"),
        ("1SERVICE<u>", "1 SERVICE <u>"),
        ("ORDERBYDESC(?x)", "ORDER BY DESC ( ?x )"),
        ("SELEKT", "SELEKT"),
        ("selected", "selected"),
        ("PREFIX u:<u> SERVICEu:x", "PREFIX u: <u> SERVICE u:x"),
        ("PREFIXu:<u> SERVICESILENTu:x", "PREFIX u: <u> SERVICE SILENT u:x"),
        ("PREFIX :<u> true.SERVICE:x", "PREFIX : <u> true . SERVICE :x"),
        ("PREFIX u:<u> PREFIX SERVICEu:<v> SERVICEu:x", "PREFIX u: <u> PREFIX SERVICEu: <v> SERVICEu:x"),
        ("SERVICEu:x", "SERVICEu:x"),
        ("PREFIX e:<u> aе:x ae:x", "PREFIX e: <u> aе:x a e:x"),
        ("e:a.b.SERVICE?x", "e:a.b . SERVICE ?x"),
        ("e:a.SERVICE?x", "e:a.SERVICE ?x"),
        ("e:a.b.c", "e:a.b.c"),
        ("\\u0053ERVICE", "\\ u0053ERVICE"),
    ],
)
def test_where_a_text_is_cut(text: str, parts: str) -> None:
    assert cut(text) == parts.split(" ")


@pytest.mark.parametrize(
    "text, parts",
    [
        ("FILTER(?x<?y&&?z>?w)", ["<", ">"]),
        ("FILTER(?x<=?y&&?z>?w)", ["<=", ">"]),
        ("FILTER(?x<<http://e/>)", ["<", "<http://e/>"]),
        ("FILTER(?x<<<(?s <p> 1)>>)", ["<", "<<(", "<p>", ")>>"]),
        ("FILTER(<f>(1)<?y)", ["<f>", "<"]),
        ("FILTER <f>(?x<?y&&?z>?w)", ["<f>", "<", ">"]),
        ("FILTER(EXISTS{?x<p>?y}<?z)", ["<p>", "<"]),
        ("FILTER(?x IN(<a>,<b>))", ["<a>", "<b>"]),
        ("FILTER((?x)>>?y)", [">", ">"]),
        ("ASK{?s<p>(?x<b>)}", ["<p>", "<b>"]),
        ("ASK{?s(<a>|^<b>)?o}", ["<a>", "<b>"]),
        ("SELECT(?a<?b AS?c)?d(?e<?f AS?g){?x<p>?y}ORDER BY(?a<?b)(?c<?d)", ["<", "<", "<p>", "<", "<"]),
        ("SELECT*{}GROUP BY(?a<?b)HAVING(?a<?b)VALUES(?x){(1<a>)(1<b>)}", ["<", "<", "<a>", "<b>"]),
        ("{SELECT*{}ORDERBY?x(?a<?b)}", ["<"]),
        ("VALUES(?a ?b){(true<a>)}", ["<a>"]),
        ("FILTER(true<?x)", ["<"]),
    ],
)
def test_less_than_behind_an_operand_of_an_expression_is_no_iri(text: str, parts: list[str]) -> None:
    assert [part for part in cut(text) if part[0] in "<>" or part == ")>>"] == parts


def test_blanks_and_comments_separate() -> None:
    assert cut("a#<b\r?c\t#\n\n?d#") == ["a", "?c", "?d"]
    assert cut("a#\x0b\u2028b\nc") == ["a", "c"]
    assert [t.text for t in tokenize("a #b\nc", comments=True)] == ["a", "#b", "c"]
    assert cut("<http://e/#x> <#y>") == ["<http://e/#x>", "<#y>"]


def test_depth_counts_the_open_brackets() -> None:
    depths = [(token.text, token.depth) for token in tokenize("a{b[c](d)<<(e)>>}f)")]
    expected = "a0 {0 b1 [1 c2 ]1 (1 d2 )1 <<(1 e2 )>>1 }0 f0 )0"
    assert [f"{text}{depth}" for text, depth in depths] == expected.split(" ")


def test_words_are_sorted_into_functions_and_others() -> None:
    assert not FUNCTIONS & KEYWORDS
    assert all(word == word.upper() for word in FUNCTIONS | KEYWORDS)


@pytest.mark.parametrize("word", sorted(KEYWORDS - {"A", "TRUE", "FALSE"}) + sorted(FUNCTIONS))
def test_each_word_in_any_letter_case(word: str) -> None:
    for spelt in (word.lower(), word.title(), word):
        (token,) = tokenize(spelt)
        assert token.says(word)
        assert not token.says("NEVER")


_SCRAPS = st.sampled_from(
    [
        *(
            "SELECT",
            "SERVICE",
            "SILENT",
            "FILTER",
            "PREFIX",
            "true",
            "a",
            "1",
            "1.5",
            "e:",
            "u:x",
            ":",
            "?x",
            "_:",
            "_",
        ),
        *("<u>", "<http://e/a#b>", "<", "<=", "<<", "<<(", ">>", ")>>", "(", ")", "{", "}", "[", "]", ".", ";", ","),
        *(
            "'",
            '"',
            "'''",
            '"""',
            "\\",
            "\\u0041",
            "\\uD800",
            "#",
            "\n",
            "\r",
            "\t",
            "@en",
            "^^",
            "&",
            "|",
            "!",
            "-",
            "+",
        ),
        *("é", "\u00a0", "\U0001f600", "\x00", "%", "$"),
    ]
)


@given(st.one_of(st.text(), st.lists(_SCRAPS).map("".join), st.lists(_SCRAPS).map(" ".join)))
def test_the_tokens_of_any_text_lie_in_order_and_only_blanks_and_comments_between(text: str) -> None:
    tokens = list(tokenize(text, comments=True))
    end = 0
    for token in tokens:
        assert token.text == text[token.start : token.end] != ""
        assert text[end : token.start].strip(" \t\r\n") == ""
        end = token.end
    assert text[end:].strip(" \t\r\n") == ""
    assert [token for token in tokens if token.kind is not Kind.COMMENT] == list(tokenize(text))


@pytest.fixture
def eight_seconds() -> Iterator[None]:
    """End a test that takes twenty times the processor time that it should: a square would take far more."""

    def stop(number: int, frame: object) -> None:
        raise AssertionError("the work does not grow with the length")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, 8)
    yield
    signal.setitimer(signal.ITIMER_PROF, 0)
    signal.signal(signal.SIGPROF, before)


@pytest.mark.parametrize(
    "piece",
    ['"', '"""a', "'''a\\uD800", "<a", "a.", "é.", "a-", "e:a.b.FILTER", "true.", "PREFIXa:", "(1<", ":.a", '\'"""'],
)
def test_the_work_grows_with_the_length_and_not_with_its_square(piece: str, eight_seconds: None) -> None:
    text = piece * (262_144 // len(piece))
    assert sum(len(token.text) for token in tokenize(text)) == len(text)


@pytest.mark.parametrize(
    "inside",
    ["?s ?p '''a' . ?s ?p ''''", "?s ?p 'x'@en--ltr", "?s ?p 1.", "?s ?p 1.e5", "?s ?p _:a..b", "?s ?p true.?s ?p 1"],
)
def test_what_oxigraph_takes_has_no_errors(inside: str) -> None:
    text = f"ASK{{{inside}}}"
    assert is_query(text) == (Kind.ERROR not in kinds(text))


_CHARACTERS = [chr(c) for c in itertools.chain(range(1, 0x180), (0x2028, 0x3001, 0xFFFD, 0x1F600))]


@pytest.mark.parametrize("character", ["\\u0041", "\\u+041", "\\U0001F600", "\\uD800", "\\u00", "\\x"])
def test_escapes_in_iris_are_those_of_oxigraph(character: str) -> None:
    iri = f"<http://e/{character}>"
    assert is_query(f"ASK {{ ?s {iri} ?o }}") == (kinds(iri) == [Kind.IRI])


def test_every_iri_that_oxigraph_takes_is_one_token() -> None:
    for character in _CHARACTERS:
        iri = f"<http://e/a{character}b>"
        if is_query(f"ASK {{ ?s {iri} ?o }}"):
            assert kinds(iri) == [Kind.IRI], character


@pytest.mark.parametrize(
    "name, kind, query",
    [
        ("?a{}", Kind.VAR, "SELECT {} {{}}"),
        ("e:a{}b", Kind.PNAME, "PREFIX e: <http://e/> ASK FROM {} {{}}"),
        ("e{}b:", Kind.PNAME, "PREFIX {} <http://e/> ASK {{}}"),
        ("_:a{}b", Kind.BLANK, "ASK {{ {} ?p ?o }}"),
    ],
)
def test_every_name_that_oxigraph_takes_is_one_token(name: str, kind: Kind, query: str) -> None:
    taken = [name.format(c) for c in _CHARACTERS if c not in " \t\r\n#" and is_query(query.format(name.format(c)))]
    assert len(taken) > 62
    assert [one for one in taken if kinds(one) != [kind]] == []
