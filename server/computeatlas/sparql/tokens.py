"""The terminals of SPARQL, found without parsing.

The tokens are those of SPARQL 1.1 (https://www.w3.org/TR/sparql11-query/#sparqlGrammar, section 19.8) and of SPARQL 1.2
(https://www.w3.org/TR/sparql12-query/#sparqlGrammar). Where a text can be cut in several ways, it is cut as Oxigraph
does, because what matters is what the engine will do. Oxigraph has no lexer: its grammar works on characters. So

- `<` after an operand in an expression is the operator, though `<?y&&?z>` is also an IRI;
- keywords need no space behind them: `SELECT?x`, `ORDERBY`, `LIMIT10`, and `SERVICEu:x` if `u:` is declared and
  `SERVICEu:` is not;
- a local name ends before its second run of dots if a keyword follows: `e:a.b.FILTER(…)`;
- `'''` without an end is the empty string `''` and a quote;
- codepoint escapes (section 19.2) count in strings and IRIs only: nowhere else does a backslash make a letter.

`()` and `[]` are two tokens each.
"""

from __future__ import annotations

import re
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from computeatlas.model.name_characters import PLX, PN_CHARS, PN_CHARS_BASE

if TYPE_CHECKING:
    from collections.abc import Iterator


class Kind(Enum):
    """What a token is. NAME is a keyword, a function or any other bare word; ERROR fits nowhere in SPARQL."""

    IRI = "IRI"
    PNAME = "prefixed name"
    BLANK = "blank node label"
    VAR = "variable"
    STRING = "string"
    LANGTAG = "language tag"
    INTEGER = "integer"
    DECIMAL = "decimal"
    DOUBLE = "double"
    NAME = "name"
    COMMENT = "comment"
    PUNCT = "punctuation"
    ERROR = "error"


class Token(NamedTuple):
    """A stretch `text` of the text given, from offset `start` to before `end`, inside `depth` open brackets.

    A bracket stands outside of itself: `(` and its `)` have the same depth.
    """

    kind: Kind
    text: str
    start: int
    end: int
    depth: int

    def says(self, *words: str) -> bool:
        """Return whether the token is one of the keywords `words`, given in capitals."""
        return self.kind is Kind.NAME and self.text.upper() in words

    def marks(self, *marks: str) -> bool:
        """Return whether the token is one of the punctuation `marks`."""
        return self.kind is Kind.PUNCT and self.text in marks

    def ends_operand(self) -> bool:
        """Return whether the token may be the end of a term or an operand, so that an operator may follow."""
        return self.kind in _OPERANDS or self.marks(")", "}", "]", ">>", ")>>", "|}") or self.says("TRUE", "FALSE")


_FUNCTIONS = """
    ABS ADJUST AVG BNODE BOUND CEIL COALESCE CONCAT CONTAINS COUNT DATATYPE DAY ENCODE_FOR_URI FLOOR GROUP_CONCAT
    HASLANG HASLANGDIR HOURS IF IRI ISBLANK ISIRI ISLITERAL ISNUMERIC ISTRIPLE ISURI LANG LANGDIR LANGMATCHES LCASE MAX
    MD5 MIN MINUTES MONTH NOW OBJECT PREDICATE RAND REGEX REPLACE ROUND SAMETERM SAMPLE SECONDS SHA1 SHA256 SHA384
    SHA512 STR STRAFTER STRBEFORE STRDT STRENDS STRLANG STRLANGDIR STRLEN STRSTARTS STRUUID SUBJECT SUBSTR SUM TIMEZONE
    TRIPLE TZ UCASE URI UUID YEAR"""
