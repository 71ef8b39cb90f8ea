"""JSON-LD without silent loss: https://www.w3.org/TR/json-ld11-api/#deserialize-json-ld-to-rdf-algorithm.

The algorithm leaves out each triple with a name that is no IRI, and each member that has no IRI, without an error. So a
document with a slip in it loads in part, or not at all. Every other format has an error for a malformed IRI.
"""

from __future__ import annotations

import io
import json
import re
from itertools import islice
from typing import TYPE_CHECKING, Any

import pyoxigraph as ox

from computeatlas.engine.byte_order import skip_mark, without_mark
from computeatlas.model.errors import DataError
from computeatlas.model.position import line_and_column

if TYPE_CHECKING:
    import mmap
    from collections.abc import Iterator

#: Characters of an IRI that may stand anywhere in it.
_PLAIN = rb'[^"\\<>{}|^`\x00-\x20%\[\]#]*+'
#: What follows the name of a member whose value is a string that may be no IRI: one with an escape, or with a character
#: that no IRI has or only in one place.
_SUSPECT = rb'\s*:\s*"(?=' + _PLAIN + rb"(?:%[0-9A-Fa-f]{2}" + _PLAIN + rb')*+[^"])'
_ALIAS = re.compile(rb'"([^"\\@][^"\\]*)"\s*:\s*"@id"')
#: A string from its first character to the quotation mark at its end.
_STRING = re.compile(rb'[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_CONTEXT = b'"@context"'
_CONTEXT_FIRST = re.compile(rb'\s*\{\s*"@context"')
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
#: Keywords whose value holds other nodes.
_HOLDING = frozenset(("@graph", "@included", "@list", "@nest", "@reverse", "@set"))
#: Keywords of an object that stands for what it holds, which may be nothing.
_WRAPPERS = frozenset(("@set", "@value"))
#: So many other names of `@id` are looked for.
_ALIASES = 10
#: Longer names are not repeated in full.
_SHOWN = 100


def parse_jsonld(data: bytes | mmap.mmap, base: str | None) -> Iterator[ox.Quad]:
    """Yield the quads of JSON-LD; relative IRIs are resolved against `base`.

    Raises DataError where an `@id` is no IRI, with line and column, and where there is content but no triple comes of
    it; SyntaxError for malformed data. An `@id` of a document with literals of JSON is not looked at, for there
    it may be content; nor is another name of `@id`, unless the one context of the document gives it.
    """
    _require_iris(data)
    file = skip_mark(io.BytesIO(data) if isinstance(data, bytes) else data)  # type: ignore[arg-type]
    quads = ox.parse(file, format=ox.RdfFormat.JSON_LD, base_iri=base, rename_blank_nodes=True)  # type: ignore[arg-type]
    first = next(quads, None)
    if first is None:
        if _has_content(data):
            raise DataError(
                "no triple comes of this JSON-LD: its members have no IRI, or what they describe has none",
                hint="name the members in @context, or by @vocab, make every @id an IRI, or send `[]` for no triples",
            )
        return
    yield first
    yield from quads


def _require_iris(data: bytes | mmap.mmap) -> None:
    if data.find(b"@json") >= 0:
        return
    names = {b"@id"}
    start = _CONTEXT_FIRST.match(data)
    if start and data.find(_CONTEXT, start.end()) < 0:
        names.update(match[1] for match in islice(_ALIAS.finditer(data), _ALIASES))
    # A name behind an escaped quotation mark is the end of a longer one.
    quoted = [b'"' + re.escape(name) + b'"' for name in sorted(names)]
    members = b"|".join(name + rb"(?<!\\" + name + b")" for name in quoted)
    pattern = re.compile(b"(?:" + members + b")" + _SUSPECT)
    for match in pattern.finditer(data):
        name = _string_at(data, match.end())
        if name is not None and not _is_name(name):
            line, column = _place(data, match.end() - 1)
            shown = name if len(name) <= _SHOWN else name[:_SHOWN] + "…"
            raise DataError(
                f"an @id is no IRI: {json.dumps(shown, ensure_ascii=False)}; its triples would be left out",
                line=line,
                column=column,
                hint="write spaces and other characters that no IRI has in percent-encoding, such as %20",
            )


def _string_at(data: bytes | mmap.mmap, start: int) -> str | None:
    """Return the JSON string whose first character is at `start`, or None where it is malformed."""
    match = _STRING.match(data, start)
    try:
        return str(json.loads(b'"' + match[0])) if match else None
    except ValueError:
        return None


def _is_name(text: str) -> bool:
    """Say whether `text` is a blank node, or an IRI, absolute or relative or shortened by a prefix."""
    try:
        if text.startswith("_:"):
            ox.BlankNode(text[2:])
        else:
            ox.NamedNode(text if _SCHEME.match(text) else f"x:{text}")
    except ValueError:
        return False
    return True


def _place(data: bytes | mmap.mmap, offset: int) -> tuple[int, int]:
    before = data[:offset].decode("utf-8", "replace")
    return line_and_column(before, len(before))


def _has_content(data: bytes | mmap.mmap) -> bool:
    """Say whether JSON-LD of which no triple comes is more than contexts, names, and lists and objects of nothing."""
    try:
        #: Values, and whether each is the value of a member that describes something.
        waiting: list[tuple[Any, bool]] = [(json.loads(without_mark(data[:]).decode("utf-8")), False)]
    except (ValueError, RecursionError, MemoryError):
        # The parser has taken it, and whatever is as deep or as large is meant to say something.
        return True
    while waiting:
        value, describes = waiting.pop()
        if isinstance(value, list):
            waiting += [(item, describes) for item in value]
        elif isinstance(value, dict):
            if describes and not _WRAPPERS & value.keys():
                return True
            waiting += [
                (held, describes or key not in _HOLDING)
                for key, held in value.items()
                if key in _HOLDING or not key.startswith("@") or key in ("@type", "@value")
            ]
        elif value is not None:
            return True
    return False
