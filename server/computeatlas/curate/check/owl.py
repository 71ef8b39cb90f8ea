"""OWL 2 DL profile and consistency, by the OWL API and HermiT in the jar that owlready2 ships.

The work is done in a process of its own (`owl_worker.py`): a Java virtual machine can be started once in a process, and
one that dies takes its process along. It is given one file without imports, so nothing is ever fetched.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.serialise import serialise
from computeatlas.model.errors import ReasonerError, ReasonerMissingError
from computeatlas.model.namespaces import OWL

if TYPE_CHECKING:
    from collections.abc import Iterable

_IMPORTS = ox.NamedNode(OWL + "imports")
#: Mebibytes for the Java machine.
_MEMORY = 2000
#: Seconds; the whole graph of today takes one.
_PATIENCE = 600


@dataclass(frozen=True)
class Axiom:
    """An axiom: its text in functional syntax, and for an assertion subject, property and value."""

    text: str
    assertion: tuple[str, str, str] | None = None


@dataclass(frozen=True)
class OwlReport:
    """What the OWL API and HermiT found.

    `violations` has the axioms outside OWL 2 DL with the reason; `conflict` the smallest set of axioms that contradict
    each other, empty where all is consistent; `unsatisfiable` each class that cannot have members, with the axioms
    that make it so.
    """

    violations: tuple[tuple[str, Axiom], ...] = ()
    consistent: bool = True
    conflict: tuple[Axiom, ...] = ()
    unsatisfiable: tuple[tuple[str, tuple[Axiom, ...]], ...] = ()


def java_home() -> str:
    """Return the home of the Java runtime on the path; raises ReasonerMissingError where there is none."""
    found = shutil.which("java")
    if found is None:
        raise ReasonerMissingError(
            "no Java runtime found",
            why="HermiT, the OWL reasoner, runs on Java",
            hint="install one, on Debian with `apt-get install default-jre-headless`",
        )
    return str(Path(found).resolve().parents[1])


def examine(triples: Iterable[ox.Triple]) -> OwlReport:
    """Return what the OWL API and HermiT find in `triples`, imports left aside.

    Raises ReasonerMissingError without Java, ReasonerError where they give no answer.
    """
    environment = {**os.environ, "JAVA_HOME": java_home()}
    kept = [triple for triple in triples if triple.predicate != _IMPORTS]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "graph.rdf")
        path.write_bytes(serialise(kept, ox.RdfFormat.RDF_XML))
        command = [sys.executable, "-m", "computeatlas.curate.check.owl_worker", str(path), str(_MEMORY)]
        try:
            done = subprocess.run(  # noqa: S603 (our own module, with a path that we made)
                command, capture_output=True, text=True, env=environment, timeout=_PATIENCE, check=False
            )
        except subprocess.TimeoutExpired as error:
            raise ReasonerError(f"HermiT gave no answer in {_PATIENCE} seconds") from error
    if done.returncode:
        lines = [line.strip() for line in done.stderr.splitlines() if line.strip()]
        raise ReasonerError("HermiT gave no answer", why=lines[-1] if lines else f"exit code {done.returncode}")
    return _report(json.loads(done.stdout.splitlines()[-1]))


def _report(data: dict[str, object]) -> OwlReport:
    def axiom(entry: dict[str, object]) -> Axiom:
        assertion = entry["assertion"]
        return Axiom(
            str(entry["text"]),
            tuple(assertion) if assertion else None,  # type: ignore[arg-type]
        )

    return OwlReport(
        violations=tuple((why, axiom(entry)) for why, entry in data["violations"]),  # type: ignore[attr-defined]
        consistent=bool(data["consistent"]),
        conflict=tuple(axiom(entry) for entry in data["conflict"]),  # type: ignore[attr-defined]
        unsatisfiable=tuple(
            (iri, tuple(axiom(entry) for entry in entries))
            for iri, entries in data["unsatisfiable"]  # type: ignore[attr-defined]
        ),
    )
