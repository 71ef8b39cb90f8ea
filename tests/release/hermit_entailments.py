"""A process that prints every assertion on named individuals that HermiT entails from a file, as N-Triples.

Called by test_rules_equal_reasoner.py: `python hermit_entailments.py FILE`.
"""

from __future__ import annotations

import sys

import jpype

from computeatlas.curate.check.owl_worker import start_java

TYPE = "<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"


def iri(entity) -> str:
    return f"<{entity.getIRI().toString()}>"


def literal(value) -> str:
    text = str(value.getLiteral()).replace("\\", "\\\\").replace('"', '\\"')
    if value.hasLang():
        return f'"{text}"@{value.getLang()}'
    if value.isRDFPlainLiteral():
        return f'"{text}"'
    return f'"{text}"^^<{value.getDatatype().getIRI().toString()}>'


def main(path: str) -> None:
    start_java(2000)
    owlapi = "org.semanticweb.owlapi."
    manager = jpype.JClass(owlapi + "apibinding.OWLManager").createOWLOntologyManager()
    ontology = manager.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(path))
    reasoner = jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology)
    assert reasoner.isConsistent()
    objects = [p for p in ontology.getObjectPropertiesInSignature() if not p.isBuiltIn()]
    data = [p for p in ontology.getDataPropertiesInSignature() if not p.isBuiltIn()]
    for individual in ontology.getIndividualsInSignature():
        for cls in reasoner.getTypes(individual, False).getFlattened():
            if not cls.isBuiltIn():
                sys.stdout.write(f"{iri(individual)} {TYPE} {iri(cls)} .\n")
        for prop in objects:
            for value in reasoner.getObjectPropertyValues(individual, prop).getFlattened():
                sys.stdout.write(f"{iri(individual)} {iri(prop)} {iri(value)} .\n")
        for prop in data:
            for value in reasoner.getDataPropertyValues(individual, prop):
                sys.stdout.write(f"{iri(individual)} {iri(prop)} {literal(value)} .\n")
    # HermiT lists asserted values of data properties only; what restrictions to one value entail, it knows as members.
    has_value = jpype.JClass(owlapi + "model.OWLDataHasValue")
    for axiom in ontology.getLogicalAxioms():
        for expression in axiom.getNestedClassExpressions():
            if isinstance(expression, has_value):
                for individual in reasoner.getInstances(expression, False).getFlattened():
                    value = literal(expression.getValue())
                    sys.stdout.write(f"{iri(individual)} {iri(expression.getProperty())} {value} .\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
