"""The line on which each statement of a Turtle text stands, by rdflib's parser."""

from __future__ import annotations

import bisect
from typing import Any

import pyoxigraph as ox
import rdflib
from rdflib.plugins.parsers.notation3 import RDFSink, SinkParser

from computeatlas.turtle.triples import PLACEHOLDER_BASE


class _LineParser(SinkParser):
    """rdflib's Turtle parser, noting for each statement the line on which its object begins."""

    def __init__(self, sink: RDFSink, text: str):
        super().__init__(sink, baseURI=PLACEHOLDER_BASE, turtle=True)
        self._breaks = [i for i, character in enumerate(text) if character == "\n"]
        self._begun: dict[int, int] = {}
        self.statements: list[tuple[str, str, str, int]] = []

    def object(self, argstr: str, i: int, res: Any) -> int:
        begin = self.skipSpace(argstr, i)
        end: int = super().object(argstr, i, res)
        if end >= 0 and begin >= 0:
            # Keyed by the identity of the node: `res` keeps it alive until its statement is made.
            self._begun[id(res[-1])] = bisect.bisect_left(self._breaks, begin) + 1
        return end

    def makeStatement(self, quad: Any) -> None:  # noqa: N802 (rdflib's name)
        _context, predicate, subject, value = quad
        line = self._begun.get(id(value))
        if line is not None:
            self.statements.append((key_of(subject), key_of(predicate), key_of(value), line))
        super().makeStatement(quad)


def key_of(term: Any) -> str:
    """Return a name for a term of either library that does not depend on how literals are normalised.

    rdflib gives `rdf:type` as a pair of a number and an IRI.
    """
    if isinstance(term, tuple):
        return str(term[1])
    if isinstance(term, ox.NamedNode | ox.Literal | ox.BlankNode):
        return term.value
    return str(term)


def statements_of(text: str) -> list[tuple[str, str, str, int]]:
    """Return subject, predicate, object and line of each statement of `text`.

    Raises BadSyntax, with the number of lines before it, where the text is not Turtle 1.1.
    """
    parser = _LineParser(RDFSink(rdflib.Graph()), text)
    parser.feed(text)
    parser.endDoc()
    return parser.statements
