"""`computeatlas check`: forms of report, watching, and when the reasoner is asked."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from computeatlas.cli.watch import changes, stamps
from computeatlas.model.project import Project

CLAIMS = "graph_data/claims/hall.ttl"


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "computeatlas", *arguments]


def broken(root: Path) -> None:
    path = root / CLAIMS
    path.write_text(path.read_text().replace("modality:speculation", "modality:rumour"))


@pytest.mark.slow
@pytest.mark.parametrize("form", ["json", "sarif", "github"])
def test_reports_for_machines_are_all_that_is_on_standard_output(tiny: Path, form: str) -> None:
    broken(tiny)
    done = subprocess.run(
        command("check", "--root", str(tiny), "--no-reason", "--format", form), capture_output=True, text=True
    )
    assert done.returncode == 1
    assert "unknown-modality" in done.stdout
    if form == "github":
        assert all(line.startswith("::") for line in done.stdout.splitlines())
    else:
        json.loads(done.stdout)


@pytest.mark.slow
def test_the_reasoner_is_asked_once_unless_forced(tiny: Path, java: str, tmp_path: Path) -> None:
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}

    def said(*options: str) -> str:
        arguments = command("check", "--root", str(tiny), *options)
        done = subprocess.run(arguments, capture_output=True, text=True, env=environment, check=True)
        return done.stderr

    assert "OWL consistency" not in said()
    assert "those that HermiT last found sound; --reason asks it again" in said()
    assert "OWL consistency" not in said("--reason")
    assert "the reasoner was switched off" in said("--no-reason")


@pytest.mark.slow
def test_watching_checks_again_on_a_save(tiny: Path) -> None:
    arguments = command("check", "--root", str(tiny), "--no-reason", "--watch")
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        # What never comes must not hold up the tests for ever.
        timer = threading.Timer(60, process.kill)
        timer.start()
        try:
            for line in process.stderr:
                if line.startswith("watching"):
                    break
            broken(tiny)
            for line in process.stderr:
                if line.startswith("3 claims checked: 2 errors"):
                    break
            assert "unknown-modality" in process.stdout.readline() + process.stdout.readline()
        finally:
            timer.cancel()
            os.kill(process.pid, signal.SIGTERM)


def test_changes_names_what_was_changed_added_and_removed(tiny: Path) -> None:
    project = Project.find(tiny)
    edits = iter(
        [
            lambda: (tiny / CLAIMS).write_text((tiny / CLAIMS).read_text() + "# more\n"),
            lambda: None,
            lambda: (tiny / "graph_data/claims/new.ttl").write_text(""),
            lambda: (tiny / "graph_data/claims/new.ttl").unlink(),
        ]
    )
    seen = changes(project, stamps(project), pause=lambda _seconds: next(edits)())
    assert next(seen) == [CLAIMS]
    assert next(seen) == ["graph_data/claims/new.ttl"]
    assert next(seen) == ["graph_data/claims/new.ttl"]
    assert set(stamps(project)) == {name for name, _ in project.inputs()}
