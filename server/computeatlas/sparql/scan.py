"""What a query or an update asks for, found in its text without parsing it.

Parsing is the engine's, in a process that can be killed; this is for the web process, before it. Hence a text that
cannot be parsed may get any answer, and one that can be gets the right one.
"""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.sparql.tokens import Kind, tokenize

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.sparql.tokens import Token


@dataclass(frozen=True, slots=True)
class Scan:
    """What a text asks for.

    `federated`: it sends requests to other hosts, by SERVICE (https://www.w3.org/TR/sparql11-federated-query/) or, in
    an update, by LOAD; `federated_at` is the offset of that word. `volatile`: its answer may differ from one time to
    the next on the same data, by NOW, RAND, UUID, STRUUID or BNODE, or because it is federated. `nesting`: how deep
    brackets and prefix operators such as `!` are nested; the true depth where that is more than `scan` was told to
    care about, else never less than it. `nesting_at` is the offset of the first token that is so deep, or None if
    no scan of the tokens was needed.
    """

    federated: bool
    volatile: bool
    nesting: int
    federated_at: int | None = None
    nesting_at: int | None = None


#: The results for most texts, made once: to make one costs as much as the whole scan.
_HARMLESS = tuple(Scan(False, False, nesting) for nesting in range(65))
_NESTERS = ("(", "{", "[", "<<", "!", "-", "+", "^")
_PREFIX_OPERATORS = ("!", "-", "+", "^")
_OPENERS = ("(", "{", "[", "<<", "<<(", "{|")
_CLOSERS = (")", "}", "]", ">>", ")>>", "|}")

_VOLATILE = re.compile("(?:NOW|RAND|UUID|BNODE)$", re.IGNORECASE)
_SERVICE = re.compile("SERVICE", re.IGNORECASE)
#: What may stand in the middle of a triple, and how many terms behind it stand before the object.
_OBJECT_AFTER = {";": 1, ",": 0, "/": 1, "|": 1, "^": 1, "!": 1, "*": 0, "+": 0, "?": 0}
_LOAD_IN_PREFIX = re.compile("LOAD", re.IGNORECASE)
# A prefix that is declared hides from the tokenizer that a keyword may be glued to another prefix.
_SERVICE_IN_PREFIX = re.compile(r"(?:[^:]*\.)?(?:true|false)?SERVICE", re.IGNORECASE)
_CONSTRAINT_IN_PREFIX = re.compile(r"(?:[^:]*\.)?(?:true|false)?(?:FILTER|HAVING|(?:ORDER|GROUP)?BY)", re.IGNORECASE)


def scan(text: str, update: bool = False, *, nesting: int = 64) -> Scan:
    """Return what `text`, a query or an update, asks for; deeper nesting than `nesting` is measured exactly.

    Never raises. Takes some two microseconds for a short query without a suspicious word, and time in proportion to
    the length for any other.
    """
    capitals = text.upper()
    # Written out, because a loop costs twice as much.
    suspicious = (
        "SERVICE" in capitals
        or "NOW" in capitals
        or "RAND" in capitals
        or "UUID" in capitals
        or "BNODE" in capitals
        or (update and "LOAD" in capitals)
    )
    most = sum(map(text.count, _NESTERS))
    if not suspicious and most <= nesting:
        return _HARMLESS[most] if most < len(_HARMLESS) else Scan(False, False, most)
    tokens = list(tokenize(text))
    deepest, deepest_at = _nesting(tokens)
    if not suspicious:
        return Scan(False, False, deepest, nesting_at=deepest_at)
    federated_at = _federated(text, tokens, update)
    volatile = federated_at is not None or _volatile(tokens)
    return Scan(federated_at is not None, volatile, deepest, federated_at, deepest_at)


def _nesting(tokens: Iterable[Token]) -> tuple[int, int | None]:
    """Return how deep brackets and prefix operators go at most, and where that depth is reached first."""
    deepest, deepest_at = 0, None
    depth, run = 0, 0
    runs: list[int] = []
    for token in tokens:
        if token.kind is not Kind.PUNCT:
            run = 0
        elif token.text in _PREFIX_OPERATORS:
            run += 1
        elif token.text in _OPENERS:
            runs.append(run)
            depth += run + 1
            run = 0
        else:
            if token.text in _CLOSERS and runs:
                depth -= runs.pop() + 1
            run = 0
        if depth + run > deepest:
            deepest, deepest_at = depth + run, token.start
    return deepest, deepest_at


