"""RDF as bytes: prefixes put in order change no meaning, and line breaks survive XML."""

from __future__ import annotations

import io
import random
import xml.etree.ElementTree as ET

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.engine.serialise import RDF_FORMATS, RESULT_FORMATS, keep_line_breaks, serialise, tidy_prefixes
from computeatlas.model.mediatypes import FORMATS
from computeatlas.model.namespaces import PREFIXES

BY_NAME = {form.name: form for form in FORMATS}
#: Terms that look like prefixes or hold namespaces of ours.
words = st.sampled_from(
    ["a", "atlas:x", "@prefix rdf: <http://e/> .\n", "xmlns:owl=", "\r\n", "\r", "\t", "<", "&#xD;", '"', "é"]
)
# XML 1.0 knows no other control characters.
plain = st.text(st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"), max_size=5)
strings = st.lists(words | plain, max_size=3).map("".join)
names = st.builds(
    lambda namespace, local: ox.NamedNode(namespace + local),
    st.sampled_from([*PREFIXES.values(), "http://e/"]),
    st.sampled_from(["x", "label", "type", "a1"]),
)
triples = st.lists(st.builds(ox.Triple, names, names, names | strings.map(ox.Literal)), max_size=6, unique=True)


def parse(data: bytes, form: ox.RdfFormat) -> set[ox.Quad]:
    return set(ox.parse(data, format=form))


@pytest.mark.parametrize("name", ["ttl", "trig", "rdf", "nt", "nq", "jsonld"])
@pytest.mark.parametrize("whole", [True, False])
@given(items=triples)
def test_tidy_prefixes_changes_no_triple(name: str, whole: bool, items: list[ox.Triple]) -> None:
    form = RDF_FORMATS[name]
    data = serialise(items, form)
    tidy = tidy_prefixes(data, BY_NAME[name], whole=whole)
    assert parse(tidy, form) == parse(data, form) == {ox.Quad(*item, ox.DefaultGraph()) for item in items}


def shuffled(data: bytes, name: str, order: random.Random) -> bytes:
    """Return a serialisation by Oxigraph with its prefixes in another order."""
    if name == "rdf":
        head, _, body = data.partition(b">\n\t<rdf:Description")
        before, *prefixes = head.split(b" xmlns:")
        order.shuffle(prefixes)
        return b" xmlns:".join([before, *prefixes]) + b">\n\t<rdf:Description" + body
    lines = data.splitlines(keepends=True)
    count = sum(line.startswith(b"@prefix ") for line in lines)
    prefixes, rest = lines[:count], lines[count:]
    order.shuffle(prefixes)
    return b"".join(prefixes + rest)


@pytest.mark.parametrize("name", ["ttl", "trig", "rdf"])
@pytest.mark.parametrize("whole", [True, False])
def test_the_order_of_prefixes_changes_no_byte(name: str, whole: bool) -> None:
    item = ox.Triple(ox.NamedNode("http://e/s"), ox.NamedNode(PREFIXES["skos"] + "note"), ox.Literal("x"))
    data = serialise([item], RDF_FORMATS[name])
    form = BY_NAME[name]
    others = [shuffled(data, name, random.Random(seed)) for seed in range(5)]
    assert len(set(others)) > 1
    assert len({tidy_prefixes(other, form, whole=whole) for other in others}) == 1


@pytest.mark.parametrize(
    "name, declaration", [("ttl", b"@prefix %s: "), ("trig", b"@prefix %s: "), ("rdf", b"xmlns:%s=")]
)
def test_only_prefixes_in_use_are_left_in_a_whole_text(name: str, declaration: bytes) -> None:
    item = ox.Triple(ox.NamedNode("http://e/s"), ox.NamedNode(PREFIXES["skos"] + "note"), ox.Literal("x"))
    data = serialise([item], RDF_FORMATS[name])
    tidy = tidy_prefixes(data, BY_NAME[name], whole=True)
    left = {prefix for prefix in PREFIXES if declaration % prefix.encode() in tidy}
    assert left == ({"rdf", "skos"} if name == "rdf" else {"skos"})
    begun = tidy_prefixes(data, BY_NAME[name], whole=False)
    assert {prefix for prefix in PREFIXES if declaration % prefix.encode() in begun} == set(PREFIXES)


@given(st.lists(strings, min_size=1, max_size=4))
def test_strings_in_xml_results_are_read_back_by_a_parser_of_xml(values: list[str]) -> None:
    rows = " ".join(str(ox.Literal(value)) for value in values)
    buffer = io.BytesIO()
    ox.Store().query(f"SELECT ?x {{ VALUES ?x {{ {rows} }} }}").serialize(buffer, RESULT_FORMATS["xml"])
    data = keep_line_breaks(buffer.getvalue(), BY_NAME["xml"])
    found = ET.fromstring(data).iter("{http://www.w3.org/2005/sparql-results#}literal")
    assert [element.text or "" for element in found] == values


@given(triples)
def test_strings_in_rdf_xml_are_read_back_by_a_parser_of_xml(items: list[ox.Triple]) -> None:
    data = keep_line_breaks(serialise(items, RDF_FORMATS["rdf"]), BY_NAME["rdf"])
    strings = sorted(item.object.value for item in items if isinstance(item.object, ox.Literal))
    found = [
        element.text or ""
        for description in ET.fromstring(data)
        for element in description
        if not any(name.endswith("resource") for name in element.attrib)
    ]
    assert sorted(found) == strings


@pytest.mark.parametrize("name", ["json", "csv", "tsv", "ttl", "nt"])
def test_line_breaks_of_other_formats_are_left_alone(name: str) -> None:
    assert keep_line_breaks(b"a\r\nb", BY_NAME[name]) == b"a\r\nb"
