"""What is said of the stage of a thing and of when its steps are, set out in time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from computeatlas.model.dates import EdtfDate, parse_edtf, place_of
from computeatlas.model.namespaces import ATLAS
from computeatlas.model.terms import date_of
from computeatlas.views.timeline import STEPS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.model.records import Claim
    from computeatlas.model.terms import Term

_WIDTH = 920.0
_MARGIN = 70.0
_ROW = 44.0
_TOP = 16.0
_STATUS = ATLAS + "status"
#: Comes before all others.
_FIRST = parse_edtf("0001-01-01")


@dataclass(frozen=True)
class Mark:
    """One value of one claim: what was said, when it was said, and for the date of a step, which.

    `said` is the date that the claim gives itself or else, as `is_documents`, that of its document; None where neither
    has one. `x` is where that is drawn, `until` where the date of the step, `planned`, begins; None where there is
    none. `y` is its row.
    """

    claim: Claim
    value: Term
    said: EdtfDate | None
    is_documents: bool
    planned: EdtfDate | None
    x: float | None
    until: float | None
    y: float


@dataclass(frozen=True)
class Progress:
    """A drawing of `width` by `height` with its `marks` and the `years` of its scale with their places."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    years: tuple[tuple[int, float], ...]


def progress(claims: Iterable[Claim]) -> Progress | None:
    """Return what `claims` say of stages and of the dates of steps, in the order of time; None where they say nothing.

    Each row of the drawing is one value of one claim; those without any date have no place on the scale.
    """
    rows = []
    for claim in claims:
        if claim.predicate != _STATUS and claim.predicate not in STEPS:
            continue
        for value in claim.values:
            planned = date_of(value) if claim.predicate in STEPS else None
            rows.append((claim, value, claim.said, claim.as_of is None and claim.said is not None, planned))
    if not rows:
        return None
    rows.sort(key=lambda row: (row[2] is None, row[2] or row[4] or _FIRST, row[0].iri, str(row[1])))
    places = [place_of(when.days[0]) for row in rows for when in (row[2], row[4]) if when]
    first, last = (int(min(places)), int(max(places)) + 1) if places else (0, 1)
    scale = (_WIDTH - 2 * _MARGIN) / (last - first)

    def across(when: EdtfDate | None) -> float | None:
        return round(_MARGIN + (place_of(when.days[0]) - first) * scale, 1) if when else None

    marks = tuple(
        Mark(claim, value, said, documents, planned, across(said), across(planned), _TOP + _ROW * (index + 0.5))
        for index, (claim, value, said, documents, planned) in enumerate(rows)
    )
    # A label for each year until they would run into one another.
    step = max(1, -(-(last - first) * 60 // int(_WIDTH - 2 * _MARGIN)))
    years = tuple((year, round(_MARGIN + (year - first) * scale, 1)) for year in range(first, last + 1, step))
    return Progress(_WIDTH, _TOP + _ROW * len(rows) + 34, marks, years if places else ())
