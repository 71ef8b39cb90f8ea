"""A suggestion for a token that stands where it cannot: the mistakes that people make in SPARQL."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, NamedTuple

from computeatlas.sparql.tokens import FUNCTIONS, Kind, Token

if TYPE_CHECKING:
    from collections.abc import Sequence


class Place(NamedTuple):
    """What is known of a place where a text ceases to be SPARQL.

    The token there, those around it, all of them, what could have stood there (as the grammar names it), and whether
    the text was sent as an update.
    """

    token: Token
    before: Token | None
    after: Token | None
    tokens: Sequence[Token]
    expected: frozenset[str]
    update: bool


def suggest(place: Place) -> str | None:
    """Return what to do about the token at `place`, in a few words, or None if nothing is likely."""
    for rule in (_wrong_kind, _wrong_operator, _wrong_comma, _missing_brackets, _wrong_word, _missing_mark):
        if hint := rule(place):
            return hint
    return None


OPERATIONS = ("LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "INSERT", "DELETE", "WITH")
FORMS = ("SELECT", "CONSTRUCT", "DESCRIBE", "ASK")
#: What the grammar writes in capitals and is no keyword.
_CLASSES = frozenset(
    ("IRI", "PNAME", "PNAME_NS", "VAR", "BLANK", "STRING", "LANGTAG", "NUMBER", "INTEGER", "SIGNED", "FUNCTION")
)
_TERMS = frozenset((Kind.IRI, Kind.PNAME, Kind.VAR, Kind.STRING, Kind.BLANK, Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE))
_CLAUSES = frozenset(("SELECT", "FROM", "WHERE", "GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"))
_OTHER_LANGUAGES = {
    "AND": "write && for AND in an expression, and nothing between patterns",
    "BINDINGS": "write VALUES",
    "BETWEEN": "write ?x >= … && ?x <= …",
    "CASE": "write IF(condition, value, other value)",
    "IS": "write BOUND(?x) for IS NOT NULL, and !BOUND(?x) for IS NULL",
    "JOIN": "write the patterns one behind the other: a shared variable joins them",
    "LIKE": "write CONTAINS(?x, …), STRSTARTS(?x, …) or REGEX(?x, …)",
    "OR": "write || for OR in an expression, and UNION between groups",
    "TOP": "write LIMIT at the end of the query",
    "UNION": "put each side of UNION in { }",
    "UPDATE": "write DELETE { … } INSERT { … } WHERE { … }",
}


def _wrong_kind(place: Place) -> str | None:
    """A whole that is something else: an update for a query, an aggregate for a column, a table for a graph."""
    token, before, expected = place.token, place.before, place.expected
    if not place.update and token.says(*OPERATIONS) and "SELECT" in expected:
        return "this is an update: send it to the update endpoint, as update=…"
    if place.update and token.says(*FORMS) and "INSERT" in expected:
        return "this is a query: send it to the query endpoint, as query=…"
    called = place.after is not None and place.after.marks("(")
    if called and token.says(*FUNCTIONS) and {"VAR", "("} <= expected and "FUNCTION" not in expected:
        return f"write ({_call(place)} AS ?{'n' if token.says('COUNT') else 'value'})"
    if token.marks(")") and "AS" in expected:
        return "name the value: AS ?name before the )"
    if token.marks(";") and "end" in expected and not place.update:
        return "take ; out: a query has none at its end"
    if "PNAME_NS" in expected:
        return f"a prefix ends in a colon: {token.text}:" if token.kind is Kind.NAME else "write PREFIX name: <IRI>"
    if before is not None and before.says("FROM", "NAMED", "GRAPH", "INTO", "USING", "WITH"):
        return "name a graph here, by its IRI; what is sought goes in { }"
    return None


def _wrong_operator(place: Place) -> str | None:
    token, before = place.token, place.before
    if before is not None and before.end == token.start:
        if before.marks("=") and token.marks("="):
            return "write = for =="
        if before.marks("<") and token.marks(">"):
            return "write != for <>"
    if "&&" in place.expected:
        if token.marks("|"):
            return "write || for “or”"
        if token.marks("^", "~", "^^"):
            return f"{token.text} is no operator of expressions"
    return None


def _wrong_comma(place: Place) -> str | None:
    token, before = place.token, place.before
    if not token.marks(",") or before is None:
        return None
    if "OFFSET" in place.expected or before.kind is Kind.INTEGER:
        return "write LIMIT and OFFSET, each with its number"
    if "VAR" in place.expected and (before.kind is Kind.VAR or before.marks(")")):
        return "take the comma out: a blank is enough between variables"
    return None


def _missing_brackets(place: Place) -> str | None:
    before, expected = place.before, place.expected
    if before is not None and place.token.kind is not Kind.NAME and before.says("FILTER", "HAVING", "ASC", "DESC"):
        return f"put brackets around the expression: {before.text.upper()} ( … )"
    if before is not None and before.says("ORDER", "GROUP") and "BY" in expected:
        return f"write {before.text.upper()} BY"
    if "{" in expected and expected <= {"{", "WHERE", "FROM", "NAMED"} and place.token.kind is not Kind.NAME:
        return "put the pattern in { }"
    return None


def _wrong_word(place: Place) -> str | None:
    """A misspelt keyword, one of another language, one in a wrong place, or a word that is none."""
    token, expected = place.token, place.expected
    if token.kind is not Kind.NAME:
        return None
    word = token.text.upper()
    if token.text.lower() in expected:
        return f"write {token.text.lower()} in small letters"
    if word in _OTHER_LANGUAGES:
        return _OTHER_LANGUAGES[word]
    called = "FUNCTION" in expected and place.after is not None and place.after.marks("(")
    if word not in FUNCTIONS | _CLAUSES:
        words = {name for name in expected if name.isupper()} - _CLASSES | (FUNCTIONS if called else frozenset())
        if close := difflib.get_close_matches(word[:40], sorted(words), 1, 0.7):
            return f"there is no function {token.text}; the nearest is {close[0]}" if called else f"write {close[0]}"
        if called:
            return f"there is no function {token.text}; one of your own is called by its IRI"
    elif word in _CLAUSES and not place.update and expected & ({"end"} | _CLAUSES):
        return "the order is SELECT, FROM, WHERE { }, GROUP BY, HAVING, ORDER BY, LIMIT and OFFSET, VALUES"
    if word not in FUNCTIONS | _CLAUSES and "VAR" in expected:
        return f"a bare word is no term: write ?{token.text}" + (
            f', "{token.text}" or prefix:{token.text}' if "PNAME" in expected else ""
        )
    return None


def _missing_mark(place: Place) -> str | None:
    token, before, expected = place.token, place.before, place.expected
    begins_a_term = token.kind in _TERMS
    if before is not None and {".", ";", ","} <= expected and (begins_a_term or token.marks("[", "(", "<<")):
        stop = f"put . between “{before.text}” and “{token.text}”"
        return f"{stop}, or ; if the subject stays, or , if subject and verb stay"
    if begins_a_term and {",", ")"} <= expected:
        return "put , between the arguments, or an operator between the operands"
    if begins_a_term and "&&" in expected:
        return "put an operator between the operands, or close the bracket"
    if token.marks(".", ";", ","):
        return f"take {token.text} out, or put in what belongs before it"
    if token.marks("{") and {"/", "|"} <= expected:
        return "a path takes *, + and ? only: write p/p for p{2}"
    if token.marks("<<") and "<<(" in expected:
        return "write <<( … )>>: an expression takes triple terms only"
    if (token.marks("[") or token.kind is Kind.BLANK) and "VAR" in expected and "BLANK" not in expected:
        return "a blank node cannot stand here: write a variable for it"
    if "INTEGER" in expected and before is not None and before.says("LIMIT", "OFFSET"):
        return f"behind {before.text.upper()} goes a whole number, without sign"
    if "IRI" in expected and token.text.endswith(":"):
        return "write the IRI in < and >"
    if "GRAPH" in expected and "DEFAULT" in expected and token.kind in (Kind.IRI, Kind.PNAME):
        return f"write GRAPH {token.text}"
    if place.update and ";" in expected and "end" in expected:
        if token.says("LIMIT", "OFFSET", "ORDER", "GROUP"):
            return f"an update has no {token.text.upper()}: put it in a subquery, WHERE {{ SELECT … }}"
        return "put ; between two operations"
    if expected == {"AS"}:
        return "write AS ?name"
    if expected == {"VAR"}:
        return "a variable such as ?name belongs here"
    names = sorted(expected - _CLASSES - {"end"})
    if 0 < len(names) <= 3 and len(names) == len(expected):
        return f"put {' or '.join(names)} before it"
    return None


def _call(place: Place) -> str:
    """Return the function call that begins with the token at `place`."""
    begin = place.tokens.index(place.token)
    depth = place.token.depth
    parts: list[str] = []
    for token in place.tokens[begin:]:
        glued = not parts or token.marks(")", ",", ";") or parts[-1] == "(" or (token.marks("(") and len(parts) == 1)
        parts.append(token.text if glued else f" {token.text}")
        if token.marks(")") and token.depth == depth:
            break
    return "".join(parts[:20])
