"""All layers of the check, one after another."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from computeatlas.curate.derive import derive_current_view
from computeatlas.curate.evidence import find_broken_evidence, read_archive
from computeatlas.curate.parse import FOLDERS, ParsedGraph, parse_project
from computeatlas.curate.reasoner import unsatisfiable_classes
from computeatlas.curate.rules import find_rule_breaches
from computeatlas.curate.structure import find_structural_faults
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.errors import FindingsError, ReasonerMissingError
from computeatlas.model.findings import Finding
from computeatlas.model.namespaces import shorten
from computeatlas.model.progress import Progress, silent
from computeatlas.model.queryfile import read_query

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.model.project import Project


@dataclass
class CheckReport:
    """What a check found, what it read, and which layers it left out and why."""

    graph: ParsedGraph
    findings: list[Finding] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_error]


def check_project(
    project: Project,
    *,
    archive: Path | None = None,
    reason: bool = True,
    progress: Progress = silent,
) -> CheckReport:
    """Check `project`: syntax, terms and identifiers, rules, then evidence and consistency if asked for.

    A layer whose ground a former one found unsound is left out and named in the report.
    """
    progress("reading")
    graph, findings = parse_project(project)
    report = CheckReport(graph, findings)
    if report.errors:
        report.left_out.append("all checks beyond syntax: mend the files above first")
        return report
    progress("checking terms and identifiers")
    report.findings += find_structural_faults(graph)
    progress("checking rules")
    report.findings += find_rule_breaches(graph, project.checks())
    if archive is None:
        report.left_out.append("passages against the archived texts: name the archive with --archive DIR")
    else:
        progress("checking evidence")
        report.findings += find_broken_evidence(graph, read_archive(archive))
    if not reason:
        report.left_out.append("OWL consistency: the reasoner was switched off")
    elif report.errors:
        report.left_out.append("OWL consistency: mend the errors above first")
    else:
        progress("reasoning with HermiT")
        try:
            report.findings += find_inconsistency(project, graph)
        except ReasonerMissingError as error:
            report.left_out.append(f"OWL consistency: {error}")
    return report


def require_sound(project: Project, progress: Progress = silent) -> ParsedGraph:
    """Return the parsed files of `project`; raises FindingsError where a check without reasoner finds an error."""
    report = check_project(project, reason=False, progress=progress)
    if report.errors:
        raise FindingsError(report.findings)
    return report.graph


def find_inconsistency(project: Project, graph: ParsedGraph) -> list[Finding]:
    """Return what HermiT finds wrong with ontology, entities and current view.

    Claims and sources stay out: they make HermiT take minutes and the rules above cover them.
    Raises ReasonerMissingError or ReasonerError.
    """
    engine = EmbeddedEngine(graph.quads())
    view = derive_current_view(engine, read_query(project.derivation()))
    triples = [t for name in ("ontology", "entities") for file in graph.files[name] for t in file.triples]
    classes = unsatisfiable_classes([*triples, *view])
    if classes is None:
        return [
            Finding(
                FOLDERS["ontology"],
                0,
                "inconsistent",
                "ontology, entities and current view contradict each other",
                "HermiT finds no model in which all of them hold",
                "undo the last changes one by one; look for a thing with two disjoint types",
            )
        ]
    findings = []
    for iri in classes:
        path, line = graph.place(iri)
        findings.append(
            Finding(
                path,
                line,
                "unsatisfiable-class",
                f"{shorten(iri)} cannot have members",
                "its axioms contradict each other",
                "mend them",
            )
        )
    return findings
