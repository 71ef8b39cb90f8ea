"""Findings about files that are not Turtle 1.1, worded once for all that parse them."""

from __future__ import annotations

from computeatlas.model.findings import Finding


def syntax_finding(error: SyntaxError, name: str, why: str) -> Finding:
    """Return the finding for what pyoxigraph says of the file `name`, with its line and column."""
    what = (error.msg or str(error)).partition(": ")[2] or str(error)
    what = f"column {error.offset}: {what}" if error.offset else what
    hint = "fix the line; the fault may be at the end of the line before"
    return Finding(name, error.lineno or 1, "syntax", what, why, hint)


def too_new_finding(name: str, line: int) -> Finding:
    """Return the finding for what pyoxigraph reads on `line` of the file `name` and Turtle 1.1 does not have."""
    why = "Protégé and most tools cannot read it"
    return Finding(name, line, "turtle-1.1", "this is newer than Turtle 1.1", why, "write it in Turtle 1.1")