_KEYWORDS = """
    A ADD ALL AS ASC ASK BASE BIND BY CLEAR CONSTRUCT COPY CREATE DATA DEFAULT DELETE DESC DESCRIBE DISTINCT DROP
    EXISTS FALSE FILTER FROM GRAPH GROUP HAVING IN INSERT INTO LATERAL LIMIT LOAD MINUS MOVE NAMED NOT OFFSET OPTIONAL
    ORDER PREFIX REDUCED SELECT SEPARATOR SERVICE SILENT TO TRUE UNDEF UNION USING VALUES VERSION WHERE WITH"""
#: Names of functions and aggregates, in capitals.
FUNCTIONS = frozenset(_FUNCTIONS.split())
#: The other words of the grammar, in capitals.
KEYWORDS = frozenset(_KEYWORDS.split())

_PREFIX = rf"[{PN_CHARS_BASE}][{PN_CHARS}]*+(?:\.++[{PN_CHARS}]++)*+"
_LOCAL_MORE = rf"(?:[{PN_CHARS}:]|{PLX})"
_PATTERN_WORDS = "BIND|FILTER|GRAPH|LATERAL|MINUS|OPTIONAL|SERVICE|VALUES"
_LOCAL = (
    rf"(?:[{PN_CHARS_BASE}_:0-9]|{PLX}){_LOCAL_MORE}*+(?:\.++{_LOCAL_MORE}++)?+"
    rf"(?:(?!\.++(?i:{_PATTERN_WORDS}))\.++{_LOCAL_MORE}++)*+"
)
# A codepoint that is none (a surrogate, or beyond Unicode) spoils the token, as it does in Oxigraph.
_UCHAR = r"\\u(?![Dd][89A-Fa-f])[0-9A-Fa-f]{4}|\\U00(?!00[Dd][89A-Fa-f])(?:0[0-9A-Fa-f]|10)[0-9A-Fa-f]{4}"
# Oxigraph reads a sign as a hexadecimal digit in IRIs.
_SIGNED_UCHAR = r"\\u\+[0-9A-Fa-f]{3}|\\U\+[0-9A-Fa-f]{7}"
_ECHAR = rf"\\[tbnrf\\\"']|{_UCHAR}"
_EXPONENT = r"[eE][+-]?[0-9]++"
_SPACE = r"[ \t\r\n]*+"


def _terminals(named: str) -> re.Pattern[str]:
    """Return the pattern of one token behind blanks; `named` is that of prefixed names."""
    groups = {
        "VAR": rf"[?$][{PN_CHARS_BASE}_0-9][{PN_CHARS_BASE}_0-9\u00b7\u0300-\u036f\u203f-\u2040]*+",
        "IRI": rf"<(?:[^\x00-\x20<>\"{{}}|^`\\]|{_UCHAR}|{_SIGNED_UCHAR})*+>",
        "PNAME": named,
        "BLANK": rf"_:[{PN_CHARS_BASE}_0-9][{PN_CHARS}]*+(?:\.++[{PN_CHARS}]++)*+",
        "NAME": "[A-Za-z][A-Za-z0-9_]*+",
        "STRING": "|".join(
            rf"{q}{q}{q}(?:{q}{{0,2}}+(?:[^{q}\\]|{_ECHAR}))*+{q}{q}{q}|{q}(?:[^{q}\\\n\r]|{_ECHAR})*+{q}"
            for q in "\"'"
        ),
        "DOUBLE": rf"[+-]?(?:[0-9]++(?:\.[0-9]*+)?+|\.[0-9]++){_EXPONENT}",
        "DECIMAL": r"[+-]?[0-9]*+\.[0-9]++",
        "INTEGER": r"[+-]?[0-9]++",
        "LANGTAG": "@[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+",
        "COMMENT": r"\#[^\r\n]*+",
        "PUNCT": r"<<\(|\)>>|<<|>>|\{\||\|\}|\^\^|&&|\|\||!=|<=|>=|[{}()\[\].,;*/|^!=<>+\-?~]",
        # A string that does not end on its line or has a wrong escape; an unknown word; any character.
        "ERROR": r"\"(?:[^\"\\\n\r]|\\[^\n\r])*+\"?|'(?:[^'\\\n\r]|\\[^\n\r])*+'?|\w++|.",
    }
    return re.compile(_SPACE + "(?:" + "|".join(f"(?P<{k}>{v})" for k, v in groups.items()) + ")", re.DOTALL)


