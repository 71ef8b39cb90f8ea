"""Outlines with fewer corners, for maps that are small and must weigh little."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from computeatlas.views.drawing.map import Outline

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.views.drawing.map import Outlines, Point


def coarsen(outlines: Outlines, step: int) -> Outlines:
    """Return `outlines` with their corners moved to a grid of `step` units and what falls together left out.

    Neighbours keep their common border, because both get the same corners; islands smaller than the grid go. A country
    that would go altogether stays as it is.
    """
    return replace(outlines, countries=tuple(_coarse(country, step) for country in outlines.countries))


def _coarse(country: Outline, step: int) -> Outline:
    paths = [path for ring in country.rings if (path := _path(ring, step))]
    return Outline(country.code, "".join(paths)) if paths else country


def _path(ring: Sequence[Point], step: int) -> str:
    """Return the closed line on the grid, empty where it encloses nothing."""
    kept: list[tuple[int, int]] = []
    for x, y in ring:
        corner = (round(x / step) * step, round(y / step) * step)
        if kept and corner == kept[-1]:
            continue
        # There and back again encloses nothing.
        if len(kept) > 1 and corner == kept[-2]:
            kept.pop()
            continue
        kept.append(corner)
    if len(kept) > 1 and kept[0] == kept[-1]:
        kept.pop()
    if len(kept) < 3:
        return ""
    return "M" + "L".join(f"{x},{y}" for x, y in kept) + "Z"
