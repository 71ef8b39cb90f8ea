"""RDF/XML as XML has it: text in pieces, literals of XML, encodings, and documents that want to do harm."""

from __future__ import annotations

import io
import os
import tarfile
from pathlib import Path

import pyoxigraph as ox
import pytest
import rdflib
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.load import DataFile, load_file, read_bytes
from computeatlas.engine.rdfxml import is_beyond_oxigraph, parse_rdfxml
from computeatlas.model.errors import DataError

HEAD = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:e="http://e/">'
    '<rdf:Description rdf:about="http://e/s">'
)
FOOT = "</rdf:Description></rdf:RDF>"
BASE = "http://base.example/folder/file"


def values(inner: str, before: str = "") -> list[str]:
    """Return the objects of the property e:c, as texts."""
    quads = read_bytes((before + HEAD + inner + FOOT).encode(), "rdf", BASE)
    return sorted(quad.object.value for quad in quads if quad.predicate.value == "http://e/c")


@pytest.mark.parametrize(
    "inner, expected",
    [
        ("<e:c>one <!-- c --> two</e:c>", "one  two"),
        ("<e:c>one<!-- c --></e:c>", "one"),
        ("<e:c><!-- c -->one</e:c>", "one"),
        ("<e:c><![CDATA[<one> & two]]></e:c>", "<one> & two"),
        ("<e:c>zero <![CDATA[one]]> two</e:c>", "zero one two"),
        ("<e:c>one<?work done?> two</e:c>", "one two"),
        ("<e:c>one\r\ntwo\rthree</e:c>", "one\ntwo\nthree"),
        ("<e:c>one&#13;two</e:c>", "one\rtwo"),
        ("<e:c>one &#xE9; &amp; <!-- c -->two</e:c>", "one é & two"),
    ],
)
def test_text_is_that_of_xml(inner: str, expected: str) -> None:
    """https://www.w3.org/TR/xml/#sec-comments, #sec-cdata-sect, #sec-line-ends"""
    assert values(inner) == [expected]


@pytest.mark.parametrize("attribute", ['e:c="a\nb"', "e:c='a\nb'", 'e:c = "a\tb"'])
def test_white_space_in_attributes_is_normalised(attribute: str) -> None:
    """https://www.w3.org/TR/xml/#AVNormalize"""
    text = f"{HEAD}</rdf:Description><rdf:Description {attribute}>{FOOT}"
    (quad,) = read_bytes(text.encode(), "rdf", BASE)
    assert quad.object.value == "a b"


def test_a_literal_of_xml_declares_a_namespace_once() -> None:
    """https://www.w3.org/TR/xml-exc-c14n/"""
    (value,) = values('<e:c rdf:parseType="Literal">a <b xmlns="http://b/">x</b> &amp; <e:d/></e:c>')
    assert value == 'a <b xmlns="http://b/">x</b> &amp; <e:d xmlns:e="http://e/"></e:d>'


def test_lexical_forms_are_kept_as_written() -> None:
    inner = '<e:c rdf:datatype="http://www.w3.org/2001/XMLSchema#integer">007<!-- c --></e:c>'
    assert values(inner) == ["007"]
    inner = '<e:c rdf:datatype="http://www.w3.org/2001/XMLSchema#date">no date<!-- c --></e:c>'
    assert values(inner) == ["no date"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "iso-8859-1"])
def test_every_encoding_that_xml_declares(tmp_path: Path, encoding: str) -> None:
    """https://www.w3.org/TR/xml/#charencoding"""
    name = "utf-8" if encoding.startswith("utf-8") else "utf-16" if encoding.startswith("utf-16") else encoding
    mark = "\ufeff" if encoding in ("utf-16-le", "utf-16-be") else ""
    data = (f'{mark}<?xml version="1.0" encoding="{name}"?>' + HEAD + "<e:c>Borlänge</e:c>" + FOOT).encode(encoding)
    (quad,) = read_bytes(data, "rdf", BASE)
    assert quad.object == ox.Literal("Borlänge")
    path = tmp_path / "data.rdf"
    path.write_bytes(data)
    store = ox.Store()
    load_file(store, DataFile(str(path)))
    assert [found.object for found in store] == [ox.Literal("Borlänge")]


@pytest.mark.parametrize(
    "relative, base, expected",
    [
        ("", "http://h/a/b#c", "http://h/a/b"),
        ("#x", "http://h/a/b", "http://h/a/b#x"),
        ("../x", "http://h/a/b/c", "http://h/a/x"),
        ("x", "file:///a/b", "file:///a/x"),
        ("x", "odd://h/a/b", "odd://h/a/x"),
        ("//g/x", "http://h/a", "http://g/x"),
        ("#x", "urn:a:b", "urn:a:b#x"),
        ("urn:x", "http://h/a", "urn:x"),
        ("http://h/a?", "http://h/a", "http://h/a?"),
        ("http://h/a#", "http://h/a", "http://h/a#"),
    ],
)
def test_relative_iris(relative: str, base: str, expected: str) -> None:
    """https://www.rfc-editor.org/rfc/rfc3986#section-5: as the engine's own parser resolves them."""
    inner = f'<e:c rdf:resource="{relative}"/>'
    for text in (inner, inner + "<e:d>a<!-- c -->b</e:d>"):
        quads = list(read_bytes((HEAD + text + FOOT).encode(), "rdf", base))
        assert [quad.object.value for quad in quads if quad.predicate.value == "http://e/c"] == [expected]


