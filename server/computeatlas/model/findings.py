"""What a check reports: a place, a severity and a message in three parts."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Severity(StrEnum):
    """How bad a finding is: an error stops a build, a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, order=True)
class Finding:
    """One fault in one place: `path:line: severity: what — why — fix`.

    `path` is relative to the root of the graph, `line` counts from 1 (0 where no line is to blame),
    `code` is the name of the check.
    """

    path: str
    line: int
    code: str
    what: str
    why: str = ""
    hint: str = ""
    severity: Severity = Severity.ERROR

    @property
    def is_error(self) -> bool:
        return self.severity is Severity.ERROR

    def __str__(self) -> str:
        place = f"{self.path}:{self.line}" if self.line else self.path
        message = " — ".join(part for part in (self.what, self.why, self.hint) if part)
        return f"{place}: {self.severity}: {message} [{self.code}]"

    def as_data(self) -> dict[str, str | int]:
        """Return the finding as a JSON object."""
        return {
            "path": self.path,
            "line": self.line,
            "severity": str(self.severity),
            "code": self.code,
            "what": self.what,
            "why": self.why,
            "hint": self.hint,
        }
