"""What curation costs a claim: check, build (time and memory), and a table of 500 claims with `add claims`.

Usage: python benchmarks/curation.py [CLAIMS]

Makes a graph of the project's shape with so many claims (12 000 if not said), times each command in a process of its
own, and prints a table in Markdown: seconds, milliseconds a claim, and for the build kilobytes of memory a claim above
what it takes on an empty graph of the same ontology. pySHACL alone with the same shapes, in the same run, is the rival
of the check.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from check import make_graph, time_pyshacl

ROWS = 500
HEAD = "subject\tpredicate\tvalue\tmodality\tas_of\tsource\tlocator\tseen_on\tlabel_en\tlabel_sv\tfile\n"


def run(*arguments: str) -> tuple[float, float]:
    """Run the program with `arguments`; return its seconds and its largest size in kilobytes.

    Raises CalledProcessError where it fails.
    """
    begun = time.perf_counter()
    command = [sys.executable, "-m", "computeatlas", *arguments]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)  # noqa: S603 (our own program)
    _, status, usage = os.wait4(process.pid, 0)
    if status:
        raise subprocess.CalledProcessError(status, arguments)
    return time.perf_counter() - begun, usage.ru_maxrss


WEB = """@prefix actor: <https://w3id.org/compute-atlas/id/actor/> .
@prefix atlas: <https://w3id.org/compute-atlas/ontology#> .
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix edtf: <http://id.loc.gov/datatypes/edtf/> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix reliability: <https://w3id.org/compute-atlas/id/reliability/> .
@prefix source-kind: <https://w3id.org/compute-atlas/id/source-kind/> .
@prefix src: <https://w3id.org/compute-atlas/id/source/> .

<https://w3id.org/compute-atlas/data/sources/web> a owl:Ontology .

src:web a atlas:Source ;
    dcterms:title "Sites and their power"@en ;
    dcterms:publisher actor:builder ;
    dcterms:language "en" ;
    dcterms:issued "2025-03-01"^^edtf:EDTF ;
    foaf:page <https://example.org/power> ;
    atlas:sourceKind source-kind:news ;
    atlas:reliability reliability:b .
"""


def write_table(path: Path) -> Path:
    """Write a table of claims on the sites of the graph, each on a located passage of its own."""
    rows = [
        f"infra:site-{n}\tatlas:electricalPower\t{10 + n} MW\tannounced-plan\t2025\tweb\tsite {n} with power"
        f"\t2026-11-20\tSite {n} is to have {10 + n} MW\tAnläggning {n} ska få {10 + n} MW\tpower\n"
        for n in range(ROWS)
    ]
    path.write_text(HEAD + "".join(rows), encoding="utf-8")
    return path


def main(claims: int) -> None:
    """Print the table for a graph of so many claims."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        project = make_graph(folder / "graph", claims)
        (project.root / "graph_data/sources/web.ttl").write_text(WEB, encoding="utf-8")
        empty = make_graph(folder / "empty", 3)
        root = ("--root", str(project.root))
        rival = time_pyshacl(project)
        checked, _ = run("check", "--no-reason", *root)
        built, size = run("build", *root, "--releases", str(folder / "releases"))
        _, base = run("build", "--root", str(empty.root), "--releases", str(folder / "other"))
        added, _ = run("add", "claims", str(write_table(folder / "table.tsv")), *root)
    print(f"Python {platform.python_version()}, {platform.machine()}; a graph of {claims} claims, one run each\n")
    print("| what | seconds | ms a claim | kB a claim |")
    print("|---|--:|--:|--:|")
    print(f"| check | {checked:.1f} | {checked / claims * 1e3:.2f} | |")
    print(f"| pySHACL alone | {rival:.1f} | {rival / claims * 1e3:.2f} | |")
    print(f"| build | {built:.1f} | {built / claims * 1e3:.2f} | {(size - base) / claims:.1f} |")
    print(f"| add claims, {ROWS} rows | {added:.1f} | {added / ROWS * 1e3:.2f} | |")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 12_000)
