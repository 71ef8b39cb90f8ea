"""The groups of a query's pattern, found in its text, so that a query can be changed at a group and kept elsewhere.

A group is what stands between braces: https://www.w3.org/TR/sparql11-query/#GraphPattern. Only their borders and the
clauses of SELECT are found here; what a group says is read by rdflib, from the skeleton that `skeleton` writes.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from computeatlas.provenance.gaps import Gap, Reason
from computeatlas.sparql.tokens import Kind, Token, tokenize

if TYPE_CHECKING:
    from collections.abc import Sequence


class Role(Enum):
    """What a group is to the one around it. Only the first four can make rows."""

    PLAIN = "group"
    BRANCH = "branch of a union"
    OPTIONAL = "optional"
    GRAPH = "graph"
    OPAQUE = "neither read nor changed"


@dataclass
class Group:
    """A group from its `{` at `start` to behind its `}` at `end`.

    `number` tells it from the other groups of the query. `select` is there where the group is a subquery. `children`
    are the groups directly in it, in the order of the text. `hidden` are stretches that make no rows of their own:
    filters, values, assignments, and opaque groups.
    """

    number: int
    role: Role
    start: int
    end: int = 0
    select: Select | None = None
    children: list[Group] = field(default_factory=list)
    hidden: list[tuple[int, int]] = field(default_factory=list)
    dots: list[int] = field(default_factory=list)


@dataclass(frozen=True)
class Assignment:
    """`(expression AS ?variable)`: where the expression stands, and the variable's name."""

    start: int
    end: int
    variable: str


@dataclass
class Select:
    """A SELECT, or the ASK or CONSTRUCT of a whole query, from its first word to behind its last at `end`.

    `head` is the offset behind SELECT, DISTINCT and REDUCED. `dataset` is the stretch of the FROM clauses. `keys` are
    the plain variables of GROUP BY, `made_keys` what it assigns. `values` is a VALUES clause at the end.
    """

    start: int
    head: int
    form: str
    end: int = 0
    distinct: bool = False
    star: bool = False
    variables: list[str] = field(default_factory=list)
    assigned: list[Assignment] = field(default_factory=list)
    dataset: tuple[int, int] | None = None
    template: tuple[int, int] | None = None
    body: Group | None = None
    aggregated: bool = False
    limited: bool = False
    keys: list[str] = field(default_factory=list)
    made_keys: list[Assignment] = field(default_factory=list)
    values: tuple[int, int] | None = None


@dataclass(frozen=True)
class Layout:
    """A query as text: its prologue ends at `prologue`; `gaps` are the parts that make no traceable row."""

    text: str
    prologue: int
    select: Select
    gaps: tuple[Gap, ...]


class UnreadError(Exception):
    """The query cannot be taken apart, for the reason `gap`."""

    def __init__(self, gap: Gap):
        super().__init__(gap.reason.text)
        self.gap = gap


_FORMS = ("SELECT", "ASK", "CONSTRUCT", "DESCRIBE")
_AGGREGATES = ("COUNT", "SUM", "MIN", "MAX", "AVG", "SAMPLE", "GROUP_CONCAT")
_MODIFIERS = ("GROUP", "HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES")


def read_layout(text: str) -> Layout:
    """Return where the groups of `text`, a query that an engine has taken, lie.

    Raises UnreadError for DESCRIBE, and for a text whose groups are not found.
    """
    reader = _Reader(text)
    try:
        select = reader.whole()
    except (IndexError, StopIteration, RecursionError) as error:
        raise UnreadError(Gap(Reason.UNREAD)) from error
    return Layout(text, reader.prologue, select, tuple(dict.fromkeys(reader.gaps)))


