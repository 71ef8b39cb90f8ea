"""The graph as of a day: only what documents that had been issued by then say.

A claim stays where one of its documents does, with the passages of those that do. That a later claim contradicts,
supersedes or corroborates an earlier one was not known yet. Ranks stay: they are the curators' judgement of today.
"""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.dates import EdtfError, Precision, parse_edtf, read_date
from computeatlas.model.errors import UsageError
from computeatlas.model.namespaces import ATLAS, DCTERMS, RDF

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import date

_TYPE = RDF + "type"
_SOURCE, _PASSAGE, _CLAIM = (ox.NamedNode(ATLAS + name) for name in ("Source", "Passage", "Claim"))
_IN_SOURCE, _EVIDENCE, _SEEN_ON = ATLAS + "inSource", ATLAS + "evidence", ATLAS + "seenOn"
_ISSUED = DCTERMS + "issued"
#: How exact a day to look back to may be; of a month or a year the last day is meant.
_EXACT = (Precision.DAY, Precision.MONTH, Precision.YEAR)


def read_as_of(text: str) -> date:
    """Return the day that `text` means: a day, or the last day of a month or a year.

    Raises UsageError for anything else.
    """
    hint = "write a day, a month or a year: 2025-03-01, 2025-03 or 2025"
    try:
        when = parse_edtf(text.strip())
    except EdtfError as error:
        raise UsageError(f"{text!r} is no date to look back to", why=error.why, hint=hint) from error
    if when.precision not in _EXACT or when.latest is None or when.is_uncertain or when.is_approximate:
        raise UsageError(f"{text!r} is no date to look back to", why="it is not one day", hint=hint)
    return when.latest


def as_of(quads: Iterable[ox.Quad], day: date) -> list[ox.Quad]:
    """Return `quads` without the documents issued after `day`, their passages, and the claims that only they state.

    Of the date of a document its last day counts. One without a date counts from the day on which it was first seen,
    and is left out where that is not known either.
    """
    kept = list(quads)
    gone = _gone(kept, day)
    _add_nameless(kept, gone)
    return [quad for quad in kept if quad.subject not in gone and quad.object not in gone]


def _gone(quads: Iterable[ox.Quad], day: date) -> set[object]:
    """Return the documents that were not issued by `day`, their passages, and the claims without another document."""
    kinds: dict[object, set[object]] = defaultdict(set)
    said: dict[str, dict[object, set[object]]] = {
        name: defaultdict(set) for name in (_IN_SOURCE, _EVIDENCE, _SEEN_ON, _ISSUED)
    }
    for quad in quads:
        if quad.predicate.value == _TYPE:
            kinds[quad.object].add(quad.subject)
        elif quad.predicate.value in said:
            said[quad.predicate.value][quad.subject].add(quad.object)
    seen: dict[object, set[object]] = defaultdict(set)
    for passage, documents in said[_IN_SOURCE].items():
        for document in documents:
            seen[document] |= said[_SEEN_ON][passage]
    later = {one for one in kinds[_SOURCE] if not _is_there(said[_ISSUED][one], seen[one], day)}
    passages = {one for one in kinds[_PASSAGE] if said[_IN_SOURCE][one] <= later}
    return later | passages | {one for one in kinds[_CLAIM] if said[_EVIDENCE][one] <= passages}


def _is_there(issued: Iterable[object], seen: Iterable[object], day: date) -> bool:
    """Say whether a document of these dates, or else seen on these days, had been issued by `day`."""
    dates = [term for term in issued if isinstance(term, ox.Literal)] or [t for t in seen if isinstance(t, ox.Literal)]
    days = [when.latest for term in dates if (when := read_date(term.value)) and when.latest]
    return bool(days) and min(days) <= day


def _add_nameless(quads: Iterable[ox.Quad], gone: set[object]) -> None:
    """Add to `gone` the nameless things that are only inside what is gone."""
    holders: Mapping[object, set[object]] = defaultdict(set)
    for quad in quads:
        if isinstance(quad.object, ox.BlankNode):
            holders[quad.object].add(quad.subject)
    changed = True
    while changed:
        inside = {node for node, around in holders.items() if node not in gone and around <= gone}
        gone |= inside
        changed = bool(inside)
