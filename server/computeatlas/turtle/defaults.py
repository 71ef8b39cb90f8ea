"""What curated files need not say, because one answer is the usual one: a claim without a rank is of normal rank."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, ID, RDF

if TYPE_CHECKING:
    from computeatlas.turtle.lines import ParsedFile

_TYPE, _CLAIM = ox.NamedNode(RDF + "type"), ox.NamedNode(ATLAS + "Claim")
_RANK, _NORMAL = ox.NamedNode(ATLAS + "rank"), ox.NamedNode(ID + "rank/normal")


def add_default_ranks(file: ParsedFile) -> None:
    """Give each claim of `file` that has no rank in it the normal one; it stands on the lines of the claim."""
    ranked = {triple.subject for triple in file.triples if triple.predicate == _RANK}
    file.triples += [
        ox.Triple(triple.subject, _RANK, _NORMAL)
        for triple in file.triples
        if triple.predicate == _TYPE and triple.object == _CLAIM and triple.subject not in ranked
    ]