class _Reader:
    def __init__(self, text: str):
        self._text = text
        self._tokens = list(tokenize(text))
        self._place = 0
        self._count = 0
        self.prologue = 0
        self.gaps: list[Gap] = []

    def whole(self) -> Select:
        while not self._now.says(*_FORMS):
            self._place += 1
        self.prologue = self._now.start
        if self._now.says("DESCRIBE"):
            raise UnreadError(Gap(Reason.FORM))
        return self._select()

    @property
    def _now(self) -> Token:
        return self._tokens[self._place]

    def _closing(self, opening: int) -> int:
        """Return the index of the token that closes the bracket at the index `opening`."""
        depth = self._tokens[opening].depth
        return next(
            i
            for i in range(opening + 1, len(self._tokens) + 1)
            # An IndexError says that nothing closes it.
            if self._tokens[i].depth == depth and self._tokens[i].marks(")", "}", "]", ">>", ")>>", "|}")
        )

    def _select(self) -> Select:
        first = self._now
        select = Select(first.start, first.end, first.text.upper())
        self._place += 1
        self._clause(select)
        select.body = self._group(Role.PLAIN)
        select.end = select.body.end
        self._modifiers(select, first.depth)
        return select

    def _clause(self, select: Select) -> None:
        """Read what stands before the pattern: variables, the data set, the template of a CONSTRUCT."""
        template = select.form == "CONSTRUCT" and self._now.marks("{")
        if template:
            end = self._closing(self._place)
            select.template = (self._now.start, self._tokens[end].end)
            self._place = end + 1
        while not self._now.marks("{"):
            token = self._now
            if token.says("DISTINCT", "REDUCED"):
                select.distinct, select.head = True, token.end
            elif token.says("FROM"):
                begin = select.dataset[0] if select.dataset else token.start
                self._place += 2 if self._tokens[self._place + 1].says("NAMED") else 1
                select.dataset = (begin, self._now.end)
            elif token.marks("*"):
                select.star = True
            elif token.kind is Kind.VAR:
                select.variables.append(token.text[1:])
            elif token.marks("("):
                end = self._closing(self._place)
                select.assigned += self._assignments(self._place, end)
                select.aggregated |= self._aggregates(self._place, end)
                self._place = end
            self._place += 1
        if select.form != "SELECT":
            select.star = True

    def _assignments(self, opening: int, closing: int) -> list[Assignment]:
        """Return the assignment between two brackets, or nothing where there is a bare expression."""
        if closing - opening < 3 or not self._tokens[closing - 2].says("AS"):
            return []
        start, end = self._tokens[opening].end, self._tokens[closing - 2].start
        return [Assignment(start, end, self._tokens[closing - 1].text[1:])]

    def _aggregates(self, first: int, last: int) -> bool:
        tokens = self._tokens[first : last + 1]
        return any(a.says(*_AGGREGATES) and b.marks("(") for a, b in itertools.pairwise(tokens))

    def _modifiers(self, select: Select, depth: int) -> None:
        clause = ""
        while self._place < len(self._tokens) and self._now.depth >= depth:
            token = self._now
            if token.depth == depth and token.marks("}"):
                return
            if token.depth == depth and token.says(*_MODIFIERS):
                clause = token.text.upper()
                select.aggregated |= clause in ("GROUP", "HAVING")
                select.limited |= clause in ("LIMIT", "OFFSET")
                if clause == "VALUES":
                    select.values = (token.start, token.end)
            elif token.depth == depth and clause == "GROUP" and token.kind is Kind.VAR:
                select.keys.append(token.text[1:])
            elif token.depth == depth and token.marks("{"):
                self._place = self._closing(self._place)
            elif token.depth == depth and token.marks("(") and clause in ("GROUP", "ORDER"):
                end = self._closing(self._place)
                if clause == "GROUP":
                    select.made_keys += self._assignments(self._place, end)
                select.aggregated |= self._aggregates(self._place, end)
                self._place = end
            select.end = self._now.end
            if select.values:
                select.values = (select.values[0], select.end)
            self._place += 1

    def _group(self, role: Role) -> Group:
        """Read the group whose `{` is the token now, and go behind it."""
        opening = self._now
        closing = self._closing(self._place)
        group = Group(self._count, role, opening.start, self._tokens[closing].end)
        self._count += 1
        self._place += 1
        if self._now.says("SELECT"):
            group.select = self._select()
        else:
            while self._place < closing:
                self._element(group)
        self._place = closing + 1
        return group

    def _element(self, group: Group) -> None:
        """Read one token of a group, or the filter, group or data that begin with it."""
        token = self._now
        if token.says("FILTER"):
            self._hide(group, token.start, self._filter())
        elif token.says("BIND"):
            self._hide(group, token.start, self._closing(self._place + 1))
        elif token.says("VALUES"):
            brace = next(i for i in range(self._place, len(self._tokens)) if self._tokens[i].marks("{"))
            self._hide(group, token.start, self._closing(brace))
        elif token.says("MINUS", "SERVICE", "LATERAL"):
            reasons = {"MINUS": Reason.ABSENCE, "SERVICE": Reason.FEDERATED, "LATERAL": Reason.EXTENSION}
            brace = next(i for i in range(self._place, len(self._tokens)) if self._tokens[i].marks("{"))
            end = self._closing(brace)
            self._note(reasons[token.text.upper()], self._place, end)
            self._hide(group, token.start, end)
        elif token.says("OPTIONAL", "UNION"):
            if token.says("UNION") and group.children:
                group.children[-1].role = Role.BRANCH
            self._place += 1
            group.children.append(self._group(Role.OPTIONAL if token.says("OPTIONAL") else Role.BRANCH))
        elif token.says("GRAPH"):
            self._place += 2
            group.children.append(self._group(Role.GRAPH))
        elif token.marks("{"):
            group.children.append(self._group(Role.PLAIN))
        elif token.marks("(", "[", "<<", "<<(", "{|"):
            self._place = self._closing(self._place) + 1
        else:
            if token.marks("."):
                group.dots.append(token.end)
            self._place += 1

    def _filter(self) -> int:
        """Return the index of the last token of the filter that begins now, and note what it tests by patterns."""
        first = place = self._place
        while not self._tokens[place].marks("(", "{"):
            place += 1
        end = self._closing(place)
        tests = [i for i in range(first, end) if self._tokens[i].says("EXISTS")]
        for i in tests:
            absent = self._tokens[i - 1].says("NOT")
            self._note(Reason.ABSENCE if absent else Reason.EXISTS, i - absent, self._closing(i + 1))
        return end

    def _hide(self, group: Group, start: int, last: int) -> None:
        group.hidden.append((start, self._tokens[last].end))
        self._place = last + 1

    def _note(self, reason: Reason, first: int, last: int) -> None:
        piece = self._text[self._tokens[first].start : self._tokens[last].end]
        self.gaps.append(Gap(reason, " ".join(piece.split())))


