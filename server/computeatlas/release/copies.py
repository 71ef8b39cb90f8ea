"""Copies of a release for programs that do not read bzip2: the same N-Quads, and all triples as Turtle, both as gzip.

They are made once, by `build`, and stand beside the data without being named in the manifest: zlib has several
implementations, so their bytes differ from one machine to another, while those of the manifest must not.
"""

from __future__ import annotations

import gzip

import pyoxigraph as ox

from computeatlas.engine.serialise import serialise, tidy_prefixes
from computeatlas.model.manifest import NQUADS_COPY, TURTLE_COPY
from computeatlas.model.mediatypes import TURTLE

#: Two hundredths larger than the best, in a third of the time.
_LEVEL = 6


def gzip_copies(nquads: bytes) -> dict[str, bytes]:
    """Return the copies by the names of their files, made of sorted N-Quads; the same bytes for the same zlib."""
    quads = ox.parse(nquads, format=ox.RdfFormat.N_QUADS)
    triples = dict.fromkeys(quad.triple for quad in quads)
    turtle = tidy_prefixes(serialise(triples, ox.RdfFormat.TURTLE), TURTLE, whole=True)
    return {NQUADS_COPY: _pack(nquads), TURTLE_COPY: _pack(turtle)}


def _pack(data: bytes) -> bytes:
    # Without a time: the same release makes the same bytes.
    return gzip.compress(data, _LEVEL, mtime=0)
