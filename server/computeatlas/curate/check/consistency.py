"""What the reasoner finds, at the lines of the statements that cause it.

HermiT reads ontology, entities and current view. Claims and sources are left out: shapes and rules cover what could be
wrong with them.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

from computeatlas.curate.check.owl import Axiom, examine
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import ATLAS, shorten

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.curate.current_view import Assertion
    from computeatlas.turtle.lines import ParsedGraph

    View = Sequence[Assertion]

_IRI = re.compile(r"<([^>]*)>")
_SUPPORTED_BY = (ATLAS + "object", ATLAS + "value")


def reasoned_digest(graph: ParsedGraph) -> str:
    """Return a digest of ontology and entities: while it stays the same, HermiT need not be asked again."""
    digest = hashlib.sha256()
    for name in ("ontology", "entities"):
        for file in graph.files[name]:
            # Names of blank nodes differ from run to run.
            for line in sorted(re.sub(r"_:\w+", "_:b", str(triple)) for triple in file.triples):
                digest.update(line.encode())
    return digest.hexdigest()


def find_inconsistency(graph: ParsedGraph, view: View) -> list[Finding]:
    """Return what is outside OWL 2 DL, contradictory or unsatisfiable, sorted.

    Raises ReasonerMissingError or ReasonerError.
    """
    triples = [t for name in ("ontology", "entities") for file in graph.files[name] for t in file.triples]
    found = examine([*triples, *dict.fromkeys(assertion.triple for assertion in view)])
    findings = []
    for why, axiom in found.violations:
        path, line = place_of(graph, view, axiom)
        hint = "see https://www.w3.org/TR/owl2-syntax/#Global_Restrictions_on_Axioms_in_OWL_2_DL"
        what = f"{_readable(axiom.text)} is not OWL 2 DL"
        findings.append(Finding(path, line, "owl-2-dl-profile", what, why.lower(), hint))
    if not found.consistent:
        findings += [_contradiction(graph, view, axiom, found.conflict) for axiom in found.conflict]
    for iri, axioms in found.unsatisfiable:
        path, line = graph.place(iri)
        why = "these contradict each other: " + _listed(graph, view, axioms)
        what = f"{shorten(iri)} cannot have members"
        findings.append(Finding(path, line, "unsatisfiable-class", what, why, "fix one of them"))
    return sorted(set(findings))


def _contradiction(graph: ParsedGraph, view: View, axiom: Axiom, conflict: tuple[Axiom, ...]) -> Finding:
    path, line = place_of(graph, view, axiom)
    others = tuple(other for other in conflict if other != axiom)
    what = f"{_readable(axiom.text)} is part of a contradiction"
    why = "it cannot hold together with " + _listed(graph, view, others)
    hint = "one of these is wrong; look first at those in graph_data/"
    return Finding(path, line, "inconsistent", what, why, hint)


def place_of(graph: ParsedGraph, view: View, axiom: Axiom) -> tuple[str, int]:
    """Return path and line of the statement that makes an axiom; for one of the current view, of a claim behind it."""
    if axiom.assertion:
        subject, predicate, value = axiom.assertion
        for assertion in view:
            triple = assertion.triple
            if (triple.subject.value, triple.predicate.value) == (subject, predicate) and triple.object.value == value:  # type: ignore[union-attr]
                for part in _SUPPORTED_BY:
                    path, line = graph.place(assertion.claims[0].value, part, value)
                    if path and line:
                        return path, line
        return graph.place(subject, predicate, value)
    # The first name in the text of an axiom is that of the term whose block has it.
    named = [iri for iri in _IRI.findall(axiom.text) if graph.place(iri)[1]]
    ours = [iri for iri in named if iri.startswith(ATLAS)] or named
    return graph.place(ours[0]) if ours else ("ontology", 0)


def _listed(graph: ParsedGraph, view: View, axioms: tuple[Axiom, ...]) -> str:
    return "; ".join(
        f"{_readable(axiom.text)} ({path}:{line})"
        for axiom, (path, line) in ((axiom, place_of(graph, view, axiom)) for axiom in axioms)
    )


def _readable(text: str) -> str:
    return _IRI.sub(lambda match: shorten(match[1]), " ".join(text.split()))
