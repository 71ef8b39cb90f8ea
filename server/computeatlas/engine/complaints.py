"""What Oxigraph says of a malformed query, for people.

Its message names the furthest position that any rule of the grammar looked at, and what those rules wanted there. A
keyword is compared whole, so the position lies behind the place of the fault by the length of the keyword; near the
end of the text the comparison runs out of characters and says nothing of use. Hence the query is tried once more with
ROOM behind it, and the length is taken off again.
"""

from __future__ import annotations

import re

from computeatlas.model.errors import QuerySyntaxError
from computeatlas.model.namespaces import PREFIXES

#: More blanks than the longest keyword of SPARQL has letters.
ROOM = " " * 40

_COMPLAINT = re.compile(r"^error at (?P<line>\d+):(?P<column>\d+): expected (?:one of )?(?P<wanted>.*)$", re.DOTALL)
_QUOTED = re.compile(r"\[.*?\](?=,|$)|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_KEYWORD = re.compile(r"\b[A-Z][A-Z0-9_]+\b(?! [a-z])")
_MANUAL = "see https://www.w3.org/TR/sparql11-query/"


def explain(text: str, complaint: str) -> QuerySyntaxError:
    """Return the error to show for the query `text`, of which Oxigraph, given ROOM behind it, said `complaint`."""
    match = _COMPLAINT.match(complaint)
    if not match:
        return QuerySyntaxError(" ".join(complaint.split()), mend=_MANUAL)
    wanted = match["wanted"]
    offset = _offset(text + ROOM, int(match["line"]), int(match["column"]))
    if "Prefix not found" in wanted:
        return _undeclared_prefix(text, offset)
    if "variable that is unbound" in wanted:
        line, column = _position(text, 0)
        what = "SELECT names a variable that the pattern does not bind or that is not in GROUP BY"
        return QuerySyntaxError(what, line=line, column=column, mend=_MANUAL)
    keywords = _KEYWORD.findall(_QUOTED.sub("", wanted))
    if keywords and not _QUOTED.search(wanted):
        offset -= min(map(len, keywords))
    offset = max(0, min(offset, len(text.rstrip())))
    line, column = _position(text, offset)
    near = text[offset : offset + 20].split("\n")[0].strip()
    what = f"unexpected input at or after “{near}”" if near else "the query ends too early"
    return QuerySyntaxError(what, line=line, column=column, mend=_MANUAL)


def _undeclared_prefix(text: str, offset: int) -> QuerySyntaxError:
    """The position is that behind the prefixed name."""
    names = list(re.finditer(r"([A-Za-z][\w.-]*)?:", text[:offset]))
    name = (names[-1][1] or "") if names else ""
    line, column = _position(text, names[-1].start() if names else offset)
    known = PREFIXES.get(name)
    mend = f"add PREFIX {name}: <{known or '…'}> at the top"
    return QuerySyntaxError(f"the prefix {name}: is not declared", line=line, column=column, mend=mend)


def _offset(text: str, line: int, column: int) -> int:
    """Return the index of a position that counts from 1."""
    start = 0
    for _ in range(line - 1):
        start = text.index("\n", start) + 1
    return start + column - 1


def _position(text: str, offset: int) -> tuple[int, int]:
    """Return line and column, counting from 1, of the index `offset`."""
    return text.count("\n", 0, offset) + 1, offset - text.rfind("\n", 0, offset)