_TOKEN = _terminals(rf"(?:{_PREFIX})?:(?:{_LOCAL})?")
_TOKEN_IN_WORD = _terminals(rf":(?:{_LOCAL})?")
_WORD = re.compile(_PREFIX)

_WORDS = FUNCTIONS | KEYWORDS
_KEYWORD = "|".join(sorted(_WORDS - {"A"}, key=len, reverse=True))
_PIECE = re.compile(rf"{_KEYWORD}|[0-9]++|\.++", re.IGNORECASE)
_PIECES = re.compile(rf"(?:{_PIECE.pattern})++", re.IGNORECASE)
#: No more keywords than this are looked for in front of a prefix: no grammar has as many in a row.
_MOST_PIECES = 16

#: What lets a word that is no prefixed name go on as the prefix of one.
_GOES_ON = re.compile(rf"[.{PN_CHARS}]")
#: Behind these, every `(` opens an expression, but for those within a `{` (and the variables of VALUES).
_BEFORE_EXPRESSIONS = ("SELECT", "GROUP", "HAVING", "ORDER")
_OPENERS = frozenset(("(", "{", "[", "<<", "<<(", "{|"))
_CLOSERS = frozenset((")", "}", "]", ">>", ")>>", "|}"))
_OPERANDS = frozenset(
    (Kind.IRI, Kind.PNAME, Kind.VAR, Kind.STRING, Kind.LANGTAG, Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE)
)
#: Of all names only these stand before a `(` that opens no expression.
_NO_CONSTRAINT = ("A", "TRUE", "FALSE", "UNDEF", "VALUES")


def tokenize(text: str, *, comments: bool = False) -> Iterator[Token]:
    """Yield the tokens of `text`, a query or an update or anything else, in order, without the blanks between them.

    Comments are among them if `comments`. Never raises; what is no token is one of kind ERROR. Takes time in
    proportion to the length of the text, whatever it is.
    """
    return _Reader(text).tokens(comments)


