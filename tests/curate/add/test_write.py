"""Files written all or none: a failure or `kill -9` at any step leaves the graph as it was or as it is to be."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from computeatlas.cli.options import curated_project
from computeatlas.curate.add.write import finish_interrupted
from computeatlas.curate.check.run import require_sound
from computeatlas.model.errors import UsageError
from computeatlas.model.files import finish_replacing, replace_files
from computeatlas.model.project import Project

pytestmark = pytest.mark.slow

ARCHIVE = Path(__file__).parents[2] / "data/archive"
#: A claim on a new passage and a new topic: three files change or are made, and the lists for Protégé too.
CLAIM = [
    *("add", "claim", "--archive", str(ARCHIVE), "--source", "paper", "--find", "Builder", "--subject", "infra:hall"),
    *("--predicate", "atlas:operatedBy", "--object", "actor:builder", "--modality", "reported", "--topic", "new"),
]
SOURCE = ["add", "source", "--publisher", "actor:builder", "--language", "en", "--kind", "blog", "--name", "letter"]
#: Reads numbers from standard input. For each it runs the command line in a child that is killed at that step of those
#: that change the file system, and prints how the child ended. The modules are loaded once, before the first child.
KILLED = """
import os, pathlib, signal, sys
import pyrudof
import computeatlas.cli.add
from computeatlas.cli.main import main
left = 0
def counted(method):
    def call(self, *arguments, **options):
        global left
        left -= 1
        if left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
        return method(self, *arguments, **options)
    return call
for name in ("replace", "unlink"):
    setattr(pathlib.Path, name, counted(getattr(pathlib.Path, name)))
for line in sys.stdin:
    child = os.fork()
    if child == 0:
        left = int(line)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        main(sys.argv[1:])
    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)
"""


def snapshot(root: Path) -> dict[str, bytes]:
    """Return what anybody reads: files written aside that nothing will put in place are no part of the graph."""
    files = (path for path in root.rglob("*") if path.is_file() and not path.name.startswith("."))
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in files}


@pytest.fixture
def graph(tiny: Path) -> Path:
    """The tiny graph with the two lists for Protégé, which are made anew with the first file that is added."""
    for name in ("compute-atlas-all.ttl", "catalog-v001.xml"):
        (tiny / "ontology" / name).touch()
    return tiny


@pytest.mark.parametrize("added", ["claim", "source"])
def test_a_process_killed_at_any_step_leaves_all_or_nothing(graph: Path, tmp_path: Path, added: str) -> None:
    letter = tmp_path / "letter.txt"
    letter.write_text("A letter\n\nIt is the letter of a man.\n", encoding="utf-8")
    command = CLAIM if added == "claim" else [*SOURCE, str(letter)]
    before = snapshot(graph)
    after: dict[str, bytes] | None = None
    outcomes = []
    with subprocess.Popen(
        [sys.executable, "-c", KILLED, *command, "--root", str(graph)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        for step in range(1, 40):
            print(step, file=process.stdin, flush=True)
            code = int(process.stdout.readline())
            if code == 0:
                after = snapshot(graph)
                break
            assert code == -signal.SIGKILL
            finish_interrupted(Project(graph))
            outcomes.append(snapshot(graph))
            # The next attempt begins with the graph as it was.
            for name in snapshot(graph).keys() - before.keys():
                (graph / name).unlink()
            for name, data in before.items():
                (graph / name).write_bytes(data)
        process.stdin.close()
    assert after is not None
    assert after != before
    assert all(outcome in (before, after) for outcome in outcomes)
    assert before in outcomes
    assert after in outcomes
    require_sound(Project(graph))


def test_the_next_command_finishes_what_a_killed_one_began(tiny: Path) -> None:
    one, two = tiny / "graph_data/one.txt", tiny / "graph_data/two.txt"
    asides = [tiny / "graph_data/.one.txt.1", tiny / "graph_data/.two.txt.1"]
    for aside, data in zip(asides, (b"1", b"2"), strict=True):
        aside.write_bytes(data)
    listed = [[str(aside), str(path)] for aside, path in zip(asides, (one, two), strict=True)]
    Project(tiny).journal.write_text(json.dumps(listed))
    assert not one.exists()
    assert curated_project(str(tiny)) == Project(tiny)
    assert (one.read_bytes(), two.read_bytes()) == (b"1", b"2")
    assert not Project(tiny).journal.exists()
    assert finish_replacing(Project(tiny).journal) == []
    assert [path.name for path in tiny.rglob(".*")] == []


def test_a_journal_that_cannot_be_read_is_one_clear_error(tiny: Path) -> None:
    Project(tiny).journal.write_text("[", encoding="utf-8")
    with pytest.raises(UsageError, match=r"journal: the change that it lists cannot be finished"):
        curated_project(str(tiny))


@pytest.mark.parametrize("failing", [1, 2, 3, 4])
def test_a_failure_at_any_step_puts_everything_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: int
) -> None:
    old, new = tmp_path / "old", tmp_path / "folder" / "new"
    old.write_bytes(b"old")
    count = 0
    real = Path.replace

    def replace(self: Path, target: Path) -> Path:
        nonlocal count
        count += 1
        if count == failing:
            raise OSError(28, "No space left on device", str(self), None, str(target))
        return real(self, target)

    monkeypatch.setattr(Path, "replace", replace)
    if failing == 4:
        # The journal and two files are three steps.
        replace_files({old: b"1", new: b"2"}, tmp_path / ".journal")
        assert (old.read_bytes(), new.read_bytes()) == (b"1", b"2")
        return
    with pytest.raises(OSError, match="No space left"):
        replace_files({old: b"1", new: b"2"}, tmp_path / ".journal")
    assert [path.name for path in tmp_path.rglob("*")] == ["old"]
    assert old.read_bytes() == b"old"
