"""Valid SPARQL that Oxigraph refuses, in a form that it takes.

Asked after the engine has refused a text, so that other texts cost nothing. Two gaps are closed:

- a local name with several groups of dots, such as `e:a.b.c`: the later dots are escaped, which names the same IRI;
- declarations between the operations of an update, `… ; PREFIX e: <…> INSERT …`
  (https://www.w3.org/TR/sparql11-update/#rUpdate): the update becomes several, each with the declarations in force.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.sparql.tokens import Token

#: A prefixed name up to behind the first group of dots of its local name; an escaped dot belongs to no group.
_TO_FIRST_DOTS = re.compile(r"[^:]*:(?:[^.\\]|\\.)*+\.++")
_DOT = re.compile(r"(?<!\\)\.")
#: The tokens of each declaration.
_DECLARATIONS = {
    "PREFIX": [Kind.NAME, Kind.PNAME, Kind.IRI],
    "BASE": [Kind.NAME, Kind.IRI],
    "VERSION": [Kind.NAME, Kind.STRING],
}
_ABSOLUTE = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")


def replace_later_dots(text: str, replacement: str) -> str:
    r"""Return `text` with each dot of a local name behind its first group of dots replaced.

    By `\.`, the names stay the same; by a letter, the text keeps its length, so that places in it stay the same.
    """
    parts: list[str] = []
    done = 0
    for token in tokenize(text):
        if token.kind is Kind.PNAME and (first := _TO_FIRST_DOTS.match(token.text)):
            rest = token.text[first.end() :]
            if (new := _DOT.sub(lambda _: replacement, rest)) != rest:
                parts += text[done : token.start + first.end()], new
                done = token.end
    return "".join((*parts, text[done:]))


class Piece(NamedTuple):
    """Operations of an update that follow one another, under the same declarations.

    `text` is an update of its own. `in_place` is the text of the whole update with blanks for the operations of other
    pieces, so that what an engine says of a place in it is true of the whole.
    """

    text: str
    in_place: str


def split_update(update: str) -> list[Piece]:
    """Return the pieces of `update`, cut before each `;` that a declaration follows; a single one where there is none.

    Made one after the other they do what the whole does. Takes time in proportion to the length times the number of
    pieces.
    """
    prologues = _prologues(update)
    if len(prologues) < 2:
        return [Piece(update, update)]
    declared = _Declarations()
    ends = [*(prologue.separator for prologue in prologues[1:]), len(update)]
    pieces = []
    heads = ""
    for prologue, end in zip(prologues, ends, strict=True):
        declared.add(prologue.tokens)
        begin = prologue.tokens[-1].end if prologue.tokens else 0
        heads += _blank(update[len(heads) : prologue.separator + 1]) if prologue.tokens else ""
        heads += update[len(heads) : begin]
        pieces.append(Piece(declared.text() + update[begin:end], heads + update[begin:end]))
    return pieces


class _Prologue(NamedTuple):
    """Declarations one behind another, and the offset of the `;` before them."""

    separator: int
    tokens: Sequence[Token]


def _prologues(update: str) -> list[_Prologue]:
    """Return the declarations at the beginning, maybe none, and those behind each `;` that are followed by some."""
    tokens = list(tokenize(update))
    found = []
    for index in range(-1, len(tokens)):
        if index >= 0 and not (tokens[index].marks(";") and tokens[index].depth == 0):
            continue
        end = index + 1
        while end < len(tokens) and (kinds := _DECLARATIONS.get(tokens[end].text.upper())):
            if [token.kind for token in tokens[end : end + len(kinds)]] != kinds:
                break
            end += len(kinds)
        if end > index + 1 or index < 0:
            found.append(_Prologue(tokens[index].start if index >= 0 else -1, tokens[index + 1 : end]))
    return found


class _Declarations:
    """The declarations in force, each with the base that its IRI is relative to."""

    def __init__(self) -> None:
        self._base = ""
        self._prefixes: dict[str, tuple[str, str]] = {}

    def add(self, tokens: Sequence[Token]) -> None:
        for index, token in enumerate(tokens):
            if token.says("BASE"):
                # One that is relative is so to the one before it.
                before = "" if _ABSOLUTE.match(tokens[index + 1].text) else self._base
                self._base = f"{before}BASE {tokens[index + 1].text} "
            elif token.says("PREFIX"):
                name, iri = tokens[index + 1].text, tokens[index + 2].text
                self._prefixes[name] = ("" if _ABSOLUTE.match(iri) else self._base, f"PREFIX {name} {iri} ")

    def text(self) -> str:
        # Those without a base of their own first: they may be relative to that of the request.
        declarations = sorted(self._prefixes.values(), key=lambda declaration: declaration[0] != "")
        return "".join(base + declaration for base, declaration in declarations) + self._base


def _blank(text: str) -> str:
    return re.sub(r"[^\n]", " ", text)
