"""What can still be read of a Turtle text that has a syntax error: its other statements."""

from __future__ import annotations

import re
from dataclasses import dataclass

import pyoxigraph as ox

from computeatlas.turtle.triples import PLACEHOLDER_BASE

#: Blocks of curated files stand apart by an empty line; `fmt` writes them so.
_BLOCK = re.compile(r"(?:^(?!\s*$).*\n?)+", re.MULTILINE)
_DIRECTIVE = re.compile(r"^\s*(?:@prefix|@base|prefix|base)\b.*$", re.IGNORECASE | re.MULTILINE)
_SUBJECT = re.compile(r"^([A-Za-z][\w-]*:[\w.-]*\w|<[^<>\s]*>)", re.MULTILINE)


@dataclass(frozen=True)
class Recovered:
    """`text` is what can be read, line for line as before; `lost` are the subjects that stood in the rest."""

    text: str
    lost: frozenset[str]


def recover(text: str) -> Recovered | None:
    """Return what is readable of `text`, which is not Turtle; None where that is nothing or cannot be told apart.

    A block, that is lines without an empty one between them, is left out where it is not Turtle by itself with the
    directives of the text before it. A string with an empty line in it makes two blocks, and both are left out.
    """
    directives = "\n".join(match[0] for match in _DIRECTIVE.finditer(text)) + "\n"
    if not _reads(directives):
        return None
    lost: set[str] = set()
    kept = 0

    def judged(match: re.Match[str]) -> str:
        nonlocal kept
        block = match[0]
        if _reads(directives + block):
            kept += 1
            return block
        lost.update(_SUBJECT.findall(block))
        return "\n" * block.count("\n")

    left = _BLOCK.sub(judged, text)
    return Recovered(left, frozenset(lost)) if kept and _reads(left) else None


def _reads(text: str) -> bool:
    try:
        for _ in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE, base_iri=PLACEHOLDER_BASE):
            pass
    except SyntaxError:
        return False
    return True
