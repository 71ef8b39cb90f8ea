"""The answer to a question as its page shows it: what has a name is linked, in the reader's language.

Queries give names as texts, which is right for a spreadsheet and too little for a page. What a text names is asked of
the data: a text that is the name of one thing stands for that thing. In the release all but a few names are of one
thing only; of those that are not, the one counts that is of the same kind as others in the column, the commonest
first, and where that does not decide it, the text stays a text.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import EDTF, ID, XSD
from computeatlas.model.records import doubt
from computeatlas.model.terms import decimal_of, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from computeatlas.engine.table import Table, Term
    from computeatlas.views.reader import Reader

#: What GROUP_CONCAT puts between names in the queries of the project.
SEPARATOR = "; "
#: Names looked up in one query.
_BATCH = 1000
#: Longer texts are no names.
_LONGEST = 500
_LABEL = "Label"
_NUMBERS = frozenset(XSD + name for name in ("integer", "decimal", "double", "float"))
_DATES = frozenset((EDTF, *(XSD + name for name in ("date", "dateTime", "gYear", "gYearMonth"))))
#: Where a word begins in the name of a variable.
_CAPITAL = re.compile(r"(?<=[a-z])[A-Z]")
#: A name with how sure it is, as queries write them together: `Scaleway (announced plan)`.
_WITH_CERTAINTY = re.compile(r"(?P<name>.+) \((?P<how>[^()]+)\)", re.DOTALL)
_MODALITY = "modality"
#: In a line that answers: `{rows}`, `{#column}`, `{min column}`, `{max column}`, `{each column: column}`.
_FIELD = re.compile(r"\{(?P<how>#|min |max |each )?(?P<name>\w+)(?:: (?P<value>\w+))?\}", re.ASCII)
#: Rows that a line can tell one by one.
_TELLABLE = 4


@dataclass(frozen=True)
class Piece:
    """A part of a cell: a term, and the IRI of the thing that it is or names, None where it names none.

    `certainty` is the modality that stands in brackets behind the term in the answer, None where there is none.
    """

    term: Term
    thing: str | None = None
    certainty: str | None = None

    @property
    def number(self) -> Decimal | None:
        """The number that it is, None for anything else."""
        is_number = isinstance(self.term, ox.Literal) and self.term.datatype.value in _NUMBERS
        return decimal_of(self.term) if is_number else None

    @property
    def is_date(self) -> bool:
        """Whether it is a date, in one of the types that dates have."""
        return isinstance(self.term, ox.Literal) and self.term.datatype.value in _DATES


@dataclass(frozen=True)
class Column:
    """A column that is shown, by the name of its variable without `Label`."""

    name: str
    is_number: bool

    @property
    def words(self) -> str:
        """The name in words: `Located in` for `locatedIn`."""
        words = _CAPITAL.sub(lambda match: " " + match[0].lower(), self.name).replace("_", " ").strip()
        return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class AnswerRows:
    """Columns, and rows of cells; a cell has a piece for each name in it, and none where it is empty."""

    columns: tuple[Column, ...]
    rows: tuple[tuple[tuple[Piece, ...], ...], ...]

    @property
    def things(self) -> tuple[str, ...]:
        """The things in the rows, each once."""
        pieces = [piece for row in self.rows for cell in row for piece in cell]
        found = (thing for piece in pieces for thing in (piece.thing, piece.certainty) if thing)
        return tuple(dict.fromkeys(found))

    @property
    def weakest(self) -> str | None:
        """The least sure of the modalities in the rows, None where there are none."""
        return max(self.of_kind(_MODALITY), key=doubt, default=None)

    def of_kind(self, kind: str) -> tuple[str, ...]:
        """Return the things in the rows whose identifiers are of `kind`, such as `infrastructure`."""
        return tuple(thing for thing in self.things if kind_of(thing) == kind)


def kind_of(thing: str) -> str:
    """Return the kind of a thing as its IRI has it, `BASE/id/KIND/NAME`; empty for others."""
    return thing.removeprefix(ID).partition("/")[0] if thing.startswith(ID) else ""


def read_answer(reader: Reader, table: Table, begin: int, size: int, language: str) -> AnswerRows:
    """Return the rows of `table` from number `begin` (counted from 0) on, `size` at most, with what they name.

    `language` is that of its texts without a tag. Raises what asking raises.
    """
    places = shown_columns(table)
    rows = [[row[place] for place in places] for row in table.rows[begin : begin + size]]
    found = _named(reader, [term for row in rows for term in row], language)
    kinds = [_kinds_in(found, [row[place] for row in rows], language) for place in range(len(places))]
    cells = tuple(
        tuple(_cell(term, found, near, language) for term, near in zip(row, kinds, strict=True)) for row in rows
    )
    columns = tuple(Column(_bare(table.variables[place]), _is_number(table, place)) for place in places)
    return AnswerRows(columns, cells)


def shown_columns(table: Table) -> list[int]:
    """Return the places of the columns that are shown: a thing hides its label, since it is shown by that."""
    variables = table.variables
    hidden = {name + _LABEL for name in variables}
    if table.rows and all(isinstance(row[0], ox.NamedNode) for row in table.rows):
        hidden.add(_LABEL.lower())
    return [place for place, name in enumerate(variables) if name not in hidden]


def answer_line(template: str, table: Table, write: Callable[[Decimal, str], str]) -> str:
    """Return the answer in a line made from `template`, empty where the answer does not have what it needs.

    `{rows}` is the number of rows, `{#column}` that of different values of a column, `{min column}` and `{max column}`
    its least and greatest number, `{each one: other}` what two columns have in each row, of which there are few.
    `write` writes a number of the column with that name.
    """
    if not table.rows:
        return ""
    is_missing = False

    def put(match: re.Match[str]) -> str:
        nonlocal is_missing
        text = _told(match, table, write)
        is_missing = is_missing or not text
        return text

    line = _FIELD.sub(put, template)
    return "" if is_missing else line


def _told(match: re.Match[str], table: Table, write: Callable[[Decimal, str], str]) -> str:
    """Return what stands for a field of the line, empty where the table does not have it."""
    how, name = (match["how"] or "").strip(), match["name"]
    if name == "rows" and not how:
        return write(Decimal(len(table.rows)), "")
    columns = [wanted for wanted in (name, match["value"]) if wanted]
    if not set(columns) <= set(table.variables):
        return ""
    places = [table.variables.index(wanted) for wanted in columns]
    if how == "each":
        if len(places) < 2 or len(table.rows) > _TELLABLE:
            return ""
        pairs = [[_written(row[place], table.variables[place], write) for place in places] for row in table.rows]
        return "; ".join(": ".join(pair) for pair in pairs) if all(map(all, pairs)) else ""
    terms = {row[places[0]] for row in table.rows} - {None}
    if how == "#":
        return write(Decimal(len(terms)), "") if terms else ""
    numbers = [number for term in terms if (number := decimal_of(term)) is not None]
    if how not in ("min", "max") or not numbers:
        return ""
    return write(min(numbers) if how == "min" else max(numbers), name)


def _written(term: Term | None, column: str, write: Callable[[Decimal, str], str]) -> str:
    if term is None:
        return ""
    number = Piece(term).number
    return text_of(term).replace(SEPARATOR, ", ") if number is None else write(number, column)


def _is_number(table: Table, place: int) -> bool:
    terms = [term for row in table.rows if (term := row[place]) is not None]
    return bool(terms) and all(Piece(term).number is not None for term in terms)


def _bare(variable: str) -> str:
    return variable.removesuffix(_LABEL) or variable


def _texts(term: Term | None, language: str) -> list[list[ox.Literal]]:
    """Return the names that a term may be, as literals: first all of it as one, then the parts of a list."""
    if not isinstance(term, ox.Literal) or not (term.language or term.datatype.value == XSD + "string"):
        return []
    # Engines differ on whether texts of one language that are put together still have it.
    tag = term.language or language
    parts = [part for part in term.value.split(SEPARATOR) if part]
    lists = [[term.value]] * bool(parts) + [parts] * (len(parts) > 1)
    return [[ox.Literal(text, language=tag) for text in texts] for texts in lists]


def _names(text: ox.Literal) -> tuple[ox.Literal, ...]:
    """Return a text as a name, and where it has something in brackets behind it, both without each other."""
    match = _WITH_CERTAINTY.fullmatch(text.value)
    parts = (match["name"], match["how"]) if match else ()
    return (text, *(ox.Literal(part, language=text.language) for part in parts))


def _named(reader: Reader, terms: Iterable[Term | None], language: str) -> dict[str, dict[str, None]]:
    """Return, for each text among `terms` that is a name, the things that have it; texts are in N-Triples."""
    names = (name for term in terms for texts in _texts(term, language) for text in texts for name in _names(text))
    asked = list(dict.fromkeys(name for name in names if len(name.value) <= _LONGEST))
    batches = [asked[start : start + _BATCH] for start in range(0, len(asked), _BATCH)]
    found: dict[str, dict[str, None]] = {}
    for table in reader.ask_all(*(reader.text("named", label=batch) for batch in batches)):
        for row in table.records():
            thing = row.get("x")
            if isinstance(thing, ox.NamedNode):
                found.setdefault(str(row["label"]), {})[thing.value] = None
    return found


def _kinds_in(found: dict[str, dict[str, None]], terms: Sequence[Term | None], language: str) -> tuple[str, ...]:
    """Return the kinds of the things of a column, the commonest first, among names of one thing only."""
    kinds = Counter(
        kind_of(next(iter(things)))
        for term in terms
        for texts in _texts(term, language)
        for text in texts
        for name in _names(text)[:2]
        if len(things := found.get(str(name), {})) == 1
    )
    return tuple(kind for kind, _count in kinds.most_common() if kind)


def _cell(
    term: Term | None, found: dict[str, dict[str, None]], kinds: Sequence[str], language: str
) -> tuple[Piece, ...]:
    if term is None or (isinstance(term, ox.Literal) and not term.value):
        return ()
    if isinstance(term, ox.NamedNode):
        return (Piece(term, term.value),)
    readings = [tuple(_piece(text, found, kinds) for text in texts) for texts in _texts(term, language)]
    for pieces in readings:
        if any(piece.thing for piece in pieces):
            return pieces
    if readings and any(piece.certainty for piece in readings[-1]):
        return readings[-1]
    return (Piece(term if not isinstance(term, ox.Triple) else ox.Literal(text_of(term))),)


def _piece(text: ox.Literal, found: dict[str, dict[str, None]], kinds: Sequence[str]) -> Piece:
    thing = _one(found.get(str(text), {}), kinds)
    if thing is None and len(names := _names(text)) > 1:
        how = [thing for thing in found.get(str(names[2]), {}) if kind_of(thing) == _MODALITY]
        if how:
            return Piece(names[1], _one(found.get(str(names[1]), {}), kinds), how[0])
    return Piece(text, thing)


def _one(things: dict[str, None], kinds: Sequence[str]) -> str | None:
    """Return the thing that a name stands for, None where it cannot be told."""
    for kind in kinds if len(things) > 1 else ():
        if chosen := [thing for thing in things if kind_of(thing) == kind]:
            return chosen[0] if len(chosen) == 1 else None
    return next(iter(things)) if len(things) == 1 else None
