"""Turtle files changed as text: lines are put in and none is touched, so that what curators wrote stays as it is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import BASE, ONTOLOGY_IRI, OWL, PREFIXES, RDF, XSD, shorten

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    Term = ox.NamedNode | ox.Literal

_TYPE = ox.NamedNode(RDF + "type")
_PREFIX_LINE = re.compile(
    r"^(?:@prefix|PREFIX)[ \t]+(?P<prefix>[\w.-]*):[ \t]*<(?P<iri>[^<>]*)>[ \t]*\.?[^\n]*(?:\n|\Z)", re.MULTILINE
)
_COMMENTS_ABOVE = re.compile(r"(?:^[ \t]*#[^\n]*\n)*\Z", re.MULTILINE)
_LEADING_COMMENTS = re.compile(r"(?:#[^\n]*\n)*")
_PASSAGE = re.compile(r"^psg:(?P<name>[\w.-]*[\w-])\s+a\s", re.MULTILINE)
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
class Block:
    """All that is said of one subject in one statement; the last of its parts has values."""

    subject: ox.NamedNode
    parts: tuple[Part, ...]

    def triples(self) -> set[ox.Triple]:
        """Return the triples that the block states."""
        return {ox.Triple(self.subject, part.predicate, value) for part in self.parts for value in part.values}

    def prefixes(self) -> set[str]:
        """Return the prefixes that the block needs."""
        nodes = {node for triple in self.triples() for node in (triple.subject, triple.predicate, triple.object)}
        names = {shorten(node.value) for node in nodes - {_TYPE} if isinstance(node, ox.NamedNode)}
        names |= {
            shorten(node.datatype.value)
            for node in nodes
            if isinstance(node, ox.Literal) and not node.language and node.datatype.value not in _BARE
        } - {shorten(XSD + "string")}
        return {name.partition(":")[0] for name in names if not name.startswith("<")}

    def text(self) -> str:
        """Return the block as Turtle, in the form of the existing files."""
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


def new_file(iri: str, comment: str, block: Block) -> str:
    """Return a file with `comment`, the prefixes that it needs, the ontology header of `iri`, and `block`."""
    header = ontology_header(iri)
    needed = sorted(header.prefixes() | block.prefixes())
    lines = "".join(_prefix_line(prefix) for prefix in needed)
    return f"# {comment}\n{lines}\n{header.text()}\n{block.text()}"


def ontology_header(iri: str) -> Block:
    """Return the header by which Protégé knows the data file `iri`."""
    imports = Part(ox.NamedNode(OWL + "imports"), (ox.NamedNode(ONTOLOGY_IRI),))
    return Block(ox.NamedNode(iri), (Part(_TYPE, (ox.NamedNode(OWL + "Ontology"),)), imports))


def data_iri(folder: str, name: str) -> str:
    """Return the IRI of the file `name`.ttl in graph_data/`folder`, as ontology header and Protégé's catalogue say."""
    return f"{BASE}data/{folder}/{name}"


def extended(text: str, block: Block, *, where: str, at: int | None = None) -> str:
    """Return `text` with `block` put in at the index `at` or at its end, and with the prefixes that it needs.

    Raises UsageError, naming `where`, if the file gives another meaning to one of the prefixes, or is written in a
    way in which the new text would say anything but `block`.
    """
    addition = block.text()
    if at is None:
        gap = "\n" if text.endswith("\n") or not text else "\n\n"
        changed = text + _like(text, gap + addition)
    else:
        changed = text[:at] + _like(text, addition + "\n") + text[at:]
    changed = _with_prefixes(changed, block.prefixes(), where)
    _require_only(text, changed, block, where)
    return changed


def place_of_passage(text: str, stretch: tuple[int, int], stretches: Mapping[str, tuple[int, int]]) -> int | None:
    """Return where in `text` a passage of `stretch` belongs in the order of offsets; None for its end.

    `stretches` has start and end of each passage of the source, by the name behind `psg:`.
    """
    for match in _PASSAGE.finditer(text):
        if stretches.get(match["name"], stretch) > stretch:
            # Comments directly above a passage are on that passage.
            comments = _COMMENTS_ABOVE.search(text, 0, match.start())
            return comments.start() if comments else match.start()
    return None


def _like(text: str, addition: str) -> str:
    """Return `addition` with the line ends of `text`."""
    return addition.replace("\n", "\r\n") if "\r\n" in text else addition


def _prefix_line(prefix: str) -> str:
    return f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n"


def _with_prefixes(text: str, prefixes: set[str], where: str) -> str:
    for prefix in sorted(prefixes):
        lines = list(_PREFIX_LINE.finditer(text))
        meanings = {line["prefix"]: line["iri"] for line in lines}
        if prefix in meanings:
            if meanings[prefix] != PREFIXES[prefix]:
                raise UsageError(
                    f"the prefix {prefix}: stands for <{meanings[prefix]}> here",
                    where=where,
                    hint=f"let it stand for <{PREFIXES[prefix]}>",
                )
            continue
        later = [line.start() for line in lines if line["prefix"] > prefix]
        at = later[0] if later else lines[-1].end() if lines else _end_of_comments(text)
        text = text[:at] + _like(text, _prefix_line(prefix)) + text[at:]
    return text


def _end_of_comments(text: str) -> int:
    match = _LEADING_COMMENTS.match(text)
    return match.end() if match else 0


def _require_only(old: str, new: str, block: Block, where: str) -> None:
    """Raise UsageError unless `new` says what `old` says and `block`, and nothing else."""
    try:
        before, after = list(_parse(old)), list(_parse(new))
    except SyntaxError as error:
        before, after, why = [], [], str(error)
    else:
        why = "the text is laid out in a way that a program cannot extend"
    ground = {triple for triple in before if _is_ground(triple)} | block.triples()
    blank = sum(not _is_ground(triple) for triple in before)
    if {t for t in after if _is_ground(t)} != ground or sum(not _is_ground(t) for t in after) != blank:
        hint = "add these lines by hand:\n" + block.text()
        raise UsageError(f"{shorten(block.subject.value)} cannot be put in here", where=where, why=why, hint=hint)


def _parse(text: str) -> Iterator[ox.Triple]:
    for quad in ox.parse(text.encode(), format=ox.RdfFormat.TURTLE):
        yield ox.Triple(quad.subject, quad.predicate, quad.object)


def _is_ground(triple: ox.Triple) -> bool:
    return not any(isinstance(node, ox.BlankNode) for node in (triple.subject, triple.object))
