"""Curated files written all or none, and only if the graph is sound with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from computeatlas.curate.check.figures import find_missing_figures
from computeatlas.curate.check.run import require_sound
from computeatlas.curate.passages import facts_of, read_passages
from computeatlas.engine.embedded import EmbeddedEngine
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.files import finish_replacing, replace_files
from computeatlas.model.progress import Progress, silent
from computeatlas.turtle.edit import places

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from pathlib import Path

    from computeatlas.model.findings import Finding
    from computeatlas.model.project import Project
    from computeatlas.turtle.lines import ParsedGraph


def write_checked(
    project: Project,
    texts: Mapping[Path, str],
    progress: Progress = silent,
    *,
    archive: Mapping[str, str] | None = None,
    new: Collection[str] = (),
) -> list[Finding]:
    """Check the whole of `project` as it will be with `texts` in its files, without the reasoner, then write them.

    The figures of the claims `new` are looked for in `archive`, texts by their digest. Returns the warnings on these
    claims. Raises FindingsError where the check finds an error and UsageError where a file cannot be written; then, as
    after an interrupt, every file is as it was before.
    """
    graph = require_sound(project, progress, new=texts)
    findings: list[Finding] = []
    if archive:
        places_of_new = statement_lines({project.relative(path): text for path, text in texts.items()})
        found = _missing_figures(graph, dict(archive))
        findings = [one for one in found if places_of_new.get((one.path, one.line)) in new]
        if any(finding.is_error for finding in findings):
            raise FindingsError(findings)
    try:
        replace_files({path: text.encode() for path, text in texts.items()}, project.journal)
    except OSError as error:
        raise UsageError(
            "the files cannot be written",
            where=str(error.filename2 or error.filename or project.root),
            why=error.strerror or str(error),
            hint="fix the permissions, or name another directory with --root",
        ) from error
    return findings


def _missing_figures(graph: ParsedGraph, archive: dict[str, str]) -> list[Finding]:
    facts = facts_of(graph)
    passages = read_passages(graph, facts, archive)
    return find_missing_figures(graph, EmbeddedEngine(graph.quads()), facts, passages)


def statement_lines(texts: Mapping[str, str]) -> dict[tuple[str, int], str]:
    """Return the IRI that each line of the Turtle `texts` is about, by path and line."""
    lines: dict[tuple[str, int], str] = {}
    for path, text in texts.items():
        if not path.endswith(".ttl"):
            continue
        starts = [(text.count("\n", 0, place.start) + 1, place.iri) for place in places(text, path)]
        ends = [*(line for line, _iri in starts[1:]), text.count("\n") + 2]
        for (first, iri), end in zip(starts, ends, strict=True):
            lines |= {(path, line): iri for line in range(first, end)}
    return lines


def finish_interrupted(project: Project) -> None:
    """Put in place what a killed `add` had checked and begun to write into the files of `project`, if there is such.

    Raises UsageError where that cannot be done.
    """
    try:
        finish_replacing(project.journal)
    except (OSError, ValueError, TypeError) as error:
        raise UsageError(
            "the change that it lists cannot be finished",
            where=str(project.journal),
            why=str(error),
            hint="fix the permissions, or remove it and look through the files that have changed",
        ) from error
