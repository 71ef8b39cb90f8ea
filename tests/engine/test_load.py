"""Files of RDF: every name and compression, and errors that say where."""

from __future__ import annotations

import bz2
import gzip
import hashlib
import lzma
import random
from pathlib import Path

import pyoxigraph as ox
import pytest
import zstandard

from computeatlas.engine.load import SUFFIXES, DataFile, format_of, load_file
from computeatlas.engine.serialise import RDF_FORMATS
from computeatlas.model.errors import DataError

COMPRESS = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".zst": zstandard.ZstdCompressor().compress,
}
QUAD = ox.Quad(ox.NamedNode("http://e/s"), ox.NamedNode("http://e/p"), ox.Literal("o"), ox.NamedNode("http://e/g"))
PLAIN = ox.Quad(QUAD.subject, QUAD.predicate, QUAD.object, ox.DefaultGraph())


def loaded(path: Path, sha256: str | None = None) -> set[ox.Quad]:
    store = ox.Store()
    load_file(store, DataFile(str(path), sha256))
    return set(store)


@pytest.mark.parametrize("suffix", [*SUFFIXES, ".TTL", ".Nq"])
@pytest.mark.parametrize("packed", COMPRESS)
def test_every_suffix_and_compression(tmp_path: Path, suffix: str, packed: str) -> None:
    form = RDF_FORMATS[SUFFIXES[suffix.lower()]]
    quad = QUAD if form.supports_datasets else PLAIN
    path = tmp_path / f"some.data{suffix}{packed}"
    path.write_bytes(COMPRESS[packed](ox.serialize([quad if form.supports_datasets else quad.triple], format=form)))
    assert loaded(path) == {quad}


