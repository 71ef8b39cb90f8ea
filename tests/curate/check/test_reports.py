"""Findings as text, JSON, SARIF and GitHub's workflow commands."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from computeatlas.curate.check.reports import FORMS
from computeatlas.model.findings import Finding, Severity

ERROR = Finding("graph_data/claims/å b.ttl", 7, "unknown-rank", "is: no rank, 100 %", "why\nnot", "fix it")
WARNING = Finding("ontology", 0, "windows-line-ends", "has them", severity=Severity.WARNING)
TEXT = st.text(max_size=30)
FINDINGS = st.lists(
    st.builds(Finding, TEXT, st.integers(0, 9999), TEXT, TEXT, TEXT, TEXT, st.sampled_from(list(Severity))), max_size=4
)


def test_text_is_path_line_severity_message_and_code() -> None:
    assert FORMS["text"]([ERROR], []) == (
        "graph_data/claims/å b.ttl:7: error: is: no rank, 100 % — why\nnot — fix it [unknown-rank]\n"
    )
    assert FORMS["text"]([WARNING], []) == "ontology: warning: has them [windows-line-ends]\n"


@pytest.mark.slow
@given(FINDINGS, st.lists(TEXT, max_size=2))
def test_json_loses_nothing(findings: list[Finding], left_out: list[str]) -> None:
    data = json.loads(FORMS["json"](findings, left_out))
    assert [Finding(**{**f, "severity": Severity(f["severity"])}) for f in data["findings"]] == findings
    assert data["leftOut"] == left_out


@pytest.mark.slow
@given(FINDINGS, st.lists(TEXT, max_size=2))
def test_a_workflow_command_is_one_line_whatever_the_text(findings: list[Finding], left_out: list[str]) -> None:
    lines = FORMS["github"](findings, left_out).split("\n")
    assert lines.pop() == ""
    assert len(lines) == len(findings) + len(left_out)
    for line in lines:
        assert re.match(r"::(error|warning|notice)[^:]*::", line.replace("\r", "?"))


def test_workflow_commands_escape_what_has_a_meaning() -> None:
    assert FORMS["github"]([ERROR], ["OWL: no Java"]) == (
        "::notice::left out: OWL: no Java\n"
        "::error file=graph_data/claims/å b.ttl,line=7,title=unknown-rank::is: no rank, 100 %25 — why%0Anot — fix it\n"
    )


@given(FINDINGS)
def test_sarif_has_a_rule_and_a_place_for_each_result(findings: list[Finding]) -> None:
    log = json.loads(FORMS["sarif"](findings, []))
    assert log["version"] == "2.1.0"
    (run,) = log["runs"]
    rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
    assert len(run["results"]) == len(findings)
    for result, finding in zip(run["results"], findings, strict=True):
        assert result["ruleId"] in rules
        assert result["level"] == finding.severity
        place = result["locations"][0]["physicalLocation"]
        assert place["region"]["startLine"] == max(1, finding.line)
        assert " " not in place["artifactLocation"]["uri"]


def test_sarif_names_what_was_left_out() -> None:
    log = json.loads(FORMS["sarif"]([], ["OWL consistency"]))
    (note,) = log["runs"][0]["invocations"][0]["toolExecutionNotifications"]
    assert note["message"]["text"] == "OWL consistency"


@pytest.mark.parametrize("form", ["json", "sarif"])
def test_no_findings_are_still_a_whole_report(form: str) -> None:
    assert json.loads(FORMS[form]([], []))