class _Reader:
    """The state between two tokens: what is open, what was last, which prefixes are declared."""

    def __init__(self, text: str):
        self._text = text
        self._prefixes: set[str] = set()
        # Each open bracket, and whether a `(` directly in it opens an expression.
        self._open: list[tuple[str, bool]] = [("", False)]
        nothing = Token(Kind.PUNCT, "", 0, 0, 0)
        self._last = self._last_but_one = nothing

    def tokens(self, comments: bool) -> Iterator[Token]:
        text, position, end_of_word = self._text, 0, 0
        while match := (_TOKEN if position >= end_of_word else _TOKEN_IN_WORD).match(text, position):
            name = match.lastgroup or ""
            kind = Kind[name]
            start, position = match.span(name)
            if kind is Kind.COMMENT:
                if comments:
                    yield Token(kind, text[start:position], start, position, len(self._open) - 1)
            elif kind is Kind.NAME:
                if start >= end_of_word and _GOES_ON.match(text, position):
                    end_of_word = self._end_of_word(start)
                yield from self._words(start, position)
            elif kind is Kind.PNAME:
                yield from self._prefixed_name(start, position)
            elif kind is Kind.PUNCT or kind is Kind.IRI:
                end = self._end_of_mark(start, position)
                yield self._note(kind if end == position else Kind.PUNCT, start, end)
                position = end
            else:
                if kind is Kind.ERROR and start >= end_of_word:
                    end_of_word = self._end_of_word(start)
                yield self._note(kind, start, position)

    def _end_of_word(self, start: int) -> int:
        """Return the end of the longest prefix at `start`. No colon follows, so no prefixed name begins within.

        To look for one at each dot would take the square of the length.
        """
        match = _WORD.match(self._text, start)
        return match.end() if match else start

    def _end_of_mark(self, start: int, end: int) -> int:
        """Return the end of the punctuation at `start`, which seems to end, or to be an IRI that ends, at `end`."""
        bracket, expression = self._open[-1]
        if bracket != "(" or end - start == 1:
            return end
        first = self._text[start]
        if first == "<" and expression and self._last.ends_operand():
            return start + 2 if self._text[start + 1] == "=" else start + 1
        if first == ")" or self._text.startswith(">>", start):
            return start + 1
        return end

    def _words(self, start: int, end: int) -> Iterator[Token]:
        """Yield the keywords that make up a bare word, or the word if it is not made up of keywords."""
        word = self._text[start:end]
        if word.upper() not in _WORDS:
            if not _PIECES.fullmatch(word) and word[0] == "a" and _PIECES.fullmatch(word, 1):
                # The verb, which is a small letter and stands before other words only.
                yield self._note(Kind.NAME, start, start + 1)
                start += 1
            if _PIECES.fullmatch(self._text, start, end):
                for piece in _PIECE.finditer(self._text, start, end):
                    yield from self._piece(piece)
                return
        yield self._note(Kind.NAME, start, end)

    def _prefixed_name(self, start: int, end: int) -> Iterator[Token]:
        """Yield a prefixed name and, before it, the keywords that are glued to it."""
        colon = self._text.index(":", start)
        prefix = self._text[start:colon]
        if self._last.says("PREFIX"):
            self._prefixes.add(prefix)
        elif prefix not in self._prefixes:
            pieces: list[re.Match[str]] = []
            begin = start
            if prefix[:1] == "a" and prefix[1:] in self._prefixes:
                yield self._note(Kind.NAME, start, start + 1)
                start = begin = start + 1
            while len(pieces) < _MOST_PIECES and (piece := _PIECE.match(self._text, begin, colon)):
                pieces.append(piece)
                begin = piece.end()
                declares = piece[0].upper() == "PREFIX"
                if declares:
                    self._prefixes.add(self._text[begin:colon])
                if declares or self._text[begin:colon] in self._prefixes:
                    for piece in pieces:
                        yield from self._piece(piece)
                    start = begin
                    break
        yield self._note(Kind.PNAME, start, end)

    def _piece(self, piece: re.Match[str]) -> Iterator[Token]:
        if piece[0][0] == ".":
            for dot in range(*piece.span()):
                yield self._note(Kind.PUNCT, dot, dot + 1)
        else:
            yield self._note(Kind.INTEGER if piece[0].isdigit() else Kind.NAME, *piece.span())

    def _note(self, kind: Kind, start: int, end: int) -> Token:
        """Return the token and keep in mind what it changes for those behind it."""
        text, depth = self._text[start:end], len(self._open) - 1
        if kind is Kind.PUNCT:
            if text in _OPENERS:
                self._open.append((text, text == "(" and self._opens_an_expression()))
            elif text in _CLOSERS and depth:
                self._open.pop()
                depth -= 1
        elif kind is Kind.NAME and self._open[-1][0] != "(" and text.upper() in _BEFORE_EXPRESSIONS:
            self._open[-1] = (self._open[-1][0], True)
        token = Token(kind, text, start, end, depth)
        self._last_but_one, self._last = self._last, token
        return token

    def _opens_an_expression(self) -> bool:
        """Return whether a `(` that comes next holds an expression, and not a list, a path or a row of values."""
        bracket, expressions = self._open[-1]
        if expressions or bracket == "(":
            return expressions
        if self._last.kind is Kind.NAME:
            return not self._last.says(*_NO_CONSTRAINT)
        return self._last.kind in (Kind.IRI, Kind.PNAME) and self._last_but_one.says("FILTER")
