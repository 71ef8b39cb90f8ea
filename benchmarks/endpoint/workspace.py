"""The files of a run: the graph in the forms that the servers read, the load's script, the servers' logs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from endpoint import graph

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True)
class Files:
    """Where the files of a run are."""

    folder: Path
    plain: Path
    packed: Path

    def log(self, server: str) -> Path:
        """Return the file for what a server says."""
        return self.folder / f"{server.replace(' ', '-').replace(',', '')}.log"


def make_files(folder: Path) -> Files:
    """Write the graph into `folder` and return where it is."""
    folder.mkdir(parents=True, exist_ok=True)
    files = Files(folder, folder / "graph.nt", folder / "graph.nt.gz")
    graph.write_graph(files.plain, files.packed)
    return files