@pytest.mark.parametrize("name", ["data", "data.txt", "data.gz", "data.txt.gz", ".ttl", "ttl", "data.ttl.gz.gz"])
def test_a_name_that_tells_no_format(tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(b"")
    assert format_of(path) is None
    with pytest.raises(DataError, match="is not named after a format of RDF") as caught:
        loaded(path)
    assert caught.value.where == str(path)
    assert ".trig" in str(caught.value.hint)


@pytest.mark.parametrize("packed", [packed for packed in COMPRESS if packed])
def test_a_file_that_was_compressed_in_two_parts_is_read_whole(tmp_path: Path, packed: str) -> None:
    path = tmp_path / f"two.nt{packed}"
    parts = [b"<http://e/%d> <http://e/p> <http://e/o> .\n" % number for number in range(2)]
    path.write_bytes(b"".join(map(COMPRESS[packed], parts)))
    assert len(loaded(path)) == 2


@pytest.mark.parametrize("packed", [packed for packed in COMPRESS if packed])
def test_a_compressed_file_that_was_cut_off_is_not_taken_for_whole(tmp_path: Path, packed: str) -> None:
    path = tmp_path / f"cut.nt{packed}"
    rnd = random.Random(0)
    # A line is as long as whatever a cut leaves, so that the text itself may end well.
    text = b"\n" * 100_000 + b"".join(b'<http://e/s> <http://e/p> "%x" .\n' % rnd.getrandbits(256) for _ in range(2000))
    data = COMPRESS[packed](text)
    for length in (len(data) - 1, len(data) - 9, len(data) // 2):
        path.write_bytes(data[:length])
        with pytest.raises(DataError, match=r"cannot be read: .*(early|ended before)"):
            loaded(path)


@pytest.mark.parametrize("packed", [packed for packed in COMPRESS if packed])
def test_an_uncompressed_file_named_as_compressed(tmp_path: Path, packed: str) -> None:
    path = tmp_path / f"plain.nt{packed}"
    path.write_bytes(b"<http://e/s> <http://e/p> <http://e/o> .\n" * 3)
    with pytest.raises(DataError, match="cannot be read") as caught:
        loaded(path)
    assert str(caught.value).startswith(f"{path}: ")


@pytest.mark.parametrize("packed", COMPRESS)
@pytest.mark.parametrize(
    "suffix, text, line, column",
    [
        (".ttl", b"<a:s> <a:p> 1 .\n<a:s> <a:p> 2 ;; ,\n", 2, 18),
        (".nt", b"<a:s> <a:p> <a:o> .\n\n<a:s> p <a:o> .\n", 3, 7),
        (".rdf", b"<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>\n</nothing>", None, None),
        (".jsonld", b'{"@id": "a:s",\n "a:p": }', 2, 9),
    ],
)
def test_malformed_data_has_file_line_and_column(tmp_path: Path, packed, suffix, text, line, column) -> None:
    path = tmp_path / f"bad{suffix}{packed}"
    path.write_bytes(COMPRESS[packed](text))
    with pytest.raises(DataError, match="the data is malformed") as caught:
        loaded(path)
    error = caught.value
    assert (error.line, error.column) == (line, column)
    assert str(error).startswith(f"{path}, line {line}, column {column}: " if line else f"{path}: ")
    assert "Parser error" not in str(error)
    assert "\n" not in str(error)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="cannot be read: No such file"):
        loaded(tmp_path / "none.ttl")


def test_a_directory(tmp_path: Path) -> None:
    path = tmp_path / "folder.ttl"
    path.mkdir()
    with pytest.raises(DataError, match="cannot be read: Is a directory"):
        loaded(path)


def test_a_file_that_is_not_what_its_manifest_says(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_bytes(b"<a:s> <a:p> 1 .")
    digest = hashlib.sha256(path.read_bytes()).hexdigest()
    assert len(loaded(path, digest)) == 1
    path.write_bytes(b"<a:s> <a:p> 2 .")
    with pytest.raises(DataError, match="corrupt"):
        loaded(path, digest)


def test_relative_iris_are_resolved_against_the_place_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "with blank.ttl"
    path.write_bytes(b"<> <#p> <other> .")
    (quad,) = loaded(path)
    assert quad.subject.value == path.as_uri()
    assert quad.predicate.value == f"{path.as_uri()}#p"
    assert quad.object.value == f"{path.parent.as_uri()}/other"


def test_triples_go_to_the_default_graph(tmp_path: Path) -> None:
    path = tmp_path / "data.ttl"
    path.write_bytes(b"<a:s> <a:p> 1 .")
    (quad,) = loaded(path)
    assert quad.graph_name == ox.DefaultGraph()


MARKED = {
    ".ttl": "<a:s> <a:p> 1 .",
    ".nt": '<a:s> <a:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    ".trig": "<a:s> <a:p> 1 .",
    ".nq": '<a:s> <a:p> "1"^^<http://www.w3.org/2001/XMLSchema#integer> .\n',
    ".jsonld": '{"@id": "a:s", "a:p": 1}',
    ".rdf": (
        '<r:RDF xmlns:r="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:a="a:"><r:Description r:about="a:s">'
        '<a:p r:datatype="http://www.w3.org/2001/XMLSchema#integer">1</a:p></r:Description></r:RDF>'
    ),
}
ONE = ox.Quad(ox.NamedNode("a:s"), ox.NamedNode("a:p"), ox.Literal(1), ox.DefaultGraph())


@pytest.mark.parametrize("packed", COMPRESS)
@pytest.mark.parametrize("suffix", MARKED)
def test_a_byte_order_mark_is_skipped(tmp_path: Path, suffix: str, packed: str) -> None:
    path = tmp_path / f"marked{suffix}{packed}"
    path.write_bytes(COMPRESS[packed](("\ufeff" + MARKED[suffix]).encode()))
    assert loaded(path) == {ONE}


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-be", "utf-16-le", "utf-32"])
@pytest.mark.parametrize("suffix", [suffix for suffix in MARKED if suffix != ".rdf"])
def test_another_encoding_is_named(tmp_path: Path, suffix: str, encoding: str) -> None:
    path = tmp_path / f"wide{suffix}"
    path.write_bytes(MARKED[suffix].encode(encoding))
    with pytest.raises(DataError, match="the data are UTF-16 or UTF-32, where this format is UTF-8") as caught:
        loaded(path)
    assert caught.value.where == str(path)


@pytest.mark.parametrize("suffix", [suffix for suffix in MARKED if suffix not in (".rdf", ".jsonld")])
def test_a_file_shorter_than_a_mark(tmp_path: Path, suffix: str) -> None:
    path = tmp_path / f"short{suffix}"
    for data in (b"", b"\n", b"\xef\xbb\xbf"):
        path.write_bytes(data)
        assert loaded(path) == set()


def test_what_comes_back_in_another_form_is_counted_and_said(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    path = tmp_path / "forms.ttl"
    path.write_bytes(b"<a:s> <a:p> 1.10, 1.5, 007 .")
    assert load_file(ox.Store(), DataFile(str(path))).changed == 2
    assert (
        f'{path}: 2 literals come back in another form, such as "1.10"^^xsd:decimal → "1.1"^^xsd:decimal' in caplog.text
    )


def test_blank_nodes_of_two_files_are_not_one(tmp_path: Path) -> None:
    store = ox.Store()
    for number in range(2):
        path = tmp_path / f"{number}.nt"
        path.write_bytes(b'_:b <a:p> "%d" .' % number)
        load_file(store, DataFile(str(path)))
    assert len({quad.subject for quad in store}) == 2
