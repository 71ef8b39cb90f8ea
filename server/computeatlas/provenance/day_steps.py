"""From the first and last day of a date back to the date: the program derives these days, no rule in a file."""

from __future__ import annotations

from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.dates import DATED
from computeatlas.model.namespaces import ATLAS
from computeatlas.model.terms import date_of
from computeatlas.provenance.lookup import ask_many, spo
from computeatlas.provenance.rules import Step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from computeatlas.engine.table import Ask

#: The name by which a derivation and the pages call what `curate.derived_days` does.
DAYS_OF_DATE = "days_of_date"
_SUMMARY = "A date lies between its first and its last day."
_DATES = "SELECT ?s ?p ?o WHERE { VALUES (?s ?p) { } ?s ?p ?o }"
_FROM = {f"{ATLAS}{part}{side}": name for name, part in DATED.items() for side in ("Earliest", "Latest")}


def day_steps(ask: Ask, goals: Iterable[ox.Triple]) -> dict[ox.Triple, list[Step]]:
    """Return for each of `goals` that is the day of a date the step from all dates that it is derived from."""
    days = [goal for goal in goals if goal.predicate.value in _FROM]
    wanted = dict.fromkeys((spo(day)[0], ox.NamedNode(_FROM[day.predicate.value])) for day in days)
    given: dict[tuple[object, str], list[ox.Triple]] = defaultdict(list)
    for row in ask_many(ask, _DATES, ("s", "p"), list(wanted)) if wanted else ():
        if date_of(row["o"]):
            triple = ox.Triple(row["s"], row["p"], row["o"])  # type: ignore[arg-type]
            given[triple.subject, triple.predicate.value].append(triple)
    found = {}
    for day in days:
        if premises := given.get((day.subject, _FROM[day.predicate.value])):
            found[day] = [Step(DAYS_OF_DATE, _SUMMARY, tuple(sorted(premises, key=str)))]
    return found
