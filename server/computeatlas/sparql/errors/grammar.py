"""The grammar of SPARQL over tokens: where a text ceases to be SPARQL, and what could have stood there.

Oxigraph says where its own rules gave up, which is seldom where the fault is. This is asked after it has refused a
text, for the place to show. It follows the grammars of SPARQL 1.1 and 1.2
(https://www.w3.org/TR/sparql12-query/#sparqlGrammar) and takes somewhat more than they do: conditions on names,
variables and blank nodes are not in it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING

from computeatlas.sparql.tokens import FUNCTIONS, KEYWORDS, Kind

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.sparql.tokens import Token

#: Each rule decides by one token which way it goes on. Words in capitals are keywords or kinds of tokens.
_RULES = r"""
Query    = Prologue ( Select | Construct | Describe | Ask )
Update   = Prologue ( Operation ( ';' Update )? )?
Prologue = ( BASE IRI | PREFIX PNAME_NS IRI | VERSION STRING )*
Select   = SelectClause From* Where Modifiers
SelectClause = SELECT ( DISTINCT | REDUCED )? ( '*' | Column+ )
Column   = VAR | '(' Expr AS VAR ')'
Construct = CONSTRUCT ( Template From* Where | From+ WHERE Template | WHERE Template ) Modifiers
Template = '{' Triples? '}'
Describe = DESCRIBE ( '*' | VarOrIri+ ) From* Where? Modifiers
Ask      = ASK From* Where Modifiers
From     = FROM NAMED? Iri
Where    = WHERE Group | Group
Modifiers = GroupBy? Having? OrderBy? Slice? ( VALUES Data )?
GroupBy  = GROUP BY ( Call | '(' Expr ( AS VAR )? ')' | VAR )+
Having   = HAVING Constraint+
OrderBy  = ORDER BY ( ( ASC | DESC ) Brackets | Constraint | VAR )+
Slice    = LIMIT INTEGER ( OFFSET INTEGER )? | OFFSET INTEGER ( LIMIT INTEGER )?
Group    = '{' ( SelectClause Where Modifiers | Body ) '}'
Body     = Triples? ( Part '.'? Triples? )*
Part     = Group ( UNION Group )* | OPTIONAL Group | LATERAL Group | MINUS Group | GRAPH VarOrIri Group
         | SERVICE SILENT? VarOrIri Group | FILTER Constraint | BIND '(' Expr AS VAR ')' | VALUES Data
Data     = VAR '{' Datum* '}' | '(' VAR* ')' '{' ( '(' Datum* ')' )* '}'
Datum    = Iri | Literal | UNDEF | '<<(' Datum Plain Datum ')>>'
Triples  = Pattern ( '.' Triples? )?
Pattern  = ( VAR | Iri | Literal | BLANK | TripleTerm ) Properties | ( List | Brace | Reified ) Properties?
Properties = Verb Objects ( ';' ( Verb Objects )? )*
Verb     = VAR | Path
Objects  = Object ( ',' Object )*
Object   = Node ( '~' ReifierId? | '{|' Properties '|}' )*
ReifierId = VAR | Iri | BLANK
Node     = VAR | Iri | Literal | BLANK | TripleTerm | List | Brace | Reified
List     = '(' Node* ')'
Brace    = '[' Properties? ']'
Reified  = '<<' Term Plain Term ( '~' ReifierId? )? '>>'
TripleTerm = '<<(' Term Plain Term ')>>'
Term     = VAR | Iri | Literal | BLANK | TripleTerm | Reified | '[' ']'
Plain    = VAR | Iri | 'a'
Path     = Sequence ( '|' Sequence )*
Sequence = Step ( '/' Step )*
Step     = '^'? ( Iri | 'a' | '!' Negated | '(' Path ')' ) ( '?' | '*' | '+' )?
Negated  = '(' ( Inverse ( '|' Inverse )* )? ')' | Inverse
Inverse  = '^'? ( Iri | 'a' )
Constraint = Brackets | Call
Brackets = '(' Expr ')'
Call     = FUNCTION '(' Arguments? ')' | Iri '(' Arguments? ')' | EXISTS Group | NOT EXISTS Group
Arguments = DISTINCT? ( '*' | Expr ) ( ',' Expr )* ( ';' SEPARATOR '=' STRING )?
Expr     = And ( '||' And )*
And      = Compared ( '&&' Compared )*
Compared = Sum ( ( '=' | '!=' | '<' | '>' | '<=' | '>=' ) Sum | IN Choices | NOT IN Choices )?
Choices  = '(' ( Expr ( ',' Expr )* )? ')'
Sum      = Product ( ( '+' | '-' ) Product | SIGNED ( ( '*' | '/' ) Unary )* )*
Product  = Unary ( ( '*' | '/' ) Unary )*
Unary    = ( '!' | '+' | '-' ) Unary | Primary
Primary  = Brackets | FUNCTION '(' Arguments? ')' | Iri ( '(' Arguments? ')' )? | EXISTS Group | NOT EXISTS Group
         | Literal | VAR | '<<(' Primary Plain Primary ')>>'
