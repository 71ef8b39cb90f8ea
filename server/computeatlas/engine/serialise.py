"""RDF as bytes."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import PREFIXES

if TYPE_CHECKING:
    from collections.abc import Iterable


def serialise(items: Iterable[ox.Triple] | Iterable[ox.Quad], form: ox.RdfFormat) -> bytes:
    """Return triples or quads in the format `form`, with the prefixes of the project where it has prefixes.

    Raises TypeError for triples in a format of quads or the reverse.
    """
    buffer = io.BytesIO()
    ox.serialize(items, buffer, form, prefixes=PREFIXES)
    return buffer.getvalue()
