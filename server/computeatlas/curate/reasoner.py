"""HermiT, the OWL 2 DL reasoner, by way of owlready2, which ships its jar.

owlready2 reads N-Triples and RDF/XML, not Turtle, and would fetch what an ontology imports: it is given one file of
N-Triples without imports.
"""

from __future__ import annotations

import contextlib
import io
import shutil
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import pyoxigraph as ox

from computeatlas.engine.serialise import serialise
from computeatlas.model.errors import ReasonerError, ReasonerMissingError
from computeatlas.model.namespaces import OWL

if TYPE_CHECKING:
    from collections.abc import Iterable

_IMPORTS = ox.NamedNode(OWL + "imports")
#: Mebibytes of memory for the Java virtual machine.
_JAVA_MEMORY = 2000


def java() -> str:
    """Return the path of the Java runtime; raises ReasonerMissingError where there is none."""
    found = shutil.which("java")
    if found is None:
        raise ReasonerMissingError(
            "no Java runtime found",
            why="HermiT, the OWL reasoner, runs on Java",
            mend="install one, on Debian with `apt-get install default-jre-headless`",
        )
    return found


def unsatisfiable_classes(triples: Iterable[ox.Triple]) -> list[str] | None:
    """Return the IRIs of the classes that cannot have members, or None where the whole is inconsistent.

    Raises ReasonerMissingError without Java, ReasonerError  where HermiT gives no answer (a datatype outside the
    OWL 2 datatype map, for one).
    """
    import owlready2  # slow to import, and needed by nobody who only serves

    executable = java()
    kept = [triple for triple in triples if triple.predicate != _IMPORTS]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "graph.nt")
        path.write_bytes(serialise(kept, ox.RdfFormat.N_TRIPLES))
        owlready2.JAVA_EXE = executable
        owlready2.reasoning.JAVA_MEMORY = _JAVA_MEMORY
        world = owlready2.World()
        # owlready2 prints HermiT's command line and timing on standard output.
        with contextlib.redirect_stdout(io.StringIO()), contextlib.redirect_stderr(io.StringIO()):
            ontology = world.get_ontology(path.as_uri()).load()
            try:
                with ontology:
                    owlready2.sync_reasoner_hermit(world, infer_property_values=False, debug=0)
            except owlready2.OwlReadyInconsistentOntologyError:
                return None
            except owlready2.base.OwlReadyError as error:
                raise ReasonerError("HermiT gave no answer", why=str(error).strip().splitlines()[-1]) from error
            return sorted(cls.iri for cls in world.inconsistent_classes() if cls is not owlready2.Nothing)
