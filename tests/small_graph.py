"""A small graph with every kind of thing of the whole one: for tests that go through all of a graph.

What such a test proves does not depend on how many things of a kind there are, but its time does. A thing of each
class is drawn at random, always the same one of the same graph, and what their claims rest on and lead to comes with
them; it is then built as the whole graph is.
"""

from __future__ import annotations

import bz2
import random
import shutil
from collections import defaultdict
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.model.namespaces import ATLAS, ID, PREFIXES, RDF, graph_iri
from computeatlas.model.project import Project
from computeatlas.release.build import build

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SEED = 20
#: Things that are always there: those that other tests know, with conflicts, money, shares and located evidence.
ALWAYS = ("infrastructure/mimer", "infrastructure/coreweave-falun")
#: Claims on each thing that is drawn.
PER_THING = 3
GRAPHS = ("entities", "sources", "claims")
_DERIVED = ID + "quantity/"
#: What is worked out when files are read stands in no file.
_WORKED_OUT = {ATLAS + name for name in ("asOfEarliest", "asOfLatest", "valueEarliest", "valueLatest")}


def build_small(whole: Path, repository: Path, folder: Path) -> Path:
    """Build a release of a part of the release `whole` in `folder` and return its directory."""
    root = folder / "root"
    for name in ("ontology", "queries"):
        shutil.copytree(repository / name, root / name)
    for name in ("compute-atlas-all.ttl", "catalog-v001.xml"):
        (root / "ontology" / name).unlink()
    text = bz2.decompress((whole / "compute-atlas.nq.bz2").read_bytes())
    every = list(ox.parse(text, format=ox.RdfFormat.N_QUADS))
    quads = [quad for quad in every if quad.graph_name.value in _NAMES]
    classes: defaultdict[str, set[str]] = defaultdict(set)
    for quad in every:
        if quad.predicate.value == RDF + "type" and quad.subject.value.startswith(ID):
            # What follows by rules is a kind apart: one actor is stated to be no more than that, others follow to be.
            classes[f"{quad.object.value} {quad.graph_name.value}"].add(quad.subject.value)
    kept = _chosen(quads, classes)
    for name in GRAPHS:
        triples = [
            ox.Triple(quad.subject, quad.predicate, quad.object)
            for quad in quads
            if quad.graph_name.value == graph_iri(name)
            and quad.subject.value in kept
            and not quad.subject.value.startswith(_DERIVED)
            and quad.predicate.value not in _WORKED_OUT
        ]
        path = root / "graph_data" / name / "small.ttl"
        path.parent.mkdir(parents=True)
        path.write_bytes(ox.serialize(triples, format=ox.RdfFormat.TURTLE, prefixes=PREFIXES))
    return build(Project.find(root), folder / "releases")


_NAMES = {graph_iri(name) for name in GRAPHS}


def _chosen(quads: list[ox.Quad], classes: Mapping[str, set[str]]) -> set[str]:
    """Return the IRIs of the things that are drawn and of all that they lead to."""
    draw = random.Random(SEED)
    claims: defaultdict[str, set[str]] = defaultdict(set)
    given: defaultdict[str, set[str]] = defaultdict(set)
    leads: defaultdict[str, set[str]] = defaultdict(set)
    # What says of which whole a thing is a part comes with the thing: claims on a part of another are errors.
    parts = {quad.subject.value for quad in quads if quad.object.value == ATLAS + "partOf"}
    for quad in quads:
        subject, value = quad.subject.value, quad.object.value
        if quad.predicate.value == ATLAS + "object":
            given[value].add(subject)
        if quad.predicate.value == ATLAS + "subject":
            claims[value].add(subject)
            if subject in parts:
                leads[value].add(subject)
        if isinstance(quad.object, ox.NamedNode) and value.startswith(ID):
            leads[subject].add(value)
    things = {ID + name for name in ALWAYS}
    open_ = set()
    for name in sorted(classes):
        if things & classes[name]:
            continue
        thing = draw.choice(sorted(classes[name]))
        things.add(thing)
        # A quantity, which stands in no file, is there where a claim gives it.
        open_ |= set(sorted(given[thing])[:1])
    open_ |= things
    for thing in sorted(things):
        open_ |= set(draw.sample(sorted(claims[thing]), min(PER_THING, len(claims[thing]))))
    kept: set[str] = set()
    while open_:
        kept |= open_
        open_ = {found for name in open_ for found in leads[name]} - kept
    return kept
