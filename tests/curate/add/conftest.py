"""Graphs and texts to add to."""

from __future__ import annotations

from pathlib import Path

import pytest

from computeatlas.curate.data_file import data_iri, ontology_header
from computeatlas.model.namespaces import PREFIXES
from computeatlas.model.project import Project

from .examples import (
    LETTER,
    ONTOLOGY,
    PAPER,
)


@pytest.fixture
def graph(tiny: Path) -> Project:
    return Project.find(tiny)


@pytest.fixture
def letter(tmp_path: Path) -> Path:
    path = tmp_path / "letters" / "letter.txt"
    path.parent.mkdir()
    path.write_bytes(LETTER.encode())
    return path


@pytest.fixture
def with_protege(graph: Project) -> Project:
    """The tiny graph with the two files for Protégé, with their data files changed for its own."""
    for name in ("compute-atlas-all.ttl", "catalog-v001.xml"):
        lines = (ONTOLOGY / name).read_text(encoding="utf-8").splitlines(keepends=True)
        # The last import ends the list, so one data file stays.
        kept = [line for line in lines if "/data/" not in line or "data/sources/vr-mimer" in line]
        text = "".join(kept).replace("vr-mimer", "paper")
        (graph.root / "ontology" / name).write_text(text, encoding="utf-8")
    paper = graph.root / PAPER
    header = f"@prefix owl: <{PREFIXES['owl']}> .\n\n" + ontology_header(data_iri("sources", "paper")).text()
    paper.write_text(header + paper.read_text())
    return graph
