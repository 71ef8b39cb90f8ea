"""A process that asks the OWL API and HermiT about one file and prints the answer as a line of JSON.

Called by curate/check/owl.py: `python -m computeatlas.curate.check.owl_worker FILE MEBIBYTES`.
"""

from __future__ import annotations

import importlib.util
import json
import sys
from pathlib import Path
from typing import Any

import jpype

_OWLAPI = "org.semanticweb.owlapi."
#: Classes explained in full; more of them mostly share the reason.
_MOST_EXPLAINED = 5


def main(path: str, memory: str) -> None:
    """Examine the RDF/XML file `path` with `memory` mebibytes and print the report."""
    start_java(int(memory))
    manager = jpype.JClass(_OWLAPI + "apibinding.OWLManager").createOWLOntologyManager()
    manager.setSilentMissingImportsHandling(True)
    ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(path))
    print(json.dumps(report(manager, ontology)))  # noqa: T201 (the answer)


def start_java(memory: int) -> None:
    """Start the Java machine with HermiT's jar on its path."""
    spec = importlib.util.find_spec("owlready2")
    if spec is None or not spec.submodule_search_locations:
        sys.exit("owlready2, which ships HermiT, is not installed")
    jar = Path(spec.submodule_search_locations[0], "hermit", "HermiT.jar")
    jpype.startJVM(f"-Xmx{memory}m", classpath=[str(jar)], convertStrings=True)


def report(manager: Any, ontology: Any) -> dict[str, Any]:
    """Return the report that owl.OwlReport holds, as data."""
    profile = jpype.JClass(_OWLAPI + "profiles.OWL2DLProfile")()
    violations = [
        (describe_violation(violation), describe(violation.getAxiom()))
        for violation in profile.checkOntology(ontology).getViolations()
        if violation.getAxiom() is not None
    ]
    found: dict[str, Any] = {"violations": violations, "consistent": True, "conflict": [], "unsatisfiable": []}
    if violations:
        # HermiT refuses most of what is outside the profile.
        return found
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology)
    logical = list(ontology.getLogicalAxioms())
    if not reasoner.isConsistent():
        return {**found, "consistent": False, "conflict": [describe(axiom) for axiom in smallest_conflict([], logical)]}
    factory = manager.getOWLDataFactory()
    nothing = factory.getOWLNothing()
    classes = [c for c in reasoner.getUnsatisfiableClasses().getEntities() if not c.equals(nothing)]
    for number, cls in enumerate(sorted(classes, key=str)):
        reasons = []
        if number < _MOST_EXPLAINED:
            member = factory.getOWLAnonymousIndividual()
            terms = [axiom for axiom in logical if not is_assertion(axiom)]
            reasons = smallest_conflict([factory.getOWLClassAssertionAxiom(cls, member)], terms)
        found["unsatisfiable"].append((cls.getIRI().toString(), [describe(axiom) for axiom in reasons]))
    return found


def smallest_conflict(background: list[Any], axioms: list[Any]) -> list[Any]:
    """Return a smallest set of `axioms` that contradict each other and `background`.

    The algorithm is QuickXplain (Junker, AAAI 2004): few calls of the reasoner when few axioms conflict.
    """
    if not axioms or not contradict(background + axioms):
        return []
    return _quick_xplain(background, False, axioms)


def _quick_xplain(background: list[Any], grown: bool, axioms: list[Any]) -> list[Any]:
    if grown and contradict(background):
        return []
    if len(axioms) == 1:
        return axioms
    middle = len(axioms) // 2
    first, second = axioms[:middle], axioms[middle:]
    later = _quick_xplain(background + first, bool(first), second)
    earlier = _quick_xplain(background + later, bool(later), first)
    return earlier + later


def contradict(axioms: list[Any]) -> bool:
    """Say whether no model satisfies all of `axioms`."""
    gathered = jpype.JClass("java.util.HashSet")()
    for axiom in axioms:
        gathered.add(axiom)
    manager = jpype.JClass(_OWLAPI + "apibinding.OWLManager").createOWLOntologyManager()
    return not jpype.JClass("org.semanticweb.HermiT.Reasoner")(manager.createOntology(gathered)).isConsistent()


def is_assertion(axiom: Any) -> bool:
    """Say whether `axiom` is about individuals."""
    return isinstance(axiom, jpype.JClass(_OWLAPI + "model.OWLIndividualAxiom"))


def describe_violation(violation: Any) -> str:
    """Return the name of a rule of the profile in words, such as `Use of undeclared class`."""
    name = str(violation.getClass().getSimpleName())
    return "".join(f" {letter.lower()}" if letter.isupper() else letter for letter in name).strip().capitalize()


def describe(axiom: Any) -> dict[str, Any]:
    """Return the text and, for an assertion, the triple of an axiom."""
    return {"text": str(axiom), "assertion": assertion_of(axiom)}


def assertion_of(axiom: Any) -> list[str] | None:
    """Return subject, property and value of an assertion on a named individual, or None."""
    model = _OWLAPI + "model."
    if isinstance(axiom, jpype.JClass(model + "OWLClassAssertionAxiom")):
        individual, cls = axiom.getIndividual(), axiom.getClassExpression()
        if individual.isNamed() and not cls.isAnonymous():
            kind = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"
            return [str(individual.getIRI().toString()), kind, str(cls.asOWLClass().getIRI().toString())]
    if isinstance(axiom, jpype.JClass(model + "OWLPropertyAssertionAxiom")):
        subject, prop, value = axiom.getSubject(), axiom.getProperty(), axiom.getObject()
        if subject.isNamed() and not prop.isAnonymous():
            if isinstance(value, jpype.JClass(model + "OWLLiteral")):
                text = str(value.getLiteral())
            elif value.isNamed():
                text = str(value.getIRI().toString())
            else:
                return None
            named = prop.getNamedProperty() if hasattr(prop, "getNamedProperty") else prop
            return [str(subject.getIRI().toString()), str(named.getIRI().toString()), text]
    return None


if __name__ == "__main__":
    main(*sys.argv[1:])
