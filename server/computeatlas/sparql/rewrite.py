"""Queries and updates changed in their text, token by token, where the engine has no option for it.

A text that is not SPARQL comes back as something that is not SPARQL. Nothing is inserted that holds a line break, but
`DELETE WHERE` writes its pattern twice: where a position is to be shown to people, let the engine parse what they sent.
"""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from computeatlas.model.errors import DatasetConflictError
from computeatlas.model.position import place
from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.sparql.tokens import Token

# The characters of RFC 3987 without those of private use, and brackets in a host only: what Oxigraph takes.
_CHARACTER = (
    r"(?:[A-Za-z0-9\-._~:/?@!$&'()*+,;=\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef\U00010000-\U000efffd]|%[0-9A-Fa-f]{2})"
)
_IRI = re.compile(
    rf"[A-Za-z][A-Za-z0-9+.\-]*:(?://(?:[^/?#@\[\]<>\s]*@)?\[[0-9A-Fa-f:.]+\](?=[:/?#]|\Z))?{_CHARACTER}*(?:\#{_CHARACTER}*)?"
)
_FORMS = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")


def with_using(update: str, using: Sequence[str] = (), using_named: Sequence[str] = ()) -> str:
    """Return `update` with the data set of the protocol's using-graph-uri and using-named-graph-uri.

    Each of its operations that has a pattern gets a USING clause for each IRI of `using` and a USING NAMED clause for
    each of `using_named` (https://www.w3.org/TR/sparql11-protocol/#update-dataset); the other operations read no data
    set and stay as they are. With both empty the update comes back as it is.

    Raises DatasetConflictError if the update names a data set itself, by USING, USING NAMED or WITH, or if one of the
    IRIs is relative or no IRI.
    """
    if not using and not using_named:
        return update
    clauses = [f"USING <{_checked(iri)}>" for iri in using]
    clauses += [f"USING NAMED <{_checked(iri)}>" for iri in using_named]
    clause = " ".join(clauses)
    # Braces too stand at depth 0: a bracket is outside of itself.
    outer = [token for token in tokenize(update) if token.depth == 0]
    parts: list[str] = []
    done = 0
    for before, token, after in zip([None, *outer], outer, [*outer[1:], None], strict=False):
        if _names_a_data_set(before, token):
            what = "the request has using-graph-uri or using-named-graph-uri, and the update names a data set too"
            hint = "use the parameters or USING, USING NAMED and WITH, not both"
            raise DatasetConflictError(what, where=place(update, token.start), hint=hint)
        if not token.says("WHERE"):
            continue
        if before is not None and before.says("DELETE"):
            pattern = _braces(update, after, outer)
            parts += update[done : token.start], f"{pattern} {clause} "
        else:
            parts += update[done : token.start], f" {clause} "
        done = token.start
    return "".join((*parts, update[done:]))


def with_limit(query: str, rows: int, *, graphs: bool = True) -> str:
    """Return `query` with no more than `rows` solutions: its own LIMIT lowered, or one put in.

    That is the LIMIT of the query as a whole, not of a subquery. ASK has one answer and stays as it is; CONSTRUCT and
    DESCRIBE make their graphs from that many solutions (https://www.w3.org/TR/sparql11-query/#modResultLimit), or stay
    as they are too, without `graphs`.
    """
    outer = [token for token in tokenize(query) if token.depth == 0]
    form = next((token for token in outer if token.says(*_FORMS)), None)
    if form is None or form.says("ASK") or not (graphs or form.says("SELECT")):
        return query
    for word, number in itertools.pairwise(outer):
        if word.says("LIMIT") and number.kind is Kind.INTEGER:
            if not _is_more(number.text, rows):
                return query
            return f"{query[: number.start]}{rows}{query[number.end :]}"
    values = next((token for token in outer if token.says("VALUES")), None)
    # Right behind the last token, so that no comment swallows it.
    place = values.start if values else outer[-1].end
    return f"{query[:place]} LIMIT {rows} {query[place:]}"


def with_offset(query: str, rows: int) -> str:
    """Return `query` with the number of its first OFFSET, wherever that is, replaced by `rows`.

    Raises KeyError where it has no OFFSET.
    """
    for word, number in itertools.pairwise(token for token in tokenize(query) if token.kind is not Kind.COMMENT):
        if word.says("OFFSET") and number.kind is Kind.INTEGER:
            return f"{query[: number.start]}{rows}{query[number.end :]}"
    raise KeyError("OFFSET")


def _checked(iri: str) -> str:
    if not _IRI.fullmatch(iri):
        raise DatasetConflictError(f"{iri!r} is not an absolute IRI", hint="name each graph by an absolute IRI")
    return iri


def _names_a_data_set(before: Token | None, token: Token) -> bool:
    """Return whether `token` is USING or WITH, maybe with a prefixed name glued to it that is declared as a whole."""
    if token.kind is Kind.PNAME and before is not None and before.marks("}"):
        return True
    if token.kind is Kind.PNAME and token.text.upper().startswith("WITH"):
        return before is None or before.marks(";") or before.kind in (Kind.IRI, Kind.STRING)
    return token.says("USING", "WITH")


def _braces(text: str, opening: Token | None, outer: Sequence[Token]) -> str:
    """Return the stretch of `text` from the brace `opening` to the one that closes it."""
    if opening is None or not opening.marks("{"):
        return ""
    closing = next((token for token in outer if token.start > opening.start and token.marks("}")), None)
    return text[opening.start : closing.end if closing else len(text)]


def _is_more(digits: str, rows: int) -> bool:
    """Return whether the number written in `digits`, maybe thousands of them, is more than `rows`."""
    significant, most = digits.lstrip("0"), str(rows)
    return len(significant) > len(most) or (len(significant) == len(most) and significant > most)
