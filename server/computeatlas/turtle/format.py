"""Canonical Turtle for the curated files.

The layout changes what is written as little as it can, so that `git diff` shows what a curator did and nothing else:

1. Blocks keep their order and stand apart by one empty line. Within a block, and within `[ … ]`, `a` comes first, then
   rdfs:label, then all other predicates in the author's order. Objects and list items keep their order. Nothing is
   merged, shortened, resolved or spelt anew: names, IRIs and literals stay as they are written.
2. `subject a Class ;`, then one predicate a line, indented by 4, each but the last with ` ;`, the last with ` .`.
   Where comments follow the last, it too has ` ;`, and the full stop or bracket comes after them on its own line.
3. Objects are joined by ` , ` where the line then has at most 120 characters, a comment at its end not counted.
   Otherwise the first stays on the line of its predicate, and each other has a line of its own, indented by 4 more.
4. `[ … ]` and `( … )` are on one line where they fit and have no comment inside. Otherwise each predicate or item has
   a line of its own, indented by 4 more than the line of the opening bracket.
5. Prefixes with nothing between them are sorted, in the form `@prefix p: <…> .`; one that no name needs is dropped,
   and so is one that says again what holds already. `@base` stays where it is, with the prefixes on its either side.
   A name in a comment does not keep its prefix.
6. Comments keep their text. One at the end of a line stays at the end of the line of the same object or full stop;
   one on a line of its own stays before the same block, predicate, object, item, closing bracket or full stop. A
   comment for which there is no such place goes before what follows it; comments among prefixes go before them all,
   and those after a subject or a verb go before the block or the predicate. An empty line after a comment between
   blocks is kept.
7. UTF-8 without byte-order mark, LF at the end of each line, no empty file but an empty one. A carriage return within
   a long string is part of its value, so it is kept, as the escape `\\r`.

Turtle: https://www.w3.org/TR/turtle/; comparison of graphs: https://www.w3.org/TR/rdf-canon/.
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.errors import AtlasError, FindingsError
from computeatlas.model.files import replace_file
from computeatlas.model.findings import Finding
from computeatlas.model.position import line_of
from computeatlas.turtle.parser import parse_document
from computeatlas.turtle.printer import print_document
from computeatlas.turtle.tokens import tokenise
from computeatlas.turtle.triples import parse_triples

if TYPE_CHECKING:
    from pathlib import Path

_BYTE_ORDER_MARK = "\ufeff"


def format_turtle(text: str, name: str) -> str:
    """Return the Turtle document `text`, called `name` in messages, in the canonical layout.

    The result has the same triples, the same comments and, formatted once more, the same text. Raises FindingsError
    where `text` is not Turtle 1.1 (https://www.w3.org/TR/turtle/), and AtlasError where the result would have other
    triples or comments, or where brackets are nested too deep.
    """
    text = text.removeprefix(_BYTE_ORDER_MARK)
    triples = _triples(text, name)
    result = print_document(parse_document(text, name))
    try:
        same = triples == _triples(result, name) and _comments(text, name) == _comments(result, name)
    except FindingsError:
        same = False
    if not same:
        raise AtlasError(
            "cannot be laid out without a loss",
            where=name,
            why="the new text would not have the same triples and comments, so nothing was written",
            hint="report this with the file; it is a fault of the program",
        )
    return result


def format_file(path: Path, name: str, *, write: bool = True) -> bool:
    """Return whether the Turtle file `path`, called `name` in messages, was not in the canonical layout.

    With `write`, it then is: the file is replaced in one step and keeps its mode. Raises FindingsError where the file
    cannot be read, is not UTF-8 or is not Turtle 1.1 (https://www.w3.org/TR/turtle/), and AtlasError as
    `format_turtle` does or where the file cannot be written; the file is then as it was.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        what = f"cannot be read: {error.strerror}"
        raise FindingsError([Finding(name, 0, "unreadable", what, hint="fix its permissions")]) from error
    result = format_turtle(_decoded(data, name), name).encode()
    if result == data:
        return False
    if write:
        try:
            replace_file(path, result)
        except OSError as error:
            raise AtlasError("cannot be written", where=name, why=error.strerror, hint="fix its permissions") from error
    return True


def _decoded(data: bytes, name: str) -> str:
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError as error:
        line = line_of(data, error.start)
        what = f"byte 0x{data[error.start]:02X} is not UTF-8"
        finding = Finding(name, line, "encoding", what, "Turtle is always UTF-8", "save the file as UTF-8")
        raise FindingsError([finding]) from error


def _triples(text: str, name: str) -> ox.Dataset:
    """Return the triples of `text`, blank nodes named by the graph alone, so that equal graphs are equal."""
    triples = parse_triples(text, name, "the file is not Turtle, so it was left as it is")
    dataset = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset


def _comments(text: str, name: str) -> Counter[str]:
    return Counter(token.text for token in tokenise(text, name) if token.kind == "comment")
