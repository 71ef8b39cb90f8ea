"""ORDER BY in a form that sorts values of every kind: each order condition becomes several, each of one kind.

SPARQL fixes an order between unbound values, blank nodes, IRIs and literals, and among some literals
(https://www.w3.org/TR/sparql11-query/#modOrderBy). Oxigraph compares two literals by value where it can and by text
where it cannot; with values of several kinds that is no total order, on which its sort may end the process.

The order that `order_by_kind` gives, from low to high:

1. unbound, and expressions that are an error;
2. blank nodes;
3. IRIs, by their characters;
4. numbers: NaN, then all types together by value as xsd:double, exact ones that are equal so by value as xsd:decimal;
5. booleans, false first;
6. points in time: xsd:dateTime, xsd:date, xsd:gYear and xsd:gYearMonth together, each by the moment at which it begins,
   those without a time zone as if in UTC;
7. xsd:time, without a time zone as if in UTC;
8. durations, by how long each is before 2000-01-01, since months differ in length;
9. texts, with and without language: by their characters, then without language first, then by language tag;
10. all other literals, malformed ones too: by the IRI of the datatype, then by the characters;
11. triple terms: by subject, predicate, then object in this order; those nested more than `NESTED` deep are equal.

What is equal in value is in order of datatype and characters. `DESC` is the exact reverse.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from computeatlas.sparql.tokens import FUNCTIONS, Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.sparql.tokens import Token

#: How deep the objects of triple terms are compared: each level adds ten sort keys to the query.
NESTED = 2

_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def _xsd(name: str) -> str:
    return f"<http://www.w3.org/2001/XMLSchema#{name}>"


_EXACT = ", ".join(
    map(
        _xsd,
        ("integer", "decimal", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger",
         "nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort", "unsignedByte"),
    )
)  # fmt: skip
_DURATIONS = ", ".join(map(_xsd, ("duration", "dayTimeDuration", "yearMonthDuration")))
_TEXTS = f"{_xsd('string')}, <{_RDF}langString>, <{_RDF}dirLangString>"
#: An expression that is an error, which sorts as an unbound value does.
_ERROR = "1/0"
_CALLS_OF_ONE_KIND = """
    BNODE BOUND CONCAT CONTAINS COUNT DATATYPE DAY ENCODE_FOR_URI EXISTS GROUP_CONCAT HASLANG HASLANGDIR HOURS IRI
    ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LCASE MD5 MINUTES MONTH REGEX REPLACE
    SAMETERM SHA1 SHA256 SHA384 SHA512 STR STRAFTER STRBEFORE STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID
    SUBSTR TZ UCASE URI UUID YEAR"""
#: Built-in calls and aggregates whose values Oxigraph has a total order for: all of them texts, whole numbers of at
#: most 64 bits, booleans, or IRIs and blank nodes.
_ONE_KIND = frozenset(_CALLS_OF_ONE_KIND.split())


def order_by_kind(query: str) -> str:
    """Return `query` with each ORDER BY, in sub-selects too, in the order of this module whatever is sorted.

    `query` must be SPARQL, as an engine has taken it. It keeps its variables and its solutions. Order conditions whose
    values the engine can always sort stay as they are, so a query without others comes back unchanged.
    """
    tokens = list(tokenize(query))
    if not tokens:
        return query
    # There may be comments before the first token and behind the last.
    rewritten = _Rewriter(query, tokens).rewrite(0, len(tokens) - 1)
    return query[: tokens[0].start] + rewritten + query[tokens[-1].end :]


class _Condition(NamedTuple):
    """An order condition: its last token by index, its direction, and its expression by first and last token."""

    last: int
    direction: str
    first_of_value: int
    last_of_value: int


class _Rewriter:
    def __init__(self, text: str, tokens: Sequence[Token]):
        self._text = text
        self._tokens = tokens

    def rewrite(self, first: int, last: int) -> str:
        """Return the text from the token `first` to the end of the token `last`, with its ORDER BYs rewritten."""
        tokens, parts = self._tokens, []
        done = tokens[first].start
        index = first
        while index < last:
            if not (tokens[index].says("ORDER") and tokens[index + 1].says("BY")):
                index += 1
                continue
            index += 2
            while index <= last and (condition := self._condition(index)) is not None:
                if not self._is_of_one_kind(condition):
                    value = self.rewrite(condition.first_of_value, condition.last_of_value)
                    parts.append(self._text[done : tokens[index].start])
                    parts += (f" {condition.direction}({key})" for key in _keys(value, NESTED))
                    done = tokens[condition.last].end
                index = condition.last + 1
        return "".join((*parts, self._text[done : tokens[last].end]))

    def _condition(self, index: int) -> _Condition | None:
        """Return the order condition that begins with the token at `index`, or None where none does."""
        token = self._tokens[index]
        if token.kind is Kind.VAR:
            return _Condition(index, "ASC", index, index)
        opening = index
        if token.says("NOT"):
            opening += 2
        elif token.says("ASC", "DESC", "EXISTS", *FUNCTIONS) or token.kind in (Kind.IRI, Kind.PNAME):
            opening += 1
        if opening >= len(self._tokens) or not self._tokens[opening].marks("(", "{"):
            return None
        last = self._closing(opening)
        if last is None:
            return None
        if token.says("ASC", "DESC"):
            return _Condition(last, token.text.upper(), opening, last)
        return _Condition(last, "ASC", index, last)

    def _closing(self, opening: int) -> int | None:
        depth = self._tokens[opening].depth
        inside = range(opening + 1, len(self._tokens))
        return next((i for i in inside if self._tokens[i].depth == depth), None)

    def _is_of_one_kind(self, condition: _Condition) -> bool:
        """Return whether the condition is a single call of a function that the engine has an order for."""
        first, last = condition.first_of_value, condition.last_of_value
        while self._tokens[first].marks("(") and self._closing(first) == last:
            first, last = first + 1, last - 1
        call = self._tokens[first]
        if call.says("NOT"):
            first += 1
            call = self._tokens[first]
        is_call = call.kind is Kind.NAME and first < last and self._closing(first + 1) == last
        return is_call and call.text.upper() in _ONE_KIND


def _keys(e: str, nested: int) -> list[str]:
    """Return the expressions to sort by, the first key first, for the values of the expression `e`.

    Each gives values of one type only, for whatever value of `e`, so that no comparison depends on another key.
    """
    e = f"({e})" if not e.startswith(("?", "$", "(", "OBJECT(")) else e
    datatype, text = f"DATATYPE({e})", f"STR({e})"
    # Whole numbers of more than 64 bits are no numbers to Oxigraph, but texts of digits.
    digits = f'IF({datatype} IN ({_EXACT}) && REGEX({text}, "^[-+]?[0-9.]+$"), {_xsd("double")}({text}), {_ERROR})'
    number = f"IF(isNumeric({e}), {_xsd('double')}({e}), {digits})"
    truth = f"IF({datatype} = {_xsd('boolean')}, {_xsd('double')}({e}), {_ERROR})"
    moment = _moment(e, datatype, text)
    # Two subtractions make a length in seconds of any duration. Oxigraph adds in either order, and fails in one.
    zero = f'"2000-01-01T00:00:00Z"^^{_xsd("dateTime")}'
    length = f"{zero} - ({zero} - IF({datatype} IN ({_DURATIONS}), {e}, {_ERROR}))"
    # x = x is an error where x is one, and false for NaN.
    other_literal = (
        f"COALESCE(IF({number} = {number}, 4, 3), IF({truth} = {truth}, 5, 5), "
        f"IF({moment} = {moment}, IF({datatype} = {_xsd('time')}, 7, 6), 6), IF({length} = {length}, 8, 8), 10)"
    )
    literal = f"IF({datatype} IN ({_TEXTS}), 9, {other_literal})"
    keys = [
        f"COALESCE(IF(isBlank({e}), 1, IF(isIRI({e}), 2, IF(isTRIPLE({e}), 11, {literal}))), 0)",
        f"COALESCE(IF({number} = {number}, {number}, {_ERROR}), {truth})",
        f"IF({datatype} IN ({_EXACT}), {_xsd('decimal')}({text}), {_ERROR})",
        moment,
        length,
        f'IF(isIRI({e}) || {datatype} IN ({_TEXTS}), {text}, CONCAT(STR({datatype}), " ", {text}))',
        f'CONCAT(LANG({e}), " ", COALESCE(LANGDIR({e}), ""))',
        f"IF(isBlank({e}), {e}, {_ERROR})",
    ]
    if nested:
        # The subject may be an IRI or a blank node, which the engine sorts.
        keys += f"SUBJECT({e})", f"PREDICATE({e})", *_keys(f"OBJECT({e})", nested - 1)
    return keys


def _moment(e: str, datatype: str, text: str) -> str:
    """Return the expression of the point in time at which the value of `e` begins, as xsd:dateTime with a time zone."""
    # `${1}` is how Oxigraph's regular expressions refer to a group that a digit follows.
    time = f'IF({datatype} = {_xsd("time")}, CONCAT("2000-01-01T", {text}), {_ERROR})'
    month = f'REPLACE({text}, "^(-?[0-9]+-[0-9]+)", "${{1}}-01T00:00:00")'
    year = f'REPLACE({text}, "^(-?[0-9]+)", "${{1}}-01-01T00:00:00")'
    other = f"IF({datatype} = {_xsd('gYearMonth')}, {month}, {time})"
    made = f"{_xsd('dateTime')}(IF({datatype} = {_xsd('gYear')}, {year}, {other}))"
    known = f"{datatype} IN ({_xsd('dateTime')}, {_xsd('date')})"
    moment = f"IF({known}, {_xsd('dateTime')}({e}), {made})"
    return f'ADJUST({moment}, "PT0S"^^{_xsd("dayTimeDuration")})'
