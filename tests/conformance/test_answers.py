"""The readers of answers, on one answer with a term of every kind, written by hand in each format."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from .answers import CSV, JSON, READERS, TSV, XML, Solutions, read_result_set

XSD = "http://www.w3.org/2001/XMLSchema#"
INTEGER = ox.Literal("01", datatype=ox.NamedNode(XSD + "integer"))
EXPECTED = Solutions(
    frozenset("ab"),
    (
        {"a": ox.NamedNode("x:é"), "b": ox.BlankNode("n")},
        {"a": ox.Literal(' t\t"\n'), "b": INTEGER},
        {"a": ox.Literal("hej", language="sv")},
        {"b": ox.Literal("hi", language="en", direction=ox.BaseDirection.RTL)},
        {"a": ox.Triple(ox.BlankNode("n"), ox.NamedNode("x:p"), INTEGER), "b": ox.Literal("")},
    ),
)
WRITTEN = {
    JSON: r"""{"head": {"vars": ["a", "b"]}, "results": {"bindings": [
        {"a": {"type": "uri", "value": "x:é"}, "b": {"type": "bnode", "value": "n"}},
        {"a": {"type": "literal", "value": " t\t\"\n"},
         "b": {"type": "literal", "value": "01", "datatype": "XSDinteger"}},
        {"a": {"type": "literal", "value": "hej", "xml:lang": "sv"}},
        {"b": {"type": "literal", "value": "hi", "xml:lang": "en", "its:dir": "rtl"}},
        {"a": {"type": "triple", "value": {"subject": {"type": "bnode", "value": "n"},
          "predicate": {"type": "uri", "value": "x:p"},
          "object": {"type": "literal", "value": "01", "datatype": "XSDinteger"}}},
         "b": {"type": "literal", "value": ""}}]}}""",
    XML: """<?xml version="1.0"?>
        <sparql xmlns="http://www.w3.org/2005/sparql-results#" xmlns:its="http://www.w3.org/2005/11/its">
        <head><variable name="a"/><variable name="b"/></head>
        <results>
        <result><binding name="a"><uri>x:é</uri></binding><binding name="b"><bnode>n</bnode></binding></result>
        <result><binding name="a"><literal> t&#9;"&#10;</literal></binding>
        <binding name="b"><literal datatype="XSDinteger">01</literal></binding></result>
        <result><binding name="a"><literal xml:lang="sv">hej</literal></binding></result>
        <result><binding name="b"><literal xml:lang="en" its:dir="rtl">hi</literal></binding></result>
        <result><binding name="a"><triple><subject><bnode>n</bnode></subject><predicate><uri>x:p</uri></predicate>
        <object><literal datatype="XSDinteger">01</literal></object></triple></binding>
        <binding name="b"><literal/></binding></result>
        </results></sparql>""",
    TSV: '?a\t?b\n<x:é>\t_:n\n" t\\t\\"\\n"\t"01"^^<XSDinteger>\n"hej"@sv\t\n\t"hi"@en--rtl\n'
    '<<( _:n <x:p> 01 )>>\t""\n',
}


@pytest.mark.parametrize("media_type", [JSON, XML, TSV])
def test_every_kind_of_term_is_read(media_type: str) -> None:
    read = READERS[media_type](WRITTEN[media_type].replace("XSD", XSD).encode())
    if media_type == TSV:
        # The parser of Turtle names blank nodes inside a triple term anew.
        assert read.rows[:4] == EXPECTED.rows[:4]
        assert (read.rows[4]["a"].object, read.rows[4]["b"]) == (INTEGER, ox.Literal(""))
    else:
        assert read == EXPECTED


def test_csv_has_strings_numbers_and_blank_nodes() -> None:
    read = READERS[CSV](b'a,b\r\nx:a,_:n\r\n"say ""hi"",\n",\r\n1.0E6,-3\r\n')
    double = ox.NamedNode(XSD + "double")
    assert read.variables == {"a", "b"}
    assert read.rows == (
        {"a": ox.Literal("x:a"), "b": ox.BlankNode("n")},
        {"a": ox.Literal('say "hi",\n'), "b": ox.Literal("")},
        {"a": ox.Literal("1.0E6", datatype=double), "b": ox.Literal("-3", datatype=double)},
    )


@pytest.mark.parametrize("media_type", [CSV, TSV])
def test_an_unbound_variable_alone_is_a_row(media_type: str) -> None:
    body = {CSV: b"a\r\n\r\n1\r\n", TSV: b"?a\n\n1\n"}[media_type]
    assert len(READERS[media_type](body).rows) == 2


@pytest.mark.parametrize("value", [True, False])
def test_booleans(value: bool) -> None:
    word = str(value).lower()
    xml = f'<sparql xmlns="http://www.w3.org/2005/sparql-results#"><head/><boolean>{word}</boolean></sparql>'
    assert READERS[JSON](f'{{"head": {{}}, "boolean": {word}}}'.encode()) is value
    assert READERS[XML](xml.encode()) is value
    assert read_result_set(turtle(f"[] a rs:ResultSet ; rs:boolean {word} .")) is value


def turtle(text: str) -> list[ox.Quad]:
    prefix = "PREFIX rs: <http://www.w3.org/2001/sw/DataAccess/tests/result-set#> "
    return list(ox.parse(prefix + text, ox.RdfFormat.TURTLE))


def solution(value: int, index: str = "") -> str:
    return f'rs:solution [ rs:binding [ rs:variable "a" ; rs:value {value} ] {index} ] ; '


def test_result_set_is_ordered_by_its_indexes() -> None:
    head = '[] a rs:ResultSet ; rs:resultVariable "a" ; '
    indexed = read_result_set(turtle(head + solution(7, "; rs:index 2") + solution(8, "; rs:index 1") + "."))
    assert [row["a"].value for row in indexed.rows] == ["8", "7"]
    assert indexed.ordered
    plain = read_result_set(turtle(head + solution(7) + solution(8) + "."))
    assert not plain.ordered
    assert plain.variables == {"a"}


def test_a_graph_is_no_result_set() -> None:
    assert read_result_set(turtle("<x:s> <x:p> <x:o> .")) is None