def groups_of(group: Group) -> Sequence[Group]:
    """Return `group` and all groups within it, those of subqueries too, in the order of the text."""
    found = [group]
    if group.select and group.select.body:
        found += groups_of(group.select.body)
    for child in group.children:
        found += groups_of(child)
    return found


def skeleton(layout: Layout) -> str:
    """Return a query with the groups and triples of `layout` and nothing else, for a parser that reads those.

    The first thing in each group that can hold triples is `FILTER("NUMBER")`, which tells which group it is. There is
    a filter behind each full stop too: rdflib's parser goes one level deeper for each triple that follows another.
    """
    select = layout.select
    assert select.body is not None
    return layout.text[: layout.prologue] + "SELECT * WHERE " + _bones(layout.text, select.body)


def _bones(text: str, group: Group) -> str:
    if group.select is not None:
        assert group.select.body is not None
        return "{ SELECT * WHERE " + _bones(text, group.select.body) + " }"
    changes = [(start, end, " FILTER(1) ") for start, end in group.hidden]
    changes += [(child.start, child.end, _bones(text, child)) for child in group.children]
    changes += [(dot, dot, " FILTER(1) ") for dot in group.dots]
    parts = [f'{{ FILTER("{group.number}") ']
    place = group.start + 1
    for start, end, new in sorted(changes):
        parts += text[place:start], new
        place = end
    return "".join((*parts, text[place : group.end - 1], " }"))
