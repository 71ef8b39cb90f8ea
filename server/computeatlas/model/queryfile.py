"""A `.rq` file: SPARQL with a header of `#+ key: value` lines.

The header form follows grlc (https://grlc.io/). A line `#+   more` continues the value before it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.model.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

_KEY = re.compile(r"^#\+ (?P<key>[a-z]+): *(?P<value>.*)$")
_MORE = re.compile(r"^#\+   +(?P<value>.*)$")


@dataclass(frozen=True)
class QueryFile:
    """A query with what its header says: at least a summary; `header` has every key."""

    name: str
    text: str
    header: dict[str, str]

    @property
    def summary(self) -> str:
        return self.header["summary"]

    @property
    def title(self) -> str:
        return self.header.get("title", self.summary)


def parse_query_text(name: str, text: str, *, require: tuple[str, ...] = ()) -> QueryFile:
    """Return the query in `text`; raises UsageError where a key of `require` is missing from its header."""
    header: dict[str, str] = {}
    last = None
    for line in text.splitlines():
        if match := _KEY.match(line):
            last = match["key"]
            header[last] = match["value"].strip()
        elif last and (match := _MORE.match(line)):
            header[last] += " " + match["value"].strip()
        elif not line.startswith("#"):
            break
    for key in require:
        if not header.get(key):
            raise UsageError(f"the header has no `#+ {key}:` line", where=name, hint="add it at the top of the file")
    return QueryFile(name=name, text=text, header=header)


def read_query(path: Path, *, require: tuple[str, ...] = ()) -> QueryFile:
    """Return the query in the file `path`, named after it, without a byte-order mark.

    Raises UsageError where the file cannot be read as UTF-8 or lacks a key of `require`.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError as error:
        raise UsageError("no such file", where=str(path), hint="name a .rq file") from error
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError("cannot be read as UTF-8 text", where=str(path), why=str(error)) from error
    return parse_query_text(path.stem, text, require=require)
