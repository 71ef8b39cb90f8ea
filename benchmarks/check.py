"""How long does `computeatlas check` take, and does the time grow in proportion to the number of claims?

Usage: python benchmarks/check.py [CLAIMS …]

Makes graphs of the project's shape with so many claims, checks each without the reasoner, and prints a table in
Markdown: seconds for all layers and for each, microseconds a claim, and the growth against the number of claims. The
rival in the same run is pySHACL alone with the same shapes on files that rdflib has parsed: the checker that curators
would otherwise use, which has no rules across records and reports no lines.
"""

from __future__ import annotations

import hashlib
import platform
import shutil
import sys
import tempfile
import time
from pathlib import Path

import pyshacl
import rdflib

from computeatlas.curate.check.run import check_project
from computeatlas.model.project import Project

CLAIMS_IN_A_FILE = 250
HEAD = "\n".join(
    f"@prefix {prefix}: <{iri}> ."
    for prefix, iri in {
        "actor": "https://w3id.org/compute-atlas/id/actor/",
        "atlas": "https://w3id.org/compute-atlas/ontology#",
        "claim": "https://w3id.org/compute-atlas/id/claim/",
        "dcterms": "http://purl.org/dc/terms/",
        "edtf": "http://id.loc.gov/datatypes/edtf/",
        "infra": "https://w3id.org/compute-atlas/id/infrastructure/",
        "modality": "https://w3id.org/compute-atlas/id/modality/",
        "oa": "http://www.w3.org/ns/oa#",
        "psg": "https://w3id.org/compute-atlas/id/passage/",
        "rank": "https://w3id.org/compute-atlas/id/rank/",
        "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
        "reliability": "https://w3id.org/compute-atlas/id/reliability/",
        "source-kind": "https://w3id.org/compute-atlas/id/source-kind/",
        "src": "https://w3id.org/compute-atlas/id/source/",
        "status": "https://w3id.org/compute-atlas/id/status/",
    }.items()
)


def make_graph(root: Path, claims: int) -> Project:
    """Write a graph with so many claims: three on each of a third as many sites, a source for each 60."""
    shutil.copytree(Project.find().root / "ontology", root / "ontology")
    (root / "ontology" / "compute-atlas-all.ttl").unlink()
    for folder in ("entities", "sources", "claims"):
        (root / "graph_data" / folder).mkdir(parents=True)
    sites = (claims + 2) // 3
    labels = 'rdfs:label "{0}"@en , "{0}"@sv .\n'
    things = ["actor:builder a atlas:Company ; " + labels.format("Builder")]
    things += [f"infra:site-{n} a atlas:DataCentre ; " + labels.format(f"Site {n}") for n in range(sites)]
    _write(root / "graph_data/entities", things)
    digest = hashlib.sha256(b"").hexdigest()
    sources, statements = [], []
    for n in range(claims):
        if n % 60 == 0:
            sources.append(
                f'src:s{n} a atlas:Source ; dcterms:title "S{n}" ; dcterms:publisher actor:builder ;\n'
                f'    dcterms:language "en" ; dcterms:extent 9999 ; atlas:sha256 "{digest[:-8]}{n:08x}" ;\n'
                "    atlas:sourceKind source-kind:news ; atlas:reliability reliability:b .\n"
            )
        sources.append(
            f"psg:s{n - n % 60}-{n} a atlas:Passage ; atlas:inSource src:s{n - n % 60} ;\n"
            f'    oa:start {n % 60} ; oa:end {n % 60 + 9} ; atlas:sha256 "{digest}" .\n'
        )
        what = (
            "atlas:predicate atlas:builtBy ; atlas:object actor:builder",
            'atlas:predicate atlas:status ; atlas:object status:operational ; atlas:asOf "2025"^^edtf:EDTF',
            "atlas:predicate atlas:renewableShare ; atlas:value 0.5",
        )[n % 3]
        statements.append(
            f'claim:c{n} a atlas:Claim ;\n    rdfs:label "Claim {n}"@en , "Påstående {n}"@sv ;\n'
            f"    atlas:subject infra:site-{n // 3} ;\n    {what} ;\n    atlas:modality modality:reported ;\n"
            f"    atlas:rank rank:normal ;\n    atlas:evidence psg:s{n - n % 60}-{n} .\n"
        )
    _write(root / "graph_data/sources", sources)
    _write(root / "graph_data/claims", statements)
    return Project.find(root)


def _write(folder: Path, blocks: list[str]) -> None:
    for start in range(0, len(blocks), CLAIMS_IN_A_FILE):
        text = HEAD + "\n\n" + "\n".join(blocks[start : start + CLAIMS_IN_A_FILE])
        (folder / f"part-{start:06}.ttl").write_text(text, encoding="utf-8")


def time_check(project: Project) -> dict[str, float]:
    """Return the seconds of each layer and of all, for a graph without findings."""
    marks: list[tuple[str, float]] = []
    begun = time.perf_counter()
    report = check_project(project, progress=lambda step: marks.append((step, time.perf_counter())))
    ended = time.perf_counter()
    assert report.findings == [], report.findings[:3]
    times = [mark[1] for mark in marks] + [ended]
    layers = {name: times[i + 1] - times[i] for i, (name, _) in enumerate(marks)}
    return {"all": ended - begun, **layers}


def time_pyshacl(project: Project) -> float:
    """Return the seconds that pySHACL alone takes with the same shapes, parsing included."""
    begun = time.perf_counter()
    data, shapes = rdflib.Graph(), rdflib.Graph()
    for path in [*project.ontology(), *project.turtle("graph_data")]:
        data.parse(path)
    for path in project.shapes():
        shapes.parse(path)
    conforms, _, _ = pyshacl.validate(data, shacl_graph=shapes, inference="none")
    assert conforms
    return time.perf_counter() - begun


def main(sizes: list[int]) -> None:
    """Print the table for graphs of `sizes` claims."""
    print(f"Python {platform.python_version()}, {platform.machine()}; seconds, one run each\n")
    print("| claims | all | reading | terms | shapes | rules | µs a claim | pySHACL alone | ratio |")
    print("|--:|--:|--:|--:|--:|--:|--:|--:|--:|")
    for size in sizes:
        with tempfile.TemporaryDirectory() as folder:
            project = make_graph(Path(folder) / "graph", size)
            took = time_check(project)
            rival = time_pyshacl(project)
        layers = [took[name] for name in took if name.startswith(("reading", "checking"))]
        shown = " | ".join(f"{seconds:.2f}" for seconds in [took["all"], *layers])
        print(f"| {size} | {shown} | {took['all'] / size * 1e6:.0f} | {rival:.2f} | {took['all'] / rival:.2f} |")


if __name__ == "__main__":
    main([int(size) for size in sys.argv[1:]] or [300, 1000, 3000, 10000])
