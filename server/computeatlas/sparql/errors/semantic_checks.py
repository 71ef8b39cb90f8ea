"""Rules of SPARQL on prefixes, variables and blank nodes, which its grammar does not hold.

They are asked after the engine has refused a text of right form, for the place to show. Each looks for one fault and
finds the first of its kind (https://www.w3.org/TR/sparql11-query/#sparqlGrammar, the notes under the rules).
"""

from __future__ import annotations

import difflib
import itertools
import re
from typing import TYPE_CHECKING, NamedTuple

from computeatlas.model.namespaces import PREFIXES
from computeatlas.sparql.tokens import Kind, Token

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class SemanticError(NamedTuple):
    """A token whose use is no error of grammar but one of meaning; what is wrong, and a suggestion."""

    token: Token
    what: str
    hint: str


_SCHEMES = ("http", "https", "urn", "file")
#: No more prefixes and subqueries are looked through, so that a hostile text takes no longer than another.
_MOST_COMPARED = 100
_BEHIND_GROUP = ("HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")
_LITERALS_AND_IRIS = frozenset((Kind.IRI, Kind.PNAME, Kind.STRING, Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE))
_SCHEME = re.compile(r"<[A-Za-z][A-Za-z0-9+.\-]*:")
_WRONG_IN_IRI = re.compile(r"%(?![0-9A-Fa-f]{2})|[\[\]\ue000-\uf8ff\U000f0000-\U0010ffff]|#.*#|\\[uU]")
_LANGUAGE = re.compile(r"@[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*(?:--(?:ltr|rtl))?")


def undeclared_prefix(tokens: Sequence[Token]) -> SemanticError | None:
    """Return the first prefixed name whose prefix is not declared before it."""
    declared: set[str] = set()
    for before, token, after in zip([None, *tokens], tokens, [*tokens[1:], None], strict=False):
        if token.kind is not Kind.PNAME:
            continue
        prefix = token.text.partition(":")[0]
        if before is not None and before.says("PREFIX"):
            declared.add(prefix)
        elif prefix not in declared:
            if prefix.lower() in _SCHEMES and (prefix.lower() == "urn" or (after is not None and after.marks("/"))):
                return SemanticError(token, f"{prefix}: is no declared prefix", "write the IRI in < and >")
            hint = f"add PREFIX {prefix}: <{PREFIXES.get(prefix, '…')}> at the top"
            known = sorted(declared)[:_MOST_COMPARED] + sorted(PREFIXES)
            if prefix not in PREFIXES and (close := difflib.get_close_matches(prefix[:40], known, 1, 0.75)):
                hint += f", or write {close[0]}: if that was meant"
            return SemanticError(token, f"the prefix {prefix}: is not declared", hint)
    return None


def semantic_errors(tokens: Sequence[Token], update: bool) -> Iterator[SemanticError]:
    """Yield what the text of `tokens` does wrong with names, as far as that can be told without its algebra."""
    for index, token in enumerate(tokens):
        if token.kind is Kind.LANGTAG and not _LANGUAGE.fullmatch(token.text):
            yield SemanticError(token, f"{token.text} is no language tag", "write one such as @en or @pt-BR")
        elif token.kind is Kind.IRI and _WRONG_IN_IRI.search(token.text):
            yield SemanticError(token, f"{token.text} is no IRI", "write what is special in it as % and two digits")
        elif token.says("VALUES"):
            yield from _uneven_rows(tokens, index)
        elif update and token.depth == 0 and token.says("INSERT", "DELETE"):
            yield from _no_data(tokens, index)
    yield from _bound_twice(tokens)
    yield from _shared_blank_nodes(tokens)


def relative_iri(tokens: Sequence[Token]) -> SemanticError | None:
    """Return the first relative IRI of a text that declares no base."""
    if any(token.says("BASE") for token in tokens):
        return None
    for token in tokens:
        if token.kind is Kind.IRI and not _SCHEME.match(token.text):
            return SemanticError(
                token, f"the IRI {token.text} is relative to nothing", "write it whole, or declare BASE <…>"
            )
    return None


