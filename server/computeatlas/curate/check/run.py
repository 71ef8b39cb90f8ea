"""All layers of the check, one after another."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING

from computeatlas.curate.check.consistency import find_inconsistency, reasoned_digest
from computeatlas.curate.check.dates import find_faulty_dates
from computeatlas.curate.check.evidence import check_evidence, count_unread, read_archive
from computeatlas.curate.check.grades import find_grade_faults
from computeatlas.curate.check.registers import find_unknown_codes
from computeatlas.curate.check.rules import find_rule_breaches
from computeatlas.curate.check.shapes import find_shape_violations
from computeatlas.curate.check.structure import find_structural_faults
from computeatlas.curate.check.twins import find_twins
from computeatlas.curate.current_view import derive_current_view
from computeatlas.curate.derived_days import derived_quads
from computeatlas.curate.passages import facts_of
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.errors import FindingsError, ReasonerMissingError
from computeatlas.model.progress import Progress, silent
from computeatlas.model.queryfile import read_query
from computeatlas.turtle.lines import ParsedGraph, parse_project

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

    from computeatlas.curate.current_view import Assertion
    from computeatlas.model.findings import Finding
    from computeatlas.model.project import Project


class Reason(Enum):
    """When to ask the reasoner: always, never, or when ontology or entities differ from those it found sound."""

    ALWAYS = "always"
    NEVER = "never"
    WHEN_CHANGED = "when changed"


@dataclass
class CheckReport:
    """What a check found, what it read, and which layers it left out and why."""

    graph: ParsedGraph
    findings: list[Finding] = field(default_factory=list)
    left_out: list[str] = field(default_factory=list)

    @property
    def errors(self) -> list[Finding]:
        return [finding for finding in self.findings if finding.is_error]


@dataclass(frozen=True)
class Memory:
    """Remembers for which ontology and entities HermiT found nothing, in a file; forgets when the file is gone."""

    path: Path

    def holds(self, digest: str) -> bool:
        """Say whether `digest` is that of the last sound state."""
        try:
            return self.path.read_text(encoding="ascii").strip() == digest
        except (OSError, UnicodeDecodeError):
            return False

    def keep(self, digest: str) -> None:
        """Remember `digest`; a place that cannot be written to costs time, not soundness."""
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            self.path.write_text(digest + "\n", encoding="ascii")
        except OSError:
            return


def check_project(
    project: Project,
    *,
    archive: Path | None = None,
    reason: Reason = Reason.NEVER,
    memory: Memory | None = None,
    progress: Progress = silent,
    new: Mapping[Path, str] | None = None,
) -> CheckReport:
    """Check `project`: files and syntax, terms and identifiers, shapes, rules, then evidence and OWL if asked for.

    A layer whose ground a former one found unsound is left out and named in the report. `archive` is the directory of
    archived texts, `memory` what spares the reasoner work with Reason.WHEN_CHANGED. `new` has the texts of Turtle files
    that are checked in place of those on disk.

    Raises UsageError where there is no directory `archive`.
    """
    # First, so that a wrong name is told before the minutes of a large graph.
    texts = None if archive is None else read_archive(archive)
    progress("reading")
    graph, findings = parse_project(project, new)
    report = CheckReport(graph, findings)
    read = {file.path for _name, file in graph}
    if any(finding.path not in read for finding in report.errors):
        report.left_out.append("all checks beyond syntax: fix the files above first")
        return report
    # The validator takes longest and leaves Python to others meanwhile.
    with ThreadPoolExecutor(1) as aside:
        shapes = aside.submit(find_shape_violations, graph, project.shapes())
        progress("checking terms, identifiers and codes")
        report.findings += find_structural_faults(graph) + find_unknown_codes(graph) + find_faulty_dates(graph)
        facts = facts_of(graph)
        report.findings += find_grade_faults(graph, facts) + find_twins(graph)
        progress("checking rules")
        quads = [*graph.quads()]
        engine = EmbeddedEngine([*quads, *derived_quads(quads)])
        view = derive_current_view(engine, read_query(project.derivation()))
        report.findings += find_rule_breaches(graph, engine, view, project.checks())
        progress("checking shapes")
        report.findings += shapes.result()
    if texts is None:
        report.left_out.append("passages against the archived texts: name the archive with --archive DIR")
    else:
        progress("checking evidence")
        report.findings += check_evidence(graph, engine, facts, texts)
        if unread := count_unread(graph, facts):
            report.left_out.append(
                f"numbers and years of {unread} claim{'' if unread == 1 else 's'}: their passages are located and not"
                " archived, so there is no text to read them in"
            )
    progress("reasoning with HermiT")
    _reason(report, view, reason, memory)
    report.findings = sorted(set(_beside_what_is_lost(report)))
    return report


def _beside_what_is_lost(report: CheckReport) -> Iterator[Finding]:
    """Yield the findings without those on statements that name something which could not be read."""
    lost = report.graph.lost
    if not lost:
        yield from report.findings
        return
    report.left_out.append(f"statements that name what could not be read: {', '.join(sorted(lost))}")
    named = re.compile("|".join(rf"(?<![\w:-]){re.escape(name)}(?![\w:-])" for name in lost))
    lines = {file.path: file.text.split("\n") for _name, file in report.graph}
    for finding in report.findings:
        line = lines.get(finding.path, [])[finding.line - 1 : finding.line] if finding.line else []
        if finding.code == "syntax" or not named.search("\n".join([finding.what, *line])):
            yield finding


def _reason(report: CheckReport, view: Sequence[Assertion], reason: Reason, memory: Memory | None) -> None:
    if reason is Reason.NEVER:
        report.left_out.append("OWL consistency: the reasoner was switched off")
        return
    if report.errors:
        report.left_out.append("OWL consistency: fix the errors above first")
        return
    digest = reasoned_digest(report.graph)
    if reason is Reason.WHEN_CHANGED and memory and memory.holds(digest):
        report.left_out.append(
            "OWL consistency: ontology and entities are those that HermiT last found sound; --reason asks it again"
        )
        return
    try:
        found = find_inconsistency(report.graph, view)
    except ReasonerMissingError as error:
        report.left_out.append(f"OWL consistency: {error}")
        return
    report.findings += found
    if memory and not found:
        memory.keep(digest)


def require_sound(
    project: Project, progress: Progress = silent, *, new: Mapping[Path, str] | None = None
) -> ParsedGraph:
    """Return the parsed files of `project`, with `new` in place of those on disk.

    Raises FindingsError where a check without reasoner finds an error.
    """
    report = check_project(project, progress=progress, new=new)
    if report.errors:
        raise FindingsError(report.findings)
    return report.graph
