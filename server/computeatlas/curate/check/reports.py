"""Findings for people and for machines: text, JSON, SARIF, GitHub's workflow commands."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from computeatlas.model.findings import Finding


def as_text(findings: Sequence[Finding], left_out: Sequence[str]) -> str:
    """Return a line for each finding."""
    del left_out
    return "".join(f"{finding}\n" for finding in findings)


def as_json(findings: Sequence[Finding], left_out: Sequence[str]) -> str:
    """Return one JSON object with `findings` and `leftOut`."""
    data = {"findings": [finding.as_data() for finding in findings], "leftOut": list(left_out)}
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def as_github(findings: Sequence[Finding], left_out: Sequence[str]) -> str:
    """Return workflow commands, which GitHub shows beside the lines.

    https://docs.github.com/actions/reference/workflow-commands-for-github-actions
    """
    lines = [f"::notice::{_escape('left out: ' + layer)}" for layer in left_out]
    for finding in findings:
        place = f"file={_escape(finding.path, prop=True)},line={max(1, finding.line)}"
        message = " — ".join(part for part in (finding.what, finding.why, finding.hint) if part)
        lines.append(f"::{finding.severity} {place},title={_escape(finding.code, prop=True)}::{_escape(message)}")
    return "".join(line + "\n" for line in lines)


def _escape(text: str, *, prop: bool = False) -> str:
    pairs = [("%", "%25"), ("\r", "%0D"), ("\n", "%0A")] + ([(":", "%3A"), (",", "%2C")] if prop else [])
    for plain, escaped in pairs:
        text = text.replace(plain, escaped)
    return text


def as_sarif(findings: Sequence[Finding], left_out: Sequence[str]) -> str:
    """Return a log in SARIF 2.1.0 (https://docs.oasis-open.org/sarif/sarif/v2.1.0/)."""
    run = {
        "tool": {
            "driver": {"name": "computeatlas", "rules": [{"id": code} for code in sorted({f.code for f in findings})]}
        },
        "columnKind": "unicodeCodePoints",
        "originalUriBaseIds": {"ROOT": {"description": {"text": "The directory with ontology/ and graph_data/"}}},
        "results": [
            {
                "ruleId": finding.code,
                "level": str(finding.severity),
                "message": {"text": " — ".join(part for part in (finding.what, finding.why, finding.hint) if part)},
                "locations": [
                    {
                        "physicalLocation": {
                            "artifactLocation": {"uri": quote(finding.path), "uriBaseId": "ROOT"},
                            "region": {"startLine": max(1, finding.line)},
                        }
                    }
                ],
            }
            for finding in findings
        ],
        "invocations": [
            {
                "executionSuccessful": True,
                "toolExecutionNotifications": [{"level": "note", "message": {"text": layer}} for layer in left_out],
            }
        ],
    }
    log = {"$schema": "https://json.schemastore.org/sarif-2.1.0.json", "version": "2.1.0", "runs": [run]}
    return json.dumps(log, indent=2, ensure_ascii=False) + "\n"


#: Name of a form of report → what writes it.
FORMS: dict[str, Callable[[Sequence[Finding], Sequence[str]], str]] = {
    "text": as_text,
    "json": as_json,
    "sarif": as_sarif,
    "github": as_github,
}
