"""A process that opens a bundle as Protégé does and prints what it finds, as JSON.

Called by test_protege.py: `python owlapi_bundle.py DIRECTORY COPY`; COPY gets the whole as one file.
"""

from __future__ import annotations

import json
import sys
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import jpype

from computeatlas.curate.check.owl_worker import start_java


def main(directory: str, copy: str) -> None:
    start_java(2000)
    owlapi = "org.semanticweb.owlapi."
    iri = jpype.JClass(owlapi + "model.IRI")
    manager = jpype.JClass(owlapi + "apibinding.OWLManager").createOWLOntologyManager()
    entries = ElementTree.parse(Path(directory, "catalog-v001.xml")).getroot()
    for entry in entries:
        file = jpype.JClass("java.io.File")(str(Path(directory, entry.attrib["uri"])))
        manager.addIRIMapper(
            jpype.JClass(owlapi + "util.SimpleIRIMapper")(iri.create(entry.attrib["name"]), iri.create(file))
        )
    ontology = manager.loadOntologyFromOntologyDocument(
        jpype.JClass("java.io.File")(str(Path(directory, "compute-atlas.owl")))
    )
    profile = jpype.JClass(owlapi + "profiles.OWL2DLProfile")().checkOntology(ontology)
    axioms = jpype.JClass("java.util.HashSet")()
    annotated = 0
    for part in ontology.getImportsClosure():
        for axiom in part.getAxioms():
            axioms.add(axiom)
            annotated += any("supportedBy" in str(a.getProperty()) for a in axiom.getAnnotations())
    consistent = bool(jpype.JClass("org.semanticweb.HermiT.Reasoner")(ontology).isConsistent())
    # Written in another syntax and read back, nothing may be lost.
    second = jpype.JClass(owlapi + "apibinding.OWLManager").createOWLOntologyManager()
    merged = second.createOntology(axioms)
    target = iri.create(jpype.JClass("java.io.File")(copy))
    second.saveOntology(merged, jpype.JClass(owlapi + "io.RDFXMLOntologyFormat")(), target)
    third = jpype.JClass(owlapi + "apibinding.OWLManager").createOWLOntologyManager()
    back = third.loadOntologyFromOntologyDocument(jpype.JClass("java.io.File")(copy))
    report = {
        "imports": sorted(
            str(part.getOntologyID().getOntologyIRI().toString()) for part in ontology.getImportsClosure()
        ),
        "violations": [str(v) for v in profile.getViolations()],
        "logical": sum(part.getLogicalAxiomCount() for part in ontology.getImportsClosure()),
        "logicalBack": back.getLogicalAxiomCount(),
        "individuals": ontology.getIndividualsInSignature(True).size(),
        "annotated": annotated,
        "consistent": consistent,
    }
    sys.stdout.write(json.dumps(report))


if __name__ == "__main__":
    main(*sys.argv[1:])
