"""Archived texts on the disk of whoever holds them, and what stands around a passage.

The texts are for the eyes of their holder: nothing of them enters the graph, a release or what is kept of answers.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from computeatlas.model.errors import UsageError
from computeatlas.model.files import file_digest

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.model.records import Passage

#: Characters shown on each side of a passage.
CONTEXT = 200

#: Line ends would break a passage over lines, and a terminal would obey control characters.
_BLANK = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")


class TextState(StrEnum):
    """What became of the search for a passage in the archive."""

    SOUND = "sound"
    MISSING = "missing"
    CHANGED = "changed"
    DIFFERENT = "different"


@dataclass(frozen=True)
class Excerpt:
    """A passage with what stands around it, each on one line; the texts are empty unless it was found SOUND.

    MISSING: no file has the digest of its document. CHANGED: the file had it, and has another one now. DIFFERENT: the
    stretch does not have the digest of the passage.
    """

    state: TextState
    before: str = ""
    text: str = ""
    after: str = ""


class TextArchive:
    """The files below a directory, found by the SHA-256 that they had when the archive was opened."""

    def __init__(self, directory: Path):
        """Read every file once; raises UsageError where `directory` is missing or a file cannot be read."""
        if not directory.is_dir():
            raise UsageError("no such directory", where=str(directory), hint="name the archive with --archive DIR")
        try:
            self._files = {file_digest(path): path for path in sorted(directory.rglob("*")) if path.is_file()}
        except OSError as error:
            why = error.strerror or str(error)
            raise UsageError("cannot be read", where=str(error.filename or directory), why=why) from error

    def excerpt(self, passage: Passage) -> Excerpt:
        """Return an archived passage in its context, verified by the digests of its document and of itself."""
        source = passage.source
        path = self._files.get(source.digest) if source and source.digest else None
        if path is None or source is None:
            return Excerpt(TextState.MISSING)
        try:
            data = path.read_bytes()
        except OSError:
            return Excerpt(TextState.MISSING)
        if hashlib.sha256(data).hexdigest() != source.digest:
            return Excerpt(TextState.CHANGED)
        document = data.decode("utf-8", "replace")
        if passage.start is None or passage.end is None:
            return Excerpt(TextState.DIFFERENT)
        text = document[passage.start : passage.end]
        if hashlib.sha256(text.encode()).hexdigest() != passage.digest:
            return Excerpt(TextState.DIFFERENT)
        return Excerpt(TextState.SOUND, *surroundings(document, passage.start, passage.end))


def surroundings(document: str, start: int, end: int) -> tuple[str, str, str]:
    """Return what stands before, from `start` to `end`, and after, each on one line.

    What stands around it begins and ends at borders of words, with an ellipsis where `document` goes on.
    """
    return _before(document, start), on_one_line(document[start:end]), _after(document, end)


def on_one_line(text: str) -> str:
    """Return `text` with a blank for each run of blanks, line ends and control characters."""
    return _BLANK.sub(" ", text)


def _before(document: str, end: int) -> str:
    end = _within(document, end)
    start = max(end - CONTEXT, 0)
    context = document[start:end]
    if start > 0:
        # A word cut in two goes, unless it is all there is.
        if not document[start - 1].isspace():
            context = re.sub(r"\A\S+(?=\s)", "", context)
        return "…" + on_one_line(context.lstrip())
    return on_one_line(context.lstrip())


def _after(document: str, start: int) -> str:
    start = _within(document, start)
    end = start + CONTEXT
    context = document[start:end]
    if end < len(document):
        if not document[end].isspace():
            context = re.sub(r"(?<=\s)\S+\Z", "", context)
        return on_one_line(context.rstrip()) + "…"
    return on_one_line(context.rstrip())


def _within(document: str, position: int) -> int:
    """Return `position`, or the end of `document` that is nearest to it: the graph may be wrong."""
    return min(max(position, 0), len(document))
