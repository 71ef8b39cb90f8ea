"""The copies that `build` puts beside the data of a release."""

from __future__ import annotations

import bz2
import gzip
from pathlib import Path

import pyoxigraph as ox

from computeatlas.model.manifest import NQUADS_COPY, TURTLE_COPY
from computeatlas.release.build import DATA_NAME
from computeatlas.release.copies import gzip_copies


def test_they_hold_what_the_release_holds(release: Path, manifest) -> None:
    nquads = bz2.decompress((release / DATA_NAME).read_bytes())
    assert gzip.decompress((release / NQUADS_COPY).read_bytes()) == nquads
    turtle = gzip.decompress((release / TURTLE_COPY).read_bytes())
    # Blank nodes keep the names that the release gives them.
    original = {quad.triple for quad in ox.parse(nquads, format=ox.RdfFormat.N_QUADS)}
    assert {quad.triple for quad in ox.parse(turtle, format=ox.RdfFormat.TURTLE)} == original
    assert not {NQUADS_COPY, TURTLE_COPY} & manifest.files.keys()


def test_the_same_data_make_the_same_bytes() -> None:
    data = b'<http://e/a> <http://e/b> "c" <http://e/g> .\n<http://e/a> <http://e/b> "c" <http://e/h> .\n'
    assert gzip_copies(data) == gzip_copies(data)
    turtle = gzip.decompress(gzip_copies(data)[TURTLE_COPY])
    # Each triple once, though two graphs have it.
    assert turtle.count(b'"c"') == 1
