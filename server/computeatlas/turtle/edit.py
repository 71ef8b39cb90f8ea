"""Statements put into Turtle files: text is inserted between statements, and every character that was there stays.

The places are those of the parsed tree, so that names in strings and comments are not taken for statements.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.namespaces import PREFIXES, shorten
from computeatlas.turtle.parser import parse_document
from computeatlas.turtle.statement import prefix_line
from computeatlas.turtle.tree import Block, Directive, Directives
from computeatlas.turtle.triples import parse_triples

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from computeatlas.turtle.statement import Statement

_LINE_END = r"(?:\r\n|\r|\n|\Z)"
#: What may follow a directive on its line.
_REST_OF_LINE = re.compile(rf"[ \t]*(?:#[^\r\n]*)?{_LINE_END}")
_COMMENT_LINES = re.compile(rf"(?:[ \t]*#[^\r\n]*{_LINE_END})*")
#: Comments on lines of their own up to the end, with no empty line between.
_COMMENTS_ABOVE = re.compile(rf"(?:^[ \t]*#[^\r\n]*{_LINE_END})*[ \t]*\Z", re.MULTILINE)


@dataclass(frozen=True)
class Place:
    """The IRI that a statement is on, and where the statement begins, the comments directly above it included."""

    iri: str
    start: int


@dataclass(frozen=True)
class Insertion:
    """A statement to be put in at the index `at`, the start of one of the `places` of a text; None for its end."""

    statement: Statement
    at: int | None = None


def places(text: str, name: str) -> Iterator[Place]:
    """Yield the places of the statements in `text` on things that have an IRI, in their order.

    Raises FindingsError where the text, called `name`, is not Turtle 1.1.
    """
    end = 0
    for block in _blocks(text, name):
        start, after = block.span
        if isinstance(block, Block) and block.iri is not None:
            yield Place(block.iri, _with_comments(text, end, start))
        end = after


def extended(text: str, statement: Statement, *, where: str, at: int | None = None) -> str:
    """Return `text` with `statement` put in at the index `at` or at its end, as `extended_all` does with several."""
    return extended_all(text, [Insertion(statement, at)], where=where)


def extended_all(text: str, insertions: Sequence[Insertion], *, where: str) -> str:
    """Return `text` with all `insertions`, and with the prefixes that they need; those at one place in their order.

    Line ends are those of `text`. Raises UsageError, naming `where`, if the file gives another meaning to one of the
    prefixes, and FindingsError where it is not Turtle 1.1.
    """
    before = parse_triples(text, where, "the file is not Turtle, so it was left as it is")
    first = min((one.at for one in insertions if one.at is not None), default=None)
    directives = [
        block
        for block in _blocks(text, where)
        if isinstance(block, Directive) and (first is None or block.span[0] < first)
    ]
    statements = [one.statement for one in insertions]
    prefixes = set[str]().union(*(statement.prefixes() for statement in statements))
    additions = _prefixes(text, prefixes, directives, where, first)
    for one in insertions:
        # An empty line stands between statements.
        at_end = "\n" * bool(text or one is not insertions[0]) + one.statement.text()
        additions.append((len(text), at_end) if one.at is None else (one.at, one.statement.text() + "\n"))
    line_end = "\r\n" if "\r\n" in text else "\n"
    pieces: list[str] = []
    done = 0
    for index, addition in sorted(additions, key=lambda addition: addition[0]):
        pieces.append(text[done:index])
        last = next((piece for piece in reversed(pieces) if piece), "")
        if last and last[-1] not in "\r\n":
            pieces.append(line_end)
        pieces.append(addition.replace("\n", line_end))
        done = index
    changed = "".join([*pieces, text[done:]])
    _require_only(before, changed, statements, where)
    return changed


def _blocks(text: str, name: str) -> Iterator[Block | Directive]:
    for block in parse_document(text, name).blocks:
        if isinstance(block, Directives):
            yield from block.directives
        else:
            yield block


def _with_comments(text: str, end: int, start: int) -> int:
    """Return where the comments above the statement at `start` begin; the one before ends at `end`, 0 for none."""
    if end:
        # What stands on the line of the statement before is on that statement.
        rest = _REST_OF_LINE.match(text, end)
        if rest is None:
            return start
        end = rest.end()
    above = _COMMENTS_ABOVE.search(text[:start], end)
    return above.start() if above else start


def _prefixes(
    text: str, prefixes: set[str], directives: list[Directive], where: str, at: int | None
) -> list[tuple[int, str]]:
    """Return the directives that are missing, in the order of their places: each before the first that it precedes."""
    declared = {directive.prefix: directive for directive in directives if directive.prefix is not None}
    found = []
    for prefix in sorted(prefixes):
        same = declared.get(f"{prefix}:")
        if same is None:
            found.append((_prefix_place(text, prefix, directives, at), prefix))
        elif same.iri != f"<{PREFIXES[prefix]}>":
            raise UsageError(
                f"the prefix {prefix}: stands for {same.iri} here",
                where=where,
                hint=f"let it stand for <{PREFIXES[prefix]}>",
            )
    return [(index, prefix_line(prefix)) for index, prefix in sorted(found)]


def _prefix_place(text: str, prefix: str, directives: list[Directive], at: int | None) -> int:
    later = [one.span[0] for one in directives if one.prefix is not None and one.prefix > f"{prefix}:"]
    if later:
        return later[0]
    if directives:
        end = directives[-1].span[1]
        rest = _REST_OF_LINE.match(text, end)
        return rest.end() if rest else end
    head = _COMMENT_LINES.match(text)
    end = head.end() if head else 0
    return end if at is None else min(end, at)


def _require_only(before: Iterable[ox.Triple], changed: str, statements: list[Statement], where: str) -> None:
    """Raise UsageError unless the text `changed` states what was stated `before` and `statements`, and nothing else."""
    try:
        after = _dataset(parse_triples(changed, where, ""))
    except FindingsError:
        after = None
    if after != _dataset({*before, *(triple for statement in statements for triple in statement.triples())}):
        names = ", ".join(shorten(statement.subject.value) for statement in statements)
        raise UsageError(
            f"{names} cannot be put in here",
            where=where,
            why="the file would not say what it should",
            hint="add these lines by hand:\n" + "\n".join(statement.text() for statement in statements),
        )


def _dataset(triples: Iterable[ox.Triple]) -> ox.Dataset:
    """Return the triples with blank nodes named by the graph alone, so that equal graphs are equal."""
    dataset = ox.Dataset(ox.Quad(triple.subject, triple.predicate, triple.object) for triple in triples)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.RDFC_1_0)
    return dataset
