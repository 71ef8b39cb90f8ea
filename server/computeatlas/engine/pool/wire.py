"""The wire format between the web process and its workers: jobs one way, frames the other.

A job is trusted, since the web process wrote it, so it is marshalled. A worker may be corrupt, so its messages are
frames of one letter, a length and bytes, and structured values in them are JSON.
"""

from __future__ import annotations

import json
import marshal
import struct
from typing import Any, NamedTuple

from computeatlas.model import errors
from computeatlas.model.errors import AtlasError, EngineFaultError
from computeatlas.model.mediatypes import FORMATS, Format

#: Letters of frames: a whole answer; the beginning of one; more of it; its end; an error; the worker is ready.
WHOLE, START, DATA, END, ERROR, READY = b"A", b"S", b"D", b"E", b"X", b"R"
#: Content codings, by their number in a frame.
CODINGS = ("identity", "gzip", "br", "zstd")
_FORMAT_NUMBERS = {form.name: number for number, form in enumerate(FORMATS)}
#: Bytes before the payload of a frame: letter and length.
HEAD = 5
#: Before the body of a whole answer or of the beginning of one: format, coding, number of rows plus one.
_ANSWER_HEAD = struct.Struct("<BBQ")
#: How many bytes that are.
ANSWER_HEAD = _ANSWER_HEAD.size


class Job(NamedTuple):
    """Work for a worker: `verb` and what it needs.

    `query`: text, base IRI, graphs of the data set and whether the default graph is the union of all graphs;
    `graph`: the graph named by `named[0]`, or the default graph; `dataset`: all graphs; `exists`: whether there is a
    graph `named[0]`, an empty answer or GraphMissingError.
    `max_rows` and `sort_by_kind` are those of a query, see `engine.base.Query`.
    `formats` are kinds of result with names of formats. `timeout` is in seconds, `max_result` in bytes.
    """

    verb: str
    text: str = ""
    base: str | None = None
    default: tuple[str, ...] = ()
    named: tuple[str, ...] = ()
    union: bool = False
    formats: tuple[tuple[str, str], ...] = ()
    coding: str = "identity"
    timeout: float = 30.0
    max_result: int = 1 << 62
    max_rows: int | None = None
    sort_by_kind: bool = False

    def pack(self) -> bytes:
        """Return the job as length and bytes."""
        data = marshal.dumps(tuple(self))
        return len(data).to_bytes(4, "little") + data

    @classmethod
    def unpack(cls, data: bytes) -> Job:
        """Return the job in `data`, without its length."""
        return cls(*marshal.loads(data))  # noqa: S302 - written by our own web process, see above


def frame(letter: bytes, payload: bytes = b"") -> bytes:
    """Return a frame."""
    return letter + len(payload).to_bytes(4, "little") + payload


def answer_head(form: Format, coding: str, rows: int | None) -> bytes:
    """Return the bytes before the body of an answer; `rows` is None where nobody counted them."""
    return _ANSWER_HEAD.pack(_FORMAT_NUMBERS[form.name], CODINGS.index(coding), 0 if rows is None else rows + 1)


def read_answer_head(payload: bytes) -> tuple[Format, str, int | None]:
    """Return format, coding and number of rows of an answer; raises EngineFaultError for anything else."""
    try:
        form, coding, count = _ANSWER_HEAD.unpack_from(payload)
        return FORMATS[form], CODINGS[coding], count - 1 if count else None
    except (struct.error, IndexError) as error:
        raise EngineFaultError("the worker sent what is no answer") from error


def write_rows(rows: int | None) -> bytes:
    """Return a number of rows, or None, in eight bytes."""
    return (0 if rows is None else rows + 1).to_bytes(8, "little")


def read_rows(payload: bytes) -> int | None:
    """Return what `write_rows` wrote."""
    count = int.from_bytes(payload, "little")
    return count - 1 if count else None


#: Attributes of an error that are sent besides its class.
_PARTS = ("what", "where", "why", "hint", "line", "column", "token", "kind", "retry_after")


def pack_error(error: AtlasError) -> bytes:
    """Return an error as JSON."""
    data: dict[str, Any] = {name: getattr(error, name) for name in _PARTS if getattr(error, name, None) is not None}
    return json.dumps({"error": type(error).__name__, **data}).encode()


def unpack_error(payload: bytes) -> AtlasError:
    """Return the error that `pack_error` wrote; anything else becomes an EngineFaultError."""
    try:
        data = json.loads(payload)
        kind = getattr(errors, data.pop("error"))
        if not issubclass(kind, AtlasError):
            raise TypeError(kind)
        error: AtlasError = kind.__new__(kind)
        AtlasError.__init__(error, str(data.pop("what")))
        for name in _PARTS:
            if name != "what":
                setattr(error, name, data.get(name))
    except (ValueError, AttributeError, TypeError, KeyError, RecursionError):
        return EngineFaultError("the worker sent an error that cannot be read")
    return error