Literal  = STRING ( LANGTAG | '^^' Iri )? | NUMBER | 'true' | 'false'
Iri      = IRI | PNAME
VarOrIri = VAR | Iri
Operation = LOAD SILENT? Iri ( INTO GRAPH Iri )? | ( CLEAR | DROP ) SILENT? ( GRAPH Iri | DEFAULT | NAMED | ALL )
         | CREATE SILENT? GRAPH Iri | ( ADD | MOVE | COPY ) SILENT? GraphOrDefault TO GraphOrDefault
         | INSERT ( DATA Quads | Quads Using ) | DELETE ( DATA Quads | WHERE Quads | Quads ( INSERT Quads )? Using )
         | WITH Iri ( DELETE Quads ( INSERT Quads )? | INSERT Quads ) Using
GraphOrDefault = DEFAULT | GRAPH Iri | Iri
Using    = ( USING NAMED? Iri )* WHERE Group
Quads    = '{' Triples? ( GRAPH VarOrIri Template '.'? Triples? )* '}'
"""
_SYMBOL = re.compile(r"'(?P<quoted>[^']+)'|(?P<mark>[()|?*+])|(?P<capitals>[A-Z]{2}[A-Z_]*)|(?P<rule>[A-Z]\w*)")


@dataclass(frozen=True, slots=True)
class Fault:
    """Where a text ceases to be SPARQL: the index of the token that cannot stand there, or how many there are.

    `expected` is what could: keywords in capitals, punctuation, `a`, `true`, `false` and IRI, PNAME, PNAME_NS, VAR,
    BLANK, STRING, LANGTAG, NUMBER, INTEGER, SIGNED (a number with a sign), FUNCTION; `end` for the end of the text.
    `pattern` is the index of the token that begins the innermost triple pattern so far, if there is one.
    """

    index: int
    expected: frozenset[str]
    pattern: int | None


@dataclass(slots=True, eq=False)
class _Node:
    """A piece of a rule: a terminal, a rule by its name, or `all`, `any`, `maybe`, `many` of other pieces."""

    kind: str
    name: str = ""
    parts: list[_Node] = field(default_factory=list)
    first: frozenset[str] = frozenset()
    nullable: bool = False


def fault(tokens: Sequence[Token], update: bool) -> Fault | None:
    """Return where `tokens`, comments left out, are no query, or no update if `update`; None if they are one."""
    rules = _grammar()
    # What is still to come, the next at the end. No recursion, so no depth is too deep.
    stack = [rules["Update" if update else "Query"]]
    index, pattern = 0, None
    tried: set[str] = set()
    names = _names(tokens[0]) if tokens else _END
    while stack:
        node = stack.pop()
        tried |= node.first
        if node.kind == "terminal":
            if node.name not in names:
                return Fault(index, frozenset(tried), pattern)
            index += 1
            names = _names(tokens[index]) if index < len(tokens) else _END
            tried = set()
        elif node.first.isdisjoint(names):
            if not node.nullable:
                return Fault(index, frozenset(tried), pattern)
        elif node.kind == "rule":
            if node.name == "Pattern":
                pattern = index
            stack.append(rules[node.name])
        elif node.kind == "all":
            stack.extend(reversed(node.parts))
        elif node.kind == "any":
            stack.append(next(part for part in node.parts if not part.first.isdisjoint(names)))
        elif node.kind == "maybe":
            stack.append(node.parts[0])
        else:
            stack += node, node.parts[0]
    return Fault(index, frozenset(tried | _END), pattern) if index < len(tokens) else None


_END = frozenset(("end",))
_KINDS = {
    Kind.IRI: frozenset(("IRI",)),
    Kind.BLANK: frozenset(("BLANK",)),
    Kind.VAR: frozenset(("VAR",)),
    Kind.STRING: frozenset(("STRING",)),
    Kind.LANGTAG: frozenset(("LANGTAG",)),
    Kind.ERROR: frozenset[str](),
}


def _names(token: Token) -> frozenset[str]:
    """Return the terminals of the grammar that `token` is."""
    if token.kind in _KINDS:
        return _KINDS[token.kind]
    if token.kind is Kind.PNAME:
        return frozenset(("PNAME", "PNAME_NS") if token.text.endswith(":") else ("PNAME",))
    if token.kind in (Kind.INTEGER, Kind.DECIMAL, Kind.DOUBLE):
        signed = token.text[0] in "+-"
        return frozenset(("NUMBER", "SIGNED" if signed else "INTEGER" if token.kind is Kind.INTEGER else "NUMBER"))
    if token.kind is Kind.NAME and token.text not in ("a", "true", "false"):
        word = token.text.upper()
        # `A`, `TRUE` and `FALSE` in capitals are no words of the language.
        if word in FUNCTIONS:
            return frozenset(("FUNCTION",))
        return frozenset((word,)) if word in KEYWORDS and word not in ("A", "TRUE", "FALSE") else frozenset()
    return frozenset((token.text,))


@cache
def _grammar() -> dict[str, _Node]:
    """Return the rules by name, each node with the terminals it may begin with and whether it may be empty."""
    rules = {}
    for rule in re.split(r"\n(?=[A-Z])", _RULES.strip()):
        name, _, body = rule.partition("=")
        rules[name.strip()] = _alternatives(list(_SYMBOL.finditer(body)), [0])
    changed = True
    while changed:
        changed = False
        for node in rules.values():
            changed = _reckon(node, rules) or changed
    return rules


def _alternatives(symbols: Sequence[re.Match[str]], at: list[int]) -> _Node:
    """Return the node of the symbols from `at[0]` to the end or to a closing bracket, and leave `at[0]` there."""
    choices, sequence = [], _Node("all")
    while at[0] < len(symbols) and symbols[at[0]]["mark"] != ")":
        symbol = symbols[at[0]]
        at[0] += 1
        if symbol["mark"] == "|":
            choices.append(sequence)
            sequence = _Node("all")
        elif symbol["mark"] == "(":
            sequence.parts.append(_alternatives(symbols, at))
            at[0] += 1
        elif symbol["mark"] == "+":
            sequence.parts.append(_Node("many", parts=[sequence.parts[-1]]))
        elif symbol["mark"]:
            kind = "maybe" if symbol["mark"] == "?" else "many"
            sequence.parts[-1] = _Node(kind, parts=[sequence.parts[-1]])
        elif symbol["rule"]:
            sequence.parts.append(_Node("rule", symbol["rule"]))
        else:
            sequence.parts.append(_Node("terminal", symbol["quoted"] or symbol["capitals"]))
    return _Node("any", parts=[*choices, sequence]) if choices else sequence


def _reckon(node: _Node, rules: dict[str, _Node]) -> bool:
    """Work out what `node` may begin with from what is known of its parts; return whether that is news."""
    news = [_reckon(part, rules) for part in node.parts]
    first: frozenset[str] = frozenset()
    nullable = node.kind in ("maybe", "many", "all")
    if node.kind == "terminal":
        first = frozenset((node.name,))
    elif node.kind == "rule":
        first, nullable = rules[node.name].first, rules[node.name].nullable
    elif node.kind == "all":
        for part in node.parts:
            first |= part.first
            if not part.nullable:
                nullable = False
                break
    else:
        first = first.union(*(part.first for part in node.parts))
        nullable = nullable or any(part.nullable for part in node.parts)
    changed = any(news) or (first, nullable) != (node.first, node.nullable)
    node.first, node.nullable = first, nullable
    return changed
