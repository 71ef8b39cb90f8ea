"""A thing amid what it is linked to: where to draw it and its neighbours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pyoxigraph as ox

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from computeatlas.views.entity.incoming import Reference
    from computeatlas.views.entity.statements import Group

#: Neighbours on each side: more cannot be told apart.
_MOST = 8
_WIDTH = 940.0
_EDGE = 8.0
_ROW = 54.0
_BOX = 290.0
_MIDDLE = 210.0


@dataclass(frozen=True)
class Neighbour:
    """A box with a line to the middle: `outgoing` where the thing in the middle is the subject.

    `x` and `y` are the corner of the box, `line` the path of the line, from subject to object.
    """

    iri: str
    by: str
    outgoing: bool
    inferred: bool
    x: float
    y: float
    line: str


@dataclass(frozen=True)
class Neighbourhood:
    """A drawing of `width` by `height`; `left_out` neighbours have no room in it."""

    width: float
    height: float
    box: float
    middle: float
    neighbours: tuple[Neighbour, ...]
    left_out: int

    @property
    def centre(self) -> tuple[float, float]:
        """The middle of the drawing, where the thing itself stands."""
        return self.width / 2, self.height / 2


def neighbourhood(groups: Iterable[Group], references: Sequence[Reference]) -> Neighbourhood | None:
    """Return the drawing of what `groups` and `references` link a thing to; None where that is nothing.

    What is said comes before what is inferred, and each neighbour once on each side.
    """
    from_it = [
        (statement.value.value, block.by, statement.origin.value == "inferred")
        for group in groups
        for block in group.blocks
        for statement in block.statements
        if isinstance(statement.value, ox.NamedNode)
    ]
    to_it = [(r.subject, r.by, r.origin.value == "inferred") for r in references if r.origin is not None]
    right, left = _once(from_it), _once(to_it)
    if not right and not left:
        return None
    height = max(len(right[:_MOST]), len(left[:_MOST]), 2) * _ROW + 16
    neighbours = [*_column(left[:_MOST], height, outgoing=False), *_column(right[:_MOST], height, outgoing=True)]
    beyond = max(0, len(left) - _MOST) + max(0, len(right) - _MOST)
    return Neighbourhood(_WIDTH, height, _BOX, _MIDDLE, tuple(neighbours), beyond)


def _once(links: Iterable[tuple[str, str, bool]]) -> list[tuple[str, str, bool]]:
    found: dict[str, tuple[str, str, bool]] = {}
    for link in sorted(links, key=lambda link: link[2]):
        found.setdefault(link[0], link)
    return list(found.values())


def _column(links: Sequence[tuple[str, str, bool]], height: float, *, outgoing: bool) -> Iterable[Neighbour]:
    top = (height - len(links) * _ROW) / 2
    for index, (name, by, inferred) in enumerate(links):
        y = top + index * _ROW
        corner = _WIDTH - _BOX - _EDGE if outgoing else _EDGE
        near, far = ((_WIDTH + _MIDDLE) / 2, corner) if outgoing else ((_WIDTH - _MIDDLE) / 2, _BOX + _EDGE)
        bend = (near + far) / 2
        middle, mine = height / 2, y + _ROW / 2
        ends = (near, middle, far, mine) if outgoing else (far, mine, near, middle)
        line = f"M{ends[0]:g} {ends[1]:g}C{bend:g} {ends[1]:g} {bend:g} {ends[3]:g} {ends[2]:g} {ends[3]:g}"
        yield Neighbour(name, by, outgoing, inferred, corner, y, line)
