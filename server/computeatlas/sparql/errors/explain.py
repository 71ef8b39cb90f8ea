"""What Oxigraph says of a text that it refuses, for people.

Its message names the furthest position that any rule of its grammar looked at, and all that those rules wanted there,
character classes included. So the place and the suggestion come from elsewhere: from the grammar over tokens, where it
finds the fault, then from semantic checks, then from the message of Oxigraph, of which only whole sentences are shown.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from computeatlas.model.errors import EngineFaultError, QueryError, QueryEvaluationError, QuerySyntaxError
from computeatlas.model.position import line_and_column, offset_of
from computeatlas.sparql.errors.grammar import fault
from computeatlas.sparql.errors.semantic_checks import relative_iri, semantic_errors, undeclared_prefix, ungrouped
from computeatlas.sparql.errors.suggestions import FORMS, Place, suggest
from computeatlas.sparql.tokens import FUNCTIONS, Kind, Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from computeatlas.sparql.errors.grammar import Fault

#: More blanks than the longest keyword of SPARQL has letters. Oxigraph compares a keyword whole; near the end of a text
#: it runs out of characters and says nothing of use, so it is asked once more with these behind.
ROOM = " " * 40

_MESSAGE = re.compile(r"error at (?P<line>\d{1,9}):(?P<column>\d{1,9}): expected (?:one of )?(?P<wanted>.*)", re.DOTALL)
_QUOTED = re.compile(r"\[.*?\](?=,|$)|\"(?:[^\"\\]|\\.)*\"", re.DOTALL)
_KEYWORD = re.compile(r"\b[A-Z][A-Z0-9_]+\b(?! [a-z])")
_SENTENCE = re.compile(r"[A-Z][a-z]* [a-zA-Z].*|\\u escape .*|[a-z]+ [a-z]+ [a-z ]+")
_PAIRS = {"(": ")", "{": "}", "[": "]", "<<": ">>", "<<(": ")>>", "{|": "|}"}
#: Terminals that begin a term, as the grammar names them.
_TERMS = frozenset(("VAR", "IRI", "PNAME", "STRING", "NUMBER", "BLANK"))


def error_message(parse: Callable[[str], object], text: str) -> str | None:
    """Return Oxigraph's error message for the malformed `text`, given ROOM behind it, as `explain` takes it.

    `parse` takes a text to Oxigraph, which raises SyntaxError. Returns None where it does not.
    """
    try:
        parse(text + ROOM)
    except SyntaxError as error:
        return str(error)
    return None


def explain(text: str, message: str, update: bool = False) -> QuerySyntaxError:
    """Return the error to show for `text`, a query or an update, which Oxigraph refused with `message`.

    Oxigraph should have been given ROOM behind the text. The error has a place inside the text or at its end, the
    token there and a suggestion. Never raises, for any text and any message.
    """
    return _Case(text, update).error(message)


def explain_evaluation(message: str) -> QueryError:
    """Return the error to show for a query that Oxigraph parsed and then could not evaluate, with what it said.

    QueryEvaluationError, or EngineFaultError where RocksDB could not read: that is no fault of the query.
    """
    said = " ".join(message.split())
    if re.match(r"(?:IO error|Corruption)\b", said):
        return EngineFaultError(f"the data on disk cannot be read: {said}")
    for pattern, what, hint in _FAILURES:
        if match := re.search(pattern, said):
            named = {key: value or "" for key, value in match.groupdict().items()}
            return QueryEvaluationError(what.format(**named), hint=hint.format(**named))
    return QueryEvaluationError(said or "the query cannot be evaluated")


#: What Oxigraph says, what is shown, and the suggestion.
_FAILURES = (
    (
        r"custom function <http://www\.w3\.org/2001/XMLSchema#(?P<name>[^>]*)> is not supported",
        "xsd:{name} is no cast that the engine has",
        "cast to xsd:string, boolean, integer, decimal, double, float, dateTime, date, time or duration",
    ),
    (
        r"custom (?P<kind>aggregate )?function (?P<name><[^>]*>) is not supported",
        "there is no {kind}function {name}",
        "use a function of SPARQL, a cast such as xsd:integer, or one of GeoSPARQL",
    ),
    (
        r"variable encoding the service name is unbound",
        "SERVICE is given a variable that has no value there",
        "write its IRI, or bind the variable and put SERVICE in LATERAL {{ }}",
    ),
    (
        r"Not supported URL scheme: (?P<scheme>\S+)",
        "a service or a document has an address that begins with {scheme}:",
        "use http: or https:",
    ),
    (
        r"(?i)graph (?P<graph><[^>]*>) (?P<state>already exists|does not exist)",
        "the graph {graph} {state}",
        "put SILENT behind the keyword if that does not matter",
    ),
    (
        r"(?i)(?P<said>.*(?:port \d+ is not|connect|timed out|resolve|lookup|invalid format|status|HTTP).*)",
        "a service or a document cannot be had: {said}",
        "check its address, or write SERVICE SILENT or LOAD SILENT to go on without it",
    ),
)


class _Case:
    """One refused text and its tokens."""

    def __init__(self, text: str, update: bool):
        self._text = text
        self._update = update
        self._tokens = list(tokenize(text))
        self._noun = "update" if update else "query"
        self._manual = f"see https://www.w3.org/TR/sparql11-{self._noun}/"

    def error(self, message: str) -> QuerySyntaxError:
        found = fault(self._tokens, self._update)
        undeclared = undeclared_prefix(self._tokens)
        if undeclared is not None and (found is None or undeclared.token in self._tokens[: found.index]):
            return self._at(*undeclared)
        return self._faulty(found) if found else self._semantic_error(message) or self._as_said(message)

    def _faulty(self, found: Fault) -> QuerySyntaxError:
        """Return the error for a text that the grammar does not take beyond `found`."""
        index, expected = found.index, found.expected
        before = self._tokens[index - 1] if index else None
        if index == len(self._tokens):
            return self._ends_early(before, expected)
        token = self._tokens[index]
        if token.kind is Kind.ERROR:
            return self._no_token(token, before)
        if hint := self._wrong_bracket(token, index):
            return self._unexpected(token, hint)
        # What is wanted is a verb or an object, and nothing that may follow a whole pattern.
        lacks_term = bool(expected & _TERMS) and not expected & {"}", "OPTIONAL"}
        if found.pattern is not None and before is not None and lacks_term and token.marks("}", ".", "]", ";", ","):
            start = self._tokens[found.pattern]
            stretch = " ".join(self._text[start.start : before.end][:60].split())
            hint = f"complete the pattern “{stretch}”: it has a subject, a verb and an object"
            return self._unexpected(start, hint)
        after = self._tokens[index + 1] if index + 1 < len(self._tokens) else None
        return self._unexpected(token, suggest(Place(token, before, after, self._tokens, expected, self._update)))

    def _ends_early(self, before: Token | None, expected: frozenset[str]) -> QuerySyntaxError:
        """Return the error for a text to which something is lacking at the end."""
        hint = self._manual
        opened = _brackets(self._tokens)
        if opened:
            hint = f"add {_PAIRS[opened[-1].text]}: the {opened[-1].text} of {self._place(opened[-1])} is still open"
        elif before is None:
            hint = "write an update" if self._update else "write a query, such as SELECT * { ?s ?p ?o } LIMIT 10"
        elif "{" in expected:
            hint = "add the pattern in { }"
        elif "WHERE" in expected:
            hint = "add WHERE { … }"
        elif expected & _TERMS or "INTEGER" in expected:
            hint = f"say what belongs behind {before.text}"
        elif "SELECT" in expected:
            hint = "add SELECT, CONSTRUCT, DESCRIBE or ASK"
        return self._at_end(f"the {self._noun} ends too early", hint)

    def _no_token(self, token: Token, before: Token | None) -> QuerySyntaxError:
        """Return the error for a piece of text that is nothing in SPARQL."""
        text = token.text
        if text[0] in "\"'":
            return self._bad_string(token, before)
        if text[0].isspace() or not text[0].isprintable():
            name = f"U+{ord(text[0]):04X}"
            return self._at(token, f"the character {name} cannot stand here", f"write a space for {name}", shown=name)
        if text[0].isalpha():
            hint = f'a bare word is nothing in SPARQL: write ?{text}, "{text}" or prefix:{text}'
        elif text[0] in "“”„‟«»‘’‚‹›":
            hint = f"write straight quotes, \" or ', for {text[0]}"
        else:
            hint = _STRAY.get(text, f"take {text} out: it is no part of SPARQL")
        return self._unexpected(token, hint)

    def _bad_string(self, token: Token, before: Token | None) -> QuerySyntaxError:
        quote = token.text[0]
        if len(token.text) > 1 and token.text.endswith(quote):
            hint = r"escapes are \t \b \n \r \f \" \' \\ \uXXXX \UXXXXXXXX; write \\ for a backslash itself"
            return self._unexpected(token, hint)
        if before is not None and before.text == quote * 2 and before.end == token.start:
            hint = f"add {quote * 3}: the string of {self._place(before)} has no end"
            return self._at_end(f"the {self._noun} ends too early", hint, before.text + token.text)
        hint = f"add {quote}: the string of {self._place(token)} has no end on its line"
        if token.end >= len(self._text.rstrip()):
            return self._at_end(f"the {self._noun} ends too early", hint, token.text)
        return self._unexpected(token, hint + f"; one of several lines is in {quote * 3}")

    def _wrong_bracket(self, token: Token, index: int) -> str | None:
        """Return the suggestion for a closing bracket whose partner is another one or nowhere."""
        if not token.marks(*_PAIRS.values()):
            return None
        opened = _brackets(self._tokens[:index])
        if token.text not in {_PAIRS[bracket.text] for bracket in opened}:
            return f"take {token.text} out: nothing that it could close is open here"
        last = opened[-1]
        if _PAIRS[last.text] == token.text:
            return None
        return f"add {_PAIRS[last.text]} before it: the {last.text} of {self._place(last)} is still open"

    def _semantic_error(self, message: str) -> QuerySyntaxError | None:
        """Return the error for a text of right form that uses names wrongly, or None."""
        form = next((token for token in self._tokens if token.says(*FORMS)), None)
        for said, what, hint in _SENTENCES:
            if said in message and form is not None:
                column = ungrouped(self._tokens) if "GROUP BY" in what else None
                named = f": {column.text}" if column else ""
                return self._at(form, what + named, hint)
        found = relative_iri(self._tokens) if "IRI parsing failed" in message else None
        found = found or next(semantic_errors(self._tokens, self._update), None)
        return self._at(*found) if found else None

    def _as_said(self, message: str) -> QuerySyntaxError:
        """Return the error where only Oxigraph knows what is wrong: its place, and what it says if it is a sentence."""
        match = _MESSAGE.match(message)
        wanted = _QUOTED.sub("", match["wanted"]) if match else message
        offset = offset_of(self._text, int(match["line"]), int(match["column"])) if match else 0
        keywords = _KEYWORD.findall(wanted)
        if match and keywords and not _QUOTED.search(match["wanted"]):
            offset -= min(map(len, keywords))
        parts = [part.strip() for part in wanted.split(",")] if match else [wanted.strip()]
        said = next((part for part in parts if _SENTENCE.match(part)), None)
        token = next((token for token in self._tokens if token.end > offset), None)
        if token is None:
            return self._at_end(said or f"the {self._noun} ends too early", self._manual)
        if said:
            return self._at(token, said, self._manual)
        call = token.says(*FUNCTIONS)
        return self._unexpected(
            token, f"see which arguments {token.text.upper()} takes: {self._manual}" if call else None
        )

    def _unexpected(self, token: Token, hint: str | None) -> QuerySyntaxError:
        near = self._text[token.start : token.start + 20].split("\n")[0].strip()
        return self._at(token, f"unexpected input at or after “{near}”", hint or self._manual)

    def _at(self, token: Token, what: str, hint: str, *, shown: str | None = None) -> QuerySyntaxError:
        line, column = line_and_column(self._text, token.start)
        token_text = _one_line(shown or token.text)
        return QuerySyntaxError(_one_line(what), line=line, column=column, token=token_text, hint=_one_line(hint))

    def _at_end(self, what: str, hint: str, shown: str | None = None) -> QuerySyntaxError:
        line, column = line_and_column(self._text, len(self._text.rstrip()))
        token = _one_line(shown) if shown else None
        return QuerySyntaxError(_one_line(what), line=line, column=column, token=token, hint=_one_line(hint))

    def _place(self, token: Token) -> str:
        line, column = line_and_column(self._text, token.start)
        return f"line {line}, column {column}"


#: What to do about a character that is nothing by itself.
_STRAY = {
    "&": "write && for “and”",
    "@": 'a language tag follows its string at once: "text"@en',
    "$": "write the name of the variable right behind $",
    "\\": "take the backslash out: it has a meaning in strings, IRIs and names only",
    "_": "write a blank node as _:name",
}
#: What Oxigraph says of variables, what is shown, and the suggestion.
_SENTENCES = (
    (
        "SELECT contains a variable that is unbound",
        "SELECT names a variable that the pattern does not bind or that is not in GROUP BY",
        "add the variable to GROUP BY, or put it in an aggregate such as (SAMPLE(?x) AS ?any)",
    ),
    (
        "SELECT contains an expression with a variable that is unbound",
        "SELECT reckons with a variable that the pattern does not bind or that is not in GROUP BY",
        "add the variable to GROUP BY, or put it in an aggregate such as SUM(?x)",
    ),
    (
        "SELECT overrides an existing variable",
        "SELECT gives a new value, by AS, to a variable that the pattern binds",
        "take another variable behind AS",
    ),
    ("Duplicated variable name in SELECT", "SELECT names a variable twice", "name each variable once"),
    (
        "SELECT * is not authorized with GROUP BY",
        "SELECT * together with GROUP BY or an aggregate",
        "name the variables; an aggregate belongs in SELECT, HAVING or ORDER BY, not in FILTER or BIND",
    ),
    (
        "overridden in the right side of LATERAL",
        "LATERAL binds a variable that has a value already",
        "take another variable in LATERAL",
    ),
    (
        "limit should be a non negative integer",
        "the number behind LIMIT is too large",
        "write a smaller one",
    ),
    (
        "not allowed on property paths",
        "a property path carries an annotation or a reifier",
        "annotate triples with a plain predicate only",
    ),
)


def _brackets(tokens: Sequence[Token]) -> list[Token]:
    """Return the brackets that are open behind `tokens`, the outermost first."""
    opened: list[Token] = []
    for token in tokens:
        if token.marks(*_PAIRS):
            opened.append(token)
        elif token.marks(*_PAIRS.values()) and opened and _PAIRS[opened[-1].text] == token.text:
            opened.pop()
    return opened


def _one_line(words: str) -> str:
    """Return `words` on one line, without what cannot be printed, and not too long."""
    line = " ".join("".join(c if c.isprintable() else " " for c in words).split())
    return line if len(line) <= 300 else line[:299] + "…"
