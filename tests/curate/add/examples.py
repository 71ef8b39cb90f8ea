"""New sources and claims for the tests of `add`, and what to compare them by."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import pyoxigraph as ox

from computeatlas.curate.add.fields import NewClaim
from computeatlas.curate.add.lookup import expand
from computeatlas.curate.add.source import part
from computeatlas.curate.check.evidence import check_evidence
from computeatlas.curate.passages import facts_of
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, PREFIXES, shorten
from computeatlas.model.project import Project
from computeatlas.turtle.lines import ParsedGraph
from computeatlas.turtle.statement import Statement

ARCHIVE = Path(__file__).parents[2] / "data/archive"
ONTOLOGY = Path(__file__).parents[3] / "ontology"
HALL = "graph_data/claims/hall.ttl"
PAPER = "graph_data/sources/paper.ttl"
#: With a byte-order mark, Windows line ends, a character outside the basic plane and one of two code points.
LETTER = "\ufeff\r\n  The Órgan  of Øre\r\n\r\nIt is the letter of a man to the town, and it has 𝟙 e\u0301 in it.\r\n"
CLAIM = NewClaim(
    source="paper",
    subject="infra:hall",
    predicate="atlas:operatedBy",
    modality="reported",
    objects=("actor:builder",),
    finds=("Builder",),
)


def snapshot(project: Project) -> dict[str, bytes]:
    return {project.relative(path): path.read_bytes() for path in project.root.rglob("*") if path.is_file()}


def evidence_findings(graph: ParsedGraph, archive: dict[str, str]) -> list[Finding]:
    """Return what is wrong with sources and passages; the figures of these made-up claims are in no text."""
    found = check_evidence(graph, EmbeddedEngine(graph.quads()), facts_of(graph), archive)
    return [finding for finding in found if finding.code != "figure-not-in-passage"]


def said(path: Path, subject: str) -> dict[str, list[str]]:
    """Return what `path` says of `subject`, in Turtle, by prefixed name of the property."""
    found: dict[str, list[str]] = {}
    for q in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
        if q.subject.value == expand(subject):
            value = shorten(q.object.value) if isinstance(q.object, ox.NamedNode) else str(q.object)
            found.setdefault(shorten(q.predicate.value), []).append(value)
    return found


def imports(project: Project) -> list[str]:
    text = (project.root / "ontology/compute-atlas-all.ttl").read_text(encoding="utf-8")
    return re.findall(r"<(https://w3id.org/compute-atlas/data/[^>]+)>", text)


def entries(project: Project) -> dict[str, str]:
    root = ElementTree.parse(project.root / "ontology/catalog-v001.xml").getroot()
    return {entry.attrib["name"]: entry.attrib["uri"] for entry in root if "/data/" in entry.attrib["name"]}


def passage(start: int, end: int) -> Statement:
    return Statement(
        ox.NamedNode(f"{PREFIXES['psg']}paper-{start}-{end}"),
        (
            part("rdf:type", ox.NamedNode(ATLAS + "Passage")),
            part("atlas:inSource", ox.NamedNode(PREFIXES["src"] + "paper")),
            part("oa:start", ox.Literal(start)),
            part("oa:end", ox.Literal(end)),
        ),
    )
