"""Marks on a map, and clusters of those that lie so near one another that one is drawn for all."""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

Point = tuple[float, float]
#: How far two marks must be apart, in pixels, to be drawn apart.
APART = 22.0
#: How far marks at one and the same place are moved from it when their cluster is opened, in pixels.
_SPREAD = 15.0
#: Marks of clusters that open, on one map: each is drawn although it is seen by few, and weighs half a kilobyte.
OPENING = 120


@dataclass(frozen=True)
class Mark:
    """A thing at a point of the drawing.

    `shape` is the number of its kind, `status` the IRI of its stage, empty where none is stated. Not `exact`: the thing
    is somewhere in an area of which this is the point that a register gives. `shift` is by how many pixels the mark
    is moved when several stand at one place; `place` is the IRI of the place, empty where it has none.
    """

    x: float
    y: float
    thing: str
    kind: str = ""
    shape: int = 0
    status: str = ""
    exact: bool = True
    shift: Point = (0.0, 0.0)
    place: str = ""


@dataclass(frozen=True)
class Cluster:
    """Marks so near one another that one is drawn for all; `x` and `y` are the middle, `anchor` names its list.

    Where it does not open, its marks are too many to be drawn beside those of others, however near one looks.
    """

    x: float
    y: float
    marks: tuple[Mark, ...]
    anchor: str
    opens: bool = True

    @property
    def by_place(self) -> dict[str, int]:
        """How many of its marks stand at each place."""
        return dict(Counter(mark.place for mark in self.marks))

    @property
    def apart_from(self) -> float:
        """The length in the drawing that must be `APART` pixels for all its places to be seen apart; 0: one place."""
        places = sorted({(mark.x, mark.y) for mark in self.marks})
        gaps = (math.dist(one, other) for index, one in enumerate(places) for other in places[index + 1 :])
        return min(gaps, default=0.0)


def cluster(marks: Iterable[Mark], apart: float) -> tuple[Cluster, ...]:
    """Return `marks` in clusters, from the top down: no mark is farther than `apart` from the first of its cluster."""
    found: list[list[Mark]] = []
    cells: dict[tuple[int, int], list[list[Mark]]] = {}
    for mark in sorted(marks, key=lambda mark: (mark.y, mark.x, mark.thing)):
        column, row = int(mark.x // apart), int(mark.y // apart)
        near = (
            group
            for across in (column - 1, column, column + 1)
            for down in (row - 1, row, row + 1)
            for group in cells.get((across, down), ())
            if math.dist((group[0].x, group[0].y), (mark.x, mark.y)) <= apart
        )
        group = next(near, None)
        if group is None:
            group = []
            found.append(group)
            cells.setdefault((column, row), []).append(group)
        group.append(mark)
    return tuple(
        Cluster(
            sum(mark.x for mark in group) / len(group),
            sum(mark.y for mark in group) / len(group),
            _spread(group),
            f"group-{number}",
        )
        for number, group in enumerate(found, 1)
    )


def opening(clusters: tuple[Cluster, ...]) -> tuple[Cluster, ...]:
    """Return `clusters`, of which the smallest open: those that have no more than `OPENING` marks together."""
    opened, left = set(), OPENING
    for group in sorted(clusters, key=lambda group: len(group.marks)):
        left -= len(group.marks)
        if left < 0:
            break
        opened.add(group.anchor)
    return tuple(replace(group, opens=group.anchor in opened) for group in clusters)


def _spread(group: list[Mark]) -> tuple[Mark, ...]:
    """Return the marks with those at one place moved onto a circle around it."""
    here: dict[Point, list[Mark]] = {}
    for mark in group:
        here.setdefault((mark.x, mark.y), []).append(mark)
    moved = []
    for same in here.values():
        if len(same) == 1:
            moved += same
            continue
        # Round a larger circle, so that more of them do not touch.
        radius = max(_SPREAD, _SPREAD * len(same) / 4)
        for number, mark in enumerate(same):
            turn = 2 * math.pi * number / len(same)
            moved.append(replace(mark, shift=(radius * math.sin(turn), -radius * math.cos(turn))))
    return tuple(moved)