def _volatile(tokens: Iterable[Token]) -> bool:
    """Return whether a function is called whose value differs from call to call.

    A function of another name that ends like one of them counts too: that costs a cached answer, nothing more.
    """
    names = (Kind.NAME, Kind.PNAME)
    return any(
        token.kind in names and follower.marks("(") and _VOLATILE.search(token.text)
        for token, follower in itertools.pairwise(tokens)
    )


def _federated(text: str, tokens: Sequence[Token], update: bool) -> int | None:
    """Return where the first request to another host is asked for, or None."""
    if _may_hide(tokens) and (match := _SERVICE.search(text)):
        return match.start()
    previous: Token | None = None
    for index, token in enumerate(tokens):
        if token.depth == 0:
            if update and _is_load(token, previous):
                return token.start
        elif token.kind is Kind.NAME:
            if _SERVICE.search(token.text) and _names_a_service(tokens[index + 1 : index + 4]):
                return token.start
        elif token.kind is Kind.PNAME and _SERVICE_IN_PREFIX.match(token.text) and _is_service(tokens, index):
            return token.start
        previous = token
    return None


def _is_load(token: Token, previous: Token | None) -> bool:
    """Return whether `token`, outside of brackets, is LOAD, maybe with a prefixed name glued to it.

    Such a name is no name of a graph where an operation begins: in front, behind `;` and behind PREFIX, BASE, VERSION.
    """
    if token.kind is Kind.PNAME and _LOAD_IN_PREFIX.match(token.text):
        return previous is None or previous.marks(";") or previous.kind in (Kind.IRI, Kind.STRING)
    return token.says("LOAD")


def _is_service(tokens: Sequence[Token], index: int) -> bool:
    """Return whether the prefixed name at `index`, of a declared prefix such as `SERVICEx:`, is SERVICE and `x:…`.

    It is if a group follows, unless it is the name of a graph or the object of a triple.
    """
    if index + 1 == len(tokens) or not tokens[index + 1].marks("{") or (index and tokens[index - 1].says("GRAPH")):
        return False
    depth = tokens[index].depth
    terms = 0
    place = index - 1
    while place >= 0 and terms < 3:
        token = tokens[place]
        if token.marks(")", "]", ">>", ")>>"):
            place = next((i for i in range(place - 1, -1, -1) if tokens[i].depth == depth), -1)
            if place < 1 or (tokens[place - 1].kind is Kind.NAME and not tokens[place - 1].says("A")):
                return True
            terms += 1
        elif place and tokens[place - 1].marks("^^"):
            place -= 1
        elif (token.ends_operand() and token.kind is not Kind.PUNCT) or token.kind is Kind.BLANK or token.text == "a":
            terms += token.kind is not Kind.LANGTAG
        elif token.marks(*_OBJECT_AFTER):
            return terms != _OBJECT_AFTER[token.text]
        else:
            break
        place -= 1
    return terms != 2


def _names_a_service(tokens: Iterable[Token]) -> bool:
    """Return whether `tokens`, those behind SERVICE, go on as a call: SILENT, then a variable or an IRI, then `{`."""
    for token in tokens:
        if token.marks("{"):
            return True
        if not token.says("SILENT") and token.kind not in (Kind.VAR, Kind.IRI, Kind.PNAME):
            return False
    return False


def _may_hide(tokens: Iterable[Token]) -> bool:
    """Return whether an operator `<` may have been taken for the beginning of an IRI.

    That can be only if there is a declared prefix such as `FILTERx:`. Then `FILTERx:f (` may begin a path or, if `x:`
    is declared too, an expression, in which `<` behind an operand is the operator.
    """
    seen = False
    brackets: list[str] = []
    previous: Token | None = None
    for token in tokens:
        if token.kind is Kind.PNAME:
            seen = seen or bool(_CONSTRAINT_IN_PREFIX.match(token.text))
        elif token.kind is Kind.IRI:
            if seen and brackets and brackets[-1] == "(" and previous and previous.ends_operand():
                return True
        elif token.kind is Kind.PUNCT:
            if token.text in _OPENERS:
                brackets.append(token.text)
            elif token.text in _CLOSERS and brackets:
                brackets.pop()
        previous = token
    return False
