"""What may surprise in the answer to a valid query, found in its text without parsing it.

GROUP_CONCAT joins strings (https://www.w3.org/TR/sparql11-query/#aggGroupConcat). A group with any other value has an
error for a value, and SELECT leaves its cell empty (https://www.w3.org/TR/sparql11-query/#assignment) without a word.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from computeatlas.sparql.tokens import Token

_WORD = "GROUP_CONCAT"
#: Characters of a variable's name that a hint repeats.
_LONGEST = 40


class BareConcat(NamedTuple):
    """A GROUP_CONCAT whose argument is the variable `argument`, written `?x`; `column` is the name behind its AS."""

    argument: str
    column: str | None = None

    @property
    def hint(self) -> str:
        """What to do about empty cells, in one line."""
        name = self.argument
        what = f"cells are empty where {name} has other values"
        return f"GROUP_CONCAT needs strings: {what}; write GROUP_CONCAT(STR({name}))"

    @property
    def short_ascii_hint(self) -> str:
        """The hint for a header of HTTP; a name that is long or not in ASCII is left out."""
        plain = self.argument.isascii() and len(self.argument) <= _LONGEST
        return (self if plain else BareConcat("?x")).hint


def bare_concats(query: str) -> tuple[BareConcat, ...]:
    """Return each GROUP_CONCAT of `query` over a variable as it is, without STR(); what is no SPARQL may have any.

    Costs a search for the word where the query has none. Never raises.
    """
    if _WORD not in query.upper():
        return ()
    tokens = list(tokenize(query))
    found = (_bare_concat(tokens, index) for index, token in enumerate(tokens) if token.says(_WORD))
    return tuple(concat for concat in found if concat)


def concat_of_empty_column(
    query: str, columns: Sequence[str], rows: int, filled: Callable[[str], int]
) -> BareConcat | None:
    """Return the first GROUP_CONCAT of `query` that seems to have left a column empty, or None.

    The answer has `columns` and `rows`, a number; `filled` takes a column and returns how many cells have a value.
    The column must be empty as a whole: a group without any value leaves single cells empty too. A GROUP_CONCAT that is
    in no column, but in a condition, say, may have cost all rows, or another column its values.
    """

    def seems_empty(concat: BareConcat) -> bool:
        if concat.column is not None and concat.column in columns:
            return rows > 0 and filled(concat.column) == 0
        return rows == 0 or not all(map(filled, columns))

    return next(filter(seems_empty, bare_concats(query)), None)


def _bare_concat(tokens: Sequence[Token], index: int) -> BareConcat | None:
    """Return the GROUP_CONCAT whose name is the token at `index`, or None if its argument is more than a variable."""
    opening, *inside = (*tokens[index + 1 : index + 5], None, None, None, None)[:4]
    if opening is None or not opening.marks("("):
        return None
    if inside[0] is not None and inside[0].says("DISTINCT"):
        inside = inside[1:]
    argument, behind = inside[0], inside[1]
    if argument is None or argument.kind is not Kind.VAR or behind is None or not behind.marks(")", ";"):
        return None
    # DISTINCT, the variable, and ; SEPARATOR = "…" at most.
    end = min(index + 9, len(tokens))
    closing = next((at for at in range(index + 2, end) if tokens[at].marks(")")), len(tokens))
    after = tokens[closing + 1 : closing + 3]
    named = len(after) == 2 and after[0].says("AS") and after[1].kind is Kind.VAR
    return BareConcat(f"?{argument.text[1:]}", after[1].text[1:] if named else None)