@pytest.mark.parametrize(
    "inner",
    [
        "<e:c>text<!-- c --><e:X/></e:c>",
        "<e:c><e:X/>text<!-- c --></e:c>",
        "text<!-- c --><e:c>x</e:c>",
        '<e:c rdf:parseType="Resource">text<!-- c --><e:d>x</e:d></e:c>',
        '<e:c rdf:resource="http://e/x">text<!-- c --></e:c>',
        '<e:c rdf:resource="no iri<>">x<!-- c --></e:c>',
        '<e:c rdf:resource="http://e/a b"/><!-- --> <e:d>a<!-- c -->b</e:d>',
        '<e:c rdf:aboutEach="x">x<!-- c --></e:c>',
        "<rdf:li>x<!-- c --></rdf:Li>",
        "<f:c>x<!-- c --></f:c>",
        "<e:c>x<!-- c -->",
        "<e:c xml:lang='not a tag!'>x<!-- c --></e:c>",
    ],
)
def test_what_is_malformed_is_refused_with_its_place(tmp_path: Path, inner: str) -> None:
    path = tmp_path / "bad.rdf"
    path.write_text(f"{HEAD}\n{inner}{FOOT}", encoding="utf-8")
    with pytest.raises(DataError, match=r"malformed|cannot be read") as caught:
        load_file(ox.Store(), DataFile(str(path)))
    assert str(caught.value.where).startswith(str(path))
    assert caught.value.line == 2


@given(
    st.binary(max_size=200) | st.text("<>/&;:=\"' abcrdf!-[]?#", max_size=100).map(lambda t: (HEAD + t + FOOT).encode())
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    for read in (lambda: read_bytes(data, "rdf", BASE), lambda: parse_rdfxml(io.BytesIO(data), BASE)):
        try:
            assert all(isinstance(quad, ox.Quad) for quad in read())
        except SyntaxError as error:
            assert "Traceback" not in str(error)


def test_entities_that_grow_out_of_bounds_are_refused() -> None:
    levels = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' if n else '<!ENTITY l0 "0123456789">' for n in range(12))
    text = f"<!DOCTYPE rdf:RDF [{levels}]>{HEAD}<e:c>a<!-- c -->&l11;</e:c>{FOOT}"
    with pytest.raises(SyntaxError, match="amplification"):
        list(read_bytes(text.encode(), "rdf", BASE))


def test_external_entities_are_not_opened(tmp_path: Path) -> None:
    secret = tmp_path / "secret.txt"
    secret.write_text("not for you")
    text = f'<!DOCTYPE rdf:RDF [<!ENTITY x SYSTEM "{secret.as_uri()}">]>{HEAD}<e:c>a<!-- c -->&x;</e:c>{FOOT}'
    assert "not for you" not in "".join(quad.object.value for quad in read_bytes(text.encode(), "rdf", BASE))


def test_what_oxigraph_reads_right_stays_with_it() -> None:
    plain = f'<?xml version="1.0" encoding="UTF-8"?>\n<!-- a comment -->\n{HEAD}\n<!-- two -->\n<e:c>x</e:c>\n{FOOT}'
    assert not is_beyond_oxigraph(plain.encode())


# --- W3C's suite, https://w3c.github.io/rdf-tests/rdf/rdf11/rdf-xml/

ARCHIVE = (
    Path(os.environ.get("COMPUTEATLAS_W3C", Path(__file__).resolve().parents[3] / "shared" / "w3c"))
    / "rdf-tests.tar.gz"
)
SITE = "https://w3c.github.io/rdf-tests/"
FOLDER = "rdf/rdf11/rdf-xml/"
MANIFEST = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"


def suite() -> tuple[dict[str, bytes], list[tuple[str, str | None]]]:
    """Return the files of the suite, and its cases: the document, and the triples, None where it is to be refused."""
    if not ARCHIVE.is_file():
        return {}, []
    with tarfile.open(ARCHIVE) as archive:
        found = {
            member.name: file.read()
            for member in archive
            if member.name.startswith(FOLDER) and (file := archive.extractfile(member)) is not None
        }
    name = FOLDER + "manifest.ttl"
    graph = rdflib.Graph().parse(data=found[name], format="turtle", publicID=SITE + name)
    cases = []
    for case, document in graph.subject_objects(rdflib.URIRef(MANIFEST + "action")):
        result = graph.value(case, rdflib.URIRef(MANIFEST + "result"))
        cases.append((str(document), str(result) if result else None))
    return found, sorted(cases)


FILES, CASES = suite()


def data_set(quads) -> ox.Dataset:
    found = ox.Dataset(quads)
    found.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return found


def test_the_suite_is_there(require) -> None:
    require(CASES, f"W3C's suite for RDF/XML at {ARCHIVE}")
    assert len(CASES) == 166


@pytest.mark.parametrize("document, result", CASES, ids=[document.removeprefix(SITE + FOLDER) for document, _ in CASES])
def test_w3c(document: str, result: str | None) -> None:
    data = FILES[document.removeprefix(SITE)]
    for read in (lambda: read_bytes(data, "rdf", document), lambda: parse_rdfxml(io.BytesIO(data), document)):
        if result is None:
            with pytest.raises(SyntaxError):
                list(read())
        else:
            expected = ox.parse(FILES[result.removeprefix(SITE)], format=ox.RdfFormat.N_TRIPLES)
            assert data_set(read()) == data_set(expected)
