"""The workloads: pools of queries, each with the share of requests that it gets.

Every query ends with `LIMIT ` and the load adds a number larger than the number of rows: a limit that cuts nothing, but
makes a query that no server has seen before, whatever it leaves out of its cache's key (white space, comments).
"""

from __future__ import annotations

import itertools
import random
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import quote

from endpoint import graph

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

PREFIXES = (
    f"PREFIX atlas: <{graph.ATLAS}> "
    "PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> "
    "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#> "
)
PROPERTIES = ("rdf:type", "atlas:locatedIn", "atlas:builtBy", "atlas:operatedBy", "atlas:status")
KINDS = ("look-ups", "joins", "aggregations", "lists")
MIX = {"look-ups": 0.60, "joins": 0.20, "lists": 0.12, "aggregations": 0.08}
MIX_POOL = {"look-ups": 2_600, "joins": 1_000, "lists": 85, "aggregations": 315}
ZIPF_EXPONENT = 1.0
POPULAR = {"look-ups": 200, "joins": 200, "lists": 20, "aggregations": 20}
PAGE_ROWS = 2_000
PAGE_LIMIT = f"LIMIT {PAGE_ROWS} "
FEWEST_LIMIT = 1_000_000
LIMITS_A_RUN = 10_000_000


@dataclass(frozen=True)
class Workload:
    """A pool of weighted queries and how they are asked.

    `fresh` says whose answers a cache can have at the start: "request" (no query is ever asked twice), "run" (queries
    come back within a measurement, but a measurement begins with queries never seen before) or "never" (the same
    queries in all measurements, after one measurement that is thrown away).
    """

    name: str
    fresh: str
    weighted: tuple[tuple[float, str], ...]

    def write_pool(self, folder: Path) -> Path:
        """Write weight and percent-encoded query, a line each, for the load's script; return the file."""
        path = folder / f"{self.name.replace(' ', '-')}.pool"
        path.write_text("".join(f"{weight:.9f} {quote(query, safe='')}\n" for weight, query in self.weighted))
        return path

    def first_limit(self, run: int) -> int:
        """Return the number after `LIMIT` of the first request of measurement `run`."""
        return FEWEST_LIMIT + (0 if self.fresh == "never" else (run + 1) * LIMITS_A_RUN)

    def seconds(self, usual: int, clients: int) -> int:
        """Return how long to measure: longer where answers that are under way at the end are many of all."""
        return 3 * usual if clients > 8 and ("aggregations" in self.name or "mix" in self.name) else usual

    @property
    def limit_step(self) -> int:
        """Return by how much that number grows with each request."""
        return 1 if self.fresh == "request" else 0


def queries(kind: str) -> list[str]:
    """Return the distinct queries of a kind, in an order that is random but always the same."""
    made = list(dict.fromkeys(_MAKERS[kind]()))
    random.Random(kind).shuffle(made)  # noqa: S311 (an order, no secret)
    return made


def all_workloads() -> list[Workload]:
    """Return the workloads in the order of the report."""
    cold = [Workload(kind, "request", tuple((1.0, query) for query in queries(kind))) for kind in KINDS]
    mixed = tuple(itertools.chain.from_iterable(_zipf(kind, MIX[kind]) for kind in MIX))
    mixes = [Workload("mix", "run", mixed), Workload("mix again", "never", mixed)]
    popular = [
        Workload(f"popular {kind}", "never", tuple((1.0, query) for query in queries(kind)[: POPULAR[kind]]))
        for kind in KINDS
    ]
    return [*cold, *mixes, *popular]


def _zipf(kind: str, share: float) -> Iterable[tuple[float, str]]:
    """Give the kind's queries with weights of rank to the power of -1 that sum up to the kind's share of requests."""
    pool = queries(kind)[: MIX_POOL[kind]]
    weights = [rank**-ZIPF_EXPONENT for rank in range(1, len(pool) + 1)]
    return [(share * weight / sum(weights), query) for weight, query in zip(weights, pool, strict=True)]


def _look_ups() -> Iterable[str]:
    """Give for each facility all that is said of it, and one property of it: 1 to 9 rows."""
    properties = [
        graph.RDFS_LABEL,
        *(graph.ATLAS + name for name in ("locatedIn", "builtBy", "operatedBy", "status", "plannedOperationalYear")),
    ]
    for number in range(graph.FACILITIES):
        yield f"SELECT ?p ?o WHERE {{ <{graph.facility(number)}> ?p ?o }} LIMIT "
        yield f"SELECT ?o WHERE {{ <{graph.facility(number)}> <{properties[number % 6]}> ?o }} LIMIT "


def _joins() -> Iterable[str]:
    """Give joins of two and three patterns that start at a place or an actor: about 10 to 50 rows."""
    for number in range(graph.LOCALITIES):
        where = f"?f atlas:locatedIn <{graph.locality(number)}>"
        yield PREFIXES + f"SELECT ?f ?year WHERE {{ {where} ; atlas:plannedOperationalYear ?year }} LIMIT "
        yield PREFIXES + f"SELECT ?f ?status ?a WHERE {{ {where} ; atlas:status ?status ; atlas:builtBy ?a }} LIMIT "
    for number in range(graph.ACTORS):
        built, run = (f"?f atlas:{by} <{graph.actor(number)}>" for by in ("builtBy", "operatedBy"))
        yield PREFIXES + f"SELECT ?f ?label WHERE {{ {built} ; rdfs:label ?label }} LIMIT "
        yield (
            PREFIXES + f"SELECT ?f ?place ?label WHERE {{ {run} ; atlas:locatedIn ?place . "
            "?place rdfs:label ?label } LIMIT "
        )


def _lists() -> Iterable[str]:
    """Give 2 000 rows of two columns: pages of all values of a property, and the facilities of one year with one."""
    for name in (*PROPERTIES, "atlas:plannedOperationalYear", "rdfs:label"):
        for page in range(5):
            window = f"OFFSET {page * PAGE_ROWS} {PAGE_LIMIT}" if page else PAGE_LIMIT
            yield PREFIXES + f"SELECT * WHERE {{ {{ SELECT ?f ?x WHERE {{ ?f {name} ?x }} {window}}} }} LIMIT "
    for year in graph.YEARS:
        for name in PROPERTIES:
            where = f"?f atlas:plannedOperationalYear {year} ; {name} ?x"
            yield PREFIXES + f"SELECT ?f ?x WHERE {{ {where} }} LIMIT "


def _aggregations() -> Iterable[str]:
    """Give counts and averages over all facilities, grouped by a property or by country: 5 to 2 000 rows."""
    groups = [*(f"?f {name} ?group" for name in PROPERTIES), "?f atlas:locatedIn ?place . ?place atlas:within ?group"]
    whens = [""]
    for relation, year in itertools.product((">=", "<", "="), graph.YEARS[1:]):
        whens.append(f" . ?f atlas:plannedOperationalYear ?year . FILTER(?year {relation} {year})")
    for group, when in itertools.product(groups, whens):
        yield PREFIXES + f"SELECT ?group (COUNT(?f) AS ?n) WHERE {{ {group}{when} }} GROUP BY ?group LIMIT "
        shares = f"{group} . ?f atlas:renewableShare ?share{when}"
        yield PREFIXES + f"SELECT ?group (AVG(?share) AS ?mean) WHERE {{ {shares} }} GROUP BY ?group LIMIT "


_MAKERS = {"look-ups": _look_ups, "joins": _joins, "lists": _lists, "aggregations": _aggregations}
