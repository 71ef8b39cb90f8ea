"""The error tree.

AtlasError                    exit 3
├── UsageError                exit 2   a wrong option, a missing directory, a port in use
├── FindingsError             exit 1   the curated files have errors
├── ReleaseError              exit 3   a release is missing or corrupt
├── ReasonerMissingError      exit 3   no Java runtime for the OWL reasoner
├── ReasonerError             exit 3   the OWL reasoner ended without an answer
└── QueryError                exit 1
    ├── QuerySyntaxError               not SPARQL; has line and column
    └── QueryEvaluationError           SPARQL that the engine cannot evaluate

Every error says what is wrong and, where they are known, where, why and how to mend it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.model.findings import Finding


class AtlasError(Exception):
    """The base of all errors that a user may meet; `str()` gives one line."""

    exit_code = 3

    def __init__(self, what: str, *, where: str | None = None, why: str | None = None, mend: str | None = None):
        self.what = what
        self.where = where
        self.why = why
        self.mend = mend
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return " — ".join(part for part in (head, self.why, self.mend) if part)


class UsageError(AtlasError):
    """The command was called with something that cannot work."""

    exit_code = 2


class FindingsError(AtlasError):
    """The curated files have errors; `findings` lists them."""

    exit_code = 1

    def __init__(self, findings: Sequence[Finding]):
        self.findings = tuple(findings)
        count = sum(1 for finding in self.findings if finding.is_error)
        super().__init__(f"{count} error{'' if count == 1 else 's'} in the curated files")


class ReleaseError(AtlasError):
    """A release is missing, incomplete or does not match its manifest."""


class ReasonerMissingError(AtlasError):
    """The OWL reasoner cannot be run on this machine."""


class ReasonerError(AtlasError):
    """The OWL reasoner was run and ended without an answer."""


class QueryError(AtlasError):
    """A query cannot be answered."""

    exit_code = 1


class QuerySyntaxError(QueryError):
    """The text is not a SPARQL query; `line` and `column` count from 1, or are None where unknown."""

    def __init__(self, what: str, *, line: int | None = None, column: int | None = None, mend: str | None = None):
        self.line = line
        self.column = column
        where = f"line {line}, column {column}" if line else None
        super().__init__(what, where=where, mend=mend)


class QueryEvaluationError(QueryError):
    """The query is SPARQL, but the engine cannot evaluate it."""
