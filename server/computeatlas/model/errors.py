"""The error tree.

AtlasError                    exit 3
├── UsageError                exit 2   a wrong option, a missing directory, a port in use
├── FindingsError             exit 1   the curated files have errors
├── ReleaseError              exit 3   a release is missing or corrupt
├── ReasonerMissingError      exit 3   no Java runtime for the OWL reasoner
├── ReasonerError             exit 3   the OWL reasoner ended without an answer
└── QueryError                exit 1
    ├── DataError                      RDF to be loaded is malformed; has line and column
    ├── EngineFaultError               the engine ended in a fault of its own
    │   └── MixedOrderError            ORDER BY over values that the engine cannot compare
    ├── FederationError                SERVICE or LOAD where nothing may leave the host
    ├── FormatError                    the result cannot be had in a format that was asked for
    ├── GraphMissingError              no such named graph
    ├── NestingError                   brackets nested too deep
    ├── OverloadedError                too many queries wait already
    ├── QueryMemoryError               more memory than a query may use
    ├── QueryTimeoutError              more time than a query may take
    ├── ResultTooLargeError            more bytes than a result may have
    ├── QuerySyntaxError               not SPARQL; has line, column and the token there
    ├── DatasetConflictError           the data set that a request asks for cannot be applied to its text
    └── QueryEvaluationError           SPARQL that the engine cannot evaluate

Every error says what is wrong and, where they are known, where, why and how to fix it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from computeatlas.model.findings import Finding


class AtlasError(Exception):
    """The base of all errors that a user may meet; `str()` gives one line."""

    exit_code = 3

    def __init__(self, what: str, *, where: str | None = None, why: str | None = None, hint: str | None = None):
        self.what = what
        self.where = where
        self.why = why
        self.hint = hint
        super().__init__(what)

    def __str__(self) -> str:
        head = f"{self.where}: {self.what}" if self.where else self.what
        return " — ".join(part for part in (head, self.why, self.hint) if part)


class UsageError(AtlasError):
    """The command was called with something that cannot work."""

    exit_code = 2


class FindingsError(AtlasError):
    """The curated files, or the file `place`, have errors; `findings` lists them."""

    exit_code = 1

    def __init__(self, findings: Sequence[Finding], place: str = "the curated files"):
        self.findings = tuple(findings)
        count = sum(1 for finding in self.findings if finding.is_error)
        super().__init__(f"{count} error{'' if count == 1 else 's'} in {place}")


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
    """The text is not SPARQL.

    `line` and `column` count from 1 and are those of `token`, the offending piece of the text; each is None where
    unknown, `token` also at the end of the text.
    """

    def __init__(
        self,
        what: str,
        *,
        line: int | None = None,
        column: int | None = None,
        token: str | None = None,
        hint: str | None = None,
    ):
        self.line = line
        self.column = column
        self.token = token
        where = f"line {line}, column {column}" if line else None
        super().__init__(what, where=where, hint=hint)


class DatasetConflictError(QueryError):
    """The request asks for a data set that cannot be: its text names one too, or what it names is no graph."""


class QueryEvaluationError(QueryError):
    """The query is SPARQL, but the engine cannot evaluate it."""


class DataError(QueryError):
    """RDF that was sent or named to be loaded is malformed; `line` and `column` count from 1, or are None."""

    def __init__(
        self,
        what: str,
        *,
        line: int | None = None,
        column: int | None = None,
        where: str | None = None,
        hint: str | None = None,
    ):
        self.line = line
        self.column = column
        place = f"line {line}, column {column}" if line else None
        super().__init__(what, where=", ".join(part for part in (where, place) if part) or None, hint=hint)


class EngineFaultError(QueryError):
    """The engine ended in a fault of its own while it worked on the query."""


class MixedOrderError(EngineFaultError):
    """The engine ended while it sorted values of several kinds; another form of the same query may succeed."""


class FederationError(QueryError):
    """The query would send requests to other hosts, and the server does not."""


class FormatError(QueryError):
    """The result cannot be had in a format that was asked for; `kind` is the kind of result."""

    def __init__(self, kind: str, what: str | None = None):
        self.kind = kind
        super().__init__(what or f"a result of kind {kind} cannot be had in a format that was asked for")


class GraphMissingError(QueryError):
    """There is no named graph of that name."""


class NestingError(QueryError):
    """The brackets of the query are nested deeper than the server allows or the engine can follow."""


class OverloadedError(QueryError):
    """As many queries run and wait as the server allows; `retry_after` is in seconds."""

    def __init__(self, what: str, *, retry_after: int = 5, hint: str | None = None):
        self.retry_after = retry_after
        super().__init__(what, hint=hint)


class QueryMemoryError(QueryError):
    """The query needs more memory than it may use."""


class QueryTimeoutError(QueryError):
    """The query takes longer than it may."""


class ResultTooLargeError(QueryError):
    """The result has more bytes than the server sends."""
