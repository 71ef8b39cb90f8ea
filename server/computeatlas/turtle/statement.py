"""Statements written as Turtle, in the layout of `fmt`: what programs put into curated files."""

from __future__ import annotations

from dataclasses import dataclass

import pyoxigraph as ox

from computeatlas.model.namespaces import PREFIXES, RDF, XSD, shorten

Term = ox.NamedNode | ox.Literal

_TYPE = ox.NamedNode(RDF + "type")
#: Values stand on one line where it is no longer than this, else each on a line of its own.
_WIDTH = 120
#: Turtle writes these without quotes.
_BARE = {XSD + "integer", XSD + "decimal", XSD + "boolean"}


@dataclass(frozen=True)
class Part:
    """A property with its values; one without values is a comment that says what to add in its place."""

    predicate: ox.NamedNode
    values: tuple[Term, ...]
    remark: str = ""


@dataclass(frozen=True)
class Statement:
    """All that is said of one subject up to its full stop; the last of its parts has values."""

    subject: ox.NamedNode
    parts: tuple[Part, ...]

    def triples(self) -> set[ox.Triple]:
        """Return the triples that the statement states."""
        return {ox.Triple(self.subject, part.predicate, value) for part in self.parts for value in part.values}

    def prefixes(self) -> set[str]:
        """Return the prefixes that the statement needs."""
        nodes = {node for triple in self.triples() for node in (triple.subject, triple.predicate, triple.object)}
        names = {shorten(node.value) for node in nodes - {_TYPE} if isinstance(node, ox.NamedNode)}
        names |= {
            shorten(node.datatype.value)
            for node in nodes
            if isinstance(node, ox.Literal) and not node.language and node.datatype.value not in _BARE
        } - {shorten(XSD + "string")}
        return {name.partition(":")[0] for name in names if not name.startswith("<")}

    def text(self) -> str:
        """Return the statement as Turtle, in the layout of `fmt`."""
        lines = []
        for number, part in enumerate(self.parts):
            if not part.values:
                lines.append(f"    # {part.remark}")
                continue
            predicate = "a" if part.predicate == _TYPE else _written(part.predicate)
            begin = f"{_written(self.subject)} " if number == 0 else "    "
            end = "." if number == len(self.parts) - 1 else ";"
            values = [_written(value) for value in part.values]
            line = f"{begin}{predicate} {' , '.join(values)} {end}"
            fits = len(line) <= _WIDTH
            lines.append(line if fits else f"{begin}{predicate} " + " ,\n        ".join(values) + f" {end}")
        return "\n".join(lines) + "\n"


def _written(term: Term) -> str:
    if isinstance(term, ox.NamedNode):
        return shorten(term.value)
    if term.language or term.datatype.value == XSD + "string":
        return str(term)
    if term.datatype.value in _BARE:
        return term.value
    return f"{ox.Literal(term.value)}^^{shorten(term.datatype.value)}"


def prefix_line(prefix: str) -> str:
    """Return the line that declares one of the prefixes of the project."""
    return f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n"