def ungrouped(tokens: Sequence[Token]) -> Token | None:
    """Return the first variable of a SELECT with GROUP BY or an aggregate that GROUP BY does not name."""
    selects = ((index, token) for index, token in enumerate(tokens) if token.says("SELECT"))
    for index, select in itertools.islice(selects, _MOST_COMPARED):
        level = []
        for token in itertools.islice(tokens, index + 1, None):
            if token.depth < select.depth:
                break
            if token.depth == select.depth:
                level.append(token)
        words = [token.text.upper() if token.kind is Kind.NAME else "" for token in level]
        begin = words.index("GROUP") if "GROUP" in words else len(level)
        ends = [place for place, word in enumerate(words) if place > begin and word in _BEHIND_GROUP]
        keys = {token.text[1:] for token in level[begin : ends[0] if ends else None] if token.kind is Kind.VAR}
        columns = itertools.takewhile(lambda token: not token.marks("{"), level)
        for column in columns:
            if column.kind is Kind.VAR and column.text[1:] not in keys:
                return column
    return None


def _inside(tokens: Sequence[Token], index: int) -> Sequence[Token]:
    """Return the tokens in the bracket at `index`, none if there is none."""
    if index >= len(tokens) or not tokens[index].marks("(", "{"):
        return ()
    depth = tokens[index].depth
    end = next((i for i in range(index + 1, len(tokens)) if tokens[i].depth == depth), len(tokens))
    return tokens[index + 1 : end]


def _bound_twice(tokens: Sequence[Token]) -> Iterator[SemanticError]:
    """Yield the first variable of a BIND that its group uses before."""
    seen: list[set[str]] = [set()]
    bind: Token | None = None
    for before, token in itertools.pairwise([Token(Kind.PUNCT, "", 0, 0, 0), *tokens]):
        if token.marks("{"):
            seen.append(set())
        elif token.marks("}") and len(seen) > 1:
            inner = seen.pop()
            seen[-1] |= inner
        elif token.says("BIND"):
            bind = token
        elif token.kind is Kind.VAR:
            binds = bind is not None and token.depth == bind.depth + 1 and before.says("AS")
            if binds and token.text[1:] in seen[-1]:
                what = f"BIND gives a value to {token.text}, which has one"
                yield SemanticError(token, what, "take another variable, or put BIND first")
                return
            seen[-1].add(token.text[1:])


def _uneven_rows(tokens: Sequence[Token], index: int) -> Iterator[SemanticError]:
    """Yield the first row of the VALUES at `index` that has another length than the list of variables."""
    names = _inside(tokens, index + 1)
    if not (index + 1 < len(tokens) and tokens[index + 1].marks("(")):
        return
    table = index + len(names) + 3
    depth = tokens[index].depth + 1
    for place in range(table + 1, table + 1 + len(_inside(tokens, table))):
        row = tokens[place]
        if not (row.marks("(") and row.depth == depth):
            continue
        count = 0
        for before, token in itertools.pairwise([row, *_inside(tokens, place)]):
            value = token.kind in _LITERALS_AND_IRIS or token.says("UNDEF", "TRUE", "FALSE") or token.marks("<<(")
            count += value and token.depth == depth + 1 and not before.marks("^^")
        if count != len(names):
            what = f"a row of VALUES has {count} values for {len(names)} variables"
            yield SemanticError(row, what, "give each variable a value, or UNDEF")
            return


def _no_data(tokens: Sequence[Token], index: int) -> Iterator[SemanticError]:
    """Yield the first variable in INSERT DATA or DELETE DATA, or blank node in any DELETE, of the INSERT or DELETE."""
    word = tokens[index].text.upper()
    following = tokens[index + 1] if index + 1 < len(tokens) else tokens[index]
    data = following.says("DATA")
    for token in _inside(tokens, index + 1 + following.says("DATA", "WHERE")):
        if data and token.kind is Kind.VAR:
            what = f"{token.text} in {word} DATA, which takes no variables"
            yield SemanticError(token, what, f"write {word} {{ … }} WHERE {{ … }}")
            return
        if word == "DELETE" and (token.kind is Kind.BLANK or token.marks("[")):
            what = "a blank node in DELETE, which takes none"
            yield SemanticError(token, what, "write DELETE { … } WHERE { … } with a variable for it")
            return


def _shared_blank_nodes(tokens: Sequence[Token]) -> Iterator[SemanticError]:
    """Yield the first label of a blank node that stands in two different groups."""
    groups: dict[str, int] = {}
    opened = [0]
    for index, token in enumerate(tokens):
        if token.marks("{"):
            opened.append(index)
        elif token.marks("}") and len(opened) > 1:
            # Behind a group another basic graph pattern begins, and labels do not reach from one into the next.
            opened.pop()
            opened[-1] = index
        elif token.kind is Kind.BLANK and groups.setdefault(token.text, opened[-1]) != opened[-1]:
            yield SemanticError(
                token,
                f"the blank node {token.text} is used in two basic graph patterns",
                "give it a label in each, or a variable",
            )
            return
