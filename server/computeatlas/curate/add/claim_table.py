"""The claims of a table, checked together and written together."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from computeatlas.curate.add.claim import ClaimBatch
from computeatlas.curate.add.fields import NewClaim, column, say_column
from computeatlas.curate.add.table import Row, Table, read_table
from computeatlas.curate.add.write import statement_lines
from computeatlas.model.errors import FindingsError, UsageError
from computeatlas.model.findings import Finding, Severity
from computeatlas.model.progress import Progress, silent

if TYPE_CHECKING:
    from pathlib import Path

    from computeatlas.curate.add.claim import WrittenClaim
    from computeatlas.model.project import Project

#: In the order of the documentation.
COLUMNS = (
    "name",
    "subject",
    "scope_part",
    "predicate",
    "scope_period",
    "value",
    "modality",
    "rank",
    "reason_en",
    "reason_sv",
    "stated_by",
    "as_of",
    "contradicts",
    "supersedes",
    "corroborates",
    "label_en",
    "label_sv",
    "source",
    "locator",
    "seen_on",
    "passage",
    "quote",
    "file",
)
REQUIRED = ("subject", "predicate", "value", "modality", "source")
_OFFSETS = re.compile(r"(?P<start>[0-9]{1,9}):(?P<end>[0-9]{1,9})")


class AddedClaims:
    """What a table added: the claims, the files that changed, and what its curator should look at."""

    def __init__(self, claims: list[WrittenClaim], files: tuple[str, ...], findings: list[Finding]):
        self.claims = claims
        self.files = files
        self.findings = findings


def add_claims(
    project: Project,
    path: Path,
    archive: Path | None = None,
    progress: Progress = silent,
    *,
    accept_similar: bool = False,
) -> AddedClaims:
    """Write the claims of the table `path` and what they need, all or none.

    `archive` is the directory of archived texts. Raises FindingsError with all that is wrong, by row and column, where
    anything is, or where a row is like another claim and `accept_similar` is false; UsageError where the table, the
    archive or the graph cannot be read at all. Then nothing has changed.
    """
    progress("reading the table")
    table = read_table(path, COLUMNS, REQUIRED)
    names = [name.removeprefix("claim:") for row in table.rows if (name := row.cell("name"))]
    batch = ClaimBatch(project, archive, say_column, names)
    row_of: dict[str, Row] = {}
    for row in table.rows:
        before = len(batch.claims)
        new = _new_claim(table, row)
        if new is None:
            continue
        faults, similar = batch.take(new)
        for fault in faults:
            table.tell(row.line, column(fault.field), fault.error, "table-value", Severity.ERROR)
        for fault in similar:
            severity = Severity.WARNING if accept_similar else Severity.ERROR
            table.tell(row.line, column(fault.field), fault.error, "similar-claim", severity)
        row_of |= {claim.iri: row for claim in batch.claims[before:]}
    table.require_sound()
    if not batch.claims:
        raise UsageError("the table has no rows", where=table.name, hint="write a row for each claim below the columns")
    try:
        claims, files, findings = batch.write(progress)
    except FindingsError as error:
        raise FindingsError(_by_row(error.findings, table, row_of, batch, project), table.name) from error
    warnings = _by_row(findings, table, row_of, batch, project)
    return AddedClaims(claims, files, sorted([*table.findings, *warnings]))


def _new_claim(table: Table, row: Row) -> NewClaim | None:
    """Return the claim of a row, None where a cell that it needs is empty or malformed, which is a finding."""
    unknown = (row.cell("modality") or "").endswith("stated-unknown")
    sound = table.has_cells(row, [name for name in REQUIRED if not (unknown and name == "value")])
    offsets = []
    for text in row.several("passage"):
        match = _OFFSETS.fullmatch(text)
        if match is None:
            what = f"“{text}” is not START:END, two offsets in characters"
            table.fault(row.line, "table-value", what, hint="write it as 120:168", column="passage")
            sound = False
        else:
            offsets.append((int(match["start"]), int(match["end"])))
    if not sound:
        return None
    return NewClaim(
        source=row.cell("source") or "",
        subject=row.cell("subject") or "",
        predicate=row.cell("predicate") or "",
        modality=row.cell("modality") or "",
        passages=tuple(offsets),
        finds=row.several("quote"),
        locator=row.cell("locator"),
        seen_on=row.cell("seen_on"),
        values=row.several("value"),
        rank=row.cell("rank") or "normal",
        reason=row.cell("reason_en"),
        reason_sv=row.cell("reason_sv"),
        stated_by=row.several("stated_by"),
        as_of=row.cell("as_of"),
        scope_part=row.cell("scope_part"),
        scope_period=row.cell("scope_period"),
        contradicts=row.several("contradicts"),
        supersedes=row.several("supersedes"),
        corroborates=row.several("corroborates"),
        name=row.cell("name"),
        label_en=row.cell("label_en"),
        label_sv=row.cell("label_sv"),
        topic=row.cell("file"),
    )


def _by_row(
    findings: tuple[Finding, ...] | list[Finding],
    table: Table,
    row_of: dict[str, Row],
    batch: ClaimBatch,
    project: Project,
) -> list[Finding]:
    """Return `findings` on what was to be written as findings on the rows that it comes from, others as they are."""
    if not findings:
        return []
    rows = dict(row_of)
    for claim in batch.claims:
        rows |= {passage: row_of[claim.iri] for passage in claim.passages if passage not in rows}
    about = statement_lines({project.relative(path): text for path, text in batch.texts.items()})
    moved = []
    for one in findings:
        row = rows.get(about.get((one.path, one.line), ""))
        if row is not None:
            one = Finding(table.name, row.line, one.code, one.what, one.why, one.hint, one.severity)
        moved.append(one)
    return sorted(set(moved))
