"""The benchmark's graph: 20 000 facilities, their places and builders, in the terms of the ontology."""

from __future__ import annotations

import gzip
import random
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

TRIPLES = 180_000
FACILITIES, LOCALITIES, COUNTRIES, ACTORS = 20_000, 500, 30, 2_000
YEARS = range(2024, 2034)
CLASSES = ("DataCentre", "AIFactory", "AIFactoryAntenna", "AIGigafactory", "Supercomputer", "SupportNetwork")
STATUSES = {
    "announced": "tillkännagiven",
    "selected": "utvald",
    "under-construction": "under byggnad",
    "operational": "i drift",
    "cancelled": "inställd",
}
ACTOR_CLASSES = ("Company", "PublicOrganization", "ResearchOrganization")

ATLAS = "https://w3id.org/compute-atlas/ontology#"
ID = "https://w3id.org/compute-atlas/id/"
RDF_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
RDFS_LABEL = "http://www.w3.org/2000/01/rdf-schema#label"
SKOS_CONCEPT = "http://www.w3.org/2004/02/skos/core#Concept"
XSD = "http://www.w3.org/2001/XMLSchema#"


def facility(number: int) -> str:
    """Return the IRI of a facility."""
    return f"{ID}infrastructure/site-{number}"


def locality(number: int) -> str:
    """Return the IRI of a locality."""
    return f"{ID}place/locality-{number}"


def actor(number: int) -> str:
    """Return the IRI of an actor."""
    return f"{ID}actor/actor-{number}"


def write_graph(plain: Path, packed: Path) -> None:
    """Write the graph as N-Triples, plain and with gzip: always the same 180 000 triples, all in the default graph."""
    lines = list(_triples())
    assert len(lines) == len(set(lines)) == TRIPLES, len(set(lines))
    text = "".join(lines).encode()
    plain.write_bytes(text)
    packed.write_bytes(gzip.compress(text, compresslevel=6, mtime=0))


def _triples() -> Iterator[str]:
    """Give the triples, one a line: first the small things, then eight a facility, then shares until all are there."""
    draw = random.Random(20_000)  # noqa: S311 (a graph to measure with, no secret)
    count = 0
    for line in _small_things():
        count += 1
        yield line
    years = [YEARS[number % len(YEARS)] for number in range(FACILITIES)]
    draw.shuffle(years)
    for number in range(FACILITIES):
        site = facility(number)
        yield _link(site, RDF_TYPE, ATLAS + CLASSES[draw.randrange(len(CLASSES))])
        yield from _labels(site, f"Facility {number}", f"Anläggning {number}")
        yield _link(site, ATLAS + "locatedIn", locality(draw.randrange(LOCALITIES)))
        yield _link(site, ATLAS + "builtBy", actor(draw.randrange(ACTORS)))
        yield _link(site, ATLAS + "operatedBy", actor(draw.randrange(ACTORS)))
        yield _link(site, ATLAS + "status", f"{ID}status/{draw.choice(list(STATUSES))}")
        yield _typed(site, "plannedOperationalYear", str(years[number]), "integer")
        count += 8
    for number in sorted(draw.sample(range(FACILITIES), TRIPLES - count)):
        yield _typed(facility(number), "renewableShare", f"{draw.randrange(1, 100) / 100:.2f}", "decimal")


def _small_things() -> Iterator[str]:
    for number in range(COUNTRIES):
        country = f"{ID}place/country-{number}"
        yield _link(country, RDF_TYPE, ATLAS + "Country")
        yield from _labels(country, f"Country {number}", f"Land {number}")
        yield f'<{country}> <{ATLAS}isoCode> "{chr(65 + number // 26)}{chr(65 + number % 26)}" .\n'
    for number in range(LOCALITIES):
        yield _link(locality(number), RDF_TYPE, ATLAS + "Locality")
        yield from _labels(locality(number), f"Locality {number}", f"Ort {number}")
        yield _link(locality(number), ATLAS + "within", f"{ID}place/country-{number % COUNTRIES}")
    for number in range(ACTORS):
        yield _link(actor(number), RDF_TYPE, ATLAS + ACTOR_CLASSES[number % 3])
        yield from _labels(actor(number), f"Actor {number}", f"Aktör {number}")
    for status, swedish in STATUSES.items():
        yield _link(f"{ID}status/{status}", RDF_TYPE, SKOS_CONCEPT)
        yield from _labels(f"{ID}status/{status}", status, swedish)


def _link(subject: str, predicate: str, target: str) -> str:
    return f"<{subject}> <{predicate}> <{target}> .\n"


def _labels(subject: str, english: str, swedish: str) -> Iterator[str]:
    yield f'<{subject}> <{RDFS_LABEL}> "{english}"@en .\n'
    yield f'<{subject}> <{RDFS_LABEL}> "{swedish}"@sv .\n'


def _typed(subject: str, name: str, value: str, datatype: str) -> str:
    return f'<{subject}> <{ATLAS}{name}> "{value}"^^<{XSD}{datatype}> .\n'
