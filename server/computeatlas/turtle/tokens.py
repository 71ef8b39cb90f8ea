"""The tokens of Turtle 1.1, with their lines and with the comments that parsers throw away.

The terminals are those of the grammar of https://www.w3.org/TR/turtle/#sec-grammar-grammar.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from computeatlas.model.errors import FindingsError
from computeatlas.model.name_characters import PLX, PN_CHARS, PN_CHARS_BASE
from computeatlas.turtle.syntax_findings import too_new_finding

_LOCAL = rf"(?:[{PN_CHARS_BASE}_:0-9]|{PLX})(?:\.*(?:[{PN_CHARS}:]|{PLX}))*"
_PREFIX = rf"[{PN_CHARS_BASE}](?:\.*[{PN_CHARS}])*"
_BLANK = rf"_:[{PN_CHARS_BASE}_0-9](?:\.*[{PN_CHARS}])*"
_UCHAR = r"\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8}"
# The repetitions are possessive, so that a long string without its end costs no more than one with it.
_STRING = (
    r'"""(?:[^"\\]|\\.|"{1,2}(?!"))*+"""'
    r"|'''(?:[^'\\]|\\.|'{1,2}(?!'))*+'''"
    r'|"(?:[^"\\\r\n]|\\.)*+"'
    r"|'(?:[^'\\\r\n]|\\.)*+'"
)
_EXPONENT = r"[eE][+-]?[0-9]+"
_NUMBER = rf"[+-]?(?:[0-9]+\.[0-9]*{_EXPONENT}|\.?[0-9]+{_EXPONENT}|[0-9]*\.[0-9]+|[0-9]+)"

#: What stands at a place, in the order in which it is tried: a name before a word, a number before a full stop.
_TOKEN = re.compile(
    r"(?P<space>[ \t\r\n]+)"
    r"|(?P<comment>#[^\r\n]*)"
    rf"|(?P<string>{_STRING})"
    rf'|(?P<iri><(?:[^\x00-\x20<>"{{}}|^`\\]|{_UCHAR})*>)'
    rf"|(?P<blank>{_BLANK})"
    rf"|(?P<name>(?:{_PREFIX})?:(?:{_LOCAL})?)"
    rf"|(?P<number>{_NUMBER})"
    r"|(?P<at>@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*)"
    r"|(?P<word>[A-Za-z]+)"
    r"|(?P<mark>\^\^|[.;,\[\]()])",
    re.DOTALL,
)
_BREAK = re.compile(r"\r\n|\r|\n")


@dataclass(frozen=True)
class Token:
    """One token or comment of a text.

    `line` counts from 1, `breaks` are the line breaks between the token and the one before, `start` and `end` its place
    in characters.
    """

    kind: str
    text: str
    line: int
    breaks: int
    start: int
    end: int


def tokenise(text: str, name: str) -> list[Token]:
    """Return the tokens and comments of the Turtle document `text`, called `name` in findings, in their order.

    Every character of `text` is in a token, but for white space, for blanks at the end of a comment and for a carriage
    return within a long string, which is given as its escape `\\r`. The last token is of the kind `end`.
    Raises FindingsError where something is no token of Turtle 1.1 (https://www.w3.org/TR/turtle/).
    """
    tokens: list[Token] = []
    place, line, breaks = 0, 1, 0
    while place < len(text):
        match = _TOKEN.match(text, place)
        if match is None:
            raise too_new(name, line)
        kind, value = match.lastgroup or "", match.group()
        passed = len(_BREAK.findall(value))
        if kind == "space":
            breaks += passed
        else:
            tokens.append(Token(kind, _tidy(kind, value), line, breaks, *match.span()))
            breaks = 0
        line += passed
        place = match.end()
    return [*tokens, Token("end", "", line, breaks, place, place)]


def _tidy(kind: str, value: str) -> str:
    """A raw carriage return is part of a literal's value, but would give the file two kinds of line ends."""
    if kind == "comment":
        return value.rstrip(" \t")
    return value.replace("\r", "\\r") if kind == "string" else value


def too_new(name: str, line: int) -> FindingsError:
    """Return the error for what pyoxigraph reads on `line` of the file `name` and Turtle 1.1 does not have."""
    return FindingsError([too_new_finding(name, line)])
