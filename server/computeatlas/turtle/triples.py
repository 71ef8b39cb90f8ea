"""The triples that a Turtle text states, as pyoxigraph reads them, and where it has relative IRIs without a base."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.errors import FindingsError
from computeatlas.model.findings import Finding
from computeatlas.turtle.limits import find_deep_nesting
from computeatlas.turtle.syntax_findings import syntax_finding
from computeatlas.turtle.tokens import tokenise

if TYPE_CHECKING:
    from computeatlas.turtle.tokens import Token

#: What a relative IRI is resolved against where a text has no base of its own; RFC 2606 reserves the domain.
PLACEHOLDER_BASE = "https://base.invalid/folder/file"

_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NUMERIC_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")


def parse_triples(text: str, name: str, why: str) -> list[ox.Triple]:
    """Return the triples of the Turtle `text` in their order, relative IRIs resolved against `PLACEHOLDER_BASE`.

    Blank nodes have labels of their own, so that those of two texts differ. Raises FindingsError for a text, called
    `name` in the finding, that is not Turtle or nests brackets too deep; `why` says what it means for the file that it
    is not Turtle. What is newer than Turtle 1.1 is read too: https://www.w3.org/TR/rdf12-turtle/.
    """
    if finding := find_deep_nesting(text.encode(), name):
        raise FindingsError([finding])
    try:
        quads = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, base_iri=PLACEHOLDER_BASE, rename_blank_nodes=True)
        return [ox.Triple(quad.subject, quad.predicate, quad.object) for quad in quads]
    except SyntaxError as error:
        raise FindingsError([syntax_finding(error, name, why)]) from error


def find_relative_iris(text: str, name: str) -> list[Finding]:
    """Return a finding for each relative IRI of the Turtle `text`, called `name`, that no absolute base precedes.

    `text` must be one that `parse_triples` reads. Raises FindingsError where something is no token of Turtle 1.1.
    """
    findings = []
    before: Token | None = None
    for token in tokenise(text, name):
        if token.kind == "comment":
            continue
        if token.kind == "iri":
            if not _is_relative(token.text):
                if before is not None and before.text.lower() in ("@base", "base"):
                    break
            else:
                what = f"{token.text} is a relative IRI, and no @base stands before it"
                why = "it would mean another thing wherever the file is read"
                hint = "write the whole IRI, or begin the file with an absolute @base"
                findings.append(Finding(name, token.line, "relative-iri", what, why, hint))
        before = token
    return findings


def _is_relative(written: str) -> bool:
    """Return whether the IRI `written` in angle brackets has no scheme (RFC 3986, 4.2)."""
    iri = _NUMERIC_ESCAPE.sub(lambda match: chr(int(match[1] or match[2], 16)), written[1:-1])
    return _SCHEME.match(iri) is None
